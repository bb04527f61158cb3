"""A run on one's own genes that was stopped trains nothing again, and says the same."""

import os
import signal
import subprocess
import sys
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.data.panel import Panel
from helpers.ensemble import Ensemble
from helpers.loaders.traits import SCALES, TraitTable, split_people
from helpers.press.results import Store
from helpers.studies.gene_gene import Training, YesOrNo, own_files, own_kept, study

ROOT = Path(__file__).parents[3]
RECIPE = {
    "n_networks": 2,
    "training": Training(batch_size=50, max_epochs=4),
    "seed": 0,
    "device": "cpu",
}


def people(n=600):
    """Return a panel of four genes, and a trait in which the first two multiply."""
    draw = np.random.default_rng(0)
    panel = Panel(draw.binomial(2, 0.4, (8, n)).astype(np.int8), (2,) * 4)
    a, b = panel.genotypes[0] - 0.8, panel.genotypes[2] - 0.8
    return panel, a + 2 * a * b + 0.3 * draw.normal(size=n)


def store(root, **options):
    return Store("your-gene-gene", root=root, device="cpu", own=False, **options)


def asked(panel, y, where=None, **changed):
    """Return what the page says of the pairs, with a store or without."""
    recipe = RECIPE | changed
    parts = split_people(panel.n_people, seed=0)
    networks = own_kept.kept_networks(where, panel, y, parts, **recipe)
    return own_files.asked_of(panel, y, parts, networks, seed=recipe["seed"])


def trained(text: str) -> list[str]:
    """Return the steps that a run computed, from what it printed."""
    return [line.split(":")[0] for line in text.splitlines() if "computed in " in line]


def same(one, other):
    pd.testing.assert_frame_equal(one.pairs, other.pairs, check_exact=True)
    pd.testing.assert_frame_equal(one.training, other.training, check_exact=True)
    assert (one.r2, one.r2_without) == (other.r2, other.r2_without)


@pytest.mark.filterwarnings("ignore:fewer training people")
@pytest.mark.parametrize("binary", [False, True], ids=["numbers", "cases"])
def test_a_kept_answer_is_the_fresh_one(tmp_path, binary, monkeypatch):
    panel, y = people()
    y = YesOrNo.of((y > 0).astype(float)) if binary else y
    parts = split_people(panel.n_people, seed=0)
    fresh = own_files.ask_own(panel, y, parts, **RECIPE)
    same(fresh, asked(panel, y))
    same(fresh, asked(panel, y, store(tmp_path)))

    def refused(*_, **__):
        raise AssertionError("it trained again")

    monkeypatch.setattr(Ensemble, "fit", refused)
    same(fresh, asked(panel, y, store(tmp_path)))


@pytest.mark.filterwarnings("ignore:fewer training people")
def test_another_seed_setting_trait_or_person_trains_again(tmp_path, capsys):
    panel, y = people()
    first = asked(panel, y, store(tmp_path))
    both = list(own_kept.STEPS.values())[::-1]
    assert trained(capsys.readouterr().out) == both
    asked(panel, y, store(tmp_path))
    assert trained(capsys.readouterr().out) == []
    counts = panel.genotypes.copy()
    counts[0, 0] = (counts[0, 0] + 1) % 3
    longer = replace(RECIPE["training"], max_epochs=5)
    others = [
        (panel, y, {"seed": 1}),
        (panel, y, {"training": longer}),
        (panel, y, {"n_networks": 3}),
        (panel, np.where(np.arange(len(y)) == 0, 0.0, y), {}),
        (replace(panel, genotypes=counts), y, {}),
    ]
    for another, trait, changed in others:
        other = asked(another, trait, store(tmp_path), **changed)
        assert trained(capsys.readouterr().out) == both
        assert not other.pairs["z"].equals(first.pairs["z"])
    asked(panel, y, store(tmp_path, recompute=True))
    assert trained(capsys.readouterr().out) == both


def test_what_training_warned_of_is_said_again(tmp_path):
    panel, y = people()
    for _ in range(2):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            asked(panel, y, store(tmp_path))
        said = [str(w.message) for w in caught if "fewer training people" in str(w)]
        assert len(said) == 1 and "360 people" in said[0]


@pytest.mark.filterwarnings("ignore:fewer training people")
def test_another_scale_of_the_trait_trains_again(tmp_path, capsys):
    panel, y = people()
    nothing = pd.DataFrame(index=range(600))
    table = TraitTable(panel.people, np.exp(y), nothing, nothing)
    both = list(own_kept.STEPS.values())[::-1]
    for expected in (both, []):
        for scale in SCALES:
            asked(panel, own_files.target_of(table, scale), store(tmp_path))
            assert trained(capsys.readouterr().out) == expected


@pytest.mark.filterwarnings("ignore:fewer training people")
def test_permutations_go_on_part_by_part(tmp_path, capsys, monkeypatch):
    panel, y = people()
    parts = split_people(panel.n_people, seed=0)
    networks = own_kept.kept_networks(None, panel, y, parts, **RECIPE)

    def look(where, n=7):
        return own_kept.second_look(
            where, panel, y, parts, networks, n_permutations=n, **RECIPE
        )

    whole = look(None)
    expected = study(
        panel, y, parts, n_permutations=7, residuals="rescaled", **RECIPE
    ).tests["I"]
    # Networks trained in other company differ by rounding, on some processors.
    near = {"rtol": 1e-3, "atol": 1e-6}
    np.testing.assert_allclose(whole.null, expected.null, **near)
    np.testing.assert_allclose(whole.observed.scores, expected.observed.scores, **near)

    fit, asked_for = Ensemble.fit, []

    def stopped(ensemble, *data, **options):
        asked_for.append(len(ensemble) // RECIPE["n_networks"])
        if len(asked_for) == 2:
            raise KeyboardInterrupt
        return fit(ensemble, *data, **options)

    monkeypatch.setattr(Ensemble, "fit", stopped)
    with pytest.raises(KeyboardInterrupt):
        look(store(tmp_path))
    again = look(store(tmp_path))
    assert asked_for == [5, 2, 2]  # the first five were there
    np.testing.assert_array_equal(again.null, whole.null)
    np.testing.assert_array_equal(again.p_max, whole.p_max)


KILLED = """
import os, signal, sys
sys.path.insert(0, {here!r})
from test_own_kept import asked, people, store
from helpers.ensemble import Ensemble
from helpers.networks.genes import GeneNetwork
fit = Ensemble.fit
def killed(ensemble, *data, **options):
    if isinstance(ensemble.networks[0], GeneNetwork):
        os.kill(os.getpid(), signal.SIGKILL)
    return fit(ensemble, *data, **options)
Ensemble.fit = killed
asked(*people(), store(sys.argv[1]))
"""


@pytest.mark.skipif(os.name != "posix", reason="kills a process as Linux does")
@pytest.mark.filterwarnings("ignore:fewer training people")
def test_a_run_that_was_killed_keeps_what_had_ended(tmp_path, capsys):
    code = KILLED.format(here=str(Path(__file__).parent))
    ended = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
    )
    assert ended.returncode == -signal.SIGKILL
    panel, y = people()
    found = asked(panel, y, store(tmp_path))
    assert trained(capsys.readouterr().out) == [own_kept.STEPS["genes"]]
    same(found, asked(panel, y))


def test_the_store_holds_no_person(tmp_path):
    panel, y = people()
    panel = replace(panel, people=tuple(f"patient{k:04d}" for k in range(600)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        asked(panel, y, store(tmp_path))
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len([path for path in files if path.suffix == ".csv"]) == 2
    assert not any(b"patient" in path.read_bytes() for path in files)
