"""Small runs have every number once, and the engine keeps its promises."""

import numpy as np
import pytest

from helpers import motif_study
from helpers.truth.jaspar import motif_set

SMALL = {
    "motifs": "distinct_1", "n_filters": 2, "n_keep": 1, "n_starts": 2, "n_train": 200,
    "lr": 0.01, "epochs": 1, "length": 110, "gap": 8, "pool": 20, "width": 13,
    "n_test": 20, "n_attributed": 30, "methods": ["IG"], "seed": 0,
}  # fmt: skip


def test_classifiers_have_every_number_once():
    table = motif_study.classify(**SMALL, share=1.0)
    keys = ["network", "measure", "detail", "motifs_present"]
    assert not table.duplicated(keys).any()
    counts = table["measure"].value_counts()
    assert counts["loss"] == 2 and counts["recall"] == 5 and counts["pair"] == 6
    assert counts["probability"] == 2 * 4 * 4 and counts["interaction"] == 15
    loss = table[table["measure"] == "loss"].set_index("detail")["value"]
    assert loss["kept"] <= loss["dropped"]
    assert table.loc[table["measure"] != "interaction", "value"].notna().all()


def test_regressions_have_every_number_once():
    table = motif_study.regress(**SMALL, effect="enhancing", constant=2.0)
    assert not table.duplicated(
        ["network", "measure", "detail", "motifs_present"]
    ).any()
    recall = table[table["measure"] == "recall"].sort_values("motifs_present")["value"]
    total = table.loc[table["measure"] == "total", "value"].item()
    assert total == pytest.approx(recall @ np.array([1, 4, 6, 4, 1]) / 16)


def test_a_filter_that_is_a_motif_fits_it():
    first, second = motif_set("distinct_1")[:2]
    filters = np.zeros((2, 4, 16))
    filters[0, :, 2:14] = 3 * (first.ppm.T - 0.25)
    filters[1, :, 4:16] = second.ppm.T - 0.25
    np.testing.assert_allclose(motif_study.filter_match(filters, first)[0], 1)
    assert motif_study.filter_match(filters, first)[1] < 0.9
    assert motif_study.filter_match(filters, second).argmax() == 1


def test_names_tell_motifs_apart():
    from helpers.truth.grammars import Grammar

    assert motif_study.motif_names(Grammar(motif_set("MEF2A"), 8))[0] == "MA0052.1"
    assert motif_study.motif_names(Grammar(motif_set("distinct_1"), 8))[0] == "CREB1"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_keep": 3}, "n_keep must be at most 2"),
        ({"length": 70}, "length must be at least"),
        ({"motifs": "CREB1"}, "name must be one of"),
    ],
)
def test_bad_input_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        motif_study.classify(**(SMALL | change), share=1.0)


def test_filters_must_have_four_bases():
    with pytest.raises(ValueError, match="filters must have shape"):
        motif_study.filter_match(np.ones((2, 3, 9)), motif_set("distinct_1")[0])
