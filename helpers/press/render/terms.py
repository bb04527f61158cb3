"""A Sphinx extension: the first use of a glossary term on a page is a link to it.

The text of the book stays as it is, and reads the same in JupyterLab; the links are
made while the pages are built. Their hover text is the definition, shown by the theme's
own tooltips on hover and on focus, without any network.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.writers.html5 import HTML5Translator

#: Pages whose text is not read: lists of names, and the glossary itself.
NOT_READ = re.compile(r"glossary|references|genindex|reference(/.*)?")
#: Terms that mean something else on other pages than these.
ONLY_ON = {
    "baseline": r"(chapters|beyond)/3-",
    "cannot tell": r"calibration|your-|cookbook|findings",
    "detector": r"(?!(chapters|beyond)/[12]-)",
    "direction": r"calibration|your-table",
    "filter": r"(chapters|beyond)/[123]-|your-sequences",
    "hunt": r"calibration|your-table",
    "manifest": r"how-to-run|intro|scoreboard",
    "paired test": r"(chapters|beyond)/1-|your-sequences",
    "peak": r"(chapters|beyond)/3-|your-sequences|cookbook",
    "power": r"(chapters|beyond)/[146]-|calibration|your-|findings|course/",
    "projection": r"calibration|your-table",
    "unpaired test": r"(chapters|beyond)/1-|your-sequences",
}
#: What is no running text.
NOT_TEXT = (
    nodes.title, nodes.caption, nodes.literal, nodes.literal_block, nodes.math,
    nodes.math_block, nodes.reference, nodes.table, nodes.term, nodes.rubric,
    addnodes.pending_xref, addnodes.download_reference,
)  # fmt: skip


class TermLink(nodes.reference):
    """A link to a term, with its definition as hover text."""


@dataclass(frozen=True)
class Term:
    """A term: its name, the page and place of its definition, the definition."""

    name: str
    page: str
    place: str
    definition: str


def pattern(names: Iterable[str]) -> re.Pattern:
    """Return what finds any of the names, also in the plural; longer names first.

    A name with a capital is found only as it is written (FAST is no "fast"); one
    without also at the start of a sentence, and with a hyphen for a space.
    """
    options = [
        _spelling(name) for name in sorted(names, key=lambda name: (-len(name), name))
    ]
    return re.compile(rf"(?<![\w-])(?:{'|'.join(options)})(?![\w-])")


def _spelling(name: str) -> str:
    text = re.escape(name).replace(r"\ ", r"[\s-]+")
    if name.lower() == name:
        text = f"[{name[0].upper()}{name[0]}]{text[1:]}"
    if name.endswith("ix"):
        return f"(?:{text}|{text[:-2]}ices)"
    if name.endswith("y"):
        return f"(?:{text}|{text[:-1]}ies)"
    return f"{text}(?:es|s)?"


def named(text: str, names: Iterable[str]) -> str:
    """Return which of the names a found text stands for."""
    for name in sorted(names, key=len, reverse=True):
        if re.fullmatch(_spelling(name), text):
            return name
    raise ValueError(f"text must be one of the terms; got {text!r}.")


class Linker:
    """Links first uses, page by page; reads the glossary when the first page comes."""

    def __init__(self) -> None:
        self.terms: dict[str, Term] = {}

    def __call__(self, app: Sphinx, doctree: nodes.document, page: str) -> None:
        """Add the links to one page."""
        self.terms = self.terms or glossary(app.env)
        waiting = {name for name in self.terms if _read_on(name, page)}
        _join_lines(doctree)
        for node in list(doctree.findall(nodes.Node)):
            if isinstance(node, nodes.reference):
                waiting.discard(self._written(app, node, page))
            elif isinstance(node, nodes.Text) and waiting and _is_text(node):
                waiting -= self._link(app, node, page, waiting)

    def _written(self, app: Sphinx, node: nodes.reference, page: str) -> str:
        """Give a link that an author wrote its hover text; return its term."""
        for name, term in self.terms.items():
            target = node.get("refuri", "") or f"#{node.get('refid', '')}"
            if target == _address(app, page, term) or (
                page == term.page and target == f"#{term.place}"
            ):
                node.replace_self(_linked(target, term, node.children))
                return name
        return ""

    def _link(
        self, app: Sphinx, node: nodes.Text, page: str, waiting: set[str]
    ) -> set[str]:
        """Link the terms that a text is the first to use; return them."""
        text, done, parts, start = node.astext(), set(), [], 0
        for found in pattern(waiting).finditer(text):
            name = named(found[0], waiting)
            if name in done:
                continue
            done.add(name)
            term = self.terms[name]
            parts.append(nodes.Text(text[start : found.start()]))
            parts.append(_linked(_address(app, page, term), term, [found[0]]))
            start = found.end()
        if done:
            parts.append(nodes.Text(text[start:]))
            node.parent.replace(node, [part for part in parts if part.astext()])
        return done


def glossary(env: BuildEnvironment) -> dict[str, Term]:
    """Return every term of the book by its name."""
    terms = {}
    places = {
        place: (name, page)
        for (kind, name), (page, place) in env.get_domain("std").objects.items()  # type: ignore[attr-defined]  # has objects
        if kind == "term"
    }
    for page in {page for _, page in places.values()}:
        for item in env.get_doctree(page).findall(nodes.definition_list_item):
            text = _plain(next(item.findall(nodes.definition)))
            for place in (
                id_ for term in item.findall(nodes.term) for id_ in term["ids"]
            ):
                if place in places:
                    name, _ = places[place]
                    terms[name] = Term(name, page, place, text)
    return terms


def _plain(definition: nodes.definition) -> str:
    """Return a definition as text, without the citations."""
    definition = definition.deepcopy()
    for node in list(definition.findall(addnodes.pending_xref)):
        if node.get("refdomain") == "cite":
            node.parent.remove(node)
    text = " ".join(definition.astext().split())
    return re.sub(r"\s+([.,;:])", r"\1", text)


def _read_on(name: str, page: str) -> bool:
    return not NOT_READ.fullmatch(page) and bool(re.match(ONLY_ON.get(name, ""), page))


def _join_lines(doctree: nodes.document) -> None:
    """Make one text of the lines of a paragraph: a term may go over their end."""
    for parent in list(doctree.findall(nodes.TextElement)):
        joined = []
        for child in parent.children:
            both = joined and isinstance(child, nodes.Text)
            if both and isinstance(joined[-1], nodes.Text):
                child = nodes.Text(joined.pop().astext() + child.astext())
            joined.append(child)
        if len(joined) < len(parent.children):
            parent.children = []
            parent.extend(joined)


def _is_text(node: nodes.Text) -> bool:
    """Whether a text stands in a paragraph of prose, not in an output or a link."""
    inside, parent = False, node.parent
    while parent is not None:
        if isinstance(parent, NOT_TEXT) or "cell_output" in parent.get("classes", ()):
            return False
        inside = inside or isinstance(parent, nodes.paragraph)
        parent = parent.parent
    return inside


def _address(app: Sphinx, page: str, term: Term) -> str:
    return f"{app.builder.get_relative_uri(page, term.page)}#{term.place}"


def _linked(target: str, term: Term, content: Iterable) -> TermLink:
    link = TermLink("", "", internal=True, refuri=target, reftitle=term.definition)
    for part in content:
        link += nodes.Text(part) if isinstance(part, str) else part
    return link


def visit_term_link(writer: HTML5Translator, node: TermLink) -> None:
    """Open the link, as the theme's tooltips want it."""
    attributes = {"href": node["refuri"], "title": node["reftitle"]}
    attributes |= {"data-bs-toggle": "tooltip", "class": "reference internal term-link"}
    writer.body.append(writer.starttag(node, "a", "", **attributes))


def depart_term_link(writer: HTML5Translator, _: TermLink) -> None:
    """Close the link."""
    writer.body.append("</a>")


def setup(app: Sphinx) -> dict:
    """Register the links with Sphinx."""
    app.add_node(TermLink, html=(visit_term_link, depart_term_link))
    app.connect("doctree-resolved", Linker())
    return {"parallel_read_safe": True, "parallel_write_safe": False}
