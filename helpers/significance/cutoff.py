"""Where a ranking of interactions ends: how many of its sets a model needs.

A ranking has no zero. The cut-off gives it one: build additive models
(`helpers.networks.gam`) with one more of the ranked sets at a time, and stop where they
predict as well as a network that may use all interactions.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from helpers import checks
from helpers.data.kinds import Sets
from helpers.detectors.interactions import Interactions, prune
from helpers.device import Device, seeded
from helpers.ensemble import Ensemble
from helpers.networks.gam import InteractionGAM


def rmse(truth: np.ndarray, output: np.ndarray) -> float:
    """Return the root mean square error."""
    return float(np.sqrt(np.mean((truth - output) ** 2)))


def maximal_sets(sets: Sets) -> tuple[tuple[int, ...], ...]:
    """Return the sets that no other of `sets` contains, in their order, each once."""
    groups = list(dict.fromkeys(map(frozenset, sets)))
    return tuple(
        tuple(sorted(s)) for s in groups if not any(s < other for other in groups)
    )


def find_cutoffs(  # as scikit-learn's options: each by its name
    rankings: Sequence[Interactions],
    X: ArrayLike,
    y: ArrayLike,
    *,
    train: ArrayLike,
    validation: ArrayLike,
    targets: ArrayLike,
    test: ArrayLike | None = None,
    error: Callable = rmse,
    max_steps: int = 20,
    plateau: int = 5,
    hidden: Sequence[int] = (140, 100, 60, 20),
    univariate: Sequence[int] = (10, 10, 10),
    seed: int = 0,
    device: Device = "auto",
    **fit: Any,
) -> tuple[pd.DataFrame, list[InteractionGAM]]:
    """Add ranked sets to additive models until these predict well enough.

    Step K trains, from new weights, an additive model with the sets among the K first
    that no other of them contains: a set takes the place of its subsets. Before, the
    ranking loses the sets inside stronger ones (`prune`). It ends at the first step
    whose validation error is at most the target of its run, usually the error of a
    network that may use every interaction; else when `plateau` steps in a row have not
    lowered the error, or after `max_steps`, and then the step of least error is kept.

    Each step trains the models of all runs that still go on together, as one ensemble
    for each number of sets.

    Parameters
    ----------
    rankings : sequence of Interactions, length n_runs
        Sets of any order, of as many features as `X` has.
    X : array, shape (n_runs, n_samples, n_features)
    y : array, shape (n_runs, n_samples)
    train, validation, test : array of bool, shape (n_samples,) or (n_runs, n_samples)
        Rows to learn from, to stop by, and to report on (optional).
    targets : sequence of float, length n_runs
        Validation error that is good enough.
    error : callable
        `error(truth, output)` of one run's rows -> float, less is better.
    max_steps : int
        Sets that are added at most.
    plateau : int
        Steps in a row without a lower error that end a run.
    hidden, univariate
        Widths, as for `InteractionGAM`.
    seed : int
        Initial weights and order of rows of run i at step K depend on seed, i and K.
    device
        As for `Ensemble`.
    **fit
        Passed to `Ensemble.fit`: loss, penalty, optimizer, schedule, max_epochs, ...

    Returns
    -------
    table : DataFrame
        One row a run and step: run, step (0 is main effects alone), added (a set, or
        None), sets, validation_error, test_error (NaN without `test`), kept (the step
        that the cut-off chooses), reached (whether its error is at most the target),
        seconds (of all cores, for the fit, shared equally between its models).
    models : list of InteractionGAM
        The model of the chosen step of each run.

    Raises
    ------
    ValueError
        If shapes do not fit, or a bound is less than 1.

    Source
    ------
    Tsang, Cheng and Liu (2018), section 4.3 and Figs 6 and 7 [tsang2018]. The paper
    leaves open whether models are trained anew, what becomes of a subset whose
    superset comes, and what ends a run that never reaches the target.
    """
    X, y, masks, targets = _checked(rankings, X, y, (train, validation, test), targets)
    max_steps = checks.integer("max_steps", max_steps, at_least=1)
    plateau = checks.integer("plateau", plateau, at_least=1)
    seed = checks.integer("seed", seed, at_least=0)
    ranked = [prune(ranking).sets[:max_steps] for ranking in rankings]
    widths = {"hidden": hidden, "univariate": univariate}
    fits = _Fits(X, y, masks, error, widths, seed, device, fit)
    rows, best, models = [], {}, [None] * len(ranked)
    going = list(range(len(ranked)))
    for step in range(max_steps + 1):
        sets = {i: maximal_sets(ranked[i][:step]) for i in going}
        for row, model in fits.step(step, sets):
            i, added = row["run"], ranked[row["run"]][step - 1] if step else None
            rows.append({**row, "step": step, "added": added, "sets": sets[i]})
            if i not in best or row["validation_error"] < best[i][1]:
                best[i], models[i] = (step, row["validation_error"]), model
        going = [
            i
            for i in going
            if best[i][1] > targets[i]
            and step - best[i][0] < plateau
            and step < len(ranked[i])
        ]
        if not going:
            break
    return _table(rows, best, targets), models  # type: ignore[return-value]  # all filled by then


@dataclass(frozen=True)
class _Fits:
    """What all steps train on, and how."""

    X: np.ndarray
    y: np.ndarray
    masks: list
    error: Callable
    widths: dict
    seed: int
    device: Device
    fit: dict

    def step(self, step: int, sets: dict[int, tuple]) -> list:
        """Return a row of the table and the model of each run that still goes on."""
        results = []
        for size in sorted({len(s) for s in sets.values()}):
            runs = [i for i in sets if len(sets[i]) == size]
            numbers = [_number(self.seed, i, step) for i in runs]
            started = time.process_time()
            ensemble = self._train(runs, [sets[i] for i in runs], numbers)
            seconds = (time.process_time() - started) / len(runs)
            outputs = ensemble.predict(self.X[runs], own_X=True)[..., 0]
            for place, i in enumerate(runs):
                validation_error, test_error = self._errors(i, outputs[place])
                row = {
                    "run": i,
                    "validation_error": validation_error,
                    "test_error": test_error,
                    "seconds": seconds,
                }
                results.append((row, ensemble.network(place)))
        return results

    def _train(
        self, runs: Sequence[int], sets: Sequence[tuple], seeds: Sequence[int]
    ) -> Ensemble:
        models = []
        for groups, number in zip(sets, seeds, strict=True):
            with seeded(number):
                n_features = self.X.shape[2]
                models.append(InteractionGAM(n_features, groups, **self.widths))
        train, validation, _ = (None if m is None else m[runs] for m in self.masks)
        return Ensemble(models, device=self.device).fit(
            self.X[runs],
            self.y[runs],
            own_X=True,
            own_y=True,
            train=train,
            validation=validation,
            seeds=seeds,
            **self.fit,
        )

    def _errors(self, i: int, output: np.ndarray) -> list[float]:
        """Return the error of run i on the validation and the test rows."""
        return [
            np.nan if m is None else self.error(self.y[i, m[i]], output[m[i]])
            for m in self.masks[1:]
        ]


def _table(rows: list[dict], best: dict, targets: np.ndarray) -> pd.DataFrame:
    columns = ["run", "step", "added", "sets"]
    columns += ["validation_error", "test_error", "seconds"]
    table = pd.DataFrame(rows)[columns].sort_values(["run", "step"], ignore_index=True)
    table["kept"] = table["step"] == table["run"].map(lambda i: best[i][0])
    table["reached"] = table["validation_error"] <= targets[table["run"]]
    return table


def _checked(
    rankings: Sequence[Interactions],
    X: ArrayLike,
    y: ArrayLike,
    masks: Sequence[ArrayLike | None],
    targets: ArrayLike,
) -> tuple[np.ndarray, np.ndarray, list[np.ndarray | None], np.ndarray]:
    n_runs = len(rankings)
    if not n_runs:
        raise ValueError("rankings must hold at least one; got none.")
    X, y = checks.finite("X", X, np.float32), checks.finite("y", y, np.float32)
    if X.ndim != 3 or len(X) != n_runs:
        raise ValueError(
            f"X must have shape ({n_runs}, n_samples, n_features); got {X.shape}."
        )
    if y.shape != X.shape[:2]:
        raise ValueError(f"y must have shape {X.shape[:2]}; got {y.shape}.")
    for i, ranking in enumerate(rankings):
        if len(ranking.features) != X.shape[2]:
            raise ValueError(
                f"rankings[{i}] must be of {X.shape[2]} features; got "
                f"{len(ranking.features)}."
            )
    spread = []
    for name, mask in zip(("train", "validation", "test"), masks, strict=True):
        if mask is not None:
            mask = np.asarray(mask, dtype=bool)
            if mask.shape not in (X.shape[1:2], X.shape[:2]):
                raise ValueError(
                    f"{name} must have shape {X.shape[1:2]} or {X.shape[:2]}; got "
                    f"{mask.shape}."
                )
            mask = np.broadcast_to(mask, X.shape[:2])
        spread.append(mask)
    return X, y, spread, checks.vector("targets", targets, length=n_runs)


def _number(*key: int) -> int:
    """Return one seed for several numbers."""
    return int(np.random.SeedSequence(key).generate_state(1)[0])
