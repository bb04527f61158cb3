"""The methods of the matrix, one file a family that shares its learners.

To add one: a file here with a dict `METHODS`, and its name in `_files`. The cells of a
file are stored together, so that a new file computes nothing else anew.
"""

from types import ModuleType

from helpers import checks
from helpers.studies.matrix.kinds import Method
from helpers.studies.matrix.methods import (
    boosting,
    gene_networks,
    groves,
    knockoffs,
    lasso,
    left_out,
    motif_networks,
    networks,
    permuted,
    permuted_scores,
    projected,
    regressions,
    residual_knockoffs,
    rules,
    smooth_networks,
    trees,
)


def _files() -> dict[str, ModuleType]:
    # The cheap ones first: the order in which cells are computed.
    return {
        "regressions": regressions,
        "lasso": lasso,
        "trees": trees,
        "rules": rules,
        "knockoffs": knockoffs,
        "residual-knockoffs": residual_knockoffs,
        "networks": networks,
        "smooth-networks": smooth_networks,
        "gene-networks": gene_networks,
        "motif-networks": motif_networks,
        "left-out": left_out,
        "permuted": permuted,
        "permuted-scores": permuted_scores,
        "projected": projected,
        "boosting": boosting,
        "groves": groves,
    }


def files() -> dict[str, dict[str, Method]]:
    """Return the methods of each file, by the file's name and their own."""
    return {name: file.METHODS for name, file in _files().items()}


def methods() -> dict[str, Method]:
    """Return all methods by name, in the order of the page."""
    return {n: method for known in files().values() for n, method in known.items()}


def method(name: str) -> Method:
    """Return a method by its name."""
    known = methods()
    return known[checks.one_of("method", name, tuple(known))]
