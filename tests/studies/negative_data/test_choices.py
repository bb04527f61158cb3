"""A variant changes what it says and nothing else; readers know what they can."""

import numpy as np
import pandas as pd
import pytest

from helpers.networks.motif import MotifCNN
from helpers.studies.negative_data import choice_tables, choices, readers, settings
from helpers.studies.negative_data.motif_filters import matched
from helpers.studies.negative_data.references import reference_gap

WORLD = {"motifs": "distinct_1", "length": 110, "gap": 8}
RECIPE = {
    "n_filters": 2, "width": 13, "pool": 20, "n_train": 200, "lr": 0.01, "epochs": 1,
    "n_starts": 1, "n_keep": 1,
}  # fmt: skip
SMALL = {"world": WORLD, "recipe": RECIPE, "measures": {"n_test": 5}, "seed": 0}


def test_every_variant_is_a_recipe():
    before = settings.World(**WORLD | {"length": 200}), settings.Recipe(**RECIPE)
    for part in choices.variants(choices.CHANGES):
        world, recipe = choices.changed(part["change"], WORLD | {"length": 200}, RECIPE)
        after = settings.World(**world), settings.Recipe(**recipe)
        assert (after == before) == (part["variant"] == "as above")
    assert choices.changed({"half": True}, WORLD, RECIPE)[1]["n_train"] == 100
    with pytest.raises(ValueError, match="variant must be one of"):
        choices.variants(["pool 7"])


def test_unchanged_is_the_classifier_itself():
    (part,) = choices.variants(["as above"])
    table = choices.varied(**part, **SMALL, share=1.0)
    assert table["variant"].eq("as above").all()
    again = choices.varied(**part, **SMALL, share=1.0)
    pd.testing.assert_frame_equal(table, again)
    (other,) = choices.variants(["half the sequences"])
    assert not np.array_equal(
        table["value"], choices.varied(**other, **SMALL, share=1.0)["value"]
    )


def test_recalls_of_variants_stand_over_the_published():
    rows = [("pool 10", "recall", k, k / 10) for k in range(5)]
    rows += [("pool 10", "recall", 4, 0.6), ("pool 10", "loss", -1, 9.0)]
    columns = ["variant", "measure", "motifs_present", "value"]
    published = {f"table2.MEF2A.32.without.{k}": 0.9 for k in range(5)}
    shown = choice_tables.recall_table(
        pd.DataFrame(rows, columns=columns), published, "table2.MEF2A.32.without"
    )
    assert shown["variant"].tolist() == ["pool 10", "published"]
    assert shown.loc[0, [4, 3, 0]].tolist() == [0.5, 0.3, 0]
    assert shown.loc[1, [4, 3, 2, 1, 0]].eq(0.9).all()


def test_words_say_whether_a_published_recall_lies_among_the_variants():
    rows = [(v, "recall", k, x) for v, x in (("a", 0.4), ("b", 0.6)) for k in range(5)]
    columns = ["variant", "measure", "motifs_present", "value"]
    table = pd.DataFrame(rows, columns=columns)
    for printed, where in ((0.5, "is within that"), (0.7, "is outside that")):
        known = {f"table2.x.{k}": printed for k in range(5)}
        said = choice_tables.recall_words(table, known, "table2.x", present=2)
        assert f"{printed:.3f} {where}" in said and "0.400 and 0.600" in said


def test_words_name_the_variant_nearest_to_the_published_areas():
    rows = [
        ("M_w", "probability", name, k, value)
        for name, value in (("as above", 0.5), ("near", 0.2), ("published", 0.1))
        for k in (1, 2)
    ]
    rows.append(("M_w", "logit", "as above", 1, 0.9))
    columns = ["kind", "target", "variant", "motifs_present", "value"]
    found = pd.DataFrame(rows, columns=columns)
    apart = choice_tables.distances(found, "probability")["M_w"]
    assert apart.to_dict() == pytest.approx({"as above": 0.4, "near": 0.1})
    said = choice_tables.distance_words(found)
    assert "*M_w* 0.400 *as above*, the smallest is 0.100, *near*" in said
    assert "the largest 0.400, *as above*" in said


def test_words_name_the_variant_that_counts_most_like_the_published():
    table = pd.DataFrame({"effect": "additive", "variant": ["as above", "more"]})
    table[[4, 3, 2, 1, 0]] = [[0.5] * 5, [0.8] * 5]
    published = {"effect": "additive", "variant": "published"}
    table.loc[2] = published | dict.fromkeys(range(5), 0.9)
    said = choice_tables.counting_words(table)
    assert "*additive* labels 0.400 *as above*, the smallest is 0.100, *more*" in said
    nearest = choice_tables.counting_words(
        table.assign(variant=["more", "as above", "published"])
    )
    assert "*additive* labels 0.100 *as above*, the smallest." in nearest


def test_more_sequences_are_named_beside_the_recall():
    table = choices.grown(n_train=100, **SMALL, effect="additive", constant=None)
    assert set(table["measure"]) == {"recall", "total"}
    assert table["n_train"].eq(100).all()


def test_counting_is_tried_with_a_change_and_with_constants():
    (part,) = choices.variants(["three times the sequences"])
    world, recipe = choices.changed(part["change"], WORLD, RECIPE)
    assert world == WORLD and recipe["n_train"] == 600
    table = choices.counted(**part, **SMALL, effect="quadratic", constant=None)
    assert set(table["measure"]) == {"recall", "total"}
    lowered = choices.inhibited(constant=-0.5, **SMALL)
    assert lowered["constant"].eq(-0.5).all()
    with pytest.raises(ValueError, match="constant must lie below 0"):
        choices.inhibited(constant=0.5, **SMALL)
    published = {
        f"table6.distinct_1.32.quadratic.{k}": 0.25 for k in ("total", *range(5))
    }
    shown = choice_tables.counting_table(table, published)
    assert shown["variant"].tolist() == ["three times the sequences", "published"]
    assert shown.loc[1, [4, 3, 2, 1, 0, "all"]].eq(0.25).all()


def test_visibility_has_the_published_beside_the_variants():
    rows = [
        (share, -1, target, "IG NHLH1", k, 0.5, "as above")
        for share in (0.0, 1.0)
        for target in ("probability", "output")
        for k in (1, 2, 3, 4)
    ]
    rows += [
        (s, 0, "recall", "all", k, 0.7, "as above") for s in (0.0, 1.0) for k in (2, 3)
    ]
    columns = ["share", "network", "measure", "detail", "motifs_present", "value"]
    table = pd.DataFrame(rows, columns=[*columns, "variant"])
    published = {
        f"table5.IG.{n}.{k}": k / 10 for n in ("with", "without") for k in (1, 2, 3, 4)
    }
    shown = choice_tables.visibility_table(table, published)
    assert set(shown["variant"]) == {"as above", "published"}
    ours = shown[shown["variant"] == "as above"]
    assert ours[4].eq(0.5).all() and ours["recall of 3"].eq(0.7).all()
    assert shown.loc[shown["variant"] == "published", 4].eq(0.4).all()


def test_the_grammar_never_hurts_the_best_reader():
    table = readers.best_recalls(
        motifs="distinct_1", length=110, gap=8, n_test=40, constant=2.0, seed=0
    )
    recall = table[(table["detail"] == "recall") & (table["kind"] == "M_w")]
    mean = recall.groupby("reader")["value"].mean()
    assert mean["grammar"] > mean["agnostic"] > 0.5
    # A larger constant moves the label of four motifs away, and with it the bins.
    other = readers.best_recalls(
        motifs="distinct_1", length=110, gap=8, n_test=40, constant=9.0, seed=0
    )
    moved = table.loc[table["value"] != other["value"], "kind"].unique()
    assert set(moved) <= {"enhancing", "inhibiting"} and len(moved)


def test_noise_brings_the_best_reader_to_a_total():
    labels = [["additive", None, 0.8], ["inhibiting", -2.0, 0.7], ["additive", None, 1]]
    table = readers.noisy_recalls(
        motifs="distinct_1", length=110, gap=8, n_test=60, labels=labels, seed=0
    )
    total = table[table["motifs_present"] == -1]
    np.testing.assert_allclose(total["value"][:2], [0.8, 0.7], atol=0.01)
    assert total["noise"].tolist()[2] == pytest.approx(0, abs=1e-9)  # out of reach
    five = table["value"][1:6]
    assert five @ np.array([1, 4, 6, 4, 1]) / 16 == pytest.approx(
        total["value"].iloc[0]
    )
    names = choice_tables.named(table)["variant"].unique()
    assert names[1].startswith("c = -2, noise ") and names[0].startswith("noise ")
    with pytest.raises(ValueError, match="total must be at most 1"):
        readers.noisy_recalls(
            motifs="distinct_1", length=110, gap=8, n_test=5, seed=0,
            labels=[["additive", None, 1.5]],
        )  # fmt: skip


def test_a_shift_is_found_where_only_the_low_end_is_missed():
    labels = [["quadratic", None, [0, 1, 1, 1, 1]], ["additive", None, [0.7] + [1] * 4]]
    found = readers.shifted_recalls(
        motifs="distinct_1", length=110, gap=8, n_test=40, labels=labels, seed=0
    )
    low, all_right = (found[found["effect"] == e] for e in ("quadratic", "additive"))
    assert low["shift"].max() >= 0.4 and low["rms"].max() < 0.1
    assert low["unshifted"].min() > 0.2
    assert all_right["shift"].abs().max() <= 0.2
    assert low["motifs_present"].tolist() == [-1, 0, 1, 2, 3, 4]
    said = choice_tables.shifted_words(found)
    with pytest.raises(ValueError, match="recalls must have 5 values; got 2"):
        readers.shifted_recalls(
            motifs="distinct_1", length=110, gap=8, n_test=4, seed=0,
            labels=[["additive", None, [1, 1]]],
        )  # fmt: skip
    assert "quadratic labels of distinct_1 +" in said


def test_no_shift_is_said_where_none_is_wanted():
    columns = ["motifs", "effect", "shift", "unshifted", "rms"]
    table = pd.DataFrame([("MEF2A", "additive", 0.05, 0.02, 0.02)], columns=columns)
    assert "No kind of label" in choice_tables.shifted_words(table)


def test_only_the_reader_with_the_grammar_interacts_on_additive_labels():
    world = settings.World("distinct_1", 110, 8)
    table = readers.reader_interactions(world, "additive", constant=2.0, n=40, seed=0)
    pairs = table[table["order"] == 2].set_index("who")["value"].abs()
    assert pairs["best grammar reader"] > 5 * pairs["best agnostic reader"]


def test_filters_count_for_their_best_match_only():
    rows = [(0, "tomtom", f"{f} {m}", p) for f, m, p in
            [(0, "A", 1e-6), (0, "B", 1e-4), (1, "A", 0.2), (1, "B", 0.1)]]  # fmt: skip
    table = pd.DataFrame(rows, columns=["network", "measure", "detail", "value"])
    shown = matched(table.assign(n_filters=4, kind="M_w"))
    assert shown[["A", "B"]].to_numpy().tolist() == [[1, 0]]


def test_both_references_are_the_same_here():
    one = MotifCNN(3, length=21, width=5, pool=6, hidden=(7,), seed=1).eval()
    sequences = np.random.default_rng(0).integers(0, 4, (5, 21))
    assert reference_gap(one, sequences) < 1e-6


@pytest.mark.parametrize("n_filters", [4, 32])
def test_recipes_are_whole(n_filters):
    one = settings.classifier_recipe(
        "MEF2A", n_filters, n_train=100, n_networks=2, n_starts=3, pool_large=50
    )
    recipe = settings.Recipe(**one)
    assert recipe.width == 15 and recipe.pool == 25 and recipe.n_validation == 25
    assert recipe.n_starts == (3 if n_filters == 4 else 2)
    with pytest.raises(ValueError, match="n_filters must be one of"):
        settings.classifier_recipe("MEF2A", 8, n_train=100, n_networks=2)
    with pytest.raises(ValueError, match="n_keep must be at most"):
        settings.Recipe(**(one | {"n_keep": 9}))


def test_the_spread_of_single_networks_stands_beside_their_mean():
    rows = [
        (share, "constant rate", network, "probability", "IG NHLH1", k, value)
        for share in (0.0, 1.0)
        for k in (1, 4)
        for network, value in ((0, 0.3), (1, 0.75), (-1, 0.8 + share / 10))
    ]
    columns = ["share", "variant", "network", "measure", "detail"]
    visible = pd.DataFrame(rows, columns=[*columns, "motifs_present", "value"])
    shown = choice_tables.spread_table(visible)
    assert shown["kind"].tolist() == ["M_w", "M_wo"] and list(shown)[2:] == [4, 1]
    assert shown.loc[0, 1] == "0.30 to 0.75; 0.90"
    assert shown.loc[1, 4] == "0.30 to 0.75; 0.80"
