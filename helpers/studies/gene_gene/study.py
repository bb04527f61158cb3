"""Train gene networks, score their gene pairs and test the scores by permutation.

One study = one panel and one trait: main-effect networks give the fit that Perm I
keeps; then the networks of the real trait and those of all permuted traits train
together, as they read the same genotypes.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import nn

from helpers import checks
from helpers import device as machine
from helpers.data.panel import Panel
from helpers.data.splits import Split, Standardised, standardise
from helpers.detectors.interactions import Interactions
from helpers.detectors.shapley import INDICES, shapley_pairs
from helpers.device import Device
from helpers.ensemble import Adam, Ensemble, l1
from helpers.networks.genes import GeneNetwork, MainEffects, n_parameters
from helpers.significance.permutation import (
    SCHEMES,
    PermutationTest,
    permutation_test,
    permuted_targets,
)

MIN_PEOPLE = 50  # in each part
_BASELINE_PEOPLE = 2000  # whose mean gene values stand for "absent"
N_FOLDS = 5  # of cross-fitted residuals


@dataclass(frozen=True)
class Training:
    """How gene networks are trained, alike on real and permuted traits.

    Parameters
    ----------
    encoder : int
        Hidden units between the SNPs of a gene and its node; 0 = linear.
    head : sequence of int
        Units of the hidden layers above the gene nodes.
    l1 : float or sequence of float, length n_networks
        Strength of the L1 penalty on all weights, added at every step whatever the
        number of people: 1e-3, the published code's, hides the interactions of weak
        signals. One number a network of an ensemble compares several in one fit.
    lr : float
        Learning rate of Adam.
    batch_size, max_epochs : int
    patience : int or None
        Epochs without a better validation loss before a network stops and goes back to
        its best weights. None: all epochs, last weights; Perm T is then another test.
    """

    encoder: int = 10
    head: tuple[int, ...] = (100,)
    l1: float | tuple[float, ...] = 1e-4
    lr: float = 0.005
    batch_size: int = 2000
    max_epochs: int = 30
    patience: int | None = 6


@dataclass(frozen=True)
class GeneStudy:
    """Scores of the gene pairs of one trait and their permutation tests.

    Parameters
    ----------
    observed : Interactions
        Mean score over the ensemble.
    null : dict
        Scheme -> scores in the permuted traits, (n_permutations, n_pairs).
    tests : dict
        Scheme -> `PermutationTest` of both.
    fitted : array, shape (n_people,)
        What Perm I keeps, in standard deviations of the trait; NaN if neither I nor R
        was run.
    r2 : dict
        Share of the variance of test people explained: "ensemble", "network" (mean of
        single ones) and "main effects".
    training : DataFrame
        One row a network: target ("observed", "main effects" or a scheme), permutation
        (-1 = none), network, best_epoch, best_loss.
    seconds : float
        Spent in training.
    settings : dict
    """

    observed: Interactions
    null: dict[str, np.ndarray]
    tests: dict[str, PermutationTest]
    fitted: np.ndarray
    r2: dict[str, float]
    training: pd.DataFrame
    seconds: float
    settings: dict


def fit_genes(  # the options of a fit, each by its name
    panel: Panel,
    targets: np.ndarray,
    parts: Split,
    *,
    kind: str = "genes",
    n_networks: int | Sequence[int] = 5,
    training: Training | None = None,
    train: np.ndarray | None = None,
    loss: str | Callable = "mse",
    seed: int = 0,
    device: Device = "auto",
    progress: bool = False,
) -> tuple[Ensemble, np.ndarray]:
    """Train an ensemble for each of several targets on the same genotypes.

    Parameters
    ----------
    panel : Panel
    targets : array, shape (n_targets, n_people), or (n_targets, n_people, n_columns)
        Traits, standardised; with another `loss`, what it reads.
    parts : Split
        People to train on, to stop on, and to keep out of both.
    kind : {"genes", "main effects"}
    n_networks : int or sequence of int, length n_targets
        Networks of each target.
    training : Training, optional
    train : bool array, shape (n_targets, n_people), optional
        People each target's networks learn from, if fewer than `parts.train`.
    loss : str or function
        As for `Ensemble.fit`; of a trait that is yes or no, `YesOrNo.loss()`.
    seed : int
        Of initial weights and of the order of people, which all networks share.
        Network e starts alike for every target.
    device : str
    progress : bool

    Returns
    -------
    Ensemble
        Of all networks, target by target.
    array of int, shape (n_networks in all,)
        Target of each.

    Raises
    ------
    ValueError
        If shapes disagree, a target has NaN, or a part has fewer than 50 people.

    Warns
    -----
    UserWarning
        If there are fewer training people than parameters.
    """
    training = training if training is not None else Training()
    targets = _checked_targets(targets)
    if targets.shape[1] != panel.n_people:
        raise ValueError(
            f"targets must have {panel.n_people} columns (people); "
            f"got {targets.shape[1]}."
        )
    _check_parts(parts, panel.n_people)
    checks.one_of("kind", kind, ("genes", "main effects"))
    seed = checks.integer("seed", seed, at_least=0)
    sizes = _ensemble_sizes(n_networks, len(targets))
    target_of = np.repeat(np.arange(len(targets)), sizes)
    member_of = np.concatenate([np.arange(n) for n in sizes])

    first = _first_networks(panel, parts.train, kind, training, max(sizes), seed)
    if len(parts.train) < n_parameters(first[0]):
        warnings.warn(
            f"fewer training people than parameters: {len(parts.train)} people, "
            f"{n_parameters(first[0])} parameters.",
            stacklevel=2,
        )
    ensemble = Ensemble([first[member] for member in member_of], device=device)
    stops = training.patience is not None
    mask = _mask(parts.train, panel.n_people)
    strength = training.l1
    if np.ndim(strength):
        strength = np.asarray(strength)[member_of]
    ensemble.fit(
        genotype_rows(panel),
        torch.from_numpy(targets[target_of]),
        own_y=True,
        loss=loss,
        train=mask if train is None else (np.asarray(train, bool) & mask)[target_of],
        validation=_mask(parts.validation, panel.n_people) if stops else None,
        penalty=l1(strength),
        optimizer=Adam(lr=training.lr),
        batch_size=training.batch_size,
        max_epochs=training.max_epochs,
        patience=training.patience or training.max_epochs,
        stopping="loss" if stops else None,
        order="shared",
        seeds=seed,
        progress=progress,
    )
    return ensemble, target_of


def study(  # as an estimator's options, each by its name
    panel: Panel,
    y: np.ndarray,
    parts: Split,
    *,
    schemes: Sequence[str] = ("I",),
    n_permutations: int = 19,
    n_networks: int = 5,
    n_null_networks: int | None = None,
    residuals: str = "as is",
    main_effects: np.ndarray | None = None,
    index: str = "taylor",
    n_scored: int = 200,
    n_orders: int | None = None,
    training: Training | None = None,
    seed: int = 0,
    device: Device = "auto",
    progress: bool = False,
) -> GeneStudy:
    """Score all gene pairs of a trait and test them by permutation.

    Parameters
    ----------
    panel : Panel
    y : array, shape (n_people,)
        The trait.
    parts : Split
        Networks learn from, stop on, and are scored on different people.
    schemes : sequence of {"I", "T", "R"}
        Permutation schemes; none gives scores alone.
    n_permutations : int
        Permuted traits of each scheme.
    n_networks : int
        Networks of the ensemble.
    n_null_networks : int, optional
        Networks of each permuted trait; by default as many. (1 is the published code's
        reading; its null scores then vary more than those of an ensemble.)
    residuals : {"as is", "rescaled", "cross-fitted"}
        Residuals of the main-effect fit as they are; stretched in training and
        validation people to the spread they have in test people; or, in training
        people, from networks that did not learn from the person.
    main_effects : array, shape (n_people,), optional
        What Perm I and R keep, in the trait's unit; by default fitted by networks. The
        true ones, of a simulated trait, make both tests exact where nothing interacts.
    index : {"taylor", "banzhaf", "shapley"}
    n_scored : int
        Test people to score, drawn at random; all if there are fewer.
    n_orders : int, optional
        Random orders for more than 15 genes.
    training : Training, optional
    seed : int
    device : str
    progress : bool

    Returns
    -------
    GeneStudy

    Raises
    ------
    ValueError
        As `fit_genes`, or if a knob is out of bounds.
    """
    y = checks.vector("y", y, length=panel.n_people)
    design = _Design(
        schemes,
        n_permutations,
        n_networks,
        n_null_networks,
        residuals,
        index,
        n_scored,
        n_orders,
        seed,
        training if training is not None else Training(),
    ).checked()
    if main_effects is not None and residuals == "cross-fitted":
        raise ValueError(
            "residuals must not be cross-fitted if main_effects are given."
        )
    _check_parts(parts, panel.n_people)
    scaled = standardise(y, parts.train, name="y")
    y = scaled.values

    where = {"device": device, "progress": progress}
    fitted, fits = _kept(panel, scaled, parts, main_effects, design, where)
    r2 = {}
    if design.keeps_main_effects:
        r2["main effects"] = _r2(y[parts.test], fitted[parts.test])
    ensemble, target_of, labels = _fit_all(panel, y, parts, fitted, design, where)
    fits.append((ensemble, [labels[target] for target in target_of]))
    r2 |= _r2_of_first(panel, y, parts, ensemble, target_of)
    observed, null = _scores(panel, parts, ensemble, target_of, labels, design)
    return GeneStudy(
        observed,
        null,
        {scheme: permutation_test(observed, scores) for scheme, scores in null.items()},
        fitted,
        r2,
        pd.concat([_record(*fit) for fit in fits], ignore_index=True),
        sum(fit.seconds_ for fit, _ in fits),
        asdict(design),
    )


def fit_main_effects(  # the options of `fit_genes`, and the folds
    panel: Panel,
    y: np.ndarray,
    parts: Split,
    *,
    n_networks: int = 5,
    n_folds: int = 1,
    training: Training | None = None,
    loss: str | Callable = "mse",
    seed: int = 0,
    device: Device = "auto",
    progress: bool = False,
) -> tuple[np.ndarray, Ensemble]:
    """Predict a trait from genes that do not interact.

    Parameters
    ----------
    panel, y, parts, training, loss, seed, device, progress
        As for `fit_genes`; y has shape (n_people,), or (n_people, n_columns).
    n_networks : int
        Networks whose predictions are averaged.
    n_folds : int
        More than 1: training people fall into so many folds, each predicted by
        networks trained without it; everybody else by the mean of all networks.

    Returns
    -------
    array, shape (n_people,)
        Predictions for everybody.
    Ensemble
        The networks, fold by fold.
    """
    if y.ndim == 1:
        y = checks.vector("y", y, length=panel.n_people)
    _check_parts(parts, panel.n_people)
    n_folds = checks.integer(
        "n_folds", n_folds, at_least=1, at_most=max(1, len(parts.train))
    )
    fold = np.full(panel.n_people, -1)  # of each person; -1 = in none
    if n_folds > 1:
        draw = np.random.default_rng([seed, 3])
        fold[parts.train] = draw.permutation(len(parts.train)) % n_folds
    train = fold != np.arange(n_folds)[:, None]  # (n_folds, n_people)
    ensemble, fold_of = fit_genes(
        panel,
        np.broadcast_to(y, (n_folds, *y.shape)),
        parts,
        kind="main effects",
        n_networks=n_networks,
        training=training,
        train=train,
        loss=loss,
        seed=seed,
        device=device,
        progress=progress,
    )
    networks = [ensemble.network(i) for i in range(len(ensemble))]
    outputs = _outputs(networks, genotype_rows(panel))
    fitted = outputs.mean(axis=0)
    for k in range(n_folds):
        held_out = fold == k
        fitted[held_out] = outputs[fold_of == k][:, held_out].mean(axis=0)
    return fitted, ensemble


def score_pairs(
    panel: Panel,
    parts: Split,
    ensemble: Ensemble,
    target_of: np.ndarray,
    *,
    index: str = "taylor",
    n_people: int = 200,
    n_orders: int | None = None,
    seed: int = 0,
) -> list[Interactions]:
    """Score the gene pairs of the ensemble of every target.

    Parameters
    ----------
    panel : Panel
    parts : Split
        Test people are scored; the mean gene values of (at most 2,000) training people
        stand for absent genes.
    ensemble, target_of
        From `fit_genes`.
    index, n_orders
        As for `shapley_pairs`.
    n_people : int
        Test people at most, drawn at random; the same for all targets.
    seed : int

    Returns
    -------
    list of Interactions, length n_targets
    """
    draw = np.random.default_rng([checks.integer("seed", seed, at_least=0), 4])
    scored = draw.permutation(parts.test)[:n_people]
    reference = draw.permutation(parts.train)[:_BASELINE_PEOPLE]
    people, baseline = (
        panel.genotypes[:, some].T.astype(np.float64) for some in (scored, reference)
    )
    return [
        shapley_pairs(
            [ensemble.network(i) for i in np.flatnonzero(target_of == target)],
            people,
            baseline=baseline,
            index=index,
            n_orders=n_orders,
            features=panel.genes,
            seed=seed,
        )
        for target in np.unique(target_of)
    ]


def genotype_rows(
    panel: Panel, people: slice | np.ndarray = slice(None)
) -> torch.Tensor:
    """Return allele counts as networks read them, float32 (n_people, n_snps)."""
    counts = panel.genotypes[:, people]
    rows = np.empty(counts.shape[::-1], dtype=np.float32)
    rows[:] = counts.T
    return torch.from_numpy(rows)


@dataclass(frozen=True)
class _Design:
    """What `study` was asked for; its docstring says what each means."""

    schemes: Sequence[str]
    n_permutations: int
    n_networks: int
    n_null_networks: int | None
    residuals: str
    index: str
    n_scored: int
    n_orders: int | None
    seed: int
    training: Training

    def checked(self) -> "_Design":
        """Return the design in its types; raise where a part is out of bounds."""
        allowed = tuple(SCHEMES)
        schemes = tuple(checks.one_of("schemes", s, allowed) for s in self.schemes)
        n_networks = checks.integer("n_networks", self.n_networks, at_least=1)
        n_scored = checks.integer("n_scored", self.n_scored, at_least=1)
        checks.one_of("index", self.index, INDICES)
        residuals = ("as is", "rescaled", "cross-fitted")
        checks.one_of("residuals", self.residuals, residuals)
        n_nulls = self.n_null_networks
        return replace(
            self,
            schemes=schemes,
            n_networks=n_networks,
            n_null_networks=n_networks if n_nulls is None else n_nulls,
            n_scored=n_scored,
        )

    @property
    def keeps_main_effects(self) -> bool:
        """Whether a scheme keeps the main effects."""
        return bool(set(self.schemes) & {"I", "R"})


def _kept(
    panel: Panel,
    scaled: Standardised,
    parts: Split,
    main_effects: np.ndarray | None,
    design: _Design,
    where: dict,
) -> tuple[np.ndarray, list[tuple[Ensemble, list]]]:
    """Return what Perm I and R keep, (n_people,), and the fits behind it, labelled."""
    if main_effects is not None:
        given = checks.vector("main_effects", main_effects, length=panel.n_people)
        return (given - scaled.mean) / scaled.scale, []
    if not design.keeps_main_effects:
        return np.full(panel.n_people, np.nan), []
    fitted, ensemble = fit_main_effects(
        panel,
        scaled.values,
        parts,
        n_networks=design.n_networks,
        n_folds=N_FOLDS if design.residuals == "cross-fitted" else 1,
        training=design.training,
        seed=design.seed,
        **where,
    )
    return fitted, [(ensemble, [("main effects", -1)] * len(ensemble))]


def _fit_all(
    panel: Panel,
    y: np.ndarray,
    parts: Split,
    fitted: np.ndarray,
    design: _Design,
    where: dict,
) -> tuple[Ensemble, np.ndarray, list[tuple[str, int]]]:
    """Train on the trait and all permuted ones; return also what each target is."""
    targets, labels = [y[None]], [("observed", -1)]
    for scheme in design.schemes:
        targets.append(
            permuted_targets(
                scheme,
                y,
                parts,
                fitted=None if scheme == "T" else fitted,
                n_permutations=design.n_permutations,
                rescale=design.residuals == "rescaled" and scheme != "T",
                seed=design.seed,
            )
        )
        labels += [(scheme, b) for b in range(design.n_permutations)]
    n_permuted = len(labels) - 1
    ensemble, target_of = fit_genes(
        panel,
        np.concatenate(targets),
        parts,
        n_networks=[design.n_networks] + [design.n_null_networks] * n_permuted,  # type: ignore[list-item]  # set by checked()
        training=design.training,
        seed=design.seed,
        **where,
    )
    return ensemble, target_of, labels


def _r2_of_first(
    panel: Panel, y: np.ndarray, parts: Split, ensemble: Ensemble, target_of: np.ndarray
) -> dict[str, float]:
    """Return R2 in test people of the first target's networks, single and averaged."""
    networks = [ensemble.network(i) for i in np.flatnonzero(target_of == 0)]
    outputs = _outputs(networks, genotype_rows(panel, parts.test))
    truth = y[parts.test]
    return {
        "network": float(np.mean([_r2(truth, output) for output in outputs])),
        "ensemble": _r2(truth, outputs.mean(axis=0)),
    }


def _scores(
    panel: Panel,
    parts: Split,
    ensemble: Ensemble,
    target_of: np.ndarray,
    labels: list[tuple[str, int]],
    design: _Design,
) -> tuple[Interactions, dict[str, np.ndarray]]:
    """Return scores of the trait, and by scheme those of the permuted ones."""
    found = score_pairs(
        panel,
        parts,
        ensemble,
        target_of,
        index=design.index,
        n_people=design.n_scored,
        n_orders=design.n_orders,
        seed=design.seed,
    )
    scores = np.array([one.scores for one in found])
    schemes_of = np.array([scheme for scheme, _ in labels])
    null = {scheme: scores[schemes_of == scheme] for scheme in design.schemes}
    return found[0], null


def _checked_targets(targets: np.ndarray) -> np.ndarray:
    """Return targets in single precision, of two axes or three; raise on a NaN."""
    targets = np.asarray(targets)
    columns = targets.shape[2:]
    flat = targets.reshape(len(targets), -1) if columns else targets
    flat = checks.matrix("targets", flat, dtype=np.float32)
    return flat.reshape(len(flat), -1, *columns)


def _ensemble_sizes(n_networks: Any, n_targets: int) -> list[int]:
    """Return the networks of each target."""
    sizes = [n_networks] * n_targets if np.ndim(n_networks) == 0 else n_networks
    if len(sizes) != n_targets:
        raise ValueError(
            f"n_networks must be one number or {n_targets}; got {len(sizes)}."
        )
    return [checks.integer("n_networks", n, at_least=1) for n in sizes]


def _first_networks(
    panel: Panel,
    train: np.ndarray,
    kind: str,
    training: Training,
    n_members: int,
    seed: int,
) -> list:
    """Return the untrained networks of one target, centred on training people."""
    centre = panel.genotypes[:, train].mean(axis=1, dtype=np.float64)
    networks = []
    for member in range(n_members):
        with machine.seeded(_word(seed, member)):
            networks.append(_network(kind, panel.sizes, centre, training))
    return networks


def _word(*numbers: int) -> int:
    """Return one seed made of several."""
    return int(np.random.SeedSequence(numbers).generate_state(1)[0])


def _network(
    kind: str, sizes: Sequence[int], centre: np.ndarray, training: Training
) -> nn.Module:
    if kind == "main effects":
        return MainEffects(sizes, encoder=training.encoder, centre=centre)
    return GeneNetwork(
        sizes, encoder=training.encoder, head=training.head, centre=centre
    )


def _outputs(networks: Sequence[nn.Module], rows: torch.Tensor) -> np.ndarray:
    """Return the outputs of several networks, (n_networks, n_people)."""
    with torch.no_grad():
        outputs = [
            torch.cat([network(block) for block in rows.split(8192)])
            for network in networks
        ]
    return torch.stack(outputs).squeeze(2).double().numpy()


def _r2(truth: np.ndarray, predicted: np.ndarray) -> float:
    return float(1 - np.mean((truth - predicted) ** 2) / np.var(truth))


def _record(ensemble: Ensemble, labels: list[tuple[str, int]]) -> pd.DataFrame:
    table = pd.DataFrame(labels, columns=["target", "permutation"])
    table["network"] = table.groupby(["target", "permutation"]).cumcount()
    table["best_epoch"] = ensemble.best_epoch_
    table["best_loss"] = ensemble.best_loss_
    return table


def _mask(rows: np.ndarray, n_people: int) -> np.ndarray:
    mask = np.zeros(n_people, dtype=bool)
    mask[rows] = True
    return mask


def _check_parts(parts: Split, n_people: int) -> None:
    for name, rows in zip(("train", "validation", "test"), parts, strict=True):
        if len(rows) < MIN_PEOPLE:
            raise ValueError(
                f"{name} must have at least {MIN_PEOPLE} people; got {len(rows)}."
            )
    everybody = np.concatenate(list(parts))
    if len(np.unique(everybody)) != len(everybody):
        raise ValueError("parts must not share people; some are in two.")
    if everybody.min() < 0 or everybody.max() >= n_people:
        raise ValueError(f"parts must hold people 0 to {n_people - 1}.")
