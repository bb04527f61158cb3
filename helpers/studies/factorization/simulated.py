"""Simulated sequences with planted motifs, and networks trained on them by folds."""

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from helpers import checks
from helpers.data.splits import folds
from helpers.detectors.factorization import factorization
from helpers.explain import filters
from helpers.networks.factorization import MotifNetwork
from helpers.studies.factorization.judging import (
    agreements,
    chance,
    judged,
    kind_rows,
    matrix_rows,
    motif_rows,
)
from helpers.studies.factorization.training import Recipe, measured, row, table, train
from helpers.truth import planted

DESIGNS = ("additive", "paired")
COLUMNS = (
    "target",
    "epoch",
    "filter",
    "position",
    "base",
    "motif",
    "first",
    "second",
    "detail",
)


@dataclass(frozen=True)
class World:
    """Sequences with three of the twenty motifs, and what opens them.

    Parameters
    ----------
    n, length : int
        Sequences; in bp.
    design : {"additive", "paired"}
    n_targets : int
    positives : float, optional
        Share of positives of the first target, for paired labels.
    """

    n: int
    length: int
    design: str = "paired"
    n_targets: int = 1
    positives: float | None = None

    def __post_init__(self) -> None:
        checks.one_of("design", self.design, DESIGNS)
        checks.integer("n", self.n, at_least=1)

    def sequences(self, *, seed: int) -> tuple[planted.MotifSequences, np.ndarray]:
        """Return MotifSequences and labels, uint8 of shape (n, n_targets)."""
        pairs = planted.published_pairs() if self.positives is not None else None
        chosen = planted.choose_motifs(
            self.n,
            pairs=pairs,
            positives=self.positives,
            seed=np.random.default_rng([seed, 0]),
        )
        strings = list(planted.consensus_strings().values())
        rng = np.random.default_rng([seed, 1])
        sample = planted.plant(strings, chosen, length=self.length, seed=rng)
        if self.design == "additive":
            rng = np.random.default_rng([seed, 2])
            labels = planted.additive_targets(sample.present, self.n_targets, seed=rng)
        else:
            rules = planted.pairings(self.n_targets, seed=seed)
            labels = planted.paired_targets(sample.present, rules)
        return sample, labels


@dataclass(frozen=True)
class Network:
    """The settings of a `MotifNetwork`, see there; no factors make a sum."""

    n_filters: int
    width: int
    n_factors: int = 0
    standardise: bool = True
    threshold: float = 1.0
    vector_sd: float = 0.1

    def build(self, *, n_targets: int = 1, seed: int) -> MotifNetwork:
        """Return a network with initial weights of this seed."""
        return MotifNetwork(**asdict(self), n_targets=n_targets, seed=seed)


def cross_validate(
    *,
    world: dict,
    network: dict,
    recipe: dict,
    n_networks: int,
    n_folds: int = 10,
    keep_filters: bool = False,
    seed: int = 0,
    device: str = "auto",
) -> pd.DataFrame:
    """Train networks on simulated sequences, one a fold, and measure all of them.

    Parameters
    ----------
    world, network, recipe : dict
        Of `World`, `Network` and `Recipe`.
    n_folds, n_networks : int
        Disjoint test folds; how many of them get a network.
    keep_filters : bool
        Whether the table also holds the probability matrices of the network with the
        most single-motif filters.

    Returns
    -------
    DataFrame
        Measures: auc (by target), epoch (the best), filters (how many; detail single,
        combination or none), curve (validation loss by epoch), matrix (by filter,
        position, base), motif (agreement of that network's filters, by filter and
        motif); of a factorization machine on paired labels also chance, and what
        `judged` says of the first target. Settings in columns: n_filters, n_factors,
        n_targets.
    """
    world, network, recipe = World(**world), Network(**network), Recipe(**recipe)
    sample, y = world.sequences(seed=seed)
    parts = folds(world.n, n_folds=n_folds, seed=seed).first(n_networks)
    networks = [
        network.build(n_targets=world.n_targets, seed=1000 * seed + 10 * i)
        for i in range(n_networks)
    ]
    ensemble = train(networks, sample.bases, y, parts, recipe, seed=seed, device=device)
    rows = measured(ensemble, sample.bases, y, parts)
    singles = []
    for i in range(n_networks):
        trained = ensemble.network(i)
        matched = agreements(trained) >= filters.AGREEMENT  # type: ignore[arg-type]  # the network asked for
        singles.append((filters.kinds(matched) == "single").sum())
        rows += kind_rows(i, matched)
        if network.n_factors and world.design == "paired":
            pairs = planted.published_pairs()
            ranked = factorization(trained, sample.bases[parts.test[i]]).ranked()
            rows.append(row(i, "chance", chance(matched, pairs)))
            rows += judged(i, ranked, matched, pairs)
    if keep_filters:
        best = int(np.argmax(singles))
        rows += matrix_rows(best, ensemble.network(best))  # type: ignore[arg-type]  # the network asked for
        rows += motif_rows(best, ensemble.network(best))  # type: ignore[arg-type]  # the network asked for
    return table(
        rows,
        COLUMNS,
        n_filters=network.n_filters,
        n_factors=network.n_factors,
        n_targets=world.n_targets,
    )
