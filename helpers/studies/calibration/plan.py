"""Which worlds are tried, how often, and in which order."""

from collections.abc import Sequence
from dataclasses import dataclass

from helpers import checks

#: Data sets of one stored part, by the number of rows from which on they are fewer.
SETS_A_PART = {0: 20, 3000: 10, 10_000: 5}

#: Worlds in the order of how much hangs on them: the first decide.
DECISIVE = ("additive", "strong product", "F8")
CORE = (
    "binary, rare", "heavy", "heteroscedastic", "independent", "alleles",
    "weak product",
)  # fmt: skip
OTHERS = (
    "strong step", "two products", "three-way", "broken", "duplicate",
    "duplicate, joined", "binary", "binary product", "alleles, product",
    "alleles, hub", "product, .5 %", "product, 1 %", "product, 4 %", "product, 8 %",
)  # fmt: skip
FUNCTIONS = ("F1", "F2", "F3", "F4", "F5", "F6", "F7", "F9", "F10")
#: Learners beside the default one, and the worlds that they are tried in.
OTHER_LEARNERS, LEARNED = (
    ("boosting", "products", "undertrained"),
    (*DECISIVE, "three-way"),
)
#: Worlds that rivals are tried in, with as many data sets at paper size.
RIVALLED, RIVAL_SETS = (
    (*DECISIVE, "independent", "heteroscedastic", "weak product"),
    100,
)


@dataclass(frozen=True)
class Cell:
    """One world at one size with one learner, and the data sets planned for it."""

    world: str
    n_rows: int
    learner: str
    n_sets: int


def stages(size: str) -> list[list[Cell]]:
    """Return what is planned, in stages; n_sets is what a stage brings a cell to.

    At paper size: first enough data sets at 1,000 rows for a verdict and a look at more
    rows and at other learners, then a look at every world with more rows, then more of
    those worlds that much hangs on, and the rest.
    """
    checks.one_of("size", size, ("smoke", "quick", "paper"))
    if size == "smoke":
        return [[Cell("strong product", 500, "products", 2)]]
    if size == "quick":
        return [[Cell(world, 1000, "networks", 4) for world in DECISIVE[:2]]]

    def some(
        worlds: Sequence[str],
        n_rows: int,
        n_sets: int,
        learners: Sequence[str] = ("networks",),
    ) -> list[Cell]:
        return [Cell(w, n_rows, name, n_sets) for name in learners for w in worlds]

    few = (*DECISIVE, *CORE)
    every = (*few, *OTHERS, *FUNCTIONS)
    return [
        some((*few, *OTHERS), 1000, 20),
        some(DECISIVE, 3000, 20),
        some(few, 1000, 60),
        [*some(FUNCTIONS, 1000, 20), *some(LEARNED, 1000, 20, OTHER_LEARNERS)],
        some(DECISIVE[:1], 30_000, 5),
        some(few, 1000, 200),
        some((*OTHERS, *FUNCTIONS), 1000, 200),
        [*some(DECISIVE, 3000, 100), *some(LEARNED, 1000, 40, OTHER_LEARNERS)],
        some(every, 3000, 20),
        some(RIVALLED, 1000, 1000),
        some(DECISIVE, 30_000, 20),
        [*some(few, 3000, 200), *some(LEARNED, 1000, 100, OTHER_LEARNERS)],
        [*some(every, 3000, 200), *some(DECISIVE, 30_000, 50)],
    ]


def cells(size: str) -> list[Cell]:
    """Return every world, size and learner with all data sets planned, as staged."""
    most = {}
    for cell in (cell for stage in stages(size) for cell in stage):
        name = cell.world, cell.n_rows, cell.learner
        most[name] = max(most.get(name, 0), cell.n_sets)
    return [Cell(*name, n_sets) for name, n_sets in most.items()]


def parts(size: str) -> list[dict]:
    """Return the arguments of all parts, stage by stage.

    Within a stage the next data sets of every cell come before more of any, so that
    whatever has run is spread over the worlds.
    """
    planned, done = [], {}
    for stage in stages(size):
        rounds = []
        for place, cell in enumerate(stage):
            name = cell.world, cell.n_rows, cell.learner
            own = 2 if size != "paper" else width(cell)
            starts = range(done.get(name, 0), cell.n_sets, own)
            done[name] = max(done.get(name, 0), cell.n_sets)
            rounds += [
                (number, place, cell, start, min(own, cell.n_sets - start))
                for number, start in enumerate(starts)
            ]
        planned += sorted(rounds, key=lambda one: one[:2])
    return [
        {
            "world": cell.world,
            "n_rows": cell.n_rows,
            "learner": cell.learner,
            "first_set": first,
            "n_sets": n_sets,
        }
        for _, _, cell, first, n_sets in planned
    ]


def rival_parts(size: str, rivals: Sequence[str]) -> list[dict]:
    """Return the parts of one rival after the other, first sets of each world first."""
    checks.one_of("size", size, ("smoke", "quick", "paper"))
    worlds, n_sets, own = RIVALLED, RIVAL_SETS, SETS_A_PART[0]
    if size != "paper":
        worlds, n_sets, own = DECISIVE[:2], 4 if size == "quick" else 1, 4
    return [
        {"world": w, "rival": r, "first_set": first, "n_sets": min(own, n_sets - first)}
        for r in rivals
        for first in range(0, n_sets, own)
        for w in worlds
    ]


def width(cell: Cell) -> int:
    """Return how many data sets one part of a cell holds."""
    return [n for rows, n in SETS_A_PART.items() if cell.n_rows >= rows][-1]
