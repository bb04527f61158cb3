"""The hash of the code that a step rests on."""

import pytest

from helpers.press.results import code

STEP = '''
"""A study."""

from helpers import tools
from helpers.tools import twice as double
from helpers.tools.shapes import Square
import numpy as np

SIDE = 3


def step(n: int) -> int:
    """Say what it does."""
    return double(n) + Square(SIDE).area() + tools.once(n)  # a comment


def bystander():
    return 1
'''
TOOLS = """
from helpers.tools.deep import twice


def once(n):
    return _hidden(n)


def _hidden(n):
    return n


def unused():
    return 0
"""
DEEP = "FACTOR = 2\n\n\ndef twice(n):\n    return FACTOR * n\n"
SHAPES = '''
class Square:
    """A square."""

    def __init__(self, side):
        self.side = side

    def area(self):
        return self._power(2)

    def _power(self, exponent):
        return self.side**exponent

    def __str__(self):
        return self._words() + " of sides " + str(self._power(1))

    def _words(self):
        return "a square"
'''


@pytest.fixture
def root(tmp_path):
    files = {
        "helpers/__init__.py": "",
        "helpers/study.py": STEP,
        "helpers/tools/__init__.py": TOOLS,
        "helpers/tools/deep.py": DEEP,
        "helpers/tools/shapes.py": SHAPES,
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def hash_now(root, module="helpers.study", name="step"):
    code.hash_of.cache_clear()
    code._index.cache_clear()
    return code.hash_of(module, name, root)


def edit(root, file, old, new):
    path = root / "helpers" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("study.py", "double(n) +", "double(n) -"),
        ("study.py", "SIDE = 3", "SIDE = 4"),
        ("tools/deep.py", "FACTOR = 2", "FACTOR = 3"),
        ("tools/deep.py", "FACTOR * n", "FACTOR + n"),
        ("tools/shapes.py", "self._power(2)", "self._power(3)"),
        ("tools/shapes.py", "self.side**exponent", "self.side * exponent"),
        ("tools/__init__.py", "return n\n", "return n + 1\n"),
    ],
)
def test_what_changes_a_result_changes_the_hash(root, file, old, new):
    before = hash_now(root)
    edit(root, file, old, new)
    assert hash_now(root) != before


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("study.py", "Say what it does.", "Say it better."),
        ("study.py", "  # a comment", ""),
        ("study.py", "double(n) + Square", "double( n )  + Square"),
        ("study.py", "n: int) -> int", "n) "),
        ("study.py", "return 1", "return 2"),
        ("tools/shapes.py", '"""A square."""', '"""Four sides."""'),
        ("tools/shapes.py", "of sides", "whose sides are"),
        ("tools/shapes.py", '"a square"', '"four sides"'),
        ("tools/__init__.py", "return 0", "return 1"),
    ],
)
def test_what_does_not_leaves_it(root, file, old, new):
    before = hash_now(root)
    edit(root, file, old, new)
    assert hash_now(root) == before


def test_a_move_to_another_module_marks_nothing(root):
    before = hash_now(root)
    (root / "helpers/elsewhere").mkdir()
    (root / "helpers/elsewhere/__init__.py").write_text("")
    (root / "helpers/study.py").rename(root / "helpers/elsewhere/room.py")
    deep = root / "helpers/tools/deep.py"
    (root / "helpers/moved.py").write_text(deep.read_text())
    deep.unlink()
    edit(root, "tools/__init__.py", "helpers.tools.deep", "helpers.moved")
    edit(root, "elsewhere/room.py", "tools.once(n)", "once(n)")
    path = root / "helpers/elsewhere/room.py"
    path.write_text(
        path.read_text().replace(
            "from helpers import tools\n", "from helpers.tools import once\n"
        )
    )
    assert hash_now(root, "helpers.elsewhere.room") == before


def test_what_is_not_there_has_no_hash(root):
    assert hash_now(root, "helpers.study", "absent") is None
    assert hash_now(root, "numpy", "sum") is None
    assert hash_now(root, "helpers.absent", "step") is None


def test_recursion_and_circles_end(root):
    (root / "helpers/a.py").write_text(
        "from helpers import b\n\n\ndef f(n):\n    return b.g(n) + f(n)\n"
    )
    (root / "helpers/b.py").write_text(
        "from helpers import a\n\n\ndef g(n):\n    return a.f(n)\n"
    )
    assert len(hash_now(root, "helpers.a", "f")) == code.LENGTH


def test_a_real_step_is_hashed_by_its_name():
    from helpers.studies.gene_gene import rankings

    function = rankings.rank
    assert code.code_hash(function) == code.hash_of(
        function.__module__, function.__qualname__
    )
