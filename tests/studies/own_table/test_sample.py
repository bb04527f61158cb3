"""Options of a page's own example."""

import pytest

from helpers.studies import own_table


def test_options_without_the_one_they_belong_to_are_refused():
    own_table.only_with("data", model="", only=[], window=0)
    with pytest.raises(ValueError, match=r"^data must be given with motifs, only: "):
        own_table.only_with("data", motifs="own.meme", model="", only=["GATA1"])
