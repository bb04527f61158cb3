import threading

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from one_by_one import largest_difference, train_alone
from torch import nn
from torch.nn import functional as F
from torch.optim import lr_scheduler

from helpers import device as machine
from helpers import ensemble as engine
from helpers.ensemble import (
    Adam,
    Ensemble,
    RMSprop,
    constant,
    exponential,
    group_lasso,
    l1,
    l2,
    one_cycle,
    proximal_group_lasso,
    proximal_l1,
    sparse_group_lasso,
    warmup_cosine,
)
from helpers.networks.mlp import INTERACTION_WEIGHTS, MLP, MLPM

TOLERANCE = 1e-10
N, P, EPOCHS, BATCH = 57, 4, 3, 10  # the last batch of an epoch is short


class Tanh(nn.Module):
    """A network the engine knows nothing about."""

    def __init__(self, n_features, n_outputs):
        super().__init__()
        self.first = nn.Linear(n_features, 7)
        self.norm = nn.LayerNorm(7)
        self.second = nn.Linear(7, n_outputs)

    def forward(self, x):
        return self.second(torch.tanh(self.norm(self.first(x))))


FAMILIES = {
    "mlp": lambda k: MLP(P, (6, 5), k),
    "linear": lambda k: MLP(P, (), k),
    "mlp-m": lambda k: MLPM(P, (6, 5), (3, 4), k),
    "mlp-m slopes": lambda k: MLPM(P, (6,), (), k),
    "other": lambda k: Tanh(P, k),
}


def make(family, n_networks=3, n_outputs=1, seed=0):
    """Return networks in double precision, weights enlarged so that losses react."""
    with machine.seeded(seed):
        networks = [FAMILIES[family](n_outputs).double() for _ in range(n_networks)]
    with torch.no_grad():
        for network in networks:
            for parameter in network.parameters():
                parameter.mul_(1.5)
    return networks


def data(loss="mse", n_networks=3, seed=1):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_networks, N, P))
    signal = X[..., 0] * X[..., 1] + X[..., 2]
    y = {
        "mse": signal,
        "binary_cross_entropy": (signal > 0).astype(float),
        "cross_entropy": np.digitize(signal, [-0.5, 0.5]).astype(float),
        "poisson": rng.poisson(np.exp(0.3 * signal)).astype(float),
    }[loss]
    return X, y


def interaction_weights(network):
    """Return the matrices that the penalties of these tests cover."""
    part = getattr(network, "interaction", network)
    if isinstance(part, MLP):
        return [layer.weight for layer in part.layers]
    return [network.first.weight, network.second.weight]


ON = (*INTERACTION_WEIGHTS, "first.weight", "second.weight")

LOSSES = {
    "mse": (1, lambda o, y: F.mse_loss(o[:, 0], y)),
    "binary_cross_entropy": (
        1,
        lambda o, y: F.binary_cross_entropy_with_logits(o[:, 0], y),
    ),
    "cross_entropy": (3, lambda o, y: F.cross_entropy(o, y.long())),
    "poisson": (1, lambda o, y: F.poisson_nll_loss(o[:, 0], y)),
}

PENALTIES = {
    "none": (lambda s: None, lambda s, w: torch.zeros(())),
    "l1": (lambda s: l1(s, ON), lambda s, w: s * w.abs().sum()),
    "l2": (lambda s: l2(s, ON), lambda s, w: s * w.square().sum()),
    "group lasso": (
        lambda s: group_lasso(s, ON),
        lambda s, w: s * len(w) ** 0.5 * w.norm(dim=0).sum(),
    ),
    "group lasso by unit": (
        lambda s: group_lasso(s, ON, by="unit"),
        lambda s, w: s * w.shape[1] ** 0.5 * w.norm(dim=1).sum(),
    ),
    "sparse group lasso": (
        lambda s: sparse_group_lasso(s, ON, mix=0.3),
        lambda s, w: (
            s * (0.7 * len(w) ** 0.5 * w.norm(dim=0).sum() + 0.3 * w.abs().sum())
        ),
    ),
    "caller's": (
        lambda s: (
            lambda parameters, networks: (
                0.02 * sum(parameters[n].pow(4).flatten(1).sum(1) for n in parameters)
            )
        ),
        None,
    ),
}


def soft(w, step):
    return w.sign() * (w.abs() - step).clamp(min=0)


def shrink_groups(w, step, axis, mix=0.0):
    """Return one network's matrix after the sparse group lasso's proximal step."""
    w = soft(w, mix * step)
    norms = w.norm(dim=axis, keepdim=True)
    left = (norms - (1 - mix) * w.shape[axis] ** 0.5 * step).clamp(min=0)
    return torch.where(norms > 0, w * left / norms, w)


# What the caller chooses, and one network's matrix after a step of that size.
PROXIMAL = {
    "l1": (lambda s: proximal_l1(s, ON), soft),
    "group lasso": (
        lambda s: proximal_group_lasso(s, ON),
        lambda w, step: shrink_groups(w, step, 0),
    ),
    "group lasso by unit": (
        lambda s: proximal_group_lasso(s, ON, by="unit"),
        lambda w, step: shrink_groups(w, step, 1),
    ),
    "sparse group lasso": (
        lambda s: proximal_group_lasso(s, ON, mix=0.3),
        lambda w, step: shrink_groups(w, step, 0, 0.3),
    ),
}

OPTIMIZERS = {
    "adam": (Adam, torch.optim.Adam, {}),
    "adam, large eps": (Adam, torch.optim.Adam, {"eps": 1e-3, "betas": (0.8, 0.95)}),
    "rmsprop": (RMSprop, torch.optim.RMSprop, {"alpha": 0.9}),
}

STEPS = -(-N // BATCH) * EPOCHS
SCHEDULES = {
    "constant": (constant(), lambda o: lr_scheduler.ConstantLR(o, 1.0), "epoch"),
    "exponential": (
        exponential(0.7),
        lambda o: lr_scheduler.ExponentialLR(o, 0.7),
        "epoch",
    ),
    "warm-up and cosine": (
        warmup_cosine(1 / 3, 0.1),
        lambda o: lr_scheduler.SequentialLR(
            o,
            [
                lr_scheduler.LambdaLR(o, lambda k: (k + 1) / 6),
                lr_scheduler.LambdaLR(
                    o, lambda k: 0.1 + 0.45 * (1 + np.cos(np.pi * k / 12))
                ),
            ],
            [6],
        ),
        "step",
    ),
    "one cycle": (
        one_cycle(),
        lambda o: lr_scheduler.OneCycleLR(
            o, o.param_groups[0]["lr"], total_steps=STEPS, cycle_momentum=False
        ),
        "step",
    ),
}


def both(
    family="mlp",
    loss="mse",
    penalty="l1",
    optimizer="adam",
    schedule="exponential",
    **knobs,
):
    """Train three networks together and apart; return the pairs and the ensemble.

    Each has its own data, row order, rate and penalty strength.
    """
    n_outputs, alone_loss = LOSSES[loss]
    networks, (X, y) = make(family, 3, n_outputs), data(loss)
    rates, strength, seeds = [1e-2, 3e-2, 2e-2], [1e-3, 0.0, 5e-3], [7, 5, 11]
    ours, theirs, settings_ = OPTIMIZERS[optimizer]
    ours_schedule, make_scheduler, every = SCHEDULES[schedule]
    after_step = knobs.pop("after_step", None)
    if after_step is None:
        make_penalty, alone_penalty = PENALTIES[penalty]
        penalty = make_penalty(strength)
    else:  # the penalty is given, and acts after each step alone

        def alone_penalty(strength, w):
            return torch.zeros(())

    held_out = knobs.pop("held_out", None)
    ensemble = Ensemble(networks, device="cpu").fit(
        X,
        y,
        own_X=True,
        own_y=True,
        validation=held_out,
        loss=loss,
        penalty=penalty,
        optimizer=ours(lr=rates, **settings_),
        schedule=ours_schedule,
        batch_size=BATCH,
        max_epochs=EPOCHS,
        stopping=None if held_out is None else "loss",
        seeds=seeds,
        progress=False,
        **knobs,
    )

    def penalty_of(i):
        if alone_penalty is None:
            return lambda network: (
                0.02 * sum(p.pow(4).sum() for p in network.parameters())
            )
        return lambda network: sum(
            alone_penalty(strength[i], w) for w in interaction_weights(network)
        )

    alone = [
        train_alone(
            networks[i],
            torch.from_numpy(X[i]),
            torch.from_numpy(y[i]),
            seed=seeds[i],
            rows=np.arange(N) if held_out is None else np.flatnonzero(~held_out),
            loss=alone_loss,
            penalty=penalty_of(i),
            make_optimizer=lambda p, i=i: theirs(p, lr=rates[i], **settings_),
            make_scheduler=make_scheduler,
            scheduler_every=every,
            batch_size=BATCH,
            epochs=EPOCHS,
            held_out=None if held_out is None else np.flatnonzero(held_out),
            after_step=after_step and after_step(i),
        )
        for i in range(3)
    ]
    return ensemble, networks, alone


def assert_same(ensemble, networks, alone):
    for i, (network, _) in enumerate(alone):
        assert largest_difference(ensemble.network(i), network) < TOLERANCE
        assert largest_difference(ensemble.network(i), networks[i]) > 1e-3  # it moved


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("family", FAMILIES)
def test_equals_training_one_by_one(family, loss):
    assert_same(*both(family, loss))


@pytest.mark.parametrize("penalty", PENALTIES)
@pytest.mark.parametrize("family", ["mlp", "mlp-m", "other"])
def test_every_penalty_equals_training_one_by_one(family, penalty):
    assert_same(*both(family, penalty=penalty))


@pytest.mark.parametrize("penalty", PROXIMAL)
@pytest.mark.parametrize("family", ["mlp", "mlp-m", "other"])
@pytest.mark.parametrize("schedule", ["exponential", "one cycle"])
def test_every_proximal_penalty_equals_training_one_by_one(family, penalty, schedule):
    strength = [0.3, 0.0, 2.0]  # large against 1e-3: the step is the plain rate
    ours, shrunk = PROXIMAL[penalty]

    def after_step(i):
        def shrink(network, rate):
            with torch.no_grad():
                for w in interaction_weights(network):
                    w.copy_(shrunk(w, rate * strength[i]))

        return shrink

    ensemble, networks, alone = both(
        family, "mse", ours(strength), schedule=schedule, after_step=after_step
    )
    assert_same(ensemble, networks, alone)
    zeros = [
        sum(int((w == 0).sum()) for w in interaction_weights(ensemble.network(i)))
        for i in range(3)
    ]
    assert zeros[1] == 0  # without strength none
    assert zeros[2] > 0
    assert zeros == [
        sum(int((w == 0).sum()) for w in interaction_weights(network))
        for network, _ in alone
    ]


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_optimizers_and_schedules_equal_torch(optimizer, schedule):
    assert_same(*both("mlp-m", optimizer=optimizer, schedule=schedule))


def test_a_small_change_of_one_weight_is_noticed():
    ensemble, networks, alone = both("mlp")
    with torch.no_grad():
        networks[0].layers[0].weight[0, 0] *= 1.001
    X, y = data()
    other, _ = train_alone(
        networks[0],
        torch.from_numpy(X[0]),
        torch.from_numpy(y[0]),
        seed=7,
        rows=np.arange(N),
        loss=LOSSES["mse"][1],
        penalty=lambda n: 1e-3 * sum(w.abs().sum() for w in interaction_weights(n)),
        make_optimizer=lambda p: torch.optim.Adam(p, lr=1e-2),
        make_scheduler=lambda o: lr_scheduler.ExponentialLR(o, 0.7),
        scheduler_every="epoch",
        batch_size=BATCH,
        epochs=EPOCHS,
    )
    assert largest_difference(ensemble.network(0), alone[0][0]) < TOLERANCE
    assert largest_difference(ensemble.network(0), other) > 1e-6


@pytest.mark.parametrize("family", ["mlp", "mlp-m", "other"])
def test_best_weights_and_validation_losses_equal_training_one_by_one(family):
    held_out = np.arange(N) % 3 == 0
    ensemble, networks, alone = both(family, held_out=held_out)
    assert_same(ensemble, networks, alone)
    for i, (_, validation) in enumerate(alone):
        mine = ensemble.history_.query("network == @i")["validation_loss"]
        np.testing.assert_allclose(mine, validation, rtol=0, atol=TOLERANCE)
        assert ensemble.best_epoch_[i] == np.argmin(validation) + 1
        assert ensemble.best_loss_[i] == pytest.approx(min(validation), abs=TOLERANCE)


def fit(networks, X, y, *, largest_chunk=None, **knobs):
    """Fit with defaults that suit these tests."""
    knobs = {"batch_size": BATCH, "max_epochs": EPOCHS, "progress": False} | knobs
    knobs = {"optimizer": Adam(lr=1e-2)} | knobs
    if "validation" not in knobs:
        knobs = {"stopping": None} | knobs
    ensemble = Ensemble(networks, device="cpu", largest_chunk=largest_chunk)
    return ensemble.fit(X, y, **knobs)


def weights_of(ensemble, i=None):
    views = ensemble.parameters.views.values()
    return torch.cat([(v if i is None else v[i : i + 1]).flatten(1) for v in views], 1)


def close(a, b):
    assert torch.isfinite(a).all()
    return (a - b).abs().max() < TOLERANCE


@settings(max_examples=12, deadline=None)
@given(
    largest_chunk=st.integers(1, 7),
    order=st.sampled_from(["own", "shared"]),
    family=st.sampled_from(["mlp", "mlp-m", "other"]),
    patience=st.integers(1, 3),
    seed=st.integers(0, 5),
)
def test_chunks_do_not_matter(largest_chunk, order, family, patience, seed):
    rng = np.random.default_rng(seed)
    networks, (X, y) = make(family, 7), data(n_networks=7)
    validation = rng.random((7, N)) < 0.3
    knobs = {
        "own_y": True,
        "validation": validation,
        "patience": patience,
        "order": order,
        "penalty": l1(np.linspace(0, 1e-2, 7), "*weight*"),
        "optimizer": Adam(lr=np.linspace(1e-2, 2e-1, 7)),
        "max_epochs": 8,
    }
    whole = fit(networks, X[0], y, largest_chunk=7, **knobs)
    parts = fit(networks, X[0], y, largest_chunk=largest_chunk, **knobs)
    assert max(parts.plan_["chunks"]) <= largest_chunk
    assert close(weights_of(whole), weights_of(parts))
    assert (whole.best_epoch_ == parts.best_epoch_).all()
    assert len(whole.history_) == len(parts.history_)


@pytest.mark.parametrize("order", ["own", "shared"])
def test_masks_and_leaving_networks_equal_training_on_the_subset(order):
    # Different folds and rates: networks stop at different epochs and leave.
    networks, (X, y) = make("mlp", 5), data(n_networks=5)
    folds = np.arange(N) % 5
    validation = folds == np.arange(5)[:, None]
    knobs = {"patience": 1, "max_epochs": 30, "order": order}
    rates = [0.3, 0.2, 0.01, 0.1, 0.02]
    together = fit(
        networks,
        X[0],
        y[0],
        validation=validation,
        optimizer=Adam(lr=rates),
        largest_chunk=5,
        **knobs,
    )
    epochs = together.history_.groupby("network")["epoch"].max()
    assert epochs.nunique() > 2
    for i in range(5):
        # A shared order is one of all rows, so it cannot be cut down to the subset:
        # there the mask stays, and the comparison is with the network alone.
        rows = np.arange(N) if order == "own" else slice(None)
        seeds = [i] if order == "own" else [0]
        alone = fit(
            networks[i : i + 1],
            X[0][rows],
            y[0][rows],
            train=~validation[i] if order == "own" else None,
            validation=validation[i],
            optimizer=Adam(lr=rates[i]),
            seeds=seeds,
            **knobs,
        )
        if order == "own":
            assert close(weights_of(together, i), weights_of(alone))
            assert together.best_epoch_[i] == alone.best_epoch_[0]


def test_own_order_on_a_mask_equals_the_cut_out_rows():
    networks, (X, y) = make("mlp", 2), data(n_networks=2)
    train = np.zeros((2, N), dtype=int)
    train[0, :31] = 1
    train[1, 12:50] = 1
    masked = fit(networks, X[0], y, own_y=True, train=train, seeds=[3, 4])
    for i in range(2):
        rows = train[i] == 1
        alone = fit(networks[i : i + 1], X[0][rows], y[i][rows], seeds=[3 + i])
        assert close(weights_of(masked, i), weights_of(alone))


def test_shared_order_skips_the_rows_of_others():
    networks, (X, y) = make("mlp", 2), data(n_networks=2)
    train = np.stack([np.arange(N) % 4 != 0, np.arange(N) % 4 != 1])
    together = fit(networks, X[0], y[0], train=train, order="shared", seeds=9)
    for i in range(2):
        network = make("mlp", 2)[i]
        optimizer = torch.optim.Adam(network.parameters(), lr=1e-2)
        for epoch in range(EPOCHS):
            order = np.random.default_rng([9, epoch]).permutation(N)
            for start in range(0, N, BATCH):
                batch = [r for r in order[start : start + BATCH] if train[i, r]]
                optimizer.zero_grad()
                output = network(torch.from_numpy(X[0][batch]))[:, 0]
                F.mse_loss(output, torch.from_numpy(y[0][batch])).backward()
                optimizer.step()
        assert largest_difference(together.network(i), network) < TOLERANCE


def test_restored_weights_reproduce_the_recorded_loss():
    networks, (X, y) = make("mlp-m", 4), data(n_networks=4)
    validation = np.arange(N) < 20
    ensemble = fit(
        networks,
        X,
        y,
        own_X=True,
        own_y=True,
        validation=validation,
        max_epochs=25,
        patience=3,
        optimizer=Adam(lr=0.1),
    )
    assert (ensemble.best_epoch_ < 25).any()
    output = ensemble.predict(X, own_X=True)[..., 0]
    losses = ((output - y)[:, validation] ** 2).mean(1)
    np.testing.assert_allclose(losses, ensemble.best_loss_, rtol=0, atol=TOLERANCE)
    for i in range(4):
        one = ensemble.network(i)(torch.from_numpy(X[i])).detach().numpy()[:, 0]
        np.testing.assert_allclose(one, output[i], rtol=0, atol=TOLERANCE)


def test_stopping_on_the_objective_counts_the_penalty():
    networks, (X, y) = make("mlp", 3), data()
    ensemble = fit(
        networks,
        X[0],
        y[0],
        validation=np.arange(N) < 20,
        penalty=[l1(1e-2), l2(1e-2)],
        stopping="objective",
    )
    last = ensemble.history_.groupby("network").last()
    for i in range(3):
        if ensemble.best_epoch_[i] == EPOCHS:
            weights = [layer.weight for layer in ensemble.network(i).layers]
            penalty = sum(1e-2 * (w.abs().sum() + w.square().sum()) for w in weights)
            gap = last["stopping_loss"][i] - last["validation_loss"][i]
            assert gap == pytest.approx(penalty.item(), abs=TOLERANCE)
    assert (ensemble.best_epoch_ == EPOCHS).any()


def test_the_caller_may_watch_any_loss():
    networks, (X, y) = make("mlp", 3), data("binary_cross_entropy")

    def mistakes(output, target):
        return ((output > 0) != (target > 0.5)).double().mean(-1)

    ensemble = fit(
        networks,
        X[0],
        y[0],
        validation=np.arange(N) < 20,
        loss="binary_cross_entropy",
        stopping=mistakes,
    )
    wrong = (ensemble.predict(X[0])[..., 0] > 0) != (y[0] > 0.5)
    np.testing.assert_allclose(wrong[:, :20].mean(1), ensemble.best_loss_)


def test_patience_counts_epochs_without_gain():
    networks, (X, y) = make("mlp", 1), data()
    ensemble = fit(
        networks,
        X[0],
        y[0],
        validation=np.arange(N) < 20,
        patience=4,
        max_epochs=200,
        optimizer=Adam(lr=0.1),
    )
    assert ensemble.history_["epoch"].max() == ensemble.best_epoch_[0] + 4


def test_without_stopping_the_last_weights_stay():
    networks, (X, y) = make("mlp", 2), data()
    knobs = {"validation": np.arange(N) < 20, "optimizer": Adam(lr=0.3)}
    stopped = fit(networks, X[0], y[0], patience=9, max_epochs=9, **knobs)
    ran = fit(networks, X[0], y[0], stopping=None, max_epochs=9, **knobs)
    assert (ran.best_epoch_ == 9).all()
    assert (stopped.best_epoch_ < 9).any()
    assert np.isnan(ran.best_loss_).all()
    pd_columns = ["network", "epoch", "train_loss", "validation_loss"]
    assert ran.history_[pd_columns].equals(stopped.history_[pd_columns])


def test_a_network_that_diverges_disturbs_no_other_and_is_named():
    networks, (X, y) = make("mlp", 4), data(n_networks=4)
    rates = np.array([1e-2, 1e200, 1e-2, 1e-2])
    knobs = {"validation": np.arange(N) < 20, "own_y": True}
    with pytest.warns(RuntimeWarning, match="networks 1 diverged"):
        ensemble = fit(networks, X[0], y, optimizer=Adam(lr=rates), **knobs)
    calm = fit(networks, X[0], y, optimizer=Adam(lr=1e-2), **knobs)
    assert ensemble.diverged_.tolist() == [False, True, False, False]
    for i in (0, 2, 3):
        assert close(weights_of(ensemble, i), weights_of(calm, i))
    assert torch.isfinite(weights_of(ensemble)).all()  # the best, or the initial ones


def test_same_call_same_bits():
    networks = [network.float() for network in make("mlp-m", 6)]
    X, y = data(n_networks=6)
    runs = [fit(networks, X[0], y, own_y=True, largest_chunk=2) for _ in range(2)]
    assert torch.equal(runs[0].parameters.flat, runs[1].parameters.flat)
    assert runs[0].plan_ == runs[1].plan_
    assert runs[0].plan_["chunks"] == [2, 2, 2]


def test_the_given_networks_stay_as_they_are():
    networks, (X, y) = make("mlp", 2), data()
    before = [p.clone() for p in networks[0].parameters()]
    ensemble = fit(networks, X[0], y[0])
    first = weights_of(ensemble)
    for old, new in zip(before, networks[0].parameters(), strict=True):
        assert torch.equal(old, new)
    ensemble.network(0).layers[0].weight.data.zero_()
    knobs = {"batch_size": BATCH, "max_epochs": EPOCHS, "progress": False}
    again = ensemble.fit(
        X[0], y[0], stopping=None, optimizer=Adam(lr=1e-2), **knobs
    )  # from the initial weights
    assert torch.equal(weights_of(again), first)


def test_frozen_parameters_stay():
    networks, (X, y) = make("other", 2), data()
    for network in networks:
        network.first.weight.requires_grad_(False)
    ensemble = fit(networks, X[0], y[0], penalty=l1(1e-2))
    for i in range(2):
        assert torch.equal(ensemble.network(i).first.weight, networks[i].first.weight)
        assert not torch.equal(
            ensemble.network(i).second.weight, networks[i].second.weight
        )


def test_dropout_differs_between_networks():
    class Dropped(Tanh):
        def forward(self, x):
            return super().forward(F.dropout(x, 0.5, self.training))

    with machine.seeded(0):
        network = Dropped(P, 1)
    X, y = data()
    with machine.seeded(1):
        ensemble = fit([network, network], X[0], y[0], order="shared")
    a, b = weights_of(ensemble)
    assert not torch.equal(a, b)
    assert np.array_equal(ensemble.predict(X[0]), ensemble.predict(X[0]))


def test_a_batch_larger_than_the_data_is_all_of_it():
    networks, (X, y) = make("mlp", 2), data()
    whole = fit(networks, X[0], y[0], batch_size=10 * N)
    exact = fit(networks, X[0], y[0], batch_size=N)
    assert close(weights_of(whole), weights_of(exact))


def test_settings_of_the_process_are_restored():
    networks, (X, y) = make("mlp", 4), data()
    threads, precision = torch.get_num_threads(), torch.get_float32_matmul_precision()
    fit(networks, X[0], y[0])
    assert torch.get_num_threads() == threads
    assert torch.get_float32_matmul_precision() == precision


def test_an_interruption_ends_the_workers():
    networks, (X, y) = make("mlp", 4), data()

    def interrupting(step, steps_per_epoch, max_epochs):
        if step == 20:
            raise KeyboardInterrupt
        return 1.0

    ensemble = Ensemble(networks, device="cpu", largest_chunk=1)
    before, others = weights_of(ensemble), threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        ensemble.fit(
            X[0],
            y[0],
            schedule=interrupting,
            stopping=None,
            max_epochs=10**6,
            progress=False,
        )
    assert threading.active_count() == others
    assert torch.equal(weights_of(ensemble), before)


def test_gpu_memory_too_small_halves_the_chunk(capsys):
    seen = []

    def run(networks):
        seen.append(len(networks))
        if len(networks) > 2:
            raise torch.cuda.OutOfMemoryError
        return networks

    outcomes = engine._train_or_halve(np.arange(5), run, lambda: None)
    assert np.concatenate(outcomes).tolist() == [0, 1, 2, 3, 4]
    assert seen == [5, 3, 2, 1, 2]
    assert "too small for 5 networks at once: trying 3" in capsys.readouterr().err


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU")
@pytest.mark.parametrize("family", ["mlp", "mlp-m", "other"])
def test_gpu_equals_cpu_in_double_precision(family):
    networks, (X, y) = make(family, 4), data(n_networks=4)
    knobs = {"own_y": True, "validation": np.arange(N) < 20, "batch_size": BATCH}
    knobs |= {"max_epochs": 8, "patience": 2, "penalty": l1(1e-3), "progress": False}
    cpu = Ensemble(networks, device="cpu").fit(X[0], y, **knobs)
    gpu = Ensemble(networks, device="cuda").fit(X[0], y, **knobs)
    assert close(weights_of(cpu), weights_of(gpu))


def test_a_log_gets_one_line(capsys):
    networks, (X, y) = make("mlp", 2), data()
    fit(networks, X[0], y[0], progress=True)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("Trained 2 networks in")
    fit(make("mlp", 1), X[0], y[0], progress=True)
    assert capsys.readouterr().err.startswith("Trained 1 network in")


BAD_FITS = {
    "shape of X": ({"X": np.zeros(N)}, "X must have at least 2 axes"),
    "own X": ({"own_X": True}, "X must have at least 3 axes with own_X=True"),
    "own X of others": (
        {"X": np.zeros((5, N, P)), "own_X": True},
        "X must have 3 networks on axis 0 with own_X=True; got 5",
    ),
    "columns of X": ({"X": np.zeros((N, P + 1))}, "X must fit the networks"),
    "no rows": ({"X": np.zeros((0, P))}, "X must have at least 1 row"),
    "NaN in X": ({"X": np.full((N, P), np.nan)}, r"X\[0, 0\] must be finite"),
    "text in X": ({"X": np.full((N, P), "a")}, "X must be numeric"),
    "rows of y": ({"y": np.zeros(N - 1)}, f"y must have as many rows as X, {N}"),
    "axes of y": ({"y": np.zeros((2, 2, N, 1))}, "y must have 1 or 2 axes"),
    "own y": ({"own_y": True}, "y must have 2 or 3 axes with own_y=True"),
    "own y of others": (
        {"y": np.zeros((2, N)), "own_y": True},
        "y must have 3 networks on axis 0",
    ),
    "NaN target": ({"y": np.full(N, np.nan)}, r"y\[0\] must be finite; got nan"),
    "columns of y": ({"y": np.zeros((N, 2))}, "y must have 1 columns"),
    "labels": (
        {"y": np.full(N, 2.0), "loss": "binary_cross_entropy"},
        r"y\[0, 0\] must be between 0 and 1",
    ),
    "counts": ({"y": np.full(N, -1.0), "loss": "poisson"}, "a count of at least 0"),
    "classes": ({"loss": "cross_entropy"}, "n_outputs with cross_entropy must be at"),
    "loss": ({"loss": "mae"}, "loss must be a function or one of mse"),
    "loss function": (
        {"loss": lambda output, target: (output - target).square().mean()},
        "loss must return shape",
    ),
    "shape of train": ({"train": np.ones(N + 1)}, "train must have shape"),
    "values of train": (
        {"train": np.full(N, 2)},
        "train must hold 0 and 1 only; got 2",
    ),
    "empty train": (
        {"train": np.zeros(N)},
        "train must have at least 1 row; network 0",
    ),
    "empty validation": (
        {"validation": np.zeros((3, N))},
        "validation must have at least 1 row; network 0",
    ),
    "all validation": (
        {"validation": np.ones(N)},
        "validation must leave every network",
    ),
    "overlap": (
        {"train": np.ones(N), "validation": np.arange(N) == 4},
        "validation must not share rows with train; network 0 has row 4",
    ),
    "no validation": ({"stopping": "loss"}, "validation must be given unless"),
    "stopping": ({"stopping": "auc"}, "stopping must be loss, objective, a function"),
    "penalty": ({"penalty": 1e-4}, "penalty must be a function or several; got 0.0001"),
    "penalty function": (
        {"penalty": lambda parameters, networks: 0.1},
        "penalty must return one value for each of 3 networks; got 0.1",
    ),
    "stopping function": (
        {
            "stopping": lambda output, target: output.mean(),
            "validation": np.arange(N) < 9,
        },
        "stopping must return shape",
    ),
    "strengths": ({"penalty": l1([1, 2])}, "strength must be one number or 3; got 2"),
    "pattern": ({"penalty": l1(1, on="conv*")}, "on must match a parameter among"),
    "optimizer": ({"optimizer": "adam"}, "optimizer must be Adam"),
    "rates": ({"optimizer": Adam(lr=[1, 2])}, "lr must be one number or 3; got 2"),
    "rate": ({"optimizer": Adam(lr=-1.0)}, "lr must be finite and positive; got -1"),
    "schedule": ({"schedule": 0.95}, "schedule must be a function; got 0.95"),
    "batch size": ({"batch_size": 0}, "batch_size must be at least 1; got 0"),
    "epochs": ({"max_epochs": 0}, "max_epochs must be at least 1; got 0"),
    "patience": ({"patience": 0}, "patience must be at least 1; got 0"),
    "order": ({"order": "random"}, "order must be one of own, shared"),
    "seeds": ({"seeds": [1, 2]}, "seeds must be one number or 3; got 2"),
    "seed": ({"seeds": -1}, "seeds must be at least 0; got -1"),
}


@pytest.mark.parametrize("case", BAD_FITS)
def test_fit_rejects_what_it_cannot_use(case):
    wrong, message = BAD_FITS[case]
    X, y = data()
    arguments = {"X": X[0], "y": y[0], "stopping": None, "progress": False} | wrong
    ensemble = Ensemble(make("mlp"), device="cpu")
    with pytest.raises((ValueError, TypeError), match=message) as error:
        ensemble.fit(**arguments)
    assert len(str(error.value).splitlines()) == 1


class Buffered(nn.Linear):
    def __init__(self, value):
        super().__init__(1, 1)
        self.register_buffer("offset", torch.tensor(value))


BAD_NETWORKS = {
    "none": ([], "networks must hold at least 1 network"),
    "no module": ([np.ones(3)], r"networks\[0\] must be a torch module"),
    "two widths": ([MLP(3), MLP(4)], r"networks\[1\] differs"),
    "two classes": ([MLP(3), MLPM(3)], r"networks\[1\] differs"),
    "no parameters": ([nn.ReLU()], "networks must have parameters"),
    "buffers": ([Buffered(1.0), Buffered(2.0)], "networks must have equal buffers"),
}


@pytest.mark.parametrize("case", BAD_NETWORKS)
def test_rejects_networks_that_do_not_go_together(case):
    networks, message = BAD_NETWORKS[case]
    with pytest.raises((ValueError, TypeError), match=message):
        Ensemble(networks)


def test_rejects_a_network_number_that_is_not_there():
    with pytest.raises(ValueError, match="i must be at most 2; got 3"):
        Ensemble(make("mlp")).network(3)
    with pytest.raises(ValueError, match="largest_chunk must be at least 1"):
        Ensemble(make("mlp"), largest_chunk=0)
    with pytest.raises(ValueError, match="X must fit the networks"):
        Ensemble(make("mlp")).predict(np.zeros((2, P + 1)))


class Counting(nn.Module):
    """A linear network that notes how many threads an operation may use."""

    seen: list = []  # noqa: RUF012 (of all copies)

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 1)

    def forward(self, x):
        self.seen.append((torch.get_num_threads(), threading.get_ident()))
        return self.layer(x)


@pytest.fixture
def two_threads():
    with machine.threads(2):
        yield
        assert torch.get_num_threads() == 2


def test_every_operation_of_fit_and_predict_gets_one_thread(two_threads, monkeypatch):
    monkeypatch.setattr(Counting, "seen", [])
    X = np.random.default_rng(0).random((100, 3))
    ensemble = Ensemble([Counting() for _ in range(3)], device="cpu")
    ensemble.fit(X, X[:, 0], stopping=None, max_epochs=2, progress=False)
    ensemble.predict(X)
    assert {threads for threads, _ in Counting.seen} == {1}


def test_workers_share_the_rows_of_a_prediction(two_threads, monkeypatch):
    monkeypatch.setattr(machine, "cores", lambda: 2)
    monkeypatch.setattr(engine, "EVALUATED_ROWS", {"cpu": 30})
    monkeypatch.setattr(Counting, "seen", [])
    X = np.random.default_rng(0).random((100, 3))
    ensemble = Ensemble([Counting() for _ in range(3)], device="cpu")
    ensemble.predict(X)
    workers = {thread for _, thread in Counting.seen} - {threading.get_ident()}
    assert 1 <= len(workers) <= 2  # a quick one may take both shares
    assert len(Counting.seen) == 1 + 10  # the check, and 10 blocks of 10 rows


@pytest.mark.parametrize("n_workers", [2, 3, 50])
@pytest.mark.parametrize("own_X", [False, True])
@pytest.mark.parametrize("make", [lambda: MLP(4, (6, 5)), lambda: MLPM(4, (6, 5))])
def test_predictions_do_not_depend_on_the_workers(monkeypatch, make, own_X, n_workers):
    monkeypatch.setattr(engine, "EVALUATED_ROWS", {"cpu": 21})
    ensemble = Ensemble([make() for _ in range(3)], device="cpu")
    X = np.random.default_rng(0).random((3, 97, 4) if own_X else (97, 4))
    monkeypatch.setattr(machine, "cores", lambda: 1)
    alone = ensemble.predict(X, own_X=own_X)
    monkeypatch.setattr(machine, "cores", lambda: n_workers)
    np.testing.assert_array_equal(ensemble.predict(X, own_X=own_X), alone)
    for i in range(3):
        rows = torch.as_tensor(X[i] if own_X else X, dtype=torch.float32)
        own = ensemble.network(i)(rows).detach().numpy()
        np.testing.assert_allclose(alone[i], own, atol=1e-6)


def test_one_row_is_predicted():
    ensemble = Ensemble([MLP(4, (6,)) for _ in range(2)], device="cpu")
    assert ensemble.predict(np.ones((1, 4))).shape == (2, 1, 1)


def test_layers_that_remember_batches_are_refused_by_name():
    X = np.random.default_rng(0).random((20, 3))
    short = {"stopping": None, "max_epochs": 1, "progress": False}

    def ensemble(**options):
        layers = [nn.Linear(3, 2), nn.BatchNorm1d(2, **options), nn.Linear(2, 1)]
        return Ensemble([nn.Sequential(*layers)], device="cpu")

    with pytest.raises(ValueError, match="of layer '1', a BatchNorm1d"):
        ensemble().fit(X, X[:, 0], **short)
    ensemble(track_running_stats=False).fit(X, X[:, 0], **short)


def test_seeds_up_to_64_bits_are_taken():
    X = np.random.default_rng(0).random((20, 4))
    short = {"stopping": None, "max_epochs": 1, "progress": False}
    ensemble = Ensemble([MLP(4, (3,)) for _ in range(2)], device="cpu")
    ensemble.fit(X, X[:, 0], seeds=2**63 - 2, **short)
    for seeds in (2**63 - 1, 2**63, [0, 2**70]):
        with pytest.raises(ValueError, match="seeds must be at most"):
            ensemble.fit(X, X[:, 0], seeds=seeds, **short)
