"""Filters as matrices, and the motifs they agree with."""

import os

import numpy as np
import pytest
import torch

from helpers import filters
from helpers.truth.motifs import Motif, read_motifs
from helpers.truth.planted import consensus_strings
from helpers.truth.sequences import encode


def seeking(*strings, width=12):
    """Return filters that reward the letters of each string from its start."""
    weights = np.full((len(strings), 4, width), -1.0)
    for one, string in zip(weights, strings, strict=True):
        letters = encode([string])[0]
        one[letters, np.arange(len(letters))] = 2.0
    return weights


def test_negative_weights_count_as_zero_and_silent_positions_as_uniform():
    weights = np.array([[[3.0, -1.0], [1.0, -1.0], [-2.0, -1.0], [0.0, 0.0]]])
    found = filters.filter_matrices(weights)
    assert found.tolist() == [[[0.75, 0.25, 0, 0], [0.25] * 4]]
    tensor = torch.from_numpy(weights).requires_grad_()
    assert (filters.filter_matrices(tensor) == found).all()


def test_a_letter_is_sought_if_it_contributes_a_tenth_of_a_bit():
    # Two letters of one half: 1 bit in all, half a bit each.
    sought = filters.sought_letters(
        [[[0.5, 0.5, 0, 0], [0.25] * 4, [0.4, 0.2, 0.2, 0.2]]]
    )
    assert sought.tolist() == [[[True, True, False, False], [False] * 4, [False] * 4]]


def test_agreement_slides_over_both_ends():
    matrices = filters.filter_matrices(seeking("GTAAACA", "ACGT"))
    scores = filters.agreement(
        matrices, {"whole": "GTAAACA", "end": "TTTTGTAAACA", "long": "C" * 20}
    )
    assert scores.loc[0, "whole"] == 1
    assert scores.loc[0, "end"] == pytest.approx(7 / 11)
    assert scores.loc[0, "long"] == pytest.approx(1 / 12)
    assert scores.loc[1, "whole"] == pytest.approx(2 / 7)


def test_kinds_and_partners():
    matched = np.array([[1, 0, 0, 0], [0, 1, 1, 0], [0, 0, 0, 0], [0, 0, 0, 1]], bool)
    assert filters.kinds(matched).tolist() == [
        "single",
        "combination",
        "none",
        "single",
    ]
    pairs = [(0, 1), (2, 3)]
    assert filters.partner_filters(matched, pairs) == ((0, 1), (1, 3))


def test_only_nested_strings_of_the_twenty_agree_completely():
    strings = consensus_strings()
    matrices = filters.filter_matrices(seeking(*strings.values(), width=20))
    scores = filters.agreement(matrices, strings).to_numpy(copy=True)
    np.testing.assert_allclose(np.diag(scores), 1)
    np.fill_diagonal(scores, 0)
    names = list(strings)
    full = {frozenset((names[i], names[j])) for i, j in np.argwhere(scores == 1)}
    assert full == {frozenset(("JUND", "JUNB"))}


@pytest.mark.data
@pytest.mark.slow
def test_tomtom_finds_the_motif_a_matrix_was_made_from():
    folder = os.environ.get("INTERACTIONS_DATA")
    if not folder:
        pytest.skip("INTERACTIONS_DATA is not set: no motif database")
    database = read_motifs(f"{folder}/motifs/jaspar2022_core_vertebrates.meme.gz")
    queries = [database["MA0035.4"].ppm[2:9], database["MA0048.2"].ppm[::-1, ::-1]]
    found = filters.tomtom(queries, database)
    assert found["motif"].tolist()[1] == "MA0048.2"
    assert found["strand"].tolist()[1] == "-"
    assert "GATA" in found["label"].tolist()[0].upper()
    assert (found["e_value"] < 0.01).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: filters.filter_matrices(np.zeros((2, 3, 5))),
            r"\(n_filters, 4, width\)",
        ),
        (lambda: filters.filter_matrices(np.full((1, 4, 2), np.nan)), "must be finite"),
        (
            lambda: filters.agreement(np.full((1, 3, 4), 0.25), {"x": "ACN"}),
            "may hold only A, C, G, T",
        ),
        (lambda: filters.tomtom([], {}), "one or more motifs"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_motif_is_its_own_best_match_by_agreement():
    motif = Motif("m", np.eye(4)[[0, 1, 2, 3, 0]])
    assert filters.agreement(motif.ppm[None], {"m": motif.consensus}).loc[0, "m"] == 1
