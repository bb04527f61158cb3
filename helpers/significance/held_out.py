"""Is the interaction real? Tests on held-out loss and on effect sizes.

The idea: take the interaction out of a network's predictions and see whether its loss
on held-out examples rises. All tests take arrays whose axis 0 is the network and return
one tidy row for each network, with the columns of `COLUMNS`.

What no test here can say: that the *data* contain an interaction. A network may need
its interaction term to repair wrong main effects, a bent output, or too little
training; its held-out loss then rises without the term although the truth is additive.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats
from scipy.special import xlogy

from helpers import checks
from helpers.truth.responses import LOWEST_COUNT, anscombe

COLUMNS = {
    "test": "name of the test",
    "network": "number of the network, 0-based",
    "n": "examples",
    "n_reference": "examples of the reference set, 0 without one",
    "statistic": "the test's own statistic",
    "p": "one-sided: small means the interaction matters",
    "mean": "mean of what is tested (mean difference, with a reference)",
    "median": "median of what is tested (difference of medians, with a reference)",
    "median_low": "lower end of the median's confidence interval",
    "median_high": "upper end",
    "superiority": "probability of superiority; 0.5 = no difference, see each test",
    "superiority_low": "lower end of its confidence interval",
    "superiority_high": "upper end",
    "clamped": "predictions moved to the lowest or highest value the loss can take",
}
FEWEST = 20  # examples below which normal approximations of rank tests mislead


# ---- losses -----------------------------------------------------------------


@dataclass(frozen=True)
class Loss:
    """A loss of one example, with the predictions it can take.

    Removing an interaction can push a prediction out of bounds (a negative count, a
    probability above one). Such predictions are moved to the bound, and counted.

    Parameters
    ----------
    name : str
    function : callable
        (prediction, label) -> loss, elementwise.
    lowest, highest : float
        Bounds of a prediction.
    label_lowest, label_highest : float
        Bounds of a label.
    """

    name: str
    function: Callable
    lowest: float = -np.inf
    highest: float = np.inf
    label_lowest: float = -np.inf
    label_highest: float = np.inf

    def __call__(self, prediction: ArrayLike, label: ArrayLike) -> np.ndarray:
        """Return the loss of every example, shape of `prediction`."""
        prediction = np.asarray(prediction, dtype=np.float64)
        label = checks.vector("label", label, length=prediction.shape[-1])
        wrong = np.flatnonzero(
            (label < self.label_lowest) | (label > self.label_highest)
        )
        if len(wrong):
            raise ValueError(
                f"label must be {self.label_lowest:g} to {self.label_highest:g} for "
                f"the {self.name} loss; label[{wrong[0]}] is {label[wrong[0]]:g}."
            )
        return self.function(np.clip(prediction, self.lowest, self.highest), label)

    def clamped(self, prediction: np.ndarray) -> np.ndarray:
        """Return how many predictions are out of bounds, shape (n_networks,)."""
        outside = (prediction < self.lowest) | (prediction > self.highest)
        return np.sum(outside, axis=-1)


def _squared(prediction: np.ndarray, label: np.ndarray) -> np.ndarray:
    return (prediction - label) ** 2


def _squared_anscombe(prediction: np.ndarray, label: np.ndarray) -> np.ndarray:
    return (anscombe(prediction) - anscombe(label)) ** 2


def _poisson_deviance(prediction: np.ndarray, label: np.ndarray) -> np.ndarray:
    return 2 * (xlogy(label, label) - xlogy(label, prediction) + prediction - label)


def _cross_entropy(prediction: np.ndarray, label: np.ndarray) -> np.ndarray:
    return -(xlogy(label, prediction) + xlogy(1 - label, 1 - prediction))


LOSSES = {
    loss.name: loss
    for loss in (
        # Squared error of counts on the Anscombe scale; predictions are counts.
        Loss("anscombe", _squared_anscombe, LOWEST_COUNT, label_lowest=0),
        # Twice the log-likelihood ratio to a perfect fit; predictions are counts.
        Loss("poisson", _poisson_deviance, 1e-7, label_lowest=0),
        Loss("mse", _squared),
        # Predictions are probabilities of class 1, in nats.
        Loss(
            "cross-entropy",
            _cross_entropy,
            lowest=1e-7,
            highest=1 - 1e-7,
            label_lowest=0,
            label_highest=1,
        ),
    )
}


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Losses of held-out examples with and without an interaction.

    Parameters
    ----------
    with_interaction : array, shape (n_networks, n) or (n,)
        Predictions as the networks make them.
    without_interaction : array, same shape
        The same predictions minus the interaction effect.
    label : array, shape (n,)
    loss : str or Loss
        A name from `LOSSES`, or your own.

    Attributes
    ----------
    change : array, shape (n_networks, n)
        Loss without minus loss with; above 0 where the interaction helps.
    clamped : array of int, shape (n_networks,)
        Predictions, of both kinds, that the loss had to move to its bounds.

    Raises
    ------
    ValueError
        If shapes differ, a value is not finite, a label is out of the loss's range,
        or there are fewer than 20 examples.
    """

    with_interaction: np.ndarray
    without_interaction: np.ndarray
    label: np.ndarray
    loss: Any = "anscombe"  # str or Loss; a Loss, once made
    loss_with: np.ndarray = field(init=False, repr=False)
    loss_without: np.ndarray = field(init=False, repr=False)
    clamped: np.ndarray = field(init=False, repr=False)

    def __post_init__(self) -> None:
        kept = _networks("with_interaction", self.with_interaction)
        removed = _networks("without_interaction", self.without_interaction)
        if kept.shape != removed.shape:
            raise ValueError(
                "with_interaction and without_interaction must have the same shape; "
                f"got {kept.shape} and {removed.shape}."
            )
        loss = self.loss
        if not isinstance(loss, Loss):
            loss = LOSSES[checks.one_of("loss", loss, tuple(LOSSES))]
        label = checks.vector("label", self.label, length=kept.shape[1])
        for name, value in {
            "with_interaction": kept,
            "without_interaction": removed,
            "label": label,
            "loss": loss,
            "loss_with": loss(kept, label),
            "loss_without": loss(removed, label),
            "clamped": loss.clamped(kept) + loss.clamped(removed),
        }.items():
            object.__setattr__(self, name, value)

    @cached_property
    def change(self) -> np.ndarray:
        """Loss without minus loss with the interaction, shape (n_networks, n)."""
        return self.loss_without - self.loss_with


# ---- tests of one network ---------------------------------------------------


def paired_test(held_out: HeldOut, *, confidence: float = 0.95) -> pd.DataFrame:
    """Test whether removing the interaction raises the loss, example by example.

    One-sided Wilcoxon signed-rank test of the loss changes: zeros dropped, normal
    approximation, no continuity correction.

    Can say: for *this network*, changes lean to one side by more than chance; with
    thousands of examples it notices very small gains. Cannot say: that the gain
    matters (read the median), that the mean loss rises (the null is symmetry about
    zero, and a skewed distribution may have a positive centre and a negative mean),
    or that another network agrees. Examples must be independent: overlapping
    windows, homologous loci or repeated measurements make p too small.

    Columns: `median`, with an interval from order statistics, is the median change;
    `superiority` is the chance that two random changes sum to more than zero.

    Source
    ------
    Finkelstein, Shrikumar and Kundaje (2020), section 3.2; Wilcoxon (1945).

    Examples
    --------
    >>> import numpy as np
    >>> from helpers import paired_test
    >>> from helpers.significance.held_out import HeldOut
    >>> rng = np.random.default_rng(0)
    >>> together = rng.normal(size=200)  # what two features do beyond apart
    >>> label = together + rng.normal(size=200)
    >>> losses = HeldOut(together, np.zeros(200), label, loss="mse")
    >>> bool(paired_test(losses)["p"][0] < 0.001)
    True
    """
    rows = []
    for network, change in enumerate(held_out.change):
        statistic, p = 0.0, 1.0  # what all zeros give: nothing to rank
        if change.any():
            statistic, p = stats.wilcoxon(
                change,
                alternative="greater",
                zero_method="wilcox",
                correction=False,
                method="asymptotic",
            )
        rows.append(
            _row("paired", network, statistic, p, len(change))
            | _centre(change, confidence)
            | _interval(*_symmetry(change), confidence)
            | {"clamped": held_out.clamped[network]}
        )
    return _table(rows)


def unpaired_test(held_out: HeldOut, *, confidence: float = 0.95) -> pd.DataFrame:
    """Test whether losses without the interaction exceed losses with it, as two sets.

    One-sided Mann-Whitney U test of the two loss distributions of the same examples,
    with continuity and tie correction. It forgets which two losses belong together.

    Can say: the two distributions are visibly apart, so the gain is large against
    the spread of losses. Cannot say anything about small gains: both sets share
    their examples, so p is close to 0.5 where the interaction changes little and
    false positives are far rarer than alpha. Its silence means "not large", never
    "none"; what looks like good calibration is low power.

    Columns: `median` and its interval are those of the paired change; `superiority`
    is the chance that a random loss without the interaction exceeds a random loss
    with it. Its interval does use the pairing and may exclude 0.5 where p is large.

    Source
    ------
    Finkelstein, Shrikumar and Kundaje (2020), section 3.2; Mann and Whitney (1947).
    """
    rows = []
    losses = zip(held_out.loss_without, held_out.loss_with, strict=True)
    for network, (without, kept) in enumerate(losses):
        statistic, p = stats.mannwhitneyu(
            without, kept, alternative="greater", method="asymptotic"
        )
        rows.append(
            _row("unpaired", network, statistic, p, len(kept))
            | _centre(held_out.change[network], confidence)
            | _interval(*_superiority(without, kept, same=True), confidence)
            | {"clamped": held_out.clamped[network]}
        )
    return _table(rows)


def reference_test(
    held_out: HeldOut,
    reference: HeldOut,
    *,
    name: str = "against random positions",
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Test whether removing this interaction costs more than removing another.

    One-sided Mann-Whitney U test of the loss changes at the motifs against those of a
    reference: random positions in the same sequences, or shuffled sequences.

    Can say: the network gains more from its interaction here than from interactions
    it makes up elsewhere, which cancels what every pair of places gains (a bent
    output, say). Cannot say that the truth interacts: where main effects are larger,
    so are the repairs, and random positions have small main effects. The reference
    must be free of the thing tested; four of five random pairs touch a real motif.

    Columns: `median` is the difference of the two median changes, `superiority` the
    chance that a change at the motifs exceeds one of the reference.

    Source
    ------
    Finkelstein, Shrikumar and Kundaje (2020), appendix G.
    """
    if held_out.loss.name != reference.loss.name:
        raise ValueError(
            f"reference must use the {held_out.loss.name} loss too; "
            f"got {reference.loss.name}."
        )
    return _two_sets(
        name,
        held_out.change,
        reference.change,
        confidence,
        held_out.clamped + reference.clamped,
    )


def effect_size_test(
    interaction: ArrayLike,
    reference: ArrayLike,
    *,
    name: str = "effect size against shuffles",
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Test whether interaction effects are larger than in sequences without motifs.

    One-sided Mann-Whitney U test of absolute effects against those of a reference,
    usually dinucleotide shuffles.

    Can say: the network's effects are not what it shows on random sequence. Cannot
    say that they are real: a network that fits an additive truth imperfectly shows
    interactions wherever its main effects are large, and none where there are no
    motifs. Every network trained on motifs passes this test, so it separates nothing.

    Parameters
    ----------
    interaction : array, shape (n_networks, n) or (n,)
        Interaction effects, signed or not.
    reference : array, shape (n_networks, n_reference) or (n_reference,)

    Columns: `median` is the difference of the two median sizes, `superiority` the
    chance that an effect is larger than one of the reference.

    Source
    ------
    Finkelstein, Shrikumar and Kundaje (2020), section 3.1.
    """
    sizes = np.abs(_networks("interaction", interaction))
    null = np.abs(_networks("reference", reference))
    return _two_sets(name, sizes, null, confidence, np.zeros(len(sizes), dtype=int))


# ---- building blocks --------------------------------------------------------


def _two_sets(
    name: str,
    values: np.ndarray,
    reference: np.ndarray,
    confidence: float,
    clamped: np.ndarray,
) -> pd.DataFrame:
    """Compare two independent sets of values for each network."""
    if len(values) != len(reference):
        raise ValueError(
            f"reference must have the same {len(values)} networks; "
            f"got {len(reference)}."
        )
    rows = []
    for network, (x, y) in enumerate(zip(values, reference, strict=True)):
        statistic, p = stats.mannwhitneyu(
            x, y, alternative="greater", method="asymptotic"
        )
        rows.append(
            _row(name, network, statistic, p, len(x), len(y))
            | _centre_difference(x, y, confidence)
            | _interval(*_superiority(x, y, same=False), confidence)
            | {"clamped": clamped[network]}
        )
    return _table(rows)


def _row(
    test: str, network: int, statistic: float, p: float, n: int, n_reference: int = 0
) -> dict:
    return {
        "test": test,
        "network": network,
        "n": n,
        "n_reference": n_reference,
        "statistic": float(statistic),
        "p": float(p),
    }


def _table(rows: list[dict]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _centre(values: np.ndarray, confidence: float) -> dict:
    """Return mean, median and the median's interval from order statistics."""
    ordered = np.sort(values)
    n = len(ordered)
    outside = (1 - _confidence(confidence)) / 2
    # The number of values below the true median is binomial (n, 1/2).
    low = max(int(stats.binom.ppf(outside, n, 0.5)) - 1, 0)
    return {
        "mean": ordered.mean(),
        "median": np.median(ordered),
        "median_low": ordered[low],
        "median_high": ordered[n - 1 - low],
    }


def _centre_difference(x: np.ndarray, y: np.ndarray, confidence: float) -> dict:
    """Return the difference of means and medians; the interval combines both sets'."""
    a, b = _centre(x, confidence), _centre(y, confidence)
    median = a["median"] - b["median"]
    below = np.hypot(a["median"] - a["median_low"], b["median_high"] - b["median"])
    above = np.hypot(a["median_high"] - a["median"], b["median"] - b["median_low"])
    return {
        "mean": a["mean"] - b["mean"],
        "median": median,
        "median_low": median - below,
        "median_high": median + above,
    }


def _symmetry(values: np.ndarray) -> tuple[float, float]:
    """Return P(two random values sum to more than 0), ties half, and its error."""
    placements = _share_below(np.sort(-values), values)
    return placements.mean(), 2 * placements.std(ddof=1) / np.sqrt(len(values))


def _superiority(x: np.ndarray, y: np.ndarray, *, same: bool) -> tuple[float, float]:
    """Return P(random x > random y), ties half, and its standard error.

    `same` says that x[i] and y[i] belong to one example, so their errors are one.
    """
    of_x = _share_below(np.sort(y), x)
    of_y = 1 - _share_below(np.sort(x), y)
    if same:
        variance = np.var(of_x + of_y, ddof=1) / len(x)
    else:
        variance = np.var(of_x, ddof=1) / len(x) + np.var(of_y, ddof=1) / len(y)
    return of_x.mean(), np.sqrt(variance)


def _share_below(ordered: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return for each value the share of `ordered` below it, ties counted half."""
    below = np.searchsorted(ordered, values, side="left")
    up_to = np.searchsorted(ordered, values, side="right")
    return (below + up_to) / (2 * len(ordered))


def _interval(estimate: float, error: float, confidence: float) -> dict:
    """Return a probability of superiority with its normal interval inside [0, 1]."""
    half = stats.norm.ppf((1 + confidence) / 2) * error
    return {
        "superiority": estimate,
        "superiority_low": max(estimate - half, 0.0),
        "superiority_high": min(estimate + half, 1.0),
    }


def _confidence(value: float) -> float:
    return checks.number("confidence", value, at_least=0.5, at_most=0.9999)


def _networks(name: str, values: ArrayLike) -> np.ndarray:
    """Return finite values, shape (n_networks, n); one network may come as (n,)."""
    array = np.asarray(values)
    array = checks.matrix(name, array[None] if array.ndim == 1 else array)
    if array.shape[1] < FEWEST:
        raise ValueError(
            f"{name} must have at least {FEWEST} examples; got {array.shape[1]}."
        )
    return array
