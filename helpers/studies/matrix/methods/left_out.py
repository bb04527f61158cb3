"""Held-out loss: with and without a pair's term, with and without its columns."""

from itertools import combinations

import numpy as np
from scipy import stats
from scipy.special import expit
from sklearn.ensemble import HistGradientBoostingClassifier as Classifier
from sklearn.ensemble import HistGradientBoostingRegressor as Regressor

from helpers.device import seeded
from helpers.ensemble import Adam, Ensemble
from helpers.networks.mlp import MLPM
from helpers.significance.held_out import HeldOut, paired_test, unpaired_test
from helpers.significance.interaction.direction import mixed_differences
from helpers.studies.matrix.kinds import Answer, Data, Learners, Method
from helpers.studies.matrix.methods.networks import LOSSES, TRAINING, scaled

REFERENCES = 20  # rows that a knocked-out feature takes its value from
TREES = 100
LEAST = 1e-6  # of a predicted probability


def halves(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return rows to learn from (two thirds) and rows held out."""
    order = np.random.default_rng([seed, 73]).permutation(n)
    return order[: 2 * n // 3], order[2 * n // 3 :]


def terms(data: Data, seed: int, learners: Learners) -> list[HeldOut]:
    """Return for each pair the losses of a network with and without its term."""

    def make() -> list[HeldOut]:
        X, y = scaled(data)
        learn, test = halves(len(y), seed)
        stop = learn[: len(learn) // 5]
        with seeded(1_000 * seed):
            network = MLPM(X.shape[1])
        ensemble = Ensemble([network], device="cpu").fit(
            X,
            y,
            train=np.isin(np.arange(len(y)), learn[len(learn) // 5 :]),
            validation=np.isin(np.arange(len(y)), stop),
            loss=LOSSES[data.family],
            optimizer=Adam(lr=5e-3),
            seeds=1_000 * seed,
            progress=False,
            **TRAINING,
        )

        def ask(rows: np.ndarray) -> np.ndarray:
            return ensemble.predict(rows.astype(np.float32))[0, :, 0].astype(float)

        columns = [(k,) for k in range(data.n_features)]
        term = mixed_differences(
            ask, X[test], X[learn[:REFERENCES]], data.pairs, columns
        )
        return [_losses(data, ask(X[test]), one, y[test]) for one in term.T]

    return learners.get("terms", make)


def _losses(data: Data, said: np.ndarray, term: np.ndarray, y: np.ndarray) -> HeldOut:
    """Return losses with and without a term, of numbers or of logits."""
    if data.family == "gaussian":
        return HeldOut(said, said - term, y, loss="mse")
    return HeldOut(expit(said), expit(said - term), y, loss="cross-entropy")


def held_out(data: Data, seed: int, learners: Learners, *, paired: bool) -> Answer:
    """Test whether the loss rises when a pair's term is left out (chapter 1)."""
    ask = paired_test if paired else unpaired_test
    tests = [ask(losses).iloc[0] for losses in terms(data, seed, learners)]
    rise = np.array([losses.change.mean() for losses in terms(data, seed, learners)])
    return Answer(rise, np.array([test["p"] for test in tests]))


def refitted(data: Data, seed: int, _learners: Learners) -> Answer:
    """Test whether two columns are worth more together than each beside the other.

    Boosted trees are fitted with all columns, without i, without j, and without both;
    the rise without both, less the two single rises, is zero for a pair that does not
    interact if learners are consistent and features independent.

    Source
    ------
    Little, Ning and Allen (2025), on one split instead of their minipatches.
    """
    learn, test = halves(len(data.y), seed)
    maker = Regressor if data.family == "gaussian" else Classifier

    def error(*members: int) -> np.ndarray:
        kept = [k for k in range(data.n_features) if k not in members]
        model = maker(max_iter=TREES, random_state=seed)
        model.fit(data.X[learn][:, kept], data.y[learn])
        if data.family == "gaussian":
            return (data.y[test] - model.predict(data.X[test][:, kept])) ** 2
        p = model.predict_proba(data.X[test][:, kept])[:, 1].clip(LEAST, 1 - LEAST)
        return -np.where(data.y[test] == 1, np.log(p), np.log(1 - p))

    whole, single = error(), [error(k) for k in range(data.n_features)]
    gain = np.stack(
        [
            (single[i] - whole) + (single[j] - whole) - (error(i, j) - whole)
            for i, j in combinations(range(data.n_features), 2)
        ]
    )
    z = gain.mean(1) / np.maximum(gain.std(1) / np.sqrt(len(test)), 1e-300)
    return Answer(z, stats.norm.sf(z))


METHODS = {
    "held-out loss, paired": Method(
        held_out,
        "a network's loss with and without the term (chapter 1)",
        tests=True,
        most_features=50,
        knobs={"paired": True},
    ),
    "held-out loss, unpaired": Method(
        held_out,
        "the same, losses not compared row by row",
        tests=True,
        most_features=50,
        knobs={"paired": False},
    ),
    "iLOCO": Method(
        refitted, "trees refitted without one, the other, both", tests=True,
        most_features=12, most_work=200_000,
    ),
}  # fmt: skip
