"""Networks on disk: what comes back, what is refused, and a second cohort."""

import json
import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from helpers.data.panel import Panel
from helpers.loaders.matching import SnpList
from helpers.loaders.plink_writer import write_panel
from helpers.loaders.traits import SCALES
from helpers.networks.genes import GeneNetwork
from helpers.studies.gene_gene import replicate, saved, second_cohort
from helpers.studies.gene_gene.yes_or_no import YesOrNo

GENES = ("a", "b", "c")
ALLELES = (("A", "G"), ("C", "T"), ("G", "T"), ("A", "C"), ("C", "A"), ("T", "G"))


def cohort(n, seed):
    draw = np.random.default_rng(seed)
    counts = draw.binomial(2, 0.4, (6, n)).astype(np.int8)
    names = tuple(f"rs{k}" for k in range(6))
    return Panel(counts, (2, 2, 2), GENES, names, alleles=ALLELES)


def product(panel):
    return (panel.genotypes[0] - 0.8) * (panel.genotypes[2] - 0.8)


def network(seed=0):
    """Return a network whose genes a and b multiply, by a fit of its head."""
    torch.manual_seed(seed)
    made = GeneNetwork((2, 2, 2), encoder=0, head=(30,), centre=np.full(6, 0.8))
    x = torch.from_numpy(cohort(500, 9).genotypes.T.copy()).float()
    y = torch.from_numpy(product(cohort(500, 9))).float()
    optimizer = torch.optim.Adam(made.parameters(), 0.03)
    for _ in range(150):
        optimizer.zero_grad()
        (made(x)[:, 0] - y).square().mean().backward()
        optimizer.step()
    return made.requires_grad_(False)


PAIRS = pd.DataFrame(
    {"pair": [("a", "b"), ("a", "c"), ("b", "c")], "p_holm": [0.001, 0.4, np.nan]}
)


@pytest.fixture(scope="module")
def networks():
    return [network(0), network(1)]


@pytest.fixture
def folder(networks, tmp_path):
    first = cohort(400, 1)
    saved.save_networks(
        tmp_path / "networks", networks, first, PAIRS, trait="ldl", y=np.zeros(400)
    )
    return tmp_path / "networks"


def second_files(tmp_path, panel, y, *, swapped=False):
    """Write a cohort; with `swapped` the file counts the other allele of half."""
    counts, alleles = panel.genotypes.copy(), list(panel.alleles)
    if swapped:
        counts[::2] = 2 - counts[::2]
        alleles[::2] = [pair[::-1] for pair in alleles[::2]]
    other = Panel(counts, panel.sizes, panel.genes, panel.snps, alleles=tuple(alleles))
    return write_panel(other, tmp_path / "second.bed", y, trait="ldl")


def test_networks_come_back_as_they_were(folder, networks):
    found = saved.load_networks(folder)
    x = torch.from_numpy(cohort(50, 2).genotypes.T.copy()).float()
    for one, other in zip(networks, found.networks, strict=True):
        assert torch.equal(one(x), other(x))
    assert found.snps.genes == GENES and found.snps.alleles == ALLELES
    assert (found.trait, found.kind, found.people) == ("ldl", "numbers", 400)
    assert found.numbers_of() == [(0, 1)]
    assert found.numbers_of([("c", "a")]) == [(2, 0)]
    assert np.isnan(found.pairs["p_holm"].iloc[2])


def test_a_second_cohort_replicates_whatever_allele_it_counts(
    folder, networks, tmp_path
):
    panel = cohort(1_500, 3)
    y = product(panel) + np.random.default_rng(4).normal(size=1_500)
    results = []
    for swapped in (False, True):
        files = second_files(tmp_path, panel, y, swapped=swapped)
        table, read, dropped = saved.replicate_files(
            folder, files["bed"], files["pheno"]
        )
        assert np.array_equal(read.genotypes, panel.genotypes)
        assert (dropped["reason"] == "other allele counted").sum() == 3 * swapped
        results.append(table)
    pd.testing.assert_frame_equal(*results)
    row = results[0].iloc[0]
    assert row["pair"] == "a × b" and row["p_holm"] < 1e-6
    # The published way agrees where one pair alone interacts.
    direct = replicate(
        networks, cohort(400, 1), panel, y / y.std(), [(0, 1)], centred=True
    )
    assert row["slope"] == pytest.approx(direct["slope"][0], rel=0.1)
    assert row["slope"] == pytest.approx(1 / y.std(), rel=0.2)


def test_families_of_a_second_cohort_widen_its_errors(folder, networks):
    """Each person ten times: without groups that is ten times the evidence."""
    one = cohort(200, 3)
    panel = one.take(np.repeat(np.arange(200), 10))
    y = np.repeat(product(one) + 2 * np.random.default_rng(4).normal(size=200), 10)
    found = saved.load_networks(folder)
    rows = [
        saved.replicate_in(found, panel, y, groups=groups).iloc[0]
        for groups in (None, np.repeat(np.arange(200), 10))
    ]
    assert rows[0]["slope"] == pytest.approx(rows[1]["slope"])
    ratio = rows[1]["standard_error"] / rows[0]["standard_error"]
    assert ratio == pytest.approx(np.sqrt(10), rel=0.25)


def test_several_pairs_are_corrected_together(folder):
    panel = cohort(1_500, 3)
    y = product(panel) + np.random.default_rng(4).normal(size=1_500)
    found = saved.load_networks(folder)
    named = [("a", "b"), ("c", "a")]
    both = saved.replicate_in(found, panel, y, named)
    assert both["pair"].tolist() == ["a × b", "a × c"]
    assert both["p_holm"][0] == pytest.approx(2 * both["p"][0])
    assert both["p"][1] > 0.001
    alone = saved.replicate_in(found, panel, y, named[:1])
    assert alone["p_holm"][0] == alone["p"][0]
    assert alone["z"][0] == pytest.approx(both["z"][0])


def test_neighbours_and_the_unit_of_log_odds_are_kept(networks, tmp_path):
    first = replace(cohort(400, 1), details={"linked": [(0, 1)]})
    trait = YesOrNo.of(np.repeat([0.0, 1.0], [300, 100]))
    saved.save_networks(tmp_path, networks, first, PAIRS, trait="t", y=trait)
    found = saved.load_networks(tmp_path)
    assert found.linked == ((0, 1),)
    assert found.spread == pytest.approx(np.sqrt(3) / 4)
    other = cohort(2_000, 3)
    cases = np.random.default_rng(5).random(2_000) < 0.5
    y = YesOrNo.of((cases | (product(other) > 0.5)).astype(float))
    slopes = {
        spread: saved.replicate_in(replace(found, spread=spread), other, y)["slope"][0]
        for spread in (found.spread, 2 * found.spread, y.spread, None)
    }
    assert slopes[2 * found.spread] == pytest.approx(2 * slopes[found.spread])
    assert slopes[None] == slopes[y.spread]  # of a file from before it was kept
    change(tmp_path, linked=[[0, 7]])
    with pytest.raises(ValueError, match="linked"):
        saved.load_networks(tmp_path)
    manifest = json.loads((tmp_path / "networks.json").read_text())
    del manifest["linked"], manifest["spread"]
    (tmp_path / "networks.json").write_text(json.dumps(manifest))
    older = saved.load_networks(tmp_path)
    assert older.linked == () and older.spread is None


def test_genes_that_multiply_odds_do_not_return_as_a_pair(networks, tmp_path):
    """They add up on log odds, and interact on the scale of the answer."""
    panel = cohort(6_000, 3)
    a, b = (panel.genotypes[k] - 0.8 for k in (0, 2))
    draw, p = np.random.default_rng(5), []
    made = saved.SavedNetworks(
        networks, [], SnpList.of(cohort(400, 1)), PAIRS, "t", "controls and cases", 400
    )
    for _ in range(6):
        cases = draw.random(6_000) < 1 / (1 + np.exp(3 - 1.5 * a - 1.5 * b))
        trait = YesOrNo.of(cases.astype(float))
        p.append(saved.replicate_in(made, panel, trait, [("a", "b")])["p"][0])
    assert min(p) > 0.002
    score = (trait.cases - trait.cases.mean()) / trait.spread
    means = [torch.zeros(1, 3)] * 2
    assert replicate(networks, means, panel, score, [(0, 1)], centred=True)["p"][0] < (
        1e-6
    )


def test_the_scale_of_the_first_cohort_is_that_of_the_second(
    folder, networks, tmp_path
):
    panel = cohort(1_500, 3)
    y = product(panel) + np.random.default_rng(4).normal(size=1_500)
    files = second_files(tmp_path, panel, np.exp(2 * y))
    slopes = {}
    for scale in SCALES:
        saved.save_networks(
            folder, networks, cohort(400, 1), PAIRS,
            trait="ldl", y=np.zeros(400), scale=scale,
        )  # fmt: skip
        assert saved.load_networks(folder).scale == scale
        table, _, _ = saved.replicate_files(folder, files["bed"], files["pheno"])
        slopes[scale] = table["slope"][0]
    assert slopes["log"] == pytest.approx(slopes["normal scores"], rel=0.05)
    assert slopes["as is"] < slopes["log"] / 1.5
    manifest = json.loads((folder / "networks.json").read_text())
    del manifest["scale"]  # as it was before there was a choice
    (folder / "networks.json").write_text(json.dumps(manifest))
    assert saved.load_networks(folder).scale == "normal scores"
    change(folder, scale="ranks")
    with pytest.raises(ValueError, match="scale must be one of"):
        saved.load_networks(folder)
    with pytest.raises(ValueError, match="scale must be one of"):
        saved.save_networks(
            folder, networks, cohort(400, 1), PAIRS,
            trait="ldl", y=np.zeros(400), scale="ranks",
        )  # fmt: skip


def test_controls_and_cases_replicate_in_the_units_of_the_networks(networks, tmp_path):
    first, panel = cohort(400, 1), cohort(4_000, 3)
    cases = np.random.default_rng(5).random(4_000)
    trait = YesOrNo.of((cases < 1 / (1 + np.exp(-2 * product(panel)))).astype(float))
    saved.save_networks(tmp_path, networks, first, PAIRS, trait="t", y=trait)
    found = saved.load_networks(tmp_path)
    row = saved.replicate_in(found, panel, trait).iloc[0]
    # Log odds 2 a b are 2 / 2 in units of the root of p (1 - p).
    assert found.spread == trait.spread
    assert row["p"] < 1e-6 and row["slope"] == pytest.approx(1, abs=0.35)
    with pytest.raises(ValueError, match="must be of controls and cases"):
        saved.replicate_in(found, panel, np.arange(4_000.0))


def test_pairs_are_named_or_called(folder):
    found = saved.load_networks(folder)
    with pytest.raises(ValueError, match="'z' is none of a, b, c"):
        found.numbers_of([("a", "z")])
    with pytest.raises(ValueError, match="the first cohort called none"):
        found.numbers_of(level=1e-6)


def test_code_in_a_file_is_not_run(folder, tmp_path):
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "sprung"), "w"))

    content, path = {"networks": [Trap()], "means": []}, folder / "networks.pt"
    for write in (
        lambda: torch.save(content, path),
        lambda: path.write_bytes(pickle.dumps(content, protocol=2)),
        lambda: path.write_bytes(b"no networks"),
    ):
        write()
        with pytest.raises(ValueError, match="holds more than numbers"):
            saved.load_networks(folder)
    assert not (tmp_path / "sprung").exists()


def change(folder, **more):
    path = folder / "networks.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | more))


def test_what_does_not_belong_together_is_refused(folder):
    change(folder, sizes=[2, 2, 3])
    with pytest.raises(ValueError, match="the manifest that was saved with") as error:
        saved.load_networks(folder)
    assert "\n" not in str(error.value)
    change(folder, sizes=[2, 2, 2], networks=3)
    with pytest.raises(ValueError, match="as much as its manifest says"):
        saved.load_networks(folder)
    change(folder, format=2)
    with pytest.raises(ValueError, match="format 1; got 2"):
        saved.load_networks(folder)
    (folder / "networks.json").write_text("{")
    with pytest.raises(ValueError, match="no JSON"):
        saved.load_networks(folder)
    (folder / "networks.pt").unlink()
    (folder / "networks.json").write_text(json.dumps({"format": 1}))
    with pytest.raises(FileNotFoundError, match="does not exist"):
        saved.load_networks(folder)


def test_the_command_prints_or_says_why_not(folder, tmp_path, capsys):
    panel = cohort(800, 3)
    y = product(panel) + np.random.default_rng(4).normal(size=800)
    files = second_files(tmp_path, panel, y)
    given = [str(folder), str(files["bed"]), str(files["pheno"])]
    families = pd.read_csv(files["pheno"], sep="\t")
    by = "IID" if "IID" in families else families.columns[0]
    families.assign(home=np.arange(800) // 2)[[by, "home"]].rename(
        columns={by: "IID"}
    ).to_csv(tmp_path / "homes.tsv", sep="\t", index=False)
    out = tmp_path / "again.csv"
    assert second_cohort.main([*given, "--pairs", "b:a", "--output", str(out)]) == 0
    shown = capsys.readouterr().out
    assert "b × a" in shown.replace("a × b", "b × a")
    assert "no genotypes of the first cohort, so people cannot be compared" in shown
    assert pd.read_csv(out)["p"][0] < 0.01
    assert second_cohort.main([*given, "--pairs", "b"]) == 1
    assert "error: pairs must be written GENE:GENE" in capsys.readouterr().err
    assert second_cohort.main([*given, "--trait", "hdl"]) == 1
    assert "no column 'hdl'" in capsys.readouterr().err
    homes = ["--groups", "home", "--covariate-file", str(tmp_path / "homes.tsv")]
    assert second_cohort.main([*given, "--output", str(out)]) == 0
    alone = pd.read_csv(out)
    assert second_cohort.main([*given, *homes, "--output", str(out)]) == 0
    grouped = pd.read_csv(out)
    assert grouped["slope"][0] == pytest.approx(alone["slope"][0])
    assert grouped["standard_error"][0] != alone["standard_error"][0]
    assert second_cohort.main([*given, "--groups", "family"]) == 1
    assert "no column 'family'" in capsys.readouterr().err
    ages = tmp_path / "ages.tsv"
    ages.write_text("IID\tage\nnobody\t3\n", encoding="utf-8")
    more = ["--covariates", "age", "--covariate-file", str(ages)]
    assert second_cohort.main([*given, *more]) == 1
    assert "must share people" in capsys.readouterr().err
    assert second_cohort._pair("chr1:0-9cM:chr2:0-9cM") == ("chr1:0-9cM", "chr2:0-9cM")


def test_the_first_cohort_is_no_second_one(networks, tmp_path, capsys):
    draw = np.random.default_rng(1)
    counts = draw.binomial(2, 0.4, (24, 400)).astype(np.int8)
    names = tuple(f"rs{k}" for k in range(24))
    first = Panel(counts, (8,) * 3, GENES, names, alleles=ALLELES * 4)
    made = [GeneNetwork((8,) * 3, encoder=0, head=(3,)).requires_grad_(False)]
    saved.save_networks(tmp_path, made, first, PAIRS, trait="ldl", y=np.zeros(400))
    files = second_files(tmp_path, first, draw.normal(size=400), swapped=True)
    given = [str(tmp_path), str(files["bed"]), str(files["pheno"])]
    assert second_cohort.main(given) == 1
    said = capsys.readouterr().err
    assert "must be other people; the allele frequencies of these 400 are" in said


def test_what_cannot_be_told_is_said_to_be_so():
    table = pd.DataFrame(
        {
            "pair": ["a × b", "a × c", "b × c"], "slope": [0.9, 0.0, np.nan],
            "standard_error": [0.1, np.nan, np.nan], "p": [1e-9, 0.5, np.nan],
            "p_holm": [3e-9, 1.0, np.nan], "share": [0.1, 0.0, 0.0],
            "identifiable": [True, True, False],
        }
    )  # fmt: skip
    shown = second_cohort.shown(table).to_numpy().tolist()
    assert shown == [
        ["a × b", "0.90 (0.10)", "1e-09", "3e-09", "10.00%"],
        ["a × c", "0.00 (–)", "0.5", "1", "0.00%"],
        ["b × c", "– (–)", "cannot tell", "–", "–"],
    ]
