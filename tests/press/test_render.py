"""Parameters, execution, staging and building, on a book of one tiny chapter."""

import json
import sys
import types

import nbformat
import pytest
from fake_book import PARAMETERS, make_book, write_notebook

from helpers.press import render, results
from helpers.press.render import RenderError, execution


@pytest.fixture
def book(tmp_path):
    return make_book(tmp_path)


def toy(book):
    return book / "book" / "chapters" / "1-toy.ipynb"


def outputs(path):
    notebook = nbformat.read(path, as_version=4)
    return "".join(
        output.get("text", "")
        for cell in notebook.cells
        for output in cell.get("outputs", ())
    )


# What there is


def test_notebooks_lists_chapters_first(book):
    assert list(render.notebooks(root=book)) == ["1-toy", "board"]
    assert render.chapters(root=book) == ["1-toy"]


def test_dependencies_follow_imports(book):
    found = render.dependencies("1-toy", root=book)
    names = {path.relative_to(book / "helpers").as_posix() for path in found}
    assert {"checks.py", "press/results/store.py", "press/render/execution.py"} <= names
    assert "unused.py" not in names
    write_notebook(
        toy(book), PARAMETERS, "%matplotlib inline\nfrom helpers.unused import value"
    )
    names = {path.name for path in render.dependencies("1-toy", root=book)}
    assert "unused.py" in names


def test_list_and_parameters_commands(book, capsys):
    assert render.main(["--list"], root=book) == 0
    assert capsys.readouterr().out.split() == [
        "1-toy", "smoke,", "quick", "board", "smoke,", "quick,", "paper",
    ]  # fmt: skip
    assert render.main(["--parameters", "1-toy"], root=book) == 0
    line = capsys.readouterr().out.splitlines()[3]
    assert line.split(maxsplit=3) == ["n_trials", "int", "3", "trials of each function"]


# Parameters


def test_types_come_from_annotation_or_default(book):
    found = render.parameters("1-toy", root=book)
    assert {name: p.type for name, p in found.items()} == {
        "size": "str", "seed": "int", "recompute": "bool", "n_trials": "int",
        "rate": "float", "widths": "list[int]",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("n_trials=7", 7),
        ("rate=1e-3", 1e-3),
        ("rate=1", 1.0),
        ("recompute=true", True),
        ("recompute=False", False),
        ("widths=[3, 2]", [3, 2]),
    ],
)
def test_values_are_read_as_their_type(book, text, value):
    name, text = text.split("=")
    read = render.settings("1-toy", "quick", {name: text}, root=book)
    assert read == {name: value}
    assert type(read[name]) is type(value)


def test_size_file_comes_before_the_command_line(book):
    read = render.settings("1-toy", "smoke", {"n_trials": "5"}, root=book)
    assert read == {"size": "smoke", "n_trials": 5}
    assert render.settings("board", "paper", {}, root=book) == {"size": "paper"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["2-none"], "chapter must be one of 1-toy, board; got '2-none'"),
        (["1-toy", "-p", "n_trial=3"], "parameter must be one of size, seed"),
        (["1-toy", "-p", "n_trials=many"], "n_trials must be int; got 'many'"),
        (["1-toy", "-p", "n_trials=2.5"], "n_trials must be int; got 2.5"),
        (["1-toy", "-p", "n_trials=true"], "n_trials must be int; got True"),
        (["1-toy", "-p", "rate=fast"], "rate must be float; got 'fast'"),
        (["1-toy", "-p", "recompute=1"], "recompute must be bool; got 1"),
        (["1-toy", "-p", "widths=[1, 'a']"], "widths must be list[int]; got [1, 'a']"),
        (["1-toy", "-p", "n_trials"], "-p must be NAME=VALUE; got 'n_trials'"),
        (["1-toy", "-p", "seed=1", "-p", "seed=2"], "-p seed must be given once"),
        (["1-toy", "-p", "size=smoke"], "size is set by --size"),
        (["1-toy", "--size", "paper"], "there is no book/sizes/1-toy.paper.yaml"),
        (["1-toy", "--threads", "0"], "threads must be at least 1; got 0"),
        (["--parameters", "nope"], "chapter must be one of"),
    ],
)
def test_bad_requests_get_one_line(book, capsys, arguments, message):
    assert render.main(arguments, root=book) == 1
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not (book / "_build").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("size: smoke\nn_trails: 2\n", "1-toy.smoke.yaml: parameter must be one of"),
        ("size: smoke\nn_trials: two\n", "n_trials must be int; got 'two'"),
        ("size: smoke\nn_trials: [\n", "1-toy.smoke.yaml line 3 is not valid YAML"),
        ("n_trials: 2\n", "must be a mapping that sets size to smoke"),
        ("", "must be a mapping that sets size to smoke"),
    ],
)
def test_bad_size_files_get_one_line(book, text, message):
    (book / "book/sizes/1-toy.smoke.yaml").write_text(text)
    with pytest.raises(RenderError) as error:
        render.settings("1-toy", "smoke", {}, root=book)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("n = 3", "n must be explained in a trailing comment"),
        ("n = 1 + len('a')  # x", "the default of n must be a literal"),
        ("n: int = 'a'  # x", "n must be int; got 'a'"),
        ("n: tuple = 3  # x", "the type of n must be int, float"),
        ("n = None  # x", "the type of n must be int, float"),
        ("import os  # x", "parameters line 1 must give one name a literal"),
        ("a = b = 3  # x", "parameters line 1 must give one name a literal"),
        ("n = (  # x", "parameters line 1: '(' was never closed"),
    ],
)
def test_parameters_cells_keep_the_convention(book, source, message):
    write_notebook(toy(book), source, "")
    with pytest.raises(RenderError) as error:
        render.parameters("1-toy", root=book)
    assert "1-toy.ipynb" in str(error.value)
    assert message in str(error.value)


def test_two_parameters_cells_are_refused(book):
    notebook = nbformat.read(toy(book), as_version=4)
    notebook.cells[3].metadata["tags"] = ["parameters"]
    nbformat.write(notebook, toy(book))
    with pytest.raises(RenderError, match="one code cell tagged parameters; got 2"):
        render.parameters("1-toy", root=book)


def test_broken_notebook_is_named(book):
    toy(book).write_text("{", encoding="utf-8")
    with pytest.raises(RenderError, match=r"1-toy\.ipynb is not a valid notebook"):
        render.parameters("1-toy", root=book)


def test_other_languages_are_refused(book):
    notebook = nbformat.read(toy(book), as_version=4)
    notebook.metadata["kernelspec"]["language"] = "R"
    nbformat.write(notebook, toy(book))
    with pytest.raises(RenderError, match="must have a Python kernel; got R"):
        render.execute("1-toy", root=book)


def test_missing_kernel_is_one_line(book, monkeypatch):
    monkeypatch.setattr(render.execution, "find_spec", lambda name: None)
    with pytest.raises(RenderError, match="ipykernel is not installed for"):
        render.execute("1-toy", root=book)


# Execution


def test_execution_stages_a_clean_notebook_and_leaves_a_receipt(
    book, capsys, monkeypatch
):
    monkeypatch.setenv("JUPYTER_PATH", str(hijacked_kernels(book)))
    monkeypatch.setattr(execution, "BRIEF", 1e9)
    path = render.execute("1-toy", size="smoke", root=book, threads=1)
    assert path == book / "_build/smoke/stage/chapters/1-toy.ipynb"
    assert "widths [4, 2] rate 0.1" in outputs(path)
    text = path.read_text(encoding="utf-8")
    assert "papermill" not in text
    assert str(book) not in text
    assert "iopub" not in text
    receipt = json.loads((book / "_build/smoke/runs/1-toy.json").read_text())
    assert receipt["parameters"] == {"size": "smoke", "n_trials": 2}
    run = json.loads((book / "_build/results/1-toy/smoke/run.json").read_text())
    assert (run["values"], run["complete"]) == ({"toy.n": 2}, True)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "1-toy smoke: started"
    assert lines[-1].startswith("1-toy smoke: ")
    assert len(lines) == 2


def hijacked_kernels(folder):
    """Return a kernel folder whose python3 cannot start."""
    spec = folder / "jupyter" / "kernels" / "python3"
    spec.mkdir(parents=True)
    kernel = {"argv": ["false"], "display_name": "other", "language": "python"}
    (spec / "kernel.json").write_text(json.dumps(kernel))
    return folder / "jupyter"


def test_kernel_is_this_interpreter_with_fixed_threads(book):
    write_notebook(
        toy(book),
        PARAMETERS,
        "import os, sys\nprint(sys.executable, os.environ['OMP_NUM_THREADS'])",
    )
    path = render.execute("1-toy", root=book, threads=3)
    assert outputs(path) == f"{sys.executable} 3\n"


def test_other_parameters_take_the_receipt_away(book):
    receipt = book / "_build/quick/runs/1-toy.json"
    receipt.parent.mkdir(parents=True)
    receipt.write_text("{}")
    render.execute("1-toy", given={"n_trials": "5"}, root=book)
    assert not receipt.exists()
    assert not (book / "_build/results").exists()
    run = json.loads((book / "_build/explored/1-toy/quick/run.json").read_text())
    assert run["values"] == {"toy.n": 5}
    assert "complete" not in run
    with pytest.raises(ValueError, match="no complete local run"):
        results.publish("1-toy", root=book)


def test_how_to_run_does_not_and_output_goes_where_told(book, tmp_path, capsys):
    render.execute("1-toy", given={"recompute": "true"}, root=book)
    assert "1-toy.ipynb (1 of 2 notebooks have run)\n" in capsys.readouterr().out
    receipt = book / "_build/quick/runs/1-toy.json"
    assert json.loads(receipt.read_text())["parameters"] == {"recompute": True}
    staged = book / "_build/quick/stage/chapters/1-toy.ipynb"
    before = staged.read_bytes()
    output = tmp_path / "mine.ipynb"
    capsys.readouterr()
    path = render.execute("1-toy", given={"rate": "0.5"}, output=output, root=book)
    assert path == output
    assert "notebooks have run" not in "".join(capsys.readouterr())
    assert "rate 0.5" in outputs(output)
    assert receipt.exists()
    assert staged.read_bytes() == before
    (table,) = (book / "_build/results/1-toy/quick").glob("sum.*.csv")
    assert table.read_text() == "n\n0\n1\n2\n"
    with pytest.raises(RenderError, match="output must be a file"):
        render.execute("1-toy", output=tmp_path, root=book)
    with pytest.raises(RenderError, match="there is no folder"):
        render.execute("1-toy", output=tmp_path / "none" / "a.ipynb", root=book)


def test_failing_cell_is_reported_and_the_notebook_kept(book, capsys):
    write_notebook(toy(book), PARAMETERS, "x = 1\nprint('before')\n1 / 0  # here")
    assert render.main(["1-toy"], root=book) == 1
    error = capsys.readouterr().err.splitlines()
    failed = book / "_build/quick/failed/1-toy.ipynb"
    assert error == [
        "error: 1-toy quick, cell 2/2, Counting: ZeroDivisionError: division by zero",
        "  line 3: 1 / 0  # here",
        f"Executed up to there: {failed}",
    ]
    assert "before" in outputs(failed)
    assert not (book / "_build/quick/stage").exists()
    assert not (book / "_build/quick/runs").exists()


def test_neighbouring_lines_of_text_become_one_block(book):
    code = """
import sys
import types
from IPython.display import Markdown, display

class Line:
    def __repr__(self):
        return "bar"

print("one")
display(Line())
print("two")
display(Markdown("**text**"))
print("three")
print("four", file=sys.stderr)"""
    write_notebook(toy(book), PARAMETERS, code)
    cell = nbformat.read(render.execute("1-toy", root=book), as_version=4).cells[-1]
    kinds = [output.output_type for output in cell.outputs]
    assert kinds == ["stream", "display_data", "stream", "stream"]
    assert cell.outputs[0].text == "one\nbar\ntwo\n"
    assert cell.outputs[2].text == "three\n"


def test_dying_kernel_is_reported(book):
    write_notebook(toy(book), PARAMETERS, "import os\nos._exit(1)")
    with pytest.raises(RenderError, match="Counting: the kernel died"):
        render.execute("1-toy", root=book)


# The book


def test_one_page_is_built_before_the_others_have_run(book, capsys):
    with (book / "book/intro.md").open("a") as page:
        page.write("\nMore on {doc}`board` and [there](board.ipynb).\n")
    arguments = ["build", "--size", "smoke", "--page", "1-toy"]
    assert render.main(arguments, root=book) == 1
    assert "1-toy has not been executed at size smoke" in capsys.readouterr().err
    render.execute("1-toy", size="smoke", root=book)
    capsys.readouterr()
    assert render.main(arguments, root=book) == 0
    path = book / "_build/smoke/first/_build/html/chapters/1-toy.html"
    assert capsys.readouterr().out == f"A page: {path}\n"
    assert "widths [4, 2]" in path.read_text()
    assert not (path.parents[1] / "board.html").exists()
    intro = (path.parents[1] / "intro.html").read_text()
    assert "there</span>" in intro and "board.ipynb" not in intro
    assert "More on A toy and" in intro
    with pytest.raises(RenderError, match="board has not been executed"):
        render.build("smoke", root=book)


def test_a_page_that_is_not_there_is_one_line(book, capsys):
    assert render.main(["build", "--page", "9-none"], root=book) == 1
    assert "chapter must be one of 1-toy, board" in capsys.readouterr().err


def test_stage_copies_what_differs_and_removes_what_is_gone(book):
    executed = book / "_build/quick/stage/chapters/1-toy.ipynb"
    executed.parent.mkdir(parents=True)
    executed.write_text("executed")
    (executed.parent.parent / "board.ipynb").write_text("executed")
    staged = render.stage(root=book)
    before = (staged / "intro.md").stat().st_mtime_ns
    (book / "book/published/1-toy.csv").unlink()
    (book / "book/new.md").write_text("# New")
    render.stage(root=book)
    assert (staged / "intro.md").stat().st_mtime_ns == before
    assert (staged / "new.md").read_text() == "# New"
    assert not (staged / "published").exists()
    assert executed.read_text() == "executed"


def test_stage_refuses_a_builder_that_executes(book):
    (book / "book/_config.yml").write_text("execute: {execute_notebooks: cache}")
    with pytest.raises(RenderError, match="must be \"off\"; got 'cache'"):
        render.stage(root=book)


def test_stage_names_what_was_not_executed(book, capsys):
    assert render.main(["build"], root=book) == 1
    assert (
        "board has not been executed at size quick; run: python -m helpers.render"
        in (capsys.readouterr().err)
    )


def test_build_makes_pages_and_keeps_the_last_good_ones(book, capsys):
    for name in ("1-toy", "board"):
        render.execute(name, root=book)
    index = render.build(root=book)
    assert index == book / "_build/quick/html/index.html"
    assert "widths [4, 2]" in (index.parent / "chapters/1-toy.html").read_text()
    (book / "book/intro.md").write_text("# Toy\n\n[nowhere](missing.md)\n")
    capsys.readouterr()
    assert render.main(["build"], root=book) == 1
    error = capsys.readouterr().err
    assert "the book could not be built" in error
    assert "missing.md" in error
    assert "Log: " in error
    assert "nowhere" not in (index.parent / "intro.html").read_text()
    (book / "book/new.md").write_text("# New\n")
    assert render.main(["build"], root=book) == 1, "a warning must not be forgotten"


def test_a_bar_of_a_notebook_is_shown_as_printed_lines_are(monkeypatch):
    seen = []
    client = execution._Client.__new__(execution._Client)
    client.progress = types.SimpleNamespace(text=seen.append)
    monkeypatch.setattr(
        execution.PapermillNotebookClient, "process_message", lambda *_: None
    )

    def sent(kind, content):
        client.process_message({"msg_type": kind, "content": content}, None, 0)

    sent("stream", {"text": "printed"})
    sent("display_data", {"data": {"text/plain": " 0%| 0/3"}})
    sent("update_display_data", {"data": {"text/plain": "33%| 1/3"}})
    sent("display_data", {"data": {"text/plain": "a figure", "image/png": ""}})
    assert seen == ["printed", " 0%| 0/3", "33%| 1/3"]


@pytest.mark.parametrize(
    ("data", "stays"),
    [
        ({"text/plain": execution.NOTHING}, False),
        ({"text/plain": execution.NOTHING, "text/markdown": " \n"}, False),
        ({"text/plain": execution.NOTHING, "text/markdown": "Two of ten."}, True),
        ({"text/plain": "0.5"}, True),
        ({"text/plain": "<Figure>", "image/png": "aGk="}, True),
    ],
)
def test_a_sentence_without_words_is_not_shown(data, stays):
    output = nbformat.v4.new_output("display_data", data=data)
    assert len(execution._joined([output])) == stays
