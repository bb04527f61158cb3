"""Build the pages once, serve them, and read them."""

import os
import shutil
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from contents import ROOT, listed_files


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Path:
    """Return the folder of the built site.

    BOOK_SITE names a site that was built before, `_build/smoke/html` say. Without it
    the pages are built here, notebooks with stand-in outputs: quick, and enough to see
    whether pages, look and checks work.
    """
    if os.environ.get("BOOK_SITE"):
        folder = Path(os.environ["BOOK_SITE"]).resolve()
        assert (folder / "index.html").is_file(), f"BOOK_SITE: no site in {folder}."
        return folder
    folder = tmp_path_factory.mktemp("site")
    book = shutil.copytree(ROOT / "book", folder / "book")
    for name in listed_files():
        if not (book / f"{name}.md").exists():
            _stand_in(book / f"{name}.ipynb")
    return _built(book, folder)


@pytest.fixture(scope="session")
def pages(site) -> dict[str, BeautifulSoup]:
    """Return every page of the site, parsed, by its path in the site."""
    return {
        path.relative_to(site).as_posix(): BeautifulSoup(
            path.read_text(encoding="utf-8"), "html.parser"
        )
        for path in sorted(site.rglob("*.html"))
        if "_static" not in path.relative_to(site).parts
    }


@pytest.fixture(scope="session")
def address(site):
    """Serve the site on this machine; return its address."""
    handler = partial(_QuietHandler, directory=site)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class _QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


def _built(book: Path, out: Path) -> Path:
    builder = Path(sys.executable).with_name("jupyter-book")
    command = [builder, "build", book, "--path-output", out]
    options = ["-W", "-n", "--keep-going", "-q"]  # warnings are errors; report all
    run = subprocess.run([*command, *options], capture_output=True, text=True)
    assert run.returncode == 0, f"the book does not build:\n{run.stdout}{run.stderr}"
    return out / "_build" / "html"


def _stand_in(path: Path) -> None:
    """Give a notebook outputs of every kind; write a small one where there is none."""
    if path.exists():
        notebook = nbformat.read(path, as_version=4)
    else:
        title = nbformat.v4.new_markdown_cell(f"# {path.stem}\n\n$$y=x_1x_2$$")
        cells = [title, nbformat.v4.new_code_cell("1 + 1")]
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
        notebook = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
    wide = "| " + " | ".join(f"column {i}" for i in range(12)) + " |"
    table = "\n".join([wide, "|" + ":--|" * 12, wide, wide])
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [_markdown(table)]
        if cell.cell_type == "code" and "figure" in cell.metadata.get("mystnb", {}):
            cell.outputs = [_picture()]
    path.parent.mkdir(exist_ok=True)
    nbformat.write(notebook, path)


def _markdown(text: str):
    data = {"text/markdown": text, "text/plain": text}
    return nbformat.v4.new_output("display_data", data=data)


def _picture():
    dot = (
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY"
        "42YAAAAASUVORK5CYII="
    )
    return nbformat.v4.new_output("display_data", data={"image/png": dot})
