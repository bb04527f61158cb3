"""What the matrix is made of: truths, the data they give, methods, their answers."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from helpers import checks
from helpers.data.motifs import Motif
from helpers.detectors.interactions import all_pairs

#: Kinds of data, and how the page calls them.
KINDS = {
    "table": "tables of numbers",
    "counts": "tables of allele counts",
    "motifs": "motif occupancies",
    "sequences": "sequences",
    "genes": "genes of many SNPs",
}
#: Kinds whose features are the columns of a table; of a gene, its first component.
TABLES = ("table", "counts", "motifs", "genes")


@dataclass(frozen=True)
class Data:
    """One data set whose interacting pairs are known.

    Parameters
    ----------
    y : array, shape (n,)
        Numbers, or 0 and 1 for family "binomial".
    n_features : int
    true_pairs : tuple of pairs of int
        0-based; every other pair does not interact.
    X : array, shape (n, n_features), optional
        Of tables.
    family : {"gaussian", "binomial"}
    bases : array of uint8, shape (n, length), optional
        Of sequences; the features are the motifs.
    motifs : tuple of Motif
    panel : Panel, optional
        Of genes of many SNPs; the features are the genes.
    """

    y: np.ndarray
    n_features: int
    true_pairs: tuple[tuple[int, int], ...]
    X: Any = None  # what the kind of data has is there: methods ask no others
    family: str = "gaussian"
    bases: Any = None
    motifs: tuple[Motif, ...] = ()
    panel: Any = None

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """All pairs, in the order in which a method answers."""
        return all_pairs(self.n_features)

    @property
    def is_true(self) -> np.ndarray:
        """Of each pair, whether it interacts; bool, shape (n_pairs,)."""
        true = set(self.true_pairs)
        return np.array([pair in true for pair in self.pairs])


@dataclass(frozen=True)
class Truth:
    """A way to draw data sets, of which it is known which pairs interact.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    about : str
        One line for the page.
    draw : callable
        (seed, **settings) -> Data.
    n_features : int
    settings : mapping
        Plain values; they are part of the key under which cells are stored.
    group : str
        What the page puts together: "functions", "one pair", ...
    family : {"gaussian", "binomial"}
    null : bool
        Whether no pair interacts.
    trials : (world, rows), optional
        Where the calibration page has drawn the same data, with more data sets.
    """

    kind: str
    about: str
    draw: Callable[..., Data]
    n_features: int
    settings: Mapping[str, Any]
    group: str
    family: str = "gaussian"
    null: bool = False
    trials: tuple[str, int] | None = None

    def __post_init__(self) -> None:
        checks.one_of("kind", self.kind, tuple(KINDS))


@dataclass(frozen=True)
class Answer:
    """What a method says of all pairs, in the order of `Data.pairs`.

    Parameters
    ----------
    scores : array, shape (n_pairs,)
        Larger: more likely to interact.
    p : array, shape (n_pairs,), optional
        NaN where the method says that it cannot tell.
    corrected : array, shape (n_pairs,), optional
        p-values that hold for all pairs together; Holm's if left out.
    """

    scores: np.ndarray
    p: np.ndarray | None = None
    corrected: np.ndarray | None = None


@dataclass(frozen=True)
class Method:
    """A detector, or a test with a p-value for every pair.

    Parameters
    ----------
    ask : callable
        (data, seed, learners, **knobs) -> Answer.
    about : str
        One line for the page.
    tests : bool
        Whether it gives p-values.
    kinds : tuple of str
        The kinds of data that it can take.
    families : tuple of str
    most_features : int, optional
        Above that, pairs are too many for it.
    most_work : int, optional
        The same for rows times pairs.
    drawn : bool
        Whether another seed gives another answer on the same data.
    knobs : mapping
        Plain values; part of the key.
    """

    ask: Callable[..., Answer]
    about: str
    tests: bool = False
    kinds: tuple[str, ...] = TABLES
    families: tuple[str, ...] = ("gaussian", "binomial")
    most_features: int | None = None
    most_work: int | None = None
    drawn: bool = True
    knobs: Mapping[str, Any] = field(default_factory=dict)

    def refusal(self, truth: Truth) -> str:
        """Return in a few words why a cell is empty, "" if it is not."""
        if truth.kind not in self.kinds:
            return f"does not take {KINDS[truth.kind]}"
        if truth.family not in self.families:
            others = {"binomial": "outcomes of 0 and 1", "gaussian": "numbers"}
            return f"does not take {others[truth.family]} as outcomes"
        if self.most_features is not None and truth.n_features > self.most_features:
            return f"takes at most {self.most_features} features"
        pairs = truth.n_features * (truth.n_features - 1) // 2
        work = pairs * int(truth.settings.get("n_rows", 0))
        if self.most_work is not None and work > self.most_work:
            return "takes too long with so many pairs and rows"
        return ""


class Learners:
    """Models of one data set that several methods read; each is trained once.

    `owed` counts the CPU seconds of models that a method used without training them:
    its cost includes them.
    """

    def __init__(self) -> None:
        self._made: dict[str, tuple[Any, float]] = {}
        self.owed = 0.0

    def get(self, name: str, make: Callable[[], Any]) -> Any:
        """Return the model of this name, made when first asked for."""
        if name in self._made:
            model, seconds = self._made[name]
            self.owed += seconds
            return model
        started = time.process_time()
        model = make()
        self._made[name] = model, time.process_time() - started
        return model
