"""Real tables in two halves, and outcomes in which no pair interacts."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from helpers import datasets, plots
from helpers.studies.nid import real_pairs, real_shown
from helpers.studies.nid.real_pairs import RealTable


def table(n=900, family="gaussian", groups=None, seed=0):
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.normal(size=(n, 4)), columns=list("abcd"))
    y = X["a"] * X["b"] + np.sign(X["c"]) + 0.3 * rng.normal(size=n)
    y = y.to_numpy() if family == "gaussian" else (y > 0).to_numpy(float)
    return RealTable(X, y, family, groups)


def test_halves_share_no_group_and_hold_whole_ones():
    groups = np.arange(900) // 7
    one, other = real_pairs.halves(table(groups=groups), 300, seed=1)
    assert 300 <= len(one) < 307 and 300 <= len(other) < 307
    assert not set(groups[one]) & set(groups[other])
    for rows in (one, other):
        assert np.isin(groups, groups[rows]).sum() == len(rows)
    alone = real_pairs.halves(table(), 450, seed=1)
    assert [len(rows) for rows in alone] == [450, 450]
    with pytest.raises(ValueError, match="n_rows must be at most 450"):
        real_pairs.halves(table(), 451, seed=1)


@pytest.mark.parametrize("family", ["gaussian", "binomial"])
def test_a_made_outcome_adds_up(family):
    own = table(4000, family)
    link = real_pairs.additive_link(own)
    # The mixed difference of a sum is zero at any four points of two columns.
    low, high = np.quantile(own.X["a"], [0.2, 0.8])
    corners = pd.concat([own.X[:50].assign(a=a, b=b) for a in (low, high)
                         for b in (-1.0, 1.0)])  # fmt: skip
    whole = RealTable(
        pd.concat([own.X, corners]), np.append(own.y, np.zeros(200)), family, None
    )
    said = real_pairs.additive_link(whole)[-200:].reshape(4, 50)
    assert np.abs(said[0] - said[1] - said[2] + said[3]).max() < 1e-8
    assert np.corrcoef(link, np.sign(own.X["c"]))[0, 1] > 0.8
    y, mean = real_pairs.made_outcome(own, link, np.random.default_rng(0))
    assert abs((y - mean).mean()) < 0.05
    assert not np.array_equal(y, own.y)
    if family == "gaussian":
        np.testing.assert_allclose(sorted(y - mean), sorted(own.y - link))
    else:
        assert set(y) == {0.0, 1.0} and (mean > 0).all() and (mean < 1).all()


def test_pairs_and_calls_of_a_table(monkeypatch):
    monkeypatch.setattr(real_pairs, "real_table", lambda name: table(1200, seed=3))
    found = real_pairs.pairs_of_halves(
        name="higgs", repeat=0, n_rows=600, seed=0, device="cpu"
    )
    assert len(found) == 12 and set(found["half"]) == {"one", "other"}
    called = found[found["p_holm"] <= 0.05]
    assert called["pair"].tolist() == ["a × b", "a × b"]
    row = real_shown.returned(found).iloc[0]
    assert row["called"] == 1 and row["returned"] == 1 and row["n_called"] == 2
    assert real_shown.strongest_table(found)["Called in halves"].tolist() == ["2 of 2"]
    made = real_pairs.calls_of_made(
        name="higgs", first_set=0, n_sets=1, n_rows=600, seed=0, device="cpu"
    )
    assert made["n_null"].tolist() == [6] and made["n_true"].tolist() == [0]
    ranked = real_pairs.rankings_of(
        name="higgs", n_rows=600, n_networks=2, max_epochs=30, seed=0, device="cpu"
    )
    first = real_shown.rankings_table(ranked, found)
    assert set(first["First by mean rank"]) == {"a × b"}
    assert set(first["Called in halves"]) == {"2 of 2"}
    text = real_shown.said({"halves": found, "made": made})
    assert "Of 2 calls in a half" in text and "100% return" in text
    many = pd.concat([found.assign(repeat=k) for k in range(10)], ignore_index=True)
    assert "**as** expected" in real_shown.said({"halves": many})
    other = many.assign(name="bike_sharing")
    other.loc[other["half"] == "other", ["p", "p_holm"]] = 1.0
    text_of_both = real_shown.said({"halves": pd.concat([many, other])})
    assert "it is half or fewer in Bike sharing (0% of 10)" in text_of_both
    assert (
        "expected" not in text and "holds in 0 of 1 tables, and 1 has too few" in text
    )
    assert real_shown.made_table(made)["Verdict"].str.startswith("open").all()
    figure = plots.real_pairs.halves(found, {"higgs": "Higgs"})
    assert [axis.get_title() for axis in figure.axes] == ["Higgs"]


def halves_of(p, called):
    """Return two halves of three pairs with these p-values and calls in the first."""
    rows = [
        ("x", 0, half, 100, pair, value, is_called)
        for half, own in (("one", p[0]), ("other", p[1]))
        for pair, value, is_called in zip("abc", own, called[half == "other"],
                                          strict=True)
    ]  # fmt: skip
    columns = ["name", "repeat", "half", "rows", "pair", "p", "p_holm"]
    return pd.DataFrame(rows, columns=columns)


def test_a_call_returns_by_holm_over_the_called():
    # a and b are called in the first half; in the other .03 is too large for two.
    found = halves_of(
        [(0.001, 0.002, 0.6), (0.001, 0.06, 0.02)],
        [(0.003, 0.004, 0.6), (0.003, 0.12, 0.06)],
    )
    row = real_shown.returned(found).iloc[0]
    # The other way round a alone is called, and returns.
    assert row["n_called"] == 3 and row["called"] == 1.5
    assert row["returned"] == pytest.approx(2 / 3)
    # c at .02 of .025; b and c at .002 and .6 of .05.
    assert row["elsewhere"] == pytest.approx(2 / 3)
    none = halves_of([(0.5, 0.5, 0.5)] * 2, [(1.0, 1.0, 1.0)] * 2)
    assert np.isnan(real_shown.returned(none)["returned"][0])


def test_tables_that_are_not_there_are_said(monkeypatch, tmp_path):
    from helpers.press.results import Store

    def nowhere(name):
        raise datasets.DatasetUnavailable("nowhere.")

    monkeypatch.setattr(datasets, "checksum", nowhere)
    tables, missing = real_pairs.steps(
        Store("5-real", size="smoke", root=tmp_path), ["higgs"], stored=False,
        n_rows=300, n_repeats=1, n_made=1, n_networks=2, max_epochs=1, seed=0,
    )  # fmt: skip
    assert tables == {} and missing == ["Higgs boson is left out: nowhere."]
    assert real_shown.said(tables) == "*Not run yet.*"


@pytest.mark.data
@pytest.mark.parametrize("name", ["california_housing", "bike_sharing", "higgs"])
def test_real_tables_are_whole_and_grouped(name):
    try:
        own = real_pairs.real_table(name)
    except datasets.DatasetUnavailable as reason:
        pytest.skip(str(reason))
    assert own.X.notna().all().all() and len(own.X) == len(own.y)
    if name == "bike_sharing":
        assert own.groups.max() + 1 == 731  # days of two years
        assert np.bincount(own.groups).max() == 24
    assert (own.groups is None) == (name == "higgs")


def test_where_the_clouds_lie_is_said():
    found = pd.DataFrame({"name": ["higgs"] * 3, "z": [-1.0, 0.5, np.nan]})
    said = real_shown.middle_words(found)
    assert said.startswith(
        "Median z over all pairs, halves and draws: Higgs boson -0.25."
    )
    assert "cannot tell which" in said


def test_twins_are_counted_within_and_between_halves():
    X = pd.DataFrame({"a": np.arange(40) // 2, "b": 0})  # each row twice
    table = real_pairs.RealTable(X, np.zeros(40), "gaussian", None)
    n = real_shown.twins(table, 20, seed=0)
    assert n["repeated"] == 20
    # A row's twin stands in its own half, twice counted as a pair, or in the other.
    assert n["other"] + 2 * n["own"] == pytest.approx(1)
    whole = dataclasses.replace(table, X=pd.DataFrame({"a": np.arange(40)}))
    assert set(real_shown.twins(whole, 20, seed=0).values()) == {0}


def test_twins_of_letters_are_said_with_and_without_the_table(monkeypatch):
    found = pd.DataFrame({"name": ["letter_recognition"], "rows": [20]})
    X = pd.DataFrame({"a": np.arange(40) // 2})
    table = real_pairs.RealTable(X, np.zeros(40), "gaussian", None)
    monkeypatch.setattr(real_shown, "real_table", lambda _: table)
    said = real_shown.twins_words(found, seed=0)
    assert "Of 40 rows 20 repeat an earlier row" in said
    for rows in (None, found.assign(name="higgs")):
        assert "Many rows of this table repeat" in real_shown.twins_words(rows, seed=0)
