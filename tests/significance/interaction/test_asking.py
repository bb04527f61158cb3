"""The whole test: what it calls, what it leaves alone, and what it refuses."""

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures

from helpers.significance.interaction import (
    Settings,
    Training,
    asking,
    interaction_test,
)

QUICK = Settings(
    hunt=Training((10,), n_networks=2, max_epochs=15),
    residual=Training((6,), max_epochs=2),
    projection=Training((6,), max_epochs=3),
    n_references=4,
    n_multipliers=199,
)
#: No networks at all: every step is exact, and repeats.
EXACT = dataclasses.replace(QUICK, residual=None, projection=None)


def products(X=None):
    return make_pipeline(PolynomialFeatures(2, include_bias=False), LinearRegression())


def data(n=400, p=4, seed=0, product=0.0, rho=0.0):
    rng = np.random.default_rng(seed)
    X = np.sqrt(rho) * rng.normal(size=(n, 1)) + np.sqrt(1 - rho) * rng.normal(
        size=(n, p)
    )
    return X, X[:, 0] + X[:, 2] ** 2 + product * X[:, 0] * X[:, 1] + rng.normal(size=n)


def by_pair(answer):
    return answer.table.set_index("pair").sort_index()


def test_calls_a_product_and_nothing_else():
    X, y = data(1000, product=1.0)
    answer = interaction_test(X, y, settings=QUICK)
    assert answer.called()["pair"].tolist() == [("x1", "x2")]
    row = answer.table.iloc[0]
    # Of the variance, 1 (linear) + 2 (square) + 1 (product) + 1 (noise), a fifth; quick
    # networks find a part of it.
    assert 0.02 < row["low"] < 0.2
    assert row["p"] <= row["p_holm"] == row["p_bh"]


def test_an_exact_learner_finds_the_share():
    X, y = data(4000, product=1.0)
    answer = interaction_test(X, y, model=products, settings=EXACT)
    row = by_pair(answer).loc[[("x1", "x2")]].iloc[0]
    assert row["estimate"] == pytest.approx(0.2, abs=0.04)
    assert row["low"] < row["estimate"] < row["high"]


def test_without_interaction_z_is_standard_normal():
    z = [
        interaction_test(*data(1000, seed=s, rho=0.5), model=products, settings=EXACT)
        .table["z"]
        .to_numpy()
        for s in range(40)
    ]
    z = np.array(z)  # (data sets, pairs)
    by_set = z.mean(1)
    assert abs(by_set.mean()) < 4 * by_set.std(ddof=1) / np.sqrt(len(z))
    assert 0.8 < z.std() < 1.2


def test_binary_and_counts():
    X, link = data(2000, product=1.5)
    rng = np.random.default_rng(1)
    yes = (rng.random(2000) < 1 / (1 + np.exp(-link + 1))).astype(int)
    answer = interaction_test(X, yes, family="binomial", settings=QUICK)
    assert answer.called()["pair"].tolist() == [("x1", "x2")]
    assert "logit" in str(answer)
    counts = rng.poisson(np.exp(0.4 * X[:, 0] + 0.4 * X[:, 0] * X[:, 1]))
    answer = interaction_test(X, counts, family="poisson", settings=QUICK)
    assert answer.called()["pair"].tolist() == [("x1", "x2")]


def test_on_the_logit_scale_additive_logits_do_not_interact():
    # As probabilities they do: x1 matters less where x2 has decided already.
    rng = np.random.default_rng(2)
    X = rng.normal(size=(4000, 3))
    y = (rng.random(4000) < 1 / (1 + np.exp(-2 * X[:, 0] - 2 * X[:, 1] - 2))).astype(
        int
    )
    identity = interaction_test(X, y, settings=QUICK)
    logit = interaction_test(X, y, family="binomial", settings=QUICK)
    assert identity.called()["pair"].tolist() == [("x1", "x2")]
    assert logit.called().empty


def test_one_to_one_changes_of_features_and_units_of_y_change_nothing():
    X, y = data(400, product=0.5)
    other = X.copy()
    other[:, 0] = np.exp(other[:, 0])
    other[:, 1] = 7 - 3 * other[:, 1] ** 3
    # The order of scores is reversed by a falling change, so compare the first alone.
    other[:, 1] = X[:, 1] * 5 + 2
    one = interaction_test(X, y, settings=QUICK)
    two = interaction_test(other, 100 * y - 7, settings=QUICK)
    columns = ["z", "p", "estimate", "p_maxt"]
    np.testing.assert_allclose(one.table[columns], two.table[columns], atol=1e-4)


def test_order_of_columns_and_sign_of_y_only_rename():
    X, y = data(600, product=0.5, rho=0.3)
    names = ["a", "b", "c", "d"]
    one = interaction_test(X, y, features=names, model=products, settings=EXACT)
    order = [2, 0, 3, 1]
    two = interaction_test(
        X[:, order],
        -y,
        features=[names[k] for k in order],
        model=products,
        settings=EXACT,
    )
    z = dict(zip(map(frozenset, one.table["pair"]), one.table["z"], strict=True))
    for pair, other in zip(two.table["pair"], two.table["z"], strict=True):
        assert other == pytest.approx(z[frozenset(pair)], abs=1e-6)


def test_the_same_seed_repeats_and_another_does_not():
    X, y = data(300)
    one, two, other = (
        interaction_test(X, y, settings=QUICK, seed=s) for s in (0, 0, 1)
    )
    pd.testing.assert_frame_equal(one.table, two.table)
    assert not np.allclose(by_pair(one)["z"], by_pair(other)["z"])


def test_copies_of_a_feature_are_unclear_unless_joined():
    X, y = data(1000, product=1.0)
    rng = np.random.default_rng(3)
    copy = X[:, [0]] + 0.01 * rng.normal(size=(1000, 1))
    X = np.hstack([X, copy])
    apart = by_pair(interaction_test(X, y, model=products, settings=EXACT))
    assert not apart["identifiable"][("x1", "x2")]
    assert np.isnan(apart["p"][("x1", "x2")]) and np.isnan(
        apart["p_holm"][("x1", "x2")]
    )
    text = str(interaction_test(X, y, model=products, settings=EXACT))
    assert "tell most of x" in text and "x1 (100%)" in text and "x3 (" not in text
    joined = interaction_test(
        X, y, model=products, settings=EXACT, blocks={"twins": ["x1", "x5"]}
    )
    assert joined.called()["pair"].tolist() == [("twins", "x2")]
    assert "Cannot tell" not in str(joined)


def test_covariates_explain_interactions_with_them_away():
    X, y = data(2000, p=3)
    batch = (np.random.default_rng(4).random(2000) < 0.5).astype(float)
    y = y + 2 * batch * X[:, 0]
    answer = interaction_test(X, y, covariates=batch, model=products, settings=EXACT)
    assert len(answer.table) == 3
    assert answer.called().empty


def test_what_a_covariate_does_with_one_feature_is_not_laid_on_another():
    # x1 tells the batch, and x2 acts by batch: to a learner x1 and x2 work together.
    X, y = data(2000, p=3)
    batch = (X[:, 0] + 0.5 * np.random.default_rng(4).normal(size=2000) > 0) * 1.0
    y = y + np.where(batch > 0, 1.0, -1.0) * X[:, 1]
    for told, z_of_pair in ((None, (6, 99)), (batch, (-2.5, 2.5))):
        answer = interaction_test(X, y, covariates=told, model=products, settings=EXACT)
        low, high = z_of_pair
        assert low < by_pair(answer)["z"][("x1", "x2")] < high


def test_every_product_of_a_covariate_needs_rows():
    X, y = data(2000)
    many = np.random.default_rng(1).normal(size=(2000, 40))
    with pytest.raises(ValueError, match="X must have 2,820 rows, 3 for each product"):
        interaction_test(X, y, covariates=many)


def test_groups_widen_what_repeated_rows_narrow():
    X, y = data(200, p=3, seed=5)
    X, y = np.repeat(X, 10, axis=0), np.repeat(y, 10)
    group = np.repeat(np.arange(200), 10)
    z = by_pair(interaction_test(X, y, groups=group, model=products, settings=EXACT))
    # Every row ten times: sums are ten times, their standard errors too.
    assert z["z"].abs().max() < 4
    ends = interaction_test(X, y, groups=group, model=products, settings=EXACT)
    assert ends.n_tested_rows % 10 == 0


def test_screening_counts_what_it_leaves_out():
    X, y = data(600, p=6, product=1.0)
    some = dataclasses.replace(EXACT, most_pairs=4)
    answer = interaction_test(X, y, model=products, settings=some)
    assert len(answer.table) == 4 and answer.n_sets == 15
    row = answer.table.iloc[0]
    assert row["pair"] == ("x1", "x2")
    assert row["p_holm"] == pytest.approx(15 * row["p"])
    assert "11 pairs were not tested" in str(answer)


def test_crossed_folds_test_all_rows():
    X, y = data(400, product=0.5)
    crossed = dataclasses.replace(EXACT, crossed=True)
    forward, answer = (
        interaction_test(X, y, model=products, settings=s) for s in (EXACT, crossed)
    )
    assert answer.n_tested_rows == 400 > forward.n_tested_rows
    assert by_pair(answer)["z"][("x1", "x2")] > 4
    assert "crossed" in str(answer) and "crossed" not in str(forward)
    with pytest.raises(
        ValueError, match="crossed must be False with more than 5 pairs"
    ):
        interaction_test(
            X, y, settings=dataclasses.replace(crossed, most_pairs=5), model=products
        )


class Sized:
    """A product regression whose products are `size` times as large."""

    def __init__(self, size):
        self.size = size

    def fit(self, X, y):
        self.model, self.main = products().fit(X, y), LinearRegression().fit(X, y)
        return self

    def predict(self, X):
        alone = self.main.predict(X)
        return alone + self.size * (self.model.predict(X) - alone)


def asked_of_sizes(X, y, *sizes, settings=EXACT):
    """Test with proposals of these sizes, part after part."""
    size = iter(sizes)
    return interaction_test(X, y, model=lambda: Sized(next(size)), settings=settings)


@pytest.mark.parametrize("crossed", [False, True])
def test_the_size_of_a_proposal_counts_only_where_parts_are_crossed(crossed):
    X, y = data(500, product=0.2, rho=0.5)
    settings = dataclasses.replace(EXACT, crossed=crossed, step_down=True)
    one, other = (
        by_pair(asked_of_sizes(X, y, *sizes, settings=settings))
        for sizes in ((1.0, 1.0, 1.0), (30.0, 1.0, 0.2))
    )
    names = ["estimate", "z", "p_maxt", "p_step", "surviving"]
    same = np.isclose(one[names], other[names], rtol=1e-6).all()
    assert same != crossed


def test_a_part_without_a_proposal_says_nothing():
    X, y = data(500, product=0.5)
    answer = asked_of_sizes(X, y, 0.0, 1.0, 1.0)
    assert not answer.silent
    silent = [np.sum(d == 0) for d in answer.directions.values()]
    assert silent == [110] * 6  # of 330 tested rows


def test_null_z_are_pulled_down_where_parts_agreed_and_sizes_follow(monkeypatch):
    def mean_z():
        return np.mean(
            [
                interaction_test(*data(300, seed=s), model=products, settings=EXACT)
                .table["z"].mean()
                for s in range(60)
            ]
        )  # fmt: skip

    of_one_size = mean_z()
    monkeypatch.setattr(
        asking, "of_one_size", lambda own, projected, *_: (own, projected)
    )
    assert of_one_size - mean_z() > 0.03  # on the same data, .08 in 150 of them


def test_step_down_is_a_column_and_waits_for_a_called_pair():
    X, y = data(1000, product=1.0)
    settings = dataclasses.replace(EXACT, step_down=True)
    table = by_pair(interaction_test(X, y, model=products, settings=settings))
    called = table.loc[[("x1", "x2")]].iloc[0]
    assert called["p_step"] == called["p_holm"]
    assert not np.allclose(table["p_step"], table["p_holm"])
    X, y = data(400)
    none = interaction_test(X, y, model=products, settings=settings).table
    assert none["p_step"].tolist() == none["p_holm"].tolist()
    assert "p_step" not in interaction_test(X, y, model=products, settings=EXACT).table


def test_two_values_taken_as_numbers_are_told():
    X, y = data(400)
    two = (y > np.median(y)).astype(float)
    model = {"model": products(), "settings": EXACT}
    told = "The outcome has two values and was taken as a number"
    assert told in str(interaction_test(X, two, **model))
    assert told not in str(interaction_test(X, y, **model))
    assert told not in str(interaction_test(X, two, family="binomial", **model))


def test_a_trained_model_needs_a_word():
    X, y = data(400, product=1.0)

    def knows(rows):
        return rows[:, 0] * rows[:, 1]

    with pytest.raises(ValueError, match="unseen must be True"):
        interaction_test(X, y, fitted=knows)
    answer = interaction_test(X, y, fitted=knows, unseen=True, settings=EXACT)
    assert answer.table["pair"][0] == ("x1", "x2")
    assert "caller's word" in str(answer)
    # A model that sees no other pair says nothing of them.
    assert not answer.table["identifiable"][1:].any()


def test_smallest_table():
    X, y = data(200, p=3)
    answer = interaction_test(X[:, :2], y, settings=QUICK)
    assert len(answer.table) == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y": np.zeros(200)}, "y must vary"),
        ({"y": np.arange(199.0)}, "y must have 200 values"),
        ({"X": np.zeros((200, 3))}, "X column 'x1' is constant"),
        ({"X": np.full((200, 3), np.nan)}, r"X\[0, 0\] must be finite"),
        ({"family": "multinomial"}, "several classes"),
        ({"family": "cox"}, "survival"),
        ({"family": "binomial"}, "y must be 0 or 1"),
        ({"family": "poisson"}, "y must be counts"),
        ({"features": ["a", "b"]}, "features must be 3 different names; got 2"),
        ({"blocks": {"b": ["x1", "x9"]}}, "blocks must name columns"),
        ({"blocks": {"b": ["x1"]}}, "blocks must join two or more"),
        ({"covariates": np.arange(3.0)}, "covariates must have 200 rows"),
        ({"groups": np.zeros(200)}, "groups: different values must be at least 20"),
        ({"groups": np.zeros(3)}, "groups must have 200 values"),
        ({"model": products, "fitted": products}, "model and fitted"),
        ({"settings": 3}, "settings must be Settings"),
        ({"seed": -1}, "seed must be at least 0"),
    ],
)
def test_bad_input_in_one_line(change, message):
    X, y = data(200, p=3)
    arguments = {"X": X, "y": y, "settings": EXACT} | change
    with pytest.raises((ValueError, TypeError), match=message) as error:
        interaction_test(**arguments)
    assert "\n" not in str(error.value)


def line(X, y, **more):
    with pytest.raises((ValueError, TypeError)) as error:
        interaction_test(X, y, settings=EXACT, model=products, **more)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_classes_are_told_how_to_be_asked():
    X, y = data(200, p=3)
    letters = np.random.default_rng(0).choice(["a", "b", "c"], 200)
    for several in (letters, list(letters), pd.Series(letters, dtype="category")):
        assert line(X, several) == (
            "y must be numeric; got 3 classes, 'a', 'b', 'c', and several classes are "
            "not tested: test one against the rest, as y == 'a' with "
            "family='binomial'."
        )
    assert interaction_test(X, letters == "a", family="binomial", settings=EXACT)
    two = np.where(y > 0, "yes", "no")
    assert line(X, two) == (
        "y must be numeric; got the classes 'no', 'yes': recode to 0 and 1, as "
        "y == 'yes', with family='binomial'."
    )
    assert line(X, [f"id {k}" for k in range(200)]) == (
        "y must be numeric; got text with 200 different values, as 'id 0'."
    )
    assert line(X, ["?", *y[1:].astype(str)]) == (
        "y must be numeric; got '?' in row 0, and no number in 1 of 200 rows: correct "
        "these or leave them out."
    )
    assert line(X, 1 + (y > 0), family="binomial") == (
        "y must be 0 or 1 with family='binomial'; got 2: recode 1 and 2, as y == 2."
    )
    assert line(X, np.arange(200) % 3, family="binomial") == (
        "y must be 0 or 1 with family='binomial'; got 2, 3 values in all: test one "
        "against the rest."
    )
    assert line(X, {"a": 1}).startswith("y must be numeric; float() argument")


def test_groups_all_have_names_of_one_kind():
    X, y = data(200, p=3)
    number = np.arange(200) // 5
    advice = "leave these rows out, or give each a group of its own."
    gaps = number.astype(float)
    gaps[7:10] = np.nan
    assert line(X, y, groups=gaps) == (
        f"groups[7] must name a group; got nan, as in 3 of 200 rows: {advice}"
    )
    named = [f"g{k}" for k in number]
    for missing in (None, float("nan"), pd.NA):
        # numpy makes text of a NaN in a list of text
        assert line(X, y, groups=[*named[:-1], missing]) == (
            f"groups[199] must name a group; got {missing}, as in 1 of 200 rows: "
            f"{advice}"
        )
    some = pd.Series(number).astype("Int64").mask(number == 2)
    assert line(X, y, groups=some).startswith("groups[10] must name a group; got nan")
    mixed = [*number[:-2], "a", "b"]
    for given in (mixed, np.array(mixed, dtype=object)):
        assert line(X, y, groups=given) == (
            "groups must be all numbers or all text; got 2 of 200 rows as text, the "
            "first groups[198] = 'a': make all text by str()."
        )
    assert line(X, y, groups=[{"a": k} for k in number]) == (
        "groups must be numbers or text; got {'a': np.int64(0)}."
    )
    one, two = (
        interaction_test(X, y, groups=g, model=products, settings=EXACT).table
        for g in (number, pd.Series([f"g{k:02}" for k in number]))
    )
    pd.testing.assert_frame_equal(one, two)


def test_names_that_come_twice_are_named():
    X, y = data(200, p=3)
    said = "features must be 3 different names; more than once there: 'a'."
    assert line(X, y, features=["a", "a", "b"]) == said
    assert line(pd.DataFrame(X, columns=["a", "b", "a"]), y) == said
    assert line(X, y, blocks={"x3": ["x1", "x2"]}) == (
        "blocks must not be named as a column outside them; got 'x3': ['x1', 'x2']."
    )
    named = ["covariate 1", "a", "b"]
    assert line(X, y, features=named, covariates=y) == (
        "X must not have 'covariate 1' beside covariates."
    )


def test_tables_of_other_kinds_are_told_what_to_do():
    X, y = data(200, p=3)
    assert line(sparse.csr_array(X), y) == (
        "X must be a dense array; got a sparse matrix: pass X.toarray()."
    )
    assert line(X, y, covariates=sparse.csr_matrix(X)).endswith("covariates.toarray().")
    table = pd.DataFrame(X, columns=["a", "b", "c"])
    days = pd.Series(pd.date_range("2020-01-01", periods=200))
    advice = "make dates a number first, such as days since the first."
    for dates in (days, days.dt.to_period("D"), days - days[0]):
        assert line(table.assign(day=dates), y) == (
            f"X column 'day' must be numeric; got {dates.dtype}: {advice}"
        )
        assert line(X, dates).startswith("y must be numeric; got ")
        assert line(X, dates).endswith(advice)
        assert line(X, y, covariates=dates).startswith("covariates must be numeric;")
    objects = table.assign(day=days.dt.date.astype(object))
    assert line(objects, y) == f"X column 'day' must be numeric; got object: {advice}"
    numbers = table.assign(day=(days - days[0]).dt.days)
    assert len(interaction_test(numbers, y, model=products, settings=EXACT).table) == 6
    parts = "take their real part, their imaginary part, or abs()."
    assert line(table.assign(a=X[:, 0] + 1j), y) == (
        f"X column 'a' must be real; got complex numbers: {parts}"
    )
    for values in (X + 0j, (X + 0j).tolist()):
        assert line(values, y) == f"X must be real; got complex numbers: {parts}"
    assert line(X, y + 0j) == f"y must be real; got complex numbers: {parts}"


def test_gaps_are_counted():
    X, y = data(200, p=3)
    table = pd.DataFrame(X, columns=["a", "b", "c"])
    gap = np.isin(np.arange(200), (4, 8))
    said = (
        "X[4, 1] must be finite; got nan, as in 2 of 200 rows of column 'b': correct "
        "these or leave them out."
    )
    for column in (
        table["b"].mask(gap),
        table["b"].astype("Float64").mask(gap),
        pd.Series(np.arange(200)).astype("Int64").mask(gap),
        pd.Series(X[:, 1] > 0).astype("boolean").mask(gap),
    ):
        assert line(table.assign(b=column), y) == said
    assert line(X, table["b"].astype("Float64").mask(gap)) == (
        "y[4] must be finite; got nan, as in 2 of 200 rows: correct these or leave "
        "them out."
    )
    assert line(X, np.where(gap, -np.inf, y)).startswith(
        "y[4] must be finite; got -inf, as in 2 of 200 rows"
    )
    whole = table.astype("Float64")
    one, two = (
        interaction_test(t, y, model=products, settings=EXACT).table
        for t in (table, whole)
    )
    pd.testing.assert_frame_equal(one, two)


def test_text_among_numbers_is_named():
    X, y = data(200, p=3)
    table = pd.DataFrame(X, columns=["a", "b", "c"])
    assert line(table.assign(a=table["a"].astype(object)), y) == (
        "X column 'a' must be numeric; got object that holds numbers: convert it by "
        ".astype(float)."
    )
    slip = table["a"].astype(object)
    slip[[3, 5]] = "?"
    assert line(table.assign(a=slip), y) == (
        "X column 'a' must be numeric; got object, and no number in 2 of 200 rows, the "
        "first '?' in row 3: correct these, then .astype(float)."
    )
    assert line(table.assign(a=None), y) == (
        "X column 'a' must be numeric; got object without a value: leave it out."
    )
    text = np.where(y > 0, "m", "f").astype(object)
    assert line(np.column_stack([X, text]), y) == (
        f"X[0, 3] must be a number; got {text[0]!r}: if it is text, make it 0/1 "
        "columns (pandas.get_dummies), joined by blocks."
    )
    assert line(X, y, covariates=text).endswith("(pandas.get_dummies).")


@pytest.mark.filterwarnings("error")
def test_units_change_nothing():
    X, y = data(600, p=3, product=0.6)
    usual = interaction_test(X, y, settings=QUICK)
    assert usual.called()["pair"].tolist() == [("x1", "x2")]
    for unit in (2.0**660, 2.0**-660, 2.0**1020):  # not a digit is lost
        other = interaction_test(X, y * unit, settings=QUICK)
        pd.testing.assert_frame_equal(usual.table, other.table, check_exact=True)
    for unit in (1e200, 1e-200):
        other = interaction_test(X, y * unit, settings=QUICK)
        pd.testing.assert_frame_equal(usual.table, other.table)
    for wide in (X * 1e200, X * 1e-200, X * (1.7e308 / np.abs(X).max())):
        other = interaction_test(wide, y, settings=QUICK)
        pd.testing.assert_frame_equal(usual.table, other.table, check_exact=True)
        assert str(other) == str(usual)
    far = X.copy()
    far[:, 0] += 1e12  # of its digits four are left behind the point
    other = interaction_test(far, y, settings=QUICK)
    pd.testing.assert_frame_equal(usual.table, other.table, atol=0.01, rtol=0.01)


def test_units_of_ordinary_outcomes_leave_every_digit():
    for seed in range(50):
        rng = np.random.default_rng(seed)
        y = rng.normal(rng.normal() * 100, np.exp(3 * rng.normal()), 200)
        scaled = asking._outcomes(y, "gaussian", 200)[0]
        np.testing.assert_array_equal(scaled, (y - y.mean()) / y.std())


def test_whole_numbers_that_may_be_classes_are_told():
    X, y = data(400)
    three = (y > 0).astype(int) + (y > 2)
    model = {"model": products(), "settings": EXACT}
    told = (
        "The outcome has 3 different values, all whole numbers, and was taken as a "
        "number. Several classes are not tested: if these are classes, test one "
        "against the rest (y == 2, family='binomial'); if they are counts, "
        "family='poisson'."
    )
    assert interaction_test(X, three, **model).notes == (told,)
    assert told in str(interaction_test(X, three.astype(float), **model))
    below = interaction_test(X, three - 1, **model).notes[0]
    assert below.endswith("(y == 1, family='binomial').")
    assert interaction_test(X, three + 0.5, **model).notes == ()
    assert interaction_test(X, np.round(5 * y), **model).notes == ()
    assert interaction_test(X, three, family="poisson", **model).notes == ()


def ones(k, n=1000, seed=0):
    y = np.zeros(n)
    # Folds take the permutation of their seed alone.
    y[np.random.default_rng([seed, 1]).permutation(n)[:k]] = 1
    return y


def test_few_ones_are_told():
    X, _ = data(1000, p=3)
    model = {"family": "binomial", "model": products(), "settings": EXACT}
    answer = interaction_test(X, ones(6), **model)
    found = re.fullmatch(
        "Only 6 of 1,000 outcomes are 1, and ([0-2]) in one of the parts that are "
        "learned from or tested: with fewer than 10 there, only a very strong "
        "interaction can be learned and called.",
        answer.notes[0],
    )
    assert found and answer.notes[0] in str(answer)
    assert (
        interaction_test(X, 1 - ones(6), **model)
        .notes[0]
        .startswith("Only 6 of 1,000 outcomes are 0")
    )
    assert interaction_test(X, ones(100), **model).notes == ()
    model["family"] = "poisson"
    assert (
        interaction_test(X, ones(6) * 7, **model)
        .notes[0]
        .startswith("Only 6 of 1,000 outcomes are above 0")
    )
    assert interaction_test(X, 5 * (1 - ones(6)), **model).notes == ()


def test_parts_without_a_one_are_refused():
    X, _ = data(1000, p=3)
    lines = {
        line(X, y, family=family)
        for family in ("binomial", "poisson")
        for y in (ones(1, seed=s) for s in range(9))
    }
    assert lines == {
        "y must vary in the 660 rows that are tested; all are alike, and 1 of 1000 "
        "differ elsewhere: too few.",
        "y must have outcomes that are 1 in every part that is learned from; got none "
        "in one of 340 rows, and 1 in all: too few.",
        "y must have outcomes that are above 0 in every part that is learned from; got "
        "none in one of 340 rows, and 1 in all: too few.",
    }
    zeros = [line(X, 1 - ones(1, seed=s), family="binomial") for s in range(9)]
    assert sum("outcomes that are 0 in every part" in said for said in zeros) > 1


def test_a_column_of_text_is_named():
    table = pd.DataFrame({"a": [1.0, 2], "sex": ["f", "m"]})
    with pytest.raises(TypeError, match="X column 'sex' must be numeric"):
        interaction_test(table, [1, 2])


def test_too_few_rows():
    X, y = data(100, p=3)
    with pytest.raises(ValueError, match="at least 40 rows in each of 4 parts"):
        interaction_test(X, y)
    X, y = data(300, p=9)
    with pytest.raises(ValueError, match="90 rows in each tested part"):
        interaction_test(X, y)
