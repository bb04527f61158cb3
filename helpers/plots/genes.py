"""Figures of the chapter on interacting genes."""

from collections.abc import Iterable, Iterator

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import ticker
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure

from helpers.data.panel import Panel
from helpers.plots import gene_calls
from helpers.plots.style import COLOURS, SEQUENTIAL, bare, grid
from helpers.significance.permutation import PermutationTest
from helpers.truth.genotypes import Trait

SCHEMES = {"I": COLOURS["network"], "T": COLOURS["second"], "R": COLOURS["note"]}
NAMES = {"I": "Perm I", "T": "Perm T", "R": "Perm R"}
#: Marker, fill (None: as the line) and colour of what interacts.
WORLDS = {
    "no pair interacts": ("o", "white", COLOURS["baseline"]),
    "six pairs interact": ("o", None, COLOURS["network"]),
    "one product interacts": ("D", None, COLOURS["second"]),
    "a hub interacts with four": ("s", None, COLOURS["highlight"]),
}
_SHOWN = 2_000  # people whose genotypes are correlated in a picture


def data(panel: Panel, trait: Trait) -> Figure:
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
    """Draw the average precision of each method over each factor of the designs.

    Parameters
    ----------
    table : data frame
        Columns ``kind`` (a row of panels each, and its title), ``factor`` (a column of
        panels each), ``value`` of the factor, ``method``, ``ap``, ``guessing`` (the
        ``ap`` of a random order); one row a data set.
    """
    kinds, factors = table["kind"].unique(), list(table["factor"].unique())
    figure, axes = grid(
        len(kinds) * len(factors), columns=len(factors), width=9.5, aspect=1.1
    )
    for k, kind in enumerate(kinds):
        for axis, factor in zip(axes[k * len(factors) :], factors, strict=False):
            chosen = (table["kind"] == kind) & (table["factor"] == factor)
            _methods_over(axis, table[chosen])
            if factor == "M/I":  # a quarter, one, four
                axis.set_xscale("log")
            axis.set_xlabel(factor)
            places = table.loc[table["factor"] == factor, "value"].unique()
            axis.set_xticks(places, [f"{v:,g}" for v in places], fontsize="small")
            axis.minorticks_off()
        axes[k * len(factors)].set_ylabel("average precision")
        axes[k * len(factors)].set_title(kind)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="upper center", bbox_to_anchor=(0.5, 0), ncols=4)
    return figure


def _methods_over(axis: Axes, rows: pd.DataFrame) -> None:
    """Draw a line a method over the values of one factor, with standard errors."""
    for method, group in rows.groupby("method", sort=False):
        summary = group.groupby("value")["ap"].agg(["mean", "sem"])
        colour, marker = COLOURS["baseline"], "s"
        if method == "network":
            colour, marker = COLOURS["network"], "o"
        elif method.startswith("PCA"):
            colour, marker = COLOURS["note"], "^"
        model = method.rpartition(", ")[2]
        axis.errorbar(
            summary.index, summary["mean"], yerr=summary["sem"].fillna(0),
            color=colour, marker=marker, markersize=4, capsize=2, label=method,
            linestyle={"lasso": "--", "trees": ":"}.get(model, "-"),
        )  # fmt: skip
    for guessing in rows["guessing"].unique():
        axis.axhline(guessing, color="black", linestyle=":", linewidth=1)
    axis.set_ylim(0, 1.05)


def null_distributions(table: pd.DataFrame) -> Figure:
    """Draw permuted scores under each scheme over the observed ones.

    Parameters
    ----------
    table : data frame
        Columns ``setting`` (a column of panels each), ``data_set``, ``scheme``
        ("observed" or a permutation), ``form`` ("none" = not a true pair), ``score``.
        The first data set of each setting is drawn.
    """
    settings = list(dict.fromkeys(table["setting"]))
    schemes = [s for s in SCHEMES if (table["scheme"] == s).any()]
    figure, axes = plt.subplots(
        len(schemes), len(settings), figsize=(9.5, 1.6 * len(schemes) + 0.6),
        sharex=True, squeeze=False,
    )  # fmt: skip
    for column, setting in enumerate(settings):
        rows = table[table["setting"] == setting]
        rows = rows[rows["data_set"] == rows["data_set"].iloc[0]]
        for row, scheme in enumerate(schemes):
            axis = axes[row, column]
            _null_panel(axis, rows, scheme)
            axis.set_title(f"{NAMES[scheme]}: {setting}")
    low, high = axes[0, 0].get_xlim()
    places = np.arange(np.ceil(low), high, 1 if len(settings) > 2 else 0.5)
    for axis in axes[-1]:
        axis.set_xticks(places, [f"{10**place:.2g}" for place in places])
        axis.set_xlabel("score of a pair")
    return figure


def _null_panel(axis: Axes, rows: pd.DataFrame, scheme: str) -> None:
    """Draw the density of permuted scores, and a tick for each observed one."""
    null = rows[rows["scheme"] == scheme]
    sns.kdeplot(
        x=np.log10(null["score"]), ax=axis, fill=True, color=SCHEMES[scheme],
        bw_adjust=0.7,
    )  # fmt: skip
    observed = rows[rows["scheme"] == "observed"]
    for true, colour, top in ((False, "#777777", 0.16), (True, COLOURS["truth"], 0.3)):
        ticks = observed[(observed["form"] != "none") == true]["score"]
        axis.vlines(
            np.log10(ticks), 0, top, color=colour, linewidth=1.5,
            transform=axis.get_xaxis_transform(),
        )  # fmt: skip
    axis.set(xlabel="", ylabel="", yticks=[])


def calls(table: pd.DataFrame, *, level: float = 0.05) -> Figure:
    """Draw false calls and power of each test, nominal and corrected, with intervals.

    Parameters
    ----------
    table : data frame
        One row a pair, test and data set: ``scheme`` (name of the test), ``data_set``,
        ``form`` ("none" = not a true pair), ``p``, ``maxT``.
    level : float
        Of the tests: of pairs by nominal p, of data sets with a false call corrected.
    """
    tests = list(dict.fromkeys(table["scheme"]))[::-1]
    figure, axes = plt.subplots(
        1, 3, figsize=(9.5, 0.36 * len(tests) + 1.6), sharey=True
    )
    places = np.arange(len(tests))
    for axis, found, fill, shift in _three_panels(
        axes, table, ["scheme"], level, corrected="maxT or Bonferroni"
    ):
        found = found.loc[tests]
        ours = found.index.str.startswith("Perm")
        for which, colour in (
            (ours, COLOURS["network"]), (~ours, COLOURS["baseline"]),
        ):  # fmt: skip
            gene_calls.bars(
                axis, places[which] + 0.16 * shift, found[which], fmt="o",
                color=colour, markerfacecolor=fill or colour,
            )  # fmt: skip
    for axis in axes:
        axis.set(xlim=(-0.03, 1.03), xlabel="share")
    for axis in axes[:2]:
        axis.axvline(level, color="black", linestyle=":", linewidth=1)
    axes[0].set_yticks(places, tests)
    for name, fill in (("nominal p", "white"), ("maxT or Bonferroni", None)):
        axes[2].plot(
            [], [], "o", color=COLOURS["baseline"], markerfacecolor=fill, label=name
        )
    handles, labels = axes[2].get_legend_handles_labels()
    figure.legend(handles, labels, loc="upper center", bbox_to_anchor=(0.5, 0), ncols=2)
    return figure


def _three_panels(
    axes: Iterable[Axes],
    table: pd.DataFrame,
    keys: list[str],
    level: float,
    corrected: str = "maxT",
) -> Iterator[tuple[Axes, pd.DataFrame, str | None, int]]:
    """Yield axis, shares, fill and side of the marks of nominal and corrected calls.

    Pairs by nominal p, data sets by corrected p, and true pairs by both.
    """
    true = table["form"] != "none"
    pairs, sets, power = axes
    kinds = (
        (pairs, gene_calls.of_pairs, ~true, "p", "white", 0),
        (sets, gene_calls.of_sets, ~true, "maxT", None, 0),
        (power, gene_calls.of_pairs, true, "p", "white", 1),
        (power, gene_calls.of_pairs, true, "maxT", None, -1),
    )
    for axis, shares, which, column, fill, side in kinds:
        yield axis, shares(table[which], column, keys, level=level), fill, side
    pairs.set_title(gene_calls.PAIRS_TITLE)
    sets.set_title(gene_calls.SETS_TITLE.format(corrected))
    power.set_title(gene_calls.POWER_TITLE)


def level_or_pattern(table: pd.DataFrame, *, level: float = 0.05) -> Figure:
    """Draw what nominal p-values call, of scores with their level and of the pattern.

    Parameters
    ----------
    table : data frame
        One row a pair, test and data set: ``setting``, ``scheme``, ``data_set``,
        ``form`` ("none" = not a true pair), ``p`` and ``p, level`` (of the pattern).
    level : float
        Of the tests.
    """
    keys = ["scheme", "setting"]
    rows = list(table.groupby(keys, sort=False).groups)[::-1]
    figure, axes = plt.subplots(1, 2, figsize=(9.5, 0.3 * len(rows) + 1.5), sharey=True)
    for axis, true, title in zip(
        axes, (False, True), ("false calls", "power"), strict=True
    ):
        some = table[(table["form"] != "none") == true]
        ends = []
        for column, fill, label in (
            ("p", "white", "with the level"),
            ("p, level", COLOURS["network"], "of the pattern"),
        ):
            shares = (some[column] <= level + 1e-9).groupby([some[k] for k in keys])
            ends.append(shares.mean().loc[rows].to_numpy())
            axis.plot(
                ends[-1], range(len(rows)), "o", color=COLOURS["network"],
                markerfacecolor=fill, zorder=3, label=label,
            )  # fmt: skip
        axis.hlines(range(len(rows)), *ends, color=COLOURS["baseline"])
        axis.set(xlim=(-0.03, 1.03), title=title, xlabel="share of pairs called")
    axes[0].axvline(level, color="black", linestyle=":", linewidth=1)
    axes[0].set_yticks(range(len(rows)), [", ".join(row) for row in rows])
    axes[1].legend(loc="upper left")
    return figure


def calls_over_noise(table: pd.DataFrame, *, level: float = 0.05) -> Figure:
    """Draw false calls and power of each permutation over the signal-to-noise ratio.

    Parameters
    ----------
    table : data frame
        One row a pair, test and data set: ``signal_to_noise``, ``scheme`` ("Perm I"),
        ``data_set``, ``form`` ("none" = not a true pair), ``p``, ``maxT``.
    level : float
        Of the tests: of pairs by nominal p, of data sets with a false call under maxT.
    """
    figure, axes = plt.subplots(1, 3, figsize=(9.5, 3.6), sharex=True, sharey=True)
    ratios = sorted(table["signal_to_noise"].unique())
    keys = ["scheme", "signal_to_noise"]
    for axis, found, fill, kind_side in _three_panels(axes, table, keys, level):
        for side, (short, test) in zip((-1, 0, 1), NAMES.items(), strict=True):
            kind, line = ("nominal p", ":") if fill else ("maxT", "-")
            gene_calls.bars(
                axis, np.arange(len(ratios)) + 0.12 * side - 0.05 * kind_side,
                found.loc[[(test, ratio) for ratio in ratios]], upright=True, fmt="o",
                linestyle=line, color=SCHEMES[short],
                markerfacecolor=fill or SCHEMES[short], label=f"{test}, {kind}",
            )  # fmt: skip
    for axis in axes:
        axis.set_xticks(range(len(ratios)), [f"{ratio:g}" for ratio in ratios])
        axis.set(ylim=(-0.03, 1.03), xlabel="signal-to-noise ratio")
    for axis in axes[:2]:
        axis.axhline(level, color="black", linestyle="--", linewidth=1)
    axes[0].set_ylabel("share")
    handles, labels = axes[2].get_legend_handles_labels()
    figure.legend(handles, labels, loc="upper center", bbox_to_anchor=(0.5, 0), ncols=2)
    return figure


def calls_by_ratio(table: pd.DataFrame, *, level: float = 0.05) -> Figure:
    """Draw false calls and power of each test at several signal-to-noise ratios.

    Parameters
    ----------
    table : data frame
        One row a pair, test, ratio and data set: ``signal_to_noise``, ``scheme`` (name
        of the test), ``data_set``, ``form`` ("none" = not a true pair), ``p``.
    level : float
        Of the tests, by nominal p-values.
    """
    tests = list(dict.fromkeys(table["scheme"]))[::-1]
    ratios = sorted(table["signal_to_noise"].unique())
    shades = sns.color_palette(SEQUENTIAL, len(ratios) + 1)[1:]
    figure, axes = plt.subplots(
        1, 2, figsize=(9.5, 0.42 * len(tests) + 1.4), sharey=True
    )
    called = table.assign(called=table["p"] <= level + 1e-9)
    for axis, true, title in zip(
        axes, (False, True), ("false calls", "power"), strict=True
    ):
        rows = called[(called["form"] != "none") == true]
        for place, (ratio, shade) in enumerate(zip(ratios, shades, strict=True)):
            of_ratio = rows[rows["signal_to_noise"] == ratio]
            shares = of_ratio.groupby(["scheme", "data_set"])["called"].mean()
            found = shares.groupby("scheme").agg(["mean", "sem"]).fillna(0)
            found = found.reindex(tests)
            shift = 0.22 * ((len(ratios) - 1) / 2 - place)
            axis.errorbar(
                found["mean"], np.arange(len(tests)) + shift, xerr=found["sem"],
                fmt="osD^"[place % 4], capsize=2, color=shade, label=f"{ratio:g}",
            )  # fmt: skip
        axis.set(xlim=(-0.03, 1.03), title=title, xlabel="share of pairs called")
    axes[0].axvline(level, color="black", linestyle=":", linewidth=1)
    axes[0].set_yticks(range(len(tests)), tests)
    axes[0].legend(title="signal-to-noise ratio", loc="lower right")
    return figure


def calibration(table: pd.DataFrame, n_permutations: int) -> Figure:
    """Draw p-values, and the share of calls against the level: nothing interacts.

    Parameters
    ----------
    table : data frame
        Columns ``residuals``, ``data_set``, ``p``.
    n_permutations : int
    """
    steps = np.arange(1, n_permutations + 2) / (n_permutations + 1)
    levels = steps[: n_permutations // 2 + 1]
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 4.6))
    right.step(
        [0, *levels], [0, *levels], where="post", color=COLOURS["baseline"],
        label="a perfect test",
    )  # fmt: skip
    left.axhline(1 / len(steps), color=COLOURS["baseline"])
    palette = sns.color_palette("colorblind", table["residuals"].nunique())
    for (kind, group), colour in zip(
        table.groupby("residuals", sort=False), palette, strict=True
    ):
        p = group["p"].to_numpy().reshape(group["data_set"].nunique(), -1)
        each = (np.abs(p[:, :, None] - steps) < 1e-4).mean(axis=(0, 1))
        left.plot(steps, each, "o-", color=colour, markersize=3)
        shares = (p[:, :, None] <= levels + 1e-9).mean(axis=1)  # (data sets, levels)
        mean = shares.mean(axis=0)
        right.plot(levels, mean, "o-", color=colour, markersize=3, label=kind)
        if len(p) > 1:
            error = 1.96 * shares.std(axis=0, ddof=1) / np.sqrt(len(p))
            right.fill_between(
                levels, (mean - error).clip(0), mean + error, color=colour, alpha=0.2
            )
    left.set(xlabel="p-value", ylabel="share of pairs", title="histogram of p")
    left.set_ylim(bottom=0)
    right.set(xlabel="level of the test", ylabel="share of pairs called")
    right.set_title("false calls")
    handles = right.get_legend_handles_labels()
    figure.legend(*handles, title="residuals", loc="outside lower center", ncols=3)
    return figure


def calibration_by_design(table: pd.DataFrame) -> Figure:
    """Draw the share of false calls of each design with its interval, at each level.

    Parameters
    ----------
    table : data frame
        Rows of `permutation.call_rates` at two levels, with a column ``design``.
    """
    designs = list(table["design"].unique())
    figure, axis = plt.subplots(figsize=(7, 1.2 + 0.42 * len(designs)))
    levels = sorted(table["level"].unique())
    for level, colour, offset in zip(
        levels, (COLOURS["network"], COLOURS["second"]), (-0.12, 0.12), strict=True
    ):
        rows = table[table["level"] == level].set_index("design").loc[designs]
        rate = rows["rate"]
        axis.errorbar(
            rate, np.arange(len(designs)) + offset,
            xerr=[rate - rows["low"], rows["high"] - rate],
            fmt="o", capsize=2, color=colour, label=f"called at {level:.0%}",
        )  # fmt: skip
        for attainable in rows["attainable"].unique():
            axis.axvline(attainable, color=colour, linestyle="--", linewidth=1)
    axis.set_yticks(range(len(designs)), designs)
    axis.invert_yaxis()
    axis.set_xlim(left=0)
    axis.set_xlabel("share of pairs called")
    axis.legend(loc="lower right")
    return figure


def errors_and_power(table: pd.DataFrame, *, level: float = 0.05) -> Figure:
    """Draw what each test calls falsely, and what it finds, with 95% intervals.

    Parameters
    ----------
    table : data frame
        One row a ``test`` and ``world`` (of `WORLDS`):
        shares ``at_5`` (of false pairs, nominal), ``any`` (of data sets with a false
        call, corrected) and ``power`` (of true pairs, corrected), each with ``_low``
        and ``_high``.
    level : float
        Asked for.
    """
    tests = list(dict.fromkeys(table["test"]))[::-1]
    panels = {
        "at_5": "false pairs called,\nnominal p",
        "any": "data sets with a false call,\ncorrected p",
        "power": "true pairs called,\ncorrected p",
    }
    worlds = [world for world in WORLDS if (table["world"] == world).any()]
    shifts = 0.19 * ((len(worlds) - 1) / 2 - np.arange(len(worlds)))
    figure, axes = plt.subplots(
        1, 3, figsize=(9.5, (0.2 + 0.1 * len(worlds)) * len(tests) + 1.8), sharey=True
    )
    for axis, (name, title) in zip(axes, panels.items(), strict=True):
        for world, shift in zip(worlds, shifts, strict=True):
            marker, fill, colour = WORLDS[world]
            rows = table[table["world"] == world].dropna(subset=name)
            value, low, high = (rows[f"{name}{end}"] for end in ("", "_low", "_high"))
            axis.errorbar(
                value, [tests.index(t) + shift for t in rows["test"]],
                xerr=np.maximum([value - low, high - value], 0), fmt=marker,
                markersize=5, capsize=2, color=colour, markerfacecolor=fill or colour,
                label=world,
            )  # fmt: skip
        axis.hlines(
            np.arange(1, len(tests)) - 0.5, -0.04, 1.04, color="#e6e6e6", linewidth=1
        )
        axis.grid(axis="y", visible=False)
        axis.set(xlim=(-0.04, 1.04), xlabel="share", title=title)
        if name != "power":
            axis.axvline(level, color="black", linestyle=":", linewidth=1)
    axes[0].set_yticks(range(len(tests)), tests)
    axes[0].set_ylim(-0.5, len(tests) - 0.5)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="upper center", bbox_to_anchor=(0.5, 0), ncols=2)
    return figure


def own_pairs(table: pd.DataFrame, *, most: int = 15) -> Figure:
    """Draw the strongest pairs of a test with their intervals, and the map of all.

    Parameters
    ----------
    table : data frame
        As of `gene_interaction_test`: ``pair`` (two names), ``estimate``, ``low``,
        ``high``, ``z``, ``p_holm``.
    most : int
        Pairs to draw with intervals.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 4))
    shown = table.head(most).iloc[::-1]
    at = np.arange(len(shown))
    sides = [shown["estimate"] - shown["low"], shown["high"] - shown["estimate"]]
    left.errorbar(
        100 * shown["estimate"], at, xerr=100 * np.maximum(sides, 0), fmt="none",
        ecolor="#bbbbbb",
    )  # fmt: skip
    called = (shown["p_holm"] <= 0.05).to_numpy()
    for which, fill, label in ((called, None, "called"), (~called, "white", "not")):
        left.plot(
            100 * shown["estimate"][which], at[which], "o", color=COLOURS["network"],
            markerfacecolor=fill or COLOURS["network"], label=label,
        )  # fmt: skip
    names = [" × ".join(pair) for pair in shown["pair"]]
    left.set_yticks(at, names, parse_math=False)
    left.set(xlabel="% of the residual's variance", title="strongest pairs")
    left.legend(loc="lower right")  # the strongest, and so the widest, are on top
    genes = list(dict.fromkeys(gene for pair in sorted(table["pair"]) for gene in pair))
    z = np.full((len(genes), len(genes)), np.nan)
    for pair, value in zip(table["pair"], table["z"], strict=True):
        i, j = map(genes.index, pair)
        z[i, j] = z[j, i] = value
    image = right.imshow(z, cmap=SEQUENTIAL, vmin=0)
    if len(genes) <= 30:
        right.set_xticks(range(len(genes)), genes, rotation=90, parse_math=False)
        right.set_yticks(range(len(genes)), genes, parse_math=False)
    bare(right).set_title("z of each pair")
    figure.colorbar(image, ax=right, shrink=0.8)
    return figure


def own_data(test: PermutationTest) -> Figure:
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
        right.set_xticks(range(len(genes)), genes, rotation=90, parse_math=False)
        right.set_yticks(range(len(genes)), genes, parse_math=False)
    bare(right).set_title("score of each pair")
    figure.colorbar(image, ax=right, shrink=0.8)
    return figure


def _quantiles(axis: Axes, ranks: pd.DataFrame) -> None:
    """Draw the central 95% of the permuted scores of each rank."""
    expected = ranks["expected"]
    axis.errorbar(
        expected,
        expected,
        yerr=[expected - ranks["low"], ranks["high"] - expected],
        fmt="none",
        ecolor="#bbbbbb",
        label="permuted, 95%",
    )


def discovery(table: pd.DataFrame) -> Figure:
    """Draw the false discovery rates of the pairs, and the Q-Q plot of their scores.

    Parameters
    ----------
    table : data frame
        Rows of kind "pair" (``item``, ``form``, ``fdr``) and "quantile" (``item``,
        ``observed``, ``expected``, ``low``, ``high``).
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.8))
    pairs = table[table["kind"] == "pair"].set_index("item")
    ranks = table[table["kind"] == "quantile"]
    true = pairs["form"].to_numpy() != "none"
    colours = [COLOURS["truth"], COLOURS["second"]]
    left.hist(
        [pairs["fdr"][true], pairs["fdr"][~true]], bins=np.linspace(0, 1, 21),
        stacked=True, color=colours, label=["true pair", "other pair"],
    )  # fmt: skip
    left.set(xlabel="estimated false discovery rate", ylabel="pairs", title="FDR")
    left.legend()
    _quantiles(right, ranks)
    true = pairs.loc[ranks["item"], "form"].to_numpy() != "none"
    for which, colour in ((true, colours[0]), (~true, colours[1])):
        right.scatter(
            ranks["expected"][which], ranks["observed"][which], color=colour, s=22,
            zorder=3,
        )  # fmt: skip
    right.set(xlabel="mean permuted score", ylabel="observed score", title="Q-Q plot")
    right.set(xscale="log", yscale="log")
    _plain_ticks(right.xaxis)
    _plain_ticks(right.yaxis)
    return figure


def replication(table: pd.DataFrame) -> Figure:
    """Draw replication, and the residual and the surface of the strongest pair.

    Parameters
    ----------
    table : data frame
        Rows of kind "pair" (``score``, ``form``, ``fdr``, ``slope``,
        ``replication_p``), "person" (``x`` predicted interaction, ``y`` residual),
        "bin" (``x``, ``y``, ``low``, ``high``; equally many people in each) and
        "surface" (``item``, ``x``, ``y``, ``score``).
    """
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(10.5, 3.5))
    pairs = table[table["kind"] == "pair"]
    called = pairs[pairs["fdr"] <= 0.1]
    for row in called.itertuples():
        left.scatter(
            row.score,
            row.slope,
            color=COLOURS["truth" if row.form != "none" else "second"],
            marker="o" if row.replication_p < 0.05 else "x",
        )
    left.axhline(0, color="black", linewidth=1)
    left.axhline(1, color=COLOURS["baseline"], linestyle=":")
    if len(called):
        left.set(xscale="log")
        _plain_ticks(left.xaxis)
    else:
        left.text(0.5, 0.5, "no pair is called", ha="center", transform=left.transAxes)
    left.set(xlabel="discovery score", ylabel="slope in other people")
    left.set_title("replication (× = p ≥ 0.05)")
    surface = table[table["kind"] == "surface"]
    name = surface["item"].iloc[0]
    _residuals(middle, table, pairs.loc[pairs["item"] == name, "slope"].iloc[0])
    values = surface.pivot_table("score", index="x", columns="y").to_numpy()
    limit = np.abs(values).max()
    low, high = surface["x"].min(), surface["x"].max()
    image = right.imshow(
        values, origin="lower", cmap="PuOr", vmin=-limit, vmax=limit,
        extent=(low, high, low, high),
    )  # fmt: skip
    first, second = name.split(" × ")
    right.set(xlabel=f"{second} (quantile)", ylabel=f"{first} (quantile)")
    right.set_title("interaction")
    right.grid(False)
    figure.colorbar(image, ax=right, shrink=0.8, label="sd of the trait")
    return figure


def _plain_ticks(axis: Axis) -> None:
    """Label 1, 2 and 5 of each decade, as numbers: powers of ten would overlap."""
    axis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter(ticker.FormatStrFormatter("%g"))
    axis.set_minor_formatter(ticker.NullFormatter())


def _residuals(axis: Axes, table: pd.DataFrame, slope: float) -> None:
    """Draw people's residuals against their predicted interaction, and the fit."""
    people, bins = (table[table["kind"] == kind] for kind in ("person", "bin"))
    axis.scatter(people["x"], people["y"], s=4, color=COLOURS["baseline"], alpha=0.4)
    axis.errorbar(
        bins["x"], bins["y"], yerr=[bins["y"] - bins["low"], bins["high"] - bins["y"]],
        fmt="o", color=COLOURS["network"], markersize=4, capsize=2,
    )  # fmt: skip
    ends = np.array([bins["x"].min(), bins["x"].max()])
    axis.plot(ends, slope * (ends - bins["x"].mean()), color="black", linewidth=1)
    reach = 3 * np.abs([bins["low"], bins["high"]]).max()
    axis.set(ylim=(-reach, reach), xlim=ends + np.ptp(ends) * np.array([-0.15, 0.15]))
    axis.set(xlabel="predicted interaction", ylabel="residual (sd of the trait)")
    axis.set_title("other people")
