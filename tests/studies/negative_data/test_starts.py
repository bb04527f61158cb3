"""Starts are chosen by what their filters share, which needs no truth."""

import numpy as np
import pytest

from helpers.studies.negative_data import classify, starts
from helpers.truth.jaspar import motif_set

WORLD = {"motifs": "distinct_1", "length": 110, "gap": 8}
RECIPE = {
    "n_filters": 4, "width": 13, "pool": 20, "n_train": 200, "lr": 0.01, "epochs": 1,
    "n_starts": 3, "n_keep": 1,
}  # fmt: skip
MEASURES = {"n_test": 20, "n_attributed": 30, "methods": ["IG", "DeepLIFT"]}
SMALL = {"world": WORLD, "recipe": RECIPE, "measures": MEASURES, "seed": 0}


def sought(number, shift=0, width=13):
    """Return a filter of random weights; the same number is the same, moved."""
    weights = np.random.default_rng(number).normal(size=(4, width + 10))
    return weights[:, 5 - shift : 5 - shift + width]


def test_a_filter_agrees_with_itself_moved_and_scaled_and_with_no_other():
    filters = np.stack([sought(1), 3 * sought(1, 2) + 7, -sought(1), sought(2)])
    found = starts.similarities(filters)
    np.testing.assert_allclose(found, found.T)
    assert found[0, 1] == pytest.approx(1)
    assert found[0, 2] < 0.8 and found[0, 3] < 0.8
    with pytest.raises(ValueError, match=r"filters must have shape \(n, 4, width\)"):
        starts.similarities(np.zeros((2, 3, 5)))


def test_the_best_shift_is_found_by_trying_each_by_hand():
    a, b = sought(3), sought(4)
    tried = []
    for shift in range(-5, 6):
        ours = a[:, max(shift, 0) : 13 + min(shift, 0)].ravel()
        theirs = b[:, max(-shift, 0) : 13 + min(-shift, 0)].ravel()
        tried.append(np.corrcoef(ours, theirs)[0, 1])
    assert starts.similarities(np.stack([a, b]))[0, 1] == pytest.approx(max(tried))


def test_motifs_recur_if_two_starts_hold_them():
    filters = np.stack(
        [
            [sought(1), sought(2), sought(1, 1), sought(10)],  # twice the same motif
            [sought(1, 2), sought(2), sought(3), sought(11)],
            [sought(3), sought(12), sought(13), sought(13, 1)],  # 13: here alone
        ]
    )
    np.testing.assert_array_equal(starts.recurring(filters), [2, 3, 1])
    np.testing.assert_array_equal(starts.recurring(filters[::-1]), [1, 3, 2])
    np.testing.assert_array_equal(starts.recurring(filters[:1]), [0])


def test_motifs_of_the_truth_are_counted_where_a_filter_fits():
    motifs = motif_set("distinct_1")
    filters = np.random.default_rng(0).normal(size=(2, 4, 4, 13)) / 10
    for start, number in ((0, 0), (1, 1), (1, 3)):
        shape = motifs[number].ppm.T - 0.25
        filters[start, number][:, : shape.shape[1]] = shape
    np.testing.assert_array_equal(starts.matched_motifs(filters, motifs), [1, 2])


def test_of_equals_the_lower_loss_is_kept():
    held, losses = np.array([2, 4, 4, 3]), np.array([0.1, 0.4, 0.3, 0.2])
    np.testing.assert_array_equal(starts.with_most(held, losses, 1), [2])
    np.testing.assert_array_equal(starts.with_most(held, losses, 3), [3, 2, 1])


def test_starts_that_learned_nothing_take_no_part_in_the_second_form():
    noise = [sought(20), sought(21), sought(22), sought(23)]  # of two failed starts
    filters = np.stack(
        [
            [sought(1), sought(2), sought(30), sought(31)],
            [sought(1), sought(2, 1), sought(32), sought(33)],
            noise,
            noise,
        ]
    )
    losses, motifs = np.array([0.2, 0.1, 0.9, 0.8]), motif_set("distinct_1")
    held = starts.held_by_rule(filters, losses, motifs, 1)
    assert list(held) == list(starts.RULES)
    np.testing.assert_array_equal(held["agreement"], [2, 2, 4, 4])
    np.testing.assert_array_equal(held["better half"], [2, 2, -1, -1])
    assert starts.with_most(held["better half"], losses, 1).tolist() == [1]
    assert starts.with_most(held["loss"], losses, 2).tolist() == [1, 0]
    np.testing.assert_array_equal(
        starts.better_half(losses, 3), [True, True, False, True]
    )


@pytest.fixture(scope="module")
def both():
    table = classify.classifiers(**SMALL, share=0.0)
    return table, starts.chosen_classifiers(**SMALL, share=0.0)


def test_the_starts_are_those_of_the_classifiers(both):
    table, chosen = both
    for _, some in chosen.groupby("rule"):
        for measure in ("loss", "start recall"):
            ours, theirs = (
                t.loc[t["measure"] == measure, "value"].to_numpy()
                for t in (some, table)
            )
            if len(ours):
                np.testing.assert_array_equal(ours, theirs)


def test_the_kept_start_is_the_one_that_is_measured(both):
    _, chosen = both
    for rule, some in chosen.groupby("rule"):
        held = some[some["measure"] == "start motifs"].set_index("network")["value"]
        loss = some[some["measure"] == "loss"].set_index("network")
        kept = loss.index[loss["detail"] == "kept"]
        best = starts.with_most(held.to_numpy(), loss["value"].to_numpy(), 1)
        assert kept.tolist() == best.tolist()
        methods = some.loc[some["measure"] == "probability", "detail"].str.split(" ")
        only = {"IG", "DeepLIFT"} if rule == starts.JUDGED else {"IG"}
        assert set(methods.str[0]) == only
    agreed = chosen[chosen["rule"] == starts.JUDGED]
    start = agreed[agreed["measure"] == "start recall"].pivot_table(
        "value", "network", "motifs_present"
    )
    loss = agreed[(agreed["measure"] == "loss") & (agreed["detail"] == "kept")]
    recall = agreed[agreed["measure"] == "recall"]["value"]
    np.testing.assert_array_equal(start.loc[loss["network"].item()], recall)


def test_without_attribution_only_recall_is_measured():
    small = SMALL | {"measures": {"n_test": 1}}
    chosen = starts.chosen_classifiers(**small, share=0.0)
    found = set(chosen["measure"])
    assert found == {"loss", "recall", "pair", "start motifs"}
