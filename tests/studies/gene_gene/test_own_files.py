"""A reader's own genes: who are neighbours, what is asked, and what is said."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from helpers.data.panel import Panel
from helpers.loaders import plink
from helpers.loaders.plink_writer import write_panel
from helpers.loaders.traits import TraitTable, split_people
from helpers.studies.gene_gene import Training, own_files


def bim(**more):
    columns = {
        "chromosome": ["1", "1", "1", "1", "2"],
        "centimorgan": [0.0] * 5,
        "position": [100, 200, 900_000, 3_000_000, 150],
    }
    return pd.DataFrame(columns | more)


CHOSEN = {"a": [0, 1], "b": [2], "c": [3], "d": [4]}


def test_genes_are_linked_within_a_megabase_of_one_chromosome():
    assert own_files.linked_genes(bim(), CHOSEN) == [(0, 1)]
    unknown = bim(position=[0] * 5)
    assert own_files.linked_genes(unknown, CHOSEN) == [(0, 1), (0, 2), (1, 2)]


def test_a_genetic_map_goes_before_positions():
    mapped = bim(centimorgan=[1.0, 1.1, 5.0, 5.9, 1.0])
    assert own_files.linked_genes(mapped, CHOSEN) == [(1, 2)]


@pytest.fixture
def panel():
    draw = np.random.default_rng(0)
    return Panel(draw.binomial(2, 0.4, (8, 900)).astype(np.int8), (2,) * 4)


def asked(panel, y, **more):
    parts = split_people(panel.n_people, seed=0)
    recipe = Training(batch_size=50, max_epochs=12, l1=1e-4)
    return own_files.ask_own(
        panel, y, parts, n_networks=2, training=recipe, device="cpu", **more
    )


@pytest.mark.filterwarnings("ignore:fewer training people")
def test_a_product_of_two_genes_is_called_and_helps(panel):
    a, b = panel.genotypes[0] - 0.8, panel.genotypes[2] - 0.8
    y = a + 2 * a * b + 0.3 * np.random.default_rng(1).normal(size=900)
    found = asked(panel, y)
    assert found.called()["pair"].tolist() == [("gene1", "gene2")]
    assert found.r2 > found.r2_without > 0
    assert "Interactions help" in found.words()
    shown = own_files.shown(found.pairs, most=2)
    assert shown["pair"][0] == "gene1 × gene2" and len(shown) == 2
    assert "% (" in shown["share (95%)"][0] and float(shown["p"][0]) < 1e-4
    unclear = found.pairs.assign(identifiable=[True] + [False] * 5)
    assert own_files.shown(unclear)["p"][1] == "cannot tell"
    assert found.training.groupby("target").size().tolist() == [2, 2]


@pytest.mark.filterwarnings("ignore:fewer training people")
def test_of_noise_nothing_is_concluded(panel):
    found = asked(panel, np.random.default_rng(3).normal(size=900))
    assert found.called().empty
    assert "Draw no conclusion" in found.words()


def test_words_stop_where_interactions_do_not_help():
    def words(r2, without):
        return own_files.OwnTest(pd.DataFrame(), None, r2, without, None).words()

    assert "do not help" in words(0.1, 0.2) and "Draw no conclusion" in words(0.1, 0.2)
    assert "Draw no conclusion" in words(0.1, 0.1)
    assert "Interactions help" in words(0.2, 0.1)
    assert "conclusion" not in words(0.2, 0.1)
    assert "learned nothing" in words(-0.1, 0.0)


def test_files_are_read_with_their_neighbours(panel, tmp_path):
    y = np.random.default_rng(2).normal(size=900)
    files = write_panel(panel, tmp_path / "own.bed", y, trait="trait")
    where = [str(files[name]) for name in ("bed", "pheno")]
    windows = str(files["genes"])
    read, _, _ = own_files.read_own(*where, "trait", {"genes": windows}, {}, {})
    assert read.details["linked"] == []
    places, bim_ = read.details["places"], plink.read_bim(tmp_path / "own.bim")
    assert places["SNPs"].tolist() == list(read.sizes)
    assert places["gene"].tolist() == list(read.genes)
    first = bim_.set_index("snp").loc[places["first SNP"]]
    at = first["chromosome"] + ":" + first["position"].astype(str)
    assert places["at"].tolist() == at.tolist()
    runs, _, _ = own_files.read_own(
        *where, "trait", {"genes": "1 SNPs"}, {}, {"min_hwe": 0}
    )
    assert runs.details["linked"] == [(0, 1), (2, 3), (4, 5), (6, 7)]


def test_a_snp_without_a_name_has_its_place():
    snps = bim().assign(snp=".")
    named = Panel(np.zeros((2, 3), np.int8), (1, 1), snps=(".#1", ".#2"))
    at = own_files.places_of(snps, named)["at"]
    rows = zip(snps["chromosome"], snps["position"], strict=True)
    assert at.tolist() == [f"{c}:{p}" for c, p in rows][:2]


def test_one_gene_is_refused_before_training(panel, tmp_path):
    one = Panel(panel.genotypes[:2], (2,))
    files = write_panel(one, tmp_path / "one.bed", np.arange(900.0), trait="trait")
    with pytest.raises(ValueError, match="two at least, or nothing can interact"):
        own_files.read_own(
            files["bed"], files["pheno"], "trait", {"genes": str(files["genes"])},
            {}, {"min_hwe": 0},
        )  # fmt: skip
    with pytest.raises(ValueError, match="plink2 --pfile one"):
        own_files.read_own(tmp_path / "one.pgen", files["pheno"], "trait", {}, {}, {})


def test_structure_is_warned_of_unless_covariates_hold_it(panel):
    """A column that is called PC1 and holds something else silences nothing."""
    twice = panel.take(np.tile(np.arange(60), 15))
    bare = TraitTable(twice.people, np.arange(900.0), pd.DataFrame(), pd.DataFrame())
    assert own_files.structure_warning(panel, bare) is None
    assert "no covariate is given" in own_files.structure_warning(twice, bare)
    called = replace(bare, covariates=pd.DataFrame({"PC1": np.arange(900.0)}))
    assert "also after" in own_files.structure_warning(twice, called)
    whose = pd.get_dummies(np.tile(np.arange(60), 15), dtype=float)
    assert own_files.structure_warning(twice, replace(bare, covariates=whose)) is None


def test_runs_of_another_unit_are_refused_in_a_line():
    with pytest.raises(ValueError, match="such as '60 SNPs' or '10 cM'; got '500 kb'"):
        own_files.genes_of("500 kb", bim())
    for genes in ("60.5 SNPs", "60.0 SNPs", "0 SNPs", "0 cM", "0.0 cM"):
        with pytest.raises(ValueError, match=f"genes must be runs.*; got '{genes}'"):
            own_files.genes_of(genes, bim())
    with pytest.raises(FileNotFoundError, match=r"absent\.bed does not exist"):
        own_files.genes_of("absent.bed", bim())
