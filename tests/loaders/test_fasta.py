import gzip

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packing import bgzip, gzipped

from helpers.loaders import fasta as fasta_module
from helpers.loaders.fasta import base_ids, chromosome_lengths, read_sequences

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


def test_nothing_is_written_beside_the_file(fasta):
    chromosome_lengths(fasta)
    assert [path.name for path in fasta.parent.iterdir()] == ["genome.fa"]


WINDOW = [("chr1", 3, 9), ("chr2", 1, 7)]
LETTERS = [[3, 0, 1, 2, 3, 4], [3, 4, 0, 1, 2, 4]]


@pytest.mark.parametrize(
    "index",
    [
        "",
        "no index at all\n",
        TEXT,
        "chr1\t10\t16\t6\t7\n",  # cut off: it knows less than the file holds
        "chr1\t12\t16\t6\t7\nchr2\t6\t35\t6\t7\n",  # of another file
        "chrA\t10\t16\t6\t7\nchr2\t9\t35\t6\t7\n",
        "chr1\t10\t16\t6\t7\nchr2\t6\t35\t6\t7\n",  # its own
        b"\xff\xfe\x00",
    ],
)
def test_an_index_never_changes_what_is_read(fasta, index):
    content = index if isinstance(index, bytes) else index.encode()
    fasta.with_name("genome.fa.fai").write_bytes(content)
    assert chromosome_lengths(fasta) == {"chr1": 10, "chr2": 6}
    assert base_ids(table(*WINDOW), fasta).tolist() == LETTERS


@pytest.mark.parametrize(
    ("index", "message"),
    [
        ("chr1\t10\nchr2\t7\n", "chr2 of 6 bp, and by its index .* chr2 of 7 bp"),
        ("chr1\t10\nchr2\t6\nchr3\t1\n", "chr2 of 6 bp, and by .* chr3 of 1 bp"),
    ],
)
def test_a_file_that_is_cut_off_is_known_by_its_index(fasta, index, message):
    fasta.with_name("genome.fa.fai").write_text(index)
    for call in (chromosome_lengths, lambda path: base_ids(table(*WINDOW), path)):
        with pytest.raises(ValueError, match=f"genome.fa is cut off: .*{message}"):
            call(fasta)


@pytest.mark.parametrize("block", [1, 2, 7, 1 << 24])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, bgzip])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_compressions_and_blocks_change_nothing(
    fasta, monkeypatch, block, end, pack, mark
):
    monkeypatch.setattr(fasta_module, "_BLOCK", block)
    spaced = mark + TEXT.replace(">chr2", "\n>chr2") + "\n\n"
    fasta.write_bytes(pack(spaced.replace("\n", end).encode()))
    assert chromosome_lengths(fasta) == {"chr1": 10, "chr2": 6}
    assert base_ids(table(*WINDOW), fasta).tolist() == LETTERS


@given(
    letters=st.lists(st.text("ACGTN", min_size=1, max_size=30), min_size=1, max_size=4),
    width=st.integers(1, 12),
    start=st.integers(-5, 25),
    size=st.integers(1, 12),
)
@settings(deadline=None, max_examples=100)
def test_any_window_of_any_genome(tmp_path_factory, letters, width, start, size):
    """Letters by slicing text, unknown beyond the ends."""
    path = tmp_path_factory.mktemp("any") / "genome.fa"
    lines = []
    for number, text in enumerate(letters):
        rows = [text[i : i + width] for i in range(0, len(text), width)]
        lines += [f">chr{number} made > up", *rows]
    path.write_text("\n".join(lines))
    chosen = [
        (f"chr{number}", start, start + size)
        for number, text in enumerate(letters)
        if -size < start < len(text)
    ]
    if not chosen:
        return
    ids = base_ids(table(*chosen), path)
    for (chrom, *_), row in zip(chosen, ids, strict=True):
        padded = "N" * 20 + letters[int(chrom[3:])] + "N" * 60
        expected = padded[start + 20 : start + 20 + size]
        assert "".join("ACGTN"[i] for i in row) == expected


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
        ("early.fa", b"AC\n>a\nACGT\n", "early.fa must start with a title .*'AC'"),
        ("twice.fa", b">a\nAC\n>a\nGT\n", "twice.fa must name each sequence once; a"),
        ("torn.fa.gz", gzipped(b">a\nAC\n")[:-9], "torn.fa.gz cannot be decomp"),
        ("torn.fa.bgz", bgzip(b">a\nAC\n")[:-28], "cannot be decompressed: its end"),
        ("hollow.fa", b">a\n>b\nACGT\n", "hollow.fa holds no base of a; is the"),
        ("cut.fa", b">a\nACGT\n>b", "cut.fa holds no base of b; is the file whole"),
        ("nameless.fa", b">a\nACGT\n> \nA\n", "nameless.fa: sequence 2 has no name"),
        ("blank.fa", b"\n\n", "blank.fa is empty"),
        ("zip.fa", b"PK\x03\x04", "zip.fa is a zip archive"),
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


def test_sequences_come_by_name_in_capitals(tmp_path):
    path = tmp_path / "some.fa"
    path.write_text(">first of two\nacg\nTR\n>second\nNN\n")
    assert read_sequences(path) == {"first": "ACGTN", "second": "NN"}
    path.write_text(">first\nAC!T\n")
    with pytest.raises(ValueError, match=r"first may hold only .* got '!' at position"):
        read_sequences(path)
