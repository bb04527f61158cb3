"""The test of each pair where people differ, and what its calls do not mean.

Worlds of 20,000 people at a signal-to-noise ratio of 1, in none of which two genes
interact. Two kinds, read in two ways.

**Null worlds.** *Structure*: two populations (F_ST 0.05) whose traits differ by a tenth
of the variance. *Structure, components*: the same traits after five principal
components of other SNPs were regressed out. *Unequal variance*: the spread of the noise
grows with the value of one gene, by a factor of two over two standard deviations.

**Worlds outside error rates**, where E[trait | genotypes] does interact though nature
only adds. *Untyped variant*: genes are cut in two, the SNPs between the halves are
typed by nobody, one of them adds to the trait, and both halves tag it. *Another scale*:
exp(trait / 2) of an additive trait. *Normal scores*: those of an additive trait with
skewed noise.

Declared before the first run. Null worlds are read as the five of `per_pair`: at 5 and
at 10% a level is kept if the 95% interval (t, over data sets) of the share of false
pairs contains it; the family-wise level if the exact interval of the share of data sets
with a call after Holm does not lie above 5%. Expected to fail: structure without
components, as membership is no sum of what genes say. Of the worlds outside no level is
asked: the share of the pairs concerned that is called at 5%, nominally and after Holm,
is what a reader may meet. Data sets are numbered from 1,000; how many there are is set
by the time at hand, not by what they show.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from helpers.data.panel import Panel
from helpers.detectors.interactions import all_pairs
from helpers.device import Device
from helpers.loaders.traits import normal_scores, residuals, split_people
from helpers.studies.gene_gene.designs import own_people
from helpers.studies.gene_gene.per_pair import (
    GENES,
    PART,
    SIGNAL_TO_NOISE,
    asked_of,
    in_words,
    over_sets,
    rates,
    share_of_sets,
)
from helpers.studies.gene_gene.permuting import is_called
from helpers.studies.gene_gene.stored_worlds import (
    StoredWorld,
    asked_worlds,
    rows_of_sets,
    step_of,
)
from helpers.studies.stores import Store
from helpers.truth.genotypes import Trait, simulate_trait

FIRST = 1_000  # number of the first data set
#: Generations since the populations parted, length of their genes (bp): as many SNPs a
#: gene as in the other worlds; share of the trait's variance between populations.
PARTED, PARTED_LENGTH, BETWEEN = 2_000, 30_000, 0.1
#: Other SNPs that components are made of, all independent; their F_ST; components.
N_OTHER, F_ST, N_COMPONENTS = 2_000, 0.05, 5
UNEQUAL_GENE, SPREAD = 5, 0.35  # noise times exp(SPREAD * value of the gene)
UNTYPED = 0.2  # share of a gene's SNPs, in its middle
LOG_SD = 0.5  # of the logarithm of the trait on another scale

#: A panel, a trait, and what is true of each pair ("none" = nothing).
Made = tuple[Panel, np.ndarray, np.ndarray]


def ask_other_world(
    *,
    world: str,
    numbers: Sequence[int],
    people: int,
    n_networks: int,
    max_epochs: int,
    seed: int,
    device: Device = "auto",
) -> pd.DataFrame:
    """Test every pair of data sets of a world; one row a pair.

    Columns: data_set, pair ("1-2"), form ("none" = nothing is true of the pair),
    estimate, low, high, z, p, p_holm, world.
    """

    def of_set(number: int) -> pd.DataFrame:
        panel, values, form = _maker(world)(number, people, seed)
        asked = asked_of(
            panel,
            values,
            split_people(people, seed=1_000 * seed + number),
            n_networks=n_networks,
            max_epochs=max_epochs,
            seed=1_000 * seed + number,
            device=device,
        )
        return asked.rows.assign(data_set=number, form=form)

    return rows_of_sets(numbers, of_set).assign(world=world)


def _maker(world: str) -> Callable[[int, int, int], Made]:
    """Return the function (number, people, seed) that makes a world's data sets."""
    if world == "structure":
        return _structure
    if world == "structure, components":
        return _structure_with_components
    if world == "unequal variance":
        return _unequal_variance
    if world == "untyped variant":
        return _untyped_variant
    if world == "another scale":
        return _another_scale
    if world == "normal scores":
        return _normal_scores
    raise ValueError(f"world must be one of NULL_WORLDS and OUTSIDE; got {world!r}.")


def _additive(panel: Panel, number: int, seed: int) -> Trait:
    """Return a trait to which all genes add."""
    return simulate_trait(
        panel,
        kind="null",
        signal_to_noise=SIGNAL_TO_NOISE,
        seed=1_000 * seed + number,
    )


def _every(form: str) -> np.ndarray:
    """Return the same form for all pairs."""
    return np.full(len(all_pairs(GENES)), form, dtype=object)


def two_populations(people: int, number: int, seed: int) -> Panel:
    """Return a panel whose first half is of one population, whose rest of another."""
    parted = {"length": PARTED_LENGTH, "parted": PARTED}
    return own_people(people, GENES, number=number, seed=seed, **parted)


def membership(people: int) -> np.ndarray:
    """Return the population of each person, 0 or 1."""
    return (np.arange(people) >= people - people // 2).astype(float)


def _structure(number: int, people: int, seed: int) -> Made:
    """Return genes and a trait that both differ between two populations."""
    panel = two_populations(people, number, seed)
    between = membership(people) - 0.5
    between *= np.sqrt(BETWEEN / (1 - BETWEEN)) / between.std()
    return panel, _additive(panel, number, seed).values + between, _every("none")


def _structure_with_components(number: int, people: int, seed: int) -> Made:
    """Return the same, cleared of components of other SNPs."""
    panel, values, form = _structure(number, people, seed)
    return panel, residuals(values, components(people, number, seed)), form


def components(people: int, number: int, seed: int) -> np.ndarray:
    """Return principal components of SNPs elsewhere, (n_people, N_COMPONENTS).

    Frequencies of the two populations are drawn by the model of Balding and Nichols.
    """
    draw = np.random.default_rng([seed, number, 7])
    common = draw.uniform(0.1, 0.9, N_OTHER)
    a, b = (p * (1 - F_ST) / F_ST for p in (common, 1 - common))
    frequency = draw.beta(a, b, (2, N_OTHER))
    counts = np.empty((N_OTHER, people), dtype=np.float32)
    for population in (0, 1):
        here = np.flatnonzero(membership(people) == population)
        some = draw.binomial(2, frequency[population][:, None], (N_OTHER, len(here)))
        counts[:, here] = some
    counts -= counts.mean(axis=1, keepdims=True)
    counts /= np.maximum(counts.std(axis=1, keepdims=True), 1e-6)
    _, directions = np.linalg.eigh(counts @ counts.T)
    return (counts.T @ directions[:, -N_COMPONENTS:]).astype(float)


def _unequal_variance(number: int, people: int, seed: int) -> Made:
    """Return an additive trait whose noise is wider where one gene's value is high."""
    panel = own_people(people, GENES, number=number, seed=seed)
    trait = _additive(panel, number, seed)
    noise = trait.values - trait.main
    wider = noise * np.exp(SPREAD * trait.expression[UNEQUAL_GENE])
    return panel, trait.main + wider * noise.std() / wider.std(), _every("none")


def _untyped_variant(number: int, people: int, seed: int) -> Made:
    """Return halves of genes, and a trait to which untyped SNPs between them add."""
    whole = own_people(people, GENES, number=number, seed=seed)
    frequency = whole.frequencies()
    draw = np.random.default_rng([seed, number])
    typed, sizes, main = [], [], np.zeros(people)
    for block in whole.blocks[: GENES // 2]:
        rows = np.arange(block.start, block.stop)
        low = round(len(rows) * (1 - UNTYPED) / 2)
        left, between, right = np.split(rows, [low, len(rows) - low])
        minor = np.minimum(frequency[between], 1 - frequency[between])
        common = between[minor >= np.median(minor)]
        causal = whole.genotypes[draw.choice(common)].astype(float)
        main += draw.choice([-1, 1]) * (causal - causal.mean()) / causal.std()
        typed += [left, right]
        sizes += [len(left), len(right)]
    noise = draw.standard_normal(people) * main.std()
    values = main + noise / np.sqrt(SIGNAL_TO_NOISE)
    form = [
        "untyped" if j == i + 1 and i % 2 == 0 else "none" for i, j in all_pairs(GENES)
    ]
    panel = Panel(whole.genotypes[np.concatenate(typed)], tuple(sizes))
    return panel, values, np.array(form, dtype=object)


def _another_scale(number: int, people: int, seed: int) -> Made:
    """Return the exponential of an additive trait: log-normal."""
    panel = own_people(people, GENES, number=number, seed=seed)
    values = np.exp(LOG_SD * _additive(panel, number, seed).values)
    return panel, values, _every("scale")


def _normal_scores(number: int, people: int, seed: int) -> Made:
    """Return normal scores of an additive trait with exponential noise."""
    panel = own_people(people, GENES, number=number, seed=seed)
    trait = _additive(panel, number, seed)
    skewed = np.random.default_rng([seed, number]).exponential(size=people) - 1
    noise = (trait.values - trait.main).std() * skewed
    return panel, normal_scores(trait.main + noise), _every("scale")


#: The null worlds, and in words what those outside error rates are about.
NULL_WORLDS = ("structure", "structure, components", "unequal variance")
OUTSIDE = {
    "untyped variant": "halves of a gene that tag one untyped SNP",
    "another scale": "all pairs, on the exponential of an additive trait",
    "normal scores": "all pairs, normal scores of an additive trait with skewed noise",
}


def asked_other_worlds(
    store: Store, *, count: int, **shared: Any
) -> dict[str, pd.DataFrame]:
    """Return the tables of the worlds, as `stored_worlds.asked_worlds`.

    **shared : people, n_networks, max_epochs and seed of `ask_other_world`
    """
    worlds = {
        world: StoredWorld(step_of("other", world), {"world": world}, FIRST)
        for world in (*NULL_WORLDS, *OUTSIDE)
    }
    return asked_worlds(
        store,
        ask_other_world,
        worlds,
        count=count,
        in_part=PART,
        minutes=0.25,
        **shared,
    )


def null_worlds(asked: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the worlds whose calls are errors."""
    return {world: asked[world] for world in NULL_WORLDS if world in asked}


def expectation_text(asked: dict[str, pd.DataFrame]) -> str:
    """Say whether structure without components failed, as it was expected to."""
    if "structure" not in asked:
        return ""
    found = rates(asked["structure"])
    if found["data_sets"] < 2:
        return ""
    failed = max(found["at_5_low"], found["any_low"]) > 0.05
    said = "does" if failed else "does not show it"
    return (
        "Structure without components was expected to fail: it "
        f"**{said}** in {found['data_sets']} data sets."
        + ("" if failed else " So few would miss all but a gross failure.")
    )


def meaning_table(asked: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return a line a world outside error rates: which pairs, and how many are called.

    Shares have 95% intervals over data sets, as text.
    """
    rows = []
    for world, about in OUTSIDE.items():
        if world not in asked:
            continue
        found = meaning(asked[world])
        rows.append(
            {
                "Nature adds, the data interact": about,
                "Data sets": found["data_sets"],
                "Called at 5%": in_words(found, "nominal"),
                "after Holm": in_words(found, "holm"),
                "Data sets with such a call": in_words(found, "any"),
                "Other pairs at 5%": in_words(found, "others"),
            }
        )
    return pd.DataFrame(rows)


def meaning(table: pd.DataFrame) -> dict[str, float]:
    """Return how many of the pairs concerned are called in a world outside.

    nominal and holm: shares of them called at 5%; any: share of data sets with such a
    call after Holm; others: share of the other pairs called nominally (NaN if there are
    none). Each with its 95% interval, _low and _high.
    """
    table = table.reset_index(drop=True)
    number, concerned = table["data_set"], table["form"] != "none"
    nominal = is_called(table["p"].fillna(1))
    holm = is_called(table["p_holm"].fillna(1))
    found = {"data_sets": number.nunique()}
    found |= over_sets(nominal[concerned], number, "nominal")
    found |= over_sets(holm[concerned], number, "holm")
    any_ = holm[concerned].groupby(number).any()
    found |= share_of_sets(any_, "any")
    return found | over_sets(nominal[~concerned], number, "others")


def meaning_text(asked: dict[str, pd.DataFrame]) -> str:
    """Say in which worlds additive nature is called an interaction."""
    found = {w: meaning(asked[w]) for w in OUTSIDE if w in asked}
    if not found or max(row["data_sets"] for row in found.values()) < 2:
        return "With one data set a world nothing can be said of shares."
    said = [
        f"{OUTSIDE[world]}: a call in {row['any'] * row['data_sets']:.0f} of "
        f"{row['data_sets']} data sets"
        for world, row in found.items()
    ]
    return "After Holm, of " + "; of ".join(said) + "."
