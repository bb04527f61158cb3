"""Training one network a fold, and the table of what was measured."""

from dataclasses import replace

import numpy as np
import pytest

from helpers.data.splits import folds
from helpers.networks.factorization import MotifNetwork
from helpers.studies.factorization.training import (
    Recipe,
    areas,
    curve,
    measured,
    row,
    table,
    train,
)

RECIPE = Recipe(batch_size=20, epochs=3)


def letters(n=80, length=20, seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 4, (n, length)).astype(np.uint8)


def labels(n=80, n_targets=2):
    return np.random.default_rng(1).integers(0, 2, (n, n_targets)).astype(np.uint8)


def networks(n, **changes):
    return [
        MotifNetwork(3, **{"width": 4, "n_targets": 2, "seed": 10 * i} | changes)
        for i in range(n)
    ]


class Told:
    """Stands for an ensemble that predicts what it is told."""

    def __init__(self, scores):
        self.scores = np.asarray(scores, dtype=float)  # (n_networks, n, n_targets)

    def predict(self, X, *, own_X):
        assert not own_X
        return self.scores


def test_areas_by_hand():
    y = np.array([[0, 1], [1, 1], [1, 0], [0, 0]])
    scores = [[[1, 4], [2, 3], [3, 2], [9, 1]], [[1, 1], [2, 2], [3, 3], [0, 4]]]
    test = np.array([[True, True, True, False], [True, True, True, True]])
    found = areas(Told(scores), np.zeros((4, 5)), y, test)
    # Network 0, target 0, without its last row: both open sites score above the closed.
    np.testing.assert_allclose(found, [[1, 1], [1, 0]])


def test_a_fold_learns_nothing_from_its_test_rows():
    X, y = letters(), labels()
    parts = folds(80, n_folds=4, seed=0)
    changed_X, changed_y = X.copy(), y.copy()
    hidden = parts.test[1]
    changed_X[hidden], changed_y[hidden] = 3, 1 - y[hidden]
    first, second = (
        train(networks(4), a, b, parts, RECIPE, seed=0)
        for a, b in ((X, y), (changed_X, changed_y))
    )
    same = [np.array_equal(first.predict(X)[k], second.predict(X)[k]) for k in range(4)]
    assert same == [False, True, False, False]


def test_the_best_validation_weights_are_kept():
    X, y = letters(), labels()
    parts = folds(80, n_folds=4, seed=0).first(2)
    ensemble = train(networks(2), X, y, parts, replace(RECIPE, epochs=8), seed=0)
    history = ensemble.history_.set_index(["network", "epoch"])["validation_loss"]
    for k in range(2):
        assert ensemble.best_epoch_[k] == history[k].idxmin()
        assert ensemble.best_loss_[k] == pytest.approx(history[k].min())
        rows = parts.validation[k]
        logits, truth = ensemble.predict(X)[k][rows], y[rows]
        loss = np.mean(np.logaddexp(0, logits) - truth * logits)
        assert loss == pytest.approx(history[k].min(), rel=1e-4)


def test_patience_stops_and_a_penalty_shrinks_the_filters():
    X, y = letters(), labels()
    parts = folds(80, n_folds=4, seed=0).first(1)
    stopped = train(networks(1), X, y, parts, Recipe(patience=1, epochs=300))
    assert stopped.history_["epoch"].max() < 300
    sizes = [
        train(networks(1), X, y, parts, replace(RECIPE, penalty=p))
        .network(0)
        .filters.square()
        .sum()
        for p in (0.0, 1.0)
    ]
    assert sizes[1] < 0.9 * sizes[0]


def test_the_table_has_its_columns_and_a_row_a_number():
    X, y = letters(), labels()
    parts = folds(80, n_folds=4, seed=0).first(2)
    slow = replace(RECIPE, optimizer="rmsprop", rate=1e-3)
    ensemble = train(networks(2), X, y, parts, slow)
    found = table(measured(ensemble, X, y, parts), ("target", "epoch"), size=7)
    columns = ["network", "measure", "target", "epoch", "value", "size"]
    assert list(found) == columns and found["size"].eq(7).all()
    assert found["network"].dtype == int and found["value"].dtype == float
    assert found.groupby("measure").size().to_dict() == {
        "auc": 4,
        "epoch": 2,
        "curve": 6,
    }
    first = curve(ensemble, [5, 6], kind="sum")[0]
    assert first.pop("value") > 0
    assert first == {"network": 5, "measure": "curve", "epoch": 1, "kind": "sum"}
    expected = areas(ensemble, X, y, parts.test).ravel()
    np.testing.assert_allclose(found.query("measure == 'auc'")["value"], expected)


def test_each_network_may_have_inputs_of_its_own():
    X, y = letters(), labels()
    own = np.stack([X, X[:, ::-1]])
    parts = folds(80, n_folds=4, seed=0).first(2)
    ensemble = train(networks(2), own, y, parts, RECIPE, own_X=True)
    found = areas(ensemble, own, y, parts.test, own_X=True)
    assert found.shape == (2, 2) and found[0].tolist() != found[1].tolist()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"optimizer": "sgd"}, "optimizer must be one of adam, rmsprop; got 'sgd'"),
        ({"epochs": 0}, "epochs must be at least 1"),
        ({"batch_size": 0}, "batch_size must be at least 1"),
        ({"decay": -1.0}, "must be"),
        ({"rate": -1.0}, "must be"),
    ],
)
def test_bad_settings(changed, message):
    parts = folds(80, n_folds=4, seed=0).first(1)
    with pytest.raises(ValueError, match=message):
        train(networks(1), letters(), labels(), parts, replace(RECIPE, **changed))


def test_a_network_for_each_fold():
    with pytest.raises(ValueError, match=r"validation must have shape .* or \(3, 80\)"):
        train(networks(3), letters(), labels(), folds(80, n_folds=4), RECIPE)


def test_what_a_number_is_not_of_stays_empty():
    rows = [row(0, "auc", 0.5, target=1), row(1, "filters", 3, detail="none")]
    found = table(rows, ("target", "detail"))
    assert found["target"].tolist() == [1, -1]
    assert found["detail"].isna().tolist() == [True, False]
    with pytest.raises(ValueError, match="columns must hold 'target'; got"):
        table(rows, ("detail",))
