"""Figures of the chapter on interacting genes."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from helpers.plots.style import COLOURS, SEQUENTIAL, bare, grid

SCHEMES = {"I": COLOURS["network"], "T": COLOURS["second"], "R": COLOURS["note"]}
NAMES = {"I": "Perm I", "T": "Perm T", "R": "Perm R"}
GUESSING = 6 / 45  # average precision of a random order of ten genes' pairs
_SHOWN = 2_000  # people whose genotypes are correlated in a picture


def data(panel, trait) -> Figure:
    """Draw correlations of SNPs, and what the true pairs explain beyond main effects.

    Parameters
    ----------
    panel : Panel
        Its first three genes are shown.
    trait : Trait
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.8))
    end = panel.blocks[2].stop
    r2 = np.corrcoef(panel.genotypes[:end, :_SHOWN].astype(float)) ** 2
    image = left.imshow(r2, cmap=SEQUENTIAL, vmin=0, vmax=1)
    figure.colorbar(image, ax=left, label="r²", shrink=0.8)
    centres = [(block.start + block.stop) / 2 for block in panel.blocks[:3]]
    left.set_xticks(centres, panel.genes[:3])
    left.set_yticks(centres, panel.genes[:3], rotation=90, va="center")
    bare(left).set_title("correlation of SNPs")
    terms = trait.terms.sort_values("non_additive")
    labels = [
        f"{panel.genes[i]} × {panel.genes[j]}, {shape}"
        for i, j, shape in zip(terms["i"], terms["j"], terms["shape"], strict=True)
    ]
    right.barh(labels, 100 * terms["variance"], color="#dddddd", label="whole term")
    right.barh(
        labels,
        100 * terms["non_additive"],
        color=COLOURS["truth"],
        label="beyond main effects",
    )
    right.set_xlabel("% of the trait's variance")
    right.set_title("true pairs")
    right.legend(loc="upper center", bbox_to_anchor=(0.4, -0.16), ncols=2)
    return figure


def rankings(table: pd.DataFrame) -> Figure:
    """Draw the average precision of each method, a panel for each setting.

    Parameters
    ----------
    table : data frame
        Columns ``kind``, ``setting``, ``method``, ``of``, ``ap``; one row a data set.
    """
    rows = table[table["of"] == "all"].dropna(subset="ap")
    panels = list(rows.groupby(["kind", "setting"], sort=False))
    methods = list(dict.fromkeys(rows["method"]))
    figure, axes = grid(len(panels), columns=3, width=9.5, aspect=0.85)
    for axis, ((kind, setting), group) in zip(axes, panels, strict=True):
        summary = group.groupby("method")["ap"].agg(["mean", "sem"])
        for place, method in enumerate(reversed(methods)):
            if method not in summary.index:
                continue
            mean, error = summary.loc[method]
            colour = COLOURS["baseline"]
            if method == "network":
                colour = COLOURS["network"]
            elif method.startswith("PCA"):
                colour = COLOURS["note"]
            axis.errorbar(
                mean, place, xerr=0 if np.isnan(error) else error, fmt="o",
                color=colour, capsize=2,
            )  # fmt: skip
        axis.axvline(GUESSING, color="black", linestyle=":", linewidth=1)
        axis.set(xlim=(0, 1.05), title=f"{kind}: {setting}")
        axis.set_yticks(range(len(methods)), list(reversed(methods)))
        if axis not in axes[::3]:
            axis.set_yticklabels([])
    for axis in axes[-3:]:
        axis.set_xlabel("average precision")
    return figure


def null_distributions(table: pd.DataFrame) -> Figure:
    """Draw permuted scores under each scheme over the observed ones.

    Parameters
    ----------
    table : data frame
        Columns ``setting``, ``data_set``, ``scheme`` ("observed" or a permutation),
        ``form`` ("none" = not a true pair), ``score``. The first data set is drawn.
    """
    first = table.iloc[0]
    same = table["setting"].eq(first["setting"]) & table["data_set"].eq(
        first["data_set"]
    )
    table = table[same]
    observed = table[table["scheme"] == "observed"]
    schemes = [s for s in SCHEMES if (table["scheme"] == s).any()]
    figure, axes = plt.subplots(
        len(schemes), 1, figsize=(8, 1.7 * len(schemes) + 0.6), sharex=True,
        squeeze=False,
    )  # fmt: skip
    for axis, scheme in zip(axes[:, 0], schemes, strict=True):
        null = table[table["scheme"] == scheme]
        sns.kdeplot(
            x=np.log10(null["score"]), ax=axis, fill=True, color=SCHEMES[scheme],
            bw_adjust=0.7,
        )  # fmt: skip
        for true, colour, top in (
            (False, "#777777", 0.16),
            (True, COLOURS["truth"], 0.3),
        ):
            ticks = observed[(observed["form"] != "none") == true]["score"]
            axis.vlines(
                np.log10(ticks), 0, top, color=colour, linewidth=1.5,
                transform=axis.get_xaxis_transform(),
            )  # fmt: skip
        axis.set(ylabel="", yticks=[])
        axis.set_title(f"{NAMES[scheme]}: filled = permuted scores")
    low, high = axes[0, 0].get_xlim()
    places = np.arange(np.ceil(low * 2) / 2, high, 0.5)
    axes[-1, 0].set_xticks(places, [f"{10**place:.2g}" for place in places])
    axes[-1, 0].set_xlabel("score of a pair (green: true pairs, grey: all others)")
    return figure


def calibration(table: pd.DataFrame, n_permutations: int) -> Figure:
    """Draw the share of calls against the level, where nothing interacts.

    Parameters
    ----------
    table : data frame
        Columns ``residuals``, ``data_set``, ``p``.
    n_permutations : int
    """
    levels = np.arange(1, n_permutations // 2 + 2) / (n_permutations + 1)
    figure, axis = plt.subplots(figsize=(6, 4.2))
    axis.step(
        [0, *levels], [0, *levels], where="post", color=COLOURS["baseline"],
        label="a perfect test",
    )  # fmt: skip
    palette = sns.color_palette("colorblind", table["residuals"].nunique())
    for (kind, group), colour in zip(
        table.groupby("residuals", sort=False), palette, strict=True
    ):
        p = group["p"].to_numpy().reshape(group["data_set"].nunique(), -1)
        shares = (p[:, :, None] <= levels + 1e-9).mean(axis=1)  # (data sets, levels)
        mean = shares.mean(axis=0)
        axis.plot(levels, mean, "o-", color=colour, markersize=3, label=kind)
        if len(p) > 1:
            error = 1.96 * shares.std(axis=0, ddof=1) / np.sqrt(len(p))
            axis.fill_between(
                levels, (mean - error).clip(0), mean + error, color=colour, alpha=0.2
            )
    axis.set(xlabel="level of the test", ylabel="share of pairs called")
    axis.legend(title="residuals")
    return figure


def own_data(test) -> Figure:
    """Draw the Q-Q plot of a permutation test, and the map of its scores.

    Parameters
    ----------
    test : PermutationTest
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 4))
    ranks = test.quantiles()
    _quantiles(left, ranks)
    left.scatter(ranks["expected"], ranks["observed"], color=COLOURS["network"], s=22)
    left.set(xlabel="mean permuted score", ylabel="observed score", title="Q-Q plot")
    genes = test.observed.features
    image = right.imshow(test.observed.matrix(), cmap=SEQUENTIAL)
    if len(genes) <= 30:
        right.set_xticks(range(len(genes)), genes, rotation=90)
        right.set_yticks(range(len(genes)), genes)
    bare(right).set_title("score of each pair")
    figure.colorbar(image, ax=right, shrink=0.8)
    return figure


def _quantiles(axis, ranks: pd.DataFrame) -> None:
    """Draw the central 95 % of the permuted scores of each rank."""
    expected = ranks["expected"]
    axis.errorbar(
        expected,
        expected,
        yerr=[expected - ranks["low"], ranks["high"] - expected],
        fmt="none",
        ecolor="#bbbbbb",
        label="permuted, 95 %",
    )


def pipeline(table: pd.DataFrame) -> Figure:
    """Draw discovery (Q-Q), replication, and the surface of the strongest pair.

    Parameters
    ----------
    table : data frame
        Rows of kind "pair" (``score``, ``form``, ``fdr``, ``slope``,
        ``replication_p``), "quantile" (``observed``, ``expected``, ``low``, ``high``)
        and "surface" (``x``, ``y``, ``score``).
    """
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(10.5, 3.5))
    pairs = table[table["kind"] == "pair"].set_index("item")
    ranks = table[table["kind"] == "quantile"]
    true = pairs.loc[ranks["item"], "form"].to_numpy() != "none"
    _quantiles(left, ranks)
    for which, colour, name in (
        (true, COLOURS["truth"], "true pair"),
        (~true, COLOURS["second"], "other pair"),
    ):
        left.scatter(
            ranks["expected"][which], ranks["observed"][which], color=colour, s=22,
            label=name, zorder=3,
        )  # fmt: skip
    left.set(xlabel="mean permuted score", ylabel="observed score", title="discovery")
    left.set(xscale="log", yscale="log")
    left.legend()
    called = pairs[pairs["fdr"] <= 0.1]
    for row in called.itertuples():
        middle.scatter(
            row.score,
            row.slope,
            color=COLOURS["truth" if row.form != "none" else "second"],
            marker="o" if row.replication_p < 0.05 else "x",
        )
    middle.axhline(0, color="black", linewidth=1)
    middle.axhline(1, color=COLOURS["baseline"], linestyle=":")
    if len(called):
        middle.set(xscale="log")
    middle.set(xlabel="discovery score", ylabel="slope in other people")
    middle.set_title("replication (× = p ≥ 0.05)")
    surface = table[table["kind"] == "surface"]
    values = surface.pivot_table("score", index="x", columns="y").to_numpy()
    limit = np.abs(values).max()
    low, high = surface["x"].min(), surface["x"].max()
    image = right.imshow(
        values, origin="lower", cmap="PuOr", vmin=-limit, vmax=limit,
        extent=(low, high, low, high),
    )  # fmt: skip
    first, second = surface["item"].iloc[0].split(" × ")
    right.set(xlabel=f"{second} (quantile)", ylabel=f"{first} (quantile)")
    right.set_title("interaction")
    right.grid(False)
    figure.colorbar(image, ax=right, shrink=0.8, label="sd of the trait")
    return figure
