"""Passes of networks that read DNA on a CPU, with the axis of the networks written out.

`torch.vmap` gives any module that axis, and takes milliseconds a step to do so: it
looks at each call from Python, and at a function with a slope of its own several times
over. That is more than the scan of one small network, cannot be shared by the chunks of
several cores, and happens in Python, one thread at a time. So the two networks whose
chapters train many of them are written here once more, for all networks at once: the
filters of all stand side by side and scan as those of one. Slopes are autograd's.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from helpers.networks.factorization import MotifNetwork
from helpers.networks.layers import Norm
from helpers.networks.motif import MotifCNN
from helpers.networks.scan import letter_table, max_scan, mean_scan, padded_kmers

#: Parameters by name, axis 0 the network.
Weights = dict[str, Tensor]


def outputs(network: nn.Module, weights: Weights, x: Tensor, training: bool) -> Tensor:
    """Return the outputs of all networks for sequences that they share.

    Parameters
    ----------
    network : MotifNetwork or MotifCNN
        Any of them: says what is fixed. Its weights are not read.
    weights : dict of str to Tensor
        Those of all networks. Running moments move while training.
    x : Tensor, shape (batch, length)
        Base numbers.
    training : bool

    Returns
    -------
    Tensor, shape (n_networks, batch, n_outputs)
    """
    if type(network) is MotifNetwork:
        return _motif_network(network, weights, x, training)
    return _motif_cnn(network, weights, x, training)  # type: ignore[arg-type]  # the other


def reads(network: nn.Module) -> bool:
    """Return whether `outputs` computes what `network` computes."""
    return type(network) in (MotifNetwork, MotifCNN)


def _motif_network(
    network: MotifNetwork, weights: Weights, x: Tensor, training: bool
) -> Tensor:
    table = _side_by_side(weights["filters"])
    codes = padded_kmers(x, network.width)
    x = _apart(mean_scan(codes, table, weights["shift"].flatten()), weights["shift"])
    if network.norm is not None:
        x = _normalised(network.norm, weights, "norm.", x, training)
    output = _dense(x, weights["read_out.weights"], weights["read_out.bias"])
    if not network.read_out.n_factors:
        return output
    vectors = weights["read_out.vectors"]  # (E, targets, filters, factors)
    sums = torch.einsum("enf,etfk->entk", x, vectors)
    squares = x.square() @ vectors.square().sum(3).transpose(1, 2)
    return output + (sums.square().sum(3) - squares) / 2


def _motif_cnn(
    network: MotifCNN, weights: Weights, x: Tensor, training: bool
) -> Tensor:
    filters, shift = weights["filters"], weights["shift"]
    centred = filters - filters.mean(2, keepdim=True)
    deviation = centred.pow(2).mean(2).sum(2).add(1e-8).sqrt()
    folded = centred * (weights["scale"] / deviation)[..., None, None]
    codes = padded_kmers(x, network.width, "same")
    pooled = max_scan(codes, _side_by_side(folded), pool=network.pool)[0]
    pooled = pooled.unflatten(2, shift.shape).permute(2, 0, 1, 3)
    x = F.relu(pooled + shift[:, None, None]).flatten(2)
    for i in range(len(network.hidden)):
        x = _dense(x, weights[f"hidden.{i}.weight"], weights[f"hidden.{i}.bias"])
        if len(network.norms):
            norm: Norm = network.norms[i]  # type: ignore[assignment]  # a list of them
            x = _normalised(norm, weights, f"norms.{i}.", x, training)
        x = F.relu(x)
    return _dense(x, weights["output.weight"], weights["output.bias"])


def _side_by_side(filters: Tensor) -> Tensor:
    """Return the table of the filters (E, filters, 4, width) of all networks."""
    return letter_table(filters.permute(3, 2, 0, 1).flatten(2))


def _apart(values: Tensor, like: Tensor) -> Tensor:
    """Return values (batch, E * filters) as (E, batch, filters)."""
    return values.unflatten(1, like.shape).transpose(0, 1)


def _dense(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return torch.baddbmm(bias.unsqueeze(1), x, weight.transpose(1, 2))


def _normalised(
    norm: Norm, weights: Weights, prefix: str, x: Tensor, training: bool
) -> Tensor:
    """Do as `Norm`, for values (E, batch, features)."""
    kept = [weights[f"{prefix}{name}"] for name in ("mean", "variance")]
    if training:
        mean = x.mean(1, keepdim=True)
        x = x - mean
        variance = x.square().mean(1, keepdim=True)
        for old, new in zip(kept, (mean, variance), strict=True):
            old.data.mul_(1 - norm.momentum).add_(norm.momentum * new.detach()[:, 0])
    else:
        mean, variance = (value.unsqueeze(1) for value in kept)
        x = x - mean
    x = x * (variance + norm.eps).rsqrt()
    if not norm.affine:
        return x
    scale, shift = (weights[f"{prefix}{name}"] for name in ("scale", "shift"))
    return scale.unsqueeze(1) * x + shift.unsqueeze(1)
