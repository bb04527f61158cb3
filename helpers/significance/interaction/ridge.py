"""Penalised sums of functions, with a variance for each group of them."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg.lapack import dpotrf, dpotri, dpotrs, dtrtri

from helpers.significance.interaction.family import Family

#: Rounds of reweighting and of new variances; further ones change nothing to speak of.
N_ROUNDS = 12
#: Precisions (one over the variance of a coefficient) of a group that is hardly
#: penalised, and of one that is gone: y has variance 1 or is a count.
FLATTEST, GONE = 1e-4, 1e5
#: Penalty of every function, as a share of the mean square: rounding asks for it.
LEAST_PENALTY = 1e-9


@dataclass(frozen=True)
class Solution:
    """Coefficients of several targets, and what leaving functions out would change.

    Attributes
    ----------
    coefficients : array, shape (n_functions, n_targets)
    inverse : array, shape (n_functions, n_functions)
        Of the penalised Gram matrix.
    family : Family, optional
        That of a fit, with the dispersion found.
    """

    coefficients: np.ndarray
    inverse: np.ndarray
    family: Family | None = None

    def without(self, members: np.ndarray, target: int = 0) -> np.ndarray:
        """Return the coefficients of a target if some functions were not there.

        Exactly those of a new solution, at the cost of a small one.
        """
        b = self.coefficients[:, target]
        members = members[b[members] != 0]  # else gone already
        if not len(members):
            return b
        block = self.inverse[:, members]
        kept = b - block @ np.linalg.solve(block[members], b[members])
        kept[members] = 0
        return kept


def solve(gram: np.ndarray, products: np.ndarray, penalty: np.ndarray) -> Solution:
    """Solve (gram + diag(penalty)) b = products for every column of `products`."""
    lower, failed = dpotri(_factor(gram, penalty), lower=1)
    _check(failed)
    inverse = lower + lower.T  # the upper half is empty
    inverse[np.diag_indices(len(inverse))] /= 2
    return Solution(inverse @ products, inverse)


def weighted_gram(values: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return values.T @ diag(weight) @ values, for weights of at least 0."""
    root = np.sqrt(weight)[:, None] * values
    return root.T @ root  # one array, so half of the products are enough


def _factor(gram: np.ndarray, penalty: np.ndarray) -> np.ndarray:
    """Return the lower Cholesky factor of gram + diag(penalty), zero above."""
    penalised = gram.copy()
    # More functions than different rows would leave nothing to invert.
    least = LEAST_PENALTY * np.trace(gram) / len(gram)
    penalised[np.diag_indices(len(gram))] += penalty + least
    factor, failed = dpotrf(penalised.T, lower=1, overwrite_a=1)
    _check(failed)
    return factor


def _check(failed: int) -> None:
    if failed:
        raise np.linalg.LinAlgError("gram must be positive definite.")


def fit(
    values: np.ndarray, groups: np.ndarray, y: np.ndarray, family: Family
) -> Solution:
    """Fit y by a sum of functions whose groups have variances of their own.

    Groups that explain nothing lose their variance, those that explain much are
    hardly penalised: with one penalty for all, a strong product beside many absent ones
    would be shrunk as they are. Counts may scatter more than Poisson's: taken for these
    their noise would be fitted.

    Parameters
    ----------
    values : array, shape (n, n_functions)
        A constant is added.
    groups : array of int, shape (n_functions,)
    y : array, shape (n,)
    family : Family

    Returns
    -------
    Solution
        The constant is the first coefficient.

    Source
    ------
    MacKay (1992), equations 3.12 and 4.8, for the updates of the variances.
    """
    n = len(y)
    values = np.hstack([np.ones((n, 1)), values])
    groups = np.concatenate([[-1], groups])
    members = [np.flatnonzero(groups == group) for group in np.unique(groups[1:])]
    precision = np.where(groups < 0, 0.0, 1.0)
    there = np.ones(len(groups), dtype=bool)  # groups whose variance is gone go
    noise, link = 1.0, np.full(n, family.start(y))
    gaussian = family.name == "gaussian"
    if gaussian:
        noise, gram, products = y.var(), values.T @ values, (values.T @ y)[:, None]
    for _ in range(N_ROUNDS):
        if not gaussian:
            weight = np.maximum(family.weight(link), 1e-6)
            residual = (y - family.mean(link)) * family.trust(link)
            working = weight * link + residual
            gram = np.zeros((len(groups), len(groups)))
            gram[np.ix_(there, there)] = weighted_gram(values[:, there], weight)
            products = (values.T @ working)[:, None]
        penalty, used_here = noise * precision, there.copy()
        b, variance = _solve_some(gram, products, penalty, there)
        freedom = 1.0
        for own in members:
            if there[own[0]]:
                trace = variance[own].sum()
                used = max(len(own) - precision[own[0]] * noise * trace, 1e-6)
                size = max(b[own] @ b[own], 1e-12)
                precision[own] = np.maximum(used / size, FLATTEST)
                there[own] = precision[own[0]] < GONE
                freedom += used
        link = values @ np.where(there, b, 0)
        if gaussian:
            noise = ((y - link) ** 2).sum() / max(n - freedom, 1.0)
        family = family.scattered(y, link, max(n - freedom, 1.0))
    return replace(_with_inverse(gram, products, penalty, used_here), family=family)


def _solve_some(
    gram: np.ndarray, products: np.ndarray, penalty: np.ndarray, there: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return coefficients and the diagonal of the inverse; of the others, zeros.

    The inverse itself, of which a round needs no more, costs twice as much.
    """
    factor = _factor(gram[np.ix_(there, there)], penalty[there])
    coefficients, diagonal = np.zeros(len(there)), np.zeros(len(there))
    coefficients[there] = dpotrs(factor, products[there, 0], lower=1)[0]
    root = dtrtri(factor, lower=1)[0]  # the inverse is root.T @ root
    diagonal[there] = np.einsum("ij,ij->j", root, root)
    return coefficients, diagonal


def _with_inverse(
    gram: np.ndarray, products: np.ndarray, penalty: np.ndarray, there: np.ndarray
) -> Solution:
    """Solve for some functions; the others have coefficients and inverse zero."""
    some = np.ix_(there, there)
    small = solve(gram[some], products[there], penalty[there])
    coefficients, inverse = np.zeros((len(there), 1)), np.zeros_like(gram)
    coefficients[there], inverse[some] = small.coefficients, small.inverse
    return Solution(coefficients, inverse)
