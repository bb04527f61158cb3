"""Gene networks keep genes apart; the passes by hand equal autograd's."""

import numpy as np
import pytest
import torch
from torch import nn

from helpers.ensemble import Adam, Ensemble, l1
from helpers.networks.genes import (
    GeneNetwork,
    GenePasses,
    MainEffects,
    flops_per_person,
    initialise,
    n_parameters,
)
from helpers.training.stack import Stack

SIZES = (5, 3, 4)
CENTRE = np.linspace(0.2, 1.4, 12)
both = pytest.mark.parametrize("kind", [GeneNetwork, MainEffects])


def counts(n_people, *, n_networks=None, seed=0):
    shape = (n_people, 12) if n_networks is None else (n_networks, n_people, 12)
    draw = torch.Generator().manual_seed(seed)
    return torch.randint(0, 3, shape, generator=draw).double()


def networks(kind, n=3, **knobs):
    torch.manual_seed(0)
    made = [kind(SIZES, centre=CENTRE, **knobs).double() for _ in range(n)]
    for network in made:
        network.centre.copy_(torch.as_tensor(CENTRE))  # not rounded to 32 bits
    return made


def stacked(made):
    """Return parameters and gradients of all networks, axis 0 = network."""
    named = [dict(network.named_parameters()) for network in made]
    parameters = {
        name: torch.stack([one[name].detach() for one in named]) for name in named[0]
    }
    gradients = {name: torch.zeros_like(value) for name, value in parameters.items()}
    return parameters, gradients


def gradients_by_hand(made, x, y, own=False, batches=1):
    parameters, gradients = stacked(made)
    passes = GenePasses(made[0], parameters, gradients)
    axis = 1 if own else 0
    outputs = []
    for part, target in zip(x.chunk(batches, axis), y.chunk(batches, 1), strict=True):
        output = passes.forward(part, own)
        outputs.append(output.clone())
        passes.backward(2 * (output - target) / y.shape[1])
    return torch.cat(outputs, 1), gradients


def largest_difference(made, x, y, output, gradients, own=False):
    worst = 0.0
    for i, network in enumerate(made):
        network.zero_grad()
        alone = network(x[i] if own else x)
        (alone - y[i]).square().mean().backward()
        worst = max(worst, (alone - output[i]).abs().max().item())
        for name, parameter in network.named_parameters():
            difference = (parameter.grad - gradients[name][i]).abs().max()
            assert torch.isfinite(difference)
            worst = max(worst, difference.item())
    return worst


@both
@pytest.mark.parametrize(("own", "several"), [(False, 3), (False, 9), (True, 3)])
def test_passes_by_hand_equal_autograd(kind, own, several):
    made, n = networks(kind, n=several), 40
    x = counts(n, n_networks=several if own else None)
    y = torch.randn(several, n, 1, dtype=torch.float64)
    output, gradients = gradients_by_hand(made, x, y, own)
    assert largest_difference(made, x, y, output, gradients, own) < 1e-13
    with torch.no_grad():  # the comparison notices a small change
        made[1].encoders[2].hidden.weight[0, 0] *= 1.001
    assert largest_difference(made, x, y, output, gradients, own) > 1e-7


@both
def test_gradients_add_up_over_batches_of_different_size(kind):
    made = networks(kind)
    x, y = counts(45), torch.randn(3, 45, 1, dtype=torch.float64)
    whole = gradients_by_hand(made, x, y)
    parts = gradients_by_hand(made, x, y, batches=4)  # 12, 12, 12, 9 people
    torch.testing.assert_close(whole[0], parts[0], rtol=1e-13, atol=1e-13)
    for name in whole[1]:
        torch.testing.assert_close(whole[1][name], parts[1][name], rtol=0, atol=1e-13)


@both
def test_a_network_among_others_equals_the_network_alone(kind):
    made = networks(kind, n=9)
    x, y = counts(30), torch.randn(9, 30, 1, dtype=torch.float64)
    _, together = gradients_by_hand(made, x, y)
    _, alone = gradients_by_hand(made[2:3], x, y[2:3])
    for name in together:
        torch.testing.assert_close(together[name][2:3], alone[name], rtol=0, atol=1e-13)


def test_passes_train_a_network_like_a_plain_loop():
    made = networks(GeneNetwork, n=2)
    x = counts(60)
    y = torch.stack([x[:, :1] * x[:, 6:7], x[:, 11:].sin()])
    parameters, gradients = stacked(made)
    passes = GenePasses(made[0], parameters, gradients)
    for _ in range(20):
        for gradient in gradients.values():
            gradient.zero_()
        output = passes.forward(x)
        passes.backward(2 * (output - y) / 60)
        for name, parameter in parameters.items():
            parameter.sub_(0.05 * gradients[name])
    for i, network in enumerate(made):
        optimizer = torch.optim.SGD(network.parameters(), lr=0.05)
        for _ in range(20):
            optimizer.zero_grad()
            (network(x) - y[i]).square().mean().backward()
            optimizer.step()
        for name, parameter in network.named_parameters():
            torch.testing.assert_close(
                parameter.detach(), parameters[name][i], rtol=0, atol=1e-12
            )


@both
@pytest.mark.parametrize("order", ["shared", "own"])
def test_blocks_of_rows_train_like_whole_batches(monkeypatch, kind, order):
    made, x = networks(kind), counts(150).numpy()
    y = np.random.default_rng(0).normal(size=(3, 150))
    draw = np.random.default_rng(1)
    train = draw.random((3, 150)) < 0.6  # networks differ in their people
    validation = ~train & (draw.random((3, 150)) < 0.5)

    def trained(rows):
        monkeypatch.setattr(GenePasses, "ROWS", rows)
        ensemble = Ensemble(made, device="cpu").fit(
            x,
            y,
            own_y=True,
            train=train,
            validation=validation,
            penalty=l1(1e-3),
            optimizer=Adam(lr=0.01),
            batch_size=40,
            max_epochs=4,
            order=order,
            progress=False,
        )
        return ensemble.history_, ensemble.parameters.flat

    history, weights = trained(1_000)
    in_blocks, other_weights = trained(7)
    np.testing.assert_allclose(history, in_blocks, rtol=1e-10)
    torch.testing.assert_close(weights, other_weights, rtol=1e-10, atol=1e-11)
    assert not torch.equal(weights, Stack.of(made).flat)


def test_passes_fit_only_what_they_compute():
    class Other(GeneNetwork):
        pass

    assert GenePasses.fits(GeneNetwork(SIZES)) and GenePasses.fits(MainEffects(SIZES))
    assert not GenePasses.fits(Other(SIZES))
    assert not GenePasses.fits(GeneNetwork(SIZES, encoder=0))
    assert not GenePasses.fits(GeneNetwork(SIZES, head=(10, 10)))
    assert not GenePasses.fits(GeneNetwork(SIZES, activation="softplus"))
    assert not GenePasses.fits(nn.Linear(3, 1))


@both
def test_a_gene_value_depends_on_its_own_snps_alone(kind):
    (network,) = networks(kind, n=1)
    x = counts(10)
    before = network.genes(x)
    x[:, 5:8] = 2 - x[:, 5:8]  # the second gene
    changed = (network.genes(x) - before).abs().max(0).values
    assert changed[1] > 0 and changed[0] == 0 and changed[2] == 0


def test_main_effects_add_over_genes_and_gene_networks_do_not():
    def second_difference(network):
        x = counts(4)
        one, two, three = x.clone(), x.clone(), x.clone()
        one[:, :5], two[:, 5:8] = 0, 0
        three[:, :8] = 0
        difference = network(x) - network(one) - network(two) + network(three)
        return difference.abs().max().item()

    (additive,), (general,) = networks(MainEffects, n=1), networks(GeneNetwork, n=1)
    assert second_difference(additive) < 1e-13 < 1e-4 < second_difference(general)


def test_centre_is_subtracted():
    (network,) = networks(GeneNetwork, n=1)
    plain = GeneNetwork(SIZES).double()
    plain.load_state_dict({**network.state_dict(), "centre": torch.zeros(12)})
    x = counts(6)
    torch.testing.assert_close(plain(x - torch.as_tensor(CENTRE)), network(x))


def test_the_published_architecture_has_its_size():
    sizes = (67,) * 5 + (66,) * 5
    network = GeneNetwork(sizes)
    assert n_parameters(network) == 8061
    assert flops_per_person(network) == {"forward": 15_700, "step": 33_800}


def test_first_weights_fill_the_range_of_their_layer():
    torch.manual_seed(0)
    network = GeneNetwork((60, 60))
    for layer, fans in ((network.encoders[0].hidden, 70), (network.layers[0], 102)):
        bound = (6 / fans) ** 0.5
        for drawn in (layer.weight, layer.bias):
            assert 0.5 * bound < drawn.abs().max() <= bound
    torch.manual_seed(0)
    again = GeneNetwork((60, 60))
    assert torch.equal(again.layers[1].weight, network.layers[1].weight)


def test_the_published_code_counts_linear_encoders_as_one_layer():
    network = GeneNetwork(SIZES, encoder=0, activation="softplus")
    assert network.encoders[0].hidden is None
    initialise(network, encoders_as_one=True)
    largest = max(e.output.weight.abs().max().item() for e in network.encoders)
    assert 0.4 < largest <= (6 / 15) ** 0.5  # 12 SNPs in, 3 genes out


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: GeneNetwork(()), "sizes must name at least one gene"),
        (lambda: GeneNetwork((3, 0)), "sizes must be at least 1; got 0"),
        (lambda: GeneNetwork((3, 2.5)), "sizes must be an integer"),
        (lambda: GeneNetwork(SIZES, encoder=-1), "encoder must be at least 0"),
        (lambda: GeneNetwork(SIZES, head=()), "head must have a hidden layer"),
        (lambda: GeneNetwork(SIZES, activation="tanh"), "one of relu, softplus"),
        (lambda: GeneNetwork(SIZES, centre=np.zeros(3)), "centre must have 12 values"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call()
