import gzip

import numpy as np
import pandas as pd
import pytest

from helpers.truth.genome import (
    MARGIN,
    PER_SITE,
    SITE,
    cell_types,
    write_genome,
)
from helpers.truth.planted import pairings, published_pairs

MOTIFS = (
    "TGACTCAGCA",
    "CCACGTGA",
    "GATAAGGTTACC",
    "AACCGGAAGT",
    "TTAATTACG",
    "GGGCGGG",
)


def one_pair_each(n_cells):
    return cell_types(n_cells, [[pair] for pair in published_pairs(len(MOTIFS))])


@pytest.fixture(scope="module")
def genome(tmp_path_factory):
    cells = cell_types(20, pairings(5, n_motifs=len(MOTIFS)))
    return write_genome(tmp_path_factory.mktemp("genome"), MOTIFS, cells, seed=3)


def chromosomes(path):
    """Read a FASTA file plainly."""
    parts = path.read_text().split(">")[1:]
    return {p.split("\n")[0]: "".join(p.split("\n")[1:]) for p in parts}


def contents(folder):
    return {
        path.relative_to(folder): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_sites_are_disjoint_and_reach_the_ends(genome):
    assert len(genome.sites) == 399
    lengths = {name: len(text) for name, text in chromosomes(genome.fasta).items()}
    assert lengths == dict.fromkeys(("chr1", "chr2", "chr3"), 133 * 1500)
    for chrom, sites in genome.sites.groupby("chrom"):
        start, end = sites["start"].to_numpy(), sites["end"].to_numpy()
        assert (end - start == SITE).all()
        assert (start[1:] - end[:-1] >= 300).all()
        assert start[0] == 0 and end[-1] == lengths[chrom]


def test_three_different_motifs_stand_in_every_site(genome):
    texts = chromosomes(genome.fasta)
    widths = np.array([len(motif) for motif in MOTIFS])
    assert genome.planted.shape == (399, PER_SITE)
    assert all(len(set(row)) == PER_SITE for row in genome.planted.tolist())
    ends = genome.starts + widths[genome.planted]
    assert (genome.starts[:, 1:] >= ends[:, :-1]).all()
    assert (genome.starts[:, 0] >= genome.sites["start"] + MARGIN).all()
    assert (ends[:, -1] <= genome.sites["end"] - MARGIN).all()
    for site, chrom in enumerate(genome.sites["chrom"]):
        for motif, start in zip(genome.planted[site], genome.starts[site], strict=True):
            assert texts[chrom].startswith(MOTIFS[motif], start)


def test_motifs_and_their_places_are_drawn_evenly(tmp_path):
    cells = one_pair_each(3)
    genome = write_genome(tmp_path, MOTIFS, cells, n_sites=6_000, seed=0)
    counts = np.bincount(genome.planted.ravel())
    # six motifs, three a site: 3000 each, with sd 39
    assert np.abs(counts - 3_000).max() < 4 * 39
    # by symmetry the middle of three equally wide motifs lies in the middle
    offset = genome.starts - genome.sites["start"].to_numpy()[:, None]
    assert abs(offset[:, 1].mean() + 5 - SITE / 2) < 5


def test_a_cell_type_is_open_where_one_of_its_pairs_is(genome):
    for column, pairs in enumerate(genome.cells.values()):
        expected = [
            any({first, second} <= set(site) for first, second in pairs)
            for site in genome.planted.tolist()
        ]
        assert genome.paired[:, column].tolist() == expected
    assert (genome.labels >= genome.paired).all()
    extra = genome.labels[~genome.paired].mean()
    n = (~genome.paired).sum()
    assert abs(extra - 0.06) < 4 * np.sqrt(0.06 * 0.94 / n)


def test_without_extra_only_pairs_open(tmp_path):
    genome = write_genome(tmp_path, MOTIFS, one_pair_each(20), extra=0)
    np.testing.assert_array_equal(genome.labels, genome.paired)


def test_every_open_site_has_one_jittered_peak(genome):
    for column, name in enumerate(genome.names):
        path = genome.manifest.parent / "peaks" / f"{name}.narrowPeak.gz"
        rows = [
            line.split("\t")
            for line in gzip.decompress(path.read_bytes()).decode().split("\n")
        ][:-1]
        assert {len(row) for row in rows} == {10}
        table = pd.DataFrame(
            [(row[0], int(row[1]), int(row[2])) for row in rows],
            columns=["chrom", "start", "end"],
        )
        found = genome.sites_of(table)
        assert sorted(found) == np.flatnonzero(genome.labels[:, column]).tolist()
        sites = genome.sites.iloc[found].reset_index(drop=True)
        miss = (table["start"] + table["end"] - sites["start"] - sites["end"]) / 2
        assert miss.abs().max() <= 30 and miss.std() > 10
        assert (table["end"] - table["start"]).between(200, 400).all()
        signal = [float(row[6]) for row in rows]
        assert signal == sorted(signal, reverse=True)
        assert [int(row[9]) for row in rows] == (
            (table["end"] - table["start"]) // 2
        ).tolist()


def test_the_manifest_names_every_file(genome):
    lines = genome.manifest.read_text().splitlines()
    assert [line.split("\t")[0] for line in lines] == list(genome.names)
    for line in lines:
        assert (genome.manifest.parent / line.split("\t")[1]).is_file()


def test_the_seed_fixes_every_byte(tmp_path):
    cells = one_pair_each(4)
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_genome(tmp_path / name, MOTIFS, cells, n_sites=60, seed=seed)
    first, again, other = (contents(tmp_path / name) for name in "abc")
    assert first == again
    assert all(
        first[name] != other[name] for name in first if name.name != "manifest.tsv"
    )


def test_an_older_index_is_removed(tmp_path):
    cells = one_pair_each(4)
    (tmp_path / "genome.fa.fai").write_text("old")
    write_genome(tmp_path, MOTIFS, cells, n_sites=60)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "genome.fa",
        "manifest.tsv",
        "peaks",
    ]


def test_sizes_are_arguments(tmp_path):
    genome = write_genome(
        tmp_path, MOTIFS, one_pair_each(4), n_sites=101, n_chromosomes=4
    )
    counts = genome.sites["chrom"].value_counts(sort=False)
    assert counts.to_dict() == {"chr1": 26, "chr2": 25, "chr3": 25, "chr4": 25}


def test_windows_find_their_site(genome):
    sites = genome.sites.iloc[[5, 0, 398]]
    assert genome.sites_of(sites).tolist() == [5, 0, 398]
    between = pd.DataFrame(
        {"chrom": ["chr1", "chrX"], "start": [610, 0], "end": [700, 600]}
    )
    assert genome.sites_of(between).tolist() == [-1, -1]
    # An end is the first base outside: there the centre is not held yet.
    centre = (genome.sites["start"][0] + genome.sites["end"][0]) // 2
    edges = [
        (0, centre),
        (0, centre + 1),
        (centre, centre + 1),
        (centre + 1, centre + 2),
    ]
    around = pd.DataFrame(edges, columns=["start", "end"]).assign(chrom="chr1")
    assert genome.sites_of(around).tolist() == [-1, 0, 0, -1]


# -- which pairs open a cell type ---------------------------------------------------


def test_cell_types_take_their_rules_in_turn():
    assert one_pair_each(4) == {
        "cell01": ((0, 1),),
        "cell02": ((2, 3),),
        "cell03": ((4, 5),),
        "cell04": ((0, 1),),
    }
    rules = pairings(3, n_motifs=20)
    assert list(cell_types(7, rules).values()) == [*rules, *rules, rules[0]]
    with pytest.raises(ValueError, match="n_cells must be at least 1; got 0"):
        cell_types(0, rules)
    with pytest.raises(ValueError, match="rules must hold at least one list of pairs"):
        cell_types(3, [])


def test_the_pairs_of_a_pairing_cannot_be_told_from_single_motifs(tmp_path):
    """Each motif is as frequent in open sites as in others."""
    cells = cell_types(1, pairings(1, n_motifs=len(MOTIFS)))
    genome = write_genome(tmp_path, MOTIFS, cells, n_sites=6_000, extra=0, seed=5)
    opened = genome.paired[:, 0]
    assert abs(opened.mean() - 0.6) < 4 * np.sqrt(0.24 / 6_000)  # 3 * 4 of 20 triples
    for part in (opened, ~opened):
        shares = np.bincount(genome.planted[part].ravel()) / part.sum()
        assert np.abs(shares - 0.5).max() < 4 * np.sqrt(0.25 / part.sum())


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"motifs": "ACGT"}, TypeError, "motifs must be a list of strings; got 'ACGT'"),
        ({"motifs": ["AC", "GT"]}, ValueError, "motifs must be 3 or more different"),
        ({"motifs": ["AC", "GT", "AC"]}, ValueError, "got 3, 2 different"),
        (
            {"motifs": [*MOTIFS[:5], "ACN"]},
            ValueError,
            r"motifs\[5\] must be letters A, C",
        ),
        ({"motifs": [*MOTIFS[:5], "A" * 470]}, ValueError, "must fit into 480 bp"),
        ({"cells": [(0, 1)]}, TypeError, "cells must map names of cell types"),
        ({"cells": {}}, TypeError, "cells must map names"),
        (
            {"cells": {"a/b": [(0, 1)]}},
            ValueError,
            "names that can name files; got 'a/b'",
        ),
        (
            {"cells": {"a": [(0, 6)]}},
            ValueError,
            r"cells\['a'\] must index features 0 to",
        ),
        (
            {"cells": {"a": [(0, 1, 2)]}},
            ValueError,
            r"cells\['a'\] must be one or more",
        ),
        ({"cells": {"a": []}}, ValueError, r"cells\['a'\] must be one or more pairs"),
        ({"n_sites": 5}, ValueError, "n_sites must be at least 6; got 5"),
        ({"n_chromosomes": 0}, ValueError, "n_chromosomes must be at least 1; got 0"),
        ({"extra": 1.5}, ValueError, "extra must be at most 1; got 1.5"),
        (
            {"n_sites": 6, "extra": 0},
            ValueError,
            "n_sites must be larger: cell type cel",
        ),
    ],
)
def test_bad_arguments_are_named_and_nothing_is_written(
    tmp_path, changes, error, message
):
    arguments = {"motifs": MOTIFS, "cells": one_pair_each(20)} | changes
    with pytest.raises(error, match=message):
        write_genome(tmp_path / "new", **arguments)
    assert not (tmp_path / "new").exists()


def test_the_smallest_genome_is_two_sites_of_one_cell_type(tmp_path):
    cells = cell_types(1, [[(0, 1), (0, 2), (1, 2)]])
    small = write_genome(tmp_path, ["A", "C", "G"], cells, n_sites=2, n_chromosomes=1)
    assert small.names == ("cell01",) and small.labels.tolist() == [[1], [1]]
    assert small.fasta.read_text().startswith(">chr1")
