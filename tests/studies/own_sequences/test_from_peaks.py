"""Windows around peaks, and windows of the genome that are like them."""

import gzip

import numpy as np
import pytest

from helpers.studies.own_sequences import are_peaks, read_peaks
from helpers.studies.own_sequences.from_peaks import STEP


def share(text):
    return sum(letter in "CG" for letter in text) / len(text)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Return peaks and a genome of two chromosomes, the first richer in G and C."""
    folder, rng = tmp_path_factory.mktemp("peaks"), np.random.default_rng(0)
    shares = {"chr1": 0.6, "chr2": 0.4}
    letters = {
        name: "".join(rng.choice(list("ACGT"), 30_000, p=[0.5 - g / 2, g / 2] * 2))
        for name, g in shares.items()
    }
    genome = folder / "genome.fa"
    genome.write_text("".join(f">{n} x\n{text}\n" for n, text in letters.items()))
    starts = np.arange(1_000, 29_000, 700)
    rows = [f"{chrom}\t{s}\t{s + 120}" for chrom in letters for s in starts]
    peaks = folder / "peaks.bed"
    peaks.write_text("# made\n" + "\n".join(rows) + "\n")
    return peaks, genome, letters


def test_a_window_lies_around_the_middle_or_the_summit(files, tmp_path):
    _, genome, letters = files
    bed = tmp_path / "one.bed.gz"
    with gzip.open(bed, "wt") as file:
        file.write("chr1\t1000\t1100\nchr1\t10\t20\n")  # the second is at an end
    read = read_peaks(bed, genome, window=60, negatives="shuffled")
    assert read.sequences[0] == letters["chr1"][1_020:1_080]
    assert read.labels.tolist() == [1, 0] and read.groups[0] == read.groups[1]
    summit = tmp_path / "one.narrowPeak"
    fields = ["chr2", "1000", "1100", "a", "0", ".", "1", "1", "1"]
    summit.write_text("\t".join([*fields, "5"]) + "\n" + "\t".join([*fields, "-1"]))
    read = read_peaks(summit, genome, window=60, negatives="shuffled")
    assert read.sequences[0] == letters["chr2"][975:1_035]
    assert read.sequences[1] == letters["chr2"][1_020:1_080]
    assert len(set(read.groups)) == 1  # they overlap


def test_field_ten_is_a_summit_in_narrow_peak_alone(files, tmp_path):
    _, genome, letters = files
    place = ["chr1", "1000", "1100"]
    twelve = [*place, "a", "0", "+", "1000", "1100", "0", "1", "100", "0"]
    counts = [*place, *map(str, range(70, 77))]
    path = tmp_path / "own.bed"
    for fields in (twelve, counts):
        path.write_text("\t".join(fields))
        read = read_peaks(path, genome, window=60, negatives="shuffled")
        assert read.sequences[0] == letters["chr1"][1_020:1_080]


def test_what_is_left_out_is_said(files, tmp_path):
    path = tmp_path / "own.bed"
    path.write_text("chr1\t1000\t1100\nchr1\t10\t20\n")
    read = read_peaks(path, files[1], window=60, negatives="shuffled")
    assert read.said.startswith("Of 2 peaks 1 are left out: their windows do not lie ")
    assert read_peaks(files[0], files[1], window=60, negatives="shuffled").said == ""


def test_matched_negatives_touch_no_window_of_a_peak(tmp_path):
    rng = np.random.default_rng(0)
    genome = "".join(rng.choice(list("ACGT"), 40_000))
    (tmp_path / "genome.fa").write_text(f">chr1\n{genome}\n")
    summits = range(500, 39_000, 1_000)
    text = "".join(f"chr1\t{at}\t{at + 1}\n" for at in summits)
    (tmp_path / "summits.bed").write_text(text)
    read = read_peaks(tmp_path / "summits.bed", tmp_path / "genome.fa", window=400)
    assert (read.labels == 0).sum() > 20
    for text in np.array(read.sequences)[read.labels == 0]:
        place = genome.index(text)
        assert all(place + 400 <= at - 200 or at + 200 <= place for at in summits)


def test_matched_negatives_touch_no_peak_and_have_the_share_of_one(files):
    peaks, genome, letters = files
    read = read_peaks(peaks, genome, window=100, seed=1)
    positive = [s for s, y in zip(read.sequences, read.labels, strict=True) if y]
    negative = [s for s, y in zip(read.sequences, read.labels, strict=True) if not y]
    assert len(positive) == 80 and 70 <= len(negative) <= 80
    steps = np.floor([share(s) / STEP for s in positive]).astype(int)
    others = np.floor([share(s) / STEP for s in negative]).astype(int)
    assert all((others == k).sum() <= (steps == k).sum() for k in set(others))
    whole, touched = letters["chr1"] + "N" * 200 + letters["chr2"], set()
    for offset in (0, 30_200):
        for start in range(1_000, 29_000, 700):
            touched.update(range(offset + start, offset + start + 120))
    for text in negative:
        place = whole.index(text)
        assert touched.isdisjoint(range(place, place + 100))
    again = read_peaks(peaks, genome, window=100, seed=1)
    assert again.sequences == read.sequences
    assert read_peaks(peaks, genome, window=100, seed=2).sequences != read.sequences


@pytest.mark.parametrize(
    ("text", "given", "message"),
    [
        ("chr9\t1\t9\n", {}, "has no chromosome 'chr9' of .*own.bed"),
        ("# nothing\n", {}, "own.bed holds no peak"),
        ("chr1\t5\t9\n", {"window": 40_000}, "no window of 40000 bp inside its chrom"),
        ("chr1\t5\t9\n", {"window": 9}, "window must be at least 10; got 9"),
        ("chr1\t5\t9\n", {"negatives": "x"}, "negatives must be one of matched, shuf"),
        ("chr1\t0\t30000\nchr2\t0\t30000\n", {}, "no window of 200 bp without a peak"),
        ("chr1\tx\t9\n", {}, "own.bed line 1 "),
        (
            "chr1\t5\t9\ta\t0\t.\t1\t1\t1\t2.5\n",
            {},
            "own.bed line 1 must have its summit .* in whole bp .*got 2.5 in 4 bp",
        ),
        (
            "chr1\t5\t9\ta\t0\t.\t1\t1\t1\t²\n",
            {},
            "own.bed line 1 must have its summit .*got ² in 4 bp",
        ),
        (
            "chr1\t1\t90\nchr1\t5\t9\ta\t0\t.\t1\t1\t1\t400\n",
            {},
            r"own.bed line 2 must have its summit \(field 10\) within.*got 400 in 4 bp",
        ),
    ],
)
def test_peaks_that_cannot_be_used_are_named(files, tmp_path, text, given, message):
    path = tmp_path / "own.bed"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        read_peaks(path, files[1], **given)


def test_peaks_need_a_genome(files):
    with pytest.raises(ValueError, match="genome must name a FASTA file for the peaks"):
        read_peaks(files[0], "")


def test_peaks_are_told_by_their_name():
    assert are_peaks("a.bed") and are_peaks("a.narrowPeak.gz")
    assert not are_peaks("a.fa") and not are_peaks("bed.csv")
