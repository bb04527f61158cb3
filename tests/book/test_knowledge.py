"""Terms, symbols and references: what the text uses is linked, and the other way."""

import json
import re

import pytest
from bs4 import BeautifulSoup
from contents import ROOT, listed_files

from helpers.press.render import terms

BOOK = ROOT / "book"
CHAPTERS = sorted((BOOK / "chapters").glob("*.ipynb"))
# What is no running text of a page.
ASIDE = (
    "h1, h2, h3, h4, pre, code, table, figcaption, .caption, .math, .cell_output, "
    ".admonition-title, .sd-card-header, summary, nav, dt"
)


def sources() -> dict[str, str]:
    """Return the text of every page: Markdown as it is, the cells of notebooks."""
    found = {}
    for path in sorted([*BOOK.rglob("*.md"), *BOOK.rglob("*.ipynb")]):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".ipynb":
            cells = json.loads(text)["cells"]
            text = "\n\n".join("".join(cell["source"]) for cell in cells)
        found[path.relative_to(BOOK).as_posix()] = text
    return found


def glossary() -> list[str]:
    """Return the terms of the glossary: lines of its lists that are not indented."""
    text = (BOOK / "glossary.md").read_text(encoding="utf-8")
    lists = re.findall(r"```\{glossary\}\n(.*?)```", text, flags=re.S)
    return [line for one in lists for line in one.splitlines() if re.match(r"\S", line)]


def first_uses(page: BeautifulSoup, names: list[str]) -> dict[str, bool]:
    """Return for each term in the running text whether its first use is a link."""
    article = BeautifulSoup(str(page.select_one("article")), "html.parser")
    for tag in article.select(ASIDE):
        tag.decompose()
    # A term is found where it stands in one piece, not half of it in italics.
    for tag in article.select("em, strong"):
        tag.insert_before("\x00")
        tag.insert_after("\x00")
    # What stands in another link cannot be one; in a link to a term it is one.
    for link in article.select("a"):
        if "term-link" in link.get("class", ()):
            link.replace_with(f"\x02{link.get_text()}\x03")
        else:
            link.replace_with("\x00")
    text = "\x00".join(" ".join(p.get_text().split()) for p in article.select("p"))
    found = {}
    for match in terms.pattern(names).finditer(text):
        name = terms.named(match[0], names)
        linked = text[match.start() - 1] == "\x02"
        found.setdefault(name, linked)
    return found


def read_on(name: str, page: str) -> bool:
    return bool(re.match(terms.ONLY_ON.get(name, ""), page))


# The sources


def test_every_reference_is_cited_and_every_citation_known():
    text = (BOOK / "references.bib").read_text(encoding="utf-8")
    known = re.findall(r"^@\w+\{(\w+),", text, flags=re.M)
    assert len(set(known)) == len(known)
    cited = {
        key.strip()
        for page in sources().values()
        for keys in re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", page)
        for key in keys.split(",")
    }
    assert cited == set(known)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_chapters_and_their_notation_link_each_other(path):
    text, number = sources(), path.stem[0]
    section = text["notation.md"].split(f"(notation-{number})=\n")[1].split("\n## ")[0]
    assert f"{{doc}}`chapters/{path.stem}`" in section
    assert f"<notation-{number}>`" in text[f"chapters/{path.name}"]


def test_no_term_is_explained_twice():
    names = glossary()
    assert len(set(names)) == len(names)


# The pages


@pytest.mark.book
def test_the_first_use_of_a_term_is_a_link(pages):
    names = glossary()
    for page in listed_files():
        if terms.NOT_READ.fullmatch(page):
            continue
        mine = [name for name in names if read_on(name, page)]
        uses = first_uses(pages[f"{page}.html"], mine)
        assert [name for name, linked in uses.items() if not linked] == [], page


@pytest.mark.book
def test_every_definition_is_linked_from_a_page(pages):
    places = {
        link["href"].split("#")[1]
        for name, page in pages.items()
        if name != "glossary.html"
        for link in page.select("a.term-link")
    }
    listed = pages["glossary.html"].select("dl.glossary > dt, dl.glossary > dd")
    assert sum(tag.name == "dt" for tag in listed) == len(glossary())
    names, orphans = [], []
    for tag in listed:
        if tag.name == "dt":
            names.append(tag["id"])
        else:
            orphans += [] if set(names) & places else [names]
            names = []
    assert orphans == []


@pytest.mark.book
def test_terms_say_what_they_mean(pages):
    for page in pages.values():
        for link in page.select("a.term-link"):
            assert len(link["title"].split()) >= 3
            assert link["data-bs-toggle"] == "tooltip"


# The check itself notices what is wrong.


def test_a_first_use_without_a_link_is_noticed():
    html = (
        "<article><h2>A verdict</h2><p>A <a href='x'>verdict</a> and "
        "<a class='term-link'>Verdicts</a>, a peak.</p></article>"
    )
    uses = first_uses(BeautifulSoup(html, "html.parser"), ["verdict", "peak"])
    assert uses == {"verdict": True, "peak": False}
