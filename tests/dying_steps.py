"""Steps for runs that are killed in the middle."""

import os
import signal

import dying_steps as here  # a module, not a constant: what it holds may change
import pandas as pd

FATAL = []  # the trial in which the process dies


def first() -> pd.DataFrame:
    print("first", flush=True)
    return pd.DataFrame({"trial": [9]})


def part(trial: int) -> pd.DataFrame:
    print("ran", trial, flush=True)
    if trial in here.FATAL:
        os.kill(os.getpid(), signal.SIGKILL)
    return pd.DataFrame({"trial": [trial]})


def counts(n: int) -> pd.DataFrame:
    """Return a table that no two runs share."""
    return pd.DataFrame({"n": range(n), "of": os.getpid()})
