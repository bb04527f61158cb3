"""Names that tell motifs apart, and the level of chance."""

import numpy as np
import pytest

from helpers.studies.negative_data.settings import World, motif_names
from helpers.studies.negative_data.visibility import chance_level
from helpers.truth.grammars import Grammar, balanced
from helpers.truth.jaspar import motif_set


def test_names_tell_motifs_apart():
    assert motif_names(Grammar(motif_set("MEF2A"), 8))[0] == "MA0052.1"
    assert World("distinct_1", 150, 8).names[0] == "CREB1"


@pytest.mark.parametrize("count", [1, 3, 4])
def test_random_scores_reach_the_chance_level(count):
    grammar = Grammar(motif_set("distinct_1"), 8)
    data = balanced(grammar, 150, length=150, seed=1)
    data = data[np.flatnonzero(data.present[:, 1] & (data.counts == count))]
    every = [data.covered(i) for i in range(4)]
    scores = np.random.default_rng(0).random(data.bases.shape)
    # The mean precision over all ranks, not the area: that is biased for few positives.
    ranked = ~np.any(every, axis=0) | every[1]
    share = (scores * every[1]).sum() / (scores * ranked).sum()
    level = chance_level(grammar, 1, count, 150)
    assert share == pytest.approx(level, rel=0.05)
    with pytest.raises(ValueError, match="count must be at most 4"):
        chance_level(grammar, 1, 5, 150)
    with pytest.raises(ValueError, match="length must be at least"):
        chance_level(grammar, 1, count, 50)
