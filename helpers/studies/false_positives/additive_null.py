"""The null that the paper calls too expensive: networks trained on additive labels."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from helpers import checks
from helpers.data.kinds import Predict, Seed
from helpers.device import Device
from helpers.networks.cnn import ARCHITECTURES, CNN
from helpers.significance.held_out import paired_test
from helpers.significance.interaction.answer import p_text
from helpers.studies.false_positives.measures import held_out, seen_effects
from helpers.studies.false_positives.training import fit
from helpers.studies.false_positives.worlds import CONTROLS, observed, sequences
from helpers.truth.responses import LOWEST_COUNT, Effects, anscombe, poisson_counts
from helpers.truth.sequences import PADDING, Embedded, knock_out, select_pairs


# All arguments of a stored step are its key, hence so many.
def replicate_nulls(  # the arguments of a stored step are its key
    *, control: str, architecture: str, padding: str, n_networks: int,
    n_replicates: int, n_train: int, n_validation: int, n_test: int, epochs: int,
    seed: int, device: Device = "auto",
) -> pd.DataFrame:  # fmt: skip
    """Train networks, and replicates of each on labels that its additive part draws.

    A network's additive part is its prediction without the interaction of the two
    motifs, where a sequence has both. Labels drawn from it hold no interaction, but
    everything else that the network has learned. What a network that is trained on
    them gains from its interaction is what training makes up by itself.

    Parameters
    ----------
    control : {"negative", "positive"}
        Whose counts the networks learn.
    architecture : {"arch1", "arch2", "arch3"}
    padding : {"valid", "same"}
    n_networks, n_replicates : int
        Networks of the control, and replicates of each.
    n_train, n_validation, n_test : int
        Sequences.
    epochs, seed : int
    device : str

    Returns
    -------
    DataFrame
        control, network, replicate (0 for the network itself), mse (on the test
        sequences, of the labels it learned), size (mean |I|), gain (mean loss change
        without the interaction), paired (p-value).

    Source
    ------
    Friedman and Popescu (2008), for rules and trees; here for networks.
    """
    checks.one_of("control", control, tuple(CONTROLS))
    checks.one_of("padding", padding, PADDING)
    checks.one_of("architecture", architecture, tuple(ARCHITECTURES))
    for name, size in (("n_train", n_train), ("n_validation", n_validation)):
        checks.integer(name, size, at_least=1)
    checks.integer("n_networks", n_networks, at_least=1)
    checks.integer("n_replicates", n_replicates, at_least=1)
    n = n_train + n_validation
    learned, test = sequences(0, n, seed), sequences(1, n_test, seed)
    counts = [
        observed(part, size, seed, padding, CONTROLS[control])
        for part, size in ((0, n), (1, n_test))
    ]

    def trained(
        labels: np.ndarray, numbers: Sequence[int]
    ) -> Callable[[np.ndarray], np.ndarray]:
        predict, _ = fit(
            [CNN(architecture, padding=padding, seed=i) for i in numbers],
            learned.sequences,
            labels,
            validation=np.arange(n) >= n_train,
            l1_strengths=np.zeros(len(numbers)),
            recipe="fast",
            device=device,
            batch_size=64,
            max_epochs=epochs,
            patience=epochs,
            seeds=numbers,
        )
        return predict

    numbers = [10_000 * seed + 9_000 + i for i in range(n_networks)]
    predict = trained(np.stack([counts[0]] * n_networks), numbers)
    rows = _measured(predict, test, [counts[1]] * n_networks, seed)
    tables = [rows.assign(network=range(n_networks), replicate=0)]

    additive = [
        _additive(predict, part, [seed, 31, k])
        for k, part in enumerate((learned, test))
    ]
    runs = [(i, r) for i in range(n_networks) for r in range(1, n_replicates + 1)]
    labels, answers = (
        [poisson_counts(part[i].clip(0), seed=[seed, 32, k, i, r]) for i, r in runs]
        for k, part in enumerate(additive)
    )
    predict = trained(np.stack(labels), [numbers[i] + 100 * r for i, r in runs])
    rows = _measured(predict, test, answers, seed)
    network, replicate = zip(*runs, strict=True)
    tables.append(rows.assign(network=network, replicate=replicate))
    table = pd.concat(tables, ignore_index=True).assign(control=control)
    first = ["control", "network", "replicate"]
    return table[first + [c for c in table if c not in first]]


def verdicts(table: pd.DataFrame) -> pd.DataFrame:
    """Return how each network's gain stands among those of its replicates.

    Parameters
    ----------
    table : DataFrame
        As from `replicate_nulls`.

    Returns
    -------
    DataFrame
        control, network, mse, size, gain, paired, highest (gain of a replicate), p
        (1 + replicates that gain at least as much, over 1 + all).
    """
    rows = []
    for (control, network), group in table.groupby(["control", "network"], sort=False):
        own = group[group["replicate"] == 0].iloc[0]
        gains = group.loc[group["replicate"] > 0, "gain"]
        rows.append(
            {
                "control": control,
                "network": network,
                **own[["mse", "size", "gain", "paired"]],
                "highest": gains.max(),
                "p": (1 + int((gains >= own["gain"]).sum())) / (1 + len(gains)),
            }
        )
    return pd.DataFrame(rows)


def page_table(found: pd.DataFrame) -> pd.DataFrame:
    """Return `verdicts` with the headings of a page, the paired p as text."""
    return found.assign(paired=found["paired"].map(p_text)).rename(
        columns={
            "control": "Control",
            "network": "Network",
            "mse": "Test MSE",
            "size": r"Mean \|I\|",
            "gain": "Mean loss change",
            "paired": "Paired p",
            "highest": "Highest of its replicates",
            "p": "p by replicates",
        }
    )


def words(found: pd.DataFrame, *, level: float = 0.05) -> str:
    """Say how many networks of each control either test calls at a level."""
    said = [
        f"{control} control, by replicates **{(own['p'] <= level).sum()} of "
        f"{len(own)}** networks, by the paired test {(own['paired'] < level).sum()}"
        for control, own in found.groupby("control", sort=False)
    ]
    return f"Called at {level:.0%}: " + "; ".join(said) + "."


def _additive(predict: Predict, embedded: Embedded, seed: Seed) -> np.ndarray:
    """Return predictions without the motifs' interaction, (n_networks, n)."""
    found = predict(embedded.sequences).astype(float)
    both = np.flatnonzero(embedded.present.all(axis=1))
    found[:, both] -= _effects(predict, embedded[both], seed).interaction
    return found


def _effects(predict: Predict, pairs: Embedded, seed: Seed) -> Effects:
    four = knock_out(pairs, seed=seed)
    predicted = predict(four.reshape(-1, four.shape[-1]))
    return seen_effects(predicted.reshape(-1, *four.shape[:3]))


def _measured(
    predict: Predict, test: Embedded, labels: Sequence[np.ndarray], seed: int
) -> pd.DataFrame:
    """Return one row a network: error, size, gain and p-value on its own labels."""
    pairs = select_pairs(test)
    seen = _effects(predict, test[pairs], [seed, 33])
    found = anscombe(predict(test.sequences).clip(LOWEST_COUNT))
    rows = []
    for i, label in enumerate(labels):
        one = held_out(_of(seen, i), label[pairs])
        rows.append(
            {
                "mse": np.mean((found[i] - anscombe(label)) ** 2),
                "size": np.abs(seen.interaction[i]).mean(),
                "gain": one.change.mean(),
                "paired": paired_test(one)["p"][0],
            }
        )
    return pd.DataFrame(rows)


def _of(seen: Effects, i: int) -> Effects:
    """Return the effects in one network, with the networks' axis kept."""
    return Effects(
        seen.intact[[i]], seen.main[:, [i]], seen.joint[[i]], seen.interaction[[i]]
    )
