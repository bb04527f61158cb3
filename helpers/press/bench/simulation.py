"""What a labelled sequence costs, by each simulator."""

from collections.abc import Callable
from functools import partial

from helpers import checks
from helpers.loaders.motifs import FOLDER, read_motifs
from helpers.press.bench.timing import REPEATS, Row, Timed, in_turn
from helpers.truth import planted
from helpers.truth.grammars import Grammar, balanced
from helpers.truth.jaspar import motif_set
from helpers.truth.responses import occupancy, poisson_counts, rate
from helpers.truth.sequences import simulate


def _counts(n: int) -> None:
    """Chapter 1: two embedded motifs in 100 bp, occupancy, counts."""
    motifs = [m.smoothed() for m in read_motifs(FOLDER / "encode.meme").values()]
    sample = simulate(n, motifs, length=100, seed=0)
    poisson_counts(rate(occupancy(sample.sequences, motifs)), seed=1)


def _grammars(n: int) -> None:
    """Chapter 2: up to four motifs in 250 bp, in every combination."""
    balanced(Grammar(motif_set("distinct_1"), 20), max(1, n // 16), length=250, seed=0)


def _pairs(n: int, length: int = 100) -> None:
    """Chapter 3: three of twenty motifs, paired labels."""
    chosen = planted.choose_motifs(n, seed=0)
    strings = list(planted.consensus_strings().values())
    sample = planted.plant(strings, chosen, length=length, seed=1)
    planted.paired_targets(sample.present, [planted.published_pairs()])


SIMULATORS: dict[str, Callable[[int], None]] = {
    "counts, 100 bp": _counts,
    "grammars, 250 bp": _grammars,
    "pairs, 100 bp": _pairs,
    "pairs, 600 bp": lambda n: _pairs(n, 600),
}


def measure_simulation(n: int = 20_000, *, repeats: int = REPEATS) -> list[Row]:
    """Return processor seconds of each simulator for one labelled sequence.

    Parameters
    ----------
    n : int
        Sequences simulated at a time.
    repeats : int
        Timings of which the median is kept.
    """
    n = checks.integer("n", n, at_least=16)
    timed = [
        Timed(
            Row("simulation", name, "alone", "seconds per sequence", rows=n),
            partial(simulator, n),
            units=n,
        )
        for name, simulator in SIMULATORS.items()
    ]
    return in_turn(timed, repeats)
