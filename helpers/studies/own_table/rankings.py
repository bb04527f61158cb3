"""How networks rank pairs, and whether another start ranks them alike."""

import numpy as np
import pandas as pd

from helpers import checks
from helpers.detectors.archdetect import archdetect
from helpers.detectors.weights import nid_pairs
from helpers.device import Device, seeded
from helpers.ensemble import Adam, Ensemble, l1
from helpers.loaders.mixed_tables import MixedTable
from helpers.networks.mlp import INTERACTION_WEIGHTS, MLPM
from helpers.significance.interaction.table import normal_scores
from helpers.studies.keeping import kept
from helpers.studies.own_table.answers import table_digest
from helpers.studies.stores import Store
from helpers.training.progress import in_turn


def ranked(
    table: MixedTable,
    *,
    n_networks: int = 10,
    max_epochs: int = 60,
    seed: int = 0,
    device: Device = "auto",
    store: Store | None = None,
) -> pd.DataFrame:
    """Return the rankings of a table's pairs; stored ones if there are any.

    Arguments as of `network_rankings`; the table has its own family.
    """
    settings = {"n_networks": n_networks, "max_epochs": max_epochs, "seed": seed}
    given = {"table": (table, table_digest(table))}
    return kept(store, "rankings", ranking_table, settings, given, device=device)


def ranking_table(
    table: MixedTable,
    n_networks: int,
    max_epochs: int,
    seed: int,
    device: Device = "auto",
) -> pd.DataFrame:
    """Rank the pairs of a table, and show how far it is."""
    return network_rankings(
        table.X,
        table.y,
        family=table.family,
        n_networks=n_networks,
        max_epochs=max_epochs,
        seed=seed,
        device=device,
        progress=True,
    )


def network_rankings(
    X: pd.DataFrame,
    y: np.ndarray,
    *,
    family: str = "gaussian",
    n_networks: int = 10,
    max_epochs: int = 60,
    seed: int = 0,
    device: Device = "auto",
    progress: bool = False,
) -> pd.DataFrame:
    """Rank all pairs of columns by weights (NID) and by predictions (ArchDetect).

    Networks differ in their initial weights alone. A pair that is real for one start
    and not for another is no finding; nothing here is a test.

    Parameters
    ----------
    X : DataFrame, shape (n, n_columns)
    y : array, shape (n,)
    family : {"gaussian", "binomial", "poisson"}
        Of counts, the logarithm of 1 + y is learned.
    n_networks, max_epochs, seed, device
    progress : bool
        Show how far training and reading are.

    Returns
    -------
    DataFrame
        pair (text), and of both methods the mean rank over networks (nid, archdetect; 1
        is the strongest) and the share of networks in which the pair is first
        (nid_first, archdetect_first); sorted by nid.
    """
    n_networks = checks.integer("n_networks", n_networks, at_least=2)
    checks.one_of("family", family, ("gaussian", "binomial", "poisson"))
    names = list(X.columns)
    rows = normal_scores(X.to_numpy(float)).astype(np.float32)
    if family == "poisson":
        y = np.log1p(y)
    if family != "binomial":
        y = (y - y.mean()) / y.std()
    validation = np.random.default_rng(seed).random(len(y)) < 0.2
    with seeded(seed):
        networks = [MLPM(len(names), (40, 20)) for _ in range(n_networks)]
    ensemble = Ensemble(networks, device=device).fit(
        rows,
        y,
        validation=validation,
        loss="binary_cross_entropy" if family == "binomial" else "mse",
        penalty=l1(5e-5, on=INTERACTION_WEIGHTS),
        optimizer=Adam(lr=5e-3),
        max_epochs=max_epochs,
        seeds=seed,
        progress=progress,
    )
    ranks = {"nid": [], "archdetect": []}
    for k in in_turn(range(n_networks), "network", "read", progress):
        network = ensemble.network(k)
        by_weights = nid_pairs(network, features=names)
        sets = by_weights.sets
        # What functions of one column add is no interaction, and most of the time.
        joint = network.interaction
        by_rows = archdetect(joint, rows[validation], sets=sets, seed=seed)
        ranks["nid"].append(_ranks(by_weights.scores))
        ranks["archdetect"].append(_ranks(by_rows.scores))
    table = pd.DataFrame({"pair": [f"{names[i]} × {names[j]}" for i, j in sets]})
    for method, found in ranks.items():
        found = np.array(found)  # (n_networks, n_pairs)
        table[method] = found.mean(0)
        table[f"{method}_first"] = (found == 1).mean(0)
    return table.sort_values("nid", kind="stable", ignore_index=True)


def _ranks(scores: np.ndarray) -> np.ndarray:
    """Return the rank of each score, 1 for the largest."""
    order = np.argsort(-np.asarray(scores), kind="stable")
    ranks = np.empty(len(order), dtype=int)
    ranks[order] = np.arange(1, len(order) + 1)
    return ranks
