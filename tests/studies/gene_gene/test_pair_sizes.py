"""The test of each pair in larger designs, and with three folds."""

import numpy as np
import pandas as pd
import pytest

from helpers.studies.gene_gene import crossed_pairs, designs, pair_sizes, per_pair
from helpers.truth.genotypes import simulate_panel

pytestmark = pytest.mark.filterwarnings("ignore:fewer training people")
KNOBS = {
    "people": (600, 600), "n_networks": 1, "max_epochs": 1, "seed": 0, "device": "cpu"
}  # fmt: skip


@pytest.fixture
def small(monkeypatch):
    made = {n: simulate_panel(600, n, length=20_000, seed=0) for n in (10, 50)}

    def panel(people, genes, **_):
        return made[genes]

    monkeypatch.setattr(designs, "own_people", panel)
    monkeypatch.setattr(per_pair, "own_people", panel)


@pytest.mark.parametrize("world", ["50 genes, six pairs", "bent genes, none"])
def test_a_size_gives_a_row_a_pair(small, world):
    made = pair_sizes.worlds()[world]
    table = pair_sizes.ask_size(numbers=[4], **made, **KNOBS)
    n = 50 if world.startswith("50") else 10
    assert len(table) == n * (n - 1) / 2 and set(table["data_set"]) == {4}
    assert (table["form"] != "none").sum() == (6 if "six" in world else 0)
    # 180 people tested cannot bear the functions of 50 genes: "cannot tell", not p.
    assert table["p"].isna().all() if n == 50 else table["p"].between(0, 1).all()


def test_bent_genes_are_bent_and_no_pair_interacts(small):
    made = pair_sizes.worlds()["bent genes, none"]
    asked = {"number": 1_000, "people": (600, 600), "seed": 0, "kind": made["kind"]}
    _, bent, _ = designs.own_design(
        made["setting"], curvature=made["curvature"], **asked
    )
    _, plain, _ = designs.own_design(made["setting"], **asked)
    assert bent.pairs == () and not np.allclose(bent.values, plain.values)


def test_three_folds_test_everybody_once():
    folds = crossed_pairs.three_folds(1_000, 0)
    tested = np.concatenate([fold.test for fold in folds])
    assert sorted(tested) == list(range(1_000))
    for fold in folds:
        assert sorted(np.concatenate(fold)) == list(range(1_000))
        assert len(fold.validation) == pytest.approx(len(fold.train) / 6, abs=1)


def test_folds_give_a_row_a_pair(small):
    table = crossed_pairs.ask_crossed(world="one product", numbers=[0, 1], **KNOBS)
    assert len(table) == 90 and (table["form"] != "none").sum() == 2
    assert table["p"].between(0, 1).all()


def rows(p, number=0):
    form = ["product", "none", "none"]
    holm = np.minimum(np.array(p) * 3, 1)
    return pd.DataFrame({"data_set": number, "form": form, "p": p, "p_holm": holm})


def test_folds_stand_beside_one_split_on_the_same_data_sets():
    one = pd.concat([rows([0.5, 1, 1], k) for k in range(3)], ignore_index=True)
    three = pd.concat([rows([0.001, 1, 1], k) for k in range(2)], ignore_index=True)
    table = crossed_pairs.crossed_table({"none": one}, {"none": three})
    assert table["Data sets"].tolist() == [2, 2]
    assert [text[:3] for text in table["Power, Holm"]] == ["0.0", "100"]


def test_folds_that_call_too_much_are_not_recommended():
    many = pd.concat([rows([0.001, 0.001, 1], k) for k in range(9)], ignore_index=True)
    none = pd.concat([rows([0.001, 0.5, 1], k) for k in range(9)], ignore_index=True)
    assert "not recommended" in crossed_pairs.crossed_text({}, {"six pairs": many})
    said = crossed_pairs.crossed_text({}, {"six pairs": none})
    assert "No world shows" in said and "the rule lets them pass" in said
    one = {"six pairs": rows([1, 1, 1])}
    assert "one data set" in crossed_pairs.crossed_text({}, one)


def test_expectations_are_told_as_they_came():
    default = pd.concat([rows([0.001, 1, 1], k) for k in range(4)], ignore_index=True)
    name = "80,000 people, S/N 0.1, six pairs"
    said = pair_sizes.expectations_text({name: default, "bent genes, none": default})
    assert "100%" in said and "not as" in said and "are not" in said
    bent = pd.concat([rows([1, 0.001, 0.001], k) for k in range(4)], ignore_index=True)
    assert (
        "are called more often than the level, **not as"
        in pair_sizes.expectations_text({"bent genes, none": bent})
    )


def test_worlds_that_are_not_known_are_refused():
    with pytest.raises(ValueError, match="setting must be one of default"):
        pair_sizes.ask_size(
            setting="tiny", kind="null", curvature=0.0, numbers=[0], **KNOBS
        )
    with pytest.raises(ValueError, match="world must be one of six pairs"):
        crossed_pairs.ask_crossed(world="seven", numbers=[0], **KNOBS)
    with pytest.raises(ValueError, match="numbers must hold one value at least"):
        crossed_pairs.ask_crossed(world="none", numbers=[], **KNOBS)


def test_what_folds_find_is_said_on_the_data_sets_of_both():
    one = pd.concat([rows([0.5, 1, 1], k) for k in range(3)], ignore_index=True)
    three = pd.concat([rows([0.001, 1, 1], k) for k in range(2)], ignore_index=True)
    said = crossed_pairs.crossed_text({"hub": one}, {"hub": three})
    assert (
        "Beside hub folds find 100% of the true pairs and one split 0%, **as**" in said
    )
    said = crossed_pairs.crossed_text({"hub": three}, {"hub": three})
    assert said.endswith("Beside hub both ways find every true pair.")
    said = crossed_pairs.crossed_text({"hub": three}, {"hub": one})
    assert "find 0% of the true pairs and one split 100%, **not as** expected" in said
    null = three.assign(form="none")
    assert "Beside" not in crossed_pairs.crossed_text({"none": null}, {"none": null})
    apart = three.assign(data_set=three["data_set"] + 10)
    assert "Beside" not in crossed_pairs.crossed_text({"hub": one}, {"hub": apart})


def test_folds_are_not_recommended_while_many_false_calls_are_not_excluded():
    def sets(n):
        return pd.concat([rows([0.001, 1, 1], k) for k in range(n)], ignore_index=True)

    few = crossed_pairs.crossed_text({}, {"six pairs": sets(9), "none": sets(20)})
    assert "in the world *six pairs* 0.0% of 9 data sets" in few  # the wider interval
    assert "34% are not excluded. **Use one split**" in few
    many = crossed_pairs.crossed_text({}, {"six pairs": sets(40)})
    assert "Use one split" not in many and "No more than 9%" in many


def test_one_split_that_calls_too_much_on_these_data_sets_is_said():
    loud = pd.concat([rows([0.5, 0.01, 0.01], k) for k in range(4)])
    calm = pd.concat([rows([0.5, 1, 1], k) for k in range(4, 80)])
    one = pd.concat([loud, calm], ignore_index=True)
    said = crossed_pairs.crossed_text({"none": one}, {"none": loud})
    assert "On these 4 data sets of *none* one split calls 100.0%" in said
    assert "on all 80 of that world 5.0%" in said and "which holds it" in said
    said = crossed_pairs.crossed_text({"none": one}, {"none": calm})
    assert "On these" not in said


def test_false_calls_of_all_worlds_are_counted_together():
    def sets(n, wrong):
        tables = [rows([0.5, 0.001 if k < wrong else 0.5, 1], k) for k in range(n)]
        return pd.concat(tables, ignore_index=True)

    said = crossed_pairs.crossed_text({}, {"a": sets(40, 4), "b": sets(40, 5)})
    assert "Of all 80 data sets together 9 have" in said
    assert "(5.3% to 20.3%), more than 5%: a look that was not declared" in said
    said = crossed_pairs.crossed_text({}, {"a": sets(40, 1), "b": sets(40, 2)})
    assert "Of all 80 data sets together 3 have" in said and "declared" not in said
    assert "together" not in crossed_pairs.crossed_text({}, {"a": sets(40, 1)})
