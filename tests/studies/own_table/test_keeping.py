"""A run on one's own table that was interrupted goes on; models; the plan."""

import dataclasses
import os
import re
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.ensemble import HistGradientBoostingRegressor

from helpers.device import seeded
from helpers.loaders.mixed_tables import MixedTable
from helpers.press.results import Store
from helpers.significance.interaction import Settings, interaction_test
from helpers.studies import own_table
from helpers.studies.own_table import models, planning
from helpers.studies.own_table.answers import features_of_table


def sample(n=400, n_columns=3, seed=0, names="abcdefghij"):
    """Return a table in which the first two columns make a product."""
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.normal(size=(n, n_columns)), columns=list(names)[:n_columns])
    y = X["a"] * X["b"] + X.iloc[:, 2] + 0.5 * rng.normal(size=n)
    return MixedTable(X, y.to_numpy(), "gaussian", {}, None, None, ())


def store(root, **options):
    return Store("your-table", root=root, device="cpu", own=False, **options)


def never(*args, **options):
    raise AssertionError("tested again")


def networks(**options):
    return own_table.asked(sample(), own_table.Learner(), device="cpu", **options)


def test_an_answer_comes_back_from_its_table_as_it_was():
    table = sample()
    given = {"blocks": {"both": ["b", "c"]}, "settings": Settings(step_down=True)}
    for more in ({}, given):
        answer = interaction_test(table.X, table.y, device="cpu", **more)
        features = dataclasses.replace(
            features_of_table(dataclasses.replace(table, blocks=more.get("blocks", {})))
        )
        again = own_table.from_table(own_table.as_table(answer), features)
        pd.testing.assert_frame_equal(again.table, answer.table)
        assert str(again) == str(answer)
        for field in dataclasses.fields(answer):
            one, two = (getattr(a, field.name) for a in (answer, again))
            if field.name in ("rows", "values"):
                np.testing.assert_array_equal(one, two)
            elif field.name == "directions":
                assert list(two) == answer.table["pair"].tolist()
                for pair in two:
                    np.testing.assert_array_equal(one[pair], two[pair])
            elif field.name != "table":
                assert two == one or (one != one and two != two), field.name


DYING = """
import os, signal
import test_keeping as page
page.networks(store=page.store({root!r}))
from helpers.studies.own_table import rankings
def dies(*args, **options):
    os.kill(os.getpid(), signal.SIGKILL)
rankings.nid_pairs = dies
page.own_table.ranked(page.sample(), n_networks=2, max_epochs=1, device="cpu",
                      store=page.store({root!r}))
"""


def test_a_run_killed_in_the_rankings_does_not_test_again(tmp_path, monkeypatch):
    here = os.path.dirname(__file__)
    ran = subprocess.run(
        [sys.executable, "-c", DYING.format(root=str(tmp_path))],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([here, *sys.path])},
        capture_output=True,
    )
    assert ran.returncode == -signal.SIGKILL, ran.stderr.decode()[-500:]
    assert b"3 of 3 parts tested in" in ran.stderr

    whole = networks()
    monkeypatch.setattr("helpers.studies.own_table.answers.interaction_test", never)
    again = networks(store=store(tmp_path))
    pd.testing.assert_frame_equal(again.table, whole.table)
    assert str(again) == str(whole)
    for other in (
        {"store": store(tmp_path), "pairs": [("a", "b")]},
        {"store": store(tmp_path), "seed": 1},
        {"store": store(tmp_path, recompute=True)},
    ):
        with pytest.raises(AssertionError, match="tested again"):
            networks(**other)
    with pytest.raises(AssertionError, match="tested again"):
        own_table.asked(sample(seed=1), own_table.Learner(), store=store(tmp_path))


def test_rankings_are_kept(tmp_path, monkeypatch):
    given = {"n_networks": 2, "max_epochs": 1, "device": "cpu"}
    one = own_table.ranked(sample(), **given, store=store(tmp_path))
    monkeypatch.setattr("helpers.ensemble.Ensemble.fit", None)
    two = own_table.ranked(sample(), **given, store=store(tmp_path))
    pd.testing.assert_frame_equal(one, two)
    with pytest.raises(TypeError):
        own_table.ranked(sample(), **given | {"max_epochs": 2}, store=store(tmp_path))


# Models of the reader's, as a module of his would hold them

boosted = HistGradientBoostingRegressor(max_iter=60, random_state=0)


class Network(RegressorMixin, BaseEstimator):
    """A torch network with fit and predict; without a seed, another one each time."""

    def __init__(self, seed=None):
        self.seed = seed

    def fit(self, X, y):
        with seeded(self.seed if self.seed is not None else time.time_ns() % 2**31):
            self.net = torch.nn.Sequential(
                torch.nn.Linear(X.shape[1], 32), torch.nn.ReLU(), torch.nn.Linear(32, 1)
            )
            X, y = (torch.as_tensor(a, dtype=torch.float32) for a in (X, y))
            steps = torch.optim.Adam(self.net.parameters(), lr=0.02)
            for _ in range(300):
                steps.zero_grad()
                (self.net(X)[:, 0] - y).square().mean().backward()
                steps.step()
        return self

    def predict(self, X):
        with torch.no_grad():
            return self.net(torch.as_tensor(X, dtype=torch.float32))[:, 0].numpy()


torch_network, restless = Network(seed=0), Network()


@pytest.mark.parametrize("name", ["boosted", "torch_network"])
def test_a_model_of_the_readers_finds_the_product_and_is_kept(
    name, tmp_path, monkeypatch
):
    table = sample(600)
    learner = own_table.learner_by_name(f"{__name__}:{name}", table)
    assert learner.digest and learner.a_prediction > 0
    answer = own_table.asked(table, learner, device="cpu", store=store(tmp_path))
    assert answer.learner == "a learner of the caller's"
    assert ("a", "b") in answer.called()["pair"].tolist()
    assert "Your model was fitted to 600 rows" in own_table.planned(table, learner)
    monkeypatch.setattr("helpers.studies.own_table.answers.interaction_test", never)
    again = own_table.learner_by_name(f"{__name__}:{name}", table)
    own_table.asked(table, again, device="cpu", store=store(tmp_path))
    monkeypatch.setattr(boosted, "max_iter", 61)
    monkeypatch.setattr(torch_network, "seed", 1)
    other = own_table.learner_by_name(f"{__name__}:{name}", table)
    with pytest.raises(AssertionError, match="tested again"):
        own_table.asked(table, other, device="cpu", store=store(tmp_path))


def test_xgboost_by_its_name():
    pytest.importorskip("xgboost")
    table = sample(600)
    learner = own_table.learner_by_name("xgboost:XGBRegressor", table)
    assert learner.digest
    answer = own_table.asked(table, learner, device="cpu")
    assert ("a", "b") in answer.called()["pair"].tolist()


def test_a_model_of_other_draws_each_time_is_not_stored(tmp_path):
    table = sample(200)
    learner = own_table.learner_by_name(f"{__name__}:restless", table)
    assert learner.digest == ""
    assert "are not stored: fix its seed" in own_table.planned(table, learner)
    own_table.asked(table, learner, device="cpu", store=store(tmp_path))
    assert not list(tmp_path.rglob("*.csv"))


def test_a_trained_model_is_known_by_what_it_says(monkeypatch):
    table = sample(200)
    trained = Network(seed=0).fit(table.X.to_numpy(copy=True), table.y.copy())
    monkeypatch.setattr(sys.modules[__name__], "net", trained.net, raising=False)
    name = f"{__name__}:net"
    one = own_table.learner_by_name(name, table, trained=True)
    assert one.arguments == {"fitted": trained.net, "unseen": True}
    assert one.digest == own_table.learner_by_name(name, table, trained=True).digest
    with torch.no_grad():
        trained.net[0].weight[0, 0] += 1e-4
    assert one.digest != own_table.learner_by_name(name, table, trained=True).digest


# The plan


def test_the_plan_names_all_that_will_run():
    plan = own_table.planned(
        sample(), own_table.Learner(), second=sample(300), n_networks=10
    )
    assert plan.startswith("All that follows takes less than a minute of one core: ")
    for part in (
        "the test (3 pairs, 400 rows)",
        "the second table (300 rows; if anything is called)",
        "the rankings (10 networks)",
    ):
        assert part in plan
    assert "rankings" not in own_table.planned(sample(), own_table.Learner())
    slow = dataclasses.replace(
        own_table.Learner(), model=boosted, once=60.0, a_row=1.0, digest="d"
    )
    # 3 fits of a minute each, and 400 rows of a second, 34, 56 and 78% of them
    assert "the test (3 pairs, 400 rows), about 14 minutes" in own_table.planned(
        sample(), slow, n_networks=2
    )


def test_estimates_grow_with_rows_and_pairs_that_are_tested():
    def seconds(n, n_columns):
        rng = np.random.default_rng(0)
        X = pd.DataFrame(rng.normal(size=(n, n_columns)))
        X.columns = [f"x{k}" for k in X]
        table = MixedTable(X, X["x0"].to_numpy(), "gaussian", {}, None, None, ())
        return planning.test_seconds(table, own_table.Learner())

    assert seconds(400, 5) < seconds(1500, 5) < seconds(1500, 10) < seconds(1500, 20)
    few, many, more = (seconds(3000, n) for n in (31, 60, 100))
    # Pairs beyond 435 are screened, not tested, and asked about what changes alone.
    assert many < more < 3 * few
    assert planning.predictions(1500, 60, 60, 1770) > 200 * 4 * 1770


def test_digests_do_not_know_addresses():
    text = str(models._inside(boosted, f"{__name__}:boosted")[0])
    assert "max_iter" in text and not re.search("0x[0-9a-f]+", text)
