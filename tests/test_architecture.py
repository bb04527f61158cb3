"""The package is one road: a module imports only from rooms further up it."""

import ast
from pathlib import Path

import pytest

HELPERS = Path(__file__).parents[1] / "helpers"

# From the first room to the last. A module may import from its own room and from any
# earlier one.
ROAD = [
    "extras",
    "checks",
    "console",
    "memory",
    "device",
    "data",
    "loaders",
    "truth",
    "datasets",
    "networks",
    "training",
    "ensemble",
    "detectors",
    "evaluation",
    "explain",
    "significance",
    "studies",
    "plots",
    "press",
    "bench",
    "editions",
    "render",
    "replicate",
    "results",
    "status",
]


def modules():
    return sorted(p for p in HELPERS.rglob("*.py") if p.name != "__init__.py")


def room(path: Path) -> str:
    return path.relative_to(HELPERS).with_suffix("").parts[0]


def imported_rooms(path: Path) -> set[str]:
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
            "helpers"
        ):
            parts = node.module.split(".")
            rooms |= {parts[1]} if len(parts) > 1 else {n.name for n in node.names}
        if isinstance(node, ast.Import):
            names = [n.name.split(".") for n in node.names]
            rooms |= {n[1] for n in names if n[0] == "helpers" and len(n) > 1}
    return {r for r in rooms if not r.startswith("__")}


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(HELPERS)))
def test_imports_only_from_further_up_the_road(path):
    here = ROAD.index(room(path))
    later = {r for r in imported_rooms(path) if ROAD.index(r) > here}
    assert not later, f"{path.name} imports from {sorted(later)}, which come later"


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(HELPERS)))
def test_every_module_says_what_it_is(path):
    assert ast.get_docstring(ast.parse(path.read_text()))
