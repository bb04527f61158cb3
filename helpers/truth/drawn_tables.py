"""What drawn tables are made of: features, waves, noise, and what is known of them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

#: Share of the variance that is not noise, where nothing else is said.
EXPLAINED = 0.65


@dataclass(frozen=True)
class Drawn:
    """A table whose pairs are known.

    Parameters
    ----------
    X : array, shape (n, n_features)
    y, mean : arrays, shape (n,)
        The outcome, and its expectation given the features (and covariates).
    true_pairs : tuple of pairs of int
        Pairs for which no g(x without i) + h(x without j) is the mean.
    family : {"gaussian", "binomial", "poisson"}
    covariates, groups : array, shape (n,), optional
        What the test is told beside the features.
    blocks : mapping of str to columns, optional
    """

    X: np.ndarray
    y: np.ndarray
    mean: np.ndarray
    true_pairs: tuple[tuple[int, int], ...] = ()
    family: str = "gaussian"
    covariates: np.ndarray | None = None
    groups: np.ndarray | None = None
    blocks: dict[str, tuple[int, ...]] | None = None


@dataclass(frozen=True)
class HardTable:
    """A way to draw tables.

    Parameters
    ----------
    about : str
        One line for the page.
    make : callable
        (n_rows, rng) -> Drawn.
    rows : int
        Rows that it is meant to have.
    share : float
        Of the variance, that the product of the one true pair takes, where that is all
        that the table is about.
    """

    about: str
    make: Callable[[int, np.random.Generator], Drawn]
    rows: int = 1000
    share: float = np.nan


def features(
    n: int, rng: np.random.Generator, p: int = 10, rho: float = 0.5
) -> np.ndarray:
    """Return normal features, any two of which have correlation rho."""
    common = rng.standard_normal((n, 1))
    return np.sqrt(rho) * common + np.sqrt(1 - rho) * rng.standard_normal((n, p))


def scaled(values: np.ndarray) -> np.ndarray:
    """Return values with mean 0 and standard deviation 1."""
    return (values - values.mean()) / values.std()


def waves(X: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a sum of one random wave of every feature, scaled."""
    parts = [
        np.sin(rng.uniform(0.5, 2) * x + rng.uniform(0, 2 * np.pi))
        + rng.uniform(-0.5, 0.5) * x
        for x in X.T
    ]
    return scaled(np.sum([scaled(part) for part in parts], axis=0))


def noisy(X: np.ndarray, signal: np.ndarray, noise: np.ndarray) -> Drawn:
    """Return a table whose outcome is a signal and noise, of the usual shares."""
    mean = np.sqrt(EXPLAINED) * scaled(signal)
    return Drawn(X, mean + np.sqrt(1 - EXPLAINED) * noise, mean)
