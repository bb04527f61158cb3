"""Exercises of chapter 4: scores by hand, indices, a null for one pair."""

from typing import Any

import numpy as np

from helpers.press.exercises.verdict import answered, need, need_keys, right

# Scores of the pairs in a game of one pair and one triple that holds it.
INDICES = {
    "taylor": {"1-2": 4 / 3, "1-3": 1 / 3, "2-3": 1 / 3},
    "banzhaf": {"1-2": 3 / 2, "1-3": 1 / 2, "2-3": 1 / 2},
    "shapley": {"1-2": 3 / 2, "1-3": 1 / 2, "2-3": 1 / 2},
}


def seeds(scores: Any) -> None:
    """Check the score of the toy's true pair under five other draws of people."""
    answered(scores=scores)
    scores = np.atleast_1d(np.asarray(scores, dtype=float))
    need(len(scores) == 5, f"scores must hold five numbers; got {len(scores)}.")
    by_hand = []
    for seed in range(1, 6):
        g = np.random.default_rng(seed).standard_normal((500, 3))
        by_hand.append(np.abs(2 * g[:, 0] * g[:, 1]).mean())
    need(
        np.allclose(scores, by_hand),
        "For seed s draw g with np.random.default_rng(s).standard_normal((500, 3)), "
        "baseline zero, and take the score of the first two genes.",
    )
    right("Exact under each: a score has no noise of its own, only that of its people.")


def index(rows: Any) -> None:
    """Check the scores of three indices in a game of a pair and a triple.

    Parameters
    ----------
    rows : dict of dict
        Index -> pair (``"1-2"``, ...) -> score.
    """
    answered(rows=rows)
    rows = need_keys("rows", rows, INDICES)
    for name, pairs in INDICES.items():
        got = need_keys(f"rows[{name!r}]", rows[name], pairs)
        for pair, score in pairs.items():
            need(
                np.isclose(float(got[pair]), score, atol=2e-3),
                f"{name}, pair {pair}: got {float(got[pair]):.3f}. Is the baseline "
                f"zero, the person all ones, and index={name!r}?",
            )
    right("The pair alone is scored alike; the triple is shared out differently.")


def one_pair(remove_one_pair: Any, *, n: int = 2_000, draws: int = 30) -> None:
    """Check a permutation that should remove one interaction and keep the rest.

    Parameters
    ----------
    remove_one_pair : callable
        ``(g, y, rng)`` -> permuted trait, shape (n,).
    """
    answered(remove_one_pair=remove_one_pair)
    rng = np.random.default_rng(0)
    g = rng.standard_normal((n, 3))
    y = 2 * g[:, 0] * g[:, 1] + g[:, 0] * g[:, 2] + g[:, 2] + rng.standard_normal(n)
    drawn = [remove_one_pair(g, y, rng) for _ in range(draws)]
    answered(remove_one_pair=drawn[0])
    shaped = all(np.shape(one) == (n,) for one in drawn)
    need(shaped, f"remove_one_pair must return one value a person, shape ({n},).")
    products = [g[:, 0] * g[:, 1], g[:, 0] * g[:, 2], g[:, 1] * g[:, 2]]
    X = np.column_stack([np.ones(n), g, *products])
    pair, other, main = np.mean(
        [np.linalg.lstsq(X, one, rcond=None)[0][[4, 5, 3]] for one in drawn], axis=0
    )
    need(abs(pair) < 0.2, f"Genes 1 and 2 still interact: {pair:.2f}, was 2.")
    need(abs(main - 1) < 0.2, f"The main effect of gene 3 went: {main:.2f}, was 1.")
    need(
        abs(other - 1) < 0.2,
        f"The interaction of genes 1 and 3 went as well: {other:.2f}, was 1. Perm I "
        "removes all of them; your null model must hold the other pairs.",
    )
    spread = np.std(np.stack(drawn), axis=0).mean()
    need(spread > 0.5, "The permuted traits are all the same: permute the residual.")
    right("Only this pair is gone. For 45 pairs that takes 45 null models.")
