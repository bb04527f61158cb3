"""Worlds in which nothing, or one pair, is multiplied, and a test of pairs in them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from torch import nn

from helpers import checks
from helpers.data.splits import Folds
from helpers.explain import filters
from helpers.significance.calibration import rejection_rates
from helpers.significance.factor_pairs import (
    FactorPairs,
    ReadOut,
    composition_columns,
    factor_pairs_test,
    name_factors,
)
from helpers.studies.factorization.frozen import features
from helpers.studies.factorization.settings import ANSWERS
from helpers.studies.factorization.simulated import Network, World
from helpers.studies.factorization.training import Recipe, areas, train
from helpers.truth import planted
from helpers.truth.planted import MotifSequences

KINDS = ("additive", "curved", "one pair", "ten pairs")
NO_PAIR = ("additive", "curved")  # worlds in which each call is false
PAIR = (0, 1)  # the pair of "one pair"
SLOPE = 1.0  # logits a standard deviation of the sum, or of the curve


def draw(
    kind: str, n: int, length: int, strength: float, *, seed: int
) -> tuple[MotifSequences, np.ndarray]:
    """Return sequences with three of twenty motifs, and labels drawn from a logit.

    Parameters
    ----------
    kind : {"additive", "curved", "one pair", "ten pairs"}
        additive: motifs have weights. curved: the square of the share of G and C, which
        motifs do not enter. one pair: additive, plus `strength` where two certain
        motifs meet. ten pairs: `strength` where partners meet, less it elsewhere.
    n, length : int
        Sequences; in bp.
    strength : float
        In logits.

    Returns
    -------
    MotifSequences and array of uint8, shape (n,)
    """
    checks.one_of("kind", kind, KINDS)
    world = World(n, length, positives=0.5 if kind == "ten pairs" else None)
    sample, paired = world.sequences(seed=seed)
    rng = np.random.default_rng([seed, 7])
    if kind == "ten pairs":
        logit = strength * (2.0 * paired[:, 0] - 1)
    elif kind == "curved":
        share = np.isin(sample.bases, (1, 2)).mean(axis=1)  # of C and G
        logit = SLOPE * standard(standard(share) ** 2)
    else:
        weights = rng.normal(size=sample.present.shape[1])
        logit = SLOPE * standard(sample.present @ weights)
        if kind == "one pair":
            logit = logit + strength * sample.present[:, PAIR].all(axis=1)
    labels = rng.random(n) < 1 / (1 + np.exp(-logit))
    return sample, labels.astype(np.uint8)


def standard(values: np.ndarray) -> np.ndarray:
    """Return values with mean 0 and standard deviation 1."""
    return (values - values.mean()) / values.std()


def pairs_tested(  # the arguments of a stored step are its key
    *,
    kind: str,
    n: int,
    length: int,
    network: dict,
    recipe: dict,
    strength: float = 3.0,
    seeds: list,
    composition: bool = False,
    device: str = "auto",
) -> pd.DataFrame:
    """Learn filters on half of the rows, and test pairs of factors on the other half.

    Parameters
    ----------
    kind, n, length, strength
        Of `draw`.
    network, recipe : dict
        Of `Network` (with factors) and `Recipe`; the same recipe trains a sum.
    seeds : list of int
        One data set each, with networks of its own.
    composition : bool
        Whether the sum may bend with base composition (`composition_columns`).

    Returns
    -------
    DataFrame
        A row a data set: kind, strength, seed, p (that no two factors work
        together), first and second (the strongest pair), true (whether these are
        partners of the world), named (filters with a name), auc and auc_sum (of the
        machine and of the sum, on the other half).
    """
    settings = (Network(**network), Recipe(**recipe))
    rows = []
    for seed in seeds:
        data = draw(kind, n, length, strength, seed=seed)
        frozen = learned_on(*data, *settings, seed=seed, device=device)
        test = frozen.test(composition=composition, seed=seed, device=device)
        first, second = top_pair(test)
        rows.append(
            {
                "kind": kind,
                "strength": float(strength),
                "seed": seed,
                "p": test.p,
                "first": first,
                "second": second,
                "true": is_true(kind, first, second),
                "named": sum(name is not None for name in frozen.factors),
                "auc": frozen.area,
                "auc_sum": frozen.area_sum,
            }
        )
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class Frozen:
    """Filters of one half of the rows, and what they say of the other.

    Parameters
    ----------
    averages : array, shape (n / 2, n_filters)
    bases, y : array
        Of the same rows.
    factors : list of str or None
        Name of the factor each filter answers.
    n_factors : int
        Length of a filter's vector.
    area, area_sum : float
        Of the machine that taught the filters, and of a sum, on the same rows.
    """

    averages: np.ndarray
    bases: np.ndarray
    y: np.ndarray
    factors: list[str | None]
    n_factors: int
    area: float
    area_sum: float

    def test(
        self, *, composition: bool, n_redraws: int = 199, seed: int, device: str
    ) -> FactorPairs:
        """Test pairs of factors; the sum may bend with base composition."""
        beside = np.zeros((len(self.y), 0))
        if composition:
            beside = composition_columns(self.bases)
        return factor_pairs_test(
            np.hstack([self.averages, beside]),
            self.y,
            [*self.factors, *[None] * beside.shape[1]],
            n_redraws=n_redraws,
            read_out=ReadOut(n_factors=self.n_factors),
            seed=seed,
            device=device,
        )


def learned_on(
    sample: MotifSequences,
    y: np.ndarray,
    network: Network,
    recipe: Recipe,
    *,
    seed: int,
    device: str = "auto",
) -> Frozen:
    """Learn filters on half of the rows, and name them.

    Parameters
    ----------
    sample, y
        Of `draw`.
    network : Network
        With factors; a sum of as many filters is trained beside it.
    """
    checks.integer("n_factors", network.n_factors, at_least=1)
    half = np.arange(len(y)) < len(y) // 2
    machine, area = learn(network, recipe, sample.bases, y, half, seed, device)
    alone = Network(network.n_filters, network.width, threshold=network.threshold)
    _, area_sum = learn(alone, recipe, sample.bases, y, half, seed, device)
    found = features(machine, sample.bases)  # type: ignore[arg-type]  # with factors
    names = list(planted.consensus_strings())
    answers = filters.response_correlations(found[half], sample.present[half])
    return Frozen(
        found[~half],
        sample.bases[~half],
        y[~half],
        name_factors(answers, names, ANSWERS),
        network.n_factors,
        area,
        area_sum,
    )


def top_pair(test: FactorPairs) -> tuple[str, str]:
    """Return the strongest pair; dashes where no two factors have a filter."""
    if not len(test.table):
        return "–", "–"
    return tuple(test.table[["first", "second"]].iloc[0])


def learn(
    network: Network,
    recipe: Recipe,
    bases: np.ndarray,
    y: np.ndarray,
    half: np.ndarray,
    seed: int,
    device: str,
) -> tuple[nn.Module, float]:
    """Train a network on half of the rows; return it, and its area on the others.

    A fifth of its half stops it.
    """
    stops = half & (np.arange(len(y)) % 5 == 0)
    parts = Folds((half & ~stops)[None], stops[None], ~half[None])
    started = [network.build(seed=1000 * seed)]
    target = y[:, None]
    trained = train(started, bases, target, parts, recipe, seed=seed, device=device)
    area = areas(trained, bases, target, parts.test)[0, 0]
    return trained.network(0), float(area)


def is_true(kind: str, first: str, second: str) -> bool:
    """Return whether two motifs are partners in a world."""
    names = list(planted.consensus_strings())
    if kind in NO_PAIR or not {first, second} <= set(names):
        return False
    pair = tuple(sorted((names.index(first), names.index(second))))
    return pair in ((PAIR,) if kind == "one pair" else planted.published_pairs())


def rates(tested: pd.DataFrame, alpha: float = 0.05) -> pd.DataFrame:
    """Return how often each world's test rejects, with an exact 95% interval.

    Parameters
    ----------
    tested : DataFrame
        Of `pairs_tested`.
    """
    rows = []
    for (kind, strength), some in tested.groupby(["kind", "strength"], sort=False):
        # A p-value of exactly alpha rejects too: they are multiples of 1 / 200.
        (rate,) = rejection_rates(some["p"], alpha=(alpha + 1e-9,)).to_dict("records")
        rows.append(
            {
                "World": kind,
                "Strength": strength,
                "Data sets": rate["n"],
                "p at most 0.05": rate["rejected"],
                "95% interval": f"{rate['rejected_low']:.2f} to "
                f"{rate['rejected_high']:.2f}",
                "Strongest pair true": some["true"].mean(),
                "Area, machine less sum": (some["auc"] - some["auc_sum"]).mean(),
            }
        )
    return pd.DataFrame(rows)


def false_call_words(tested: pd.DataFrame, alpha: float = 0.05) -> str:
    """Say how often the test called a pair in each world where there is none."""
    counts = [
        f"in {(some['p'] <= alpha + 1e-9).sum()} of {len(some)} data sets of *{kind}* "
        f"({alpha * len(some):.1f} expected)"
        for kind, some in tested[tested["kind"].isin(NO_PAIR)].groupby("kind")
    ]
    return f"No pair is there, and one is called {' and '.join(counts)}."
