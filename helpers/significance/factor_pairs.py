"""Which two factors work together? A test on filters that stay as they are.

A machine multiplies what filters find, and its vectors say which products count. But
vectors are never zero, and the largest of hundreds of products is large by chance. So
the same machine is trained again on labels in which, by construction, nothing is
multiplied: drawn from the probabilities of a sum of the same filters. What a real pair
must exceed is the largest product found there.

Filters must have been learned on *other rows*: those that saw the labels tested have
already fitted their noise. Filters that answer to one motif are one factor.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.linear_model import LogisticRegression

from helpers import checks
from helpers.ensemble import Adam, Ensemble, exponential
from helpers.networks.layers import FactorizationMachine
from helpers.significance.interaction.basis import main_functions

FEWEST = 50  # rows with either label below which nothing is tested
CURVES = 4  # functions of base composition by which a sum may bend
LARGE = 1e6  # inverse of a penalty so small that it only keeps weights finite


@dataclass(frozen=True)
class ReadOut:
    """The machine on frozen filters, and how it is trained.

    Parameters
    ----------
    n_factors : int
        Length of a filter's vector.
    epochs, batch_size : int
    rate, decay : float
        Learning rate of Adam, and its factor from epoch to epoch.
    """

    n_factors: int = 10
    epochs: int = 20
    batch_size: int = 500
    rate: float = 0.01
    decay: float = 0.9

    def __post_init__(self) -> None:
        checks.integer("n_factors", self.n_factors, at_least=1)
        checks.integer("epochs", self.epochs, at_least=1)


@dataclass(frozen=True)
class FactorPairs:
    """Pairs of factors, strongest first, with their p-values.

    Parameters
    ----------
    table : DataFrame
        first, second (names of factors), score (the largest `|<v_i, v_j>|` of their
        filters, averages standardised), p (step-down). It is against
        a world without any product: behind a real pair the others are compared with one
        that lacks it, and vectors that learned it lend some of it to their neighbours,
        so read what follows the first as a ranking.
    null : array, shape (n_redraws, n_pairs)
        Scores on redrawn labels, in the order of the table.
    """

    table: pd.DataFrame
    null: np.ndarray

    @property
    def p(self) -> float:
        """The p-value of "no two factors work together"; 1 without a pair."""
        return float(self.table["p"].min()) if len(self.table) else 1.0


def factor_pairs_test(
    averages: ArrayLike,
    y: ArrayLike,
    factors: Sequence[str | None],
    *,
    n_redraws: int = 199,
    read_out: ReadOut | None = None,
    seed: int = 0,
    device: str = "auto",
) -> FactorPairs:
    """Test each pair of factors for a product that a sum of all filters lacks.

    A logistic regression on the averages gives each row a probability; `n_redraws` sets
    of labels are drawn from them; the machine is trained on the given labels and, at
    once, on all of those. The largest score over pairs in each redraw is the null
    distribution of the largest, that over the pairs not yet called of the next.

    Can say: labels depend on these two factors together, as far as the logit of a sum
    of these averages describes the rest. Cannot say: that no other curvature stands
    behind it. In data whose outcome is curved in base composition, which filters see as
    well, it called a pair in one data set of six; `composition_columns` are for that.

    Parameters
    ----------
    averages : array, shape (n, n_filters)
        What frozen filters say of each sequence; none of these rows taught them.
    y : array of 0 and 1, shape (n,)
    factors : sequence of str or None, length n_filters
        Name of the factor each filter answers; None: in the model, not tested.
    n_redraws : int
        The smallest p-value is 1 / (n_redraws + 1).
    read_out : ReadOut, optional
    seed : int
        Of redraws, initial weights and order of rows.

    Returns
    -------
    FactorPairs

    Raises
    ------
    ValueError
        If shapes differ, labels are not 0 and 1, or either is rare.

    Source
    ------
    Rendle (2010) for the machine; Westfall and Young (1993) for the step-down maximum;
    a parametric bootstrap of the sum for the null.
    """
    x, y = _checked(averages, y)
    n_redraws = checks.integer("n_redraws", n_redraws, at_least=19)
    read_out = read_out or ReadOut()
    if len(factors) != x.shape[1]:
        raise ValueError(
            f"factors must name each of the {x.shape[1]} filters, or None; got "
            f"{len(factors)}."
        )
    rng = np.random.default_rng([seed, 1])
    labels = np.concatenate([y[None], rng.random((n_redraws, len(y))) < sum_of(x, y)])
    weights = _pair_weights(x, labels, read_out, seed, device)
    names, scores = factor_scores(weights, factors)
    order = np.argsort(-scores[0], kind="stable")
    names, scores = [names[i] for i in order], scores[:, order]
    table = pd.DataFrame(names, columns=["first", "second"]).astype(object)
    table["score"] = scores[0]
    table["p"] = step_down(scores[0], scores[1:])
    return FactorPairs(table, scores[1:])


def composition_columns(bases: ArrayLike) -> np.ndarray:
    """Return columns by which a sum may bend with the share of G and C.

    Where the outcome is curved in base composition, which all filters see, products
    of filters stand in for the curve, and pairs are called that do nothing. Put these
    columns beside the averages of `factor_pairs_test`, with None as their factors:
    then the sum from which labels are redrawn bends as well.

    Parameters
    ----------
    bases : array of integers, shape (n, length)
        0 to 3 for A, C, G and T; others (N) count as neither.

    Returns
    -------
    array, shape (n, n_functions)
        Smooth functions of the share, at most `CURVES`; a column of 0 where all shares
        are alike.

    Raises
    ------
    ValueError
        If bases are no table of integers.
    """
    bases = np.asarray(bases)
    if bases.ndim != 2 or bases.dtype.kind not in "iu" or not bases.size:
        raise ValueError(
            "bases must be integers of shape (n, length), with a row and a base; got "
            f"{bases.dtype} of shape {bases.shape}."
        )
    share = np.isin(bases, (1, 2)).mean(axis=1)
    if np.ptp(share) == 0:
        return np.zeros((len(bases), 1))
    return main_functions(share[:, None], CURVES)


def sum_of(x: ArrayLike, y: ArrayLike) -> np.ndarray:
    """Return the probability of 1 by a sum of the averages, shape (n,)."""
    model = LogisticRegression(C=LARGE, max_iter=1_000).fit(x, y)
    return model.predict_proba(x)[:, 1]


def step_down(observed: ArrayLike, null: ArrayLike) -> np.ndarray:
    """Return step-down p-values of scores that are sorted, largest first.

    Parameters
    ----------
    observed : array, shape (n_pairs,)
    null : array, shape (n_redraws, n_pairs)

    Returns
    -------
    array, shape (n_pairs,)
        Never falling; each counts the observed labels as one more redraw.
    """
    observed, null = np.asarray(observed), np.asarray(null)
    if (np.diff(observed) > 0).any():
        raise ValueError("observed must be sorted, largest first.")
    if not observed.size:
        return np.zeros(0)
    # Largest null score over this pair and all that stand behind it.
    largest = np.maximum.accumulate(null[:, ::-1], axis=1)[:, ::-1]
    p = (1 + (largest >= observed).sum(axis=0)) / (len(null) + 1)
    return np.maximum.accumulate(p)


def factor_scores(
    weights: np.ndarray, factors: Sequence[str | None]
) -> tuple[list[tuple[str, str]], np.ndarray]:
    """Return pairs of factors, and the largest product of their filters.

    Parameters
    ----------
    weights : array, shape (n_networks, n_filters, n_filters)
        <v_i, v_j>.
    factors : sequence of str or None, length n_filters

    Returns
    -------
    list of (str, str), and array, shape (n_networks, n_pairs)
    """
    names = sorted({name for name in factors if name is not None})
    of = {name: [i for i, f in enumerate(factors) if f == name] for name in names}
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    scores = [np.abs(weights[:, of[a]][:, :, of[b]]).max(axis=(1, 2)) for a, b in pairs]
    return pairs, np.array(scores).reshape(len(pairs), len(weights)).T


def name_factors(
    answers: ArrayLike, names: Sequence[str], least: float
) -> list[str | None]:
    """Return the motif each filter answers most, or None if none well enough.

    Parameters
    ----------
    answers : array, shape (n_filters, n_motifs)
        Of `filters.response_correlations`.
    names : sequence of str, length n_motifs
    least : float
        Correlation from which a filter answers.
    """
    answers = checks.finite("answers", answers)
    if answers.ndim != 2 or answers.shape[1] != len(names):
        raise ValueError(
            f"answers must have a column for each of {len(names)} names; got shape "
            f"{answers.shape}."
        )
    least = checks.number("least", least, at_least=0, at_most=1)
    best = answers.argmax(axis=1)
    return [
        names[motif] if row[motif] >= least else None
        for row, motif in zip(answers, best, strict=True)
    ]


def _checked(averages: ArrayLike, y: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return averages of unit variance, those that never vary as 0, and labels."""
    x, y = checks.finite("averages", averages), checks.finite("y", y)
    if x.ndim != 2 or y.shape != x.shape[:1]:
        raise ValueError(
            "averages must have a row for each label; got shapes "
            f"{x.shape} and {y.shape}."
        )
    if not np.isin(y, (0, 1)).all():
        raise ValueError("y must hold 0 and 1 alone.")
    rare = int(min(y.sum(), len(y) - y.sum()))
    if rare < FEWEST:
        raise ValueError(f"y must hold at least {FEWEST} of either label; got {rare}.")
    spread = x.std(axis=0)
    still = spread <= 1e-9 * np.maximum(np.abs(x).max(axis=0), 1e-300)
    return np.where(still, 0, (x - x.mean(axis=0)) / np.where(still, 1, spread)), y


def _pair_weights(
    x: np.ndarray, labels: np.ndarray, read_out: ReadOut, seed: int, device: str
) -> np.ndarray:
    """Train a machine on each set of labels; return products of vectors."""
    n_filters, start = x.shape[1], 1_000 * seed
    machines = [
        FactorizationMachine(n_filters, 1, read_out.n_factors, seed=start + i)
        for i in range(len(labels))
    ]
    trained = Ensemble(machines, device=device).fit(
        x.astype(np.float32),
        labels[..., None].astype(np.float32),  # (n_networks, n, 1)
        own_y=True,
        loss="binary_cross_entropy",
        optimizer=Adam(lr=read_out.rate),
        schedule=exponential(read_out.decay),
        batch_size=read_out.batch_size,
        max_epochs=read_out.epochs,
        stopping=None,
        seeds=seed,
        progress=False,
    )
    return np.stack(
        [
            trained.network(i).pair_weights()[0].detach().cpu().numpy()  # type: ignore[operator]  # a method
            for i in range(len(labels))
        ]
    )
