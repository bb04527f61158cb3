"""Without a model, one is trained on a part of the sequences; the rest is held out."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from helpers.data.bases import decode
from helpers.studies.own_sequences import Labelled, learned, read_labelled


def sequences(n, word="ACGTACGT", seed=0):
    """Return n sequences of 30 bp, a word in every second one, and the labels."""
    rng = np.random.default_rng(seed)
    bases = rng.integers(0, 4, (n, 30), dtype=np.uint8)
    labels = np.arange(n) % 2
    bases[labels == 1, 10 : 10 + len(word)] = ["ACGT".index(x) for x in word]
    return decode(bases), labels.astype(float)


def test_two_fasta_files_are_learned(tmp_path):
    texts, labels = sequences(900)
    for name, label in (("open.fa", 1), ("shut.fa", 0)):
        of_class = [t for t, y in zip(texts, labels, strict=True) if y == label]
        lines = [f">{name}{i}\n{t}" for i, t in enumerate(of_class)]
        (tmp_path / name).write_text("\n".join(lines) + "\n")
    data = read_labelled(tmp_path / "open.fa", negatives=tmp_path / "shut.fa")
    found = learned(data, loss="cross-entropy", width=8, max_epochs=6)
    said = found.said
    assert len(found.held_out.labels) == 270 and "630" in said and "ROC" in said
    guesses = found.predict(
        np.array([["ACGT".index(x) for x in t] for t in texts[:40]])
    )
    assert guesses.min() >= 0 and guesses.max() <= 1
    assert guesses[1::2].mean() > guesses[::2].mean() + 0.5
    other = learned(data, loss="log-odds", width=8, max_epochs=6)
    odds = other.predict(np.array([["ACGT".index(x) for x in t] for t in texts[:40]]))
    assert other.said == said and other.digest != found.digest and odds.max() > 1
    np.testing.assert_allclose(1 / (1 + np.exp(-odds)), guesses, atol=0.2)


def test_what_composition_alone_tells_is_said():
    rng = np.random.default_rng(2)
    labels = np.arange(400) % 2
    bases = rng.integers(0, 4, (400, 30), dtype=np.uint8)
    bases[labels == 1, :15] = rng.choice([1, 2], (200, 15))
    found = learned(
        Labelled(decode(bases), labels.astype(float), None),
        loss="log-odds", width=8, max_epochs=1,
    )  # fmt: skip
    rest = found.held_out
    strong = [sum(letter in "CG" for letter in text) for text in rest.sequences]
    area = roc_auc_score(rest.labels, strong)
    assert f"G and C alone: {area:.3f})" in found.said and area > 0.9


def test_groups_stay_together_and_unknown_bases_are_left_out():
    texts, labels = sequences(400)
    texts[3] = "N" + texts[3][1:]
    groups = np.arange(400) // 4
    data = Labelled(texts, labels * 10, groups)
    found = learned(data, loss="mse", width=8, max_epochs=1)
    assert texts[3] not in found.held_out.sequences
    assert "1 with an N was left out" in found.said and "variance" in found.said
    _, counts = np.unique(found.held_out.groups, return_counts=True)
    assert set(counts) <= {3, 4}


@pytest.mark.parametrize(
    ("n", "change", "knobs", "message"),
    [
        (400, {}, {"loss": "poisson"}, "loss must be one of .* no model .* no counts"),
        (400, {}, {"share": 1.0}, "share must be at most 0.95"),
        (400, {}, {"width": 31}, "width must be at most 30"),
        (90, {}, {}, "data must hold at least 100 sequences without N"),
        (20, {}, {}, r"got 14 and 6 of 20\.$"),
        (100, {}, {}, r"got 70 and 30 of 100\.$"),
        (400, {"groups": 50}, {}, r"20 groups \(loci\) to hold out, .*got 15, of 120"),
        (400, {"labels": 2.0}, {}, "labels must be 0 or 1 for loss 'cross-entropy'"),
        (400, {"labels": 1.0}, {}, "each class to learn from, without N; got 0"),
        (400, {"labels": 1.0}, {"loss": "mse"}, "labels must vary; all are 1"),
    ],
)
def test_what_cannot_be_learned_from_is_refused(n, change, knobs, message, untrained):
    texts, labels = sequences(n)
    if "labels" in change:
        labels = np.full(n, change["labels"])
    groups = np.arange(n) % change["groups"] if "groups" in change else None
    knobs = {"loss": "cross-entropy", "width": 8} | knobs
    with pytest.raises(ValueError, match=message):
        learned(Labelled(texts, labels, groups), **knobs)


@pytest.fixture
def untrained(monkeypatch):
    """Let no network be trained."""

    def never(*args, **options):
        raise AssertionError("a network was trained")

    monkeypatch.setattr("helpers.ensemble.Ensemble.fit", never)
