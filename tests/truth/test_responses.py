"""Occupancy, expected counts and effects: by hand, then the study's noise floors."""

import numpy as np
import pytest
import torch

from helpers.data.bases import encode
from helpers.data.motifs import Motif
from helpers.loaders.motifs import FOLDER, read_motifs
from helpers.significance.held_out import LOSSES
from helpers.truth import responses
from helpers.truth import sequences as dna

# Published (first study, 50,000 test sequences): label mean, share of zeros, Anscombe
# loss of the truth, variance of Anscombe labels; and on the pairs the truth's mean and
# median interaction, its loss with and without, and the median loss change.
PUBLISHED = {
    ("valid", 0): (133.05, 0.0479, 0.9578, 80.18, 0, 0, 1.0, 1.0, 0),
    ("valid", 1): (106.05, 0.0963, 0.9144, 89.22, 41.50, 46.0, 1.001, 12.12, 10.2),
    ("same", 0): (148.79, 0.0231, 0.9837, 78.14, 0, 0, 1.0, 1.0, 0),
    ("same", 1): (124.19, 0.0656, 0.9440, 97.36, 39.17, 42.9, 0.992, 10.70, 8.08),
}


@pytest.fixture(scope="module")
def study():
    motifs = [m.smoothed() for m in read_motifs(FOLDER / "encode.meme").values()]
    drawn = dna.simulate(50_000, motifs, seed=21)
    rows = dna.select_pairs(drawn)
    return drawn, rows, dna.knock_out(drawn[rows], seed=22)


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_noise_floors_and_true_interactions_of_the_study(study, padding):
    drawn, rows, knocked_out = study
    occupancy = responses.occupancy(drawn.sequences, drawn.motifs, padding=padding)
    of_pairs = responses.occupancy(knocked_out, drawn.motifs, padding=padding)
    for strength in (0, 1):
        mean, zeros, floor, variance, i_mean, i_median, kept, removed, median = (
            PUBLISHED[padding, strength]
        )
        rate = responses.rate(occupancy, strength)
        counts = responses.poisson_counts(rate, seed=23)
        # Tolerances: four standard errors of a set this size, and of the published.
        assert counts.mean() == pytest.approx(mean, abs=2.3)
        assert (counts == 0).mean() == pytest.approx(zeros, abs=0.0075)
        loss = LOSSES["anscombe"](rate, counts).mean()
        assert loss == pytest.approx(floor, abs=0.035)
        assert responses.anscombe(counts).var() == pytest.approx(variance, abs=3.5)

        truth = responses.effects(responses.rate(of_pairs, strength))
        if strength == 0:
            assert np.abs(truth.interaction).max() < 1e-12
        assert truth.interaction.mean() == pytest.approx(i_mean, abs=1.1)
        assert np.median(truth.interaction) == pytest.approx(i_median, abs=0.9)
        with_it = LOSSES["anscombe"](truth.intact, counts[rows])
        without = LOSSES["anscombe"](truth.without_interaction, counts[rows])
        assert with_it.mean() == pytest.approx(kept, abs=0.095)
        assert without.mean() == pytest.approx(removed, abs=0.7)
        assert np.median(without - with_it) == pytest.approx(median, abs=0.6)


def test_main_effects_of_the_study(study):
    drawn, _, knocked_out = study
    truth = responses.effects(
        responses.rate(responses.occupancy(knocked_out, drawn.motifs))
    )
    assert truth.main.shape == (2, *truth.intact.shape)
    assert truth.intact.mean() == pytest.approx(231.3, abs=2.8)
    percentiles = np.percentile(truth.additive, [5, 50, 95])
    np.testing.assert_allclose(percentiles, [120.7, 199.9, 251.9], rtol=0.06)


def test_occupancy_by_hand():
    motif = Motif("m", [[0.7, 0.1, 0.1, 0.1]])  # A: odds 2.8, any other: 0.4
    text = encode(["AACC", "CCCC"])
    expected = [2 * 2.8 / 3.8 + 2 * 0.4 / 1.4, 4 * 0.4 / 1.4]
    np.testing.assert_allclose(responses.occupancy(text, [motif]), expected)
    np.testing.assert_allclose(
        responses.occupancy(text[None], [motif, motif]), [2 * np.array(expected)]
    )


def test_rates_are_the_published_ends_and_meet_in_between():
    q = np.array([0, 1, 25 / 9, 4])
    np.testing.assert_allclose(responses.rate(q, 0), 100 * q)
    np.testing.assert_allclose(responses.rate(q, 1), 60 * q**1.5)
    for strength in (0.2, 0.5, 0.9):
        assert responses.rate(25 / 9, strength) == pytest.approx(100 * 25 / 9)
        low, graded, high = (responses.rate(4.0, s) for s in (0, strength, 1))
        assert low < graded < high


def test_graded_strengths_have_graded_interactions(study):
    drawn, _, knocked_out = study
    occupancy = responses.occupancy(knocked_out[:, :, :500], drawn.motifs)
    means = [
        responses.effects(responses.rate(occupancy, s)).interaction.mean()
        for s in (0, 0.25, 0.5, 0.75, 1)
    ]
    assert np.all(np.diff(means) > 5)


def test_anscombe_and_its_inverse():
    counts = np.array([0, 1, 10, 400.0])
    transformed = responses.anscombe(counts)
    np.testing.assert_allclose(transformed, 2 * np.sqrt(counts + 0.375))
    np.testing.assert_allclose(
        responses.inverse_anscombe(transformed), counts, atol=1e-12
    )
    assert responses.anscombe(torch.tensor(0.625)) == 2
    draws = responses.poisson_counts(np.full(100_000, 50.0), seed=1)
    assert responses.anscombe(draws).std() == pytest.approx(1, abs=0.012)


def test_effects_by_hand_and_for_many_networks():
    values = np.array([[[1.0], [4.0]], [[3.0], [10.0]]])  # neither, second; first, both
    found = responses.effects(values)
    np.testing.assert_allclose(found.main, [[2], [3]])
    np.testing.assert_allclose(found.joint, [9])
    np.testing.assert_allclose(found.interaction, [4])
    np.testing.assert_allclose(found.additive, [5])
    np.testing.assert_allclose(found.without_interaction, [6])
    stacked = responses.effects(np.stack([values, 2 * values, 0 * values]))
    np.testing.assert_allclose(stacked.interaction, [[4], [8], [0]])
    assert stacked.main.shape == (2, 3, 1)


def test_bad_input_is_named():
    with pytest.raises(ValueError, match=r"values must have shape \(\.\.\., 2, 2, n\)"):
        responses.effects(np.zeros((2, 4)))
    with pytest.raises(ValueError, match="strength must be at most 1; got 2"):
        responses.rate(1.0, 2)
    with pytest.raises(ValueError, match="occupancy must be at least 0; got -1"):
        responses.rate([1.0, -1.0])
    for wrong in (-1.0, np.nan, np.inf):
        with pytest.raises(ValueError, match="rate must be finite and at least 0"):
            responses.poisson_counts([1.0, wrong])


PRESENT = np.array([[False, False], [True, False], [True, True]])


@pytest.mark.parametrize(
    ("effect", "constant", "expected"),
    [
        ("additive", None, [0, 1, 2]),
        ("enhancing", 2, [0, 1, 4]),
        ("inhibiting", -2, [0, 1, 0]),
        ("quadratic", None, [0, 1, 4]),
    ],
)
def test_labels_of_motifs(effect, constant, expected):
    labels = responses.motif_labels(PRESENT, effect, constant=constant)
    np.testing.assert_array_equal(labels, expected)


@pytest.mark.parametrize(
    ("effect", "constant", "message"),
    [
        ("enhancing", None, "constant must be given for effect enhancing, above 0"),
        ("inhibiting", None, "constant must be given for effect inhibiting, below 0"),
        ("enhancing", -1, "constant must lie above 0"),
        ("inhibiting", 0, "constant must lie below 0"),
        ("additive", 1, "constant has no use"),
        ("cubic", None, "effect must be one of"),
    ],
)
def test_effects_need_their_constant(effect, constant, message):
    with pytest.raises(ValueError, match=message):
        responses.motif_labels(PRESENT, effect, constant=constant)


def test_labels_need_bool():
    with pytest.raises(ValueError, match="present must be bool"):
        responses.motif_labels([[0, 1]], "additive")


def test_recall_counts_predictions_in_open_bins_between_midpoints():
    labels = np.array([0.0, 1.0, 1.0, 6.0])
    counts = np.array([0, 1, 1, 3])
    predictions = np.array([[-9.0, 0.6, 3.6, 99.0], [0.6, 1.0, 1.0, 3.4]])
    recall = responses.recall_by_count(predictions, labels, counts)
    np.testing.assert_array_equal(recall, [[1, 0.5, np.nan, 1], [0, 1, np.nan, 0]])
    with pytest.raises(ValueError, match="must be of one length; got 4, 3 and 4"):
        responses.recall_by_count(predictions, labels[:3], counts)


def test_the_smallest_responses_are_of_one_base():
    a = Motif("A", [[0.7, 0.1, 0.1, 0.1]])
    bound = responses.occupancy([[0]], [a])
    np.testing.assert_allclose(bound, [0.7 / (0.7 + 0.25)])  # odds of 2.8
    np.testing.assert_allclose(responses.rate(bound), 100 * bound)
    assert responses.poisson_counts([0.0]).tolist() == [0]
    back = responses.inverse_anscombe(responses.anscombe(np.array([0.0])))
    np.testing.assert_allclose(back, [0], atol=1e-15)
    assert responses.effects(np.zeros((2, 2, 1))).interaction.tolist() == [0]
    one = np.array([[True]])
    assert responses.motif_labels(one, "enhancing", constant=2).tolist() == [3]
    assert responses.recall_by_count([5.0], [1.0], [0]).tolist() == [1]  # a single bin
