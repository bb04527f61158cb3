"""What the interactions may look like: a learner that sees the learning rows alone."""

import copy
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from numbers import Real
from typing import Any

import numpy as np
import torch
from sklearn.base import clone

from helpers import device as machine
from helpers.detectors.predictions import is_booster, prediction_function
from helpers.device import Device
from helpers.ensemble import Adam, Ensemble, l1
from helpers.networks.mlp import MLP
from helpers.significance.interaction.blind import split
from helpers.significance.interaction.family import Family, stacked
from helpers.significance.interaction.settings import Training
from helpers.training.dense import MLPPasses
from helpers.training.passes import passes_for

#: Predicted probabilities closer to 0 or 1 count as this close.
NEAREST = 1e-3
#: Rows, and sets of columns that change, of one product: more take longer a row.
ROWS_MOVED, CHANGES_AT_ONCE = 128, 32


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


class MeanNetwork:
    """The mean of an ensemble's outputs, as a function of rows.

    The ensemble holds perceptrons (`MLP`) with one output.
    """

    def __init__(self, ensemble: Ensemble) -> None:
        self.ensemble = ensemble
        self.device = ensemble.device

    def __call__(self, X: np.ndarray) -> np.ndarray:
        """Return the mean outputs, (n,), of rows (n, n_columns)."""
        return self.ensemble.predict(self._rows(X))[..., 0].mean(0).astype(float)

    def _rows(self, X: np.ndarray) -> torch.Tensor:
        dtype = self.ensemble.parameters.flat.dtype
        return torch.as_tensor(np.ascontiguousarray(X), dtype=dtype)

    def moved(
        self, X: np.ndarray, reference: np.ndarray, changes: Sequence[Sequence[int]]
    ) -> np.ndarray:
        """Return outputs with some columns taken from a reference, (n_changes, n).

        The first layer is a sum over columns, so only those that change are summed
        anew: with hundreds of columns, a small share of the work.

        Parameters
        ----------
        X : array, shape (n, n_columns)
        reference : array, shape (n_columns,)
        changes : sequence of sequences of int
            Columns that are taken from the reference.
        """
        parameters = self.ensemble.parameters.select(
            range(len(self.ensemble)), self.device
        )
        passes: MLPPasses = passes_for(  # type: ignore[assignment]  # of an MLP
            self.ensemble.networks[0], parameters, parameters
        )
        layers = list(zip(passes.weights, passes.biases, strict=True))
        rows, fixed = (self._rows(v).to(self.device) for v in (X, reference))
        workers = machine.cores() if self.device.type == "cpu" else 1
        with (
            torch.no_grad(),
            machine.threads(1),
            machine.exact_products(self.device),
            ThreadPoolExecutor(workers) as pool,
        ):
            blocks = rows.split(ROWS_MOVED)
            found = pool.map(
                lambda block: _moved(layers, block, fixed, changes), blocks
            )
            return torch.cat(list(found), dim=1).cpu().numpy().astype(float)


def _moved(
    layers: list[tuple[torch.Tensor, torch.Tensor]],
    rows: torch.Tensor,
    reference: torch.Tensor,
    changes: Sequence[Sequence[int]],
) -> torch.Tensor:
    """Return mean outputs of a block of rows, (n_changes, n), as `MeanNetwork.moved`.

    layers : weights (E, out, in) and biases (E, out), first to last
    """
    first, bias = layers[0]
    unchanged = torch.baddbmm(
        bias[:, None], rows.expand(len(first), *rows.shape), first.transpose(1, 2)
    )  # (E, n, units)
    used = sorted({column for change in changes for column in change})
    place = {column: number for number, column in enumerate(used)}
    step = (reference - rows)[:, used].T  # (used, n)
    slopes = first[:, :, used].permute(2, 0, 1).contiguous()  # (used, E, units)
    shift = step[:, None, :, None] * slopes[:, :, None]  # (used, E, n, units)
    outputs = []
    for start in range(0, len(changes), CHANGES_AT_ONCE):
        some = changes[start : start + CHANGES_AT_ONCE]
        x = unchanged[:, None].repeat(1, len(some), 1, 1)  # (E, changes, n, units)
        for number, change in enumerate(some):
            for column in change:
                x[:, number].add_(shift[place[column]])
        x = x.flatten(1, 2)
        for weight, bias in layers[1:]:
            x = torch.baddbmm(bias[:, None], x.relu_(), weight.transpose(1, 2))
        outputs.append(x[..., 0].mean(0).reshape(len(some), len(rows)))
    return torch.cat(outputs)


def made_by(
    maker: Any, X: np.ndarray, y: np.ndarray, family: Family
) -> Callable[[np.ndarray], np.ndarray]:
    """Fit a learner of the caller's on the learning rows; return its prediction.

    Parameters
    ----------
    maker : estimator or callable
        An object with fit and predict, or a callable that returns a new one. Of an
        estimator of scikit-learn's form the parameters are taken and nothing that it
        has learned before; of another object a copy is fitted.
    X : array, shape (n, n_columns)
        As the caller gave it.
    """
    # A class has the methods too, but is a maker.
    is_estimator = hasattr(maker, "fit") and not isinstance(maker, type)
    if not is_estimator and not callable(maker):
        raise TypeError(
            f"model must have fit and predict, or make one that has; got {maker!r}."
        )
    estimator = _untrained(maker) if is_estimator else maker()
    if not hasattr(estimator, "fit") or not hasattr(estimator, "predict"):
        raise TypeError(
            f"model must make objects with fit and predict; got {estimator!r}."
        )
    fitted = estimator.fit(X, y)  # some return themselves, some what they noted
    return asked(fitted if hasattr(fitted, "predict") else estimator, family)


def _untrained(estimator: Any) -> Any:
    """Return an estimator with its parameters alone; a copy of any other object."""
    try:
        return clone(estimator, safe=False)
    except (TypeError, RuntimeError):  # its parameters are not those that make it
        return copy.deepcopy(estimator)


def asked(
    model: Any, family: Family, columns: Sequence[str] | None = None
) -> Callable[[np.ndarray], np.ndarray]:
    """Return a trained model as a function from rows to values on the family's scale.

    What an object predicts is a mean: probabilities become logits, rates logarithms. A
    plain function, a torch network without a `fit` of its own, and a booster of
    XGBoost, which is read before its link function, are on the scale already.

    Parameters
    ----------
    model : trained model or callable
    family : Family
    columns : sequence of str, optional
        Names of the columns of the rows, if they have names.

    Raises
    ------
    ValueError
        If the model knows columns by other names, or in another order, or classes that
        are text. The function itself raises it where predictions cannot be used.
    """
    network = isinstance(model, torch.nn.Module) and not hasattr(model, "fit")
    on_scale = network or is_booster(model)
    ask: Callable[[np.ndarray], np.ndarray]
    if hasattr(model, "predict_proba") and family.name == "binomial":
        # The method knows the columns' names, too.
        chances = prediction_function(model.predict_proba, columns=columns)
        one = _class_of_one(model)

        def ask(X: np.ndarray) -> np.ndarray:
            p = chances(X)
            if p.shape[1] != 2:
                raise ValueError(
                    "model must predict probabilities of two classes; got "
                    f"{p.shape[1]}."
                )
            p = np.clip(p[:, one], NEAREST, 1 - NEAREST)
            return np.log(p / (1 - p))

    elif hasattr(model, "predict") and not on_scale:
        said = prediction_function(model.predict, columns=columns)

        def ask(X: np.ndarray) -> np.ndarray:
            values = said(X)
            if family.name == "poisson":
                return np.log(np.maximum(values, NEAREST))
            # The line that touches the logit at 1/2: predictions of a regressor may
            # leave 0 to 1, and logits of those near an end would rule all others.
            return 4 * (values - 0.5) if family.name == "binomial" else values
    else:
        ask = prediction_function(model, columns=columns)
    predict = prediction_function(ask)

    def single(X: np.ndarray) -> np.ndarray:
        outputs = predict(X)
        if outputs.shape[1] != 1:
            raise ValueError(
                f"model must predict one value a row; got {outputs.shape[1]}."
            )
        return outputs[:, 0]

    return single


def _class_of_one(model: Any) -> int:
    """Return which of a classifier's two classes is y = 1: the larger number.

    Classes that are no numbers do not say which of them is 1.
    """
    classes = getattr(model, "classes_", None)
    classes = [0, 1] if classes is None else list(classes)  # some name none
    if len(classes) != 2 or not all(isinstance(c, Real | np.bool_) for c in classes):
        named = " and ".join(map(repr, map(str, classes[:3]))) or "none"
        raise ValueError(
            f"fitted must know the classes 0 and 1; got {named}: fit it with these, or "
            "give a function of rows that returns the log odds of y = 1."
        )
    return int(np.argmax(classes))
