"""JASPAR profiles by their full identifier, and the motif sets of chapter 2."""

import re
from collections.abc import Sequence
from functools import cache

import numpy as np

from helpers import checks
from helpers.data.motifs import BASES, Motif
from helpers.loaders.motifs import FOLDER, read_motifs

FILE = FOLDER / "jaspar.txt"
#: Sets of four profiles, in the order in which they stand in a sequence.
MOTIF_SETS = {
    "distinct_1": ("MA0018.3", "MA0048.1", "MA0098.3", "MA0090.3"),
    "MEF2A": ("MA0052.1", "MA0052.2", "MA0052.3", "MA0052.4"),
}


def jaspar(identifiers: Sequence[str]) -> tuple[Motif, ...]:
    """Return JASPAR profiles, each with counts divided by its column's total.

    A full identifier such as MA0018.3 names one version for good. The eight of
    `data/motifs/jaspar.txt` are read from there, any other through the optional
    package pyjaspar.

    Parameters
    ----------
    identifiers : sequence of str

    Returns
    -------
    tuple of Motif, in the order asked for

    Raises
    ------
    ValueError
        If one is not a full identifier or JASPAR has no such profile.
    ModuleNotFoundError
        If a profile is not in the file and pyjaspar is not installed.
    """
    if isinstance(identifiers, str) or not len(identifiers):
        raise ValueError("identifiers must be a list of one or more JASPAR profiles.")
    return tuple(_profile(identifier) for identifier in identifiers)


def motif_set(name: str) -> tuple[Motif, ...]:
    """Return the four motifs of a set, labelled so that figures tell them apart.

    Raises
    ------
    ValueError
        If there is no set of that name.

    Source
    ------
    Lemanczyk, Bartoszewicz and Renard, Table 1.
    """
    return jaspar(MOTIF_SETS[checks.one_of("name", name, tuple(MOTIF_SETS))])


def _profile(identifier: str) -> Motif:
    if not re.fullmatch(r"MA\d{4}\.\d+", str(identifier)):
        raise ValueError(
            "identifiers must be full JASPAR identifiers, such as MA0018.3; "
            f"got {identifier!r}."
        )
    stored = _stored()
    return stored[identifier] if identifier in stored else _looked_up(identifier)


@cache
def _stored() -> dict[str, Motif]:
    return read_motifs(FILE, format="jaspar")


def _looked_up(identifier: str) -> Motif:
    """Return a profile from pyjaspar's offline copy of JASPAR."""
    try:
        from pyjaspar import jaspardb
    except ImportError:
        raise ModuleNotFoundError(
            f"identifiers: {identifier} is not in {FILE.name}; "
            "install pyjaspar to look up others."
        ) from None
    found = jaspardb().fetch_motif_by_id(identifier)
    if found is None:
        raise ValueError(f"identifiers: JASPAR has no profile {identifier!r}.")
    counts = np.transpose([found.counts[base] for base in BASES])  # (width, 4)
    ppm = counts / counts.sum(axis=1, keepdims=True)
    return Motif(identifier, ppm, label=found.name, source="JASPAR")
