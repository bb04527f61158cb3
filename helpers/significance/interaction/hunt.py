"""What the interactions may look like: a learner that sees the learning rows alone."""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from helpers import device as machine
from helpers.detectors.predictions import prediction_function
from helpers.device import Device
from helpers.ensemble import Adam, Ensemble, l1
from helpers.networks.mlp import MLP
from helpers.significance.interaction.blind import split
from helpers.significance.interaction.family import Family, stacked
from helpers.significance.interaction.settings import Training

#: Predicted probabilities closer to 0 or 1 count as this close.
NEAREST = 1e-3


def hunt(
    X: np.ndarray,
    y: np.ndarray,
    links: np.ndarray,
    family: Family,
    settings: Training,
    seed: int,
    device: Device = "auto",
) -> Ensemble:
    """Train networks on what a fit leaves over.

    Parameters
    ----------
    X : array, shape (n, n_columns)
        Normal scores of the learning rows.
    y : array, shape (n,)
    links : array, shape (n,)
        The fit, on the scale of the family: main effects, say, which have no mixed
        differences.
    family, settings, seed, device
    """
    train, validation = split(len(y), settings.validation, seed)
    with machine.seeded(seed):
        networks = [
            MLP(X.shape[1], settings.hidden) for _ in range(settings.n_networks)
        ]
    return Ensemble(networks, device=device).fit(
        X,
        stacked(y, links),
        train=train,
        validation=validation,
        loss=family.loss,
        penalty=l1(settings.l1, on="layers.*.weight") if settings.l1 else None,
        optimizer=Adam(lr=settings.learning_rate),
        batch_size=settings.batch_size,
        max_epochs=settings.max_epochs,
        patience=settings.patience,
        seeds=seed,
        progress=False,
    )


def is_anything_left(
    X: np.ndarray,
    y: np.ndarray,
    links: np.ndarray,
    family: Family,
    settings: Training,
    seed: int,
    device: Device,
) -> bool:
    """Whether networks that see all features improve on a fit, on rows held back.

    Arguments as for `hunt`. Networks that see less than all will not either.
    """
    ensemble = hunt(X, y, links, family, settings, seed, device)
    _, validation = split(len(y), settings.validation, seed)
    targets = stacked(y[validation], links[validation])[None]
    zero = family.loss(targets.new_zeros(*targets.shape[:2], 1), targets).mean()
    return bool((ensemble.best_loss_ < float(zero)).any())


def mean_network(ensemble: Ensemble) -> Callable[[np.ndarray], np.ndarray]:
    """Return the mean of the networks' outputs as a function of rows."""

    def predict(X: np.ndarray) -> np.ndarray:
        rows = torch.from_numpy(np.ascontiguousarray(X, dtype=np.float32))
        return ensemble.predict(rows)[..., 0].mean(0).astype(float)

    return predict


def made_by(
    maker: Any, X: np.ndarray, y: np.ndarray, family: Family
) -> Callable[[np.ndarray], np.ndarray]:
    """Fit a learner of the caller's on the learning rows; return its prediction.

    Parameters
    ----------
    maker : estimator or callable
        An object with fit and predict, of which a copy is fitted, or a callable that
        returns a new one.
    X : array, shape (n, n_columns)
        As the caller gave it.
    """
    # A class has the methods too, but is a maker.
    is_estimator = hasattr(maker, "fit") and not isinstance(maker, type)
    if not is_estimator and not callable(maker):
        raise TypeError(
            f"model must have fit and predict, or make one that has; got {maker!r}."
        )
    estimator = copy.deepcopy(maker) if is_estimator else maker()
    if not hasattr(estimator, "fit") or not hasattr(estimator, "predict"):
        raise TypeError(
            f"model must make objects with fit and predict; got {estimator!r}."
        )
    fitted = estimator.fit(X, y)
    return asked(estimator if fitted is None else fitted, family)


def asked(model: Any, family: Family) -> Callable[[np.ndarray], np.ndarray]:
    """Return a trained model as a function from rows to values on the family's scale.

    Probabilities become logits, rates logarithms; a torch network and a plain function
    are taken to be on the scale already.
    """
    if hasattr(model, "predict_proba") and family.name == "binomial":
        chances = prediction_function(model.predict_proba)  # knows the columns' names

        def ask(X: np.ndarray) -> np.ndarray:
            p = chances(X)[:, 1]
            p = np.clip(p, NEAREST, 1 - NEAREST)
            return np.log(p / (1 - p))

    elif hasattr(model, "predict") and not isinstance(model, torch.nn.Module):
        said = prediction_function(model.predict)

        def ask(X: np.ndarray) -> np.ndarray:
            values = said(X)
            if family.name == "poisson":
                values = np.log(np.maximum(values, NEAREST))
            return values
    else:
        ask = model
    predict = prediction_function(ask)

    def single(X: np.ndarray) -> np.ndarray:
        outputs = predict(X)
        if outputs.shape[1] != 1:
            raise ValueError(
                f"model must predict one value a row; got {outputs.shape[1]}."
            )
        return outputs[:, 0]

    return single
