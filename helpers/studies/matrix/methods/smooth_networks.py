"""Networks without kinks: their second derivatives, and a test of the model itself."""

from collections.abc import Callable

import numpy as np
import torch
from scipy import stats
from torch import nn
from torch.func import grad, jacrev, vmap

from helpers.detectors.predictions import mixed_difference_of
from helpers.device import seeded
from helpers.ensemble import Adam, Ensemble
from helpers.studies.matrix.kinds import Answer, Data, Learners, Method
from helpers.studies.matrix.methods.left_out import halves
from helpers.studies.matrix.methods.networks import (
    LOSSES,
    STARTS,
    TRAINING,
    scaled,
)

HIDDEN = (64, 64)
#: Rows at which the networks are asked, and those that a partial dependence averages.
ASKED, BACKGROUND = 200, 50


def smooth(n_features: int) -> nn.Module:
    """Return a perceptron of softplus units: its second derivatives exist."""
    first, second = HIDDEN
    return nn.Sequential(
        nn.Linear(n_features, first),
        nn.Softplus(),
        nn.Linear(first, second),
        nn.Softplus(),
        nn.Linear(second, 1),
    )


def trained(data: Data, seed: int, learners: Learners) -> list:
    """Return five networks of two thirds of the rows, in float64."""

    def make() -> list:
        X, y = scaled(data)
        learn, _ = halves(len(y), seed)
        n_stop = len(learn) // 5
        with seeded(1_000 * seed):
            networks = [smooth(X.shape[1]) for _ in range(STARTS)]
        ensemble = Ensemble(networks, device="cpu").fit(
            X,
            y,
            train=np.isin(np.arange(len(y)), learn[n_stop:]),
            validation=np.isin(np.arange(len(y)), learn[:n_stop]),
            loss=LOSSES[data.family],
            optimizer=Adam(lr=5e-3),
            seeds=1_000 * seed,
            progress=False,
            **TRAINING,
        )
        return [ensemble.network(i).double() for i in range(STARTS)]

    return learners.get("smooth", make)


def unseen(data: Data, seed: int) -> torch.Tensor:
    """Return rows that trained no network, at most `ASKED`, as networks read them."""
    X, y = scaled(data)
    _, test = halves(len(y), seed)
    return torch.as_tensor(X[test[:ASKED]], dtype=torch.float64)


def second_derivatives(data: Data, seed: int, learners: Learners) -> Answer:
    """Ask for the mean absolute mixed second derivative, over rows and networks."""
    rows = unseen(data, seed)
    sizes = np.mean(
        [curvatures(network, rows) for network in trained(data, seed, learners)],
        axis=0,
    )
    return Answer(np.array([sizes[pair] for pair in data.pairs]))


def curvatures(network: nn.Module, rows: torch.Tensor) -> np.ndarray:
    """Return the mean absolute second derivatives over rows, (n_features,) twice."""

    def one(row: torch.Tensor) -> torch.Tensor:
        return network(row)[0]

    return vmap(jacrev(grad(one)))(rows).abs().mean(0).detach().numpy()


def dependences(
    predict: Callable, points: np.ndarray, background: np.ndarray, members: list[int]
) -> np.ndarray:
    """Return the partial dependence on some features at points, shape (n_points,)."""
    grid = np.repeat(background[None], len(points), axis=0)
    grid[..., members] = points[:, None, members]
    said = predict(grid.reshape(-1, grid.shape[2]))
    return said.reshape(len(points), len(background)).mean(1)


def difference_of_variances(
    both: np.ndarray, first: np.ndarray, second: np.ndarray
) -> tuple[float, float]:
    """Compare what a model says of two features with the sum of what it says of each.

    Parameters
    ----------
    both, first, second : arrays, shape (n,)
        Partial dependences on the pair and on each feature, at the same rows.

    Returns
    -------
    z, p : float
        One-sample z of the products of sum and difference, both centred: their mean is
        the difference of the two variances. 0 and 1 if the model adds the two.
    """
    alone = first + second
    apart = both - alone
    if np.ptp(apart) <= 1e-9 * max(np.ptp(both), 1e-300):  # rounding is no interaction
        return 0.0, 1.0
    together = both + alone
    terms = (together - together.mean()) * (apart - apart.mean())
    z = terms.mean() / terms.std(ddof=1) * np.sqrt(len(terms))
    return float(z), float(2 * stats.norm.sf(abs(z)))


def of_the_model(data: Data, seed: int, learners: Learners) -> Answer:
    """Test whether the mean network adds two features: a statement about the network.

    Differs from the paper: a pair's joint partial dependence stands for the
    prediction, so that each pair has its own test; with all other features in the
    first term, the test would ask whether a feature interacts with any.

    Source
    ------
    Welchowski and Edelmann (2024).
    """
    points = unseen(data, seed).numpy()
    X, y = scaled(data)
    background = X[halves(len(y), seed)[0][:BACKGROUND]].astype(np.float64)
    networks = trained(data, seed, learners)

    def predict(rows: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            asked = torch.as_tensor(rows)
            return np.mean([one(asked)[:, 0].numpy() for one in networks], axis=0)

    def dependence(*members: int) -> np.ndarray:
        return dependences(predict, points, background, list(members))

    single = [dependence(i) for i in range(data.n_features)]
    level = np.full(len(points), predict(background).mean())
    found, apart = [], []
    for i, j in data.pairs:
        both = dependence(i, j)
        found.append(difference_of_variances(both, single[i], single[j]))
        apart.append(mixed_difference_of(both, single[i], single[j], level).std())
    return Answer(np.array(apart), np.array(found)[:, 1])


METHODS = {
    "Hessian": Method(
        second_derivatives,
        "mixed second derivatives of five softplus networks",
        most_features=50,
    ),
    "test of the model": Method(
        of_the_model,
        "does the network add the two? (nothing about the data)",
        tests=True,
        most_features=20,
    ),
}
