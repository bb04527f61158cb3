"""Filters of a sum, frozen, and the pairs that a machine finds between them."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import torch

from helpers import checks
from helpers.data.splits import Folds, folds
from helpers.detectors.factorization import factorization
from helpers.device import Device
from helpers.explain import filters
from helpers.networks.factorization import MotifNetwork
from helpers.networks.layers import FactorizationMachine
from helpers.studies.factorization.judging import (
    agreements,
    chance,
    judged,
    motif_rows,
)
from helpers.studies.factorization.simulated import Network, World
from helpers.studies.factorization.training import Recipe, areas, row, table, train
from helpers.truth import planted

COLUMNS = ("filter", "other", "motif", "first", "second", "detail")


@dataclass(frozen=True)
class ReadOuts:
    """The machines on frozen filters.

    Parameters
    ----------
    n_factors : int
        Length of a filter's vector.
    epochs : int
    n_folds, n_networks : int
        Disjoint test folds; how many of them get a machine.
    top : int
        Pairs of filters that are listed of each.
    """

    n_factors: int
    epochs: int
    n_folds: int = 10
    n_networks: int = 10
    top: int = 10

    def __post_init__(self) -> None:
        checks.integer("n_factors", self.n_factors, at_least=1)
        checks.integer("top", self.top, at_least=1)


def freeze(
    *,
    world: dict,
    network: dict,
    recipe: dict,
    read_outs: dict,
    n_candidates: int,
    seed: int,
    n_probes: int = 0,
    device: str = "auto",
) -> pd.DataFrame:
    """Learn pairs between frozen filters: the experiment behind Appendix A.

    Trains `n_candidates` sums on additive labels, takes the filters of the one with the
    most single-motif filters (`donor`), and trains factorization machines on them, one
    a fold, with paired labels of fresh sequences. Frozen filters give fixed features,
    which each fold standardises by its own training rows.

    Parameters
    ----------
    world, network, recipe, read_outs : dict
        Of `World` (paired), `Network`, `Recipe` and `ReadOuts`.
    n_probes : int
        Sequences that tell what the filters answer; 0 does not ask.

    Returns
    -------
    DataFrame
        Measures: auc; correct (of the top pairs); chance (share of right pairs among
        all); weight (of every pair: filter, other; detail right or wrong); pair (see
        `judged`); found (how many of the ten true pairs the right ones name). Of the
        donor, network -1: motif (agreement, by filter and motif), response (correlation
        of the filter's average with the motif's presence). Column: seed.
    """
    world, network, recipe = World(**world), Network(**network), Recipe(**recipe)
    machine = ReadOuts(**read_outs)
    chosen = donor(world, network, recipe, n_candidates, seed=seed, device=device)
    matched = agreements(chosen) >= filters.AGREEMENT
    sample, y = world.sequences(seed=seed + 50_000)
    parts = folds(world.n, n_folds=machine.n_folds, seed=seed).first(machine.n_networks)
    X = own_standardised(features(chosen, sample.bases), parts)
    machines = [
        FactorizationMachine(
            network.n_filters, 1, machine.n_factors, seed=1000 * seed + i
        )
        for i in range(machine.n_networks)
    ]
    last = replace(recipe, epochs=machine.epochs)
    ensemble = train(machines, X, y, parts, last, own_X=True, seed=seed, device=device)
    pairs = planted.published_pairs()
    right = set(filters.partner_filters(matched, pairs))
    rows = [row(-1, "chance", chance(matched, pairs)), *motif_rows(-1, chosen)]
    if n_probes:
        rows += answer_rows(chosen, world, n_probes, seed=seed)
    for i, (area,) in enumerate(areas(ensemble, X, y, parts.test, own_X=True)):
        rows.append(row(i, "auc", area))
        ranked = factorization(ensemble.network(i), X[i]).ranked()
        rows += [
            row(
                i, "weight", score, filter=a, other=b,
                detail="right" if (a, b) in right else "wrong",
            )
            for (a, b), score in zip(ranked.sets, ranked.scores, strict=True)
        ]  # fmt: skip
        rows += judged(i, ranked, matched, pairs, top=machine.top)
    return table(rows, COLUMNS, seed=seed)


def answer_rows(
    chosen: MotifNetwork, world: World, n_probes: int, *, seed: int
) -> list[dict]:
    """Return rows of what frozen filters answer, not what letters they hold.

    Asked on fresh sequences with motifs as they are drawn: no label shapes them, so
    that partners do not come together more often than others.
    """
    probes = replace(world, n=n_probes, positives=None, n_targets=1)
    sample, _ = probes.sequences(seed=seed + 70_000)
    found = features(chosen, sample.bases)  # (n_probes, n_filters)
    names = list(planted.consensus_strings())
    answers = filters.response_correlations(found, sample.present)
    return [
        row(-1, "response", value, filter=f, motif=names[m])
        for (f, m), value in np.ndenumerate(answers)
    ]


def donor(
    world: World,
    network: Network,
    recipe: Recipe,
    n_candidates: int,
    *,
    seed: int,
    device: Device,
) -> MotifNetwork:
    """Return the sum with most single-motif filters; ties: the lowest loss.

    Trained on additive labels, of sequences as many and as long as those of `world`.
    """
    n_candidates = checks.integer("n_candidates", n_candidates, at_least=1)
    additive = World(world.n, world.length, "additive")
    sample, y = additive.sequences(seed=seed)
    parts = folds(world.n, n_folds=max(n_candidates, 2), seed=seed).first(n_candidates)
    candidates = [network.build(seed=1000 * seed + 10 * i) for i in range(n_candidates)]
    trained = train(
        candidates, sample.bases, y, parts, recipe, seed=seed, device=device
    )
    singles = [
        (filters.kinds(agreements(one) >= filters.AGREEMENT) == "single").sum()  # type: ignore[arg-type]  # the network asked for
        for one in map(trained.network, range(n_candidates))
    ]
    best = np.lexsort((trained.best_loss_, -np.array(singles)))[0]
    return trained.network(int(best))  # type: ignore[return-value]  # the network asked for


def features(network: MotifNetwork, X: np.ndarray) -> np.ndarray:
    """Return the averages that its read-out sees, shape (n, n_filters)."""
    with torch.no_grad():
        return network.features(torch.from_numpy(X)).numpy()


def own_standardised(raw: np.ndarray, parts: Folds) -> np.ndarray:
    """Return features, each fold's by its own training rows.

    Parameters
    ----------
    raw : array, shape (n, n_filters)

    Returns
    -------
    array of float32, shape (n_networks, n, n_filters)
    """
    moments = [(raw[own].mean(axis=0), raw[own].std(axis=0)) for own in parts.train]
    return np.stack(
        [(raw - mean) / np.where(sd > 0, sd, 1) for mean, sd in moments]
    ).astype(np.float32)
