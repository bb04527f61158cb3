"""Write simulated people as files that other programs, and this package, read."""

import os
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from helpers.data.kinds import PathLike
from helpers.data.panel import Panel
from helpers.extras import extra

with extra("genes"):
    from bed_reader import to_bed

GENE_BP = 1_000_000  # gene k starts here on chromosome k + 1; SNPs are 1 kb apart


def write_panel(
    panel: Panel, bed: PathLike, values: ArrayLike, *, trait: str = "trait"
) -> dict[str, Path]:
    """Write a panel as a PLINK data set, with its trait and its gene windows.

    All files are written, or none.

    Parameters
    ----------
    panel : Panel
        At most 22 genes: each gets a chromosome of its own.
    bed : str or Path
        The .bed file; .bim, .fam, .pheno.tsv and .genes.bed are written beside it.
    values : array, shape (n_people,)
        The trait.
    trait : str
        Its column.

    Returns
    -------
    dict
        "bed", "pheno" and "genes": paths.

    Raises
    ------
    ValueError
        If there are more genes than autosomes, or the trait has another length.
    """
    if panel.n_genes > 22:
        raise ValueError(f"panel must have at most 22 genes; got {panel.n_genes}.")
    values = np.asarray(values)
    if len(values) != panel.n_people:
        raise ValueError(f"values must have {panel.n_people}; got {len(values)}.")
    bed = Path(bed)
    with tempfile.TemporaryDirectory(dir=bed.parent) as folder:
        _write(panel, Path(folder, bed.name), values, trait)
        for path in Path(folder).iterdir():
            os.replace(path, bed.with_name(path.name))
    return {
        "bed": bed,
        "pheno": bed.with_suffix(".pheno.tsv"),
        "genes": bed.with_suffix(".genes.bed"),
    }


def _write(panel: Panel, bed: Path, values: np.ndarray, trait: str) -> None:
    """Write the files of a panel, one after the other."""
    chromosomes, positions = [], []
    for gene, size in enumerate(panel.sizes):
        chromosomes += [str(gene + 1)] * size
        positions += [GENE_BP + 1_000 * j for j in range(1, size + 1)]
    to_bed(
        bed,
        panel.genotypes.T,
        properties={
            "fid": panel.people,
            "iid": panel.people,
            "sid": panel.snps,
            "chromosome": chromosomes,
            "bp_position": positions,
            **_alleles(panel),
        },
    )
    pheno, genes = bed.with_suffix(".pheno.tsv"), bed.with_suffix(".genes.bed")
    table = pd.DataFrame({"IID": panel.people, trait: values})
    table.to_csv(pheno, sep="\t", index=False)
    lines = [
        f"chr{k + 1}\t{GENE_BP}\t{GENE_BP + 1_000 * size}\t{gene}\n"
        for k, (gene, size) in enumerate(zip(panel.genes, panel.sizes, strict=True))
    ]
    genes.write_text("".join(lines), encoding="utf-8")


def _alleles(panel: Panel) -> dict[str, list[str]]:
    """Return the alleles of a panel by the names of bed_reader; none if unknown."""
    counted, other = zip(*panel.alleles, strict=True) if panel.alleles else ((), ())
    named = {"allele_1": list(counted), "allele_2": list(other)}
    return named if panel.alleles else {}
