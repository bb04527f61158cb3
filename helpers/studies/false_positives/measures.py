"""What the study says about predictors: effects, tests and losses in a tidy table."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import stats

from helpers import checks
from helpers.data.kinds import Predict
from helpers.significance.held_out import (
    HeldOut,
    effect_size_test,
    paired_test,
    reference_test,
    unpaired_test,
)
from helpers.studies.false_positives.worlds import (
    CONTROLS,
    Sizes,
    knock_out_sets,
    motifs,
    observed,
    sequences,
)
from helpers.truth.responses import (
    LOWEST_COUNT,
    Effects,
    anscombe,
    effects,
    occupancy,
    poisson_counts,
    rate,
)
from helpers.truth.sequences import knock_out, select_pairs, simulate

EDGES = {  # of the bins along which interactions are followed
    "by main effects": tuple(range(40, 321, 20)),  # counts
    "by main-effect error": tuple(range(-45, 46, 10)),  # counts
    "by distance": tuple(13.5 + 3.0 * i for i in range(11)),  # bp
}
LOSS_EDGES = (*(0.5 * i for i in range(31)), np.inf)
FEWEST_IN_BIN = 20


def predict_sets(predict: Predict, knocked: dict) -> dict[str, np.ndarray]:
    """Return the predicted counts of each set of knock-outs.

    Parameters
    ----------
    predict : callable
        Sequences (n, length) -> counts (n_networks, n).
    knocked : dict
        As from `worlds.knock_out_sets`.

    Returns
    -------
    dict of set to array, shape (n_networks, 2, 2, n)
    """
    return {
        name: predict(four.reshape(-1, four.shape[-1])).reshape(-1, *four.shape[:3])
        for name, (_, _, four) in knocked.items()
    }


def seen_effects(counts: np.ndarray) -> Effects:
    """Return the effects that predictors see, arrays (..., n), from (..., 2, 2, n)."""
    found = effects(counts)
    # Differences below a millionth of a count are rounding.
    return replace(found, interaction=found.interaction.round(6))


def held_out(seen: Effects, labels: np.ndarray, loss: str = "anscombe") -> HeldOut:
    """Return the losses with and without the interaction."""
    return HeldOut(seen.intact, seen.without_interaction, labels, loss)


def correlation(x: np.ndarray, y: np.ndarray) -> float:
    """Return Pearson's correlation, 0 if one of the two does not vary."""
    return np.corrcoef(x, y)[0, 1] if x.std() > 0 and y.std() > 0 else 0.0


def not_zero(interaction: np.ndarray) -> pd.DataFrame:
    """Test whether interactions are centred on zero (two-sided signed-rank test)."""
    p = [
        stats.wilcoxon(row, method="asymptotic").pvalue if row.any() else 1.0
        for row in interaction
    ]
    return pd.DataFrame(
        {
            "test": "not zero",
            "network": range(len(interaction)),
            "p": p,
            "median": np.median(interaction, axis=1),
        }
    )


def all_tests(seen: dict[str, Effects], labels: dict) -> pd.DataFrame:
    """Return one row a test and network.

    Parameters
    ----------
    seen : dict of set to Effects
        Of motifs, random, shuffles; with training also of "training, random".
    labels : dict of set to array, shape (n,)
    """
    size = {name: e.interaction for name, e in seen.items()}
    loss = {name: held_out(e, labels[name]) for name, e in seen.items()}
    tests = [
        paired_test(loss["motifs"]),
        unpaired_test(loss["motifs"]),
        reference_test(loss["motifs"], loss["random"]),
        reference_test(loss["motifs"], loss["shuffles"], name="against shuffles"),
        effect_size_test(size["motifs"], size["shuffles"]),
        effect_size_test(
            size["motifs"], size["random"], name="effect size against random positions"
        ),
        not_zero(size["motifs"]),
    ]
    if "training" in seen:
        known = loss["training"]
        for test in (
            paired_test(known),
            unpaired_test(known),
            reference_test(known, loss["training, random"]),
        ):
            tests.append(test.assign(test=test["test"] + ", training"))
    return pd.concat(tests, ignore_index=True)


def profile(x: np.ndarray, y: np.ndarray, edges: Sequence[float]) -> pd.DataFrame:
    """Return the median and the 5 and 95% quantiles of y in bins of x.

    Bins with fewer than 20 examples are left out.

    Returns
    -------
    DataFrame
        at (middle of the bin), value, low, high.
    """
    edges = np.asarray(edges, dtype=float)
    bins = pd.cut(pd.Series(x), edges, labels=(edges[:-1] + edges[1:]) / 2)
    table = (
        pd.Series(y)
        .groupby(bins, observed=True)
        .agg(
            value="median",
            low=lambda inside: inside.quantile(0.05),
            high=lambda inside: inside.quantile(0.95),
            n="size",
        )
    )
    table = table[table["n"] >= FEWEST_IN_BIN].drop(columns="n")
    return table.rename_axis("at").reset_index().astype(float)


def describe(
    predicted: dict,
    test_counts: np.ndarray,
    *,
    padding: str,
    strength: float,
    sizes: Sizes,
) -> pd.DataFrame:
    """Return all that the chapter says about some predictors, one row a number.

    Parameters
    ----------
    predicted : dict of set to array, shape (n_networks, 2, 2, n)
        Counts, as from `predict_sets`.
    test_counts : array, shape (n_networks, n)
        Predicted counts of the first test sequences.
    padding : {"valid", "same"}
    strength : float
        Of the true interaction.
    sizes : Sizes

    Returns
    -------
    DataFrame
        network (-1 is the mean prediction of all given), kind (p, median, summary,
        histogram, profile), quantity, at, value, low, high; six digits.
    """
    seen = {
        name: seen_effects(_with_mean(counts)) for name, counts in predicted.items()
    }
    labels = _labels(padding, strength, sizes)
    tests = all_tests(seen, labels)
    tables = [
        tests.assign(kind="p", quantity=tests["test"], value=tests["p"]),
        tests.assign(
            kind="median",
            quantity=tests["test"],
            value=tests["median"],
            low=tests["median_low"],
            high=tests["median_high"],
        ),
    ]
    fits = _with_mean(test_counts).clip(LOWEST_COUNT)
    known = observed(1, sizes.n_test, sizes.seed, padding, strength)[: fits.shape[1]]
    mse = np.mean((anscombe(fits) - anscombe(known)) ** 2, axis=1)
    change = {name: held_out(e, labels[name]).change for name, e in seen.items()}
    losses = held_out(seen["motifs"], labels["motifs"])
    wrong = _true_main_effects(padding, strength, sizes) - seen["motifs"].additive
    distance = _distance_from_centre(sizes)
    for i in range(len(fits)):
        parts = (
            _summary(i, mse[i], seen, change, losses, wrong[i]),
            _histograms(i, losses),
            _profiles(i, seen["motifs"], wrong[i], distance),
        )
        tables += [part.assign(network=i) for part in parts]
    columns = ["network", "kind", "quantity", "at", "value", "low", "high"]
    table = pd.concat(tables, ignore_index=True)[columns]
    # The mean prediction is number -1; six digits say it all.
    table["network"] = table["network"].replace(len(fits) - 1, -1)
    numbers = ["at", "value", "low", "high"]
    table[numbers] = table[numbers].map(lambda x: float(f"{x:.6g}"))
    return table


def describe_truth(
    *,
    padding: str,
    control: str,
    n_train: int,
    n_validation: int,
    n_test: int,
    n_controls: int,
    n_test_error: int,
    seed: int,
) -> pd.DataFrame:
    """Return what the tests say about the expected counts themselves: the oracle.

    Parameters
    ----------
    padding : {"valid", "same"}
    control : {"negative", "positive"}
    n_train, n_validation, n_test, n_controls, seed : int
        As in `worlds.Sizes`.
    n_test_error : int
        Test sequences for the mean squared error.

    Returns
    -------
    DataFrame
        As from `describe`, network 0 alone, with padding and control.
    """
    strength = CONTROLS[control]
    sizes = Sizes(n_train, n_validation, n_test, n_controls, seed)

    def predict(dna: np.ndarray) -> np.ndarray:
        return rate(occupancy(dna, motifs(), padding=padding), strength)[None]

    table = describe(
        predict_sets(predict, knock_out_sets(sizes)),
        predict(sequences(1, n_test, seed).sequences[:n_test_error]),
        padding=padding,
        strength=strength,
        sizes=sizes,
    )
    return table[table["network"] == 0].assign(padding=padding, control=control)


def redrawn_truth(
    *, padding: str, n_test: int, n_draws: int, seed: int
) -> pd.DataFrame:
    """Return what the simulation's own numbers are over fresh test sequences.

    A published number of the simulation is one draw, and so is ours: their difference
    is judged by the spread over draws.

    Parameters
    ----------
    padding : {"valid", "same"}
    n_test, n_draws, seed : int

    Returns
    -------
    DataFrame
        One row a draw and control: draw, control, padding, pairs, floor (mean squared
        error of the expected counts), interaction (mean over pairs, in counts),
        change (median rise of the pairs' loss without it).
    """
    rows = []
    for draw in range(checks.integer("n_draws", n_draws, at_least=2)):
        drawn = simulate(n_test, motifs(), seed=[seed, 51, draw])
        bound = occupancy(drawn.sequences, motifs(), padding=padding)
        pairs = drawn[select_pairs(drawn)]
        four = occupancy(
            knock_out(pairs, seed=[seed, 52, draw]), motifs(), padding=padding
        )
        for number, (control, strength) in enumerate(CONTROLS.items()):
            expected = rate(bound, strength)
            counts = poisson_counts(expected, seed=[seed, 53, draw, number])
            seen = effects(rate(four, strength))
            labels = poisson_counts(seen.intact, seed=[seed, 54, draw, number])
            rows.append(
                {
                    "draw": draw,
                    "control": control,
                    "padding": padding,
                    "pairs": len(pairs),
                    "floor": np.mean((anscombe(expected) - anscombe(counts)) ** 2),
                    "interaction": seen.interaction.mean(),
                    "change": np.median(held_out(seen, labels).change),
                }
            )
    return pd.DataFrame(rows)


def _with_mean(counts: np.ndarray) -> np.ndarray:
    """Add a last row: the mean of all networks' predictions."""
    return np.concatenate([counts, counts.mean(axis=0, keepdims=True)])


def _labels(padding: str, strength: float, sizes: Sizes) -> dict[str, np.ndarray]:
    """Return the labels of every set of pairs."""
    counts = {
        part: observed(part, n, sizes.seed, padding, strength)
        for part, n in enumerate((sizes.n_learning, sizes.n_test))
    }
    labels = {}
    for name, (part, rows, kept_and_out) in knock_out_sets(sizes).items():
        if part is None:  # shuffles were never observed: their expected counts
            bound = occupancy(kept_and_out[1, 1], motifs(), padding=padding)
            labels[name] = rate(bound, strength)
        else:
            labels[name] = counts[part][rows]
    return labels


def _true_main_effects(padding: str, strength: float, sizes: Sizes) -> np.ndarray:
    """Return the true sum of main effects of every motif pair, shape (n_pairs,)."""
    _, _, kept_and_out = knock_out_sets(sizes)["motifs"]
    bound = occupancy(kept_and_out, motifs(), padding=padding)
    return effects(rate(bound, strength)).additive


def _distance_from_centre(sizes: Sizes) -> np.ndarray:
    """Return the distance in bp of the outer motif of every pair, shape (n_pairs,)."""
    test = sequences(1, sizes.n_test, sizes.seed)
    _, rows, _ = knock_out_sets(sizes)["motifs"]
    centres = test.starts[rows] + [m.width / 2 for m in motifs()]
    return np.abs(centres - test.sequences.shape[1] / 2).max(axis=1)


def _summary(
    i: int,
    mse: float,
    seen: dict[str, Effects],
    change: dict[str, np.ndarray],
    losses: HeldOut,
    wrong: np.ndarray,
) -> pd.DataFrame:
    """Return one row a summary of predictor `i`."""
    e, effect = seen["motifs"], seen["motifs"].interaction[i]
    summary = {
        "mse": mse,
        "mean": effect.mean(),
        "r": correlation(e.additive[i], effect),
        "r, size": correlation(e.additive[i], np.abs(effect)),
        "r, repair": correlation(wrong, effect),
        "clamped": losses.clamped[i],
    }
    for name, other in seen.items():
        ending = "" if name == "motifs" else f", {name}"
        sizes = np.abs(other.interaction[i])
        summary[f"size{ending}"] = sizes.mean()
        summary[f"size, error{ending}"] = stats.sem(sizes)
        summary[f"mean change{ending}"] = change[name][i].mean()
        summary[f"median change{ending}"] = np.median(change[name][i])
    rows = {"quantity": summary.keys(), "value": summary.values()}
    return pd.DataFrame(rows).assign(kind="summary")


def _histograms(i: int, losses: HeldOut) -> pd.DataFrame:
    """Return the shares of losses of predictor `i`, with and without interaction."""
    tables = []
    edges = np.array(LOSS_EDGES)
    for name, loss in {
        "with": losses.loss_with,
        "without": losses.loss_without,
    }.items():
        share = np.histogram(loss[i], edges)[0] / loss.shape[1]
        table = pd.DataFrame({"at": edges[:-1] + 0.25, "value": share})
        tables.append(table.assign(kind="histogram", quantity=name))
    return pd.concat(tables)


def _profiles(
    i: int, seen: Effects, wrong: np.ndarray, distance: np.ndarray
) -> pd.DataFrame:
    """Return how the interaction of predictor `i` goes with three other things."""
    along = (seen.additive[i], wrong, distance)
    return pd.concat(
        profile(x, seen.interaction[i], edges).assign(kind="profile", quantity=name)
        for (name, edges), x in zip(EDGES.items(), along, strict=True)
    )
