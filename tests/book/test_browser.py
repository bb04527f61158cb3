"""The pages in a real browser, without any other network than this machine."""

import pytest
from contents import listed_files

pytestmark = [pytest.mark.book, pytest.mark.browser]

PHONE, LAPTOP = 390, 1280  # pixels
MOST_PIXELS = 20_000  # of the height of a page of the reference on a laptop
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


# `make test-all` opens each page anew at each width (test_access.py).
@pytest.mark.parametrize("name", PAGES)
def test_page_is_clean_typeset_and_fits(visit, name):
    page, complaints = visit(name, PHONE)
    page.wait_for_function(TYPESET, timeout=20_000)
    assert page.locator("mjx-merror").count() == 0
    for width in (PHONE, LAPTOP):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert not page.evaluate(CLIPPED_TABLES), f"{width} pixels"
    if name.startswith("reference/"):
        height = page.evaluate("document.documentElement.scrollHeight")
        assert height <= MOST_PIXELS, "split it: PARTS of render/reference.py"
    assert not complaints


@pytest.mark.parametrize(
    ("scheme", "filtered"),
    [("dark", "invert(0.91) hue-rotate(180deg)"), ("light", "none")],
)
def test_figures_are_turned_over_in_the_dark_theme_alone(visit, scheme, filtered):
    page, _ = visit("intro.html", scheme=scheme)
    image = page.locator("article img").first
    style = "image => getComputedStyle(image).filter"
    assert image.evaluate(style) == filtered
    page.emulate_media(media="print")
    assert image.evaluate(style) == "none"


@pytest.mark.parametrize("width", [PHONE, LAPTOP])
def test_a_wide_figure_changes_its_size_by_button(visit, width):
    """Full size on a laptop; on a phone, where it scrolls from the start, whole."""
    page, complaints = visit("chapters/1-false-positives.html", width)
    figure = page.locator("article figure:has(button.resize)").first
    scrolls = "figure => figure.scrollWidth > figure.clientWidth + 1"
    before = figure.evaluate(scrolls)
    button = figure.locator("button.resize")
    assert button.get_attribute("aria-pressed") == "false"
    button.focus()
    page.keyboard.press("Enter")
    assert button.get_attribute("aria-pressed") == "true"
    assert before == (width == PHONE) and figure.evaluate(scrolls) != before
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not complaints


def test_a_wide_formula_is_seen_from_its_beginning_and_says_that_it_scrolls(visit):
    page, complaints = visit("notation.html", PHONE)
    box = page.locator("article div.math.wide").first
    box.wait_for(timeout=20_000)
    hint = box.evaluate("box => getComputedStyle(box, '::before').content")
    assert "scrolls sideways" in hint and box.get_attribute("tabindex") == "0"
    drawn = box.locator("mjx-container").bounding_box()
    assert drawn["x"] >= box.bounding_box()["x"]
    assert not complaints


@pytest.mark.parametrize("width", [PHONE, LAPTOP])
def test_what_is_no_picture_on_the_screen_has_no_size_to_choose(visit, width):
    page, _ = visit("try-it.html", width)
    assert page.locator("figure .try-it").count() > 0
    assert page.locator("button.resize").count() == 0


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
