"""Which rows of the data each network sees, and in which order."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True)
class Samples:
    """Inputs and targets on the device.

    Parameters
    ----------
    X : Tensor, shape (n_samples, ...), or (n_networks, n_samples, ...) if `own_inputs`
        Inputs.
    y : Tensor, shape (n_samples, n_targets), or (n_networks, ...) if `own_targets`
        Targets.
    own_inputs, own_targets : bool
        Whether axis 0 is the network.
    """

    X: Tensor
    y: Tensor
    own_inputs: bool
    own_targets: bool

    def select(self, networks: Tensor) -> "Samples":
        """Return the samples of some networks."""
        X = self.X[networks] if self.own_inputs else self.X
        y = self.y[networks] if self.own_targets else self.y
        return Samples(X, y, self.own_inputs, self.own_targets)

    def inputs(self, rows: Tensor) -> tuple[Tensor, bool]:
        """Return the inputs at `rows`, and whether they differ between networks."""
        return _take(self.X, self.own_inputs, rows), self.own_inputs or rows.ndim == 2

    def targets(self, rows: Tensor, n_networks: int) -> Tensor:
        """Return the targets at `rows`, (n_networks, batch, n_targets)."""
        y = _take(self.y, self.own_targets, rows)
        own = self.own_targets or rows.ndim == 2
        return y if own else y.expand(n_networks, *y.shape)


def _take(data: Tensor, own: bool, rows: Tensor) -> Tensor:
    """Return rows (batch,) or (n_networks, batch) of shared or own data."""
    if not own:
        taken = data.index_select(0, rows.reshape(-1))
        return taken.unflatten(0, rows.shape)
    if rows.ndim == 1:
        return data.index_select(1, rows)
    n_networks, n_samples = data.shape[:2]
    start = torch.arange(n_networks, device=rows.device).unsqueeze(1) * n_samples
    taken = data.flatten(0, 1).index_select(0, (rows + start).view(-1))
    return taken.unflatten(0, rows.shape)


class Order:
    """The order in which networks visit their training rows, drawn anew each epoch.

    It depends on seed and epoch alone, so neither chunks nor stopped networks change
    it.

    Parameters
    ----------
    masks : array of bool, shape (n_networks, n_samples)
        Training rows of each network.
    seeds : array of int, shape (n_networks,)
        Seed of each network.
    union : array of int, optional
        All rows that any network of the ensemble trains on: given, all networks follow
        one order of these rows, that of seeds[0], and rows that are not its own weigh
        zero for a network. Else each follows its own order of its own rows.
    device : torch.device
        Where the rows are needed.
    """

    def __init__(self, masks, seeds, union, device):
        self.masks, self.seeds, self.union, self.device = masks, seeds, union, device
        self._rows = [np.flatnonzero(mask) for mask in masks] if union is None else None

    @property
    def n_visits(self) -> int:
        """Rows of an epoch, of the network that has most."""
        return len(self.union) if self._rows is None else max(map(len, self._rows))

    def epoch(self, epoch: int) -> tuple[Tensor, Tensor | None]:
        """Return rows, (n_visits,) or (n_networks, n_visits), and their 0/1 weights.

        The weights, (n_networks, n_visits), are None where all are 1.
        """
        if self._rows is None:
            rows = np.random.default_rng([self.seeds[0], epoch]).permutation(self.union)
            weights = self.masks[:, rows]
        else:
            rows, weights = _padded(
                [
                    np.random.default_rng([seed, epoch]).permutation(own)
                    for seed, own in zip(self.seeds, self._rows, strict=True)
                ]
            )
        return _on(self.device, rows, weights)

    def select(self, networks: np.ndarray) -> "Order":
        """Return the order of some networks."""
        # The shared order is that of the whole ensemble's first seed: keep it.
        seeds = self.seeds if self._rows is None else self.seeds[networks]
        return Order(self.masks[networks], seeds, self.union, self.device)


def fixed_rows(masks: np.ndarray, device) -> tuple[Tensor, Tensor | None]:
    """Return the rows in masks (n_networks, n_samples), in their own order.

    As `Order.epoch`: rows (n_visits,) if all networks have the same.
    """
    if (masks == masks[:1]).all():
        return _on(device, np.flatnonzero(masks[0]), np.ones(1, dtype=bool))
    return _on(device, *_padded([np.flatnonzero(mask) for mask in masks]))


def _padded(rows: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Stack rows of different lengths; what fills up the shorter has weight False."""
    stacked = np.zeros((len(rows), max(map(len, rows))), dtype=np.int64)
    weights = np.zeros(stacked.shape, dtype=bool)
    for i, own in enumerate(rows):
        stacked[i, : len(own)] = own
        weights[i, : len(own)] = True
    return stacked, weights


def _on(device, rows: np.ndarray, weights: np.ndarray):
    weights = None if weights.all() else torch.from_numpy(weights).to(device)
    return torch.from_numpy(rows).to(device), weights
