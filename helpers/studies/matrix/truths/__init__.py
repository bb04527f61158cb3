"""The truths of the matrix, one file a family of worlds.

To add one: a file here with a dict `TRUTHS`, and its name in `_files`.
"""

from types import ModuleType
from typing import Any

from helpers import checks
from helpers.studies.matrix.kinds import Data, Truth
from helpers.studies.matrix.truths import functions, genes, genotypes, motifs, tables


def _files() -> tuple[ModuleType, ...]:
    return tables, functions, genotypes, motifs, genes


def truths() -> dict[str, Truth]:
    """Return all truths by name, in the order of the page."""
    return {name: truth for file in _files() for name, truth in file.TRUTHS.items()}


def draw(name: str, seed: int, /, **settings: Any) -> Data:
    """Draw a data set of a truth.

    Parameters
    ----------
    name : str
        One of `truths()`.
    seed : int
    **settings
        In place of the truth's own.
    """
    known = truths()
    truth = known[checks.one_of("truth", name, tuple(known))]
    checks.integer("seed", seed, at_least=0)
    return truth.draw(seed, **{**truth.settings, **settings})
