"""Two statements of the paper that numbers can check: Lemma 3 and Appendix B."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import torch
from torch import nn

from helpers.detectors import weights

#: Weights of one ReLU unit whose cross-term Appendix B is checked at.
UNITS = {"1_1": (1, 1), "1_0p5": (1, 0.5), "1_0p1": (1, 0.1), "3_minus-1": (3, -1)}


def lemma_3_share(network: nn.Module, X: np.ndarray) -> float:
    """Return the largest derivative by a first-layer unit, as a share of its bound.

    Parameters
    ----------
    network : Module
        As for `weights.layer_weights`.
    X : array, shape (n_samples, n_features)
        Where the derivatives are taken.

    Source
    ------
    Tsang et al. (2018), Lemma 3 [tsang2018].
    """
    gradients = weights.first_layer_gradients(network, torch.as_tensor(X).float())
    bound = weights.influence(weights.layer_weights(network))
    return float(np.max(gradients.numpy().max(axis=0) / np.maximum(bound, 1e-12)))


def cross_term(alpha1: float, alpha2: float, n_nodes: int = 400) -> float:
    """Return the x1 x2 coefficient of the best quadratic fit to one ReLU unit.

    By Gauss-Legendre quadrature of max(alpha1 x1 + alpha2 x2, 0) times x1 x2 on
    (-1, 1)², to which every other term of a quadratic is orthogonal.
    """
    nodes, node_weights = np.polynomial.legendre.leggauss(n_nodes)
    x1, x2 = np.meshgrid(nodes, nodes)
    area = np.outer(node_weights, node_weights)
    return float(
        9 / 4 * np.sum(area * x1 * x2 * np.maximum(alpha1 * x1 + alpha2 * x2, 0))
    )


def unit_curve(ratios: Sequence[float]) -> pd.DataFrame:
    """Return the interaction of a unit with weights 1 and each of `ratios`.

    Returns
    -------
    DataFrame
        ratio, cross_term (by quadrature), formula (the closed form of Appendix B), and
        one column for each average of the two weights.
    """
    ratios = np.asarray(ratios, float)
    averages = {
        name: weights.average_weight(np.ones_like(ratios), ratios, name)
        for name in weights.AVERAGES
    }
    return pd.DataFrame(
        {
            "ratio": ratios,
            "cross_term": [cross_term(1, ratio) for ratio in ratios],
            "formula": weights.relu_cross_term(1, ratios),
            **averages,
        }
    )


def unit_values() -> dict[str, float]:
    """Return the sizes of the cross-terms that the paper's formula is checked at."""
    return {f"appendix-b.{name}": abs(cross_term(*w)) for name, w in UNITS.items()}
