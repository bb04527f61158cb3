"""Permutation tests of a detector's scores, in three schemes."""

import numpy as np

from helpers.detectors.boosting import fit_trees, shap_interactions
from helpers.significance.interaction.basis import main_functions
from helpers.significance.interaction.table import normal_scores
from helpers.significance.permutation import p_values, permuted_targets
from helpers.studies.matrix.kinds import Answer, Data, Learners, Method

#: Permutations: the smallest p is 1 / 40.
PERMUTATIONS = 39
MAIN = 5  # spline functions of each main effect


def main_effects(data: Data) -> np.ndarray:
    """Return the fit of a sum of splines, shape (n,)."""
    columns = [main_functions(x[:, None], MAIN) for x in normal_scores(data.X).T]
    base = np.linalg.qr(np.column_stack([np.ones(len(data.y)), *columns]))[0]
    return base @ (base.T @ data.y)


def scores(X: np.ndarray, y: np.ndarray, seed: int) -> np.ndarray:
    """Return SHAP interactions of boosted trees, few of them: they are fitted often."""
    trees = fit_trees(X, y, n_trees=100, seed=seed)
    return shap_interactions(trees, X, seed=seed).scores


def permute(data: Data, seed: int, learners: Learners, *, scheme: str) -> Answer:
    """Compare scores with those of permuted outcomes; maxT for all pairs together."""
    observed = learners.get("observed", lambda: scores(data.X, data.y, seed))
    targets = permuted_targets(
        scheme,
        data.y,
        [np.arange(len(data.y))],
        fitted=None if scheme == "T" else main_effects(data),
        n_permutations=PERMUTATIONS,
        seed=seed,
    )
    null = np.array([scores(data.X, target, seed) for target in targets])
    largest = np.repeat(null.max(1, keepdims=True), null.shape[1], axis=1)
    return Answer(observed, p_values(observed, null), p_values(observed, largest))


def _scheme(scheme: str, words: str) -> Method:
    return Method(
        permute,
        f"SHAP of trees, {words}; maxT",
        tests=True,
        families=("gaussian",),
        most_features=20,
        most_work=200_000,
        knobs={"scheme": scheme},
    )


METHODS = {
    "Perm T": _scheme("T", "outcomes permuted"),
    "Perm R": _scheme("R", "residuals of the main effects permuted"),
    "Perm I": _scheme("I", "residuals permuted, main effects put back"),
}
