"""Worlds where it is known of every pair whether it interacts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit

from helpers import checks
from helpers.truth.functions import FUNCTIONS

#: Features of the made worlds; those of F1 to F10 have as many.
N_FEATURES = 10


@dataclass(frozen=True)
class World:
    """How data come about.

    Parameters
    ----------
    about : str
        One line for the page.
    rho : float
        Correlation of the normal scores of any two features.
    shape : {"smooth", "broken"}
        Main effects: waves, or steps and kinks.
    terms : tuple of (kind, members, share)
        Interactions: "product", "step" (signs multiplied) or a test function's name
        (members and share then say nothing), with the share of the variance that
        each takes.
    explained : float
        Share of the variance that is not noise; of the logit's, if binary.
    noise : {"normal", "heteroscedastic", "heavy"}
    prevalence : float, optional
        Share of ones of a binary outcome; none: an outcome of numbers.
    duplicate : float, optional
        Correlation of the last feature with the first (instead of rho).
    joined : bool
        Whether the test is told that the two are one feature.
    alleles : bool
        Features are allele counts 0, 1, 2 of unlinked sites instead of normal; main
        effects are additive with dominance.
    """

    about: str
    rho: float = 0.5
    shape: str = "smooth"
    terms: tuple = ()
    explained: float = 0.65
    noise: str = "normal"
    prevalence: float | None = None
    duplicate: float | None = None
    joined: bool = False
    alleles: bool = False

    @property
    def true_pairs(self) -> tuple[tuple[int, int], ...]:
        """Pairs for which the null hypothesis is false, by feature number."""
        pairs = set()
        for kind, members, _ in self.terms:
            if kind in FUNCTIONS:
                pairs |= set(FUNCTIONS[kind].pairs)
            else:
                pairs |= {(i, j) for i in members for j in members if i < j}
        return tuple(sorted(pairs))

    @property
    def family(self) -> str:
        """Family that the test is told."""
        return "gaussian" if self.prevalence is None else "binomial"

    @property
    def kind(self) -> str:
        """What its features are like, as answers of the test name it."""
        if self.alleles:
            return "allele count"
        return "correlated" if self.rho > 0 else "independent"

    @property
    def blocks(self) -> dict[str, tuple[int, ...]] | None:
        """Columns that the test is told are one feature."""
        return {"x1 or x10": (0, N_FEATURES - 1)} if self.joined else None


def _product(share: float, **more: Any) -> World:
    about = f"x1 x2, {100 * share:g} %"
    return World(about, terms=(("product", (0, 1), share),), **more)


#: What the worlds of unlinked sites share.
ALLELES = {"alleles": True, "rho": 0.0, "explained": 0.4}

WORLDS: dict[str, World] = {
    "additive": World("sum of waves, features correlated .5"),
    "independent": World("sum of waves, independent features", rho=0.0),
    "broken": World("sum of steps and kinks", shape="broken"),
    "heteroscedastic": World("noise grows with x1", noise="heteroscedastic"),
    "heavy": World("noise with a t distribution, 4 degrees of freedom", noise="heavy"),
    "duplicate": World("x10 nearly equal to x1", duplicate=0.95),
    "duplicate, joined": World(
        "the same, joined by blocks", duplicate=0.95, joined=True
    ),
    "product, .5 %": _product(0.005),
    "product, 1 %": _product(0.01),
    "weak product": _product(0.02),
    "product, 4 %": _product(0.04),
    "product, 8 %": _product(0.08),
    "strong product": _product(0.15),
    "strong step": World("sign(x1) sign(x2), 15 %", terms=(("step", (0, 1), 0.15),)),
    "two products": World(
        "x1 x2 and x2 x3, 8 % each",
        terms=(("product", (0, 1), 0.08), ("product", (1, 2), 0.08)),
    ),
    "three-way": World("x1 x2 x3, 10 %", terms=(("product", (0, 1, 2), 0.10),)),
    "binary": World("additive logits, half ones", prevalence=0.5),
    "binary, rare": World("additive logits, 5 % ones", prevalence=0.05),
    "binary product": World(
        "logits with x1 x2, 15 %", terms=(("product", (0, 1), 0.15),), prevalence=0.5
    ),
    "alleles": World("allele counts, additive with dominance", **ALLELES),  # type: ignore[arg-type]  # settings in a dict
    "alleles, product": World(
        "allele counts, x1 x2, 5 %",
        terms=(("product", (0, 1), 0.05),),
        **ALLELES,  # type: ignore[arg-type]  # settings in a dict
    ),
    "alleles, hub": World(
        "allele counts, x1 with x2, x3 and x4, 4 % each",
        terms=tuple(("product", (0, k), 0.04) for k in (1, 2, 3)),
        **ALLELES,  # type: ignore[arg-type]  # settings in a dict
    ),
} | {
    name: World(f"{name} of the NID study", rho=0.0, terms=((name, (), 0.0),))
    for name in FUNCTIONS
}


@dataclass(frozen=True)
class Data:
    """One data set: X (n, p), y (n,) and its mean given X, and which pairs interact."""

    X: np.ndarray
    y: np.ndarray
    mean: np.ndarray
    family: str
    true_pairs: tuple[tuple[int, int], ...]
    blocks: dict[str, tuple[int, ...]] | None = None


def draw(world: World, n_rows: int, seed: int) -> Data:
    """Draw a data set; the functions are drawn with it.

    Parameters
    ----------
    world : World
    n_rows : int
    seed : int
    """
    n_rows = checks.integer("n_rows", n_rows, at_least=2)
    rng = np.random.default_rng([checks.integer("seed", seed, at_least=0), 23])
    if world.terms and world.terms[0][0] in FUNCTIONS:
        function = FUNCTIONS[world.terms[0][0]]
        X = function.sample(n_rows, int(rng.integers(2**31)))
        signal = _scaled(function(X))
    else:
        X, signal = _made(world, n_rows, rng)
    if world.prevalence is not None:
        # Standard deviation 1.5: a strong but usual logistic model.
        logits = 1.5 * _scaled(signal)
        mean = expit(logits + _constant(logits, world.prevalence))
        y = (rng.random(n_rows) < mean).astype(float)
    else:
        drawn = noise(world.noise, X, rng)
        mean = np.sqrt(world.explained) * _scaled(signal)
        y = mean + np.sqrt(1 - world.explained) * drawn
    return Data(X, y, mean, world.family, world.true_pairs, world.blocks)


def _made(
    world: World, n_rows: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return features and signal of a world that is no test function."""
    if world.alleles:
        X, curve = _allele_counts(n_rows, rng), _dominance
    else:
        X = correlated(n_rows, N_FEATURES, world.rho, rng)
        curve = _wave if world.shape == "smooth" else _broken
    if world.duplicate is not None:
        own = rng.standard_normal(n_rows)
        X[:, -1] = world.duplicate * X[:, 0] + np.sqrt(1 - world.duplicate**2) * own
    main = _scaled(sum(_scaled(curve(x, rng)) for x in X.T))  # type: ignore[arg-type]  # a sum of arrays
    shares = [share / world.explained for _, _, share in world.terms]
    signal = np.sqrt(1 - sum(shares)) * main
    for (kind, members, _), share in zip(world.terms, shares, strict=True):
        columns = X[:, list(members)]
        columns = np.sign(columns) if kind == "step" else columns
        if world.alleles:  # else mostly main effects
            columns = columns - columns.mean(0)
        signal = signal + np.sqrt(share) * _scaled(columns.prod(1))
    return X, signal


def correlated(
    n_rows: int, n_features: int, rho: float, rng: np.random.Generator
) -> np.ndarray:
    """Return normal features, any two of which have correlation rho >= 0."""
    common = rng.standard_normal((n_rows, 1))
    own = rng.standard_normal((n_rows, n_features))
    return np.sqrt(rho) * common + np.sqrt(1 - rho) * own


def _scaled(values: np.ndarray) -> np.ndarray:
    return (values - values.mean()) / values.std()


def _wave(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    frequency, phase = rng.uniform(0.5, 2), rng.uniform(0, 2 * np.pi)
    return np.sin(frequency * x + phase) + rng.uniform(-0.5, 0.5) * x


def _broken(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    step, kink = rng.uniform(-1, 1, size=2)
    return (x > step) * 1.0 + rng.choice([-1, 1]) * np.maximum(x - kink, 0)


def _allele_counts(n_rows: int, rng: np.random.Generator) -> np.ndarray:
    """Return counts of sites in Hardy-Weinberg proportions, none of them constant."""
    frequency = rng.uniform(0.05, 0.5, N_FEATURES)
    while True:
        X = rng.binomial(2, frequency, (n_rows, N_FEATURES)).astype(float)
        if np.ptp(X, axis=0).all():
            return X


def _dominance(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return rng.normal() * _scaled(x + rng.normal() * (x == 1))


def noise(kind: str, X: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw noise of variance 1 for rows of features, by its kind (`World.noise`)."""
    if kind == "heavy":
        return rng.standard_t(4, size=len(X)) / np.sqrt(2)
    values = rng.standard_normal(len(X))
    if kind == "heteroscedastic":
        values = _scaled(values * np.exp(0.5 * X[:, 0]))
    return values


def _constant(logits: np.ndarray, prevalence: float) -> float:
    """Return the constant that makes the mean probability right, by bisection."""
    low, high = -20.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        if expit(logits + middle).mean() < prevalence:
            low = middle
        else:
            high = middle
    return middle


def sampler(name: str) -> Callable[[int, int], Data]:
    """Return a function (n_rows, seed) -> Data of a world by its name."""
    world = WORLDS[checks.one_of("world", name, tuple(WORLDS))]
    return lambda n_rows, seed: draw(world, n_rows, seed)
