"""The page of findings says what the stored tables hold, and no more."""

import numpy as np
import pandas as pd
import pytest

from helpers.press import results
from helpers.studies import findings

STORES = {name: results.Store(name, size="paper") for name in findings.PAGES}
VALUES = {
    name: STORES[name].comparison().set_index("quantity")["paper_size"]
    for name in findings.COMPARED
}


class Empty:
    """A store in which nothing has run."""

    def paper(self, name, *, partial=False):
        return None


EMPTY = {name: Empty() for name in findings.PAGES}
NO_VALUES = {name: {} for name in findings.COMPARED}


@pytest.fixture(scope="module")
def called():
    return findings.calls(STORES, VALUES)


def test_shares_of_networks_are_the_counts_of_chapter_1(called):
    rows = called.set_index(["way", "world"])
    row = rows.loc["held-out loss, paired", findings.NOTHING]
    counts = VALUES["1-false-positives"]
    both = counts["count.same.negative.paired"] + counts["count.valid.negative.paired"]
    assert row["false"] == pytest.approx(both / 90)
    assert row["false_low"] < row["false"] < row["false_high"]
    assert np.isnan(row["found"])


def test_calls_beside_a_product_are_those_of_the_trials(called):
    rows = called.set_index(["way", "world"])
    trials = STORES["calibration"].paper("trials", partial=True)
    own = trials[
        (trials["world"] == "strong product")
        & (trials["n_rows"] == 1000)
        & (trials["learner"] == "networks")
        & (trials["way"] == "as it is")
    ]
    row = rows.loc["interaction test", findings.SOMETHING]
    assert row["sets"] == len(own)
    assert row["false"] == pytest.approx((own["called_05"] / own["n_null"]).mean())
    assert row["found"] == pytest.approx(own["true_holm"].sum() / len(own))


def test_every_way_was_asked_about_both_kinds_of_data(called):
    worlds = called.groupby("way")["world"].agg(set)
    both = {findings.NOTHING, findings.SOMETHING}
    assert all(asked >= both for asked in worlds)
    assert set().union(*worlds) == both | set(findings.UNEVEN)
    assert set(called["data"]) == {findings.DNA, findings.GENES, findings.NUMBERS}
    assert not called.duplicated(["way", "world"]).any()
    shares = called[["false", "found"]].to_numpy()
    assert ((shares >= 0) & (shares <= 1) | np.isnan(shares)).all()


def made(**columns):
    """Return rows of three ways, each in both kinds of data."""
    base = {"way": ["a", "a", "b", "b", "c", "c"], "sets": [90, 90, 8, 40, 40, 40]}
    worlds = [findings.NOTHING, findings.SOMETHING] * 3
    about = {"data": findings.NUMBERS, "world": worlds}
    return pd.DataFrame(base | about | columns)


def test_words_name_who_calls_too_much_in_either_world():
    low = [0.0, 0.07, 0.03, 0.05, 0.02, np.nan]
    words = findings.calls_words(made(false_low=low))
    assert words.startswith("Of 3 ways to call an interaction **1** call too often")
    assert words.endswith("Not shown to: b; c.")
    named = findings.named_words(made(false_low=low))
    assert named.startswith("Too often: a.")
    assert named.endswith("Known from fewer than 20 data sets of a kind: b.")


def test_a_leak_beside_one_product_counts(called):
    beside_one = called[called["world"] == findings.UNEVEN[0]].set_index("way")
    assert beside_one.loc["Perm I, pattern", "false_low"] > findings.TOO_MANY
    assert "Perm I, pattern" in findings.named_words(called).partition(".")[0]


def test_words_say_what_was_not_asked_where_leaks_show():
    worlds = [*[findings.NOTHING, findings.SOMETHING] * 2, *findings.UNEVEN]
    table = made(false_low=[0.0] * 6, data=findings.GENES, world=worlds)
    words = findings.named_words(table)
    assert "Never asked beside one product or beside a hub" in words
    assert "leaks show: a; b." in words


def test_words_when_all_or_none_call_too_much():
    assert "Not shown" not in findings.calls_words(made(false_low=[0.5] * 6))
    none = findings.calls_words(made(false_low=[0.0] * 6))
    assert "**0** call too often" in none
    assert "above 6%). Not shown to: a; b; c." in none
    assert "Too often" not in findings.named_words(made(false_low=[0.0] * 6))


def test_pairs_of_factors_are_asked_with_and_without_the_bend(called):
    tested = STORES["3-test"].paper("worlds-composition", partial=True)
    nothing = tested[tested["kind"].isin(["additive", "curved"])]
    rows = called.set_index(["way", "world"])
    row = rows.loc["pairs of factors, labels redrawn", findings.NOTHING]
    assert row["sets"] == len(nothing)
    assert row["false"] == pytest.approx((nothing["p"] <= 0.05 + 1e-9).mean())
    without = rows.loc["pairs of factors, composition left out", findings.NOTHING]
    assert without["false"] > row["false"]


def test_answers_name_each_chapter_once():
    table = findings.answers(STORES, VALUES, {"5-nid": "many"})
    pattern = r"\(chapters/([1-6])-[a-z-]+\.ipynb\)"
    assert "".join(table["Question"].str.extract(pattern)[0]) == "123456"
    assert table["Claims"].tolist()[4] == "many"
    assert not table["What the stored runs say"].str.contains("nan|Not run").any()


def test_nothing_is_said_of_what_has_not_run():
    table = findings.answers(EMPTY, NO_VALUES, {})
    assert (table["What the stored runs say"] == "Not run yet.").all()
    assert findings.calls(EMPTY, NO_VALUES).empty
    nothing = findings.calls(EMPTY, NO_VALUES)
    assert findings.calls_words(nothing) == "Not run yet."
    assert findings.named_words(nothing) == "Not run yet."


@pytest.mark.parametrize(("told", "hidden"), [(0.9, 0.8), (0.5, 0.2)])
def test_a_price_is_named_only_where_it_is_paid(told, hidden):
    known = {
        "text.negatives.with": told,
        "text.negatives.without": 0.6,
        "table5.IG.with.1": hidden,
        "table5.IG.without.1": 0.7,
    }
    values = NO_VALUES | {"2-negative-data": known}
    (text,) = findings.answers(EMPTY, values, {})["What the stored runs say"][[1]]
    assert "shows less" not in text
    assert f"{told:.0%}" in text


def test_what_ranks_best_is_said_with_few_data_sets(monkeypatch):
    advice = pd.DataFrame(
        {
            "data": ["numbers", "numbers", "counts", "motifs"],
            "question": [
                "Which pairs first?",
                "Is it real?",
                *["Which pairs first?"] * 2,
            ],
            "take": ["FAST", "iLOCO", "H statistic", "–"],
            "only": ["", "", "only 8 data sets, one a truth", ""],
        }
    )
    monkeypatch.setattr(findings.tables, "recommended", lambda *_: advice)
    table = findings.answers(STORES, VALUES, {})
    assert table["What the stored runs say"].iloc[-1] == (
        "What ranks best and is cheap differs by the data: *FAST* for numbers; *H "
        "statistic* for counts (only 8 data sets, one a truth)."
    )


def test_held_out_loss_for_motifs_is_no_calibrated_test(called):
    words = findings.motif_words(called, STORES["6-matrix"])
    row = called.set_index(["way", "world"]).loc["held-out loss, paired"]
    assert f"paired: {row.loc[findings.NOTHING, 'false']:.0%} of 90 networks" in words
    assert "too few for an error rate" in words


def test_words_on_motifs_wait_for_both_chapters(called):
    words = findings.motif_words(called, Empty())
    assert words.endswith("Beside real pairs it was not asked yet.")
    assert findings.motif_words(called.iloc[:0], Empty()) == findings.NOT_RUN
