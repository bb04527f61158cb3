"""Train motif networks on one data set and say what they know: chapter 2's one engine.

Every result is a tidy table with the columns of `COLUMNS`; a row is one number of one
network, or of the average over networks (network -1).
"""

import itertools

import numpy as np
import pandas as pd
from scipy.special import expit

from helpers import checks
from helpers.ensemble import Adam, Ensemble, one_cycle
from helpers.explain import attribution
from helpers.explain.filters import correlations, response_matrices
from helpers.explain.knockout import knocked_out, motif_interactions
from helpers.networks.motif import MotifCNN
from helpers.significance.held_out import HeldOut, paired_test
from helpers.truth.grammars import (
    Grammar,
    balanced,
    combinations,
    positives_and_negatives,
)
from helpers.truth.jaspar import motif_set
from helpers.truth.responses import motif_labels, recall_by_count

COLUMNS = ("network", "measure", "detail", "motifs_present", "value", "low", "high")
AVERAGE = -1  # the network of scores averaged over networks


def motif_names(grammar: Grammar) -> list[str]:
    """Return labels that tell the motifs apart: proteins, or identifiers if shared."""
    labels = [motif.label for motif in grammar.motifs]
    unique = len(set(labels)) == len(labels)
    return labels if unique else [motif.name for motif in grammar.motifs]


def chance_level(grammar: Grammar, motif: int, count: int, length: int) -> float:
    """Return the share of a motif's positions among those that are ranked.

    The precision of guessing, for sequences of `count` motifs of which `motif` (its
    number) is one: positions of other motifs are not ranked.
    """
    widths = np.array([one.width for one in grammar.motifs])
    count = checks.integer("count", count, at_least=1, at_most=len(widths))
    motif = checks.integer("motif", motif, at_least=0, at_most=len(widths) - 1)
    grammar.n_starts(length)  # refuses what is too short
    others = np.delete(widths, motif)
    excluded = (count - 1) * others.mean() if len(others) else 0
    return float(widths[motif] / (length - excluded))


def classify(
    *,
    motifs: str,
    n_filters: int,
    share: float,
    n_keep: int,
    n_starts: int,
    n_train: int,
    lr: float,
    epochs: int,
    length: int,
    gap: int,
    pool: int,
    width: int,
    n_test: int,
    n_attributed: int,
    methods: list,
    seed: int,
    hidden: list | tuple = (64, 32),
    hidden_norm: bool = True,
    device: str = "cpu",
) -> pd.DataFrame:
    """Train classifiers of "all motifs are present" and judge those kept.

    Parameters
    ----------
    motifs : str
        Name of the set.
    share : float
        Of the negatives, the share that holds subsets of the motifs (1 = M_w).
    n_keep, n_starts : int
        Of `n_starts` networks the `n_keep` with the lowest validation loss are kept.
    n_train : int
        Training sequences; a quarter as many, at most 3,000, validate.
    n_test, n_attributed : int
        Test sequences of each combination; sequences that are attributed for each
        number of motifs (0: none).
    methods : list of str
        Of attribution.
    hidden, hidden_norm
        Units of the dense layers, and whether they have batch norm.

    Returns
    -------
    DataFrame
        `COLUMNS`. Measures: loss (detail kept or dropped), recall (by number of
        motifs), pair (recall of negatives with two motifs), probability and output
        (median AUPRC and its quartiles; detail method and motif), precision of either
        (the same of the average precision), spread of either (AUPRC of the averaged
        scores with its 5 and 95 per cent quantiles), missed of either (median and, as
        high, largest departure from completeness; detail the method), interaction
        (in logits; detail the set), interaction p, match, filter, and matrix (what
        every filter of the first network answers, see `filters.response_matrices`).
    """
    grammar = Grammar(motif_set(motifs), gap)
    n_validation = min(n_train // 4, 3000)
    data = positives_and_negatives(
        grammar, n_train + n_validation, share=share, length=length, seed=seed
    )
    ensemble, kept, rows = _train(
        data.bases, data.labels, n_validation, "binary_cross_entropy",
        n_filters=n_filters, n_keep=n_keep, n_starts=n_starts, lr=lr, epochs=epochs,
        length=length, pool=pool, width=width, hidden=hidden, hidden_norm=hidden_norm,
        seed=seed,
        device=device,
    )  # fmt: skip
    networks = [ensemble.network(i) for i in kept]
    test = balanced(grammar, n_test, length=length, seed=seed + 10_000)
    called = ensemble.predict(test.bases)[kept, :, 0] > 0
    right = called == (test.labels == 1)
    names = motif_names(grammar)
    n_motifs = len(names)
    pairs = list(itertools.combinations(range(n_motifs), 2))
    for network in range(len(kept)):
        for k in range(n_motifs + 1):
            share_right = right[network, test.counts == k].mean()
            rows.append(_row(network, "recall", "all", k, share_right))
        for pair in pairs:
            held = test.present[:, pair].all(axis=1) & (test.counts == 2)
            detail = "-".join(names[i] for i in pair)
            rows.append(_row(network, "pair", detail, 2, right[network, held].mean()))
    if n_attributed:
        rows += _auprc_rows(
            networks, test, names, methods, attribution.TARGETS, n_attributed, seed,
            range(1, n_motifs + 1),
        )  # fmt: skip
        whole = test[np.flatnonzero(test.labels == 1)[: max(n_attributed, 20)]]
        rows += _interaction_rows(ensemble, kept, whole, names, whole.labels, seed)
        rows += _filter_rows(networks, grammar, names)
        rows += _matrix_rows(networks[0], test.bases)
    return pd.DataFrame(rows, columns=COLUMNS)


def regress(
    *,
    motifs: str,
    n_filters: int,
    effect: str,
    constant: float | None,
    n_keep: int,
    n_starts: int,
    n_train: int,
    lr: float,
    epochs: int,
    length: int,
    gap: int,
    pool: int,
    width: int,
    n_test: int,
    n_attributed: int,
    methods: list,
    seed: int,
    device: str = "cpu",
) -> pd.DataFrame:
    """Train regressions of a label of the motifs and judge those kept.

    The sequences and the initial weights follow from the seed alone: effects differ
    in nothing but the labels. Labels are standardised for training. Parameters as in
    `classify`; `effect` and `constant` as in `responses.motif_labels`.

    Returns
    -------
    DataFrame
        `COLUMNS`. Measures: loss, recall, total, output, precision of output and missed
        of output (as in `classify`, with all motifs), error (rank correlation of AUPRC
        by IG and absolute error; detail the motif), shortfall (mean of label less
        prediction with all motifs; detail as the predictions were made, see
        `rescalings`), interaction, and interaction p with its variants after rescaling.
    """
    grammar = Grammar(motif_set(motifs), gap)
    n_motifs = len(grammar.motifs)
    n_validation = min(n_train // 4, 3000)
    per_combination = -(-(n_train + n_validation) // 2**n_motifs)
    data = balanced(grammar, per_combination, length=length, seed=seed)
    labels = motif_labels(data.present, effect, constant=constant)
    mean, deviation = labels.mean(), labels.std()
    ensemble, kept, rows = _train(
        data.bases, (labels - mean) / deviation, n_validation, "mse",
        n_filters=n_filters, n_keep=n_keep, n_starts=n_starts, lr=lr, epochs=epochs,
        length=length, pool=pool, width=width, hidden=(64, 32), hidden_norm=True,
        seed=seed,
        device=device,
    )  # fmt: skip
    test = balanced(grammar, n_test, length=length, seed=seed + 10_000)
    truth = motif_labels(test.present, effect, constant=constant)
    predicted = ensemble.predict(test.bases)[kept, :, 0] * deviation + mean
    recall = recall_by_count(predicted, truth, test.counts)
    sizes = np.bincount(test.counts) / len(test)
    for network, values in enumerate(recall):
        rows += [_row(network, "recall", "all", k, v) for k, v in enumerate(values)]
        rows.append(_row(network, "total", "all", -1, values @ sizes))
    if n_attributed:
        names, networks = motif_names(grammar), [ensemble.network(i) for i in kept]
        whole = test[np.flatnonzero(test.labels == 1)[: max(n_attributed, 20)]]
        rows += _auprc_rows(
            networks, whole, names, methods, ("output",), n_attributed, seed, [n_motifs]
        )
        target = (motif_labels(whole.present, effect, constant=constant) - mean) / (
            deviation
        )
        rows += _error_rows(ensemble, kept, networks, whole, names, target)
        held_out = ensemble.predict(data.bases[-n_validation:])[kept, :, 0]
        known = (labels[-n_validation:] - mean) / deviation
        rows += _interaction_rows(
            ensemble, kept, whole, names, target, seed, "mse", deviation,
            rescalings(held_out, known),
        )  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


def rescalings(predictions, labels) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return straight lines that put predictions on another scale.

    *Calibrated*: the line that predicts labels best from predictions, which a mean
    squared error leaves near the identity. *Unshrunk*: the inverse of the line that
    predicts predictions from labels, so that sequences of one label are right on
    average; a network that is unsure predicts too little for the largest labels, which
    calibration keeps and this removes (as far as it is a line).

    Parameters
    ----------
    predictions : array, shape (n_networks, n)
        Of sequences that the networks were not trained on.
    labels : array, shape (n,)

    Returns
    -------
    dict of name to (slope, intercept), each of shape (n_networks,)
        New prediction = slope x prediction + intercept.

    Raises
    ------
    ValueError
        If labels or a network's predictions are all the same.
    """
    predictions = checks.matrix("predictions", predictions)
    labels = checks.vector("labels", labels, length=predictions.shape[1])
    centred = predictions - predictions.mean(axis=1, keepdims=True)
    deviations = labels - labels.mean()
    shared = centred @ deviations
    if not (centred.any(axis=1).all() and deviations.any()):
        raise ValueError("predictions and labels must vary; got one value.")
    found = {}
    for name, slope in (
        ("calibrated", shared / (centred**2).sum(axis=1)),
        ("unshrunk", (deviations**2).sum() / shared),
    ):
        found[name] = slope, labels.mean() - slope * predictions.mean(axis=1)
    return found


def _train(X, y, n_validation, loss, *, n_filters, n_keep, n_starts, lr, epochs,
           length, pool, width, hidden, hidden_norm, seed, device):  # fmt: skip
    """Return the fitted ensemble, the networks kept, and a row for each loss."""
    checks.integer("n_keep", n_keep, at_least=1, at_most=n_starts)
    networks = [
        MotifCNN(
            n_filters, length=length, width=width, pool=pool, hidden=tuple(hidden),
            hidden_norm=hidden_norm,
            seed=1000 * seed + number,
        )
        for number in range(n_starts)
    ]  # fmt: skip
    ensemble = Ensemble(networks, device=device).fit(
        X, y, validation=np.arange(len(X)) >= len(X) - n_validation, loss=loss,
        optimizer=Adam(lr=lr), schedule=one_cycle(), batch_size=128,
        max_epochs=epochs, patience=epochs, seeds=seed, progress=False,
    )  # fmt: skip
    kept = np.argsort(ensemble.best_loss_)[:n_keep]
    rows = [
        _row(i, "loss", "kept" if i in kept else "dropped", -1, value)
        for i, value in enumerate(ensemble.best_loss_)
    ]
    return ensemble, kept, rows


def _row(network, measure, detail, count, value, low=np.nan, high=np.nan) -> tuple:
    return (int(network), measure, detail, int(count), float(value), low, high)


def _auprc_rows(networks, test, names, methods, targets, n, seed, counts) -> list:
    """Return the AUPRC of every motif, for each method, target and number of motifs."""
    rows = []
    for k, target, method in itertools.product(counts, targets, methods):
        some = test[np.flatnonzero(test.counts == k)[:n]]
        scores = attribution.contributions(
            networks, some.bases, method=method, target=target, seed=seed
        )
        every = [some.covered(i) for i in range(len(names))]
        anywhere = np.any(every, axis=0)
        for motif, name in enumerate(names):
            held = some.present[:, motif]
            if not held.any():  # too few sequences for every combination
                continue
            detail = f"{method} {name}"
            for network, (measure, curve) in itertools.product(
                (*range(len(networks)), AVERAGE),
                ((target, "trapezoids"), (f"precision of {target}", "steps")),
            ):
                ours = scores.mean(axis=0) if network == AVERAGE else scores[network]
                areas = attribution.motif_auprc(
                    ours[held], every[motif][held], anywhere[held], curve=curve
                )
                low, middle, high = np.quantile(areas, (0.25, 0.5, 0.75))
                rows.append(_row(network, measure, detail, k, middle, low, high))
                if network == AVERAGE and measure == target:
                    low, high = np.quantile(areas, (0.05, 0.95))
                    measure = f"spread of {target}"
                    rows.append(_row(network, measure, detail, k, middle, low, high))
        if method in attribution.COMPLETE:
            missed = attribution.incompleteness(
                networks, some.bases, scores, target=target
            )
            for network, values in enumerate(missed):
                middle, largest = np.median(values), values.max()
                measure = f"missed of {target}"
                rows.append(_row(network, measure, method, k, middle, 0, largest))
    return rows


def _interaction_rows(
    ensemble, kept, whole, names, target, seed, loss="cross-entropy", scale=1.0,
    rescaled=None,
) -> list:  # fmt: skip
    """Return each set's mean interaction and whether its removal raises the loss."""
    variants = knocked_out(whole, seed=seed)  # (2**n_motifs, n, length)
    flat = variants.reshape(-1, variants.shape[-1])
    outputs = ensemble.predict(flat)[kept, :, 0].reshape(
        len(kept), len(variants), len(whole)
    )
    effects = motif_interactions(outputs)
    rows = []
    for number, members in enumerate(combinations(len(names))):
        if members.any():
            detail, order = "+".join(np.array(names)[members]), members.sum()
            for network, mean in enumerate(effects[:, number].mean(axis=1) * scale):
                rows.append(_row(network, "interaction", detail, order, mean))
    same = np.ones(len(kept)), np.zeros(len(kept))
    for name, (slope, intercept) in {"": same, **(rescaled or {})}.items():
        intact = slope[:, None] * outputs[:, -1] + intercept[:, None]
        if rescaled:
            for network, short in enumerate((target - intact).mean(axis=1) * scale):
                detail = name or "as predicted"
                rows.append(_row(network, "shortfall", detail, len(names), short))
        measure = f"interaction p {name}".rstrip()
        for number, members in enumerate(combinations(len(names))):
            if not members.any():
                continue
            detail, order = "+".join(np.array(names)[members]), members.sum()
            pair = intact, intact - slope[:, None] * effects[:, number]
            if loss == "cross-entropy":
                pair = [expit(f) for f in pair]
            tested = paired_test(HeldOut(*pair, target, loss))
            for network, p in enumerate(tested["p_value"]):
                rows.append(_row(network, measure, detail, order, p))
    return rows


def _error_rows(ensemble, kept, networks, whole, names, target) -> list:
    """Return whether sequences with low AUPRC have larger errors, motif by motif."""
    predicted = ensemble.predict(whole.bases)[kept, :, 0].mean(axis=0)
    error = pd.Series(np.abs(predicted - target))
    scores = attribution.contributions(
        networks, whole.bases, method="IG", target="output"
    ).mean(axis=0)
    every = [whole.covered(i) for i in range(len(names))]
    rows = []
    for motif, name in enumerate(names):
        areas = attribution.motif_auprc(scores, every[motif], np.any(every, axis=0))
        tie = pd.Series(areas).corr(error, method="spearman")
        rows.append(_row(AVERAGE, "error", name, len(names), np.nan_to_num(tie)))
    return rows


def _filter_rows(networks, grammar, names) -> list:
    """Return how well filters fit the motifs, and the best network's best filters."""
    rows = []
    for network, one in enumerate(networks):
        weights = one.folded_filters().detach().numpy()
        weights = weights * np.sign(one.scale.detach().numpy())[:, None, None]
        for motif, name in zip(grammar.motifs, names, strict=True):
            fit = correlations(weights, motif)
            rows.append(_row(network, "match", name, -1, fit.max()))
            if network == 0:
                best = weights[fit.argmax()]
                for base, position in itertools.product(range(4), range(best.shape[1])):
                    detail = f"{name} {'ACGT'[base]}"
                    value = best[base, position]
                    rows.append(_row(network, "filter", detail, position, value))
    return rows


def _matrix_rows(network, sequences) -> list:
    """Return every filter's matrix, one row a filter, position and base."""
    return [
        _row(0, "matrix", f"{number} {'ACGT'[base]}", position, value)
        for number, matrix in enumerate(response_matrices(network, sequences))
        for position, values in enumerate(matrix)
        for base, value in enumerate(values)
    ]
