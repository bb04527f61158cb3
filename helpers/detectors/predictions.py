"""Ask any model for predictions in one way."""

from collections.abc import Callable

import numpy as np
import torch
from torch import nn


def prediction_function(model) -> Callable[[np.ndarray], np.ndarray]:
    """Return a function from rows (n, n_features) to predictions (n, n_outputs).

    Parameters
    ----------
    model : Module or callable
        A torch network is run in evaluation mode, on its own device and in its own
        precision, and left as it was. A callable takes an array (n, n_features) and
        returns (n,) or (n, n_outputs).

    Raises
    ------
    TypeError
        If it is neither. The function itself raises ValueError where predictions
        have another number of rows or are not finite.
    """
    if isinstance(model, nn.Module):
        predict = _network_function(model)
    elif callable(model):
        predict = model
    else:
        raise TypeError(f"model must be a torch Module or a callable; got {model!r}.")

    def checked(X: np.ndarray) -> np.ndarray:
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


def _network_function(network: nn.Module):
    parameter = next(network.parameters(), torch.empty(0))

    def predict(X: np.ndarray) -> np.ndarray:
        was_training = network.training
        network.eval()
        try:
            with torch.no_grad():
                rows = torch.as_tensor(
                    X, dtype=parameter.dtype, device=parameter.device
                )
                return network(rows).cpu().numpy()
        finally:
            network.train(was_training)

    return predict
