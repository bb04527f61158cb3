"""Shares of motifs in training, and what regressions make of them."""

import numpy as np
import pandas as pd
import pytest

from helpers.studies.negative_data import choice_tables, compositions
from helpers.truth.grammars import combinations


@pytest.mark.parametrize("name", compositions.COMPOSITIONS)
def test_shares_sum_to_one_and_are_above_zero(name):
    for n_motifs in (2, 4):
        found = compositions.shares(name, n_motifs)
        assert found.shape == (2**n_motifs,) and (found > 0).all()
        assert found.sum() == pytest.approx(1)


def test_shares_are_as_named():
    counts = combinations(4).sum(axis=1)

    def of(name, k):
        return compositions.shares(name, 4)[counts == k].sum()

    assert [of("every number of motifs alike", k) for k in range(5)] == pytest.approx(
        [0.2] * 5
    )
    assert of("every combination alike", 2) == pytest.approx(6 / 16)
    assert of("half with all motifs", 4) == of("half with none", 0) == 0.5
    with pytest.raises(ValueError, match="composition must be one of"):
        compositions.shares("halves", 4)


def test_networks_are_trained_on_the_shares():
    asked = {
        "world": {"motifs": "distinct_1", "length": 120, "gap": 8},
        "recipe": {
            "n_filters": 4, "width": 13, "pool": 20, "n_train": 128, "lr": 0.01,
            "epochs": 1, "n_starts": 2, "n_keep": 1,
        },
        "measures": {"n_test": 2},
        "constant": None, "seed": 0, "device": "cpu",
    }  # fmt: skip
    tables = [
        compositions.composed(composition=name, effect="quadratic", **asked)
        for name in ("half with all motifs", "half with none")
    ]
    for table in tables:
        assert set(table["motifs_present"]) == {-1, 0, 1, 2, 3, 4}
        assert table["value"].between(0, 1).all()
    assert tables[0]["composition"].unique() == ["half with all motifs"]
    assert not np.allclose(tables[0]["value"], tables[1]["value"])


def test_words_name_the_composition_that_meets_the_reading():
    published = {
        f"table6.distinct_1.32.{effect}.{k}": value
        for effect, recalls in (("additive", (0.6, 0.9)), ("quadratic", (0.3, 0.9)))
        for k, value in enumerate(recalls)
    }
    rows = [
        (name, effect, k, value)
        for name, falls in (("a", (0.2, 0.7)), ("b", (0.5, 0.7)), ("c", (0.2, 0.3)))
        for effect, fall in zip(("additive", "quadratic"), falls, strict=True)
        for k, value in ((0, 0.9 - fall), (1, 0.9))
    ]
    columns = ["composition", "effect", "motifs_present", "value"]
    said = choice_tables.composition_words(
        pd.DataFrame(rows, columns=columns), published
    )
    assert said.endswith("explain the profile: ***a***.")
    assert "*b* 0.70 and 0.50" in said
