import numpy as np
import pytest

from helpers.detectors import Interactions, all_pairs
from helpers.evaluation import (
    hits_before_first_false_positive,
    pair_labels,
    pairwise_auc,
    top_rank_recall,
    trimmed_mean_sd,
)

TRUTH = [(0, 1, 2), (3, 4)]


def scored(sets, scores, n_features=5):
    features = [f"x{i + 1}" for i in range(n_features)]
    return Interactions(sets, scores, features, "test")


def ranking(*sets):
    return scored(sets, np.arange(len(sets), 0, -1))


def test_pairs_inside_a_true_set_are_true():
    labels = pair_labels(all_pairs(5), TRUTH)
    true = [pair for pair, label in zip(all_pairs(5), labels, strict=True) if label]
    assert true == [(0, 1), (0, 2), (1, 2), (3, 4)]


@pytest.mark.parametrize(
    ("scores", "expected"),
    [([1, 0, 0], 1), ([0, 1, 1], 0), ([1, 1, 1], 0.5), ([1, 2, 0], 0.5)],
)
def test_pairwise_auc_by_hand(scores, expected):
    found = scored(all_pairs(3), scores, n_features=3)
    assert pairwise_auc(found, [(0, 1)]) == expected


def test_pairwise_auc_ignores_order_scale_and_higher_sets():
    generator = np.random.default_rng(0)
    scores = generator.random(10)
    before = pairwise_auc(scored(all_pairs(5), scores), TRUTH)
    order = generator.permutation(10)
    moved = [*(all_pairs(5)[i] for i in order), (0, 1, 2)]
    after = scored(moved, [*np.exp(3 * scores[order]), 100])
    assert pairwise_auc(after, TRUTH) == before


def test_pairwise_auc_needs_every_pair_and_both_classes():
    with pytest.raises(ValueError, match=r"every pair; 2 of 3 .* first is \(0, 2\)"):
        pairwise_auc(scored([(0, 1)], [1], n_features=3), [(0, 1)])
    found = scored(all_pairs(3), [1, 2, 3], n_features=3)
    with pytest.raises(ValueError, match="some false; 3 of 3 are true"):
        pairwise_auc(found, [(0, 1, 2)])
    with pytest.raises(ValueError, match="some false; 0 of 3 are true"):
        pairwise_auc(found, [])
    with pytest.raises(ValueError, match=r"true_sets must index features 0 to 2"):
        pairwise_auc(found, [(1, 3)])


@pytest.mark.parametrize(
    ("found", "hits"),
    [
        (ranking((3, 4), (0, 1, 2), (0, 4)), 2),
        (ranking((0, 1), (3, 4), (0, 3), (0, 1, 2)), 1),
        (ranking((0, 3), (3, 4), (0, 1, 2)), 0),
        (ranking((0, 1, 2, 3), (3, 4)), 0),
        (ranking((3, 4)), 1),
        (ranking((1, 2)), 0),
    ],
)
def test_hits_before_first_false_positive_by_hand(found, hits):
    assert hits_before_first_false_positive(found, TRUTH) == hits
    assert top_rank_recall(found, TRUTH) == hits / 2


def test_true_set_inside_another_is_a_hit():
    assert top_rank_recall(ranking((0, 1), (0, 1, 2)), [(0, 1), (0, 1, 2)]) == 1


def test_rankings_need_a_true_set():
    for measure in (hits_before_first_false_positive, top_rank_recall):
        with pytest.raises(ValueError, match="true_sets must hold at least one set"):
            measure(ranking((0, 1)), [])


def test_trimmed_mean_sd_drops_best_and_worst():
    assert trimmed_mean_sd([9, 1, 2, 3, -100]) == (2, 1)
    assert trimmed_mean_sd([1, 3], drop=0, ddof=0) == (2, 1)
    assert trimmed_mean_sd([1, 2, 9], ddof=0) == (2, 0)


def test_trimmed_mean_sd_refuses_too_few_values():
    with pytest.raises(ValueError, match="values must be at least 4; got 3"):
        trimmed_mean_sd([1, 2, 3])
    with pytest.raises(ValueError, match="drop must be at least 0; got -1"):
        trimmed_mean_sd([1, 2, 3], drop=-1)
    with pytest.raises(ValueError, match=r"values\[1\] must be finite"):
        trimmed_mean_sd([1, np.nan, 2, 3])
