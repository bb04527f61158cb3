"""Exercises of chapter 1: seeds, numbers of examples, scales."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from helpers.press.exercises.verdict import answered, need, need_keys, right
from helpers.significance.held_out import HeldOut, paired_test, unpaired_test
from helpers.studies.false_positives import worlds
from helpers.truth.responses import anscombe, effects, occupancy, poisson_counts, rate


def seeds(called: Any, *, toy: Mapping[str, tuple], n: int = 2_000) -> None:
    """Check how often the paired test calls each toy predictor, over twenty seeds.

    Parameters
    ----------
    called : dict of int
        Predictor -> number of the seeds 0 to 19 with p below 0.05.
    toy : dict
        Predictor -> its four predictions and the expected count of the truth.
    n : int
        Held-out counts under each seed.
    """
    answered(called=called)
    called = need_keys("called", called, toy)
    for name, values in toy.items():
        p = [_p_values(values, n, seed)[0] for seed in range(20)]
        least, most = sum(np.less(p, 0.045)), sum(np.less(p, 0.055))  # p was rounded
        need(
            least <= called[name] <= most,
            f"{name}: {called[name]} of 20 is not what the seeds 0 to 19 give. "
            "Does toy_verdict get the seed, and do you count p below 0.05?",
        )
    right(
        "The repairing network passes under these seeds as the true interaction does: "
        "its false interaction is no accident of one sample."
    )


def examples(
    paired_from: Any,
    unpaired_from: Any,
    *,
    values: tuple,
    numbers: Sequence[int],
    seed: int,
) -> None:
    """Check from how many examples each test calls the repairing network."""
    answered(paired_from=paired_from, unpaired_from=unpaired_from)
    p = np.array([_p_values(values, n, seed) for n in numbers])
    first = [
        next((n for n, one in zip(numbers, column, strict=True) if one < 0.05), None)
        for column in p.T
    ]
    need(
        [paired_from, unpaired_from] != first[::-1] or first[0] == first[1],
        "The two tests are in each other's place.",
    )
    for name, ours, theirs in zip(
        ("paired_from", "unpaired_from"), first, (paired_from, unpaired_from),
        strict=True,
    ):  # fmt: skip
        need(
            theirs == ours,
            f"{name} must be the smallest of {numbers} with p below 0.05, or None if "
            f"there is none; got {theirs!r}.",
        )
    right("The interaction is false at each of these numbers; only the verdict moved.")


def scale(on_counts: Any, on_scale: Any, *, four: np.ndarray) -> None:
    """Check the true interaction of both controls in counts and on the Anscombe scale.

    Parameters
    ----------
    on_counts, on_scale : dict of float
        Control -> mean interaction.
    four : array, shape (2, 2, n, length)
        Sequences with either motif kept or knocked out.
    """
    answered(on_counts=on_counts, on_scale=on_scale)
    on_counts = need_keys("on_counts", on_counts, worlds.CONTROLS)
    on_scale = need_keys("on_scale", on_scale, worlds.CONTROLS)
    q = occupancy(four, worlds.motifs())
    for control, strength in worlds.CONTROLS.items():
        expected = rate(q, strength)
        counts = effects(expected).interaction.mean()
        scaled = effects(anscombe(expected)).interaction.mean()
        need(
            np.isclose(on_counts[control], counts, rtol=1e-3, atol=1e-3),
            f"on_counts, {control} control: the expected counts of the four sequences "
            f"have a mean interaction of another size; got {on_counts[control]:.4g}.",
        )
        bent = effects(expected).interaction
        need(
            not np.isclose(on_scale[control], np.mean(anscombe(np.abs(bent)))),
            f"on_scale, {control} control: transform the four counts first, then take "
            "the differences; you transformed the interaction.",
        )
        need(
            np.isclose(on_scale[control], scaled, rtol=1e-3, atol=1e-3),
            f"on_scale, {control} control: transform the four expected counts with "
            f"anscombe, then take their interaction; got {on_scale[control]:.4g}.",
        )
    right("An interaction belongs to a scale: say which one whenever you report it.")


def _p_values(values: Sequence[float], n: int, seed: int) -> tuple[float, float]:
    """Return the p-values of the paired and the unpaired test for a toy predictor."""
    *four, expected = values
    e = effects(np.broadcast_to(np.reshape(four, (2, 2, 1)), (2, 2, n)))
    labels = poisson_counts(np.full(n, expected), seed=[seed, 3])
    held_out = HeldOut(e.intact, e.without_interaction, labels)
    tests = (paired_test(held_out), unpaired_test(held_out))
    return tuple(float(table["p"].iloc[0]) for table in tests)  # type: ignore[return-value]  # of two
