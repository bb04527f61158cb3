"""Motif networks: what they compute, what they can learn, many against each alone."""

import numpy as np
import pytest
import torch

from helpers.data.bases import encode
from helpers.ensemble import Adam, Ensemble
from helpers.networks.factorization import MotifBuilder, MotifNetwork
from helpers.networks.layers import FactorizationMachine
from helpers.truth.planted import VARIANTS


def network(seed=0, **changes):
    return MotifNetwork(4, **{"width": 5, "n_factors": 3, "seed": seed} | changes)


def letters(n=60, length=31, seed=0):
    return np.random.default_rng(seed).integers(0, 5, (n, length)).astype(np.uint8)


def test_factorization_machine_sums_all_pairs():
    layer = FactorizationMachine(5, 2, 3, seed=1).double()
    x = torch.randn(7, 5, generator=torch.Generator().manual_seed(0)).double()
    weights = layer.pair_weights()
    pairs = sum(
        weights[:, i, j] * (x[:, i] * x[:, j])[:, None]
        for i in range(5)
        for j in range(i)
    )
    expected = x @ layer.weights.T + layer.bias + pairs
    torch.testing.assert_close(layer(x), expected)


def test_vectors_start_with_the_spread_asked_for():
    one = FactorizationMachine(300, 2, 20, vector_sd=0.02, seed=0)
    assert abs(one.vectors.std().item() - 0.02) < 0.001


def test_without_factors_it_is_linear():
    layer = FactorizationMachine(5, 2, 0, seed=1)
    assert {name for name, _ in layer.named_parameters()} == {"weights", "bias"}


def test_features_are_standardised_over_the_batch():
    x = torch.from_numpy(letters())
    features = network().double().train().features(x)
    torch.testing.assert_close(features.mean(0), torch.zeros(4).double())
    torch.testing.assert_close(features.std(0, correction=0), torch.ones(4).double())
    assert network(standardise=False).norm is None


def test_unknown_letters_add_nothing():
    one = network(standardise=False).double()
    x = torch.full((1, 9), 4)
    with torch.no_grad():
        torch.testing.assert_close(one.features(x)[0], one.shift.relu())


def test_a_threshold_hides_background():
    x = torch.from_numpy(letters())
    with torch.no_grad():
        open_, closed = (
            network(threshold=t, standardise=False).features(x).mean()
            for t in (0.0, 2.0)
        )
    assert closed < open_ / 5


@pytest.mark.parametrize(
    "make",
    [
        network,
        lambda seed: network(seed, standardise=False),
        lambda seed: network(seed, n_factors=0, n_targets=2),
        lambda seed: MotifBuilder(3, block=2, taps=3, seed=seed),
    ],
    ids=["fm", "fm-thesis", "baseline", "builder"],
)
def test_ensemble_equals_one_by_one(make):
    x = letters()
    networks = [make(seed).double() for seed in range(3)]
    n_targets = networks[0].read_out.weights.shape[0]
    y = np.random.default_rng(2).integers(0, 2, (60, n_targets))
    validation = np.stack([np.arange(60) % 3 == fold for fold in range(3)])

    def trained(some, seeds, held_out, chunk):
        return Ensemble(some, device="cpu", largest_chunk=chunk).fit(
            x, y, validation=held_out, loss="binary_cross_entropy",
            optimizer=Adam(lr=1e-2), batch_size=16, max_epochs=3, seeds=seeds,
            progress=False,
        )  # fmt: skip

    for chunk in (2, 3):
        together = trained(networks, [0, 1, 2], validation, chunk)
        for i, one in enumerate(networks):
            alone = trained([one], [i], validation[i], 1)
            np.testing.assert_allclose(
                together.predict(x)[i], alone.predict(x)[0], rtol=1e-6, atol=1e-8
            )


def test_a_frozen_network_keeps_its_filters():
    x, y = letters(), np.arange(60) % 2
    donor = network(seed=5)
    frozen = [network(seed=s).freeze_filters(donor) for s in range(2)]
    ensemble = Ensemble(frozen, device="cpu").fit(
        x, y, loss="binary_cross_entropy", optimizer=Adam(lr=1e-2), max_epochs=2,
        stopping=None, progress=False,
    )  # fmt: skip
    for i in range(2):
        assert (ensemble.network(i).filters == donor.filters).all()
        moved = ensemble.network(i).read_out.vectors - frozen[i].read_out.vectors
        assert moved.abs().max() > 0
    with pytest.raises(ValueError, match="filters of shape"):
        network(width=7).freeze_filters(donor)


def test_blocks_are_exact_matches():
    one = MotifBuilder(2, block=2, taps=2, seed=0)
    assert one.blocks(torch.tensor([[0, 1, 4, 3, 3]])).tolist() == [[1, 16, 16, 15]]


def test_a_builder_can_tell_variants_that_no_filter_can():
    # One filter whose first tap likes exactly the on-variants of the third motif.
    one = MotifBuilder(1, block=4, taps=3, seed=0)
    table = torch.zeros_like(one.filters)
    for on in VARIANTS[2][:2]:
        for tap in range(3):
            block = encode([on[4 * tap : 4 * tap + 4]])[0].astype(int)
            table[tap, block @ [64, 16, 4, 1], 0] = 1.0
    with torch.no_grad():
        one.filters.copy_(table)
        one.shift.fill_(-2.0)
        x = torch.from_numpy(encode(VARIANTS[2]))
        assert one.features(x)[:, 0].tolist() == [1.0, 1.0, 0.0, 0.0]


@pytest.mark.parametrize("make", [network, lambda: MotifBuilder(2, block=2, seed=0)])
@pytest.mark.parametrize("value", [5, 300, -1])
@pytest.mark.parametrize("place", [0, 13, 30])
def test_what_is_no_base_number_is_refused(make, value, place):
    x = letters().astype(np.int64)
    x[7, place] = value
    with pytest.raises(ValueError, match="must hold base numbers"):
        Ensemble([make()], device="cpu").fit(
            x, np.arange(60) % 2, loss="binary_cross_entropy", max_epochs=1,
            stopping=None, progress=False,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("make", "bp"), [(network, 2), (lambda: MotifBuilder(2, block=2, seed=0), 3)]
)
def test_sequences_shorter_than_a_filter_are_refused(make, bp):
    with pytest.raises(ValueError, match=f"at least {bp} bp longer"):
        make()(torch.zeros(4, 3))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: network(width=0), "width must be at least 1"),
        (lambda: MotifNetwork(0, width=3), "n_filters must be at least 1"),
        (lambda: network(n_factors=-1), "n_factors must be at least 0"),
        (lambda: network(threshold=-1.0), "threshold must be at least 0"),
        (lambda: network(vector_sd=-1.0), "vector_sd must be at least 0"),
        (lambda: MotifBuilder(2, block=0), "block must be at least 1"),
        (lambda: MotifBuilder(2, taps=0), "taps must be at least 1"),
    ],
)
def test_bad_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()
