"""Attribution of any torch module that reads one-hot sequences."""

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import nn
from torch.nn import functional as F

from helpers import checks
from helpers.data.bases import bases
from helpers.explain.deep_shap import deep_shap
from helpers.extras import extra

with extra("dna"):
    from captum.attr import IntegratedGradients

METHODS = ("IG", "DeepSHAP")


def module_contributions(
    model: nn.Module,
    sequences: ArrayLike,
    *,
    method: str,
    output: int = 0,
    points: int = 50,
    n_references: int = 20,
    seed: int = 0,
) -> np.ndarray:
    """Return the contribution of each position to one output of any module.

    `attribution.contributions` is for the networks of this book, which it knows well
    enough for shortcuts; this one takes a module as it is.

    Parameters
    ----------
    model : Module
        Takes one-hot sequences, shape (n, 4, length), and returns (n, n_outputs).
    sequences : array of int, shape (n, length)
    method : {"IG", "DeepSHAP"}
        Integrated gradients from zeros, or `deep_shap`, which asks for torch's usual
        layers.
    output : int
        Which column is attributed.
    points : int
        On the path of IG.
    n_references, seed : int
        Of DeepSHAP.

    Returns
    -------
    array, shape (n, length)

    Raises
    ------
    TypeError
        If the model is no module.
    ValueError
        If the method is unknown, or the model does not return columns of which
        `output` is one.

    Source
    ------
    Sundararajan, Taly and Yan (2017); Captum.
    """
    checks.one_of("method", method, METHODS)
    sequences = bases("sequences", sequences)
    if not isinstance(model, nn.Module):
        raise TypeError(f"model must be a torch module; got {model!r}.")
    training = model.training
    model.eval()
    try:
        letters = F.one_hot(torch.from_numpy(sequences).long(), 4).transpose(1, 2)
        like = next(model.parameters(), letters.float())  # some have none
        letters = letters.to(like.dtype)
        _check_output(model, letters[:1], output)
        if method == "DeepSHAP":
            return deep_shap(
                model, sequences, n_references=n_references, column=output, seed=seed
            )[0]
        explain = IntegratedGradients(model).attribute
        found = explain(letters, target=output, n_steps=points)
        return found.sum(dim=1).detach().numpy()
    finally:
        model.train(training)


@torch.no_grad()
def _check_output(model: nn.Module, letters: torch.Tensor, output: int) -> None:
    value = model(letters)
    columns = value.shape[1] if value.ndim == 2 else 0
    if not columns:
        raise ValueError(
            f"model must return shape (n, n_outputs); got {tuple(value.shape)} for one "
            "sequence."
        )
    checks.integer("output", output, at_least=0, at_most=columns - 1)
