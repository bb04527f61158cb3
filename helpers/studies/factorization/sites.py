"""Accessible sites of two real cell types: K562 against HepG2."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from helpers import checks, datasets
from helpers.data.splits import Folds, chromosome_folds
from helpers.detectors.factorization import factorization
from helpers.ensemble import Ensemble
from helpers.explain import filters
from helpers.loaders.accessibility import load_dhs
from helpers.loaders.motifs import read_motifs
from helpers.networks.factorization import MotifBuilder, MotifNetwork
from helpers.studies.factorization.genome import course, even_batches, everything
from helpers.studies.factorization.training import Recipe, areas, row, table, train

KINDS = ("baseline", "fm", "builder")
DATABASES = ("cisbp_human", "jaspar_2022_vertebrates")
N_FOLDS = 5  # of whole chromosomes
E_VALUE = 0.01  # matches by chance in a database, at most, for each filter
LETTERS = np.array(list("acgtACGT"))  # capital: the position contributes


@dataclass(frozen=True)
class SiteNetwork:
    """The settings of all three networks on real sites.

    Parameters
    ----------
    n_filters : int
    width, n_factors, vector_sd, threshold
        Of `MotifNetwork`.
    block, taps : int
        Of `MotifBuilder`.
    """

    n_filters: int
    width: int = 20
    n_factors: int = 5
    vector_sd: float = 0.02
    threshold: float = 1.0
    block: int = 4
    taps: int = 5

    def __post_init__(self) -> None:
        checks.integer("n_factors", self.n_factors, at_least=1)

    def build(self, kind: str, *, seed: int) -> MotifBuilder | MotifNetwork:
        """Return a network of one of `KINDS` with initial weights of this seed."""
        checks.one_of("kind", kind, KINDS)
        if kind == "builder":
            return MotifBuilder(
                self.n_filters, block=self.block, taps=self.taps, seed=seed
            )
        return MotifNetwork(
            self.n_filters,
            width=self.width,
            n_factors=self.n_factors * (kind == "fm"),
            vector_sd=self.vector_sd,
            threshold=self.threshold,
            seed=seed,
        )


@dataclass(frozen=True)
class Trained:
    """Networks trained on sites.

    Parameters
    ----------
    ensemble : Ensemble
    numbers : list of int
        Of the networks: n_starts * fold + start.
    bases : array, shape (n, 200)
    labels : array, shape (n, 1)
    parts : Folds
        Of one fold.
    """

    ensemble: Ensemble
    numbers: list
    bases: np.ndarray
    labels: np.ndarray
    parts: Folds


def checksums(*databases: str) -> dict[str, str]:
    """Return what the stored tables on real sites rest on: the sites and databases."""
    return {name: datasets.checksum(name) for name in ("dhs_k562_hepg2", *databases)}


def tell_apart(
    *,
    kind: str,
    network: dict,
    recipe: dict,
    n_starts: int,
    fold: int,
    penalty: float = 0.0,
    seed: int = 0,
    device: str = "auto",
) -> pd.DataFrame:
    """Tell accessible sites of K562 from those of HepG2, on held-out chromosomes.

    Parameters
    ----------
    kind : {"baseline", "fm", "builder"}
    network, recipe : dict
        Of `SiteNetwork` and `Recipe`, whose batch size is the largest of equal batches.
    n_starts : int
        Independent trainings, at once.
    fold : int
        Which of the `N_FOLDS` folds of whole chromosomes tests; the next stops
        training.
    penalty : float
        Times the sum of squares of the filters.
    seed : int
        Of folds and trainings.

    Returns
    -------
    DataFrame
        The network is n_starts * fold + start, so that parts with different folds can
        be joined. Measures: auc, epoch (the best), curve, sites (of the test part).
        Columns: kind, fold, penalty.

    Raises
    ------
    ValueError
        If a setting is out of bounds.
    DatasetUnavailable
        If the sites are nowhere to be found.
    """
    trained = train_on_sites(
        kind,
        SiteNetwork(**network),
        replace(Recipe(**recipe), penalty=penalty),
        n_starts,
        fold,
        seed=seed,
        device=device,
    )
    test = trained.parts.test[0]
    found = areas(
        trained.ensemble,
        trained.bases[test],
        trained.labels[test],
        everything(n_starts, test),
    )[:, 0]
    rows = [row(n, "auc", a) for n, a in zip(trained.numbers, found, strict=True)]
    rows.append(row(trained.numbers[0], "sites", test.sum()))
    rows += course(trained.ensemble, trained.numbers)
    return table(rows, ("epoch",), kind=kind, fold=fold, penalty=penalty)


def train_on_sites(
    kind: str,
    network: SiteNetwork,
    recipe: Recipe,
    n_starts: int,
    fold: int,
    *,
    seed: int,
    device: str,
) -> Trained:
    """Train several networks of one kind on all folds but one and the next."""
    n_starts = checks.integer("n_starts", n_starts, at_least=1)
    seed = checks.integer("seed", seed, at_least=0)
    place = KINDS.index(checks.one_of("kind", kind, KINDS))
    sites = load_dhs(*datasets.paths("dhs_k562_hepg2").values())
    parts = chromosome_folds(sites.chromosomes, n_folds=N_FOLDS, seed=seed).only(fold)  # type: ignore[arg-type]  # an array of names
    numbers = [int(n_starts * fold + start) for start in range(n_starts)]
    networks = [
        network.build(kind, seed=10_000 * seed + 10 * number + 2 * place)
        for number in numbers
    ]
    y = sites.labels[:, None]
    ensemble = train(
        networks, sites.ids, y, parts.repeat(n_starts),
        replace(recipe, batch_size=even_batches(parts, recipe.batch_size)),
        seed=1000 * seed + 3 * n_starts * fold + n_starts * place, device=device,
    )  # fmt: skip
    return Trained(ensemble, numbers, sites.ids, y, parts)


def match_filters(
    *,
    kind: str,
    network: dict,
    recipe: dict,
    fold: int,
    seed: int = 0,
    device: str = "auto",
) -> pd.DataFrame:
    """Train one network, and return the best match of its filters in each database.

    Parameters
    ----------
    kind, network, recipe, fold, seed
        As in `tell_apart`.

    Returns
    -------
    DataFrame
        A row for each filter and database: kind, network, then as
        `filters.tomtom_best`, matched (bool), database, filter_letters.

    Source
    ------
    van den Bogaard, section 5.2.3: 53 of 300 filters matched CIS-BP.
    """
    settings = SiteNetwork(**network), Recipe(**recipe)
    trained = train_on_sites(kind, *settings, 1, fold, seed=seed, device=device)
    matrices = filters.weight_matrices(trained.ensemble.network(0).filters)  # type: ignore[arg-type]  # a parameter
    tables = [
        matches(matrices, database).assign(
            database=database, filter_letters=filter_letters(matrices)
        )
        for database in DATABASES
    ]
    found = pd.concat(tables, ignore_index=True)
    found.insert(0, "kind", kind)
    found.insert(1, "network", trained.numbers[0])
    return found


def strongest_pairs(
    *,
    network: dict,
    recipe: dict,
    fold: int,
    top: int = 100,
    seed: int = 0,
    device: str = "auto",
) -> pd.DataFrame:
    """Train one machine, and say which of its strongest pairs join matched filters.

    Pairs are ranked by the size of their score, as filters may also exclude each other.

    Parameters
    ----------
    network, recipe, fold, seed
        As in `tell_apart`.
    top : int
        Pairs listed.

    Returns
    -------
    DataFrame
        A row a pair, strongest first: fold, filter, other, value (the score, in
        logits), first and second (labels of the best matches in CIS-BP), matched (bool:
        both filters match), share (of the filters that match).

    Source
    ------
    van den Bogaard, section 5.2.3: none of the 100 strongest.
    """
    top = checks.integer("top", top, at_least=1)
    settings = SiteNetwork(**network), Recipe(**recipe)
    trained = train_on_sites("fm", *settings, 1, fold, seed=seed, device=device)
    machine = trained.ensemble.network(0)
    best = matches(filters.weight_matrices(machine.filters), DATABASES[0])  # type: ignore[arg-type]  # a parameter
    found = factorization(machine, trained.bases)
    order = np.argsort(-np.abs(found.scores), kind="stable")[:top]
    pairs = np.array(found.sets)[order]  # (top, 2)
    label, matched = best["label"].to_numpy(), best["matched"].to_numpy()
    return pd.DataFrame(
        {
            "fold": fold,
            "filter": pairs[:, 0],
            "other": pairs[:, 1],
            "value": found.scores[order],
            "first": label[pairs[:, 0]],
            "second": label[pairs[:, 1]],
            "matched": matched[pairs].all(axis=1),
            "share": matched.mean(),
        }
    )


def matches(matrices: np.ndarray, database: str) -> pd.DataFrame:
    """Return the best match of each matrix in a data set of motifs, by Tomtom.

    Of 300 filters about 300 times `E_VALUE` match by chance.
    """
    motifs = read_motifs(next(iter(datasets.paths(database).values())))
    best = filters.tomtom_best(matrices, motifs)
    return best.assign(matched=best["e_value"] <= E_VALUE)


def filter_letters(matrices: np.ndarray) -> list[str]:
    """Return the likeliest letters of each matrix, capital where they contribute."""
    strong = filters.sought_letters(matrices).any(axis=2)  # (n_filters, width)
    words = LETTERS[matrices.argmax(axis=2) + 4 * strong]
    return ["".join(word) for word in words]
