"""Two tests that ask sequences and labels, and no model of the reader's."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from helpers import checks
from helpers.data.bases import UNKNOWN
from helpers.data.motifs import Motif
from helpers.device import Device
from helpers.explain.filters import response_correlations
from helpers.significance.factor_pairs import FEWEST as FEWEST_LABELS
from helpers.significance.factor_pairs import FactorPairs, name_factors
from helpers.significance.interaction import Answer
from helpers.significance.interaction.asking import interaction_test
from helpers.significance.motif_pairs import as_bases, best_matches, motif_sites
from helpers.studies.factorization.frozen import features
from helpers.studies.factorization.settings import ANSWERS
from helpers.studies.factorization.simulated import Network
from helpers.studies.factorization.training import Recipe
from helpers.studies.factorization.worlds import Frozen, learn
from helpers.studies.keeping import (
    digest_of,
    kept,
    with_words,
    without_words,
)
from helpers.studies.own_sequences.composition import gc_share
from helpers.studies.own_sequences.learning import held_out_rows
from helpers.studies.own_sequences.reading import Labelled
from helpers.studies.stores import Store

#: Scale on which the mean of the labels may add up, by the loss that is meant for them.
FAMILIES = {
    "log-odds": "binomial", "cross-entropy": "binomial", "poisson": "poisson",
    "anscombe": "poisson", "mse": "gaussian",
}  # fmt: skip
#: Filters and vectors of the machine, and how it is trained, as on *Which factors work
#: together?*.
N_FILTERS, N_FACTORS = 20, 10
RECIPE = Recipe(epochs=15)
WIDEST = 20  # bp of a filter
FEWEST = 1_000  # sequences: half of them teach filters


def asked_of_data(
    data: Labelled,
    motifs: Mapping[str, Motif],
    *,
    loss: str,
    seed: int = 0,
    device: Device = "auto",
    store: Store | None = None,
) -> tuple[pd.DataFrame, str]:
    """Return the table and the words of `motif_interactions`, stored if done before.

    Parameters
    ----------
    data, motifs, loss, seed, device
        As of `motif_interactions`.
    store : Store, optional

    Returns
    -------
    DataFrame
        As of `Answer`, with pairs as text; without a row where it was not asked.
    str
        What the answer says, or why it was not asked.
    """
    return _asked(store, "matches", _matches, data, motifs, seed, device, loss=loss)


def asked_of_factors(
    data: Labelled,
    motifs: Mapping[str, Motif],
    *,
    seed: int = 0,
    device: str = "auto",
    store: Store | None = None,
) -> tuple[pd.DataFrame, str]:
    """Return the table and the words of `factor_pairs`, stored if done before.

    Parameters and values as of `asked_of_data`.
    """
    return _asked(store, "factors", _factors, data, motifs, seed, device)


def _asked(
    store: Store | None, name: str, function: Callable, data: Labelled,
    motifs: Mapping[str, Motif], seed: int, device: Device, **settings: Any,
) -> tuple[pd.DataFrame, str]:  # fmt: skip
    """Return the table of a test and its words; only these where it cannot be asked."""
    given = {
        "data": (data, digest_of(data.sequences, data.labels, data.groups)),
        "motifs": (motifs, digest_of(motifs)),
    }
    try:
        table = kept(
            store, name, function, settings | {"seed": seed}, given, device=device
        )
    except ValueError as error:
        return pd.DataFrame(), f"Not asked: {error}"
    return without_words(table)


def _matches(
    data: Labelled,
    motifs: Mapping[str, Motif],
    loss: str,
    seed: int,
    device: Device = "auto",
) -> pd.DataFrame:
    """Return the answer of `motif_interactions` as a table that can be stored."""
    answer = motif_interactions(data, motifs, loss=loss, seed=seed, device=device)
    pairs = [" × ".join(pair) for pair in answer.table["pair"]]
    return with_words(answer.table.assign(pair=pairs), str(answer))


def _factors(
    data: Labelled, motifs: Mapping[str, Motif], seed: int, device: str = "auto"
) -> pd.DataFrame:
    """Return the answer of `factor_pairs` as a table that can be stored."""
    test, said = factor_pairs(data, motifs, seed=seed, device=device)
    return with_words(test.table, said)


def motif_interactions(
    data: Labelled,
    motifs: Mapping[str, Motif],
    *,
    loss: str,
    seed: int = 0,
    device: Device = "auto",
) -> Answer:
    """Ask whether the matches of two motifs work together in the labels.

    Features are the best match of each motif in a sequence, in nats; the share of G and
    C is a covariate, with all its interactions: matches follow composition.

    Parameters
    ----------
    data : Labelled
        All sequences: no model has to be held away from any.
    motifs : mapping of name to Motif
        Two or more.
    loss : str
        Meant for the labels; it gives the scale, see `FAMILIES`.

    Raises
    ------
    ValueError
        As `interaction_test`, in one line.
    """
    checks.one_of("loss", loss, tuple(FAMILIES))
    share = gc_share(as_bases(data.sequences))
    return interaction_test(
        pd.DataFrame(best_matches(data.sequences, motifs), columns=list(motifs)),
        data.labels,
        family=FAMILIES[loss],
        covariates=share if np.ptp(share) > 0 else None,
        groups=data.groups,
        seed=seed,
        device=device,
        progress=True,
    )


def factor_pairs(
    data: Labelled,
    motifs: Mapping[str, Motif],
    *,
    seed: int = 0,
    device: str = "auto",
) -> tuple[FactorPairs, str]:
    """Ask which factors a factorization machine multiplies, and whether it must.

    Half of the sequences teach filters, whole groups together; a filter that answers a
    motif stands for it. Pairs are tested on the other half, in which the sum may bend
    with base composition.

    Parameters
    ----------
    data : Labelled
        Labels 0 and 1; sequences with an N are left out.
    motifs : mapping of name to Motif

    Returns
    -------
    FactorPairs
    str
        What was learned, and what products gain.

    Raises
    ------
    ValueError
        Before anything is learned: if labels are not 0 and 1, fewer than `FEWEST`
        sequences are left, or either half holds too few of a label.
    """
    bases = as_bases(data.sequences)
    rows = np.flatnonzero((bases < UNKNOWN).all(axis=1))
    if not np.isin(data.labels, (0, 1)).all():
        raise ValueError("labels must be 0 or 1 for pairs of factors.")
    if len(rows) < FEWEST:
        raise ValueError(
            f"pairs of factors need {FEWEST:,} sequences without N; got {len(rows):,}."
        )
    bases, y = bases[rows].astype(np.uint8), data.labels[rows].astype(np.uint8)
    half = ~held_out_rows(data, rows, 0.5, seed)
    for what, part in (("teach filters", half), ("be tested", ~half)):
        rare = min(int((y[part] == k).sum()) for k in (0, 1))
        if rare < FEWEST_LABELS:
            raise ValueError(
                f"pairs of factors need {FEWEST_LABELS} sequences of either label to "
                f"{what}; got {rare}."
            )
    width = min(max(motif.width for motif in motifs.values()), WIDEST)
    network = Network(N_FILTERS, width, n_factors=N_FACTORS)
    alone = Network(N_FILTERS, width)
    machine, area = learn(network, RECIPE, bases, y, half, seed, device)
    _, area_sum = learn(alone, RECIPE, bases, y, half, seed, device)
    found = features(machine, bases)  # type: ignore[arg-type]  # with factors
    present = np.stack(
        [places[:, 0] >= 0 for places in motif_sites(bases, motifs).values()], axis=1
    )
    answers = response_correlations(found[half], present[half])
    names = name_factors(np.nan_to_num(answers), list(motifs), ANSWERS)
    frozen = Frozen(
        found[~half], bases[~half], y[~half], names, N_FACTORS, area,
        area_sum,
    )  # fmt: skip
    test = frozen.test(composition=True, seed=seed, device=device)
    return test, _said(frozen, half.sum(), test)


def _said(frozen: Frozen, learned: int, test: FactorPairs) -> str:
    """Return what was learned, and what products gain, in words."""
    named = sorted({name for name in frozen.factors if name is not None})
    n_filters = sum(name is not None for name in frozen.factors)
    gain = frozen.area - frozen.area_sum
    text = (
        f"{len(frozen.factors)} filters were learned on {learned:,} sequences; "
        f"{n_filters or 'none'} of them answer{'s' * (n_filters < 2)} one of the motifs"
        + (f" ({', '.join(named)})" if named else "")
        + f". On the other {len(frozen.y):,} the machine has an area under the ROC "
        f"curve of {frozen.area:.3f}, a sum without products {frozen.area_sum:.3f}: "
        f"products gain {gain:+.3f}"
    )
    text += "." if gain > 0.005 else ", no better order of sequences."
    if not len(test.table):
        return text + " No two factors have filters, so that no pair can be tested."
    top = test.table.iloc[0]
    verdict = (
        "is more than redrawn labels without products give"
        if top["p"] <= 0.05
        else "is no more than redrawn labels without products give"
    )
    return (
        f"{text} The strongest pair, {top['first']} × {top['second']}, {verdict} "
        f"(p = {top['p']:.2g})."
    )
