"""Numbers for trees that compute in single precision, and safe standardisation.

Trees of xgboost and scikit-learn read float32, in which 100,000,000 and 100,000,001
are one number, ignore gains below 1e-6 (xgboost) and differences of features below 1e-7
(scikit-learn). So columns are first moved and scaled in double precision: by powers of
two, which change no digit, and by a centre only where single precision would merge
values otherwise.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

#: Share of a column's distinct values that single precision may merge, of at most
#: `LOOKED_AT` that are spread over their ranks: of a million some always coincide.
MERGED = 0.005
LOOKED_AT = 1000


@dataclass(frozen=True)
class Units:
    """Origin and unit of each column: x becomes (x - origin) / 2**exponent.

    Parameters
    ----------
    origin : array, shape (n_columns,)
        0 where the column needs no other.
    exponent : array of int, shape (n_columns,)
    """

    origin: np.ndarray
    exponent: np.ndarray

    @classmethod
    def of(
        cls, name: str, X: np.ndarray, labels: Sequence[str] | None = None
    ) -> "Units":
        """Return units in which single precision tells the values of X apart.

        Parameters
        ----------
        name : str
            What to call `X` in an error.
        X : array, shape (n_samples, n_columns)
            Finite, no column constant.
        labels : sequence of str, optional
            Names of the columns, for the same.

        Raises
        ------
        ValueError
            If values of a column still coincide in single precision.
        """
        origin = np.zeros(X.shape[1])
        exponent = np.zeros(X.shape[1], dtype=int)
        for i, column in enumerate(X.T):
            exponent[i] = _exponent(column)
            if _merged(column, 0.0, exponent[i]) <= MERGED:
                continue
            # halves first: the sum of large values must not overflow
            origin[i] = 2 * np.mean(column / 2)
            exponent[i] = _exponent(column - origin[i])
            if _merged(column, origin[i], exponent[i]) > MERGED:
                label = i if labels is None else repr(labels[i])
                raise ValueError(
                    f"{name} column {label} must have values that single precision "
                    "tells apart; take logarithms or ranks of so wide a range."
                )
        return cls(origin, exponent)

    def apply(self, X: np.ndarray) -> np.ndarray:
        """Return X (n_samples, n_columns) in these units, in double precision."""
        return np.ldexp(X - self.origin, -self.exponent)


def standardised(values: np.ndarray) -> np.ndarray:
    """Return columns, or one, with mean 0 and standard deviation 1; none is constant.

    A power of two is taken out first, so that no square over- or underflows.
    """
    scaled = np.ldexp(values, -_largest_exponent(values))
    return (scaled - scaled.mean(axis=0)) / scaled.std(axis=0)


def power_of_two(values: np.ndarray) -> tuple[np.ndarray, int]:
    """Return a vector divided by 2**exponent, deviation 1 to 2, and the exponent."""
    exponent = _exponent(values)
    return np.ldexp(values, -exponent), exponent


def _exponent(column: np.ndarray) -> int:
    """Return e for which the standard deviation of column / 2**e is within 1 to 2."""
    first = int(_largest_exponent(column))
    deviation = np.ldexp(column, -first).std()
    return first + int(np.frexp(deviation)[1]) - 1


def _largest_exponent(values: np.ndarray) -> np.ndarray:
    return np.frexp(np.abs(values).max(axis=0))[1]


def _merged(column: np.ndarray, origin: float, exponent: int) -> float:
    """Return the share of distinct values that single precision merges."""
    different = np.unique(column)
    some = np.linspace(0, len(different) - 1, min(len(different), LOOKED_AT))
    different = different[some.astype(int)]
    with np.errstate(over="ignore", under="ignore"):
        single = np.ldexp(different - origin, -exponent).astype(np.float32)
    single = single[np.isfinite(single)]
    return 1 - len(np.unique(single)) / len(different)
