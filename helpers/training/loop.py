"""The training loop of one chunk of networks."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor, nn

from helpers.training.compiled import Epochs, Steps
from helpers.training.graphs import RecordedStep
from helpers.training.optimizers import Adam, RMSprop
from helpers.training.passes import passes_for
from helpers.training.penalties import Penalty
from helpers.training.rows import Order, Samples, fixed_rows
from helpers.training.stack import Stack

#: Stopped networks leave a chunk once they are this share of it: leaving costs a copy
#: of everything, staying costs their part of every step.
COMPACT_AT = 0.25
#: Rows evaluated at once, times networks: a CPU keeps the arrays inside its cache, a
#: GPU wants work for all of it.
EVALUATED_ROWS = {"cpu": 8192, "cuda": 32_768}


@dataclass(frozen=True)
class Recipe:
    """How to train, the same for all networks of a fit (checked by `Ensemble.fit`).

    `rates` and `trained` give the learning rate of each network of the ensemble and
    the names of the parameters that it moves; `stopping` is the loss that decides, or
    "objective", or None.
    """

    loss: Callable[[Tensor, Tensor], Tensor]
    penalties: list[Penalty]
    optimizer: Adam | RMSprop
    schedule: Callable[[int, int, int], float]
    rates: np.ndarray
    trained: list[str]
    batch_size: int
    max_epochs: int
    patience: int
    stopping: Callable | str | None


@dataclass
class Outcome:
    """What one chunk gives back; arrays in the order of `networks`."""

    networks: np.ndarray
    parameters: Stack
    best_epoch: np.ndarray
    best_loss: np.ndarray
    diverged: np.ndarray
    history: list[dict] = field(default_factory=list)


class Interrupted(Exception):  # noqa: N818 (nothing went wrong: somebody asked)
    """Training was asked to stop."""


class Chunk:
    """Several networks in training together.

    Positions (axis 0 of every stack) hold the networks that are still here; stopped
    ones stay in place with rate 0 until the chunk is compacted.

    Parameters
    ----------
    network : nn.Module
        Any of the networks: gives the architecture.
    networks : array of int, shape (n_networks,)
        Numbers of the chunk's networks in the ensemble.
    parameters : Stack
        Initial weights, in that order; trained in place.
    samples : Samples
        Data of these networks.
    order : Order
        Their training rows.
    validation : array of bool, shape (n_networks, n_samples), or None
        Their validation rows.
    recipe : Recipe
    """

    def __init__(
        self,
        network: nn.Module,
        networks: np.ndarray,
        parameters: Stack,
        samples: Samples,
        order: Order,
        validation: np.ndarray | None,
        recipe: Recipe,
    ) -> None:
        self.network, self.recipe = network, recipe
        self.samples, self.order, self.validation = samples, order, validation
        self.parameters, self.best = parameters, parameters.copy()
        self.gradients = parameters.empty()
        self.optimizer = recipe.optimizer.start(self.gradients)
        self.positions = np.arange(len(networks))  # which of `networks` sits where
        self.running = np.ones(len(networks), dtype=bool)
        self.waited = np.zeros(len(networks), dtype=int)
        self.step = 0
        self.outcome = Outcome(
            networks,
            parameters.copy(),
            best_epoch=np.zeros(len(networks), dtype=int),
            best_loss=np.full(len(networks), np.inf),
            diverged=np.zeros(len(networks), dtype=bool),
        )
        self._settle()

    def run(
        self, advance: Callable[[int], None], stopped: Callable[[], bool]
    ) -> Outcome:
        """Train until every network has finished.

        Parameters
        ----------
        advance : callable
            Called with the number of network epochs done, after each epoch.
        stopped : callable
            Asked before each step whether somebody wants to stop.

        Raises
        ------
        Interrupted
            If so.
        """
        for epoch in range(self.recipe.max_epochs):
            losses = [self._train_epoch(epoch, stopped), *self._validate(stopped)]
            losses = torch.stack(losses).double().cpu().numpy()  # waits for the device
            n_running = int(self.running.sum())
            self._judge(epoch + 1, *losses)
            n_left = self.recipe.max_epochs - epoch - 1
            advance(n_running + n_left * (n_running - int(self.running.sum())))
            if not self.running.any():
                break
            if np.mean(~self.running) >= COMPACT_AT:
                self._collect(~self.running)
                self._compact()
        self._collect(np.ones(len(self.positions), dtype=bool))
        return self.outcome

    def _settle(self) -> None:
        """Set up what depends on which networks are here."""
        device = self.parameters.flat.device
        chosen = self.outcome.networks[self.positions]
        networks = torch.from_numpy(chosen).to(device)
        self.passes = passes_for(self.network, self.parameters, self.gradients)
        self.penalties = [
            p.select(networks, self.parameters) for p in self.recipe.penalties
        ]
        self.steps = self.epochs = None
        fitted = self.parameters, self.optimizer, self.penalties
        if Steps.can_take(*fitted):
            self.steps = Steps(self.parameters, self.gradients, *fitted[1:])  # type: ignore[arg-type]  # as asked above
            if Epochs.can_take(self.network, self.recipe.loss):
                self.epochs = Epochs(self.network, self.steps, self.recipe.loss)
        self.rates = self.parameters.empty()
        self.scaled_rates, self.scale = None, None
        if device.type == "cuda":
            self.scaled_rates = self.parameters.empty()
            self.recorded = RecordedStep(
                lambda rows, weights: self._train_step(
                    rows,
                    weights,
                    self.scaled_rates,  # type: ignore[arg-type]  # just set
                    1.0,
                )
            )
        self._set_rates()
        if self.validation is not None:
            self.held_out = fixed_rows(self.validation, device)

    def _set_rates(self) -> None:
        rates = self.recipe.rates[self.outcome.networks[self.positions]] * self.running
        self.rates.fill(torch.as_tensor(rates), self.recipe.trained)
        self.scale = None
        if self.steps is not None:
            self.steps.set_rates(rates, self.recipe.trained)

    def _train_epoch(self, epoch: int, stopped: Callable[[], bool]) -> Tensor:
        """Take one step a batch; return the mean loss met on the way, (n_networks,)."""
        rows, weights = self.order.epoch(epoch)
        batch_size = self.recipe.batch_size
        n_steps = -(-rows.shape[-1] // batch_size)
        if self.epochs is not None:
            return self._train_compiled(rows, weights, n_steps, stopped)
        total = count = 0
        for start in range(0, rows.shape[-1], batch_size):
            if stopped():
                raise Interrupted
            batch = slice(start, start + batch_size)
            factor = self.recipe.schedule(self.step, n_steps, self.recipe.max_epochs)
            sums, counts = self._take_step(
                rows[..., batch], None if weights is None else weights[:, batch], factor
            )
            total, count = total + sums, count + counts
            self.step += 1
        return total / count  # type: ignore[return-value]  # a sum over batches

    def _train_compiled(
        self,
        rows: Tensor,
        weights: Tensor | None,
        n_steps: int,
        stopped: Callable[[], bool],
    ) -> Tensor:
        """Do as `_train_epoch`, one network after another in compiled code."""
        recipe, first = self.recipe, self.step
        self.step += n_steps
        factors = [
            float(recipe.schedule(step, n_steps, recipe.max_epochs))
            for step in range(first, self.step)
        ]
        means = self.epochs.train(  # type: ignore[union-attr]  # where epochs are compiled
            self.samples,
            rows,
            weights,
            recipe.batch_size,
            np.array(factors),
            self.running,
            stopped,
        )
        if means is None:
            raise Interrupted
        return means.to(self.parameters.flat)

    def _take_step(self, rows: Tensor, weights: Tensor | None, factor: float) -> tuple:
        """Move all networks once, on a GPU by a recorded step."""
        if self.scaled_rates is None:
            return self._train_step(rows, weights, self.rates, factor)
        if factor != self.scale:  # what a recorded step reads has to be on the GPU
            torch.mul(self.rates.flat, factor, out=self.scaled_rates.flat)
            self.scale = factor  # type: ignore[assignment]  # None before
        return self.recorded(rows, weights)

    def _train_step(
        self, rows: Tensor, weights: Tensor | None, rates: Stack, factor: float
    ) -> tuple:
        """Move all networks once; return the sum of their losses and of the weights."""
        n_rows = rows.shape[-1]
        counts = n_rows if weights is None else weights.sum(1)
        if self.steps is None:  # else the last step left zeros, and knows penalties
            with torch.no_grad():
                self.gradients.flat.zero_()
                for penalty in self.penalties:
                    penalty.add_slope(self.parameters, self.gradients)
        # A loss is a sum over rows, so blocks of rows add up to the batch.
        width, sums = self.passes.rows_at_once or n_rows, 0
        for start in range(0, n_rows, width):
            block = slice(start, start + width)
            some = None if weights is None else weights[:, block]
            sums = sums + self._add_slopes(rows[..., block], some, counts)
        if self.steps is not None:
            self.steps.take(factor)
            return sums, counts
        with torch.no_grad():
            direction = self.optimizer.direction(self.gradients)
            self.parameters.flat.addcmul_(direction, rates.flat, value=factor)
            for penalty in self.penalties:
                penalty.shrink(self.parameters, rates, factor)
        return sums, counts

    def _add_slopes(
        self, rows: Tensor, weights: Tensor | None, counts: int | Tensor
    ) -> Tensor:
        """Add the slopes of some rows of a batch; return the sum of their losses.

        counts : rows of the whole batch, an int or (n_networks,)
        """
        x, y, own = self.samples.batch(rows)
        output = self.passes.forward(x, own).requires_grad_()
        with torch.enable_grad():
            losses = self.recipe.loss(output, self._for_each(y))  # (n_networks, rows)
            # A network's loss is the mean over its rows: this is the share of each.
            if weights is None:
                shares = losses.new_full(losses.shape, 1 / counts)  # type: ignore[arg-type]  # a number, without weights
            else:
                # A network may have no row in a batch.
                shares = weights / counts.clamp(min=1).unsqueeze(1).to(losses)  # type: ignore[union-attr]  # one a network
            (slope,) = torch.autograd.grad(losses, output, shares)
        with torch.no_grad():
            output.requires_grad_(False)
            self.passes.backward(slope)
        return _weighted(losses.detach(), weights)

    def _for_each(self, y: Tensor) -> Tensor:
        """Return targets (n_networks, batch, n_targets), repeated if shared."""
        return y if y.ndim == 3 else y.expand(len(self.positions), *y.shape)

    @torch.no_grad()
    def _validate(self, stopped: Callable[[], bool]) -> list[Tensor]:
        """Return the mean validation loss and the loss that decides, (n_networks,)."""
        if self.validation is None:
            return []
        loss, stopping = self.recipe.loss, self.recipe.stopping
        functions = [loss, stopping] if callable(stopping) else [loss]
        rows, weights = self.held_out
        width = self.passes.rows_at_once
        at_once = EVALUATED_ROWS[self.parameters.flat.device.type]
        width = width or max(1, at_once // len(self.positions))
        sums, count = torch.zeros(len(functions), 1).to(self.parameters.flat), 0
        for start in range(0, rows.shape[-1], width):
            if stopped():
                raise Interrupted
            block = rows[..., start : start + width]
            x, y, own = self.samples.batch(block)
            output, y = self.passes.forward(x, own, training=False), self._for_each(y)
            weight = None if weights is None else weights[:, start : start + width]
            parts = [_weighted(function(output, y), weight) for function in functions]
            sums = sums + torch.stack(parts)
            count = count + (block.shape[-1] if weight is None else weight.sum(1))
        means = list(sums / count)
        if stopping == "objective":
            penalties = [penalty(self.parameters.views) for penalty in self.penalties]
            means.append(sum(penalties, means[0]))
        return [means[0], means[-1]]

    def _judge(
        self,
        epoch: int,
        train: np.ndarray,
        validation: np.ndarray | None = None,
        decisive: np.ndarray | None = None,
    ) -> None:
        """Write the history, keep what is best, and stop who has finished."""
        here = self.running
        networks = self.outcome.networks[self.positions]
        record = {"network": networks[here], "train_loss": train[here]}
        if validation is not None:
            record |= {"validation_loss": validation[here]}
            record |= {"stopping_loss": decisive[here]}  # type: ignore[index]  # with validation
        self.outcome.history.append({"epoch": epoch, **record})

        diverged = here & ~np.isfinite(train)
        self.outcome.diverged[self.positions[diverged]] = True
        finished = diverged
        if self.recipe.stopping is not None:
            so_far = self.outcome.best_loss[self.positions]
            better = here & ~diverged & (decisive < so_far)  # NaN is never better
            self._keep_best(better, epoch, decisive)  # type: ignore[arg-type]  # there is a loss that decides
            self.waited = np.where(better, 0, self.waited + 1)
            finished = diverged | (here & (self.waited >= self.recipe.patience))
        if finished.any():
            self.running = here & ~finished
            self._set_rates()

    def _keep_best(self, better: np.ndarray, epoch: int, decisive: np.ndarray) -> None:
        at = self.positions[better]
        self.outcome.best_loss[at], self.outcome.best_epoch[at] = (
            decisive[better],
            epoch,
        )
        if better.all():
            self.best.flat.copy_(self.parameters.flat)
        elif better.any():
            rows = torch.from_numpy(np.flatnonzero(better)).to(self.best.flat.device)
            self.best.put(rows, self.parameters, rows)

    def _collect(self, here: np.ndarray) -> None:
        """Copy the final weights of some positions to the outcome."""
        source = self.parameters if self.recipe.stopping is None else self.best
        rows = torch.from_numpy(np.flatnonzero(here)).to(source.flat.device)
        self.outcome.parameters.put(self.positions[here], source, rows)

    def _compact(self) -> None:
        """Go on with the running networks alone."""
        stay = np.flatnonzero(self.running)
        rows = torch.from_numpy(stay).to(self.parameters.flat.device)
        self.parameters = self.parameters.select(rows)
        self.best = self.best.select(rows)
        self.gradients = self.parameters.empty()
        self.optimizer = self.optimizer.select(rows)
        self.samples, self.order = self.samples.select(rows), self.order.select(stay)
        if self.validation is not None:
            self.validation = self.validation[stay]
        self.positions, self.waited = self.positions[stay], self.waited[stay]
        self.running = self.running[stay]
        self._settle()


def _weighted(losses: Tensor, weights: Tensor | None) -> Tensor:
    """Return the sum over rows of losses (n_networks, batch), (n_networks,)."""
    if weights is None:
        return losses.sum(1)
    # where, not a product: the loss of a row that does not count may be infinite.
    return torch.where(weights, losses, 0).sum(1)
