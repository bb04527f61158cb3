"""What nobody can beat: recall and interactions of readers with Bayes' rule."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from helpers import checks
from helpers.explain.knockout import knocked_out, motif_interactions
from helpers.significance.held_out import HeldOut, paired_test
from helpers.studies.negative_data.settings import KINDS, World, constants
from helpers.truth import best_possible
from helpers.truth.grammars import MotifSequences, balanced, combinations, embed
from helpers.truth.responses import EFFECTS, motif_labels, recall_by_count

#: What `shifted_recalls` tries, in units of the label.
NOISES = tuple(round(0.05 * k, 2) for k in range(41))
SHIFTS = tuple(round(0.05 * k, 2) for k in range(-10, 21))


def best_recalls(
    *, motifs: str, length: int, gap: int, n_test: int, constant: float, seed: int
) -> pd.DataFrame:
    """Return the recall of both readers, for both trainings and for counting.

    Parameters
    ----------
    motifs, length, gap
        See `World`.
    n_test : int
        Sequences of each combination.
    constant : float
        See `settings.constants`.
    seed : int

    Returns
    -------
    DataFrame
        reader, kind (of training, or of label), detail ("recall", or a pair of motifs
        that is alone), motifs_present, value, motifs.
    """
    world = World(motifs, length, gap)
    test = balanced(world.grammar, n_test, length=length, seed=seed + 10_000)
    rows = []
    for reader in best_possible.READERS:
        ratios = best_possible.likelihood_ratios(
            test.bases, world.grammar, reader=reader
        )
        rows += [(reader, *r) for r in _calls(ratios, test, world.names)]
        rows += [(reader, *r) for r in _counts(ratios, test, constant)]
    columns = ["reader", "kind", "detail", "motifs_present", "value"]
    return pd.DataFrame(rows, columns=columns).assign(motifs=motifs)


def noisy_recalls(
    *,
    motifs: str,
    length: int,
    gap: int,
    n_test: int,
    labels: Sequence[Sequence],
    seed: int,
) -> pd.DataFrame:
    """Return the recall of the reader with the grammar, blurred to a given total.

    Normal noise of one size, in units of the label, is added to every prediction: as
    much as makes the recall of all sequences the given one. The recalls by number of
    motifs are then what *equally large errors everywhere* would give; a published
    profile that differs has errors which depend on the number of motifs.

    Parameters
    ----------
    motifs, length, gap
        See `World`.
    n_test : int
        Sequences of each combination.
    labels : sequence of (effect, constant, total)
        Kind of label and constant as `motif_labels` takes them; recall of all
        sequences, 0 to 1. Above what the reader reaches, no noise is added.
    seed : int

    Returns
    -------
    DataFrame
        effect, constant (0 where a label has none), noise (standard deviation),
        motifs_present (-1 for all sequences), value, motifs.
    """
    read, rows = _Counted.of(World(motifs, length, gap), n_test, seed), []
    for effect, constant, total in labels:
        checks.number("total", total, at_least=0, at_most=1)
        recall = partial(read.recalls, effect, constant)
        size = _size_of_noise(recall, read.sizes, total)
        about = {"effect": effect, "constant": constant or 0.0, "noise": size}
        rows += [about | row for row in read.rows(recall(size))]
    return pd.DataFrame(rows).assign(motifs=motifs)


def shifted_recalls(
    *,
    motifs: str,
    length: int,
    gap: int,
    n_test: int,
    labels: Sequence[Sequence],
    seed: int,
) -> pd.DataFrame:
    """Return the recall of the reader with the grammar, blurred and shifted to fit.

    Normal noise of one size and one shift of all predictions, in units of the label:
    those of a grid that come nearest to five published recalls (least squares).

    Parameters
    ----------
    motifs, length, gap, n_test, seed
        As for `noisy_recalls`.
    labels : sequence of (effect, constant, recalls)
        Kind of label and constant as `motif_labels` takes them; recalls by number of
        motifs, from 0.

    Returns
    -------
    DataFrame
        effect, shift, noise, rms (of the five differences), unshifted (the same where
        only noise is fitted), motifs_present (-1 for all sequences), value, motifs.
    """
    read, rows = _Counted.of(World(motifs, length, gap), n_test, seed), []
    for effect, constant, wanted in labels:
        wanted = checks.vector("labels: recalls", wanted, length=len(read.sizes))
        tried = {
            (size, shift): read.recalls(effect, constant, size, shift)
            for size in NOISES
            for shift in SHIFTS
        }
        missed = {k: float(np.mean((r - wanted) ** 2) ** 0.5) for k, r in tried.items()}
        size, shift = min(missed, key=lambda k: missed[k])
        unshifted = min(missed[s, 0.0] for s in NOISES)
        about = {"effect": effect, "shift": shift, "noise": size}
        about |= {"rms": missed[size, shift], "unshifted": unshifted}
        rows += [about | row for row in read.rows(tried[size, shift])]
    return pd.DataFrame(rows).assign(motifs=motifs)


@dataclass(frozen=True)
class _Counted:
    """Test sequences, and what the reader with the grammar makes of each.

    weights : (n, n_combinations), probabilities; noise : (n,), standard normal
    """

    test: MotifSequences
    weights: np.ndarray
    noise: np.ndarray

    @classmethod
    def of(cls, world: World, n_test: int, seed: int) -> "_Counted":
        """Draw as many sequences of every combination, and read them."""
        test = balanced(world.grammar, n_test, length=world.length, seed=seed + 10_000)
        ratios = best_possible.likelihood_ratios(
            test.bases, world.grammar, reader="grammar"
        )
        prior = np.full(ratios.shape[1], 1 / ratios.shape[1])
        weights = best_possible.posterior(ratios, prior)
        noise = np.random.default_rng([seed, 71]).standard_normal(len(test))
        return cls(test, weights, noise)

    @property
    def sizes(self) -> np.ndarray:
        """Share of the sequences with each number of motifs."""
        return np.bincount(self.test.counts) / len(self.test)

    def recalls(
        self, effect: str, constant: float | None, size: float, shift: float = 0.0
    ) -> np.ndarray:
        """Return recall by number of motifs, with noise of a size and a shift added."""
        sets = combinations(self.test.present.shape[1])
        guess = self.weights @ motif_labels(sets, effect, constant=constant)
        truth = motif_labels(self.test.present, effect, constant=constant)
        blurred = guess + shift + size * self.noise
        return recall_by_count(blurred, truth, self.test.counts)

    def rows(self, recalls: np.ndarray) -> list[dict]:
        """Return rows of recalls, those of all sequences first."""
        values = {-1: recalls @ self.sizes, **dict(enumerate(recalls))}
        return [{"motifs_present": k, "value": v} for k, v in values.items()]


def _size_of_noise(
    recall: Callable[[float], np.ndarray],
    sizes: np.ndarray,
    wanted: float,
    largest: float = 20.0,
) -> float:
    """Return the size of noise at which the recall of all sequences is the wanted."""
    low, high = 0.0, largest
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if recall(middle) @ sizes > wanted else (low, middle)
    return low


def _calls(
    ratios: np.ndarray, test: MotifSequences, names: Sequence[str]
) -> Iterator[tuple]:
    """Yield recall of a reader who classifies, by number of motifs and by pair."""
    for share, kind in KINDS.items():
        prior = best_possible.training_prior(len(names), share)
        called = best_possible.posterior(ratios, prior)[:, -1] > 0.5
        right = called == (test.labels == 1)
        for k in range(len(names) + 1):
            yield kind, "recall", k, right[test.counts == k].mean()
        for pair in itertools.combinations(range(len(names)), 2):
            held = test.present[:, pair].all(axis=1) & (test.counts == 2)
            yield kind, "-".join(names[i] for i in pair), 2, right[held].mean()


def _counts(
    ratios: np.ndarray, test: MotifSequences, constant: float
) -> Iterator[tuple]:
    """Yield recall of a reader who counts, by kind of label and number of motifs."""
    sets = combinations(test.present.shape[1])
    weights = best_possible.posterior(ratios, np.full(len(sets), 1 / len(sets)))
    for effect in EFFECTS:
        c = constants(constant)[effect]
        label = motif_labels(sets, effect, constant=c)
        truth = motif_labels(test.present, effect, constant=c)
        recall = recall_by_count(weights @ label, truth, test.counts)
        yield from ((effect, "recall", k, value) for k, value in enumerate(recall))


def reader_interactions(
    world: World, effect: str, *, constant: float, n: int, seed: int
) -> pd.DataFrame:
    """Return each reader's mean interactions and calls, by order of the set.

    Parameters
    ----------
    world : World
    effect : str
        Kind of label.
    constant : float
        See `settings.constants`.
    n : int
        Sequences with all motifs.
    seed : int

    Returns
    -------
    DataFrame
        A row a reader and order: kind, who, order, value (mean interaction, in units
        of the label), called (share of sets whose removal raises the loss), shortfall
        (mean of label less prediction).
    """
    sets = combinations(len(world.names))
    whole = embed(
        world.grammar,
        np.ones((n, sets.shape[1]), bool),
        length=world.length,
        seed=seed + 3,
    )
    replaced = knocked_out(whole, seed=seed).reshape(-1, world.length)
    label = motif_labels(sets, effect, constant=constants(constant)[effect])
    target, order, rows = np.full(n, label[-1]), sets.sum(axis=1), []
    for reader in best_possible.READERS:
        guess = best_possible.expected_label(
            replaced, world.grammar, label, reader=reader
        ).reshape(len(sets), -1)
        found, intact = motif_interactions(guess), guess[-1:]
        for k in range(1, sets.shape[1] + 1):
            called = [
                _needed(intact, found[[s]], target) for s in np.flatnonzero(order == k)
            ]
            rows.append(
                {"kind": effect, "who": f"best {reader} reader", "order": k}
                | {"value": found[order == k].mean(), "called": np.mean(called)}
                | {"shortfall": np.mean(target - intact)}
            )
    return pd.DataFrame(rows)


def _needed(intact: np.ndarray, interaction: np.ndarray, target: np.ndarray) -> bool:
    """Return whether predictions get worse without an interaction, of 15 tried."""
    tested = paired_test(HeldOut(intact, intact - interaction, target, "mse"))
    return tested["p"].item() * 15 <= 0.05
