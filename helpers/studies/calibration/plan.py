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
#: Each part of the rows tested with what those before it taught, or all others.
AS_IT_IS, CROSSED = "as it is", "crossed"
#: Learners beside the default one, and the worlds that they are tried in.
OTHER_LEARNERS, LEARNED = (
    ("boosting", "products", "undertrained", "one network"),
    (*DECISIVE, "three-way"),
)
#: Worlds that rivals are tried in, with as many data sets at paper size.
RIVALLED, RIVAL_SETS = (
    (*DECISIVE, "independent", "heteroscedastic", "weak product"),
    100,
)


@dataclass(frozen=True)
class Cell:
    """One world at one size, a learner and a way of testing, and its data sets."""

    world: str
    n_rows: int
    learner: str
    n_sets: int
    way: str = AS_IT_IS

    @property
    def name(self) -> tuple[str, int, str, str]:
        """What tells it from others."""
        return self.world, self.n_rows, self.learner, self.way


def stages(size: str) -> list[list[Cell]]:
    """Return what is planned, in stages; n_sets is what a stage brings a cell to.

    At paper size: first enough data sets at 1,000 rows for a verdict and a look at more
    rows, other learners and crossed parts, then a look at every world with more rows,
    then more of those worlds that much hangs on, and the rest.
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
        way: str = AS_IT_IS,
    ) -> list[Cell]:
        return [Cell(w, n_rows, name, n_sets, way) for name in learners for w in worlds]

    few, quick = (*DECISIVE, *CORE), ("products", "undertrained")
    every = (*few, *OTHERS, *FUNCTIONS)
    return [
        some((*few, *OTHERS), 1000, 20),
        some(DECISIVE, 3000, 20),
        some(few, 1000, 60),
        [*some(FUNCTIONS, 1000, 20), *some(LEARNED, 1000, 20, OTHER_LEARNERS)],
        some(DECISIVE[:1], 30_000, 5),
        [
            *some(RIVALLED, 1000, 20, way=CROSSED),
            *some(DECISIVE, 3000, 20, way=CROSSED),
        ],
        some(every, 1000, 100),
        some(every, 3000, 20),
        some(DECISIVE, 30_000, 20),
        some(LEARNED, 1000, 20, OTHER_LEARNERS[:3], way=CROSSED),
        [*some(RIVALLED, 1000, 100, way=CROSSED), *some(DECISIVE, 3000, 100)],
        some(every, 1000, 200),
        some(RIVALLED, 1000, 1000),
        [
            *some(LEARNED, 1000, 100, OTHER_LEARNERS),
            *some(LEARNED, 1000, 100, quick, way=CROSSED),
            *some(LEARNED, 1000, 40, ("boosting",), way=CROSSED),
        ],
        [*some(DECISIVE, 3000, 100, way=CROSSED), *some(few, 3000, 200)],
        [*some(every, 3000, 200), *some(DECISIVE, 30_000, 50)],
    ]


def cells(size: str) -> list[Cell]:
    """Return every cell with all data sets planned for it, in the order of stages."""
    most: dict[tuple, Cell] = {}
    for cell in (cell for stage in stages(size) for cell in stage):
        known = most.get(cell.name, cell)
        most[cell.name] = max(known, cell, key=lambda one: one.n_sets)
    return list(most.values())


def parts(size: str) -> list[dict]:
    """Return the arguments of all parts, stage by stage.

    Within a stage the next data sets of every cell come before more of any, so that
    whatever has run is spread over the worlds.
    """
    planned, done = [], {}
    for stage in stages(size):
        rounds = []
        for place, cell in enumerate(stage):
            own = 2 if size != "paper" else width(cell)
            starts = range(done.get(cell.name, 0), cell.n_sets, own)
            done[cell.name] = max(done.get(cell.name, 0), cell.n_sets)
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
            "way": cell.way,
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
