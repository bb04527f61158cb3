"""Sentences of chapter 2 say what their tables hold."""

from types import SimpleNamespace

import pandas as pd
import pytest

from helpers.studies.negative_data import words
from helpers.studies.negative_data.motif_filters import matched

MOTIFS = ["CREB1", "TEAD1"]


def areas(**rows):
    """Return AUPRC of two motifs by (method, effect); names are method_effect."""
    index = pd.MultiIndex.from_tuples(
        [tuple(name.split("_")) for name in rows], names=["method", "effect"]
    )
    return pd.DataFrame(list(rows.values()), index=index, columns=MOTIFS)


def test_both_kinds_of_labels_that_do_not_add_are_named():
    said = words.effect_words(
        areas(IG_additive=[0.7, 0.8], IG_quadratic=[0.71, 0.8], IG_enhancing=[0.7, 0.6])
    )
    assert "quadratic less additive labels: CREB1 +0.010, TEAD1 +0.000" in said
    assert said.endswith("enhancing less additive labels: CREB1 +0.000, TEAD1 -0.200.")


def test_permutation_gives_means_and_the_place_of_inhibiting():
    said = words.effect_words(
        areas(
            IG_additive=[0.7, 0.8],
            permutation_additive=[0.75, 0.65],
            permutation_inhibiting=[0.70, 0.68],
            permutation_quadratic=[0.80, 0.72],
        )
    )
    assert said.startswith("By permutation, mean over motifs: quadratic 0.760, ")
    assert "additive 0.700, inhibiting 0.690." in said
    assert said.endswith("inhibiting among 3 labels: CREB1 3, TEAD1 2.")


def test_repeats_below_zero_are_counted():
    changes = pd.DataFrame(
        {
            "motif": ["CREB1", "CREB1", "TEAD1", "TEAD1"],
            "value": [0.02, -0.01, -0.01, -0.03],
            "panel": "enhancing",
        }
    )
    said = words.run_words(changes)
    assert "*enhancing* CREB1 in 1 of 2 (+0.005), TEAD1 in 2 of 2 (-0.020)." in said


def of_versions(n_filters, values):
    """Return rows of two versions of MEF2A by IG, M_w, all motifs present."""
    return [
        {
            "motifs": "MEF2A",
            "n_filters": n_filters,
            "share": 1.0,
            "network": -1,
            "measure": "probability",
            "motifs_present": 4,
            "detail": f"IG {motif}",
            "value": value,
        }
        for motif, value in values.items()
    ]


def test_levels_of_both_sizes_are_held_against_the_tolerance():
    published = pd.DataFrame(
        {
            "quantity": ["table4.IG.with.MA0052.1", "table4.IG.with.MA0052.2"],
            "published": [1.0, 0.7],
            "tolerance": [0.03, 0.1],
        }
    )
    table = pd.DataFrame(
        of_versions(4, {"MA0052.1": 0.98, "MA0052.2": 0.75})
        + of_versions(32, {"MA0052.1": 0.88, "MA0052.2": 0.75})
    )
    said = words.version_words(table, published)
    assert "with 4 filters 0 of 2, with 32 filters 1 of 2." in said


@pytest.fixture
def asked():
    """Two filters of one network, asked about two motifs."""
    p = {"0 MA1": 0.001, "0 MA2": 0.5, "1 MA1": 0.9, "1 MA2": 0.02}
    return pd.DataFrame(
        {
            "motifs": "distinct_1",
            "n_filters": 4,
            "share": 1.0,
            "kind": "M_w",
            "measure": "tomtom",
            "detail": list(p),
            "value": list(p.values()),
        }
    )


def test_a_motif_that_is_not_matched_is_named_with_how_near_it_comes(asked):
    motifs = [SimpleNamespace(name=f"MA{k}", label=f"motif {k}") for k in (1, 2)]
    said = words.unmatched_words(asked, SimpleNamespace(motifs=motifs))
    assert said == "Not matched: motif 2 of M_w with 4 filters (nearest: 0.040)."
    assert matched(asked).loc[0, ["MA1", "MA2"]].tolist() == [1, 0]
    near = asked.assign(value=asked["value"] / 10)
    every = words.unmatched_words(near, SimpleNamespace(motifs=motifs))
    assert every == "Each motif has a match."


def test_guessing_is_told_for_one_motif_and_for_several():
    said = words.guess_words(120)
    assert "about 0.10 on this page, 12 of 120 bp, with one motif" in said
    assert words.spread_words(4, {4: 0.1412, 3: 0.124, 1: 0.1}) == (
        "NHLH1, IG, 4 filters: networks; mean. Chance with 4, 3 and 1 motifs: 0.141, "
        "0.124 and 0.100."
    )
