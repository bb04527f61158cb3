"""All worlds together: as many data sets of each, and what is said of them."""

import numpy as np
import pandas as pd
import pytest

from helpers.significance.calibration import exact_interval
from helpers.studies import calibration
from helpers.studies.calibration.plan import AS_IT_IS, CROSSED
from helpers.studies.calibration.pooled import ALL, BESIDE, NONE


def rows_of(world, n_true, false, *, n_rows=1000, learner="networks", way=AS_IT_IS):
    """Return trials of a world, one a data set, with a false call where `false` has."""
    return pd.DataFrame(
        {
            "world": world,
            "n_rows": n_rows,
            "learner": learner,
            "way": way,
            "data_set": range(len(false)),
            "n_null": 45 - n_true,
            "n_true": n_true,
            "any_holm": [bool(one) for one in false],
            "called_001": [int(one) for one in false],
        }
    )


def test_each_world_counts_as_often_as_the_smallest():
    trials = pd.concat(
        [
            rows_of("a", 0, [1, 0, 0, 0, 1, 1, 1, 1]).iloc[::-1],  # in any order
            rows_of("b", 1, [0, 1, 1, 0]),
        ]
    )
    table = calibration.over_worlds(trials).set_index("kind")
    assert table["sets"].to_dict() == {ALL: 8, BESIDE: 4, NONE: 4}
    assert table["worlds"].to_dict() == {ALL: 2, BESIDE: 1, NONE: 1}
    assert table.loc[NONE, "family"] == 0.25
    assert table.loc[BESIDE, "family"] == 0.5
    assert table.loc[ALL, "family"] == pytest.approx(3 / 8)
    assert table.loc[NONE, "far"] == pytest.approx(1 / (4 * 45 * 0.001))
    assert (table["family_low"] < table["family"]).all()


def test_copies_of_one_world_are_no_new_data_sets():
    """Worlds of the same draws: the interval is about that of a world alone."""
    false = [1] * 8 + [0] * 32
    alone = calibration.over_worlds(rows_of("a", 0, false)).iloc[0]
    copies = pd.concat([rows_of(name, 0, false) for name in "abcdefghij"])
    many = calibration.over_worlds(copies).iloc[0]
    assert many["sets"] == 400 and many["numbers"] == 40
    spread = pd.Series(false).std() / 40**0.5 * 2.02
    assert many["family_high"] - many["family"] == pytest.approx(spread, rel=0.01)
    assert many["family_low"] == pytest.approx(alone["family_low"], abs=0.02)


def test_draws_with_nothing_in_common_narrow_the_interval():
    rng = np.random.default_rng(0)
    worlds = [rows_of(str(k), 0, rng.random(40) < 0.05) for k in range(30)]
    many = calibration.over_worlds(pd.concat(worlds)).iloc[0]
    low, high = exact_interval(round(many["family"] * 1200), 1200)
    assert many["family_low"] <= low and many["family_high"] >= high
    assert many["family_high"] - many["family_low"] < 1.3 * (high - low)


def test_other_learners_and_ways_and_worlds_without_a_null_pair_do_not_count():
    own = rows_of("a", 0, [0, 0])
    others = [
        rows_of("a", 0, [1, 1], learner="products"),
        rows_of("a", 0, [1, 1], way=CROSSED),
        rows_of("b", 45, [1]),
    ]
    alone = calibration.over_worlds(own)
    both = calibration.over_worlds(pd.concat([own, *others], ignore_index=True))
    pd.testing.assert_frame_equal(alone, both)


def test_words_name_what_is_shown_to_be_too_many():
    quiet = rows_of("a", 0, [0] * 50)
    loud = rows_of("a", 0, [1] * 20 + [0] * 30, n_rows=3000)
    pooled = calibration.over_worlds(pd.concat([quiet, loud]))
    words = calibration.over_worlds_words(pooled, 0.06)
    assert (
        "0.0% at 1,000 rows (1 world, 50 data sets of 50 numbers; 0.0% to 7.1%)"
        in words
    )
    assert f"**too many in {ALL}, 3,000 rows; {NONE}, 3,000 rows**" in words
    text = calibration.over_worlds_shown(pooled)
    assert list(text["worlds"]) == ["1", f"1 {NONE}"] * 2
    assert text["data sets"].tolist() == ["50 of 50 numbers"] * 4
    calm = calibration.over_worlds(quiet)
    assert calibration.over_worlds_words(calm, 0.06).endswith(
        "nowhere shown to be too many."
    )


def test_nothing_is_said_of_nothing():
    pooled = calibration.over_worlds(rows_of("a", 0, []))
    assert calibration.over_worlds_words(pooled, 0.06) == ""
    assert calibration.over_worlds_shown(pooled).empty
