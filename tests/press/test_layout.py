"""What the builder does to pages: folds, numbers, reading time."""

from types import SimpleNamespace

import pytest
from docutils import nodes
from docutils.core import publish_doctree

from helpers.press.render import layout


def table(n_rows, heads=("Method", "AUC")):
    lines = [f".. csv-table::\n   :header: {', '.join(heads)}\n"]
    lines += [f"   m{row}, {row}" for row in range(n_rows)]
    return publish_doctree("\n".join(lines)).next_node(nodes.table)


PAGE = "Title\n=====\n\nA first sentence.\n\nPart\n----\n\nTwo words.\n"


def page(*parts):
    """Return a page with a title, a section and `parts` as outputs of its cell."""
    whole = {"doctitle_xform": False}  # or a lone title is lifted out of its section
    document = publish_doctree(PAGE, settings_overrides=whole)
    output = nodes.container("", *parts, classes=["cell_output"])
    list(document.findall(nodes.section))[-1] += output
    return document


@pytest.mark.parametrize(("n_rows", "folded"), [(10, 0), (11, 1)])
def test_only_long_tables_of_outputs_are_folded(n_rows, folded):
    document = page(table(n_rows))
    assert layout.fold_long_tables(document) == folded
    assert len(list(document.findall(layout.FoldedTable))) == folded
    assert len(list(document.findall(nodes.table))) == 1
    outside = nodes.section("", table(n_rows))
    assert layout.fold_long_tables(outside) == 0


def test_a_table_in_a_dropdown_stays_as_it_is():
    dropdown = nodes.container("", table(20), design_component="dropdown")
    assert layout.fold_long_tables(page(dropdown)) == 0


def test_the_line_of_a_fold_names_rows_and_columns():
    assert layout.fold_line(table(12)) == "Table of 12 rows: Method; AUC"
    many = table(1, heads="abcdefg")
    assert layout.fold_line(many) == "Table of 1 rows: a; b; c; d; e …"


def test_cells_of_few_letters_and_of_sentences_are_marked():
    one = table(1)
    short, *_ = one.findall(nodes.tbody)
    cells = list(short.findall(nodes.entry))
    cells[1].children[0][0] = nodes.Text("a sentence " * 6)
    document = page(one)
    layout.mark_cells(document)
    assert [cell["classes"] for cell in cells] == [["brief"], ["wordy"]]
    head = next(iter(document.findall(nodes.thead)))
    assert not any(cell["classes"] for cell in head.findall(nodes.entry))


def test_words_in_folds_do_not_count():
    document = page(table(3))
    before = layout.open_words(document)
    longer = page(table(30))
    layout.fold_long_tables(longer)
    assert before - layout.open_words(longer) == 2 + 2 * 3


def test_reading_time_stands_above_the_first_section():
    document = page(nodes.paragraph("", "word " * 380), nodes.figure())
    layout.say_reading_time(document)
    (line,) = [
        n for n in document.findall(nodes.paragraph) if "reading-time" in n["classes"]
    ]
    assert line.astext().startswith("Reads in about 3 minutes: ")
    assert line.parent.index(line) < line.parent.index(
        list(document.findall(nodes.section))[-1]
    )


@pytest.mark.parametrize(
    ("n_figures", "start", "end"),
    [
        (0, "Reads in about 1 minute: ", "at 200 a minute."),
        (1, "Reads in about 1 minute: ", "a minute, and a minute for the figure."),
        (3, "Reads in about 3 minutes: ", "and a minute for each of 3 figures."),
    ],
)
def test_reading_time_speaks_of_figures_that_there_are(n_figures, start, end):
    figures = [nodes.figure() for _ in range(n_figures)]
    document = page(nodes.paragraph("", "word " * 10), *figures)
    layout.say_reading_time(document)
    (line,) = [
        n for n in document.findall(nodes.paragraph) if "reading-time" in n["classes"]
    ]
    assert line.astext().startswith(start) and line.astext().endswith(end)


def test_figures_are_numbered_by_chapter_in_reading_order():
    env = SimpleNamespace(
        config=SimpleNamespace(root_doc="intro"),
        toctree_includes={
            "intro": ["chapters/1-a", "your"],
            "chapters/1-a": ["beyond/1-b"],
        },
        toc_fignumbers={
            "your": {"figure": {"f": (4,)}},
            "beyond/1-b": {"figure": {"e": (3,)}},
            "chapters/1-a": {
                "figure": {"d": (2,), "c": (1,)},
                "exercise": {"seed": (4,), "rank": (5,)},
            },
        },
    )
    layout.number_figures(env)
    assert env.toc_fignumbers["chapters/1-a"]["figure"] == {"c": (1, 1), "d": (1, 2)}
    exercises = env.toc_fignumbers["chapters/1-a"]["exercise"]
    assert exercises == {"seed": (1, 1), "rank": (1, 2)}
    assert env.toc_fignumbers["beyond/1-b"]["figure"] == {"e": (1, 3)}
    assert env.toc_fignumbers["your"]["figure"] == {"f": (1,)}


def test_a_figure_that_has_not_been_drawn_is_named_and_a_slip_is_not(tmp_path):
    (tmp_path / "page.ipynb").write_text('{"figure": {"name": "fig-one"}}')
    env = SimpleNamespace(srcdir=tmp_path)

    def words(target, kind="numref"):
        node = nodes.Element("", reftype=kind, reftarget=target)
        found = layout._name_absent_figure(None, env, node, None)
        return found and found.astext()

    assert words("fig-one") == layout.WAITS
    assert words("fig-two") is None
    assert words("fig-one", "doc") is None


def naming(before, title, after):
    """Return a paragraph that names a page by its title."""
    inline = nodes.inline("", title, classes=["doc", "std", "std-doc"])
    link = nodes.reference("", "", inline, internal=True)
    parts = [nodes.Text(before)] * bool(before), [nodes.Text(after)] * bool(after)
    return nodes.paragraph("", "", *parts[0], link, *parts[1])


@pytest.mark.parametrize(
    ("before", "title", "after", "shown", "italic"),
    [
        ("It is on ", "Is it real?", ".", "It is on Is it real.", True),
        ("See (", "Is it real?", ") there", "See (Is it real?) there", True),
        ("As in ", "Noise", ".", "As in Noise.", False),
        ("", "Is it real?", "", "Is it real?", False),
    ],
)
def test_questions_are_set_off_in_sentences(before, title, after, shown, italic):
    paragraph = naming(before, title, after)
    document = page(paragraph)
    layout.set_off_questions(document)
    assert paragraph.astext() == shown
    assert bool(list(paragraph.findall(nodes.emphasis))) == italic
