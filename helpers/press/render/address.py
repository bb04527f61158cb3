"""The repository's address: one place, and all that is made from it.

It stands in `book/_config.yml` (`repository: url`), empty until the book has a home.
`make site URL=...` writes it there, and into the two files that must repeat it because
others read them alone: `CITATION.cff`, and the cell by which a notebook that was opened
on Colab fetches the book. Staging derives the buttons of the pages from it.
"""

import json
import os
import re
from pathlib import Path

import yaml

from helpers.press.render.sources import RenderError, notebooks
from helpers.press.results import ROOT, write_whole

CONFIG = Path("book", "_config.yml")
CITATION = "CITATION.cff"
ADDRESS = re.compile(r"https://[\w.-]+(/[\w.-]+){2,}")
IN_CONFIG = re.compile(r'^(repository:\n  url: )".*"$', re.MULTILINE)
IN_CITATION = re.compile(r"^repository-code: .*\n", re.MULTILINE)
BINDER, COLAB = "https://mybinder.org", "https://colab.research.google.com"
EXTENSION = "helpers.press.render.buttons"
COLAB_CELL = "colab"  # its id in every notebook
# Short, for it stands in every notebook. The package is found in the working folder.
COLAB_CODE = """\
if (address := "{url}") and "google.colab" in str(get_ipython()):  # elsewhere, nothing
    !git clone -q --depth 1 {address} /content/book && pip install -q -e /content/book
    %cd -q /content/book"""


def address(*, root: str | os.PathLike = ROOT) -> str:
    """Return the repository's address, empty while it has none."""
    config = yaml.safe_load((Path(root) / CONFIG).read_text(encoding="utf-8"))
    return ((config or {}).get("repository") or {}).get("url") or ""


def set_address(url: str, *, root: str | os.PathLike = ROOT) -> list[Path]:
    """Write the address to its place and its copies; return the files that changed.

    Parameters
    ----------
    url : str
        ``https://host/owner/name``, or empty: then all buttons go off again.

    Raises
    ------
    RenderError
        If it is no such address; nothing is written then.
    """
    root, url = Path(root), url.strip().removesuffix("/").removesuffix(".git")
    if url and not ADDRESS.fullmatch(url):
        raise RenderError(f"URL must be https://host/owner/name; got {url!r}.")
    texts = {
        root / CONFIG: lambda text: IN_CONFIG.sub(rf'\g<1>"{url}"', text),
        root / CITATION: lambda text: _cited(text, url),
        **dict.fromkeys(
            notebooks(root=root).values(), lambda text: with_cell(text, url)
        ),
    }
    changed = []
    for path, rewritten in texts.items():
        before = path.read_text(encoding="utf-8")
        after = rewritten(before)
        if after != before:
            write_whole(path, after)
            changed.append(path)
    return changed


def _cited(text: str, url: str) -> str:
    """Return a citation file that names the address, or none."""
    text = IN_CITATION.sub("", text)
    line = f"repository-code: {url}\n" if url else ""
    return re.sub(r"^(license: )", rf"{line}\1", text, count=1, flags=re.MULTILINE)


def with_cell(text: str, url: str) -> str:
    """Return a notebook's JSON whose Colab cell, after the parameters, names `url`."""
    notebook = json.loads(text)
    cells = [cell for cell in notebook["cells"] if cell.get("id") != COLAB_CELL]
    place = next(
        number
        for number, cell in enumerate(cells)
        if "parameters" in cell["metadata"].get("tags", ())
    )
    cell = {
        "cell_type": "code",
        "execution_count": None,
        "id": COLAB_CELL,
        "metadata": {"tags": ["remove-cell"]},
        "outputs": [],
        "source": COLAB_CODE.replace("{url}", url).splitlines(keepends=True),
    }
    notebook["cells"] = [*cells[: place + 1], cell, *cells[place + 1 :]]
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def with_buttons(config: dict) -> dict:
    """Return a book's configuration with the buttons that its address allows.

    Binder and Colab start notebooks from GitHub; other hosts get edit, issue and
    repository buttons alone.
    """
    repository = config.get("repository") or {}
    url = repository.get("url")
    if not url:
        return config
    options = {
        "repository_url": url,
        "repository_branch": repository.get("branch", "main"),
        "path_to_docs": repository.get("path_to_book", "book"),
        "use_repository_button": True,
        "use_edit_page_button": True,
        "use_issues_button": True,
    }
    if url.startswith("https://github.com/"):
        options["launch_buttons"] = {
            "notebook_interface": "jupyterlab",
            "binderhub_url": BINDER,
            "colab_url": COLAB,
            "thebe": False,
        }
    else:
        options["repository_provider"] = "gitlab"
    sphinx = {**(config.get("sphinx") or {})}
    settings = {**(sphinx.get("config") or {})}
    old = settings.get("html_theme_options") or {}
    settings["html_theme_options"] = {**old, **options}
    if "extensions" in settings:  # a list there replaces the builder's own
        settings["extensions"] = [*settings["extensions"], EXTENSION]
    else:
        sphinx["extra_extensions"] = [
            *(sphinx.get("extra_extensions") or []),
            EXTENSION,
        ]
    return {**config, "sphinx": {**sphinx, "config": settings}}
