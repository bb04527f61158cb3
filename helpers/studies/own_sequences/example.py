"""An example where the two motifs enhance each other: files, and a trained network."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import checks
from helpers.data.bases import decode
from helpers.data.kinds import PathLike
from helpers.device import Device
from helpers.networks.cnn import CNN
from helpers.studies.false_positives.training import fit
from helpers.studies.false_positives.worlds import motifs
from helpers.truth.responses import occupancy, poisson_counts, rate
from helpers.truth.sequences import simulate


def write_example(
    folder: PathLike, n: int, *, strength: float = 1.0, seed: int = 0
) -> Path:
    """Write a table of held-out sequences, counts and loci; return its path.

    Every locus comes twice, the second time with one base changed, as overlapping
    windows would: such rows are not independent.

    Parameters
    ----------
    folder : str or Path
        Made if it is not there.
    n : int
        Loci.
    strength : float
        Of the motifs' interaction, 0 to 1.
    seed : int
    """
    n = checks.integer("n", n, at_least=1)
    bases = simulate(n, motifs(), seed=[seed, 61]).sequences
    copies = bases.copy()
    copies[:, 0] = (copies[:, 0] + 1) % 4
    bases = np.concatenate([bases, copies])
    counts = poisson_counts(rate(occupancy(bases, motifs()), strength), seed=[seed, 62])
    table = pd.DataFrame(
        {
            "sequence": decode(bases),
            "count": counts.astype(int),
            "locus": np.tile([f"locus{i + 1}" for i in range(n)], 2),
        }
    )
    path = Path(folder, "sequences.tsv")
    path.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(path, sep="\t", index=False)
    return path


def example_model(
    n: int,
    max_epochs: int,
    *,
    strength: float = 1.0,
    seed: int = 0,
    device: Device = "auto",
) -> Callable[[np.ndarray], np.ndarray]:
    """Train a small network on sequences of its own; return what predicts counts.

    Returns
    -------
    function
        From base numbers (n, length) to counts (n,).
    """
    bases = simulate(n, motifs(), seed=[seed, 63]).sequences
    counts = poisson_counts(rate(occupancy(bases, motifs()), strength), seed=[seed, 64])
    predict, _ = fit(
        [CNN("arch3", seed=seed)],
        bases,
        counts[None],
        validation=np.arange(n) >= n * 9 // 10,
        l1_strengths=[0.0],
        recipe="fast",
        device=device,
        batch_size=64,
        max_epochs=max_epochs,
        patience=max_epochs,
        seeds=[seed],
    )
    return lambda dna: predict(dna)[0]
