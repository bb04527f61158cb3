"""Where and when something was computed."""

import importlib.metadata
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from helpers.press.results.files import ROOT

AND = " and "  # between the commits, or devices, of parts that ran at several
PACKAGES = ("torch", "numpy", "pandas", "scipy", "scikit-learn")

_LINUX = hasattr(os, "sched_getaffinity")


def here_and_now() -> str:
    """Return date, processor and commit, for a line on a page."""
    return f"{datetime.now(UTC):%Y-%m-%d} ({_cpu()}, commit {_commit()})"


def describe(device: str = "cpu") -> dict:
    """Return where and when this is computed."""
    name, threads = _device(device)
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _commit(),
        "versions": _versions(),
        "device": name,
        "threads": threads,
    }


@cache
def _commit() -> str:
    if Path(_git("rev-parse", "--show-toplevel") or "unknown").resolve() != ROOT:
        return "unknown"  # not a clone, perhaps a folder in another repository
    described = _git("describe", "--always", "--exclude=*", "--abbrev=7")
    # Tables that were just stored or compared are no other code.
    code = ("--", ".", ":(exclude)data/results")
    changed = _git("status", "--porcelain", "--untracked-files=no", *code)
    return f"{described or 'unknown'}{'-dirty' if changed else ''}"


def last_commit(*paths: str) -> str:
    """Return the commit that last changed some paths of the repository."""
    return _git("log", "-1", "--format=%h", "--abbrev=7", "--", *paths) or "unknown"


def _git(*arguments: str) -> str:
    """Return what git prints about the repository, whoever owns the files."""
    command = ["git", "-c", f"safe.directory={ROOT}", *arguments]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    except OSError:
        return ""
    return done.stdout.strip()


@cache
def _versions() -> dict:
    versions = {"Python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions


def _device(device: str) -> tuple[str, int]:
    """Return the name of the device and the number of CPU threads.

    Torch is asked only if the chapter has already imported it: reading tables must
    not cost its import.
    """
    torch = sys.modules.get("torch")
    if torch is None:
        return _cpu(), len(os.sched_getaffinity(0)) if _LINUX else os.cpu_count() or 1
    if not str(device).startswith("cpu") and torch.cuda.is_available():
        return torch.cuda.get_device_name(), torch.get_num_threads()
    return _cpu(), torch.get_num_threads()


@cache
def _cpu() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def machine(ran: dict) -> str:
    """Return device and threads of a run."""
    plural = "" if ran["threads"] == 1 else "s"
    return f"{ran['device']} ({ran['threads']} thread{plural})"


def machines(runs: list[dict]) -> str:
    """Return the devices of some runs, each once, with the threads that it had."""
    threads: dict[str, set[int]] = {}
    for ran in runs:
        for device in ran["device"].split(AND):
            threads.setdefault(device, set()).add(ran["threads"])
    said = []
    for device, counts in threads.items():
        plural = "" if counts == {1} else "s"
        said.append(
            f"{device} ({' or '.join(map(str, sorted(counts)))} thread{plural})"
        )
    return AND.join(said)


def commits(of_steps: Mapping[str, str]) -> str:
    """Return each commit once, with the steps whose tables it made.

    of_steps : the commit of each step, several where its parts ran at several
    """
    made = by_commit(of_steps)
    if len(made) < 2:
        return "commit " + "".join(made)
    each = (f"{commit} ({', '.join(names)})" for commit, names in made.items())
    return f"commits {'; '.join(each)}"


def by_commit(of_steps: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the steps whose tables each commit made, or made parts of.

    of_steps : the commit of each step, several where its parts ran at several
    """
    made: dict[str, list[str]] = {}
    for step, text in of_steps.items():
        for commit in dict.fromkeys(text.split(AND)):
            made.setdefault(commit, []).append(step)
    return made


def memory(runs: list[dict]) -> list[str]:
    """Return what the largest step held, as the part of a line; none if unknown.

    Manifests have it since steps record it.
    """
    peaks = [ran["peak_mb"] for ran in runs if "peak_mb" in ran]
    return [f"at most {max(peaks) / 1000:.1f} GB of memory"] if peaks else []


def when_ran(ran: dict) -> str:
    """Return when, how long and where something ran."""
    return (
        f"computed {ran['date'][:10]} in {duration(ran['seconds'])} on {machine(ran)}"
    )


def duration(seconds: float) -> str:
    """Return seconds as a reader takes them in."""
    return f"{seconds:.1f} s" if seconds < 120 else f"{seconds / 60:.1f} minutes"
