"""The designs of the study: people, genes, signal, and the traits drawn from them."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np

from helpers import checks
from helpers.data.panel import Panel
from helpers.data.splits import Split
from helpers.detectors.interactions import all_pairs
from helpers.loaders.traits import split_people
from helpers.studies.gene_gene.study import Training
from helpers.truth.genotypes import (
    PUBLISHED_TERMS,
    Trait,
    simulate_panel,
    simulate_trait,
)

LENGTH = 130_000  # of a gene, bp
OWN_PEOPLE = 1_000_000  # panels of single data sets have seeds from here on
SMALL = "small"  # instead of a share of the published number of people
#: What a design changes: people (a share of the published default, or `SMALL`), genes,
#: and arguments of `simulate_trait`.
DESIGNS = {
    "default": {},
    "S/N 0.5": {"signal_to_noise": 0.5},
    "S/N 1": {"signal_to_noise": 1.0},
    "40,000 people": {"people": 0.5},
    "120,000 people": {"people": 1.5},
    "10 % causal": {"causal_share": 0.1},
    "100 % causal": {"causal_share": 1.0},
    "M/I 0.25": {"main_to_interaction": 0.25},
    "M/I 4": {"main_to_interaction": 4.0},
    "small": {"people": SMALL, "signal_to_noise": 1.0},
    "2 genes interact": {
        "people": SMALL, "signal_to_noise": 1.0, "terms": ((5, 6, "product"),)
    },
    "5 genes interact": {
        "people": SMALL,
        "signal_to_noise": 1.0,
        "terms": ((5, 6, "product"), (2, 4, "square"), (4, 0, "max")),
    },
    "50 genes": {"people": SMALL, "signal_to_noise": 1.0, "genes": 50},
    "100 genes": {"people": SMALL, "signal_to_noise": 1.0, "genes": 100},
    "50 genes, 80,000 people": {"signal_to_noise": 1.0, "genes": 50},
    "100 genes, 80,000 people": {"signal_to_noise": 1.0, "genes": 100},
    "S/N 1, small": {"people": SMALL, "signal_to_noise": 1.0},
    "S/N 0.5, small": {"people": SMALL, "signal_to_noise": 0.5},
}  # fmt: skip
#: The designs of Figs 3 to 5, with their short names in the published table.
PUBLISHED_DESIGNS = {
    "default": "default",
    "S/N 0.5": "sn-0.5",
    "S/N 1": "sn-1",
    "40,000 people": "n-40k",
    "120,000 people": "n-120k",
    "10 % causal": "causal-10",
    "100 % causal": "causal-100",
    "M/I 0.25": "mi-0.25",
    "M/I 4": "mi-4",
}
#: Those that differ where nothing interacts: main effects over nothing is one design.
NULL_DESIGNS = tuple(n for n in PUBLISHED_DESIGNS if not n.startswith("M/I"))
SIGNAL_TO_NOISE = {"default": 0.1, "S/N 0.5": 0.5, "S/N 1": 1.0}
FEW_GENES = tuple(name for name, design in DESIGNS.items() if "genes" not in design)
KINDS = ("complex", "simple")


def check_designs(
    parameter: str, names: Iterable[str], known: Sequence[str] = tuple(DESIGNS)
) -> None:
    """Refuse designs that are not known, naming the parameter."""
    for name in names:
        checks.one_of(parameter, name, known)


def rankings() -> list[str]:
    """Return all rankings, as "simulator, design"."""
    return [f"{kind}, {name}" for kind in KINDS for name in DESIGNS]


def check_rankings(names: Iterable[str]) -> None:
    """Refuse rankings that are not of the form "simulator, design"."""
    for name in names:
        kind, _, setting = name.partition(", ")
        checks.one_of("rankings: the simulator", kind, KINDS)
        checks.one_of("rankings: the setting", setting, tuple(DESIGNS))


def n_people(setting: str, people: tuple[int, int]) -> int:
    """Return the people of a design, of the published and the small number."""
    share = DESIGNS[setting].get("people", 1)
    return people[1] if share == SMALL else round(people[0] * share)


def n_genes(setting: str) -> int:
    """Return the genes of a design."""
    return DESIGNS[setting].get("genes", 10)


def terms_of(setting: str) -> tuple:
    """Return the pairs of a design that interact, each with its shape."""
    return DESIGNS[setting].get("terms", PUBLISHED_TERMS)


def guessing(setting: str) -> float:
    """Return the average precision of a random order: the share of true pairs."""
    genes = n_genes(setting)
    return len(terms_of(setting)) / (genes * (genes - 1) / 2)


@cache
def everybody(people: int, genes: int, seed: int) -> Panel:
    """Return the panel of so many people; all data sets of that size share it."""
    return simulate_panel(people, genes, length=LENGTH, seed=seed)


def own_people(
    people: int, genes: int, *, number: int, seed: int, **drawn: Any
) -> Panel:
    """Return the panel of one data set, which shares its people with no other.

    **drawn : of `simulate_panel`, other than its seed
    """
    own = OWN_PEOPLE * (seed + 1) + number
    return simulate_panel(people, genes, **{"length": LENGTH} | drawn, seed=own)


def design(
    setting: str,
    *,
    number: int,
    people: tuple[int, int],
    seed: int,
    **told: Any,
) -> tuple[Panel, Trait, Split]:
    """Return panel, trait and parts of one data set; all of a size share the people.

    Parameters
    ----------
    setting : str
        A key of `DESIGNS`.
    number : int
        Of the data set: its causal SNPs, weights and noise.
    people : (int, int)
        The published number of people, and that of the small designs.
    seed : int
    **told
        kind, curvature and simple_pairs of `trait_of`.
    """
    panel = everybody(n_people(setting, people), n_genes(setting), seed)
    trait = trait_of(setting, panel, number=number, seed=seed, **told)
    return panel, trait, split_people(panel.n_people, seed=seed)


def own_design(
    setting: str,
    *,
    number: int,
    people: tuple[int, int],
    seed: int,
    **told: Any,
) -> tuple[Panel, Trait, Split]:
    """Return a data set as `design` does, with people and parts of its own."""
    size = n_people(setting, people), n_genes(setting)
    panel = own_people(*size, number=number, seed=seed)
    trait = trait_of(setting, panel, number=number, seed=seed, **told)
    return panel, trait, split_people(panel.n_people, seed=1_000 * seed + number)


def trait_of(
    setting: str,
    panel: Panel,
    *,
    number: int,
    seed: int,
    kind: str = "complex",
    curvature: float = 0.0,
    simple_pairs: str = "standardised",
) -> Trait:
    """Return the trait of one data set.

    Parameters
    ----------
    setting, number, seed
        As of `design`.
    panel : Panel
    kind : {"complex", "simple", "null"}
    curvature : float
        Share of the main effects that is quadratic.
    simple_pairs : str
        How the simple simulator is read, as for `simulate_trait`.
    """
    changed = DESIGNS[setting].items()
    return simulate_trait(
        panel,
        terms_of(setting),
        kind=kind,
        seed=1_000 * seed + number,
        curvature=curvature,
        simple_pairs=simple_pairs,
        **{n: v for n, v in changed if n not in ("people", "genes", "terms")},
    )


def training(people: int, **others: Any) -> Training:
    """Return the recipe: smaller batches for fewer people."""
    batch_size = 2_000 if people > 40_000 else 1_000
    return Training(**{"batch_size": 100 if people < 5_000 else batch_size, **others})


def shapes_of(trait: Trait, pairs: Iterable[Iterable[int]]) -> np.ndarray:
    """Return for each pair the form of its interaction, or "none"."""
    forms = dict(zip(trait.pairs, trait.terms["shape"], strict=True))
    return np.array([forms.get(tuple(pair), "none") for pair in pairs])  # type: ignore[arg-type]  # of two each


def is_true(trait: Trait, n: int) -> np.ndarray:
    """Return for each pair of n genes whether it interacts."""
    return np.array([pair in trait.pairs for pair in all_pairs(n)])


def step_name(what: str, setting: str) -> str:
    """Return the name under which the table of a design is stored."""
    words = setting.replace("%", "percent").replace("/", "").replace(",", "").split()
    return "-".join([what, *words])
