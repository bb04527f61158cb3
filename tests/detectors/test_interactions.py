import numpy as np
import pytest

from helpers.detectors import Interactions, all_pairs, feature_names
from helpers.detectors.interactions import pairs_or_all, warn_of_zeros


def found(**changes):
    values = {
        "sets": [(1, 0), (0, 2), (2, 1)],
        "scores": [1, 3, 2],
        "features": ["a", "b", "c"],
        "detector": "test",
        "details": {"p": [0.3, 0.1, 0.2]},
    }
    return Interactions(**{**values, **changes})


def test_sets_are_sorted_and_ranked_with_their_details():
    ranked = found().ranked()
    assert ranked.sets == ((0, 2), (1, 2), (0, 1))
    assert ranked.scores.tolist() == [3, 2, 1]
    assert ranked.details["p"].tolist() == [0.1, 0.2, 0.3]


def test_frame_shows_names_and_details_strongest_first():
    frame = found().to_frame()
    assert frame["features"].tolist() == ["a × c", "b × c", "a × b"]
    assert frame["rank"].tolist() == [1, 2, 3]
    assert frame["order"].tolist() == [2, 2, 2]
    assert frame["p"].tolist() == [0.1, 0.2, 0.3]


def test_matrix_is_symmetric_and_empty_where_nothing_was_scored():
    matrix = found(sets=[(0, 1), (0, 1, 2)], scores=[5, 9], details={}).matrix()
    assert matrix[0, 1] == matrix[1, 0] == 5
    assert np.isnan(matrix).sum() == 7


def test_take_keeps_the_given_order():
    assert found().take([2, 0]).sets == ((1, 2), (0, 1))
    assert len(found().take([])) == 0


def test_all_pairs_are_lexicographic():
    assert all_pairs(3) == ((0, 1), (0, 2), (1, 2))
    assert pairs_or_all(None, 3) == all_pairs(3)
    assert pairs_or_all([(2, 0)], 3) == ((0, 2),)


def test_names_count_from_one():
    assert feature_names(np.zeros((4, 2))) == ("x1", "x2")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"scores": [1, 2]}, "scores must have 3 values; got 2"),
        ({"scores": [1, np.nan, 2]}, r"scores\[1\] must be finite; got nan"),
        ({"sets": [(0, 1), (0, 2), (1, 3)]}, r"features 0 to 2; got \(1, 3\)"),
        ({"sets": [(0, 1), (0, 2), (1,)]}, r"two or more .* got \(1,\)"),
        ({"details": {"p": [1]}}, r"details\['p'\] must have 3 values; got 1"),
    ],
)
def test_malformed_results_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        found(**changes)


def test_pairs_must_be_pairs():
    with pytest.raises(ValueError, match=r"pairs of features; got \(0, 1, 2\)"):
        pairs_or_all([(0, 1, 2)], 3)
    with pytest.raises(ValueError, match="at least one pair; got none"):
        pairs_or_all([], 3)


def test_one_score_above_zero_is_no_reason_to_warn():
    warn_of_zeros(np.array([0.0, 2.0]), "toy", 5)  # warnings are errors here
    warn_of_zeros(np.zeros(2), "toy", 10_000)
    with pytest.warns(UserWarning, match="toy finds no interaction at all: the 5 rows"):
        warn_of_zeros(np.zeros(2), "toy", 5)
