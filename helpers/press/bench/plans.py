"""What studies of a biobank and of a genome would cost, at measured rates.

Nothing of this has been run. The work of a plan is counted in rows that networks learn
from; a run of the bench says how many of them a second one core takes, by networks of
the same family, so that a plan is a count times a rate.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

SECONDS_A_DAY = 86_400
#: Published runs learn on 7 rows of 10, and judge two more in a third of the time.
LEARNING, JUDGING = 0.7, 0.2 / 3


@dataclass(frozen=True)
class Plan:
    """A study that nobody has run here: its networks, rows and epochs.

    Parameters
    ----------
    name : str
    family : str
        Of the bench, whose rate is taken.
    networks : int
        That are trained, observed and permuted.
    rows : int
        People or sequences.
    epochs : int
        Passes of each network over its rows.
    relative : float
        Work of one row, in rows of the measured network (inputs in inputs).
    bytes_per_row : float
        Of the data in memory.
    """

    name: str
    family: str
    networks: int
    rows: int
    epochs: int
    relative: float
    bytes_per_row: float

    @property
    def work(self) -> float:
        """Rows of the measured network that all networks pass, in all epochs."""
        passed = self.rows * (LEARNING + JUDGING) * self.epochs
        return self.networks * passed * self.relative


def gene_plan(
    name: str,
    people: int,
    genes: int,
    *,
    ensembles: int,
    permutations: int,
    epochs: int = 30,
) -> Plan:
    """Return chapter 4's test on so many people and genes of 66.5 SNPs on average.

    `ensembles` networks for each of observed, permuted and main-effect targets.
    """
    snps = 66.5 * genes
    return Plan(
        name,
        "gene",
        (2 + permutations) * ensembles,
        people,
        epochs,
        snps / 665,
        snps,  # one byte a genotype
    )


def accessibility_plan(
    name: str, windows: int, *, cells: int, folds: int = 10, epochs: int = 50
) -> Plan:
    """Return chapter 3's networks on windows of 600 bp and so many cell types.

    300 filters as in the thesis, the cell types one network's outputs.
    """
    return Plan(name, "fm-600", folds, windows, epochs, 300 / 20, 600 + cells)


PLANS = (
    gene_plan("Chapter 4 as published, one data set", 80_000, 10,
              ensembles=50, permutations=50),
    gene_plan("Biobank: 400,000 people, 10 genes", 400_000, 10,
              ensembles=5, permutations=99),
    gene_plan("Biobank: 400,000 people, 100 genes of a pathway", 400_000, 100,
              ensembles=5, permutations=99),
    gene_plan("Biobank: 400,000 people, all 20,000 genes at once", 400_000, 20_000,
              ensembles=5, permutations=99),
    accessibility_plan("Chapter 3: 640,000 windows, 6 cell types", 640_000, cells=6),
    accessibility_plan("Chapter 3: 2,071,886 windows, 164 cell types", 2_071_886,
                       cells=164),
    accessibility_plan("Genome-wide: all 10 million windows, 164 cell types",
                       10_000_000, cells=164),
)  # fmt: skip


def rate_of(table: pd.DataFrame, family: str) -> float | None:
    """Return the rows a second that one core passes, all networks together."""
    rows = table[
        (table["section"] == "training")
        & (table["subject"] == family)
        & (table["method"] == "together")
        & (table["cores"] == 1)
    ]
    if rows.empty:
        return None
    best = rows.loc[rows["networks"].idxmax()]
    return float(best["rows"] / best["median"])


def plan_table(table: pd.DataFrame, plans: Sequence[Plan] = PLANS) -> pd.DataFrame:
    """Return one line a plan: networks, core-days at the run's rates, memory."""
    lines = []
    for plan in plans:
        rate = rate_of(table, plan.family)
        days = None if rate is None else plan.work / rate / SECONDS_A_DAY
        lines.append(
            {
                "Plan": plan.name,
                "Networks": f"{plan.networks:,}",
                "Core-days": "–" if days is None else _few_digits(days),
                "Data, GB": _few_digits(plan.rows * plan.bytes_per_row / 1e9),
            }
        )
    return pd.DataFrame(lines)


def _few_digits(number: float) -> str:
    """Return a number with two digits that count: estimates have no more."""
    return f"{float(f'{number:.2g}'):,g}" if number < 1e4 else f"{number:,.0f}"
