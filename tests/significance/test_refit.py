"""Repairs vanish when main effects are refitted; true interactions stay."""

from dataclasses import fields

import numpy as np
import pytest

from helpers.significance.held_out import HeldOut, paired_test
from helpers.significance.refit import refit_test
from helpers.truth.responses import Effects, effects, poisson_counts

N = 2_000


def drawn(seed=0, n=N):
    """Level and two main effects of each example, in counts."""
    rng = np.random.default_rng(seed)
    return rng.uniform((20, 60, 60), (60, 140, 140), (n, 3)).T


def seen_by(predict, level, a, b):
    four = [predict(level, i * a, j * b) for i in (0, 1) for j in (0, 1)]
    return effects(np.stack(four).reshape(2, 2, len(level)))


def adding(level, a, b):
    return level + a + b


def repairing(level, a, b):
    """Main effects a fifth too small, and an interaction that makes up for it."""
    return level + 0.8 * (a + b) + 0.2 * (a + b) * ((a > 0) & (b > 0))


def enhancing(level, a, b):
    return level + a + b + a * b / 200


def paired(seen, labels):
    return paired_test(HeldOut(seen.intact, seen.without_interaction, labels))


def test_a_repair_is_called_before_and_not_after_refitting():
    example = drawn()
    seen, labels = (
        seen_by(repairing, *example),
        poisson_counts(adding(*example), seed=1),
    )
    assert paired(seen, labels)["p"][0] < 1e-10
    assert refit_test(seen, labels)["p"][0] > 0.05


def test_a_true_interaction_is_called_before_and_after_and_fully_supported():
    seen = seen_by(enhancing, *drawn())
    labels = poisson_counts(seen.intact, seed=2)
    assert paired(seen, labels)["p"][0] < 1e-10
    row = refit_test(seen, labels).iloc[0]
    assert row["p"] < 1e-4
    assert row["supported_low"] < 1 < row["supported_high"]


def test_half_of_an_exaggerated_interaction_is_supported():
    example = drawn(n=20_000)
    labels = enhancing(*example)  # without noise
    seen = seen_by(lambda level, a, b: enhancing(level, a, b) + a * b / 200, *example)
    row = refit_test(seen, labels).iloc[0]
    assert row["supported"] == pytest.approx(0.5, abs=0.02)


def useless(seed, n=500):
    """An interaction that has nothing to do with labels that add."""
    level, a, b = drawn(seed, n)
    noise = np.random.default_rng([seed, 3]).normal(0, 5, n)
    four = np.stack([level, level + b, level + a, level + a + b + noise])
    labels = poisson_counts(level + a + b, seed=[seed, 4])
    return effects(four.reshape(2, 2, n)), labels


def test_false_calls_stay_at_their_level_and_intervals_cover_none():
    rows = [refit_test(*useless(seed)).iloc[0] for seed in range(100)]
    p = np.array([row["p"] for row in rows])
    assert 1 <= (p < 0.05).sum() <= 12  # 5 expected; outside in less than 1 of 100
    covered = [row["supported_low"] < 0 < row["supported_high"] for row in rows]
    assert 0.88 < np.mean(covered) < 0.99


def test_networks_are_refitted_one_by_one():
    example = drawn()
    each = [seen_by(f, *example) for f in (repairing, adding)]
    both = Effects(**{
        field.name: np.stack([getattr(e, field.name) for e in each], axis=-2)
        for field in fields(Effects)
    })  # fmt: skip
    labels = poisson_counts(adding(*example), seed=1)
    table = refit_test(both, labels)
    assert table["network"].tolist() == [0, 1]
    alone = refit_test(each[0], labels)
    assert table["statistic"][0] == pytest.approx(alone["statistic"][0])
    assert table["p"][1] == 1  # no interaction: nothing to follow
    assert np.isnan(table["supported"][1])


def test_constant_effects_are_no_obstacle_and_folds_follow_the_seed():
    four = np.broadcast_to(np.array([40, 125, 125, 240.0]).reshape(2, 2, 1), (2, 2, N))
    labels = poisson_counts(np.full(N, 240.0), seed=3)
    assert refit_test(effects(four), labels)["p"][0] == 1
    seen = useless(0)
    first, again, other = (refit_test(*seen, seed=s)["statistic"][0] for s in (0, 0, 1))
    assert first == again != other


@pytest.mark.parametrize(
    ("n", "options", "message"),
    [
        (499, {}, "seen must have at least 500 examples; got 499"),
        (500, {"n_folds": 1}, "n_folds must be at least 2; got 1"),
        (500, {"n_knots": 1}, "n_knots must be at least 2; got 1"),
        (500, {"confidence": 95}, "confidence must be at most 0"),
        (500, {"labels": np.ones(3)}, "labels must have 500 values; got 3"),
    ],
)
def test_bad_input_is_named(n, options, message):
    with pytest.raises(ValueError, match=message):
        refit_test(seen_by(adding, *drawn(n=n)), **{"labels": np.ones(n)} | options)
