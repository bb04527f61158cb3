"""Is an interaction real? Significance by permutation.

The score of a pair is compared with its scores in data sets without interactions, made
from the same data by one of three schemes:

* **Perm I** keeps main effects: fit a model without interactions, permute its
  residuals among people, add the fit back;
* **Perm T** permutes the trait itself;
* **Perm R** permutes the residuals and leaves the fit out.

Networks are trained on each of them as on the real trait and scored alike.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from helpers import checks
from helpers.detectors.interactions import Interactions

SCHEMES = MappingProxyType({"I": "Perm I", "T": "Perm T", "R": "Perm R"})


@dataclass(frozen=True)
class PermutationTest:
    """Scores of pairs with their null distribution and what follows from it.

    Arrays are in the order of `observed.sets`.

    Parameters
    ----------
    observed : Interactions
        Scores in the real data.
    null : array, shape (n_permutations, n_sets)
        Scores of the same sets in the permuted data.
    p : array, shape (n_sets,)
        p-value of each set against its own null scores.
    p_max : array, shape (n_sets,)
        p-value against the largest null score of each permutation (maxT): the chance
        of even one false call among all sets.
    fdr : array, shape (n_sets,)
        Smallest estimated share of false calls among all sets called together with
        this one.
    z : array, shape (n_sets,)
        Score less mean null score, over their standard deviation: orders sets that
        share the smallest possible p-value. NaN where null scores do not vary.
    n_ties : array of int, shape (n_sets,)
        Null scores equal to the observed one.
    ties : str
        How they counted.
    """

    observed: Interactions
    null: np.ndarray
    p: np.ndarray
    p_max: np.ndarray
    fdr: np.ndarray
    z: np.ndarray
    n_ties: np.ndarray
    ties: str

    def to_frame(self) -> pd.DataFrame:
        """Return one row a set: most significant first, sets with equal p by z."""
        features = self.observed.features
        table = pd.DataFrame(
            {
                "features": [
                    " × ".join(features[i] for i in s) for s in self.observed.sets
                ],
                "score": self.observed.scores,
                "null_mean": self.null.mean(axis=0),
                "null_sd": self.null.std(axis=0, ddof=1),
                "z": self.z,
                "p": self.p,
                "p_max": self.p_max,
                "fdr": self.fdr,
                "n_ties": self.n_ties,
            }
        )
        return table.sort_values(
            ["p", "z"], ascending=[True, False], kind="stable", ignore_index=True
        )

    def fdr_curve(self, thresholds: Sequence[float] | None = None) -> pd.DataFrame:
        """Return the estimated share of false calls at each threshold of the score."""
        return fdr_curve(self.observed.scores, self.null, thresholds)

    def quantiles(self, level: float = 0.95) -> pd.DataFrame:
        """Return observed and null scores rank by rank (a Q-Q plot).

        Returns
        -------
        DataFrame
            features, observed, expected (mean null score of the rank), low, high (the
            central `level` of the null scores of that rank), strongest first.
        """
        level = checks.number("level", level, at_least=0, at_most=1)
        order = np.argsort(-self.observed.scores, kind="stable")
        by_rank = -np.sort(-self.null, axis=1)
        low, high = np.quantile(by_rank, [(1 - level) / 2, (1 + level) / 2], axis=0)
        features = self.observed.features
        return pd.DataFrame(
            {
                "features": [
                    " × ".join(features[i] for i in self.observed.sets[s])
                    for s in order
                ],
                "observed": self.observed.scores[order],
                "expected": by_rank.mean(axis=0),
                "low": low,
                "high": high,
            }
        )


def permuted_targets(
    scheme: str,
    y: np.ndarray,
    parts: Sequence[np.ndarray],
    *,
    fitted: np.ndarray | None = None,
    n_permutations: int = 19,
    rescale: bool = False,
    seed: int = 0,
) -> np.ndarray:
    """Make traits without interactions from a trait.

    People change places within their part only: residuals of people that the fit was
    trained on are smaller than those of others. The same seed permutes alike under
    all three schemes, so that their results can be compared pair by pair.

    Parameters
    ----------
    scheme : {"I", "T", "R"}
    y : array, shape (n_people,)
    parts : sequence of index arrays
        Training, validation and test people; together everybody, once. The last part
        must not have been seen by the fit if `rescale`.
    fitted : array, shape (n_people,)
        Predictions of the main-effects model; for I and R.
    n_permutations : int
    rescale : bool
        Stretch the residuals of every part to the standard deviation of the last
        part's. A fit that follows the noise of its training people leaves too little
        of it, and the permuted data come out less noisy than the real ones. (Not in
        the paper.)
    seed : int

    Returns
    -------
    array, shape (n_permutations, n_people)

    Raises
    ------
    ValueError
        If parts overlap or leave somebody out, `fitted` is missing, or y has NaN.

    Notes
    -----
    Differs from the paper: its code permutes over all people at once. Which fit Perm R
    takes its residuals from is not said there; it is that of Perm I here.

    Source
    ------
    Cui et al. (2022), Figure 8 and Methods [cui2022].
    """
    scheme = checks.one_of("scheme", scheme, tuple(SCHEMES))
    y = checks.vector("y", y)
    parts = _checked_parts(parts, len(y))
    n_permutations = checks.integer("n_permutations", n_permutations, at_least=1)
    seed = checks.integer("seed", seed, at_least=0)
    if scheme == "T":
        moved, stays = y, np.zeros(len(y))
    else:
        if fitted is None:
            raise ValueError(
                f"fitted must be given for {SCHEMES[scheme]}: the predictions of a "
                "model without interactions."
            )
        fitted = checks.vector("fitted", fitted, length=len(y))
        moved = y - fitted
        stays = fitted if scheme == "I" else np.zeros(len(y))
        if rescale:
            moved = _stretched(moved, parts)
    targets = np.empty((n_permutations, len(y)))
    for b in range(n_permutations):
        draw = np.random.default_rng([seed, b])
        for part in parts:
            targets[b, part] = stays[part] + moved[draw.permutation(part)]
    return targets


def permutation_test(
    observed: Interactions,
    null: np.ndarray,
    *,
    ties: str = "count",
    level: str = "as is",
    seed: int = 0,
) -> PermutationTest:
    """Compare scores with those of permuted data.

    The p-value is (1 + number of null scores at least as large) / (1 + number of
    permutations): never 0, and at most as likely below a as a itself. For its smallest
    value to reach 0.05, 19 permutations are needed.

    Parameters
    ----------
    observed : Interactions
    null : array, shape (n_permutations, n_sets)
        In the order of `observed.sets`, from ensembles of the same size as observed
        (a mean over more networks on one side varies less and changes the test).
    ties : {"count", "random"}
        Null scores equal to the observed one count as larger, which errs on the side
        of caution, or take a random place among it, which keeps p uniform.
    level : {"as is", "median"}
        "median" divides the scores of each data set by their median over sets first:
        what differs is then the pattern over sets, no longer the overall level. (Not
        in the paper.)
    seed : int
        Of random ties.

    Raises
    ------
    ValueError
        If shapes disagree, a score is NaN, or a median is 0.

    Source
    ------
    Westfall and Young (1993), Resampling-Based Multiple Testing, for maxT; Phipson and
    Smyth (2010), Statistical Applications in Genetics and Molecular Biology 9:39, for
    the added one.

    Examples
    --------
    >>> import numpy as np
    >>> from helpers import Interactions, permutation_test
    >>> observed = Interactions([(0, 1), (0, 2)], [3.0, 0.4], ["a", "b", "c"], "mine")
    >>> null = np.random.default_rng(0).uniform(size=(99, 2))  # of permuted outcomes
    >>> test = permutation_test(observed, null)
    >>> test.to_frame()[["features", "score", "p"]]
      features  score     p
    0    a × b    3.0  0.01
    1    a × c    0.4  0.64
    """
    null = checks.matrix("null", null)
    if null.shape[1] != len(observed):
        raise ValueError(
            f"null must have {len(observed)} columns, one a set; got {null.shape[1]}."
        )
    ties = checks.one_of("ties", ties, ("count", "random"))
    level = checks.one_of("level", level, ("as is", "median"))
    draw = np.random.default_rng(checks.integer("seed", seed, at_least=0))
    scores = observed.scores
    if level == "median":
        scores, null = _by_median(scores), _by_median(null)
        observed = Interactions(
            observed.sets,
            scores,
            observed.features,
            observed.detector,
            {**observed.settings, "level": level},
        )
    largest = np.broadcast_to(null.max(axis=1, keepdims=True), null.shape)
    with np.errstate(invalid="ignore", divide="ignore"):
        deviation = null.std(axis=0, ddof=1) if len(null) > 1 else np.nan
        z = (scores - null.mean(axis=0)) / deviation
    return PermutationTest(
        observed,
        null,
        p_values(scores, null, ties=ties, draw=draw),
        p_values(scores, largest, ties=ties, draw=draw),
        _smallest_fdr(scores, null),
        np.where(np.isfinite(z), z, np.nan),
        (null == scores).sum(axis=0),
        ties,
    )


def p_values(
    scores: np.ndarray,
    null: np.ndarray,
    *,
    ties: str = "count",
    draw: np.random.Generator | None = None,
) -> np.ndarray:
    """Return (1 + null scores at least as large) / (1 + permutations) of each set.

    Parameters
    ----------
    scores : array, shape (n_sets,)
    null : array, shape (n_permutations, n_sets)
    ties : {"count", "random"}
    draw : numpy Generator
        For random ties.
    """
    above = (null > scores).sum(axis=0)
    equal = (null == scores).sum(axis=0)
    if checks.one_of("ties", ties, ("count", "random")) == "random":
        equal = draw.integers(0, equal, endpoint=True)  # type: ignore[union-attr]  # given, for these
    return (1 + above + equal) / (1 + len(null))


def attainable(level: float, n_permutations: int) -> float:
    """Return the chance of p <= `level` under the null: p comes in steps.

    With 50 permutations a test at 0.05 is one at 2 / 51 = 0.039.
    """
    level = checks.number("level", level, at_least=0, at_most=1)
    n_permutations = checks.integer("n_permutations", n_permutations, at_least=1)
    steps = n_permutations + 1
    return float(np.floor(level * steps + 1e-9) / steps)


def fdr_curve(
    scores: ArrayLike, null: ArrayLike, thresholds: ArrayLike | None = None
) -> pd.DataFrame:
    """Estimate the share of false calls at thresholds of the score.

    False calls are the mean number, over permutations, of null scores at or above the
    threshold, pooled over sets.

    Parameters
    ----------
    scores : array, shape (n_sets,)
    null : array, shape (n_permutations, n_sets)
    thresholds : sequence of float, optional
        By default the scores themselves.

    Returns
    -------
    DataFrame
        threshold (falling), n_called, expected_false, fdr (at most 1; 0 where nothing
        is called).
    """
    scores = checks.vector("scores", scores)
    null = checks.matrix("null", null)
    if thresholds is None:
        thresholds = np.unique(scores)
    thresholds = np.sort(checks.vector("thresholds", thresholds))[::-1]
    called = _at_or_above(scores, thresholds)
    false = _at_or_above(null.ravel(), thresholds) / len(null)
    return pd.DataFrame(
        {
            "threshold": thresholds,
            "n_called": called,
            "expected_false": false,
            "fdr": np.where(called, np.minimum(1, false / np.maximum(called, 1)), 0),
        }
    )


def error_rates(calls: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """Return power, share of false sets called, and whether any false set is called.

    Parameters
    ----------
    calls, truth : bool arrays, shape (n_sets,)

    Returns
    -------
    dict
        power, false_calls (1 - specificity), any_false; NaN where there is no true,
        or no false, set.
    """
    calls, truth = np.asarray(calls, dtype=bool), np.asarray(truth, dtype=bool)
    if calls.shape != truth.shape or calls.ndim != 1:
        raise ValueError(
            f"calls and truth must have one axis and the same length; "
            f"got {calls.shape} and {truth.shape}."
        )
    true, false = calls[truth], calls[~truth]
    return {
        "power": float(true.mean()) if true.size else np.nan,
        "false_calls": float(false.mean()) if false.size else np.nan,
        "any_false": float(false.any()) if false.size else np.nan,
    }


def call_rates(
    p: np.ndarray, n_permutations: int, levels: Sequence[float] = (0.05, 0.1)
) -> pd.DataFrame:
    """Compare the share of false calls in null data with the level asked for.

    The sets of one data set share its people and networks, so the standard error is
    that of a mean over data sets.

    Parameters
    ----------
    p : array, shape (n_data_sets, n_sets)
        p-values where no set interacts.
    n_permutations : int
    levels : sequence of float

    Returns
    -------
    DataFrame
        level, attainable (the rate a perfect test would have), rate, standard_error
        (NaN for one data set), low, high (95% interval, t with n_data_sets - 1), and
        any_false (share of data sets with a call).
    """
    p = checks.matrix("p", p)
    if (p <= 0).any() or (p > 1).any():
        raise ValueError("p must lie above 0 and at most at 1.")
    rows = []
    for level in levels:
        calls = p <= level + 1e-12
        by_set = calls.mean(axis=1)
        n = len(by_set)
        error = by_set.std(ddof=1) / np.sqrt(n) if n > 1 else np.nan
        half = stats.t.ppf(0.975, n - 1) * error if n > 1 else np.nan
        rows.append(
            {
                "level": level,
                "attainable": attainable(level, n_permutations),
                "rate": by_set.mean(),
                "standard_error": error,
                "low": max(0.0, by_set.mean() - half) if n > 1 else np.nan,
                "high": min(1.0, by_set.mean() + half) if n > 1 else np.nan,
                "any_false": calls.any(axis=1).mean(),
            }
        )
    return pd.DataFrame(rows)


def _checked_parts(parts: Iterable[np.ndarray], n_people: int) -> list[np.ndarray]:
    parts = [np.asarray(part, dtype=np.int64) for part in parts]
    if not parts:
        raise ValueError("parts must hold at least one part; got none.")
    if any(len(part) == 0 for part in parts):
        raise ValueError("parts must each hold people; one is empty.")
    everybody = np.sort(np.concatenate(parts))
    if not np.array_equal(everybody, np.arange(n_people)):
        raise ValueError(
            f"parts must hold each of {n_people} people once; "
            f"they hold {len(everybody)}, {len(np.unique(everybody))} different."
        )
    return parts


def _stretched(residuals: np.ndarray, parts: Sequence[np.ndarray]) -> np.ndarray:
    """Give the residuals of every part the standard deviation of the last part's."""
    wanted = residuals[parts[-1]].std()
    stretched = residuals.copy()
    for part in parts:
        own = residuals[part].std()
        if own == 0:
            raise ValueError(
                "fitted must leave residuals to permute; those of a part are all alike."
            )
        stretched[part] *= wanted / own
    return stretched


def _by_median(scores: np.ndarray) -> np.ndarray:
    median = np.median(scores, axis=-1, keepdims=True)
    if (median <= 0).any():
        raise ValueError('level="median" needs medians greater than 0.')
    return scores / median


def _at_or_above(values: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    return len(values) - np.searchsorted(np.sort(values), thresholds, side="left")


def _smallest_fdr(scores: np.ndarray, null: np.ndarray) -> np.ndarray:
    """Return the smallest estimated FDR of a threshold that calls each set."""
    curve = fdr_curve(scores, null)  # thresholds falling
    # A lower threshold calls the set as well: take the best of those.
    best = np.minimum.accumulate(curve["fdr"].to_numpy()[::-1])[::-1]
    rising = curve["threshold"].to_numpy()[::-1]
    return best[::-1][np.searchsorted(rising, scores)]
