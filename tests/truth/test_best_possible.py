"""The best readers against sums done by hand and the reference of the study."""

import numpy as np
import pytest

from helpers.data.motifs import Motif
from helpers.truth import best_possible as best
from helpers.truth.grammars import Grammar, balanced, combinations, embed
from helpers.truth.jaspar import motif_set
from helpers.truth.responses import motif_labels, recall_by_count

A = Motif("A", [[1, 0, 0, 0]])
CG = Motif("CG", [[0, 1, 0, 0], [0, 0, 1, 0]])
TINY = Grammar((A, CG), 1)


def test_likelihood_ratios_by_hand():
    text = np.array([[0, 3, 1, 2, 3]])  # A T C G T; the whole is 4 bp: two places
    by_grammar = best.likelihood_ratios(text, TINY, reader="grammar")
    np.testing.assert_allclose(by_grammar, [[1, 4 / 2, 16 / 2, 64 / 2]])
    agnostic = best.likelihood_ratios(text, TINY, reader="agnostic")
    np.testing.assert_allclose(agnostic, [[1, 4 / 5, 16 / 4, 4 / 5 * 4]])


def test_priors_are_what_training_shows():
    np.testing.assert_allclose(best.training_prior(2, 1.0), [1 / 6] * 3 + [1 / 2])
    np.testing.assert_allclose(best.training_prior(2, 0.0), [1 / 2, 0, 0, 1 / 2])
    np.testing.assert_allclose(
        best.posterior(np.array([[1.0, 3.0]]), [0.5, 0.5]), [[0.25, 0.75]]
    )


@pytest.fixture(scope="module")
def distinct():
    grammar = Grammar(motif_set("distinct_1"), 20)
    return grammar, balanced(grammar, 300, length=250, seed=1)


def recall(sequences, calls):
    """Return the share of right calls by number of motifs, 4 to 0."""
    right = calls == (sequences.counts == 4)
    return np.array([right[sequences.counts == k].mean() for k in (4, 3, 2, 1, 0)])


@pytest.mark.parametrize(
    ("reader", "share", "expected"),
    [
        ("agnostic", 1.0, [0.938, 0.7275, 0.963, 0.996, 1.0]),
        ("grammar", 1.0, [0.996, 0.982, 1.0, 1.0, 1.0]),
        ("agnostic", 0.0, [0.9993, 0.126, 0.554, 0.934, 0.999]),
        ("grammar", 0.0, [1.0, 0.520, 0.986, 1.0, 1.0]),
    ],
)
def test_classification_agrees_with_the_reference(distinct, reader, share, expected):
    grammar, data = distinct
    p = best.probability_of_all(data.bases, grammar, reader=reader, share=share)
    # 300 sequences a combination here, 1,000 there: four standard errors of both.
    n = 1 / (
        1 / (300 * np.array([1, 4, 6, 4, 1])) + 1 / (1000 * np.array([1, 4, 6, 4, 1]))
    )
    expected = np.array(expected)
    error = 4 * np.sqrt(np.maximum(expected * (1 - expected), 0.003) / n)
    assert (np.abs(recall(data, p > 0.5) - expected) <= error).all()


def test_pairs_fool_the_reader_in_the_order_of_table_3():
    """Lemanczyk, Bartoszewicz and Renard, Table 3, network with 32 filters."""
    table = {
        (0, 3): (0.92, 0.769), (0, 2): (0.822, 0.731), (2, 3): (0.728, 0.663),
        (0, 1): (0.628, 0.489), (1, 3): (0.458, 0.401), (1, 2): (0.15, 0.269),
    }  # fmt: skip
    grammar = Grammar(motif_set("distinct_1"), 20)
    ours = {}
    for pair in table:
        present = np.zeros((1500, 4), bool)
        present[:, list(pair)] = True
        data = embed(grammar, present, length=250, seed=2)
        p = best.probability_of_all(data.bases, grammar, reader="agnostic", share=0.0)
        ours[pair] = np.mean(p <= 0.5)
    order = sorted(ours, key=ours.get)
    assert order == sorted(table, key=lambda pair: table[pair][0])
    for pair, (_, reference) in table.items():  # 1,000 sequences there, 1,500 here
        error = 4 * np.sqrt(reference * (1 - reference) * (1 / 1000 + 1 / 1500))
        assert ours[pair] == pytest.approx(reference, abs=error)


@pytest.fixture(scope="module")
def homologous():
    grammar = Grammar(motif_set("MEF2A"), 20)
    return grammar, balanced(grammar, 300, length=250, seed=1)


def test_versions_of_one_motif_can_be_counted_by_grammar_alone(homologous):
    """Each version fits the places of all four: presence says nothing, places do."""
    grammar, data = homologous
    readers = {
        reader: recall(
            data,
            best.probability_of_all(data.bases, grammar, reader=reader, share=1.0)
            > 0.5,
        )
        for reader in best.READERS
    }
    expected = [0.999, 0.987, 1, 1, 1]
    np.testing.assert_allclose(readers["grammar"], expected, atol=0.015)
    assert readers["agnostic"][0] > 0.99
    assert readers["agnostic"][1] == pytest.approx(0.0065, abs=0.015)


def test_versions_of_one_motif_are_counted_as_in_the_reference(homologous):
    grammar, data = homologous
    labels = motif_labels(combinations(4), "additive")
    guess = best.expected_label(data.bases, grammar, labels, reader="grammar")
    ours = recall_by_count(guess, data.counts.astype(float), data.counts)[::-1]
    expected = np.array([0.987, 0.988, 0.988, 0.959, 0.893])
    n = np.array([1, 4, 6, 4, 1]) / (1 / 300 + 1 / 1000)
    error = 4 * np.sqrt(expected * (1 - expected) / n) + 0.005
    assert (np.abs(ours - expected) <= error)[:-1].all()


@pytest.mark.parametrize(
    ("reader", "expected"),
    [
        ("grammar", [0.972, 0.983, 0.979, 0.937, 0.712]),
        ("agnostic", [0.60, 0.71, 0.76, 0.72, 0.60]),
    ],
)
def test_regression_agrees_with_the_reference(distinct, reader, expected):
    grammar, data = distinct
    labels = motif_labels(combinations(4), "additive")
    guess = best.expected_label(data.bases, grammar, labels, reader=reader)
    ours = recall_by_count(guess, data.counts.astype(float), data.counts)[::-1]
    n = 1 / (
        1 / (300 * np.array([1, 4, 6, 4, 1])) + 1 / (1000 * np.array([1, 4, 6, 4, 1]))
    )
    expected = np.array(expected)
    error = 4 * np.sqrt(expected * (1 - expected) / n) + 0.005  # printed digits
    # The outer bins are open here and closed there: compare the inner ones.
    assert (np.abs(ours - expected) <= error)[1:-1].all()


def test_bad_input_is_refused(distinct):
    grammar, data = distinct
    with pytest.raises(ValueError, match="reader must be one of agnostic, grammar"):
        best.likelihood_ratios(data.bases[:2], grammar, reader="both")
    with pytest.raises(ValueError, match="length must be at least 107"):
        best.likelihood_ratios(data.bases[:2, :100], grammar, reader="grammar")
    with pytest.raises(ValueError, match="share must be at most 1"):
        best.training_prior(4, 2)
    with pytest.raises(ValueError, match="labels must have 16 values"):
        best.expected_label(data.bases[:2], grammar, [0, 1], reader="agnostic")
    with pytest.raises(ValueError, match="prior must have 2 values"):
        best.posterior(np.ones((1, 2)), [1.0])


@pytest.mark.parametrize("reader", best.READERS)
def test_the_smallest_sequence_is_one_base(reader):
    one = Grammar((Motif("A", [[0.7, 0.1, 0.1, 0.1]]),), ())
    ratios = best.likelihood_ratios([[0]], one, reader=reader)
    np.testing.assert_allclose(ratios, [[1, 2.8]])
    np.testing.assert_allclose(best.training_prior(1, 0.5), [0.5, 0.5])
    share = best.probability_of_all([[0]], one, reader=reader, share=1)
    np.testing.assert_allclose(share, [2.8 / 3.8])
    label = best.expected_label([[0]], one, [0, 10], reader=reader)
    np.testing.assert_allclose(label, [28 / 3.8])
