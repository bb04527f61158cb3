"""The pages in a real browser, without any other network than this machine."""

import os
import shutil

import pytest
from contents import listed_files
from playwright.sync_api import sync_playwright

pytestmark = [pytest.mark.book, pytest.mark.browser]

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
WIDTHS = (390, 1280)  # pixels: a phone, a laptop
PAGES = [f"{name}.html" for name in listed_files()] + ["search.html", "genindex.html"]

# Every formula has become a picture of itself, drawn in MathJax's own fonts.
TYPESET = """() => [...document.querySelectorAll('article .math')].every(
    formula => formula.querySelector('mjx-container'))"""

# Tables wider than the text must sit in a box that scrolls.
CLIPPED_TABLES = """() => [
    ...document.querySelectorAll('article table')
].filter(table => {
    const article = table.closest('article').getBoundingClientRect();
    for (let box = table; box.tagName !== 'ARTICLE'; box = box.parentElement) {
        const scrolls = ['auto', 'scroll'].includes(getComputedStyle(box).overflowX);
        if (scrolls && box.getBoundingClientRect().right <= article.right + 1)
            return false;
    }
    return table.getBoundingClientRect().right > article.right + 1;
}).map(table => table.innerText.slice(0, 60))"""


@pytest.fixture(scope="module")
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
        page.goto(f"{address}/{name}", wait_until="networkidle")
        return page, complaints

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_page_is_clean_typeset_and_fits(visit, name, width):
    page, complaints = visit(name, width)
    page.wait_for_function(TYPESET, timeout=20_000)
    assert page.locator("mjx-merror").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not page.evaluate(CLIPPED_TABLES)
    assert not complaints


def test_figures_stand_on_a_white_card_in_dark_mode(visit):
    page, _ = visit("intro.html", scheme="dark")
    style = page.locator("article img").first.evaluate(
        "image => [getComputedStyle(image).backgroundColor, "
        "getComputedStyle(image).filter]"
    )
    assert style == ["rgb(255, 255, 255)", "none"]


def test_search_finds_a_page(visit):
    page, complaints = visit("search.html?q=interaction")
    page.wait_for_selector("#search-results li a", timeout=20_000)
    found = page.locator("#search-results li a").evaluate_all(
        "links => links.map(link => link.pathname)"
    )
    assert any("glossary" in path or "intro" in path for path in found)
    assert not complaints


def test_complaints_are_noticed(visit):
    _, complaints = visit("there-is-no-such-page.html")
    assert complaints
