"""Tables of the ladder: order, means and readings of numbers written by hand."""

import itertools

import numpy as np
import pandas as pd
import pytest

from helpers.studies.negative_data import ladder, ladder_tables
from helpers.studies.negative_data.rows import COLUMNS, row
from helpers.studies.negative_data.settings import World

WORLD = World("distinct_1", 150, 13)
KINDS = ["4 motifs", *ladder.RUNGS[:-1]]
NAMES = ("CREB1", "NHLH1")
#: Recall on three motifs, average precision with one motif, blank and held pairs.
GOOD = {
    "all subsets": (0.7, {"IG": 0.1, "DeepLIFT": 0.1, "ISM": 0.3}, 0.01, 0.4),
    "3 motifs": (0.8, {"IG": 0.2, "DeepLIFT": 0.2, "ISM": 0.4}, 0.0, 0.4),
    "uniform": (0.1, {"IG": 0.6, "DeepLIFT": 0.6, "ISM": 0.6}, 0.2, 0.0),
    "composition": (0.15, {"IG": 0.6, "DeepLIFT": 0.6, "ISM": 0.6}, 0.2, 0.0),
    "1 motif": (0.3, {"IG": 0.6, "DeepLIFT": 0.6, "ISM": 0.6}, 0.2, 0.0),
}


def made(said):
    """Return a table of two networks, whose values differ by 0.02, and the reader."""
    tables = []
    for rung, (recall, areas, blank, held) in said.items():
        rows = []
        for network, kind in itertools.product((0, 1, ladder.READER), KINDS):
            value = recall if kind == "3 motifs" else 0.95
            rows.append(row(network, "recall", kind, -1, value + 0.02 * (network == 1)))
        rows += [row(n, "ranking", "3 motifs", -1, 0.9) for n in (0, 1, ladder.READER)]
        for method, k, name, network in itertools.product(
            areas, (1, 4), NAMES, (0, 1, -1)
        ):
            value = areas[method] + 0.02 * (network == 1) + 0.1 * (name == "NHLH1")
            for measure in ("precision", "AUPRC"):
                said = f"{measure} of probability"
                rows.append(row(network, said, f"{method} {name}", k, value - 0.06))
        for context, value in zip(ladder.CONTEXTS, (blank, held), strict=True):
            for some in ("CREB1", "CREB1+NHLH1"):
                detail = f"probability, {context}, {some}"
                rows.append(row(0, "inserted", detail, 0, value))
        tables.append(pd.DataFrame(rows, columns=COLUMNS).assign(rung=rung))
    return pd.concat(tables, ignore_index=True)


def test_rungs_and_kinds_come_in_order():
    recall = ladder_tables.recall_map(made(GOOD))
    rungs = ["uniform", "composition", "1 motif", "3 motifs", "all subsets"]
    assert list(recall.index) == rungs
    assert list(recall.columns) == KINDS
    assert recall.loc["uniform", "3 motifs"] == pytest.approx(0.11)  # no reader in it
    shown = ladder_tables.decisions(made(GOOD))
    assert shown["kind"].iloc[0] == "networks"
    assert list(dict.fromkeys(shown["group"])) == rungs
    table = ladder_tables.decision_table(made(GOOD)).set_index("negatives")
    assert table.loc["3 motifs", "recall on 3 motifs"] == "0.81 (0.80 to 0.82)"
    assert table.loc["3 motifs", "best reader, recall on 3 motifs"] == "0.80"


def test_areas_are_means_over_motifs_of_single_networks():
    found = ladder_tables.areas(made(GOOD))
    one = found[(found["rung"] == "uniform") & (found["method"] == "IG")]
    assert set(one["network"]) == {0, 1}
    assert one["value"].to_numpy() == pytest.approx([0.59, 0.61, 0.59, 0.61])
    averaged = ladder_tables.areas(made(GOOD), average=True)
    assert set(averaged["network"]) == {-1}
    table = ladder_tables.method_table(made(GOOD), WORLD)
    assert table.iloc[0]["1 motif"] == "0.60 (0.60)"
    assert table.iloc[-1]["negatives"] == "chance"
    assert float(table.iloc[-1]["1 motif"]) == pytest.approx(47 / 4 / 150, abs=0.005)


def test_readings_hold_and_fail():
    def held(said, arranged=None):
        found = ladder_tables.readings(made(said), arranged, WORLD)
        return dict(zip(found["reading"], found["holds"], strict=True))

    good = held(GOOD)
    assert good.pop("4, DeepLIFT") == "no"  # no better than IG
    assert set(good.values()) == {"yes"}
    assert len(good) == 7
    bad = held({**GOOD,
        "composition": (0.4, *GOOD["composition"][1:]),
        "1 motif": (0.6, *GOOD["1 motif"][1:]),
        "3 motifs": (0.4, {"IG": 0.7, "ISM": 0.7, "DeepLIFT": 0.7}, 0.0, 0.4),
        "all subsets": (0.7, {"IG": 0.1, "DeepLIFT": 0.2, "ISM": 0.1}, 0.2, 0.05),
    })  # fmt: skip
    assert bad.pop("4, DeepLIFT") == "yes"
    assert set(bad.values()) == {"no"}
    assert set(held({"uniform": GOOD["uniform"]})) == set()


def test_readings_of_layouts():
    rows = [
        (*row(n, "recall", "all", k, value - 0.05 * (4 - k)), tested, layout, 1.0)
        for layout, tested, value in [
            ("fixed", "fixed", 0.95),
            ("fixed", "both", 0.7),
            ("both", "fixed", 0.92),
            ("both", "both", 0.91),
        ]
        for n, k in itertools.product((0, 1), (3, 4))
    ]
    columns = [*COLUMNS, "tested", "layout", "share"]
    arranged = pd.DataFrame(rows, columns=columns)
    found = ladder_tables.readings(made({"uniform": GOOD["uniform"]}), arranged, WORLD)
    assert found["holds"].tolist() == ["yes", "yes"]
    assert found["numbers"].iloc[0] == "0.95 fixed, 0.70 where both vary"
    recalls = ladder_tables.arranged_recalls(arranged)
    assert recalls.iloc[1]["4 motifs"] == "0.70 (0.70 to 0.70)"
    dots = ladder_tables.arranged_dots(arranged)
    assert list(dict.fromkeys(dots["panel"])) == [
        "recall on 4 motifs",
        "recall on 3 motifs",
    ]


def test_advice_names_the_rung_whose_worst_is_best():
    text = ladder_tables.advice(made(GOOD))
    assert text.startswith("Of these rungs, *3 motifs* has the highest lowest recall:")
    assert "0.81, on *3 motifs*; uniform negatives reach 0.11" in text
    alone = ladder_tables.advice(made({"uniform": GOOD["uniform"]}))
    assert alone.endswith("0.11, on *3 motifs*.")


def test_pairs_leave_single_motifs_out():
    shown = ladder_tables.pairs_inserted(made(GOOD))
    assert set(shown["pair"]) == {"CREB1+NHLH1"}
    table = ladder_tables.pair_table(made(GOOD)).set_index("negatives")
    assert table.loc["3 motifs", "probability, others present"] == "+0.40 to +0.40"
    assert np.isfinite(shown["value"]).all()
