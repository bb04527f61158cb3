"""What a run on a reader's genes keeps, so that one that was killed trains no more.

Networks, and the scores of permuted traits, five traits at a time, go through the store
of the page: under the digests of genotypes, trait and parts, and the settings. What is
kept are weights and scores; no person is in them. Everything after is computed from
them again, so that an answer is the same whether its networks were kept or not.
"""

import base64
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import torch

from helpers.data.panel import Panel
from helpers.data.splits import Split, standardise
from helpers.device import Device
from helpers.ensemble import Ensemble
from helpers.networks.genes import GeneNetwork, MainEffects
from helpers.significance.permutation import (
    PermutationTest,
    permutation_test,
    permuted_targets,
)
from helpers.studies.gene_gene.own_files import OwnNetworks, fit_own
from helpers.studies.gene_gene.study import Training, fit_genes, score_pairs
from helpers.studies.gene_gene.yes_or_no import YesOrNo
from helpers.studies.keeping import digest_of, kept
from helpers.studies.stores import Store

STEPS = {
    "genes": "networks-with-interactions",
    "main effects": "networks-without-interactions",
}
PERMUTED = "permuted-traits"
PER_PART = 5  # permuted traits that are kept together
MOST_EXACT = 15  # genes whose coalitions are all asked
N_ORDERS = 50  # of more genes


def kept_networks(
    store: Store | None,
    panel: Panel,
    y: np.ndarray | YesOrNo,
    parts: Split,
    *,
    n_networks: int,
    training: Training,
    seed: int,
    device: Device = "auto",
) -> OwnNetworks:
    """Return networks with and without interactions, trained or from the store.

    Parameters
    ----------
    store : Store, optional
        Without one they are trained.
    panel, y, parts, n_networks, training, seed, device
        As for `own_files.ask_own`.

    Warns
    -----
    UserWarning
        What their training warned of, also where it was another run's.
    """
    settings = _settings(n_networks, training, seed)
    given = _given(panel, y, parts)
    found = {}
    for kind in ("main effects", "genes"):
        table = kept(
            store,
            STEPS[kind],
            trained_networks,
            settings | {"kind": kind},
            given,
            device=device,
        )
        for text in table["said"].dropna().unique():
            for line in text.splitlines():
                warnings.warn(line, stacklevel=2)
        found[kind] = _restored(table, panel, kind, training)
    return OwnNetworks(found["genes"], found["main effects"])


def trained_networks(
    panel: Panel,
    y: np.ndarray | YesOrNo,
    parts: Split,
    kind: str,
    n_networks: int,
    training: dict,
    seed: int,
    device: Device = "auto",
) -> pd.DataFrame:
    """Train networks of one kind; return their weights.

    Parameters
    ----------
    panel, y, parts, n_networks, seed, device
        As for `own_files.ask_own`.
    kind : {"genes", "main effects"}
    training : dict
        Fields of `Training`.

    Returns
    -------
    DataFrame
        network, name (of a parameter, or of what stands beside it), values (its
        numbers, float32, in base 64), best_epoch, best_loss, said (warnings).
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ensemble = fit_own(
            panel,
            y,
            parts,
            kind,
            n_networks=n_networks,
            training=_training(training),
            seed=seed,
            device=device,
            progress=True,
        )
    said = "\n".join(dict.fromkeys(str(warning.message) for warning in caught)) or None
    rows = []
    for number in range(len(ensemble)):
        for name, values in ensemble.network(number).state_dict().items():
            content = values.cpu().numpy().astype("<f4").tobytes()
            rows.append(
                {
                    "network": number,
                    "name": name,
                    "values": base64.b64encode(content).decode("ascii"),
                    "best_epoch": int(ensemble.best_epoch_[number]),
                    "best_loss": float(ensemble.best_loss_[number]),
                    "said": said,
                }
            )
    return pd.DataFrame(rows)


def second_look(  # as `kept_networks`, and what is permuted
    store: Store | None,
    panel: Panel,
    y: np.ndarray,
    parts: Split,
    networks: OwnNetworks,
    *,
    n_permutations: int,
    n_networks: int,
    training: Training,
    seed: int,
    device: Device = "auto",
) -> PermutationTest:
    """Test scores of pairs against traits whose rescaled residuals changed places.

    The chapter's Perm I, with the networks that are there for the trait as it is.

    Parameters
    ----------
    networks : OwnNetworks
        From `kept_networks`, of the same settings.
    n_permutations : int
        They are trained five at a time; those there are, are not trained again.
    store, panel, y, parts, n_networks, training, seed, device
        As for `kept_networks`; y is no `YesOrNo`.
    """
    together = networks.together
    observed = score_pairs(
        panel,
        parts,
        together,
        np.zeros(len(together), dtype=int),
        n_orders=n_orders(panel),
        seed=seed,
    )[0]
    fitted = networks.fitted(panel)
    edges = [*range(0, n_permutations, PER_PART), n_permutations]
    table = kept(
        store,
        PERMUTED,
        permuted_scores,
        _settings(n_networks, training, seed),
        _given(panel, y, parts) | {"fitted": (fitted, digest_of(fitted))},
        device=device,
        parts=[{"first": first, "last": last} for first, last in pairwise(edges)],
    )
    null = table["score"].to_numpy().reshape(n_permutations, len(observed.sets))
    return permutation_test(observed, null)


def permuted_scores(  # the arguments of a stored step are its key
    panel: Panel,
    y: np.ndarray,
    parts: Split,
    fitted: np.ndarray,
    first: int,
    last: int,
    n_networks: int,
    training: dict,
    seed: int,
    device: Device = "auto",
) -> pd.DataFrame:
    """Train networks of permuted traits `first` to `last` - 1; score their pairs.

    Parameters
    ----------
    fitted : array, shape (n_people,)
        What genes say alone, of the standardised trait.
    panel, y, parts, n_networks, training, seed, device
        As for `trained_networks`.

    Returns
    -------
    DataFrame
        permutation, score: a row a pair, in the order of pairs.
    """
    targets = permuted_targets(
        "I",
        standardise(y, parts.train, name="y").values,
        parts,
        fitted=fitted,
        n_permutations=last,
        rescale=True,
        seed=seed,
    )[first:]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the networks of the trait itself say it
        ensemble, target_of = fit_genes(
            panel,
            targets,
            parts,
            n_networks=n_networks,
            training=_training(training),
            seed=seed,
            device=device,
            progress=True,
        )
    found = score_pairs(
        panel, parts, ensemble, target_of, n_orders=n_orders(panel), seed=seed
    )
    return pd.concat(
        [
            pd.DataFrame({"permutation": first + b, "score": one.scores})
            for b, one in enumerate(found)
        ],
        ignore_index=True,
    )


def n_orders(panel: Panel) -> int | None:
    """Return how many random orders of genes score pairs; None asks all coalitions."""
    return None if panel.n_genes <= MOST_EXACT else N_ORDERS


def _settings(n_networks: int, training: Training, seed: int) -> dict[str, Any]:
    """Return what the key of a step holds as plain values."""
    return {"n_networks": n_networks, "training": asdict(training), "seed": seed}


def _training(fields: Mapping[str, Any]) -> Training:
    """Return a recipe whose fields went through JSON."""
    rows = {n: tuple(v) for n, v in fields.items() if isinstance(v, (list, tuple))}
    return Training(**{**fields, **rows})


def _given(
    panel: Panel, y: np.ndarray | YesOrNo, parts: Sequence[np.ndarray]
) -> dict[str, tuple[Any, str]]:
    """Return what is learned from and by whom, each with its digest."""
    values = (y.cases, y.offset) if isinstance(y, YesOrNo) else (y,)
    return {
        "panel": (panel, digest_of(panel.genotypes, list(panel.sizes))),
        "y": (y, digest_of(type(y).__name__, *values)),
        "parts": (parts, digest_of(*parts)),
    }


def _restored(
    table: pd.DataFrame, panel: Panel, kind: str, training: Training
) -> Ensemble:
    """Return the ensemble of a table of `trained_networks`."""
    networks, alone = [], table.drop_duplicates("network")
    for _, rows in table.groupby("network"):
        network: GeneNetwork | MainEffects
        if kind == "genes":
            network = GeneNetwork(
                panel.sizes, encoder=training.encoder, head=training.head
            )
        else:
            network = MainEffects(panel.sizes, encoder=training.encoder)
        shapes = {name: v.shape for name, v in network.state_dict().items()}
        network.load_state_dict(
            {
                name: torch.tensor(np.frombuffer(base64.b64decode(text), "<f4")).view(
                    shapes[name]
                )
                for name, text in zip(rows["name"], rows["values"], strict=True)
            }
        )
        networks.append(network)
    ensemble = Ensemble(networks, device="cpu")
    ensemble.best_epoch_ = alone["best_epoch"].to_numpy()
    ensemble.best_loss_ = alone["best_loss"].to_numpy()
    return ensemble
