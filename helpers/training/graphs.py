"""Training steps recorded on a GPU and played again.

A step of small networks is a hundred short operations. Asking for them one by one takes
the host some milliseconds, the GPU a fraction of that. A recorded step (a CUDA graph)
is asked for at once.
"""

from collections.abc import Callable

import torch
from torch import Tensor


class RecordedStep:
    """A function of a batch that is recorded for each size of a batch.

    Whatever else the function reads and writes must stay in place between calls, and
    it must not wait for the GPU. Where recording fails, because a loss of the caller's
    does wait, say, the function is called as it is.

    Parameters
    ----------
    step : callable
        `step(rows, weights)`, weights possibly None; returns two results, each a
        tensor, overwritten by the next call, or a plain number.
    """

    FIRST = 3  # calls that are not recorded: libraries set themselves up in them

    def __init__(self, step: Callable) -> None:
        self.step = step
        self.calls: dict[tuple, int] = {}
        self.recorded: dict[tuple, tuple] = {}
        self.possible = True

    def __call__(self, rows: Tensor, weights: Tensor | None) -> tuple:
        """Take the step on some rows, and return what it returns."""
        size = (*rows.shape, weights is None)
        if size in self.recorded:
            graph, inputs, results = self.recorded[size]
            for kept, new in zip(inputs, (rows, weights), strict=True):
                if kept is not None:
                    kept.copy_(new)
            graph.replay()
            return results
        self.calls[size] = self.calls.get(size, 0) + 1
        if self.calls[size] > self.FIRST and self.possible:
            self.possible = self._record(size, rows, weights)
            if self.possible:
                return self(rows, weights)
        return self._beside(rows, weights)

    def _beside(self, rows: Tensor, weights: Tensor | None) -> tuple:
        """Take a step on a stream of its own, as recording wants it beforehand."""
        current, beside = torch.cuda.current_stream(), torch.cuda.Stream()
        beside.wait_stream(current)
        with torch.cuda.stream(beside):
            results = self.step(rows, weights)
        current.wait_stream(beside)
        return results

    def _record(self, size: tuple, rows: Tensor, weights: Tensor | None) -> bool:
        """Record the step without taking it; return whether that was possible."""
        inputs = rows.clone(), None if weights is None else weights.clone()
        graph = torch.cuda.CUDAGraph()
        try:
            # Other threads may do what they like meanwhile.
            with torch.cuda.graph(graph, capture_error_mode="thread_local"):
                results = self.step(*inputs)
        except RuntimeError:
            torch.cuda.synchronize()
            return False
        self.recorded[size] = graph, inputs, results
        return True
