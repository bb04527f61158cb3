"""Every notebook of the book is clean, parameterised and shaped like the others."""

import ast
import re
import zlib
from pathlib import Path

import nbformat
import numpy as np
import papermill
import pytest

from helpers.press.render import values
from helpers.press.results import SIZES

BOOK = Path(__file__).parents[1] / "book"
NOTEBOOKS = sorted(BOOK.rglob("*.ipynb"))
CHAPTERS = sorted((BOOK / "chapters").glob("*.ipynb"))

# The sections of a chapter, in order; between method and comparison stand the
# experiments, each named after the published figure or table.
TEMPLATE = (
    "at a glance",
    "what you will learn",
    "the question",
    "parameters",
    "set-up",
    "data|simulat",
    "toy",
    "method",
    "published",
    "what could be wrong",
    "exercises",
    "summary",
    "further reading",
)
DRAWS = re.compile(r"\bplots(\.\w+)*\.(?!use_style\b)\w+\(|\b(plt|sns)\.\w+\(")
NOT_PORTABLE = re.compile(
    r"\{(glue|eval-rst|eval|margin|toggle|raw)[\s:}]|<(div|span|img|table|script|style)\b"
)

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
each_chapter = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)


def traces_of_a_run(notebook) -> list[str]:
    """Return what a run has left in a notebook."""
    found = ["metadata.papermill"] if "papermill" in notebook.metadata else []
    for cell in notebook.cells:
        if cell.get("outputs") or cell.get("execution_count") is not None:
            found.append(f"{cell.id}: output")
        if {"papermill", "execution"} & cell.metadata.keys():
            found.append(f"{cell.id}: times")
    return found


def parameter_faults(source: str) -> list[str]:
    """Return the lines that are not of the form `name: type = literal  # comment`."""
    lines, faults = source.splitlines(), []
    for statement in ast.parse(source).body:
        line = lines[statement.lineno - 1]
        try:
            assert isinstance(statement, ast.AnnAssign)
            ast.literal_eval(statement.value)
            assert re.search(r"  # \S", lines[statement.end_lineno - 1])
        except (AssertionError, ValueError, TypeError):
            faults.append(line)
    return faults


def figure_faults(cell) -> list[str]:
    """Return what a code cell that draws lacks for the page."""
    shown = cell.metadata.get("mystnb", {})
    alt = shown.get("image", {}).get("alt", "")
    figure = shown.get("figure", {})
    faults = []
    if len(alt.split()) < 5:
        faults.append("image.alt must say what to notice")
    if len(figure.get("caption", "").split()) < 5:
        faults.append("figure.caption must say what to look for")
    if not figure.get("name", "").startswith("fig-"):
        faults.append("figure.name must start with fig-")
    return faults


def missing_sections(headings: list[str]) -> list[str]:
    """Return the sections of the template that do not follow in order."""
    missing, start = [], 0
    for section in TEMPLATE:
        for place in range(start, len(headings)):
            if re.search(section, headings[place].lower()):
                start = place + 1
                break
        else:
            missing.append(section)
    return missing


def headings(notebook, level: int) -> list[str]:
    """Return the headings of one level, fenced blocks left aside."""
    text = "\n\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
    text = re.sub(r"^(`{3,}|~{3,}|:{3,}).*?^\1", "", text, flags=re.M | re.S)
    return re.findall(rf"^{'#' * level} +(.+)$", text, flags=re.M)


@each_notebook
def test_holds_no_trace_of_a_run(path):
    assert not traces_of_a_run(nbformat.read(path, as_version=4))


@each_notebook
def test_has_stable_unique_cell_ids(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert (notebook.nbformat, notebook.nbformat_minor) >= (4, 5)


@each_notebook
def test_has_one_title(path):
    assert len(headings(nbformat.read(path, as_version=4), 1)) == 1


@each_notebook
def test_parameters_are_literals_with_type_and_comment(path):
    cells = nbformat.read(path, as_version=4).cells
    (cell,) = [c for c in cells if "parameters" in c.metadata.get("tags", [])]
    assert not parameter_faults(cell.source)
    known = papermill.inspect_notebook(str(path)).values()
    assert all(p["help"] and p["inferred_type_name"] != "None" for p in known)
    assert len(known) == len(ast.parse(cell.source).body)


@each_notebook
def test_each_parameter_says_what_it_may_be(path):
    """A rule, or in words why any text is right; the elements of a list by type."""
    for parameter in values.parameters(path.stem).values():
        assert parameter.rule.text or parameter.type == "bool", parameter.name
        assert parameter.type != "list", parameter.name


@each_notebook
def test_bad_values_are_refused_in_one_line_before_anything_runs(path):
    rng = np.random.default_rng(zlib.crc32(path.stem.encode()))
    for parameter in values.parameters(path.stem).values():
        if parameter.name == "size":
            continue  # set by --size, which has its own choices
        for text in bad_values(parameter, rng):
            with pytest.raises(values.RenderError) as refusal:
                values.settings(path.stem, "quick", {parameter.name: text})
            line = str(refusal.value)
            assert line.startswith(f"parameter {parameter.name} must ")
            assert "\n" not in line and "; got " in line


@each_notebook
def test_sizes_and_defaults_keep_the_rules(path):
    known = values.parameters(path.stem)
    for parameter in known.values():
        parameter.check(parameter.default, parameter.name)
    for size in SIZES:
        for name, value in values.settings(path.stem, size, {}).items():
            assert known[name].check(value, name) == value


def bad_values(parameter, rng) -> list[str]:
    """Return random texts that a parameter of this type and rule cannot take."""
    word = "".join(rng.choice(list("bcdfghjkl"), size=6))
    number, rule = round(float(rng.uniform(0.1, 0.9)), 3), parameter.rule.text
    element = parameter.type
    if element != values.NAMED_LISTS:
        element = element.removeprefix("list[").removesuffix("]")
    of_type = {
        "int": [word, str(number), "True", "1e400", "nan", "None", "{1: 2}"],
        "float": [word, "True", "1e400", "nan", "-inf", "'0.5'"],
        "bool": [word, "1", str(number)],
        "str": [],  # what comes from the command line is text
        values.NAMED_LISTS: [word, "[1]", "{a: b}", "{1: [a]}", "{a: [1]}", "{a: [b"],
    }[element]
    outside = []
    if limits := re.search(r"(-?[\d._e-]+) \.\.|\.\. (-?[\d._]+)", rule):
        low, high = limits.groups()
        far = int(rng.integers(1, 10**6))
        outside = [str(int(float(low)) - far) if low else str(int(high) + far)]
    elif rule in ("file", "folder"):
        outside = [f"{word}/{word}.csv"] if rule == "file" else [__file__]
    elif rule and not rule.startswith("any ") and rule != "file or words":
        outside = [word if element == "str" else "-7"]
    if not parameter.type.startswith("list"):
        return [*of_type, *outside]
    bad = [f"[{text}]" for text in of_type if text != "nan"] + outside
    bad += ["[[1]]", "[None]"]
    if parameter.default and not rule.endswith("or none"):
        bad.append("[]")
    return bad


@each_notebook
def test_every_figure_has_alt_text_caption_and_name(path):
    cells = nbformat.read(path, as_version=4).cells
    drawing = [c for c in cells if c.cell_type == "code" and DRAWS.search(c.source)]
    assert {c.id: figure_faults(c) for c in drawing if figure_faults(c)} == {}
    names = [c.metadata["mystnb"]["figure"]["name"] for c in drawing]
    assert len(set(names)) == len(names)


@each_chapter
def test_chapter_follows_the_template(path):
    assert not missing_sections(headings(nbformat.read(path, as_version=4), 2))


@pytest.mark.parametrize(
    "path", [*NOTEBOOKS, *sorted(BOOK.rglob("*.md"))], ids=lambda path: path.name
)
def test_text_is_portable(path):
    """Only what Jupyter Book 2 also understands, and no HTML as the only view."""
    if path.suffix == ".ipynb":
        cells = nbformat.read(path, as_version=4).cells
        text = "\n".join(c.source for c in cells if c.cell_type == "markdown")
    else:
        text = path.read_text(encoding="utf-8")
    assert not NOT_PORTABLE.search(text)


# The checks themselves notice what is wrong.


def test_traces_are_noticed():
    cell = nbformat.v4.new_code_cell("1", id="one", execution_count=3)
    clean = nbformat.v4.new_code_cell("1", id="two")
    notebook = nbformat.v4.new_notebook(cells=[cell, clean], metadata={"papermill": {}})
    assert traces_of_a_run(notebook) == ["metadata.papermill", "one: output"]


@pytest.mark.parametrize(
    "line",
    [
        "seed = 0  # first random seed",
        "seed: int = 0",
        "seed: int = n + 1  # computed",
        "import os",
        "names: list = [open]  # not a literal",
    ],
)
def test_unsuitable_parameters_are_noticed(line):
    assert parameter_faults(line) == [line]


def test_suitable_parameters_pass():
    assert not parameter_faults('seed: int = -1  # start\nsize: str = "quick"  # size')


def test_bare_figures_are_noticed():
    cell = nbformat.v4.new_code_cell("plots.averages(table)")
    assert len(figure_faults(cell)) == 3
    assert DRAWS.search(cell.source)
    assert not DRAWS.search("plots.use_style()")


def test_missing_and_misplaced_sections_are_noticed():
    in_order = [section.split("|")[0] for section in TEMPLATE]
    assert not missing_sections(in_order)
    assert missing_sections([s for s in in_order if s != "toy"]) == ["toy"]
    assert missing_sections(in_order[::-1])


def test_headings_in_code_do_not_count():
    cells = [nbformat.v4.new_markdown_cell("# Title\n\n```python\n# no\n```\n")]
    assert headings(nbformat.v4.new_notebook(cells=cells), 1) == ["Title"]
