"""Motifs whose letters interact, and networks built of blocks of letters."""

from dataclasses import replace

import numpy as np
import pandas as pd

from helpers import checks
from helpers.data.splits import folds
from helpers.networks.factorization import MotifBuilder, MotifNetwork
from helpers.studies.factorization.training import Recipe, measured, row, table, train
from helpers.truth import planted

KINDS = ("builder", "baseline", "standardised")
N_FILTERS = 3  # as many as there are motifs
SHOWN = 500  # test sequences whose probabilities are kept


def build_motifs(
    *,
    kind: str,
    n: int,
    length: int,
    n_networks: int,
    recipe: dict,
    penalty: float = 0.0,
    seed: int = 0,
    device: str = "auto",
) -> pd.DataFrame:
    """Train motif-building or ordinary networks on motif variants, from several starts.

    Parameters
    ----------
    kind : {"builder", "baseline", "standardised"}
        Blocks of four; the thesis's baseline; the same with standardised features.
    n, length : int
        Sequences, a tenth of which test and a tenth validate; in bp.
    n_networks : int
        Independent initial weights.
    recipe : dict
        Of `Recipe`.
    penalty : float
        Times the sum of squares of the filters.

    Returns
    -------
    DataFrame
        Measures: auc, epoch, curve, and probability (of the test sequences of the first
        network, at most `SHOWN`; detail the number of motifs that are on). Columns:
        kind, penalty.
    """
    checks.one_of("kind", kind, KINDS)
    sample = planted.motif_variants(n, length=length, seed=np.random.default_rng(seed))
    y = sample.labels[:, None]
    parts = folds(n, n_folds=10, seed=seed).first(1).repeat(n_networks)
    networks = [network(kind, seed=1000 * seed + 10 * i) for i in range(n_networks)]
    recipe = replace(Recipe(**recipe), penalty=penalty)
    ensemble = train(networks, sample.bases, y, parts, recipe, seed=seed, device=device)
    rows = measured(ensemble, sample.bases, y, parts)
    test = np.flatnonzero(parts.test[0])[:SHOWN]
    logits = ensemble.predict(sample.bases[test])[0, :, 0]
    rows += [
        row(0, "probability", 1 / (1 + np.exp(-logit)), detail=f"{on} on")
        for on, logit in zip(sample.on[test].sum(axis=1), logits, strict=True)
    ]
    return table(rows, ("target", "epoch", "detail"), kind=kind, penalty=penalty)


def network(kind: str, *, seed: int) -> MotifBuilder | MotifNetwork:
    """Return a network of this kind with initial weights of this seed."""
    if kind == "builder":
        return MotifBuilder(N_FILTERS, seed=seed)
    if kind == "baseline":
        return MotifNetwork(
            N_FILTERS, width=12, standardise=False, threshold=0.0, seed=seed
        )
    return MotifNetwork(N_FILTERS, width=12, seed=seed)
