"""Worlds in which nothing interacts: what differs between people, and what is said."""

import numpy as np
import pandas as pd
import pytest

from helpers.data.panel import Panel
from helpers.studies.gene_gene import other_worlds

PEOPLE = 600


@pytest.fixture
def small(monkeypatch):
    draw = np.random.default_rng(0)
    counts = draw.binomial(2, 0.4, (100, PEOPLE)).astype(np.int8)
    panel = Panel(counts, (10,) * 10)
    monkeypatch.setattr(other_worlds, "own_people", lambda *_, **__: panel)
    monkeypatch.setattr(other_worlds, "two_populations", lambda *asked: panel)
    return panel


def made(world, number=1000):
    return other_worlds._maker(world)(number, PEOPLE, 0)


def test_populations_differ_in_the_trait_until_components_leave(small):
    between = other_worlds.membership(PEOPLE)
    _, values, form = made("structure")
    _, cleared, _ = made("structure, components")
    assert np.corrcoef(values, between)[0, 1] ** 2 == pytest.approx(0.1, abs=0.05)
    assert np.corrcoef(cleared, between)[0, 1] ** 2 < 0.01
    assert set(form) == {"none"} and len(form) == 45


def test_components_hold_the_populations():
    found = other_worlds.components(PEOPLE, 1000, 0)
    assert found.shape == (PEOPLE, 5)
    correlated = [
        np.corrcoef(c, other_worlds.membership(PEOPLE))[0, 1] for c in found.T
    ]
    assert abs(correlated[-1]) > 0.95 and np.abs(correlated[:-1]).max() < 0.2


def test_noise_is_wider_where_the_gene_is_high(small):
    _, values, _ = made("unequal variance")
    trait = other_worlds._additive(small, 1000, 0)
    noise, gene = values - trait.main, trait.expression[other_worlds.UNEQUAL_GENE]
    ratio = noise[gene > 0].std() / noise[gene < 0].std()
    assert 1.4 < ratio < 2.1
    assert noise.std() == pytest.approx((trait.values - trait.main).std())


def test_an_untyped_snp_between_halves_adds_to_the_trait(small):
    panel, values, form = made("untyped variant")
    assert panel.sizes == (4,) * 10  # 2 of 10 SNPs are typed by nobody
    assert list(np.flatnonzero(form != "none")) == [0, 17, 30, 39, 44]
    typed = np.concatenate([small.genotypes[b][[4, 5]] for b in small.blocks[:5]])
    shares = [np.corrcoef(snp, values)[0, 1] ** 2 for snp in typed]
    assert sum(share > 0.05 for share in shares) == 5
    whole = {tuple(snp) for snp in panel.genotypes}
    assert not any(tuple(snp) in whole for snp in typed)


def test_scales_keep_the_order_of_an_additive_trait(small):
    plain = other_worlds._additive(small, 1000, 0).values
    _, other, form = made("another scale")
    assert np.array_equal(np.argsort(other), np.argsort(plain)) and (other > 0).all()
    _, scores, _ = made("normal scores")
    assert scores.std() == pytest.approx(1, abs=0.02)
    assert abs(pd.Series(scores).skew()) < 0.01
    assert set(form) == {"scale"}


def test_data_sets_differ_and_come_again(small):
    for world in (*other_worlds.NULL_WORLDS, *other_worlds.OUTSIDE):
        assert np.array_equal(made(world)[1], made(world)[1])
        assert not np.array_equal(made(world)[1], made(world, 1001)[1])


def test_an_unknown_world_is_refused():
    with pytest.raises(ValueError, match="world must be one of"):
        made("flat")


@pytest.mark.filterwarnings("ignore:fewer training people")
def test_a_world_gives_a_row_a_pair(small):
    table = other_worlds.ask_other_world(
        world="untyped variant", numbers=[1000], people=PEOPLE, n_networks=1,
        max_epochs=1, seed=0, device="cpu",
    )  # fmt: skip
    assert len(table) == 45 and table["p"].between(0, 1).all()
    assert set(table["world"]) == {"untyped variant"}
    assert (table["form"] == "untyped").sum() == 5


def rows(number, p, form=("scale", "none", "none", "none")):
    columns = {"pair": ["1-2", "1-3", "2-3", "3-4"], "form": form, "p": p}
    holm = np.minimum(1, 4 * np.array(p))
    return pd.DataFrame({"data_set": number, **columns, "p_holm": holm})


def test_what_calls_mean_is_counted_over_the_pairs_concerned():
    some = pd.concat([rows(0, [0.001, 0.04, 1, 1]), rows(1, [0.04, 1, 1, 1])])
    found = other_worlds.meaning(some)
    assert (found["nominal"], found["holm"], found["any"]) == (1, 0.5, 0.5)
    assert found["others"] == pytest.approx(1 / 6)
    table = other_worlds.meaning_table({"another scale": some})
    assert table["Called at 5%"].str.startswith("100.0%").all() and len(table) == 1
    text = other_worlds.meaning_text({"another scale": some})
    assert "additive trait: a call in 1 of 2 data sets" in text
    every = rows(0, [1.0] * 4, ["scale"] * 4)
    assert np.isnan(other_worlds.meaning(every)["others"])
    assert "nothing can be said" in other_worlds.meaning_text({"normal scores": every})


def test_what_was_expected_is_said_to_come_or_not():
    every = ["none"] * 4
    gross = pd.concat([rows(k, [0.001, 0.01, 1, 1], every) for k in range(8)])
    text = other_worlds.expectation_text
    assert "**does** in 8 data sets" in text({"structure": gross})
    few = pd.concat([rows(k, [0.5, 0.6, 1, 1], every) for k in range(3)])
    assert "**does not show it** in 3" in text({"structure": few})
    assert text({}) == text({"structure": rows(0, [1.0] * 4, every)}) == ""


def test_worlds_are_stored_part_by_part_or_read():
    class Store:
        def __init__(self):
            self.asked = {}

        def paper(self, name, partial):
            return rows(0, [1.0] * 4) if name == "other-structure" else None

        def stored_or_run(self, name, function, settings, *, parts, **more):
            self.asked[name] = parts

    store = Store()
    knobs = {"people": 9, "n_networks": 1, "max_epochs": 1, "seed": 0}
    asked = other_worlds.asked_other_worlds(store, count=0, **knobs)
    assert list(other_worlds.null_worlds(asked)) == ["structure"]
    assert store.asked == {}
    other_worlds.asked_other_worlds(store, count=6, **knobs)
    parts = store.asked["other-structure-components"]
    assert [len(part["numbers"]) for part in parts] == [5, 1]
    assert len(store.asked) == 6


def test_two_populations_have_genes_of_their_own(monkeypatch):
    asked = []
    monkeypatch.setattr(
        other_worlds,
        "own_people",
        lambda *people, **drawn: asked.append((people, drawn)),
    )
    other_worlds.two_populations(600, 1007, 3)
    parted = {"length": other_worlds.PARTED_LENGTH, "parted": other_worlds.PARTED}
    assert asked == [((600, other_worlds.GENES), {"number": 1007, "seed": 3} | parted)]
