"""The built pages: links, images, mathematics, and nothing from elsewhere."""

import re
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from bs4 import BeautifulSoup
from contents import ROOT, listed_files

pytestmark = pytest.mark.book

PICTURE_FILE = re.compile(r"\.(png|svg|jpe?g|gif|webp)$|^_images/|/", re.IGNORECASE)
LOADED_BY = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "embed": "src",
    "link": "href",
}
NOT_LOADED = {"canonical", "index", "search", "prev", "next", "author", "copyright"}


def broken_links(pages: dict[str, BeautifulSoup], site: Path) -> list[str]:
    """Return the links within the site whose file or anchor does not exist."""
    anchors = {
        name: {tag.get("id") or tag.get("name") for tag in page.find_all(True)}
        for name, page in pages.items()
    }
    broken = []
    for name, page in pages.items():
        for tag in page.find_all(["a", "link", "img", "script"]):
            target = urlsplit(tag.get("href") or tag.get("src") or "")
            if target.scheme or target.netloc or not (target.path or target.fragment):
                continue
            path = name
            if target.path:
                file = (site / name).parent / unquote(target.path)
                if not file.is_file():
                    broken.append(f"{name}: {target.path}")
                    continue
                path = file.resolve().relative_to(site.resolve()).as_posix()
            fragment = unquote(target.fragment)
            if fragment and path in anchors and fragment not in anchors[path]:
                broken.append(f"{name}: {path}#{fragment}")
    return broken


def poor_alts(pages: dict[str, BeautifulSoup]) -> list[str]:
    """Return the images whose alternative text is missing or a file name."""
    return [
        f"{name}: {image.get('src')}: {image.get('alt')!r}"
        for name, page in pages.items()
        for image in page.find_all("img")
        if not (image.get("alt") or "").strip()
        or PICTURE_FILE.search(image["alt"].split()[-1])
    ]


def loaded_from_elsewhere(pages: dict[str, BeautifulSoup]) -> list[str]:
    """Return what a browser would fetch from another host while reading."""
    return [
        f"{name}: {tag[attribute]}"
        for name, page in pages.items()
        for element, attribute in LOADED_BY.items()
        for tag in page.find_all(element)
        if urlsplit(tag.get(attribute, "")).netloc
        and not NOT_LOADED & set(tag.get("rel", []))
    ]


def test_every_listed_page_is_built(pages):
    assert {f"{name}.html" for name in listed_files()} <= set(pages)
    assert {"index.html", "search.html", "genindex.html"} <= set(pages)


def test_links_within_the_book_lead_somewhere(pages, site):
    assert not broken_links(pages, site)


def test_images_have_alternative_text(pages):
    assert not poor_alts(pages)


def test_nothing_is_loaded_from_elsewhere(pages, site):
    assert not loaded_from_elsewhere(pages)
    for path in (site / "_static").rglob("*.css"):
        style = path.read_text(encoding="utf-8")
        assert not re.search(r"(url\(|@import)\s*[\"']?(https?:)?//", style), path.name


def test_mathjax_is_loaded_once_and_locally(pages, site):
    for name in listed_files():
        page = pages[f"{name}.html"]
        scripts = [s["src"] for s in page.find_all("script", src=re.compile("mathjax"))]
        if page.select(".math"):
            (script,) = scripts
            file = (site / f"{name}.html").parent / urlsplit(script).path
            assert list(file.parent.rglob("*.woff")), "MathJax fonts are missing"
        else:
            assert len(scripts) <= 1


def test_pages_have_a_language_and_one_title(pages):
    for name in listed_files():
        page = pages[f"{name}.html"]
        assert page.html["lang"] == "en"
        assert len(page.select("article h1")) == 1, name


def test_pages_do_not_show_the_building_machine(site):
    folders = {ROOT, Path.home(), Path(sys.prefix)} - {Path("/"), Path("/usr")}
    private = [f"{folder}/" for folder in folders]
    for path in [*site.rglob("*.html"), *(site / "_sources").rglob("*.*")]:
        text = path.read_text(encoding="utf-8")
        assert not [word for word in private if word in text], path.name


def test_comments_of_constants_are_whole(site):
    page = site / "reference" / "significance-interaction.html"
    text = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").get_text(" ")
    assert "Rows of a tested part for each column at least: one function" in text


def test_outputs_hold_no_warnings_and_no_truncated_tables(pages):
    for name, page in pages.items():
        assert not page.select(".output.stderr, .output.traceback"), name
        cells = [cell.get_text(strip=True) for cell in page.select(".cell_output td")]
        assert "..." not in cells, f"{name}: pandas left out rows or columns"


def test_no_launch_buttons_without_an_address(pages):
    text = (ROOT / "book" / "_config.yml").read_text(encoding="utf-8")
    if yaml.safe_load(text)["repository"]["url"]:
        pytest.skip("the repository has an address")
    hosts = re.compile(r"mybinder\.org|colab\.research|github\.com/executablebooks")
    for name, page in pages.items():
        assert not page.find_all("a", href=hosts), name


# The checks themselves notice what is wrong.


def test_broken_links_are_noticed(tmp_path):
    html = '<p id="here"></p><a href="#here"></a><a href="#gone"></a><a href="b.html">'
    (tmp_path / "a.html").write_text(html)
    pages = {"a.html": BeautifulSoup(html, "html.parser")}
    assert broken_links(pages, tmp_path) == ["a.html: a.html#gone", "a.html: b.html"]


@pytest.mark.parametrize("alt", ["", "_images/a1b2.png", "../_images/question.svg"])
def test_poor_alternative_texts_are_noticed(alt):
    html = f'<img src="x.png" alt="{alt}">'
    assert len(poor_alts({"a.html": BeautifulSoup(html, "html.parser")})) == 1


def test_things_from_elsewhere_are_noticed():
    html = (
        '<script src="https://cdn.example/x.js"></script><a href="https://b.example">'
    )
    html += '<link rel="stylesheet" href="//fonts.example/a.css">'
    assert (
        len(loaded_from_elsewhere({"a.html": BeautifulSoup(html, "html.parser")})) == 2
    )
