"""The pages of the reference, written from what the rooms hold.

A room has one page; what would make that too long to read stands on pages of its own.
"""

import ast
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

PACKAGE = "helpers"
# Room or file of the package -> the title of its page, and a sentence.
PAGES = {
    "loaders": (
        "Your own files",
        "Tables, genotypes, motifs, peaks and genomes.",
    ),
    "data": (
        "Motifs, bases, panels, splits",
        "What rooms hand on to each other.",
    ),
    "truth": (
        "Worlds whose interactions are known",
        "Simulators, and what the best possible reader of their data could say.",
    ),
    "datasets": ("Real data sets", "Read from a cache, a folder or the publisher."),
    "networks": ("Networks", "Ordinary modules of one network each."),
    "ensemble": ("Ensembles", "Many networks trained at once; axis 0 is the network."),
    "training": ("Training", "What an ensemble is trained with."),
    "detectors": ("Detectors", "One file a method; each returns an `Interactions`."),
    "evaluation": ("Rankings and truth", "How good a ranking is, where that is known."),
    "explain": (
        "Explanations",
        "What a network has learned: attributions, filters, knock-outs.",
    ),
    "significance": (
        "Is it real?",
        "Tests of a pair on unseen rows, of the held-out loss, by permutation; and "
        "what to make of many of them.",
    ),
}
# Page -> its room, title and sentence, and the modules that it takes from the room's.
PARTS = {
    "loaders-dna": (
        "loaders",
        "Files of DNA",
        "Sequences, motifs, peaks, and windows of a genome.",
        ("accessibility", "basset", "bed", "chromosomes", "fasta", "motifs", "peaks",
         "windows"),
    ),
    "loaders-people": (
        "loaders",
        "Genotypes and traits",
        "Files of PLINK, traits of people, and what must fit between two cohorts.",
        ("matching", "people", "plink", "plink_writer", "snp_filters", "structure",
         "traits", "windows_checked"),
    ),
    "truth-sequences": (
        "truth",
        "Sequences with motifs",
        "Planted motifs, and what responds to them.",
        ("jaspar", "planted", "responses", "sequences"),
    ),
    "truth-grammars": (
        "truth",
        "Grammars and genomes",
        "Rules of how motifs stand, and the best that a reader could say of them.",
        ("best_possible", "genome", "grammars"),
    ),
    "truth-tables": (
        "truth",
        "Tables as people have them",
        "Noise, features and options that the interaction test is tried on.",
        ("drawn_tables", "hard_tables", "own_tables", "told_tables"),
    ),
    "networks-layers": (
        "networks",
        "Layers, and how they scan",
        "What networks that read DNA are made of.",
        ("layers", "scan", "scan_kernels"),
    ),
    "training-passes": (
        "training",
        "How an ensemble trains",
        "Chunks, passes and compiled steps: what makes many networks fast.",
        ("chunks", "compiled", "dense", "graphs", "loop", "passes", "rows", "stack",
         "toeplitz"),
    ),
    "detectors-fitted": (
        "detectors",
        "Detectors that fit models of their own",
        "Called with the rows and their outcome.",
        ("additive", "anova", "boosting", "groves", "hierarchical_lasso", "rulefit",
         "without_xgboost"),
    ),
    "significance-interaction": (
        "significance",
        "The interaction test",
        "One call, what it can be told, and its answer.",
        tuple(f"interaction.{name}" for name in (
            "answer", "asking", "blind", "calibrated", "direction", "family", "hunt",
            "settings", "table",
        )),
    ),
    "significance-projection": (
        "significance",
        "Inside the interaction test",
        "What a direction and an outcome are cleared of.",
        tuple(f"interaction.{name}" for name in (
            "basis", "genotypes", "projection", "residual", "ridge",
        )),
    ),
    "significance-statistics": (
        "significance",
        "Statistics of the interaction test",
        "From directions in parts of the rows to z-values, corrections and calls.",
        tuple(f"interaction.{name}" for name in ("folds", "statistics", "step_down")),
    ),
    "significance-motifs": (
        "significance",
        "Pairs of motifs",
        "Do held-out sequences need an interaction of two motifs, or of two factors?",
        ("factor_pairs", "held_out", "motif_pairs"),
    ),
    "significance-permutation": (
        "significance",
        "Permutation, and many tests",
        "Null scores from permuted outcomes; what to make of many p-values.",
        ("calibration", "multiplicity", "permutation"),
    ),
}  # fmt: skip


def write_reference(folder: Path, root: Path) -> list[Path]:
    """Write `reference/*.rst` into a staged book; return the files.

    Sphinx fills the pages from the docstrings. A book whose package has none of the
    rooms gets no pages.
    """
    package = root / PACKAGE
    pages = {name: _modules(package, name) for name in PAGES}
    pages = {name: modules for name, modules in pages.items() if modules}
    if not pages or not (folder / "reference.md").is_file():
        return []
    target = folder / "reference"
    target.mkdir(exist_ok=True)
    written = [target / "front-door.rst"]
    written[0].write_text(_front_door(package / "__init__.py"), encoding="utf-8")
    for name, text in _pages(pages).items():
        written.append(target / f"{name}.rst")
        written[-1].write_text(text, encoding="utf-8")
    return written


def _pages(rooms: dict[str, list[str]]) -> dict[str, str]:
    """Return the text of every page, of the modules of each room."""
    pages = {}
    for room, modules in rooms.items():
        parts = {name: part for name, part in PARTS.items() if part[0] == room}
        for name, (_, title, sentence, own) in parts.items():
            chosen = [f"{PACKAGE}.{room}.{module}" for module in own]
            chosen = [module for module in modules if module in chosen]
            modules = [module for module in modules if module not in chosen]
            pages[name] = _page(title, sentence, chosen)
        title, sentence = PAGES[room]
        links = [f"* :doc:`{part[1]} <{n}>`: {part[2]}" for n, part in parts.items()]
        more = ["Further pages:", "", *links, ""] if links else []
        pages[room] = _page(title, sentence, modules, more)
    return pages


def _modules(package: Path, name: str) -> list[str]:
    """Return the dotted names of a room's modules, or of the one file."""
    file = package / f"{name}.py"
    files = [file] if file.is_file() else sorted((package / name).rglob("*.py"))
    return [
        ".".join(path.relative_to(package.parent).with_suffix("").parts)
        for path in files
        if path.name != "__init__.py"
    ]


def _page(
    title: str, sentence: str, modules: list[str], more: Sequence[str] = ()
) -> str:
    lines = [*_heading(title, "="), sentence, "", *more]
    for module in modules:
        lines += _heading(module.split(".", 1)[1], "-")
        lines += [f".. automodule:: {module}", "   :members:", ""]
    return "\n".join(lines)


def _front_door(init: Path) -> str:
    """Return the page of the names that the package itself offers."""
    text = "What ``import helpers`` offers. Every other name is found in its room."
    lines = [*_heading("The front door", "="), text, ""]
    for name, module in front_door(init).items():
        home = _home(init, f"{PACKAGE}.{module}", name)
        sentence = _first_sentence(init.parents[1], home, name)
        needed = extra_of(init.parents[1], home)
        note = f" *Extra:* ``{needed}``." if needed else ""
        lines.append(f"* :py:obj:`{name} <{home}.{name}>` – {sentence}{note}")
        if module.split(".")[0] not in PAGES:  # its room has no page: told here
            lines += ["", f".. autofunction:: {home}.{name}", ""]
    return "\n".join([*lines, ""])


def extra_of(root: Path, module: str) -> str:
    """Return the extra that a module asks for, or one that it imports; or nothing."""
    waiting, seen = [module], set()
    while waiting:
        path = root.joinpath(*waiting.pop().split(".")).with_suffix(".py")
        if path in seen or not path.is_file():
            continue
        seen.add(path)
        asked, imported = _asked_and_imported(path)
        if asked:
            return asked
        waiting += imported
    return ""


@cache
def _asked_and_imported(path: Path) -> tuple[str, list[str]]:
    """Return the extra that a file asks for, and what of the package it imports."""
    text = path.read_text(encoding="utf-8")
    asked = re.search(r"^(?:with extra|needs)\(\"(\w+)\"", text, flags=re.M)
    imported = []
    for node in ast.parse(text).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PACKAGE):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            imported += [str(node.module), *names]
    return (asked[1] if asked else ""), imported


def _first_sentence(root: Path, module: str, name: str) -> str:
    """Return the first line of a definition's docstring."""
    path = root.joinpath(*module.split(".")).with_suffix(".py")
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if getattr(node, "name", None) == name:
            return (ast.get_docstring(node) or "").split("\n\n")[0].replace("\n", " ")  # type: ignore[arg-type]  # found by its name
    return ""


def front_door(init: Path) -> dict[str, str]:
    """Return the names of the front door, each with the module it comes from."""
    for node in ast.parse(init.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "_MODULES":  # type: ignore[attr-defined]  # found by its name
            return ast.literal_eval(node.value)
    return {}


def _home(init: Path, module: str, name: str) -> str:
    """Return the module that defines a name, where a room only hands it on."""
    path = init.parents[1].joinpath(*module.split("."), "__init__.py")
    if path.is_file():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ImportFrom) and name in {
                alias.name for alias in node.names
            }:
                return node.module  # type: ignore[return-value]  # an import has a module
    return module


def _heading(text: str, line: str) -> list[str]:
    return [text, line * len(text), ""]
