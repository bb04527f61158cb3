"""A pair that is called in a second table has returned only if it does the same."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures

from helpers.loaders.mixed_tables import MixedTable
from helpers.significance.interaction import Settings, interaction_test
from helpers.studies import own_table
from helpers.studies.own_table.second import alike, check_family, check_rows

EXACT = Settings(residual=None, n_references=4, n_multipliers=199)


def products():
    return make_pipeline(PolynomialFeatures(2), LinearRegression())


def learner():
    return own_table.Learner(model=products, digest="products")


def table(effect, seed=0, n=700):
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.normal(size=(n, 3)), columns=list("abc"))
    y = effect(X) + X["c"] + rng.normal(size=n)
    return MixedTable(X, y.to_numpy(), "gaussian", {}, None, None, ())


def answer_of(effect, seed=0):
    one = table(effect, seed)
    return interaction_test(
        one.X, one.y, model=products, settings=EXACT, sets=[("a", "b")], device="cpu"
    )


def up(X):
    return X["a"] * X["b"]


def down(X):
    return -X["a"] * X["b"]


def test_the_same_effect_returns_and_the_opposite_does_not():
    answer = own_table.asked(table(up), learner(), device="cpu")
    found = {}
    for name, effect in (("up", up), ("down", down)):
        said, there = own_table.returned(
            answer, table(effect, seed=1), learner(), device="cpu"
        )
        row = there.set_index("pair").loc["a × b"]
        assert row["p_holm there"] < 1e-6  # in its own direction
        found[name] = said, row["alike there"]
    said, shape = found["up"]
    assert said.endswith("1 of 1 returned.") and shape > 0.9
    said, shape = found["down"]
    assert shape < -0.9
    assert said.endswith(
        "0 of 1 returned; called there, but another shape than here: a × b."
    )


def test_likeness_is_symmetric_and_knows_no_order_of_columns():
    one, other = answer_of(up), answer_of(up, seed=1)
    shape = alike(one, other, ("a", "b"))
    assert shape == pytest.approx(alike(other, one, ("a", "b")))
    turned = table(up, seed=1)
    turned = interaction_test(
        turned.X[["b", "a", "c"]], turned.y, model=products, settings=EXACT,
        sets=[("a", "b")], device="cpu",
    )  # fmt: skip
    assert alike(one, turned, ("a", "b")) == pytest.approx(shape, abs=0.02)
    assert alike(one, one, ("a", "b")) == pytest.approx(1)


def test_what_cannot_be_compared_is_said():
    one = answer_of(up)
    silent = dataclasses.replace(one, directions={})
    assert np.isnan(alike(one, silent, ("a", "b")))
    flat = dataclasses.replace(one, directions={("a", "b"): np.zeros(len(one.values))})
    assert np.isnan(alike(one, flat, ("a", "b")))
    apart = dataclasses.replace(one, values=np.sign(one.values) * 9 + 20)
    assert np.isnan(alike(one, apart, ("a", "b")))  # one cell of either at most
    wide = dataclasses.replace(one, columns=((0, 2), *one.columns[1:]))
    assert np.isnan(alike(one, wide, ("a", "b")))
    shown = own_table.replication(one, silent)
    assert shown["said there"].tolist() == ["tested"]
    assert shown["alike there"].isna().all()


def test_levels_of_a_block_are_cells():
    rng = np.random.default_rng(0)
    answers = []
    for seed in (0, 1):
        rng = np.random.default_rng(seed)
        dose, kind = rng.normal(size=900), rng.integers(3, size=900)
        X = pd.DataFrame({"dose": dose, "k1": kind == 1, "k2": kind == 2}) * 1.0
        y = dose * (kind == 2) + rng.normal(size=900)
        answers.append(
            interaction_test(
                X, y, blocks={"kind": ["k1", "k2"]}, model=products, settings=EXACT,
                device="cpu",
            )
        )  # fmt: skip
    assert alike(*answers, ("dose", "kind")) > 0.7


def test_outcomes_of_two_families_are_not_set_side_by_side():
    first, second = table(up), table(up, seed=1)
    yes = dataclasses.replace(second, y=(second.y > 0) * 1.0, family="binomial")
    with pytest.raises(ValueError, match="read as binomial: say family='gaussian'"):
        own_table.planned(first, learner(), second=yes)
    answer = own_table.asked(first, learner(), device="cpu")
    with pytest.raises(ValueError, match="of the first's family, gaussian"):
        own_table.returned(answer, yes, learner(), device="cpu")
    check_family("poisson", "poisson")


def test_the_rows_of_the_first_table_are_no_second_one():
    first, other = table(up), table(up, seed=1)
    answer = own_table.asked(first, learner(), device="cpu")
    turned = dataclasses.replace(first, X=first.X[["c", "b", "a"]])
    for same in (first, turned):
        with pytest.raises(
            ValueError, match=r"other rows than the first table; 46\d of"
        ):
            own_table.returned(answer, same, learner(), device="cpu")
    mixed = dataclasses.replace(
        other,
        X=pd.concat([first.X[-100:], other.X[:600]], ignore_index=True),
        y=np.concatenate([first.y[-100:], other.y[:600]]),
    )
    with pytest.raises(ValueError, match="of 700 have the features of a row"):
        check_rows(answer, mixed)
    check_rows(answer, other)
    renamed = dataclasses.replace(first, X=first.X.set_axis(list("xyz"), axis=1))
    check_rows(answer, renamed)  # nothing to compare


def test_tables_of_few_values_share_rows_by_chance():
    rng = np.random.default_rng(0)
    tables = []
    for _ in range(2):
        X = pd.DataFrame(rng.integers(0, 3, size=(700, 3)), columns=list("abc"))
        y = X["a"] * X["b"] + rng.normal(size=700)
        tables.append(MixedTable(X, y.to_numpy(), "gaussian", {}, None, None, ()))
    check_rows(own_table.asked(tables[0], learner(), device="cpu"), tables[1])
