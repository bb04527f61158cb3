"""An installed package works outside the clone, with the files that it reads."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PIP = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
NEEDED = ("helpers", "data/motifs", "data/registry.yaml", "pyproject.toml", "setup.py")
TEXTS = ("README.md", "LICENSE", "LICENSE-TEXT")


def run(*command, folder, **variables):
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment | variables,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Return a folder into which a wheel was installed, built from a copy."""
    folder = tmp_path_factory.mktemp("wheel")
    source, target = folder / "source", folder / "target"
    for name in (*NEEDED, *TEXTS):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, source / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, source / name)
    options = [
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        "wheels",
        str(source),
    ]
    run(*PIP, "wheel", *options, str(source), folder=folder)
    (wheel,) = (folder / "wheels").iterdir()
    run(*PIP, "install", "--no-deps", "--target", str(target), wheel, folder=folder)
    shutil.rmtree(source)
    return target


def python(installed, code, **variables):
    return run(
        sys.executable,
        "-c",
        code,
        folder=installed.parent,
        PYTHONPATH=str(installed),
        **variables,
    )


def test_motifs_and_registry_are_read_outside_the_clone(installed):
    code = """
import helpers
from helpers import datasets
from helpers.loaders.motifs import FOLDER, read_motifs
from helpers.truth.jaspar import motif_set
from helpers.truth.planted import twenty_factors
print(helpers.__file__, FOLDER, datasets.REGISTRY)
print(*read_motifs(FOLDER / "encode.meme"), len(twenty_factors()))
print(motif_set("MEF2A")[0].name, "higgs" in datasets.names())
"""
    *places, gata, tal, n_factors, first, listed = python(installed, code)
    assert all(Path(place).is_relative_to(installed) for place in places)
    assert (gata, tal, n_factors) == ("GATA_disc1", "TAL1_known1", "20")
    assert (first, listed) == ("MA0052.1", "True")


def test_every_module_is_in_the_wheel(installed):
    there, here = (
        {path.relative_to(folder) for path in (folder / "helpers").rglob("*.py")}
        for folder in (installed, ROOT)
    )
    assert there == here


def test_a_registry_that_is_not_there_is_one_sentence(installed):
    code = """
from helpers import datasets
try:
    datasets.names()
except FileNotFoundError as error:
    print(error)
"""
    assert (installed / "helpers" / "py.typed").is_file()
    registry = installed / "helpers" / "files" / "registry.yaml"
    registry.rename(registry.with_suffix(".away"))
    try:
        said = " ".join(python(installed, code))
    finally:
        registry.with_suffix(".away").rename(registry)
    assert "registry.yaml does not exist; install the package anew" in said
