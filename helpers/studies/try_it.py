"""Four small computations that a reader moves by hand on the page *Try it*.

`book/_static/try-it.js` computes the same in the browser; the tests compare the two.
"""

from collections.abc import Callable

import numpy as np

from helpers import checks
from helpers.data.bases import encode
from helpers.data.motifs import Motif
from helpers.detectors.interactions import Interactions
from helpers.significance.permutation import PermutationTest, permutation_test
from helpers.truth.responses import Effects, effects, occupancy, rate

#: Two toy motifs, where they lie, and letters that take their place.
SEQUENCE = "CTTGCCGGCAGATAAGCGCGACGTGCAACATCTGGCCCTTAGAC"
CONSENSUS = ("CAGATAAG", "AACATCTG")
STARTS = (8, 26)
REPLACEMENTS = ("TCCTCGCA", "ACGACTCC")
LIKELY = 0.94  # probability of a motif's letter; the rest is shared

#: Rows of which the mixed difference is shown, (x1, x2).
ROWS = np.array(
    [[-1.5, -1], [-1, 1.2], [-0.4, -0.6], [0, 0.8], [0.5, -1.4], [0.8, 0.4], [1.2, 1.5],
     [1.6, -0.5]]
)  # fmt: skip
N_PERMUTED = 24  # rows whose residuals are shuffled
N_POINTS = 100  # rows of the correlated features


# Knock out a motif


def knock_out(strength: float) -> Effects:
    """Return what two motifs do to the count of one sequence, alone and together.

    Parameters
    ----------
    strength : float
        Of their interaction, from 0 (they add) to 1, as in `responses.rate`.

    Returns
    -------
    Effects
        Of one sequence, in counts.
    """
    motifs = [Motif(letters, _matrix(letters)) for letters in CONSENSUS]
    kept = [(first, second) for first in (0, 1) for second in (0, 1)]
    bases = encode([_letters(*pair) for pair in kept])
    return effects(rate(occupancy(bases, motifs), strength).reshape(2, 2, 1))


def _matrix(letters: str) -> np.ndarray:
    rest = (1 - LIKELY) / 3
    return np.array([[LIKELY if b == a else rest for b in "ACGT"] for a in letters])


def _letters(*kept: int) -> str:
    """Return the sequence with each motif kept (1) or replaced (0)."""
    text = SEQUENCE
    for keep, start, letters in zip(kept, STARTS, REPLACEMENTS, strict=True):
        if not keep:
            text = text[:start] + letters + text[start + len(letters) :]
    return text


# The reference of a mixed difference


def outcome(x: np.ndarray) -> np.ndarray:
    """Return x1 + x2² / 2 + x1 x2 of rows (..., 2)."""
    return x[..., 0] + x[..., 1] ** 2 / 2 + x[..., 0] * x[..., 1]


def mixed_differences(references: np.ndarray) -> np.ndarray:
    """Return each row's mixed difference of `outcome`, averaged over references.

    Parameters
    ----------
    references : array, shape (n_references, 2)

    Returns
    -------
    array, shape (n_rows,)
    """
    references = np.atleast_2d(checks.finite("references", references))
    x, r = np.broadcast_arrays(ROWS[:, None], references[None])
    first = np.stack([r[..., 0], x[..., 1]], axis=-1)
    second = np.stack([x[..., 0], r[..., 1]], axis=-1)
    values = outcome(x) - outcome(first) - outcome(second) + outcome(r)
    return values.mean(axis=1)


# A permutation null


def permuted_rows() -> tuple[np.ndarray, np.ndarray]:
    """Return X (24, 2) and y (24,), made by arithmetic modulo 24."""
    k = np.arange(N_PERMUTED)
    middle = (N_PERMUTED - 1) / 2
    x1, x2, noise = (((k * a + b) % N_PERMUTED - middle) / 7 for a, b in
                     ((13, 0), (17, 2), (5, 6)))  # fmt: skip
    return np.stack([x1, x2], axis=1), x1 + 0.45 * x1 * x2 + noise


def permutation(n_permutations: int) -> PermutationTest:
    """Return the test of the product by shuffling what main effects leave of y.

    Its score is the absolute correlation of the product with the residual of a straight
    fit to both features.

    Parameters
    ----------
    n_permutations : int
    """
    checks.integer("n_permutations", n_permutations, at_least=1)
    X, y = permuted_rows()
    residual = y - _fitted(np.column_stack([np.ones(len(X)), X]), y)
    product, draw = X.prod(axis=1), generator(1)
    null = [
        [_correlation(shuffled(residual, draw), product)] for _ in range(n_permutations)
    ]
    strength = np.array([_correlation(residual, product)])
    observed = Interactions([(0, 1)], strength, ("x1", "x2"), "correlation")
    return permutation_test(observed, np.array(null))


def generator(state: int) -> Callable[[], float]:
    """Return a function that draws from [0, 1): a linear congruence modulo 2**32.

    A poor generator, but three lines of any language give the same numbers.
    """

    def draw() -> float:
        nonlocal state
        state = (1664525 * state + 1013904223) % 2**32
        return state / 2**32

    return draw


def shuffled(values: np.ndarray, draw: Callable[[], float]) -> np.ndarray:
    """Return the values in a random order (Fisher and Yates)."""
    values = values.copy()
    for i in range(len(values) - 1, 0, -1):
        j = int(draw() * (i + 1))
        values[i], values[j] = values[j], values[i]
    return values


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    return abs(float(np.corrcoef(a, b)[0, 1]))


def _fitted(columns: np.ndarray, y: np.ndarray) -> np.ndarray:
    return columns @ np.linalg.lstsq(columns, y, rcond=None)[0]


# Correlated features


def correlated_points(rho: float) -> tuple[np.ndarray, np.ndarray]:
    """Return X (100, 2) with normal features and y = x1² (100,): nothing interacts.

    Parameters
    ----------
    rho : float
        Correlation of the features in the long run, from -1 to 1.
    """
    rho = checks.number("rho", rho, at_least=-1, at_most=1)
    k = np.arange(N_POINTS)
    radius = np.sqrt(-2 * np.log((k + 0.5) / N_POINTS))
    angle = 2 * np.pi * (k * 0.618034 % 1)
    x1, other = radius * np.cos(angle), radius * np.sin(angle)
    return np.stack([x1, rho * x1 + np.sqrt(1 - rho**2) * other], axis=1), x1**2


def product_coefficient(rho: float, *, curved: bool) -> float:
    """Return the coefficient of x1 x2 in a regression of y = x1².

    Parameters
    ----------
    rho : float
    curved : bool
        Whether main effects may be parabolas, or only straight lines.
    """
    X, y = correlated_points(rho)
    columns = [np.ones(len(X)), X[:, 0], X[:, 1], X.prod(axis=1)]
    if curved:
        columns += [X[:, 0] ** 2, X[:, 1] ** 2]
    return float(np.linalg.lstsq(np.column_stack(columns), y, rcond=None)[0][3])
