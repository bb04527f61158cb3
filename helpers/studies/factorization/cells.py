"""Cell types: a synthetic genome whose truth is known, and real accessible sites."""

import math
import tempfile

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from helpers import checks, datasets
from helpers.data.splits import Folds, chromosome_folds
from helpers.detectors.factorization import factorization
from helpers.explain import filters
from helpers.loaders.accessibility import load_dhs
from helpers.loaders.windows import Windows, load_windows
from helpers.networks.factorization import MotifBuilder, MotifNetwork
from helpers.studies.factorization.simulated import (
    agreements,
    chance,
    judged,
    matrix_rows,
)
from helpers.studies.factorization.training import areas, curve, table, train
from helpers.truth import planted
from helpers.truth.genome import Genome, cell_types, write_genome

N_CHROMOSOMES = 5  # of the synthetic genome: three to learn from, then one each
KINDS = ("baseline", "fm", "builder")
JUDGED = 20_000  # windows that standard deviations of filters are taken over


def genome(
    *,
    n_sites: int,
    n_cells: int,
    n_rules: int,
    n_filters: int,
    width: int,
    n_factors: int,
    n_starts: int,
    extra: float = 0.06,
    rule: str = "thesis-pooled",
    threshold: float = 2.5,
    top: int = 10,
    batch_size: int = 250,
    seed: int = 0,
    **recipe,
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
    n_sites, extra
        Of `write_genome`.
    n_cells, n_rules : int
        Cell types, and ways to pair motifs among them.
    n_filters, width, n_factors, threshold
        Of `MotifNetwork`.
    n_starts : int
        Baselines, and as many factorization machines, that are trained.
    rule : str
        How peaks become windows (`make_windows`).
    top : int
        Pairs of filters that are listed of each cell type judged.
    seed : int
        Of the genome and all trainings; another one gives another genome.
    batch_size : int
        About so many rows a batch, in equal batches.
    recipe
        Of `train`.

    Returns
    -------
    DataFrame
        `COLUMNS`. The network is n_starts * seed + start, so that parts with different
        seeds can be joined; -1 - seed stands for the genome. Measures: windows (of the
        genome, or part), labels (detail planted, found, wrong), best (area of the
        truth; detail the cell type), auc (detail network and cell type), epoch (the
        best), curve, filters (of the factorization machine; single, combination,
        none), and, for one cell type a rule, those of `judged` and chance.

    Raises
    ------
    ValueError
        If a setting is out of bounds, or a cell type is open in no or in every test
        window.
    """
    n_starts = checks.integer("n_starts", n_starts, at_least=1)
    n_factors = checks.integer("n_factors", n_factors, at_least=1)
    n_rules = checks.integer("n_rules", n_rules, at_least=1, at_most=n_cells)
    seed = checks.integer("seed", seed, at_least=0)
    rules = planted.pairings(n_rules, seed=seed)
    cells = cell_types(n_cells, rules)
    truth, windows, bases = _as_a_user(
        cells, rule, n_sites=n_sites, extra=extra, seed=seed
    )
    parts = windows.split(validation=["chr4"], test=["chr5"]).as_folds()
    test = parts.test[0]
    _check_open(windows, test)
    rows = _came_back(-1 - seed, truth, windows, test)
    for kind, factors in (("baseline", 0), ("fm", n_factors)):
        numbers = n_starts * seed + np.arange(n_starts)
        offset = 5 * (kind == "fm")  # no weights shared with the baseline
        networks = [
            MotifNetwork(
                n_filters, width=width, n_targets=n_cells, n_factors=factors,
                threshold=threshold, seed=10 * int(number) + offset,
            )
            for number in numbers
        ]  # fmt: skip
        ensemble = train(
            networks, bases, windows.labels, parts.repeat(n_starts),
            batch_size=even_batches(parts, batch_size),
            seed=2 * n_starts * seed + n_starts * (kind == "fm"), **recipe,
        )  # fmt: skip
        found = areas(ensemble, bases[test], windows.labels[test], _all(n_starts, test))
        rows += [
            (numbers[i], "auc", f"{kind} {windows.names[c]}", area)
            for (i, c), area in np.ndenumerate(found)
        ]
        rows += _course(ensemble, numbers, kind)
        if factors:
            for i, number in enumerate(numbers):
                rows += _read_out(
                    int(number), ensemble.network(i), bases[:JUDGED], rules, top
                )
    return table(rows)


def _as_a_user(cells, rule: str, **design) -> tuple[Genome, Windows, np.ndarray]:
    """Write the files of a genome and load them again."""
    strings = list(planted.consensus_strings().values())
    with tempfile.TemporaryDirectory() as folder:
        truth = write_genome(
            folder, strings, cells, n_chromosomes=N_CHROMOSOMES, **design
        )
        return truth, *load_windows(truth.manifest, truth.fasta, rule=rule)


def _check_open(windows: Windows, test):
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


def _all(n_networks: int, test) -> np.ndarray:
    return np.ones((n_networks, test.sum()), dtype=bool)


def _came_back(number: int, truth: Genome, windows: Windows, test) -> list[tuple]:
    """Return rows on what was planted, what the loader found, and the best areas."""
    site = truth.sites_of(windows.table)
    held = site >= 0
    planted_there = np.where(held[:, None], truth.labels[site], 0)
    found = int((windows.labels & planted_there).sum())
    paired = np.where(held[:, None], truth.paired[site], False)
    rows = [
        (number, "windows", "all", len(windows)),
        (number, "windows", "test", test.sum()),
        (number, "labels", "planted", truth.labels.sum()),
        (number, "labels", "found", found),
        (number, "labels", "wrong", windows.labels.sum(dtype=int) - found),
    ]
    return rows + [
        (number, "best", name, roc_auc_score(windows.labels[test, c], paired[test, c]))
        for c, name in enumerate(windows.names)
    ]


def _course(ensemble, numbers, label: str) -> list[tuple]:
    """Return rows of best epochs and validation losses, under the networks' numbers."""
    rows = [
        (number, "epoch", f"{label} best", epoch)
        for number, epoch in zip(numbers, ensemble.best_epoch_, strict=True)
    ]
    return rows + [
        (numbers[i], measure, f"{label} {detail}", value)
        for i, measure, detail, value in curve(ensemble)
    ]


def _read_out(number: int, network: MotifNetwork, bases, rules, top: int):
    """Return rows on filters, and on pairs of them for a cell type of each rule."""
    matched = agreements(network) >= filters.AGREEMENT
    kinds = filters.kinds(matched)
    rows = [
        (number, "filters", kind, (kinds == kind).sum())
        for kind in ("single", "combination", "none")
    ]
    for cell, pairs in enumerate(rules):
        label = f"cell{cell + 1:02d}"
        ranked = factorization(network, bases, target=cell).ranked()
        rows.append((number, "chance", label, chance(matched, pairs)))
        rows += judged(number, ranked, matched, pairs, top=top, label=label)
    return rows


def dhs(
    *,
    network: str,
    n_filters: int,
    fold: int,
    n_folds: int = 5,
    n_starts: int = 3,
    width: int = 20,
    n_factors: int = 5,
    vector_sd: float = 0.1,
    threshold: float = 1.0,
    block: int = 4,
    taps: int = 5,
    penalty: float = 0.0,
    keep_filters: bool = False,
    batch_size: int = 500,
    seed: int = 0,
    **recipe,
) -> pd.DataFrame:
    """Tell accessible sites of K562 from those of HepG2, on held-out chromosomes.

    Parameters
    ----------
    network : {"baseline", "fm", "builder"}
        `MotifNetwork` without or with factors, or `MotifBuilder`.
    n_filters : int
    fold, n_folds : int
        Which of the folds of `chromosome_folds` tests; the next stops training.
    n_starts : int
        Independent trainings, at once.
    width, n_factors, vector_sd, threshold
        Of `MotifNetwork`.
    block, taps
        Of `MotifBuilder`.
    penalty : float
        Times the sum of squares of the filters.
    keep_filters : bool
        Whether the table also holds the filters of the first network as matrices
        (not of the builder, whose blocks have none).
    seed : int
        Of folds and trainings.
    batch_size : int
        About so many rows a batch, in equal batches.
    recipe
        Of `train`.

    Returns
    -------
    DataFrame
        `COLUMNS`. The network is n_starts * fold + start, so that parts with different
        folds can be joined. Details begin with `network`, and with the penalty if there
        is one ("builder 0.01"). Measures: auc, epoch (the best), curve, sites (of the
        test part), matrix.

    Raises
    ------
    ValueError
        If a setting is out of bounds.
    DatasetUnavailable
        If the sites are nowhere to be found.
    """
    checks.one_of("network", network, KINDS)
    n_starts = checks.integer("n_starts", n_starts, at_least=1)
    n_factors = checks.integer("n_factors", n_factors, at_least=1)
    seed = checks.integer("seed", seed, at_least=0)
    if keep_filters and network == "builder":
        raise ValueError("keep_filters must be False for the builder.")
    sites = load_dhs(*datasets.paths("dhs_k562_hepg2").values())
    parts = chromosome_folds(sites.chromosomes, n_folds=n_folds, seed=seed).only(fold)
    numbers = n_starts * fold + np.arange(n_starts)
    kind = KINDS.index(network)
    starts = [10_000 * seed + 10 * int(number) + 2 * kind for number in numbers]
    if network == "builder":
        networks = [
            MotifBuilder(n_filters, block=block, taps=taps, seed=start)
            for start in starts
        ]
    else:
        networks = [
            MotifNetwork(
                n_filters, width=width, n_factors=n_factors * (network == "fm"),
                vector_sd=vector_sd, threshold=threshold, seed=start,
            )
            for start in starts
        ]  # fmt: skip
    y = sites.labels[:, None]
    ensemble = train(
        networks, sites.ids, y, parts.repeat(n_starts), penalty=penalty,
        batch_size=even_batches(parts, batch_size),
        seed=1000 * seed + 3 * n_starts * fold + n_starts * kind, **recipe,
    )  # fmt: skip
    label = f"{network} {penalty:g}" if penalty else network
    test = parts.test[0]
    found = areas(ensemble, sites.ids[test], y[test], _all(n_starts, test))[:, 0]
    rows = [(number, "auc", label, a) for number, a in zip(numbers, found, strict=True)]
    rows.append((numbers[0], "sites", label, test.sum()))
    rows += _course(ensemble, numbers, label)
    if keep_filters:
        rows += matrix_rows(int(numbers[0]), ensemble.network(0), label)
    return table(rows)


def stored_matrices(rows: pd.DataFrame) -> dict[tuple[str, int], np.ndarray]:
    """Return the filters that a table of this study holds, as probability matrices.

    Parameters
    ----------
    rows : DataFrame
        With the columns of `COLUMNS`; rows of measure matrix are read.

    Returns
    -------
    dict of (label, network) to array, shape (n_filters, width, 4)
        The label is what stands in front of filter, position and base, say "fm".

    Raises
    ------
    ValueError
        If there is no matrix, or one is not complete.
    """
    kept = rows[rows["measure"] == "matrix"]
    if not len(kept):
        raise ValueError("rows must hold filters, of measure matrix; there are none.")
    parts = kept["detail"].str.rsplit(" ", n=3)
    labels = [" ".join(part[:-3]) for part in parts]
    places = np.array([part[-3:] for part in parts], dtype=int)
    found = {}
    groups = kept.reset_index(drop=True).groupby([labels, kept["network"].to_numpy()])
    for (label, network), group in groups:
        at = places[group.index]
        matrix = np.full(at.max(axis=0) + 1, np.nan)
        matrix[tuple(at.T)] = group["value"]
        if np.isnan(matrix).any() or matrix.shape[2] != 4 or matrix.size != len(at):
            raise ValueError(
                f"rows must hold each filter of network {network} once and whole; "
                f"got {len(at)} values for shape {matrix.shape}."
            )
        found[label, int(network)] = matrix
    return found


def matched_filters(
    rows: pd.DataFrame, database, *, e_value: float = 0.01, threads: int = 1
) -> pd.DataFrame:
    """Return the filters of a table that match a motif of a database, by Tomtom.

    Parameters
    ----------
    rows : DataFrame
        With filters, as `dhs` keeps them.
    database : mapping of name to Motif
        As `read_motifs` returns it.
    e_value : float
        Matches expected by chance in the database, at most, for each filter; so of 300
        filters about 300 times as many match by chance.
    threads : int

    Returns
    -------
    DataFrame
        A row for each filter: kind (the label of its network), network, then as
        `filters.tomtom_best`, and matched (bool).

    Source
    ------
    van den Bogaard, section 5.2.3: 53 of 300 filters matched CIS-BP.
    """
    e_value = checks.number("e_value", e_value, at_least=0)
    tables = []
    for (label, network), matrices in stored_matrices(rows).items():
        best = filters.tomtom_best(matrices, database, threads=threads)
        best.insert(0, "kind", label)
        best.insert(1, "network", network)
        tables.append(best)
    found = pd.concat(tables, ignore_index=True)
    return found.assign(matched=found["e_value"] <= e_value)
