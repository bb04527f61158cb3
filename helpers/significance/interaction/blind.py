"""A network blind to each feature of a set, trained for all sets at once."""

from collections.abc import Callable, Sequence

import numpy as np
import torch

from helpers import device as machine
from helpers.device import Device
from helpers.ensemble import Adam, Ensemble, l1
from helpers.networks.gam import InteractionGAM
from helpers.significance.interaction.settings import Training
from helpers.significance.interaction.table import Features


def fit_blind(
    features: Features,
    sets: Sequence[tuple[int, ...]],
    targets: torch.Tensor,
    loss: Callable,
    rows: np.ndarray,
    settings: Training,
    seed: int,
    device: Device,
) -> np.ndarray:
    """Return the sum of the blind networks of every set, shape (n_sets, n).

    One network of a pair does not see its first feature, the other not its second (of
    three, a third network not the third): as a sum they can say whatever the null
    hypothesis of the set allows, and nothing else. Sets whose networks end no better
    than zero get zero.

    Parameters
    ----------
    features : Features
    sets : sequence of tuple of int
        All of one size.
    targets : Tensor, shape (n_sets, n, n_targets)
    loss : function
        As for `Ensemble.fit`.
    rows : array of int
        Rows to learn from; a share of them decides when to stop.
    settings : Training
    seed : int
    device
    """
    n_columns = features.scores.shape[1]
    sides = [_blind_sides(features, members, n_columns) for members in sets]
    total = np.zeros((len(sets), len(features.scores)))
    # A side of one column is a curve: the splines have it already.
    able = [k for k, side in enumerate(sides) if min(map(len, side)) > 1]
    if not able:
        return total
    X = torch.from_numpy(features.scores).float()
    y, numbers = targets[able], torch.as_tensor(rows)
    train, validation = split(len(rows), settings.validation, seed)
    zero = loss(y.new_zeros(*y.shape[:2], 1), y)[:, numbers[validation]].mean(1)
    for start in range(settings.n_networks):
        with machine.seeded(seed + start):
            networks = [
                InteractionGAM(n_columns, sides[k], settings.hidden, ()) for k in able
            ]
        ensemble = Ensemble(networks, device=device).fit(
            X[numbers],
            y[:, numbers],
            own_y=True,
            train=train,
            validation=validation,
            loss=loss,
            penalty=l1(settings.l1, on="weights.*") if settings.l1 else None,
            optimizer=Adam(lr=settings.learning_rate),
            batch_size=settings.batch_size,
            max_epochs=settings.max_epochs,
            patience=settings.patience,
            order="shared",
            seeds=seed + start,
            progress=False,
        )
        better = ensemble.best_loss_ < zero.numpy()
        outputs = ensemble.predict(X)[..., 0] * better[:, None]
        total[able] += outputs / settings.n_networks
    return total


def split(n: int, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return masks of the rows to learn from and of those that decide, (n,)."""
    validation = np.zeros(n, dtype=bool)
    n_validation = max(1, round(share * n))
    validation[np.random.default_rng(seed).permutation(n)[:n_validation]] = True
    return ~validation, validation


def _blind_sides(
    features: Features, members: tuple[int, ...], n_columns: int
) -> list[list[int]]:
    return [
        [k for k in range(n_columns) if k not in features.columns[hidden]]
        for hidden in members
    ]
