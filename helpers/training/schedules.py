"""Learning-rate schedules: by what factor the rate is multiplied at a step.

A schedule is a function `schedule(step, steps_per_epoch, max_epochs)` of the number of
steps taken so far (0 at the first) that returns a factor; the caller may give any.
"""

import math
from collections.abc import Callable

from helpers import checks

Schedule = Callable[[int, int, int], float]


def constant() -> Schedule:
    """Keep the rate."""
    return lambda step, steps_per_epoch, max_epochs: 1.0


def exponential(decay: float) -> Schedule:
    """Multiply the rate by `decay` after each epoch."""
    decay = checks.number("decay", decay, at_least=0)
    return lambda step, steps_per_epoch, max_epochs: decay ** (step // steps_per_epoch)


def warmup_cosine(warmup: float = 0.1, final: float = 0.0) -> Schedule:
    """Rise linearly, then fall along half a cosine.

    Parameters
    ----------
    warmup : float
        Share of all `max_epochs` that the rise takes; the first step of n has 1/n.
    final : float
        Factor at the end of the last epoch.
    """
    warmup = checks.number("warmup", warmup, at_least=0, at_most=1)
    final = checks.number("final", final, at_least=0, at_most=1)

    def factor(step: int, steps_per_epoch: int, max_epochs: int) -> float:
        total = steps_per_epoch * max_epochs
        rise = round(warmup * total)
        if step < rise:
            return (step + 1) / rise
        return final + (1 - final) * _half_cosine((step - rise) / max(1, total - rise))

    return factor


def one_cycle(
    rise: float = 0.3, start: float = 1 / 25, final: float = 1 / 250_000
) -> Schedule:
    """Rise from `start` to 1 and fall to `final`, both along half a cosine.

    The rate only: momentum is left alone.

    Parameters
    ----------
    rise : float
        Share of all steps that the rise takes.
    start, final : float
        Factor at the first and at the last step.

    Source
    ------
    Smith and Topin (2019); defaults as in torch's OneCycleLR.
    """
    rise = checks.number("rise", rise, at_least=0, at_most=1)
    start = checks.number("start", start, at_least=0, at_most=1)
    final = checks.number("final", final, at_least=0, at_most=1)

    def factor(step: int, steps_per_epoch: int, max_epochs: int) -> float:
        total = steps_per_epoch * max_epochs
        peak = rise * total - 1
        if step <= peak:
            return 1 + (start - 1) * _half_cosine(step / max(peak, 1))
        share = (step - peak) / max(total - 1 - peak, 1e-12)
        return final + (1 - final) * _half_cosine(share)

    return factor


def _half_cosine(share: float) -> float:
    """Fall from 1 to 0 while `share` rises from 0 to 1; stay there."""
    return 0.5 * (1 + math.cos(math.pi * min(share, 1.0)))
