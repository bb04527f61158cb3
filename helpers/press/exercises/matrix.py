"""Exercises of chapter 6: other data sets, an own detector, families of calls."""

from typing import Any

import numpy as np

from helpers.press.exercises.verdict import answered, need, right
from helpers.studies.matrix import cells, methods, own, truths
from helpers.studies.matrix.kinds import Learners


def seeds(precisions: Any) -> None:
    """Check the average precisions of product regression on five small data sets.

    precisions : list of five float
    """
    answered(precisions=precisions)
    need(len(precisions) == 5, f"precisions must be five; got {len(precisions)}.")
    asked = methods.method("product regression")
    for k, said in enumerate(precisions):
        drawn = truths.draw("strong product", k, n_rows=300)
        answer = asked.ask(drawn, k, Learners(), **asked.knobs)
        worth = cells.judged(answer, drawn, tests=True)
        need(
            not np.isclose(said, worth["auc"]) or np.isclose(said, worth["ap"]),
            "That is the area under the ROC curve; average precision is 'ap'.",
        )
        need(
            np.isclose(said, worth["ap"], atol=1e-3),
            f"Data set {k} gives {worth['ap']:.3f} with 300 rows; got {said:.3f}.",
        )
    right("With one true pair, average precision is one over its place.")


def own_detector(mine: Any) -> None:
    """Check a detector that scores pairs by the correlation of their product.

    mine : callable (X, y) -> scores
    """
    rng = np.random.default_rng(0)
    X = rng.normal(size=(500, 4)) + 5
    y = X[:, 1] * X[:, 3] + 0.1 * rng.normal(size=500)
    scores = mine(X, y)
    answered(mine=scores)
    scores = np.asarray(scores, float)
    need(scores.shape == (6,), f"Four features have 6 pairs; got {scores.shape}.")
    need((scores >= 0).all(), "A strong negative product is strong: take |r|.")
    i, j = np.triu_indices(4, 1)
    Z = X - X.mean(axis=0)
    raw, wanted = (
        np.abs(np.corrcoef((W[:, i] * W[:, j]).T, y)[-1, :-1]) for W in (X, Z)
    )
    need(
        not np.allclose(scores, raw, atol=1e-6),
        "The columns are not centred: their product is then mostly main effects.",
    )
    need(np.allclose(scores, wanted, atol=1e-6), "These are other scores than asked.")
    worth = own.benchmark(
        mine, worlds=["strong product", "strong step"], progress=False
    )
    right(
        f"It finds the product with {worth['ap'][0]:.2f}; it is blind for pairs whose "
        "product is uncorrelated with the outcome, a ring for example."
    )


def family(plain: Any, corrected: Any) -> None:
    """Check the probabilities of any false call among 44 independent pairs."""
    answered(plain=plain, corrected=corrected)
    need(
        not np.isclose(plain, 44 * 0.05),
        "2.2 is the expected number of calls, not a probability.",
    )
    need(
        np.isclose(plain, 1 - 0.95**44, atol=5e-3),
        "One minus the probability that none of the 44 is called.",
    )
    need(
        np.isclose(corrected, 1 - (1 - 0.05 / 44) ** 44, atol=2e-3),
        "With Bonferroni each pair is called with probability .05 / 44.",
    )
    right("Dependence changes both: false calls of one data set come together.")
