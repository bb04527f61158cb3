"""The family tells equal ids apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.loaders.people import names_of


@given(
    st.sets(st.tuples(st.text("fg", min_size=1), st.text("12", min_size=1)), min_size=1)
)
def test_everybody_has_a_name_of_their_own(pairs):
    families, people = zip(*sorted(pairs), strict=True)
    names = names_of("x.fam", families, people)
    assert len(set(names)) == len(pairs)
    if len(set(people)) == len(people):
        assert names == list(people)
    else:
        assert names == [f"{f}:{p}" for f, p in zip(families, people, strict=True)]


def test_one_person_and_nobody():
    assert names_of("x.fam", ["f"], ["p"]) == ["p"]
    assert names_of("x.fam", [], []) == []


def test_a_person_twice_in_a_family_is_named():
    with pytest.raises(ValueError, match="once; 'p' comes twice in family 'f'"):
        names_of("x.fam", ["f", "g", "f"], ["p", "p", "p"])
