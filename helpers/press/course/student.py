"""The student edition: the chapters without solutions, for plain JupyterLab."""

import ast
import copy
import os
import re
from pathlib import Path

import nbformat

from helpers.press import results
from helpers.press.course import plain
from helpers.press.course.cells import answers_of, exercises, question, tags
from helpers.press.results import ROOT

NOTE = """*Student edition.* Exercises are at the end: write each answer into the cell
below its statement, then run the cell after it, which says whether the answer is right
and if not, gives a hint. Questions on the way unfold their answers at a click, or with
Enter. Nothing is sent anywhere."""
PLACEHOLDER = "...  # your answer"
DONE = "Solutions were executed with the page; open them after trying."
TO_DO = "Each has a cell for your answer and one that checks it."


def student_edition(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return a chapter without its solutions.

    A solution in code becomes a cell that names what is to be found; the check below it
    stays and does not stop the notebook when it fails. Solutions in words go. What only
    the book's pages understand (roles, directives, captions) becomes plain Markdown.

    Parameters
    ----------
    notebook : NotebookNode
        As committed, or executed; outputs are dropped.

    Raises
    ------
    ValueError
        If an exercise lacks its solution or its check.
    """
    edition = copy.deepcopy(notebook)
    for exercise in exercises(edition.cells):
        solution, check = (
            edition.cells[exercise.solution],
            edition.cells[exercise.check],
        )
        solution.source = starter(solution.source, answers_of(check.source))
        solution.metadata = {"tags": ["exercise"]}
        check.metadata = {"tags": ["check", "raises-exception"]}
    kept = [cell for cell in edition.cells if "solution" not in tags(cell)]
    numbers = plain.figure_numbers(kept)
    edition.cells = []
    for cell in kept:
        edition.cells += _in_plain_text(cell, numbers)
    edition.cells[0].source += f"\n\n{NOTE}"
    return edition


def starter(solution: str, names: list[str]) -> str:
    """Return the cell that stands in place of a solution.

    A function that is to be written keeps its signature and its docstring.
    """
    tree = ast.parse(solution)
    functions = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef)}
    parts = [
        _empty(functions[name]) if name in functions else f"{name} = {PLACEHOLDER}"
        for name in names
    ]
    return "\n".join(parts)


def _empty(function: ast.FunctionDef) -> str:
    """Return a function without its body."""
    head = f"def {function.name}({ast.unparse(function.args)}):"
    said = ast.get_docstring(function)
    lines = [head, f'    """{said}"""' if said else "", f"    return {PLACEHOLDER}"]
    return "\n".join(line for line in lines if line)


def _in_plain_text(cell: nbformat.NotebookNode, numbers: dict[str, int]) -> list:
    """Return a cell as JupyterLab shows it, with the caption of its figure below."""
    if cell.cell_type == "markdown":
        if "self-check" in tags(cell):
            cell.source = plain.unfolding(question(cell.source))
        cell.source = plain.text(cell.source.replace(DONE, TO_DO), numbers)
        return [cell]
    cell.outputs, cell.execution_count = [], None
    figure = cell.metadata.get("mystnb", {}).get("figure", {})
    if not figure:
        return [cell]
    caption = f"*Figure {numbers[figure['name']]}.* {figure['caption']}"
    below = nbformat.v4.new_markdown_cell(
        plain.text(caption, numbers), id=f"{cell.id}-caption"[:64]
    )
    return [cell, below]


def write_student_edition(*, root: str | os.PathLike = ROOT) -> list[Path]:
    """Write the student edition of each chapter and of the first session."""
    root = Path(root)
    sources = [
        *sorted((root / "book" / "chapters").glob("*.ipynb")),
        *sorted((root / "book" / "course").glob("*.ipynb")),
    ]
    written = []
    for path in sources:
        edition = student_edition(nbformat.read(path, as_version=4))
        target = root / "_build" / "student" / path.name
        results.write_whole(target, nbformat.writes(edition) + "\n")
        written.append(target)
    return written


def left_over(text: str) -> list[str]:
    """Return what of a text only the book's pages understand."""
    return re.findall(r"\{[\w:]+\}`|^(?:```|:::+)\{.*$|^:label:.*$", text, flags=re.M)
