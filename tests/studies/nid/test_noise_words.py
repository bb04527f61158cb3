"""What the page on noise answers to its title."""

import pandas as pd

from helpers.studies.nid import noise


def made(rows):
    columns = ["architecture", "function", "noise", "recall", "auc"]
    return pd.DataFrame(rows, columns=columns)


ROWS = [
    ("MLP", "F1", 0.0, 1.0, 1.0),
    ("MLP-M", "F1", 0.0, 0.2, 0.2),
    ("MLP", "F1", 0.5, 0.4, 0.9),
    ("MLP-M", "F1", 0.5, 0.6, 0.8),
    ("MLP", "F2", 0.5, 0.3, 0.7),
    ("MLP-M", "F2", 0.5, 0.3, 0.6),
]


def test_each_measure_gets_its_answer_from_the_levels_with_noise():
    words = noise.bearing_words(made(ROWS))
    assert "By pairwise AUC yes: ahead at 1 of 1 levels, by +0.100" in words
    assert "by top-rank recall no: ahead at 0 of 1 levels, by -0.100" in words
    assert "(standard error over functions 0.100)" in words


def test_one_network_or_no_noise_gives_no_answer():
    assert noise.bearing_words(made(ROWS[::2])) == ""
    assert noise.bearing_words(made(ROWS[:2])) == ""
