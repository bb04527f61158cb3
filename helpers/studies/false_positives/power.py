"""How often each test rejects over graded interactions: power and false positives."""

from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd

from helpers import checks
from helpers.data.kinds import Predict
from helpers.device import Device
from helpers.networks.cnn import CNN
from helpers.significance.held_out import (
    effect_size_test,
    paired_test,
    reference_test,
    unpaired_test,
)
from helpers.significance.refit import refit_test
from helpers.studies.false_positives.measures import held_out, seen_effects
from helpers.studies.false_positives.training import fit
from helpers.studies.false_positives.worlds import motifs, trial_pairs
from helpers.truth.responses import (
    LOWEST_COUNT,
    anscombe,
    occupancy,
    poisson_counts,
    rate,
)
from helpers.truth.sequences import simulate


def reject_or_not(
    *,
    strengths: Sequence[float],
    n_train: int,
    trials: int,
    n_pairs: Sequence[int],
    epochs: int,
    seed: int,
    n_test_error: int = 0,
    device: Device = "auto",
) -> pd.DataFrame:
    """Return p-values for every number of pairs, each trial with data of its own.

    Parameters
    ----------
    strengths : list of float
        Of the interaction: 0 is the negative, 1 the positive control.
    n_train : int
        Training sequences of each trial's network; 0 tests the truth itself.
    trials : int
    n_pairs : list of int
        Motif pairs that are tested; the smaller numbers are the first of the larger.
    epochs, seed : int
    n_test_error : int
        New sequences for the mean squared error of each network; 0 leaves it out.
    device : str

    Returns
    -------
    DataFrame
        test, p, median, strength, n_train, n_pairs, trial, and mse if it was
        asked for.
    """
    checks.not_empty(n_pairs=n_pairs)
    graded, counts, labels, predict = _predictions(
        strengths, n_train, trials, max(n_pairs), epochs, seed, device
    )
    errors = {}
    if n_train and n_test_error:
        errors = {"mse": _errors(predict, graded, n_test_error, seed)}  # type: ignore[arg-type]  # trained
    rows = []
    for run, (strength, trial) in enumerate(graded):
        for n in n_pairs:
            seen = {name: seen_effects(c[run][..., :n]) for name, c in counts.items()}
            rows.append(
                _tests(seen, labels[run][:n]).assign(
                    strength=strength,
                    n_train=n_train,
                    n_pairs=n,
                    trial=trial,
                    **{name: values[run] for name, values in errors.items()},
                )
            )
    return pd.concat(rows, ignore_index=True)


def refit_or_not(
    *,
    strengths: Sequence[float],
    n_train: int,
    trials: int,
    n_pairs: int,
    epochs: int,
    seed: int,
    n_test_error: int,
    device: Device = "auto",
) -> pd.DataFrame:
    """Test trained networks as they are, and after their main effects are refitted.

    Parameters
    ----------
    strengths, n_train, trials, epochs, seed, device
        As in `reject_or_not`.
    n_pairs : int
        Motif pairs that are tested, at least 500.
    n_test_error : int
        New sequences for the mean squared error of each network.

    Returns
    -------
    DataFrame
        One row a trial and strength: strength, trial, mse, size (mean |I|), paired and
        refitted (p-values), supported (share of the interaction that labels support).
    """
    graded, counts, labels, predict = _predictions(
        strengths, n_train, trials, n_pairs, epochs, seed, device
    )
    mse = _errors(predict, graded, n_test_error, seed)  # type: ignore[arg-type]  # trained
    rows = []
    for run, (strength, trial) in enumerate(graded):
        seen = seen_effects(counts["motifs"][run])
        after = refit_test(seen, labels[run]).iloc[0]
        rows.append(
            {
                "strength": strength,
                "trial": trial,
                "mse": mse[run],
                "size": np.abs(seen.interaction).mean(),
                "paired": paired_test(held_out(seen, labels[run]))["p"][0],
                "refitted": after["p"],
                "supported": after["supported"],
            }
        )
    return pd.DataFrame(rows)


def _predictions(
    strengths: Sequence[float],
    n_train: int,
    trials: int,
    n_pairs: int,
    epochs: int,
    seed: int,
    device: Device,
) -> tuple[
    list[tuple[float, int]], dict[str, np.ndarray], list[np.ndarray], Predict | None
]:
    """Return (strength, trial) of every run, predicted counts, labels and predictor.

    Counts are {set: array (n_runs, 2, 2, n_pairs)}, the truth's if `n_train` is 0.
    """
    checks.integer("trials", trials, at_least=1)
    checks.not_empty(strengths=strengths)
    sets = [trial_pairs(n_pairs, trial, seed) for trial in range(trials)]
    graded = list(product(strengths, range(trials)))
    bound_by = {name: [occupancy(s[name], motifs()) for s in sets] for name in sets[0]}
    truth = {
        name: np.stack([rate(q[trial], strength) for strength, trial in graded])
        for name, q in bound_by.items()
    }
    draws = [[seed, 27, trial, round(1000 * strength)] for strength, trial in graded]
    labels = [
        poisson_counts(four[1, 1], seed=draw)
        for four, draw in zip(truth["motifs"], draws, strict=True)
    ]
    if not n_train:
        return graded, truth, labels, None
    predict = _trained(graded, draws, n_train, epochs, seed, device)
    counts = {}
    for name, known in truth.items():
        own = [sets[t][name].reshape(-1, sets[t][name].shape[-1]) for _, t in graded]
        counts[name] = predict(np.stack(own)).reshape(known.shape)
    return graded, counts, labels, predict


def _trained(
    graded: Sequence[tuple[float, int]],
    draws: Sequence[Sequence[int]],
    n_train: int,
    epochs: int,
    seed: int,
    device: Device,
) -> Predict:
    """Train one network a (strength, trial); return its function of own sequences."""
    n = n_train + n_train // 10
    trials = sorted({trial for _, trial in graded})
    X = [simulate(n, motifs(), seed=[seed, 28, t]).sequences for t in trials]
    q = [occupancy(x, motifs()) for x in X]
    seeds = [10_000 * seed + 7_000 + trial for _, trial in graded]
    counts = [
        poisson_counts(rate(q[trial], strength), seed=[*draw, 1])
        for (strength, trial), draw in zip(graded, draws, strict=True)
    ]
    predict, _ = fit(
        [CNN("arch1", seed=i) for i in seeds],
        np.stack([X[trial] for _, trial in graded]),
        np.stack(counts),
        own=True,
        validation=np.arange(n) >= n_train,
        l1_strengths=np.zeros(len(graded)),
        recipe="fast",
        device=device,
        batch_size=64,
        max_epochs=epochs,
        patience=epochs,
        seeds=seeds,
    )
    return predict


def _errors(
    predict: Predict, graded: Sequence[tuple[float, int]], n: int, seed: int
) -> np.ndarray:
    """Return the mean squared error of each network on `n` new sequences."""
    X = simulate(n, motifs(), seed=[seed, 29]).sequences
    bound = occupancy(X, motifs())
    fits = predict(np.broadcast_to(X, (len(graded), *X.shape))).clip(LOWEST_COUNT)
    counts = np.stack(
        [
            poisson_counts(
                rate(bound, strength), seed=[seed, 30, round(1000 * strength)]
            )
            for strength, _ in graded
        ]
    )
    return np.mean((anscombe(fits) - anscombe(counts)) ** 2, axis=1)


def _tests(seen: dict, labels: np.ndarray) -> pd.DataFrame:
    """Return test, p and median of the four tests of one predictor."""
    loss = {name: held_out(seen[name], labels) for name in ("motifs", "random")}
    tests = pd.concat(
        [
            paired_test(loss["motifs"]),
            unpaired_test(loss["motifs"]),
            reference_test(loss["motifs"], loss["random"]),
            effect_size_test(seen["motifs"].interaction, seen["shuffles"].interaction),
        ]
    )
    return tests[["test", "p", "median"]]
