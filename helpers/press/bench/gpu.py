"""The kit for a machine with a GPU: `python -m helpers.bench gpu`.

One command, at most eight minutes: does every family compute what it does on the CPU;
do chunks shrink when memory does; does the host ever wait inside an epoch; how long
does a network take, and what share of the card's peak is that. What time is left goes
to steps of the paper-size runs, which resume where they were cut off. Everything is
written to one folder: table and manifest of the measurements, and the steps' tables
for `python -m helpers.results publish CHAPTER STEP --from FOLDER`.
"""

import copy
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from helpers import checks
from helpers import device as machine
from helpers.ensemble import Ensemble
from helpers.press.bench import run
from helpers.press.bench.cards import Card, waits_of
from helpers.press.bench.families import FAMILIES
from helpers.press.bench.machines import measure_machine
from helpers.press.bench.other_work import OtherWork
from helpers.press.bench.recipes import Contest
from helpers.press.bench.timing import Row, as_table, summed_up
from helpers.press.bench.training import measure_family
from helpers.press.results import provenance
from helpers.press.results.files import ROOT
from helpers.training import chunks
from helpers.training.passes import networks_at_once

MINUTES = 8.0
#: Share of the time that measurements may take; the steps have the rest.
MEASURING = 0.6
GRACE = 10.0  # seconds from an interruption to the end of a step
NETWORKS = (1, 50, 500)
#: Largest difference from the CPU in double precision, of losses and weights relative
#: to the largest. In single, where products keep 10 bits (TF32), there is none: Adam's
#: first steps are as large for a slope of rounding as for a real one.
EXACT = 1e-10
#: Relative change of one weight that the comparison has to notice.
CHANGE = 1e-3
#: Steps of paper size that wait for a faster machine, the most wanted first.
QUEUE = (
    ("1-false-positives", "networks-valid-positive"),
    ("calibration", "trials"),
    ("2-negative-data", "grown"),
    ("1-false-positives", "networks-same-positive"),
    ("1-false-positives", "networks-same-negative"),
)


@dataclass
class Clock:
    """Time that is left of so many minutes."""

    minutes: float
    started: float = field(default_factory=time.monotonic)

    def left(self, share: float = 1.0) -> float:
        """Return the seconds until a share of the time is over."""
        return self.started + 60 * self.minutes * share - time.monotonic()


def run_kit(
    card: Card,
    output: Path,
    *,
    minutes: float = MINUTES,
    families: Sequence[str] = tuple(FAMILIES),
    networks: Sequence[int] = NETWORKS,
    rows: int | None = None,
    queue: Sequence[tuple[str, str]] = QUEUE,
    root: Path = ROOT,
) -> dict:
    """Run the kit; return the manifest that is written beside the table.

    Parameters
    ----------
    card : Card
        The GPU, or a stand-in.
    output : Path
        The folder to write.
    minutes : float
        When to end at the latest.
    families, networks, rows
        What is measured: keys of `FAMILIES`, sizes of ensembles, and rows of each
        family (its own if left out).
    queue : sequence of (chapter, step)
        Steps of paper size to run in the time that is left.
    root : path
        The repository.
    """
    clock = Clock(checks.number("minutes", minutes, at_least=0.01))
    output, others = Path(output), OtherWork()
    rows_of, left_out = [], []
    for name, measure in _measurements(card, families, networks, rows):
        if clock.left(MEASURING) <= 0:
            left_out.append(name)
            continue
        print(f"{name} ...", file=sys.stderr, flush=True)
        rows_of += measure()
    steps = [*run_steps(queue, clock, output / "results", root)]
    ran = provenance.describe(str(card.device)) | {
        "seconds": round(60 * minutes - clock.left(), 1),
        "busy_others": others.processors(),
        "engine": provenance.last_commit(*run.ENGINE),
        "cores": machine.cores(),
        "processors": run.processors(),
        "repeats": 3,
        "pretended": type(card) is not Card,
    }
    manifest = {"left_out": left_out, "steps": steps, "ran": ran}
    run.write(as_table(rows_of), manifest, output / "gpu.csv")
    return manifest


def _measurements(
    card: Card, families: Sequence[str], networks: Sequence[int], rows: int | None
) -> Iterator[tuple[str, Callable]]:
    """Yield the name of each measurement and what makes it, the quickest first."""
    yield "machine", lambda: measure_machine(card.device, 3)
    for name in families:
        yield f"equivalence {name}", lambda name=name: equivalence(name, card)
    for name in families:
        yield f"plan {name}", lambda name=name: plans(name, card)
    for name in families:
        yield f"waits {name}", lambda name=name: waits(name, card)
    for name in families:
        yield (
            f"training {name}",
            lambda name=name: measure_family(
                name,
                device=card.device,
                networks=networks,
                rows=rows and max(rows, FAMILIES[name].batch_size),
                epochs=1,
                repeats=3,
            ),
        )


# Does it compute the same?


def equivalence(family: str, card: Card) -> list[Row]:
    """Return how far training on the card is from training on the CPU.

    In double precision, in single with the card's fast products, and, as a control that
    must differ, in double precision from a start with one weight changed.
    """
    changed = _trained(family, card, torch.float64, there=False, change=True)
    there, here = (
        {
            kind: _trained(family, card, kind, there=place)
            for kind in (torch.float64, torch.float32)
        }
        for place in (True, False)
    )
    found = {
        "float64": _apart(there[torch.float64], here[torch.float64]),
        "TF32": _apart(there[torch.float32], here[torch.float32]),
        "control": _apart(changed, here[torch.float64]),
    }
    return [
        summed_up(Row("equivalence", family, name, "largest difference"), [value])
        for name, value in found.items()
    ]


def _trained(
    family: str, card: Card, kind: torch.dtype, *, there: bool, change: bool = False
) -> Ensemble:
    """Train three networks for two epochs of two batches, here or on the card."""
    device = card.device if there else torch.device("cpu")
    contest = Contest(FAMILIES[family], 3, 100, 2, device)
    networks = [copy.deepcopy(network).to(kind) for network in contest.modules]
    if there:
        networks = [card.as_there(network) for network in networks]
    if change:
        with torch.no_grad():
            weight = next(p for p in networks[0].parameters() if p.requires_grad)
            weight.view(-1)[weight.abs().argmax()] *= 1 + CHANGE
    contest.modules = networks
    return contest.together(3, batch_size=50)


def _apart(one: Ensemble, other: Ensemble) -> float:
    """Return the largest relative difference of losses and of weights."""
    differences = []
    for a, b in (
        (e.history_["train_loss"].to_numpy() for e in (one, other)),
        (e.parameters.flat.double().numpy() for e in (one, other)),
    ):
        if not (np.isfinite(a).all() and np.isfinite(b).all()):
            return float("inf")
        differences.append(np.abs(a - b).max() / np.abs(b).max())
    return float(max(differences))


# Do chunks follow the memory?


def plans(family: str, card: Card) -> list[Row]:
    """Return how many networks a chunk takes, and how many while half is held."""
    task = FAMILIES[family]
    network = task.make(0)
    x, _ = task.data(np.random.default_rng(0), 2)
    x = torch.from_numpy(x)
    size = chunks.bytes_per_network(network, x, task.batch_size)

    def largest() -> int:
        many = np.zeros(200_000, dtype=int)
        plan = chunks.plan(
            many,
            size,
            card.planned_for,
            None,
            networks_at_once(network),
            free_bytes=card.free(),
        )
        return max(map(len, plan.chunks))

    free = largest()
    with card.half_held():
        held = largest()
        fitted = Contest(task, 2, 100, 1, card.device).together(2, batch_size=50)
    assert len(fitted) == 2
    return [
        summed_up(Row("plan", family, name, "networks of a chunk"), [value])
        for name, value in (("free", free), ("half held", held))
    ]


# Does the host wait?


def waits(family: str, card: Card) -> list[Row]:
    """Return how often the host waited for the card: in an epoch, and more a step.

    An epoch of four steps is compared with one of eight: what is there once an epoch
    (its order goes to the card, its losses come back) does not count as a wait inside.
    """
    counts = {}
    for steps in (4, 8):
        contest = Contest(FAMILIES[family], 2, 50 * steps, 1, card.device)
        contest.modules = [card.as_there(network) for network in contest.modules]
        contest.together(2, batch_size=50)  # what is set up once
        train = partial(contest.together, 2, batch_size=50)
        counted = waits_of(train, card.device)
        counts[steps] = sum(counted.values())
    more = (counts[8] - counts[4]) / 4
    return [
        summed_up(Row("waits", family, "fit of one epoch", "waits"), [counts[4]]),
        summed_up(Row("waits", family, "each step", "waits"), [more]),
    ]


# What time is left for


def run_steps(
    queue: Sequence[tuple[str, str]], clock: Clock, output: Path, root: Path = ROOT
) -> Iterator[dict]:
    """Run steps of paper size until the time is over; yield what became of each.

    Their tables, and those of the parts of a step that was cut off, are copied to
    `output`; the next kit goes on from the parts it finds in the repository.
    """
    for chapter, step in queue:
        started, left = time.monotonic(), clock.left()
        if left <= GRACE:
            yield {"chapter": chapter, "step": step, "state": "no time left"}
            continue
        print(f"{chapter} {step} ...", file=sys.stderr, flush=True)
        state = _run_step(chapter, step, left - GRACE, Path(root))
        local = Path(root) / "_build" / "results" / chapter / "paper"
        if local.is_dir():
            shutil.copytree(local, output / chapter / "paper", dirs_exist_ok=True)
        seconds = round(time.monotonic() - started, 1)
        yield {"chapter": chapter, "step": step, "state": state, "seconds": seconds}


def _run_step(chapter: str, step: str, seconds: float, root: Path) -> str:
    """Run one step in a process of its own, and end it when its time is over."""
    command = [sys.executable, "-m", "helpers.render", chapter, "--size", "paper"]
    process = subprocess.Popen(
        [*command, "--only", step],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # so that the kernel it starts can be ended with it
    )
    try:
        _, error = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        _end(process)
        return "cut off"
    lines = (error or "").strip().splitlines()
    return "done" if process.returncode == 0 else f"failed: {lines[:1]}"


def _end(process: subprocess.Popen) -> None:
    """Interrupt a process and what it started; kill what does not end."""
    for how in (signal.SIGINT, signal.SIGKILL):
        try:
            os.killpg(process.pid, how)
            process.communicate(timeout=GRACE / 2)
        except (subprocess.TimeoutExpired, ProcessLookupError):
            continue
    process.wait()


def problems(rows: pd.DataFrame) -> list[str]:
    """Return one line for each measurement of a kit that is not as it must be.

    rows : the table of a kit
    """
    value = rows.set_index(["section", "subject", "method"])["median"]
    lines = []
    for family in rows.loc[rows["section"] == "equivalence", "subject"].unique():
        apart = value["equivalence", family, "float64"]
        if not apart <= EXACT:
            lines.append(f"{family}: float64 differs by {apart:.1g} from the CPU")
        if not value["equivalence", family, "control"] > EXACT:
            lines.append(f"{family}: a changed weight was not noticed")
    for family in rows.loc[rows["section"] == "plan", "subject"].unique():
        free, held = (value["plan", family, name] for name in ("free", "half held"))
        if not (held < free or free == 1):
            lines.append(f"{family}: chunks of {free:.0f} did not shrink")
    for family in rows.loc[rows["section"] == "waits", "subject"].unique():
        if value["waits", family, "each step"] > 0:
            lines.append(f"{family}: the host waits in each step")
    return lines
