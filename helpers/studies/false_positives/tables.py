"""What the pages of chapter 1 show: tables made from stored tables, nothing computed.

A *description* is what `measures.describe` and `training.train_and_describe` return,
one row a number; *networks* is its wide form, one row a network.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from helpers.significance.calibration import rejection_rates
from helpers.significance.interaction.answer import p_text
from helpers.significance.multiplicity import consistency

PADDINGS = ("valid", "same")
CONDITIONS = tuple((p, c) for p in PADDINGS for c in ("negative", "positive"))
KEYS = ["padding", "control", "architecture", "l1", "repeat", "network"]
UNDERTRAINED = 5.0  # test MSE above which verdicts are not to be trusted
ALPHA = 0.05

# Tests whose calls are counted, and how the table of published numbers names them.
TESTS = {
    "effect size against shuffles": "size-shuffles",
    "effect size against random positions": "size-random-positions",
    "not zero": "nonzero",
    "paired": "paired",
    "unpaired": "unpaired",
    "against random positions": "random-positions",
    "against shuffles": "shuffles",
    "paired, training": "train-paired",
    "unpaired, training": "train-unpaired",
    "against random positions, training": "train-random-positions",
}


def wide(description: pd.DataFrame, keys: str | Sequence[str]) -> pd.DataFrame:
    """Return one row a predictor, with its summaries and p-values as columns."""
    rows = description[description["kind"].isin(["summary", "p"])]
    table = rows.pivot_table("value", index=keys, columns="quantity", aggfunc="first")
    return table.reset_index().rename_axis(columns=None)


def gather(
    this_run: Iterable[pd.DataFrame | None],
    stored: Iterable[pd.DataFrame | None],
    size: str,
) -> pd.DataFrame | None:
    """Return this run's descriptions and, of conditions they lack, the stored ones.

    Parameters
    ----------
    this_run, stored : lists of DataFrame or None
        Each with padding and control; None for what was not run.
    size : str
        Of this run; stored ones are of paper size. The new column `ran` says which.

    Returns
    -------
    DataFrame or None
        None if there is nothing.
    """
    tables = [table.assign(ran=size) for table in this_run if table is not None]
    have = {key for t in tables for key in zip(t["padding"], t["control"], strict=True)}
    for table in stored:
        if table is not None:
            keys = pd.MultiIndex.from_frame(table[["padding", "control"]])
            tables.append(table[~keys.isin(list(have))].assign(ran="paper"))
    return pd.concat(tables, ignore_index=True) if tables else None


def with_stored(
    shown: pd.DataFrame | None, stored: Iterable[pd.DataFrame | None]
) -> pd.DataFrame | None:
    """Return `shown` and all stored descriptions, also of conditions that it has."""
    tables = [] if shown is None else [shown]
    tables += [table.assign(ran="paper") for table in stored if table is not None]
    return pd.concat(tables, ignore_index=True) if tables else None


def networks_of(description: pd.DataFrame | None) -> pd.DataFrame:
    """Return one row a network, means of networks left out; empty without any."""
    if description is None:
        return pd.DataFrame(columns=[*KEYS, "epochs", "ran"])
    table = wide(description, [*KEYS, "epochs", "ran"])
    return table[table["network"] >= 0].reset_index(drop=True)


def oracle_table(truth: pd.DataFrame) -> pd.DataFrame:
    """Return what the tests say about the truth: one row a padding and control."""
    columns = {
        "padding": "Padding",
        "control": "Control",
        "mse": "Test MSE",
        "mean": "Mean interaction (counts)",
        "mean change": "Mean loss change",
        "paired": "Paired p",
        "unpaired": "Unpaired p",
    }
    p = {name: truth[name].map(p_text) for name in ("paired", "unpaired")}
    return truth[list(columns)].round(4).assign(**p).rename(columns=columns)


def redraw_table(draws: pd.DataFrame) -> pd.DataFrame:
    """Return mean and standard deviation over draws of the simulation's numbers.

    Parameters
    ----------
    draws : DataFrame
        As from `measures.redrawn_truth`.
    """
    names = {
        "pairs": "Pairs",
        "floor": "MSE of the truth",
        "interaction": "Mean interaction (counts)",
        "change": "Median loss change",
    }
    draws = draws.round(6)  # the truth's zeros are not exact
    groups = draws.groupby(["padding", "control"], sort=False)[list(names)]
    mean, spread = groups.mean(), groups.std()
    table = pd.DataFrame(
        {
            text: [
                f"{m:.4g} ± {s:.2g}"
                for m, s in zip(mean[name], spread[name], strict=True)
            ]
            for name, text in names.items()
        },
        index=mean.index,
    )
    table = table.reset_index()
    return table.rename(columns={"padding": "Padding", "control": "Control"})


def training_table(networks: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """Return the test errors of every architecture beside the oracle's.

    Parameters
    ----------
    networks : DataFrame
        Of one or several sizes, told apart by `ran`.
    truth : DataFrame
        padding, control, mse of the oracle.
    """
    floors = truth.set_index(["padding", "control"])["mse"]
    keys = ["padding", "control", "architecture", "ran"]
    table = networks.groupby(keys, sort=False).agg(
        networks=("mse", "size"),
        best=("mse", "min"),
        mean=("mse", "mean"),
        worst=("mse", "max"),
        epochs=("epochs", "mean"),
    )
    table = table.reset_index()
    table["oracle"] = [
        floors.get(key, np.nan)
        for key in zip(table["padding"], table["control"], strict=True)
    ]
    return table.round(3).rename(
        columns={
            "best": "best MSE",
            "mean": "mean MSE",
            "worst": "worst MSE",
            "ran": "size",
        }
    )


def waiting_for(networks: pd.DataFrame, n_published: int) -> list[str]:
    """Return in words which networks of the published design have not run.

    Parameters
    ----------
    networks : DataFrame
    n_published : int
        Networks of each control and padding in the paper.
    """
    ran = networks[networks["ran"] == "paper"]
    counts = ran.groupby(["padding", "control"]).size() if len(ran) else {}
    lines = []
    for padding, control in CONDITIONS:
        left = n_published - int(counts.get((padding, control), 0))
        if left > 0:
            which = "all" if left == n_published else f"{left} of"
            lines.append(
                f"{which} {n_published} networks of the {control} control with "
                f"{padding} padding"
            )
    return lines


def calls(networks: pd.DataFrame) -> pd.DataFrame:
    """Return of how many networks each test says p < 0.05, one column a condition."""
    groups = networks.groupby(["padding", "control", "ran"], sort=False)
    columns = {"Test": list(TESTS)}
    for (padding, control, ran), group in groups:
        name = f"{control}, {padding}, {ran} size (of {len(group)})"
        columns[name] = [int((group[test] < ALPHA).sum()) for test in TESTS]  # type: ignore[misc]  # columns of texts and numbers
    return pd.DataFrame(columns)


def call_shares(networks: pd.DataFrame) -> pd.DataFrame:
    """Return `calls` as long rows: padding, ran, control, test, called, networks."""
    groups = networks.groupby(["padding", "ran", "control"], sort=False)
    called = groups[list(TESTS)].agg(lambda p: (p < ALPHA).sum())
    long = called.assign(networks=groups.size()).reset_index()
    keys = ["padding", "ran", "control", "networks"]
    return long.melt(keys, var_name="test", value_name="called")


def agreement(description: pd.DataFrame) -> pd.DataFrame:
    """Return how far the networks of a condition agree, for the three loss tests.

    Returns
    -------
    DataFrame
        padding, control, test, and the columns of `multiplicity.consistency`.
    """
    rows = description[
        (description["network"] >= 0)
        & description["quantity"].isin(
            ["paired", "unpaired", "against random positions"]
        )
    ]
    both = rows[rows["kind"].isin(["p", "median"])].pivot_table(
        "value", index=[*KEYS, "quantity"], columns="kind", sort=False
    )
    tests = both.reset_index().rename(columns={"quantity": "test"})
    return consistency(tests, by=["padding", "control"])


def agreement_table(agreed: pd.DataFrame) -> pd.DataFrame:
    """Return `agreement` as it is shown."""
    table = agreed.copy()
    table["positive medians"] = (table["positive"] * table["n_networks"]).round()
    table["p_share"] = table["p_share"].map(p_text)
    names = {
        "test": "Test",
        "padding": "Padding",
        "control": "Control",
        "n_networks": "Networks",
        "n_significant": "p < 0.05",
        "n_holm": "Holm p < 0.05",
        "p_share": "p: at least half gain",
        "positive medians": "Positive medians",
    }
    return table[list(names)].rename(columns=names)


def removal_words(networks: pd.DataFrame) -> list[str]:
    """Return one sentence a padding on removal in the negative control."""
    lines = []
    negative = networks[networks["control"] == "negative"]
    for padding, group in negative.groupby("padding", sort=False):
        change = group["median change"]
        lines.append(
            f"Negative control, {padding} padding: removal of the interaction lowers "
            f"the median loss of **{int((change < 0).sum())} of {len(group)}** "
            f"networks; medians from {change.min():z.4f} to {change.max():z.4f}. The "
            f"size of the interaction correlates with the sum of the main effects by "
            f"{group['r, size'].min():.3f} to {group['r, size'].max():.3f}, the signed "
            f"interaction by {group['r'].min():.3f} to {group['r'].max():.3f}."
        )
    return lines


def error_words(networks: pd.DataFrame) -> str:
    """Return in words how large the standard errors of mean |I| are; "" without any."""
    if "size, error" not in networks or networks["size, error"].isna().all():
        return ""
    share = networks["size, error"] / networks["size"]
    return (
        "A standard error is "
        f"{share.min():.1%} to {share.max():.1%} of a network's mean |I| "
        f"({int(share.notna().sum())} networks whose tables hold it)."
    )


def red(networks: pd.DataFrame) -> pd.DataFrame:
    """Return the networks of the negative control that the paired test calls."""
    return networks[(networks["control"] == "negative") & (networks["paired"] < ALPHA)]


def pooled(networks: pd.DataFrame) -> pd.DataFrame:
    """Return p-values pooled over the networks of a condition that are called.

    Standard normal scores of the networks' own p-values, summed and divided by the
    root of their number (Stouffer). Of the p-values that the authors print for their
    19 networks this gives both of their pooled ones, 0.062 and 1e-47.

    Parameters
    ----------
    networks : DataFrame
        One row a network.

    Returns
    -------
    DataFrame
        padding, n (called networks of the negative control), test, z, p.
    """
    rows = []
    for padding, group in red(networks).groupby("padding", sort=False):
        for test in ("paired", "unpaired"):
            both = stats.combine_pvalues(group[test], method="stouffer")
            rows.append(
                {
                    "padding": padding,
                    "n": len(group),
                    "test": test,
                    "z": both.statistic,
                    "p": both.pvalue,
                }
            )
    return pd.DataFrame(rows, columns=["padding", "n", "test", "z", "p"])


def pooled_words(networks: pd.DataFrame) -> list[str]:
    """Return one sentence a padding on `pooled`."""
    lines = []
    for padding, both in pooled(networks).groupby("padding", sort=False):
        p = both.set_index("test")["p"]
        lines.append(
            f"Pooled over the {both['n'].iloc[0]} networks of the negative control "
            f"with {padding} padding that the paired test calls: paired p = "
            f"**{p_text(p['paired'])}**, unpaired p = **{p_text(p['unpaired'])}**."
        )
    return lines


def histograms(description: pd.DataFrame, networks: pd.DataFrame) -> pd.DataFrame:
    """Return loss distributions averaged over networks, as in Figs 2, E.2, F.2 and F.4.

    In the negative control over the networks that the paired test calls, as published;
    over all of them if it calls none.

    Returns
    -------
    DataFrame
        padding, control, which (in words: over which networks), quantity (with,
        without), at, value.
    """
    rows = description[
        (description["kind"] == "histogram") & (description["network"] >= 0)
    ]
    tables = []
    for (padding, control), group in networks.groupby(
        ["padding", "control"], sort=False
    ):
        called = red(group)
        own = called if len(called) else group
        which = f"{len(own)} called" if len(called) else f"all {len(own)}"
        chosen = rows.merge(own[KEYS], on=KEYS)
        means = chosen.groupby(["quantity", "at"], as_index=False)["value"].mean()
        tables.append(means.assign(padding=padding, control=control, which=which))
    return pd.concat(tables, ignore_index=True)


def rank_correlations(networks: pd.DataFrame, fewest: int = 5) -> pd.DataFrame:
    """Return Spearman's correlation of mean |I| and test error for each condition.

    Conditions with fewer than `fewest` networks are left out.

    Returns
    -------
    DataFrame
        padding, control, ran, n, correlation, p.
    """
    rows = []
    for (padding, control), group in networks.groupby(
        ["padding", "control"], sort=False
    ):
        if len(group) < fewest:
            continue
        rank = stats.spearmanr(group["size"], group["mse"])
        rows.append(
            {
                "padding": padding,
                "control": control,
                "ran": ", ".join(group["ran"].unique()),
                "n": len(group),
                "correlation": rank.statistic,
                "p": rank.pvalue,
            }
        )
    names = ["padding", "control", "ran", "n", "correlation", "p"]
    return pd.DataFrame(rows, columns=names)


def largest_words(networks: pd.DataFrame) -> list[str]:
    """Return one sentence a padding on the largest false interaction."""
    lines = []
    negative = networks[networks["control"] == "negative"]
    for padding, group in negative.groupby("padding", sort=False):
        top = group.loc[group["size"].idxmax()]
        worse = int((group["mse"] > top["mse"]).sum())
        lines.append(
            f"The largest mean |I| of the negative control with {padding} padding, "
            f"{top['size']:.1f} counts, belongs to a network with a test MSE of "
            f"{top['mse']:.2f}; {worse} of {len(group)} are worse."
        )
    return lines


def profiles(description: pd.DataFrame, networks: pd.DataFrame) -> pd.DataFrame:
    """Return how false interactions go with three other things, mean over networks.

    By main-effect error the mean is over the networks that the paired test calls, as
    published (Figs D.3, F.6), and over all if it calls none.

    Returns
    -------
    DataFrame
        padding, quantity, at, value, low, high, n (networks); negative control alone.
    """
    rows = description[
        (description["kind"] == "profile")
        & (description["control"] == "negative")
        & (description["network"] >= 0)
    ]
    called = red(networks)
    tables = []
    for (padding, quantity), group in rows.groupby(["padding", "quantity"]):
        own = called[called["padding"] == padding]
        if quantity == "by main-effect error" and len(own):
            group = group.merge(own[KEYS], on=KEYS)
        n = len(group[KEYS].drop_duplicates())
        means = group.groupby("at", as_index=False)[["value", "low", "high"]].mean()
        tables.append(means.assign(padding=padding, quantity=quantity, n=n))
    columns = ["padding", "quantity", "at", "value", "low", "high", "n"]
    return pd.concat(tables)[columns] if tables else pd.DataFrame(columns=columns)


def origin_words(networks: pd.DataFrame) -> list[str]:
    """Return one sentence a padding on what false interactions correlate with."""
    lines = []
    negative = networks[networks["control"] == "negative"]
    for padding, group in negative.groupby("padding", sort=False):
        called = len(red(group))
        middle = (
            f"its middle panel shows the {called} networks that the paired test calls"
            if called
            else "the paired test calls no network, so its middle panel shows all"
        )
        lines.append(
            f"{padding.capitalize()} padding: correlation of interaction and "
            f"main-effect error {group['r, repair'].min():.2f} to "
            f"{group['r, repair'].max():.2f} over networks; {middle}."
        )
    return lines


def poisson_table(networks: pd.DataFrame) -> pd.DataFrame:
    """Return one row a head and L1 strength of the networks with a Poisson loss."""
    table = networks.groupby(["head", "l1"], sort=False).agg(
        networks=("paired", "size"),
        rmse=("rmse", "mean"),
        size=("size", "mean"),
        r=("r", "mean"),
        change=("mean change", "mean"),
        paired=("paired", lambda p: int((p < ALPHA).sum())),
        unpaired=("unpaired", lambda p: int((p < ALPHA).sum())),
    )
    table.columns = [
        "networks",
        "error against the expected count (RMSE)",
        "mean |I|",
        "r with main effects",
        "mean loss change",
        "paired p < 0.05",
        "unpaired p < 0.05",
    ]
    return table.round(3).reset_index()


def tabular_table(networks: pd.DataFrame) -> pd.DataFrame:
    """Return one row an L1 strength of the perceptrons on the additive table."""
    tests = ["paired", "against zeros", "unpaired"]
    below = networks.assign(**{t: networks[t] < ALPHA for t in tests})
    n = int(networks.groupby("l1").size().max())
    table = below.groupby("l1", sort=False).agg(
        error=("mse to the truth", "mean"),
        size=("size", "mean"),
        repair=("r, repair", "mean"),
        paired=("paired", "sum"),
        zeros=("against zeros", "sum"),
        unpaired=("unpaired", "sum"),
    )
    table.columns = [
        "MSE to the truth",
        "mean |I|",
        "r with main-effect error",
        *(f"{test} (of {n})" for test in tests),
    ]
    return table.round(4).reset_index()


def strong_words(networks: pd.DataFrame) -> str:
    """Return in words what the paired test says of the strongest penalties."""
    strong = networks[networks["l1"] >= 0.01]["paired"]
    return (
        f"Of {len(strong)} networks with an L1 strength of 0.01 or more the paired "
        f"test calls {int((strong < ALPHA).sum())} (smallest p {strong.min():.2g}); by "
        f"chance it would call {ALPHA * len(strong):.2g}."
    )


# ---- the pages beyond the paper ----------------------------------------------------


def averaging_table(description: pd.DataFrame) -> pd.DataFrame:
    """Return the median network and the mean of several, one row a mean.

    Parameters
    ----------
    description : DataFrame
        With several networks in each call: every mean (network -1) is that of the
        networks which stand with it in one part.

    Returns
    -------
    DataFrame
        padding, control, architecture, group (of parts with a mean of their own),
        n (networks in the mean), then single and mean of mse, size and median change,
        paired and unpaired p of the mean.
    """
    marked = description.assign(group=_calls(description))
    table = wide(marked, [*KEYS, "group"])
    keys = ["padding", "control", "architecture", "group"]
    seen = ["mse", "size", "median change"]
    groups = table[table["network"] >= 0].groupby(keys, sort=False)
    single = groups[seen].median().add_suffix(", single")
    means = table[table["network"] == -1].set_index(keys).loc[single.index]
    joined = single.assign(n=groups.size())
    for name in (*seen, "paired", "unpaired"):
        joined[name] = means[name]
    return joined.reset_index()


def _calls(description: pd.DataFrame) -> np.ndarray:
    """Return for every row the number of the call whose networks it describes.

    A call begins with the p-value of its first network after the last row, of another
    kind, of the call before.
    """
    kinds = description["kind"].to_numpy()
    changes = np.r_[True, (kinds[1:] == "p") & (kinds[:-1] != "p")]
    return np.cumsum(changes) - 1


def averaging_page(table: pd.DataFrame) -> pd.DataFrame:
    """Return `averaging_table` as the page shows it: before and after each arrow."""
    return pd.DataFrame(
        {
            "Control": table["control"] + ", " + table["padding"],
            "Network": table["architecture"],
            "Networks in the mean": table["n"],
            "Test MSE": _from_to(table, "mse", 2),
            "Mean |I|": _from_to(table, "size", 1),
            "Median change": _from_to(table, "median change", 3),
            "Paired p": table["paired"].map(p_text),
            "Unpaired p": table["unpaired"].map(p_text),
        }
    )


def averaging_words(table: pd.DataFrame) -> str:
    """Return in words which share of the interaction's size averaging leaves."""
    shares = table.assign(left=table["size"] / table["size, single"])
    left = shares.groupby(["padding", "control", "n"], sort=False)["left"].mean()
    return (
        "Before each arrow the median network, behind it the mean of the networks, to "
        "which the p-values belong. Share of the median network's mean |I| that "
        "averaging leaves: "
        + "; ".join(
            f"**{share:.2f}** in the {control} control ({padding}, {n} networks)"
            for (padding, control, n), share in left.items()
        )
        + "."
    )


def _from_to(table: pd.DataFrame, name: str, digits: int) -> list[str]:
    pairs = zip(table[f"{name}, single"], table[name], strict=True)
    return [f"{a:.{digits}f} → {b:.{digits}f}" for a, b in pairs]


DEAD = 1e-3  # counts: a network with a smaller mean |I| returns one value for all


def by_error(networks: pd.DataFrame) -> pd.DataFrame:
    """Return how many networks the tests call at each level of the test error.

    Parameters
    ----------
    networks : DataFrame
        control, mse, size, median change, paired, unpaired.

    Returns
    -------
    DataFrame
        One row a level and control; dead networks are counted in rows of their own.
    """
    limits = [0, 3, UNDERTRAINED, 8, 12, 25, np.inf]
    labels = ["below 3", "3 to 5", "5 to 8", "8 to 12", "12 to 25", "above 25"]
    levels = pd.cut(networks["mse"], limits, labels=labels).astype(str)
    levels[networks["size"] < DEAD] = "one value for all"
    table = networks.assign(
        level=pd.Categorical(levels, [*labels, "one value for all"])
    )
    rows = [
        {
            "Test MSE": level,
            "Control": control,
            "Networks": len(group),
            "Better without": int((group["median change"] < 0).sum()),
            "Paired p < 0.05": int((group["paired"] < ALPHA).sum()),
            "Unpaired p < 0.05": int((group["unpaired"] < ALPHA).sum()),
        }
        for (level, control), group in table.groupby(
            ["level", "control"], observed=True
        )
    ]
    return pd.DataFrame(rows)


def early_words(networks: pd.DataFrame) -> str:
    """Return in words how often the tests judge undertrained networks wrongly.

    Networks that learnt nothing (one value for all sequences) are counted apart.
    """
    dead = networks["size"] < DEAD
    early = (networks["mse"] > UNDERTRAINED) & ~dead
    wrong = {
        test: int(
            ((networks[test] < ALPHA) != (networks["control"] == "positive"))[
                early
            ].sum()
        )
        for test in ("paired", "unpaired")
    }
    return (
        f"Of {int(early.sum())} networks with a test MSE above {UNDERTRAINED:g} that "
        f"have learnt something, the paired test judges **{wrong['paired']}** wrongly "
        f"and the unpaired test **{wrong['unpaired']}**. Left out are "
        f"{int(dead.sum())} networks that return one value for every sequence: they "
        "have no interaction to judge. (Networks of one control share their data, so "
        "these counts are not those of independent trials.)"
    )


def rejections(grid: pd.DataFrame) -> pd.DataFrame:
    """Return how often each test rejects, with exact 95% intervals.

    Parameters
    ----------
    grid : DataFrame
        As from `power.reject_or_not`, several joined.

    Returns
    -------
    DataFrame
        predictor, n_pairs, test, strength, rejected, low, high.
    """
    rows = []
    for (n_train, n_pairs, test, strength), group in grid.groupby(
        ["n_train", "n_pairs", "test", "strength"]
    ):
        level = rejection_rates(group["p"], alpha=[ALPHA]).iloc[0]
        rows.append(
            {
                "predictor": f"{n_train:,} sequences" if n_train else "oracle",
                "n_pairs": n_pairs,
                "test": test,
                "strength": strength,
                "rejected": level["rejected"],
                "low": level["rejected_low"],
                "high": level["rejected_high"],
            }
        )
    return pd.DataFrame(rows)


def false_positives(grid: pd.DataFrame) -> pd.DataFrame:
    """Return what each test calls of networks on additive data, a line a training size.

    With the most pairs that they were asked with. No lines without networks.
    """
    additive = grid[(grid["strength"] == 0) & (grid["n_train"] > 0)]
    rows = []
    for n_train, group in additive.groupby("n_train"):
        largest = group["n_pairs"].max()
        of_tests = group[group["n_pairs"] == largest].groupby("test")["p"]
        rows.append(
            {"Sequences": f"{n_train:,}", "Pairs": f"{largest:,}"}
            | {test: f"{int((p < ALPHA).sum())} of {len(p)}" for test, p in of_tests}
        )
    return pd.DataFrame(rows)


def power_table(rates: pd.DataFrame, test: str = "paired") -> tuple[pd.DataFrame, str]:
    """Return how often one test rejects with the most pairs, and what the table says.

    A line a predictor, with the most pairs that it was asked with (stored ones may have
    others than this run); a column a strength of the interaction.
    """
    largest = rates.groupby("predictor")["n_pairs"].transform("max")
    own = rates[(rates["n_pairs"] == largest) & (rates["test"] == test)]
    wide = own.pivot_table("rejected", ["predictor", "n_pairs"], "strength", sort=False)
    wide = wide[sorted(wide.columns)].map(
        lambda share: "–" if np.isnan(share) else f"{share:.2f}"
    )
    wide.columns = [f"strength {strength:g}" for strength in wide.columns]
    said = (
        f"Share of trials in which the {test} test rejects with the most pairs; at "
        "strength 0 every rejection is false."
    )
    table = wide.rename_axis(["Predictor", "Pairs"]).reset_index()
    return table.assign(Pairs=table["Pairs"].map("{:,}".format)), said


def trained_words(grid: pd.DataFrame) -> str:
    """Return in words how well the networks of the power curves are trained."""
    trained = grid[grid["n_train"] > 0]
    if trained.empty:
        return ""
    lines = []
    for n_train, group in trained.groupby("n_train"):
        if "mse" not in group or group["mse"].isna().all():
            lines.append(f"with {n_train:,} sequences: not stored")
            continue
        mse = group.drop_duplicates(["strength", "trial"])["mse"]
        lines.append(
            f"with {n_train:,} sequences: {mse.min():.1f} to {mse.max():.1f}, "
            f"{int((mse > UNDERTRAINED).sum())} of {len(mse)} above {UNDERTRAINED:g}"
        )
    return (
        "Test MSE of the trained networks "
        + "; ".join(lines)
        + f". Above {UNDERTRAINED:g} a network counts as undertrained: its row shows "
        "what such networks do, not what the tests can do."
    )


def paper_power_words(tables: Iterable[pd.DataFrame | None]) -> list[str]:
    """Return what the paired test calls at the published size, a line a training size.

    tables : from `power.reject_or_not`, each of one `n_train` above 0; None is left out
    """
    lines = []
    for grid in tables:
        if grid is None:
            continue
        largest = grid["n_pairs"].max()
        own = grid[(grid["n_pairs"] == largest) & (grid["test"] == "paired")]
        good = int((own["mse"] <= UNDERTRAINED).sum())
        called = own.assign(called=own["p"] < ALPHA).groupby("strength")["called"]
        by_strength = "; ".join(
            f"{strength:g}: {int(some.sum())} of {len(some)}"
            for strength, some in called
        )
        lines.append(
            f"**At the published size**, on {own['n_train'].iloc[0]:,} sequences, "
            f"{good} of {len(own)} networks are well trained (test MSE at most "
            f"{UNDERTRAINED:g}). With {largest:,} pairs the paired test calls, by the "
            f"strength of the interaction, {by_strength}."
        )
    return lines


def paper_refit_words(networks: pd.DataFrame | None) -> str:
    """Return what refitting changes at the published size; "" if it has not run.

    networks : as from `power.refit_or_not`, of strengths 0 and 1
    """
    if networks is None:
        return ""
    additive, true = (networks[networks["strength"] == s] for s in (0, 1))
    before, after = (int((additive[t] < ALPHA).sum()) for t in ("paired", "refitted"))
    return (
        f"**At the published size** the paired test calls {before} of the "
        f"{len(additive)} networks on additive data (test MSE "
        f"{additive['mse'].mean():.2f} on average), and after refitting {after}. The "
        "share of the interaction that the labels support has a median of "
        f"{additive['supported'].median():.2f} there, and of "
        f"{true['supported'].median():.2f} where the interaction is true: "
        f"{_told_apart(additive['supported'], true['supported'])}."
    )


def _told_apart(made_up: pd.Series, true: pd.Series) -> str:
    """Say how often a share is larger of a true interaction than of one made up."""
    larger = (true.to_numpy()[:, None] > made_up.to_numpy()).mean()
    return f"of two networks, one of each, the true one has the larger in {larger:.0%}"


def refit_table(networks: pd.DataFrame) -> pd.DataFrame:
    """Return how often networks are called before and after refitting, by strength.

    Parameters
    ----------
    networks : DataFrame
        As from `power.refit_or_not`.
    """
    rows = [
        {
            "Strength": strength,
            "Networks": len(group),
            "Mean test MSE": round(group["mse"].mean(), 2),
            "Mean |I|": round(group["size"].mean(), 1),
            "Paired p < 0.05": int((group["paired"] < ALPHA).sum()),
            "Refitted p < 0.05": int((group["refitted"] < ALPHA).sum()),
            "Share supported (median)": round(group["supported"].median(), 2),
        }
        for strength, group in networks.groupby("strength")
    ]
    return pd.DataFrame(rows)
