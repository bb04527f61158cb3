"""New data sets as witness of the test of each pair, and what became of the old ones.

The first hundred data sets of each world (`per_pair`) showed false calls far out. The
residual held the other pairs then, which are noise with heavy tails to the pair asked
about. Now the sum of what the networks say of them is taken out of both sides. On
data sets that no table holds (from 500 and 1,500; 24 with six pairs, 20 hubs) the mean
z of true pairs rose from 10.3 to 11.0 and from 15.7 to 19.3; data sets with a false
call fell from one to none, which is no evidence. So the same hundred of each world were
asked again. Declared before that run: read as above, and the worlds with real pairs
together, far out (`tails_text`). Expected: levels kept in every world, fewer than the
34 of 400 data sets with a false call, and power beside six pairs no lower than the .937
before.

Those data sets have shaped the test, so they are no witness of its level. Declared
before any of the second hundred of each world was drawn: read alone and as above, world
by world; and the worlds with real pairs together keep the family-wise level if the
exact 95% interval of the share of data sets with a false call does not lie above 5%
(`witness_text`). Expected: both, and power beside six pairs within .02 of the first
hundred's. And by genes: false pairs both of whose genes are in a true product elsewhere
were called in 8% of the first hundred beside six pairs (5.5 to 11), a group picked
after a look. Calls are spread evenly if the interval of the new hundred holds 5%.
Expected: it does. The same pairs have 6.7% where nothing interacts, and neither the
hub, one product nor linked halves show it.
"""

import pandas as pd
from scipy import stats

from helpers.studies.gene_gene.leaks import called_by_genes
from helpers.studies.gene_gene.per_pair import (
    WORLDS,
    as_expected,
    holm_of_sets,
    in_words,
    rates,
    worlds_text,
)
from helpers.studies.gene_gene.permuting import is_called

#: What the test said while its residual held the other pairs: numbers of the data sets
#: with a false call, of so many of each world, and power beside six pairs.
CALLED_BEFORE = {
    "six pairs": (31, 38, 42, 49, 81, 85, 93, 96),
    "one product": (2, 54, 95, 99),
    "hub of four": (25, 26, 36, 37, 42, 57, 72, 73, 74, 77),
    "linked halves": (6, 22, 28, 30, 34, 35, 41, 48, 55, 57, 78, 83),
}
SETS_BEFORE, POWER_BEFORE = 100, 562 / 600
#: Of the new data sets: the level to be kept, and how far power may lie from before.
LEVEL, POWER_WITHIN = 0.05, 0.02


def tails_text(asked: dict[str, pd.DataFrame], far: float = 0.001) -> str:
    """Say what the worlds show together, far out.

    far : p-value at which false pairs are counted, about that of a call after Holm
    """
    said = {"with real pairs": [], "without real pairs": []}
    for table in asked.values():
        paired = (table["form"] != "none").any()
        said[f"with{'' if paired else 'out'} real pairs"].append(rates_far(table, far))
    tables = {where: pd.DataFrame(rows).sum() for where, rows in said.items() if rows}
    if "with real pairs" not in tables:
        return ""
    parts = []
    for where, count in tables.items():
        share = count["sets_with"] / count["sets"]
        low, high = stats.binomtest(*count[["sets_with", "sets"]]).proportion_ci()
        parts.append(
            f"of {count['sets']:,} data sets {where} {count['sets_with']} have a false "
            f"call after Holm, {share:.1%} ({low:.1%} to {high:.1%}), and "
            f"{count['far']} of {count['pairs']:,} false pairs have a p of {far:g} or "
            "less, "
            f"{count['far'] / count['pairs'] / far:.1f} times as many as expected"
        )
    text = f"Together: {'; '.join(parts)}."
    count = tables["with real pairs"]
    if stats.binomtest(*count[["far", "pairs"]]).proportion_ci().low > far:
        text += (
            " **So far out the test calls too much beside real pairs**: a call that a "
            "correction for many pairs barely lets pass is weaker than it looks."
        )
    return text


def expected_text(asked: dict[str, pd.DataFrame]) -> str:
    """Say what changed since the residual held the other pairs, and what was expected.

    Asked are the data sets that showed the fault, so this compares before and after; of
    the level itself the worlds' intervals speak.
    """
    first = {world: in_hundred(asked, world, 0) for world in CALLED_BEFORE}
    if any(table["data_set"].nunique() != SETS_BEFORE for table in first.values()):
        return ""
    now = {world: sets_with_false(table) for world, table in first.items()}
    before = {(w, k) for w, numbers in CALLED_BEFORE.items() for k in numbers}
    after = {(w, k) for w, numbers in now.items() for k in numbers}
    gone, new = len(before - after), len(after - before)
    p = stats.binomtest(new, gone + new).pvalue if gone + new else 1.0
    power = rates(first["six pairs"])["power"]
    return (
        f"While the residual held the other pairs, {len(before)} of the same "
        f"{SETS_BEFORE * len(now)} data sets with real pairs had a false call; now "
        f"{len(after)} have one, **{as_expected(len(after) < len(before))} expected**: "
        f"{gone} lost theirs and {new} have a new one (sign test, p = {p:.2g}). Power "
        f"beside six pairs was {POWER_BEFORE:.1%} and is {power:.1%}, "
        f"**{as_expected(power > POWER_BEFORE - 1e-9)} expected**."
    )


def rates_far(table: pd.DataFrame, far: float) -> dict[str, int]:
    """Return counts of data sets, of those with a false call, of false pairs, and far.

    table : as for `rates`
    """
    false = table["form"] == "none"
    return {
        "sets": int(table["data_set"].nunique()),
        "sets_with": len(sets_with_false(table)),
        "pairs": int(false.sum()),
        "far": int((table["p"][false].fillna(1) <= far).sum()),
    }


def sets_with_false(table: pd.DataFrame) -> list[int]:
    """Return the numbers of the data sets with a false call after Holm."""
    false = is_called(holm_of_sets(table)) & (table["form"] == "none")
    return sorted(table["data_set"][false].unique().tolist())


def in_hundred(
    asked: dict[str, pd.DataFrame], world: str, hundred: int
) -> pd.DataFrame:
    """Return the rows of a world's data sets of one hundred (0: the first)."""
    if world not in asked:
        return pd.DataFrame(columns=["data_set"])
    table, start = asked[world], WORLDS[world].get("first", 0)
    return table[(table["data_set"] - start) // SETS_BEFORE == hundred]


def witness_text(asked: dict[str, pd.DataFrame]) -> str:
    """Say what the second hundred data sets of each world show, as it was declared."""
    new = {world: in_hundred(asked, world, 1) for world in asked}
    new = {world: table for world, table in new.items() if len(table)}
    paired = {w: t for w, t in new.items() if (t["form"] != "none").any()}
    if not paired:
        return ""
    sets = sum(table["data_set"].nunique() for table in paired.values())
    false = sum(len(sets_with_false(table)) for table in paired.values())
    low, high = stats.binomtest(false, sets).proportion_ci()
    parts = [
        f"**New data sets**, drawn after the test was finished: {worlds_text(new)} "
        f"Together {false} of {sets} with real pairs have a false call, "
        f"{false / sets:.1%} ({low:.1%} to {high:.1%}): the family-wise level is "
        f"{'**not** kept' if low > LEVEL else 'kept'}, "
        f"**{as_expected(low <= LEVEL)} expected**."
    ]
    old = in_hundred(asked, "six pairs", 0)
    if "six pairs" in new and len(old):
        power, before = (rates(table)["power"] for table in (new["six pairs"], old))
        came = as_expected(abs(power - before) <= POWER_WITHIN)
        parts.append(
            f"Power beside six pairs is {power:.1%}, in the first hundred it was "
            f"{before:.1%}, **{came} expected** (within {100 * POWER_WITHIN:.0f} "
            "points)."
        )
        parts.append(by_genes_text(new["six pairs"], old))
    return " ".join(parts).rstrip()


def by_genes_text(new: pd.DataFrame, old: pd.DataFrame) -> str:
    """Say whether false pairs follow genes in new data sets, and did in old ones."""
    now, then = (called_by_genes(table, "p").get(2) for table in (new, old))
    if not now or not then:
        return ""
    even = now["share_low"] <= LEVEL <= now["share_high"]
    return (
        "False pairs both of whose genes are in a true product elsewhere are called at "
        f"5% in {in_words(now, 'share')}, in the first hundred in "
        f"{in_words(then, 'share')}: {'evenly' if even else '**not** evenly'} spread, "
        f"**{as_expected(even)} expected** (the new interval was to hold {LEVEL:.0%})."
    )
