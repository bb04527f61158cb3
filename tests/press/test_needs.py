"""Peak memory is recorded, collected, and asked for."""

import json
import mmap
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import yaml
from fake_book import REPOSITORY, make_book

from helpers import memory
from helpers.press.results import needs
from helpers.press.results.store import Store, joined

HELD = 120_000_000  # bytes


def holding(n_bytes):
    # From the system, not from the heap, where freed pages may be resident already.
    held = np.frombuffer(mmap.mmap(-1, n_bytes), dtype=np.uint8)
    held[:] = 1  # written, so that it is resident
    return pd.DataFrame({"sum": [int(held[::4096].sum())]})


def manifest_of(root, step):
    (path,) = (root / "_build/results/1-toy/quick").glob(f"{step}.*.json")
    return json.loads(path.read_text())


def test_a_manifest_records_the_peak_of_its_own_step(tmp_path):
    store = Store("1-toy", root=tmp_path, own=True)
    for name, size in (("large", HELD), ("small", 1_000)):
        store.stored_or_run(name, holding, {"n_bytes": size})
    large, small = (manifest_of(tmp_path, name)["ran"] for name in ("large", "small"))
    assert large["peak_mb"] > HELD / 1e6
    if memory.FORGET.exists():
        assert small["peak_mb"] < large["peak_mb"] - 0.8 * HELD / 1e6
    assert "GB of memory" in store.provenance()


def test_an_old_manifest_without_a_peak_is_still_the_stored_table(tmp_path):
    store = Store("1-toy", root=tmp_path, own=True)
    store.stored_or_run("step", holding, {"n_bytes": 1})
    (path,) = (tmp_path / "_build/results/1-toy/quick").glob("step.*.json")
    manifest = json.loads(path.read_text())
    del manifest["ran"]["peak_mb"]
    path.write_text(json.dumps(manifest))
    again = Store("1-toy", root=tmp_path, own=True)
    again.stored_or_run("step", holding, {"n_bytes": 1})
    assert "peak_mb" not in json.loads(path.read_text())["ran"]
    assert "of memory" not in again.provenance()


def test_a_joined_table_keeps_the_largest_peak():
    runs = [
        {"date": "2026-01-01", "commit": "a", "seconds": 1.0, "peak_mb": 900.0},
        {"date": "2026-01-02", "commit": "b", "seconds": 2.0, "peak_mb": 300.0},
        {"date": "2025-01-02", "commit": "b", "seconds": 3.0},  # an old one
    ]
    runs = [{"device": "a processor", **ran} for ran in runs]
    assert joined(runs)["peak_mb"] == 900.0
    assert "peak_mb" not in joined(runs[2:])


def test_a_system_that_says_nothing_leaves_no_peak(monkeypatch, tmp_path):
    monkeypatch.setattr(memory, "STATUS", tmp_path / "absent")
    monkeypatch.setattr(memory, "FORGET", tmp_path / "absent" / "too")
    monkeypatch.setitem(sys.modules, "resource", None)
    memory.forget_peak()
    assert memory.peak_megabytes() == {}
    assert memory.of_children() is None


def recorded(root, name, size, seconds, **peaks):
    folder = root / "_build" / "results" / name / size
    folder.mkdir(parents=True, exist_ok=True)
    ran = {"seconds": seconds, "threads": 2, "date": "2026-01-01T00:00:00"} | peaks
    (folder / "step.abc.json").write_text(json.dumps({"step": "step", "ran": ran}))


def test_needs_are_collected_and_others_kept(tmp_path):
    recorded(tmp_path, "1-toy", "quick", 100.0, peak_mb=1200.0)
    needs.write("quick", root=tmp_path)
    recorded(tmp_path, "1-toy", "paper", 7200.0)
    needs.write("paper", root=tmp_path)
    # 1.5 times 1200 MB, in steps of 500; three times 100 s, and ten minutes
    assert needs.of_notebook("1-toy", "quick", root=tmp_path) == {
        "mem_mb": 2000,
        "runtime": 15,
    }
    assert needs.of_notebook("1-toy", "paper", root=tmp_path) == {"runtime": 370}
    assert needs.of_notebook("2-toy", "quick", root=tmp_path) == {}
    with pytest.raises(ValueError, match="size must be one that has run here; got"):
        needs.write("smoke", root=tmp_path)


def test_the_whole_run_counts_where_it_holds_more_than_any_step(tmp_path):
    recorded(tmp_path, "1-toy", "quick", 100.0, peak_mb=1200.0)
    runs = tmp_path / "_build" / "quick" / "runs"
    runs.mkdir(parents=True)
    receipt = {"name": "1-toy", "seconds": 5.0, "peak_mb": 3000.0}
    (runs / "1-toy.json").write_text(json.dumps(receipt))
    needs.write("quick", root=tmp_path)
    assert needs.of_notebook("1-toy", "quick", root=tmp_path) == {
        "mem_mb": 4500,
        "runtime": 15,
    }


RULES = ("chapter_1-toy", "page_board")


@pytest.mark.slow
@pytest.mark.parametrize("profile", ["slurm", "kubernetes"])
def test_a_cluster_is_asked_for_what_was_recorded(profile, tmp_path):
    # As the profile says, except what only its own plugins and services know.
    folder = make_book(tmp_path)
    text = (REPOSITORY / "profiles" / profile / "config.yaml").read_text()
    settings = yaml.safe_load(text)
    plugin = {"executor", "container-image", "kubernetes-namespace"}
    settings = {
        name: value
        for name, value in settings.items()
        if name not in plugin and not name.startswith("default-storage")
    }
    (folder / "profile").mkdir()
    (folder / "profile" / "config.yaml").write_text(yaml.safe_dump(settings))
    (folder / "profiles").mkdir()
    (folder / needs.FILE).write_text(
        ",".join(needs.COLUMNS) + "\n1-toy,quick,sum,1200,600,2,2026-01-01\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "--profile", "profile", "--dry-run"],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    blocks = re.split(r"^(?:local)?rule ", done.stdout + done.stderr, flags=re.M)
    asked = {name: next(b for b in blocks if b.startswith(name)) for name in RULES}
    assert "mem_mb=2000" in asked["chapter_1-toy"]
    assert "runtime=40" in asked["chapter_1-toy"]
    # What no run recorded is asked for as the profile says.
    assert f"mem_mb={settings['default-resources']['mem_mb']}" in asked["page_board"]


def test_the_profiles_leave_memory_and_time_to_the_records():
    for profile in ("slurm", "kubernetes"):
        text = (REPOSITORY / "profiles" / profile / "config.yaml").read_text()
        assert "needs.csv" in text
