"""The values of chapter 4 that stand beside published ones."""

from collections.abc import Container, Iterable, Mapping

import pandas as pd
from scipy import stats

from helpers.studies.gene_gene.designs import (
    NULL_DESIGNS,
    PUBLISHED_DESIGNS,
    SIGNAL_TO_NOISE,
)
from helpers.studies.gene_gene.permuting import calls, false_calls, is_called

MARGIN = 0.05  # a difference in power, false calls or AP that counts


def of_rankings(shown: pd.DataFrame, known: Container[str]) -> dict[str, bool]:
    """Return the orderings of Figs 3 and 4 that a table of rankings decides.

    known : quantities of the published table
    """
    methods = shown[shown["of"] == "all"].dropna(subset="ap")
    values = {}
    for (kind, setting), group in methods.groupby(["kind", "setting"], sort=False):
        for measure in ("ap", "auroc"):
            means = group.groupby("method")[measure].mean()
            value = means["network"] > means.drop("network").max()
            if kind == "simple":
                value = means["top SNP, regression"] >= means["network"] - MARGIN
            name = f"{kind}.{PUBLISHED_DESIGNS.get(setting)}.{measure}"
            if name in known:
                values[name] = bool(value)
    ap = {
        kind: group.pivot_table("ap", index="setting", columns="method")
        for kind, group in methods.groupby("kind")
    }
    nothing = pd.DataFrame()
    return (
        values | _rises(ap.get("complex", nothing)) | _simple(ap.get("simple", nothing))
    )


def _rises(ap: pd.DataFrame) -> dict[str, bool]:
    """Return what more people and more causal SNPs do to each method."""
    values = {}
    if {"40,000 people", "default", "120,000 people"} <= set(ap.index):
        rise = ap.loc["120,000 people"] - ap.loc["40,000 people"]
        values["complex.n.network-rises"] = rise["network"] > 0
        values["complex.n.baselines-hardly"] = (
            rise.drop("network").max() < rise["network"] / 2
        )
    if {"10 % causal", "100 % causal"} <= set(ap.index):
        rise = ap.loc["100 % causal"] - ap.loc["10 % causal"]
        pca = [m for m in ap.columns if m.startswith("PCA")]
        values["complex.causal.network-rises"] = rise["network"] > 0
        values["complex.causal.pca-rises"] = rise[pca].mean() > 0
        values["complex.causal.top-snp-falls"] = rise["top SNP, regression"] < 0
    return values


def _simple(ap: pd.DataFrame) -> dict[str, bool]:
    """Return what the text says of Fig 4 beside "comparable": ahead, ties, no share."""
    if ap.empty:
        return {}
    behind = ap["network"] - ap["top SNP, regression"]
    values = {}
    if "default" in ap.index:
        values["simple.default.above"] = behind["default"] < 0
    for setting in ("S/N 0.5", "S/N 1", "120,000 people"):
        if setting in ap.index:
            name = f"simple.{PUBLISHED_DESIGNS[setting]}.tie"
            values[name] = _within(behind[setting])
    shares = ["10 % causal", "default", "100 % causal"]
    if set(shares) <= set(ap.index):
        spread = ap.loc[shares].max() - ap.loc[shares].min()
        for name, method in (
            ("network", "network"),
            ("top-snp", "top SNP, regression"),
        ):
            values[f"simple.causal.{name}-flat"] = _within(spread[method])
    return values


def _within(difference: float) -> bool:
    """Return whether a difference is at most the margin, but for rounding."""
    return bool(abs(difference) <= MARGIN + 1e-9)


def of_permutations(
    by_scheme: pd.DataFrame,
    other_calls: pd.DataFrame,
    ratio: pd.Series,
    permuted: Iterable[str],
) -> dict[str, bool]:
    """Return the orderings of Fig 2.

    by_scheme : rows of pairs; other_calls : `calls` of the usual methods
    ratio : scores of false pairs over their null, by scheme
    permuted : designs that ran here
    """
    table, values = calls(by_scheme).set_index(["Design", "Test"]), {}
    usual = other_calls.set_index("Design")
    if ("S/N 1, small", "Perm I") in table.index:
        row = table.loc["S/N 1, small"]
        nominal, maximum = row["false calls, p"], row["false calls, maxT"]
        best = usual.loc["S/N 1, small", "power, p"].max()
        values = {
            "perm.small.i-power": row["power, p"]["Perm I"] >= best + MARGIN,
            **_below("perm.small", nominal),
            "perm.small.i-specific-maxt": maximum["Perm I"] <= MARGIN,
            "perm.small.t-null-below": ratio["Perm T"] > ratio["Perm I"],
            "perm.small.r-null-below": ratio["Perm R"] > ratio["Perm I"],
        }
    for setting in set(SIGNAL_TO_NOISE) & set(permuted):
        if (setting, "Perm I") in table.index:
            key = f"perm.sn-{SIGNAL_TO_NOISE[setting]:g}"
            row = table.loc[setting]
            values |= _below(key, row["false calls, p"])
            if setting in usual.index:
                values |= _beside(key, row.loc["Perm I"], usual.loc[setting])
    return values


def _beside(key: str, perm_i: pd.Series, usual: pd.DataFrame) -> dict[str, bool]:
    """Return whether Perm I has more power than usual methods, and errs about alike."""
    far = perm_i["false calls, p"] - usual["false calls, p"].mean()
    return {
        f"{key}.i-power": perm_i["power, p"] >= usual["power, p"].max() + MARGIN,
        f"{key}.i-as-specific": _within(abs(far)),
    }


def beside_text(rows: pd.DataFrame) -> str:
    """Say at which ratios Perm I is ahead of usual methods, and what it pays.

    rows : of `usual.at_ratios`
    """
    said, close = [], []
    for ratio, of_ratio in rows.groupby("signal_to_noise"):
        called = calls(of_ratio).set_index("Test")
        perm_i, usual = called.loc["Perm I"], called[~called.index.str.match("Perm")]
        ahead, alike = _beside("", perm_i, usual).values()
        power, found = _power_beside(of_ratio, usual["power, p"].idxmax())
        errs, mean = perm_i["false calls, p"], usual["false calls, p"].mean()
        often = "more often" if errs > mean else "less often"
        said.append(
            f"- S/N {ratio:g}: Perm I is{'' if ahead else ' not'} clearly above: "
            f"{power}. It errs {'about as often' if alike else often}: {errs:.1%} of "
            f"false pairs, the usual methods' mean {mean:.1%}."
        )
        if found is not None and _one_decides(*found):
            close.append(f"{ratio:g}")
    text = "\n".join(["By these readings:\n", *said])
    if close:
        text += (
            f"\n\nAt S/N {' and '.join(close)} one true pair more or fewer would "
            "change what is *clearly above*."
        )
    return text


def _power_beside(of_ratio: pd.DataFrame, best: str) -> tuple[str, tuple | None]:
    """Return what Perm I and the best usual method find, as text and as counts.

    The counts are pairs found by both and how many there are, on the data sets that
    both have; None where they share none.
    """
    true = of_ratio[of_ratio["form"] != "none"]
    called = true.assign(called=is_called(true["p"]))
    ours, theirs = (
        called[called["scheme"] == name].groupby("data_set")["called"]
        for name in ("Perm I", best)
    )
    apart = (100 * (ours.mean() - theirs.mean())).dropna()
    if (n := len(apart)) == 0:
        return f"the best usual method is *{best}*, on other data sets", None
    found, usual, pairs = (
        int(counts.loc[apart.index].sum())
        for counts in (ours.sum(), theirs.sum(), ours.size())
    )
    text = (
        f"{found} of {pairs} true pairs, the best usual method, *{best}*, {usual}; "
        f"{apart.mean():.1f} points apart"
    )
    if n > 1:
        half = stats.t.ppf(0.975, n - 1) * apart.sem()
        low, high = (
            f"{end:.1f}".replace("-", "−")
            for end in (apart.mean() - half, apart.mean() + half)
        )
        text += f" (95% interval {low} to {high}, over {n} data sets)"
    return text, (found, usual, pairs)


def _one_decides(ours: int, theirs: int, n_pairs: int) -> bool:
    """Return whether a pair more or fewer changes who is clearly above."""

    def above(found: int) -> bool:
        return (found - theirs) / n_pairs >= MARGIN

    return above(ours - 1) != above(ours + 1)


def _below(key: str, nominal: pd.Series) -> dict[str, bool]:
    """Return whether Perm I calls less falsely than T and R, and within its level."""
    return {
        f"{key}.i-below-t": nominal["Perm I"] + MARGIN <= nominal["Perm T"],
        f"{key}.i-below-r": nominal["Perm I"] + MARGIN <= nominal["Perm R"],
        f"{key}.i-specific": nominal["Perm I"] <= MARGIN,
    }


def of_nulls(
    null_tested: pd.DataFrame, n_permutations: int, many: pd.DataFrame | None = None
) -> dict[str, bool]:
    """Return whether the small design is calibrated, by kind of residuals.

    null_tested : rows of pairs of a few data sets, with a column ``residuals``
    many : rows of many data sets of one kind, which decide that kind instead
    """
    values = {}
    if many is not None:
        of_few = ~null_tested["residuals"].isin(many["residuals"])
        null_tested = pd.concat([null_tested[of_few], many], ignore_index=True)
    for kind, group in null_tested.groupby("residuals", sort=False):
        at_5, at_10 = false_calls(group, n_permutations).to_dict("records")
        if at_5["data_sets"] < 2:
            continue
        key = f"null.small.{kind.replace(' ', '-')}"
        values |= {f"{key}.05": calibrated(at_5), f"{key}.10": calibrated(at_10)}
    return values


def of_null_designs(rates: pd.DataFrame, ran_here: Container[str]) -> dict[str, bool]:
    """Return whether each published design without interactions is calibrated."""
    at_5 = rates[rates["level"] == 0.05].set_index("design")
    values = {}
    for name in NULL_DESIGNS:
        if name not in ran_here or name not in at_5.index:
            continue
        if at_5.loc[name, "data_sets"] > 1:
            values[f"null.{PUBLISHED_DESIGNS[name]}"] = calibrated(at_5.loc[name])
    return values


def calibrated(row: Mapping) -> bool:
    """Return whether the interval of a rate holds that of a perfect test."""
    return row["low"] <= row["attainable"] <= row["high"]
