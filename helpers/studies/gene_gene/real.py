"""Perm I on real genotypes: made-up traits of people, one real trait of mice."""

import warnings
from collections.abc import Iterable

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score

from helpers import datasets
from helpers.data.panel import Panel
from helpers.device import Device
from helpers.loaders import plink, traits
from helpers.studies.gene_gene.designs import is_true
from helpers.studies.gene_gene.study import Training, study
from helpers.studies.stores import Store
from helpers.truth.genotypes import simulate_trait

MICE = "mice"
GENES, SNPS, CENTIMORGANS = 10, 60, 10  # how many runs, and their lengths
BATCH = 100  # animals or people; a few hundred there are


def read_real(name: str) -> tuple[Panel, traits.TraitTable | None]:
    """Return the panel and, for the mice, the trait and the cages.

    Raises
    ------
    DatasetUnavailable
        If the files are neither here nor at the publisher.
    """
    files = datasets.paths(name)
    bed = next(path for key, path in files.items() if key.endswith(".bed"))
    bim = plink.read_bim(bed.with_suffix(".bim"))
    if name != MICE:
        genes = plink.runs_of_snps(bim, SNPS, n_genes=GENES)
        return plink.load_panel(bed, genes, min_hwe=0), None
    table = traits.read_trait(
        files["phenotypes.tsv"],
        "Biochem.HDL",
        covariates=["Biochem.Age"],
        categories=["GENDER"],
        groups="cage",
        id_column="SUBJECT.NAME",
    )
    fam = plink.read_fam(bed.with_suffix(".fam"))
    people, _ = traits.common_people(fam["person"], table)
    genes = plink.runs_of_centimorgans(bim, CENTIMORGANS, n_genes=GENES)
    panel = plink.load_panel(bed, genes, people=people, min_hwe=0)
    return panel, table.take(panel.people)


def study_real(
    *,
    name: str,
    n_permutations: int,
    n_networks: int,
    max_epochs: int,
    seed: int,
    device: Device = "auto",
) -> pd.DataFrame:
    """Test the pairs of one real data set by Perm I."""
    panel, table = read_real(name)
    true = np.zeros(panel.n_genes * (panel.n_genes - 1) // 2, bool)
    if table is None:
        trait = simulate_trait(panel, signal_to_noise=1.0, seed=seed)
        y, parts = trait.values, traits.split_people(panel.n_people, seed=seed)
        true = is_true(trait, panel.n_genes)
    else:
        y = table.adjusted()
        parts = traits.split_people(panel.n_people, groups=table.groups, seed=seed)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = study(
            panel,
            y,
            parts,
            n_permutations=n_permutations,
            n_networks=n_networks,
            residuals="rescaled",
            training=Training(batch_size=BATCH, max_epochs=max_epochs),
            seed=seed,
            device=device,
        )
    test = found.tests["I"]
    return pd.DataFrame(
        {
            "name": name,
            "people": panel.n_people,
            "snps": panel.n_snps,
            "pair": [_named(panel, pair) for pair in found.observed.sets],
            "score": found.observed.scores,
            "p": test.p,
            "p_max": test.p_max,
            "fdr": test.fdr,
            "true": true,
            "r2": found.r2["ensemble"],
            "warning": str(caught[0].message) if caught else "none",
        }
    )


def _named(panel: Panel, pair: Iterable[int]) -> str:
    return " × ".join(panel.genes[i] for i in pair)


def real_steps(
    store: Store, names: Iterable[str], testing: dict
) -> tuple[pd.DataFrame | None, list[str]]:
    """Return the tables of the data sets there are, and why others are left out."""
    tables, reasons = [], []
    for name in names:
        try:
            checksum = datasets.checksum(name)
        except datasets.DatasetUnavailable as reason:
            reasons.append(f"{name} is left out: {reason}")
            continue
        table = store.stored_or_run(
            f"real-{name.replace('_', '-')}",
            study_real,
            {"name": name, **testing},
            data={name: checksum},
            estimate_minutes=3,
        )
        tables.append(table)
    return (pd.concat(tables, ignore_index=True) if tables else None), reasons


def real_table(real: pd.DataFrame) -> pd.DataFrame:
    """Return a line a data set."""
    rows = []
    for name, group in real.groupby("name", sort=False):
        best = group.sort_values("score").iloc[-1]
        ap = "no truth"
        if group["true"].any():
            ap = f"{average_precision_score(group['true'], group['score']):.2f}"
            ap += f" ({group['true'].mean():.2f})"
        called = int((group["p_max"] <= 0.05 + 1e-9).sum())
        rows.append(
            {
                "Data": name.replace("_", " "),
                "people": best["people"],
                "SNPs": best["snps"],
                "R² (test)": round(best["r2"], 3),
                "called, maxT": f"{called} of {len(group)}",
                "average precision (chance)": ap,
            }
        )
    return pd.DataFrame(rows)


def smallest_text(real: pd.DataFrame, level: float = 0.05) -> str:
    """Say which nominal p is the smallest in each data set, and what is called."""
    smallest = real.groupby("name", sort=False)["p"].min()
    said = [f"{name.replace('_', ' ')} {p:.2f}" for name, p in smallest.items()]
    called = int((real["p"] <= level + 1e-9).sum())
    found = f"{called} pairs are called at {level:.0%}"
    if not called:
        found = f"no pair, simulated to interact or not, is called at {level:.0%}"
    return f"Smallest p of a pair alone: {', '.join(said)}; {found}."


def warnings_of(real: pd.DataFrame) -> list[str]:
    """Return what the studies warned of, each with its data set."""
    said = real.groupby("name", sort=False)["warning"].first()
    said = said[said != "none"]
    return [f"{name.replace('_', ' ')}: {text}" for name, text in said.items()]
