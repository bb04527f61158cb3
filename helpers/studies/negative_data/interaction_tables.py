"""From stored tables to what the pages show of knock-outs and of a mix of negatives."""

import pandas as pd

from helpers.studies.negative_data.rows import AVERAGE
from helpers.studies.negative_data.tables import chosen, panels

UNITS = {"M_w": "logits", "M_wo": "logits"}  # all others: units of the label
SCALES = {
    "as predicted": "interaction p",
    "calibrated": "interaction p calibrated",
    "unshrunk": "interaction p unshrunk",
}
N_SETS = 15  # of four motifs; p-values are corrected for as many


def interaction_means(table: pd.DataFrame) -> pd.DataFrame:
    """Return the mean interaction of every set, over the networks with 32 filters.

    Parameters
    ----------
    table : data frame
        Of classifiers or regressions.

    Returns
    -------
    DataFrame
        kind, order, detail (the set), value, unit.
    """
    some = panels(chosen(table, "interaction", "distinct_1", 32))
    some = some.assign(order=some["motifs_present"])
    means = some.groupby(["kind", "order", "detail"], sort=False)["value"].mean()
    means = means.reset_index()
    return means.assign(unit=means["kind"].map(UNITS).fillna("label"))


def calls(table: pd.DataFrame, measure: str = "interaction p") -> pd.DataFrame:
    """Return the share of significant sets of each order, over the networks.

    Index: kind; columns: order 1 to 4. Corrected for the number of sets (Bonferroni).
    """
    some = panels(chosen(table, measure, "distinct_1", 32))
    some = some.assign(called=some["value"] * N_SETS <= 0.05)
    wide = some.pivot_table("called", "kind", "motifs_present")
    return wide.rename(columns=lambda k: f"order {k}")


def rescaled_calls(counted: pd.DataFrame) -> pd.DataFrame:
    """Return shortfall and calls of the regressions on each scale, kind by kind."""
    short = panels(chosen(counted, "shortfall", "distinct_1", 32))
    short = short.groupby(["kind", "detail"])["value"].mean()
    rows = [
        {"kind": kind, "scale": scale, "shortfall": short[kind, scale]} | shares
        for scale, measure in SCALES.items()
        for kind, shares in calls(counted, measure).to_dict("index").items()
    ]
    return pd.DataFrame(rows).sort_values("kind", kind="stable", ignore_index=True)


def compared_interactions(
    readers: pd.DataFrame, counted: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return mean interactions and calls of best readers beside those of networks.

    Parameters
    ----------
    readers : data frame
        Of `readers.reader_interactions`, for one or more kinds of label.
    counted : data frame, optional
        Of regressions.

    Returns
    -------
    DataFrame
        kind, who, shortfall, and by order the mean interaction with, in brackets, the
        share of sets called.
    """
    rows = []
    for (kind, who), group in readers.groupby(["kind", "who"], sort=False):
        shown = {"kind": kind, "who": who, "shortfall": group["shortfall"].iloc[0]}
        for row in group.itertuples():
            shown[f"order {row.order}"] = f"{row.value:+.2f} ({row.called:.0%})"
        rows.append(shown)
    if counted is not None:
        means = interaction_means(counted).groupby(["kind", "order"])["value"].mean()
        scales = rescaled_calls(counted)
        scales = scales[scales["scale"] == "as predicted"].set_index("kind")
        for kind in readers["kind"].unique():
            if kind in scales.index:
                ours = scales.loc[kind]
                shown = {"kind": kind, "who": "networks"}
                shown |= {"shortfall": ours["shortfall"]}
                for k, mean in means[kind].items():
                    shown[f"order {k}"] = f"{mean:+.2f} ({ours[f'order {k}']:.0%})"
                rows.append(shown)
    table = pd.DataFrame(rows).sort_values("kind", kind="stable", ignore_index=True)
    return table.round({"shortfall": 2})


def mix_table(graded: pd.DataFrame) -> pd.DataFrame:
    """Return recall and both areas of NHLH1 by share of negatives with motifs."""
    recall = graded[graded["measure"] == "recall"].assign(measure="recall")
    areas = {
        "probability": "AUPRC of NHLH1",
        "precision of probability": "average precision of NHLH1",
    }
    keep = (graded["detail"] == "IG NHLH1") & (graded["network"] == AVERAGE)
    ours = graded[keep & graded["measure"].isin(areas)]
    ours = ours.assign(measure=ours["measure"].map(areas))
    return pd.concat([recall, ours], ignore_index=True)
