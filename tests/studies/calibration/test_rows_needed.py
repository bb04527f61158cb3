"""How many rows a pair takes: what trials show, and nothing beyond them."""

import numpy as np
import pandas as pd
import pytest

from helpers.studies.calibration import fewest_rows, plans_table, rows_needed


def trials(*cells):
    """Return rates of (world, rows, sets, sets in which the pair was called)."""
    return pd.DataFrame(
        [
            {
                "world": world, "n_rows": rows, "learner": "networks", "sets": sets,
                "power": found / sets if sets else np.nan,
            }
            for world, rows, sets, found in cells
        ]
    )  # fmt: skip


KNOWN = trials(
    ("strong product", 1000, 200, 60),
    ("strong product", 3000, 200, 195),
    ("weak product", 3000, 200, 20),
    ("weak product", 30_000, 50, 50),
    ("additive", 3000, 200, 0),
    ("strong step", 300, 200, 200),
    ("binary product", 300, 200, 200),
    ("two products", 300, 200, 200),
    ("alleles, product", 300, 200, 200),
    ("F8", 300, 200, 200),
    ("strong product", 12_000, 0, 0),
)


@pytest.mark.parametrize(
    "share, too_few, enough",
    [
        (0.15, 1000, 3000),
        (0.5, None, 3000),  # stronger than any: what suffices for 15% does
        (0.05, 1000, 30_000),  # between: weaker than 15%, stronger than 2%
        (0.02, 3000, 30_000),
        (0.01, 3000, None),  # weaker than any: nothing says what is enough
    ],
)
def test_trials_bound_the_rows_and_are_not_extrapolated(share, too_few, enough):
    plan = rows_needed(KNOWN, share)
    assert (plan.too_few, plan.enough) == (too_few, enough)


def test_only_trials_with_one_product_of_numbers_count():
    table = rows_needed(KNOWN, 0.02).evidence
    assert table[["share", "rows", "found"]].values.tolist() == [
        [0.02, 3000, 20], [0.02, 30_000, 50], [0.15, 1000, 60], [0.15, 3000, 195],
    ]  # fmt: skip
    boosted = KNOWN.assign(learner="boosting")
    assert rows_needed(boosted, 0.02).evidence.empty
    assert rows_needed(boosted, 0.02, learner="boosting").enough == 30_000


def test_of_pairs_found_equally_often_the_strongest_is_named():
    none = trials(("product, .5 %", 1000, 20, 0), ("product, 1 %", 1000, 20, 0))
    assert "called one of 0.01," in str(rows_needed(none, 0.01))


def test_rows_that_are_too_few_are_not_enough():
    # Allele counts show a product of 5% sooner than correlated numbers one of 8%.
    mixed = trials(
        ("alleles, product", 1000, 180, 149), ("product, 8 %", 1000, 180, 118)
    )
    plan = rows_needed(mixed, 0.05, power=0.75)
    assert plan.enough is None and plan.too_few == 1000


def test_few_data_sets_leave_it_open():
    # 10 of 10: the interval of the power is .69 to 1, which holds .8 but not .6.
    few = trials(("strong product", 3000, 10, 10))
    assert rows_needed(few, 0.15).enough is None
    assert rows_needed(few, 0.15, power=0.6).enough == 3000


@pytest.mark.parametrize(
    "rates, share, words",
    [
        (KNOWN, 0.02, "at 30,000 rows, and 3,000 are too few"),
        (KNOWN, 0.01, "more than 3,000 rows"),
        (KNOWN, 0.01, "takes 0.02, and nothing is extrapolated"),
        (trials(("strong product", 3000, 10, 10)), 0.15, "10 of 10 data sets"),
        (trials(("strong product", 3000, 10, 10)), 0.15, "its power is 0.69 to 1.00"),
        (trials(("additive", 3000, 10, 0)), 0.15, "No trial with a single product"),
    ],
)
def test_the_answer_says_what_is_not_known(rates, share, words):
    assert words in str(rows_needed(rates, share))


def test_the_table_names_what_is_not_known():
    table = plans_table([rows_needed(KNOWN, 0.01), rows_needed(KNOWN, 0.02)])
    assert table["enough"].tolist() == ["not known", "30,000"]
    assert (
        table["no test with fewer"]
        .str.replace(",", "")
        .astype(int)
        .is_monotonic_decreasing
    )


def test_fewest_rows_is_the_power_of_a_test_that_knows_the_product():
    share, noise = 0.005, 0.35
    n = fewest_rows(share, 0.8, n_pairs=1, noise=noise)
    rng = np.random.default_rng(0)
    product = rng.standard_normal((4000, n)) * rng.standard_normal((4000, n))
    y = np.sqrt(share) * product + np.sqrt(noise) * rng.standard_normal((4000, n))
    z = (product * y).sum(1) / np.sqrt(noise * (product**2).sum(1))
    assert (z > 1.645).mean() == pytest.approx(0.8, abs=0.03)


def test_fewest_rows_grows_with_pairs_and_shrinks_with_strength():
    assert fewest_rows(0.01) == 533  # (3.06 + 0.84)² 0.35 / 0.01
    assert fewest_rows(0.01, n_pairs=1) < fewest_rows(0.01) < fewest_rows(0.005)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"share": 0}, "share must lie between 0 and 1; got 0"),
        ({"share": 1.5}, "share must lie between 0 and 1; got 1.5"),
        ({"share": 0.1, "power": 1}, "power must lie between 0 and 1; got 1"),
        ({"share": 0.1, "n_pairs": 0}, "n_pairs must be at least 1; got 0"),
    ],
)
def test_what_is_no_share_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        rows_needed(KNOWN, **arguments)
