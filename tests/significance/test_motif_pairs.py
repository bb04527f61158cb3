"""Motif pairs in anybody's model: nothing where motifs add, something where not."""

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.ensemble import RandomForestRegressor
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from helpers.data.bases import decode
from helpers.data.motifs import Motif
from helpers.significance.motif_pairs import (
    LOG_ODDS,
    _replacements,
    _scores,
    as_bases,
    asker,
    encoded,
    held_out_interaction,
    score_limit,
)

A, B = "ACGTACGA", "GGCCTTGG"
LENGTH = 60


def motif(word, label):
    return Motif(label, np.eye(4)[as_bases([word])[0]] * 0.9 + 0.025, label=label)


MOTIFS = (motif(A, "A"), motif(B, "B"))


def planted(n=400, seed=0, words=(A, B)):
    """Random sequences, each word in half of them; where they stand, (n, 2) each."""
    rng = np.random.default_rng(seed)
    bases = rng.integers(0, 4, (n, LENGTH)).astype(np.uint8)
    sites = {}
    for number, word in enumerate(words):
        there = rng.random(n) < 0.7
        start = rng.integers(0, LENGTH // 2 - 8, n) + number * LENGTH // 2
        for row in np.flatnonzero(there):
            bases[row, start[row] : start[row] + 8] = as_bases([word])[0]
        ends = np.stack([start, start + 8], axis=1)
        sites["AB"[number]] = np.where(there[:, None], ends, -1)
    return bases, sites


def holds(bases, word):
    """Whether a word stands in each sequence, as 0 or 1."""
    windows = np.lib.stride_tricks.sliding_window_view(bases, 8, axis=1)
    return (windows == as_bases([word])[0]).all(axis=2).any(axis=1).astype(float)


def model(interaction):
    def predict(bases):
        a, b = holds(bases, A), holds(bases, B)
        return 1 + a + b + interaction * a * b

    return predict


def verdicts(predict, labels, bases, motifs=MOTIFS, **options):
    options = {"loss": "mse", "encoding": "bases", "n_draws": 2} | options
    table = held_out_interaction(predict, bases, labels, motifs, **options)
    return table.set_index(["pair", "test"])


def noisy(values, seed=1, spread=0.5):
    return values + np.random.default_rng(seed).normal(0, spread, len(values))


def test_nothing_where_motifs_add():
    bases, _ = planted()
    table = verdicts(model(0.0), noisy(model(0.0)(bases)), bases).loc["A × B"]
    # Random letters may happen to spell a word, once in a thousand sequences.
    assert table["interaction"].abs().max() < 0.01
    assert (table["p"] > 0.05).all()


def test_a_true_interaction_is_called_and_measured():
    bases, _ = planted()
    table = verdicts(model(1.0), noisy(model(1.0)(bases)), bases).loc["A × B"]
    assert table["interaction"]["paired"] == pytest.approx(1, abs=0.02)
    assert (table["p"] < 1e-3).all()
    assert table.loc["paired", "median_low"] > 0


def test_a_false_interaction_does_not_lower_the_loss():
    bases, _ = planted()
    table = verdicts(model(1.0), noisy(model(0.0)(bases)), bases).loc["A × B"]
    assert table["p"]["effect size against shuffles"] < 1e-3
    assert table["p"]["paired"] > 0.99


def test_false_calls_stay_at_their_level():
    """A term that has nothing to do with the labels helps as often as it harms."""
    p = []
    for seed in range(40):
        bases, sites = planted(150, seed)
        rng = np.random.default_rng([seed, 1])

        def predict(dna, rng=rng):
            return model(0.0)(dna) + rng.normal(0, 0.02, len(dna))

        labels = noisy(model(0.0)(bases), seed, 1.0)
        p.append(verdicts(predict, labels, bases, sites, n_draws=1)["p"].iloc[0])
    assert (np.array(p) < 0.05).sum() <= 6  # 2 expected; 7 in less than 1 of 100


def test_positions_serve_as_well_as_matrices():
    bases, sites = planted()
    labels = noisy(model(1.0)(bases))
    table = verdicts(model(1.0), labels, bases, sites).loc["A × B"]
    assert table["interaction"]["paired"] == pytest.approx(1, abs=0.02)
    both = (sites["A"][:, 0] >= 0) & (sites["B"][:, 0] >= 0)
    assert table["n"]["paired"] == both.sum()


def test_both_strands_are_searched():
    bases, _ = planted()
    turned = 3 - bases[:, ::-1]

    def predict(dna):
        return model(1.0)(3 - dna[:, ::-1])

    table = verdicts(predict, noisy(predict(turned)), turned).loc["A × B"]
    assert table["interaction"]["paired"] == pytest.approx(1, abs=0.02)


def test_three_motifs_make_three_pairs_and_are_corrected():
    bases, sites = planted()
    third = np.stack([np.full(400, 0), np.full(400, 4)], axis=1)
    table = verdicts(model(1.0), noisy(model(1.0)(bases)), bases, sites | {"C": third})
    pairs = table.index.get_level_values(0).unique()
    assert list(pairs) == ["A × B", "A × C", "B × C"]
    assert (table["p_holm"] >= table["p"]).all()
    real = table.loc[("A × B", "paired")]
    assert real["p_holm"] == pytest.approx(3 * real["p"])


def test_copies_of_an_example_are_one_with_groups():
    bases, sites = planted(150)
    labels = noisy(model(0.3)(bases))
    once = verdicts(model(0.3), labels, bases, sites)
    copies = {name: np.tile(rows, (4, 1)) for name, rows in sites.items()}
    options = {"groups": np.tile(np.arange(150), 4)}
    tiled, y = np.tile(bases, (4, 1)), np.tile(labels, 4)
    grouped = verdicts(model(0.3), y, tiled, copies, **options)
    naive = verdicts(model(0.3), y, tiled, copies)
    p = [t.loc[("A × B", "paired"), "p"] for t in (once, grouped, naive)]
    assert p[1] == pytest.approx(p[0], rel=0.5)
    assert p[2] < p[0] / 100
    n = [t.loc[("A × B", "paired"), "n"] for t in (once, grouped)]
    assert n[0] == n[1]


def test_unknown_bases_are_never_part_of_a_motif_and_stay():
    bases, _ = planted()
    labels = noisy(model(1.0)(bases))
    bases[:, -1] = 4  # the last base of every sequence
    letters = decode(np.where(bases == 4, 0, bases))
    letters = [text[:-1] + "N" for text in letters]
    seen = []

    def predict(dna):
        seen.append(dna)
        return model(1.0)(dna)

    table = verdicts(predict, labels, letters)
    assert "effect size against shuffles" not in table.index.get_level_values(1)
    assert (np.concatenate(seen)[:, -1] == 4).all()


def test_an_unknown_base_counts_as_the_worst_on_either_strand():
    # Log-odds of the first position reach far lower than those of the second.
    uneven = Motif("uneven", [[0.97, 0.01, 0.01, 0.01], [0.4, 0.2, 0.2, 0.2]])
    sure, mild = np.log([0.01, 0.2]) - np.log(0.25)
    first, second = np.log([0.97, 0.4]) - np.log(0.25)
    scores = _scores(as_bases(["NA", "AN", "TN", "NT"]), uneven)[:, 0]
    forward = np.array([sure + second, first + mild, sure + mild, sure + mild])
    reverse = np.array([sure + mild, sure + mild, second + sure, mild + first])
    np.testing.assert_allclose(scores, np.maximum(forward, reverse))


def test_letters_are_drawn_from_the_composition_of_their_own_sequence():
    bases = np.repeat([[0], [3]], 1000, axis=1).astype(np.uint8)
    starts, ends = np.zeros(2, dtype=int), np.full(2, 900)
    drawn = _replacements(bases, starts, ends, None, np.random.default_rng(0))
    assert (drawn[0, :900] == 0).mean() > 0.98 and (drawn[1, :900] == 3).mean() > 0.98
    assert (drawn[:, 900:] == bases[:, 900:]).all()


def test_another_seed_draws_other_letters_and_the_same_seed_the_same():
    bases, _ = planted(200)

    def predict(dna):  # every base counts a little
        return model(1.0)(dna) + 0.01 * dna.sum(axis=1) ** 0.5

    labels = noisy(predict(bases))
    one, same, other = (verdicts(predict, labels, bases, seed=s) for s in (0, 0, 1))
    pd.testing.assert_frame_equal(one, same)
    assert (one["interaction"] != other["interaction"]).all()


def test_score_limits_by_hand():
    # Of 256 words of four letters one scores highest and 12 have one mismatch.
    short = motif("ACGT", "short")
    full, one_off = (score(short, word) for word in ("ACGT", "ACGA"))
    assert one_off < score_limit(short, 1 / 256) <= full
    assert score_limit(short, 13 / 256) <= one_off
    assert score_limit(short, 1e-9) <= full  # nothing is as rare: the best counts
    assert score_limit(short, 1.0) <= score(short, "CATG")


def score(one, word):
    return one.log_odds[np.arange(len(word)), as_bases([word])[0]].sum()


# ---- models -------------------------------------------------------------------------


def test_a_torch_module_gets_channels_and_is_left_as_it_was():
    class Profile(torch.nn.Module):
        """A profile over positions and a count, as many sequence models return."""

        def __init__(self):
            super().__init__()
            self.dropout = torch.nn.Dropout(0.9)
            self.filters = torch.nn.Conv1d(4, 2, 8)
            words = torch.tensor(encoded(as_bases([A, B]), "channels"))
            self.filters.weight.data, self.filters.bias.data = words, torch.zeros(2) - 7

        def forward(self, x):
            found = torch.relu(self.filters(self.dropout(x)))
            a, b = found.amax(dim=2).T
            return found.sum(dim=1), (a + b + a * b)[:, None]

    network = Profile().train()
    bases, _ = planted()
    labels = noisy(model(1.0)(bases) - 1)
    options = {"encoding": None, "output": lambda out: out[1]}
    table = verdicts(network, labels, bases, **options).loc["A × B"]
    assert network.training
    assert table["interaction"]["paired"] == pytest.approx(1, abs=0.02)
    with pytest.raises(ValueError, match="output must be a function where predict ret"):
        verdicts(network, labels, bases, encoding=None)


def test_scikit_learn_models_get_letters():
    bases, sites = planted(600)
    text = decode(bases)
    words = CountVectorizer(analyzer="char", ngram_range=(8, 8), vocabulary=[A, B],
                            lowercase=False)  # fmt: skip
    known = model(2.0)(bases)
    forest = make_pipeline(words, RandomForestRegressor(20, random_state=0))
    forest.fit(text[:300], known[:300])
    rest = {name: rows[300:] for name, rows in sites.items()}
    labels = noisy(known[300:])
    table = verdicts(forest, labels, text[300:], rest, encoding=None).loc["A × B"]
    assert table["interaction"]["paired"] == pytest.approx(2, abs=0.1)
    assert table["p"]["paired"] < 1e-3

    likely = make_pipeline(words, LogisticRegression()).fit(text[:300], known[:300] > 2)
    options = {"encoding": None, "loss": "cross-entropy"}
    table = verdicts(likely, (known[300:] > 2) * 1.0, text[300:], rest, **options)
    assert table["size"].between(0, 1).all()
    with pytest.raises(ValueError, match="'log-odds' needs a predict that returns log"):
        held_out_interaction(
            likely, text[300:], (labels > 9) * 1.0, rest, encoding=None, loss="log-odds"
        )


def test_evidence_that_adds_up_interacts_on_probabilities_alone():
    rng = np.random.default_rng(5)
    bases = rng.integers(0, 4, (800, 40)).astype(np.uint8)
    first, second = [0, 1, 2, 3, 0, 1, 2, 3], [3, 3, 1, 1, 3, 3, 1, 1]
    bases[:, 5:13], bases[:, 25:33] = first, second
    sites = {"A": np.tile([5, 13], (800, 1)), "B": np.tile([25, 33], (800, 1))}

    def evidence(x):
        a, b = (x[:, 5:13] == first).all(1), (x[:, 25:33] == second).all(1)
        return -4.0 + 3.5 * a + 3.5 * b

    def probability(x):
        return 1 / (1 + np.exp(-evidence(x)))

    labels = (rng.random(800) < probability(bases)).astype(float)
    found = {}
    for loss, model in (("cross-entropy", probability), ("log-odds", evidence)):
        table = held_out_interaction(
            model, bases, labels, sites, loss=loss, encoding="bases", n_draws=1
        )
        found[loss] = table.set_index("test")["p"]["paired"]
    assert found["cross-entropy"] < 1e-6 and found["log-odds"] == 1
    by_hand = LOG_ODDS([0, -np.log(3), 1e3, 1e3], [0, 1, 0, 1])
    np.testing.assert_allclose(by_hand, [np.log(2), np.log(4), 1e3, 0])


def test_labels_that_follow_composition_alone_interact_on_probabilities_alone():
    rng = np.random.default_rng(6)
    bases = rng.choice([0, 3], (800, 40)).astype(np.uint8)
    free = np.r_[0:5, 13:25, 33:40]
    for row, strong in zip(bases, rng.integers(11, 14, 800), strict=True):
        row[rng.permutation(free)[:strong]] = rng.choice([1, 2], strong)
    bases[:, 5:13], bases[:, 25:33] = [1, 2] * 4, [2, 1] * 4  # all G and C
    sites = {"A": np.tile([5, 13], (800, 1)), "B": np.tile([25, 33], (800, 1))}

    def evidence(x):
        return 40 * (np.isin(x, (1, 2)).mean(axis=1) - 0.66)

    def probability(x):
        return 1 / (1 + np.exp(-evidence(x)))

    labels = (rng.random(800) < probability(bases)).astype(float)
    p = {}
    for loss, model in (("cross-entropy", probability), ("log-odds", evidence)):
        table = held_out_interaction(
            model, bases, labels, sites, loss=loss, encoding="bases", n_draws=1
        )
        p[loss] = table.set_index("test")["p"]["paired"]
    assert p["cross-entropy"] < 1e-6 and p["log-odds"] == 1


def test_parts_of_the_pairs_put_together_are_the_whole():
    rng = np.random.default_rng(7)
    bases = rng.integers(0, 4, (60, 30)).astype(np.uint8)
    sites = {
        name: np.tile([start, start + 4], (60, 1))
        for name, start in (("A", 1), ("B", 10), ("C", 20))
    }
    asked = {
        "predict": lambda x: x[:, 1] * x[:, 10] + x[:, 20] * 1.0,
        "sequences": bases, "labels": rng.normal(size=60), "motifs": sites,
        "loss": "mse", "encoding": "bases", "n_draws": 2,
    }  # fmt: skip
    whole = held_out_interaction(**asked)
    parts = [
        held_out_interaction(**asked, pairs=pairs)
        for pairs in ([("B", "A")], [("A", "C"), ("B", "C")])
    ]
    together = pd.concat(parts, ignore_index=True)
    pd.testing.assert_frame_equal(
        together.drop(columns="p_holm"), whole.drop(columns="p_holm")
    )
    assert (parts[0]["p_holm"] == parts[0]["p"]).all()
    with pytest.raises(ValueError, match="pairs must name two different motifs each"):
        held_out_interaction(**asked, pairs=[("A", "D")])


def test_columns_are_chosen_and_outputs_of_one_column_taken():
    ask = asker(lambda x: np.stack([x.sum((1, 2)), x[:, 0, 0]], axis=1), output=1)
    np.testing.assert_array_equal(ask(as_bases(["AC", "CA"])), [1, 0])
    ask = asker(lambda x: x[:, 0, :1])  # (n, 1)
    np.testing.assert_array_equal(ask(as_bases(["AC", "CA"])), [1, 0])


def test_one_of_three_classes_must_be_chosen():
    text = ["AC", "CA", "GG"] * 4
    words = CountVectorizer(analyzer="char", lowercase=False)
    three = make_pipeline(words, LogisticRegression()).fit(
        text, [0, 0, 1] * 3 + [2] * 3
    )
    with pytest.raises(ValueError, match="output must say which of 3 columns"):
        asker(three)(as_bases(text))
    chances = [asker(three, output=i)(as_bases(text)) for i in range(3)]
    np.testing.assert_allclose(np.sum(chances, axis=0), 1)


def test_a_model_that_fails_is_told_the_encoding_on_two_sequences():
    asked = []

    def reads_words(text):
        asked.append(len(text))
        return [float(word.count("A")) for word in text]

    bases, sites = planted(60)
    given = {"sequences": bases, "labels": np.ones(60), "motifs": sites, "loss": "mse"}
    with pytest.raises(ValueError, match=r"take sequences as 'one-hot', .*Attribute"):
        held_out_interaction(reads_words, **given)
    assert asked == [2]
    held_out_interaction(reads_words, encoding="letters", n_draws=1, **given)


def test_one_hot_code_is_read_either_way_and_zeros_are_unknown():
    bases = as_bases(["ACGTN", "NTGCA"])
    for encoding in ("one-hot", "channels"):
        code = encoded(bases, encoding)
        np.testing.assert_array_equal(as_bases(code), bases)
        np.testing.assert_array_equal(as_bases(torch.tensor(code)), bases)
    with pytest.raises(ValueError, match=r"must have shape \(n, length, 4\) or .n, 4"):
        as_bases(np.zeros((2, 5, 5)))
    with pytest.raises(ValueError, match="must have one 1 a base, or none for N"):
        as_bases(np.full((2, 5, 4), 0.25))


def test_encodings_by_hand():
    bases = as_bases(["ACn"])
    assert encoded(bases, "letters") == ["ACN"]
    one_hot = encoded(bases, "one-hot")
    np.testing.assert_array_equal(
        one_hot[0], [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0]]
    )
    assert encoded(bases, "channels").shape == (1, 4, 3)


# ---- bad input ----------------------------------------------------------------------


WIDE = {"predict": lambda x: np.ones((len(x), 3))}
NOWHERE = {"A": np.zeros((60, 2), int), "B": np.zeros((3, 2), int)}
ABSENT = dict.fromkeys("AB", np.full((60, 2), -1))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"labels": np.ones(3)}, "labels must have 60 values; got 3"),
        ({"sequences": ["ACGT", "ACG"]}, "sequences must have one length; got .3, 4"),
        (
            {"sequences": ["AC*T"] * 60},
            "may hold only A, C, G, T and N; got '.' at pos",
        ),
        ({"motifs": [MOTIFS[0]]}, "motifs must be two or more; got 1"),
        ({"motifs": NOWHERE}, "must lie within the 60 bp; row 0 is 0 to 0"),
        ({"motifs": ABSENT}, "motifs must have a pair that stands together in at leas"),
        ({"n_draws": 0}, "n_draws must be at least 1; got 0"),
        ({"encoding": "k-mers"}, "encoding must be one of one-hot, channels, letters"),
        ({"loss": "hinge"}, "loss must be one of anscombe, poisson, mse, cross-entrop"),
        ({"groups": np.ones(2)}, "groups must have shape .60,.; got .2,."),
        ({"predict": lambda x: np.full(len(x), np.nan)}, "predict must return one fin"),
        (WIDE, "output must say which of 3 columns"),
        (WIDE | {"output": 3}, "output must be below the 3 columns of predict; got 3"),
    ],
)
def test_bad_input_is_named(changes, message):
    bases, _ = planted(60)
    sites = {"A": np.tile([0, 8], (60, 1)), "B": np.tile([30, 38], (60, 1))}
    given = {"predict": model(0.0), "sequences": bases, "labels": np.ones(60)}
    given |= {"motifs": sites, "loss": "mse", "encoding": "bases"} | changes
    with pytest.raises(ValueError, match=message):
        held_out_interaction(**given)


def test_what_a_loss_cannot_take_is_told_before_the_model_is_asked():
    bases, sites = planted(60)

    def never(_):
        raise AssertionError("asked")

    with pytest.raises(ValueError, match="label must be 0 to inf for the poisson"):
        held_out_interaction(never, bases, -np.ones(60), sites, loss="poisson")


def test_a_file_is_no_motif():
    with pytest.raises(
        TypeError, match=r"got 'a\.meme'\. Read a file of matrices with"
    ):
        held_out_interaction(model(0.0), ["ACGT"] * 30, np.ones(30), "a.meme",
                             loss="mse", encoding="bases")  # fmt: skip


def test_what_is_no_model_is_refused():
    with pytest.raises(
        TypeError, match="predict must be a callable, a torch Module or"
    ):
        asker("model.h5")
