"""The compiled layer against the usual one; many networks against each alone."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from helpers.ensemble import Adam, Ensemble
from helpers.networks.motif import MotifCNN, usual_layers


def network(seed=0, **changes):
    settings = {"length": 23, "width": 6, "pool": 5, "hidden": (7, 5), **changes}
    return MotifCNN(3, seed=seed, **settings).double()


def letters(n=40, seed=0):
    return torch.from_numpy(np.random.default_rng(seed).integers(0, 4, (n, 23)))


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_lookup_equals_convolution_values_and_gradients(sign):
    one, x = network(), letters()
    with torch.no_grad():
        one.scale.mul_(sign)
    found = []
    for inputs in (x, F.one_hot(x, 4).transpose(1, 2).double()):
        one.zero_grad()
        one(inputs).pow(2).sum().backward()
        pooled = one.pooled(inputs)
        found.append([pooled, one.filters.grad.clone(), one.scale.grad.clone()])
    for ours, usual in zip(*found, strict=True):
        torch.testing.assert_close(ours, usual)


@pytest.mark.parametrize(
    "changes", [{}, {"hidden_norm": False}, {"hidden": ()}, {"width": 5, "pool": 23}]
)
def test_the_usual_layers_are_the_same_network(changes):
    one, x = network(**changes), letters()
    with torch.no_grad():
        one.scale.mul_(torch.tensor([2.0, -1.0, 0.5]))
        one.shift.add_(0.3)
        for _ in range(3):
            one.train()(x)
    one.eval()
    inputs = F.one_hot(x, 4).transpose(1, 2).double()
    torch.testing.assert_close(usual_layers(one)(inputs), one(x))
    usual = usual_layers(one, probability=True)
    torch.testing.assert_close(usual(inputs), one(x).sigmoid())
    usual[1].weight.data.zero_()  # its weights are its own
    assert one.filters.abs().min() > 0


def test_the_last_pool_may_be_shorter():
    assert network().pooled(letters()).shape == (40, 5, 3)


def test_filters_have_unit_variance_on_uniform_background():
    x = torch.from_numpy(np.random.default_rng(1).integers(0, 4, (4000, 6)))
    one = network()
    windows = F.one_hot(x, 4).transpose(1, 2).double()
    scores = torch.einsum("nbw,fbw->nf", windows, one.folded_filters()).detach()
    torch.testing.assert_close(
        scores.mean(0), torch.zeros(3).double(), atol=0.1, rtol=0
    )
    torch.testing.assert_close(scores.var(0), torch.ones(3).double(), atol=0.1, rtol=0)


@pytest.mark.parametrize("hidden_norm", [True, False])
def test_ensemble_equals_one_by_one(hidden_norm):
    x, y = letters(60).numpy(), np.random.default_rng(2).normal(size=60)
    networks = [network(seed, hidden_norm=hidden_norm) for seed in range(3)]

    def trained(some, seeds, chunk):
        return Ensemble(some, device="cpu", largest_chunk=chunk).fit(
            x, y, validation=np.arange(60) >= 40, optimizer=Adam(lr=1e-2),
            batch_size=16, max_epochs=3, seeds=seeds, progress=False,
        )  # fmt: skip

    together = trained(networks, [0, 1, 2], 2)
    for i, one in enumerate(networks):
        alone = trained([one], [i], 1)
        np.testing.assert_allclose(
            together.predict(x)[i], alone.predict(x)[0], rtol=1e-6, atol=1e-8
        )
        plain = together.network(i)(torch.from_numpy(x)).detach().numpy()
        np.testing.assert_allclose(together.predict(x)[i], plain, rtol=1e-6, atol=1e-8)


def test_running_moments_move_while_training_only():
    one, x = network(), letters()
    one.eval()(x)
    assert (one.norms[0].mean == 0).all()
    one.train()(x)
    inputs = one.hidden[0](F.relu(one.pooled(x) + one.shift).flatten(1)).detach()
    torch.testing.assert_close(one.norms[0].mean.detach(), 0.1 * inputs.mean(0))
    one.eval()
    torch.testing.assert_close(one(x[:2]), one(x)[:2])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"width": 24}, "width must be at most 23"),
        ({"pool": 0}, "pool must be at least 1"),
        ({"length": 0}, "length must be at least 1"),
    ],
)
def test_bad_input_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        network(**change)
