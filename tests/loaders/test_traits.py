"""Traits from tables: covariates out, normal scores in, people dealt into parts."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packing import spellings
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


def test_people_by_another_name_are_asked_for(table):
    with pytest.raises(ValueError, match=r"no column 'id'; .* as id_column"):
        traits.read_trait(table, "height", id_column="id")
    with pytest.raises(ValueError, match=r"no column 'h'; it has [^.]*\.$"):
        traits.read_trait(table, "h")


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


def read(path, text, trait="t", **knobs):
    path.write_text(text)
    return traits.read_trait(path, trait, **knobs)


def test_codes_for_missing_values_are_dropped_and_named(table):
    text = "IID,t,age,sex\na,1,30,M\nb,-9,30,F\nc,3,-99,M\nd,4,31,0\ne,2,32,F\n"
    trait = read(table, text, covariates=["age"], categories=["sex"])
    assert trait.people == ("a", "e")
    assert trait.dropped.to_numpy().tolist() == [
        ["person", "b", "no value of t (code -9)"],
        ["person", "c", "no value of age (code -99)"],
        ["person", "d", "no value of sex (code 0)"],
    ]
    kept = read(table, text, covariates=["age"], categories=["sex"], missing_codes=())
    assert len(kept.people) == 5 and kept.values.min() == -9
    assert list(kept.covariates) == ["age", "sex=F", "sex=M"]


def test_cases_and_controls_lose_those_who_are_neither(table):
    trait = read(table, "IID,t\na,1\nb,2\nc,0\nd,-9\ne,2\n")
    assert trait.people == ("a", "b", "e")
    assert read(table, "IID,t\na,1\nb,2\nc,0\nd,3\n").people == tuple("abcd")


def test_families_tell_equal_ids_apart(table):
    trait = read(table, "FID,IID,t\nf,1,10\nf,2,20\ng,1,30\ng,3,40\n")
    assert trait.people == ("f:1", "f:2", "g:1", "g:3")
    assert trait.take(["g:1", "f:1"]).values.tolist() == [30, 10]
    assert trait.take(["3", "2"]).values.tolist() == [40, 20]  # once in the table
    with pytest.raises(ValueError, match="people must be in the trait table; '1' is"):
        trait.take(["1"])
    people, dropped = traits.common_people(["g:1", "2", "1", "h:3"], trait)
    assert people == ("g:1", "2")
    assert dropped.to_numpy().tolist() == [
        ["person", "1", "not in the trait table"],
        ["person", "h:3", "not in the trait table"],
        ["person", "f:1", "no genotypes"],
        ["person", "g:3", "no genotypes"],
    ]
    some = trait.take(["g:1", "f:2"])
    assert some.take(["f:2"]).values.tolist() == [20]
    assert some.take(["1"]).values.tolist() == [30]  # now there is one of that id


def test_a_family_column_does_no_harm_where_ids_are_unique(table):
    trait = read(table, "FID,IID,t\n0,a,1\n0,b,2\n")
    assert trait.people == ("a", "b")
    assert trait.take(["0:b", "a"]).values.tolist() == [2, 1]


def test_the_header_of_plink_2(tmp_path):
    for text in ("#IID t\na 1\nb 2\n", "#FID\tIID\tt\nf\ta\t1\nf\tb\t2\n"):
        assert read(tmp_path / "x.pheno", text).people == ("a", "b")


def test_a_quoted_field_holds_a_comma(table):
    text = 'IID,t,site\na,1,"Ulm, West"\nb,2,Trier\nc,3,"Ulm, West"\n'
    trait = read(table, text, categories=["site"])
    assert list(trait.covariates) == ["site=Ulm, West"]
    assert trait.covariates["site=Ulm, West"].tolist() == [1, 0, 1]


@given(
    values=st.lists(st.integers(-4, 90), min_size=2, max_size=8, unique=True),
    separator=st.sampled_from([",", "\t", " "]),
    spelt=spellings(),
)
@settings(deadline=None, max_examples=50)
def test_spelling_changes_no_value(tmp_path_factory, values, separator, spelt):
    suffix = {",": "csv", "\t": "tsv", " ": "phen"}[separator]
    path = tmp_path_factory.getbasetemp() / f"any.{suffix}"
    rows = [("IID", "t"), *((f"p{i}", value) for i, value in enumerate(values))]
    path.write_bytes(spelt(separator.join(map(str, row)) for row in rows))
    trait = traits.read_trait(path, "t")
    assert trait.values.tolist() == values
    assert trait.people == tuple(f"p{i}" for i in range(len(values)))


def test_the_smallest_inputs(table):
    trait = read(table, "IID,t\na,1\nb,2\n")
    assert trait.adjusted().shape == (2,)
    assert trait.take(["b"]).values.tolist() == [2]
    assert traits.common_people(["b"], trait)[0] == ("b",)
    assert traits.residuals([1.0, 3.0], np.empty((2, 0))).tolist() == [-1, 1]
    assert traits.normal_scores([5, 4]).argmax() == 0
    parts = traits.split_people(3, fractions=(1 / 3,) * 3, min_people=1)
    assert sorted(len(part) for part in parts) == [1, 1, 1]


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
        ("", "people.csv is empty"),
        ("IID,t\n", "must have rows below its header line"),
        ("IID,t\na,1\n,2\n", "row 2, column 'IID' must name a person; got ''"),
        ("IID,t\nNA,1\nb,2\n", "row 1, column 'IID' must name a person; got 'NA'"),
        ("FID,IID,t\nf,a,1\nf,a,2\n", "once; 'a' comes twice in family 'f'"),
        ("IID;t\na;1\n", "no column 'IID'; it has IID;t; semicolons seem to separate"),
        ("IID,t\na,-9\nb,-9.0\n", "has no person with all of t"),
        ("IID,t\na,1\nb,null\n", "row 2, column 't' must be a number; got 'null'"),
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


def test_a_file_of_plink_without_a_header_line(tmp_path):
    path = tmp_path / "x.pheno"
    trait = read(path, "f1 a 2.5\nf1 b NA\nf2 c 3.5\n")
    assert trait.people == ("a", "c") and trait.values.tolist() == [2.5, 3.5]
    assert trait.take(["f2:c"]).values.tolist() == [3.5]
    numbers = "1 1 0 7\n2 2 1 8\n3 3 1 9\n"
    path.write_text(numbers, encoding="utf-8")
    trait = traits.read_trait(path, "3", covariates=["4"])
    assert trait.values.tolist() == [0, 1, 1]
    assert trait.covariates["4"].tolist() == [7, 8, 9]
    with pytest.raises(ValueError, match="no column 't'; it has FID, IID, 3, 4"):
        traits.read_trait(path, "t")


def test_covariates_come_from_a_second_file(tmp_path):
    first, second = tmp_path / "t.tsv", tmp_path / "c.txt"
    first.write_text("IID\tt\tcage\na\t1\tx\nb\t2\ty\nc\t3\tx\n", encoding="utf-8")
    second.write_text("#FID IID age sex\n0 c 30 1\n0 a 10 2\n", encoding="utf-8")
    knobs = {"covariates": ["age"], "categories": ["sex"], "covariate_file": second}
    trait = traits.read_trait(first, "t", groups="cage", **knobs)
    assert trait.people == ("a", "c") and trait.values.tolist() == [1, 3]
    assert trait.covariates["age"].tolist() == [10, 30]
    assert trait.groups.tolist() == ["x", "x"]
    assert trait.dropped.to_numpy().tolist() == [["person", "b", "no value of age"]]
    with pytest.raises(ValueError, match=r"c\.txt has no column 'bmi'"):
        traits.read_trait(first, "t", covariates=["bmi"], covariate_file=second)


def test_families_tell_people_of_two_files_apart(tmp_path):
    first, second = tmp_path / "t.txt", tmp_path / "c.txt"
    first.write_text("FID IID t\nf 1 1\ng 1 2\n", encoding="utf-8")
    second.write_text("FID IID age\ng 1 20\nf 1 10\n", encoding="utf-8")
    trait = traits.read_trait(first, "t", covariates=["age"], covariate_file=second)
    assert trait.covariates["age"].tolist() == [10, 20]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("IID age\na 1\na 2\n", "must name each person once; 'a' twice"),
        ("IID age\nx 1\n", "must share people; no IID is in both"),
    ],
)
def test_a_second_file_of_other_people_is_refused(tmp_path, text, message):
    first, second = tmp_path / "t.txt", tmp_path / "c.txt"
    first.write_text("IID t\na 1\nb 2\n", encoding="utf-8")
    second.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        traits.read_trait(first, "t", covariates=["age"], covariate_file=second)


def test_a_trait_is_cleared_on_its_scale(tmp_path):
    age = np.arange(40.0)
    draw = np.random.default_rng(0).normal(size=40)
    values = np.exp(0.1 * age + draw)
    table = traits.TraitTable(
        tuple(map(str, range(40))), values, pd.DataFrame({"age": age}), pd.DataFrame()
    )
    left = {scale: table.adjusted(scale) for scale in traits.SCALES}
    assert np.array_equal(table.adjusted(), left["normal scores"])
    assert left["normal scores"].std() == pytest.approx(1, abs=0.05)
    assert left["log"] == pytest.approx(traits.residuals(draw, age[:, None]))
    assert left["as is"] == pytest.approx(traits.residuals(values, age[:, None]))
    with pytest.raises(ValueError, match="scale must be one of normal scores, as is, "):
        table.adjusted("sqrt")
    below = replace(table, values=values - values[7])
    with pytest.raises(ValueError, match="must be above 0 on the scale 'log'; ") as no:
        below.adjusted("log")
    assert "\n" not in str(no.value) and "the least is" in str(no.value)
