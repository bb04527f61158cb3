"""What was predicted of the speed of the engine, and what a run says to it."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from helpers.press.bench.growth import LIMIT, slopes
from helpers.press.bench.start_up import COLLECTION, SECOND_MAKE
from helpers.press.results import needs

#: Speed of networks together over the plain loop in the run before the engine was
#: changed, `data/results/bench/before.csv`, on whichever machine: the loop is torch's
#: own, so the ratio of two speed-ups is what the engine gained.
BEFORE = "before"
#: How many times faster two cores are to be, in every family.
TWO_CORES = 1.7
#: Seconds that a fused step of a network is to take: 7 to 8 microseconds.
STEP = 8e-6

#: What asks a run, and the one before, for a number.
Outcome = Callable[[pd.DataFrame, pd.DataFrame | None], float | None]


@dataclass(frozen=True)
class Prediction:
    """A number said beforehand, and how a run is asked about it.

    `least` or `most` bounds what `outcome(run, before)` returns; None is *not
    measured*. `form` shows the number.
    """

    what: str
    outcome: Outcome
    least: float | None = None
    most: float | None = None
    form: str = "× {:.2f}"

    def verdict(self, value: float | None) -> str:
        """Say whether it came true."""
        if value is None:
            return "not measured"
        low = self.least is None or value >= self.least
        high = self.most is None or value <= self.most
        return "met" if low and high else "**missed**"

    def bound(self) -> str:
        """Return the number that was said, as it is shown."""
        word, number = ("≥", self.least) if self.most is None else ("≤", self.most)
        return f"{word} {self.form.format(number)}"


def speed_up(
    table: pd.DataFrame, family: str, networks: int, cores: int = 1
) -> float | None:
    """Return how many times faster than the plain loop networks train together."""
    rows = table[(table["section"] == "training") & (table["subject"] == family)]
    loop = rows[rows["method"] == "loop"]["median"]
    both = (rows["networks"] == networks) & (rows["cores"] == cores)
    together = rows[(rows["method"] == "together") & both]["median"]
    if loop.empty or together.empty:
        return None
    return float(loop.iloc[0] / together.iloc[0])


def _gained(family: str, networks: int) -> Outcome:
    """Return what asks how much faster the engine is than before its change."""

    def outcome(table: pd.DataFrame, before: pd.DataFrame | None) -> float | None:
        now = speed_up(table, family, networks)
        then = None if before is None else speed_up(before, family, networks)
        return None if now is None or then is None else now / then

    return outcome


def _of_cores(family: str, networks: int) -> Outcome:
    """Return what asks how many times faster two cores are than one."""

    def outcome(table: pd.DataFrame, _: pd.DataFrame | None) -> float | None:
        one = speed_up(table, family, networks)
        two = speed_up(table, family, networks, cores=2)
        return None if one is None or two is None else two / one

    return outcome


def _steepest(table: pd.DataFrame, _: pd.DataFrame | None) -> float | None:
    found = slopes(table)
    return None if found.empty else float(found["slope"].max())


def _seconds(command: str) -> Outcome:
    def outcome(table: pd.DataFrame, _: pd.DataFrame | None) -> float | None:
        rows = table[(table["section"] == "start-up") & (table["subject"] == command)]
        return None if rows.empty else float(rows["median"].iloc[0])

    return outcome


def _start_up(what: str, command: str, most: float) -> Prediction:
    """Return what was said of a command's processor seconds."""
    return Prediction(
        f"{what}, processor seconds", _seconds(command), most=most, form="{:.2f} s"
    )


def _microseconds(networks: int) -> Outcome:
    """Return what asks for a network's fused step, so many together."""

    def outcome(table: pd.DataFrame, _: pd.DataFrame | None) -> float | None:
        rows = table[(table["section"] == "step") & (table["method"] == "fused")]
        rows = rows[rows["networks"] == networks]
        return None if rows.empty else 1e6 * float(rows["median"].iloc[0])

    return outcome


def _largest_step(_: pd.DataFrame, __: pd.DataFrame | None) -> float | None:
    """Return the most memory that a quick notebook was recorded to hold, in GB."""
    peaks = [
        float(row["megabytes"])
        for row in needs.read()
        if row["size"] == "quick" and row["megabytes"]
    ]
    return max(peaks) / 1000 if peaks else None


PREDICTIONS = (
    *(
        Prediction(f"two cores, {family}", _of_cores(family, n), least=TWO_CORES)
        for family, n in (
            ("mlp", 50),
            ("mlp-m", 50),
            ("cnn", 50),
            ("motif", 15),
            ("fm", 10),
            ("gene", 50),
        )
    ),
    Prediction("scan kernels: fm, 100 bp, ten together", _gained("fm", 10), least=2.2),
    Prediction("scan kernels: fm, 600 bp, ten together", _gained("fm-600", 10), 3.5),
    Prediction("scan kernels: motif, fifteen together", _gained("motif", 15), 1.4),
    Prediction("compiled epoch: mlp, ten together", _gained("mlp", 10), least=1.6),
    Prediction("compiled epoch: mlp, alone", _gained("mlp", 1), least=2.4),
    Prediction("compiled epoch: mlp-m, ten together", _gained("mlp-m", 10), least=1.6),
    Prediction("steepest growth, log-log slope", _steepest, most=LIMIT, form="{:.2f}"),
    *(
        Prediction(
            f"fused step of a network, {together}",
            _microseconds(n),
            most=1e6 * STEP,
            form="{:.1f} µs",
        )
        for n, together in ((1, "alone"), (10, "ten together"), (50, "fifty together"))
    ),
    _start_up("`render --parameters`", "render --parameters", 0.8),
    _start_up("second `make book`", SECOND_MAKE, 2.5),
    _start_up("collection of the tests", COLLECTION, 10.0),
    Prediction(
        "memory of the largest quick notebook on record",
        _largest_step,
        most=4.0,
        form="{:.1f} GB",
    ),
)


def outcomes(table: pd.DataFrame, before: pd.DataFrame | None) -> pd.DataFrame:
    """Return one line a prediction: what was said, what came out, the verdict."""
    rows = []
    for prediction in PREDICTIONS:
        value = prediction.outcome(table, before)
        shown = "–" if value is None else prediction.form.format(value)
        rows.append(
            {
                "Prediction": prediction.what,
                "Said": prediction.bound(),
                "Measured": shown,
                "Outcome": prediction.verdict(value),
            }
        )
    return pd.DataFrame(rows)


def processors_words(manifest: dict, before: dict) -> str:
    """Say so where the two runs were on different processors; else "".

    Parameters
    ----------
    manifest, before : dict
        Of the run, and of the one before the engine was changed.
    """
    here, there = (run["ran"]["device"] for run in (manifest, before))
    if here == there:
        return ""
    return (
        f"The run before was on another processor ({there}; this one on {here}). The "
        "plain loop and the engine need not gain alike from one to the other, so that "
        "the lines on *scan kernels* and *compiled epoch* compare processors as well: "
        "neither what they meet nor what they miss is the engine's alone."
    )
