"""How long *Your own genes* takes, before it starts: minutes of one core.

Training is counted in operations, over the stored training rate. Everything else goes
by what it took on one core (AMD EPYC) in runs of 3,000 to 20,000 people and 10 to 30
genes; process time, so that what else ran on the machine does not count. Checked on
three other sizes (3,000, 12,000 and 20,000 people; 8 to 20 genes): 0.75, 1.4 and 0.97
times what they took, 3 to 23 seconds. Larger runs have not been timed.
"""

import math
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

from helpers.networks.genes import GeneNetwork, MainEffects, flops_per_person
from helpers.studies.gene_gene.own_kept import MOST_EXACT, N_ORDERS

#: Share of the epochs after which networks had stopped: 11 to 25 of 30.
STOPPED = 0.6
#: People who are learned from, and on whom training stops.
LEARNED, STOPPED_ON = 0.6, 0.1
#: People who are scored, and seconds for one person in one coalition, of one network.
SCORED, COALITION_SECONDS = 200, 4e-7
#: Seconds of the test: a network and pair; a person tested and pair; the same where a
#: gene of the pair has a neighbour.
GRID_SECONDS, CLEARED_SECONDS, NEIGHBOUR_SECONDS = 5e-4, 5e-7, 5e-6
#: Seconds a person and SNP of a second cohort: read, matched, and asked.
READ_SECONDS = 2e-7
LEAST = 0.1  # minutes that are told apart


def minutes_of_steps(  # as many as the page's parameters that cost
    sizes: Sequence[int],
    n_people: int,
    *,
    rate: float,
    n_networks: int,
    max_epochs: int,
    n_permutations: int = 0,
    n_second: int = 0,
    linked: Sequence[tuple[int, int]] = (),
) -> dict[str, float]:
    """Return about how many minutes of one core each step takes.

    Parameters
    ----------
    sizes : sequence of int
        SNPs of each gene.
    n_people, n_second : int
        People of the first cohort, and of the second (0: there is none).
    rate : float
        Of training, in GFLOP/s.
    n_networks, max_epochs, n_permutations : int
    linked : sequence of (int, int)
        Genes that are neighbours.
    """
    with_pairs, without = (
        n_networks * _training_seconds(kind(sizes), n_people, max_epochs, rate)
        for kind in (GeneNetwork, MainEffects)
    )
    scoring = n_networks * _coalitions(len(sizes)) * SCORED * COALITION_SECONDS
    permuted = n_permutations * (with_pairs + scoring) + (n_permutations > 0) * scoring
    seconds = {
        "networks with interactions": with_pairs,
        "networks without": without,
        "the test of each pair": _test_seconds(
            len(sizes), 0.3 * n_people, n_networks, linked
        ),
        "permutations": permuted,
        "the second cohort": n_second * sum(sizes) * READ_SECONDS
        + (n_second > 0) * n_networks * math.comb(len(sizes), 2) * GRID_SECONDS,
    }
    return {step: value / 60 for step, value in seconds.items() if value}


def plan_text(minutes: dict[str, float], rate: float) -> str:
    """Say how long the steps take together, and what that rests on, in one line.

    Parameters
    ----------
    minutes : dict
        From `minutes_of_steps`.
    rate : float
        In GFLOP/s.
    """
    parts = ", ".join(f"{step} {_about(value)}" for step, value in minutes.items())
    total = sum(minutes.values())
    about = "about " if total >= LEAST else ""
    return (
        f"This takes {about}**{_about(total)} of one core** ({parts}). "
        f"It rests on the training rate that was stored ({rate:.0f} GFLOP/s), on "
        f"networks that stop after {STOPPED:.0%} of the epochs, as they did where this "
        "was timed, and counts nothing as kept by a run before this one. Three small "
        "runs that it was checked on took within a factor of two of it."
    )


def people_of(bed: str) -> int:
    """Return how many people the .fam file of a .bed file lists; 0 without one."""
    if not bed:
        return 0
    with Path(bed).with_suffix(".fam").open(encoding="utf-8") as lines:
        return sum(1 for line in lines if line.strip())


def _about(minutes: float) -> str:
    """Return minutes in words: two digits, and nothing below a tenth."""
    if minutes < LEAST:
        return f"under {LEAST} minutes"
    return f"{minutes:.1f} minutes" if minutes < 10 else f"{minutes:,.0f} minutes"


def _training_seconds(
    network: GeneNetwork | MainEffects, people: int, max_epochs: int, rate: float
) -> float:
    """Return what one network takes to learn."""
    person = flops_per_person(network)
    epoch = people * (LEARNED * person["step"] + STOPPED_ON * person["forward"])
    return STOPPED * max_epochs * epoch / rate / 1e9


def _coalitions(n_genes: int) -> int:
    """Return in how many coalitions of genes a network is asked about a person."""
    if n_genes <= MOST_EXACT:
        return 2**n_genes
    return N_ORDERS * (n_genes * (n_genes + 1) // 2 + 1)


def _test_seconds(
    n_genes: int, tested: float, n_networks: int, linked: Sequence[tuple[int, int]]
) -> float:
    """Return what the test of all pairs takes."""
    near = {gene for pair in linked for gene in pair}
    pairs = list(combinations(range(n_genes), 2))
    beside = sum(bool(near & set(pair)) for pair in pairs)
    return (
        len(pairs) * (n_networks * GRID_SECONDS + tested * CLEARED_SECONDS)
        + beside * tested * NEIGHBOUR_SECONDS
    )
