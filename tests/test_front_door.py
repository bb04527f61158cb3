"""The names that `helpers` offers, and what importing it costs."""

import doctest
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import helpers

ROOT = Path(__file__).resolve().parents[1]

# Whoever changes this list changes what users may rest on: say so in CHANGELOG.md.
NAMES = [
    "Ensemble",
    "Interactions",
    "MLP",
    "MLPM",
    "Motif",
    "Panel",
    "additive_groves",
    "adjust",
    "archdetect",
    "benchmark",
    "constrained_boosting",
    "factorization",
    "fast",
    "h_statistic",
    "held_out_interaction",
    "hierarchical_lasso",
    "interaction_test",
    "load_panel",
    "load_windows",
    "nid_pairs",
    "nid_ranking",
    "paired_test",
    "permutation_test",
    "prediction_function",
    "product_lasso",
    "read_motifs",
    "read_table",
    "read_trait",
    "refit_test",
    "rulefit",
    "shap_interactions",
    "shapley_pairs",
    "two_way_anova",
]


def test_the_list_is_as_pinned():
    assert sorted(helpers.__all__) == sorted(NAMES)
    assert set(NAMES) <= set(dir(helpers))


@pytest.mark.parametrize("name", NAMES)
def test_each_name_leads_to_what_it_says(name):
    value = getattr(helpers, name)
    assert value.__name__ == name
    assert value.__doc__
    assert getattr(helpers, name) is value


@pytest.mark.parametrize("name", NAMES)
def test_each_name_has_an_example_that_runs(name, tmp_path, monkeypatch):
    """What the reference shows; files of examples go to the current folder."""
    monkeypatch.chdir(tmp_path)
    value = getattr(helpers, name)
    example = doctest.DocTestParser().get_doctest(
        value.__doc__, {}, name, value.__module__, None
    )
    assert any("helpers import" in line.source for line in example.examples)
    said = []
    run = doctest.DocTestRunner().run(example, out=said.append)
    assert not run.failed, "".join(said)


def test_another_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = helpers.nothing


def test_star_import_and_submodules_work():
    space = {}
    exec("from helpers import *", space)
    assert set(NAMES) <= set(space)
    assert importlib.import_module("helpers.datasets").names()


def test_importing_loads_no_library():
    code = (
        "import sys, time; start = time.perf_counter(); import helpers; "
        "print(sorted({m.split('.')[0] for m in sys.modules} & "
        "{'torch', 'numpy', 'pandas', 'scipy', 'sklearn', 'xgboost'}))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True
    )
    assert run.stdout.strip() == "[]", run.stderr
