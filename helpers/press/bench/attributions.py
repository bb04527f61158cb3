"""What each attribution method costs a sequence, beside plain Captum."""

from functools import partial

import numpy as np
import torch

from helpers import checks
from helpers import device as machine
from helpers.explain import attribution
from helpers.extras import extra
from helpers.networks.motif import MotifCNN, usual_layers
from helpers.press.bench.families import FAMILIES, Letters, motif_network
from helpers.press.bench.timing import REPEATS, Row, Timed, in_turn

SECONDS = "seconds per sequence"

with extra("dna"):
    from captum.attr import IntegratedGradients


def measure_attribution(*, rows: int = 50, repeats: int = REPEATS) -> list[Row]:
    """Return processor seconds of each method for one sequence of 250 bp.

    Parameters
    ----------
    rows : int
        Sequences explained at a time; Captum's gradients of 50 points get 10 of them.
    repeats : int
        Timings of which the median is kept; methods take turns.
    """
    rows = checks.integer("rows", rows, at_least=2)
    sequences, _ = FAMILIES["motif"].data(np.random.default_rng(0), rows)
    network = motif_network(seed=0)
    methods = {"Captum IG": lambda x: _captum_gradients(network, x)} | {
        method: partial(_attributed, network, method) for method in attribution.METHODS
    }
    timed = []
    for name, method in methods.items():
        some = sequences[:10] if name == "Captum IG" else sequences
        row = Row("attribution", name, "alone", SECONDS, rows=len(some))
        timed.append(Timed(row, partial(method, some), units=len(some)))
    with machine.threads(1):
        for one in timed:  # the first call compiles
            one.work()
        return in_turn(timed, repeats)


def _attributed(network: MotifCNN, method: str, sequences: np.ndarray) -> np.ndarray:
    return attribution.contributions([network], sequences, method=method)


def _captum_gradients(network: MotifCNN, sequences: np.ndarray) -> torch.Tensor:
    """Attribute as one would without `helpers.attribution`."""
    usual = usual_layers(network, probability=True)
    letters = Letters()(torch.from_numpy(sequences)).requires_grad_()
    return IntegratedGradients(usual).attribute(letters, n_steps=50)
