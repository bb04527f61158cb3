"""What is printed and drawn."""

import warnings
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from scipy.special import xlogy
from sklearn.linear_model import LinearRegression
from sklearn.tree import DecisionTreeRegressor

from helpers.significance.interaction import Settings, interaction_test
from helpers.significance.interaction.answer import _few_digits
from helpers.significance.interaction.family import Family


@pytest.fixture(scope="module")
def answer():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(600, 3))
    y = X[:, 0] * X[:, 1] + rng.normal(size=600)
    settings = Settings(residual=None, projection=None, n_multipliers=99)
    return interaction_test(X, y, features=["a", "b", "c"], settings=settings)


def test_the_paragraph_names_what_is_called_and_what_it_cannot_say(answer):
    text = str(answer)
    assert "a and b" in text and "a and c" not in text
    assert "3 pairs of 3 features, 600 rows" in text
    assert "scale of y" in text and "mechanism" in text
    assert "cannot be tested" not in text


def test_the_paragraph_says_which_shapes_it_could_see(answer):
    assert answer.n_functions == 25  # five of each feature
    assert "told by 25 or more functions of each pair" in str(answer)
    text = str(replace(answer, n_functions=1))
    assert "told by one function, the product of straight lines" in text


def test_intervals_are_said_where_they_were_measured(answer):
    row = answer.called().iloc[0]
    said = f"explains {100 * row.estimate:.1f}% of the variance"
    assert f"{said}, {100 * row.low:.1f} to {100 * row.high:.1f}; corrected" in str(
        answer
    )
    assert f"{said}; corrected p" in str(replace(answer, family=Family("binomial")))


def test_the_table_is_tidy(answer):
    columns = "pair estimate low high z p p_holm p_bh p_maxt surviving identifiable"
    assert list(answer.table) == columns.split()
    assert answer.table["p"].is_monotonic_increasing
    assert len(answer.called(1.0)) == 3
    with pytest.raises(ValueError, match="level must be at most 1"):
        answer.called(2)


def test_plots_show_the_pairs_and_a_surface(answer):
    ax = answer.plot()
    assert [label.get_text() for label in ax.get_yticklabels()][-1] == "a × b"
    ax = answer.plot(("a", "b"))
    values = ax.collections[0].get_array().reshape(8, 8)
    # Above its mean where both have one sign.
    assert values[0, 0] > 0 and values[-1, -1] > 0
    assert values[0, -1] < 0 and values[-1, 0] < 0
    turned = answer.plot(("b", "a"))  # in the order that is asked for
    assert (turned.get_xlabel(), turned.get_ylabel()) == ("b", "a")
    np.testing.assert_array_equal(
        turned.collections[0].get_array().reshape(8, 8), values.T
    )
    with pytest.raises(ValueError, match="pair must be one"):
        answer.plot(("a", "z"))
    plt.close("all")


def test_cells_are_equally_wide_whatever_the_unit(answer):
    skewed = replace(answer, values=np.exp(3 * answer.values))
    axes = [one.plot(("a", "b")) for one in (answer, skewed)]
    cells = [axis.collections[0] for axis in axes]
    np.testing.assert_array_equal(*[one.get_array() for one in cells])
    np.testing.assert_array_equal(*[one.get_coordinates() for one in cells])
    labels = [
        [
            float(t.get_text().replace("\N{MINUS SIGN}", "-"))
            for t in axis.get_xticklabels()
        ]
        for axis in axes
    ]
    assert len(labels[0]) == 5  # at both ends, and between every second pair of bins
    np.testing.assert_allclose(labels[1], np.exp(3 * np.array(labels[0])), rtol=0.05)
    plt.close("all")


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([0.0, 0.5, 718.2, 12_345.0], ["0", "0.5", "718", "12300"]),
        ([1990.1, 1990.4], ["1990.1", "1990.4"]),
        ([-2.5, 1_590_000.0], ["−2.5", "1.59e6"]),
        ([0.00001234, 0.001], ["1.23e−5", "0.001"]),
        ([], []),
    ],
)
def test_ticks_have__few_digits_that_tell_them_apart(values, texts):
    assert _few_digits(np.array(values)) == texts


def test_levels_have_a_row_each():
    rng = np.random.default_rng(1)
    level = rng.integers(3, size=900)
    X = np.column_stack([rng.normal(size=900), level == 1, level == 2])
    y = np.where(level == 2, 1.5 * X[:, 0], 0) + rng.normal(size=900)
    answer = interaction_test(
        X, y, features=["age", "l", "m"], blocks={"tissue": ["l", "m"]},
        settings=Settings(residual=None, n_multipliers=99),
    )  # fmt: skip
    assert answer.called()["pair"].tolist() == [("age", "tissue")]
    ax = answer.plot(("age", "tissue"))
    assert [label.get_text() for label in ax.get_yticklabels()] == [
        "level 1", "level 2", "level 3",
    ]  # fmt: skip
    values = ax.collections[0].get_array().reshape(3, 8)
    # Rows are sorted: neither column, then m (level == 2), then l.
    assert values[1, -1] > 0 > values[1, 0]
    plt.close("all")


def test_a_corrected_p_of_five_per_cent_is_called_in_table_and_figure(answer):
    table = answer.table.assign(p_holm=[0.05, 0.051, 1.0])
    changed = replace(answer, table=table)
    assert len(changed.called()) == 1
    filled, hollow = changed.plot().lines[-2:]
    assert len(filled.get_xdata()) == 1 and len(hollow.get_xdata()) == 2
    plt.close("all")


def test_colours_of_a_surface_are_even_about_zero(answer):
    below = {pair: -np.abs(d) for pair, d in answer.directions.items()}
    surface = replace(answer, directions=below).plot(("a", "b")).collections[0]
    low, high = surface.get_clim()
    assert low == -high == pytest.approx(surface.get_array().min())
    plt.close("all")


def test_a_feature_that_is_constant_where_it_is_tested_is_told_by_none(answer):
    values = answer.values.copy()
    values[:, 2] = 1.0
    values[:, 1] = values[:, 0]
    unclear = answer.table.assign(identifiable=False)
    text = str(replace(answer, values=values, table=unclear))
    assert "tell most of a (100%), b (100%):" in text


def test_a_learner_that_proposes_nothing_is_no_reason_to_join_features():
    rng = np.random.default_rng(2)
    X = rng.normal(size=(600, 3))
    y = X[:, 0] * X[:, 1] + X[:, 2] + rng.normal(size=600)
    answer = interaction_test(X, y, model=LinearRegression())
    assert len(answer.silent) == 3
    text = str(answer)
    assert "The learner proposed nothing for 3 pairs" in text
    assert "join them by blocks" not in text and "Your learner is not" in text


def test_a_learner_worse_than_single_features_is_said():
    rng = np.random.default_rng(3)
    X = rng.normal(size=(900, 3))
    y = 2 * X[:, 0] + rng.normal(size=900)
    rough = interaction_test(X, y, model=DecisionTreeRegressor(random_state=0))
    assert rough.lost > 0.5
    assert "worse than a sum of single features" in str(rough)
    good = interaction_test(X, y, model=LinearRegression())
    assert abs(good.lost) < 0.02
    assert "worse than" not in str(good)


@pytest.mark.parametrize("family", ["gaussian", "binomial", "poisson"])
def test_losses_are_those_of_outcomes_and_sums(family):
    y, link = np.array([0.0, 1.0, 1.0]), np.array([0.3, -0.2, 1.0])
    expected = {
        "gaussian": ((y - link) ** 2 / 2).sum(),
        "binomial": (np.log1p(np.exp(link)) - y * link).sum(),
        "poisson": (np.exp(link) - y * link + xlogy(y, y) - y).sum(),
    }[family]
    assert Family(family).total_loss(y, link) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("mean", [0.5, 50, 1e5])
def test_the_loss_of_counts_is_least_at_the_truth_and_never_below_zero(mean):
    rng = np.random.default_rng(0)
    link = np.log(mean) + 0.3 * rng.normal(size=500)
    y = rng.poisson(np.exp(link)).astype(float)
    losses = [Family("poisson").total_loss(y, link + off) for off in (0, 0.5, -0.5)]
    assert 0 < losses[0] < min(losses[1:])
    assert losses[0] / len(y) < 1  # half the deviance of a count is about 1/2


def test_a_bad_learner_of_counts_is_said_to_be_worse_and_a_good_one_is_not():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 3))
    y = rng.poisson(3 * np.exp(0.3 * X[:, 0] + 0.3 * X[:, 1]))
    asks = {
        "good": lambda A: np.log(3) + 0.3 * A[:, 0] + 0.3 * A[:, 1],
        "bad": lambda A: np.log(3) + 1.5 * A[:, 2] * A[:, 0],
    }
    lost = {
        name: interaction_test(X, y, family="poisson", fitted=ask, unseen=True).lost
        for name, ask in asks.items()
    }
    assert lost["good"] < 0.02 and lost["bad"] > 1


def test_an_additive_fit_without_error_is_compared_with_the_outcome():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 2, size=(400, 3)).astype(float)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        answer = interaction_test(X, X @ [1.0, 2.0, 4.0], device="cpu")
    assert np.isfinite(answer.lost) and "inf%" not in str(answer)


def test_a_table_without_most_answers_is_said_to_be_too_small(answer):
    unclear = answer.table.assign(identifiable=[True, False, False])
    text = str(replace(answer, table=unclear))
    assert "Cannot tell for 2" in text and "more rows, or fewer features" in text
    one = answer.table.assign(identifiable=[True, True, False])
    assert "more rows, or fewer" not in str(replace(answer, table=one))


def test_what_was_given_is_remembered():
    rng = np.random.default_rng(4)
    X = rng.normal(size=(600, 4))
    y = X[:, 0] + rng.normal(size=600)
    quick = Settings(residual=None, n_multipliers=99)
    answer = interaction_test(
        X, y, settings=quick, groups=np.arange(600) // 10, covariates=X[:, 3],
        blocks={"both": (1, 2)},
    )  # fmt: skip
    assert answer.given == ("groups", "blocks", "covariates", "settings")
    assert "Groups were tried in" in str(answer)
    plain = interaction_test(X, y, model=LinearRegression(), blocks={})
    assert plain.given == ("model",)


def test_pairs_only_just_called_look_too_large(answer):
    text = "pair that is only just called is often too large"
    sure = answer.table.assign(p_holm=[1e-6, 0.2, 1.0])
    barely = answer.table.assign(p_holm=[1e-6, 0.04, 1.0])
    assert text not in str(replace(answer, table=sure))
    assert text in str(replace(answer, table=barely))


@pytest.fixture(scope="module")
def products():
    rng = np.random.default_rng(5)
    X = rng.normal(size=(1_200, 3))
    return X, X[:, 0] * X[:, 1] + X[:, 2] + rng.normal(size=1_200)


@pytest.mark.parametrize(("size", "centre"), [(1, 0), (20, 100), (1e-4, 3e-4)])
def test_a_model_trained_elsewhere_is_judged_in_the_unit_of_y(products, size, centre):
    X, y = products
    answers = []
    for a, b in ((1, 0), (size, centre)):
        tree = DecisionTreeRegressor(max_depth=6, random_state=0)
        tree.fit(X[600:], a * y[600:] + b)
        own = a * y[:600] + b
        answers.append(interaction_test(X[:600], own, fitted=tree, unseen=True))
    plain, moved = answers
    assert moved.lost == pytest.approx(plain.lost, abs=1e-6) and moved.lost < 0.5
    assert moved.silent == plain.silent == ()
    np.testing.assert_allclose(moved.table["z"], plain.table["z"], atol=1e-6)


def test_a_model_of_another_outcome_is_refused(products):
    X, y = products
    with pytest.raises(ValueError, match="fitted must predict values of the size of y"):
        interaction_test(X, y, fitted=lambda A: 1e200 * A[:, 0] * A[:, 1], unseen=True)


def test_blocks_must_be_a_mapping(products):
    with pytest.raises(TypeError, match="blocks must map names to columns; got 'ab'"):
        interaction_test(*products, blocks="ab")
