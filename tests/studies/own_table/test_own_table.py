"""The example, a model by its name, rankings, and the report."""

import dataclasses
import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from helpers import MLPM, archdetect, plots
from helpers.loaders.mixed_tables import MixedTable, read_mixed_table
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
    ranked = pd.DataFrame({"pair": ["marker × dose"], "nid": [1.0]})
    there = own_table.replication(answer, answer)
    written = own_table.write_report(
        answer, tmp_path / "new", title="a < b", notes=["a note"],
        figure=plots.own_table.answer(answer), rankings=ranked,
        returned=("asked again", there),
    )  # fmt: skip
    plt.close("all")
    page = written[1].read_text()
    assert "a &lt; b" in page and "a note" in page and "marker × dose" in page
    for part in ("Does it return?", "asked again", "What networks alone would say"):
        assert part in page
    assert page.count("<table") == 3 and page.count("<svg") == 1
    assert re.search(
        r'<figure role="img" aria-label="Left: share .*marker × dose', page
    )
    ids = re.findall(r' id="([^"]+)"', page)
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', page))
    assert len(ids) == len(set(ids)) and used <= set(ids)
    table = pd.read_csv(written[0])
    np.testing.assert_allclose(table["p"], answer.table["p"])
    assert sorted(p.name for p in (tmp_path / "new").iterdir()) == [
        "interactions.csv",
        "interactions.html",
        "rankings.csv",
        "second.csv",
    ]
    own_table.write_report(answer, tmp_path / "new", title="alone")
    assert len(list((tmp_path / "new").iterdir())) == 2  # nothing of the report before


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


def test_the_joint_part_of_a_network_has_all_of_its_interactions():
    X = np.random.default_rng(0).normal(size=(60, 5)).astype(np.float32)
    network = MLPM(5, (8, 4))
    whole, joint = (archdetect(part, X) for part in (network, network.interaction))
    np.testing.assert_allclose(whole.scores, joint.scores, rtol=1e-4, atol=1e-9)


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


def test_called_pairs_alone_are_asked_in_a_second_table():
    def table(names, seed, n=900):
        rng = np.random.default_rng(seed)
        X = pd.DataFrame(rng.normal(size=(n, len(names))), columns=list(names))
        y = X["a"] * X["b"] + X["a"] * X["c"] + rng.normal(size=n)
        return MixedTable(X, y.to_numpy(), "gaussian", {}, None, None, ())

    first, networks = table("abcd", 0), own_table.Learner()
    answer = own_table.asked(first, networks, device="cpu")
    assert set(answer.called()["pair"]) == {("a", "b"), ("a", "c")}
    # Columns in another order, of which a call needs one that is left out here.
    second = table("dcba", 1)
    second = dataclasses.replace(second, X=second.X.drop(columns="c"))
    said, there = own_table.returned(answer, second, networks, device="cpu")
    assert said.startswith("The 2 pairs that were called, asked in 900 other rows")
    assert "1 could not be asked: a column is missing" in said
    there = there.set_index("pair")
    assert there["said there"].to_dict() == {"a × b": "tested", "a × c": "not asked"}
    p, corrected = there.loc["a × b", ["p there", "p_holm there"]]
    assert corrected == pytest.approx(2 * p)
    assert own_table.returned(answer, None, networks)[1] is None


def test_what_was_screened_out_there_is_said():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(900, 3))
    y = X[:, 0] * X[:, 1] + rng.normal(size=900)
    first = interaction_test(X, y, settings=EXACT)
    there = interaction_test(X, y, settings=EXACT, sets=[("x1", "x3"), ("x2", "x3")])
    table = own_table.replication(first, there).set_index("pair")
    assert table.loc["x1 × x2", "said there"] == "not asked"
    assert np.isnan(table.loc["x1 × x2", "p_holm there"])
