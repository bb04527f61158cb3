import time

import numpy as np
import pytest
import torch

from helpers.detectors.interactions import Interactions
from helpers.ensemble import Adam, exponential, l2
from helpers.networks.gam import GAM_WEIGHTS
from helpers.significance import cutoff
from helpers.significance.cutoff import find_cutoffs, maximal_sets, rmse

FIT = {
    "penalty": l2(1e-5, on=GAM_WEIGHTS),
    "optimizer": Adam(lr=1e-2),
    "schedule": exponential(0.9),
    "max_epochs": 40,
    "batch_size": 50,
    "progress": False,
}
SMALL = {"hidden": (16, 8), "univariate": (5,), **FIT}


def ranked(*sets, p=4):
    """Return these sets as a ranking, strongest first."""
    scores = np.arange(len(sets), 0, -1.0)
    return Interactions(sets, scores, [f"x{i + 1}" for i in range(p)], "made up")


@pytest.fixture(scope="module")
def data():
    """Two outcomes of the same kind: x1 x2, and x1 x2 + x3 x4."""
    X = np.random.default_rng(0).uniform(-1, 1, size=(900, 4))
    pair = 3 * X[:, 0] * X[:, 1]
    y = np.stack([pair, pair + 3 * X[:, 2] * X[:, 3]])
    third = np.arange(900) // 300
    return {
        "X": np.stack([X, X]),
        "y": y,
        "train": third == 0,
        "validation": third == 1,
        "test": third == 2,
    }


def part(data, runs):
    """Return the data of some runs."""
    return data | {"X": data["X"][runs], "y": data["y"][runs]}


def test_maximal_sets_lose_what_others_contain():
    sets = [(0, 1), (2, 3), (1, 0), (0, 1, 2), (3, 4)]
    assert maximal_sets(sets) == ((2, 3), (0, 1, 2), (3, 4))
    assert maximal_sets([]) == ()


def test_rmse_of_two_errors():
    assert rmse(np.array([1.0, 2.0]), np.array([4.0, 6.0])) == pytest.approx(12.5**0.5)


def test_each_run_stops_at_its_own_last_needed_set(data):
    rankings = [ranked((0, 1), (1, 2), (2, 3)), ranked((0, 1), (2, 3), (0, 2))]
    table, models = find_cutoffs(rankings, **data, targets=[0.5, 0.5], **SMALL)
    kept = table[table["kept"]]
    assert list(kept["step"]) == [1, 2]
    assert kept["reached"].all()
    assert [m.sets for m in models] == [((0, 1),), ((0, 1), (2, 3))]
    assert list(table.groupby("run")["step"].max()) == [1, 2]  # no step after it
    errors = table.set_index(["run", "step"])["validation_error"]
    assert errors[0, 0] > 0.9 and errors[0, 1] < 0.5
    assert np.allclose(kept["test_error"], kept["validation_error"], atol=0.2)


def test_errors_are_those_of_the_model_that_is_returned(data):
    (table, models) = find_cutoffs(
        [ranked((0, 1))], **part(data, [0]), targets=[0.0], **SMALL
    )

    with torch.no_grad():
        output = models[0](torch.as_tensor(data["X"][0]).float())[:, 0].numpy()
    kept = table[table["kept"]].iloc[0]
    for name in ("validation", "test"):
        rows = data[name]
        error = rmse(data["y"][0][rows], output[rows])
        assert kept[f"{name}_error"] == pytest.approx(error, rel=1e-4)


def test_runs_together_equal_runs_alone(data):
    rankings = [ranked((0, 1), (2, 3)), ranked((0, 1), (2, 3))]
    both, _ = find_cutoffs(rankings, **data, targets=[0, 0], **SMALL)
    alone, _ = find_cutoffs(rankings[:1], **part(data, [0]), targets=[0], **SMALL)
    columns = ["step", "validation_error", "test_error"]
    together = both.loc[both["run"] == 0, columns].to_numpy()
    assert np.allclose(together, alone[columns].to_numpy(), rtol=1e-3, atol=1e-4)


def test_a_superset_takes_the_place_of_its_subsets(data):
    table, _ = find_cutoffs(
        [ranked((0, 1), (0, 1, 2), (1, 2), (2, 3))],
        **part(data, [0]),
        targets=[0.0],
        **SMALL,
    )
    # (1, 2) is pruned: a stronger set contains it.
    assert list(table["added"])[1:] == [(0, 1), (0, 1, 2), (2, 3)]
    assert list(table["sets"])[2:] == [((0, 1, 2),), ((0, 1, 2), (2, 3))]


def test_a_run_that_never_reaches_its_target_keeps_its_best_step(data):
    useless = [(0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
    table, models = find_cutoffs(
        [ranked((0, 1), *useless)],
        **part(data, [0]),
        targets=[0.0],
        plateau=1,
        **SMALL,
    )
    best = table["validation_error"].idxmin()
    assert not table["reached"].any()
    assert table["kept"].sum() == 1 and table.loc[best, "kept"]
    assert models[0].sets == table.loc[best, "sets"]
    # one step without gain ended it, or the sets did
    assert table["step"].max() in (table.loc[best, "step"] + 1, len(useless) + 1)


def as_if_fitted(monkeypatch, errors):
    """Give each step a validation error, without a fit."""

    def step(self, step, sets):
        row = {"run": 0, "validation_error": errors[step], "test_error": np.nan}
        return [(row | {"seconds": 0.0}, f"model {step}")]

    monkeypatch.setattr(cutoff._Fits, "step", step)


def asked(pairs, **options):
    return find_cutoffs(
        [ranked(*pairs)],
        X=np.zeros((1, 9, 4)),
        y=np.zeros((1, 9)),
        train=np.arange(9) < 3,
        validation=np.arange(9) > 5,
        **options,
    )


def test_an_error_equal_to_the_target_is_good_enough(monkeypatch):
    as_if_fitted(monkeypatch, [1.0, 0.5, 0.1])
    table, models = asked([(0, 1), (2, 3)], targets=[0.5])
    assert table["step"].tolist() == [0, 1] and models == ["model 1"]
    assert table["reached"].tolist() == [False, True]


def test_seconds_are_those_of_the_fits(data):
    started = time.process_time()
    table, _ = find_cutoffs(
        [ranked((0, 1))], **part(data, [0]), targets=[0.0], **SMALL | {"max_epochs": 2}
    )
    assert 0 < table["seconds"].sum() <= time.process_time() - started


@pytest.mark.parametrize("plateau", [1, 2, 3])
def test_a_run_ends_after_plateau_steps_without_gain(monkeypatch, plateau):
    # Validation errors by step: the gain of step 1 is the last but one of step 4, which
    # only a patient run gets to see.
    as_if_fitted(monkeypatch, [1.0, 0.5, 0.6, 0.7, 0.4, 0.9, 0.9, 0.9])
    pairs = [(i, j) for i in range(4) for j in range(i + 1, 4)] + [(0, 1, 2)]
    table, models = asked(pairs, targets=[0.0], plateau=plateau)
    last, kept = {1: (2, 1), 2: (3, 1), 3: (7, 4)}[plateau]
    assert table["step"].max() == last
    assert list(table.loc[table["kept"], "step"]) == [kept]
    assert models == [f"model {kept}"]


def test_max_steps_and_a_missing_test_part(data):
    fewer = part(data, [0]) | {"test": None}
    table, _ = find_cutoffs(
        [ranked((1, 2), (0, 1))], **fewer, targets=[0.0], max_steps=1, **SMALL
    )
    assert list(table["step"]) == [0, 1]
    assert table["test_error"].isna().all()


def test_an_own_error_decides(data):
    table, _ = find_cutoffs(
        [ranked((0, 1))],
        **part(data, [0]),
        targets=[-1.0],
        error=lambda truth, output: -2.0,
        **SMALL,
    )
    assert list(table["step"]) == [0]
    assert table["validation_error"].tolist() == [-2.0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rankings": []}, "rankings must hold at least one"),
        ({"rankings": [ranked((0, 1), p=3)]}, r"rankings\[0\] must be of 4 features"),
        ({"X": np.zeros((2, 900, 4))}, r"X must have shape \(1, n_samples"),
        ({"y": np.zeros((1, 5))}, r"y must have shape \(1, 900\)"),
        ({"train": np.ones(5, bool)}, "train must have shape"),
        ({"targets": [0.1, 0.2]}, "targets must have 1 values; got 2"),
        ({"max_steps": 0}, "max_steps must be at least 1; got 0"),
        ({"plateau": 0}, "plateau must be at least 1; got 0"),
    ],
)
def test_bad_arguments_are_named(data, change, message):
    good = {"rankings": [ranked((0, 1))], **part(data, [0]), "targets": [0.1]}
    with pytest.raises(ValueError, match=message):
        find_cutoffs(**(good | change), **SMALL)
