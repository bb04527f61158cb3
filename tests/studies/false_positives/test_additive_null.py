"""Replicates on additive labels: what they learn, and how they judge."""

import numpy as np
import pandas as pd
import pytest

from helpers.studies.false_positives import additive_null
from helpers.studies.false_positives.worlds import sequences

SMALL = {
    "control": "negative", "architecture": "arch1", "padding": "valid",
    "n_networks": 1, "n_replicates": 2, "n_train": 150, "n_validation": 30,
    "n_test": 400, "epochs": 1, "seed": 0, "device": "cpu",
}  # fmt: skip


def test_a_network_and_its_replicates_are_described():
    table = additive_null.replicate_nulls(**SMALL)
    assert table["replicate"].tolist() == [0, 1, 2]
    assert set(table["network"]) == {0}
    numbers = table[["mse", "size", "gain", "paired"]]
    assert np.isfinite(numbers).all().all()
    assert table["paired"].between(0, 1).all()
    assert numbers.nunique().min() > 1  # other labels, other networks


def test_the_additive_part_has_no_interaction_and_all_the_rest():
    embedded = sequences(0, 60, 0)
    both = embedded.present.all(axis=1)
    letters = np.array([1.0, 2.0, 3.0, 5.0])

    def adding(x):  # every letter by itself: motifs cannot interact
        return letters[x].sum(axis=1)[None]

    def multiplying(x):
        return np.exp(letters[x].mean(axis=1))[None]

    part = additive_null._additive(adding, embedded, 1)
    np.testing.assert_allclose(part, adding(embedded.sequences), atol=1e-5)
    part = additive_null._additive(multiplying, embedded, 1)
    whole = multiplying(embedded.sequences)
    np.testing.assert_array_equal(part[:, ~both], whole[:, ~both])
    assert (np.abs(part - whole)[:, both] > 1e-6).mean() > 0.8


def test_p_counts_the_replicates_that_gain_as_much():
    table = pd.DataFrame(
        {
            "control": "negative",
            "network": [0] * 4 + [1] * 4,
            "replicate": [0, 1, 2, 3] * 2,
            "mse": 1.0, "size": 1.0, "paired": 0.5,
            "gain": [3.0, 1.0, 2.0, 2.5, 1.0, 1.0, 2.0, 0.0],
        }
    )  # fmt: skip
    found = additive_null.verdicts(table)
    assert found["p"].tolist() == [1 / 4, 3 / 4]
    assert found["highest"].tolist() == [2.5, 2.0]
    page = additive_null.page_table(found.assign(paired=0.0))
    assert len(page.columns) == 8 and set(page["Paired p"]) == {"< 1e-300"}
    assert additive_null.words(found, level=0.3) == (
        "Called at 30%: negative control, by replicates **1 of 2** networks, by the "
        "paired test 0."
    )


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("n_networks", 0, "n_networks must be at least 1; got 0"),
        ("n_replicates", 0, "n_replicates must be at least 1; got 0"),
        ("n_validation", 0, "n_validation must be at least 1; got 0"),
        ("control", "both", "control must be one of negative, positive; got 'both'"),
        ("padding", "full", "padding must be one of valid, same; got 'full'"),
        ("architecture", "arch9", "architecture must be one of arch1, arch2, arch3"),
    ],
)
def test_bad_arguments_are_one_line(name, value, said):
    with pytest.raises(ValueError, match=said):
        additive_null.replicate_nulls(**SMALL | {name: value})
