"""A module of steps, good and bad, for the tests of keys."""

import math
from dataclasses import dataclass
from functools import cache, partial

import numpy as np

WIDTH = 20
MATRIX = np.arange(6.0).reshape(2, 3)
NAMES = {"a": (1, 2), "b": len}
UNUSED = "never read"
STATE = object()
CALL = partial(max, 1)


@dataclass(frozen=True)
class Recipe:
    rate: float = 0.1
    epochs: int = 3

    def total(self):
        return self.rate * self.epochs * SCALE


SCALE = 7


def plain(n, seed=0):
    return n + seed


def reads(n):
    return n * WIDTH + MATRIX.sum() + math.pi


def through(n):
    return [helper(n) for _ in range(2)], looked_up("a")


@cache
def looked_up(name):
    return NAMES[name]


def helper(n):
    return (lambda: n + SCALE)()


def with_class(n):
    return Recipe(epochs=n).total()


def trains(n, device="auto"):
    return device, n


def reads_state(n):
    return STATE, n


def reads_partial(n):
    return CALL(n)


def changes(n):
    global SCALE
    SCALE = n


def reads_nothing_there(n):
    return absent + n  # noqa: F821


def closure(n):
    def inner():
        return n

    return inner
