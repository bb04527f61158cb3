"""Traits from tables: covariates out, normal scores in, people dealt into parts."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from helpers.loaders import traits

REAL = Path(os.environ.get("INTERACTIONS_DATA", "missing")) / "genotypes"

TABLE = """IID,height,age,sex,site
a,1.5,30,F,x
b,1.7,40,M,y
c,NA,50,F,z
d,1.9,60,M,x
e,1.6,,F,y
f,1.8,35,F,x
"""


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(TABLE)
    return path


def test_missing_people_are_dropped_and_named(table):
    trait = traits.read_trait(
        table, "height", covariates=["age"], categories=["sex", "site"]
    )
    assert trait.people == ("a", "b", "d", "f")
    np.testing.assert_array_equal(trait.values, [1.5, 1.7, 1.9, 1.8])
    assert list(trait.covariates) == ["age", "sex=M", "site=y"]
    assert trait.dropped["item"].tolist() == ["c", "e"]
    assert trait.dropped["reason"].tolist() == [
        "no value of height",
        "no value of age",
    ]


def test_groups_go_with_their_people(table):
    trait = traits.read_trait(table, "height", groups="site")
    assert trait.groups.tolist() == ["x", "y", "x", "y", "x"]
    assert trait.take(["f", "b"]).groups.tolist() == ["x", "y"]
    assert traits.read_trait(table, "height").groups is None


def test_a_constant_covariate_is_dropped_and_named(table):
    table.write_text(table.read_text().replace(",M,", ",F,"))
    trait = traits.read_trait(table, "height", categories=["sex"])
    assert trait.covariates.shape == (5, 0)
    table.write_text("IID,t,c\na,1,5\nb,2,5\nc,4,5\n")
    trait = traits.read_trait(table, "t", covariates=["c"])
    assert trait.dropped["item"].tolist() == ["c"]


@pytest.mark.parametrize(("suffix", "gap"), [("tsv", "\t"), ("phen", "  ")])
def test_tabs_and_blanks_separate_too(tmp_path, suffix, gap):
    path = tmp_path / f"people.{suffix}"
    path.write_text("\n".join(gap.join(row) for row in (("IID", "t"), "a1", "b2")))
    assert traits.read_trait(path, "t").values.tolist() == [1.0, 2.0]


def test_residuals_are_free_of_the_covariates_and_of_nothing_else():
    draw = np.random.default_rng(0)
    noise = draw.standard_normal(300)
    covariates = draw.standard_normal((300, 3)) * [1, 100, 1e-3] + [0, 1e4, 0]
    noise = traits.residuals(noise, covariates)
    values = 7 + covariates @ [1, 2, 3000] + noise
    np.testing.assert_allclose(traits.residuals(values, covariates), noise, atol=1e-8)
    plain = traits.residuals(values, np.empty((300, 0)))
    np.testing.assert_allclose(plain, values - values.mean())


def test_collinear_covariates_do_no_harm():
    draw = np.random.default_rng(0)
    one = draw.standard_normal((50, 1))
    values = draw.standard_normal(50)
    np.testing.assert_allclose(
        traits.residuals(values, np.hstack([one, 2 * one])),
        traits.residuals(values, one),
        atol=1e-10,
    )


def test_normal_scores_keep_the_order_and_forget_the_shape():
    values = np.exp(np.random.default_rng(0).standard_normal(1000))
    scores = traits.normal_scores(values)
    np.testing.assert_array_equal(np.argsort(scores), np.argsort(values))
    assert stats.kstest(scores, "norm").statistic < 0.001
    np.testing.assert_allclose(
        traits.normal_scores([1, 1, 2, 2]), stats.norm.ppf([0.25, 0.25, 0.75, 0.75])
    )


def test_common_people_are_found_and_the_rest_reported(table):
    trait = traits.read_trait(table, "height")
    people, dropped = traits.common_people(["f", "zz", "c", "a"], trait)
    assert people == ("f", "a")
    rows = dropped.set_index("item")["reason"]
    assert rows["zz"] == "not in the trait table"
    assert rows["b"] == "no genotypes" and "c" not in rows  # c: no value, said before
    np.testing.assert_array_equal(trait.take(people).values, [1.8, 1.5])


def test_parts_do_not_overlap_and_have_their_shares():
    parts = traits.split_people(1000, seed=3)
    assert [len(part) for part in parts] == [600, 100, 300]
    np.testing.assert_array_equal(np.sort(np.concatenate(list(parts))), range(1000))
    again = traits.split_people(1000, seed=3)
    other = traits.split_people(1000, seed=4)
    np.testing.assert_array_equal(parts.train, again.train)
    assert not np.array_equal(parts.train, other.train)


def test_a_group_stays_together():
    groups = np.random.default_rng(0).integers(0, 60, 1000)
    parts = traits.split_people(1000, groups=groups, seed=1)
    members = [set(groups[part]) for part in parts]
    assert not members[0] & members[1] and not members[1] & members[2]
    assert not members[0] & members[2]
    assert len(parts.train) == pytest.approx(600, abs=60)
    assert sum(map(len, parts)) == 1000


def rejects(message, call, *arguments, error=ValueError, **knobs):
    with pytest.raises(error, match=message) as caught:
        call(*arguments, **knobs)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "knobs", "message"),
    [
        (["weight"], {}, "has no column 'weight'; it has IID, height, age, sex, site"),
        (["height"], {"covariates": ["bmi"]}, "has no column 'bmi'"),
        (["height"], {"id_column": "id"}, "has no column 'id'"),
        (["sex"], {}, "row 1, column 'sex' must be a number; got 'F'"),
        (["height"], {"covariates": ["sex"]}, "column 'sex' must be a number"),
        (["height"], {"covariates": ["age", "age"]}, "'age' must be used once"),
        (["height"], {"covariates": "age"}, "covariates must be a list"),
    ],
)
def test_read_trait_rejects(table, arguments, knobs, message):
    error = (TypeError, ValueError)
    rejects(message, traits.read_trait, table, *arguments, error=error, **knobs)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "must have a header line and rows"),
        ("IID,t\n", "must have a header line and rows"),
        ("IID,t,t\na,1,2\n", "two columns named 't'"),
        ("IID,t\na,1\nb\n", "row 2 has 1 fields; the header has 2"),
        ("IID,t\na,1\na,2\n", "must name each person once; 'a' twice"),
        ("IID,t\na,NA\nb,NA\n", "has no person with all of t"),
        ("IID,t\na,1\nb,1\n", "column 't' must vary; all are 1"),
        ("IID,t\na,1\nb,inf\n", "row 2, column 't' must be a number; got 'inf'"),
    ],
)
def test_read_trait_rejects_tables(table, text, message):
    table.write_text(text)
    rejects(message, traits.read_trait, table, "t")


def test_read_trait_needs_a_file(tmp_path):
    path = tmp_path / "no.csv"
    rejects("does not exist", traits.read_trait, path, "t", error=FileNotFoundError)


def test_other_functions_reject(table):
    trait = traits.read_trait(table, "height")
    rejects("must share people; no id is in both", traits.common_people, ["z"], trait)
    rejects("'z' is not", trait.take, ["a", "z"])
    rejects(
        r"values\[1\] must be finite; got nan",
        traits.residuals,
        [1, np.nan],
        [[1], [2]],
    )
    rejects("covariates must have 3 rows", traits.residuals, [1, 2, 3], np.ones((2, 1)))
    rejects("must outnumber the 3 coef", traits.residuals, [1, 2, 3], np.ones((3, 2)))
    rejects("values must vary; all are 2", traits.normal_scores, [2, 2])
    rejects("values.1. must be finite", traits.normal_scores, [2, np.nan])
    rejects("validation must have at least 50 people; got 40", traits.split_people, 400)
    rejects("sum to 1", traits.split_people, 400, fractions=(0.5, 0.1, 0.1))
    rejects("groups must have 400 labels", traits.split_people, 400, groups=[1])


@pytest.mark.data
@pytest.mark.skipif(not REAL.is_dir(), reason="INTERACTIONS_DATA names no genotypes")
def test_mice_have_their_real_traits():
    path = REAL / "mice" / "phenotypes.tsv"
    trait = traits.read_trait(
        path,
        "Biochem.HDL",
        covariates=["Biochem.Age"],
        categories=["GENDER"],
        id_column="SUBJECT.NAME",
    )
    assert 1100 < len(trait.people) < 1814
    assert len(trait.people) + len(trait.dropped) == 1814
    scores = trait.adjusted()
    ages = trait.covariates["Biochem.Age"]
    assert abs(np.corrcoef(scores, ages)[0, 1]) < 0.1
    assert isinstance(trait.covariates, pd.DataFrame)
