import gzip
import os

import numpy as np
import pandas as pd
import pytest

from helpers.loaders.fasta import base_ids, chromosome_lengths

TEXT = ">chr1 the first\nACGTAC\nGTnn\n>chr2\nTTRacg\n"


@pytest.fixture
def fasta(tmp_path):
    path = tmp_path / "genome.fa"
    path.write_text(TEXT)
    return path


def table(*windows):
    return pd.DataFrame(windows, columns=["chrom", "start", "end"])


def test_lengths_in_file_order(fasta):
    assert chromosome_lengths(fasta) == {"chr1": 10, "chr2": 6}


def test_windows_in_any_order_with_unknown_bases_as_4(fasta):
    ids = base_ids(table(("chr2", 0, 4), ("chr1", 5, 9), ("chr2", 2, 6)), fasta)
    assert ids.tolist() == [[3, 3, 4, 0], [1, 2, 3, 4], [4, 0, 1, 2]]
    assert ids.dtype == np.uint8


def test_windows_are_padded_at_both_ends(fasta):
    """Also where the window is longer than the chromosome."""
    ids = base_ids(table(("chr1", -2, 3), ("chr1", 8, 13)), fasta)
    assert ids.tolist() == [[4, 4, 0, 1, 2], [4, 4, 4, 4, 4]]
    assert base_ids(table(("chr2", -1, 8)), fasta).tolist() == [
        [4, 3, 3, 4, 0, 1, 2, 4, 4]
    ]


def test_the_index_stays_beside_the_file_if_it_can(fasta, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(os, "access", lambda *_: False)
        assert chromosome_lengths(fasta) == {"chr1": 10, "chr2": 6}
        assert [path.name for path in fasta.parent.iterdir()] == ["genome.fa"]
    chromosome_lengths(fasta)
    assert (fasta.parent / "genome.fa.fai").is_file()


def test_an_older_index_is_made_anew(fasta):
    chromosome_lengths(fasta)
    fasta.write_text(TEXT + ">chr3\nA\n")
    os.utime(fasta, (2**33, 2**33))
    assert chromosome_lengths(fasta)["chr3"] == 1


@pytest.mark.parametrize(
    ("windows", "message"),
    [
        (table(("chr3", 0, 4)), "genome.fa has no chromosome 'chr3'"),
        (table(), "table must hold at least one window"),
        (table(("chr1", 0, 4), ("chr1", 0, 5)), "row 0 has 4 bp, row 1 5"),
        (table(("chr1", 4, 4)), "window size must be at least 1; got 0"),
        (
            table(("chr1", 0, 4), ("chr1", 10, 14)),
            r"row 1 must touch chr1 \(10 bp\); got 10 to 14",
        ),
        (table(("chr1", -4, 0)), r"row 0 must touch chr1 \(10 bp\); got -4 to 0"),
        (table(("chr1", 0, 4)).drop(columns="end"), "must have columns .* no end"),
    ],
)
def test_windows_that_cannot_be_cut_are_named(fasta, windows, message):
    with pytest.raises(ValueError, match=message):
        base_ids(windows, fasta)


def test_letters_that_are_no_base_are_named(tmp_path):
    path = tmp_path / "protein.fa"
    path.write_text(">x\nACGTE\n")
    with pytest.raises(
        ValueError, match=r"protein\.fa: x may .* got 'E' at position 4"
    ):
        base_ids(table(("x", 0, 2)), path)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.fa", b"", "empty.fa is empty"),
        ("peaks.fa", b"chr1\t5\t9\n", "peaks.fa "),
        ("twice.fa", b">a\nAC\n>a\nGT\n", "twice.fa cannot be used: .*uplicate"),
        ("small.fa.gz", gzip.compress(b">a\nAC\n"), r"small\.fa\.gz cannot be used"),
        ("ragged.fa", b">a\nACGT\nAC\nACGT\n", "ragged.fa cannot be used: .*length"),
    ],
)
def test_files_that_are_no_usable_fasta_are_named(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=message) as error:
        chromosome_lengths(tmp_path / name)
    assert "\n" not in str(error.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"gone\.fa does not exist"):
        chromosome_lengths(tmp_path / "gone.fa")
