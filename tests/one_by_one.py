"""Training of one network by plain torch: what an ensemble is compared with."""

import copy

import numpy as np
import torch


def train_alone(
    network,
    X,
    y,
    *,
    seed,
    rows,
    loss,
    penalty,
    make_optimizer,
    make_scheduler,
    scheduler_every,
    batch_size,
    epochs,
    held_out=None,
    monitor=None,
    after_step=None,
):
    """Train a copy of `network`; return it with its validation losses by epoch.

    The loop is written as anybody would write it: torch's own losses, optimisers and
    schedulers, no stacking. Given `held_out` rows, the returned network has the weights
    of the smallest `monitor(network)` (default: the loss there). `after_step(network,
    rate)` may move the weights once more after each step of the optimiser.
    """
    network = copy.deepcopy(network).train()
    optimizer = make_optimizer(network.parameters())
    scheduler = make_scheduler(optimizer)
    best, best_state, validation = np.inf, None, []
    for epoch in range(epochs):
        order = np.random.default_rng([seed, epoch]).permutation(rows)
        for start in range(0, len(order), batch_size):
            batch = order[start : start + batch_size]
            optimizer.zero_grad()
            objective = loss(network(X[batch]), y[batch]) + penalty(network)
            objective.backward()
            optimizer.step()
            if after_step is not None:
                after_step(network, optimizer.param_groups[0]["lr"])
            if scheduler_every == "step":
                scheduler.step()
        if scheduler_every == "epoch":
            scheduler.step()
        if held_out is not None:
            with torch.no_grad():
                value = loss(network(X[held_out]), y[held_out]).item()
                watched = value if monitor is None else monitor(network).item()
            validation.append(value)
            if watched < best:
                best, best_state = watched, copy.deepcopy(network.state_dict())
    if best_state is not None:
        network.load_state_dict(best_state)
    return network, validation


def largest_difference(network, other) -> float:
    """Return the largest difference of a parameter, NaN if any is not finite."""
    differences = [
        (a - b).abs().max()
        for a, b in zip(network.parameters(), other.parameters(), strict=True)
    ]
    largest = torch.stack(differences).max().item()
    finite = all(torch.isfinite(p).all() for p in network.parameters())
    return largest if finite else float("nan")


def passes_alone(networks, x, slope, own):
    """Return the outputs of each network alone; autograd leaves its gradients.

    x : one batch for all, or with `own` one for each; slope : (n_networks, batch, 1)
    """
    outputs = []
    for i, network in enumerate(networks):
        network.zero_grad()
        outputs.append(network(x[i] if own else x))
        outputs[-1].backward(slope[i])
    return torch.stack(outputs).detach()
