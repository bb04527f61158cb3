"""The pages as one PDF: put together in a browser, and printed by it."""

import logging
import os
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

from helpers.press.editions.files import EditionError, built_site, edition, version
from helpers.press.results import ROOT

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",  # containers forbid it
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
)
TITLE = "Is the Interaction Real?"
# A4 in millimetres, its margins, and how much smaller than on a screen it is set.
SHEET, MARGIN, FOOT, SCALE = (210, 297), 16, 18, 0.75
PIXELS = 96 / 25.4 / SCALE  # of a page, one millimetre on paper
FOOTER = (
    '<div style="width: 100%; font: 8px sans-serif; color: #444; text-align: center">'
    '{title}, version {version}: <span class="pageNumber"></span></div>'
)
MINUTES = 8  # that putting together may take


def write_pdf(
    size: str = "quick", *, browser: str | None = None, root: str | os.PathLike = ROOT
) -> Path:
    """Print the built pages of a size, in their order, as one PDF; return where it is.

    The browser puts all articles into one document and prints it in the pages' own
    print style, with headings as bookmarks, page numbers, and links among pages as
    links within the document.

    Parameters
    ----------
    browser : str, optional
        Path of Chromium; by default the first that is installed.

    Raises
    ------
    EditionError
        If the pages have not been built, there is no browser, or a figure does not
        fit on a sheet.
    """
    root = Path(root)
    site = built_site(root, size)
    path = edition(root, f"{size}.pdf")
    path.parent.mkdir(parents=True, exist_ok=True)
    printed = path.with_suffix(".partly")
    pages = [name for name in listed_pages(root) if (site / f"{name}.html").is_file()]
    given = pages, printed, browser or _browser(), version(root)
    # In a thread of its own: playwright takes none that runs an event loop, and a
    # notebook's does.
    with served(site) as address, ThreadPoolExecutor(1) as thread:
        headings = thread.submit(_print, address, *given).result()
    _finish(printed, headings)
    os.replace(printed, path)
    return path


def _finish(path: Path, headings: list[str]) -> None:
    """Give a printed file its title, and its bookmarks the words of the headings.

    The browser writes the words of a heading twice where a sheet ends within it.
    """
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import NameObject, TextStringObject

    logging.getLogger("pypdf").setLevel(logging.ERROR)  # of the browser's counting
    writer = PdfWriter(clone_from=PdfReader(path))
    writer.add_metadata({"/Title": TITLE, "/Author": "The contributors"})
    writer.page_mode = "/UseOutlines"
    bookmarks = list(_bookmarks(writer.root_object["/Outlines"].get_object()))
    if len(bookmarks) == len(headings):
        for bookmark, words in zip(bookmarks, headings, strict=True):
            bookmark[NameObject("/Title")] = TextStringObject(words)
    writer.compress_identical_objects()
    writer.write(path)


def _bookmarks(above: Any) -> Iterator:
    """Yield the bookmarks below one, each before those below it."""
    below = above.get("/First")
    while below is not None:
        below = below.get_object()
        yield below
        yield from _bookmarks(below)
        below = below.get("/Next")


def listed_pages(root: Path) -> list[str]:
    """Return the pages of the table of contents, without suffix, in their order."""
    text = (root / "book" / "_toc.yml").read_text(encoding="utf-8")
    contents = yaml.safe_load(text)
    parts = contents.get("parts") or [contents]
    pages = [page for part in parts for page in part["chapters"]]
    return [contents["root"], *(name for page in pages for name in _names(page))]


def _names(page: dict) -> list[str]:
    """Return a page of the contents and those below it."""
    below = page.get("sections", [])
    return [page["file"], *(name for section in below for name in _names(section))]


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine; yield the address."""
    handler = partial(_QuietHandler, directory=folder)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: Any) -> None:
        """Say nothing: a request a line helps nobody."""


def _browser() -> str:
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        raise EditionError(f"a PDF needs one of {', '.join(CHROMIUM)}; none was found.")
    return path


def _print(
    address: str, pages: list[str], path: Path, browser: str, number: str
) -> list[str]:
    """Put the pages together and print them to `path`; return their headings."""
    from playwright.sync_api import sync_playwright

    script = Path(__file__).with_name("one_page.js").read_text(encoding="utf-8")
    width, height = SHEET
    room = int((height - MARGIN - FOOT) * PIXELS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=[*FLAGS])
        wide = int((width - 2 * MARGIN) * PIXELS)
        page = chromium.new_page(viewport={"width": wide, "height": room})
        page.set_default_timeout(60_000 * MINUTES)
        page.emulate_media(media="print", color_scheme="light")
        page.goto(f"{address}/{pages[0]}.html", wait_until="networkidle")
        found = page.evaluate(script, {"pages": pages, "tallest": room})
        if found["tooTall"]:
            names = ", ".join(found["tooTall"][:5])
            raise EditionError(f"taller than a sheet of paper: {names}")
        page.pdf(
            path=str(path),
            format="A4",
            scale=SCALE,
            print_background=True,
            outline=True,
            tagged=True,
            display_header_footer=True,
            header_template="<div></div>",
            footer_template=FOOTER.format(title=TITLE, version=number),
            margin={
                "top": f"{MARGIN}mm", "bottom": f"{FOOT}mm",
                "left": f"{MARGIN}mm", "right": f"{MARGIN}mm",
            },
        )  # fmt: skip
        chromium.close()
    return found["headings"]
