"""The example comes back as it was written, and verdicts follow from the tests."""

import h5py
import numpy as np
import pandas as pd
import pytest

from helpers.data.motifs import Motif
from helpers.significance.motif_pairs import motif_sites
from helpers.studies.own_sequences import (
    NO_PAIR,
    Labelled,
    chosen_motifs,
    example_model,
    gains,
    motif_visibility,
    outside_words,
    read_labelled,
    short_motif_words,
    verdicts,
    write_example,
)
from helpers.studies.own_sequences.reading import in_both_classes, loci


def test_the_example_is_read_back(tmp_path):
    path = write_example(tmp_path / "new", 30, seed=3)
    read = read_labelled(path, label="count", group="locus")
    assert len(read.sequences) == 60
    assert {len(text) for text in read.sequences} == {100}
    assert len(set(read.groups)) == 30
    assert read.sequences[0][1:] == read.sequences[30][1:]
    assert read.labels.min() >= 0
    other = read_labelled(write_example(tmp_path, 30, seed=4), label="count")
    assert other.groups is None
    assert (other.labels != read.labels).any()
    with pytest.raises(ValueError, match="n must be at least 1; got 0"):
        write_example(tmp_path, 0)


@pytest.mark.parametrize(
    ("text", "columns", "message"),
    [
        ("sequence\tlabel\nACGT\tmany\n", {}, "row 1: label must be a number; got 'ma"),
        ("sequence\tlabel\n", {}, "own.tsv must hold a row for each sequence; it has"),
        ("sequence\tlabel\nACGT\t\n", {}, "row 1: label must be a number; got ''"),
        ("sequence\tlabel\nACGT\t1\n", {"label": "count"}, "has no column 'count'; it"),
        ("sequence\tlabel\nACGT\t1\n", {"group": "locus"}, "has no column 'locus'"),
        (
            "sequence\tlabel\nACGT\t1\nACG\t1\n",
            {},
            "own.tsv row 2: all sequences must have 4 bp.*; this one has 3",
        ),
        (
            "sequence\tlabel\tlocus\nACGT\t1\ta\nACGA\t0\t\nAAAA\t0\tNA\n",
            {"group": "locus"},
            "row 2: locus must name a group, as in 2 of 3 rows it does not",
        ),
        (
            "sequence\tlabel\nACGT\t1\nacru\t0\n",
            {},
            "row 2: sequence may hold .* got 'u' at position 3: in RNA, write T for U",
        ),
        ("sequence\tlabel\n\t1\n\t0\n", {}, "row 1: sequence must hold letters; it is"),
        (
            "sequence\tlabel\nAC-T\t1\n",
            {},
            "row 1: sequence may hold only letters of bases; got '-' at position 2.",
        ),
    ],
)
def test_bad_tables_are_named(tmp_path, text, columns, message):
    path = tmp_path / "own.tsv"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        read_labelled(path, **columns)


def test_the_test_part_of_a_file_in_bassets_form_is_read(tmp_path):
    path, rows = tmp_path / "er.h5", {"train": 2, "valid": 1, "test": 3}
    ids = {part: np.full((n, 5), k) for k, (part, n) in enumerate(rows.items())}
    ids["test"][1, 0] = 4
    with h5py.File(path, "w") as file:
        file["target_labels"] = np.array([b"liver", b"blood"])
        file["test_headers"] = np.array([f"chr{k}:1-6(+)".encode() for k in range(3)])
        for part, n in rows.items():
            file[f"{part}_in"] = np.eye(5, 4, dtype=bool)[ids[part]].transpose(0, 2, 1)[
                :, :, None
            ]
            file[f"{part}_out"] = np.array([[1, k % 2] for k in range(n)], dtype=bool)
    read = read_labelled(path, label="blood", group="chrom")
    assert read.sequences == ["GGGGG", "NGGGG", "GGGGG"]
    assert read.labels.tolist() == [0, 1, 0]
    assert read.groups.tolist() == ["chr0", "chr1", "chr2"]
    assert read_labelled(path, label="liver").groups is None
    with pytest.raises(
        ValueError, match="no cell type 'count' for label; it has 2: liv"
    ):
        read_labelled(path, label="count")
    with pytest.raises(ValueError, match="group must be one of none, chrom; got 'lo"):
        read_labelled(path, label="blood", group="locus")


def test_positives_and_negatives_come_from_two_fasta_files(tmp_path):
    (tmp_path / "bound.fa").write_text(">a x\nACGT\n>b\nAC\ngn\n")
    (tmp_path / "free.fasta").write_text(">a\nTTTT\n")
    files = tmp_path / "bound.fa", tmp_path / "free.fasta"
    read = read_labelled(files[0], negatives=files[1])
    assert read.sequences == ["ACGT", "ACGN", "TTTT"]
    assert read.labels.tolist() == [1, 1, 0]
    assert read.groups is None
    with pytest.raises(ValueError, match="negatives must name a FASTA file, or be"):
        read_labelled(files[0])
    with pytest.raises(ValueError, match=r"group must be left out for FASTA.* 'x'"):
        read_labelled(files[0], negatives=files[1], group="x")
    with pytest.raises(ValueError, match="negatives must come with positives in FASTA"):
        read_labelled(tmp_path / "own.tsv", negatives=files[1])
    with pytest.raises(ValueError, match="negatives must be FASTA"):
        read_labelled(files[0], negatives=tmp_path / "own.tsv")
    (tmp_path / "free.fasta").write_text(">a\nTTTT\n>b\nTT\n")
    with pytest.raises(ValueError, match=r"free.fasta: all .* 4 bp.* sequence 2 has 2"):
        read_labelled(files[0], negatives=files[1])


def test_peaks_that_overlap_or_hold_the_same_letters_are_one_group(tmp_path):
    peaks = {
        "chr1:0-4": "ACGG",
        "chr2:0-4": "AAAC",
        "chr1:7-11": "GGGG",
        "x::chr1:3-7(+)": "TTAA",
    }
    others = {"chr1:2-6": "CATG", "chr1:90-94": "CCGT", "plain": "GTTA"}
    files = []
    for name, rows in (("peaks.fa", peaks), ("others.fa", others)):
        files.append(tmp_path / name)
        files[-1].write_text("".join(f">{k}\n{v}\n" for k, v in rows.items()))
    groups = read_labelled(files[0], negatives=files[1]).groups
    # chr1:0-7 is one stretch, chr1:7-11 begins where it ends; CCGT is ACGG from behind.
    together = [{i for i, g in enumerate(groups) if g == name} for name in set(groups)]
    assert sorted(map(sorted, together)) == [[0, 3, 4, 5], [1], [2], [6]]


@pytest.mark.parametrize(
    ("names", "n_groups"),
    [
        (["chr1:100-108", "chr1:104-112", "chr1:112-120"], 2),
        (["chr1-100-108", "chr1-104-112", "chr1-112-120"], 2),
        (
            ["peak_1_chr1_1100_1108", "peak_2_chr1_1104_1112", "peak_3_chr2_1100_1108"],
            2,
        ),
        (["chr1:1,100-1,108", "chr1:1,104-1,112", "chr1:1,112-1,120"], 2),
        (["NC_000001.11_100_108", "NC_000001.11_104_112", "NC_000002.12_104_112"], 2),
        (["chr1.100.108(+)", "chr1.104.112(-)", "x"], 2),
        (["peak_1_2", "peak_1_3", "peak_2_3"], 3),  # numbers, but no region of 8 bp
        (["chr1-100-300", "chr1-104-304", "chr1-108-308"], 3),
    ],
)
def test_regions_in_names_are_read_in_all_usual_forms(names, n_groups):
    groups = loci(names, ["AAAAAAAA", "CCCCCCCC", "ACACACAC"])
    assert (3 if groups is None else len(set(groups))) == n_groups


def test_mutagenesis_finds_the_motif_that_a_model_reads():
    letters = {"read": [0, 1, 2, 3, 0, 1, 2, 3], "ignored": [3, 3, 1, 1, 3, 3, 1, 1]}
    motifs = {
        name: Motif(name, np.eye(4)[row] * 0.96 + 0.01) for name, row in letters.items()
    }
    rng = np.random.default_rng(0)
    bases = rng.integers(0, 4, (30, 40)).astype(np.uint8)
    bases[:, 5:13], bases[:20, 25:33] = letters["read"], letters["ignored"]
    bases[0, 0] = 4  # a row with an unknown base is not asked about

    def ask(x):
        return (x[:, 5:13] == letters["read"]).sum(axis=1)

    table, asked = motif_visibility(ask, bases, motifs, n=12, seed=1)
    best, worst = table.to_dict("records")
    assert (best["motif"], best["n"], best["precision"]) == ("read", 12, 1)
    assert best["fall"] == pytest.approx(1)
    assert worst["fall"] == worst["elsewhere"] == 0
    assert worst["precision"] == pytest.approx(worst["chance"])
    assert best["chance"] == pytest.approx(0.22, abs=0.04)
    assert len(asked["bases"]) == 12
    assert worst["n"] == (asked["sites"]["ignored"][:, 0] == 25).sum()
    assert asked["scores"].shape == asked["bases"].shape
    none, asked = motif_visibility(ask, np.full((3, 40), 4), motifs)
    assert list(none) == list(table) and len(none) == len(asked) == 0


def test_motifs_that_stand_anywhere_by_chance_are_named():
    words = {"long": 12, "short": 6}
    motifs = {
        name: Motif(name, np.tile(np.eye(4) * 0.96 + 0.01, (3, 1))[:width])
        for name, width in words.items()
    }
    said = short_motif_words(motifs, 200)
    assert "short (6 bp: 9%)" in said and "long" not in said
    rng = np.random.default_rng(0)
    sites = motif_sites(rng.integers(0, 4, (4_000, 200)), motifs)["short"]
    assert (sites[:, 0] >= 0).mean() == pytest.approx(0.09, abs=0.02)
    assert short_motif_words({"long": motifs["long"]}, 200) == ""


def test_sequences_of_both_classes_are_counted_on_either_strand():
    data = Labelled(["AACC", "ggtt", "ACAC", "ACAC"], np.array([1.0, 0, 1, 1]), None)
    assert in_both_classes(data).tolist() == [True, True, False, False]


def test_falls_outside_instances_are_counted_with_weaker_matches():
    word = [0, 1, 2, 3, 0, 1, 2, 3]
    motifs = {
        "long": Motif("long", np.eye(4)[word] * 0.96 + 0.01),
        "other": Motif("other", np.eye(4)[[3, 3, 3, 3, 1, 1, 1, 1]] * 0.96 + 0.01),
    }
    bases = np.full((3, 30), 2, np.uint8)
    bases[:, 2:10], bases[1, 20:28] = word, word
    bases[1, 20] = 3  # one letter off: a weaker match
    scores = np.zeros((3, 30))
    scores[0, 4] = scores[1, 23] = scores[2, 23] = 1.0
    sites = {"long": np.array([[2, 10]] * 3), "other": np.full((3, 2), -1)}
    words = outside_words({"bases": bases, "scores": scores, "sites": sites}, motifs)
    assert words.startswith("In 2 of 3 sequences the base with the largest fall ")
    assert "outside the instances, in 1 of these within a weaker match" in words


def test_other_file_names_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"must end in \.csv or \.tsv"):
        read_labelled(tmp_path / "own.xlsx")


def test_the_model_of_the_example_gives_one_count_a_sequence():
    predict = example_model(100, 1, device="cpu")
    bases = np.random.default_rng(0).integers(0, 4, (7, 100)).astype(np.uint8)
    counts = predict(bases)
    assert counts.shape == (7,)
    assert (counts >= -3 / 8).all()
    assert (example_model(100, 1, seed=1, device="cpu")(bases) != counts).any()


def answers():
    tests = ("paired", "unpaired", "against random positions")
    rows = [
        {
            "pair": pair, "test": test, "n": 40, "p_holm": p, "interaction": 2.0,
            "size": 2.5, "median": gain, "median_low": gain - 1,
            "median_high": gain + 1,
        }
        for pair, gain, values in (
            ("A × B", -1.0, (0.9, 0.9, 0.9)),
            ("A × C", 3.0, (0.01, 0.01, 0.01)),
            ("B × C", 1.0, (0.01, 0.5, 0.5)),
        )
        for test, p in zip(tests, values, strict=True)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_gains_come_largest_first_and_say_who_is_called():
    table = gains(answers())
    assert table["pair"].tolist() == ["A × C", "B × C", "A × B"]
    assert table["called"].tolist() == [True, True, False]


def test_verdicts_follow_from_the_tests():
    strong, weak, none = verdicts(answers())
    assert "needs it, more than at random positions and by much." in strong
    assert "needs it, but neither by much nor more than at random positions" in weak
    assert none.startswith("**A × B**")
    assert "does not show it (median change without it -1, from -2 to 0)" in none
    assert "that the data hold none is not shown" in none


def matches(**p):
    """Return what the test on matches says: p after Holm; None: it cannot tell."""
    return pd.DataFrame(
        {
            "pair": list(p),
            "p_holm": [np.nan if value is None else value for value in p.values()],
            "identifiable": [value is not None for value in p.values()],
        }
    )


def test_verdicts_say_what_the_data_say_without_the_model():
    data = matches(**{"A × B": 0.004, "A × C": None, "A × D": 0.03, "B × D": 0.9})
    strong, weak, none, other = verdicts(answers(), data)
    assert strong.endswith(" The data themselves (matches) cannot tell.")
    assert weak == verdicts(answers())[1]  # not asked there
    assert none.startswith("**A × B**") and none.endswith(
        "is not shown. The data themselves (matches) call it: corrected p = 0.004."
    )
    assert other == (
        "**A × D**: the model's tests were not asked. The data themselves (matches) "
        "call it: corrected p = 0.03."
    )
    first, *_ = verdicts(answers(), matches(**{"A × C": 1.0}))
    assert first.endswith(
        " The data themselves (matches) do not call it (corrected p = 1)."
    )
    assert verdicts(answers()[:0], matches(**{"A × B": 0.9})) == [NO_PAIR]
    assert verdicts(answers(), pd.DataFrame()) == verdicts(answers())


def test_without_random_positions_verdicts_rest_on_what_there_is():
    table = answers()
    table = table[table["test"] == "paired"]
    assert "but neither" in verdicts(table)[0]


def test_motifs_are_chosen_by_id_or_by_name():
    even = np.full((4, 4), 0.25)
    found = {
        "MA1": Motif("MA1", even, label="GATA1"),
        "MA2": Motif("MA2", even, label="HNF4A"),
        "MA3": Motif("MA3", even, label="HNF4A"),
    }
    assert list(chosen_motifs(found, [])) == ["GATA1", "HNF4A (MA2)", "HNF4A (MA3)"]
    assert list(chosen_motifs(found, ["gata1", "MA1"])) == ["GATA1"]
    assert list(chosen_motifs(found, ["MA3"])) == ["HNF4A"]
    assert len(chosen_motifs(found, ["HNF4A"])) == 2
    with pytest.raises(ValueError, match="GATA2 is none; near are GATA1"):
        chosen_motifs(found, ["GATA2"])
    with pytest.raises(ValueError, match=r"^simulated must name"):
        chosen_motifs(found, ["xyz"], option="simulated")
    with pytest.raises(ValueError, match=r"xyz is none; there are MA1, MA2, MA3\."):
        chosen_motifs(found, ["xyz"])
