"""What is written comes back through the loaders."""

import numpy as np
import pandas as pd
import pytest

from helpers.data.panel import Panel
from helpers.loaders import plink, traits
from helpers.loaders.plink_writer import write_panel


@pytest.fixture
def panel():
    counts = np.random.default_rng(0).binomial(2, 0.4, (6, 200)).astype(np.int8)
    return Panel(counts, (2, 4), ("ABC", "XYZ"))


def test_panel_trait_and_genes_come_back(panel, tmp_path):
    values = np.linspace(-1, 1, 200)
    files = write_panel(panel, tmp_path / "toy.bed", values, trait="height")
    bim = plink.read_bim(files["bed"].with_suffix(".bim"))
    windows = plink.read_gene_windows(files["genes"])
    genes = plink.snps_in_windows(bim, windows, flank=0)
    found = plink.load_panel(files["bed"], genes, min_hwe=0, min_maf=0, max_r2=1)
    assert (found.genes, found.sizes) == (panel.genes, panel.sizes)
    assert found.people == panel.people
    same = [
        (one == other).all() or (one == 2 - other).all()  # of which allele is free
        for one, other in zip(found.genotypes, panel.genotypes, strict=True)
    ]
    assert all(same)
    table = traits.read_trait(files["pheno"], "height")
    assert table.values == pytest.approx(values)


def test_bad_input_is_named(panel, tmp_path):
    with pytest.raises(ValueError, match="values must have 200; got 3"):
        write_panel(panel, tmp_path / "toy.bed", np.zeros(3))
    full = Panel(np.ones((22, 5), np.int8), (1,) * 22)
    assert write_panel(full, tmp_path / "full.bed", np.zeros(5))["bed"].is_file()
    many = Panel(np.ones((23, 5), np.int8), (1,) * 23)
    with pytest.raises(ValueError, match="at most 22 genes; got 23"):
        write_panel(many, tmp_path / "toy.bed", np.zeros(5))


def test_the_smallest_panel_is_one_snp_of_two_people(tmp_path):
    panel = Panel(np.array([[0, 1]], np.int8), (1,), ("HLA A",))
    files = write_panel(panel, tmp_path / "toy.bed", [1.0, 2.0])
    windows = plink.read_gene_windows(files["genes"])
    assert windows["gene"].tolist() == ["HLA A"]
    bim = plink.read_bim(files["bed"].with_suffix(".bim"))
    found = plink.load_panel(files["bed"], plink.snps_in_windows(bim, windows))
    assert found.genotypes.shape == (1, 2)


def test_a_write_that_fails_leaves_nothing(panel, tmp_path, monkeypatch):
    monkeypatch.setattr(pd.DataFrame, "to_csv", None)
    with pytest.raises(TypeError):
        write_panel(panel, tmp_path / "toy.bed", np.zeros(200))
    assert not list(tmp_path.iterdir())
