"""The repository's address: one place, its copies, and the buttons of the pages."""

import json
import subprocess
import sys

import pytest
import yaml
from bs4 import BeautifulSoup
from fake_book import make_book
from IPython.core.inputtransformer2 import TransformerManager

from helpers.press import render
from helpers.press.render import RenderError, buttons
from helpers.press.render import address as site
from helpers.press.results import ROOT

URL = "https://github.com/some-group/interaction-book"
CITATION = "title: A book\nlicense: MIT\nreferences: []\n"
CONFIG = 'repository:\n  url: ""\n  path_to_book: book\n  branch: main\n'


@pytest.fixture
def book(tmp_path):
    folder = make_book(tmp_path)
    config = folder / "book/_config.yml"
    config.write_text(config.read_text() + CONFIG)
    (folder / "CITATION.cff").write_text(CITATION)
    return folder


def cell_of(path):
    cells = json.loads(path.read_text())["cells"]
    places = [n for n, cell in enumerate(cells) if cell["id"] == site.COLAB_CELL]
    (place,) = places
    assert "parameters" in cells[place - 1]["metadata"]["tags"]
    return "".join(cells[place]["source"])


def test_address_goes_to_its_place_and_its_copies(book):
    changed = site.set_address(f"{URL}.git", root=book)
    assert len(changed) == 4  # configuration, citation, two notebooks
    assert site.address(root=book) == URL
    assert yaml.safe_load((book / "CITATION.cff").read_text())["repository-code"] == URL
    assert f'(address := "{URL}")' in cell_of(book / "book/chapters/1-toy.ipynb")
    assert site.set_address(URL, root=book) == []


def test_emptied_address_leaves_nothing_behind(book):
    before = (book / "book/_config.yml").read_text()
    site.set_address(URL, root=book)
    site.set_address("", root=book)
    assert (book / "book/_config.yml").read_text() == before
    assert (book / "CITATION.cff").read_text() == CITATION
    assert '(address := "")' in cell_of(book / "book/board.ipynb")


@pytest.mark.parametrize(
    "url", ["github.com/a/b", "https://github.com/a", "https://x/a b/c"]
)
def test_other_texts_are_refused_and_nothing_is_written(book, url):
    with pytest.raises(RenderError, match="URL must be https://host/owner/name; got"):
        site.set_address(url, root=book)
    assert site.address(root=book) == ""


def test_copies_in_this_repository_agree_with_the_one_place():
    """If this fails, `make site` brings them up to date."""
    url = site.address()
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation.get("repository-code", "") == url
    for path in render.notebooks().values():
        text = path.read_text(encoding="utf-8")
        assert site.with_cell(text, url) == text, f"{path.name}: run make site"


def test_make_writes_the_address(book):
    make = ["make", "-n", "--no-print-directory", f"VENV={sys.prefix}", "site"]
    plain = subprocess.run(make, cwd=book, capture_output=True, text=True).stdout
    given = subprocess.run(
        [*make, f"URL={URL}"], cwd=book, capture_output=True, text=True
    ).stdout
    assert plain.split("-m ")[1].split() == ["helpers.render", "site"]
    assert given.strip().endswith(f"-m helpers.render site --url '{URL}'")


def test_command_says_what_it_wrote(book, capsys):
    assert render.main(["site", "--url", URL], root=book) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"The repository's address is {URL}.\n")
    assert "written: book/_config.yml" in told
    assert render.main(["site", "--url", "nowhere"], root=book) == 1
    assert "error: URL must be" in capsys.readouterr().err


# The cell


class Shell:
    """Notes what a notebook's cell asks of its shell."""

    def __init__(self, name):
        self.name, self.asked = name, []

    def __repr__(self):
        return f"<{self.name} object>"

    def system(self, command):
        self.asked.append(command)

    def run_line_magic(self, name, rest):
        self.asked.append(f"{name} {rest}")


def run_cell(url, name):
    """Run the cell in a shell of this name; return what it asked."""
    shell = Shell(name)
    code = TransformerManager().transform_cell(site.COLAB_CODE.replace("{url}", url))
    exec(code, {"get_ipython": lambda: shell})
    return shell.asked


@pytest.mark.parametrize(
    ("url", "shell"),
    [
        ("", "google.colab._shell.Shell"),
        (URL, "ipykernel.zmqshell.ZMQInteractiveShell"),
    ],
)
def test_cell_does_nothing_elsewhere_or_without_an_address(url, shell):
    assert run_cell(url, shell) == []


def test_cell_fetches_and_installs_on_colab():
    fetch, enter = run_cell(URL, "google.colab._shell.Shell")
    assert fetch == (
        "git clone -q --depth 1 {address} /content/book "
        "&& pip install -q -e /content/book"
    )
    assert enter == "cd -q /content/book"


# The buttons


def test_no_address_no_buttons():
    config = {"repository": {"url": ""}, "title": "Toy"}
    assert site.with_buttons(config) == config


def test_elsewhere_than_github_nothing_is_launched():
    config = {"repository": {"url": "https://git.example.org/a/b"}}
    options = site.with_buttons(config)["sphinx"]["config"]["html_theme_options"]
    assert options["use_edit_page_button"]
    assert "launch_buttons" not in options


@pytest.mark.parametrize(("page", "edited"), [("glossary", True), ("gone", False)])
def test_generated_pages_cannot_be_edited(monkeypatch, page, edited):
    monkeypatch.chdir(ROOT)
    labels = ["source-repository-button", "source-edit-button"]
    group = {"label": "source-buttons", "buttons": [{"label": name} for name in labels]}
    context = {"page_source_suffix": ".md", "header_buttons": [group]}
    buttons._without_dead_ends(None, page, None, context, None)
    assert [b["label"] for b in group["buttons"]] == labels[: 1 + edited]


@pytest.mark.slow
@pytest.mark.book
def test_buttons_of_the_pages_lead_to_the_repository(book):
    site.set_address(URL, root=book)
    for name in ("1-toy", "board"):
        render.execute(name, root=book)
    pages = render.build(root=book).parent
    chapter = links_of(pages / "chapters/1-toy.html")
    path = "book/chapters/1-toy.ipynb"
    assert f"{URL}/edit/main/{path}" in chapter
    assert any(link.startswith(f"{URL}/issues/new") for link in chapter)
    github = URL.removeprefix("https://github.com/")
    assert f"{site.COLAB}/github/{github}/blob/main/{path}" in chapter
    binder = f"{site.BINDER}/v2/gh/{github}/main?urlpath=lab/tree/{path}"
    assert binder in chapter
    intro = links_of(pages / "intro.html")
    assert f"{URL}/edit/main/book/intro.md" in intro
    assert not any("colab" in link or "binder" in link for link in intro)


def links_of(path):
    page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    return {tag["href"] for tag in page.select(".article-header-buttons a[href]")}
