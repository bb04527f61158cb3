"""SNPs of a second cohort in the alleles of the first: turned, or refused."""

from dataclasses import replace

import numpy as np
import pytest

from helpers.data.panel import Panel
from helpers.loaders import matching, plink
from helpers.loaders.matching import SnpList, match_panel
from helpers.loaders.plink_writer import write_panel

ALLELES = (("A", "G"), ("C", "T"), ("G", "T"), ("A", "T"), ("C", "A"))
N = 200


@pytest.fixture
def first():
    draw = np.random.default_rng(0)
    chances = np.array([0.4, 0.3, 0.35, 0.2, 0.5])[:, None]
    counts = draw.binomial(2, chances, (5, N)).astype(np.int8)
    names = [f"rs{k}" for k in range(5)]
    return Panel(counts, (3, 2), ("a", "b"), names, alleles=ALLELES)


def written(tmp_path, panel, alleles=ALLELES, counts=None, snps=None):
    panel = Panel(
        panel.genotypes if counts is None else counts,
        panel.sizes, panel.genes, snps or panel.snps, panel.people, alleles=alleles,
    )  # fmt: skip
    return write_panel(panel, tmp_path / "second.bed", np.arange(N))["bed"]


def test_the_same_file_comes_back_with_its_alleles(first, tmp_path):
    bed = written(tmp_path, first)
    found = match_panel(bed, SnpList.of(first))
    assert np.array_equal(found.genotypes, first.genotypes)
    assert found.alleles == ALLELES and found.dropped.empty
    read = plink.load_panel(bed, {"a": [0, 1, 2], "b": [3, 4]}, min_hwe=0)
    assert read.alleles == ALLELES
    assert read.take([3, 1]).alleles == ALLELES


def test_other_alleles_other_strands_and_another_order_are_turned(first, tmp_path):
    # rs0 counts the other allele, rs1 is on the other strand, rs2 both; rs3 (A/T) is
    # on the other strand, which its frequency alone tells.
    alleles = (("G", "A"), ("g", "a"), ("A", "C"), ("A", "T"), ("C", "A"))
    counts = first.genotypes.copy()
    counts[[0, 2, 3]] = 2 - counts[[0, 2, 3]]
    order = [1, 0, 2, 4, 3]
    bed = written(
        tmp_path, first, [alleles[k] for k in order], counts[order],
        [first.snps[k] for k in order],
    )  # fmt: skip
    found = match_panel(bed, SnpList.of(first))
    assert np.array_equal(found.genotypes, first.genotypes)
    reasons = dict(zip(found.dropped["item"], found.dropped["reason"], strict=True))
    assert reasons == {
        "rs0": "other allele counted",
        "rs1": "other strand",
        "rs2": "other allele counted, other strand",
        "rs3": "other strand, by its frequency",
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"alleles": (("A", "C"), *ALLELES[1:])}, "'rs0' .alleles A/C there, A/G lea"),
        ({"snps": ("rs9", "rs1", "rs2", "rs3", "rs4")}, "'rs0' .not in the file"),
    ],
)
def test_what_is_not_there_is_refused_or_filled(first, tmp_path, change, message):
    bed = written(tmp_path, first, **change)
    with pytest.raises(ValueError, match=message) as error:
        match_panel(bed, SnpList.of(first))
    assert "\n" not in str(error.value) and "1 of 5 SNPs" in str(error.value)
    filled = match_panel(bed, SnpList.of(first), absent="fill")
    assert np.array_equal(filled.genotypes[1:], first.genotypes[1:])
    assert (filled.genotypes[0] == 1).all()  # p = 0.4: one copy is the likeliest
    assert "set to the most frequent" in filled.dropped["reason"][0]


def test_snps_without_an_id_are_explained(first, tmp_path):
    bed = written(tmp_path, first, snps=(".", ".", "rs2", "rs3", "rs4"))
    read = plink.load_panel(bed, {"a": [0, 1, 2], "b": [3, 4]}, min_hwe=0)
    assert matching.without_id(read.snps) == [".#1", ".#2"]
    with pytest.raises(ValueError, match="plink2 --set-all-var-ids") as error:
        match_panel(bed, SnpList.of(read))
    said = str(error.value)
    assert "2 of 5 SNPs, the first '.#1' (no id where it was learned)" in said
    assert "2 SNPs have no id there and 2 SNPs have no id where" in said
    assert "\n" not in said
    nameless = written(tmp_path, first, snps=(".",) * 5)
    with pytest.raises(ValueError, match="5 SNPs have no id there: plink2"):
        match_panel(nameless, SnpList.of(first))
    with pytest.raises(ValueError, match=r"no SNP of gene 'a'.* have no id there"):
        match_panel(nameless, SnpList.of(first), absent="fill")


def test_ids_are_not_blamed_for_other_alleles(first, tmp_path):
    alleles = (("A", "C"), *ALLELES[1:])
    bed = written(tmp_path, first, alleles=alleles, snps=(*first.snps[:4], "."))
    known = {"snps": first.snps[:4], "alleles": ALLELES[:4]}
    few = replace(SnpList.of(first), sizes=(3, 1), **known)
    with pytest.raises(ValueError, match="alleles A/C there") as error:
        match_panel(bed, few)
    assert "--set-all-var-ids" not in str(error.value)


def test_a_strand_that_nothing_tells_is_refused(first, tmp_path):
    counts = first.genotypes.copy()
    counts[3] = np.random.default_rng(1).binomial(2, 0.47, N)
    with pytest.raises(ValueError, match="which strand"):
        match_panel(written(tmp_path, first, counts=counts), SnpList.of(first))


def test_other_snps_tell_the_strand_of_a_file():
    draw = np.random.default_rng(0)
    counts = draw.binomial(2, 0.5, (22, N)).astype(np.int8)
    alleles = (*(("A", "G"),) * 21, ("A", "T"))
    wanted = SnpList.of(Panel(counts, (22,), alleles=alleles))
    notes = [""] * 22
    assert matching._is_one_strand(notes, wanted)
    note, same = matching._turned("", counts[21], wanted, 21, True)
    assert note == "" and np.array_equal(same, counts[21])
    assert matching._turned("", counts[21], wanted, 21, False)[0].startswith("!A/T")
    assert not matching._is_one_strand(["other strand", *notes[1:]], wanted)
    assert not matching._is_one_strand(["!not in the file"] * 3 + notes[3:], wanted)


def test_an_allele_that_nobody_has_is_no_other_one(first, tmp_path):
    counts = first.genotypes.copy()
    counts[0] = 0  # everybody has two G, and the file names no A
    alleles = (("0", "G"), *ALLELES[1:])
    found = match_panel(
        written(tmp_path, first, alleles, counts), SnpList.of(first)
    )  # fmt: skip
    assert (found.genotypes[0] == 0).all()
    assert "differs" in found.dropped["reason"][0]


def test_a_gene_without_a_snp_is_refused_even_when_filling(first, tmp_path):
    bed = written(tmp_path, first, snps=("rs0", "rs1", "rs2", "x", "y"))
    with pytest.raises(ValueError, match="no SNP of gene 'b'"):
        match_panel(bed, SnpList.of(first), absent="fill")


def test_people_are_chosen_and_missing_genotypes_filled(first, tmp_path):
    counts = first.genotypes.copy()
    counts[:, 7] = -127
    panel = Panel(first.genotypes, first.sizes, first.genes, first.snps)
    object.__setattr__(panel, "genotypes", counts)
    object.__setattr__(panel, "alleles", ALLELES)
    bed = write_panel(panel, tmp_path / "second.bed", np.arange(N))["bed"]
    some = [first.people[k] for k in (9, 7, 3)]
    found = match_panel(bed, SnpList.of(first), people=some)
    assert found.people == (some[0], some[2])
    assert np.array_equal(found.genotypes, first.genotypes[:, [9, 3]])
    assert found.dropped["kind"].tolist() == ["person"]


def test_a_panel_without_alleles_cannot_be_matched(first):
    bare = Panel(first.genotypes, first.sizes)
    with pytest.raises(ValueError, match="panel must know the alleles"):
        SnpList.of(bare)
    with pytest.raises(ValueError, match="alleles must be of 5 SNPs; got 1"):
        Panel(first.genotypes, first.sizes, alleles=ALLELES[:1])
    assert matching.UNKNOWN == "0"
