"""A reader's own people: what slips are refused, and what is said of the trait."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.data.panel import Panel
from helpers.loaders import plink_writer, traits
from helpers.loaders.matching import SnpList
from helpers.studies.gene_gene import cohorts, own_files, own_people
from helpers.studies.gene_gene.yes_or_no import YesOrNo

PAGE = Path(__file__).parents[3] / "book" / "your-gene-gene.ipynb"
N = 200
DRAW = np.random.default_rng(0)
NUMBERS = DRAW.normal(size=N)
CASES = (NUMBERS > 0).astype(int)


@pytest.fixture
def pheno(tmp_path):
    """Return a function that writes a table of people with some columns."""

    def written(name="own.tsv", **columns):
        people = [f"person{k + 1}" for k in range(N)]
        table = pd.DataFrame({"IID": people, **columns})
        table.to_csv(tmp_path / name, sep="\t", index=False)
        return tmp_path / name

    return written


def checked(path, **columns):
    table = own_people.read_people(path, "t", **columns)
    own_people.check_people(table, "t", columns)
    return table


def refused(message, path, **columns):
    with pytest.raises(ValueError, match=message) as error:
        checked(path, **columns)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(("code", "shift"), [(9, 0), (-1, 0), (-3, 0), (3, 1)])
def test_a_third_code_is_no_trait_of_numbers(pheno, code, shift):
    path = pheno(t=np.where(np.arange(N) < 12, code, CASES + shift))
    refused(rf"got .*{code} \(12 people\).* in missing_codes; if all are", path)
    table = checked(path, missing_codes=[str(code)])
    assert len(table.people) == N - 12
    assert isinstance(own_files.target_of(table), YesOrNo)
    n = int(CASES[12:].sum())
    assert own_people.trait_words(table, "t") == (
        f"Trait: t, read as controls and cases: {N - 12 - n} controls (code {shift}) "
        f"and {n} cases (code {shift + 1})."
    )
    assert own_people.cautions(table, "t") == []


def test_three_numbers_may_be_numbers_and_that_is_said(pheno):
    path = pheno(t=np.arange(N) % 3)
    table = checked(path)
    assert len(table.people) == 133  # 0 is PLINK's missing
    (said,) = own_people.cautions(table, "t")
    assert said.startswith("67 people with a trait of 0 are left out: beside 1, a con")
    kept = checked(path, missing_codes=["-9"])
    assert own_people.trait_words(kept, "t") == (
        "Trait: t, read as numbers: 3 values, 0 (67 people), 1 (67 people), 2 (66 "
        "people)."
    )
    (said,) = own_people.cautions(kept, "t")
    assert "taken for one of numbers. If one of them is a code, name it" in said
    refused(r"got 0 \(50 people\), 1 \(50", pheno(t=np.arange(N) % 4))


def test_numbers_say_how_many_there_are(pheno):
    table = checked(pheno(t=NUMBERS))
    said = own_people.trait_words(table, "t")
    assert said.startswith("Trait: t, read as numbers: 200 values, -")
    assert " to " in said and "people" not in said
    assert own_people.cautions(table, "t") == []
    five = own_people.trait_words(checked(pheno(t=np.arange(N) % 5)), "t")
    assert "5 values, 0 (40 people), 1 (40 people)" in five


def test_a_file_of_covariates_is_read_for_something(pheno):
    path = pheno(t=NUMBERS, home=np.arange(N) // 2)
    other = pheno("other.tsv", age=NUMBERS, cage=np.arange(N) // 4)
    refused(r"name columns of .*other\.tsv, .* it has age, cage\.", path,
            covariate_file=other)  # fmt: skip
    refused("it has age, cage", path, covariate_file=other, groups="home")
    for columns in ({"covariates": ["age"]}, {"groups": "cage"}):
        checked(path, covariate_file=other, **columns)


def test_family_0_is_none(pheno):
    groups = np.where(np.arange(N) < 150, 0, np.arange(N))
    table = checked(pheno(t=NUMBERS, fam=groups), groups="fam")
    assert len(set(table.groups)) == N
    (said,) = own_people.cautions(table, "t")
    assert said.startswith("150 people are of group 0, which is PLINK's for no family")
    some = table.take(table.people[140:])
    assert own_people.cautions(some, "t")[0].startswith("10 people")
    assert table.groups[150] == "150"
    assert own_people.cautions(checked(pheno(t=NUMBERS)), "t") == []


def test_a_group_too_large_for_the_parts_is_named():
    groups = np.array(["farm"] * 560 + [f"home{k}" for k in range(40)])
    with pytest.raises(ValueError, match="at least 50 people; got ") as error:
        own_people.parts_of(600, groups, seed=0)
    assert "the largest of 41, 'farm', holds 560: divide it" in str(error.value)
    assert "\n" not in str(error.value)
    with pytest.raises(ValueError, match=r"got 40 of 400\.$"):
        own_people.parts_of(400, None, seed=0)
    parts = own_people.parts_of(600, np.arange(600), seed=3)
    again = traits.split_people(600, groups=np.arange(600), seed=3)
    assert all(np.array_equal(a, b) for a, b in zip(parts, again, strict=True))


@pytest.mark.parametrize("name", ["sex", "SEX", "Sex"])
def test_unknown_sex_is_no_number(pheno, name):
    path = pheno(t=NUMBERS, **{name: np.arange(N) % 3})
    table = checked(path, covariates=[name])
    assert set(table.covariates[name]) == {1, 2} and len(table.people) == 133
    assert set(table.dropped["reason"]) == {f"no value of {name} (code 0)"}
    assert table.values == pytest.approx(NUMBERS[np.arange(N) % 3 > 0])
    kept = checked(path, covariates=[name], missing_codes=["-9"])
    assert len(kept.people) == N


@pytest.mark.parametrize(("name", "n_values"), [("sex", 2), ("sex", 4), ("dose", 3)])
def test_other_zeros_are_numbers(pheno, name, n_values):
    path = pheno(t=NUMBERS, **{name: np.arange(N) % n_values})
    assert len(checked(path, covariates=[name]).people) == N


@pytest.mark.parametrize("last", [True, False])
def test_a_category_has_ten_people_a_level(pheno, last):
    refused("'site' has 100 levels of 200 people: join some", categories=["site"],
            path=pheno(t=NUMBERS, site=[f"s{k // 2}" for k in range(N)]))  # fmt: skip
    site = np.array([f"s{k // 10}" for k in range(N)])
    site[-1] = "new" if last else site[-1]
    if last:
        refused("has 21 levels", pheno(t=NUMBERS, site=site), categories=["site"])
    else:
        checked(pheno(t=NUMBERS, site=site), categories=["site"])


def test_both_cohorts_are_read_with_care(tmp_path):
    counts = DRAW.binomial(2, 0.4, (4, N)).astype(np.int8)
    names = tuple(f"rs{k}" for k in range(4))
    panel = Panel(counts, (2, 2), ("a", "b"), names, alleles=(("A", "G"),) * 4)
    y = np.where(np.arange(N) < 12, 9, CASES)
    files = plink_writer.write_panel(panel, tmp_path / "own.bed", y, trait="t")
    where, snps = [files["bed"], files["pheno"], "t"], SnpList.of(panel)
    genes, filters = {"genes": str(files["genes"])}, {"min_hwe": 0}
    with pytest.raises(ValueError, match=r"9 \(12 people\)"):
        own_files.read_own(*where, genes, {}, filters)
    with pytest.raises(ValueError, match=r"9 \(12 people\)"):
        cohorts.read_second(*where, snps, kind="numbers")
    columns = {"missing_codes": ["9"]}
    _, table, dropped = own_files.read_own(*where, genes, columns, filters)
    assert len(table.people) == N - 12 == N - len(dropped)
    kind = "controls and cases"
    found = cohorts.read_second(*where, snps, kind=kind, columns=columns)
    assert found.said == own_people.trait_words(table, "t")


def test_the_page_says_what_was_read():
    cells = json.loads(PAGE.read_text(encoding="utf-8"))["cells"]
    code = {c["id"]: "".join(c["source"]) for c in cells if c["cell_type"] == "code"}
    assert '"missing_codes": missing_codes or None' in code["read"]
    assert "own_report.described(panel, table, trait)" in code["read"]
    assert "own_people.cautions(table, trait)" in code["read"]
    assert "*cautions" in code["report"] and '"missing_codes"' in code["report"]
    assert "others.said" in code["second-read"]
    assert "own_people.parts_of(" in code["study"]
