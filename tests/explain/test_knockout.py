"""Interactions one can do in one's head: sums have none, products one."""

import numpy as np
import pytest

from helpers.data.motifs import Motif
from helpers.explain import knockout
from helpers.truth.grammars import Grammar, balanced, combinations

GRAMMAR = Grammar((Motif("A", np.eye(4)[[0] * 3]), Motif("C", np.eye(4)[[1] * 2])), 1)
ONLY_T = (0, 0, 0, 1)


def test_motifs_are_replaced_and_nothing_else():
    data = balanced(GRAMMAR, 6, length=15, seed=1)
    intact = data[data.labels == 1]
    found = knockout.knocked_out(intact, background=ONLY_T)
    for row, kept in zip(found, combinations(2), strict=True):
        for motif in range(2):
            where = intact.covered(motif)
            assert (row[where] == (motif if kept[motif] else 3)).all()
        rest = ~(intact.covered(0) | intact.covered(1))
        np.testing.assert_array_equal(row[rest], intact.bases[rest])
    with pytest.raises(ValueError, match="intact must hold all motifs in each row"):
        knockout.knocked_out(data)


def test_interactions_by_hand():
    sets = combinations(3).astype(float)
    a, b, c = sets.T
    values = (1 + 2 * a + 3 * b + 5 * a * b - 7 * a * b * c)[:, None]
    found = knockout.motif_interactions(values)[:, 0]
    np.testing.assert_allclose(found, [1, 2, 3, 5, 0, 0, 0, -7])


@pytest.mark.parametrize("shape", [(3, 5), (4,), (1, 5)])
def test_values_must_hold_every_set(shape):
    with pytest.raises(ValueError, match="values must have shape"):
        knockout.motif_interactions(np.ones(shape))
