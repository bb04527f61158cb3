"""Functions and cells stay short, and chapters can be read."""

import ast
import io
import json
import re
import tokenize
from pathlib import Path
from textwrap import dedent

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "helpers").rglob("*.py"))
NOTEBOOKS = sorted(
    path
    for path in (ROOT / "book").rglob("*.ipynb")
    if ".ipynb_checkpoints" not in path.parts
)

MOST_LINES = 60  # of code in a function
MOST_PARAMETERS = 8  # of a function, unless the reason stands beside it
MOST_CELL_LINES = 30
MOST_CHAPTER_LINES = 400
# Stands in a comment on the line of the `def`, and says why there are more.
REASON = re.compile(r"# +(more|as|the) .{8,}")


def lines_of_code(source: str) -> int:
    """Return how many lines hold more than comments, blanks and docstrings."""
    lines = set()
    nothing = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT)
    nothing += (tokenize.DEDENT, tokenize.ENDMARKER, tokenize.ENCODING)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in nothing:
            lines |= set(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        held = isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Module))
        if held and ast.get_docstring(node, clean=False) is not None:
            lines -= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    return len(lines)


def functions(path: Path):
    """Yield each function of a file with its source."""
    source = path.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield (
                node,
                "\n".join(source.splitlines()[node.lineno - 1 : node.end_lineno]),
            )


def parameters(node: ast.FunctionDef) -> list[str]:
    arguments = node.args
    names = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return [a.arg for a in names if a.arg not in ("self", "cls")]


def code_cells(path: Path) -> dict[str, int]:
    """Return the lines of each code cell but the parameters."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return {
        cell["id"]: len("".join(cell["source"]).splitlines())
        for cell in cells
        if cell["cell_type"] == "code"
        and "parameters" not in cell["metadata"].get("tags", ())
    }


def test_lines_are_counted_as_a_reader_would():
    source = '"""Doc."""\n\n# comment\ndef f(x):\n    """Doc\n    more."""\n\n'
    assert lines_of_code(source + "    return (\n        x\n    )\n") == 4


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_functions_are_short(path):
    for node, source in functions(path):
        own = lines_of_code(dedent(source))
        assert own <= MOST_LINES, f"{node.name} has {own} lines of code"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_many_parameters_have_a_reason(path):
    for node, source in functions(path):
        names = parameters(node)
        head = source.split(":\n")[0]
        assert len(names) <= MOST_PARAMETERS or REASON.search(head), (
            f"{node.name} has {len(names)} parameters and no reason beside its name"
        )


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_can_be_read(path):
    lines = code_cells(path)
    long = {name: n for name, n in lines.items() if n > MOST_CELL_LINES}
    assert not long
    assert sum(lines.values()) <= MOST_CHAPTER_LINES
