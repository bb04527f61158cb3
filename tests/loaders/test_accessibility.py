import gzip
import os

import numpy as np
import pytest
from hypothesis import given, settings
from packing import spellings

from helpers import datasets
from helpers.loaders.accessibility import CELLS, load_dhs

HEADER = "dhs_id\tchr\tstart\tsequence\tTAG\tdata_label\n"
PARTS = {"chr1": "test", "chr2": "validation", "chr3": "training"}


def rows(cell, seed):
    """Return one line a chromosome, with random sequence."""
    rng = np.random.default_rng(seed)
    return [
        "\t".join(["x", chrom, "5", "".join(text), CELLS[cell], part]) + "\n"
        for (chrom, part), text in zip(
            PARTS.items(), rng.choice(list("ACGT"), (3, 200)), strict=True
        )
    ]


@pytest.fixture
def write(tmp_path):
    def write(name, lines, header=HEADER):
        path = tmp_path / name
        content = (header + "".join(lines)).encode()
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return path

    return write


def test_both_files_become_one_set(write):
    first, second = rows("K562", 1), rows("HepG2", 2)
    sites = load_dhs(write("k.txt", first), write("h.tsv.gz", second))
    assert len(sites) == 6 and sites.ids.shape == (6, 200)
    assert sites.labels.tolist() == [1, 1, 1, 0, 0, 0]
    assert sites.chromosomes.tolist() == ["chr1", "chr2", "chr3"] * 2
    assert [part.tolist() for part in sites.split] == [[2, 5], [1, 4], [0, 3]]
    letters = "".join("ACGT"[base] for base in sites.ids[4])
    assert letters == second[1].split("\t")[3]


def swapped(lines, row, old, new):
    return [
        line.replace(old, new) if k == row else line for k, line in enumerate(lines)
    ]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda x: [], "k.txt must hold at least one site; it holds none"),
        (
            lambda x: [*x, x[0]],
            "k.txt row 4 must not repeat the sequence of an earlier",
        ),
        (
            lambda x: swapped(x, 1, CELLS["K562"], CELLS["HepG2"]),
            "row 2, column TAG, must be K562_ENCLB843GMH; got 'HepG2_ENCLB029COU'",
        ),
        (
            lambda x: swapped(x, 2, "training", "train"),
            "row 3, column data_label, must",
        ),
        (
            lambda x: swapped(x, 0, "chr1", ""),
            "row 1, column chr, must be a chromosome",
        ),
        (
            lambda x: swapped(x, 0, "\t5\t", "\t5\tA"),
            "row 1, column sequence, must be 200 letters A, C, G, T; got 201 letters",
        ),
        (
            lambda x: swapped(x, 1, "\t5\tA", "\t5\tN"),
            "row 2, column sequence, must be",
        ),
    ],
)
def test_bad_rows_are_named(write, spoil, message):
    lines = rows("K562", 1)
    lines[1] = lines[1].replace("\t5\t" + lines[1].split("\t")[3][0], "\t5\tA")
    with pytest.raises(ValueError, match=message) as error:
        load_dhs(write("k.txt", spoil(lines)), write("h.txt", rows("HepG2", 2)))
    assert "\n" not in str(error.value)


def test_a_sequence_of_both_cell_types_is_named(write):
    first = rows("K562", 1)
    shared = first[2].replace(CELLS["K562"], CELLS["HepG2"])
    with pytest.raises(ValueError, match=r"h\.txt row 2 must not repeat"):
        load_dhs(write("k.txt", first), write("h.txt", [rows("HepG2", 2)[0], shared]))


def test_the_first_row_of_the_second_file_is_named_as_such(write):
    first = rows("K562", 1)
    shared = first[2].replace(CELLS["K562"], CELLS["HepG2"])
    with pytest.raises(ValueError, match=r"h\.txt row 1 must not repeat"):
        load_dhs(write("k.txt", first), write("h.txt", [shared]))


def test_a_part_without_rows_is_named(write):
    paths = (
        write("k.txt", rows("K562", 1)[:2]),
        write("h.txt", rows("HepG2", 2)[:2]),
    )
    with pytest.raises(ValueError, match="hold no row of part training"):
        load_dhs(*paths)


def test_files_that_are_no_such_table_are_named(write, tmp_path):
    other = write("h.txt", rows("HepG2", 2))
    with pytest.raises(FileNotFoundError, match=r"gone\.txt does not exist"):
        load_dhs(tmp_path / "gone.txt", other)
    with pytest.raises(ValueError, match=r"k\.txt has no column 'chr'; it has a, b"):
        load_dhs(write("k.txt", [], "a\tb\n"), other)
    (tmp_path / "empty.txt").write_bytes(b"")
    with pytest.raises(ValueError, match=r"empty\.txt is empty"):
        load_dhs(tmp_path / "empty.txt", other)
    (tmp_path / "damaged.txt.gz").write_bytes(b"\x1f\x8b no gzip")
    with pytest.raises(ValueError, match=r"damaged\.txt\.gz cannot be decompressed"):
        load_dhs(tmp_path / "damaged.txt.gz", other)


@pytest.mark.data
def test_the_published_table_has_its_sizes():
    if not os.environ.get("INTERACTIONS_DATA"):
        pytest.skip("INTERACTIONS_DATA names no folder")
    sites = load_dhs(*datasets.paths("dhs_k562_hepg2").values())
    assert sites.ids.shape == (23_936, 200) and sites.labels.sum() == 11_968
    of_k562 = [int(sites.labels[part].sum()) for part in sites.split]
    assert of_k562 == [9_769, 878, 1_321]
    assert [len(part) for part in sites.split] == [19_602, 2_055, 2_279]
    assert set(sites.chromosomes[sites.split.test]) == {"chr1"}
    assert set(sites.chromosomes[sites.split.validation]) == {"chr2"}
    assert not {"chr1", "chr2"} & set(sites.chromosomes[sites.split.train])


@given(first=spellings(), second=spellings())
@settings(deadline=None, max_examples=20)
def test_spelling_changes_nothing_in_the_smallest_set(tmp_path_factory, first, second):
    """One site of each part, spread over the files."""
    folder = tmp_path_factory.mktemp("spelt")
    k562, hepg2 = folder / "k.txt", folder / "h.txt"
    lines = [HEADER, *rows("K562", 1)[:1], *rows("HepG2", 2)[1:]]
    k562.write_bytes(first(line.rstrip("\n") for line in lines[:2]))
    hepg2.write_bytes(second(line.rstrip("\n") for line in [HEADER, *lines[2:]]))
    sites = load_dhs(k562, hepg2)
    assert sites.labels.tolist() == [1, 0, 0]
    assert [part.tolist() for part in sites.split] == [[2], [1], [0]]
