"""The page's tables and sentence, by hand."""

import pandas as pd

from helpers.studies.calibration import rates, shown, words, worlds_table
from helpers.studies.calibration.plan import Cell


def counted(n_sets, called):
    return pd.DataFrame(
        {
            "world": "additive", "n_rows": 3000, "learner": "networks",
            "data_set": range(n_sets), "seconds": 3.0, "n_null": 45,
            "called_05": called, "any_holm": False, "any_maxt": False,
            "z_mean": 0.0, "z_square": 1.0, "n_true": 0, "true_holm": 0,
            "n_unclear": 0,
        }
    )  # fmt: skip


PLANNED = [Cell("additive", n, "networks", 200) for n in (1000, 3000)]


def test_what_ran_comes_first_and_the_rest_says_so():
    table = shown(rates(counted(25, 9), PLANNED))
    assert table["rows"].tolist() == ["3,000", "1,000"]
    assert table["data sets"].tolist() == ["25 of 200", "0 of 200"]
    assert table["p ≤ .05"][0] == "0.200 (0.200 to 0.200)"
    assert table["verdict"].tolist() == ["fails: too many calls", "not run yet"]


def test_the_sentence_names_what_fails():
    text = words(rates(counted(25, 9), PLANNED))
    assert "**1** fail" in text and "additive at 3,000 rows" in text
    assert "too many calls" in text
    assert "Failing" not in words(rates(counted(25, 2), PLANNED))
    assert "**2** have not run" in words(rates(None, PLANNED))


def test_every_world_says_what_is_true():
    table = worlds_table().set_index("world")
    assert table["true pairs"]["additive"] == "none"
    assert table["true pairs"]["two products"] == "x1 x2, x2 x3"
