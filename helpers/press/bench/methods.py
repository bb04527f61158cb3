"""What each detector and each test costs, on one small task of a size that is said.

Costs depend on rows, features and pairs, hardly on what was learned; so the models that
are asked have random weights, or a few trees.
"""

from collections.abc import Callable
from itertools import combinations

import numpy as np
import torch
import xgboost
from sklearn.ensemble import HistGradientBoostingRegressor

from helpers import device as machine
from helpers.data.motifs import Motif
from helpers.detectors import (
    additive,
    anova,
    archdetect,
    boosting,
    factorization,
    groves,
    hierarchical_lasso,
    interactions,
    rulefit,
    shapley,
    weights,
)
from helpers.networks.factorization import MotifNetwork
from helpers.networks.mlp import MLP
from helpers.press.bench.timing import REPEATS, Row, Timed, in_turn
from helpers.significance import factor_pairs, held_out, motif_pairs, permutation, refit
from helpers.significance.interaction import interaction_test
from helpers.truth.responses import effects

SECONDS = "seconds"
FEATURES = 10


class Task:
    """What the detectors are asked about: a table, a network and trees for it.

    Features are uniform; the outcome has one product, one main effect and noise.
    """

    def __init__(self, rows: int, features: int = FEATURES) -> None:
        rng = np.random.default_rng(0)
        self.features = features
        self.X = rng.uniform(-1, 1, (rows, features))
        noise = rng.normal(0, 0.1, rows)
        self.y = self.X[:, 0] * self.X[:, 1] + self.X[:, 2] + noise

    def network(self) -> MLP:
        """Return chapter 5's network with random weights."""
        with machine.seeded(0):
            return MLP(self.features)

    def trees(self) -> HistGradientBoostingRegressor:
        """Return a fitted boosted model of 50 trees."""
        model = HistGradientBoostingRegressor(max_iter=50, random_state=0)
        return model.fit(self.X, self.y)


def _detectors(rows: int) -> dict[str, tuple[int, Callable[[], object]]]:
    """Return rows, and what to call, of each detector."""
    task, few = Task(rows), Task(max(50, rows // 10))
    X, y, network = task.X, task.y, task.network()
    trees, small = task.trees(), few.X
    boosted = xgboost.XGBRegressor(n_estimators=50, n_jobs=1).fit(X, y)
    reader = MotifNetwork(20, width=20, n_factors=20, seed=0)
    sequences = np.random.default_rng(2).integers(0, 4, (rows, 100)).astype(np.uint8)
    table = (X.astype(np.float32), y)
    return {
        "nid_pairs": (0, lambda: weights.nid_pairs(network)),
        "nid_ranking": (0, lambda: weights.nid_ranking(network)),
        "archdetect": (rows, lambda: archdetect.archdetect(network, X)),
        "shapley_pairs": (
            len(small),
            lambda: shapley.shapley_pairs(network, small),
        ),
        "factorization": (
            rows,
            lambda: factorization.factorization(reader, sequences),
        ),
        "h_statistic": (50, lambda: boosting.h_statistic(trees, X)),
        "shap_interactions": (100, lambda: boosting.shap_interactions(boosted, X)),
        "fast": (rows, lambda: additive.fast(*table)),
        "two_way_anova": (rows, lambda: anova.two_way_anova(X, y)),
        "product_lasso": (rows, lambda: anova.product_lasso(X, y)),
        "hierarchical_lasso": (
            rows,
            lambda: hierarchical_lasso.hierarchical_lasso(X, y),
        ),
        "rulefit": (200, lambda: rulefit.rulefit(X[:200], y[:200], sets=[(0, 1)])),
        "additive_groves": (
            200,
            lambda: groves.additive_groves(
                X[:200], y[:200], sets=[(0, 1)], bags=2, repeats=2, max_cycles=5
            ),
        ),
        "constrained_boosting": (
            rows,
            lambda: groves.constrained_boosting(
                X, y, sets=[(0, 1)], n_trees=100, repeats=2
            ),
        ),
    }


def _tests(rows: int) -> dict[str, tuple[int, Callable[[], object]]]:
    """Return rows, and what to call, of each test."""
    few = Task(max(rows // 2, 500), 5)  # the least the interaction test takes
    rng = np.random.default_rng(3)
    four = effects(rng.normal(5, 1, (2, 2, rows)))
    labels = rng.poisson(5, rows).astype(float)
    seen = held_out.HeldOut(four.intact, four.without_interaction, labels, "mse")
    pairs = tuple(combinations(range(FEATURES), 2))
    observed = interactions.Interactions(
        pairs, rng.random(len(pairs)), tuple("abcdefghij"), "measured"
    )
    null = rng.random((999, len(pairs)))
    words = [
        Motif(name, np.eye(4)[rng.integers(0, 4, 8)] * 0.9 + 0.025) for name in "ab"
    ]
    sequences = rng.integers(0, 4, (rows // 4, 100)).astype(np.uint8)
    for word, start in zip(words, (20, 60), strict=True):  # each stands in each
        sequences[:, start : start + 8] = word.ppm.argmax(axis=1)
    reader = MotifNetwork(20, width=20, seed=0).eval()
    averages, factors = rng.normal(3, 0.1, (rows, 6)), list("abcdef")
    read_out = factor_pairs.ReadOut(n_factors=3, epochs=5)
    return {
        "interaction_test": (len(few.X), lambda: interaction_test(few.X, few.y)),
        "paired_test": (rows, lambda: held_out.paired_test(seen)),
        "unpaired_test": (rows, lambda: held_out.unpaired_test(seen)),
        "refit_test": (rows, lambda: refit.refit_test(four, labels)),
        "permutation_test": (999, lambda: permutation.permutation_test(observed, null)),
        "held_out_interaction": (
            len(sequences),
            lambda: motif_pairs.held_out_interaction(
                reader,
                sequences,
                np.zeros(len(sequences)),
                words,
                loss="mse",
                encoding="bases",
                n_draws=2,
            ),
        ),
        "factor_pairs_test": (
            rows,
            lambda: factor_pairs.factor_pairs_test(
                averages, labels > 5, factors, n_redraws=19, read_out=read_out
            ),
        ),
    }


def measure_methods(rows: int = 1_000, *, repeats: int = REPEATS) -> list[Row]:
    """Return processor seconds of one call of each detector and each test.

    Parameters
    ----------
    rows : int
        Rows of the table; a method that is asked about fewer says so in its row.
    repeats : int
        Timings of which the median is kept; methods take turns.
    """
    timed = []
    for section, methods in (("detector", _detectors(rows)), ("test", _tests(rows))):
        for name, (n, call) in methods.items():
            row = Row(section, name, "alone", SECONDS, rows=n)
            timed.append(Timed(row, call))
    with machine.threads(1), torch.random.fork_rng():
        for one in timed:  # what is compiled or imported once
            one.work()
        return in_turn(timed, repeats)
