"""Chosen pairs, and sets of three: what is asked about, allowed, and answered."""

from itertools import combinations

import numpy as np
import pytest
import torch

from helpers.significance.interaction import Settings, Training, interaction_test
from helpers.significance.interaction.basis import basis_of
from helpers.significance.interaction.blind import fit_blind
from helpers.significance.interaction.direction import mixed_differences
from helpers.significance.interaction.family import stacked, weighted_square
from helpers.significance.interaction.settings import Bases
from helpers.significance.interaction.table import features_of

FAST = Settings(
    hunt=Training((20, 10), n_networks=2, max_epochs=25),
    residual=None,
    n_folds=2,
)
ALONE = [(0,), (1,), (2,), (3,)]


def table(n=600, seed=0, names="abcd"):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, len(names)))
    return X, rng.normal(size=n)


def test_a_product_of_three_has_its_own_mixed_difference_and_pairs_have_none():
    rng = np.random.default_rng(0)
    X, R = rng.normal(size=(20, 4)), rng.normal(size=(7, 4))

    def f(x):
        pairs = sum(np.sin(x[:, i] * x[:, j]) for i, j in combinations(range(4), 2))
        return x[:, 0] * x[:, 1] * x[:, 2] + pairs + np.exp(x[:, 3])

    h = mixed_differences(f, X, R, [(0, 1, 2), (1, 2, 3)], ALONE)
    by_hand = (X[:, None, :3] - R[:, :3]).prod(2).mean(1)
    np.testing.assert_allclose(h[:, 0], by_hand, atol=1e-12)
    np.testing.assert_allclose(h[:, 1], 0, atol=1e-12)


def test_what_is_left_of_the_model_has_no_interaction_of_the_three():
    rng = np.random.default_rng(1)
    R, sets = rng.normal(size=(5, 3)), [(0, 1, 2)]

    def f(x):
        return np.sin(x[:, 0] * x[:, 1] + x[:, 2])

    def rest(x):
        return f(x) - mixed_differences(f, x, R, sets, ALONE[:3])[:, 0]

    X, other = rng.normal(size=(10, 3)), rng.normal(size=(1, 3))
    left = mixed_differences(rest, X, other, sets, ALONE[:3])
    np.testing.assert_allclose(left, 0, atol=1e-12)


def test_functions_of_a_set_hold_all_its_features():
    found = features_of(table()[0])
    basis = basis_of(found, found.pairs, 200, Bases(main=3, product=2), [(0, 1, 2)])
    for members in ((0, 1), (0, 1, 2), (1, 2, 3)):
        uses = basis.uses[basis.holding(members)]
        assert uses[:, list(members)].all()
    # 2 x 2 x 2 products of the set that is tested, one of every other.
    assert len(basis.holding((0, 1, 2))) == 8
    assert len(basis.holding((1, 2, 3))) == 1


def test_blind_networks_say_products_of_two_and_not_of_three():
    X, _ = table(n=800, names="abc")
    found = features_of(X)
    scores = found.scores
    two, three = scores[:, 0] * scores[:, 1], scores.prod(1)
    targets = stacked(np.stack([two, three]), np.ones((2, 800)))
    said = fit_blind(
        found, [(0, 1, 2), (0, 1, 2)], targets, weighted_square, np.arange(800),
        Training((32, 16), max_epochs=30, l1=2e-5), 0, "cpu",
    )  # fmt: skip
    assert np.corrcoef(said[0], two)[0, 1] > 0.9
    assert np.var(three - said[1]) > 0.8 * np.var(three)


def test_all_pairs_by_name_are_the_test_without_sets():
    X, noise = table()
    y = X[:, 0] * X[:, 1] + noise
    names = list("abcd")
    whole = interaction_test(X, y, features=names, settings=FAST).table
    asked = [pair[::-1] for pair in combinations(names, 2)]  # order says nothing
    again = interaction_test(X, y, features=names, sets=asked, settings=FAST).table
    assert whole.equals(again)


def test_chosen_pairs_have_the_same_p_and_fewer_corrections():
    X, noise = table()
    y = X[:, 0] * X[:, 1] + 0.3 * X[:, 1] * X[:, 2] + noise
    whole = interaction_test(X, y, settings=FAST).table.set_index("pair")
    one = interaction_test(X, y, sets=[(1, 2)], settings=FAST).table.iloc[0]
    assert one["pair"] == ("x2", "x3")
    assert one["p"] == pytest.approx(whole.loc[[("x2", "x3")], "p"].iloc[0], rel=1e-6)
    assert one["p_holm"] == one["p"]


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_product_of_three_is_called_and_three_products_of_two_are_not(seed):
    X, noise = table(n=900, seed=seed)
    sets = list(combinations(range(4), 3))
    three = interaction_test(
        X, 2 * X[:, :3].prod(1) + noise, sets=sets, settings=FAST, seed=seed
    )
    assert three.called()["three"].tolist() == [("x1", "x2", "x3")]
    pairs = X[:, 0] * X[:, 1] + X[:, 1] * X[:, 2] + X[:, 0] * X[:, 2]
    two = interaction_test(X, pairs + noise, sets=sets, settings=FAST, seed=seed)
    assert two.called().empty


def test_a_set_that_is_called_leaves_the_others_in_a_step_down():
    X, noise = table(n=900)
    settings = Settings(hunt=FAST.hunt, residual=None, n_folds=2, step_down=True)
    sets = list(combinations(range(4), 3))
    found = interaction_test(
        X, 2 * X[:, :3].prod(1) + noise, sets=sets, settings=settings
    ).table
    assert found["three"].iloc[0] == ("x1", "x2", "x3")
    assert found["p_step"].iloc[0] == found["p_holm"].iloc[0]
    assert found["p_step"].iloc[1:].between(0.05, 1).all()


def test_outcomes_that_are_yes_or_no_and_blocks_take_sets_too():
    X, noise = table(n=900)
    y = (3 * X[:, :3].prod(1) + noise > 0) * 1.0
    answer = interaction_test(
        np.hstack([X, X[:, [0]] ** 2]), y, blocks={"first": (0, 4)}, family="binomial",
        sets=[("first", "x2", "x3"), ("x2", "x3", "x4")], settings=FAST,
    )  # fmt: skip
    assert answer.called()["three"].tolist() == [("first", "x2", "x3")]


def test_the_answer_speaks_of_sets_and_draws_them():
    X, noise = table(n=900)
    answer = interaction_test(
        X, 2 * X[:, :3].prod(1) + noise, sets=[(0, 1, 2), (1, 2, 3)], settings=FAST
    )
    text = str(answer)
    assert text.startswith("2 sets of three of 4 features, 900 rows")
    assert "x1 and x2 and x3 (its learned part explains" in text
    assert "of each set of three" in text
    assert "Error rates for sets of three with the default learner" in text
    axes = answer.plot()
    assert axes.get_yticklabels()[-1].get_text() == "x1 × x2 × x3"
    with pytest.raises(ValueError, match="pair must be one of the table's"):
        answer.plot(("x1", "x2", "x3"))
    with pytest.raises(ValueError, match="pair must be one of the table's; got 7"):
        answer.plot(7)


def test_many_sets_are_screened_and_counted():
    X, noise = table(n=900, names="abcdef")
    sets = list(combinations(range(6), 3))
    answer = interaction_test(
        X, 2 * X[:, :3].prod(1) + noise, sets=sets, settings=Settings(most_pairs=5)
    )
    assert len(answer.table) == 5 and answer.n_sets == 20
    top = answer.table.iloc[0]
    assert top["three"] == ("x1", "x2", "x3")
    assert top["p_holm"] == pytest.approx(20 * top["p"])
    assert "15 sets of three were not tested" in str(answer)


@pytest.mark.parametrize(
    ("sets", "kind", "message"),
    [
        ([], ValueError, "sets must all hold two features, or all three"),
        ([(0, 1), (0, 1, 2)], ValueError, "got sizes 2, 3"),
        ([(0, 1, 2, 3)], ValueError, "got sizes 4"),
        ([(0,)], ValueError, "two or more different features"),
        ([(1, 1)], ValueError, "two or more different features"),
        ([(0, 4)], ValueError, "index features 0 to 3"),
        ([("x1", "y")], ValueError, "sets must name features that are tested; got 'y'"),
        ([(0, 1), (1, 0)], ValueError, r"sets must differ; got \('x1', 'x2'\) twice"),
        (("x1", "x2"), TypeError, r"sets must hold sets, as \[\('a', 'b'\)\] does"),
        ("x1", TypeError, "sets must hold sets"),
        (7, TypeError, "sets must hold sets"),
        ([(0.5, 1)], TypeError, "sets member must be an integer"),
        ([None], TypeError, "sets must hold sets"),
    ],
)
def test_sets_that_are_none_are_refused(sets, kind, message):
    X, y = table(n=300)
    with pytest.raises(kind, match=message) as error:
        interaction_test(X, y, sets=sets, settings=FAST)
    assert "\n" not in str(error.value)


def test_covariates_are_not_asked_about():
    X, y = table(n=300)
    with pytest.raises(ValueError, match="got 'covariate 1'"):
        interaction_test(
            X, y, covariates=y**2, sets=[("x1", "covariate 1")], settings=FAST
        )


def test_targets_of_blind_networks_may_be_of_several_sets():
    X, _ = table(n=60, names="abc")
    targets = torch.zeros(1, 60, 2)
    said = fit_blind(
        features_of(X), [(0, 1, 2)], targets, weighted_square, np.arange(60),
        Training((4,), max_epochs=1), 0, "cpu",
    )  # fmt: skip
    assert said.shape == (1, 60)
