"""What a step of chapter 2 is told: which sequences, which networks, what to measure.

A step takes these as plain dicts, so that they can be stored with its table, and makes
the checked objects of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from helpers import checks
from helpers.truth.grammars import Grammar
from helpers.truth.jaspar import motif_set

#: Kind of training by the share of the negatives that hold motifs.
KINDS = {1.0: "M_w", 0.0: "M_wo"}
#: Width of the filters for each set of motifs, in bp.
WIDTHS = {"distinct_1": 13, "MEF2A": 15}
SCHEDULES = ("one cycle", "constant")
MOST_MOTIFS = 6  # of a grammar of one's own: 64 combinations


@dataclass(frozen=True)
class World:
    """Sequences that follow one grammar.

    Parameters
    ----------
    motifs : str
        Name of a set in `helpers.truth.jaspar.MOTIF_SETS`.
    length : int
        In bp.
    gap : int
        From the end of a motif to the start of the next, in bp.
    """

    motifs: str
    length: int
    gap: int

    def __post_init__(self) -> None:
        self.grammar.n_starts(self.length)  # refuses what is too short

    @property
    def grammar(self) -> Grammar:
        """The motifs of the set with their gaps."""
        return Grammar(motif_set(self.motifs), self.gap)

    @property
    def names(self) -> list[str]:
        """Labels of the motifs, see `motif_names`."""
        return motif_names(self.grammar)


@dataclass(frozen=True, eq=False)
class OwnWorld:
    """Sequences that follow a grammar of anybody's motifs.

    Parameters
    ----------
    grammar : Grammar
        Of two to `MOST_MOTIFS` motifs: networks see every combination of them.
    length : int
        In bp.
    """

    grammar: Grammar
    length: int
    motifs: str = "own"

    def __post_init__(self) -> None:
        if not 2 <= len(self.grammar.motifs) <= MOST_MOTIFS:
            raise ValueError(
                f"grammar must hold 2 to {MOST_MOTIFS} motifs; "
                f"got {len(self.grammar.motifs)}."
            )
        self.grammar.n_starts(self.length)  # refuses what is too short

    @property
    def names(self) -> list[str]:
        """Labels of the motifs, see `motif_names`."""
        return motif_names(self.grammar)


AnyWorld = World | OwnWorld


@dataclass(frozen=True)
class Recipe:
    """Networks of one size, and how they are trained.

    Parameters
    ----------
    n_filters, width, pool : int
        Filters, their width and the width of the pooling, the last two in bp.
    n_train : int
        Training sequences; a quarter as many, at most 3,000, validate.
    lr : float
        Largest learning rate of Adam.
    epochs : int
    n_starts, n_keep : int
        Of `n_starts` networks the `n_keep` with the lowest validation loss are kept.
    hidden : sequence of int
        Units of the dense layers.
    hidden_norm : bool
        Whether the dense layers have batch norm.
    schedule : {"one cycle", "constant"}
        Of the learning rate.
    """

    n_filters: int
    width: int
    pool: int
    n_train: int
    lr: float
    epochs: int
    n_starts: int
    n_keep: int
    hidden: tuple[int, ...] = (64, 32)
    hidden_norm: bool = True
    schedule: str = "one cycle"

    def __post_init__(self) -> None:
        checks.integer("n_train", self.n_train, at_least=4)
        checks.integer("n_starts", self.n_starts, at_least=1)
        checks.integer("n_keep", self.n_keep, at_least=1, at_most=self.n_starts)
        checks.one_of("schedule", self.schedule, SCHEDULES)
        object.__setattr__(self, "hidden", tuple(self.hidden))

    @property
    def n_validation(self) -> int:
        """Sequences that validate, beside those that train."""
        return min(self.n_train // 4, 3000)


@dataclass(frozen=True)
class Measures:
    """What is measured of trained networks.

    Parameters
    ----------
    n_test : int
        Test sequences of each combination of motifs.
    n_attributed : int
        Sequences that are attributed for each number of motifs; 0 leaves attribution,
        knock-outs and filters out.
    methods : sequence of str
        Of attribution, see `helpers.explain.attribution.METHODS`.
    tomtom : bool
        Whether filters are matched to the motifs by TOMTOM, which compiles for two
        minutes first.
    """

    n_test: int
    n_attributed: int = 0
    methods: tuple[str, ...] = ()
    tomtom: bool = False

    def __post_init__(self) -> None:
        checks.integer("n_test", self.n_test, at_least=1)
        checks.integer("n_attributed", self.n_attributed, at_least=0)
        object.__setattr__(self, "methods", tuple(self.methods))


def motif_names(grammar: Grammar) -> list[str]:
    """Return labels that tell the motifs apart: proteins, or identifiers if shared."""
    labels = [motif.label for motif in grammar.motifs]
    unique = len(set(labels)) == len(labels)
    return labels if unique else [motif.name for motif in grammar.motifs]


def classifier_recipe(
    motifs: str,
    n_filters: int,
    *,
    n_train: int,
    n_networks: int,
    n_starts: int = 1,
    pool_large: int = 25,
) -> dict:
    """Return the recipe of classifiers with 4 or 32 filters, as a step takes it.

    Parameters
    ----------
    motifs : str
    n_filters : {4, 32}
    n_train : int
    n_networks : int
        Networks kept.
    n_starts : int
        Networks with 4 filters of which they are chosen; of 32 filters none is left
        out.
    pool_large : int
        Pooling width of 32 filters on *distinct_1*, in bp; 25 elsewhere.
    """
    checks.one_of("n_filters", n_filters, (4, 32))
    shared = {"n_filters": n_filters, "width": WIDTHS[motifs], "n_train": n_train}
    shared["n_keep"] = n_networks
    if n_filters == 4:
        return shared | {"pool": 25, "lr": 0.03, "epochs": 10, "n_starts": n_starts}
    pool = pool_large if motifs == "distinct_1" else 25
    return shared | {"pool": pool, "lr": 0.01, "epochs": 8, "n_starts": n_networks}


def counter_recipe(
    motifs: str,
    n_filters: int,
    *,
    n_train: int,
    n_networks: int,
    lr: float,
    n_starts: int = 12,
) -> dict:
    """Return the recipe of networks that count motifs, as a step takes it.

    Those with 4 filters are the best of `n_starts`, at a rate of their own; `lr` is
    that of 32 filters.
    """
    checks.one_of("n_filters", n_filters, (4, 32))
    small = n_filters == 4
    return {
        "n_filters": n_filters,
        "width": WIDTHS[motifs],
        "n_train": n_train,
        "pool": 25,
        "epochs": 6,
        "lr": 0.02 if small else lr,
        "n_starts": max(n_starts, n_networks) if small else n_networks,
        "n_keep": n_networks,
    }


def counting(  # as the steps that count take it, and what their recipes share
    motifs: str,
    n_filters: int,
    methods: Sequence[str],
    *,
    here: dict,
    measured: dict,
    **shared: Any,
) -> dict:
    """Return the settings of networks that count, but for effect, constant and seed.

    Parameters
    ----------
    motifs : str
    n_filters : {4, 32}
    methods : sequence of str
        Of attribution.
    here : dict
        Length and gap of the sequences, as of `World`.
    measured : dict
        As of `Measures`, without methods.
    **shared
        As of `counter_recipe`.
    """
    return {
        "world": {"motifs": motifs} | here,
        "recipe": counter_recipe(motifs, n_filters, **shared),
        "measures": measured | {"methods": list(methods)},
    }


def constants(constant: float) -> dict[str, float | None]:
    """Return the constant of each kind of label: taken away where motifs inhibit."""
    return {
        "additive": None,
        "enhancing": constant,
        "inhibiting": -constant,
        "quadratic": None,
    }
