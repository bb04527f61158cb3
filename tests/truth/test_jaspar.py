"""The stored profiles against what is known of them; identifiers that are not."""

import builtins
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from helpers.truth.jaspar import MOTIF_SETS, jaspar, motif_set


def test_stored_profiles_have_their_known_width_information_and_consensus():
    motifs = {m.name: m for name in MOTIF_SETS for m in motif_set(name)}
    known = {
        "MA0018.3": (12, 11.76, "GGTGACGTCACC"),
        "MA0048.1": (12, 14.13, "GCGCAGCTGCGT"),
        "MA0098.3": (10, 12.15, "ACCGGAAGTG"),
        "MA0090.3": (13, 12.57, "CCACATTCCAGGC"),
        "MA0052.1": (10, 15.71, "CTATTTATAG"),
        "MA0052.2": (15, 14.96, "AGCTAAAAATAGCAT"),
        "MA0052.3": (12, 17.14, "TCTAAAAATAGA"),
        "MA0052.4": (15, 12.40, "TTCTAAAAATAGAAA"),
    }
    assert motifs.keys() == known.keys()
    for name, (width, information, consensus) in known.items():
        assert (motifs[name].width, motifs[name].consensus) == (width, consensus)
        assert motifs[name].information.sum() == pytest.approx(information, abs=0.006)


def test_columns_of_unequal_totals_are_divided_one_by_one():
    (ets1,) = jaspar(["MA0098.3"])
    assert ets1.ppm[0, 0] == 2683 / (2683 + 210 + 640 + 241)
    assert ets1.ppm[1, 0] == 180 / (180 + 2683 + 297 + 22)
    np.testing.assert_allclose(ets1.ppm.sum(axis=1), 1)


@pytest.mark.parametrize("wrong", ["CREB1", "MA0018", "MA0018.", "ma0018.3", 18])
def test_only_full_identifiers_are_taken(wrong):
    with pytest.raises(ValueError, match="identifiers must be full JASPAR"):
        jaspar([wrong])


@pytest.mark.parametrize("wrong", ["MA0018.3", []])
def test_identifiers_come_as_a_list(wrong):
    with pytest.raises(ValueError, match="identifiers must be a list"):
        jaspar(wrong)


def test_sets_have_names():
    with pytest.raises(ValueError, match="name must be one of distinct_1, MEF2A"):
        motif_set("distinct_2")


def test_other_profiles_need_pyjaspar(monkeypatch):
    real = builtins.__import__

    def without_pyjaspar(name, *args, **kwargs):
        if name == "pyjaspar":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_pyjaspar)
    with pytest.raises(ModuleNotFoundError, match=r"MA0139\.1 is not in jaspar.txt"):
        jaspar(["MA0139.1"])


def test_other_profiles_come_from_pyjaspar():
    pytest.importorskip("pyjaspar", reason="pyjaspar is an optional extra")
    (ctcf,) = jaspar(["MA0139.1"])
    assert (ctcf.label, ctcf.width) == ("CTCF", 19)
    with pytest.raises(ValueError, match=r"no profile 'MA9999\.9'"):
        jaspar(["MA9999.9"])


def test_counts_of_another_profile_are_divided_column_by_column(monkeypatch):
    counts = {"A": [8, 1], "C": [1, 1], "G": [1, 1], "T": [0, 1]}
    found = SimpleNamespace(counts=counts, name="made up")
    database = SimpleNamespace(fetch_motif_by_id=lambda identifier: found)
    module = SimpleNamespace(jaspardb=lambda: database)
    monkeypatch.setitem(sys.modules, "pyjaspar", module)
    (motif,) = jaspar(["MA9000.1"])
    np.testing.assert_allclose(motif.ppm, [[0.8, 0.1, 0.1, 0], [0.25] * 4])
