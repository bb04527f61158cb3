"""What is timed is what is said: the plain loop, the ensemble, their operations."""

import numpy as np
import pytest
import torch

from helpers.networks.mlp import MLP, MLPM
from helpers.press.bench import training as bench


class DoubleLetters(bench.Letters):
    def forward(self, x):
        return super().forward(x).double()


def test_flops_are_two_for_each_multiply_add():
    X = np.zeros((5, 3), dtype=np.float32)
    # Forward 3·4 + 4·1 weights; backward the same for the weights, and 4·1 for the
    # hidden layer.
    assert bench.flops_per_row(MLP(3, (4,)), X, 5) == 2 * (16 + 16 + 4)
    assert bench.flops_per_row(
        MLP(10), np.zeros((5, 10), np.float32), 5
    ) == pytest.approx(2 * (22_620 * 3 - 1_400))
    assert bench.flops_per_row(MLPM(3, (4,), (2,)), X, 5) > 72


@pytest.mark.parametrize("family", bench.FAMILIES)
def test_every_family_is_measured(family):
    table = bench.measure(
        family,
        device="cpu",
        networks=(1, 2),
        rows=max(200, bench.FAMILIES[family].batch_size),
        epochs=1,
        repeats=1,
    )
    assert table["method"].tolist()[:3] == ["loop", "ensemble", "ensemble"]
    assert table["networks"].tolist()[:3] == [1, 1, 2]
    assert table["speed_up"][0] == 1
    looks_up = (table["method"] == "ensemble") & (bench.FAMILIES[family].looked_up > 0)
    assert (table["gflops"].isna() == looks_up).all()
    assert (table["share_of_peak"].isna() == looks_up).all()
    assert (table["gigabytes_per_second"].notna() == looks_up).all()
    numbers = table.select_dtypes("number").fillna(1).to_numpy()
    assert np.isfinite(numbers).all()
    assert (numbers > 0).all()


@pytest.mark.parametrize("family", ["motif", "fm"])
def test_networks_that_look_up_follow_the_seed(family):
    def parameters():
        task = bench.FAMILIES[family]
        contest = bench._Contest(task, 2, task.batch_size, 1, torch.device("cpu"))
        return [next(network.parameters()) for network in contest.modules]

    first, second = parameters()
    again, _ = parameters()
    assert torch.equal(first, again)
    assert not torch.equal(first, second)


def test_the_plain_motif_network_computes_what_the_compiled_one_does():
    family = bench.FAMILIES["motif"]
    X, _ = family.data(np.random.default_rng(0), 5)
    X = torch.from_numpy(X)
    plain, compiled = bench.Letters()(X), family.make().eval()
    torch.testing.assert_close(bench.usual_layers(compiled)(plain), compiled(X))
    assert family.plain().training


def test_the_plain_factorization_machine_computes_what_the_compiled_one_does():
    compiled = bench.MotifNetwork(20, width=20, n_factors=20, seed=0).double()
    plain = bench.PlainMotifs(20, 20, 20).double()
    with torch.no_grad():
        plain.convolution.weight.copy_(compiled.filters)
        plain.convolution.bias.copy_(compiled.shift)
        plain.read_out.load_state_dict(compiled.read_out.state_dict())
    plain.norm.eps, plain.letters = compiled.norm.eps, DoubleLetters()
    X = torch.from_numpy(bench.FAMILIES["fm"].data(np.random.default_rng(0), 30)[0])
    torch.testing.assert_close(plain.train()(X), compiled.train()(X))


def test_the_plain_loop_learns_and_leaves_its_network_alone():
    task = bench.FAMILIES["mlp"]
    X, y = task.data(np.random.default_rng(0), 300)
    network = task.make()
    before = [p.clone() for p in network.parameters()]
    bench.train_plainly(network, X, y, task, 1, torch.device("cpu"))
    for old, new in zip(before, network.parameters(), strict=True):
        assert torch.equal(old, new)


def test_rejects_what_it_cannot_measure():
    with pytest.raises(ValueError, match=r"family must be one of mlp, .*; got 'tree'"):
        bench.measure("tree")
    with pytest.raises(ValueError, match="repeats must be at least 1"):
        bench.measure("mlp", repeats=0)
    with pytest.raises(ValueError, match="rows must be at least 100; got 5"):
        bench.measure("mlp", rows=5)


def test_the_loop_trains_the_network_without_padding():
    family = bench.FAMILIES["cnn"]
    plain, stacked = family.plain(), family.make()
    assert plain.convolutions[1].weight.shape == (15, 15, 7)
    assert stacked.convolutions[1].weight.shape == (16, 16, 7)
    assert sum(p.numel() for p in plain.parameters()) == stacked.n_parameters
