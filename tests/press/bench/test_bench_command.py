"""The command measures what is asked for and writes a table with its manifest."""

import json
from dataclasses import replace

import pandas as pd
import pytest

from helpers import device as machine
from helpers.press.bench import command, run
from helpers.press.bench.families import FAMILIES


def test_a_section_is_measured_and_written(tmp_path, capsys):
    output = tmp_path / "new" / "bench.csv"
    asked = ["--quick", "--section", "simulation", "--output", str(output)]
    assert command.main(asked) == 0
    table = pd.read_csv(output)
    assert set(table["section"]) == {"machine", "simulation"}
    manifest = json.loads(output.with_suffix(".json").read_text())
    assert manifest["sections"] == ["simulation"] and manifest["ran"]["quick"]
    printed = capsys.readouterr().out
    assert "matrix product" in printed and f"Written to {output}" in printed


def test_a_family_is_measured_alone(tmp_path, monkeypatch):
    output = tmp_path / "bench.csv"
    few = replace(FAMILIES["mlp"], networks=(1, 3))
    monkeypatch.setitem(FAMILIES, "mlp", few)
    command.main(["--quick", "--family", "mlp", "--output", str(output)])
    table = pd.read_csv(output)
    several = {"cores"} if machine.cores() > 1 else set()
    assert set(table["section"]) == {"machine", "training", "memory"} | several
    assert set(table["subject"]) == {"matrix product", "addition", "mlp"}
    together = table[table["method"] == "together"]
    assert {1, 3} <= set(together["networks"])


def test_rejects_what_it_cannot_measure(capsys):
    with pytest.raises(SystemExit):
        command.main(["--family", "tree"])
    with pytest.raises(SystemExit):
        command.main(["--device", "tpu"])
    assert "device must be auto, cpu, cuda or cuda:N" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        command.main(["--section", "growth", "--repeats", "0"])
    assert "repeats must be at least 1" in capsys.readouterr().err


def test_every_section_is_known_to_the_run():
    assert set(run.SECTIONS) < set(run.ALL)
