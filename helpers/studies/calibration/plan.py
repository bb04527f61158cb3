"""Which worlds are tried, how often, and in which order."""

from dataclasses import dataclass

from helpers import checks

#: Data sets of one stored part, by the number of rows from which on they are fewer.
SETS_A_PART, FEWER_SETS_A_PART, MANY_ROWS = 10, 5, 10_000

#: Worlds in the order of how much hangs on them: the first decide.
DECISIVE = ("additive", "strong product", "F8")
OTHERS = (
    "weak product", "strong step", "two products", "three-way", "broken",
    "heteroscedastic", "heavy", "independent", "duplicate", "binary", "binary product",
    "binary, rare", "F1", "F2", "F3", "F4", "F5", "F6", "F7", "F9", "F10",
)  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """One world at one size with one learner, and the data sets planned for it."""

    world: str
    n_rows: int
    learner: str
    n_sets: int


def cells(size: str) -> list[Cell]:
    """Return what is planned, the decisive first.

    At paper size: 200 data sets of every world at 3,000 rows with the default learner,
    the decisive ones at 1,000 and 30,000 rows too, and other learners in four worlds.
    """
    checks.one_of("size", size, ("smoke", "quick", "paper"))
    if size == "smoke":
        return [Cell("strong product", 500, "products", 2)]
    if size == "quick":
        return [Cell(world, 1000, "networks", 4) for world in DECISIVE[:2]]
    plan = [Cell(world, 3000, "networks", 200) for world in DECISIVE]
    plan += [Cell(world, 1000, "networks", 200) for world in DECISIVE]
    plan += [Cell(world, 12_000, "networks", 100) for world in DECISIVE]
    plan += [Cell(world, 3000, "networks", 200) for world in OTHERS]
    plan += [Cell(world, 30_000, "networks", 50) for world in DECISIVE]
    plan += [
        Cell(world, 3000, learner, 100)
        for world in (*DECISIVE, "three-way")
        for learner in ("undertrained", "boosting", "products")
    ]
    return plan


def parts(size: str) -> list[dict]:
    """Return the arguments of all parts: the first data sets of every cell come first.

    So whatever has run is spread over the worlds.
    """
    planned = [(cell, 2 if size != "paper" else width(cell)) for cell in cells(size)]
    rounds = max(-(-cell.n_sets // w) for cell, w in planned)
    return [
        {
            "world": cell.world,
            "n_rows": cell.n_rows,
            "learner": cell.learner,
            "first_set": number * w,
            "n_sets": min(w, cell.n_sets - number * w),
        }
        for number in range(rounds)
        for cell, w in planned
        if number * w < cell.n_sets
    ]


def width(cell: Cell) -> int:
    """Return how many data sets one part of a cell holds."""
    return SETS_A_PART if cell.n_rows < MANY_ROWS else FEWER_SETS_A_PART
