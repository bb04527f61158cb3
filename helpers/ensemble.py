"""Train many independent networks at once; axis 0 is always the network.

Write a network as an ordinary `torch.nn.Module`, make as many as you like, and fit
them together:

>>> networks = [MLP(10) for _ in range(100)]
>>> ensemble = Ensemble(networks)
>>> ensemble.fit(X, y, validation=held_out, penalty=l1(5e-5), optimizer=Adam(lr=1e-2))
>>> ensemble.network(3)  # a plain module again

Network i of an ensemble comes out as if it had been trained alone (to rounding; the
tests compare in double precision). The parts live in `helpers.training`: `stack` (the
parameters of many networks in one block of memory), `passes` (forward and backward),
`loop` (one chunk of networks, epoch after epoch), `compiled` (its fast ways on a CPU),
`rows` (who sees which row when), `chunks` (how many networks train together),
`arguments` (what a fit is given), and what the caller chooses from: `losses`,
`penalties`, `optimizers`, `schedules`.
"""

import copy
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import ArrayLike
from torch import nn

from helpers import checks
from helpers import device as machine
from helpers.device import Device
from helpers.training import arguments, chunks, losses, penalties
from helpers.training.loop import EVALUATED_ROWS, Chunk, Outcome, Recipe
from helpers.training.optimizers import Adam, RMSprop
from helpers.training.passes import networks_at_once, passes_for
from helpers.training.penalties import (
    group_lasso,
    l1,
    l2,
    proximal_group_lasso,
    proximal_l1,
    sparse_group_lasso,
)
from helpers.training.progress import Progress
from helpers.training.rows import Order, Samples
from helpers.training.schedules import (
    constant,
    exponential,
    one_cycle,
    warmup_cosine,
)
from helpers.training.stack import Stack

__all__ = [
    "Adam",
    "Ensemble",
    "RMSprop",
    "constant",
    "exponential",
    "group_lasso",
    "l1",
    "l2",
    "one_cycle",
    "proximal_group_lasso",
    "proximal_l1",
    "sparse_group_lasso",
    "warmup_cosine",
]


class Ensemble:
    """Independent networks of one architecture, trained together.

    Parameters
    ----------
    networks : sequence of nn.Module
        One class, the same parameter names and shapes, any weights: these are the
        initial weights. They are copied; the modules themselves stay as they are.
        Modules must not mix rows with memory between batches (batch norm needs
        `track_running_stats=False`).
    device : "auto", "cpu", "cuda" or torch.device
        "auto" trains on the GPU where there is one.
    largest_chunk : int, optional
        Networks that train together at most; by default what the cache of a core, or
        the memory of the GPU, holds.

    Attributes
    ----------
    history_ : DataFrame
        One row a network and epoch (from 1): network, epoch, train_loss (mean over the
        batches of the epoch, each before its step), and with validation rows
        validation_loss (without penalty) and stopping_loss (what decides).
    best_epoch_ : array of int, shape (n_networks,)
        Epoch whose weights were kept; with `stopping=None` the last.
    best_loss_ : array, shape (n_networks,)
        The stopping loss there; NaN if there was none.
    diverged_ : array of bool, shape (n_networks,)
        Networks whose training loss became infinite or NaN.
    plan_ : dict
        Device, sizes of the chunks in order, workers, threads each.
    seconds_ : float
        Duration of the fit.

    Examples
    --------
    >>> import numpy as np
    >>> import torch
    >>> from helpers import MLP, Ensemble
    >>> X = np.random.default_rng(0).normal(size=(200, 2))
    >>> networks = [MLP(2, (16,)) for _ in range(3)]
    >>> ensemble = Ensemble(networks, device="cpu")
    >>> y, seen = X[:, 0] + X[:, 1], np.arange(200) < 160
    >>> ensemble = ensemble.fit(X, y, validation=~seen, max_epochs=5, progress=False)
    >>> ensemble.predict(X).shape  # networks, rows, outputs
    (3, 200, 1)
    >>> ensemble.network(0)(torch.zeros(1, 2)).shape  # one of them, an ordinary module
    torch.Size([1, 1])
    """

    def __init__(
        self,
        networks: Sequence[nn.Module],
        *,
        device: Device = "auto",
        largest_chunk: int | None = None,
    ) -> None:
        self.networks = arguments.same_architecture(networks)
        self.device = machine.resolve(device)
        if largest_chunk is not None:
            checks.integer("largest_chunk", largest_chunk, at_least=1)
        self.largest_chunk = largest_chunk
        self.parameters = Stack.of(self.networks)

    def __len__(self) -> int:
        return len(self.networks)

    def fit(  # as scikit-learn's options: each by its name
        self,
        X: ArrayLike | torch.Tensor,
        y: ArrayLike | torch.Tensor,
        *,
        own_X: bool = False,
        own_y: bool = False,
        train: ArrayLike | None = None,
        validation: ArrayLike | None = None,
        loss: str | Callable = "mse",
        penalty: Callable | Sequence[Callable] | None = None,
        optimizer: Adam | RMSprop | None = None,
        schedule: Callable | None = None,
        batch_size: int = 100,
        max_epochs: int = 100,
        patience: int = 10,
        stopping: str | Callable | None = "loss",
        order: str = "own",
        seeds: ArrayLike | None = 0,
        progress: bool = True,
    ) -> "Ensemble":
        """Train all networks from their initial weights.

        Parameters
        ----------
        X : array, shape (n_samples, ...), or (n_networks, n_samples, ...) if `own_X`
            Inputs; cast to the networks' type.
        y : array, shape (n_samples,) or (n_samples, n_targets); with `own_y` one more
            axis in front
            Targets: numbers, class numbers, or counts, as the loss wants them.
        own_X, own_y : bool
            Whether each network has its own inputs, or its own targets.
        train, validation : array of 0/1, shape (n_samples,) or (n_networks, n_samples)
            Rows that a network learns from, and that it is judged on; apart from each
            other. No `validation`: no row. No `train`: every row not in `validation`.
        loss : str or function
            "mse", "binary_cross_entropy" (of logits), "cross_entropy", "poisson" (of
            log-rates), or any `loss(output, target)` as described in
            `helpers.training.losses`.
        penalty : function or list of functions, optional
            `l1(5e-5)`, `l2`, `group_lasso`, `sparse_group_lasso`, `proximal_l1` and
            `proximal_group_lasso` (which make exact zeros), or any
            `penalty(parameters, networks)` (`helpers.training.penalties`); several are
            added up.
        optimizer : Adam or RMSprop
            Default `Adam(lr=1e-3)`; its `lr` may be one number a network.
        schedule : function
            `constant()` (default), `exponential(0.95)`, `warmup_cosine()`,
            `one_cycle()`, or any `schedule(step, steps_per_epoch, max_epochs)` that
            returns the factor of the rate.
        batch_size : int
            Rows of a step; the last batch of an epoch has what is left. More than
            there are means all of them.
        max_epochs : int
            Epochs at most.
        patience : int
            A network stops after so many epochs in a row without a smaller stopping
            loss.
        stopping : "loss", "objective", function or None
            What is watched on the validation rows: the loss, the loss plus penalty, or
            any function like a loss. The weights of its smallest value are restored.
            None: all epochs, last weights.
        order : "own" or "shared"
            Whether each network visits its own rows in its own order, in full batches,
            or all follow one order of all rows that any trains on, where a network
            skips the rows that are not its own (its batches are then smaller).
        seeds : int or sequence of int, length n_networks
            Seed of the order of rows of each network; one number s stands for s, s + 1,
            ... A shared order takes the first.
        progress : bool
            Whether to show a progress bar.

        Returns
        -------
        Ensemble
            Itself.

        Raises
        ------
        ValueError, TypeError
            If an argument cannot be used: one line with its name, the rule, the value.
        KeyboardInterrupt
            If interrupted: the workers have ended, the weights are as before the fit.
        """
        cores = machine.cores()  # asked before the guard
        with machine.threads(1):  # the set-up asks a network about two rows
            arguments.no_running_statistics(self.networks[0])
            samples = self._samples(X, y, own_X, own_y)
            train, validation = arguments.splits(
                train, validation, len(self), _n_samples(samples)
            )
            recipe = self._recipe(
                samples,
                loss=loss,
                penalty=penalty,
                optimizer=optimizer if optimizer is not None else Adam(),
                schedule=schedule if schedule is not None else constant(),
                batch_size=batch_size,
                max_epochs=max_epochs,
                patience=patience,
                stopping=arguments.stopping_loss(
                    stopping, losses.resolve(loss), validation
                ),
            )
            shared = checks.one_of("order", order, ("own", "shared")) == "shared"
            seeds = arguments.seeds_of(seeds, len(self))
            plan = self._plan(samples, train.sum(1), batch_size, shared, cores)

        chunk = self._chunks(samples, train, validation, seeds, shared, recipe)
        started = time.perf_counter()
        outcomes = _run(chunk, plan, len(self) * recipe.max_epochs, progress)
        self._gather(outcomes, recipe)
        self.plan_ = plan.as_dict() | {"chunks": [len(o.networks) for o in outcomes]}
        self.seconds_ = time.perf_counter() - started
        return self

    def _chunks(
        self,
        samples: Samples,
        train: np.ndarray,
        validation: np.ndarray | None,
        seeds: np.ndarray,
        shared: bool,
        recipe: Recipe,
    ) -> Callable[[np.ndarray], Chunk]:
        """Return what makes the task of some networks, given their numbers."""
        initial = Stack.of(self.networks)
        union = np.flatnonzero(train.any(0)) if shared else None

        def chunk(networks: np.ndarray) -> Chunk:
            numbers = torch.from_numpy(networks)
            return Chunk(
                self.networks[0],
                networks,
                initial.select(numbers, self.device),
                samples.select(numbers).to(self.device),
                Order(
                    train[networks],
                    seeds if shared else seeds[networks],
                    union,
                    self.device,
                ),
                None if validation is None else validation[networks],
                recipe,
            )

        return chunk

    def network(self, i: int | np.integer) -> nn.Module:
        """Return network i as a plain module, on the CPU, with its trained weights."""
        i = checks.integer("i", i, at_least=0, at_most=len(self) - 1)
        network = copy.deepcopy(self.networks[i])
        with torch.no_grad():
            for name, parameter in network.named_parameters():
                parameter.copy_(self.parameters[name][i])
        return network.eval()

    def predict(
        self, X: ArrayLike | torch.Tensor, *, own_X: bool = False
    ) -> np.ndarray:
        """Return the outputs of all networks, shape (n_networks, n_samples, n_outputs).

        Parameters
        ----------
        X : array, shape (n_samples, ...), or (n_networks, n_samples, ...) if `own_X`
            Inputs.
        own_X : bool
            Whether each network has its own.
        """
        workers = machine.cores() if self.device.type == "cpu" else 1
        # One thread an operation, and the cores share the blocks: on a busy machine
        # threads that wait for each other cost several times the work.
        with machine.threads(1):
            X = self._inputs(X, own_X)
            rows = max(1, EVALUATED_ROWS[self.device.type] // len(self))
            blocks = X.split(rows, dim=int(own_X))
            parameters = self.parameters.select(range(len(self)), self.device)

            def predict(numbers: Iterable[int]) -> list[torch.Tensor]:
                # passes keep arrays between blocks: each worker has its own
                passes = passes_for(self.networks[0], parameters, parameters)
                with torch.no_grad():
                    return [
                        passes.forward(blocks[i].to(self.device), own_X, training=False)
                        .cpu()
                        .clone()
                        for i in numbers
                    ]

            workers = min(workers, len(blocks))
            shares = [range(k, len(blocks), workers) for k in range(workers)]
            with machine.exact_products(self.device):
                outputs = dict(_for_each_share(predict, shares))
            outputs = [outputs[i] for i in range(len(blocks))]
        return torch.cat(outputs, dim=1).numpy()

    def _inputs(self, X: ArrayLike | torch.Tensor, own_X: bool) -> torch.Tensor:
        X = arguments.tensor("X", X, like=self.parameters.flat)
        least = 3 if own_X else 2
        if X.ndim < least:
            raise ValueError(
                f"X must have at least {least} axes with own_X={own_X}; got {X.ndim}."
            )
        if own_X and len(X) != len(self):
            raise ValueError(
                f"X must have {len(self)} networks on axis 0 with own_X=True; "
                f"got {len(X)}."
            )
        if X.shape[int(own_X)] == 0:
            raise ValueError("X must have at least 1 row; got 0.")
        try:
            with torch.no_grad():
                output = copy.deepcopy(self.networks[0])((X[0] if own_X else X)[:2])
        except (RuntimeError, IndexError, ValueError) as error:
            reason = str(error).splitlines()[0].rstrip(".")
            raise ValueError(f"X must fit the networks; {reason}.") from None
        if output.ndim != 2:
            raise ValueError(
                "networks must return (batch, n_outputs); got shape "
                f"{tuple(output.shape)}."
            )
        return X

    def _samples(
        self,
        X: ArrayLike | torch.Tensor,
        y: ArrayLike | torch.Tensor,
        own_X: bool,
        own_y: bool,
    ) -> Samples:
        X = self._inputs(X, own_X)
        y = arguments.tensor("y", y, like=X)
        axes = (2, 3) if own_y else (1, 2)
        if y.ndim not in axes:
            raise ValueError(
                f"y must have {axes[0]} or {axes[1]} axes with own_y={own_y}; got "
                f"{y.ndim}."
            )
        if own_y and len(y) != len(self):
            raise ValueError(
                f"y must have {len(self)} networks on axis 0 with own_y=True; got "
                f"{len(y)}."
            )
        n_samples = X.shape[int(own_X)]
        if y.shape[int(own_y)] != n_samples:
            raise ValueError(
                f"y must have as many rows as X, {n_samples}; got "
                f"{y.shape[int(own_y)]}."
            )
        return Samples(X, y.unsqueeze(-1) if y.ndim == axes[0] else y, own_X, own_y)

    def _few_inputs(self, samples: Samples) -> torch.Tensor:
        return (samples.X[0] if samples.own_inputs else samples.X)[:2]

    def _few_outputs(self, samples: Samples) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the output of network 0 on its first rows, and their targets."""
        with torch.no_grad():
            output = copy.deepcopy(self.networks[0])(self._few_inputs(samples))
        y = samples.y[0] if samples.own_targets else samples.y
        return output.unsqueeze(0), y[:2].unsqueeze(0)

    def _recipe(
        self,
        samples: Samples,
        *,
        loss: str | Callable,
        penalty: Callable | Sequence[Callable] | None,
        **options: Any,
    ) -> Recipe:
        """Return how to train, checked on the outputs for the first rows."""
        loss = losses.resolve(loss)
        output, target = self._few_outputs(samples)
        losses.check_targets(loss, samples.y.numpy(), output.shape[-1])
        losses.check_result("loss", loss, output, target)
        for name in ("batch_size", "max_epochs", "patience"):
            checks.integer(name, options[name], at_least=1)
        trained = [n for n, p in self.networks[0].named_parameters() if p.requires_grad]
        recipe = Recipe(
            loss=loss,
            penalties=self._penalties(penalty),
            rates=self._rates(options["optimizer"]),
            trained=trained,
            **options,
        )
        if callable(recipe.stopping):
            losses.check_result("stopping", recipe.stopping, output, target)
        if not callable(recipe.schedule):
            raise TypeError(f"schedule must be a function; got {recipe.schedule!r}.")
        return recipe

    def _plan(
        self,
        samples: Samples,
        visits: np.ndarray,
        batch_size: int,
        shared_order: bool,
        cores: int,
    ) -> chunks.Plan:
        """Return the chunks; networks of one take the same number of steps."""
        steps = np.zeros_like(visits) if shared_order else -(-visits // batch_size)
        few = self._few_inputs(samples)
        size = min(batch_size, max(visits))
        return chunks.plan(
            steps,
            chunks.bytes_per_network(self.networks[0], few, size),
            self.device,
            self.largest_chunk,
            networks_at_once(self.networks[0]),
            cores,
        )

    def _penalties(
        self, penalty: Callable | Sequence[Callable] | None
    ) -> list[penalties.Penalty]:
        resolved = penalties.resolve(penalty)
        for one in resolved:
            one.check(Stack.of(self.networks))
        return resolved

    def _rates(self, optimizer: Adam | RMSprop) -> np.ndarray:
        if not hasattr(optimizer, "start") or not hasattr(optimizer, "lr"):
            raise TypeError(
                f"optimizer must be Adam(...) or RMSprop(...); got {optimizer!r}."
            )
        rates = penalties.strengths("lr", optimizer.lr, positive=True)
        if rates.ndim and len(rates) != len(self):
            raise ValueError(f"lr must be one number or {len(self)}; got {len(rates)}.")
        return np.broadcast_to(rates, len(self))

    def _gather(self, outcomes: list[Outcome], recipe: Recipe) -> None:
        """Put the results of the chunks together, and name networks that diverged."""
        n_networks = len(self)
        self.best_epoch_ = np.zeros(n_networks, dtype=int)
        self.best_loss_ = np.full(n_networks, np.nan)
        self.diverged_ = np.zeros(n_networks, dtype=bool)
        self.parameters = self.parameters.empty()
        frames = []
        for outcome in outcomes:
            self.parameters.put(outcome.networks, outcome.parameters)
            self.best_epoch_[outcome.networks] = outcome.best_epoch
            self.best_loss_[outcome.networks] = outcome.best_loss
            self.diverged_[outcome.networks] = outcome.diverged
            frames += [pd.DataFrame(record) for record in outcome.history]
        history = pd.concat(frames).sort_values(["network", "epoch"], ignore_index=True)
        columns = ["network", "epoch"]
        self.history_ = history[columns + [c for c in history if c not in columns]]
        if recipe.stopping is None:
            self.best_epoch_ = (
                self.history_.groupby("network")["epoch"].max().to_numpy()
            )
        self.best_loss_[~np.isfinite(self.best_loss_)] = np.nan
        if self.diverged_.any():
            names = ", ".join(map(str, np.flatnonzero(self.diverged_)))
            warnings.warn(
                f"networks {names} diverged: their training loss is not finite.",
                RuntimeWarning,
                stacklevel=3,
            )


def _run(
    chunk: Callable[[np.ndarray], Chunk], plan: chunks.Plan, total: int, progress: bool
) -> list[Outcome]:
    """Train all chunks, `plan.workers` at a time; return their outcomes in order.

    Threads, not processes: torch lets go of the interpreter while it computes, nothing
    is copied, and a loss may be any function of the caller's. The calling thread only
    watches, so it can draw the bar and pass on an interruption.
    """
    stop, done, started = threading.Event(), [0] * len(plan.chunks), time.monotonic()

    def train(i: int) -> list[Outcome]:
        def advance(epochs: int) -> None:
            done[i] += epochs

        def start_again() -> None:
            done[i] = 0

        return _train_or_halve(
            plan.chunks[i], lambda n: chunk(n).run(advance, stop.is_set), start_again
        )

    machine.keep_freed_memory()
    bar = Progress(total, " epochs", progress)
    with (
        machine.threads(plan.threads),
        machine.fast_products(plan.device),
        ThreadPoolExecutor(plan.workers) as pool,
    ):
        pending = futures = [pool.submit(train, i) for i in range(len(plan.chunks))]
        try:
            while pending:
                finished, pending = wait(pending, 0.1, FIRST_EXCEPTION)
                for future in finished:
                    future.result()
                bar.reach(sum(done))
        except BaseException:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
            bar.finish("Training stopped before its end.")
            raise
    n = sum(map(len, plan.chunks))
    bar.finish(
        f"Trained {n} network{'' if n == 1 else 's'} in "
        f"{time.monotonic() - started:.1f} s on {plan.device}."
    )
    return [outcome for future in futures for outcome in future.result()]


def _for_each_share(
    predict: Callable, shares: Sequence[Sequence[int]]
) -> Iterator[tuple[int, torch.Tensor]]:
    """Yield (number of a block, its outputs) of all shares, each share in a thread."""
    if len(shares) == 1:
        yield from zip(shares[0], predict(shares[0]), strict=True)
        return
    with ThreadPoolExecutor(len(shares)) as pool:
        for share, outputs in zip(shares, pool.map(predict, shares), strict=True):
            yield from zip(share, outputs, strict=True)


def _train_or_halve(
    networks: np.ndarray,
    run: Callable[[np.ndarray], Outcome],
    start_again: Callable[[], None],
) -> list[Outcome]:
    """Train a chunk; if the GPU's memory is too small, its halves one after another."""
    try:
        return [run(networks)]
    except torch.cuda.OutOfMemoryError:
        if len(networks) == 1:
            raise
    # Outside the except block: the error's frames hold the memory to be freed.
    torch.cuda.empty_cache()
    start_again()
    print(
        f"GPU memory too small for {len(networks)} networks at once: trying "
        f"{-(-len(networks) // 2)}.",
        file=sys.stderr,
    )
    halves = np.array_split(networks, 2)
    return [o for half in halves for o in _train_or_halve(half, run, start_again)]


def _n_samples(samples: Samples) -> int:
    return samples.X.shape[int(samples.own_inputs)]
