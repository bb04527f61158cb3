"""Methods of the matrix: each finds what is plain, and answers for every pair."""

import numpy as np
import pytest

from helpers.studies.matrix.kinds import Answer, Data, Learners
from helpers.studies.matrix.methods import files, method, methods, networks
from helpers.studies.matrix.truths import truths

#: Minutes on the plain example; `make test-all` asks them too.
SLOW = ("constrained boosting", "RuleFit", "Additive Groves", "iLOCO", "Perm I",
        "Perm R", "Perm T", "hunt and test")  # fmt: skip
TABULAR = [
    pytest.param(name, marks=pytest.mark.slow if name in SLOW else ())
    for name, one in methods().items()
    if "table" in one.kinds
]


def plain(family="gaussian", n=500):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, 4))
    signal = X[:, 3] + 2 * X[:, 0] * X[:, 1]
    y = signal + 0.5 * rng.normal(size=n)
    if family == "binomial":
        y = (signal + rng.logistic(size=n) > 0).astype(float)
    return Data(y, 4, ((0, 1),), X=X, family=family)


def test_there_are_as_many_as_the_page_promises():
    tests = [one.tests for one in methods().values()]
    assert tests.count(False) >= 16 and tests.count(True) >= 10
    assert sum(len(known) for known in files().values()) == len(methods())


# RuleFit's lasso may stop short of its tolerance at the weakest penalties of its path.
@pytest.mark.filterwarnings("ignore:Objective did not converge")
@pytest.mark.parametrize("name", TABULAR)
@pytest.mark.parametrize("family", ["gaussian", "binomial"])
def test_a_strong_product_comes_first(name, family):
    asked, data = method(name), plain(family)
    if family not in asked.families:
        assert "as outcomes" in asked.refusal(truths()["binary"])
        return
    answer = asked.ask(data, 0, Learners(), **asked.knobs)
    assert answer.scores.shape == (6,) and answer.scores.argmax() == 0
    assert (answer.p is not None) == asked.tests
    if asked.tests:
        assert 0 <= answer.p[0] <= 0.05
    if asked.tests and name != "test of the model":  # sure of small terms, too
        assert answer.p.argmin() == 0


def test_learners_are_trained_once_and_paid_by_all():
    made, learners = [], Learners()
    for _ in range(2):
        learners.get("model", lambda: made.append(sum(range(10**6))))
    assert len(made) == 1 and learners.owed > 0


def test_networks_of_another_seed_are_others():
    data = plain(n=200)
    one, two = (networks.nid(data, seed, Learners()).scores for seed in (0, 1))
    assert not np.array_equal(one, two)
    np.testing.assert_array_equal(one, networks.nid(data, 0, Learners()).scores)


@pytest.mark.parametrize(
    ("name", "truth", "why"),
    [
        ("NID, MLP", "two sequences, adding", "does not take sequences"),
        ("Perm I", "binary", "does not take outcomes of 0 and 1 as outcomes"),
        ("redrawn labels", "four sequences, adding", "does not take numbers"),
        ("Shapley scores", "200 features", "takes at most 15 features"),
        ("product lasso", "200 features", "takes too long"),
        ("FAST", "additive", ""),
    ],
)
def test_an_empty_cell_has_its_reason(name, truth, why):
    assert method(name).refusal(truths()[truth]).startswith(why)
    assert bool(method(name).refusal(truths()[truth])) == bool(why)


def test_an_unknown_method_is_said_in_a_line():
    with pytest.raises(ValueError, match="method must be one of"):
        method("magic")


def test_answers_may_lack_p_values():
    assert Answer(np.zeros(3)).p is None
