"""Execute notebooks into a staged copy of the book, and build its pages.

    python -m helpers.render --list                       # what there is
    python -m helpers.render --parameters 5-nid           # what can be changed
    python -m helpers.render 5-nid --size quick -p n_trials=3
    python -m helpers.render 5-nid -p n_trials=3 --output my-run.ipynb
    python -m helpers.render build --size quick           # HTML of what is staged

`make book` calls the same through Snakemake, for every notebook that is out of date.

Notebooks are executed by papermill before the build and the builder never executes: the
executed copy lies in `_build/<size>/stage/` at the same relative path as its source in
`book/`. A run that finishes with its own settings leaves a receipt,
`_build/<size>/runs/<name>.json`. One with other parameters replaces the staged notebook
and removes the receipt, so that `build` shows it and the next `make book` restores the
book's own.

Parameters. A notebook has exactly one code cell tagged `parameters`. Each of its lines
gives one name a literal and says in a trailing comment what it is::

    n_trials: int = 3  # trials of each function

The type is the annotation (`int`, `float`, `bool`, `str`, `list`, `list[int]`, ...),
or without one the type of the default. The defaults are the quick size; the other
sizes are papermill files, `book/sizes/<chapter>.<size>.yaml`, that also set `size`.
Chapters share

    size       smoke, quick or paper: where results are kept, and what they are called
    seed       of every random number
    device     auto, cpu or cuda
    recompute  compute every step again, whatever is stored
    compute    at size paper, also run steps of more than ten minutes

The last three say how to run, not what: changing only them keeps the receipt. A
notebook outside `book/chapters/`, the scoreboard say, has no size files; it is given
`size`.
"""

import argparse
import ast
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tokenize
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import nbformat
import papermill
import yaml
from jupyter_client.kernelspec import KernelSpecManager
from nbclient.exceptions import DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError

from helpers import results
from helpers.results import ROOT, SIZES

HOW_TO_RUN = {"device", "recompute", "compute"}
KERNEL = "python3"
TYPES = {"int": int, "float": float, "bool": bool, "str": str, "list": list}
THREAD_VARIABLES = (
    "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS",
)  # fmt: skip


class RenderError(Exception):
    """What a reader can mend; its text is one line, or a few for a failing cell."""


# What there is


def notebooks(*, root: str | os.PathLike = ROOT) -> dict[str, Path]:
    """Return every notebook of the book: name -> path, chapters first."""
    book = Path(root) / "book"
    paths = [
        path
        for path in sorted(book.rglob("*.ipynb"))
        if not any(part.startswith(".") for part in path.relative_to(book).parts)
    ]
    paths.sort(key=lambda path: path.parent.name != "chapters")
    return {path.stem: path for path in paths}


def chapters(*, root: str | os.PathLike = ROOT) -> list[str]:
    """Return the names of the notebooks in `book/chapters`."""
    every = notebooks(root=root)
    return [name for name, path in every.items() if path.parent.name == "chapters"]


def dependencies(name: str, *, root: str | os.PathLike = ROOT) -> list[Path]:
    """Return the helper files that a notebook imports, directly or through others.

    Snakemake runs a notebook again when one of them changed, and only then.
    """
    root = Path(root)
    code = [
        cell.source
        for cell in _read_notebook(_notebook(name, root)).cells
        if cell.cell_type == "code"
    ]
    found, waiting = set(), [_without_magics(source) for source in code]
    # Execution is part of what a page shows.
    waiting.append("import helpers.render")
    while waiting:
        for module in _imports(waiting.pop()):
            path = _module_file(module, root)
            if path and path not in found:
                found.add(path)
                waiting.append(path.read_text(encoding="utf-8"))
    return sorted(found)


def _imports(source: str) -> set[str]:
    """Return dotted names under `helpers` that `source` may import."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # the run will say where
        return set()
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    ours = [name.split(".") for name in names if name.split(".")[0] == "helpers"]
    return {".".join(p[:n]) for p in ours for n in range(1, len(p) + 1)}


def _module_file(module: str, root: Path) -> Path | None:
    path = root.joinpath(*module.split("."))
    for file in (path.with_suffix(".py"), path / "__init__.py"):
        if file.is_file():
            return file
    return None


def _without_magics(source: str) -> str:
    lines = source.splitlines()
    return "\n".join("pass" if re.match(r"[%!]", line) else line for line in lines)


def _notebook(name: str, root: Path) -> Path:
    every = notebooks(root=root)
    if name not in every:
        known = ", ".join(every) or "none"
        raise RenderError(f"chapter must be one of {known}; got {name!r}.")
    return every[name]


def _read_notebook(path: Path):
    try:
        return nbformat.read(path, as_version=4)
    except (nbformat.reader.NotJSONError, nbformat.ValidationError, KeyError):
        raise RenderError(f"{path} is not a valid notebook.") from None


# Parameters


@dataclass(frozen=True)
class Parameter:
    """One line of a parameters cell: name, type as text, default, help."""

    name: str
    type: str
    default: object
    help: str

    def read(self, text: str):
        """Return the value that `text`, from the command line, means."""
        if self.type == "str":
            return text
        words = {"true": True, "false": False}
        try:
            value = words[text.lower()] if text.lower() in words else _literal(text)
        except ValueError:
            value = text
        return self.check(value, f"parameter {self.name}")

    def check(self, value, place: str):
        """Return `value` if it is of the parameter's type; an int may be a float."""
        if not _is(value, self.type):
            raise RenderError(f"{place} must be {self.type}; got {value!r}.")
        return float(value) if self.type == "float" else value


def parameters(name: str, *, root: str | os.PathLike = ROOT) -> dict[str, Parameter]:
    """Return the parameters of a notebook by name, in their order.

    Raises
    ------
    RenderError
        If there is no such notebook, or its parameters cell breaks the convention.
    """
    path = _notebook(name, Path(root))
    cells = [
        cell
        for cell in _read_notebook(path).cells
        if "parameters" in cell.metadata.get("tags", ())
    ]
    if len(cells) != 1 or cells[0].cell_type != "code":
        raise RenderError(
            f"{path.name} must have one code cell tagged parameters; got {len(cells)}."
        )
    source = cells[0].source
    try:
        statements = ast.parse(source).body
    except SyntaxError as error:
        raise RenderError(
            f"{path.name}, parameters line {error.lineno}: {error.msg}."
        ) from None
    comments = _comments(source)
    found = [_parameter(path.name, statement, comments) for statement in statements]
    return {parameter.name: parameter for parameter in found}


def settings(
    name: str, size: str, given: dict[str, str], *, root: str | os.PathLike = ROOT
) -> dict:
    """Return what papermill is to inject: the size's file, then the given values.

    Parameters
    ----------
    given : dict of str
        Parameters from the command line, as text.

    Raises
    ------
    RenderError
        If a name is unknown or a value ill-typed, in the file or among `given`.
    """
    root = Path(root)
    known = parameters(name, root=root)
    values = _size_file(name, size, known, root)
    for parameter, text in given.items():
        if parameter == "size":
            raise RenderError("parameter size is set by --size.")
        values[parameter] = _known(parameter, known, "parameter").read(text)
    return values


def _size_file(name: str, size: str, known: dict, root: Path) -> dict:
    if size not in SIZES:
        raise RenderError(f"size must be one of {', '.join(SIZES)}; got {size!r}.")
    if size == "quick":
        return {}
    if name not in chapters(root=root):
        return {"size": _known("size", known, "parameter").check(size, "size")}
    path = root / "book" / "sizes" / f"{name}.{size}.yaml"
    place = path.relative_to(root)
    if not path.is_file():
        raise RenderError(f"{name} has no size {size}: there is no {place}.")
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "cannot be read"
        raise RenderError(f"{place}{line} is not valid YAML: {problem}.") from None
    if not isinstance(values, dict) or values.get("size") != size:
        raise RenderError(f"{place} must be a mapping that sets size to {size}.")
    return {
        parameter: _known(parameter, known, f"{place}: parameter").check(
            value, f"{place}: {parameter}"
        )
        for parameter, value in values.items()
    }


def _known(name: str, known: dict, place: str) -> Parameter:
    if name not in known:
        raise RenderError(f"{place} must be one of {', '.join(known)}; got {name!r}.")
    return known[name]


def _parameter(file: str, statement: ast.stmt, comments: dict) -> Parameter:
    place = f"{file}, parameters line {statement.lineno}"
    match statement:
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()):
            kind = ast.unparse(statement.annotation).strip("'\"")
        case ast.Assign(targets=[ast.Name(id=name)]):
            kind = None
        case _:
            raise RenderError(f"{place} must give one name a literal.")
    try:
        default = ast.literal_eval(statement.value)
    except ValueError:
        raise RenderError(
            f"{place}: the default of {name} must be a literal."
        ) from None
    kind = kind or type(default).__name__
    if not re.fullmatch(r"(list\[)?(int|float|bool|str)\]?|list", kind):
        raise RenderError(
            f"{place}: the type of {name} must be int, float, bool, str, list or "
            f"list[...] of these; got {kind}."
        )
    if statement.end_lineno not in comments:
        raise RenderError(f"{place}: {name} must be explained in a trailing comment.")
    parameter = Parameter(name, kind, default, comments[statement.end_lineno])
    parameter.check(default, f"{place}: {name}")
    return parameter


def _comments(source: str) -> dict[int, str]:
    """Return line number -> comment."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {
        token.start[0]: token.string.lstrip("# ").strip()
        for token in tokens
        if token.type == tokenize.COMMENT
    }


def _literal(text: str):
    try:
        return ast.literal_eval(text)
    except (SyntaxError, TypeError, MemoryError, RecursionError):
        raise ValueError(text) from None


def _is(value, kind: str) -> bool:
    element = re.fullmatch(r"list\[(\w+)\]", kind)
    if element:
        return isinstance(value, list) and all(_is(v, element[1]) for v in value)
    if isinstance(value, bool):  # in Python a bool is an int, here it is not
        return kind == "bool"
    return isinstance(value, (int, float) if kind == "float" else TYPES[kind])


# Execution


def execute(
    name: str,
    *,
    size: str = "quick",
    given: dict[str, str] | None = None,
    output: str | os.PathLike | None = None,
    threads: int | None = None,
    root: str | os.PathLike = ROOT,
) -> Path:
    """Run one notebook; return where the executed copy is.

    Parameters
    ----------
    name : str
        A chapter, or another notebook of the book.
    size : str
        ``smoke``, ``quick`` or ``paper``.
    given : dict of str, optional
        Other parameters as text, ``{"n_trials": "3"}``.
    output : path, optional
        Where to write instead of the staged copy of the book.
    threads : int, optional
        Of the numeric libraries; by default, every usable core.

    Raises
    ------
    RenderError
        If what was asked for does not exist or is ill-typed, or a cell fails: the
        partly executed notebook is then in `_build/<size>/failed/`.
    """
    root = Path(root).resolve()
    given = given or {}
    source = _notebook(name, root)
    values = settings(name, size, given, root=root)
    if threads is not None and threads < 1:
        raise RenderError(f"threads must be at least 1; got {threads}.")
    _check_kernel(source)
    build = root / "_build" / size
    staged = build / "stage" / source.relative_to(root / "book")
    receipt = build / "runs" / f"{name}.json"
    own = set(given) <= HOW_TO_RUN
    if output is None:
        receipt.unlink(missing_ok=True)
    start = time.perf_counter()
    progress = _Progress(f"{name} {size}", _read_notebook(source).cells)
    with _private_folder() as folder:
        running = folder / source.name
        try:
            _papermill(source, running, values, progress, threads, root)
        except RenderError as error:
            failed = build / "failed" / source.name
            failed.parent.mkdir(parents=True, exist_ok=True)
            if running.exists():
                shutil.move(running, failed)
            raise RenderError(f"{error}\nExecuted up to there: {failed}") from None
        notebook = nbformat.read(running, as_version=4)
    seconds = time.perf_counter() - start
    _strip(notebook)
    if source.parent.name == "chapters":
        _say_when(notebook, size, seconds, given)
    target = Path(output).resolve() if output else staged
    results.write_whole(target, nbformat.writes(notebook) + "\n")
    if output is None and own:
        if source.parent.name == "chapters":
            results.mark_complete(name, size, root=root)
        record = {"name": name, "size": size, "parameters": values}
        results.write_whole(
            receipt, results.to_json({**record, "seconds": round(seconds, 1)})
        )
    progress.line(f"{name} {size}: {results.duration(seconds)}, {_short(target, root)}")
    return target


def _say_when(notebook, size: str, seconds: float, given: dict[str, str]) -> None:
    """Write below the title how, when and where the notebook was executed."""
    others = "".join(f", {name}={value}" for name, value in given.items())
    notebook.cells[0].source += (
        f"\n\n*Executed at {size} size{others} on {results.here_and_now()}, "
        f"in {results.duration(seconds)}; heavy steps may be stored ones and say so.*"
    )


class _Client(PapermillNotebookClient):
    """Runs the cells in the interpreter of this process and tells `progress`."""

    def __init__(self, nb_man, progress, specs, **options):
        super().__init__(nb_man, **options)
        self.progress = progress
        self.specs = specs

    def create_kernel_manager(self):
        manager = super().create_kernel_manager()
        manager.kernel_spec_manager = KernelSpecManager(kernel_dirs=[str(self.specs)])
        return manager

    def execute_cell(self, cell, cell_index, **options):
        with self.progress.cell(cell):
            return super().execute_cell(cell, cell_index, **options)

    def process_message(self, msg, cell, cell_index):
        if msg["msg_type"] == "stream":
            self.progress.text(msg["content"]["text"])
        return super().process_message(msg, cell, cell_index)


class _Engine(NBClientEngine):
    """Papermill's way to run a notebook, with a private kernel and own progress."""

    NAME = "book"

    @classmethod
    def execute_managed_notebook(
        cls, nb_man, kernel_name, *, progress, specs, environment, folder, **_
    ):
        # The graceful way interrupts an idle kernel, which then reports an error.
        client = _Client(
            nb_man,
            progress,
            specs,
            kernel_name=kernel_name,
            timeout=None,
            shutdown_kernel="immediate",
        )
        client.execute(env=environment, cwd=str(folder))


papermill_engines.register(_Engine.NAME, _Engine)


class _Progress:
    """One line a code cell: number, the section it is in, what it prints, seconds."""

    def __init__(self, label: str, cells: list):
        self.label = label
        self.total = sum(cell.cell_type == "code" for cell in cells)
        self.number = 0
        self.section = ""
        self.live = sys.stdout.isatty()

    @contextmanager
    def cell(self, cell):
        if cell.cell_type == "markdown":
            headings = re.findall(r"^#+ +(.*)", cell.source, flags=re.MULTILINE)
            self.section = headings[-1] if headings else self.section
        if cell.cell_type != "code" or "injected-parameters" in cell.metadata.tags:
            yield
            return
        self.number += 1
        start = time.perf_counter()
        self.show("")
        yield
        self.line(f"{self.place()}  {time.perf_counter() - start:.1f} s")

    def place(self) -> str:
        return f"{self.label}, cell {self.number}/{self.total}, {self.section}"

    def text(self, printed: str):
        """Show the last line that the running cell printed."""
        lines = [line for line in re.split(r"[\r\n]+", printed) if line.strip()]
        if lines:
            self.show(lines[-1].strip())

    def show(self, note: str):
        if self.live:
            width = shutil.get_terminal_size().columns - 1
            print("\r\x1b[K" + f"{self.place()}  {note}"[:width], end="", flush=True)

    def line(self, text: str):
        print(("\r\x1b[K" if self.live else "") + text, flush=True)


def _papermill(source, running, values, progress, threads, root):
    """Execute `source` to `running`; raise RenderError if a cell fails."""
    folder = running.parent
    try:
        papermill.execute_notebook(
            str(source),
            str(running),
            parameters=values,
            engine_name=_Engine.NAME,
            kernel_name=KERNEL,
            progress_bar=False,
            progress=progress,
            specs=folder / "kernels",
            environment=_environment(folder, threads, root),
            folder=folder,
        )
    except PapermillExecutionError as error:
        raise RenderError(_failure(progress.place(), error)) from None
    except DeadKernelError:
        place = progress.place()
        raise RenderError(f"{place}: the kernel died; out of memory?") from None


def _failure(place: str, error: PapermillExecutionError) -> str:
    """Return what failed in a few lines: cell, line of the cell, error."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(error.traceback))
    lines = [f"{place}: {error.ename}: {error.evalue}"]
    found = re.search(r"Cell In ?\[\d+\], line (\d+)", text)
    source = error.source.splitlines()
    if found and int(found[1]) <= len(source):
        lines.append(f"  line {found[1]}: {source[int(found[1]) - 1].strip()}")
    return "\n".join(lines)


@contextmanager
def _private_folder():
    """Yield a scratch folder with a kernel that is this very interpreter.

    An installed kernel of the same name, of another environment perhaps, must not run
    the book.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        spec = Path(folder, "kernels", KERNEL)
        spec.mkdir(parents=True)
        command = [sys.executable, "-m", "ipykernel_launcher", "--log-level=ERROR"]
        kernel = {
            "argv": [*command, "-f", "{connection_file}"],
            "display_name": "Python 3",
            "language": "python",
        }
        (spec / "kernel.json").write_text(json.dumps(kernel), encoding="utf-8")
        yield Path(folder)


def _environment(folder: Path, threads: int | None, root: Path) -> dict:
    """Return the kernel's environment: own helpers, fixed threads, no user profile."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None
    threads = str(threads or cores or os.cpu_count() or 1)
    path = os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH")]))
    return {
        **os.environ,
        **dict.fromkeys(THREAD_VARIABLES, threads),
        "PYTHONPATH": path,
        "PYTHONHASHSEED": "0",
        "IPYTHONDIR": str(folder / "ipython"),
    }


def _check_kernel(source: Path) -> None:
    if find_spec("ipykernel") is None:
        raise RenderError(
            f"ipykernel is not installed for {sys.executable}; "
            "run: pip install -r requirements.lock"
        )
    language = _read_notebook(source).metadata.get("kernelspec", {}).get("language")
    if language not in (None, "python"):
        raise RenderError(f"{source.name} must have a Python kernel; got {language}.")


def _strip(notebook) -> None:
    """Remove what papermill and the kernel left: paths, times, empty tags."""
    notebook.metadata.pop("papermill", None)
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if not cell.metadata.get("tags", True):
            del cell.metadata["tags"]


# The book


def stage(size: str = "quick", *, root: str | os.PathLike = ROOT) -> Path:
    """Bring the staged copy of `book/` up to date, all but the executed notebooks.

    Raises
    ------
    RenderError
        If `_config.yml` lets the builder execute, or a notebook of the table of
        contents has not been executed at this size.
    """
    root = Path(root).resolve()
    book, staged = root / "book", root / "_build" / size / "stage"
    _check_config(book / "_config.yml")
    executed = {path.relative_to(book) for path in notebooks(root=root).values()}
    _mirror(book, staged, keep=executed)
    contents = (book / "_toc.yml").read_text(encoding="utf-8")
    for path in sorted(executed):
        listed = path.with_suffix("").as_posix() in contents
        if listed and not (staged / path).is_file():
            raise RenderError(
                f"{path.stem} has not been executed at size {size}; "
                f"run: python -m helpers.render {path.stem} --size {size}"
            )
    return staged


def build(size: str = "quick", *, root: str | os.PathLike = ROOT) -> Path:
    """Build the HTML of the staged book; return its index.html.

    Warnings are errors. The site is replaced only by a build without any.
    """
    root = Path(root).resolve()
    staged = stage(size, root=root)
    work = root / "_build" / size / "jupyter-book"
    log = root / "_build" / "logs" / f"book-{size}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    # From scratch: of pages it need not read again, the builder repeats no warning.
    shutil.rmtree(work, ignore_errors=True)
    start = "from jupyter_book.cli.main import main; main()"
    command = [sys.executable, "-c", start, "build", str(staged)]
    command += ["--path-output", str(work), "-W", "-n", "--keep-going"]
    with log.open("w", encoding="utf-8") as file:
        code = subprocess.run(
            command, stdout=file, stderr=subprocess.STDOUT, cwd=root
        ).returncode
    if code:
        text = re.sub(r"\x1b\[[0-9;]*m", "", log.read_text(encoding="utf-8"))
        worth = re.compile(r"\b(WARNING|ERROR|CRITICAL|\w+Error):")
        lines = [line for line in text.splitlines() if worth.search(line)]
        raise RenderError(
            "\n".join(["the book could not be built:", *lines[:20], f"Log: {log}"])
        )
    site = root / "_build" / size / "html"
    _mirror(work / "_build" / "html", site)
    index = site / "index.html"
    index.touch()  # built now, even if it reads the same
    return index


def _mirror(source: Path, target: Path, *, keep: set[Path] = frozenset()) -> None:
    """Make `target` a copy of `source`, touching only files that differ.

    Relative paths in `keep` are neither copied nor removed.
    """
    wanted = set()
    for path in source.rglob("*"):
        relative = path.relative_to(source)
        if path.is_dir() or ".ipynb_checkpoints" in relative.parts:
            continue
        wanted.add(relative)
        copy = target / relative
        if relative in keep or _same(path, copy):
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)  # with a new date: the builder goes by dates
    for path in sorted(target.rglob("*"), reverse=True):
        relative = path.relative_to(target)
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif relative not in wanted | keep:
            path.unlink()


def _same(one: Path, other: Path) -> bool:
    return other.is_file() and one.read_bytes() == other.read_bytes()


def _check_config(path: Path) -> None:
    try:
        config = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise RenderError(f"{path} cannot be read: {reason}.") from None
    execution = ((config or {}).get("execute") or {}).get("execute_notebooks")
    if execution not in ("off", False):
        raise RenderError(
            f'{path}: execute_notebooks must be "off"; got {execution!r}.'
        )


def _short(path: Path, root: Path) -> str:
    return str(path.relative_to(root) if path.is_relative_to(root) else path)


# Command line


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m helpers.render",
        description="Execute a chapter, or build the pages of what is executed.",
        epilog="""examples:
  python -m helpers.render 5-nid                          quick size, as in make book
  python -m helpers.render 5-nid --size paper -p compute=true
  python -m helpers.render 5-nid -p n_trials=3 --output my-run.ipynb
  python -m helpers.render --parameters 5-nid             what can be changed
  python -m helpers.render build                          pages, without executing""",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "what", nargs="?", metavar="CHAPTER|stage|build", help="a chapter, or a step"
    )
    parser.add_argument("--size", choices=SIZES, default="quick", help="default quick")
    parser.add_argument(
        "-p", dest="given", metavar="NAME=VALUE", action="append", default=[],
        help="another value of a parameter; may be repeated",
    )  # fmt: skip
    parser.add_argument("--output", metavar="PATH", help="write the notebook there")
    parser.add_argument(
        "--threads", type=int, metavar="N", help="of the numeric libraries"
    )
    parser.add_argument("--list", action="store_true", help="chapters and their sizes")
    parser.add_argument(
        "--parameters", metavar="CHAPTER", help="names, types, defaults, meaning"
    )
    return parser


def main(arguments: list[str] | None = None, *, root: str | os.PathLike = ROOT) -> int:
    """Run the command line; return its exit code."""
    parser = _arguments()
    options = parser.parse_args(arguments)
    try:
        if options.list:
            _print_list(Path(root))
        elif options.parameters:
            _print_parameters(options.parameters, root)
        elif options.what == "stage":
            print(f"Staged in {stage(options.size, root=root)}")
        elif options.what == "build":
            print(f"The book is at {build(options.size, root=root)}")
        elif options.what:
            execute(
                options.what,
                size=options.size,
                given=_pairs(options.given),
                output=options.output,
                threads=options.threads,
                root=root,
            )
        else:
            parser.print_usage()
            return 2
    except (RenderError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ninterrupted; stored steps are kept", file=sys.stderr)
        return 130
    return 0


def _pairs(given: list[str]) -> dict[str, str]:
    pairs = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise RenderError(f"-p must be NAME=VALUE; got {text!r}.")
        if name in pairs:
            raise RenderError(f"-p {name} must be given once; got it again.")
        pairs[name] = value
    return pairs


def _print_list(root: Path) -> None:
    for name in notebooks(root=root):
        files = (root / "book" / "sizes").glob(f"{name}.*.yaml")
        sizes = {"quick", *(path.name.split(".")[-2] for path in files)}
        if name not in chapters(root=root):
            sizes = set(SIZES)
        print(f"{name:30} {', '.join(size for size in SIZES if size in sizes)}")


def _print_parameters(name: str, root: str | os.PathLike) -> None:
    for parameter in parameters(name, root=root).values():
        print(
            f"{parameter.name:20} {parameter.type:10} {parameter.default!r:>12}  "
            f"{parameter.help}"
        )


if __name__ == "__main__":
    sys.exit(main())
