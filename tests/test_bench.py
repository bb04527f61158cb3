import numpy as np
import pandas as pd
import pytest
import torch

from helpers import bench
from helpers.networks.mlp import MLP, MLPM


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
    numbers = table.select_dtypes("number").to_numpy()
    assert np.isfinite(numbers).all()
    assert (numbers > 0).all()


def test_the_plain_loop_learns_and_leaves_its_network_alone():
    task = bench.FAMILIES["mlp"]
    X, y = task.data(np.random.default_rng(0), 300)
    network = task.make()
    before = [p.clone() for p in network.parameters()]
    bench.train_plainly(network, X, y, task, 1, torch.device("cpu"))
    for old, new in zip(before, network.parameters(), strict=True):
        assert torch.equal(old, new)


def test_the_command_prints_and_writes_the_tables(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(bench, "FAMILIES", {"mlp": bench.FAMILIES["mlp"]})
    output = tmp_path / "new" / "bench.csv"
    bench.main(["--quick", "--device", "cpu", "--output", str(output)])
    table = pd.read_csv(output)
    columns = {"family", "device", "networks", "seconds", "speed_up", "gflops"}
    assert columns | {"share_of_peak", "megabytes"} <= set(table.columns)
    printed = capsys.readouterr().out
    assert "s/network/epoch" in printed
    assert "Written to" in printed
    windows = pd.read_csv(output.with_name("bench-windows.csv"))
    assert windows["method"].tolist() == ["read", *bench.RULES]
    assert "peaks/s" in printed
    assert len(list(output.parent.iterdir())) == 2


def test_the_command_measures_one_family_alone(tmp_path, capsys):
    output = tmp_path / "bench.csv"
    bench.main(["--quick", "--family", "windows", "--output", str(output)])
    assert [p.name for p in tmp_path.iterdir()] == ["bench-windows.csv"]
    assert "s/network/epoch" not in capsys.readouterr().out


def test_window_building_is_measured():
    table = bench.measure_windows(2_000, n_cells=5, repeats=2)
    assert (table["peaks"] == 2_000).all() and (table["cells"] == 5).all()
    assert (table["seconds"] > 0).all()
    np.testing.assert_allclose(table["peaks_per_second"], 2_000 / table["seconds"])
    read, *rules = table["windows"]
    # ten peaks a site, and sites 3,000 bp apart on average
    assert read == 0 and all(100 < n < 250 for n in rules)
    with pytest.raises(ValueError, match="n_peaks must be at least 100; got 99"):
        bench.measure_windows(99)
    with pytest.raises(ValueError, match="n_cells must be at most 200; got 201"):
        bench.measure_windows(2_000, n_cells=201)


def test_simulated_peaks_come_back_from_their_files(tmp_path):
    peaks = bench.simulated_peaks(500, 4, seed=1)
    again = bench.load_peaks(bench._write_peaks(peaks, tmp_path))
    assert again.names == peaks.names
    expected = peaks.table.sort_values("cell", kind="stable", ignore_index=True)
    for column in ("chrom", "start", "end", "cell"):
        assert again.table[column].tolist() == expected[column].tolist()


def test_rejects_what_it_cannot_measure(capsys):
    with pytest.raises(ValueError, match=r"family must be one of mlp, .*; got 'tree'"):
        bench.measure("tree")
    with pytest.raises(ValueError, match="repeats must be at least 1"):
        bench.measure("mlp", repeats=0)
    with pytest.raises(ValueError, match="rows must be at least 100; got 5"):
        bench.measure("mlp", rows=5)
    with pytest.raises(SystemExit):
        bench.main(["--family", "tree"])
    with pytest.raises(SystemExit):
        bench.main(["--device", "tpu"])
    assert "device must be auto, cpu, cuda or cuda:N" in capsys.readouterr().err


def test_the_loop_trains_the_network_without_padding():
    family = bench.FAMILIES["cnn"]
    plain, stacked = family.plain(), family.make()
    assert plain.convolutions[1].weight.shape == (15, 15, 7)
    assert stacked.convolutions[1].weight.shape == (16, 16, 7)
    assert sum(p.numel() for p in plain.parameters()) == stacked.n_parameters
