"""Outcomes that rest on few interactions among many features."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from helpers import checks


@dataclass(frozen=True)
class SparseData:
    """Rows of many features, an outcome, and the sets of features that interact in it.

    Parameters
    ----------
    X : array, shape (n_samples, n_features)
    y : array, shape (n_samples,)
        Numbers, or 0 and 1.
    sets : tuple of tuples of int
        Columns of `X`. In a quadratic model every *pair* inside a set interacts, in a
        product model the whole set does.
    """

    X: np.ndarray
    y: np.ndarray
    sets: tuple[tuple[int, ...], ...]

    @property
    def n_pairs(self) -> int:
        """Number of different pairs inside the sets."""
        return len({pair for s in self.sets for pair in combinations(s, 2)})


def quadratic_model(
    n_samples: int,
    n_features: int,
    *,
    n_factors: int,
    density: float,
    noise_variance: float = 0.1,
    binary: bool = False,
    seed: int,
) -> SparseData:
    r"""Draw data whose interactions form a matrix of low rank.

    .. math:: y = \beta^\top x + x^\top W x + \varepsilon, \qquad
              W = \sum_{k=1}^{K} a_k a_k^\top, \qquad x \sim N(0, I)

    Parameters
    ----------
    n_samples, n_features : int
    n_factors : int
        K, the rank of W.
    density : float
        Share of the entries of β and of each :math:`a_k` that are not zero; those are
        standard normal, at places drawn without replacement.
    noise_variance : float
        Of the Gaussian noise on y.
    binary : bool
        Return y as a draw of 0 or 1 with probability sigmoid(y) instead.
    seed : int

    Returns
    -------
    SparseData
        `sets` holds the support of each factor.

    Raises
    ------
    ValueError
        If the density leaves a factor fewer than two features.

    Source
    ------
    Purushotham et al. (2014), section 5.1, as Tsang et al. (2018) take it up in Fig. 10
    and Table 5 [tsang2018].
    """
    n_samples = checks.integer("n_samples", n_samples, at_least=1)
    n_features = checks.integer("n_features", n_features, at_least=2)
    n_factors = checks.integer("n_factors", n_factors, at_least=1)
    density = checks.number("density", density, at_least=0, at_most=1)
    noise_variance = checks.number("noise_variance", noise_variance, at_least=0)
    rng = np.random.default_rng(checks.integer("seed", seed, at_least=0))
    n_nonzero = round(density * n_features)
    if n_nonzero < 2:
        raise ValueError(
            f"density must give each factor two features or more; {density} of "
            f"{n_features} is {n_nonzero}."
        )
    vectors = np.zeros((n_factors + 1, n_features))  # β first
    for vector in vectors:
        support = rng.choice(n_features, n_nonzero, replace=False)
        vector[support] = rng.standard_normal(n_nonzero)
    beta, factors = vectors[0], vectors[1:]
    X = rng.standard_normal((n_samples, n_features))
    y = X @ beta + np.square(X @ factors.T).sum(axis=1)  # x'Wx = Σ (a_k'x)²
    y += np.sqrt(noise_variance) * rng.standard_normal(n_samples)
    if binary:
        y = (rng.random(n_samples) < 1 / (1 + np.exp(-y))).astype(float)
    sets = tuple(tuple(np.flatnonzero(a).tolist()) for a in factors)
    return SparseData(X, y, sets)


def product_model(
    n_samples: int, n_features: int, *, orders: Sequence[int] = (2, 3, 4, 5), seed: int
) -> SparseData:
    r"""Draw data made of pure products: no main effect, no smaller interaction.

    .. math:: y = \sum_S \prod_{i \in S} x_i

    over disjoint random sets S, with features uniform on :math:`(-\sqrt3, \sqrt3)`, so
    that every feature and every product has variance one. No member of a set is
    correlated with y, nor is any smaller product: whoever looks for interactions only
    where there are main effects (*heredity*) finds none.

    Parameters
    ----------
    n_samples, n_features : int
    orders : sequence of int
        Number of features of each set.
    seed : int

    Raises
    ------
    ValueError
        If there is no order or one below two, or the sets need more features than
        there are.
    """
    n_samples = checks.integer("n_samples", n_samples, at_least=1)
    n_features = checks.integer("n_features", n_features, at_least=2)
    orders = [checks.integer("each of orders", order, at_least=2) for order in orders]
    if not orders:
        raise ValueError("orders must hold at least one; got none.")
    if sum(orders) > n_features:
        raise ValueError(
            f"orders must sum to at most n_features; got {sum(orders)} for "
            f"{n_features} features."
        )
    rng = np.random.default_rng(checks.integer("seed", seed, at_least=0))
    shuffled, sets, start = rng.permutation(n_features), [], 0
    for order in orders:
        sets.append(tuple(sorted(shuffled[start : start + order].tolist())))
        start += order
    X = rng.uniform(-np.sqrt(3), np.sqrt(3), (n_samples, n_features))
    y = sum(X[:, members].prod(axis=1) for members in sets)
    return SparseData(X, y, tuple(sets))
