import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from helpers import device as machine
from helpers.networks.cnn import CNN
from helpers.networks.factorization import MotifNetwork
from helpers.networks.mlp import MLP
from helpers.training import chunks, passes

CPU = torch.device("cpu")


@given(
    groups=st.lists(st.integers(0, 3), min_size=1, max_size=60),
    network_bytes=st.integers(1, 2 * chunks.CACHE_BYTES),
    largest=st.none() | st.integers(1, 20),
)
def test_every_network_is_in_one_chunk_of_its_group(groups, network_bytes, largest):
    groups = np.array(groups)
    plan = chunks.plan(groups, network_bytes, CPU, largest)
    members = np.concatenate(plan.chunks)
    assert sorted(members.tolist()) == list(range(len(groups)))
    for chunk in plan.chunks:
        assert len(set(groups[chunk].tolist())) == 1
        limit = largest or max(1, chunks.CACHE_BYTES // network_bytes)
        assert 1 <= len(chunk) <= limit
    assert 1 <= plan.workers <= len(plan.chunks)


def test_all_cores_get_a_chunk():
    with machine.threads(1):
        assert chunks.plan(np.zeros(12), 1, CPU, None).as_dict()["chunks"] == [12]
    cores = machine.cores()
    plan = chunks.plan(np.zeros(12 * cores), 1, CPU, None)
    assert plan.as_dict()["chunks"] == [12] * cores
    assert plan.workers == cores


def test_what_trains_together_goes_before_the_size_of_the_cache():
    huge = 2 * chunks.CACHE_BYTES
    with machine.threads(1):
        plan = chunks.plan(np.zeros(60), huge, CPU, None, (12, 25))
        assert plan.as_dict()["chunks"] == [20, 20, 20]
        plan = chunks.plan(np.zeros(60), huge, CPU, 30, (12, 25))
        assert plan.as_dict()["chunks"] == [30, 30]


@given(n=st.integers(1, 400), most=st.integers(2, 30))
def test_a_core_gets_no_less_than_the_fewest(n, most):
    together = most // 2, most
    sizes = [len(c) for c in chunks.plan(np.zeros(n), 1, CPU, None, together).chunks]
    assert sum(sizes) == n
    assert max(sizes) <= most
    assert min(sizes) >= min(n, most // 2)


@pytest.mark.parametrize("network", [MotifNetwork(2, width=3), CNN("arch1")])
def test_networks_that_read_dna_fill_idle_cores_first(network):
    together = passes.networks_at_once(network)
    with machine.threads(1):
        plan = chunks.plan(np.zeros(15), 1, CPU, None, together)
        assert plan.as_dict()["chunks"] == [8, 7]
    cores = machine.cores()
    plan = chunks.plan(np.zeros(cores), 1, CPU, None, together)
    assert plan.as_dict()["chunks"] == [1] * cores
    assert passes.networks_at_once(torch.nn.Linear(2, 1)) is None


def test_a_gpu_takes_what_half_its_free_memory_holds(monkeypatch):
    monkeypatch.setattr(machine, "free_bytes", lambda device: 1000)
    plan = chunks.plan(np.zeros(12), 100, torch.device("cuda"), None)
    assert plan.as_dict()["chunks"] == [4, 4, 4]
    assert plan.workers == 1


def test_the_published_network_trains_some_ten_at_a_time():
    size = chunks.bytes_per_network(MLP(10), torch.zeros(2, 10), 100)
    assert 8 <= chunks.CACHE_BYTES // size <= 16


def test_memory_grows_with_the_batch():
    network, x = MLP(10), torch.zeros(2, 10)
    small, large = (chunks.bytes_per_network(network, x, b) for b in (10, 1010))
    # Inputs (10), hidden units (320) and output (1), with their slopes, 4 bytes each.
    assert large - small == pytest.approx(1000 * 2 * 331 * 4, rel=0.1)
