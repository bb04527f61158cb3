import gzip

import pandas as pd
import pytest
from hypothesis import given, settings
from packing import gzipped, spellings

from helpers.loaders.peaks import load_peaks, read_manifest, read_peaks

ROWS = [("chr2", 500, 700), ("chr1", 100, 400), ("chr1", 350, 360)]
LENGTHS = {"chr1": 1_000, "chr2": 800}


def narrow(rows=ROWS):
    return "".join(f"{c}\t{a}\t{b}\t.\t0\t.\t3.5\t-1\t-1\t20\n" for c, a, b in rows)


def bed(rows=ROWS, separator="\t"):
    return "".join(f"{c}{separator}{a}{separator}{b}\n" for c, a, b in rows)


def intervals(table):
    return list(table[["chrom", "start", "end"]].itertuples(index=False, name=None))


@pytest.fixture
def write(tmp_path):
    def write(name, content):
        path = tmp_path / name
        content = content.encode() if isinstance(content, str) else content
        path.write_bytes(content)
        return path

    return write


@pytest.fixture
def project(write):
    """Two cell types; peaks of chrM and chrUn are in one of the files each."""
    write("a.bed", bed([*ROWS, ("chrM", 5, 9)]))
    write("b.narrowPeak.gz", gzip.compress(narrow([*ROWS, ("chrUn", 1, 2)]).encode()))
    return write(
        "manifest.tsv", "# cell types\nfirst\ta.bed\n\nsecond\tb.narrowPeak.gz\n"
    )


# -- one file ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plain.bed", bed()),
        ("spaces.bed", bed(separator="  ")),
        ("narrow.narrowPeak", narrow()),
        ("narrow.bed", narrow()),
        ("small.bed.gz", gzipped(bed().encode())),
        ("hidden.bed", gzipped(bed().encode())),  # gzipped, whatever its name
        ("windows.bed", bed().replace("\n", "\r\n")),
        ("mark.bed", "\ufeff" + bed()),
        ("no-last-newline.bed", bed().rstrip("\n")),
        ("headed.bed", "browser hide all\ntrack name=x\n#chrom\tstart\n\n" + bed()),
        ("track-within.bed", bed(ROWS[:1]) + "track name=y\n" + bed(ROWS[1:])),
    ],
)
def test_every_kind_of_file_loads_alike(write, name, content):
    table = read_peaks(write(name, content), lengths=LENGTHS)
    assert intervals(table) == ROWS
    assert table.dtypes.astype(str).tolist() == ["category", "int64", "int64"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.bed", "", "x.bed must hold at least one peak; it holds none"),
        ("x.bed", "#only\ntrack a\n", "x.bed must hold at least one peak"),
        (
            "x.bed",
            "chr1\t5\n",
            "x.bed line 1 must have chromosome, start and end; got 2",
        ),
        (
            "x.bed",
            "chr1\t1\t2\nchr1\t7\t7\n",
            "line 2 must have start below end; got 7",
        ),
        ("x.bed", "chr1\t9\t7\n", "line 1 must have start below end; got 9 and 7"),
        ("x.bed", "#\nchr1\t1.5\t7\n", "line 2 must have whole numbers as .* '1.5'"),
        ("x.bed", "chr1\t-1\t7\n", "line 1 must have whole numbers as start and end"),
        ("x.bed", "chrom\tstart\tend\n", "line 1 must have whole numbers"),
        ("x.bed", "chr1\t900\t1001\n", r"line 1 must end within chr1 \(1000 bp\); got"),
        ("x.bed", "chrX\t1\t9999999999\n", r"line 1 must end within chrX \(2147483647"),
        (
            "x.narrowPeak",
            bed(),
            "x.narrowPeak line 1 must have the 10 fields of a narr",
        ),
        (
            "x.narrowPeak.gz",
            narrow() + "chr1\t1\t2\n",
            "line 4 must have the 10 fields",
        ),
        ("x.bed", b"\xff\xfe\x00", "x.bed is not a text file in UTF-8"),
        (
            "x.bed.gz",
            gzipped(bed().encode())[:-9],
            "x.bed.gz cannot be decompress",
        ),
    ],
)
def test_bad_files_are_named_with_their_line(write, name, content, message):
    with pytest.raises(ValueError, match=message) as error:
        read_peaks(write(name, content), lengths=LENGTHS)
    assert "\n" not in str(error.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"gone\.bed does not exist"):
        read_peaks(tmp_path / "gone.bed")


def test_ends_are_free_without_lengths(write):
    assert len(read_peaks(write("x.bed", "chr1\t0\t9999\n"))) == 1


# -- the manifest -----------------------------------------------------------------


def test_paths_are_relative_to_the_manifest(project, monkeypatch, tmp_path_factory):
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    files = read_manifest(project)
    assert list(files) == ["first", "second"]
    assert all(path.is_file() for path in files.values())


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        ("", ValueError, "m.tsv must name at least one file; it names none"),
        (
            "a.bed\n",
            ValueError,
            "m.tsv line 1 must be a name, a tab and a path; got 'a",
        ),
        ("x a.bed\n", ValueError, "line 1 must be a name, a tab and a path"),
        ("x\t\n", ValueError, "line 1 must be a name, a tab and a path"),
        ("x\ta.bed\ty\n", ValueError, "line 1 must be a name, a tab and a path"),
        ("\ta.bed\n", ValueError, "line 1 must be a name, a tab and a path"),
        (
            "x\tgone.bed\n",
            FileNotFoundError,
            r"line 1 names .*gone\.bed, which does not",
        ),
        (
            "x\ta.bed\n\nx\tb.narrowPeak.gz\n",
            ValueError,
            "m.tsv line 3 must not repeat line 1; got x again",
        ),
        ("x\ta.bed\ny\ta.bed\n", ValueError, r"line 2 must not repeat .*a\.bed again"),
    ],
)
def test_bad_manifests_are_named_with_their_line(
    project, write, content, error, message
):
    with pytest.raises(error, match=message):
        read_manifest(write("m.tsv", content))


def test_a_missing_manifest_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"gone\.tsv does not exist"):
        load_peaks(tmp_path / "gone.tsv")


# -- all cell types ---------------------------------------------------------------


def test_peaks_carry_the_number_of_their_cell_type(project):
    peaks = load_peaks(project)
    assert peaks.names == ("first", "second")
    assert peaks.table["cell"].tolist() == [0] * 4 + [1] * 4
    assert intervals(peaks.table)[:4] == [*ROWS, ("chrM", 5, 9)]
    assert peaks.dropped.empty


def test_chromosomes_that_the_genome_lacks_are_dropped_and_reported(project):
    peaks = load_peaks(project, lengths=LENGTHS, skip=["chrM"])
    assert intervals(peaks.table) == ROWS * 2
    assert list(peaks.table["chrom"].cat.categories) == ["chr1", "chr2"]
    expected = pd.DataFrame(
        {
            "cell": ["first", "second"],
            "chrom": ["chrM", "chrUn"],
            "peaks": [1, 1],
            "reason": ["left out by skip", "not in the FASTA file"],
        }
    )
    pd.testing.assert_frame_equal(peaks.dropped, expected)


def test_a_file_without_any_known_chromosome_is_an_error(project):
    with pytest.raises(
        ValueError, match=r"a\.bed must hold a peak .*holds 1, 2, \.\.\."
    ):
        load_peaks(project, lengths={"1": 1_000, "2": 800})
    with pytest.raises(ValueError, match=r"a\.bed must hold a peak .*left out by skip"):
        load_peaks(project, skip=["chr1", "chr2", "chrM"])


def test_skip_is_a_list(project):
    with pytest.raises(
        TypeError, match="skip must be a list of chromosomes; got 'chr1'"
    ):
        load_peaks(project, skip="chr1")


@given(in_manifest=spellings(), in_peaks=spellings())
@settings(deadline=None, max_examples=30)
def test_spelling_changes_nothing(tmp_path_factory, in_manifest, in_peaks):
    folder = tmp_path_factory.mktemp("spelt")
    (folder / "a b.bed").write_bytes(in_peaks(bed().splitlines()))
    (folder / "m.tsv").write_bytes(in_manifest(["# note", "cell type\ta b.bed"]))
    peaks = load_peaks(folder / "m.tsv")
    assert peaks.names == ("cell type",)
    assert intervals(peaks.table) == ROWS


def test_the_smallest_project_is_one_base(write):
    write("a.bed", "c\t0\t1\n")
    peaks = load_peaks(write("m.tsv", "a\ta.bed"), lengths={"c": 1})
    assert intervals(peaks.table) == [("c", 0, 1)] and len(peaks) == 1
