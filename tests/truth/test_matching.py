"""A shifted or turned motif is found again; what is no motif fits none."""

import numpy as np
import pytest

from helpers.truth.jaspar import motif_set
from helpers.truth.matching import tomtom_matches

MOTIFS = motif_set("distinct_1")


@pytest.mark.slow  # memelite compiles
def test_shifted_and_turned_motifs_are_found():
    blank = np.full((2, 4), 0.25)
    turned = MOTIFS[1].ppm[::-1, ::-1]
    anything = np.random.default_rng(0).dirichlet(np.ones(4), 13)
    matrices = [np.vstack([blank, MOTIFS[3].ppm])[:13], turned, anything]
    table = tomtom_matches(matrices, MOTIFS)
    assert len(table) == 3 * 4
    best = table.loc[table.groupby("matrix")["p_value"].idxmin()].set_index("matrix")
    assert best["motif"].tolist()[:2] == ["MA0090.3", "MA0048.1"]
    assert (best["p_value"][:2] < 1e-6).all()
    assert best["p_value"][2] > 0.05 / 4
    assert best.loc[0, ["offset", "overlap", "reverse"]].tolist() == [-2, 11, False]
    assert best["reverse"][1]
    again = tomtom_matches(matrices[:1], MOTIFS)
    assert again.equals(table[:4])


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="at least one each; got 0 and 4"):
        tomtom_matches([], MOTIFS)
    with pytest.raises(ValueError, match="at least one each; got 1 and 0"):
        tomtom_matches([MOTIFS[0].ppm], [])
    with pytest.raises(ValueError, match="n_shuffles must be at least 6; got 5"):
        tomtom_matches([MOTIFS[0].ppm], MOTIFS, n_shuffles=5)
    with pytest.raises(ValueError, match="motif matrix 1: row 1 must"):
        tomtom_matches([MOTIFS[0].ppm, np.ones((3, 4))], MOTIFS)
