"""Sequences explained a second by each attribution method, beside plain Captum."""

import statistics
import time
from functools import partial

import numpy as np
import pandas as pd
import torch
from captum.attr import IntegratedGradients

from helpers import checks
from helpers import device as machine
from helpers.explain import attribution
from helpers.networks.motif import usual_layers
from helpers.press.bench.training import Letters, motif_data, motif_network


def measure_attribution(*, rows: int = 200, repeats: int = 3) -> pd.DataFrame:
    """Return how many sequences a second each method attributes, on one CPU thread.

    Parameters
    ----------
    rows : int
        Sequences of 250 bp; permutations shuffle each feature over all of them.
    repeats : int
        Timings of which the median is shown; methods take turns.

    Returns
    -------
    DataFrame
        One row a method; `speed_up` is against Captum's integrated gradients.
    """
    rows = checks.integer("rows", rows, at_least=2)
    repeats = checks.integer("repeats", repeats, at_least=1)
    sequences, _ = motif_data(np.random.default_rng(0), rows)
    network = motif_network(seed=0)
    few = sequences[:25]  # Captum's gradients of 50 points take seconds, and gigabytes
    methods = {"Captum IG": lambda x: _captum_gradients(network, x)} | {
        method: partial(_attributed, network, method) for method in attribution.METHODS
    }
    some = {name: few if name == "Captum IG" else sequences for name in methods}
    for name, method in methods.items():  # the first call compiles
        method(some[name][:2])
    timings = {name: [] for name in methods}
    with machine.threads(1):
        for _ in range(repeats):
            for name, method in methods.items():
                started = time.process_time()
                method(some[name])
                seconds = time.process_time() - started
                timings[name].append(seconds / len(some[name]))
    medians = {name: statistics.median(t) for name, t in timings.items()}
    return pd.DataFrame(
        {
            "family": "attribution",
            "device": "cpu",
            "method": list(medians),
            "seconds": medians.values(),
            "per_second": [1 / seconds for seconds in medians.values()],
            "speed_up": [medians["Captum IG"] / s for s in medians.values()],
            "rows": rows,
        }
    )


def _attributed(network, method, sequences):
    return attribution.contributions([network], sequences, method=method)


def _captum_gradients(network, sequences):
    """Attribute as one would without `helpers.attribution`."""
    usual = usual_layers(network, probability=True)
    letters = Letters()(torch.from_numpy(sequences)).requires_grad_()
    return IntegratedGradients(usual).attribute(letters, n_steps=50)


def report_attribution(table: pd.DataFrame) -> str:
    """Return the table of `measure_attribution` as text."""
    shown = table[["method", "per_second", "speed_up"]].round(1)
    return (
        f"{shown.to_string(index=False)}\n\nAttributions a second on one CPU thread "
        "(250 bp, 32 filters), medians."
    )
