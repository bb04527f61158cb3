"""How the interaction test works, in numbers: small frozen groups, checked once."""

from dataclasses import dataclass, field

from helpers import checks
from helpers.networks.mlp import widths_of


@dataclass(frozen=True)
class Training:
    """How one kind of network is trained.

    Parameters
    ----------
    hidden : tuple of int
        Units of each hidden layer.
    n_networks : int
        Networks from different initial weights, averaged.
    learning_rate : float
        Of Adam.
    l1 : float
        Strength of the L1 penalty on all weights (biases left out).
    max_epochs, patience, batch_size : int
        As for `Ensemble.fit`.
    validation : float
        Share of the rows that decides when to stop.
    """

    hidden: tuple[int, ...]
    n_networks: int = 1
    learning_rate: float = 5e-3
    l1: float = 0.0
    max_epochs: int = 30
    patience: int = 5
    batch_size: int = 100
    validation: float = 0.2

    def __post_init__(self) -> None:
        widths_of("hidden", self.hidden)
        for name in ("n_networks", "max_epochs", "patience", "batch_size"):
            checks.integer(name, getattr(self, name), at_least=1)
        checks.number("learning_rate", self.learning_rate, at_least=1e-8)
        checks.number("l1", self.l1, at_least=0)
        checks.number("validation", self.validation, at_least=0.05, at_most=0.5)


@dataclass(frozen=True)
class Bases:
    """How many functions stand for what is linear in its coefficients.

    Parameters
    ----------
    main : int
        Spline functions of each column at most.
    product : int
        Functions of each feature that enter products at most: a pair has its square.
    triples : bool
        Whether straight lines of three features are multiplied as well, where there
        is room.
    rows_per_projected, rows_per_fitted : float
        Rows that each function needs in the projection of a direction and in a fit
        of y: fewer rows, fewer functions. What a projection takes away by chance is
        lost power; a fit of y has variances to keep it in bounds.
    rows_per_described : float
        Rows for each function that a mixed difference is described by: it has no
        noise, so few do.
    rows_per_test_function : int
        The same for what is taken out of the test rows once more.
    ridge : float
        Penalty of the projection, a share of the number of rows.
    """

    main: int = 8
    product: int = 5
    triples: bool = True
    rows_per_projected: float = 4.0
    rows_per_fitted: float = 1.5
    rows_per_described: float = 3.0
    rows_per_test_function: int = 20
    ridge: float = 1e-3

    def __post_init__(self) -> None:
        checks.integer("main", self.main, at_least=1)
        checks.flag("triples", self.triples)
        checks.integer("product", self.product, at_least=0, at_most=self.main)
        checks.number("rows_per_projected", self.rows_per_projected, at_least=1.5)
        checks.number("rows_per_described", self.rows_per_described, at_least=1)
        checks.number("rows_per_fitted", self.rows_per_fitted, at_least=0.5)
        checks.integer(
            "rows_per_test_function", self.rows_per_test_function, at_least=10
        )
        checks.number("ridge", self.ridge, at_least=1e-8)


@dataclass(frozen=True)
class Settings:
    """Everything the test does that has a number.

    Parameters
    ----------
    hunt : Training
        The learner that proposes what the interactions look like.
    residual : Training or None
        The two blind networks of each pair that are fitted to y; None: splines and
        products alone.
    projection : Training or None
        Two blind networks of each pair that are fitted to what the linear projection
        leaves of its direction; None: the linear projection alone.
    bases : Bases
        Of the linear steps.
    n_folds : int
        Parts of the rows that are tested, one after another.
    first : float
        Share of the rows that is never tested: the first direction comes from it.
    n_references : int
        Rows that the mixed differences are averaged over, the same for all.
    floor : float
        Smallest share of a direction's variance outside the null hypothesis; below,
        the answer is "cannot tell".
    most_pairs : int
        Pairs (or sets) that are tested at most; with more, the strongest on the first
        rows.
    n_multipliers : int
        Draws of the multiplier bootstrap.
    crossed : bool
        Test each of `n_folds` parts (two or more) with what all others taught, instead
        of those before it: all rows are tested, and the parts share outcomes. An
        option with trials of its own on the calibration page; `first` is not used.
    step_down : bool
        Take what called pairs say together out of both sides and test the rest again,
        until nothing more is called; a column `p_step` of the answer.
    """

    hunt: Training = field(
        default_factory=lambda: Training((40, 20), n_networks=5, l1=2e-5, max_epochs=60)
    )
    residual: Training | None = field(
        default_factory=lambda: Training((32, 16), l1=2e-5, max_epochs=12, patience=3)
    )
    projection: Training | None = None
    bases: Bases = field(default_factory=Bases)
    n_folds: int = 3
    first: float = 0.34
    n_references: int = 8
    floor: float = 0.02
    most_pairs: int = 435
    n_multipliers: int = 1999
    crossed: bool = False
    step_down: bool = False

    def __post_init__(self) -> None:
        for name in ("crossed", "step_down"):
            checks.flag(name, getattr(self, name))
        checks.integer("n_folds", self.n_folds, at_least=2 if self.crossed else 1)
        checks.number("first", self.first, at_least=0.1, at_most=0.9)
        checks.integer("n_references", self.n_references, at_least=1)
        checks.number("floor", self.floor, at_least=0, at_most=0.9)
        checks.integer("most_pairs", self.most_pairs, at_least=1)
        checks.integer("n_multipliers", self.n_multipliers, at_least=99)
