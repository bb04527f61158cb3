"""The kit for a GPU, tried on the CPU: a stand-in that plans as a small card would."""

import json

import pandas as pd
import pytest
import torch
from fake_book import make_book

from helpers import device as machine
from helpers.press.bench import cards, command, gpu
from helpers.press.results.publishing import publish
from helpers.training.passes import AutogradPasses, passes_for
from helpers.training.stack import Stack

SLOW = """
import time
import pandas as pd


def count(n, part):
    time.sleep(1.5 * part)
    return pd.DataFrame({"n": range(n)})
"""

CHAPTER = """\
from helpers.press import results
from helpers.studies import toy

store = results.Store("1-toy", size=size, recompute=recompute)
parts = [{"part": 0}, {"part": 1}, {"part": 1000}]
store.stored_or_run("sum", toy.count, {"n": n_trials}, parts=parts, estimate_minutes=99)
print("widths", widths, "rate", rate, seed)"""


def test_the_stand_in_takes_the_passes_that_a_gpu_would():
    network = gpu.FAMILIES["mlp"].make(0)
    other = cards.Pretended().as_there(network)
    stack = Stack.of([other])
    passes = passes_for(other, stack, stack.copy())
    assert isinstance(passes, AutogradPasses)


@pytest.mark.parametrize("family", ["mlp", "gene-small"])
def test_every_check_passes_on_the_stand_in(family):
    card = cards.Pretended()
    rows = [
        *gpu.equivalence(family, card),
        *gpu.plans(family, card),
        *gpu.waits(family, card),
    ]
    table = gpu.as_table(rows)
    assert gpu.problems(table) == []
    value = table.set_index(["section", "method"])["median"]
    assert value["plan", "half held"] <= 0.6 * value["plan", "free"]
    assert card.memory == cards.Pretended().memory  # given back


@pytest.mark.slow
@pytest.mark.parametrize("family", gpu.FAMILIES)
def test_every_family_is_equal_on_the_stand_in(family):
    assert gpu.problems(gpu.as_table(gpu.equivalence(family, cards.Pretended()))) == []


def test_waits_are_counted():
    x = torch.ones(3)
    assert sum(cards.waits_of(lambda: x + x, x.device).values()) == 0
    counted = cards.waits_of(lambda: [x.sum().item() for _ in range(3)], x.device)
    assert counted["aten::_local_scalar_dense"] == 3


def test_a_wait_in_each_step_is_a_problem(monkeypatch):
    fit = gpu.Contest.together

    def waiting(self, n, **options):
        def loss(output, target):
            (output.sum() * 0).item()
            return (output - target).pow(2).sum(-1)

        return fit(self, n, loss=loss, **options)

    monkeypatch.setattr(gpu.Contest, "together", waiting)
    table = gpu.as_table(gpu.waits("mlp", cards.Pretended()))
    assert gpu.problems(table) == ["mlp: the host waits in each step"]


def test_the_kit_writes_a_folder_and_says_what_there_was_no_time_for(tmp_path, capsys):
    options = ["gpu", "--pretend", "--quick", "--family", "mlp"]
    assert command.main([*options, "--output", str(tmp_path)]) == 0
    assert "Everything is as it must be." in capsys.readouterr().out
    table = pd.read_csv(tmp_path / "gpu.csv")
    several = {"cores"} if machine.cores() > 1 else set()  # of the card it pretends
    assert set(table["section"]) == several | {
        "machine", "equivalence", "plan", "waits", "training", "memory"
    }  # fmt: skip
    assert json.loads((tmp_path / "gpu.json").read_text())["ran"]["pretended"]
    short = gpu.run_kit(
        cards.Pretended(), tmp_path, minutes=0.01, families=["mlp"], queue=[("1", "a")]
    )
    assert "training mlp" in short["left_out"]
    assert short["steps"] == [{"chapter": "1", "step": "a", "state": "no time left"}]


@pytest.mark.slow
def test_steps_are_cut_off_resumed_and_published(tmp_path, monkeypatch):
    folder = make_book(tmp_path / "book", chapter=CHAPTER)
    (folder / "helpers/studies/toy.py").write_text(SLOW)
    (folder / "book/sizes/1-toy.paper.yaml").write_text("size: paper\n")
    monkeypatch.setattr(gpu, "GRACE", 4.0)
    clock = gpu.Clock(0.6)
    taken = tmp_path / "taken"
    (step,) = gpu.run_steps([("1-toy", "sum")], clock, taken, folder)
    assert step["state"] == "cut off"
    assert clock.left() > -5
    assert len(list((taken / "1-toy/paper/parts/sum").glob("*.csv"))) == 2
    # Another kit goes on from them.
    local = folder / "_build/results/1-toy/paper/parts/sum"
    kept = {path.name: path.stat().st_mtime_ns for path in local.glob("*.csv")}
    assert len(kept) == 2
    [*gpu.run_steps([("1-toy", "sum")], gpu.Clock(0.5), taken, folder)]
    assert kept == {path.name: path.stat().st_mtime_ns for path in local.glob("*.csv")}
    written = publish("1-toy", "sum", source=taken, dirty=True, root=folder)
    assert len(written) == 2
    with pytest.raises(ValueError, match="source must hold 2-toy/paper"):
        publish("2-toy", "sum", source=taken, root=folder)


def test_a_step_that_fails_says_so(tmp_path):
    folder = make_book(tmp_path)
    state = gpu._run_step("2-none", "sum", 60, folder)
    assert state.startswith("failed") and "2-none" in state
