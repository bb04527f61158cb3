"""Every exercise fails before it is solved and when wrong; every solution passes."""

from pathlib import Path

import matplotlib as mpl
import nbformat
import pytest
from needed_cells import needed_cells

from helpers.press import render
from helpers.press.course.cells import answers_of, exercises, tags
from helpers.press.course.student import student_edition
from helpers.press.exercises.verdict import UnsolvedError, WrongError

BOOK = Path(__file__).parents[3] / "book"
CHAPTERS = [
    *sorted((BOOK / "chapters").glob("*.ipynb")),
    BOOK / "course" / "first-session.ipynb",
]
# Answers that a student may well give, each with a word of the hint it must get.
MISTAKES = {
    "first-scan": [("best_start = best_start + 1", "from 0"), ("best_start = 0", "0")],
    "first-table": [("interaction = 5.0", "single"), ("interaction = 1.0", "twice")],
    "first-permutation": [
        ("def p_value(o, p):\n    return np.mean(p >= o)", "must not be 0"),
        ("def p_value(o, p):\n    return (1 + sum(p > o)) / (1 + len(p))", "equals"),
    ],
    "fp-seed": [
        ("called = dict.fromkeys(TOY, 20)", "perfect"),
        ("called = {'perfect': 0}", "keys"),
    ],
    "fp-examples": [
        ("paired_from, unpaired_from = None, None", "paired_from"),
        ("paired_from, unpaired_from = unpaired_from, paired_from", "place"),
    ],
    "fp-scale": [
        ("on_scale = {c: anscombe(abs(v)) for c, v in on_counts.items()}", "transform"),
        ("on_counts = {c: -v for c, v in on_counts.items()}", "on_counts"),
    ],
    "neg-seed": [("stays = stays | {'place': True}", "first motif")],
    "neg-grammar": [
        ("most = tables.grammar_gain(best).idxmin(axis=1)", "worth"),
        ("most = dict.fromkeys(most.keys(), 5)", "0 to 4"),
    ],
    "neg-prior": [
        ("rejected = {k: 1 - r for k, r in rejected.items()}", "called positive"),
        ("rejected = dict.fromkeys(rejected, 0.123)", "at most 0.5"),
    ],
    "fm-seed": [
        ("sums = [0.99] * 5", "pair weights"),
        ("sums = [0.5]", "five"),
    ],
    "fm-rank": [
        ("found_areas, smallest_k = {10: 1.0}, 10", "lengths 1, 2 and 3"),
        ("smallest_k = 1", "not 1"),
    ],
    "fm-rung": [
        ("area = 0.875", "two motifs"),
        ("area = 1.0", "top"),
        ("area = 0.9", "share"),
    ],
    "genes-seed": [
        ("scores = scores[:1]", "five"),
        ("scores = [1.3] * 5", "default_rng"),
    ],
    "genes-index": [("rows = rows | {'taylor': rows['banzhaf']}", "taylor")],
    "genes-one-pair": [
        ("remove_one_pair = lambda g, y, rng: y", "still interact"),
        ("remove_one_pair = lambda g, y, rng: rng.permutation(y)", "main effect"),
        (
            "def remove_one_pair(g, y, rng):\n"
            "    X = np.column_stack([np.ones(len(g)), g])\n"
            "    fit = X @ np.linalg.lstsq(X, y, rcond=None)[0]\n"
            "    return fit + rng.permutation(y - fit)",
            "Perm I",
        ),
    ],
    "nid-seed": [
        ("first = [(3, 4)] * 5", "another pair"),
        ("first = first[:2]", "five"),
    ],
    "nid-transform": [
        ("interacting = {(1, 2)}", "answer for y"),
        ("interacting = interacting | {(4, 5)}", "x5"),
        ("interacting = {(i - 1, j - 1) for i, j in interacting}", "missing"),
    ],
    "matrix-seed": [
        ("precisions = precisions[:4]", "must be five"),
        ("precisions = [0.123] * 5", "with 300 rows"),
    ],
    "matrix-own": [
        ("def mine(X, y):\n    return np.zeros(3)", "6 pairs"),
        ("mine = lambda X, y: -np.ones(6)", "negative"),
        (
            "mine = lambda X, y: [abs(np.corrcoef(X[:, a] * X[:, b], y)[0, 1]) "
            "for a, b in combinations(range(X.shape[1]), 2)]",
            "not centred",
        ),
    ],
    "matrix-family": [
        ("plain = 2.2", "expected number"),
        ("plain = 0.05", "One minus"),
        ("corrected = 0.9", "Bonferroni"),
    ],
    "nid-null": [
        ("p = (largest >= observed).mean()", "can be 0"),
        ("p = 0.5", "share"),
        ("largest = largest[:5]", "twenty"),
    ],
}


def read(path):
    return nbformat.read(path, as_version=4)


@pytest.fixture(scope="module", params=CHAPTERS, ids=lambda path: path.stem)
def chapter(request):
    """Run what the exercises of a chapter rest on; return a way to run cells after."""
    path = request.param
    book = read(path)
    places = [i for i, c in enumerate(book.cells) if {"solution", "check"} & {*tags(c)}]
    names = {}
    with mpl.rc_context():
        for place in needed_cells(book.cells, places):
            if place not in places:
                run(book.cells[place].source, names)
            if "parameters" in tags(book.cells[place]):
                names |= render.settings(path.stem, "smoke", {})
    return book, names


def run(source, names):
    exec(compile(source, "<cell>", "exec"), names)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_exercises_tell_right_from_wrong(chapter, capsys):
    book, before = chapter
    found = exercises(book.cells)
    assert len(found) >= 3
    student = {cell.id: cell.source for cell in student_edition(book).cells}
    for exercise in found:
        solution, check = book.cells[exercise.solution], book.cells[exercise.check]
        names = dict(before)
        run(student[solution.id], names)
        with pytest.raises(UnsolvedError, match="waits for your answer"):
            run(student[check.id], names)
        run(solution.source, names)
        capsys.readouterr()
        run(student[check.id], names)
        assert "Right." in capsys.readouterr().out
        assert MISTAKES[exercise.label]
        for mistake, hint in MISTAKES[exercise.label]:
            wrong = dict(names)
            run(mistake, wrong)
            with pytest.raises(WrongError, match=hint):
                run(student[check.id], wrong)


def test_every_exercise_has_mistakes_to_notice():
    labels = [e.label for path in CHAPTERS for e in exercises(read(path).cells)]
    assert sorted(labels) == sorted(MISTAKES)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_what_is_to_be_found_is_named_in_the_statement(path):
    cells = read(path).cells
    for exercise in exercises(cells):
        statement = "\n".join(
            cell.source
            for cell in cells[: exercise.solution][-3:]
            if cell.cell_type == "markdown"
        )
        for name in answers_of(cells[exercise.check].source):
            assert f"`{name}" in statement, f"{exercise.label}: {name}"
