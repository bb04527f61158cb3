r"""Test functions whose interactions are known: F1 to F10 of Tsang et al. (2018).

A set of features S interacts in f if f is not a sum of functions that each ignore one
member of S. `mixed_difference` turns that into a test anyone can run: the alternating
sum of f over all ways of replacing members of S at a point a by their values at b is
zero everywhere exactly when S does not interact.

Features are numbered from 0 here (columns of `X`) and from 1 in the paper and in the
formulae: the paper's {1, 2, 3} is (0, 1, 2).

Differs from the paper
----------------------
- F1 and F2: sin to the power of -1 is read as the arcsine; 1 / sin would not be
  bounded. It is a main effect, so the true sets do not depend on it.
- F2: the square root holds the absolute value of x7; as printed it has no value where
  x7 is negative.
- F3 and F4: x3 to the power of `2 |x4|` is (x3 squared) to the power of `|x4|`, which
  has a value where x3 is negative.
- Sampling ranges: U(-1, 1), but for F1 those of Hooker (2004), as the paper says.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from helpers import checks


@dataclass(frozen=True)
class TestFunction:
    """A function of independent uniform features, with its true interactions.

    Parameters
    ----------
    name : str
        As the paper calls it.
    formula : callable
        Takes one array a feature, shape (n_samples,) each, and returns y.
    latex : str
        The same formula for display, features numbered from 1.
    sets : tuple of tuples of int
        The maximal true interactions, 0-based; every subset of two or more members
        of a true interaction interacts as well.
    ranges : tuple of (low, high)
        Where each feature is sampled, in column order.
    """

    __test__ = False  # the name is not for pytest

    name: str
    formula: Callable
    latex: str
    sets: tuple[tuple[int, ...], ...]
    ranges: tuple[tuple[float, float], ...]

    @property
    def n_features(self) -> int:
        """Number of columns of `X`, those that do not matter included."""
        return len(self.ranges)

    @property
    def features(self) -> tuple[str, ...]:
        """Names as printed in the formula: x1, x2, ..."""
        return tuple(f"x{i + 1}" for i in range(self.n_features))

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """All pairs inside a true set, 0-based, in lexicographic order."""
        return pairs_within(self.sets)

    def sample(self, n_samples: int, seed: int) -> np.ndarray:
        """Return points drawn uniformly from the ranges, shape (n_samples, p)."""
        n_samples = checks.integer("n_samples", n_samples, at_least=1)
        seed = checks.integer("seed", seed, at_least=0)
        low, high = np.array(self.ranges).T
        rng = np.random.default_rng(seed)
        return rng.uniform(low, high, size=(n_samples, self.n_features))

    def __call__(self, X: ArrayLike) -> np.ndarray:
        """Return y without noise, shape (n_samples,).

        Raises
        ------
        ValueError
            If `X` has another number of columns, or the function has no value at a
            row (F1 outside its ranges).
        """
        X = checks.matrix("X", X)
        if X.shape[1] != self.n_features:
            raise ValueError(
                f"X must have {self.n_features} columns for {self.name}; "
                f"got {X.shape[1]}."
            )
        with np.errstate(divide="ignore", invalid="ignore"):
            y = self.formula(*X.T)
        undefined = np.flatnonzero(~np.isfinite(y))
        if undefined.size:
            raise ValueError(f"{self.name} has no value at X[{undefined[0]}].")
        return y


def pairs_within(sets: Iterable[Sequence[int]]) -> tuple[tuple[int, int], ...]:
    """Return every pair of features that lies inside at least one of the sets."""
    return tuple(sorted({pair for s in sets for pair in combinations(sorted(s), 2)}))


def simulate(
    name: str, n_samples: int, *, seed: int, noise: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Draw a data set from a test function.

    Parameters
    ----------
    name : str
        One of `FUNCTIONS`: "F1" to "F10".
    n_samples : int
        Rows; the paper takes 30,000 and splits them into thirds.
    seed : int
        Fixes points and noise; the points do not depend on `noise`.
    noise : float
        Standard deviation of the Gaussian noise added to every feature and to y, in
        units of each one's own standard deviation: the same as adding it after
        standardising. The outcome is computed before the features become noisy.

    Returns
    -------
    X : array, shape (n_samples, 10)
    y : array, shape (n_samples,)

    Raises
    ------
    ValueError
        If the name is unknown or a number is out of bounds.

    Source
    ------
    Tsang et al. (2018), Table 1; noise as in Figure 8a [tsang2018].
    """
    function = FUNCTIONS[checks.one_of("name", name, tuple(FUNCTIONS))]
    noise = checks.number("noise", noise, at_least=0)
    X = function.sample(n_samples, seed)
    y = function(X)
    if noise:
        rng = np.random.default_rng([seed, 1])  # not the stream of the points
        X = X + noise * X.std(axis=0) * rng.standard_normal(X.shape)
        y = y + noise * y.std() * rng.standard_normal(y.shape)
    return X, y


def mixed_difference(
    f: Callable, members: Sequence[int], a: ArrayLike, b: ArrayLike
) -> np.ndarray:
    r"""Return the alternating sum of f over all ways of moving members from a to b.

    .. math:: \sum_{T \subseteq S} (-1)^{|T|} f(a_{\setminus T}, b_T)

    For two features this is f(a) - f(b1, a2) - f(a1, b2) + f(b1, b2): what both
    changes do together beyond what each does alone.

    Parameters
    ----------
    f : callable
        Takes points of shape (n_points, p), returns values of shape (n_points,).
    members : sequence of int
        The set S, 0-based; f is evaluated 2 ** len(members) times.
    a, b : arrays, shape (n_points, p)
        Row i of `a` and row i of `b` make one pair of points.

    Returns
    -------
    array, shape (n_points,)
    """
    a, b = checks.matrix("a", a), checks.matrix("b", b)
    if a.shape != b.shape:
        raise ValueError(f"b must have the shape of a, {a.shape}; got {b.shape}.")
    (members,) = checks.feature_sets("members", [members], a.shape[1])
    total = np.zeros(len(a))
    for size in range(len(members) + 1):
        for moved in combinations(members, size):
            points = a.copy()
            points[:, moved] = b[:, moved]
            total += (-1) ** size * np.asarray(f(points))
    return total


def is_interaction(
    f: Callable,
    members: Sequence[int],
    a: ArrayLike,
    b: ArrayLike,
    *,
    tolerance: float = 1e-10,
) -> bool:
    """Tell whether a set of features interacts, judged at given pairs of points.

    True is a proof (up to rounding); False says that no pair of points showed it, so
    give a few hundred random pairs.

    Parameters
    ----------
    f, members, a, b
        As in `mixed_difference`.
    tolerance : float
        Differences up to this multiple of the largest `|f(a)|` count as rounding.
    """
    tolerance = checks.number("tolerance", tolerance, at_least=0)
    difference = mixed_difference(f, members, a, b)
    scale = np.abs(f(np.asarray(a, dtype=float))).max()
    return bool(np.abs(difference).max() > tolerance * scale)


def _f1(
    x1: np.ndarray,
    x2: np.ndarray,
    x3: np.ndarray,
    x4: np.ndarray,
    x5: np.ndarray,
    x6: np.ndarray,
    x7: np.ndarray,
    x8: np.ndarray,
    x9: np.ndarray,
    x10: np.ndarray,
) -> np.ndarray:  # the ten features
    return (
        np.pi ** (x1 * x2) * np.sqrt(2 * x3)
        - np.arcsin(x4)
        + np.log(x3 + x5)
        - x9 / x10 * np.sqrt(x7 / x8)
        - x2 * x7
    )


def _f2(
    x1: np.ndarray,
    x2: np.ndarray,
    x3: np.ndarray,
    x4: np.ndarray,
    x5: np.ndarray,
    x6: np.ndarray,
    x7: np.ndarray,
    x8: np.ndarray,
    x9: np.ndarray,
    x10: np.ndarray,
) -> np.ndarray:  # the ten features
    return (
        np.pi ** (x1 * x2) * np.sqrt(2 * np.abs(x3))
        - np.arcsin(0.5 * x4)
        + np.log(np.abs(x3 + x5) + 1)
        + x9 / (1 + np.abs(x10)) * np.sqrt(np.abs(x7) / (1 + np.abs(x8)))
        - x2 * x7
    )


def _f3(
    x1: np.ndarray,
    x2: np.ndarray,
    x3: np.ndarray,
    x4: np.ndarray,
    x5: np.ndarray,
    x6: np.ndarray,
    x7: np.ndarray,
    x8: np.ndarray,
    x9: np.ndarray,
    x10: np.ndarray,
) -> np.ndarray:  # the ten features
    return (
        np.exp(np.abs(x1 - x2))
        + np.abs(x2 * x3)
        - (x3**2) ** np.abs(x4)
        + np.log(x4**2 + x5**2 + x7**2 + x8**2)
        + x9
        + 1 / (1 + x10**2)
    )


def _f4(
    x1: np.ndarray,
    x2: np.ndarray,
    x3: np.ndarray,
    x4: np.ndarray,
    x5: np.ndarray,
    x6: np.ndarray,
    x7: np.ndarray,
    x8: np.ndarray,
    x9: np.ndarray,
    x10: np.ndarray,
) -> np.ndarray:  # the ten features
    return _f3(x1, x2, x3, x4, x5, x6, x7, x8, x9, x10) + (x1 * x4) ** 2


def _f5(
    x1: np.ndarray,
    x2: np.ndarray,
    x3: np.ndarray,
    x4: np.ndarray,
    x5: np.ndarray,
    x6: np.ndarray,
    x7: np.ndarray,
    x8: np.ndarray,
    x9: np.ndarray,
    x10: np.ndarray,
) -> np.ndarray:  # the ten features
    return (
        1 / (1 + x1**2 + x2**2 + x3**2)
        + np.sqrt(np.exp(x4 + x5))
        + np.abs(x6 + x7)
        + x8 * x9 * x10
    )


def _f6(
    x1: np.ndarray,
    x2: np.ndarray,
    x3: np.ndarray,
    x4: np.ndarray,
    x5: np.ndarray,
    x6: np.ndarray,
    x7: np.ndarray,
    x8: np.ndarray,
    x9: np.ndarray,
    x10: np.ndarray,
) -> np.ndarray:  # the ten features
    return (
        np.exp(np.abs(x1 * x2) + 1)
        - np.exp(np.abs(x3 + x4) + 1)
        + np.cos(x5 + x6 - x8)
        + np.sqrt(x8**2 + x9**2 + x10**2)
    )


def _f7(
    x1: np.ndarray,
    x2: np.ndarray,
    x3: np.ndarray,
    x4: np.ndarray,
    x5: np.ndarray,
    x6: np.ndarray,
    x7: np.ndarray,
    x8: np.ndarray,
    x9: np.ndarray,
    x10: np.ndarray,
) -> np.ndarray:  # the ten features
    return (
        (np.arctan(x1) + np.arctan(x2)) ** 2
        + np.maximum(x3 * x4 + x6, 0)
        - 1 / (1 + (x4 * x5 * x6 * x7 * x8) ** 2)
        + (np.abs(x7) / (1 + np.abs(x9))) ** 5
        + (x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + x10)
    )


def _f8(
    x1: np.ndarray,
    x2: np.ndarray,
    x3: np.ndarray,
    x4: np.ndarray,
    x5: np.ndarray,
    x6: np.ndarray,
    x7: np.ndarray,
    x8: np.ndarray,
    x9: np.ndarray,
    x10: np.ndarray,
) -> np.ndarray:  # the ten features
    return (
        x1 * x2
        + 2 ** (x3 + x5 + x6)
        + 2 ** (x3 + x4 + x5 + x7)
        + np.sin(x7 * np.sin(x8 + x9))
        + np.arccos(0.9 * x10)
    )


def _f9(
    x1: np.ndarray,
    x2: np.ndarray,
    x3: np.ndarray,
    x4: np.ndarray,
    x5: np.ndarray,
    x6: np.ndarray,
    x7: np.ndarray,
    x8: np.ndarray,
    x9: np.ndarray,
    x10: np.ndarray,
) -> np.ndarray:  # the ten features
    return (
        np.tanh(x1 * x2 + x3 * x4) * np.sqrt(np.abs(x5))
        + np.exp(x5 + x6)
        + np.log((x6 * x7 * x8) ** 2 + 1)
        + x9 * x10
        + 1 / (1 + np.abs(x10))
    )


def _f10(
    x1: np.ndarray,
    x2: np.ndarray,
    x3: np.ndarray,
    x4: np.ndarray,
    x5: np.ndarray,
    x6: np.ndarray,
    x7: np.ndarray,
    x8: np.ndarray,
    x9: np.ndarray,
    x10: np.ndarray,
) -> np.ndarray:  # the ten features
    return (
        np.sinh(x1 + x2)
        + np.arccos(np.tanh(x3 + x5 + x7))
        + np.cos(x4 + x5)
        + 1 / np.cos(x7 * x9)
    )


def _from_paper(
    number: int,
    formula: Callable,
    latex: str,
    *sets: Sequence[int],
    ranges: tuple[tuple[float, float], ...] = ((-1.0, 1.0),) * 10,
) -> TestFunction:
    """Build one entry of the table; `sets` are written as in the paper, from 1."""
    sets = tuple(tuple(feature - 1 for feature in members) for members in sets)
    return TestFunction(f"F{number}", formula, latex, sets, ranges)  # type: ignore[arg-type]  # of ints


_F1_RANGES = tuple(
    (0.6, 1.0) if feature in (4, 5, 8, 10) else (0.0, 1.0) for feature in range(1, 11)
)
_F3_LATEX = (
    r"\exp|x_1-x_2| + |x_2x_3| - (x_3^2)^{|x_4|} "
    r"+ \log(x_4^2+x_5^2+x_7^2+x_8^2) + x_9 + \frac{1}{1+x_{10}^2}"
)

# Tsang et al. (2018), Table 1 [tsang2018]; F1 is from Hooker (2004) [hooker2004].
FUNCTIONS: dict[str, TestFunction] = {
    function.name: function
    for function in (
        _from_paper(
            1,
            _f1,
            r"\pi^{x_1x_2}\sqrt{2x_3} - \arcsin(x_4) + \log(x_3+x_5) "
            r"- \frac{x_9}{x_{10}}\sqrt{\frac{x_7}{x_8}} - x_2x_7",
            (1, 2, 3),
            (2, 7),
            (3, 5),
            (7, 8, 9, 10),
            ranges=_F1_RANGES,
        ),
        _from_paper(
            2,
            _f2,
            r"\pi^{x_1x_2}\sqrt{2|x_3|} - \arcsin(0.5x_4) + \log(|x_3+x_5|+1) "
            r"+ \frac{x_9}{1+|x_{10}|}\sqrt{\frac{|x_7|}{1+|x_8|}} - x_2x_7",
            (1, 2, 3),
            (2, 7),
            (3, 5),
            (7, 8, 9, 10),
        ),
        _from_paper(3, _f3, _F3_LATEX, (1, 2), (2, 3), (3, 4), (4, 5, 7, 8)),
        _from_paper(
            4,
            _f4,
            _F3_LATEX + r" + (x_1x_4)^2",
            (1, 2),
            (2, 3),
            (3, 4),
            (1, 4),
            (4, 5, 7, 8),
        ),
        _from_paper(
            5,
            _f5,
            r"\frac{1}{1+x_1^2+x_2^2+x_3^2} + \sqrt{\exp(x_4+x_5)} + |x_6+x_7| "
            r"+ x_8x_9x_{10}",
            (1, 2, 3),
            (4, 5),
            (6, 7),
            (8, 9, 10),
        ),
        _from_paper(
            6,
            _f6,
            r"\exp(|x_1x_2|+1) - \exp(|x_3+x_4|+1) + \cos(x_5+x_6-x_8) "
            r"+ \sqrt{x_8^2+x_9^2+x_{10}^2}",
            (1, 2),
            (3, 4),
            (5, 6, 8),
            (8, 9, 10),
        ),
        _from_paper(
            7,
            _f7,
            r"(\arctan x_1+\arctan x_2)^2 + \max(x_3x_4+x_6,0) "
            r"- \frac{1}{1+(x_4x_5x_6x_7x_8)^2} "
            r"+ \left(\frac{|x_7|}{1+|x_9|}\right)^5 + \sum_{i=1}^{10}x_i",
            (1, 2),
            (3, 4, 6),
            (4, 5, 6, 7, 8),
            (7, 9),
        ),
        _from_paper(
            8,
            _f8,
            r"x_1x_2 + 2^{x_3+x_5+x_6} + 2^{x_3+x_4+x_5+x_7} "
            r"+ \sin\left(x_7\sin(x_8+x_9)\right) + \arccos(0.9x_{10})",
            (1, 2),
            (3, 5, 6),
            (3, 4, 5, 7),
            (7, 8, 9),
        ),
        _from_paper(
            9,
            _f9,
            r"\tanh(x_1x_2+x_3x_4)\sqrt{|x_5|} + \exp(x_5+x_6) "
            r"+ \log\left((x_6x_7x_8)^2+1\right) + x_9x_{10} + \frac{1}{1+|x_{10}|}",
            (1, 2, 3, 4, 5),
            (5, 6),
            (6, 7, 8),
            (9, 10),
        ),
        _from_paper(
            10,
            _f10,
            r"\sinh(x_1+x_2) + \arccos\left(\tanh(x_3+x_5+x_7)\right) "
            r"+ \cos(x_4+x_5) + \sec(x_7x_9)",
            (1, 2),
            (3, 5, 7),
            (4, 5),
            (7, 9),
        ),
    )
}
