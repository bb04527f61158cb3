"""A run on one's own sequences that was interrupted goes on where it stopped."""

import os
import signal
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from helpers.data.bases import decode
from helpers.data.motifs import Motif
from helpers.press.results import Store
from helpers.significance.motif_pairs import as_bases, held_out_interaction
from helpers.studies.keeping import (
    digest_of,
    with_words,
    without_words,
)
from helpers.studies.own_sequences import (
    Labelled,
    asked_of_data,
    learned,
    model_digest,
    motif_visibility,
    pair_tests,
)

WORDS = {"A": "GATAAGCC", "B": "CCATGTGG", "C": "TTGACGAA", "absent": "CACACACATG"}
HOW = {"loss": "log-odds", "n_draws": 1, "seed": 0}


def motif(word):
    """Return a motif that is almost surely these letters."""
    return Motif(word, np.array([[0.97 if x == b else 0.01 for b in "ACGT"]
                                 for x in word]))  # fmt: skip


MOTIFS = {name: motif(word) for name, word in WORDS.items()}


def sample(n=300, seed=0):
    """Return sequences of 60 bp with three motifs, and labels by two of them."""
    rng = np.random.default_rng(seed)
    bases = rng.integers(0, 4, (n, 60), dtype=np.uint8)
    there = rng.random((n, 3)) < 0.7
    for k, word in enumerate(list(WORDS.values())[:3]):
        columns = np.arange(5 + 18 * k, 13 + 18 * k)
        bases[np.ix_(there[:, k], columns)] = as_bases([word])[0]
    labels = (rng.random(n) < 0.15 + 0.7 * there[:, :2].all(axis=1)).astype(float)
    return Labelled(list(decode(bases)), labels, None)


def store(tmp_path, **options):
    return Store("your-sequences", root=tmp_path, device="cpu", own=False, **options)


def trained(root, data=None, **options):
    """Return networks of a run with a store of its own."""
    return learned(
        data or sample(), loss="log-odds", width=8, max_epochs=1, device="cpu",
        store=store(root, **options),
    )  # fmt: skip


DYING = """
import os, signal
import numpy as np
import test_resuming as page
network = page.trained({root!r})
bases = page.as_bases(page.sample().sequences)
np.save({root!r} + "/predicted.npy", network.predict(bases))
def predict(bases):
    os.kill(os.getpid(), signal.SIGKILL)  # training has ended, the tests have begun
page.pair_tests(predict, network.held_out, page.MOTIFS, digest=network.digest,
                store=page.store({root!r}), column=-1, encoding="bases", **page.HOW)
"""


def test_a_run_killed_after_training_trains_nothing_when_it_is_called_again(
    tmp_path, monkeypatch
):
    here = os.path.dirname(__file__)
    ran = subprocess.run(
        [sys.executable, "-c", DYING.format(root=str(tmp_path))],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([here, *sys.path])},
        capture_output=True,
    )
    assert ran.returncode == -signal.SIGKILL, ran.stderr.decode()[-500:]

    def never(*args, **options):
        raise AssertionError("a network was trained")

    with monkeypatch.context() as patch:
        patch.setattr("helpers.ensemble.Ensemble.fit", never)
        again = trained(tmp_path)
        with pytest.raises(AssertionError, match="a network was trained"):
            trained(tmp_path, sample(seed=1))  # other data are another step
        with pytest.raises(AssertionError, match="a network was trained"):
            trained(tmp_path, recompute=True)
    before = np.load(tmp_path / "predicted.npy")
    found = again.predict(as_bases(sample().sequences))
    np.testing.assert_allclose(found, before, atol=1e-5)  # by another process


def reads(bases):
    """A model of two motifs, in log odds."""
    first, second = (as_bases([WORDS[name]])[0] for name in "AB")
    found = [(bases[:, s : s + 8] == w).all(1) for s, w in ((5, first), (23, second))]
    return -1.5 + 3.0 * found[0] * found[1]


def test_tests_go_on_at_the_motif_where_they_stopped(tmp_path):
    data, asked = sample(), []
    options = HOW | {"column": -1, "encoding": "bases", "digest": "a model"}

    def dies(bases):
        asked.append(len(bases))
        if len(asked) > first_part:
            raise KeyboardInterrupt
        return reads(bases)

    first_part = np.inf
    given = {"motifs": MOTIFS, "loss": "log-odds", "n_draws": 1, "encoding": "bases"}
    pairs = [("A", "B"), ("A", "C")]
    held_out_interaction(dies, data.sequences, data.labels, **given, pairs=pairs)
    first_part = len(asked) + 2
    asked.clear()
    with pytest.raises(KeyboardInterrupt):
        pair_tests(dies, data, MOTIFS, store=store(tmp_path), **options)
    before, first_part = len(asked), np.inf
    asked.clear()
    table = pair_tests(dies, data, MOTIFS, store=store(tmp_path), **options)
    assert 0 < len(asked) < before  # the second part alone
    whole = held_out_interaction(reads, data.sequences, data.labels, **given)
    pd.testing.assert_frame_equal(table, whole, check_dtype=False)
    asked.clear()
    pair_tests(dies, data, MOTIFS, store=store(tmp_path), **options)
    assert not asked
    pair_tests(dies, data, MOTIFS, store=store(tmp_path), **options | {"digest": "b"})
    assert asked


def test_mutations_and_what_the_data_say_are_kept(tmp_path, monkeypatch):
    data, asked = sample(), []

    def ask(bases):
        asked.append(len(bases))
        return reads(bases)

    given = {"motifs": MOTIFS, "n": 5, "digest": "a model"}
    one, scores = motif_visibility(ask, data.sequences, **given, store=store(tmp_path))
    asked.clear()
    two, again = motif_visibility(ask, data.sequences, **given, store=store(tmp_path))
    assert not asked
    pd.testing.assert_frame_equal(one, two)
    np.testing.assert_array_equal(scores["scores"], again["scores"])
    small = {name: MOTIFS[name] for name in "AB"}
    table, said = asked_of_data(data, small, loss="log-odds", store=store(tmp_path))
    assert said.startswith("1 pair of 2 features, 300 rows")
    monkeypatch.setattr("helpers.significance.motif_pairs._scores", None)
    other = asked_of_data(data, small, loss="log-odds", store=store(tmp_path))
    pd.testing.assert_frame_equal(table, other[0])
    assert other[1] == said


def test_without_a_pair_that_can_be_tested_nothing_is_asked():
    data = sample(20)
    table = pair_tests(None, data, MOTIFS, **HOW)
    assert not len(table) and {"pair", "test", "says", "p_holm"} <= set(table)


def test_another_model_behind_a_name_is_another_digest():
    data = sample(30)
    one = model_digest(reads, data, encoding="bases")
    assert one == model_digest(reads, data, encoding="bases")
    assert one != model_digest(lambda x: reads(x) + 1e-9, data, encoding="bases")


def test_digests_differ_where_values_or_their_kinds_do():
    values = [
        1, "1", 1.0, None, [1], [1, 2], [[1], 2], np.array([1]), np.array([1.0]),
        np.array(["1"]), {"a": 1}, {"b": 1}, MOTIFS["A"], motif("GATAAGCT"),
    ]  # fmt: skip
    digests = [digest_of(value) for value in values]
    assert len(set(digests)) == len(values)
    assert digest_of({"A": motif(WORDS["A"])}) == digest_of({"A": MOTIFS["A"]})
    assert digest_of("ab", "c") != digest_of("a", "bc")


def test_words_stay_with_a_table_that_has_no_row():
    for table in (
        pd.DataFrame({"first": ["A"], "p": [0.5]}),
        pd.DataFrame({"first": [], "p": []}),
    ):
        back, said = without_words(with_words(table, "so"))
        assert said == "so" and back["p"].tolist() == table["p"].tolist()
