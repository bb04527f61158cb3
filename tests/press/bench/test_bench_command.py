"""The command measures what is asked for and writes whole tables."""

import pandas as pd
import pytest

from helpers.press.bench import command


def test_the_command_prints_and_writes_the_tables(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(command, "FAMILIES", {"mlp": command.FAMILIES["mlp"]})
    output = tmp_path / "new" / "bench.csv"
    command.main(["--quick", "--device", "cpu", "--output", str(output)])
    table = pd.read_csv(output)
    columns = {"family", "device", "networks", "seconds", "speed_up", "gflops"}
    assert columns | {"share_of_peak", "megabytes"} <= set(table.columns)
    printed = capsys.readouterr().out
    assert "s/network/epoch" in printed and "peaks/s" in printed
    assert printed.count("Written to") == 1 + len(command.OTHERS)
    files = {"bench.csv", *(f"bench-{name}.csv" for name in command.OTHERS)}
    assert {p.name for p in output.parent.iterdir()} == files


@pytest.mark.parametrize("family", command.OTHERS)
def test_one_family_can_be_measured_alone(family, tmp_path, capsys):
    output = tmp_path / "bench.csv"
    command.main(["--quick", "--family", family, "--output", str(output)])
    assert [p.name for p in tmp_path.iterdir()] == [f"bench-{family}.csv"]
    assert "s/network/epoch" not in capsys.readouterr().out


def test_rejects_what_it_cannot_measure(capsys):
    with pytest.raises(SystemExit):
        command.main(["--family", "tree"])
    with pytest.raises(SystemExit):
        command.main(["--device", "tpu"])
    assert "device must be auto, cpu, cuda or cuda:N" in capsys.readouterr().err
