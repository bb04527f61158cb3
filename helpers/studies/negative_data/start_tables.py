"""Tables of every start with 4 filters, and of what one or another rule keeps."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from helpers.studies.negative_data.rows import AVERAGE
from helpers.studies.negative_data.settings import KINDS
from helpers.studies.negative_data.starts import (
    AGREE,
    JUDGED,
    RULES,
    with_most,
)
from helpers.studies.negative_data.tables import chosen

SEEN = "start motifs"
AFTER = ["recall of 3", "recall of 2"]
#: Columns with the motifs that a rule without the truth sees in a start.
RECURRING = {"agreement": "recurring", "better half": "recurring in the half"}
#: The rule by which the rows of each kind are judged.
USED = {"M_w": "lowest loss", "M_wo": "most recurring motifs, of the better half"}
FIRST = "most recurring motifs, of all"
TRUTH = "most motifs found (needs the truth)"
#: The motif whose visibility tables of rules show.
SHOWN = {"distinct_1": "NHLH1", "MEF2A": "MA0052.1"}
#: Starts that a table lists, those with the lowest loss; the figure has them all.
LISTED = 16
#: How tables call the rules of `starts.RULES`.
CALLED = {
    "loss": USED["M_w"],
    "agreement": FIRST,
    "better half": USED["M_wo"],
    "truth": TRUTH,
}


def judged(
    by_loss: pd.DataFrame | None, by_rules: pd.DataFrame | None
) -> pd.DataFrame | None:
    """Return classifiers with the starts of M_wo that the rule without truth keeps.

    Parameters
    ----------
    by_loss : data frame
        Of `classify.classifiers`.
    by_rules : data frame
        Of `starts.chosen_classifiers`; its rows take the place of those of the same
        set of motifs, number of filters and share, and no other set is added.

    Returns
    -------
    DataFrame or None
        Networks of which one kind has not run are left out; None if none are left.
    """
    if by_loss is None:
        return None
    table = by_loss
    if by_rules is not None:
        keys = ["motifs", "n_filters", "share"]
        ours, theirs = (pd.MultiIndex.from_frame(t[keys]) for t in (by_loss, by_rules))
        # What every rule sees in a start is shown beside the starts.
        anew = (by_rules["rule"] == JUDGED) | (by_rules["measure"] == SEEN)
        anew &= by_rules["motifs"].isin(by_loss["motifs"])
        anew = by_rules[anew].drop(columns="rule")
        table = pd.concat([by_loss[~ours.isin(theirs)], anew], ignore_index=True)
    kinds = table.groupby(["motifs", "n_filters"])["share"].transform("nunique")
    table = table[kinds == len(KINDS)]
    return table if len(table) else None


def starts(
    table: pd.DataFrame, share: float, motifs: str = "distinct_1"
) -> pd.DataFrame:
    """Return every start with 4 filters: loss, kept or not, matches and recall.

    Ordered by validation loss; a match is the best correlation of any filter with the
    motif. Where the rule was asked: how many recurring motifs the start holds, among
    all starts and among those of the better half.
    """
    every = _starts(table, share, motifs)
    # Losses of M_wo differ by thousandths.
    return every.round(2).assign(loss=every["loss"].round(4)).reset_index(names="start")


def _starts(table: pd.DataFrame, share: float, motifs: str) -> pd.DataFrame:
    keep = (table["share"] == share) & (table["motifs"] == motifs)
    some = table[keep & (table["n_filters"] == 4)]
    loss = some[some["measure"] == "loss"].set_index("network")
    match = some[some["measure"] == "start match"]
    match = match.pivot_table("value", "network", "detail", sort=False)
    recall = some[some["measure"] == "start recall"]
    recall = recall.pivot_table("value", "network", "motifs_present")
    recall = recall[[3, 2]].rename(columns=lambda k: f"recall of {k}")
    shown = loss[["value", "detail"]].rename(columns={"value": "loss", "detail": ""})
    held = some[some["measure"] == SEEN]
    for rule, column in RECURRING.items():
        seen = held[held["detail"] == rule].set_index("network")["value"]
        if len(seen):
            shown[column] = seen.where(seen >= 0)
    return shown.join(match).join(recall).sort_values("loss")


def _matches(every: pd.DataFrame) -> pd.DataFrame:
    return every.drop(
        columns=["loss", "", *AFTER, *RECURRING.values()], errors="ignore"
    )


def all_starts(table: pd.DataFrame | None) -> list[tuple[str, pd.DataFrame]]:
    """Return what the table of each kind's starts holds, and the table, if there is."""
    if table is None or not (table["measure"] == "start match").any():
        return []
    every = []
    for share, kind in KINDS.items():
        shown = starts(table, share)
        listed = f"{min(LISTED, len(shown))} of {len(shown)} starts"
        text = f"{kind}, distinct_1, 4 filters: the {listed} with the lowest loss:"
        every.append((text, shown[:LISTED]))
    text = "Mean recall of the starts that a rule keeps, distinct_1, 4 filters:"
    return [*every, (text, selections(table))]


def selections(table: pd.DataFrame, motifs: str = "distinct_1") -> pd.DataFrame:
    """Return what the starts have in the mean that one or another rule keeps.

    Rules: the lowest validation loss and, where it was asked, the most recurring
    motifs (see `starts`), which a user has; the most motifs that a filter matches, and
    a match with each motif, which need the truth; and none.
    """
    rows = []
    for share, kind in KINDS.items():
        if (table["share"] == share).any():
            every = _starts(table, share, motifs)
            whole = (_matches(every) >= AGREE).all(axis=1)
            for rule, keep in _kept(every):
                mean = every.loc[keep, AFTER].mean()
                used = " (used here)" if rule == USED[kind] else ""
                row = {"kind": kind, "rule": rule + used, "starts": keep.sum()}
                row["with all motifs"] = (keep & whole).sum()
                row["motifs found"] = _found(every)[keep].mean()
                rows.append(row | mean.to_dict())
    return pd.DataFrame(rows).round(3)


def _found(every: pd.DataFrame) -> pd.Series:
    """Return how many motifs each start holds."""
    return (_matches(every) >= AGREE).sum(axis=1)


def _kept(every: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    """Yield each rule and which starts it keeps."""
    n_keep, losses = (every[""] == "kept").sum(), every["loss"].to_numpy()
    found = _found(every)
    counts = {USED["M_w"]: np.zeros(len(every))}
    for rule, column in RECURRING.items():
        if column in every:
            counts[CALLED[rule]] = every[column].fillna(-1).to_numpy()
    counts[TRUTH] = found.to_numpy()
    for rule, count in counts.items():
        places = with_most(count, losses, n_keep)
        yield rule, pd.Series(np.isin(np.arange(len(every)), places), every.index)
    yield "all motifs found (needs the truth)", found == _matches(every).shape[1]
    yield "none", found >= 0


def weakest_matches(table: pd.DataFrame, motifs: str = "distinct_1") -> pd.DataFrame:
    """Return kind, loss, kept and the match of its weakest motif of every start."""
    rows = []
    there = [share for share in KINDS if (table["share"] == share).any()]
    for share in there:
        shown = _starts(table, share, motifs)
        rows.append(
            pd.DataFrame(
                {
                    "kind": KINDS[share],
                    "loss": shown["loss"],
                    "weakest": _matches(shown).min(axis=1),
                    "kept": shown[""] == "kept",
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


def by_rule(by_rules: pd.DataFrame, published: Mapping, motifs: str) -> pd.DataFrame:
    """Return recall and visibility of M_wo with 4 filters, a line a rule.

    Parameters
    ----------
    by_rules : data frame
        Of `starts.chosen_classifiers`.
    published : mapping of quantity to number
    motifs : str

    Returns
    -------
    DataFrame
        rule, recall by the number of motifs, and AUPRC of one motif (`SHOWN`) by the
        number of motifs, by integrated gradients of the probability.
    """
    shown, rows = SHOWN[motifs], []
    for rule in RULES:
        some = by_rules[by_rules["rule"] == rule]
        recall = chosen(some, "recall", motifs, 4)
        recall = recall.groupby("motifs_present")["value"].mean()
        area = chosen(some, "probability", motifs, 4)
        area = area[(area["network"] == AVERAGE) & (area["detail"] == f"IG {shown}")]
        area = area.set_index("motifs_present")["value"]
        used = " (used here)" if rule == JUDGED else ""
        rows.append(_line(CALLED[rule] + used, recall, area, shown))
    recall = {k: published[f"table2.{motifs}.4.without.{k}"] for k in range(5)}
    area = {k: published.get(f"table5.IG.without.{k}") for k in range(1, 5)}
    if motifs == "MEF2A":
        area = {4: published[f"table4.IG.without.{shown}"]}
    rows.append(_line("published", recall, area, shown))
    return pd.DataFrame(rows).round(3)


def _line(rule: str, recall: Mapping, area: Mapping, motif: str) -> dict:
    """Return a line of `by_rule`, most motifs first."""
    line = {"rule": rule} | {f"recall of {k}": recall[k] for k in range(4, -1, -1)}
    return line | {f"{motif}, {k}": area.get(k, np.nan) for k in range(4, 0, -1)}


def found_by_rule(by_rules: pd.DataFrame) -> pd.DataFrame:
    """Return how many starts each rule counts right, and what those kept hold.

    Parameters
    ----------
    by_rules : data frame
        Of `starts.chosen_classifiers`.

    Returns
    -------
    DataFrame
        Set, rule, counted right (starts in which it sees as many motifs as filters
        match, of those it looks at), and of those kept the means of motifs found, loss
        and recall of three and two motifs.
    """
    seen = by_rules[by_rules["measure"] == "start motifs"]
    loss = by_rules[by_rules["measure"] == "loss"]
    rows = []
    for (motifs, rule), each in seen.groupby(["motifs", "rule"], sort=False):
        truth = seen[(seen["motifs"] == motifs) & (seen["rule"] == "truth")]
        truth = truth.set_index("network")["value"]
        count = each.set_index("network")["value"]
        looked = count[count >= 0].index
        right = (count[looked] == truth[looked]).sum()
        kept = loss[(loss["motifs"] == motifs) & (loss["rule"] == rule)]
        kept = kept[kept["detail"] == "kept"].set_index("network")["value"]
        line = {"Set": motifs, "rule": CALLED[rule]}
        line["counted right"] = "" if rule == "loss" else f"{right} of {len(looked)}"
        line["motifs found"] = truth[kept.index].mean()
        recall = chosen(by_rules[by_rules["rule"] == rule], "recall", motifs, 4)
        recall = recall.groupby("motifs_present")["value"].mean()
        recall = {f"recall of {k}": recall[k] for k in (3, 2)}
        rows.append(line | {"loss": kept.mean()} | recall)
    return pd.DataFrame(rows).round(3)


def rule_tables(
    by_rules: pd.DataFrame | None, published: Mapping
) -> list[tuple[str, pd.DataFrame]]:
    """Return `by_rule` of each set and `found_by_rule`, each with what it shows."""
    if by_rules is None or SEEN not in set(by_rules["measure"]):
        return []
    every = [
        (
            f"M_wo of {motifs} by each rule: recall; AUPRC of {SHOWN[motifs]} by IG:",
            by_rule(by_rules, published, motifs),
        )
        for motifs in by_rules["motifs"].unique()
    ]
    text = "Starts whose motifs each rule counts right, and what those it keeps hold:"
    return [*every, (text, found_by_rule(by_rules))]
