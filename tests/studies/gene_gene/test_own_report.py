"""The report of one's own genes, and how long a run says that it takes."""

import io
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from matplotlib.figure import Figure

from helpers.data.panel import Panel
from helpers.loaders.traits import TraitTable
from helpers.studies.gene_gene import own_plan, own_report
from helpers.studies.gene_gene.own_files import OwnTest

HEADINGS = [
    "What was read, and what was dropped",
    "What the networks learned",
    "The pairs",
    "In other people",
    "A second look by permutation",
    "What a call does not mean",
    "What this rests on",
]
NAMES = ("APOE", "<b>x", "C&D")
SPARE = {"p_bh": 0.01, "surviving": 0.9}


def panel():
    counts = np.arange(60).reshape(6, 10) % 3
    return Panel(counts.astype(np.int8), (2, 2, 2), NAMES)


def an_answer():
    rows = [
        (NAMES[:2], 0.02, 0.01, 0.03, 5.0, 1e-6, 3e-6, True),
        (NAMES[::2], 0.001, 0.0, 0.004, 1.0, 0.2, 0.4, True),
        (NAMES[1:], 0.0, 0.0, 0.0, np.nan, np.nan, np.nan, False),
    ]
    names = ["pair", "estimate", "low", "high", "z", "p", "p_holm", "identifiable"]
    training = pd.DataFrame(
        {
            "target": ["with interactions"] * 2 + ["sums"] * 2,
            "network": [0, 1, 0, 1],
            "best_epoch": [4, 6, 8, 9],
            "best_loss": [0.5, 0.7, 0.8, 0.9],
        }
    )
    pairs = pd.DataFrame(rows, columns=names).assign(**SPARE)
    return OwnTest(pairs, None, 0.3, 0.2, training)


DROPPED = pd.DataFrame(
    {"kind": ["person"], "item": ["patient7"], "reason": ["trait missing"]}
)
AGAIN = pd.DataFrame(
    {
        "pair": ["APOE × <b>x"],
        "slope": [0.98],
        "standard_error": [0.1],
        "p": [1e-5],
        "p_holm": [1e-5],
        "share": [0.03],
        "identifiable": [True],
    }
)
PERMUTED = pd.DataFrame({"features": ["APOE × <b>x"], "p_max": [0.05]})


def files(**changed):
    figure = Figure()
    figure.subplots().plot([0, 1])
    given = {
        "about": ["Kept: 10 people.", ""],
        "dropped": DROPPED,
        "asked": an_answer(),
        "warned": ["fewer training people than parameters."],
        "figure": figure,
        "replicated": own_report.Replicated("20 other people.", AGAIN, DROPPED),
        "permuted": PERMUTED,
        "rests_on": own_report.provenance(
            panel(), {"seed": 7, "bed": "/home/me/a.bed"}
        ),
    }
    return own_report.report_files(**given | changed)


def test_the_report_has_its_sections_and_every_table_a_file():
    found = files()
    page = BeautifulSoup(found["report.html"], "html.parser")
    assert [h.get_text() for h in page.select("h2")] == HEADINGS
    text = " ".join(page.get_text().split())
    for said in (
        "Kept: 10 people.", "trait missing", "fewer training people than parameters.",
        "30.0%", "1 of 3 pairs are significant at 5% after Holm: APOE × <b>x.",
        "cannot tell", "20 other people.", "0.98 (0.10)", "robust error",
        "p_max is the chance",
        "no mechanism and no cause", "has not been shown not to interact", "torch",
    ):  # fmt: skip
        assert said in text, said
    assert not page.select("td b")
    names = ["pairs", "dropped", "networks", "provenance", "replication", "turned"]
    assert sorted(found) == sorted(
        ["report.html", *(f"{n}.csv" for n in [*names, "permuted"])]
    )
    pairs = pd.read_csv(io.StringIO(found["pairs.csv"]))
    assert pairs["pair"].tolist()[0] == "APOE × <b>x"
    np.testing.assert_allclose(pairs["z"], an_answer().pairs["z"])


def test_nothing_is_concluded_where_interactions_do_not_help():
    one = an_answer()
    assert own_report.called_words(one).startswith("1 of 3 pairs")
    worse = replace(one, r2=0.1)
    said = own_report.called_words(worse)
    assert said.startswith("No conclusion") and "1 of 3 pairs" in said
    page = BeautifulSoup(files(asked=worse)["report.html"], "html.parser")
    assert said in " ".join(page.get_text().split())


def test_the_figure_is_told_in_words_with_its_numbers():
    page = BeautifulSoup(files()["report.html"], "html.parser")
    (figure,) = page.select("figure")
    words = figure["aria-label"]
    assert figure["role"] == "img" and figure.select("svg")
    assert "APOE × <b>x 2.00% (1.00% to 3.00%), called" in words
    assert "APOE × C&D 0.10% (0.00% to 0.40%), not called" in words


def test_no_person_and_no_folder_stands_on_the_page():
    found = files()
    assert "patient7" in found["dropped.csv"]
    assert "patient7" not in found["report.html"]
    rests_on = pd.read_csv(io.StringIO(found["provenance.csv"])).set_index("what")
    assert rests_on.loc["bed", "value"] == "a.bed"
    assert rests_on.loc["seed", "value"] == "7"
    assert not any("/home/me" in text for text in found.values())


def test_what_was_not_asked_says_so():
    nothing = own_report.Replicated("No second cohort was given.")
    found = files(replicated=nothing, permuted=None, dropped=DROPPED[:0], of_cases=True)
    for said in ("No second cohort was given.", "Not asked for.", "multiply odds",
                 "Nothing was dropped."):  # fmt: skip
        assert said in found["report.html"], said
    assert "multiply odds" not in files()["report.html"]
    assert not {"replication.csv", "turned.csv", "permuted.csv"} & set(found)


def test_tables_of_an_earlier_report_do_not_stay(tmp_path):
    own_report.write_files(tmp_path, files())
    (tmp_path / "mine.csv").write_text("a\n1\n")
    fewer = files(replicated=own_report.Replicated("None."), permuted=None)
    own_report.write_files(tmp_path, fewer)
    assert {path.name for path in tmp_path.iterdir()} == set(fewer) | {"mine.csv"}


def test_who_was_read_is_said_with_covariates_and_families():
    groups = np.array(["a", "b"] * 5)
    table = TraitTable(
        panel().people, np.arange(10.0), pd.DataFrame({"age": np.arange(10.0)}),
        DROPPED, groups,
    )  # fmt: skip
    said = own_report.described(panel(), table, "HDL")
    assert "10 people, 3 genes, 6 SNPs (2 to 2 a gene). Trait: HDL" in said
    assert "Covariates: age. Families are kept together (2 of them)." in said


PLAN = {"rate": 30.0, "n_networks": 10, "max_epochs": 30}


def test_minutes_add_up_from_what_will_run():
    sizes = (60,) * 10
    plain = own_plan.minutes_of_steps(sizes, 20_000, **PLAN)
    assert list(plain) == [
        "networks with interactions", "networks without", "the test of each pair",
    ]  # fmt: skip
    # two products forward and two back, of 10 units a SNP, in 12,000 people
    steps = 2 * 10 * 600 * 4 * 0.6 * 20_000 * 0.6 * 30 * 10
    with_pairs = plain["networks with interactions"] * 60
    assert with_pairs == pytest.approx(steps / 30e9, rel=0.4)
    double = own_plan.minutes_of_steps(sizes, 20_000, **PLAN | {"rate": 60.0})
    assert double["networks without"] == pytest.approx(plain["networks without"] / 2)
    more = own_plan.minutes_of_steps(
        sizes, 20_000, n_permutations=19, n_second=10_000, linked=[(0, 1)], **PLAN
    )
    assert more["permutations"] > 19 * plain["networks with interactions"]
    assert more["the second cohort"] > 0
    assert more["the test of each pair"] > plain["the test of each pair"]


def test_the_plan_is_one_line_that_says_what_it_rests_on():
    said = own_plan.plan_text({"networks": 12.34, "the test": 0.01, "more": 2.0}, 31.3)
    assert said.startswith("This takes about **14 minutes of one core** (networks 12 ")
    assert "the test under 0.1 minutes, more 2.0 minutes" in said
    assert "31 GFLOP/s" in said and "\n" not in said
    short = own_plan.plan_text({"networks": 0.01}, 31.3)
    assert short.startswith("This takes **under 0.1 minutes of one core** (networks ")


def test_people_of_a_second_cohort_are_counted(tmp_path):
    (tmp_path / "b.fam").write_text("f p 0 0 0 1\nf q 0 0 0 1\n\n")
    assert own_plan.people_of(str(tmp_path / "b.bed")) == 2
    assert own_plan.people_of("") == 0
