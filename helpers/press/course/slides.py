"""Slides of the executed chapters, which open without a network."""

import importlib
import os
import shutil
from importlib.resources import files
from pathlib import Path

import nbformat
from nbconvert import SlidesExporter

from helpers.press import results
from helpers.press.course.deck import deck
from helpers.press.results import ROOT

ASSETS = "assets"
# nbconvert's own template loads five scripts from other hosts; these are beside it.
TEMPLATE = """{%- extends 'index.html.j2' -%}
{%- block html_head_js -%}{%- endblock -%}
{%- block html_head_js_mathjax -%}
<script>
window.MathJax = {tex: {inlineMath: [['$', '$']], processEscapes: true}};
</script>
<script defer src="ASSETS/mathjax/tex-chtml.js"></script>
{%- endblock -%}
{%- block html_head_css -%}
<style>
.reveal :is(h1, h2, h3) {text-transform: none !important;}
.reveal h1 {font-size: 1.7em !important;}
.reveal h2 {font-size: 1.35em !important;}
.reveal h3 {font-size: 1em !important;}
.reveal p:has(img) ~ p {font-size: 0.8em; line-height: 1.3;}
.reveal .slides {text-align: left;}
.reveal img {display: block; margin: 0 auto; max-width: 100%;}
.reveal img {max-height: 410px !important;}
.reveal pre {font-size: 0.7em; box-shadow: none;}
.reveal .jp-InputPrompt, .reveal .anchor-link {display: none;}
</style>
{%- endblock -%}
{%- block footer_js -%}
<script src="ASSETS/dist/reveal.js"></script>
<script src="ASSETS/plugin/notes/notes.js"></script>
<script>
Reveal.initialize({
  hash: true, width: 1100, height: 720, margin: 0.04, transition: "none",
  slideNumber: "c/t", plugins: [RevealNotes],
});
</script>
{%- endblock -%}
""".replace("ASSETS", ASSETS)


def write_slides(size: str = "quick", *, root: str | os.PathLike = ROOT) -> list[Path]:
    """Write the slides of every executed chapter; return the pages.

    Raises
    ------
    ValueError
        If no chapter has been executed at this size.
    """
    root = Path(root)
    staged = root / "_build" / size / "stage" / "chapters"
    paths = sorted(staged.glob("*.ipynb"))
    if not paths:
        raise ValueError(
            f"size must be one that the book was made at; got {size!r}. "
            f"Run: make book SIZE={size}"
        )
    target = root / "_build" / size / "slides"
    target.mkdir(parents=True, exist_ok=True)
    _copy_assets(target / ASSETS)
    written = []
    for path in paths:
        page = target / f"{path.stem}.html"
        results.write_whole(page, slides(nbformat.read(path, as_version=4)))
        written.append(page)
    return written


def slides(notebook: nbformat.NotebookNode) -> str:
    """Return the HTML of an executed chapter's slides; `assets` must lie beside it."""
    exporter = SlidesExporter(
        raw_template=TEMPLATE, reveal_url_prefix=ASSETS, reveal_theme="white"
    )
    exporter.language_code = "en"
    page, _ = exporter.from_notebook_node(deck(notebook))
    return page


def _copy_assets(folder: Path) -> None:
    """Copy reveal.js and MathJax out of the packages that bring them."""
    reveal = Path(str(files("sphinx_revealjs"))) / "_static" / "revealjs"
    mathjax = Path(importlib.import_module("sphinx-mathjax-offline").__file__).parent  # type: ignore[arg-type]  # a package of files
    mathjax = mathjax / "static" / "mathjax"
    for source, copy in (
        (reveal / "dist" / "reveal.css", "dist/reveal.css"),
        (reveal / "dist" / "reveal.js", "dist/reveal.js"),
        (reveal / "dist" / "theme" / "white.css", "dist/theme/white.css"),
        (
            reveal / "dist" / "theme" / "fonts" / "source-sans-pro",
            "dist/theme/fonts/source-sans-pro",
        ),
        (reveal / "plugin" / "notes", "plugin/notes"),
        (reveal / "LICENSE", "LICENSE-reveal.txt"),
        (mathjax / "tex-chtml.js", "mathjax/tex-chtml.js"),
        (mathjax / "output" / "chtml", "mathjax/output/chtml"),
    ):
        target = folder / copy
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            shutil.copyfile(source, target)
