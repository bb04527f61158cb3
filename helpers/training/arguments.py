"""What a fit is given, checked: networks, numbers, masks, seeds."""

import copy
from collections.abc import Callable, Iterable

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor, nn

from helpers import checks

LARGEST_SEED = 2**63 - 1


def same_architecture(networks: Iterable[nn.Module]) -> list[nn.Module]:
    """Return copies of networks that differ in their weights alone."""
    networks = list(networks)
    if not networks:
        raise ValueError("networks must hold at least 1 network; got 0.")
    for i, network in enumerate(networks):
        if not isinstance(network, nn.Module):
            raise TypeError(f"networks[{i}] must be a torch module; got {network!r}.")
        if _architecture(network) != _architecture(networks[0]):
            raise ValueError(
                f"networks must share one architecture; networks[{i}] differs from "
                "networks[0]."
            )
    if not any(True for _ in networks[0].parameters()):
        raise ValueError("networks must have parameters; networks[0] has none.")
    if len({p.dtype for p in networks[0].parameters()}) > 1:
        raise ValueError(
            "networks must have one type of number; networks[0] mixes them."
        )
    for i, network in enumerate(networks):
        pairs = zip(network.buffers(), networks[0].buffers(), strict=True)
        if not all(torch.equal(own, first) for own, first in pairs):
            raise ValueError(
                f"networks must have equal buffers; networks[{i}] differs."
            )
    return [copy.deepcopy(network).cpu() for network in networks]


def _architecture(network: nn.Module) -> tuple:
    parameters = tuple(
        (name, tuple(p.shape), p.dtype, p.requires_grad)
        for name, p in network.named_parameters()
    )
    return type(network), str(network), parameters


def tensor(name: str, value: ArrayLike | Tensor, like: torch.Tensor) -> torch.Tensor:
    """Return finite numbers as a tensor on the CPU, of the type of `like`."""
    if not isinstance(value, torch.Tensor):
        try:
            single = getattr(value, "dtype", None) == np.float32
            kind = np.float32 if single else np.float64
            value = torch.from_numpy(np.array(value, dtype=kind))
        except (TypeError, ValueError) as error:
            raise TypeError(f"{name} must be numeric; {error}.") from None
    value = value.detach().cpu().to(like.dtype)
    # The sum tells at a fifth of the time; an overflow is looked at again.
    if not value.sum().isfinite() and not torch.isfinite(value).all():
        place = torch.nonzero(~torch.isfinite(value))[0].tolist()
        where = ", ".join(map(str, place))
        raise ValueError(f"{name}[{where}] must be finite; got {value[tuple(place)]}.")
    return value


def splits(
    train: ArrayLike | None,
    validation: ArrayLike | None,
    n_networks: int,
    n_samples: int,
) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the masks of training and validation rows, (n_networks, n_samples)."""
    if validation is not None:
        validation = _mask("validation", validation, n_networks, n_samples)
    if train is not None:
        train = _mask("train", train, n_networks, n_samples)
    elif validation is not None:
        train = ~validation
        if not train.any(1).all():
            i = int(np.argmin(train.any(1)))
            raise ValueError(
                f"validation must leave every network rows to learn from; network {i} "
                "has none."
            )
    else:
        train = np.broadcast_to(np.True_, (n_networks, n_samples))
    if validation is not None and (train & validation).any():
        i, row = np.argwhere(train & validation)[0]
        raise ValueError(
            f"validation must not share rows with train; network {i} has row {row} in "
            "both."
        )
    return train, validation


def _mask(name: str, value: ArrayLike, n_networks: int, n_samples: int) -> np.ndarray:
    mask = np.asarray(value)
    if mask.shape not in ((n_samples,), (n_networks, n_samples)):
        raise ValueError(
            f"{name} must have shape ({n_samples},) or ({n_networks}, {n_samples}); "
            f"got {mask.shape}."
        )
    if not np.isin(mask, (0, 1)).all():
        wrong = mask[~np.isin(mask, (0, 1))].flat[0]
        raise ValueError(f"{name} must hold 0 and 1 only; got {wrong}.")
    mask = np.broadcast_to(mask.astype(bool), (n_networks, n_samples))
    if not mask.any(1).all():
        i = int(np.argmin(mask.any(1)))
        raise ValueError(f"{name} must have at least 1 row; network {i} has 0.")
    return mask


def stopping_loss(
    stopping: str | Callable | None, loss: Callable, validation: ArrayLike | None
) -> Callable | str | None:
    """Return the function that decides, "objective", or None."""
    if stopping is None:
        return None
    if not callable(stopping) and stopping not in ("loss", "objective"):
        raise ValueError(
            f"stopping must be loss, objective, a function or None; got {stopping!r}."
        )
    if validation is None:
        raise ValueError("validation must be given unless stopping=None.")
    return loss if stopping == "loss" else stopping


def no_running_statistics(network: nn.Module) -> None:
    """Refuse layers that remember statistics of batches: they cannot be stacked."""
    for name, layer in network.named_modules():
        if getattr(layer, "running_mean", None) is not None:
            raise ValueError(
                "networks must not remember batches: set track_running_stats=False of "
                f"layer {name!r}, a {type(layer).__name__}."
            )


def seeds_of(seeds: ArrayLike | None, n_networks: int) -> np.ndarray:
    """Return one seed a network; one number s stands for s, s + 1, ..."""
    if np.ndim(seeds) == 0:  # type: ignore[arg-type]  # not None, here
        # as large as they may be: the last one too must fit 64 bits
        last = LARGEST_SEED - n_networks + 1
        first = checks.integer("seeds", seeds, at_least=0, at_most=last)
        return first + np.arange(n_networks)
    if len(seeds) != n_networks:  # type: ignore[arg-type]  # several
        raise ValueError(f"seeds must be one number or {n_networks}; got {len(seeds)}.")  # type: ignore[arg-type]  # several
    return np.array(
        [checks.integer("seeds", s, at_least=0, at_most=LARGEST_SEED) for s in seeds]  # type: ignore[union-attr]  # several
    )
