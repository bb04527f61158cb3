"""The example, a model by its name, rankings, and the report."""

import numpy as np
import pandas as pd
import pytest

from helpers.loaders.mixed_tables import read_mixed_table
from helpers.significance.interaction import Settings, interaction_test
from helpers.significance.interaction.statistics import holm
from helpers.studies import own_table

EXACT = Settings(residual=None, n_multipliers=99)


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own")
    path = own_table.write_example(folder / "example.csv", 1500)
    return read_mixed_table(path, "response", groups="clinic")


def test_the_example_is_found_as_made(example, tmp_path):
    answer = interaction_test(
        example.X, example.y, blocks=example.blocks, groups=example.groups,
        settings=EXACT,
    )  # fmt: skip
    assert set(answer.called()["pair"]) <= {("marker", "dose"), ("age", "tissue")}
    assert ("marker", "dose") in set(answer.called()["pair"])
    written = own_table.write_report(
        answer, tmp_path / "new", title="a < b", notes=["a note"]
    )
    page = written[1].read_text()
    assert "a &lt; b" in page and "a note" in page and "marker × dose" in page
    table = pd.read_csv(written[0])
    np.testing.assert_allclose(table["p"], answer.table["p"])
    assert sorted(p.name for p in (tmp_path / "new").iterdir()) == [
        "interactions.csv",
        "interactions.html",
    ]


def test_rankings_agree_on_a_strong_product():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(800, 4)), columns=list("abcd"))
    y = (X["a"] * X["b"] + 0.1 * rng.normal(size=800)).to_numpy()
    table = own_table.network_rankings(X, y, n_networks=3, max_epochs=25)
    assert table["pair"][0] == "a × b"
    assert table["archdetect_first"][0] == 1
    assert table["nid_first"].sum() == pytest.approx(1)
    assert table["archdetect"].mean() == pytest.approx(3.5)
    with pytest.raises(ValueError, match="n_networks must be at least 2"):
        own_table.network_rankings(X, y, n_networks=1)


def test_rankings_take_counts():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(200, 3)), columns=list("abc"))
    table = own_table.network_rankings(
        X, rng.poisson(2.0, 200), family="poisson", n_networks=2, max_epochs=1
    )
    assert set(table["pair"]) == {"a × b", "a × c", "b × c"}


def test_models_by_name():
    from sklearn.linear_model import LinearRegression

    name = "sklearn.linear_model:LinearRegression"
    assert own_table.model_by_name(name) is LinearRegression
    with pytest.raises(ValueError, match="must read module:object"):
        own_table.model_by_name("LinearRegression")
    with pytest.raises(ValueError, match="cannot be found"):
        own_table.model_by_name("sklearn.linear_model:Nothing")


def test_minutes_grow_with_pairs_and_rows():
    one = own_table.minutes(10, 3000)
    assert own_table.minutes(10, 6000) == pytest.approx(2 * one)
    assert own_table.minutes(20, 3000) == pytest.approx(190 / 45 * one)


def test_replication_corrects_for_what_was_called():
    rng = np.random.default_rng(0)

    def answer(n):
        X = rng.normal(size=(n, 3))
        y = X[:, 0] * X[:, 1] + rng.normal(size=n)
        return interaction_test(X, y, settings=EXACT)

    table = own_table.replication(answer(900), answer(900))
    assert table["pair"][0] == "x1 × x2"
    np.testing.assert_allclose(table["p_holm there"], holm(table["p there"].to_numpy()))
    assert table["p_holm there"][0] < 0.01


def test_small_p_values_keep_their_digits():
    table = pd.DataFrame({"pair": ["a × b"], "z": [9.87654], "p": [1.234e-20]})
    table = own_table.shown(table.assign(p_holm=np.nan))
    assert table.iloc[0].tolist() == ["a × b", 9.8765, "1.2e-20", ""]


def test_pairs_that_are_screened_out_take_no_time():
    assert own_table.minutes(200, 3000) == own_table.minutes(60, 3000)
    assert own_table.minutes(20, 3000) < own_table.minutes(60, 3000)
