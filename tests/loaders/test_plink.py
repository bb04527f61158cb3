"""PLINK files in, panels of genes out; what cannot be used is named."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from bed_reader import to_bed
from hypothesis import given, settings
from hypothesis import strategies as st
from packing import spellings

from helpers.loaders import plink

REAL = Path(os.environ.get("INTERACTIONS_DATA", "missing")) / "genotypes"
data = pytest.mark.data
needs_data = pytest.mark.skipif(
    not REAL.is_dir(), reason="INTERACTIONS_DATA names no folder with genotypes"
)


def write(folder, counts, chromosomes=None, positions=None, centimorgans=None):
    """Write (n_people, n_snps) counts, NaN = missing, as study.bed/.bim/.fam."""
    n_people, n_snps = counts.shape
    to_bed(
        folder / "study.bed",
        counts.astype(float),
        properties={
            "iid": [f"p{i}" for i in range(n_people)],
            "sid": [f"rs{j}" for j in range(n_snps)],
            "chromosome": chromosomes or ["1"] * n_snps,
            "bp_position": positions or [1000 * (j + 1) for j in range(n_snps)],
            "cm_position": centimorgans or [0.5 * j for j in range(n_snps)],
        },
        num_threads=1,
    )
    return folder / "study.bed"


@pytest.fixture
def counts():
    draw = np.random.default_rng(0)
    return draw.binomial(2, 0.4, (200, 12)).astype(float)


@pytest.fixture
def study(tmp_path, counts):
    return write(tmp_path, counts)


GENES = {"A": np.arange(6), "B": np.arange(6, 12)}


def test_a_clean_file_comes_back_as_it_was(study, counts):
    panel = plink.load_panel(study, GENES)
    np.testing.assert_array_equal(panel.genotypes, counts.T)
    assert panel.genes == ("A", "B") and panel.sizes == (6, 6)
    assert panel.snps[:2] == ("rs0", "rs1") and panel.people[-1] == "p199"
    assert panel.dropped.empty


def test_people_come_in_the_order_asked_for(study, counts):
    panel = plink.load_panel(study, GENES, people=[f"p{i}" for i in range(99, -1, -1)])
    np.testing.assert_array_equal(panel.genotypes, counts[99::-1].T)


def test_every_filter_drops_and_says_why(tmp_path, counts):
    counts[:20, 0] = np.nan  # a tenth of the people
    counts[:, 1] = 2  # monomorphic
    counts[:, 2] = 0
    counts[0, 2] = 1  # one rare copy
    counts[:, 3] = np.tile([0, 2], 100)  # nobody heterozygous
    counts[:, 5] = counts[:, 4]  # the same SNP twice
    counts[7, 6:11] = np.nan  # a person with much missing
    counts[8, 11] = np.nan  # filled
    bed = write(tmp_path, counts)
    panel = plink.load_panel(bed, GENES, max_missing_person=0.3)
    dropped = panel.dropped.set_index("item")
    assert dropped.loc["rs0", "reason"] == "over 0.05 missing"
    assert dropped.loc["rs1", "reason"] == "monomorphic"
    assert dropped.loc["rs2", "reason"] == "minor allele frequency below 0.01"
    assert dropped.loc["rs3", "reason"] == "Hardy-Weinberg p below 1e-06"
    assert dropped.loc["rs5", "reason"] == "r2 over 0.8 with a kept SNP"
    assert dropped.loc["p7", ["kind", "reason"]].tolist() == [
        "person",
        "over 0.3 missing",
    ]
    assert dropped.loc["1", "kind"] == "genotypes"
    assert panel.sizes == (1, 6) and panel.n_people == 199
    row, column = panel.snps.index("rs11"), panel.people.index("p8")
    values, often = np.unique(counts[:, 11][counts[:, 11] >= 0], return_counts=True)
    assert panel.genotypes[row, column] == values[np.argmax(often)]
    summary = plink.drop_summary(panel.dropped)
    assert summary["n"].sum() == len(panel.dropped)


def test_filters_can_be_turned_off(tmp_path, counts):
    counts[:, 3] = np.tile([0, 2], 100)
    counts[:, 5] = counts[:, 4]
    panel = plink.load_panel(write(tmp_path, counts), GENES, min_hwe=0, max_r2=1)
    assert panel.n_snps == 12


def test_sex_chromosomes_are_left_out(tmp_path, counts):
    bed = write(tmp_path, counts, chromosomes=["1"] * 10 + ["X", "23"])
    panel = plink.load_panel(bed, GENES)
    assert panel.sizes == (6, 4)
    assert panel.dropped["reason"].tolist() == [
        "on chromosome 23, not an autosome",
        "on chromosome X, not an autosome",
    ]


def test_windows_take_flanks_and_give_a_shared_snp_to_the_nearer_gene(tmp_path):
    bim = pd.DataFrame(
        {
            "chromosome": ["1", "1", "1", "1", "2", "1"],
            "snp": list("abcdef"),
            "centimorgan": 0.0,
            "position": [90, 101, 145, 160, 101, 0],
            "allele1": "A",
            "allele2": "G",
        }
    )
    path = tmp_path / "genes.bed"
    path.write_text("# note\nchr1\t100\t120\tA\textra\n1\t150\t200\tB\n2\t5\t9\tC\n")
    windows = plink.read_gene_windows(path)
    genes = plink.snps_in_windows(bim, windows, flank=40)
    assert [list(rows) for rows in genes.values()] == [[0, 1], [2, 3], []]
    exact = plink.snps_in_windows(bim, windows, flank=0)
    assert list(exact["A"]) == [1]  # base 101 counted from 1 is 100 counted from 0
    assert list(exact["B"]) == [3]


def of_snps(positions, chromosome="1"):
    return pd.DataFrame({"chromosome": chromosome, "position": positions})


def of_genes(*windows):
    rows = [("1", start, end, f"g{i}") for i, (start, end) in enumerate(windows)]
    return pd.DataFrame(rows, columns=["chromosome", "start", "end", "gene"])


@pytest.mark.parametrize(("flank", "first", "last"), [(0, 101, 120), (7, 94, 127)])
def test_the_first_and_the_last_base_within_reach(flank, first, last):
    """BED counts from 0 and leaves the end out, .bim counts from 1."""
    bim = of_snps([first - 1, first, last, last + 1])
    found = plink.snps_in_windows(bim, of_genes((100, 120)), flank=flank)
    assert list(found["g0"]) == [1, 2]


@given(
    positions=st.lists(st.integers(-1, 60), min_size=1, max_size=12),
    windows=st.lists(
        st.tuples(st.integers(0, 50), st.integers(1, 9)), min_size=1, max_size=3
    ),
    flank=st.integers(0, 12),
)
@settings(deadline=None)
def test_a_snp_goes_to_the_first_of_the_nearest_genes(positions, windows, flank):
    windows = [(start, start + width) for start, width in windows]
    found = plink.snps_in_windows(of_snps(positions), of_genes(*windows), flank=flank)
    for row, position in enumerate(positions):
        away = [min(abs(position - b) for b in range(a + 1, z + 1)) for a, z in windows]
        within = position > 0 and min(away) <= flank
        owners = [gene for gene, rows in found.items() if row in rows]
        assert owners == ([f"g{int(np.argmin(away))}"] if within else [])
    for rows in found.values():
        assert np.array(positions)[rows].tolist() == sorted(np.array(positions)[rows])


def rewritten(study, suffix, change):
    """Return the study with the lines of one text file changed by `change`."""
    path = study.with_suffix(suffix)
    path.write_bytes(change(path.read_text().splitlines()))
    return study


@given(in_bim=spellings(), in_fam=spellings(), in_genes=spellings())
@settings(deadline=None, max_examples=30)
def test_spelling_changes_nothing(tmp_path_factory, in_bim, in_fam, in_genes):
    folder = tmp_path_factory.mktemp("spelt")
    drawn = np.random.default_rng(0).binomial(2, 0.4, (50, 3)).astype(float)
    bed = write(folder, drawn)
    rewritten(bed, ".bim", in_bim)
    rewritten(bed, ".fam", in_fam)
    path = folder / "genes.bed"
    path.write_bytes(in_genes(["track", "chr1\t900\t2001\tHLA A", "1\t2500\t9999\tB"]))
    bim, windows = (
        plink.read_bim(bed.with_suffix(".bim")),
        plink.read_gene_windows(path),
    )
    panel = plink.load_panel(bed, plink.snps_in_windows(bim, windows, flank=0))
    assert panel.genes == ("HLA A", "B") and panel.sizes == (2, 1)
    np.testing.assert_array_equal(panel.genotypes, drawn.T)


@pytest.mark.parametrize("code", ["x", "chrY", "par1", "PAR2", "XY", "mt", "M", "-1"])
@pytest.mark.parametrize("zero", ["24", "025", "26", "0", "00"])
def test_chromosomes_off_the_autosomes_in_every_spelling(tmp_path, counts, code, zero):
    labels = ["1", "01", "chr1", "Chr1", code, zero] * 2
    panel = plink.load_panel(write(tmp_path, counts, chromosomes=labels), GENES)
    assert panel.snps == tuple(f"rs{j}" for j in (0, 1, 2, 3, 6, 7, 8, 9))
    assert set(panel.dropped["item"]) == {"rs4", "rs5", "rs10", "rs11"}


def test_what_is_no_autosome_can_be_said(tmp_path, counts):
    bed = write(tmp_path, counts, chromosomes=["23"] * 6 + ["2L"] * 6)
    panel = plink.load_panel(bed, GENES, not_autosomes=["chr2L"], empty_genes="drop")
    assert panel.genes == ("A",)


def test_snps_without_a_name_of_their_own_are_called_by_their_row(study, counts):
    def renamed(lines):
        for row, name in ((1, "."), (2, "."), (5, "rs7")):
            lines[row] = lines[row].replace(f"rs{row}", name)
        return "\n".join(lines).encode()

    panel = plink.load_panel(rewritten(study, ".bim", renamed), GENES)
    assert panel.snps[:3] == ("rs0", ".#2", ".#3")
    assert panel.snps[5] == "rs7#6" and panel.snps[7] == "rs7#8"
    np.testing.assert_array_equal(panel.genotypes, counts.T)


def test_people_of_one_id_are_called_by_their_family(study, counts):
    def in_trios(lines):
        rows = [f"fam{i // 3} {i % 3} 0 0 0 -9" for i in range(len(lines))]
        return "\n".join(rows).encode()

    rewritten(study, ".fam", in_trios)
    family = plink.read_fam(study.with_suffix(".fam"))
    assert family["person"].tolist()[:4] == ["fam0:0", "fam0:1", "fam0:2", "fam1:0"]
    panel = plink.load_panel(
        study, GENES, people=["fam9:1", "fam0:2"], max_r2=1, min_hwe=0
    )
    assert panel.people == ("fam9:1", "fam0:2")
    rows = [panel.snps.index(name) for name in panel.snps]
    columns = [int(name[2:]) for name in panel.snps]
    np.testing.assert_array_equal(panel.genotypes[rows], counts[[28, 2]][:, columns].T)


def test_an_empty_gene_says_why(tmp_path, counts):
    counts[:, :6] = np.nan
    labels = ["1"] * 8 + ["X"] * 4
    bed = write(tmp_path, counts, chromosomes=labels)
    for rows, message in (
        ([], "no SNP of the .bim file lies in it .is the genome build the same"),
        (range(6), "of 6 SNPs, 6 over 0.05 missing; leave it out, widen"),
        (range(8, 12), "of 4 SNPs, 4 on chromosome X, not an autosome"),
        ([0, 8], "of 2 SNPs, 1 on chromosome X, not an autosome, 1 over 0.05 missing"),
    ):
        rejects(
            f"gene 'A' has no SNP left.*: {message}", plink.load_panel, bed, {"A": rows}
        )
    rejects(
        "no SNP left in any gene; of 'A', of 6 SNPs, 6 over 0.05 missing",
        plink.load_panel,
        bed,
        {"A": range(6)},
        empty_genes="drop",
    )


def test_genes_on_other_chromosomes_are_named(study, tmp_path):
    path = tmp_path / "genes.bed"
    path.write_text("scaffold1\t0\t90000\tA\n")
    bim = plink.read_bim(study.with_suffix(".bim"))
    windows = plink.read_gene_windows(path)
    message = r"windows must lie on chromosomes of the .bim file \(1\); got scaffold1"
    rejects(message, plink.snps_in_windows, bim, windows)
    path.write_text("chrom01\t0\t90000\tA\n")
    windows = plink.read_gene_windows(path)
    assert len(plink.snps_in_windows(bim, windows)["A"]) == 12


def test_the_limits_of_missing_genotypes_are_met_exactly(tmp_path, counts):
    counts[:10, 0] = np.nan  # a twentieth of the people: may stay
    counts[:11, 1] = np.nan
    counts[20, 6:8] = np.nan  # two of the eleven SNPs left
    bed = write(tmp_path, counts)
    panel = plink.load_panel(bed, GENES, max_missing_person=2 / 11)
    assert panel.dropped["item"].tolist() == ["rs1", "12"]
    fewer = plink.load_panel(bed, GENES, max_missing_person=0.18)
    assert fewer.dropped["item"].tolist() == ["rs1", "p20", "10"]
    assert fewer.n_people == 199


def test_the_smallest_study_is_two_people_and_one_snp(tmp_path):
    bed = write(tmp_path, np.array([[0.0], [1.0]]))
    panel = plink.load_panel(bed, {"A": [0]})
    assert panel.genotypes.tolist() == [[0, 1]]
    one = plink.runs_of_snps(plink.read_bim(bed.with_suffix(".bim")), 1)
    assert {name: list(rows) for name, rows in one.items()} == {"chr1:snps1-1": [0]}
    rejects("1 monomorphic", plink.load_panel, bed, {"A": [0]}, people=["p1"])


def test_pseudo_genes(tmp_path, counts):
    bed = write(
        tmp_path,
        counts,
        chromosomes=["1"] * 7 + ["2"] * 4 + ["X"],
        centimorgans=[0, 1, 2, 9, 10, 11, 30, 0, 12, 13, 14, 0],
    )
    bim = plink.read_bim(bed.with_suffix(".bim"))
    runs = plink.runs_of_snps(bim, 3)
    assert list(runs) == ["chr1:snps1-3", "chr1:snps4-6", "chr2:snps1-3"]
    assert list(runs["chr2:snps1-3"]) == [7, 8, 9]
    assert len(plink.runs_of_snps(bim, 3, n_genes=2)) == 2
    windows = plink.runs_of_centimorgans(bim, 10)
    assert {name: len(rows) for name, rows in windows.items()} == {
        "chr1:0-10cM": 4,
        "chr1:10-20cM": 2,
        "chr1:30-40cM": 1,
        "chr2:0-10cM": 1,
        "chr2:10-20cM": 3,
    }


def rejects(message, call, *arguments, error=ValueError, **knobs):
    with pytest.raises(error, match=message) as caught:
        call(*arguments, **knobs)
    assert "\n" not in str(caught.value)


def test_files_that_disagree(study):
    fam = study.with_suffix(".fam")
    lines = fam.read_text().splitlines()
    fam.write_text("\n".join(lines[:-9]))
    message = r"study.bed must have 579 bytes for the 191 people .* 12 SNPs.* got 603"
    rejects(message, plink.load_panel, study, GENES)
    fam.write_text("\n".join(lines))
    bim = study.with_suffix(".bim")
    bim.write_text("\n".join(bim.read_text().splitlines()[:-1]))
    message = r"study.bed must have 553 bytes for the 200 people .* 11 SNPs.* got 603"
    rejects(message, plink.load_panel, study, GENES)
    fam.unlink()
    rejects(
        "study.fam does not exist",
        plink.load_panel,
        study,
        GENES,
        error=FileNotFoundError,
    )


def test_not_a_bed_file(study):
    study.write_bytes(b"abc" + study.read_bytes()[3:])
    rejects("must start with the bytes 6c 1b 01", plink.load_panel, study, GENES)
    study.unlink()
    rejects(
        "study.bed does not exist",
        plink.load_panel,
        study,
        GENES,
        error=FileNotFoundError,
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("1 rs0 0 1000 A", "line 2 must have 6 fields .*; got 5"),
        ("1 rs0 zero 1000 A G", "line 2: centimorgan must be a number; got 'zero'"),
        ("1 rs0 inf 5 A G", "line 2: centimorgan must be a number; got 'inf'"),
        ("1 rs0 0 here A G", "line 2: position must be a whole number; got 'here'"),
        (
            "\n1 rs0 0 3000.7 A G",
            "line 3: position must be a whole number; got '3000.7",
        ),
    ],
)
def test_bim_rejects(tmp_path, line, message):
    path = tmp_path / "a.bim"
    path.write_text(f"1 rs9 0 1 A G\n{line}\n")
    rejects(message, plink.read_bim, path)


def test_fam_rejects(tmp_path):
    path = tmp_path / "a.fam"
    path.write_text("f a 0 0 1 -9\nf a 0 0 1 -9\n")
    rejects("'a' comes twice in family 'f'", plink.read_fam, path)
    path.write_text("")
    rejects("is empty", plink.read_fam, path)
    path.write_bytes(b"\xff\xfe\x00")
    rejects("is not a text file", plink.read_fam, path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1\t5\t9", "line 1 must have chromosome, start, end and gene; got 1, 5, 9"),
        ("1\t5\t9\t\t0", "line 1 must have chromosome, start, end and gene; got 1, 5"),
        ("1\t5\n", "line 1 must have chromosome, start and end; got 2"),
        ("1\t5\tx\tA", "line 1 must have whole numbers .* got '5' and 'x'"),
        ("1\t9\t5\tA", "line 1 must have start below end; got 9 and 5"),
        ("1\t1\t5\tA\n1\t7\t9\tA", "must name each gene once; 'A' comes twice"),
        ("# nothing", "must name at least one gene"),
    ],
)
def test_gene_windows_reject(tmp_path, text, message):
    path = tmp_path / "genes.bed"
    path.write_text(text)
    rejects(message, plink.read_gene_windows, path)


@pytest.mark.parametrize(
    ("genes", "knobs", "message"),
    [
        ({}, {}, "genes must name at least one gene"),
        ({"A": [0], "B": []}, {}, "gene 'B' has no SNP left in study.bed"),
        ({"A": [0, 12]}, {}, "gene 'A' must use rows 0 to 11"),
        ({"A": [0, 1], "B": [1]}, {}, "row 1 is in 'A' and 'B'"),
        (GENES, {"people": ["p0", "q"]}, r"'q' is not \(1 of 2 are not\)"),
        (GENES, {"people": ["p0", "p0"]}, "named once each"),
        (GENES, {"people": []}, "at least one person"),
        (GENES, {"min_maf": 0.7}, "min_maf must be at most 0.5; got 0.7"),
        (GENES, {"empty_genes": "keep"}, "empty_genes must be one of error, drop"),
    ],
)
def test_load_panel_rejects(study, genes, knobs, message):
    rejects(message, plink.load_panel, study, genes, **knobs)


def test_an_empty_gene_can_be_dropped(study):
    panel = plink.load_panel(study, {"A": [0], "B": []}, empty_genes="drop")
    assert panel.genes == ("A",)
    assert panel.dropped["item"].tolist() == ["B"]
    rejects(
        "no SNP left in any gene",
        plink.load_panel,
        study,
        {"B": []},
        empty_genes="drop",
    )


def test_pseudo_genes_reject(study):
    bim = plink.read_bim(study.with_suffix(".bim"))
    rejects(
        "n_genes must be at most 4 here; got 5", plink.runs_of_snps, bim, 3, n_genes=5
    )
    rejects("width must be greater than 0", plink.runs_of_centimorgans, bim, 0)
    rejects(
        "bim must have genetic distances",
        plink.runs_of_centimorgans,
        bim.assign(centimorgan=0.0),
    )


@data
@needs_data
def test_hapmap3_as_runs_of_60_snps():
    bed = REAL / "hapmap3_1kg" / "hapmap3.bed"
    bim = plink.read_bim(bed.with_suffix(".bim"))
    panel = plink.load_panel(bed, plink.runs_of_snps(bim, 60, n_genes=10))
    assert (panel.n_people, panel.n_genes, panel.n_snps) == (957, 10, 600)
    assert panel.details["n_filled"] > 0  # 0.15% of genotypes are missing


@data
@needs_data
def test_the_two_builds_agree_on_shared_people_matched_by_snp_name():
    folder = REAL / "hapmap3_1kg"
    panels, names = [], None
    for stem in ("hapmap3", "1kg_phase1"):
        bim = plink.read_bim(folder / f"{stem}.bim")
        rows = np.arange(600)
        if names is not None:
            rows = pd.Index(bim["snp"]).get_indexer(names)
        names = bim["snp"].to_numpy()[rows]
        bed = folder / f"{stem}.bed"
        panels.append(
            plink.load_panel(bed, {"all": rows}, max_r2=1, min_hwe=0, min_maf=0)
        )
    first, second = panels
    people = sorted(set(first.people) & set(second.people))
    snps = [name for name in first.snps if name in set(second.snps)]
    values = [
        p.genotypes[
            np.ix_([p.snps.index(s) for s in snps], [p.people.index(i) for i in people])
        ]
        for p in panels
    ]
    assert len(people) == 564 and len(snps) > 590
    assert (values[0] == values[1]).mean() > 0.98


@data
@needs_data
def test_mice_in_windows_of_10_centimorgans():
    bed = REAL / "mice" / "mice.bed"
    bim = plink.read_bim(bed.with_suffix(".bim"))
    genes = plink.runs_of_centimorgans(bim, 10, n_genes=20)
    panel = plink.load_panel(bed, genes, min_hwe=0)
    assert panel.n_people == 1814 and panel.n_genes == 20
    assert min(panel.sizes) >= 1 and max(panel.sizes) < 150
    assert not any(gene.startswith("chrX") for gene in panel.genes)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("x.pgen", "plink2 --pfile x --make-bed --out x"),
        ("x.bgen", "plink2 --bgen x.bgen ref-first --sample x.sample --make-bed"),
        ("x.vcf.gz", "plink2 --vcf x.vcf.gz --make-bed --out x"),
    ],
)
def test_other_files_of_genotypes_name_the_way_out(tmp_path, name, told):
    with pytest.raises(ValueError, match="is no PLINK 1") as error:
        plink.load_panel(tmp_path / name, {"a": [0]})
    assert told in str(error.value) and "\n" not in str(error.value)
