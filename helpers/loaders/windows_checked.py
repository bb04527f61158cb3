"""Why genes have no SNP: another build or chromosome, nothing typed, or taken."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers.loaders.chromosomes import NOT_AUTOSOMES

#: Share of the genes without a SNP from which on the builds are suspected.
MANY = 0.5


def check_windows(
    bim: pd.DataFrame,
    windows: pd.DataFrame,
    chosen: Mapping[str, np.ndarray],
    *,
    flank: int,
    empty_genes: str = "error",
) -> None:
    """Raise where genes have no SNP, and say what seems to be the reason.

    Parameters
    ----------
    bim : DataFrame
        From `plink.read_bim`.
    windows : DataFrame
        From `plink.read_gene_windows`.
    chosen : mapping
        Gene -> its rows, from `plink.snps_in_windows`.
    flank : int
        bp.
    empty_genes : {"error", "drop"}
        With "drop", raise only where half of all genes or more have nothing near them.

    Raises
    ------
    ValueError
        In one line: genes off the autosomes, chromosomes that are not in the file,
        windows that hold nothing, or whose SNPs went to a gene that overlaps.
    """
    empty = windows[[not len(chosen[gene]) for gene in windows["gene"]]]
    n_near = _n_near(bim, empty, flank)
    taken, empty = empty[n_near > 0], empty[n_near == 0]
    few = len(empty) < max(MANY * len(windows), 2)
    if few and empty_genes == "drop":
        return
    if len(taken) and not len(empty):
        first = taken.iloc[0]
        raise ValueError(
            f"{len(taken)} of {len(windows)} genes have no SNP left, as a SNP is of "
            f"one gene: those of {first['gene']!r} went to "
            f"{_taken_by(bim, first, chosen, flank)!r}, which overlaps or is nearer; "
            'join the two, leave one out, or use empty_genes="drop".'
        )
    if not len(empty):
        return
    out = '; leave it out, or use empty_genes="drop"'
    first = empty.iloc[0]
    known = list(dict.fromkeys(bim["chromosome"]))
    label = first["chromosome"]
    if label in NOT_AUTOSOMES:
        raise ValueError(
            f"gene {first['gene']!r} lies on chromosome {label}, not an autosome: men "
            f"have one copy, which allele counts do not tell{out}."
        )
    if label not in known:
        raise ValueError(
            f"gene {first['gene']!r} lies on chromosome {label}, of which the .bim "
            f"file has no SNP; it has {', '.join(known[:24])}{out}."
        )
    gap = _nearest(bim, first)
    away = f"the nearest to {first['gene']!r} is {gap:,} bp off"
    if few:
        raise ValueError(
            f"{len(empty)} of {len(windows)} genes have no SNP within {flank:,} bp, "
            f"{away}{out}, or a wider flank."
        )
    raise ValueError(
        f"{len(empty)} of {len(windows)} genes have no SNP within {flank:,} bp, "
        f"{away}; are windows and .bim file of the same genome build (GRCh37, GRCh38)?"
    )


def _taken_by(
    bim: pd.DataFrame, window: pd.Series, chosen: Mapping[str, np.ndarray], flank: int
) -> str:
    """Return the gene that has most of the SNPs that a window reaches."""
    rows = np.flatnonzero(bim["chromosome"] == window["chromosome"])
    rows = rows[_away(bim, window, rows) <= flank]
    return max(chosen, key=lambda gene: np.isin(rows, chosen[gene]).sum())


def _n_near(bim: pd.DataFrame, windows: pd.DataFrame, flank: int) -> np.ndarray:
    """Return how many SNPs each window reaches, whichever gene has them."""
    counts = np.zeros(len(windows), dtype=int)
    for chromosome, positions in bim.groupby("chromosome")["position"]:
        places = np.sort(positions[positions > 0]) - 1
        there = (windows["chromosome"] == chromosome).to_numpy()
        first = np.searchsorted(places, windows["start"][there] - flank)
        last = np.searchsorted(places, windows["end"][there] + flank)
        counts[there] = last - first
    return counts


def _nearest(bim: pd.DataFrame, window: pd.Series) -> int:
    """Return how far the nearest SNP of its chromosome is from a window, in bp."""
    rows = np.flatnonzero(bim["chromosome"] == window["chromosome"])
    return int(_away(bim, window, rows).min())


def _away(bim: pd.DataFrame, window: pd.Series, rows: np.ndarray) -> np.ndarray:
    """Return how far SNPs of its chromosome are from a window, in bp."""
    position = bim["position"].to_numpy()[rows] - 1
    away = np.maximum(window["start"] - position, position - (window["end"] - 1))
    return np.maximum(away, 0)
