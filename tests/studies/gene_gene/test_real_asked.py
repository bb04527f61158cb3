"""The test of each pair on real genotypes: worlds, rows, words."""

import numpy as np
import pandas as pd
import pytest

from helpers import datasets
from helpers.data.panel import Panel
from helpers.press.results import Store
from helpers.studies.gene_gene import real_asked


def people(n=600, genes=10, seed=0):
    counts = np.random.default_rng(seed).binomial(2, 0.4, (2 * genes, n))
    return Panel(counts.astype(np.int8), (2,) * genes)


@pytest.mark.filterwarnings("ignore:fewer training people")
def test_every_data_set_has_its_trait_and_split(monkeypatch):
    monkeypatch.setattr(real_asked, "read_real", lambda name: (people(), None))
    asked = {
        trait: real_asked.ask_real(
            name="hapmap3", trait=trait, numbers=[0, 3], n_networks=2, max_epochs=2,
            seed=0, device="cpu",
        )
        for trait in real_asked.MADE
    }  # fmt: skip
    for trait, table in asked.items():
        assert len(table) == 2 * 45 and table["data_set"].unique().tolist() == [0, 3]
        true = (table["form"] != "none").groupby(table["data_set"]).sum()
        assert true.tolist() == ([6, 6] if trait == "six pairs" else [0, 0])
        assert table["genes"][0] == "gene1 × gene2" and table["pair"][0] == "1-2"
    one, other = (t for _, t in asked["none"].groupby("data_set"))
    assert not np.allclose(one["z"], other["z"])
    with pytest.raises(ValueError, match="trait must be made-up for hapmap3"):
        real_asked.ask_real(
            name="hapmap3", trait="HDL", numbers=[0], n_networks=2, max_epochs=2, seed=0
        )


def test_without_data_the_stored_tables_are_shown(monkeypatch, tmp_path):
    def nowhere(name):
        raise datasets.DatasetUnavailable("nowhere")

    monkeypatch.setattr(datasets, "checksum", nowhere)
    store = Store("4-real", size="smoke", root=tmp_path)
    shared = {"n_networks": 2, "max_epochs": 2, "seed": 0}
    assert real_asked.asked_real(store, ["mice"], count=2, **shared) == {}


def test_pairs_of_an_unknown_trait_are_counted_over_splits():
    table = pd.DataFrame(
        {
            "data_set": [0, 0, 1, 1, 2, 2],
            "genes": ["A × B", "A × C"] * 3,
            "p_holm": [0.01, 0.5, 0.05, 0.06, np.nan, 1.0],
            "r2": [0.2, 0.2, 0.1, 0.1, -0.2, -0.2],
            "r2_without": [0.1, 0.1, 0.15, 0.15, -0.3, -0.3],
        }
    )
    text = real_asked.unknown_text(table)
    assert "in 1 of 3 splits" in text
    said = real_asked.helps_text({"mice, none": table, "mice": table.assign(r2=1.0)})
    assert said.endswith("of *mice, none* in 1 of 3; *mice* in 3 of 3.")
    assert real_asked.helps_text({}) == ""
    assert text.endswith("called after Holm: A × B in 2.")
    assert real_asked.unknown_text(table.assign(p_holm=1.0)).endswith("in any split.")
