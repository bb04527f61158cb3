"""A test of each pair without permutations, and whether it may be believed.

Worlds of 20,000 people at a signal-to-noise ratio of 1: the published six pairs, one
product, a hub that interacts with four genes, none, and six pairs of half genes, so
that each gene has a neighbour it is inherited with.

Declared before the first run. The data set is the unit. At 5 and at 10% the test is
*calibrated* in a world if the 95% interval (t, over data sets) of the share of false
pairs with p at most the level contains the level. It *keeps the family-wise level* if
the exact interval of the share of data sets with a false pair at 5% after Holm does
not lie above 5%. Power is the share of true pairs called at 5% after Holm. Numbers of
data sets: from 0, those without interactions from 1,000, as for the permutation tests;
how many there are is set by the time at hand, not by what they show.

Each data set has people of its own. The first runs had one panel and one split for all
data sets of a world: of a hundred, 13 had a false call beside six pairs, 10 beside one
product, 4 beside a hub and 4 without pairs. What the genotypes of the people tested do
by chance was in every one of them, so they were drawn anew, expecting the family-wise
level to hold. It did not: 8, 4, 10 and, with linked halves, 12 of a hundred with real
pairs had a false call, and 3 without. By the reading above linked halves failed; the
worlds together, which nobody had declared to read (`tails_text`), had one in 8.5%.
What became of that is in `pair_witness`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from torch import nn

from helpers import checks
from helpers.data.panel import Panel
from helpers.data.splits import Split, standardise
from helpers.detectors.interactions import all_pairs
from helpers.device import Device
from helpers.loaders.traits import split_people
from helpers.significance.interaction import statistics
from helpers.significance.interaction.genotypes import (
    GeneFold,
    crossed_gene_interaction_test,
)
from helpers.studies.gene_gene.baselines import baseline_pairs
from helpers.studies.gene_gene.designs import own_people, shapes_of, training
from helpers.studies.gene_gene.permuting import is_called, tested
from helpers.studies.gene_gene.replication import replicate
from helpers.studies.gene_gene.stored_worlds import (
    StoredWorld,
    asked_worlds,
    rows_of_sets,
    step_of,
)
from helpers.studies.gene_gene.study import fit_genes, fit_main_effects
from helpers.studies.stores import Store
from helpers.truth.genotypes import PUBLISHED_TERMS, Trait, simulate_trait

GENES, SIGNAL_TO_NOISE = 10, 1.0
#: What interacts in each world, the first number of its data sets, whether genes are
#: halves of genes, and whether pairs are also tested by replication.
WORLDS: dict[str, dict] = {
    "six pairs": {"replicated": True},
    "one product": {"terms": ((5, 6, "product"),)},
    "hub of four": {"terms": tuple((5, j, "product") for j in (1, 3, 6, 8))},
    "none": {"kind": "null", "first": 1_000},
    "linked halves": {"halves": True},
}
PART = 5  # data sets that are stored together
N_MAIN = 5  # networks of the fit without interactions


def ask_pairs(
    *,
    world: str,
    numbers: Sequence[int],
    people: tuple[int, int],
    n_networks: int,
    max_epochs: int,
    seed: int,
    device: Device = "auto",
) -> pd.DataFrame:
    """Test every pair of data sets of a world; one row a pair.

    Columns: data_set, pair ("1-2"), form ("none" = not a true pair), estimate, low,
    high, z, p, p_holm; p_product, of the regression with products of top SNPs;
    p_replicated and p_centred, of equation 5 in the people tested, as it stands and
    with both sides cleared of what each gene does alone (NaN in worlds without).
    """

    def of_set(number: int) -> pd.DataFrame:
        panel, trait, parts = data_set(world, number=number, people=people, seed=seed)
        asked = asked_of(
            panel,
            trait.values,
            parts,
            n_networks=n_networks,
            max_epochs=max_epochs,
            seed=1_000 * seed + number,
            device=device,
        )
        pairs = all_pairs(panel.n_genes)
        usual = baseline_pairs(panel, trait.values, parts).details["p"]
        rows = asked.rows.assign(
            data_set=number, form=shapes_of(trait, pairs), p_product=_short(usual)
        )
        again = [np.full(len(pairs), np.nan)] * 2
        if WORLDS[world].get("replicated"):
            again = _replicated(asked.fold.networks, panel, asked.y, parts, pairs)
        return rows.assign(p_replicated=again[0], p_centred=again[1])

    return rows_of_sets(numbers, of_set).assign(world=world)


@dataclass(frozen=True)
class Asked:
    """What the test says of all pairs of one data set: `rows`, in their order.

    And what it rests on: networks and people, and the trait, (n_people,).
    """

    rows: pd.DataFrame
    fold: GeneFold
    y: np.ndarray


def asked_of(
    panel: Panel,
    values: np.ndarray,
    parts: Split,
    *,
    n_networks: int,
    max_epochs: int,
    seed: int,
    device: Device,
) -> Asked:
    """Train networks with and without interactions, and test every pair."""
    fold, y = learned(
        panel,
        values,
        parts,
        n_networks=n_networks,
        max_epochs=max_epochs,
        seed=seed,
        device=device,
    )
    return Asked(in_order(crossed_gene_interaction_test([fold], panel), panel), fold, y)


def learned(
    panel: Panel,
    values: np.ndarray,
    parts: Split,
    *,
    n_networks: int,
    max_epochs: int,
    seed: int,
    device: Device,
) -> tuple[GeneFold, np.ndarray]:
    """Train networks with and without interactions; return them and what they learned.

    Returns
    -------
    fold : GeneFold
    y : array, shape (n_people,)
        The trait in units of the training people.
    """
    y = standardise(values, parts.train, name="trait").values
    knobs: dict[str, Any] = {
        "training": training(panel.n_people, max_epochs=max_epochs),
        "seed": seed,
        "device": device,
    }
    main, _ = fit_main_effects(panel, y, parts, n_networks=N_MAIN, **knobs)
    ensemble, _ = fit_genes(panel, y[None], parts, n_networks=n_networks, **knobs)
    networks = [ensemble.network(i) for i in range(len(ensemble))]
    seen = np.concatenate([parts.train, parts.validation])
    return GeneFold(networks, y - main, seen, parts.test), y


def data_set(
    world: str, *, number: int, people: tuple[int, int], seed: int
) -> tuple[Panel, Trait, Split]:
    """Return panel, trait and parts of one data set of a world."""
    made = WORLDS[checks.one_of("world", world, tuple(WORLDS))]
    panel = own_people(people[1], GENES, number=number, seed=seed)
    if made.get("halves"):
        panel = halved(panel)
    trait = simulate_trait(
        panel,
        made.get("terms", PUBLISHED_TERMS),
        kind=made.get("kind", "complex"),
        signal_to_noise=SIGNAL_TO_NOISE,
        seed=1_000 * seed + number,
    )
    return panel, trait, split_people(panel.n_people, seed=1_000 * seed + number)


def halved(panel: Panel) -> Panel:
    """Return a panel of as many genes, the halves of the first half of them."""
    kept = panel.sizes[: panel.n_genes // 2]
    sizes = [size for n in kept for size in (n // 2, n - n // 2)]
    return Panel(panel.genotypes[: sum(kept)], tuple(sizes))


def in_order(table: pd.DataFrame, panel: Panel) -> pd.DataFrame:
    """Return what the test says of every pair, in the order of `all_pairs`."""
    pairs = all_pairs(panel.n_genes)
    names = [tuple(panel.genes[k] for k in pair) for pair in pairs]
    place = {pair: row for row, pair in enumerate(table["pair"])}
    table = table.iloc[[place[name] for name in names]]
    columns = ["estimate", "low", "high", "z", "p", "p_holm"]
    shown = {name: _short(table[name]) for name in columns}
    return pd.DataFrame({"pair": [f"{i + 1}-{j + 1}" for i, j in pairs], **shown})


def _replicated(
    networks: Sequence[nn.Module],
    panel: Panel,
    y: np.ndarray,
    parts: Split,
    pairs: Sequence[tuple[int, int]],
) -> list[np.ndarray]:
    """Return p-values of equation 5 in the people tested, as it stands and centred."""
    learned = panel.take(np.concatenate([parts.train, parts.validation]))
    others = panel.take(parts.test)
    return [
        _short(
            replicate(networks, learned, others, y[parts.test], pairs, centred=centred)[
                "p"
            ]
        )
        for centred in (False, True)
    ]


def _short(values: Iterable[float]) -> np.ndarray:
    """Return numbers with five digits: a stored table is read by people too."""
    return np.array([float(f"{value:.5g}") for value in values])


def steps_of(what: str, worlds: Iterable[str]) -> dict[str, StoredWorld]:
    """Return the stored steps that ask something about worlds of this page."""
    return {
        world: StoredWorld(
            step_of(what, world), {"world": world}, WORLDS[world].get("first", 0)
        )
        for world in worlds
    }


def asked_pairs(store: Store, *, count: int, **shared: Any) -> dict[str, pd.DataFrame]:
    """Return the tables of the worlds, as `stored_worlds.asked_worlds`.

    **shared : people, n_networks, max_epochs and seed of `ask_pairs`
    """
    worlds = steps_of("pairs", WORLDS)
    return asked_worlds(
        store, ask_pairs, worlds, count=count, in_part=PART, minutes=0.25, **shared
    )


# What is called

#: Tests of one figure: name, where its p-values are ("asked": rows of `ask_pairs`, else
#: a permutation), the nominal and the corrected column (None: Holm's of the nominal).
TESTS = (
    ("Perm I", "Perm I", "p", "maxT"),
    ("Perm T", "Perm T", "p", "maxT"),
    ("Perm T, fixed epochs", "Perm T, fixed epochs", "p", "maxT"),
    ("Perm R", "Perm R", "p", "maxT"),
    ("Perm I, pattern", "Perm I", "p, level", "maxT, level"),
    ("Perm T, pattern", "Perm T", "p, level", "maxT, level"),
    ("Perm R, pattern", "Perm R", "p, level", "maxT, level"),
    ("Parametric bootstrap", "Bootstrap", "p", "maxT"),
    ("Bootstrap, pattern", "Bootstrap", "p, level", "maxT, level"),
    ("Products of top SNPs", "asked", "p_product", None),
    ("Test of each pair", "asked", "p", None),
)
#: Ways to replicate: name, and where their p-values are in rows of `ask_pairs`.
REPLICATIONS = (
    ("Equation 5 as it stands", "p_replicated"),
    ("Equation 5 cleared of what each gene does alone", "p_centred"),
    ("The test of each pair", "p"),
)
NAMED = {"none": "no pair interacts", "six pairs": "six pairs interact"}


def rates(
    table: pd.DataFrame, column: str = "p", corrected: str | None = None
) -> dict[str, float]:
    """Return the errors and the power of a test over data sets of one world.

    Parameters
    ----------
    table : DataFrame
        One row a pair and data set: data_set, form ("none" = not a true pair), and the
        p-values.
    column, corrected : str
        Nominal p-values, and those corrected for the number of pairs; left out, they
        are corrected by Holm's method.

    Returns
    -------
    dict
        data_sets; at_5 and at_10: share of false pairs called; any: share of data sets
        with a false pair at 5% after correction; power: share of true pairs called
        then (NaN where there are none). Each with its 95% interval, _low and _high.
    """
    table = table.reset_index(drop=True)
    number, false = table["data_set"], table["form"] == "none"
    p = table[column].fillna(1)  # cannot tell: not called
    called = is_called(table[corrected] if corrected else holm_of_sets(table, column))
    found = {"data_sets": number.nunique()}
    found |= over_sets(is_called(p, 0.05)[false], number, "at_5")
    found |= over_sets(is_called(p, 0.10)[false], number, "at_10")
    found |= share_of_sets(called[false].groupby(number).any(), "any")
    return found | over_sets(called[~false], number, "power")


def holm_of_sets(table: pd.DataFrame, column: str = "p") -> pd.Series:
    """Return p-values corrected for the pairs of their data set; a gap counts as 1."""
    by_set = table[column].fillna(1).groupby(table["data_set"].to_numpy())
    return by_set.transform(lambda p: statistics.holm(p.to_numpy()))


def over_sets(called: pd.Series, number: pd.Series, name: str) -> dict[str, float]:
    """Return a mean over data sets with its 95% interval (t), by three names.

    At 0 and 1 that has no width and promises too much: there it is the exact one of as
    many data sets that are called or not.
    """
    names = (name, f"{name}_low", f"{name}_high")
    if called.empty:
        return dict.fromkeys(names, np.nan)
    by_set = called.groupby(number).mean()
    mean, n = by_set.mean(), len(by_set)
    if mean in (0.0, 1.0):
        ends = stats.binomtest(int(mean * n), n).proportion_ci()
        return dict(zip(names, (mean, *ends), strict=True))
    half = stats.t.ppf(0.975, n - 1) * by_set.sem() if n > 1 else 1.0
    ends = (max(0.0, mean - half), min(1.0, mean + half))
    return dict(zip(names, (mean, *ends), strict=True))


def share_of_sets(some: pd.Series, name: str) -> dict[str, float]:
    """Return a share of data sets with its exact 95% interval, by three names."""
    low, high = stats.binomtest(int(some.sum()), len(some)).proportion_ci()
    return {name: some.mean(), f"{name}_low": low, f"{name}_high": high}


def stored_worlds(store: Store) -> dict[str, pd.DataFrame]:
    """Return the stored tables of the worlds, by name."""
    names = {world: f"pairs-{world.replace(' ', '-')}" for world in WORLDS}
    found = {world: store.paper(name, partial=True) for world, name in names.items()}
    return {world: table for world, table in found.items() if table is not None}


def permuted_worlds(chapter: Store, training: Store) -> dict[str, list[pd.DataFrame]]:
    """Return what the stored permutation tests say in the worlds of `NAMED`.

    Each table has the columns networks (of an ensemble) and panels: all of its data
    sets have one.

    Parameters
    ----------
    chapter, training : Store
        Of chapter 4, and of the page on training, whose null data sets are without a
        bend of single genes.
    """
    steps = {
        "six pairs": [(chapter, "permuted-SN-1-small")],
        "none": [
            (chapter, "null-as-is"),
            (training, "curved-straight-hidden-layer"),
        ],
    }
    return {
        world: [
            tested(table).assign(networks=store.made_with(name)["n_networks"], panels=1)
            for store, name in places
            if (table := store.paper(name)) is not None
        ]
        for world, places in steps.items()
    }


def errors_and_power(
    asked: Mapping[str, pd.DataFrame],
    permuted: Mapping[str, list[pd.DataFrame]],
    worlds: Mapping[str, str] = NAMED,
) -> pd.DataFrame:
    """Return a row a test and world: `rates`, with columns test and world.

    Parameters
    ----------
    asked : mapping
        World -> rows of `ask_pairs`.
    permuted : mapping
        World -> tables of permutation tests (`permuting.tested`), each with a column
        scheme; of a scheme in several, the first counts.
    worlds : mapping
        Those to show -> what the column world says of them. What the tables say in
        columns networks and panels, the rows say too.
    """
    rows = []
    for test, source, column, corrected in TESTS:
        for world, words in worlds.items():
            tables = permuted.get(world, [])
            found = [t[t["scheme"] == source] for t in tables]
            if source == "asked":
                found = [asked[world]] if world in asked else []
            found = [table for table in found if len(table)]
            if found:
                about = [name for name in ("networks", "panels") if name in found[0]]
                row = {"test": test, "world": words, **found[0][about].iloc[0]}
                rows.append(row | rates(found[0], column, corrected))
    return pd.DataFrame(rows)


def worlds_table(asked: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return a line a world: what the test calls, with 95% intervals, as text."""
    rows = []
    for world, table in asked.items():
        found = rates(table)
        rows.append({"World": world} | rates_in_words(found))
    return pd.DataFrame(rows)


def worlds_text(asked: dict[str, pd.DataFrame]) -> str:
    """Say in which worlds the test keeps its levels, as the reading was declared."""
    said = []
    found = {world: rates(table) for world, table in asked.items()}
    several = {w: r for w, r in found.items() if r["data_sets"] > 1}
    if not several:
        return "With one data set a world nothing can be said of rates."
    for level, name in ((0.05, "at_5"), (0.10, "at_10")):
        kept = [
            world
            for world, rate in several.items()
            if rate[f"{name}_low"] <= level <= rate[f"{name}_high"]
        ]
        low = [w for w, rate in several.items() if rate[f"{name}_high"] < level]
        high = [w for w, rate in several.items() if rate[f"{name}_low"] > level]
        said.append(
            f"At {level:.0%} the interval of the rate holds the level in "
            f"**{len(kept)} of {len(several)}** worlds"
            + (f"; it lies above in {_named(high)}" if high else "")
            + (f"; it lies below in {_named(low)}" if low else "")
            + "."
        )
    over = [world for world, rate in several.items() if rate["any_low"] > 0.05]
    sets = sum(rate["data_sets"] for rate in several.values())
    false = sum(round(rate["any"] * rate["data_sets"]) for rate in several.values())
    highest = [f"{rate['any_high']:.0%}" for rate in several.values()]
    widest = f"{max(rate['any_high'] for rate in several.values()):.0%}"
    verdict = (
        f"the family-wise level is not kept in {_named(over)}."
        if over
        else "no world shows that the family-wise level is broken; in "
        f"{highest.count(widest)} of {len(several)} worlds a share of {widest} is not "
        "excluded."
    )
    said.append(
        f"After Holm some false pair is called in {false} of {sets} data sets; "
        + verdict
    )
    return " ".join(said)


def _named(worlds: list[str]) -> str:
    """Return names as text; some have commas of their own."""
    return ", ".join(f"*{world}*" for world in worlds)


def as_expected(it_came: bool) -> str:
    """Return the words before "expected"."""
    return "as" if it_came else "not as"


def replication_table(asked: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return a line a way to replicate: false pairs that return, and true ones."""
    rows = []
    for name, column in REPLICATIONS:
        for world, table in asked.items():
            if table[column].notna().all() and table["p_centred"].notna().all():
                found = rates(table, column)
                about = {"Replication": name, "World": world}
                rows.append(about | rates_in_words(found))
    return pd.DataFrame(rows)


def rates_in_words(found: dict[str, float]) -> dict:
    """Return the columns of a table of rates: data sets, and shares as text."""
    return {
        "Data sets": found["data_sets"],
        "False at 5%": in_words(found, "at_5"),
        "at 10%": in_words(found, "at_10"),
        "Any false, Holm": in_words(found, "any"),
        "Power, Holm": in_words(found, "power"),
    }


def in_words(found: dict[str, float], name: str) -> str:
    """Return a share and its interval as text; a dash where there is none."""
    value, low, high = (found[f"{name}{end}"] for end in ("", "_low", "_high"))
    if np.isnan(value):
        return "–"
    return f"{value:.1%} ({low:.1%} to {high:.1%})"
