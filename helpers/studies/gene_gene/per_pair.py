"""A test of each pair without permutations, and whether it may be believed.

Worlds of 20,000 people at a signal-to-noise ratio of 1: the published six pairs, one
product, a hub that interacts with four genes, none, and six pairs of half genes, so
that each gene has a neighbour it is inherited with.

Declared before the first run. The data set is the unit. At 5 and at 10 % the test is
*calibrated* in a world if the 95 % interval (t, over data sets) of the share of false
pairs with p at most the level contains the level. It *keeps the family-wise level* if
the exact interval of the share of data sets with a false pair at 5 % after Holm does
not lie above 5 %. Power is the share of true pairs called at 5 % after Holm. Numbers of
data sets: from 0, those without interactions from 1,000, as for the permutation tests;
how many there are is set by the time at hand, not by what they show.
"""

import numpy as np
import pandas as pd
from scipy import stats

from helpers.data.panel import Panel
from helpers.data.splits import Split, standardise
from helpers.detectors.interactions import all_pairs
from helpers.loaders.traits import split_people
from helpers.significance.interaction import statistics
from helpers.significance.interaction.genotypes import gene_interaction_test
from helpers.studies.gene_gene.baselines import baseline_pairs
from helpers.studies.gene_gene.designs import everybody, shapes_of, training
from helpers.studies.gene_gene.replication import replicate
from helpers.studies.gene_gene.study import fit_genes, fit_main_effects
from helpers.truth.genotypes import PUBLISHED_TERMS, Trait, simulate_trait

GENES, SIGNAL_TO_NOISE = 10, 1.0
#: What interacts in each world, the first number of its data sets, whether genes are
#: halves of genes, and whether pairs are also tested by replication.
WORLDS = {
    "six pairs": {"replicated": True},
    "one product": {"terms": ((5, 6, "product"),)},
    "hub of four": {"terms": tuple((5, j, "product") for j in (1, 3, 6, 8))},
    "none": {"kind": "null", "first": 1_000},
    "linked halves": {"halves": True},
}
PART = 5  # data sets that are stored together
N_MAIN = 5  # networks of the fit without interactions


def ask_pairs(
    *, world, numbers, people, n_networks, max_epochs, seed, device="auto"
) -> pd.DataFrame:
    """Test every pair of data sets of a world; one row a pair.

    Columns: data_set, pair ("1-2"), form ("none" = not a true pair), estimate, low,
    high, z, p, p_holm; p_product, of the regression with products of top SNPs;
    p_replicated and p_centred, of equation 5 in the people tested, as it stands and
    with both sides cleared of what each gene does alone (NaN in worlds without).
    """
    tables = []
    for number in numbers:
        panel, trait, parts = data_set(world, number=number, people=people, seed=seed)
        y = standardise(trait.values, parts.train, name="trait").values
        knobs = {
            "training": training(panel.n_people, max_epochs=max_epochs),
            "seed": 1_000 * seed + number,
            "device": device,
        }
        main, _ = fit_main_effects(panel, y, parts, n_networks=N_MAIN, **knobs)
        ensemble, _ = fit_genes(panel, y[None], parts, n_networks=n_networks, **knobs)
        networks = [ensemble.network(i) for i in range(len(ensemble))]
        pairs = all_pairs(panel.n_genes)
        rows = _tested(networks, panel, y - main, parts, pairs)
        usual = baseline_pairs(panel, trait.values, parts).details["p"]
        rows = rows.assign(
            data_set=number, form=shapes_of(trait, pairs), p_product=_short(usual)
        )
        again = [np.full(len(pairs), np.nan)] * 2
        if WORLDS[world].get("replicated"):
            again = _replicated(networks, panel, y, parts, pairs)
        tables.append(rows.assign(p_replicated=again[0], p_centred=again[1]))
    return pd.concat(tables, ignore_index=True).assign(world=world)


def data_set(
    world: str, *, number: int, people, seed: int
) -> tuple[Panel, Trait, Split]:
    """Return panel, trait and parts of one data set of a world."""
    made = WORLDS[world]
    panel = everybody(people[1], GENES, seed)
    if made.get("halves"):
        panel = halved(panel)
    trait = simulate_trait(
        panel,
        made.get("terms", PUBLISHED_TERMS),
        kind=made.get("kind", "complex"),
        signal_to_noise=SIGNAL_TO_NOISE,
        seed=1_000 * seed + number,
    )
    return panel, trait, split_people(panel.n_people, seed=seed)


def halved(panel: Panel) -> Panel:
    """Return a panel of as many genes, the halves of the first half of them."""
    kept = panel.sizes[: panel.n_genes // 2]
    sizes = [size for n in kept for size in (n // 2, n - n // 2)]
    return Panel(panel.genotypes[: sum(kept)], tuple(sizes))


def _tested(networks, panel, residual, parts, pairs) -> pd.DataFrame:
    """Return what the test says of every pair, in their order."""
    table = gene_interaction_test(
        networks,
        panel,
        residual,
        learned=np.concatenate([parts.train, parts.validation]),
        tested=parts.test,
    )
    names = [tuple(panel.genes[k] for k in pair) for pair in pairs]
    place = {pair: row for row, pair in enumerate(table["pair"])}
    table = table.iloc[[place[name] for name in names]]
    columns = ["estimate", "low", "high", "z", "p", "p_holm"]
    shown = {name: _short(table[name]) for name in columns}
    return pd.DataFrame({"pair": [f"{i + 1}-{j + 1}" for i, j in pairs], **shown})


def _replicated(networks, panel, y, parts, pairs) -> list[np.ndarray]:
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


def _short(values) -> np.ndarray:
    """Return numbers with five digits: a stored table is read by people too."""
    return np.array([float(f"{value:.5g}") for value in values])


def asked_worlds(store, *, count, people, n_networks, max_epochs, seed) -> dict:
    """Return the tables of the worlds, computed where `count` data sets are asked for.

    With none the stored ones; worlds without any are left out.
    """
    tables = {}
    for world, made in WORLDS.items():
        name, first = f"pairs-{world.replace(' ', '-')}", made.get("first", 0)
        numbers = [first + k for k in range(count)]
        table = store.paper(name, partial=True)
        if numbers:
            table = store.stored_or_run(
                name,
                ask_pairs,
                {
                    "world": world,
                    "people": people,
                    "n_networks": n_networks,
                    "max_epochs": max_epochs,
                    "seed": seed,
                },
                parts=[
                    {"numbers": numbers[k : k + PART]} for k in range(0, count, PART)
                ],
                estimate_minutes=count / 4,
                partial=True,
            )
        if table is not None:
            tables[world] = table
    return tables


# What is called


def error_table(tables: dict[str, pd.DataFrame], column: str = "p") -> pd.DataFrame:
    """Return the error rates and the power of the test in each world.

    Parameters
    ----------
    tables : dict
        World -> rows of `ask_pairs`.
    column : str
        Nominal p-values; corrected ones are Holm's.

    Returns
    -------
    DataFrame
        world, data_sets; at_5, at_5_low, at_5_high and at_10, ...: share of false pairs
        called; any, any_low, any_high: share of data sets with a false pair after Holm;
        power (NaN without true pairs), power_low, power_high.
    """
    rows = []
    for world, table in tables.items():
        p = table[column].fillna(1)
        holm = p.groupby(table["data_set"]).transform(_holm)
        false, number = table["form"] == "none", table["data_set"]
        row = {"world": world, "data_sets": number.nunique()}
        for level in (0.05, 0.10):
            row |= over_sets((p <= level)[false], number, f"at_{level:.0%}"[:-1])
        some = (holm <= 0.05)[false].groupby(number).any()
        row |= share_of_sets(some, "any")
        row |= over_sets((holm <= 0.05)[~false], number, "power")
        rows.append(row)
    return pd.DataFrame(rows)


def _holm(p: pd.Series) -> np.ndarray:
    """Return the p-values of one data set, corrected for its pairs."""
    return statistics.holm(p.to_numpy())


def over_sets(called: pd.Series, number: pd.Series, name: str) -> dict[str, float]:
    """Return a mean over data sets with its 95 % interval (t), by three names."""
    names = (name, f"{name}_low", f"{name}_high")
    if called.empty:
        return dict.fromkeys(names, np.nan)
    by_set = called.groupby(number).mean()
    mean, error = by_set.mean(), by_set.sem()
    half = stats.t.ppf(0.975, len(by_set) - 1) * error if len(by_set) > 1 else np.nan
    ends = (mean, max(0, mean - half), min(1, mean + half))
    return dict(zip(names, ends, strict=True))


def share_of_sets(some: pd.Series, name: str) -> dict[str, float]:
    """Return a share of data sets with its exact 95 % interval, by three names."""
    low, high = stats.binomtest(int(some.sum()), len(some)).proportion_ci()
    return {name: some.mean(), f"{name}_low": low, f"{name}_high": high}
