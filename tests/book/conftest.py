"""Serve the pages and read them; `tests/conftest.py` has them built."""

import os
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import sync_playwright

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",  # containers forbid it
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


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


@pytest.fixture(scope="session")
def browser():
    """Start Chromium; skip where there is none, but not in continuous integration."""
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        reason = f"no browser found (looked for {', '.join(CHROMIUM)})"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(f"{reason}; CI must open the pages.")
        pytest.skip(reason)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser, address):
    """Return a function that opens a page and returns it with all complaints."""
    contexts = []

    def opened(name: str, width: int = 1280, scheme: str = "light"):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme
        )
        contexts.append(context)
        page, complaints = context.new_page(), []

        def note(text):
            complaints.append(text)

        page.on("console", lambda m: note(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: note(str(error)))
        page.on("requestfailed", lambda request: note(f"failed: {request.url}"))
        page.on(
            "response", lambda r: note(f"{r.status}: {r.url}") if not r.ok else None
        )
        page.on(
            "request",
            lambda r: (
                None if r.url.startswith((address, "data:", "blob:")) else note(r.url)
            ),
        )
        # A quiet network alone may be that of a page whose scripts have not run yet.
        page.goto(f"{address}/{name}", wait_until="load")
        page.wait_for_load_state("networkidle")
        return page, complaints

    yield opened
    for context in contexts:
        context.close()
