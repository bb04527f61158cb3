"""Why genes have no SNP: another build, another chromosome, or nothing typed there."""

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
        With "drop", raise only where half of all genes or more are empty.

    Raises
    ------
    ValueError
        In one line: genes off the autosomes, chromosomes that are not in the file, or
        windows that hold nothing.
    """
    empty = windows[[not len(chosen[gene]) for gene in windows["gene"]]]
    few = len(empty) < max(MANY * len(windows), 2)
    if not len(empty) or (few and empty_genes == "drop"):
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


def _nearest(bim: pd.DataFrame, window: pd.Series) -> int:
    """Return how far the nearest SNP of its chromosome is from a window, in bp."""
    position = bim["position"][bim["chromosome"] == window["chromosome"]].to_numpy() - 1
    away = np.maximum(window["start"] - position, position - (window["end"] - 1))
    return int(np.maximum(away, 0).min())
