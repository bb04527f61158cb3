"""Worlds of a page: read where stored, computed in parts where asked for."""

import pytest

from helpers.press.results import Store as Results
from helpers.studies.gene_gene import (
    bootstrap,
    cases,
    crossed_pairs,
    leaks,
    other_worlds,
    pair_sizes,
    per_pair,
)
from helpers.studies.gene_gene.stored_worlds import (
    REVISION,
    StoredWorld,
    asked_worlds,
    step_of,
)
from helpers.truth.genotypes import simulate_panel


class Store:
    """Holds one table, and keeps what it is asked to run."""

    def __init__(self):
        self.asked = {}

    def paper(self, name, partial):
        return "stored" if name == "a-world" else None

    def stored_or_run(self, name, function, settings, *, parts, **more):
        self.asked[name] = settings, [part["numbers"] for part in parts]


KNOBS = {"people": (9, 9), "n_networks": 2, "max_epochs": 1, "seed": 0}
WORLDS = {
    "a": StoredWorld("a-world", {"x": 1}),
    "b": StoredWorld("another", {"x": 2}, first=1_000),
}


def test_no_data_set_asked_for_gives_the_stored_tables():
    store = Store()
    assert asked_worlds(
        store, print, WORLDS, count=0, in_part=5, minutes=1, seed=0
    ) == {"a": "stored"}
    assert store.asked == {}


def test_data_sets_asked_for_are_run_in_parts_with_all_settings():
    store = Store()
    asked_worlds(store, print, WORLDS, count=7, in_part=5, minutes=1, seed=3)
    settings, numbers = store.asked["another"]
    assert settings == {"x": 2, "seed": 3}
    assert numbers == [[1000, 1001, 1002, 1003, 1004], [1005, 1006]]
    assert store.asked["a-world"][1][0][0] == 0


def test_names_of_steps_are_words_with_dashes():
    assert step_of("size", "80,000 people, S/N 0.1, none") == (
        "size-80000-people-SN-0.1-none"
    )


def test_every_world_of_the_page_has_a_step_of_its_own():
    store = Store()
    per_pair.asked_pairs(store, count=1, **KNOBS)
    pair_sizes.asked_sizes(store, count=1, **KNOBS)
    crossed_pairs.asked_crossed(store, count=1, **KNOBS)
    one = KNOBS | {"people": 9}
    other_worlds.asked_other_worlds(store, count=1, **one)
    cases.asked_case_worlds(store, count=1, **one)
    bootstrap.asked_bootstrap(store, count=1, **KNOBS)
    leaks.asked_permuted(store, count=1, n_permutations=1, **KNOBS)
    worlds = len(per_pair.WORLDS) + len(pair_sizes.worlds()) + 3 + 6 + 2 + 2
    assert len(store.asked) == worlds + len(cases.CASE_WORLDS)
    assert store.asked["crossed-none"][1] == [[1000]]


def test_stored_tables_are_of_the_test_as_it_is():
    steps = Results("4-pairs", size="paper").committed_manifest()["steps"]
    old = {
        name
        for name, step in steps.items()
        if step["revision"] != REVISION
        and not name.startswith(("bootstrap", "permuted"))
    }
    assert steps and not old


@pytest.mark.filterwarnings("ignore:fewer training people")
def test_rows_are_as_those_stored(monkeypatch):
    """Parts of one table are put together, so that new ones have its columns."""
    panel = simulate_panel(600, 10, length=20_000, seed=0)
    for module in (per_pair, other_worlds):
        monkeypatch.setattr(module, "own_people", lambda *_, **__: panel)
    knobs = KNOBS | {"numbers": [1_000], "device": "cpu", "seed": 0}
    stored = Results("4-pairs", size="paper")
    asked = per_pair.ask_pairs(world="none", **knobs | {"people": (600, 600)})
    assert list(asked) == list(stored.paper("pairs-none", partial=True))
    asked = other_worlds.ask_other_world(
        world="unequal variance", **knobs | {"people": 600}
    )
    assert list(asked) == list(stored.paper("other-unequal-variance", partial=True))
    asked = cases.ask_cases(share=0.5, paired=False, **knobs | {"people": 600})
    assert list(asked) == list(stored.paper("cases-a-tenth-are-cases", partial=True))
