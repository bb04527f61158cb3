import pytest
import torch

from helpers import device
from helpers.networks.gam import GAM_WEIGHTS, InteractionGAM
from helpers.networks.mlp import MLP
from helpers.training.penalties import matches


def gam(*args, **kwargs):
    with device.seeded(0):
        return InteractionGAM(*args, **kwargs).double()


def alone(network, k):
    """Return the network of set k as an ordinary MLP of the set's features alone."""
    members = list(network.sets[k])
    hidden = [weight.shape[1] for weight in network.weights[:-1]]
    mlp = MLP(len(members), hidden, network.weights[-1].shape[1]).double()
    with torch.no_grad():
        for i, layer in enumerate(mlp.layers):
            weight = network.weights[i][k]
            layer.weight.copy_(weight[:, members] if i == 0 else weight)
            layer.bias.copy_(
                network.biases[i][k] if i < len(hidden) else torch.zeros(1)
            )
    return mlp, members


def test_each_set_has_an_mlp_of_its_own_features():
    network = gam(5, [(0, 3), (1, 2, 4)], hidden=(7, 4), n_outputs=2)
    x = torch.randn(9, 5, dtype=torch.float64)
    parts = network.of_sets(x)
    assert parts.shape == (9, 2, 2)
    for k in range(2):
        mlp, members = alone(network, k)
        torch.testing.assert_close(parts[:, k], mlp(x[:, members]))


def test_output_is_the_sum_of_its_parts():
    network = gam(4, [(0, 1), (2, 3)], hidden=(5,), univariate=(3,))
    with torch.no_grad():
        network.constant.fill_(2.5)
    x = torch.randn(6, 4, dtype=torch.float64)
    expected = 2.5 + network.univariate(x) + network.of_sets(x).sum(1)
    torch.testing.assert_close(network(x), expected)


def test_features_of_different_sets_do_not_interact():
    network = gam(3, [(0, 1)])
    a, b = torch.tensor([0.3, -0.2, 0.5]), torch.tensor([-0.7, 0.9, -0.4])

    def mixed(i, j):
        """Return f(a) - f(a_i) - f(a_j) + f(a_ij), where members come from b."""
        points = a.repeat(4, 1).double()
        points[1, i] = points[3, i] = b[i]
        points[2, j] = points[3, j] = b[j]
        f = network(points)[:, 0]
        return (f[0] - f[1] - f[2] + f[3]).abs().item()

    assert mixed(0, 1) > 1e-4
    assert max(mixed(0, 2), mixed(1, 2)) < 1e-14


def test_without_sets_it_is_additive_with_a_constant():
    network = gam(3)
    x = torch.randn(4, 3, dtype=torch.float64)
    assert network.sets == ()
    assert network.of_sets(x).shape == (4, 0, 1)
    torch.testing.assert_close(network(x), network.univariate(x) + network.constant)


def test_first_layer_starts_as_if_other_features_were_absent():
    network = gam(400, [(3, 5), tuple(range(100))], hidden=(300, 2))
    first = network.weights[0]
    outside = torch.ones(400, dtype=bool)
    outside[[3, 5]] = False
    assert (first[0, :, outside] == 0).all()
    for k, bound in enumerate((2**-0.5, 0.1)):
        assert bound * 0.9 < first[k].abs().max() <= bound
        assert bound * 0.9 < network.biases[0][k].abs().max() <= bound
    assert network.weights[1].abs().max() <= 300**-0.5


def test_sets_are_kept_but_never_trained_and_the_penalty_covers_weights_alone():
    network = gam(3, [(2, 0)])
    assert network.sets == ((0, 2),)
    named = dict(network.named_parameters())
    assert not named["members"].requires_grad
    covered = {name for name in named if matches(name, GAM_WEIGHTS)}
    assert covered == {n for n in named if "weights" in n} | {"univariate.output"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sets": [(1,)]}, "two or more different features"),
        ({"sets": [(0, 3)]}, "features 0 to 2; got"),
        ({"hidden": ()}, "hidden must name at least one layer; got none."),
        ({"hidden": (0,)}, "hidden width must be at least 1; got 0."),
        ({"n_outputs": 0}, "n_outputs must be at least 1; got 0."),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        InteractionGAM(3, **arguments)
