"""Chapter 2's networks take any grammar, and refuse what they cannot train on."""

import numpy as np
import pytest

from helpers.data.motifs import Motif
from helpers.loaders.motifs import read_motifs
from helpers.studies import own_sequences
from helpers.studies.negative_data.settings import Measures

SMALL = Measures(n_test=20, n_attributed=6, methods=("IG",))


def motif(name, word):
    """Return a motif that is always the same word."""
    return Motif(name, np.eye(4)[["ACGT".index(letter) for letter in word]])


FOUND = {n: motif(n, w) for n, w in (("a", "ACGTAC"), ("b", "TTTTG"), ("c", "GGG"))}


def test_motifs_of_a_file_stand_in_the_order_asked_for(tmp_path):
    path = tmp_path / "own.meme"
    rows = "\n".join(["1 0 0 0", "0 1 0 0", "0 0 1 0"])
    text = "MEME version 4\n\nALPHABET= ACGT\n"
    for name in ("one", "two"):
        text += f"MOTIF {name}\nletter-probability matrix: w= 3 nsites= 20\n{rows}\n"
    path.write_text(text)
    grammar = own_sequences.grammar_of(read_motifs(path), ["two", "ONE"], gaps=4)
    assert [m.name for m in grammar.motifs] == ["two", "one"] and grammar.width == 10
    with pytest.raises(ValueError, match="simulated must name motifs of"):
        own_sequences.grammar_of(read_motifs(path), ["six"])
    with pytest.raises(ValueError, match=r"gaps\[0\] must be at least 0"):
        own_sequences.grammar_of(FOUND, gaps=-1)


@pytest.mark.parametrize(
    ("names", "length", "message"),
    [
        (["a"], 30, "simulated must name 2 to 6 different motifs; got 1: a"),
        (["a", "a"], 30, "simulated must name 2 to 6 different motifs; got 1: a"),
        (["a", "b"], 12, "take 13 bp, and sequences have 12: name fewer, or give a sm"),
    ],
)
def test_a_row_that_no_network_can_learn_is_refused_at_once(names, length, message):
    with pytest.raises(ValueError, match=message):
        own_sequences.grammar_of(FOUND, names, gaps=2, length=length)
    assert own_sequences.grammar_of(FOUND, ["a", "b"], gaps=2, length=13).width == 13


def test_networks_learn_a_grammar_of_ones_own():
    grammar = own_sequences.grammar_of(FOUND, ["a", "b"], gaps=2)
    recipe = own_sequences.recipe_for(grammar, 30, n_train=1_500, n_networks=1)
    assert recipe.width == 6
    table = own_sequences.classify(grammar, 30, recipe=recipe, measures=SMALL)
    recall = table[table["measure"] == "recall"].set_index("motifs_present")["value"]
    assert recall[2] > 0.8 and recall[0] > 0.8
    assert set(table["motifs"]) == {"own"}
    details = table.loc[table["measure"] == "probability", "detail"]
    assert set(details) == {"IG a", "IG b"}


def test_a_page_shows_both_trainings_with_chance():
    grammar = own_sequences.grammar_of(FOUND, ["a", "b"], gaps=2)
    recipe = own_sequences.recipe_for(grammar, 30, n_train=60, n_networks=1)
    shown = own_sequences.both_trainings(grammar, 30, recipe=recipe, measures=SMALL)
    assert shown["negatives"].tolist() == ["M_w"] * 3 + ["M_wo"] * 3
    assert shown["motifs"].tolist() == [2, 1, 0] * 2
    assert shown.loc[1, "a"].endswith("(0.20)")  # 6 of 30 bp
    assert shown.loc[0, "b"].endswith("(0.21)")  # 5 of the 24 outside the other
    assert shown.loc[2, "a"] == ""


def test_labels_may_be_made_by_any_effect():
    grammar = own_sequences.grammar_of(FOUND, gaps=2)
    recipe = own_sequences.recipe_for(grammar, 40, n_train=60, n_networks=1)
    few = Measures(n_test=3)
    table = own_sequences.regress(
        grammar, 40, effect="enhancing", constant=1.0, recipe=recipe, measures=few
    )
    recall = table[table["measure"] == "recall"]
    assert recall["motifs_present"].tolist() == [0, 1, 2, 3]
    with pytest.raises(ValueError, match="constant must be given for effect inhib"):
        own_sequences.regress(
            grammar, 40, effect="inhibiting", recipe=recipe, measures=few
        )
    with pytest.raises(ValueError, match="effect must be one of"):
        own_sequences.regress(grammar, 40, effect="cubic", recipe=recipe)


def test_a_page_shows_kinds_of_label_with_guesses_and_chance():
    grammar = own_sequences.grammar_of(FOUND, ["a", "b"], gaps=2)
    recipe = own_sequences.recipe_for(grammar, 30, n_train=1_500, n_networks=1)
    effects = {"additive": None, "enhancing": 2.0}
    shown = own_sequences.counted_labels(
        grammar, 30, effects=effects, recipe=recipe, measures=SMALL
    )
    assert shown["labels"].tolist() == ["additive"] * 3 + ["enhancing"] * 3
    assert shown["label"].tolist() == [2, 1, 0, 4, 1, 0]
    assert shown["guess"].tolist() == ["0.25", "0.50", "0.25"] * 2
    assert shown["recall"].astype(float).loc[[0, 2, 3, 5]].gt(0.5).all()
    assert shown.loc[0, "a"].endswith("(0.24)")  # 6 of the 25 outside the other
    assert shown.loc[3, "b"].endswith("(0.21)") and shown.loc[1, "a"] == ""
    with pytest.raises(ValueError, match="effects must hold one value at least"):
        own_sequences.counted_labels(grammar, 30, effects={})


@pytest.mark.parametrize(
    ("names", "length", "message"),
    [
        (["a"], 30, "grammar must hold 2 to 6 motifs; got 1"),
        (["a", "b"], 12, "length must be at least 13 bp, the width of the grammar"),
    ],
)
def test_grammars_that_cannot_be_trained_on_are_refused(names, length, message):
    grammar = own_sequences.grammar_of(FOUND, names, gaps=2)
    with pytest.raises(ValueError, match=message):
        own_sequences.classify(grammar, length)
    many = own_sequences.grammar_of({str(i): motif(str(i), "ACG") for i in range(7)})
    with pytest.raises(ValueError, match="2 to 6 motifs; got 7"):
        own_sequences.regress(many, 300)


def test_too_few_tested_sequences_are_named():
    grammar = own_sequences.grammar_of(FOUND, ["a", "b"], gaps=2)
    with pytest.raises(ValueError, match=r"n_test must be at least 20 .*; got 3"):
        own_sequences.classify(grammar, 30, measures=Measures(3, 2, ("IG",)))
