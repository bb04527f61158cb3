"""Small runs of regressions have every number once; rescaling undoes what was done."""

import numpy as np
import pytest

from helpers.studies.negative_data import regress, settings
from helpers.studies.negative_data.interactions import rescalings

SMALL = {
    "world": {"motifs": "distinct_1", "length": 110, "gap": 8},
    "recipe": {
        "n_filters": 2, "width": 13, "pool": 20, "n_train": 200, "lr": 0.01,
        "epochs": 1, "n_starts": 2, "n_keep": 1,
    },
    "measures": {"n_test": 20, "n_attributed": 30, "methods": ["IG"]},
    "seed": 0,
}  # fmt: skip


def test_regressions_have_every_number_once():
    table = regress.regressions(**SMALL, effect="enhancing", constant=2.0)
    keys = ["network", "measure", "detail", "motifs_present"]
    assert not table.duplicated(keys).any()
    recall = table[table["measure"] == "recall"].sort_values("motifs_present")["value"]
    total = table.loc[table["measure"] == "total", "value"].item()
    assert total == pytest.approx(recall @ np.array([1, 4, 6, 4, 1]) / 16)
    counts = table["measure"].value_counts()
    for scale in ("", " calibrated", " unshrunk"):
        assert counts["interaction p" + scale] == 15
    assert counts["shortfall"] == 3
    assert (table["effect"] == "enhancing").all() and (table["seed"] == 0).all()


def test_exact_predictions_are_recalled_and_others_are_not():
    counts = np.repeat([0, 1, 2], 2)
    rows = regress.count_rows(np.stack([counts, counts + 1.0]), counts * 1.0, counts)
    values = {(network, measure, k): v for network, measure, _, k, v, *_ in rows}
    assert [values[0, "recall", k] for k in range(3)] == [1, 1, 1]
    # One too many is wrong unless the outermost bin is open.
    assert [values[1, "recall", k] for k in range(3)] == [0, 0, 1]
    assert values[1, "total", -1] == pytest.approx(1 / 3)


def test_rescaling_undoes_what_was_done():
    """Halved predictions get their size back; noise is no slope, but shrinks one."""
    labels = np.tile([0.0, 1.0, 2.0], 40)
    exact = rescalings([0.5 * labels + 1, 2 - labels], labels)
    for slope, intercept in exact.values():
        np.testing.assert_allclose(slope, [2, -1])
        np.testing.assert_allclose(intercept, [-2, 2])
    noise = np.repeat([1.0, -1.0], 60)  # has no correlation with the labels
    predictions = 0.5 * labels + noise
    found = rescalings([predictions], labels)
    slope, intercept = found["unshrunk"]
    new = slope * predictions + intercept
    for label in (0, 1, 2):
        assert new[labels == label].mean() == pytest.approx(label)
    slope, intercept = found["calibrated"]
    residual = labels - slope * predictions - intercept
    assert residual @ predictions == pytest.approx(0, abs=1e-9)
    assert (slope * predictions + intercept)[labels == 2].mean() < 2


def test_rescalings_refuse_bad_input():
    with pytest.raises(ValueError, match="must vary"):
        rescalings(np.ones((1, 5)), np.arange(5))
    with pytest.raises(ValueError, match="labels must have 5 values"):
        rescalings(np.ones((1, 5)), np.arange(4))


def test_a_constant_without_use_is_refused():
    with pytest.raises(ValueError, match="constant has no use"):
        regress.regressions(**SMALL, effect="additive", constant=2.0)


def test_what_counts_is_described_as_a_step_takes_it():
    told = settings.counting(
        "MEF2A",
        4,
        ["IG"],
        here={"length": 150, "gap": 13},
        measured={"n_test": 5},
        n_train=64,
        n_networks=2,
        lr=0.01,
    )
    assert told["world"] == {"motifs": "MEF2A", "length": 150, "gap": 13}
    assert told["measures"] == {"n_test": 5, "methods": ["IG"]}
    settings.Recipe(**told["recipe"])
    assert told["recipe"]["n_keep"] == 2 and told["recipe"]["width"] == 15
