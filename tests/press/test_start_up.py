"""What a command imports before it does anything."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("code", "unwanted"),
    [
        ("import helpers", "torch numpy pandas"),
        ("import helpers.press.results", "torch nbformat papermill"),
        ("from helpers.press import render; render.notebooks()", "torch nbformat"),
        (
            "from helpers.press.render.command import main; main(['--list'])",
            "torch nbformat papermill jsonschema",
        ),
    ],
)
def test_what_is_not_needed_is_not_imported(code, unwanted):
    names = unwanted.split()
    told = f"{code}; import sys; print([n for n in {names} if n in sys.modules])"
    run = subprocess.run(
        [sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True
    )
    assert run.stdout.splitlines()[-1] == "[]", run.stderr
