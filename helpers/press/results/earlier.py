"""Compute a cell of a stored table with the code that it was stored by.

Two processors round differently, and training carries that on. Where today's code gives
other numbers than a table holds, the code of the table's commit, run on the same
machine as today's, tells the code's part from the machine's.
"""

import io
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import pandas as pd

#: Run in the files of another commit: arguments are module, function, settings, file.
PROGRAM = """
import importlib, json, os, sys
module, name, settings, file = sys.argv[1:]
result = getattr(importlib.import_module(module), name)(**json.loads(settings))
files = [m.__file__ for n, m in sys.modules.items() if n.split(".")[0] == "helpers"]
here = os.path.realpath(os.getcwd())
if any(f and not os.path.realpath(f).startswith(here) for f in files):
    sys.exit("a file of today was in it")  # where the package is installed in place
(result[0] if isinstance(result, tuple) else result).to_pickle(file)
"""


def table_at(
    commit: str, function: str, settings: dict, root: Path
) -> pd.DataFrame | None:
    """Return what a function gave at a commit, computed here; None if it cannot run.

    function : as manifests name it, ``package.module:name``
    """
    with tempfile.TemporaryDirectory() as folder:
        tree, file = Path(folder) / "tree", Path(folder) / "table.pkl"
        if not _files_of(commit, tree, root):
            return None
        module, _, name = function.partition(":")
        call = [_module_of(module, name, tree), name, json.dumps(settings), str(file)]
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, *call],
            cwd=tree,
            env={**os.environ, "PYTHONPATH": str(tree)},
            capture_output=True,
        )
        return pd.read_pickle(file) if done.returncode == 0 else None


def _module_of(module: str, name: str, tree: Path) -> str:
    """Return the module that had a function then: it may have moved since."""
    if tree.joinpath(*module.split(".")).with_suffix(".py").is_file():
        return module
    line = re.compile(rf"^def {name}\(", re.MULTILINE)
    found = [
        path.relative_to(tree).with_suffix("")
        for path in tree.glob("helpers/**/*.py")
        if line.search(path.read_text(encoding="utf-8"))
    ]
    return ".".join(found[0].parts) if len(found) == 1 else module


def _files_of(commit: str, tree: Path, root: Path) -> bool:
    """Unpack the files of a commit, stored tables aside; say whether there are any."""
    only = ["helpers", "data", "book", ":!data/results"]
    command = ["git", "archive", commit, "--", *only]
    try:
        packed = subprocess.run(command, cwd=root, capture_output=True)
    except OSError:  # there is no git
        return False
    if packed.returncode:
        return False
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        # Python before 3.11.4 has no filters, and unpacks what git packed as well.
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        archive.extractall(tree)
    return True
