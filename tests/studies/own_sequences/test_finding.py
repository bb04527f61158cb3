"""Motifs are found in filters, on sequences that are asked about no more."""

import numpy as np
import pandas as pd
import pytest

from helpers.data.bases import decode
from helpers.data.motifs import Motif, meme_text
from helpers.loaders.motifs import FOLDER, read_motifs
from helpers.press.results import Store
from helpers.significance.motif_pairs import as_bases, motif_sites
from helpers.studies import own_sequences
from helpers.studies.own_sequences import finding
from helpers.studies.own_sequences.reading import Labelled

WORDS = ("GATAAGCC", "TTGACGAA")


def sample(n=900, seed=0, effect=2.5):
    """Return sequences of 60 bp that hold words on either strand, and their labels."""
    rng = np.random.default_rng(seed)
    bases = rng.integers(0, 4, (n, 60), dtype=np.uint8)
    there = rng.random((n, 2)) < 0.5
    for k, word in enumerate(WORDS):
        letters = as_bases([word])[0]
        for row in np.flatnonzero(there[:, k]):
            start = 30 * k + rng.integers(0, 22)
            turned = rng.random() < 0.5
            bases[row, start : start + 8] = 3 - letters[::-1] if turned else letters
    chance = 1 / (1 + np.exp(effect - effect * there.sum(axis=1)))
    return Labelled(list(decode(bases)), (rng.random(n) < chance).astype(float), None)


def other_strand(word):
    return word.translate(str.maketrans("ACGT", "TGCA"))[::-1]


@pytest.fixture(scope="module")
def found():
    return own_sequences.found_motifs(sample(4000), loss="log-odds")


def test_planted_words_come_first_on_either_strand(found):
    names = list(found.motifs)
    for word in WORDS:
        near = [n for n in names[:3] if word[1:7] in n or other_strand(word)[1:7] in n]
        assert near, names
    assert (found.table["z"].head(2) > 10).all()  # more where the label is 1
    assert list(found.table["motif"]) == names
    assert found.table["held"].head(2).between(0.2, 0.7).all()
    assert all(motif.ppm.all() for motif in found.motifs.values())


def test_what_showed_motifs_is_not_asked(found):
    taught, asked = found.network.taught.sequences, found.data.sequences
    assert not set(taught) & set(asked) and len(taught) + len(asked) == 4000
    assert asked == found.network.held_out.sequences
    assert f"{len(taught):,} sequences that taught" in found.said


def test_labels_by_chance_show_no_motif():
    data = sample(600, effect=0.0)
    with pytest.raises(ValueError, match=r"filters .* show no motif"):
        own_sequences.found_motifs(data, loss="log-odds")


def test_one_motif_is_too_few():
    with pytest.raises(ValueError, match="show one motif that goes with the label"):
        data = sample(3000)
        labels = np.array([float("GATAAGCC" in t or "GGCTTATC" in t)
                           for t in data.sequences])  # fmt: skip
        own_sequences.found_motifs(Labelled(data.sequences, labels, None), loss="mse",
                                   most=2)  # fmt: skip


def test_counts_of_a_model_keep_their_values():
    data = sample(1500)
    counts = np.random.default_rng(1).poisson(1 + 20 * data.labels).astype(float)
    counted = Labelled(data.sequences, counts, np.arange(1500) // 2)
    sought = own_sequences.sought_motifs(counted, "", loss="poisson", model=True)
    by_text = dict(zip(data.sequences, counts, strict=True))
    assert [by_text[t] for t in sought.data.sequences] == sought.data.labels.tolist()
    taught = set(sought.network.taught.groups)
    assert not taught & set(sought.data.groups)
    assert sought.network.said.startswith("Three networks were trained on 750 of")
    assert sought.said.endswith("the tests ask the model that was given.")


def test_a_file_is_read_and_nothing_found():
    path, data = FOLDER / "encode.meme", sample(20)
    sought = own_sequences.sought_motifs(data, path, loss="poisson", model=False)
    assert list(sought.motifs) == list(read_motifs(path)) and sought.data is data
    assert sought.network is None and sought.said == "" and not len(sought.table)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"loss": "poisson"}, "loss must be one of"),  # and no model
        ({"most": 1}, "n_found must be at least 2"),
        ({"path": FOLDER / "encode.meme", "known": "a.meme"}, "known must be left out"),
        ({"known": "no-such.meme"}, "no-such.meme"),
    ],
)
def test_what_cannot_be_is_refused_before_training(change, message, monkeypatch):
    def never(*args, **options):
        raise AssertionError("a network was trained")

    monkeypatch.setattr("helpers.ensemble.Ensemble.fit", never)
    asked = {"path": "", "loss": "log-odds", "model": False} | change
    with pytest.raises((ValueError, FileNotFoundError), match=message):
        own_sequences.sought_motifs(sample(300), **asked)


def test_stored_motifs_are_found_again(tmp_path, monkeypatch):
    def store():
        return Store("your-sequences", root=tmp_path, device="cpu", own=False)

    data = sample(1500)
    first = own_sequences.found_motifs(data, loss="log-odds", store=store())

    def never(*args, **options):
        raise AssertionError("looked at filters again")

    monkeypatch.setattr(finding, "response_matrices", never)
    again = own_sequences.found_motifs(data, loss="log-odds", store=store())
    pd.testing.assert_frame_equal(first.table, again.table)
    for name, motif in first.motifs.items():
        np.testing.assert_allclose(motif.ppm, again.motifs[name].ppm, atol=1e-9)
    with pytest.raises(AssertionError, match="looked at filters again"):
        own_sequences.found_motifs(data, loss="log-odds", most=2, store=store())


def test_known_motifs_name_those_that_are_like_them(monkeypatch):
    def matched(matrices, database):
        e_value = np.where(np.arange(len(matrices)) == 0, 0.01, 3.0)
        return pd.DataFrame({"label": "GATA1", "e_value": e_value})

    monkeypatch.setattr(finding, "tomtom_best", matched)
    known = read_motifs(FOLDER / "encode.meme")
    sought = own_sequences.found_motifs(sample(1500), loss="mse", known=known)
    table = sought.table
    assert "above 0.1 like is none" in sought.said
    assert table["like"].iloc[0] == "GATA1" and set(table["like"][1:]) == {"none"}


def test_matches_are_counted_on_both_strands_and_wider():
    rng = np.random.default_rng(3)
    bases = rng.integers(0, 4, (400, 40), dtype=np.uint8)
    letters = as_bases(["ACGATAAGCT"])[0]
    bases[:200, 12:22] = letters
    bases[200:, 12:22] = 3 - letters[::-1]
    core = np.full((8, 4), 0.02)
    core[np.arange(8), letters[1:9]] = 0.94
    (again,) = finding._counted_again([core], bases)
    assert Motif("again", again).consensus == "ACGATAAGCT"
    np.testing.assert_allclose(again.max(axis=1), 1)
    at_edge = bases[:, 13:21]  # no room for more
    (again,) = finding._counted_again([core], at_edge)
    assert Motif("again", again).consensus == "CGATAAGC"
    assert len(finding._counted_again([core[:, ::-1]], bases[:3])[0]) == 0  # no match


def test_a_matrix_like_one_before_it_is_left_out():
    data = sample(2000)
    bases = as_bases(data.sequences).astype(np.uint8)
    first, second = (
        np.where(np.eye(4)[as_bases([word])[0]] > 0, 0.94, 0.02) for word in WORDS
    )
    chosen = finding._chosen([first, second, first[1:]], bases, data.labels, 3)
    assert sorted(number for number, _ in chosen) in ([0, 1], [1, 2])
    assert finding._chosen([first], bases, np.ones(2000), 3) == []
    assert finding._chosen([], bases, data.labels, 3) == []


def test_equal_names_are_numbered():
    ppm = np.eye(4)[[0, 1, 2, 3, 0]]
    table = pd.concat([
        pd.DataFrame(ppm, columns=list("ACGT")).assign(motif=m, position=range(5))
        for m in range(3)
    ])  # fmt: skip
    assert list(finding._motifs_of(table)) == ["ACGTA", "ACGTA-2", "ACGTA-3"]


def test_short_sequences_are_no_fault():
    rng = np.random.default_rng(0)
    bases = rng.integers(0, 4, (800, 6), dtype=np.uint8)
    labels = (bases[:, 0] == 2).astype(float)
    data = Labelled(list(decode(bases)), labels, None)
    try:
        found = own_sequences.found_motifs(data, loss="mse")
        assert max(found.table["width"]) <= 6
    except ValueError as error:
        assert "motifs must be given" in str(error)


def twins(n):
    """Return a table's text: each sequence, then its other strand, with numbers."""
    data = sample(n)
    rows = ["sequence,count"]
    for text, label in zip(data.sequences, data.labels, strict=True):
        rows += [f"{text},{label}", f"{other_strand(text).lower()},{label}"]
    return "\n".join(rows) + "\n"


def test_twins_of_a_table_are_asked_or_teach_whole(tmp_path):
    path = tmp_path / "twins.csv"
    path.write_text(twins(1200))
    data = own_sequences.read_labelled(path, label="count")
    assert len(np.unique(data.groups)) == 1200
    sought = own_sequences.found_motifs(data, loss="mse")
    taught = {t.upper() for t in sought.network.taught.sequences}
    asked = [t.upper() for t in sought.data.sequences]
    assert not taught & set(asked)
    assert not taught & {other_strand(t) for t in asked}


def test_a_file_of_found_motifs_finds_the_same_places(found, tmp_path):
    path = tmp_path / "found.meme"
    path.write_text(meme_text(found.motifs.values()))
    bases = as_bases(found.data.sequences)
    before, again = (motif_sites(bases, m) for m in (found.motifs, read_motifs(path)))
    assert list(before) == list(again) == list(found.motifs)
    for name, places in before.items():
        np.testing.assert_array_equal(places, again[name])


def test_matrices_are_held_as_a_file_writes_them(tmp_path):
    ppm = np.random.default_rng(4).dirichlet(np.ones(4), 2000)
    columns = {"motif": 0, "position": range(2000)}
    table = pd.DataFrame(ppm, columns=list("ACGT")).assign(**columns)
    found = finding._motifs_of(table)
    path = tmp_path / "found.meme"
    path.write_text(meme_text(found.values()))
    for name, motif in read_motifs(path).items():
        np.testing.assert_array_equal(motif.ppm, found[name].ppm)


def test_too_few_sequences_are_no_matter_of_a_model():
    with pytest.raises(ValueError, match=r"50 to hold out \(50%\), where networks are"):
        own_sequences.sought_motifs(sample(150), "", loss="poisson", model=True)


def test_columns_of_the_table_are_told(found):
    assert "z is how many standard errors" in found.said
    assert "e_value" not in found.said


def test_few_known_motifs_are_too_few_for_chances(monkeypatch):
    def matched(matrices, database):
        return pd.DataFrame({"label": "GATA1", "e_value": np.zeros(len(matrices))})

    monkeypatch.setattr(finding, "tomtom_best", matched)
    two = read_motifs(FOLDER / "encode.meme")
    said = own_sequences.found_motifs(sample(1500), loss="mse", known=two).said
    assert "That file has 2; below 25 TOMTOM" in said
    many = {str(k): motif for k in range(13) for motif in two.values()}
    many |= {f"{name} again": motif for name, motif in many.items()}
    said = own_sequences.found_motifs(sample(1500), loss="mse", known=many).said
    assert "e_value" in said and "do not believe" not in said


def test_an_unknown_loss_is_no_loss_of_counts():
    with pytest.raises(ValueError, match="loss must be one of"):
        own_sequences.found_motifs(sample(300), loss="hinge")
