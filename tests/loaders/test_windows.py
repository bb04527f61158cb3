import gzip
import itertools

import numpy as np
import pandas as pd
import pytest

from helpers.loaders import windows as module
from helpers.loaders.peaks import Peaks
from helpers.loaders.windows import (
    RULES,
    Windows,
    load_windows,
    make_windows,
    overlapping,
)
from helpers.truth.genome import cell_types, write_genome
from helpers.truth.planted import published_pairs

MOTIFS = (
    "TGACTCAGCA",
    "CCACGTGACC",
    "GATAAGGTTA",
    "AACCGGAAGT",
    "TTAATTACGC",
    "GGGCGGGGTC",
    "CATTGTCCTA",
    "ATGCAAATGG",
)


def peaks(*rows, lengths=None):
    """Return peaks from (cell, chromosome, start, end); cells are A, B, C, ..."""
    table = pd.DataFrame(rows, columns=["cell", "chrom", "start", "end"])
    names = tuple(sorted(set(table["cell"])))
    table["cell"] = table["cell"].map(names.index)
    dropped = pd.DataFrame(columns=["cell", "chrom", "peaks", "reason"])
    return Peaks(table, names, dropped, lengths)


def at(cell, middle, chrom="chr1"):
    """Return a peak of 100 bp around a place."""
    return cell, chrom, middle - 50, middle + 50


def centres(windows):
    return ((windows.table["start"] + windows.table["end"]) // 2).tolist()


def random_peaks(seed, n=60, n_cells=4, length=20_000):
    rng = np.random.default_rng(seed)
    start = rng.integers(0, length - 400, n)
    return peaks(
        *zip(
            rng.choice(list("ABCD"[:n_cells]), n).tolist(),
            rng.choice(["chr1", "chr2"], n).tolist(),
            start.tolist(),
            (start + rng.integers(1, 400, n)).tolist(),
            strict=True,
        ),
        lengths={"chr1": length, "chr2": length - 3_000},
    )


# -- small cases with the answer in one's head ------------------------------------


@pytest.mark.parametrize("rule", RULES)
def test_one_peak_is_one_window_around_its_centre(rule):
    windows = make_windows(peaks(("A", "chr1", 1000, 1201)), rule=rule)
    assert windows.table.to_numpy().tolist() == [["chr1", 800, 1400]]
    assert windows.labels.tolist() == [[1]]
    assert windows.rule == rule and windows.n_peaks == 1


@pytest.mark.parametrize("rule", RULES)
def test_chromosomes_are_apart_and_sorted(rule):
    windows = make_windows(peaks(at("A", 500, "chr2"), at("B", 500)), rule=rule)
    assert windows.table["chrom"].tolist() == ["chr1", "chr2"]
    assert windows.labels.tolist() == [[0, 1], [1, 0]]


@pytest.mark.parametrize("rule", ["thesis", "thesis-pooled"])
def test_peaks_of_one_cell_type_join_over_a_gap(rule):
    """[1000, 1100) and [1300, 1400): 200 bp lie between them."""
    near = peaks(("A", "chr1", 1000, 1100), ("A", "chr1", 1300, 1400))
    assert centres(make_windows(near, rule=rule)) == [1200]
    assert centres(make_windows(near, rule=rule, gap=199)) == [1050, 1350]
    one_more = peaks(("A", "chr1", 1000, 1100), ("A", "chr1", 1301, 1400))
    assert centres(make_windows(one_more, rule=rule)) == [1050, 1350]


def test_the_rules_of_the_thesis_differ_between_cell_types():
    """Over a gap the literal rule joins within a cell type alone."""
    near = peaks(("A", "chr1", 1000, 1100), ("B", "chr1", 1250, 1350))
    literal = make_windows(near, rule="thesis")
    assert centres(literal) == [1050, 1300]
    assert literal.labels.tolist() == [[1, 0], [0, 1]]
    assert overlapping(literal.table) == 1
    pooled = make_windows(near, rule="thesis-pooled")
    assert centres(pooled) == [1175]
    assert pooled.labels.tolist() == [[1, 1]]


def test_the_literal_rule_joins_cell_types_that_share_a_base():
    touching = peaks(("A", "chr1", 1000, 1100), ("B", "chr1", 1100, 1200))
    assert centres(make_windows(touching, rule="thesis")) == [1050, 1150]
    sharing = peaks(("A", "chr1", 1000, 1101), ("B", "chr1", 1100, 1200))
    assert centres(make_windows(sharing, rule="thesis")) == [1100]


def test_a_gap_within_one_cell_type_can_be_filled_by_another():
    """A's two peaks become one region, and B's peak lies in between."""
    bridged = peaks(
        ("A", "chr1", 1000, 1100), ("A", "chr1", 1250, 1350), ("B", "chr1", 1150, 1200)
    )
    windows = make_windows(bridged, rule="thesis")
    assert centres(windows) == [1175]
    assert windows.labels.tolist() == [[1, 1]]


def test_basset_joins_windows_that_share_200_bp():
    assert centres(
        make_windows(peaks(at("A", 1000), at("A", 1400)), rule="basset")
    ) == [1200]
    apart = peaks(at("A", 1000), at("A", 1401))
    assert centres(make_windows(apart, rule="basset")) == [1000, 1401]
    assert centres(make_windows(apart, rule="basset", overlap=199)) == [1200]


def test_basset_weighs_windows_by_one_and_their_cell_types():
    """A and B at 1000 join first and weigh 3, C weighs 2: (3000 + 2600) / 5."""
    shared = peaks(at("A", 1000), at("C", 1300), at("B", 1000))
    windows = make_windows(shared, rule="basset")
    assert centres(windows) == [1120]
    assert windows.labels.tolist() == [[1, 1, 1]]
    # Twice the same cell type counts once: (2000 + 2600) / 4.
    repeated = peaks(at("A", 1000), at("C", 1300), at("A", 1000))
    assert centres(make_windows(repeated, rule="basset")) == [1150]


def test_basset_joins_the_largest_overlap_first():
    """1300 and 1500 -> 1400, weight 3; then (2 * 1000 + 3 * 1400) / 5.

    From left to right it would be 1150, then 1290.
    """
    windows = make_windows(
        peaks(at("A", 1000), at("A", 1300), at("B", 1500)), rule="basset"
    )
    assert centres(windows) == [1240]


def test_basset_may_leave_a_neighbour_out_of_reach():
    """1000 and 1350 -> 1175; 1750 was 400 bp from 1350 and is 575 from there."""
    windows = make_windows(
        peaks(at("A", 1000), at("A", 1350), at("B", 1750)), rule="basset"
    )
    assert centres(windows) == [1175, 1750]
    assert windows.labels.tolist() == [[1, 0], [0, 1]]


def test_basset_shifts_windows_inside_the_chromosome():
    ends = peaks(
        at("A", 100),
        at("B", 4900),
        at("A", 90, "chr2"),
        lengths={"chr1": 5000, "chr2": 400},
    )
    windows = make_windows(ends, rule="basset")
    assert windows.table["start"].tolist() == [0, 4400, 0]
    unknown = make_windows(Peaks(ends.table, ends.names, ends.dropped), rule="basset")
    assert unknown.table["start"].tolist() == [0, 4600, 0]
    centred = make_windows(ends, rule="thesis")
    assert centred.table["start"].tolist() == [-200, 4600, -210]


# -- against the definitions, written plainly --------------------------------------


def joined_plainly(intervals, near):
    """Return sets of members of regions, joined one by one while any two are near."""
    regions = [({k}, *interval) for k, interval in enumerate(intervals)]
    changed = True
    while changed:
        changed = False
        for a, b in itertools.combinations(regions, 2):
            if a[1] == b[1] and near(a, b):
                regions.remove(a)
                regions.remove(b)
                regions.append((a[0] | b[0], a[1], min(a[2], b[2]), max(a[3], b[3])))
                changed = True
                break
    return regions


def within(gap):
    return lambda a, b: max(a[2], b[2]) - min(a[3], b[3]) <= gap


@pytest.mark.parametrize("seed", range(4))
def test_the_rules_of_the_thesis_follow_their_definitions(seed):
    given = random_peaks(seed)
    rows = list(
        given.table[["chrom", "start", "end"]].itertuples(index=False, name=None)
    )
    pooled = joined_plainly(rows, within(200))
    expected = sorted((c, (s + e) // 2 - 300) for _, c, s, e in pooled)
    windows = make_windows(given, rule="thesis-pooled")
    assert (
        list(zip(windows.table["chrom"], windows.table["start"], strict=True))
        == expected
    )

    regions, cells = [], []
    for cell in range(len(given.names)):
        own = [
            row for row, c in zip(rows, given.table["cell"], strict=True) if c == cell
        ]
        for _, *region in joined_plainly(own, within(200)):
            regions.append(tuple(region))
            cells.append(cell)
    joint = sorted(
        (c, (s + e) // 2 - 300, sorted({cells[k] for k in members}))
        for members, c, s, e in joined_plainly(regions, within(-1))
    )
    windows = make_windows(given, rule="thesis")
    labels = [np.flatnonzero(row).tolist() for row in windows.labels]
    found = zip(windows.table["chrom"], windows.table["start"], labels, strict=True)
    assert list(found) == joint


def basset_plainly(given, size=600, overlap=200):
    """Return (chromosome, start, cell types); all pairs are seen before each step."""
    found = []
    for chrom, rows in given.table.groupby("chrom"):
        last = max(given.lengths[chrom] - size, 0)
        line = sorted(
            (min(max((a + b) // 2 - size // 2, 0), last), {c})
            for a, b, c in zip(rows["start"], rows["end"], rows["cell"], strict=True)
        )
        while len(line) > 1:
            shared = [size - (b[0] - a[0]) for a, b in itertools.pairwise(line)]
            if max(shared) < overlap:
                break
            k = shared.index(max(shared))
            (a, first), (b, second) = line[k : k + 2]
            m, n = 1 + len(first), 1 + len(second)
            line[k : k + 2] = [((m * a + n * b) // (m + n), first | second)]
        found += [(chrom, start, sorted(cells)) for start, cells in line]
    return found


@pytest.mark.parametrize("seed", range(12))
def test_basset_follows_its_definition(seed):
    given = random_peaks(seed, n=80 + 20 * seed)
    windows = make_windows(given, rule="basset")
    labels = [np.flatnonzero(row).tolist() for row in windows.labels]
    found = zip(windows.table["chrom"], windows.table["start"], labels, strict=True)
    assert list(found) == basset_plainly(given)


@pytest.mark.parametrize("rule", RULES)
def test_the_order_of_peaks_does_not_matter(rule):
    given = random_peaks(3, n=200)
    shuffled = given.table.sample(frac=1, random_state=0, ignore_index=True)
    again = make_windows(
        Peaks(shuffled, given.names, given.dropped, given.lengths), rule=rule
    )
    windows = make_windows(given, rule=rule)
    pd.testing.assert_frame_equal(windows.table, again.table)
    np.testing.assert_array_equal(windows.labels, again.labels)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"rule": "best"},
            "rule must be one of thesis, thesis-pooled, basset; got 'best",
        ),
        ({"size": 0}, "size must be at least 1; got 0"),
        ({"gap": -1}, "gap must be at least 0; got -1"),
        ({"overlap": 601, "rule": "basset"}, "overlap must be at most 600; got 601"),
        ({"overlap": 0}, "overlap must be at least 1; got 0"),
    ],
)
def test_bad_settings_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        make_windows(peaks(at("A", 500)), **arguments)


@pytest.mark.parametrize("size", [1, 147, 199, 200, 600])
@pytest.mark.parametrize("rule", RULES)
def test_windows_may_be_shorter_than_the_usual_overlap(rule, size):
    windows = make_windows(peaks(at("A", 5000), at("A", 9000)), rule=rule, size=size)
    assert len(windows) == 2
    assert (windows.table["end"] - windows.table["start"] == size).all()


def test_no_peaks_are_an_error():
    given = peaks(at("A", 500))
    empty = Peaks(given.table[:0], given.names, given.dropped)
    with pytest.raises(ValueError, match="peaks must hold at least one peak"):
        make_windows(empty)


# -- from files to what a network reads --------------------------------------------


@pytest.fixture(scope="module")
def genome(tmp_path_factory):
    """The genome of 399 sites, 20 cell types that share four pairs."""
    folder = tmp_path_factory.mktemp("genome")
    rules = [[pair] for pair in published_pairs(len(MOTIFS))]
    return write_genome(folder, MOTIFS, cell_types(20, rules), seed=1)


@pytest.mark.parametrize("rule", RULES)
def test_every_planted_label_comes_back(genome, rule):
    windows, ids = load_windows(genome.manifest, genome.fasta, rule=rule)
    opened = np.flatnonzero(genome.labels.any(axis=1))
    np.testing.assert_array_equal(genome.sites_of(windows.table), opened)
    np.testing.assert_array_equal(windows.labels, genome.labels[opened])
    extra = genome.labels[opened] > genome.paired[opened]
    assert extra.any(axis=0).all()  # no cell type without sites open for no reason
    assert windows.names == genome.names and windows.dropped.empty
    assert ids.shape == (len(opened), 600) and ids.dtype == np.uint8
    starts = windows.table["start"].to_numpy()
    for row, site in enumerate(opened):
        for motif, start in zip(genome.planted[site], genome.starts[site], strict=True):
            string = MOTIFS[motif]
            there = ids[row, start - starts[row] :][: len(string)]
            assert "".join("ACGTN"[base] for base in there) == string


@pytest.mark.parametrize("rule", RULES)
def test_windows_at_chromosome_ends_keep_their_length(genome, rule):
    windows, ids = load_windows(genome.manifest, genome.fasta, rule=rule)
    length = 133 * 1500
    beyond = np.maximum(-windows.table["start"], 0) + np.maximum(
        windows.table["end"] - length, 0
    )
    np.testing.assert_array_equal((ids == 4).sum(axis=1), beyond)
    assert (windows.table["end"] - windows.table["start"] == 600).all()
    if rule == "basset":
        assert not beyond.any()
    else:
        assert beyond.any()


@pytest.mark.parametrize("variant", ["plain", "three columns", "shuffled", "headed"])
def test_all_variants_of_the_files_load_alike(genome, tmp_path, variant):
    rng = np.random.default_rng(0)
    listed = []
    for name in genome.names:
        path = genome.manifest.parent / "peaks" / f"{name}.narrowPeak.gz"
        lines = gzip.decompress(path.read_bytes()).decode().splitlines(keepends=True)
        if variant == "three columns":
            lines = ["\t".join(line.split("\t")[:3]) + "\n" for line in lines]
        if variant == "shuffled":
            lines = [lines[i] for i in rng.permutation(len(lines))]
        if variant == "headed":
            lines = ["browser position chr1\n", "track type=bed\n", "# peaks\n", *lines]
        (tmp_path / f"{name}.bed").write_text("".join(lines))
        listed.append(f"{name}\t{name}.bed\n")
    (tmp_path / "manifest.tsv").write_text("".join(listed))
    windows, ids = load_windows(genome.manifest, genome.fasta)
    again, ids_again = load_windows(tmp_path / "manifest.tsv", genome.fasta)
    pd.testing.assert_frame_equal(windows.table, again.table)
    np.testing.assert_array_equal(windows.labels, again.labels)
    np.testing.assert_array_equal(ids, ids_again)


def test_a_report_says_what_was_dropped_and_why(genome):
    windows, _ = load_windows(genome.manifest, genome.fasta, skip=["chr2"])
    assert set(windows.table["chrom"]) == {"chr1", "chr3"}
    on_chr2 = (genome.sites["chrom"] == "chr2").to_numpy()
    dropped = genome.labels[on_chr2].sum()
    report = windows.report()
    assert f"{len(windows)} windows on 2 chromosomes" in report
    assert (
        f"Dropped: {dropped} peaks of 20 cell types on chr2, left out by skip."
        in report
    )
    assert windows.n_peaks == genome.labels[~on_chr2].sum()
    complete, _ = load_windows(genome.manifest, genome.fasta)
    assert "No peak was dropped." in complete.report()


def test_peaks_beyond_the_chromosome_are_named_with_their_line(genome, tmp_path):
    (tmp_path / "x.bed").write_text("chr1\t5\t90\nchr1\t199400\t199501\n")
    (tmp_path / "m.tsv").write_text("x\tx.bed\n")
    with pytest.raises(
        ValueError,
        match=r"x\.bed line 2 must end within chr1 \(199500 bp\); got 199501",
    ):
        load_windows(tmp_path / "m.tsv", genome.fasta)


@pytest.fixture
def small(tmp_path):
    """Return a function that writes a genome and peaks, and loads their windows."""

    def load(sequences, bed, **settings):
        fasta, manifest = tmp_path / "genome.fa", tmp_path / "cells.tsv"
        fasta.write_text("".join(f">{c}\n{s}\n" for c, s in sequences.items()))
        (tmp_path / "peaks.bed").write_text(bed)
        manifest.write_text("K1\tpeaks.bed\n")
        return load_windows(manifest, fasta, **settings)

    return load


def test_windows_without_a_known_base_are_left_out_and_reported(small, tmp_path):
    genome = {"chr1": "N" * 300 + "ACGT" * 75, "chr2": "N" * 200}
    places = [("chr1", a, a + 20) for a in (100, 320, 445, 515)] + [("chr2", 90, 110)]
    bed = "".join(f"{c}\t{a}\t{b}\n" for c, a, b in places)
    settings = {"size": 60, "gap": 0, "cache": tmp_path / "cache"}
    windows, ids = small(genome, bed, **settings)
    assert windows.table["start"].tolist() == [300, 425, 495]
    assert len(ids) == len(windows) == 3 and windows.n_unknown == 2
    assert "Left out: 2 windows without a known base." in windows.report()
    again, _ = small(genome, bed, **settings)
    assert again.report() == windows.report()
    assert windows[:1].n_unknown == 2
    whole, _ = small({"chr1": "ACGT" * 150, "chr2": "ACGT" * 50}, bed, size=60, gap=0)
    assert len(whole) == 5 and "without a known base" not in whole.report()
    with pytest.raises(ValueError, match="all 1 windows hold nothing but N"):
        small(genome, "chr2\t90\t110\n", size=60)


def test_the_smallest_project_is_one_base_of_one_cell_type(small):
    windows, ids = small({"chr1": "ACGT"}, "chr1\t2\t3\n", size=1)
    assert ids.tolist() == [[2]] and windows.labels.tolist() == [[1]]
    assert "There is one cell type" in windows.report()
    assert overlapping(windows.table) == 0


# -- keeping, taking rows, splitting ------------------------------------------------


def test_the_cache_gives_the_same_and_is_keyed_by_content(
    genome, tmp_path, monkeypatch
):
    cache = tmp_path / "cache"
    first = load_windows(genome.manifest, genome.fasta, skip=["chr2"], cache=cache)
    (stored,) = cache.iterdir()
    with monkeypatch.context() as patch:
        patch.setattr(module, "base_ids", None)  # nothing is computed again
        again = load_windows(genome.manifest, genome.fasta, skip=["chr2"], cache=cache)
    pd.testing.assert_frame_equal(first[0].table, again[0].table, check_dtype=False)
    pd.testing.assert_frame_equal(first[0].dropped, again[0].dropped, check_dtype=False)
    np.testing.assert_array_equal(first[0].labels, again[0].labels)
    np.testing.assert_array_equal(first[1], again[1])
    assert first[0].report() == again[0].report()
    assert again[0].labels.dtype == again[1].dtype == np.uint8

    load_windows(genome.manifest, genome.fasta, skip=["chr2"], gap=100, cache=cache)
    assert len(list(cache.iterdir())) == 2
    copy = tmp_path / "genome.fa"
    copy.write_bytes(genome.fasta.read_bytes().replace(b">chr1", b">chr1 one", 1))
    load_windows(genome.manifest, copy, skip=["chr2"], cache=cache)
    assert len(list(cache.iterdir())) == 3

    stored.write_bytes(b"half of it")
    with pytest.raises(ValueError, match="cannot be read; delete it"):
        load_windows(genome.manifest, genome.fasta, skip=["chr2"], cache=cache)


def test_the_cache_needs_every_file(genome, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"gone\.fa does not exist"):
        load_windows(genome.manifest, tmp_path / "gone.fa", cache=tmp_path)


def test_rows_can_be_taken():
    windows = make_windows(random_peaks(0))
    some = windows[np.array([4, 2])]
    assert some.table["start"].tolist() == windows.table["start"].iloc[[4, 2]].tolist()
    np.testing.assert_array_equal(some.labels, windows.labels[[4, 2]])
    assert len(windows[:3]) == 3
    mask = windows.labels[:, 0] == 1
    assert windows[mask].labels[:, 0].all()


def test_labels_must_fit_the_table():
    windows = make_windows(random_peaks(0))
    with pytest.raises(ValueError, match=r"labels must have shape \(\d+, 4\)"):
        Windows(windows.table, windows.labels[:, :2], windows.names, windows.dropped)


def test_a_split_by_chromosome_shares_no_base(genome):
    windows, _ = load_windows(genome.manifest, genome.fasta)
    split = windows.split(validation=["chr2"], test=["chr3"])
    chroms = [set(windows.table["chrom"].iloc[part]) for part in split]
    assert chroms == [{"chr1"}, {"chr2"}, {"chr3"}]
    assert sorted(np.concatenate(split)) == list(range(len(windows)))
    with pytest.raises(ValueError, match=r"validation must hold .* got 'chr7'"):
        windows.split()


def test_a_random_split_is_disjoint_and_seeded(genome):
    windows, _ = load_windows(genome.manifest, genome.fasta)
    split = windows.split(by="random", seed=3)
    assert sorted(np.concatenate(split)) == list(range(len(windows)))
    for part, again in zip(split, windows.split(by="random", seed=3), strict=True):
        np.testing.assert_array_equal(part, again)
    with pytest.raises(ValueError, match="by must be one of chrom, random; got 'cell'"):
        windows.split(by="cell")


def test_windows_that_touch_share_no_base():
    def of(*places):
        return pd.DataFrame(places, columns=["chrom", "start", "end"])

    assert overlapping(of(("chr1", 0, 10), ("chr1", 10, 20), ("chr1", 20, 30))) == 0
    assert overlapping(of(("chr1", 0, 10), ("chr1", 9, 20), ("chr1", 19, 30))) == 2
    assert overlapping(of(("chr1", 0, 10), ("chr2", 9, 20), ("chr2", 19, 30))) == 1
