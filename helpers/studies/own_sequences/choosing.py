"""Which motifs of a file are meant, and what a page calls them."""

import difflib
from collections.abc import Mapping, Sequence

from helpers.data.motifs import Motif

SHOWN = 8  # names in a message


def chosen_motifs(
    found: Mapping[str, Motif], only: Sequence[str], *, option: str = "only"
) -> dict[str, Motif]:
    """Return motifs by the name that a page shows.

    Parameters
    ----------
    found : mapping of id to Motif
        As `read_motifs` returns it, or as they were found.
    only : sequence of str
        Ids or names (labels), in any case; a name may mean several motifs. Empty: all.
    option : str
        Of the page, that names them.

    Raises
    ------
    ValueError
        If one is neither; the message names some that are near.
    """
    ids: list[str] = []
    for wanted in only:
        own = [wanted] if wanted in found else _labelled(found, wanted)
        if not own:
            raise ValueError(
                f"{option} must name motifs of the file, or those found; {wanted} is "
                f"none{_near(found, wanted)}."
            )
        ids += [name for name in own if name not in ids]
    kept = {name: found[name] for name in (ids if only else found)}
    labels = [motif.label for motif in kept.values()]
    return {
        m.label if labels.count(m.label) == 1 else f"{m.label} ({name})": m
        for name, m in kept.items()
    }


def _labelled(found: Mapping[str, Motif], wanted: str) -> list[str]:
    return [k for k, m in found.items() if m.label.lower() == wanted.lower()]


def _near(found: Mapping[str, Motif], wanted: str) -> str:
    """Return the end of a message, with names that are near, or the first ones."""
    known = {text.lower(): text for k, m in found.items() for text in (k, m.label)}
    near = difflib.get_close_matches(wanted.lower(), list(known), n=3)
    if near:
        return f"; near are {', '.join(known[text] for text in near)}"
    more = ", ..." if len(found) > SHOWN else ""
    return f"; there are {', '.join(list(found)[:SHOWN])}{more}"
