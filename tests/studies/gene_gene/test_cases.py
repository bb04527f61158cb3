"""Worlds of controls and cases: who is one, and what is asked."""

import numpy as np
import pytest

from helpers.data.panel import Panel
from helpers.studies.gene_gene import cases


@pytest.fixture
def small(monkeypatch):
    counts = np.random.default_rng(0).binomial(2, 0.4, (18, 2_000)).astype(np.int8)
    panel = Panel(counts, (3,) * 6)
    drawn = {"number": 7, "seed": 0, "length": cases.CASE_LENGTH}

    def own_people(people, genes, **asked):
        assert (people, genes, asked) == (2_000, cases.CASE_GENES, drawn)
        return panel

    monkeypatch.setattr(cases, "own_people", own_people)
    return panel


def test_as_many_are_cases_as_the_world_says_and_age_tells_some(small):
    for share, paired in cases.CASE_WORLDS.values():
        y, form = cases._cases(small, share, paired, seed=3)
        assert y.cases.mean() == pytest.approx(share, abs=0.04)
        assert (form != "none").sum() == paired
        assert y.offset.std() == pytest.approx(0.5, abs=0.15)
    again, _ = cases._cases(small, 0.1, True, seed=3)
    assert np.array_equal(again.cases, y.cases)


@pytest.mark.filterwarnings("ignore:fewer training people")
def test_a_world_gives_a_row_a_pair(small):
    table = cases.ask_cases(
        share=0.5, paired=True, numbers=[7], people=2_000, n_networks=1, max_epochs=1,
        seed=0, device="cpu",
    )  # fmt: skip
    assert table["pair"].tolist()[:2] == ["1-2", "1-3"] and len(table) == 15
    assert table["form"].tolist() == ["product"] + ["none"] * 14
    assert table["p"].between(0, 1).all() and set(table["data_set"]) == {7}


def test_worlds_are_stored_part_by_part_with_half_of_the_networks():
    asked = {}

    class Store:
        def paper(self, name, partial):
            return None

        def stored_or_run(self, name, function, settings, *, parts, **more):
            asked[name] = settings, parts

    knobs = {"people": 20_000, "n_networks": 10, "max_epochs": 1, "seed": 0}
    assert cases.asked_case_worlds(Store(), count=0, **knobs) == {} == asked
    cases.asked_case_worlds(Store(), count=30, **knobs)
    settings, parts = asked["cases-a-tenth-are-cases-one-product"]
    assert (settings["people"], settings["n_networks"]) == (6_000, 5)
    assert (settings["share"], settings["paired"]) == (0.1, True)
    assert [len(part["numbers"]) for part in parts] == [25, 5] and len(asked) == 4
