"""Ask any model for predictions in one way, and say what two changes do together."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import numpy as np
import pandas as pd
import torch
from numpy.typing import ArrayLike
from torch import nn

from helpers import device as machine

Number = TypeVar("Number", float, np.ndarray)

try:
    import xgboost
except ModuleNotFoundError:
    from helpers.detectors import without_xgboost as xgboost  # type: ignore[no-redef]  # its stand-in

#: Units of rounding, of the largest prediction: a score below that is 0. A prediction
#: is rounded once or more, and a mixed difference is made of four of them.
ROUNDINGS = 8
_BOOSTED = (xgboost.Booster, xgboost.XGBModel)


def prediction_function(
    model: object, *, columns: Sequence[str] | None = None
) -> Callable[[np.ndarray], np.ndarray]:
    """Return a function from rows (n, n_features) to predictions (n, n_outputs).

    Parameters
    ----------
    model : Module, estimator, Booster, or callable
        A torch network runs in evaluation mode, on its own device and in its own
        precision, on one thread (blocks of rows are small), and is left as it was. A
        scikit-learn estimator or pipeline predicts: classifiers by `decision_function`
        where they have one, else by the probability of the second of two classes, or
        of all classes. XGBoost's models and boosters are read before the link
        function, up to their best iteration. Anything else that has `predict` is asked
        by it. A callable takes an array (n, n_features) and returns (n,) or (n,
        n_outputs). Models, and their methods, that were fitted on a data frame get one
        with the columns they know.
    columns : sequence of str, optional
        Names of the columns of the rows, if they have names: they must then be those
        that the model was fitted on.

    Raises
    ------
    TypeError
        If it is none of these.
    ValueError
        If the names of columns differ. The function itself raises it where predictions
        have another number of rows or are not finite.

    Examples
    --------
    >>> import numpy as np
    >>> import torch
    >>> from sklearn.linear_model import LinearRegression
    >>> from helpers import prediction_function
    >>> X = np.arange(6.0).reshape(3, 2)
    >>> ask = prediction_function(LinearRegression().fit(X, X.sum(axis=1)))
    >>> ask(X).round(6).tolist()
    [[1.0], [5.0], [9.0]]
    >>> ask = prediction_function(torch.nn.Linear(2, 1))
    >>> ask(X).shape
    (3, 1)
    """
    names = _known_names(model)
    if names is not None and columns is not None and list(columns) != names:
        raise ValueError(
            f"X must have the columns that model was fitted on, {_few(names)}; got "
            f"{_few(columns)}."
        )
    predict = _asking(model)
    # XGBoost takes the names beside an array, which saves the frame.
    framed = names is not None and not isinstance(model, _BOOSTED)

    def checked(X: np.ndarray) -> np.ndarray:
        if framed:
            _check_width(X, len(names))  # type: ignore[arg-type]  # there are names
            X = pd.DataFrame(X, columns=names)
        outputs = np.asarray(predict(X), dtype=np.float64)
        if outputs.ndim == 0 or len(outputs) != len(X):
            raise ValueError(
                f"model must predict one row each for {len(X)} rows; "
                f"got shape {outputs.shape}."
            )
        if not np.isfinite(outputs).all():
            raise ValueError("model must predict finite values; got NaN or infinity.")
        return outputs.reshape(len(X), -1)

    return checked


def is_booster(model: object) -> bool:
    """Return whether this is a bare booster of XGBoost, read before its link."""
    return isinstance(model, xgboost.Booster)


def single_output(predict: Callable) -> Callable[[np.ndarray], np.ndarray]:
    """Return the function from rows to one value each, (n,); more are refused."""

    def values(X: np.ndarray) -> np.ndarray:
        outputs = predict(X)
        if outputs.shape[1] != 1:
            raise ValueError(f"model must have one output; got {outputs.shape[1]}.")
        return outputs[:, 0]

    return values


def network_function(network: nn.Module, part: Callable | None = None) -> Callable:
    """Return a function of arrays that asks a network, or a part of it, untouched.

    Parameters
    ----------
    network : Module
        Evaluated as `prediction_function` says.
    part : callable, optional
        A module or method of the network from one tensor to another; by default the
        network itself.
    """
    part = network if part is None else part

    def ask(X: np.ndarray) -> np.ndarray:
        like = _first_float(network)
        rows = np.require(X, requirements=["C", "W"])  # as torch takes arrays
        rows = torch.as_tensor(rows, dtype=like.dtype, device=like.device)
        with evaluating(network), torch.no_grad(), machine.threads(1):
            return part(rows).double().cpu().numpy()

    return ask


@contextmanager
def evaluating(network: nn.Module) -> Iterator[nn.Module]:
    """Put a network and its parts in evaluation mode, until the end of the block."""
    modes = [(module, module.training) for module in network.modules()]
    network.eval()
    try:
        yield network
    finally:
        for module, training in modes:
            module.training = training


def mixed_difference_of(
    both: Number, first: Number, second: Number, neither: Number
) -> Number:
    """Return f_ij - f_i - f_j + f: what two changes do together beyond apart.

    Parameters
    ----------
    both, first, second, neither : arrays of shapes that fit each other
        Values with both features changed, with one, with the other, with none.
    """
    return both - first - second + neither


def rounding(outputs: np.ndarray) -> float:
    """Return the size below which differences of predictions are rounding.

    `ROUNDINGS` units in the last place of the largest value: of single precision if
    every value is one of single precision, as those of networks and boosted trees
    are, else of double precision.
    """
    outputs = np.asarray(outputs, dtype=np.float64)
    largest = np.abs(outputs).max(initial=0.0)
    with np.errstate(over="ignore", under="ignore"):
        single = np.array_equal(outputs.astype(np.float32), outputs)
    return ROUNDINGS * np.finfo(np.float32 if single else np.float64).eps * largest


class Rounding:
    """Wrap a function of rows; remember the rounding of the values it returned."""

    def __init__(self, predict: Callable) -> None:
        self.predict, self.size = predict, 0.0

    def __call__(self, X: np.ndarray) -> np.ndarray:
        """Return the values of some rows."""
        outputs = self.predict(X)
        self.size = max(self.size, rounding(outputs))
        return outputs

    def floored(self, scores: np.ndarray, size: float | None = None) -> np.ndarray:
        """Return scores with 0 for those at or below `size`, by default the rounding.

        For scores in another unit than the predictions give `size` in that unit.
        """
        scores = np.asarray(scores, dtype=np.float64)
        return np.where(scores <= (self.size if size is None else size), 0.0, scores)


def _asking(model: object) -> Callable:
    """Return the function of a model that predicts."""
    if isinstance(model, nn.Module):
        return network_function(model)
    if isinstance(model, xgboost.Booster):
        return _margins(model)
    if isinstance(model, xgboost.XGBModel):
        return _margins(model.get_booster(), getattr(model, "best_iteration", None))
    if inspect.isclass(model):
        raise TypeError(f"model must be fitted, not a class; got {model!r}.")
    if hasattr(model, "decision_function"):
        return model.decision_function
    if hasattr(model, "predict_proba"):
        return lambda X: _second_of_two(model.predict_proba(X))
    if hasattr(model, "predict"):
        return model.predict
    if callable(model):
        return model
    raise TypeError(
        f"model must be a torch Module or a callable, or have predict; got {model!r}."
    )


def _second_of_two(probabilities: ArrayLike) -> np.ndarray:
    probabilities = np.asarray(probabilities)
    return probabilities[:, 1] if probabilities.shape[1] == 2 else probabilities


def _margins(booster: xgboost.Booster, best: int | None = None) -> Callable:
    """Return what boosted trees say before the link function."""
    end = 0 if best is None else best + 1  # 0: all trees

    def predict(X: np.ndarray) -> np.ndarray:
        _check_width(X, booster.num_features())
        data = xgboost.DMatrix(
            single_precision("X", np.asarray(X)),
            feature_names=booster.feature_names,
            feature_types=booster.feature_types,
            nthread=1,
        )
        return booster.predict(data, output_margin=True, iteration_range=(0, end))

    return predict


def single_precision(name: str, X: np.ndarray) -> np.ndarray:
    """Return rows as float32; values beyond it are refused."""
    with np.errstate(over="ignore", under="ignore"):
        single = np.asarray(X, dtype=np.float32)
    beyond = ~np.isfinite(single) & np.isfinite(X)
    if beyond.any():
        raise ValueError(
            f"{name} must fit single precision, 3.4e38, for this model; got "
            f"{np.asarray(X)[beyond][0]:.3g}."
        )
    return single


def _known_names(model: object) -> list[str] | None:
    """Return the columns of the data frame that a model was fitted on, if any."""
    owner = model.__self__ if inspect.ismethod(model) else model
    if isinstance(owner, nn.Module) or inspect.isclass(owner):
        return None
    if isinstance(owner, xgboost.XGBModel):
        owner = owner.get_booster()
    name = (
        "feature_names" if isinstance(owner, xgboost.Booster) else "feature_names_in_"
    )
    names = getattr(owner, name, None)
    return None if names is None else list(names)


def _check_width(X: np.ndarray, n_columns: int) -> None:
    if X.shape[1] != n_columns:
        raise ValueError(
            f"X must have the {n_columns} columns of the model; got {X.shape[1]}."
        )


def _first_float(network: nn.Module) -> torch.Tensor:
    """Return a parameter or buffer that gives a network's precision and device."""
    for tensor in (*network.parameters(), *network.buffers()):
        if tensor.is_floating_point():
            return tensor
    return torch.empty(0)


def _few(names: Iterable) -> str:
    names = list(map(str, names))
    return ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
