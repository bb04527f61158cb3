"""The settings of the chapter that no parameter of its page decides."""

#: Networks where only pairs decide: 20 filters, and vectors of 20 numbers.
MACHINE = {"n_filters": 20, "n_factors": 20}
RECIPE = {"rate": 0.01, "batch_size": 500, "decay": 0.95}
ADDITIVE_RECIPE = RECIPE | {"decay": 0.85}
#: As in the thesis: no standardisation, no threshold, slow steps, large batches, and
#: done once 250 epochs brought no improvement.
THESIS_NETWORK = MACHINE | {"standardise": False, "threshold": 0.0}
THESIS_RECIPE = {
    "optimizer": "rmsprop",
    "rate": 0.001,
    "decay": 1.0,
    "batch_size": 2048,
    "patience": 250,
}
VARIANT_RECIPE = {
    "optimizer": "rmsprop",
    "rate": 0.002,
    "decay": 1.0,
    "batch_size": 128,
}
#: Networks on motif variants; the thesis penalises motif building.
VARIANT_NETWORKS = {
    "motif building": {"kind": "builder", "penalty": 0.0},
    "motif building, penalty 0.01": {"kind": "builder", "penalty": 0.01},
    "ordinary filters": {"kind": "baseline", "penalty": 0.0},
    "ordinary, standardised": {"kind": "standardised", "penalty": 0.0},
}
GENOME = {"n_cells": 24, "n_rules": 8}
GENOME_NETWORK = {"n_filters": 64, "width": 12, "n_factors": 10, "threshold": 3.0}
GENOME_RECIPE = {"rate": 0.01, "batch_size": 250, "decay": 0.97}
REAL_NETWORKS = {
    "sum": {"kind": "baseline", "penalty": 0.0},
    "FM": {"kind": "fm", "penalty": 0.0},
    "motif building": {"kind": "builder", "penalty": 0.0},
    "motif building, penalty 0.001": {"kind": "builder", "penalty": 0.001},
    "motif building, penalty 0.01": {"kind": "builder", "penalty": 0.01},
}
#: A filter answers a motif if its average correlates with the motif's presence by at
#: least this much: of untrained filters one in a hundred does. Fixed before any trained
#: filter was named so.
ANSWERS = 0.45
PROBES = 10_000  # sequences that tell what frozen filters answer
SWEEP = (0.2, 0.3, 0.4, 0.45, 0.5, 0.6)  # thresholds shown beside it


def additive_parts(counts: list[int], width: int, threshold: float) -> list[dict]:
    """Return networks of each number of filters, where motifs add."""
    return [
        {"network": {"n_filters": n, "width": width, "threshold": threshold}}
        for n in counts
    ]


def target_parts(n: int, length: int, n_targets: int) -> list[dict]:
    """Return additive worlds with one label and with many."""
    world = {"n": n, "length": length, "design": "additive"}
    return [{"world": world | {"n_targets": number}} for number in (1, n_targets)]


def real_parts(n_folds: int) -> list[dict]:
    """Return every network on real sites with every fold that tests."""
    return [
        kind | {"fold": fold}
        for kind in REAL_NETWORKS.values()
        for fold in range(n_folds)
    ]


def paired_parts(width: int, world: dict, n_targets: int) -> list[dict]:
    """Return the three networks where pairs decide: sum, machine, many targets."""
    one, many = world | {"n_targets": 1}, world | {"n_targets": n_targets}
    alone = {"n_filters": 20, "n_factors": 0, "width": width}
    machine = MACHINE | {"width": width}
    return [
        {"network": alone, "world": one},
        {"network": machine, "world": one},
        {"network": machine, "world": many},
    ]


def frozen_settings(
    world: dict, width: int, *, epochs: int, read_outs: dict, n_candidates: int
) -> dict:
    """Return the settings of `freeze`, all but the seed of each training."""
    return {
        "world": world,
        "network": {"n_filters": MACHINE["n_filters"], "width": width},
        "recipe": RECIPE | {"epochs": epochs},
        "read_outs": read_outs | {"n_factors": MACHINE["n_factors"]},
        "n_candidates": n_candidates,
    }


def training_seeds(numbers: list, seed: int) -> list[dict]:
    """Return the seed of each independent training behind frozen filters."""
    return [{"seed": 1_000 * seed + 100 + number} for number in numbers]


def world_parts(n_data_sets: int, strengths: dict, seed: int, each: int = 5) -> list:
    """Return data sets of each world, `each` to a part.

    Parameters
    ----------
    strengths : dict of world to list of float
    """
    first = 10_000 * seed + 1
    numbers = [first + i for i in range(n_data_sets)]
    groups = [numbers[i : i + each] for i in range(0, n_data_sets, each)]
    return [
        {"kind": kind, "strength": strength, "seeds": group}
        for kind, values in strengths.items()
        for strength in values
        for group in groups
    ]
