import numpy as np
import pytest

from helpers.detectors.groves import additive_groves, constrained_boosting

SMALL = {
    additive_groves: {"alphas": (0.5, 0.1), "n_trees": (4,), "bags": 2, "repeats": 3},
    constrained_boosting: {"n_trees": 60, "learning_rate": 0.2, "repeats": 2},
}
both = pytest.mark.parametrize("detect", list(SMALL))


@pytest.fixture(scope="module")
def data():
    """X uniform on the cube, y = 2 [x1 > 0] [x2 > 0] + x3 + x4."""
    X = np.random.default_rng(0).uniform(-1, 1, (900, 4))
    return X, 2.0 * (X[:, 0] > 0) * (X[:, 1] > 0) + X[:, 2] + X[:, 3]


@pytest.fixture(scope="module")
def all_pairs_found(data):
    return {detect: detect(*data, **small) for detect, small in SMALL.items()}


@both
def test_finds_what_is_not_a_sum(detect, all_pairs_found):
    found = all_pairs_found[detect]
    assert len(found) == 6 and found.ranked().sets[0] == (0, 1)
    assert found.scores[0] > 5
    assert found.scores[0] > 2 * found.scores[1:].max()
    assert found.detector == detect.__name__
    rise = found.details["rmse"] - found.details["free_rmse"]
    assert found.scores == pytest.approx(rise / found.details["free_rmse_sd"])


@both
def test_three_way_set_counts_where_its_members_meet(detect):
    X = np.random.default_rng(0).uniform(-1, 1, (900, 4))
    y = 4.0 * (X[:, 0] > 0) * (X[:, 1] > 0) * (X[:, 2] > 0) + X[:, 3]
    found = detect(X, y, sets=[(0, 1, 2), (1, 2, 3)], **SMALL[detect])
    assert found.sets == ((0, 1, 2), (1, 2, 3))
    assert found.scores[0] > 5 > found.scores[1]


@both
def test_score_depends_on_neither_other_sets_nor_workers(detect, data, all_pairs_found):
    worker = {"n_jobs": 2} if detect is additive_groves else {"n_threads": 2}
    some = detect(*data, sets=[(2, 3), (0, 1)], **SMALL[detect], **worker)
    everything = all_pairs_found[detect]
    assert some.scores == pytest.approx(everything.scores[[5, 0]])


@both
def test_seed_matters(detect, data, all_pairs_found):
    other = detect(*data, sets=[(0, 1)], seed=1, **SMALL[detect])
    assert other.scores[0] != all_pairs_found[detect].scores[0]


def test_groves_choose_their_size(data):
    found = additive_groves(
        *data, sets=[(0, 1)], alphas=(0.5, 0.2), n_trees=(1, 4), bags=2, repeats=2
    )
    assert found.details["n_trees"] == 4
    assert found.details["alpha"] == 0.2


def test_constraints_keep_sets_off_every_path(data, monkeypatch):
    import xgboost

    boosters = []
    train = xgboost.train

    def watch(*args, **kwargs):
        boosters.append(train(*args, **kwargs))
        return boosters[-1]

    monkeypatch.setattr(xgboost, "train", watch)
    constrained_boosting(*data, sets=[(0, 1)], repeats=2, n_trees=30)
    free, _, restricted, _ = boosters
    assert any({0, 1} <= path for path in paths(free))
    assert not any({0, 1} <= path for path in paths(restricted))
    assert {frozenset(path & {0, 1}) for path in paths(restricted)} >= {
        frozenset({0}),
        frozenset({1}),
    }


def paths(booster):
    """Return the features on each path from a root to a leaf."""
    found = []

    def walk(node, seen):
        if node.Feature == "Leaf":
            found.append(seen)
            return
        for child in (node.Yes, node.No):
            walk(nodes.loc[child], seen | {int(node.Feature[1:])})

    nodes = booster.trees_to_dataframe().set_index("ID")
    for root in nodes.index[nodes.Node == 0]:
        walk(nodes.loc[root], set())
    return found


@pytest.mark.parametrize(
    ("detect", "bad", "message"),
    [
        (additive_groves, {"alphas": (0.1, 0.5)}, "alphas must decrease"),
        (additive_groves, {"alphas": ()}, "alphas must decrease"),
        (additive_groves, {"n_trees": ()}, "n_trees must hold at least one size"),
        (additive_groves, {"n_trees": (0,)}, "n_trees must be at least 1; got 0"),
        (additive_groves, {"bags": 0}, "bags must be at least 1; got 0"),
        (additive_groves, {"repeats": 1}, "repeats must be at least 2; got 1"),
        (additive_groves, {"validation": 1}, "validation must be at most 0.9; got 1"),
        (constrained_boosting, {"repeats": 1}, "repeats must be at least 2; got 1"),
        (constrained_boosting, {"max_depth": 1}, "max_depth must be at least 2; got 1"),
        (constrained_boosting, {"sets": [(0, 9)]}, "sets must index features 0 to 3"),
    ],
)
def test_bad_knobs(detect, bad, message, data):
    with pytest.raises(ValueError, match=message):
        detect(*data, **bad)


@both
def test_bad_data(detect, data):
    X, y = data
    with pytest.raises(ValueError, match="y must have 900 values; got 5"):
        detect(X, y[:5])
    with pytest.raises(ValueError, match="y must vary"):
        detect(X, np.ones(900))
