"""A reader's own genotypes: which genes, which people, and which pairs are called."""

from pathlib import Path

import numpy as np
import pandas as pd

from helpers import checks
from helpers.data.kinds import PathLike
from helpers.data.panel import Panel
from helpers.loaders import plink, traits
from helpers.significance.permutation import PermutationTest, permutation_test

LEVEL = 0.05
UNITS = ("SNPs", "cM")


def genes_of(
    genes: str, bim: pd.DataFrame, *, n_genes: int = 0, flank: int = 0
) -> dict[str, np.ndarray]:
    """Return rows of the .bim file by gene: from a BED file, or runs of neighbours.

    Parameters
    ----------
    genes : str
        A BED file, or a run such as ``60 SNPs`` or ``10 cM``.
    bim : DataFrame
        From `plink.read_bim`.
    n_genes : int
        Of the runs, at most so many, spread evenly; 0 takes all.
    flank : int
        bp on both sides of a gene of the file.
    """
    checks.integer("n_genes", n_genes, at_least=0)
    number, _, unit = genes.partition(" ")
    if unit in UNITS and number.replace(".", "", 1).isdigit():
        if unit == "SNPs":
            return plink.runs_of_snps(bim, int(number), n_genes=n_genes or None)
        return plink.runs_of_centimorgans(bim, float(number), n_genes=n_genes or None)
    return plink.snps_in_windows(bim, plink.read_gene_windows(genes), flank=flank)


def read_own(
    bed: PathLike,
    pheno: PathLike,
    trait: str,
    genes: dict,
    columns: dict,
    filters: dict,
) -> tuple[Panel, traits.TraitTable, pd.DataFrame]:
    """Return panel, trait table of the same people, and what was left out.

    Parameters
    ----------
    bed, pheno : path
    trait : str
        Column of the trait.
    genes, columns, filters : dict
        Arguments of `genes_of`, `traits.read_trait` and `plink.load_panel`.
    """
    bed = Path(bed)
    bim = plink.read_bim(bed.with_suffix(".bim"))
    fam = plink.read_fam(bed.with_suffix(".fam"))
    table = traits.read_trait(pheno, trait, **columns)
    people, left_out = traits.common_people(fam["person"], table)
    chosen = genes_of(bim=bim, **genes)
    panel = plink.load_panel(bed, chosen, people=people, **filters)
    table = table.take(panel.people)
    dropped = pd.concat([panel.dropped, table.dropped, left_out], ignore_index=True)
    return panel, table, dropped


def judged(test: PermutationTest, n_genes: int) -> pd.DataFrame:
    """Return a row a pair: its test by level and by pattern, and whether it is called.

    Fewer than four genes make no pattern, nor do networks that learned nothing at all;
    the level stands for both there.
    """
    has_pattern = n_genes >= 4 and np.median(test.null, axis=1).min() > 0
    pattern = permutation_test(
        test.observed, test.null, level="median" if has_pattern else "as is"
    )
    corrected = pattern.to_frame()[["features", "p_max"]]
    pairs = test.to_frame().merge(
        corrected.rename(columns={"p_max": "p_pattern"}), on="features"
    )
    worst = pairs[["p_max", "p_pattern"]].max(axis=1)
    return pairs.assign(called=worst <= LEVEL + 1e-9)


def write_tables(folder: PathLike, **tables: pd.DataFrame) -> list[Path]:
    """Write each table as CSV below a folder, which is made; return the paths."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.csv" for name in tables]
    for path, table in zip(paths, tables.values(), strict=True):
        table.to_csv(path, index=False)
    return paths
