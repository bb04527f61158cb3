"""The parametric bootstrap of a fit without interactions."""

import numpy as np
import pandas as pd
import pytest

from helpers.data.splits import Split
from helpers.studies.gene_gene import bootstrap, per_pair
from helpers.studies.gene_gene.permuting import is_called
from helpers.truth.genotypes import simulate_panel


def test_traits_are_the_fit_and_noise_as_wide_as_unseen_people_have_it():
    draw = np.random.default_rng(0)
    fitted = draw.normal(size=4_000)
    noise = draw.normal(size=4_000)
    noise[:3_000] *= 0.1  # those it learned from
    parts = Split(np.arange(2_000), np.arange(2_000, 3_000), np.arange(3_000, 4_000))
    traits = bootstrap.drawn_traits(fitted + noise, fitted, parts, seed=3)
    assert traits.shape == (bootstrap.N_DRAWS, 4_000)
    left = traits - fitted
    assert left.std(1) == pytest.approx(np.full(bootstrap.N_DRAWS, 1.0), abs=0.1)
    assert abs(np.corrcoef(left[0], left[1])[0, 1]) < 0.1
    again = bootstrap.drawn_traits(fitted + noise, fitted, parts, seed=3)
    assert np.array_equal(traits, again)


@pytest.mark.filterwarnings("ignore:fewer training people")
def test_networks_learn_from_the_trait_and_from_draws_of_its_fit(monkeypatch):
    panel = simulate_panel(600, 10, length=20_000, seed=0)
    monkeypatch.setattr(per_pair, "own_people", lambda *_, **__: panel)
    asked, fits = [], []

    def fit_genes(panel, targets, parts, **knobs):
        asked.append((targets, knobs["n_networks"]))
        return real_genes(panel, targets, parts, **knobs)

    def fit_main_effects(panel, y, parts, **knobs):
        fits.append((y, real_main(panel, y, parts, **knobs)))
        return fits[-1][1]

    real_genes, real_main = bootstrap.fit_genes, bootstrap.fit_main_effects
    monkeypatch.setattr(bootstrap, "fit_genes", fit_genes)
    monkeypatch.setattr(bootstrap, "fit_main_effects", fit_main_effects)
    knobs = {"people": (600, 600), "n_networks": 1, "max_epochs": 1, "seed": 0}
    bootstrap.ask_bootstrap(world="none", numbers=[1000], device="cpu", **knobs)
    ((targets, n_networks),), ((y, (fitted, _)),) = asked, fits
    assert targets.shape == (20, 600) and n_networks == 1
    assert np.array_equal(targets[0], y)
    left = targets[1:] - fitted
    of_trait = [np.corrcoef(one, y - fitted)[0, 1] for one in left]
    assert np.abs(of_trait).max() < 0.2 and left.std() > 0.1


def test_what_was_expected_is_said_where_several_data_sets_tell():
    forms = ["product", "none", "none", "none"]

    def of(p, most):
        one = pd.DataFrame({"form": forms, "p": p, "maxT": most})
        return pd.concat([one.assign(data_set=k) for k in range(3)])

    calm = of([1.0, 0.05, 1, 1], [1.0] * 4)  # one of three false pairs, each time
    leaking = of([0.05] * 4, [0.05] * 4)
    text = bootstrap.expected_text({"none": calm, "six pairs": leaking})
    assert text.count("**not as expected**") == 1 and text.count("**as exp") == 1
    held = calm.assign(p=np.where(np.arange(12) == 1, 0.05, 1.0))
    text = bootstrap.expected_text({"none": held, "six pairs": calm})
    assert text.index("**as expected**") < text.index("**not as expected**")
    assert bootstrap.expected_text({"none": calm}) == ""


@pytest.mark.filterwarnings("ignore:fewer training people")
def test_a_world_gives_a_row_a_pair(monkeypatch):
    panel = simulate_panel(600, 10, length=20_000, seed=0)
    monkeypatch.setattr(per_pair, "own_people", lambda *_, **__: panel)
    table = bootstrap.ask_bootstrap(
        world="six pairs", numbers=[4], people=(600, 600), n_networks=1, max_epochs=1,
        seed=0, device="cpu",
    )  # fmt: skip
    assert len(table) == 45 and (table["form"] != "none").sum() == 6
    assert set(table["data_set"]) == {4} and set(table["scheme"]) == {"Bootstrap"}
    assert table["pair"].tolist()[:2] == ["1-2", "1-3"]
    for column in ("p", "maxT", "p, level", "maxT, level"):
        assert table[column].between(1 / 20 - 1e-9, 1).all()
    assert (table["maxT"] >= table["p"]).all()
    both = per_pair.errors_and_power({}, bootstrap.beside({"six pairs": []}, {
        "six pairs": table
    }))  # fmt: skip
    assert both["test"].tolist() == ["Parametric bootstrap", "Bootstrap, pattern"]
    false = table["form"] == "none"
    assert both["at_5"][0] == is_called(table["p"][false]).mean()


def test_worlds_are_those_of_the_figure_and_others_stay_as_they_are():
    one, two = pd.DataFrame({"p": [1.0]}), pd.DataFrame({"p": [0.5]})
    tables = {"six pairs": [one], "none": [one]}
    found = bootstrap.beside(tables, {"none": two})
    assert [len(found[world]) for world in per_pair.NAMED] == [2, 1]
    assert found["none"][1] is two and len(tables["none"]) == 1
