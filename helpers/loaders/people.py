"""Names of people in families."""

from collections.abc import Sequence

import pandas as pd

from helpers.data.kinds import PathLike


def names_of(
    path: PathLike, families: Sequence[str], people: Sequence[str]
) -> list[str]:
    """Return one name for each person: the id, or "family:id" where ids repeat.

    Within-family ids such as 1, 2, 3 may repeat between families. If any does, all
    names of the file hold the family.

    Raises
    ------
    ValueError
        If a person comes twice in one family.
    """
    family, person = (pd.Series(list(ids), dtype=str) for ids in (families, people))
    names = person if person.is_unique else family + ":" + person
    twice = names.duplicated()
    if twice.any():
        raise ValueError(
            f"{path} must name each person once; {person[twice].iloc[0]!r} comes twice "
            f"in family {family[twice].iloc[0]!r}."
        )
    return names.tolist()
