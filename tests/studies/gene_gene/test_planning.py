"""Tables of power, cost, discovery and real data, from numbers one can follow."""

import numpy as np
import pandas as pd
import pytest

from helpers.studies.gene_gene import discovery, planning, rankings, real


def test_groups_take_ensembles_in_turn():
    observed = np.arange(4.0)[:, None]  # four networks, one pair
    permuted = [10 + np.arange(4.0)[:, None], 20 + np.arange(4.0)[:, None]]
    groups = list(planning.groups_of([observed, *permuted], 2, 2))
    assert [g.ravel().tolist() for g in groups] == [
        [0.5, 10.5, 20.5],
        [2.5, 12.5, 22.5],
    ]
    mixed = list(planning.groups_of([observed, *permuted], 4, 1))
    assert len(mixed) == 4
    assert mixed[1].ravel().tolist() == [1.5, 11, 21]


@pytest.mark.filterwarnings("ignore:fewer training people")
def test_power_is_of_other_data_with_another_seed(monkeypatch):
    traits = []

    def scores(panel, trait, *rest):
        traits.append(trait.values)
        raise StopIteration  # the data are all that is asked for

    monkeypatch.setattr(planning, "_scores", scores)
    for seed in (0, 0, 1):
        with pytest.raises(StopIteration):
            planning.plan_power(
                setting="S/N 0.5, small", numbers=[300], sizes=[1], permutations=[3],
                people=(900, 600), n_networks=1, max_epochs=1, seed=seed,
            )  # fmt: skip
    np.testing.assert_array_equal(traits[0], traits[1])
    assert (traits[0] != traits[2]).any()


def test_the_published_design_costs_what_its_parts_do():
    table = planning.cost_table(rate=1.0)
    assert table["networks"].tolist()[0] == "1,704,000"
    days = [float(d.replace(",", "")) for d in table["days, one core"]]
    assert days[0] > days[1] > days[2] > 0
    operations = float(table["operations, 10¹⁵"][0])
    assert operations == pytest.approx(1_704_000 * planning.network_flops() / 1e15, 0.1)
    assert "50% of a matrix product's 200" in planning.cost_text(100.0, 200.0)


def test_the_published_networks_are_derived_by_their_parts():
    # Nine settings of 20 data sets in three figures; T and R in the three of S/N.
    sets, over_noise = 3 * 9 * 20, 3 * 20
    permuted = 50 * (sets + 2 * over_noise)
    said = planning.networks_text()
    for part in (f"{sets} in all", f"The {over_noise} data sets", f"{permuted:,} perm"):
        assert part in said
    assert sets * 2 * 50 + permuted * 50 == 1_704_000
    assert said.endswith("54,000 + 33,000 × 50 = 1,704,000.")
    assert planning.published_networks(5, 5)["networks"] == 170_400


def test_the_table_of_power_has_intervals_over_data_sets():
    rows = [
        {
            "data_set": k, "observed": n, "permuted": n, "permutations": 19,
            "power, as is": 0.5 + 0.1 * k, "any_false, as is": 1.0,
            "power, median": 0.5, "any_false, median": 0.0,
        }
        for n in (5, 1)
        for k in (0, 1, 2, 1)
    ]  # fmt: skip
    table = planning.power_table(pd.DataFrame(rows))
    assert table["Networks"].tolist() == ["1 / 1", "5 / 5"]
    assert table["Trained in all"].tolist() == [21, 105]
    # 0.5, 0.6 and 0.7: a data set counts once, however many ensembles it gave.
    assert table["Power, maxT"][0] == "60% (35% to 85%)"
    assert table["Any false call, maxT"][0] == "100% (29% to 100%)"
    assert table["Any false call, pattern"][0] == "0% (0% to 71%)"


def discovered():
    return pd.DataFrame(
        {
            "kind": "pair",
            "item": ["a", "b", "c"],
            "form": ["max", "none", "none"],
            "score": [3.0, 2.0, 1.0],
            "p_max": [0.05, 0.5, 0.5],
            "fdr": [0.01, 0.09, 0.5],
            "fdr_pattern": [0.01, 0.5, 0.5],
            "usual_p": [1e-5, 0.5, 0.5],
            "replication_p": [0.01, 0.2, 0.01],
        }
    )


def test_discovery_counts_true_and_false_calls():
    table = discovery.fdr_table(discovered()).set_index("Estimated FDR at most")
    assert table.loc["10%", "called (false)"] == "2 (1)"
    assert table.loc["10%", "replicate (false)"] == "1 (0)"
    assert table.loc["10%", "called (false), pattern"] == "1 (0)"
    text = discovery.called_text(discovered())
    assert "2 pairs are called" in text
    assert "a false share of **50%**" in text
    close = discovered().assign(replication_p=[0.0505, 1.234e-7, 0.5])
    table = discovery.called_table(close)
    assert table["Pair"].tolist() == ["a", "b"]
    assert table["replication p"].tolist() == ["0.0505", "1.23e-07"]
    nothing = discovery.called_text(discovered().assign(fdr=1.0))
    assert "0 pairs are called" in nothing


def test_candidates_are_read_from_their_quantities():
    quoted = pd.Series(
        {
            "ukb.ldl.apoe-cetp.score": 0.5,
            "ukb.ldl.apoe-cetp.fdr": 0.0,
            "ukb.ldl.apoe-cetp.top-snp-p": 0.2,
            "ukb.ldl.apoe-cetp.p": 0.01,
        }
    )
    (row,) = discovery.candidates_table(quoted).to_dict("records")
    assert row["Pair"] == "LDL: APOE × CETP"
    assert row["FDR"] == "< 0.001"
    cohorts = discovery.cohorts_table(quoted, discovered(), "x")
    assert cohorts["replicate, p < 0.05"].tolist() == [1, 1]


def test_real_data_without_truth_have_no_precision():
    table = pd.DataFrame(
        {
            "name": "mice",
            "people": 10,
            "snps": 3,
            "score": [2.0, 1.0],
            "p_max": [0.05, 1.0],
            "true": [False, False],
            "r2": 0.1,
            "warning": ["few", "few"],
        }
    )
    (row,) = real.real_table(table).to_dict("records")
    assert row["called, maxT"] == "1 of 2"
    assert row["average precision (chance)"] == "no truth"
    (known,) = real.real_table(table.assign(true=[True, False])).to_dict("records")
    assert known["average precision (chance)"] == "1.00 (0.50)"
    assert real.warnings_of(table) == ["mice: few"]


def test_the_network_is_named_ahead_only_where_it_is():
    rows = [(0, "network", 0.9), (0, "a", 0.5), (1, "network", 0.4), (1, "a", 0.5)]
    shown = pd.DataFrame(rows, columns=["data_set", "method", "ap"]).assign(
        of="all", auroc=0.5, kind="complex", setting="default"
    )
    (row,) = rankings.ranking_table(shown).to_dict("records")
    assert row["ahead, behind"] == "1, 1 of 2"
    assert row["Best other"] == "0.50 (0.50)"


@pytest.mark.filterwarnings("ignore:fewer training people")
def test_another_seed_ranks_other_data():
    recipe = {"kind": "complex", "setting": "small", "numbers": [0]}
    small = {"people": [510, 510], "n_networks": 1, "max_epochs": 1, "device": "cpu"}
    first, again, other = (
        rankings.rank(**recipe, **small, seed=seed) for seed in (0, 0, 1)
    )
    pd.testing.assert_frame_equal(first, again)
    assert not first.equals(other)


def test_the_genes_that_most_candidates_share_are_named():
    names = [
        "ukb.hdl.a-b.score", "ukb.hdl.b-c.score", "ukb.ldl.c-d.score", "ukb.hdl.a-b.p",
        "ukb.hdl.e-f.score", "complex.default.ap",
    ]  # fmt: skip
    text = discovery.shared_genes_text(pd.DataFrame({"quantity": names}))
    assert "**3 of 4** of the study's candidates contain B or C" in text


def test_a_biobank_is_a_count_of_operations_over_a_rate():
    plan = planning.biobank_table(30.0)
    one, both = plan["Core-hours, training"].astype(float)
    # A step of one network and person: two products forward, and two back, of 10 units
    # a SNP; the head and the rest are small beside it.
    steps = 2 * 10 * 30 * 500_000 * 0.6 * 4 * 10 * 17_000
    assert one == pytest.approx(steps / 30e9 / 3600, rel=0.25)
    assert plan["Networks"].tolist() == [20, 210]
    assert both == pytest.approx(21 / 2 * one, rel=0.05)
    half = planning.biobank_table(60.0)["Core-hours, training"].astype(float)
    assert half[1] == pytest.approx(both / 2, rel=0.02)
    assert plan["Peak, GB"].tolist() == ["122", "122"]
    said = planning.memory_text()
    assert "102 GB are genotypes" in said and "20 GB the pairs" in said


def test_false_pairs_of_the_pipeline_are_counted_by_genes_of_products():
    items = ["gene1 × gene2", "gene2 × gene3", "gene3 × gene4", "gene4 × gene5"]
    pipeline = pd.DataFrame(
        {
            "kind": "pair",
            "item": items,
            "form": ["product", "none", "none", "none"],
            "fdr": [0.0, 0.0, 0.1, 0.5],
        }
    )
    text = discovery.pipeline_genes_text(pipeline, ((0, 1, "product"), (3, 4, "max")))
    assert "Of the 2 false pairs" in text and "**1** hold" in text
    assert "all its 3 false pairs 1 do (33%)" in text
    assert discovery.pipeline_genes_text(pipeline.assign(fdr=1.0)) == ""


def test_the_smallest_p_of_real_genotypes_is_said():
    table = pd.DataFrame({"name": ["a_b", "a_b", "c"], "p": [0.2, 0.1, 0.3]})
    text = real.smallest_text(table)
    assert "a b 0.10, c 0.30" in text and "no pair" in text
    assert "1 pairs are called" in real.smallest_text(table.assign(p=[0.2, 0.05, 1]))
