"""Networks that read sequences: factors, knock-outs, held-out loss, redrawn labels."""

from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import nn

from helpers.ensemble import Adam, Ensemble, exponential
from helpers.explain.filters import response_correlations
from helpers.networks.factorization import MotifNetwork
from helpers.significance.factor_pairs import (
    FactorPairs,
    ReadOut,
    factor_pairs_test,
    factor_scores,
    name_factors,
)
from helpers.significance.motif_pairs import held_out_interaction, score_limit
from helpers.studies.factorization.frozen import features
from helpers.studies.factorization.settings import ANSWERS
from helpers.studies.matrix.kinds import Answer, Data, Learners, Method
from helpers.studies.matrix.methods.networks import LOSSES
from helpers.truth.sequences import window_scores

NETWORK = {"n_filters": 20, "width": 12, "n_factors": 10}
TRAINING = {"batch_size": 250, "max_epochs": 30, "patience": 30}
RATE, DECAY = 0.01, 0.95
REDRAWS = 99
DRAWS = 2  # replacements of each motif instance


def halves(data: Data) -> np.ndarray:
    """Return which rows teach the filters; bool, shape (n,)."""
    return np.arange(len(data.y)) < len(data.y) // 2


def outcome(data: Data) -> np.ndarray:
    """Return what networks learn: labels, or numbers of mean 0 and variance 1."""
    if data.family == "binomial":
        return data.y
    seen = data.y[halves(data)]
    return (data.y - seen.mean()) / seen.std()


def trained(data: Data, seed: int, learners: Learners) -> MotifNetwork:
    """Return a factorization machine on filters, trained on half of the rows."""

    def make() -> nn.Module:
        learn = halves(data)
        stop = learn & (np.arange(len(learn)) % 5 == 0)
        network = MotifNetwork(**NETWORK, seed=1_000 * seed)  # type: ignore[arg-type]  # settings
        ensemble = Ensemble([network], device="cpu").fit(
            data.bases,
            outcome(data)[:, None],
            train=learn & ~stop,
            validation=stop,
            loss=LOSSES[data.family],
            optimizer=Adam(lr=RATE),
            schedule=exponential(DECAY),
            seeds=seed,
            progress=False,
            **TRAINING,  # type: ignore[arg-type]  # settings
        )
        return ensemble.network(0)

    return learners.get("motif network", make)


def present(data: Data) -> np.ndarray:
    """Return which motifs each sequence holds, by their best windows."""
    return np.stack(
        [
            window_scores(data.bases, motif).max(1) > score_limit(motif)
            for motif in data.motifs
        ],
        axis=1,
    )


def named(data: Data, seed: int, learners: Learners) -> list[str | None]:
    """Return the motif that each filter answers on the rows that taught it."""
    found = features(trained(data, seed, learners), data.bases)
    rows = halves(data)
    answers = response_correlations(found[rows], present(data)[rows])
    return name_factors(answers, _names(data), ANSWERS)


def _names(data: Data) -> list[str]:
    return [motif.label for motif in data.motifs]


def factors(data: Data, seed: int, learners: Learners) -> Answer:
    """Rank by the vectors of the filters that answer the two motifs."""
    network = trained(data, seed, learners)
    weights = network.read_out.pair_weights()[:1].detach().numpy()
    pairs, scores = factor_scores(weights, named(data, seed, learners))
    return Answer(_placed(data, dict(zip(pairs, scores[0], strict=True)), 0.0))


def redrawn(data: Data, seed: int, learners: Learners) -> Answer:
    """Test pairs of factors against labels redrawn from a sum (chapter 3)."""
    rows = ~halves(data)
    found: FactorPairs = factor_pairs_test(
        features(trained(data, seed, learners), data.bases)[rows],
        data.y[rows],
        named(data, seed, learners),
        n_redraws=REDRAWS,
        read_out=ReadOut(n_factors=NETWORK["n_factors"]),
        seed=seed,
        device="cpu",
    )
    table = found.table
    pairs = list(zip(table["first"], table["second"], strict=True))
    p = _placed(data, dict(zip(pairs, table["p"], strict=True)), 1.0)
    scores = _placed(data, dict(zip(pairs, table["score"], strict=True)), 0.0)
    return Answer(scores, p, p)


def _placed(data: Data, values: dict, absent: float) -> np.ndarray:
    """Return values of pairs of names in the order of the data's pairs."""
    by_pair = {frozenset(pair): value for pair, value in values.items()}
    pairs = combinations(_names(data), 2)
    return np.array([by_pair.get(frozenset(pair), absent) for pair in pairs], float)


class _Scaled(nn.Module):
    """The network's prediction in the units of the loss, of channels of bases."""

    def __init__(self, network: MotifNetwork, probability: bool) -> None:
        super().__init__()
        self.network, self.probability = network, probability

    def forward(self, bases: torch.Tensor) -> torch.Tensor:
        """Return predictions, (n, 1), of base numbers (n, length)."""
        said = self.network(bases)
        return torch.sigmoid(said) if self.probability else said


def _held_out(data: Data, seed: int, learners: Learners) -> pd.DataFrame:
    """Return the tests of chapter 1 for every pair of motifs, on the other half."""

    def ask() -> pd.DataFrame:
        binary = data.family == "binomial"
        model = _Scaled(trained(data, seed, learners), binary).eval()

        def predict(bases: np.ndarray) -> np.ndarray:
            with torch.no_grad():
                return model(torch.as_tensor(bases)).numpy()

        rows = ~halves(data)
        return held_out_interaction(
            predict,
            data.bases[rows],
            outcome(data)[rows],
            data.motifs,
            loss="cross-entropy" if binary else "mse",
            encoding="bases",
            n_draws=DRAWS,
            seed=seed,
        )

    return learners.get("held out", ask)


def _of_test(
    data: Data, seed: int, learners: Learners, test: str, column: str
) -> np.ndarray:
    """Return a column of one of the tests by pair; NaN for pairs too rare to test."""
    table = _held_out(data, seed, learners)
    rows = table[table["test"] == test]
    pairs = [tuple(pair.split(" × ")) for pair in rows["pair"]]
    return _placed(data, dict(zip(pairs, rows[column], strict=True)), np.nan)


def knocked_out(data: Data, seed: int, learners: Learners) -> Answer:
    """Rank by the mean absolute interaction of motifs knocked out."""
    size = _of_test(data, seed, learners, "paired", "size")
    return Answer(np.nan_to_num(size))


def held_out(data: Data, seed: int, learners: Learners, *, paired: bool) -> Answer:
    """Test the loss with and without the interaction, as in chapter 1."""
    name = "paired" if paired else "unpaired"
    p = _of_test(data, seed, learners, name, "p")
    return Answer(-np.nan_to_num(p, nan=1.0), p)


def _method(ask: Callable[..., Answer], about: str, **more: Any) -> Method:
    return Method(ask, about, kinds=("sequences",), **more)


METHODS = {
    "factors of filters": _method(factors, "vectors of a machine on filters"),
    "motif knock-outs": _method(knocked_out, "mean |I| of motifs knocked out"),
    "held-out loss, paired, motifs": _method(
        held_out, "chapter 1, on sequences", tests=True, knobs={"paired": True}
    ),
    "held-out loss, unpaired, motifs": _method(
        held_out, "chapter 1, not row by row", tests=True, knobs={"paired": False}
    ),
    "redrawn labels": _method(
        redrawn,
        "the form of the test for sequences (chapter 3)",
        tests=True,
        families=("binomial",),
    ),
}
