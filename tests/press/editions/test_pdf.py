"""A site of three small pages as one PDF: bookmarks, links, whole figures."""

import asyncio
import base64
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest
from pypdf import PdfReader

from helpers.press.editions import pdf
from helpers.press.editions.files import EditionError
from helpers.press.results import ROOT

TOC = """\
format: jb-book
root: intro
parts:
  - caption: All
    chapters:
      - file: chapters/one
        sections:
          - file: two
"""
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAAH2FzhVAAAA"
    "AElFTkSuQmCC"
)
STYLE = '<link rel="stylesheet" href="/print.css">'
INTRO = """<h1 id="top">Start<a class="headerlink" href="#top">#</a></h1>
<p><a href="chapters/one.html#part">to the part</a> <a href="two.html">to two</a>
<a href="https://example.org/">elsewhere</a> <a href="search.html">search</a></p>
<details><summary>Answer</summary><p>the hidden answer</p></details>
<details class="hide"><summary>Code</summary><pre>secret = 1</pre></details>"""
ONE = """<h1>One</h1><figure id="fig" {size}><img src="../dot.png" alt="A dot"></figure>
<h2 id="part">A part</h2><p>{words}</p>"""
TWO = '<h1>Two</h1><p><a href="intro.html#top">back</a></p>'

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not any(map(shutil.which, pdf.CHROMIUM)), reason="needs Chromium"
    ),
]


def make_site(folder, size=""):
    (folder / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n')
    (folder / "book").mkdir()
    (folder / "book/_toc.yml").write_text(TOC)
    site = folder / "_build/smoke/html"
    (site / "chapters").mkdir(parents=True)
    one = ONE.format(size=size, words="word " * 3000)
    for name, text in (("intro", INTRO), ("chapters/one", one), ("two", TWO)):
        page = f"<article class='bd-article'>{text}</article>"
        (site / f"{name}.html").write_text(f"{STYLE}<body>{page}</body>")
    (site / "index.html").write_text("start")
    shutil.copy(ROOT / "book/_static/print.css", site)
    (site / "dot.png").write_bytes(PIXEL)
    return folder


def test_pages_become_one_document(tmp_path):
    path = pdf.write_pdf("smoke", root=make_site(tmp_path))
    assert path.name == "interaction-book-1.2.3-smoke.pdf"
    document = PdfReader(path)
    titles = [mark.title for mark in document.outline if not isinstance(mark, list)]
    assert titles == ["Start", "One", "Two"]
    numbers = [document.get_destination_page_number(m) for m in document.outline[:2]]
    assert numbers == [0, 1], "a page starts on a sheet of its own"
    texts = [page.extract_text() for page in document.pages]
    for number, text in enumerate(texts, start=1):
        assert f"version 1.2.3: {number}" in " ".join(text.split())
    assert "the hidden answer" in texts[0]
    assert "secret" not in texts[0]


def test_links_stay_in_the_document_or_lead_elsewhere(tmp_path):
    async def written():  # as in a notebook, which runs an event loop
        return pdf.write_pdf("smoke", root=make_site(tmp_path))

    with ThreadPoolExecutor(1) as thread:  # the page tests' browser runs one in ours
        document = PdfReader(thread.submit(lambda: asyncio.run(written())).result())
    inside, outside = links(document)
    assert outside == ["https://example.org/"]
    places = document.named_destinations
    at = [document.get_destination_page_number(places[name]) for name in inside]
    last = len(document.pages) - 1
    part = next(
        n for n, page in enumerate(document.pages) if "A part" in page.extract_text()
    )
    assert at == [part, last, 0]


def test_figure_taller_than_a_sheet_is_refused(tmp_path):
    folder = make_site(tmp_path, size='style="height: 3000px"')
    with pytest.raises(
        EditionError, match="taller than a sheet of paper: chapters--one"
    ):
        pdf.write_pdf("smoke", root=folder)


def test_missing_browser_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr(pdf.shutil, "which", lambda name: None)
    with pytest.raises(EditionError, match=r"needs one of chromium, .* none was found"):
        pdf.write_pdf("smoke", root=make_site(tmp_path))


def links(document):
    """Return where links lead: names of places within, addresses elsewhere."""
    inside, outside = [], []
    for page in document.pages:
        for entry in page.get("/Annots", []):
            link = entry.get_object()
            if "/Dest" in link:
                inside.append(str(link["/Dest"]))
            else:
                outside.append(link["/A"]["/URI"])
    return inside, outside
