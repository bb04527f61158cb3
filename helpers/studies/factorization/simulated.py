"""The thesis's experiments on simulated sequences, each a function of its settings."""

import itertools
from collections.abc import Callable

import numpy as np
import pandas as pd
import torch

from helpers import checks
from helpers.data.splits import Folds, folds
from helpers.detectors.factorization import factorization
from helpers.detectors.interactions import Interactions
from helpers.explain import filters
from helpers.networks.factorization import MotifBuilder, MotifNetwork
from helpers.networks.layers import FactorizationMachine
from helpers.studies.factorization.training import areas, measured, table, train
from helpers.truth import planted


def sequences(
    design: str,
    n: int,
    *,
    length: int,
    n_targets: int = 1,
    positives=None,
    seed: int = 0,
):
    """Return sequences with three of the twenty motifs, and their labels.

    Parameters
    ----------
    design : {"additive", "paired"}
    n, length, n_targets : int
    positives : float, optional
        Share of positives of the first target, for paired labels.
    seed : int

    Returns
    -------
    MotifSequences and array of uint8, shape (n, n_targets)
    """
    checks.one_of("design", design, ("additive", "paired"))
    pairs = planted.published_pairs() if positives is not None else None
    chosen = planted.choose_motifs(
        n, pairs=pairs, positives=positives, seed=np.random.default_rng([seed, 0])
    )
    strings = list(planted.consensus_strings().values())
    rng = np.random.default_rng([seed, 1])
    sample = planted.plant(strings, chosen, length=length, seed=rng)
    if design == "additive":
        rng = np.random.default_rng([seed, 2])
        return sample, planted.additive_targets(sample.present, n_targets, seed=rng)
    pairings = planted.pairings(n_targets, seed=seed)
    return sample, planted.paired_targets(sample.present, pairings)


def cross_validate(
    *,
    design: str,
    n: int,
    length: int,
    n_filters: int,
    width: int,
    n_factors: int = 0,
    n_targets: int = 1,
    positives: float | None = None,
    n_folds: int = 10,
    n_networks: int = 10,
    standardise: bool = True,
    threshold: float = 1.0,
    keep_filters: bool = False,
    seed: int = 0,
    **recipe,
) -> pd.DataFrame:
    """Train networks on simulated sequences, one a fold, and measure all of them.

    Parameters
    ----------
    design, n, length, n_targets, positives
        Of `sequences`.
    n_filters, width, n_factors, standardise, threshold
        Of `MotifNetwork`.
    n_folds, n_networks : int
        Disjoint test folds; how many of them get a network.
    keep_filters : bool
        Whether the table also holds the probability matrices of the network with the
        most single-motif filters.
    recipe
        Of `train`.

    Returns
    -------
    DataFrame
        `COLUMNS`. Measures: auc (detail the target), epoch (the best), filters (how
        many; detail single, combination or none), curve (validation loss; detail the
        epoch), matrix (detail filter, position, base), motif (agreement of that
        network's filters; detail filter and factor); of a factorization machine on
        paired labels also chance, and what `judged` says of the first target.
    """
    sample, y = sequences(
        design, n, length=length, n_targets=n_targets, positives=positives, seed=seed
    )
    parts = folds(n, n_folds=n_folds, seed=seed).first(n_networks)
    networks = [
        MotifNetwork(
            n_filters, width=width, n_targets=n_targets, n_factors=n_factors,
            standardise=standardise, threshold=threshold, seed=1000 * seed + 10 * i,
        )
        for i in range(n_networks)
    ]  # fmt: skip
    ensemble = train(networks, sample.bases, y, parts, seed=seed, **recipe)
    rows = measured(ensemble, sample.bases, y, parts)
    singles = []
    for i in range(n_networks):
        network = ensemble.network(i)
        matched = agreements(network) >= filters.AGREEMENT
        kinds = filters.kinds(matched)
        singles.append((kinds == "single").sum())
        rows += [
            (i, "filters", kind, (kinds == kind).sum())
            for kind in ("single", "combination", "none")
        ]
        if n_factors and design == "paired":
            pairs = planted.published_pairs()
            ranked = factorization(network, sample.bases[parts.test[i]]).ranked()
            rows.append((i, "chance", "share", chance(matched, pairs)))
            rows += judged(i, ranked, matched, pairs)
    if keep_filters:
        best = int(np.argmax(singles))
        rows += described(best, ensemble.network(best))
    return table(rows)


def agreements(network: MotifNetwork) -> np.ndarray:
    """Return how well its filters agree with the twenty, (n_filters, 20)."""
    matrices = filters.weight_matrices(network.filters)
    return filters.agreement(matrices, planted.consensus_strings()).to_numpy()


def matrix_rows(number: int, network: MotifNetwork, label: str = "") -> list[tuple]:
    """Return rows of the filters' probabilities; detail: filter, position, base."""
    begin = f"{label} " if label else ""
    matrices = filters.weight_matrices(network.filters)
    return [
        (number, "matrix", f"{begin}{f} {position} {base}", value)
        for (f, position, base), value in np.ndenumerate(matrices)
    ]


def described(number: int, network: MotifNetwork) -> list[tuple]:
    """Return rows of the filters' matrices and of their agreement with the motifs."""
    names = list(planted.consensus_strings())
    return matrix_rows(number, network) + [
        (number, "motif", f"{f} {names[m]}", value)
        for (f, m), value in np.ndenumerate(agreements(network))
    ]


def freeze(
    *,
    n: int,
    length: int,
    n_filters: int,
    width: int,
    n_factors: int,
    n_candidates: int,
    n_folds: int,
    n_networks: int,
    positives: float | None,
    read_out_epochs: int,
    top: int = 10,
    seed: int = 0,
    **recipe,
) -> pd.DataFrame:
    """Learn pairs between frozen filters: the experiment behind Appendix A.

    Trains `n_candidates` baselines on additive labels, takes the filters of the one
    with the most single-motif filters (ties: the lowest validation loss), and trains
    factorization machines on them, one a fold, with paired labels of fresh sequences.
    Frozen filters give fixed features, which each fold standardises by its own training
    rows.

    Parameters
    ----------
    top : int
        Pairs of filters that are listed of each fold.
    read_out_epochs : int
        Of the factorization machines; the other settings are those of
        `cross_validate`.

    Returns
    -------
    DataFrame
        `COLUMNS`. Measures: auc; correct (of the `top` pairs; detail "top"); chance
        (share of correct pairs among all); weight (detail "filters, right" or "wrong");
        pair (detail the motifs of both filters and right or wrong; value the weight,
        of the `top` pairs in order); found (how many of the ten true pairs the right
        ones name); matrix and motif as in `cross_validate`.
    """
    sample, y = sequences("additive", n, length=length, seed=seed)
    parts = folds(n, n_folds=max(n_candidates, 2), seed=seed).first(n_candidates)
    candidates = [
        MotifNetwork(n_filters, width=width, seed=1000 * seed + 10 * i)
        for i in range(n_candidates)
    ]
    trained = train(candidates, sample.bases, y, parts, seed=seed, **recipe)
    matched = [
        agreements(trained.network(i)) >= filters.AGREEMENT for i in range(n_candidates)
    ]
    singles = [(filters.kinds(one) == "single").sum() for one in matched]
    best = int(np.lexsort((trained.best_loss_, -np.array(singles)))[0])
    donor, matched = trained.network(best), matched[best]

    sample, y = sequences(
        "paired", n, length=length, positives=positives, seed=seed + 50_000
    )
    parts = folds(n, n_folds=n_folds, seed=seed).first(n_networks)
    X = _own_standardised(donor, sample.bases, parts)
    machines = [
        FactorizationMachine(n_filters, 1, n_factors, seed=1000 * seed + i)
        for i in range(n_networks)
    ]
    settings = recipe | {"epochs": read_out_epochs}
    ensemble = train(machines, X, y, parts, own_X=True, seed=seed, **settings)
    pairs = planted.published_pairs()
    right = set(filters.partner_filters(matched, pairs))
    rows = [(-1, "chance", "share", chance(matched, pairs)), *described(-1, donor)]
    for i, row in enumerate(areas(ensemble, X, y, parts.test, own_X=True)):
        rows.append((i, "auc", "target 0", row[0]))
        ranked = factorization(ensemble.network(i), X[i]).ranked()
        rows += [
            (i, "weight", f"{a} {b} {'right' if (a, b) in right else 'wrong'}", score)
            for (a, b), score in zip(ranked.sets, ranked.scores, strict=True)
        ]
        rows += judged(i, ranked, matched, pairs, top=top)
    return table(rows)


def _own_standardised(donor: MotifNetwork, X, parts: Folds) -> np.ndarray:
    """Return the donor's features, each fold's by its own training rows."""
    with torch.no_grad():
        raw = donor.features(torch.from_numpy(X)).numpy()  # (n, n_filters)
    moments = [(raw[own].mean(axis=0), raw[own].std(axis=0)) for own in parts.train]
    return np.stack(
        [(raw - mean) / np.where(sd > 0, sd, 1) for mean, sd in moments]
    ).astype(np.float32)


def judged(
    i: int, ranked: Interactions, matched, pairs, *, top: int = 10, label: str = ""
) -> list[tuple]:
    """Return rows on the strongest pairs of filters of one network.

    Parameters
    ----------
    i : int
        Number of the network.
    ranked : Interactions
        Pairs of filters, strongest first.
    matched : array of bool, shape (n_filters, 20)
        Which of the twenty motifs each filter agrees with.
    pairs : sequence of pairs of motif numbers
        Partners.
    top : int
    label : str
        Begins the details, say a cell type.

    Returns
    -------
    list of rows
        pair (the motifs of both filters, right or wrong; value the weight), correct
        (how many of the top are right), found (how many true pairs these name).
    """
    names = np.array(list(planted.consensus_strings()))
    right, true = set(filters.partner_filters(matched, pairs)), set(pairs)
    begin = f"{label} " if label else ""
    rows, found, correct = [], set(), 0
    for (a, b), score in zip(ranked.sets[:top], ranked.scores, strict=False):
        motifs = " x ".join("+".join(names[matched[f]]) or "none" for f in (a, b))
        verdict = "right" if (a, b) in right else "wrong"
        rows.append((i, "pair", f"{begin}{motifs} {verdict}", score))
        correct += (a, b) in right
        of_a, of_b = np.flatnonzero(matched[a]), np.flatnonzero(matched[b])
        found |= true & {
            tuple(sorted((int(p), int(q)))) for p, q in itertools.product(of_a, of_b)
        }
    rows.append((i, "correct", f"{begin}top", correct))
    rows.append((i, "found", f"{begin}top", len(found)))
    return rows


def chance(matched, pairs) -> float:
    """Return the share of pairs of filters that join partners."""
    n_filters = len(matched)
    n_pairs = n_filters * (n_filters - 1) // 2
    return len(filters.partner_filters(matched, pairs)) / n_pairs


def build_motifs(
    *,
    kind: str,
    n: int,
    length: int,
    n_networks: int,
    n_filters: int = 3,
    penalty: float = 0.0,
    seed: int = 0,
    **recipe,
) -> pd.DataFrame:
    """Train motif-building or ordinary networks on motif variants, from several starts.

    Parameters
    ----------
    kind : {"builder", "baseline", "standardised"}
        Blocks of four; the thesis's baseline; the same with standardised features.
    n, length : int
        Sequences, a tenth of which test and a tenth validate; in bp.
    n_networks : int
        Independent initial weights.
    penalty : float
        Times the sum of squares of the filters.

    Returns
    -------
    DataFrame
        `COLUMNS`. Measures: auc, epoch, curve, and probability (of the test sequences
        of the first network, at most 500; detail the number of motifs that are on).
    """
    makers: dict[str, Callable] = {
        "builder": lambda s: MotifBuilder(n_filters, seed=s),
        "baseline": lambda s: MotifNetwork(
            n_filters, width=12, standardise=False, threshold=0.0, seed=s
        ),
        "standardised": lambda s: MotifNetwork(n_filters, width=12, seed=s),
    }
    checks.one_of("kind", kind, tuple(makers))
    sample = planted.motif_variants(n, length=length, seed=np.random.default_rng(seed))
    y = sample.labels[:, None]
    parts = folds(n, n_folds=10, seed=seed).first(1).repeat(n_networks)
    networks = [makers[kind](1000 * seed + 10 * i) for i in range(n_networks)]
    ensemble = train(
        networks, sample.bases, y, parts, penalty=penalty, seed=seed, **recipe
    )
    rows = measured(ensemble, sample.bases, y, parts)
    test = np.flatnonzero(parts.test[0])[:500]
    logits = ensemble.predict(sample.bases[test])[0, :, 0]
    rows += [
        (0, "probability", f"{on} on", 1 / (1 + np.exp(-logit)))
        for on, logit in zip(sample.on[test].sum(axis=1), logits, strict=True)
    ]
    return table(rows)
