"""What is said of data beforehand, and the files that the page leaves."""

import numpy as np
import pandas as pd
import pytest

from helpers.data.bases import decode
from helpers.data.motifs import Motif
from helpers.significance.motif_pairs import MEANINGS
from helpers.studies.own_sequences import (
    NO_PAIR,
    Labelled,
    cautions,
    described,
    pair_tests,
    report_files,
    scale_words,
    write_files,
)

MOTIFS = {name: Motif(name, np.full((8, 4), 0.25)) for name in ("A*1", "B<2>")}


def data(strong=0.5, n=200):
    """Return sequences whose share of G and C is `strong` in one class, 0.5 else."""
    rng = np.random.default_rng(0)
    labels = np.arange(n) % 2
    gc = rng.random((n, 50)) < np.where(labels == 1, strong, 0.5)[:, None]
    bases = np.where(gc, rng.choice([1, 2], gc.shape), rng.choice([0, 3], gc.shape))
    return Labelled(list(decode(bases)), labels.astype(float), None)


def test_probabilities_are_warned_of_and_log_odds_are_not():
    assert cautions(data(), "log-odds") == []
    (said,) = cautions(data(), "cross-entropy")
    assert "evidence only adds up" in said and "follow G and C alone" in said


def test_classes_that_composition_tells_apart_are_warned_of():
    for strong in (0.8, 0.2):
        (said,) = cautions(data(strong), "log-odds")
        assert said.startswith("The share of G and C alone tells the two classes apart")
        assert "curve 0.9" in said or "curve 1.0" in said
    numbers = Labelled(data(0.8).sequences, data().labels * 3, None)
    assert cautions(numbers, "mse") == []
    one_class = Labelled(data().sequences, np.ones(200), None)
    assert cautions(one_class, "log-odds") == []


def test_unknown_bases_are_no_composition():
    whole = data()
    masked = [
        "N" * 20 + text[20:] if label else text
        for text, label in zip(whole.sequences, whole.labels, strict=True)
    ]
    assert cautions(Labelled(masked, whole.labels, None), "log-odds") == []


def test_sequences_with_both_labels_are_counted():
    whole = data()
    texts = [*whole.sequences[:-1], whole.sequences[0]]
    (said,) = cautions(Labelled(texts, whole.labels, None), "log-odds")
    assert said.startswith("2 of 200 sequences have label 0 and, letter by letter")


def test_predictions_that_the_loss_does_not_take_are_told():
    good = {
        "log-odds": [-2, 3],
        "cross-entropy": [0, 1],
        "poisson": [0, 7],
        "mse": [-9],
    }
    for loss, values in good.items():
        assert scale_words(np.array(values, float), loss) == ""
    chances = np.linspace(0, 1, 50)
    assert "are they probabilities?" in scale_words(chances, "log-odds")
    few = np.append(chances, 1.1)
    said = scale_words(few, "cross-entropy")
    assert "takes probabilities, and 1 of 51 predictions are none: they are mov" in said
    with pytest.raises(
        ValueError, match="loss cross-entropy takes probabilities, and "
    ):
        scale_words(chances * 9, "cross-entropy")
    with pytest.raises(ValueError, match="loss anscombe takes counts, and 22 of 50 pr"):
        scale_words(np.repeat([-1.0, 2.0], [22, 28]), "anscombe")


def test_data_are_described_in_one_sentence():
    assert described(data(), MOTIFS, "log-odds") == (
        "200 sequences of 50 bp, 100 with label 1, are asked about, by the loss "
        "log-odds; 2 motifs: A*1, B<2>."
    )
    groups = np.arange(200) // 4
    some = Labelled(data().sequences, data().labels * 3 - 1, groups)
    said = described(some, MOTIFS, "mse")
    assert "in 50 groups (loci), labels -1 to 2, are" in said


def one_pair():
    row = {
        "pair": "A*1 × B<2>", "test": "paired", "n": 1_200, "p": 0.0001234,
        "p_holm": 0.0001234, "median": -0.00001234, "median_low": -1.0,
        "median_high": 1.0, "interaction": 2.0, "size": 2.0, "statistic": 3.0,
        "says": MEANINGS["paired"][0], "does_not_say": MEANINGS["paired"][1],
    }  # fmt: skip
    return pd.DataFrame([row])


def test_a_report_holds_words_and_tables():
    visible = pd.DataFrame({"motif": ["A*1"], "n": [3]})
    files = report_files(
        about=["Asked & answered.", ""],
        visible=visible,
        tests=one_pair(),
        data=(pd.DataFrame(), "Not asked: too few.\n\nSecond."),
        factors=(pd.DataFrame({"first": ["A*1"], "p": [0.2]}), "Products gain."),
        simulated=[pd.DataFrame({"negatives": ["M_w"]})],
    )
    assert set(files) == {"report.html", "pairs.csv", "motifs.csv", "factors.csv"}
    page = files["report.html"]
    assert "<p>Asked &amp; answered.</p>" in page and "<p></p>" not in page
    assert "A*1 × B&lt;2&gt; (mean interaction 2, 1,200 examples)" in page
    assert "0.00012" in page and "-1.234e-05" in page and "statistic" not in page
    assert "<p>Not asked: too few.</p>\n<p>Second.</p>" in page and "M_w" in page
    assert "statistic" in files["pairs.csv"]


def test_a_report_is_written_where_no_pair_could_be_asked():
    none = pair_tests(None, data(n=10), MOTIFS, loss="log-odds", n_draws=1, seed=0)
    empty = pd.DataFrame(columns=["motif", "n"])
    words = (pd.DataFrame(), "Not asked: too few.")
    files = report_files(
        about=["Asked."], visible=empty, tests=none, data=words, factors=words
    )
    page = files["report.html"]
    assert NO_PAIR in page and "The tests of the model" not in page
    assert files["pairs.csv"].startswith("pair,test,n,p,")


def test_files_of_an_earlier_report_do_not_stay(tmp_path):
    names = ["found.meme", "found.csv", "data.csv", "factors.csv", "mine.txt"]
    for name in names:
        (tmp_path / name).write_text("old")
    write_files(tmp_path, {"report.html": "new", "data.csv": "new"})
    left = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert left == {"report.html": "new", "data.csv": "new", "mine.txt": "old"}
