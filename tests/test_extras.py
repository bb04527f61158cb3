"""A package that only an extra brings: what works without it, and what is said."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import helpers
from helpers.extras import MissingExtraError, extra, needs
from helpers.press.render import reference

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
# Extra -> names by which its packages are imported.
MODULES = {
    "genes": ("bed_reader", "msprime", "tskit"),
    "dna": ("captum", "memelite", "tangermeme", "bioframe", "h5py"),
    "trees": ("xgboost", "interpret"),
    "book": ("seaborn", "papermill", "nbformat", "nbclient", "jupyter_client"),
}
NEEDS = {
    "genes": {"load_panel"},
    "dna": {"load_windows"},
    "trees": {
        "additive_groves",
        "benchmark",  # and the other two, when that is there
        "constrained_boosting",
        "fast",
        "h_statistic",
        "rulefit",
        "shap_interactions",
    },
    "book": set(),
}
# A module that is None cannot be imported, as if it were not installed.
LOAD = """
import sys
sys.modules |= dict.fromkeys({blocked!r})
import helpers
for name in helpers.__all__:
    try:
        getattr(helpers, name)
    except ModuleNotFoundError as error:
        print(name, type(error).__name__, error, sep="|")
"""


def run(code):
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_the_core_works_without_extras_and_a_missing_one_is_named():
    blocked = [module for names in MODULES.values() for module in names]
    said = [line.split("|") for line in run(LOAD.format(blocked=blocked))]
    assert {name for name, *_ in said} == set.union(*NEEDS.values())
    for name, kind, message in said:
        (needed,) = (extra for extra, names in NEEDS.items() if name in names)
        assert kind == "MissingExtraError"
        assert message.endswith(f"pip install 'interaction-book[{needed}]'")


def test_the_reference_has_the_extra_beside_the_name():
    for name in helpers.__all__:
        home = getattr(helpers, name).__module__
        (needed,) = [e for e, names in NEEDS.items() if name in names] or [""]
        assert reference.extra_of(ROOT, home) == needed, name


def test_models_are_asked_without_xgboost():
    code = """
import sys
sys.modules["xgboost"] = None
import numpy as np
from sklearn.linear_model import LinearRegression
from helpers import archdetect, prediction_function
X = np.arange(20.0).reshape(10, 2) % 7
model = LinearRegression().fit(X, X.sum(1))
print(prediction_function(model)(X).shape, len(archdetect(model, X)))
"""
    assert run(code) == ["(10, 1) 1"]


def test_pictures_and_notebooks_name_the_book():
    code = """
import sys
sys.modules |= {"seaborn": None, "papermill": None}
for module in ("helpers.plots", "helpers.press.render.execution"):
    try:
        __import__(module)
    except ModuleNotFoundError as error:
        print(error)
"""
    assert run(code) == [
        f"{name} is not installed; it comes with the extra 'book': "
        "pip install 'interaction-book[book]'"
        for name in ("seaborn", "papermill")
    ]


@pytest.mark.parametrize(
    ("module", "asked", "missing", "needed"),
    [("render", "5-nid", "nbformat", "book"), ("bench", "--help", "captum", "dna")],
)
def test_a_command_says_in_one_line_what_it_lacks(module, asked, missing, needed):
    code = f"""
import runpy, sys
sys.modules[{missing!r}] = None
sys.argv[1:] = [{asked!r}]
runpy.run_module("helpers.{module}", run_name="__main__")
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"error: {missing} is not installed")
    assert line.endswith(f"pip install 'interaction-book[{needed}]'")


def test_an_error_inside_is_told_once_and_those_of_our_own_stay():
    with pytest.raises(MissingExtraError, match=r"absent .* 'trees'"), extra("dna"):
        needs("trees", "absent")
    with pytest.raises(ModuleNotFoundError, match="No module") as raised, extra("dna"):
        import helpers.absent  # noqa: F401  there is none
    assert not isinstance(raised.value, MissingExtraError)
    with pytest.raises(MissingExtraError) as raised, extra("genes"):
        import absent  # noqa: F401  there is none
    assert raised.value.name == "absent"


def test_what_is_asked_for_is_what_the_extras_bring():
    """Every extra that the package names exists, and holds what is imported there."""
    text = "\n".join(path.read_text() for path in (ROOT / "helpers").rglob("*.py"))
    named = set(re.findall(r"(?:extra|needs)\(\"(\w+)\"", text))
    assert named == set(MODULES)
    listed = {
        name: {re.match(r"[\w-]+", line)[0].replace("-", "_") for line in lines}
        for name, lines in PROJECT["optional-dependencies"].items()
    }
    for name, modules in MODULES.items():
        brought = {package.removesuffix("_core") for package in listed[name]}
        assert set(modules) <= brought | {"jupyter_client"}  # ipykernel brings it
