"""First uses of terms become links, and nothing else does."""

import re

import pytest
from sphinx.application import Sphinx

from helpers.press.render.terms import glossary, named, pattern

TERM = "glossary.html#term-"
PAGES = {
    "index": "# Book\n\n```{toctree}\none\nsub/two\nglossary\n```\n",
    "glossary": (
        "# Glossary\n\n```{glossary}\nmain effect\n  What a feature does alone.\n\n"
        "effect\n  What is *done*.\n\nFAST\n  A quick score of $x$.\n\nwave\ntest\n"
        "  Two steps of {term}`FAST`.\n```\n"
    ),
    "one": (
        "# The main effect\n\n`main effect` is fast. [An effect](two) elsewhere; Main\n"
        "effects and an effect, an effect.\n\n| effect |\n|---|\n| FAST |\n"
    ),
    "sub/two": "# Two\n\nA {term}`quick score <FAST>`, then FAST. We wave to *test*.\n",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Build a tiny book; return its HTML by page, and its terms."""
    folder = tmp_path_factory.mktemp("terms")
    for name, text in PAGES.items():
        path = folder / "source" / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    extensions = ["myst_parser", "helpers.press.render.terms"]
    app = Sphinx(
        folder / "source", None, folder / "html", folder / "doctrees", "html",
        confoverrides={
            "extensions": extensions,
            "myst_enable_extensions": ["dollarmath"],
            "suppress_warnings": ["myst.xref_missing"],
        },
        status=None, warning=None,
    )  # fmt: skip
    app.build()
    html = {n: (folder / "html" / f"{n}.html").read_text() for n in PAGES}
    return html, glossary(app.env)


def links(html: str) -> list[tuple[str, str, str]]:
    """Return address, hover text and words of every link to a term."""
    tags = re.findall(r'<a ([^>]*class="[^"]*term-link[^>]*)>(.*?)</a>', html, re.S)
    return [
        (re.search('href="(.*?)"', a)[1], re.search('title="(.*?)"', a)[1], words)
        for a, words in tags
    ]


def test_the_first_use_in_running_text_is_linked(built):
    assert links(built[0]["one"]) == [
        (
            "glossary.html#term-main-effect",
            "What a feature does alone.",
            "Main\neffects",
        ),
        ("glossary.html#term-effect", "What is done.", "effect"),
    ]


def test_a_link_of_the_author_counts_and_gets_its_hover_text(built):
    found = links(built[0]["sub/two"])
    assert [re.sub("<.*?>", "", words) for _, _, words in found] == [
        "quick score", "wave", "test",
    ]  # fmt: skip
    assert found[0][:2] == (f"../{TERM}FAST", "A quick score of x.")


def test_terms_share_a_definition(built):
    terms = built[1]
    assert set(terms) == {"main effect", "effect", "FAST", "wave", "test"}
    assert terms["wave"].definition == terms["test"].definition == "Two steps of FAST."


def test_the_glossary_links_only_what_its_author_links(built):
    assert [words for _, _, words in links(built[0]["glossary"])] != []
    assert all(
        place.endswith("#term-FAST") for place, _, _ in links(built[0]["glossary"])
    )


@pytest.mark.parametrize(
    "text, found",
    [
        ("Peaks rise", "Peaks"),
        ("held-out losses", "held-out losses"),
        ("a held out loss", None),
        ("two studies", "studies"),
        ("matrices", "matrices"),
        ("speak", None),
        ("fast", None),
        ("FAST", "FAST"),
        ("peak-like", None),
    ],
)
def test_names_are_found_as_words_and_in_the_plural(text, found):
    names = ["peak", "held-out loss", "study", "matrix", "FAST"]
    match = pattern(names).search(text)
    assert (match and match[0]) == found


def test_a_longer_name_goes_first():
    names = ["interaction", "interaction effect"]
    match = pattern(names).search("an interaction effect")
    assert named(match[0], names) == "interaction effect"
    with pytest.raises(ValueError, match="one of the terms; got 'other'"):
        named("other", names)
