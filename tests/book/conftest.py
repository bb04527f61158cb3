"""Build the pages once, serve them, and read them."""

import os
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from contents import ROOT


@pytest.fixture(scope="session")
def site() -> Path:
    """Build the book at smoke size, as a reader would; return the site's folder.

    What is up to date is not built again.
    """
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    run = subprocess.run(
        ["make", "book", "SIZE=smoke", f"VENV={sys.prefix}"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, f"the book does not build:\n{run.stdout}{run.stderr}"
    return ROOT / "_build" / "smoke" / "html"


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
    """Serve the site on this machine; yield its address."""
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
