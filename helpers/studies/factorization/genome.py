"""Cell types of a synthetic genome whose truth is known, read from files."""

import math
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from helpers import checks
from helpers.data.splits import Folds
from helpers.detectors.factorization import factorization
from helpers.ensemble import Ensemble
from helpers.explain import filters
from helpers.loaders.windows import Windows, load_windows
from helpers.networks.factorization import MotifNetwork
from helpers.studies.factorization.judging import (
    agreements,
    chance,
    judged,
    kind_rows,
)
from helpers.studies.factorization.simulated import Network
from helpers.studies.factorization.training import (
    Recipe,
    areas,
    curve,
    row,
    table,
    train,
)
from helpers.truth import planted
from helpers.truth.genome import Genome, cell_types, write_genome

N_CHROMOSOMES = 5  # of the synthetic genome: three to learn from, then one each
JUDGED = 20_000  # windows that standard deviations of filters are taken over
COLUMNS = ("kind", "cell", "epoch", "first", "second", "detail")


@dataclass(frozen=True)
class GenomeDesign:
    """A synthetic genome, and how its peaks become windows.

    Parameters
    ----------
    n_sites, extra
        Of `write_genome`.
    n_cells, n_rules : int
        Cell types, and ways to pair motifs among them.
    rule : str
        Of `make_windows`.
    """

    n_sites: int
    n_cells: int
    n_rules: int
    extra: float = 0.06
    rule: str = "thesis-pooled"

    def __post_init__(self) -> None:
        checks.integer("n_rules", self.n_rules, at_least=1, at_most=self.n_cells)


def genome(
    *,
    design: dict,
    network: dict,
    recipe: dict,
    n_starts: int,
    top: int = 10,
    seed: int,
    device: str = "auto",
) -> pd.DataFrame:
    """Write a genome, load it as a user would, and train networks on its cell types.

    Files are written and read back: FASTA, peaks of every cell type, manifest. Of the
    five chromosomes chr4 stops training and chr5 tests. Cell types follow `n_rules`
    ways to pair the twenty motifs, the first the published one, in turn; those with one
    rule differ in their `extra` sites alone, so cell types depend on each other, as
    real ones do.

    Windows of 600 bp hold six times the background of the simulated sequences of 100,
    in which a motif, found only halfway at first, drowns; the read-out then learns its
    training windows by heart before any filter has formed. What helps: filters that
    ignore most of the background from the start (`threshold`), many of them, many
    windows, and many ways to pair motifs, as each tells about the same filters.

    Parameters
    ----------
    design, network, recipe : dict
        Of `GenomeDesign`, `Network` (with factors) and `Recipe`, whose batch size is
        the largest of equal batches.
    n_starts : int
        Sums, and as many factorization machines, that are trained.
    top : int
        Pairs of filters that are listed of each cell type judged.
    seed : int
        Of the genome and all trainings; another one gives another genome.

    Returns
    -------
    DataFrame
        The network is n_starts * seed + start, so that parts with different seeds can
        be joined; -1 - seed stands for the genome. Measures: windows (detail all or
        test), labels (detail planted, found, wrong), best (area of the truth, by cell),
        auc (by kind, baseline or fm, and cell), epoch and curve (by kind), filters (of
        the machine), and, for one cell type a rule, chance and those of `judged`.
        Column: seed.

    Raises
    ------
    ValueError
        If a setting is out of bounds, or a cell type is open in no or in every test
        window.
    """
    design, network, recipe = (
        kind(**given)
        for kind, given in (
            (GenomeDesign, design), (Network, network), (Recipe, recipe),
        )
    )  # fmt: skip
    n_starts = checks.integer("n_starts", n_starts, at_least=1)
    checks.integer("n_factors", network.n_factors, at_least=1)
    seed = checks.integer("seed", seed, at_least=0)
    rules = planted.pairings(design.n_rules, seed=seed)
    truth, windows, bases = as_a_user(design, rules, seed=seed)
    parts = windows.split(validation=["chr4"], test=["chr5"]).as_folds()
    test = parts.test[0]
    check_open(windows, test)
    recipe = replace(recipe, batch_size=even_batches(parts, recipe.batch_size))
    rows = came_back(-1 - seed, truth, windows, test)
    numbers = [int(n_starts * seed + start) for start in range(n_starts)]
    for kind, factors in (("baseline", 0), ("fm", network.n_factors)):
        of_kind = replace(network, n_factors=factors)
        offset = 5 * (kind == "fm")  # no weights shared with the baseline
        networks = [
            of_kind.build(n_targets=design.n_cells, seed=10 * number + offset)
            for number in numbers
        ]
        ensemble = train(
            networks, bases, windows.labels, parts.repeat(n_starts), recipe,
            seed=2 * n_starts * seed + n_starts * (kind == "fm"), device=device,
        )  # fmt: skip
        found = areas(
            ensemble, bases[test], windows.labels[test], everything(n_starts, test)
        )
        rows += [
            row(numbers[i], "auc", area, kind=kind, cell=windows.names[c])
            for (i, c), area in np.ndenumerate(found)
        ]
        rows += course(ensemble, numbers, kind=kind)
        if factors:
            for i, number in enumerate(numbers):
                rows += read_out(
                    number, ensemble.network(i), bases[:JUDGED], rules, top
                )
    return table(rows, COLUMNS, seed=seed)


def as_a_user(
    design: GenomeDesign, rules: Sequence[Sequence[tuple[int, int]]], *, seed: int
) -> tuple[Genome, Windows, np.ndarray]:
    """Write the files of a genome and load them again: truth, windows and bases."""
    strings = list(planted.consensus_strings().values())
    with tempfile.TemporaryDirectory() as folder:
        truth = write_genome(
            folder,
            strings,
            cell_types(design.n_cells, rules),
            n_chromosomes=N_CHROMOSOMES,
            n_sites=design.n_sites,
            extra=design.extra,
            seed=seed,
        )
        return truth, *load_windows(truth.manifest, truth.fasta, rule=design.rule)


def check_open(windows: Windows, test: np.ndarray) -> None:
    """Refuse a cell type without an open or without a closed test window."""
    for name, label in zip(windows.names, windows.labels[test].T, strict=True):
        if label.min() == label.max():
            raise ValueError(
                f"n_sites must be larger: {name} is open in {label.sum()} of the "
                f"{len(label)} test windows."
            )


def even_batches(parts: Folds, batch_size: int) -> int:
    """Return the batch size, at most this, that leaves no small rest of the rows.

    Moments of a few rows would spoil those that standardised features remember.
    """
    batch_size = checks.integer("batch_size", batch_size, at_least=1)
    n_rows = int(parts.train.sum(axis=1).max())
    return math.ceil(n_rows / math.ceil(n_rows / batch_size))


def everything(n_networks: int, test: np.ndarray) -> np.ndarray:
    """Return the mask that judges each network on all test rows."""
    return np.ones((n_networks, test.sum()), dtype=bool)


def came_back(
    number: int, truth: Genome, windows: Windows, test: np.ndarray
) -> list[dict]:
    """Return rows on what was planted, what the loader found, and the best areas."""
    site = truth.sites_of(windows.table)
    held = site >= 0
    planted_there = np.where(held[:, None], truth.labels[site], 0)
    found = int((windows.labels & planted_there).sum())
    paired = np.where(held[:, None], truth.paired[site], False)
    wrong = windows.labels.sum(dtype=int) - found
    rows = [
        row(number, "windows", len(windows), detail="all"),
        row(number, "windows", test.sum(), detail="test"),
        row(number, "labels", truth.labels.sum(), detail="planted"),
        row(number, "labels", found, detail="found"),
        row(number, "labels", wrong, detail="wrong"),
    ]
    for c, name in enumerate(windows.names):
        best = roc_auc_score(windows.labels[test, c], paired[test, c])
        rows.append(row(number, "best", best, cell=name))
    return rows


def course(ensemble: Ensemble, numbers: Sequence[int], **where: Any) -> list[dict]:
    """Return rows of best epochs and validation losses, under the networks' numbers."""
    rows = [
        row(number, "epoch", epoch, **where)
        for number, epoch in zip(numbers, ensemble.best_epoch_, strict=True)
    ]
    return rows + curve(ensemble, numbers, **where)


def read_out(
    number: int,
    network: MotifNetwork,
    bases: np.ndarray,
    rules: Sequence[Sequence[tuple[int, int]]],
    top: int,
) -> list[dict]:
    """Return rows on filters, and on pairs of them for a cell type of each rule."""
    matched = agreements(network) >= filters.AGREEMENT
    rows = kind_rows(number, matched)
    for cell, pairs in enumerate(rules):
        name = f"cell{cell + 1:02d}"
        ranked = factorization(network, bases, target=cell).ranked()
        rows.append(row(number, "chance", chance(matched, pairs), cell=name))
        rows += judged(number, ranked, matched, pairs, top=top, cell=name)
    return rows
