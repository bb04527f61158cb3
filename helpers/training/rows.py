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

    def to(self, device: torch.device) -> "Samples":
        """Return the samples on a device."""
        X, y = self.X.to(device), self.y.to(device)
        return Samples(X, y, self.own_inputs, self.own_targets)

    def batch(self, rows: Tensor) -> tuple[Tensor, Tensor, bool]:
        """Return inputs and targets at `rows`, and whether networks differ in inputs.

        Parameters
        ----------
        rows : Tensor of int, shape (batch,), or (n_networks, batch) if they differ
            Row numbers.
        """
        places = rows
        if rows.ndim == 2 and (self.own_inputs or self.own_targets):
            # Where they are if the data of all networks stand below each other.
            n_networks, n_samples = (self.X if self.own_inputs else self.y).shape[:2]
            first = torch.arange(
                0, n_networks * n_samples, n_samples, device=rows.device
            )
            places = rows + first.unsqueeze(1)
        x = _take(self.X, self.own_inputs, rows, places)
        y = _take(self.y, self.own_targets, rows, places)
        return x, y, self.own_inputs or rows.ndim == 2


def _take(data: Tensor, own: bool, rows: Tensor, places: Tensor) -> Tensor:
    """Return rows (batch,) or (n_networks, batch) of shared or own data."""
    if own and rows.ndim == 1:
        return data.index_select(1, rows)
    if own:
        data, rows = data.flatten(0, 1), places
    taken = data.index_select(0, rows.reshape(-1))
    return taken.view(*rows.shape, *data.shape[1:])


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

    def __init__(
        self,
        masks: np.ndarray,
        seeds: np.ndarray,
        union: np.ndarray | None,
        device: torch.device,
    ) -> None:
        self.masks, self.seeds, self.union, self.device = masks, seeds, union, device
        self._rows = [np.flatnonzero(mask) for mask in masks] if union is None else None

    @property
    def n_visits(self) -> int:
        """Rows of an epoch, of the network that has most."""
        return len(self.union) if self._rows is None else max(map(len, self._rows))  # type: ignore[arg-type]  # one of the two

    def epoch(self, epoch: int) -> tuple[Tensor, Tensor | None]:
        """Return rows, (n_visits,) or (n_networks, n_visits), and their 0/1 weights.

        The weights, (n_networks, n_visits), are None where all are 1.
        """
        if self._rows is None:
            rows = np.random.default_rng([self.seeds[0], epoch]).permutation(self.union)  # type: ignore[arg-type]  # without rows, there
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


def fixed_rows(masks: np.ndarray, device: torch.device) -> tuple[Tensor, Tensor | None]:
    """Return the rows in masks (n_networks, n_samples), in their own order.

    As `Order.epoch`: rows (n_visits,) if all networks have the same.
    """
    if (masks == masks[:1]).all():
        return _on(device, np.flatnonzero(masks[0]), np.ones(1, dtype=bool))
    return _on(device, *_padded([np.flatnonzero(mask) for mask in masks]))


def _padded(rows: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Stack rows of different lengths; what fills up the shorter has weight False.

    It is filled up with its own rows: a batch norm must not see those of others.
    """
    stacked = np.zeros((len(rows), max(map(len, rows))), dtype=np.int64)
    weights = np.zeros(stacked.shape, dtype=bool)
    for i, own in enumerate(rows):
        stacked[i] = np.resize(own, stacked.shape[1])
        weights[i, : len(own)] = True
    return stacked, weights


def _on(
    device: torch.device, rows: np.ndarray, weights: np.ndarray
) -> tuple[Tensor, Tensor | None]:
    weights = None if weights.all() else torch.from_numpy(weights).to(device)
    return torch.from_numpy(rows).to(device), weights
