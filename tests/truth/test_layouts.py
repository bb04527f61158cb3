"""Layouts: what is said to vary varies, everything else stays."""

import numpy as np
import pytest

from helpers.truth.grammars import Grammar, embed
from helpers.truth.jaspar import motif_set
from helpers.truth.layouts import LAYOUTS, laid_out

GRAMMAR = Grammar(motif_set("distinct_1"), 6)
WHOLE = np.ones((400, 4), bool)


def drawn(layout, present=WHOLE):
    return laid_out(GRAMMAR, present, layout=layout, length=100, seed=3)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_order_and_distances(layout):
    data = drawn(layout)
    order = np.argsort(data.starts, axis=1)
    first = np.take_along_axis(data.starts, order, axis=1)
    gaps = first[:, 1:] - (first + data.widths[order])[:, :-1]
    orders = len(np.unique(order, axis=0))
    assert orders == (24 if layout in ("order", "both") else 1)
    if layout in ("distance", "both"):
        assert (gaps.min(), gaps.max()) == (0, 12)
        assert gaps.mean() == pytest.approx(6, abs=0.5)
    else:
        assert np.all(gaps == 6)
    assert data.starts.min() == 0
    assert (first + data.widths[order])[:, -1].max() == 100


def test_fixed_is_the_grammar_and_absent_slots_stay_empty():
    present = np.random.default_rng(0).random((400, 4)) < 0.5
    data = drawn("fixed", present)
    assert np.array_equal(data.present, present)
    assert np.all(data.starts[~present] == -1)
    shift = data.starts - GRAMMAR.offsets
    assert all(
        len(set(row[held])) <= 1 for row, held in zip(shift, present, strict=True)
    )
    # CREB1's most certain base comes as often as in sequences of the grammar itself.
    motif = GRAMMAR.motifs[0]
    place = motif.ppm.max(axis=1).argmax()
    for found in (data, embed(GRAMMAR, present, length=100, seed=1)):
        rows = np.flatnonzero(found.present[:, 0])
        base = found.bases[rows, found.starts[rows, 0] + place]
        share = np.mean(base == motif.ppm[place].argmax())
        assert share == pytest.approx(motif.ppm[place].max(), abs=0.1)


def test_what_does_not_fit():
    with pytest.raises(ValueError, match="length must be at least 83; got 70"):
        laid_out(GRAMMAR, WHOLE, layout="both", length=70)
    with pytest.raises(ValueError, match="layout must be one of fixed, distance"):
        laid_out(GRAMMAR, WHOLE, layout="any", length=200)
