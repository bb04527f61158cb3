"""Networks on motif variants."""

import pytest

from helpers.studies.factorization import variants

SETTINGS = {
    "n": 400, "length": 60, "n_networks": 2, "recipe": {"batch_size": 50, "epochs": 2},
}  # fmt: skip


@pytest.mark.parametrize("kind", variants.KINDS)
def test_building_motifs(kind):
    found = variants.build_motifs(kind=kind, penalty=0.01, **SETTINGS)
    area = found[found["measure"] == "auc"]
    assert area["network"].tolist() == [0, 1] and area["target"].tolist() == [0, 0]
    shares = found[found["measure"] == "probability"]
    assert len(shares) == 40 and shares["value"].between(0, 1).all()
    assert set(shares["detail"]) <= {f"{on} on" for on in range(4)}
    assert set(found["kind"]) == {kind} and set(found["penalty"]) == {0.01}


def test_another_seed_gives_other_numbers():
    one, other = (
        variants.build_motifs(kind="builder", seed=seed, **SETTINGS) for seed in (0, 1)
    )
    assert (one["value"] != other["value"]).any()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"kind": "other"}, "kind must be one of builder, baseline, standardised"),
        ({"length": 30}, "length must be at least 36"),
        ({"penalty": -1.0}, "penalty must be at least 0"),
    ],
)
def test_bad_settings(changed, message):
    with pytest.raises(ValueError, match=message):
        variants.build_motifs(**{"kind": "builder"} | SETTINGS | changed)
