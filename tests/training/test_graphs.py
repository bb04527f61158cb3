"""A recorded step is taken as often, and on the same rows, as the step itself."""

from contextlib import contextmanager

import pytest
import torch

from helpers.training.graphs import RecordedStep


class StandIn:
    """Does on a CPU what a GPU does with a recorded step: nothing, until replayed."""

    def __init__(self, possible=True):
        self.possible, self.recording, self.streams = possible, None, 0

    def install(self, monkeypatch):
        monkeypatch.setattr(torch.cuda, "CUDAGraph", lambda: self.Graph(self))
        monkeypatch.setattr(torch.cuda, "graph", self.graph)
        monkeypatch.setattr(torch.cuda, "Stream", self.Stream)
        monkeypatch.setattr(torch.cuda, "current_stream", self.Stream)
        monkeypatch.setattr(torch.cuda, "stream", self.stream)
        monkeypatch.setattr(torch.cuda, "synchronize", lambda: None)

    class Graph:
        def __init__(self, machine):
            self.machine, self.operations = machine, []

        def replay(self):
            for operation in self.operations:
                operation()

    class Stream:
        def wait_stream(self, other):
            """Nothing to wait for."""

    @contextmanager
    def stream(self, _):
        yield

    @contextmanager
    def graph(self, graph, capture_error_mode):
        assert capture_error_mode == "thread_local"
        self.recording = graph
        try:
            yield
        finally:
            self.recording = None
        if not self.possible:
            raise RuntimeError("operation not permitted when stream is capturing")

    def run(self, operation):
        """Do it, or keep it while recording."""
        if self.recording is None:
            operation()
        else:
            self.recording.operations.append(operation)


@pytest.fixture
def summing(monkeypatch):
    """Return a step that adds up rows, what it has added, and its machine."""

    def make(possible=True):
        machine = StandIn(possible)
        machine.install(monkeypatch)
        total, result = torch.zeros(()), torch.zeros(())

        def step(rows, weights):
            def operation():
                result.copy_((rows if weights is None else rows * weights).sum())
                total.add_(result)

            machine.run(operation)
            return result, len(rows)

        return RecordedStep(step), total

    return make


@pytest.mark.parametrize("possible", [True, False])
@pytest.mark.parametrize("weighted", [False, True])
def test_every_batch_counts_once(summing, possible, weighted):
    step, total = summing(possible)
    expected = 0.0
    for k in range(12):
        rows = torch.arange(4.0 if k % 3 else 2.0) + k
        weights = (rows % 2 == 0).float() if weighted else None
        result, count = step(rows, weights)
        batch = float((rows if weights is None else rows * weights).sum())
        expected += batch
        assert (float(result), count) == (batch, len(rows))
        assert float(total) == expected
    assert len(step.recorded) == (2 if possible else 0)


def test_the_first_calls_are_not_recorded(summing):
    step, _ = summing()
    for _ in range(RecordedStep.FIRST):
        step(torch.ones(2), None)
    assert not step.recorded
    step(torch.ones(2), None)
    assert len(step.recorded) == 1
