"""A study that is asked for nothing says which of its grids is empty."""

import inspect

import pytest

from helpers.studies.false_positives import poisson, power
from helpers.studies.false_positives import training as networks
from helpers.studies.gene_gene import (
    bootstrap,
    cases,
    leaks,
    other_worlds,
    penalties,
    per_pair,
    permuting,
    planning,
    ranked_by_p,
    rankings,
)
from helpers.studies.nid import choices, slim, sparse

TRAINED = dict.fromkeys(("n_train", "n_validation", "n_test", "n_controls", "seed"), 9)
EMPTY = [
    (choices.try_choices, "l1_grid", {}),
    (choices.try_choices, "functions", {}),
    (choices.try_choices, "trials", {}),
    (slim.try_training, "trials", {"design": "Table 5"}),
    (slim.try_training, "strengths", {"design": "Table 5"}),
    (slim.try_training, "learning_rates", {"design": "Table 5"}),
    (sparse.rank_sparsely, "strengths", {"model": "MLP"}),
    (poisson.train_with_poisson_loss, "l1_strengths", {}),
    (networks.train_and_describe, "l1_strengths", TRAINED),
    (power.reject_or_not, "strengths", {"trials": 1, "n_pairs": [500], "seed": 0}),
    (power.reject_or_not, "n_pairs", {}),
    (power.refit_or_not, "strengths", {"trials": 1, "n_pairs": 500, "seed": 0}),
    (planning.plan_power, "sizes", {}),
    (planning.plan_power, "permutations", {}),
    (rankings.read_right_snp, "settings", {}),
    (permuting.permute, "numbers", {}),
    (per_pair.ask_pairs, "numbers", {}),
    (bootstrap.ask_bootstrap, "numbers", {}),
    (other_worlds.ask_other_world, "numbers", {}),
    (cases.ask_cases, "numbers", {}),
    (leaks.ask_permuted, "numbers", {}),
    (penalties.try_strengths, "numbers", {}),
    (penalties.try_strengths, "strengths", {}),
    (ranked_by_p.rank_by_p, "numbers", {}),
]


@pytest.mark.parametrize(
    ("step", "grid", "given"), EMPTY, ids=[f"{f.__name__}-{g}" for f, g, _ in EMPTY]
)
def test_an_empty_grid_is_named_in_a_line(step, grid, given):
    wanted = inspect.signature(step).parameters.values()
    others = {
        p.name: [1]
        for p in wanted
        if p.default is p.empty and p.kind is not p.VAR_KEYWORD
    }
    with pytest.raises(ValueError, match=rf"^{grid} must hold one value at least"):
        step(**others | given | {grid: []})
