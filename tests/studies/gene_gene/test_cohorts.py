"""A second cohort is read and matched before anything is trained."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from helpers.data.panel import Panel
from helpers.loaders import traits
from helpers.loaders.matching import SnpList
from helpers.loaders.plink_writer import write_panel
from helpers.studies.gene_gene import cohorts
from helpers.studies.gene_gene.yes_or_no import YesOrNo

PAGE = Path(__file__).parents[3] / "book" / "your-gene-gene.ipynb"
ALLELES = (("A", "G"), ("C", "T"), ("G", "T"), ("A", "C"))
N = 200


@pytest.fixture
def panel():
    draw = np.random.default_rng(0)
    counts = draw.binomial(2, 0.4, (4, N)).astype(np.int8)
    names = tuple(f"rs{k}" for k in range(4))
    return Panel(counts, (2, 2), ("a", "b"), names, alleles=ALLELES)


def read(panel, tmp_path, y, first=None, **more):
    files = write_panel(panel, tmp_path / "second.bed", y, trait="ldl")
    given = {"kind": "numbers"} | more
    snps = SnpList.of(first or panel)
    return cohorts.read_second(files["bed"], files["pheno"], "ldl", snps, **given)


def test_people_and_trait_come_back(panel, tmp_path):
    y = np.random.default_rng(1).normal(size=N)
    y[3] = np.nan
    found = read(panel, tmp_path, y)
    assert found.panel.n_people == len(found.y) == N - 1
    assert np.array_equal(found.panel.genotypes, np.delete(panel.genotypes, 3, axis=1))
    assert np.argmax(found.y) == np.argmax(np.delete(y, 3))
    assert found.dropped["reason"].tolist() == ["no value of ldl"]


def test_a_trait_of_the_other_kind_is_refused(panel, tmp_path):
    y = np.random.default_rng(1).normal(size=N)
    with pytest.raises(ValueError, match="of controls and cases, as in the first"):
        read(panel, tmp_path, y, kind="controls and cases")
    with pytest.raises(ValueError, match="got controls and cases"):
        read(panel, tmp_path, (y > 0).astype(float))
    cases = read(panel, tmp_path, (y > 0) + 1.0, kind="controls and cases")
    assert isinstance(cases.y, YesOrNo)
    assert cohorts.kind_of(cases.y) == "controls and cases"


def test_the_trait_is_put_on_the_scale_of_the_first(panel, tmp_path):
    y = np.random.default_rng(1).lognormal(size=N)
    found = {s: read(panel, tmp_path, y, scale=s).y for s in traits.SCALES}
    assert found["as is"] == pytest.approx(y - y.mean(), abs=1e-3)
    logs = np.log(y)
    assert found["log"] == pytest.approx(logs - logs.mean(), abs=1e-3)
    assert found["normal scores"] == pytest.approx(traits.normal_scores(y), abs=0.05)
    with pytest.raises(ValueError, match="above 0 on the scale 'log'; 1 of 200"):
        read(panel, tmp_path, np.where(y == y.max(), -1.0, y), scale="log")


def test_a_snp_that_it_lacks_stops_or_is_filled(panel, tmp_path):
    fewer = Panel(panel.genotypes, (2, 2), ("a", "b"), ("x", *panel.snps[1:]),
                  alleles=ALLELES)  # fmt: skip
    y = np.random.default_rng(1).normal(size=N)
    with pytest.raises(ValueError, match=r"'rs0' \(not in the file"):
        read(fewer, tmp_path, y, panel)
    found = read(fewer, tmp_path, y, panel, absent="fill")
    assert np.ptp(found.panel.genotypes[0]) == 0
    with pytest.raises(ValueError, match="absent must be one of"):
        read(fewer, tmp_path, y, panel, absent="guess")


def test_other_files_name_the_way_out(tmp_path):
    with pytest.raises(ValueError, match="plink2 --pfile second"):
        cohorts.read_second(tmp_path / "second.pgen", "p", "ldl", None, kind="numbers")


def test_the_page_reads_it_before_it_trains():
    cells = json.loads(PAGE.read_text(encoding="utf-8"))["cells"]
    code = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]

    def first(name):
        return next(k for k, text in enumerate(code) if name in text)

    assert first("read_second(") < first("kept_networks(") < first("replicate_in(")
    assert "met = cohorts.check_people(" in code[first("read_second(")]
    assert "other people. {met}" in code[first("replicate_in(")]
    assert "absent=second_absent" in code[first("read_second(")]


def cohort(seed, n_snps=30, n=N, people=()):
    draw = np.random.default_rng(seed)
    counts = draw.binomial(2, 0.4, (n_snps, n)).astype(np.int8)
    return Panel(counts, (n_snps,), people=people)


def test_people_of_the_first_cohort_are_no_second_one():
    first = cohort(0)
    order = np.random.default_rng(1).permutation(N)
    names = tuple(np.array(first.people)[order])
    same = Panel(first.genotypes[:, order], (30,), people=names)
    with pytest.raises(ValueError, match="200 of 200 have the name and the genotypes"):
        cohorts.check_people(first, same)
    some = first.genotypes.copy()
    some[:, 40:] = cohort(1).genotypes[:, 40:]
    with pytest.raises(ValueError, match="40 of 200 have the name"):
        cohorts.check_people(first, Panel(some, (30,)))
    cohorts.check_people(first, cohort(1))  # other people with the same numbers
    cohorts.check_people(first, cohort(1, people=tuple(f"B{k}" for k in range(N))))
    cohorts.check_people(cohort(0, n_snps=2), cohort(1, n_snps=2))  # alike by chance


def renamed(panel):
    return Panel(panel.genotypes, panel.sizes, people=[f"B{k}" for k in range(N)])


def test_other_names_make_no_other_people():
    first = cohort(0)
    with pytest.raises(ValueError, match="200 of 200 have the genotypes of") as error:
        cohorts.check_people(first, renamed(first))
    assert "('B0' those of 'person1'): leave them out." in str(error.value)
    assert "\n" not in str(error.value)
    some = cohort(1).genotypes.copy()
    some[:, :15] = first.genotypes[:, 40:55]
    said = cohorts.check_people(first, renamed(Panel(some, (30,))))
    assert said == "Of them 15 have the genotypes of somebody in the first."
    some[:, :25] = first.genotypes[:, 40:65]
    with pytest.raises(ValueError, match="25 of 200"):
        cohorts.check_people(first, renamed(Panel(some, (30,))))


@pytest.mark.parametrize("n_snps", [1, 2, 4, 6, 8, 10, 12, 16])
def test_few_snps_refuse_no_honest_cohort(n_snps):
    said = {
        cohorts.check_people(cohort(k, n_snps), renamed(cohort(k + 50, n_snps)))
        for k in range(10)
    }
    if n_snps < 5:
        assert said == {"Too few SNPs vary to tell whether they are other people."}
    if n_snps == 10:
        assert all("(by chance about " in text for text in said)


def test_frequencies_tell_the_first_cohort_itself():
    first = cohort(0, n=500)
    snps = SnpList.of(replace(first, alleles=(("A", "G"),) * 30))
    with pytest.raises(ValueError, match="these 500 are those of the first cohort's 5"):
        cohorts.check_frequencies(snps, 500, first)
    with pytest.raises(ValueError, match="these 495 are"):
        cohorts.check_frequencies(snps, 500, first.take(np.arange(495)))
    for seed in range(1, 20):
        cohorts.check_frequencies(snps, 500, cohort(seed, n=500))
    few = cohort(0, n_snps=10, n=500)
    snps = SnpList.of(replace(few, alleles=(("A", "G"),) * 10))
    cohorts.check_frequencies(snps, 500, few)  # not enough to tell
