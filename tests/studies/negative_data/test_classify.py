"""Small runs of classifiers have every number once, and refuse what is wrong."""

import numpy as np
import pytest

from helpers.studies.negative_data import classify

WORLD = {"motifs": "distinct_1", "length": 110, "gap": 8}
RECIPE = {
    "n_filters": 2, "width": 13, "pool": 20, "n_train": 200, "lr": 0.01, "epochs": 1,
    "n_starts": 2, "n_keep": 1,
}  # fmt: skip
MEASURES = {"n_test": 20, "n_attributed": 30, "methods": ["IG"]}
SMALL = {"world": WORLD, "recipe": RECIPE, "measures": MEASURES, "seed": 0}
KEYS = ["network", "measure", "detail", "motifs_present"]


@pytest.fixture(scope="module")
def table():
    return classify.classifiers(**SMALL, share=1.0)


def test_classifiers_have_every_number_once(table):
    assert not table.duplicated(KEYS).any()
    counts = table["measure"].value_counts()
    assert counts["loss"] == 2 and counts["recall"] == 5 and counts["pair"] == 6
    assert counts["probability"] == 2 * 4 * 4 and counts["interaction"] == 15
    assert counts["precision of output"] == counts["output"] == 2 * 4 * 4
    assert counts["spread of output"] == 16 and counts["missed of output"] == 4
    assert counts["matrix"] == 2 * 13 * 4
    assert counts["start match"] == 2 * 4 and counts["start recall"] == 2 * 5
    loss = table[table["measure"] == "loss"].set_index("detail")["value"]
    assert loss["kept"] <= loss["dropped"]
    assert table.loc[table["measure"] != "interaction", "value"].notna().all()
    assert (table[["motifs", "n_filters", "share"]].nunique() == 1).all()


def test_the_start_that_was_kept_recalls_what_the_network_does(table):
    loss = table[(table["measure"] == "loss") & (table["detail"] == "kept")]
    start = table[(table["measure"] == "start recall")]
    start = start[start["network"] == loss["network"].item()]
    network = table[table["measure"] == "recall"]
    np.testing.assert_array_equal(start["value"], network["value"])


def test_another_seed_gives_other_numbers(table):
    other = classify.classifiers(**(SMALL | {"seed": 1}), share=1.0)
    loss = [t.loc[t["measure"] == "loss", "value"].to_numpy() for t in (table, other)]
    assert not np.array_equal(*loss)


def test_a_mix_leaves_the_filters_out():
    table = classify.mixed_classifiers(**SMALL, share=0.5)
    assert not set(classify.UNSEEN) & set(table["measure"])
    assert {"recall", "probability"} <= set(table["measure"])


def test_without_attribution_only_recall_is_measured():
    small = SMALL | {"measures": {"n_test": 1}}
    table = classify.classifiers(**small, share=0.0)
    assert set(table["measure"]) == {"loss", "recall", "pair"}
    recall = table[table["measure"] == "recall"]["value"]
    assert recall.between(0, 1).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"recipe": RECIPE | {"n_keep": 3}}, "n_keep must be at most 2"),
        ({"world": WORLD | {"length": 70}}, "length must be at least"),
        ({"world": WORLD | {"motifs": "CREB1"}}, "name must be one of"),
        ({"recipe": RECIPE | {"schedule": "zigzag"}}, "schedule must be one of"),
        ({"measures": {"n_test": 0}}, "n_test must be at least 1"),
    ],
)
def test_bad_input_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        classify.classifiers(**(SMALL | change), share=1.0)
