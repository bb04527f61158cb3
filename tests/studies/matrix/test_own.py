"""An own detector beside the stored ones."""

import numpy as np
import pandas as pd
import pytest

from helpers import benchmark
from helpers.detectors.interactions import Interactions, all_pairs
from helpers.studies.matrix import own


def products(X, y):
    Z, (i, j) = X - X.mean(0), np.triu_indices(X.shape[1], 1)
    return np.abs(np.corrcoef((Z[:, i] * Z[:, j]).T, y)[-1, :-1])


def as_interactions(X, y):
    names = [f"x{k}" for k in range(X.shape[1])]
    found = Interactions(all_pairs(X.shape[1]), products(X, y), names, "mine")
    return found.ranked()  # in another order


@pytest.mark.parametrize("mine", [products, as_interactions])
def test_a_perfect_ranking_is_first(mine, monkeypatch):
    stored = pd.DataFrame(
        {"method": ["a", "b"], "truth": ["exclusive or"] * 2, "ap": [0.1, 0.5]}
    )
    monkeypatch.setattr(own, "_stored", lambda: stored)
    (row,) = benchmark(mine, worlds=["exclusive or"], n_sets=2).to_dict("records")
    assert (row["ap"], row["place"], row["of"]) == (1.0, 1, 3)
    assert (row["best"], row["best_ap"]) == ("b", 0.5)


def test_a_useless_one_is_last(monkeypatch, capsys):
    stored = pd.DataFrame(
        {"method": ["a", "b"], "truth": ["exclusive or"] * 2, "ap": [0.1, 0.5]}
    )
    monkeypatch.setattr(own, "_stored", lambda: stored)
    table = benchmark(lambda X, y: -products(X, y), worlds=["exclusive or"])
    assert table["place"][0] == 3
    assert capsys.readouterr().out.startswith("exclusive or: average precision 0.02")


def test_defaults_are_known_and_have_something_to_rank():
    assert set(own.FEW) <= set(own._names("all"))
    assert not set(own._names("all")) & {"additive", "two sequences, enhancing"}


@pytest.mark.parametrize(
    ("call", "line"),
    [
        (lambda: benchmark(3), "detector must be callable"),
        (lambda: benchmark(products, n_sets=0), "n_sets must be at least 1"),
        (lambda: benchmark(products, worlds=["additive"]), "worlds must be one of"),
        (lambda: benchmark(products, worlds=[]), "worlds must name at least one"),
        (lambda: benchmark(products, worlds=3), "worlds must name at least one"),
        (lambda: benchmark(products, seed=-1), "seed must be at least 0; got -1"),
        (lambda: benchmark(products, seed="a"), "seed must be"),
        (
            lambda: benchmark(lambda X, y: [1.0], worlds=["exclusive or"]),
            "the detector's scores must have 45 values; got 1",
        ),
        (
            lambda: benchmark(lambda X, y: [np.nan] * 45, worlds=["exclusive or"]),
            "the detector's scores",
        ),
    ],
)
def test_what_is_wrong_is_said_in_a_line(call, line):
    with pytest.raises((ValueError, TypeError), match=line):
        call()
