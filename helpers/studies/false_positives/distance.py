"""Motifs that cooperate only within some distance, and who notices."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.special import expit

from helpers import checks
from helpers.data.kinds import Predict
from helpers.device import Device
from helpers.networks.cnn import CNN, Architecture
from helpers.significance.held_out import (
    FEWEST,
    HeldOut,
    effect_size_test,
    paired_test,
    reference_test,
    unpaired_test,
)
from helpers.studies.false_positives.draws import TRUTH, drawn_interactions
from helpers.studies.false_positives.tables import ALPHA
from helpers.studies.false_positives.training import fit
from helpers.studies.false_positives.worlds import motifs, sequences
from helpers.truth.responses import LOWEST_COUNT, anscombe, poisson_counts
from helpers.truth.sequences import (
    Embedded,
    dinucleotide_shuffle,
    select_pairs,
    window_scores,
)

WORLDS = ("additive", "near", "any distance")
HIDDEN = (50, 50)  # units of the dense layers
GAPS = (15, 20, 25, 30, 35, 40, 50, 75)  # bp: edges of the bins of the profile


def field(kernels: Sequence[int]) -> int:
    """Return the receptive field of stacked convolutions, in bp."""
    return 1 + sum(width - 1 for width in kernels)


def expected_counts(
    dna: np.ndarray, world: str, limit: int, strength: float
) -> np.ndarray:
    """Return expected counts of sequences whose motifs cooperate within a distance.

    Every bound window counts 100. Each two bound windows of different motifs that do
    not overlap count `strength` times 100 more: if there are fewer than `limit` bp
    between them (near), wherever they stand (any distance), or never (additive).

    Parameters
    ----------
    dna : array of int, shape (n, length)
        Base numbers.
    world : {"additive", "near", "any distance"}
    limit : int
        In bp.
    strength : float

    Returns
    -------
    array, shape (n,)
    """
    checks.one_of("world", world, WORLDS)
    first, second = motifs()
    bound = [expit(window_scores(dna, motif)) for motif in (first, second)]
    counts = 100 * sum(b.sum(axis=1) for b in bound)
    if world == "additive":
        return counts
    ways = [np.arange(b.shape[1]) for b in bound]  # starts of the windows
    between = gap(ways[0][:, None], ways[1], first.width, second.width)
    together = (between >= 0) & ((between < limit) | (world == "any distance"))
    return counts + 100 * strength * ((bound[0] @ together) * bound[1]).sum(axis=1)


def gap(
    first: np.ndarray, second: np.ndarray, first_width: int, second_width: int
) -> np.ndarray:
    """Return the bp between two instances by their starts, below 0 on an overlap."""
    return np.maximum(second - first - first_width, first - second - second_width)


# All arguments of a stored step are its key, hence so many.
def notice_distance(  # the arguments of a stored step are its key
    *,
    world: str,
    kernels: Sequence[int],
    limit: int,
    strength: float,
    n_networks: int,
    n_train: int,
    n_validation: int,
    n_test: int,
    n_draws: int,
    epochs: int,
    seed: int,
    device: Device = "auto",
) -> pd.DataFrame:
    """Train networks on one world, and test their interaction by distance.

    Parameters
    ----------
    world : {"additive", "near", "any distance"}
    kernels : list of int
        Widths of the convolutions, whose sum bounds what one filter can see.
    limit, strength
        As in `expected_counts`.
    n_networks : int
    n_train, n_validation, n_test : int
        Sequences.
    n_draws : int
        Knock-outs that an interaction is averaged over.
    epochs, seed : int
    device : str

    Returns
    -------
    DataFrame
        One row a predictor and choice of pairs: world, field (bp), network (-1: the
        expected counts themselves), mse, pairs (all, near, far, or bin, with the
        middle of its gaps in `gap`), n, true and mean (interaction), size (mean |I|),
        gain (mean loss change without it). But for bins also p-values: paired,
        unpaired, shuffles (effect size); for near ones whether they gain more than
        far ones (near against far).
    """
    n = n_train + n_validation
    checks.integer("n_networks", n_networks, at_least=1)

    def truth(dna: np.ndarray) -> np.ndarray:
        return expected_counts(dna, world, limit, strength)

    kind = WORLDS.index(world)
    learned, test = sequences(0, n, seed), sequences(1, n_test, seed)
    counts = poisson_counts(truth(learned.sequences), seed=[seed, 71, kind])
    numbers = [10_000 * seed + i for i in range(n_networks)]
    architecture = Architecture(tuple(kernels), HIDDEN)
    predict, _ = fit(
        [CNN(architecture, seed=i) for i in numbers],
        learned.sequences,
        np.stack([counts] * n_networks),
        validation=np.arange(n) >= n_train,
        l1_strengths=np.zeros(n_networks),
        recipe="fast",
        device=device,
        batch_size=64,
        max_epochs=epochs,
        patience=epochs,
        seeds=numbers,
    )

    def ask(dna: np.ndarray) -> np.ndarray:
        return np.concatenate([predict(dna), truth(dna)[None]])

    labels = poisson_counts(truth(test.sequences), seed=[seed, 72, kind])
    fits = ask(test.sequences)
    mse = np.mean((anscombe(fits.clip(LOWEST_COUNT)) - anscombe(labels)) ** 2, axis=1)
    rows = select_pairs(test)
    table = _by_distance(
        ask, test[rows], fits[:, rows], labels[rows], limit, n_draws, seed
    )
    table["mse"] = mse[table["network"]]
    table["network"] = table["network"].replace(n_networks, TRUTH)
    return table.assign(world=world, field=field(kernels))


def _by_distance(
    ask: Predict,
    pairs: Embedded,
    intact: np.ndarray,
    labels: np.ndarray,
    limit: int,
    n_draws: int,
    seed: int,
) -> pd.DataFrame:
    """Return one row a predictor and choice of pairs; the last predictor is true."""
    own = drawn_interactions(ask, pairs, n_draws, seed).mean(axis=0)
    mixed = replace(
        pairs, sequences=dinucleotide_shuffle(pairs.sequences, seed=[seed, 73])
    )
    shuffled = drawn_interactions(ask, mixed, n_draws, seed).mean(axis=0)
    between = gap(*pairs.starts.T, *(m.width for m in pairs.motifs))

    def losses(chosen: np.ndarray) -> HeldOut:
        kept = intact[:, chosen]
        return HeldOut(kept, kept - own[:, chosen], labels[chosen])

    near = between < limit
    tables = []
    for name, chosen in {"all": between >= 0, "near": near, "far": ~near}.items():
        one = losses(chosen)
        tests = {
            "paired": paired_test(one),
            "unpaired": unpaired_test(one),
            "shuffles": effect_size_test(own[:, chosen], shuffled),
        }
        if name == "near":
            tests["near against far"] = reference_test(one, losses(~near))
        rows = _described(own[:, chosen], one).assign(pairs=name)
        tables.append(rows.assign(**{n: test["p"] for n, test in tests.items()}))
    for low, high in pairwise(GAPS):
        chosen = (between >= low) & (between < high)
        if chosen.sum() >= FEWEST:
            rows = _described(own[:, chosen], losses(chosen))
            tables.append(rows.assign(pairs="bin", gap=(low + high) / 2))
    return pd.concat(tables, ignore_index=True)


def _described(interaction: np.ndarray, losses: HeldOut) -> pd.DataFrame:
    """Return the summaries of some pairs, one row a predictor."""
    return pd.DataFrame(
        {
            "network": range(len(interaction)),
            "n": interaction.shape[1],
            "true": interaction[-1].mean(),
            "mean": interaction.mean(axis=1),
            "size": np.abs(interaction).mean(axis=1),
            "gain": losses.change.mean(axis=1),
        }
    )


# ---- what the page says ------------------------------------------------------------


def size_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return how large interactions are near and far, with headings.

    Parameters
    ----------
    table : DataFrame
        As from `notice_distance`, several joined.
    """
    rows = []
    for kind, sets in _kinds(table):
        counts = {
            f"I, {name} (true)": f"{own['mean'].mean():.1f} ({own['true'].mean():.1f})"
            for name, own in sets.items()
        }
        mse = round(sets["all"]["mse"].mean(), 2)
        rows.append(kind | {"Networks": len(sets["all"]), "Test MSE": mse} | counts)
    return pd.DataFrame(rows)


def calls_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return how many networks of a kind each test calls, with headings.

    Parameters
    ----------
    table : DataFrame
        As from `notice_distance`, several joined.
    """
    return pd.DataFrame(
        kind
        | {"Size against shuffles, far": _calls(sets["far"], "shuffles")}
        | {f"Paired, {name}": _calls(own, "paired") for name, own in sets.items()}
        | {"Near gain more than far": _calls(sets["near"], "near against far")}
        for kind, sets in _kinds(table)
    )


def _kinds(table: pd.DataFrame) -> Iterator[tuple[dict, dict[str, pd.DataFrame]]]:
    """Yield world and field with headings, and the rows of all, near and far pairs."""
    own = table[(table["pairs"] != "bin") & (table["network"] != TRUTH)]
    for (world, kind), group in own.groupby(["world", "field"], sort=False):
        sets = {name: group[group["pairs"] == name] for name in ("all", "near", "far")}
        yield {"World": world, "Field (bp)": kind}, sets


def _calls(rows: pd.DataFrame, test: str) -> str:
    return f"{int((rows[test] < ALPHA).sum())} of {len(rows)}"
