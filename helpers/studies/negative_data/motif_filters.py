"""What the filters hold: fit with the motifs, weights, and the windows they answer."""

import itertools
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from helpers.data.motifs import Motif
from helpers.explain.filters import correlations, response_matrices, tomtom_matches
from helpers.networks.motif import MotifCNN
from helpers.studies.negative_data.rows import row
from helpers.studies.negative_data.tables import panels
from helpers.studies.negative_data.training import Trained
from helpers.truth.grammars import Grammar, MotifSequences


def acting_weights(network: MotifCNN) -> np.ndarray:
    """Return the filters as they act, sign of the scale included, (filters, 4, w)."""
    weights = network.folded_filters().detach().numpy()
    return weights * np.sign(network.scale.detach().numpy())[:, None, None]


def filter_rows(
    networks: Sequence[MotifCNN], grammar: Grammar, names: Sequence[str]
) -> list[tuple]:
    """Return how well filters fit the motifs, and the best network's best filters."""
    rows = []
    for network, one in enumerate(networks):
        weights = acting_weights(one)
        for motif, name in zip(grammar.motifs, names, strict=True):
            fit = correlations(weights, motif)
            rows.append(row(network, "match", name, -1, fit.max()))
            if network == 0:
                best = weights[fit.argmax()]
                for base, position in itertools.product(range(4), range(best.shape[1])):
                    detail = f"{name} {'ACGT'[base]}"
                    value = best[base, position]
                    rows.append(row(network, "filter", detail, position, value))
    return rows


def matrix_rows(network: MotifCNN, sequences: np.ndarray) -> list[tuple]:
    """Return every filter's matrix, one row a filter, position and base."""
    return [
        row(0, "matrix", f"{number} {'ACGT'[base]}", position, value)
        for number, matrix in enumerate(response_matrices(network, sequences))
        for position, values in enumerate(matrix)
        for base, value in enumerate(values)
    ]


def matrices(table: pd.DataFrame) -> dict[int, np.ndarray]:
    """Return {number of the filter: probabilities, shape (width, 4)} of a table."""
    some = table[table["measure"] == "matrix"]
    parts = some["detail"].str.split(" ", expand=True)
    some = some.assign(filter=parts[0].astype(int), base=parts[1])
    return {
        number: group.pivot_table("value", "motifs_present", "base").to_numpy()
        for number, group in some.groupby("filter")
    }


def like_motifs(
    table: pd.DataFrame, grammar: Grammar, names: Sequence[str]
) -> Iterator[tuple]:
    """Yield the matrix of the filter that fits each motif best, and how well it does.

    Parameters
    ----------
    table : data frame
        Of one kind of classifier.
    """
    found = list(matrices(table).values())
    weights = np.stack([matrix.T - 0.25 for matrix in found])
    for motif, name in zip(grammar.motifs, names, strict=True):
        fit = correlations(weights, motif)
        yield found[fit.argmax()], f"{name}: {fit.max():.2f}"


def best_weights(table: pd.DataFrame, names: Sequence[str]) -> dict[str, np.ndarray]:
    """Return {motif: weights of its best filter, shape (4, width)} of one kind."""
    rows = table[table["measure"] == "filter"].sort_values("motifs_present")
    return {
        name: np.stack(
            [rows.loc[rows["detail"] == f"{name} {b}", "value"] for b in "ACGT"]
        )
        for name in names
    }


def start_rows(
    trained: Trained, outputs: np.ndarray, test: MotifSequences, grammar: Grammar
) -> list[tuple]:
    """Return what every start holds and calls, kept or not.

    The validation loss of a network that saw no partial sets cannot tell whether it
    holds all motifs; its filters and its recall on partial sets can.

    Parameters
    ----------
    trained : Trained
    outputs : array, shape (n_starts, n)
        Of all starts on the test sequences.
    test : MotifSequences
    grammar : Grammar
    """
    rows = []
    right = (outputs > 0) == (test.labels == 1)
    for start, ours in enumerate(right):
        weights = acting_weights(trained.ensemble.network(start))  # type: ignore[arg-type]  # the network asked for
        for motif, name in zip(grammar.motifs, trained.names, strict=True):
            fit = correlations(weights, motif).max()
            rows.append(row(start, "start match", name, -1, fit))
        for k in range(len(trained.names) + 1):
            recall = ours[test.counts == k].mean()
            rows.append(row(start, "start recall", "all", k, recall))
    return rows


def tomtom_rows(
    network: MotifCNN, sequences: np.ndarray, motifs: Sequence[Motif]
) -> list[tuple]:
    """Return the p-value of every filter's match with every motif, by TOMTOM."""
    found = tomtom_matches(response_matrices(network, sequences), motifs)  # type: ignore[arg-type]  # an array of motifs
    return [
        row(0, "tomtom", f"{one.matrix} {one.motif}", -1, one.p)
        for one in found.itertuples()
    ]


def best_matches(table: pd.DataFrame, *, level: float = 0.01) -> pd.DataFrame:
    """Return the motif that each filter matches best by TOMTOM.

    Returns
    -------
    DataFrame
        n_filters, kind, filter, motif, corrected (p-value times the number of motifs),
        fits (whether that is at most `level`).
    """
    some = table[table["measure"] == "tomtom"]
    parts = some["detail"].str.split(" ", expand=True)
    some = some.assign(filter=parts[0], motif=parts[1])
    keys = ["n_filters", "kind", "filter"]
    best = some.loc[some.groupby(keys)["value"].idxmin()]
    corrected = best["value"] * some["motif"].nunique()
    best = best.assign(corrected=corrected, fits=corrected <= level)
    return best[[*keys, "motif", "corrected", "fits"]].reset_index(drop=True)


def matched(table: pd.DataFrame, *, level: float = 0.01) -> pd.DataFrame:
    """Return how many filters match each motif by TOMTOM.

    A filter counts for its best match, if the p-value times the number of motifs is at
    most `level`.

    Parameters
    ----------
    table : data frame
        Of classifiers of one set of motifs: columns kind and n_filters too.

    Returns
    -------
    DataFrame
        n_filters, kind, and a column a motif.
    """
    best = best_matches(table, level=level)
    counted = best.pivot_table(
        "fits", ["n_filters", "kind"], "motif", aggfunc="sum", fill_value=0
    )
    return counted.astype(int).reset_index()


def matches_by_label(
    table: pd.DataFrame | None, grammar: Grammar
) -> pd.DataFrame | None:
    """Return `matched` with proteins for names, or None where TOMTOM was not asked."""
    if table is None or not (table["measure"] == "tomtom").any():
        return None
    found = matched(panels(table))
    return found.rename(columns={motif.name: motif.label for motif in grammar.motifs})
