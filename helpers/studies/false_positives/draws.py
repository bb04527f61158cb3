"""How much a verdict owes to the letters that happened to replace a motif."""

import numpy as np
import pandas as pd

from helpers import checks
from helpers.data.kinds import Predict
from helpers.device import Device
from helpers.networks.cnn import CNN
from helpers.significance.held_out import HeldOut, paired_test, unpaired_test
from helpers.studies.false_positives.measures import seen_effects
from helpers.studies.false_positives.tables import ALPHA
from helpers.studies.false_positives.training import fit
from helpers.studies.false_positives.worlds import (
    CONTROLS,
    bound,
    motifs,
    observed,
    sequences,
)
from helpers.truth.responses import LOWEST_COUNT, anscombe, occupancy, rate
from helpers.truth.sequences import Embedded, knock_out, select_pairs

FEWEST_GROUPS = 4  # whose spread is shown
TRUTH = -1  # number of the predictor that returns the expected counts


# All arguments of a stored step are its key, hence so many.
def average_draws(  # the arguments of a stored step are its key
    *,
    control: str,
    architecture: str,
    padding: str,
    n_networks: int,
    n_train: int,
    n_validation: int,
    n_test: int,
    n_pairs: int,
    n_draws: int,
    epochs: int,
    seed: int,
    device: Device = "auto",
) -> pd.DataFrame:
    """Test networks with interactions averaged over ever more knock-outs.

    The letters that replace a motif are drawn `n_draws` times. They are then taken in
    groups of 1, 2, 4, ..., all of them: every group is a knock-out study of its own,
    of the same networks, pairs and labels.

    Parameters
    ----------
    control : {"negative", "positive"}
    architecture : {"arch1", "arch2", "arch3"}
    padding : {"valid", "same"}
    n_networks : int
    n_train, n_validation, n_test : int
        Sequences.
    n_pairs : int
        Motif pairs that are tested, at most.
    n_draws : int
        A power of two.
    epochs, seed : int
    device : str

    Returns
    -------
    DataFrame
        One row a predictor and group: control, padding, network (-1: the expected
        counts themselves), mse, draws (in the group), group, mean, size (mean |I|),
        gain (mean loss change without the interaction), median, paired, unpaired.

    Raises
    ------
    ValueError
        If `n_draws` is no power of two, or a name is unknown.
    """
    checks.one_of("control", control, tuple(CONTROLS))
    n_draws = checks.integer("n_draws", n_draws, at_least=1)
    if n_draws & (n_draws - 1):
        raise ValueError(f"n_draws must be a power of two; got {n_draws}.")
    n, strength = n_train + n_validation, CONTROLS[control]
    numbers = [10_000 * seed + i for i in range(n_networks)]
    predict, _ = fit(
        [CNN(architecture, padding=padding, seed=i) for i in numbers],
        sequences(0, n, seed).sequences,
        np.stack([observed(0, n, seed, padding, strength)] * n_networks),
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
        """Return the networks' counts and the expected ones, (n_networks + 1, n)."""
        expected = rate(occupancy(dna, motifs(), padding=padding), strength)
        return np.concatenate([predict(dna), expected[None]])

    test = sequences(1, n_test, seed)
    counts = observed(1, n_test, seed, padding, strength)
    fits = np.concatenate(
        [predict(test.sequences), rate(bound(1, n_test, seed, padding), strength)[None]]
    )
    mse = np.mean((anscombe(fits.clip(LOWEST_COUNT)) - anscombe(counts)) ** 2, axis=1)
    rows = select_pairs(test)[:n_pairs]
    drawn = drawn_interactions(ask, test[rows], n_draws, seed)
    table = _grouped(fits[:, rows], drawn, counts[rows])
    table["mse"] = mse[table["network"]]
    table["network"] = table["network"].replace(n_networks, TRUTH)
    return table.assign(control=control, padding=padding)


def drawn_interactions(
    ask: Predict, pairs: Embedded, n_draws: int, seed: int
) -> np.ndarray:
    """Return the interactions of every draw, (n_draws, n_predictors, n_pairs)."""
    found = []
    for draw in range(n_draws):
        four = knock_out(pairs, seed=[seed, 61, draw])
        values = ask(four.reshape(-1, four.shape[-1]))
        seen = seen_effects(values.reshape(len(values), *four.shape[:3]))
        found.append(seen.interaction)
    return np.stack(found)


def _grouped(intact: np.ndarray, drawn: np.ndarray, labels: np.ndarray) -> pd.DataFrame:
    """Return one row a predictor and group of 1, 2, 4, ... draws.

    `intact` is (n_predictors, n_pairs), `drawn` (n_draws, n_predictors, n_pairs).
    """
    tables, size = [], 1
    while size <= len(drawn):
        for group in range(len(drawn) // size):
            mean = drawn[group * size : (group + 1) * size].mean(axis=0)
            losses = HeldOut(intact, intact - mean, labels)
            tables.append(
                pd.DataFrame(
                    {
                        "network": range(len(intact)),
                        "draws": size,
                        "group": group,
                        "mean": mean.mean(axis=1),
                        "size": np.abs(mean).mean(axis=1),
                        "gain": losses.change.mean(axis=1),
                        "median": np.median(losses.change, axis=1),
                        "paired": paired_test(losses)["p"],
                        "unpaired": unpaired_test(losses)["p"],
                    }
                )
            )
        size *= 2
    return pd.concat(tables, ignore_index=True)


# ---- what the page says ------------------------------------------------------------


def draws_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return how results spread over groups of equally many draws, with headings.

    Parameters
    ----------
    table : DataFrame
        As from `average_draws`, several joined.

    Returns
    -------
    DataFrame
        One row a control, padding and number of draws: standard deviation over groups
        of the mean interaction, of the truth and of networks (root mean square over
        them), "–" where there are fewer than four groups; mean |I|, mean gain and calls
        of the networks.
    """
    rows = []
    for (padding, control, draws), group in table.groupby(
        ["padding", "control", "draws"], sort=False
    ):
        means = group.groupby("network")["mean"]
        spread = means.std().where(means.size() >= FEWEST_GROUPS)
        own = group[group["network"] != TRUTH]
        apart = np.sqrt((spread.drop(TRUTH) ** 2).mean())
        rows.append(
            {
                "Control": f"{control}, {padding}",
                "Draws": draws,
                "Spread of the true mean I": _digits(spread[TRUTH]),
                "Spread of a network's": _digits(apart),
                r"Mean \|I\|": round(own["size"].mean(), 2),
                "Mean loss change": round(own["gain"].mean(), 4),
                "Paired p < 0.05": _calls(own, "paired"),
                "Unpaired p < 0.05": _calls(own, "unpaired"),
            }
        )
    return pd.DataFrame(rows)


def draws_words(table: pd.DataFrame) -> list[str]:
    """Return one sentence a padding on the verdicts of the negative control."""
    lines = []
    own = table[(table["network"] != TRUTH) & (table["control"] == "negative")]
    for padding, group in own.groupby("padding", sort=False):
        calls = group.assign(called=group["paired"] < ALPHA)
        share = calls.groupby(["draws", "network"])["called"].mean()
        single, most = share.loc[1], share.loc[share.index.levels[0].max()]
        gains = group.groupby("draws")["gain"].mean()
        both_ways = int(single.between(0, 1, inclusive="neither").sum())
        lines.append(
            f"Negative control, {padding} padding: with one draw the verdict of "
            f"**{both_ways} of {len(single)}** networks depends on which draw it is; "
            f"the paired test calls {single.mean():.0%} of all networks and draws, and "
            f"**{int(most.sum())} of {len(most)}** networks by the average of all. "
            f"From one draw to that average the mean loss change goes from "
            f"{gains.iloc[0]:z.4f} to {gains.iloc[-1]:z.4f}."
        )
    return lines


def _digits(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.2g}"


def _calls(rows: pd.DataFrame, test: str) -> str:
    return f"{int((rows[test] < ALPHA).sum())} of {len(rows)}"
