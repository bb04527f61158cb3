"""What is timed is what is said: the authors' recipe, the plain loop, together."""

import numpy as np
import pytest
import torch

from helpers import device as machine
from helpers.networks.mlp import MLP, MLPM
from helpers.press.bench import families, recipes
from helpers.press.bench.timing import Row, as_table
from helpers.press.bench.training import _cut_up, flops_per_row, measure_family

CPU = torch.device("cpu")


class DoubleLetters(families.Letters):
    def forward(self, x):
        return super().forward(x).double()


def test_flops_are_two_for_each_multiply_add():
    X = np.zeros((5, 3), dtype=np.float32)
    # Forward 3·4 + 4·1 weights; backward the same for the weights, and 4·1 for the
    # hidden layer.
    assert flops_per_row(MLP(3, (4,)), X, 5) == 2 * (16 + 16 + 4)
    wide = flops_per_row(MLP(10), np.zeros((5, 10), np.float32), 5)
    assert wide == pytest.approx(2 * (22_620 * 3 - 1_400))
    assert flops_per_row(MLPM(3, (4,), (2,)), X, 5) > 72


def test_looked_up_bytes_are_those_of_the_entries():
    # 81 windows of seven entries of 20 numbers, of four bytes, three times
    assert families.FAMILIES["fm"].looked_up == 81 * 7 * 20 * 4 * 3
    assert families.looked_up(10, width=3, filters=1, passes=1) == 40
    assert families.FAMILIES["mlp"].looked_up == 0


def test_networks_and_data_follow_from_seeds():
    for name in families.FAMILIES:
        task = families.FAMILIES[name]
        one, same, other = (
            torch.cat([p.flatten() for p in task.make(seed).parameters()])
            for seed in (1, 1, 2)
        )
        assert torch.equal(one, same) and not torch.equal(one, other), name


@pytest.mark.parametrize("family", ["mlp", "motif"])
def test_a_family_is_measured_each_way(family):
    rows = measure_family(
        family, device="cpu", networks=(1, 2), rows=200, epochs=1, repeats=2
    )
    table = as_table(rows)
    timed = table[table["section"] == "training"]
    assert timed["method"].tolist()[:4] == ["authors", "loop", "together", "together"]
    assert timed["networks"].tolist()[:4] == [1, 1, 1, 2]
    assert (timed["low"] <= timed["median"]).all()
    assert (timed["median"] <= timed["high"]).all()
    assert (timed["low"] > 0).all() and (timed["repeats"] == 2).all()
    assert (timed["flops"] > 0).all()
    assert ((timed["bytes"] > 0) == (family == "motif")).all()
    memory = table[table["section"] == "memory"]
    assert len(memory) == len(timed) and (memory["median"] >= 0).all()


@pytest.mark.parametrize("family", ["mlp", "motif"])
def test_what_several_cores_share_is_also_trained_on_one(monkeypatch, family):
    monkeypatch.setattr(machine, "cores", torch.get_num_threads)
    with machine.threads(2):
        rows = measure_family(
            family, device="cpu", networks=(1, 4), rows=200, epochs=1, repeats=2
        )
    table = as_table(rows)
    found = table[table["section"] == "cores"]
    assert found["method"].tolist() == ["cut up", "together"]
    assert found["cores"].tolist() == [1, 2] and (found["networks"] == 4).all()
    assert (found["low"] > 0).all() and (found["repeats"] == 2).all()


def test_a_cut_is_that_of_all_cores(monkeypatch):
    monkeypatch.setattr(machine, "cores", torch.get_num_threads)
    contest = recipes.Contest(families.FAMILIES["fm"], 10, 500, 1, CPU)
    shared = Row("training", "fm", "together", "seconds", networks=10, cores=2)
    chunks = []
    original = contest.together

    def together(n, **options):
        ensemble = original(n, **options)
        chunks.append(ensemble.plan_["chunks"])
        return ensemble

    monkeypatch.setattr(contest, "together", together)
    timed = _cut_up(contest, shared)
    timed.time()
    assert chunks == [[5, 5], [5, 5]]
    assert timed.row.cores == 1 and timed.units == 10


def trained(how, name="mlp", **changes):
    task = families.FAMILIES[name]
    X, y = task.data(np.random.default_rng(0), 300)
    network = task.published() if task.published else task.make(0)
    before = [p.clone() for p in network.parameters()]
    after = how(network, X, y, task, 3, CPU)
    for old, kept in zip(before, network.parameters(), strict=True):
        assert torch.equal(old, kept)  # a copy is trained
    with torch.no_grad():
        x, y = torch.from_numpy(X), torch.from_numpy(y)
        return [((net(x)[:, 0] - y) ** 2).mean().item() for net in (network, after)]


@pytest.mark.parametrize("how", [recipes.plainly, recipes.as_authors])
def test_both_loops_learn_and_leave_their_network_alone(how):
    before, after = trained(how)
    assert after < 0.8 * before


def test_the_authors_mlp_m_has_a_module_for_each_feature():
    before, after = trained(recipes.as_authors, "mlp-m")
    assert after < before
    network = families.SeparateNets(3)
    assert len(network.univariate) == 3
    x = torch.rand(4, 3)
    parts = [net(x[:, [i]]) for i, net in enumerate(network.univariate)]
    torch.testing.assert_close(network(x), network.interaction(x) + sum(parts))


@pytest.mark.parametrize("name", ["mlp", "cnn"])  # collated, and sliced
def test_every_row_is_fed_once_an_epoch(name):
    task = families.FAMILIES[name]
    X = np.arange(250, dtype=np.float32)[:, None]
    batches = [x for x, _ in recipes._batches(X, X[:, 0], task)]
    assert [len(x) for x in batches[:-1]] == [task.batch_size] * (len(batches) - 1)
    rows = torch.cat(batches)[:, 0].numpy()
    assert not np.array_equal(rows, X[:, 0])
    np.testing.assert_array_equal(np.sort(rows), X[:, 0])


def test_the_plain_motif_network_computes_what_the_compiled_one_does():
    compiled = families.motif_network(0).eval()
    X, _ = families.FAMILIES["motif"].data(np.random.default_rng(0), 5)
    X = torch.from_numpy(X)
    usual = families.usual_layers(compiled)
    torch.testing.assert_close(usual(families.Letters()(X)), compiled(X))
    assert families.FAMILIES["motif"].plain().training


def test_the_plain_factorization_machine_computes_what_the_compiled_one_does():
    compiled = families.MotifNetwork(20, width=20, n_factors=20, seed=0).double()
    plain = families.PlainMotifs(20, 20, 20).double()
    with torch.no_grad():
        plain.convolution.weight.copy_(compiled.filters)
        plain.convolution.bias.copy_(compiled.shift)
        plain.read_out.load_state_dict(compiled.read_out.state_dict())
    plain.norm.eps, plain.letters = compiled.norm.eps, DoubleLetters()
    X = families.FAMILIES["fm"].data(np.random.default_rng(0), 30)[0]
    X = torch.from_numpy(X)
    torch.testing.assert_close(plain.train()(X), compiled.train()(X))


def test_rejects_what_it_cannot_measure():
    with pytest.raises(ValueError, match=r"family must be one of mlp, .*; got 'tree'"):
        measure_family("tree")
    with pytest.raises(ValueError, match="repeats must be at least 1"):
        measure_family("mlp", rows=100, networks=(1,), epochs=1, repeats=0)
    with pytest.raises(ValueError, match="rows must be at least 100; got 5"):
        measure_family("mlp", rows=5)


def test_the_loops_train_the_network_without_padding():
    family = families.FAMILIES["cnn"]
    plain, stacked = family.plain(), family.make(0)
    assert plain.convolutions[1].weight.shape == (15, 15, 7)
    assert stacked.convolutions[1].weight.shape == (16, 16, 7)
    assert sum(p.numel() for p in plain.parameters()) == stacked.n_parameters
