"""Filters as matrices, and the motifs they agree with."""

import os

import numpy as np
import pytest
import torch

from helpers.data.bases import encode
from helpers.data.motifs import Motif
from helpers.explain import filters
from helpers.loaders.motifs import read_motifs
from helpers.networks.motif import MotifCNN
from helpers.truth.jaspar import motif_set
from helpers.truth.planted import consensus_strings

MOTIFS = motif_set("distinct_1")


def seeking(*strings, width=12):
    """Return filters that reward the letters of each string from its start."""
    weights = np.full((len(strings), 4, width), -1.0)
    for one, string in zip(weights, strings, strict=True):
        letters = encode([string])[0]
        one[letters, np.arange(len(letters))] = 2.0
    return weights


def test_negative_weights_count_as_zero_and_silent_positions_as_uniform():
    weights = np.array([[[3.0, -1.0], [1.0, -1.0], [-2.0, -1.0], [0.0, 0.0]]])
    found = filters.weight_matrices(weights)
    assert found.tolist() == [[[0.75, 0.25, 0, 0], [0.25] * 4]]
    tensor = torch.from_numpy(weights).requires_grad_()
    assert (filters.weight_matrices(tensor) == found).all()


def test_a_letter_is_sought_if_it_contributes_a_tenth_of_a_bit():
    # Two letters of one half: 1 bit in all, half a bit each.
    sought = filters.sought_letters(
        [[[0.5, 0.5, 0, 0], [0.25] * 4, [0.4, 0.2, 0.2, 0.2]]]
    )
    assert sought.tolist() == [[[True, True, False, False], [False] * 4, [False] * 4]]


def test_agreement_slides_over_both_ends():
    matrices = filters.weight_matrices(seeking("GTAAACA", "ACGT"))
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
    matrices = filters.weight_matrices(seeking(*strings.values(), width=20))
    scores = filters.agreement(matrices, strings).to_numpy(copy=True)
    np.testing.assert_allclose(np.diag(scores), 1)
    np.fill_diagonal(scores, 0)
    names = list(strings)
    full = {frozenset((names[i], names[j])) for i, j in np.argwhere(scores == 1)}
    assert full == {frozenset(("JUND", "JUNB"))}


def test_a_filter_that_is_a_motif_fits_it():
    first, second = motif_set("distinct_1")[:2]
    weights = np.zeros((2, 4, 16))
    weights[0, :, 2:14] = 3 * (first.ppm.T - 0.25)
    weights[1, :, 4:16] = second.ppm.T - 0.25
    np.testing.assert_allclose(filters.correlations(weights, first)[0], 1)
    assert filters.correlations(weights, first)[1] < 0.9
    assert filters.correlations(weights, second).argmax() == 1
    with pytest.raises(ValueError, match="filters must have shape"):
        filters.correlations(np.ones((2, 3, 9)), first)


def test_response_matrices_show_what_a_filter_waits_for():
    one = MotifCNN(2, length=20, width=3, pool=20, seed=0)
    sequences = np.random.default_rng(0).integers(0, 4, (300, 20)).astype(np.uint8)
    with torch.no_grad():
        one.filters.zero_()
        for position, base in enumerate([1, 2, 0]):  # CGA
            one.filters[:, base, position] = 1
        one.scale[1] = -1  # waits for what is least like it
    first, second = filters.response_matrices(one, sequences, share=0.9)
    np.testing.assert_allclose(first, np.eye(4)[[1, 2, 0]])
    np.testing.assert_allclose(second.sum(axis=1), 1, rtol=1e-6)
    np.testing.assert_array_equal(second[[0, 1, 2], [1, 2, 0]], 0)
    with torch.no_grad():
        one.scale[1] = 0  # waits for nothing
    np.testing.assert_allclose(filters.response_matrices(one, sequences)[1], 0.25)
    with pytest.raises(ValueError, match="share must be at most 1"):
        filters.response_matrices(one, sequences, share=2)


@pytest.mark.data
def test_tomtom_finds_the_motif_a_matrix_was_made_from():
    folder = os.environ.get("INTERACTIONS_DATA")
    if not folder:
        pytest.skip("INTERACTIONS_DATA is not set: no motif database")
    database = read_motifs(f"{folder}/motifs/jaspar2022_core_vertebrates.meme.gz")
    queries = [database["MA0035.4"].ppm[2:9], database["MA0048.2"].ppm[::-1, ::-1]]
    found = filters.tomtom_best(queries, database)
    assert found["motif"].tolist()[1] == "MA0048.2"
    assert found["strand"].tolist()[1] == "-"
    assert "GATA" in found["label"].tolist()[0].upper()
    assert (found["e_value"] < 0.01).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: filters.weight_matrices(np.zeros((2, 3, 5))),
            r"\(n_filters, 4, width\)",
        ),
        (lambda: filters.weight_matrices(np.full((1, 4, 2), np.nan)), "must be finite"),
        (
            lambda: filters.agreement(np.full((1, 3, 4), 0.25), {"x": "ACN"}),
            "may hold only A, C, G, T",
        ),
        (lambda: filters.tomtom_best([], {}), "one or more motifs"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_motif_is_its_own_best_match_by_agreement():
    motif = Motif("m", np.eye(4)[[0, 1, 2, 3, 0]])
    assert filters.agreement(motif.ppm[None], {"m": motif.consensus}).loc[0, "m"] == 1


def test_shifted_and_turned_motifs_are_found():
    blank = np.full((2, 4), 0.25)
    turned = MOTIFS[1].ppm[::-1, ::-1]
    anything = np.random.default_rng(0).dirichlet(np.ones(4), 13)
    matrices = [np.vstack([blank, MOTIFS[3].ppm])[:13], turned, anything]
    table = filters.tomtom_matches(matrices, MOTIFS)
    assert len(table) == 3 * 4
    best = table.loc[table.groupby("matrix")["p"].idxmin()].set_index("matrix")
    assert best["motif"].tolist()[:2] == ["MA0090.3", "MA0048.1"]
    assert (best["p"][:2] < 1e-6).all()
    assert best["p"][2] > 0.05 / 4
    assert best.loc[0, ["offset", "overlap", "reverse"]].tolist() == [-2, 11, False]
    assert best["reverse"][1]
    again = filters.tomtom_matches(matrices[:1], MOTIFS)
    assert again.equals(table[:4])


def test_nothing_to_match_is_refused():
    with pytest.raises(ValueError, match="at least one each; got 0 and 4"):
        filters.tomtom_matches([], MOTIFS)
    with pytest.raises(ValueError, match="at least one each; got 1 and 0"):
        filters.tomtom_matches([MOTIFS[0].ppm], [])
    with pytest.raises(ValueError, match="n_shuffles must be at least 6; got 5"):
        filters.tomtom_matches([MOTIFS[0].ppm], MOTIFS, n_shuffles=5)
    with pytest.raises(ValueError, match="motif matrix 1: row 1 must"):
        filters.tomtom_matches([MOTIFS[0].ppm, np.ones((3, 4))], MOTIFS)


def test_answers_are_correlations_with_presence():
    present = np.array([[1, 0], [1, 1], [0, 0], [0, 1]], dtype=bool)
    responses = np.array(
        [[2.0, 5.0, 0.0], [2.0, 5.0, 1.0], [1.0, 5.0, 0.0], [1.0, 5.0, 1.0]]
    )
    found = filters.response_correlations(responses, present)
    # The first follows the first motif, the second never moves, the third the second.
    np.testing.assert_allclose(found, [[1, 0], [0, 0], [0, 1]], atol=1e-12)
    reverse = filters.response_correlations(-3 * responses + 1, present)
    np.testing.assert_allclose(reverse, -found, atol=1e-12)


@pytest.mark.parametrize(
    ("responses", "message"),
    [
        (np.zeros((3, 2)), "the same rows; got shapes"),
        (np.zeros(4), "must have two axes"),
        (np.full((4, 2), np.nan), "must be finite; got nan"),
    ],
)
def test_bad_responses(responses, message):
    with pytest.raises(ValueError, match=message):
        filters.response_correlations(responses, np.eye(4))
