"""The small example files that the recipes of the cookbook read."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn

from helpers.data.kinds import PathLike
from helpers.loaders.motifs import FOLDER
from helpers.loaders.plink_writer import write_panel
from helpers.truth.genotypes import simulate_panel, simulate_trait


def write_files(folder: PathLike, *, seed: int = 0) -> list[Path]:
    """Write a table, a trained network, genotypes, a genome, peaks and motifs.

    Parameters
    ----------
    folder : str or Path
        Must exist.
    seed : int

    Returns
    -------
    list of Path
        `table.csv`, `model.pt`, `people.bed` with .bim, .fam, .pheno.tsv and
        .genes.bed, `genome.fa`, `cells.tsv` with the files it names, `motifs.meme`.
    """
    folder = Path(folder)
    before = set(folder.iterdir())
    table = _table(seed)
    table.round(4).to_csv(folder / "table.csv", index=False)
    torch.save(_network(table.iloc[:600], seed), folder / "model.pt")
    panel = simulate_panel(2000, 3, length=10_000, seed=seed)
    trait = simulate_trait(panel, [(0, 1, "product")], signal_to_noise=4.0, seed=seed)
    write_panel(panel, folder / "people.bed", trait.values)
    _genome(folder, seed)
    shutil.copy(FOLDER / "encode.meme", folder / "motifs.meme")
    return sorted(set(folder.iterdir()) - before)


def _table(seed: int) -> pd.DataFrame:
    """Return 1,200 rows in which dose and age interact and nothing else does."""
    rng = np.random.default_rng([seed, 1])
    dose, age, weight, marker = rng.standard_normal((4, 1200))
    response = 0.8 * dose * age + 0.5 * dose + weight + np.sin(2 * marker)
    response += 0.7 * rng.standard_normal(1200)
    columns = {"response": response, "dose": dose, "age": age}
    return pd.DataFrame(columns | {"weight": weight, "marker": marker})


def _network(table: pd.DataFrame, seed: int) -> nn.Module:
    """Return a small network, trained on the rows by full-batch Adam."""
    generator = torch.Generator().manual_seed(seed)
    network = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
    with torch.no_grad():
        for values in network.parameters():
            values.copy_(0.5 * torch.randn(values.shape, generator=generator))
    X = torch.tensor(table.drop(columns="response").to_numpy("float32"))
    y = torch.tensor(table[["response"]].to_numpy("float32"))
    optimizer = torch.optim.Adam(network.parameters(), lr=0.02)
    for _ in range(300):
        optimizer.zero_grad()
        nn.functional.mse_loss(network(X), y).backward()
        optimizer.step()
    return network


def _genome(folder: Path, seed: int) -> None:
    """Write three chromosomes of 20 kb and the peaks of two cell types."""
    rng = np.random.default_rng([seed, 2])
    lines = []
    for number in (1, 2, 3):
        bases = "".join(rng.choice(list("ACGT"), size=20_000))
        lines += [f">chr{number}", bases]
    (folder / "genome.fa").write_text("\n".join([*lines, ""]), encoding="utf-8")
    for cell in ("liver", "blood"):
        starts = 400 * np.sort(rng.choice(48, size=20, replace=False)) + 100
        peaks = [f"chr{k % 3 + 1}\t{s}\t{s + 150}" for k, s in enumerate(starts)]
        (folder / f"{cell}.bed").write_text("\n".join([*peaks, ""]), encoding="utf-8")
    manifest = "liver\tliver.bed\nblood\tblood.bed\n"
    (folder / "cells.tsv").write_text(manifest, encoding="utf-8")
