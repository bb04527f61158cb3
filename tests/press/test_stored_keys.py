"""Whether stored paper-size tables are found: an edited constant would hide them."""

import importlib
import json
from functools import cache
from pathlib import Path
from pkgutil import iter_modules

import pytest

from helpers.press.results import steps

STORED = Path(__file__).parents[2] / "data" / "results" / "paper"
PAGES = sorted(path.parent.name for path in STORED.glob("*/manifest.json"))


def manifests(page: str) -> list[dict]:
    """Return what is said of every stored table of a page, and of every part."""
    folder = STORED / page
    whole = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    parts = sorted(folder.glob("parts/*/*.json"))
    return [
        *whole["steps"].values(),
        *(json.loads(path.read_text(encoding="utf-8")) for path in parts),
    ]


@cache
def constants_now(function: str) -> dict:
    """Return what a function reads, which may have moved to a module beside its own."""
    module, _, name = function.partition(":")
    package = importlib.import_module(module.rpartition(".")[0])
    beside = (f"{package.__name__}.{m.name}" for m in iter_modules(package.__path__))
    for place in (module, *beside):
        found = vars(importlib.import_module(place)).get(name)
        if found is not None:
            return steps.constants_read(name, found)
    raise LookupError(f"{function} is nowhere in {package.__name__}")


@pytest.mark.parametrize("page", PAGES)
def test_constants_of_stored_tables_are_those_of_today(page):
    hidden = {
        manifest["step"]
        for manifest in manifests(page)
        if not steps.matches(
            manifest, manifest | {"constants": constants_now(manifest["function"])}
        )
    }
    assert not hidden


def test_a_changed_constant_is_noticed():
    one = manifests("calibration")[0]
    name = next(iter(one["constants"]))
    assert not steps.matches(one, one | {"constants": {**one["constants"], name: "x"}})
