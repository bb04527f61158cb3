"""What filters hold that have learned nothing: the chance level of every count."""

import numpy as np
import pandas as pd

from helpers import checks
from helpers.explain import filters
from helpers.studies.factorization.frozen import features
from helpers.studies.factorization.judging import agreements, chance, kind_rows
from helpers.studies.factorization.simulated import Network, World
from helpers.studies.factorization.training import row, table
from helpers.truth import planted


def untrained(
    *,
    n_filters: int,
    width: int,
    length: int,
    n_networks: int = 100,
    n_probes: int = 2_000,
    seed: int = 0,
) -> pd.DataFrame:
    """Count what filters with initial weights hold, and what they answer.

    Letters do not depend on the initial threshold, answers do little: it is that of
    `Network`.

    Parameters
    ----------
    n_filters, width : int
        Of each network.
    length, n_probes : int
        Sequences that the filters answer; in bp.
    n_networks : int

    Returns
    -------
    DataFrame
        Of every network: filters (detail single, combination, none), chance (share of
        pairs of filters that join partners by the letter rule) and, over all filters,
        response (largest correlation with the presence of a motif, by filter). Network
        -1: share (of all filters that a motif matches by letters, by motif). Columns:
        n_filters, width.
    """
    n_networks = checks.integer("n_networks", n_networks, at_least=1)
    settings = Network(n_filters, width)
    sample, _ = World(n_probes, length).sequences(seed=seed + 90_000)
    names, pairs = list(planted.consensus_strings()), planted.published_pairs()
    rows, matches = [], []
    for number in range(n_networks):
        network = settings.build(seed=1_000_000 + 10_000 * seed + number)
        matched = agreements(network) >= filters.AGREEMENT
        matches.append(matched)
        rows += kind_rows(number, matched)
        rows.append(row(number, "chance", chance(matched, pairs)))
        answers = filters.response_correlations(
            features(network, sample.bases), sample.present
        )
        rows += [
            row(number, "response", value, filter=f)
            for f, value in enumerate(answers.max(axis=1))
        ]
    shares = np.concatenate(matches).mean(axis=0)
    rows += [
        row(-1, "share", share, motif=name)
        for name, share in zip(names, shares, strict=True)
    ]
    return table(rows, ("filter", "motif", "detail"), n_filters=n_filters, width=width)
