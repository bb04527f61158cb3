"""Run one notebook by papermill, in a process and a folder of its own."""

import json
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from helpers import memory
from helpers.data.kinds import PathLike
from helpers.extras import extra
from helpers.press import results
from helpers.press.render.meter import CoreSeconds
from helpers.press.render.sources import (
    RenderError,
    computes,
    notebook_path,
    notebooks,
    read_cells,
    read_content,
    short,
)
from helpers.press.render.values import settings
from helpers.press.results import ROOT

with extra("book"):
    import nbformat
    import papermill
    from jupyter_client import KernelManager
    from jupyter_client.kernelspec import KernelSpecManager
    from nbclient.exceptions import DeadKernelError
    from papermill.clientwrap import PapermillNotebookClient
    from papermill.engines import (
        NBClientEngine,
        NotebookExecutionManager,
        papermill_engines,
    )
    from papermill.exceptions import PapermillExecutionError

HOW_TO_RUN = {"device", "recompute", "compute"}
KERNEL = "python3"
BRIEF = 60.0  # seconds of a cell that is not worth a line
EVERY = 60.0  # seconds between two lines of one cell in a log
THREAD_VARIABLES = (
    "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS",
)  # fmt: skip

#: What Markdown without text shows instead.
NOTHING = "<IPython.core.display.Markdown object>"


def execute(
    name: str,
    *,
    size: str = "quick",
    given: dict[str, str] | None = None,
    output: str | os.PathLike | None = None,
    threads: int | None = None,
    only: Sequence[str] = (),
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
    only : sequence of str
        Steps that are computed however long they take; other long ones wait.

    Raises
    ------
    RenderError
        If what was asked for does not exist or is ill-typed, or a cell fails: the
        partly executed notebook is then in `_build/<size>/failed/`.
    """
    root = Path(root).resolve()
    given = given or {}
    source = notebook_path(name, root)
    values = settings(name, size, given, root=root)
    if threads is not None and threads < 1:
        raise RenderError(f"threads must be at least 1; got {threads}.")
    _check_kernel(source)
    build = root / "_build" / size
    staged = build / "stage" / source.relative_to(root / "book")
    receipt = build / "runs" / f"{name}.json"
    _check_output(output)
    own = output is None and set(given) <= HOW_TO_RUN
    start = time.perf_counter()
    progress = _Progress(f"{name} {size}", read_cells(source))
    progress.begin(_last_seconds(receipt))
    if output is None:
        receipt.unlink(missing_ok=True)
    with _private_folder() as folder:
        running = folder / source.name
        try:
            environment = _environment(folder, threads, root)
            # What explores keeps its results apart from the book's.
            environment |= {results.OWN_RUN: name if own else ""}
            if only:
                environment |= {results.ONLY_STEPS: ",".join(only)}
            with CoreSeconds() as taken:
                _papermill(source, running, values, progress, environment)
        except RenderError as error:
            failed = _keep(running, build / "failed")
            raise RenderError(f"{error}\nExecuted up to there: {failed}") from None
        notebook = nbformat.read(running, as_version=4)
    seconds = time.perf_counter() - start
    _strip(notebook)
    if computes(source):
        _say_when(notebook, size, seconds, given)
    target = Path(output).resolve() if output else staged
    results.write_whole(target, nbformat.writes(notebook) + "\n")
    if own:
        if computes(source):
            results.mark_complete(name, size, root=root)
        record = {"name": name, "size": size, "parameters": values}
        record |= {"seconds": round(seconds, 1), "core_seconds": round(taken.total, 1)}  # type: ignore[arg-type]  # a record holds values of any kind
        record["ran"] = results.describe()
        peak = memory.of_children()  # the kernel is the largest, and has ended
        record |= {} if peak is None else {"peak_mb": peak}  # type: ignore[dict-item]  # a record holds values of any kind
        results.write_whole(receipt, results.to_json(record))
    progress.line(
        f"{name} {size}: {results.duration(seconds)}, {short(target, root)}"
        + (_done(build, root) if own else "")
    )
    return target


def _keep(running: Path, folder: Path) -> Path:
    """Move a notebook that stopped to a folder, if there is one; return its place."""
    folder.mkdir(parents=True, exist_ok=True)
    if running.exists():
        shutil.move(running, folder / running.name)
    return folder / running.name


def _done(build: Path, root: Path) -> str:
    """Say how many notebooks of a first build have run; later, which is no news."""
    if (build / "html" / "index.html").is_file():
        return ""
    names = notebooks(root=root)
    done = sum((build / "runs" / f"{name}.json").is_file() for name in names)
    return f" ({done} of {len(names)} notebooks have run)"


def _check_output(output: PathLike | None) -> None:
    """Refuse, before anything runs, what cannot be written afterwards."""
    if output is None:
        return
    path = Path(output).resolve()
    if path.is_dir():
        raise RenderError(f"output must be a file; {output} is a folder.")
    if not path.parent.is_dir():
        raise RenderError(f"output: there is no folder {path.parent}.")
    if not os.access(path.parent, os.W_OK):
        raise RenderError(f"output: the folder {path.parent} cannot be written.")


def _say_when(
    notebook: nbformat.NotebookNode, size: str, seconds: float, given: dict[str, str]
) -> None:
    """Write below the title how, when and where the notebook was executed."""
    others = "".join(f", {name}={value}" for name, value in given.items())
    notebook.cells[0].source += (
        f"\n\n*Executed at {size} size{others} on {results.here_and_now()}, "
        f"in {results.duration(seconds)}; heavy steps may be stored ones and say so.*"
    )


class _Client(PapermillNotebookClient):
    """Runs the cells in the interpreter of this process and tells `progress`."""

    def __init__(
        self,
        nb_man: NotebookExecutionManager,
        progress: "_Progress",
        specs: Path,
        **options: Any,
    ) -> None:
        super().__init__(nb_man, **options)
        self.progress = progress
        self.specs = specs

    def create_kernel_manager(self) -> KernelManager:
        manager = super().create_kernel_manager()
        manager.kernel_spec_manager = KernelSpecManager(kernel_dirs=[str(self.specs)])
        # Beside the kernel, so that it goes with the folder however the run ends.
        manager.connection_file = str(self.specs.parent / "connection.json")
        return manager

    def execute_cell(
        self, cell: nbformat.NotebookNode, cell_index: int, **options: Any
    ) -> nbformat.NotebookNode:
        with self.progress.cell(cell):
            return super().execute_cell(cell, cell_index, **options)

    def process_message(
        self, msg: dict, cell: nbformat.NotebookNode, cell_index: int
    ) -> nbformat.NotebookNode | None:
        if msg["msg_type"] == "stream":
            self.progress.text(msg["content"]["text"])
        elif msg["msg_type"] in ("display_data", "update_display_data"):
            data = msg["content"]["data"]
            if data.keys() == {"text/plain"}:  # the bar of a long part, one line
                self.progress.text(data["text/plain"])
        return super().process_message(msg, cell, cell_index)


class _Engine(NBClientEngine):
    """Papermill's way to run a notebook, with a private kernel and own progress."""

    NAME = "book"

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        progress: "_Progress",
        specs: Path,
        environment: dict[str, str],
        folder: Path,
        **_: Any,
    ) -> None:
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


def _last_seconds(receipt: Path) -> float | None:
    """Return how long the book's last run of a notebook took, if one is known."""
    try:
        return float(json.loads(receipt.read_text(encoding="utf-8"))["seconds"])
    except (OSError, ValueError, KeyError):
        return None


class _Progress:
    """Where a notebook is: its running cell, the section, what it prints, seconds.

    A terminal shows one line that changes. A log gets a line for each cell of a minute
    or more, and one a minute for a cell that goes on printing.
    """

    def __init__(self, label: str, cells: list) -> None:
        self.label = label
        self.total = sum(cell.cell_type == "code" for cell in cells)
        self.number = 0
        self.section = ""
        self.live = sys.stdout.isatty()
        self.started = self.told = time.perf_counter()

    def begin(self, seconds: float | None) -> None:
        """Say that the notebook starts, and how long it took the last time."""
        last = f"; the last run took {results.duration(seconds)}" if seconds else ""
        self.line(f"{self.label}: started{last}")

    @contextmanager
    def cell(self, cell: nbformat.NotebookNode) -> Iterator[None]:
        if cell.cell_type == "markdown":
            headings = re.findall(r"^#+ +(.*)", cell.source, flags=re.MULTILINE)
            self.section = headings[-1] if headings else self.section
        if cell.cell_type != "code" or "injected-parameters" in cell.metadata.tags:
            yield
            return
        self.number += 1
        self.started = time.perf_counter()
        self.show("")
        yield
        seconds = time.perf_counter() - self.started
        if seconds >= BRIEF:
            self.line(f"{self.place()}  {seconds:.1f} s")

    def place(self) -> str:
        return f"{self.label}, cell {self.number}/{self.total}, {self.section}"

    def text(self, printed: str) -> None:
        """Show the last line that the running cell printed."""
        lines = [line for line in re.split(r"[\r\n]+", printed) if line.strip()]
        if lines:
            self.show(lines[-1].strip())
            now = time.perf_counter()
            if not self.live and now - max(self.told, self.started) >= EVERY:
                self.line(f"{self.place()}  {lines[-1].strip()}")

    def show(self, note: str) -> None:
        if self.live:
            width = shutil.get_terminal_size().columns - 1
            print("\r\x1b[K" + f"{self.place()}  {note}"[:width], end="", flush=True)

    def line(self, text: str) -> None:
        self.told = time.perf_counter()
        print(("\r\x1b[K" if self.live else "") + text, flush=True)


def _papermill(
    source: Path,
    running: Path,
    values: dict,
    progress: "_Progress",
    environment: dict[str, str],
) -> None:
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
            environment=environment,
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
def _private_folder() -> Iterator[Path]:
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
    path = os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH")]))
    return {
        **os.environ,
        **_threads(threads),
        "PYTHONPATH": path,
        "PYTHONHASHSEED": "0",
        # Of tqdm, which libraries import: a page has no use for a live progress bar.
        "PYTHONWARNINGS": "ignore:IProgress not found",
        "IPYTHONDIR": str(folder / "ipython"),
    }


def _threads(asked: int | None) -> dict[str, str]:
    """Return the variables of the numeric libraries; what the caller set stays."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None
    number = str(asked or cores or os.cpu_count() or 1)
    return {
        name: number if asked else os.environ.get(name, number)
        for name in THREAD_VARIABLES
    }


def _check_kernel(source: Path) -> None:
    if find_spec("ipykernel") is None:
        raise RenderError(
            f"ipykernel is not installed for {sys.executable}; run: make install"
        )
    metadata = read_content(source).get("metadata", {})
    language = metadata.get("kernelspec", {}).get("language")
    if language not in (None, "python"):
        raise RenderError(f"{source.name} must have a Python kernel; got {language}.")


def _strip(notebook: nbformat.NotebookNode) -> None:
    """Remove what papermill and the kernel left: paths, times, empty tags."""
    notebook.metadata.pop("papermill", None)
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if not cell.metadata.get("tags", True):
            del cell.metadata["tags"]
        if cell.cell_type == "code":
            cell.outputs = _joined(cell.outputs)


def _joined(outputs: list) -> list:
    """Return outputs with neighbouring lines of plain text as one block of text."""
    joined = []
    for output in (output for output in outputs if not _is_nothing(output)):
        plain = output.get("data", {}).keys() == {"text/plain"}
        if output.output_type == "display_data" and plain:
            text = output.data["text/plain"].rstrip("\n") + "\n"
            output = nbformat.v4.new_output("stream", name="stdout", text=text)
        if output.output_type == "stream" and joined:
            last = joined[-1]
            if last.output_type == "stream" and last.name == output.name:
                last.text = last.text.rstrip("\n") + "\n" + output.text
                continue
        joined.append(output)
    return joined


def _is_nothing(output: nbformat.NotebookNode) -> bool:
    """Return whether an output is a sentence that had nothing to say."""
    data = output.get("data", {})
    said = data.get("text/markdown", "" if data.get("text/plain") == NOTHING else None)
    return said is not None and not "".join(said).strip()
