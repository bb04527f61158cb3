"""How many networks buy how much power, and what the published design costs."""

import time
from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np
import pandas as pd

from helpers import checks
from helpers import device as machine
from helpers.data.panel import Panel
from helpers.data.splits import Split, standardise
from helpers.detectors.interactions import Interactions
from helpers.device import Device
from helpers.networks.genes import GeneNetwork, MainEffects, flops_per_person
from helpers.significance import permutation
from helpers.studies.gene_gene.designs import design, shapes_of, training
from helpers.studies.gene_gene.per_pair import over_sets
from helpers.studies.gene_gene.study import (
    fit_genes,
    fit_main_effects,
    score_pairs,
)
from helpers.truth.genotypes import Trait

BRIEF = 3  # epochs of the timed training
#: The published design: people, data sets of Figs 3 to 5, permutations, epochs at most.
PEOPLE, SETS, PERMUTATIONS, EPOCHS = 80_000, 9 * 20, 50, 30
#: People, genes and SNPs of a biobank, and permutations of a second look there.
BIOBANK, SECOND_LOOK = (500_000, 65, 17_000), 19
#: Peak memory of `ask_own`: bytes a person and SNP, and a person tested and pair. From
#: the differences between 10,000 and 40,000 people of 660 SNPs, and 45 and 780 pairs.
GENOTYPE_BYTES, PAIR_BYTES = 12, 63
ENSEMBLES = ((50, 50), (5, 5), (50, 1))  # networks of an observed, a permuted trait


def plan_power(  # the arguments of a stored step are its key
    *,
    setting: str,
    numbers: Sequence[int],
    sizes: Sequence[int],
    permutations: Sequence[int],
    people: tuple[int, int],
    n_networks: int,
    max_epochs: int,
    seed: int,
    device: Device = "auto",
) -> pd.DataFrame:
    """Return calls of Perm I for several numbers of networks and permutations."""
    checks.not_empty(numbers=numbers, sizes=sizes, permutations=permutations)
    rows = []
    for number in numbers:
        panel, trait, parts = design(setting, number=number, people=people, seed=seed)
        knobs = {
            "training": training(panel.n_people, max_epochs=max_epochs),
            "seed": number,
            "device": device,
        }
        pairs, scores = _scores(
            panel, trait, parts, n_networks, sizes, permutations, knobs
        )
        true = shapes_of(trait, pairs) != "none"
        # Equal ensembles, and single networks against the mean of many.
        equal = [(size, size) for size in sizes]
        for both, count in product([*equal, (max(sizes), 1)], permutations):
            row = {"observed": both[0], "permuted": both[1], "permutations": count}
            rows += [
                {"data_set": number} | row | called_by(group, pairs, panel.genes, true)
                for group in groups_of(scores[: count + 1], *both)
            ]
    return pd.DataFrame(rows)


def _scores(
    panel: Panel,
    trait: Trait,
    parts: Split,
    n_networks: int,
    sizes: Sequence[int],
    permutations: Sequence[int],
    knobs: dict,
) -> tuple[Sequence[tuple[int, ...]], list[np.ndarray]]:
    """Return the pairs, and of each target the scores of every network."""
    y = standardise(trait.values, parts.train, name="trait").values
    fitted, _ = fit_main_effects(panel, y, parts, n_networks=n_networks, **knobs)
    permuted = permutation.permuted_targets(
        "I",
        y,
        parts,
        fitted=fitted,
        n_permutations=max(permutations),
        seed=knobs["seed"],
    )
    targets = np.vstack([y[None], permuted])
    # Large ensembles for the fewest permutations, then small ones for the rest.
    first = min(permutations) + 1
    networks = [max(sizes)] * first + [n_networks] * (len(targets) - first)
    ensemble, target_of = fit_genes(panel, targets, parts, n_networks=networks, **knobs)
    each = score_pairs(
        panel, parts, ensemble, np.arange(len(ensemble)), seed=knobs["seed"]
    )
    scores = np.array([one.scores for one in each])
    return each[0].sets, [scores[target_of == t] for t in range(len(targets))]


def groups_of(
    scores: Sequence[np.ndarray], n_observed: int, n_permuted: int
) -> Iterator[np.ndarray]:
    """Yield mean scores (permutations + 1, pairs) of the ensembles there are.

    scores : arrays (networks, pairs), of the observed and then the permuted traits
    """

    def mean(one: np.ndarray, size: int, k: int) -> np.ndarray:
        return one[k * size : (k + 1) * size].mean(axis=0)

    observed, *permuted = scores
    for k in range(min(map(len, permuted)) // n_permuted):
        first = mean(observed, n_observed, k % (len(observed) // n_observed))
        yield np.array([first, *(mean(one, n_permuted, k) for one in permuted)])


def called_by(
    scores: np.ndarray,
    pairs: Sequence[tuple[int, ...]],
    genes: Sequence[str],
    true: np.ndarray,
) -> dict[str, float]:
    """Return power and false calls of maxT, with the level and of the pattern."""
    found = Interactions(pairs, scores[0], genes, "shapley_pairs")
    row = {}
    for level in ("as is", "median"):
        test = permutation.permutation_test(found, scores[1:], level=level)
        rates = permutation.error_rates(test.p_max <= 0.05 + 1e-9, true)
        row |= {f"{name}, {level}": rate for name, rate in rates.items()}
    return row


def power_table(plan: pd.DataFrame) -> pd.DataFrame:
    """Return a line a number of networks and permutations, the cheapest first.

    Shares have 95% intervals over data sets, as text.
    """
    keys = ["observed", "permuted", "permutations"]
    rows = []
    for (observed, permuted, count), group in plan.groupby(keys):
        row = {
            "Networks": f"{observed} / {permuted}",
            "Permutations": count,
            "Trained in all": 2 * observed + count * permuted,
        }
        for ending, name in (("as is", "maxT"), ("median", "pattern")):
            for column, words in (("power", "Power"), ("any_false", "Any false call")):
                shares = group[f"{column}, {ending}"]
                found = over_sets(shares, group["data_set"], "share")
                value, low, high = found.values()
                row[f"{words}, {name}"] = f"{value:.0%} ({low:.0%} to {high:.0%})"
        rows.append(row)
    table = pd.DataFrame(rows).sort_values("Trained in all", kind="stable")
    return table.reset_index(drop=True)


def measure_rate(
    *, networks: int, people: tuple[int, int], seed: int, device: Device = "auto"
) -> pd.DataFrame:
    """Return the training rate and that of a matrix product, in GFLOP/s."""
    panel, trait, parts = design("small", number=0, people=people, seed=seed)
    y = standardise(trait.values, parts.train, name="trait").values
    brief = training(panel.n_people, patience=None, max_epochs=BRIEF)
    step = flops_per_person(GeneNetwork(panel.sizes))["step"]
    where = machine.resolve(device)
    clock = time.process_time if where.type == "cpu" else time.perf_counter
    with machine.threads(1):
        started = clock()
        fit_genes(
            panel,
            y[None],
            parts,
            n_networks=networks,
            training=brief,
            seed=seed,
            device=device,
        )
        seconds = clock() - started
        peak = machine.matrix_product_peak(where)
    rate = networks * BRIEF * len(parts.train) * step / seconds / 1e9
    return pd.DataFrame({"rate": [rate], "peak": [peak]})


def network_flops() -> float:
    """Return the floating-point operations of a network of the published design."""
    return _own_flops(GeneNetwork((66, 67) * 5), PEOPLE)


def published_networks(observed: int, null: int) -> dict[str, int]:
    """Return what is trained in Figures 2 to 5: data sets, traits and networks.

    observed, null : networks of an observed and of a permuted trait
    """
    sets = 3 * SETS  # Figs 3, with 2, 4 and 5: Perm I in all of them
    over_noise = SETS // 3  # data sets in which S/N varies: T and R as well
    permuted = (sets + 2 * over_noise) * PERMUTATIONS
    return {
        "sets": sets,
        "over_noise": over_noise,
        "permuted": permuted,
        "networks": sets * 2 * observed + permuted * null,
    }


def cost_table(rate: float) -> pd.DataFrame:
    """Return what the published design takes at `rate` GFLOP/s, by ensembles."""
    rows = []
    for observed, null in ENSEMBLES:
        count = published_networks(observed, null)["networks"]
        flops = count * network_flops()
        rows.append(
            {
                "Ensembles (observed / permuted)": f"{observed} / {null}",
                "networks": f"{count:,}",
                "operations, 10¹⁵": f"{flops / 1e15:.1f}",
                "days, one core": f"{flops / rate / 1e9 / 86_400:,.0f}",
                "for one hour": f"{flops / 3600 / 1e12:.1f} TFLOP/s",
            }
        )
    return pd.DataFrame(rows)


def networks_text() -> str:
    """Say how the networks of the first line of `cost_table` are counted."""
    observed, null = ENSEMBLES[0]
    count = published_networks(observed, null)
    both = count["sets"] * 2 * observed
    return (
        f"The networks of the first line: published Figures 3 (with 2), 4 and 5 have "
        f"nine settings of {SETS // 9} data sets each, {count['sets']} in all. Each "
        f"takes {observed} networks of the trait and {observed} of main effects, "
        f"{both:,} together, and {PERMUTATIONS} permuted traits by Perm I. The "
        f"{count['over_noise']} data sets in which the signal-to-noise ratio varies "
        f"are permuted by Perm T and by Perm R as well. That makes "
        f"{count['permuted']:,} permuted traits with {null} networks each: {both:,} + "
        f"{count['permuted']:,} × {null} = {count['networks']:,}."
    )


def cost_text(rate: float, peak: float) -> str:
    """Say what one network costs, and how fast this machine is."""
    step = flops_per_person(GeneNetwork((66, 67) * 5))["step"]
    return (
        f"{network_flops() / 1e9:.0f} GFLOP a network ({PEOPLE:,} people, {EPOCHS} "
        f"epochs at most, {step:,} a person and step). Measured: **{rate:.0f} "
        f"GFLOP/s**, {rate / peak:.0%} of a matrix product's {peak:.0f}. The last "
        "column is the rate that a GPU must keep up to finish in an hour."
    )


def biobank_table(rate: float, n_networks: int = 10) -> pd.DataFrame:
    """Return what *Your own genes* takes of a biobank, at `rate` GFLOP/s a core.

    Nothing of it has been run. One line a way to test: networks, core-hours of training
    and the peak of memory.
    """
    people, genes, snps = BIOBANK
    sizes = [snps // genes + (k < snps % genes) for k in range(genes)]
    with_pairs, without = (
        n_networks * _own_flops(kind(sizes), people)
        for kind in (GeneNetwork, MainEffects)
    )
    pairs = genes * (genes - 1) // 2
    memory = GENOTYPE_BYTES * people * snps + PAIR_BYTES * 0.3 * people * pairs
    rows = []
    for name, ensembles in (
        ("The test of each pair", 1),
        (f"With a second look by {SECOND_LOOK} permutations", 1 + SECOND_LOOK),
    ):
        hours = (ensembles * with_pairs + without) / rate / 3.6e12
        rows.append(
            {
                "Way": name,
                "Networks": n_networks * (ensembles + 1),
                "Core-hours, training": f"{hours:.1f}",
                "Peak, GB": f"{memory / 1e9:.0f}",
            }
        )
    return pd.DataFrame(rows)


def memory_text() -> str:
    """Say what the peak of memory of `biobank_table` is made of."""
    people, genes, snps = BIOBANK
    pairs = genes * (genes - 1) // 2
    return (
        f"Of the peak {GENOTYPE_BYTES * people * snps / 1e9:.0f} GB are genotypes, "
        f"{GENOTYPE_BYTES} bytes a person and SNP, and "
        f"{PAIR_BYTES * 0.3 * people * pairs / 1e9:.0f} GB the pairs, {PAIR_BYTES} "
        "bytes a person tested and pair."
    )


def _own_flops(network: GeneNetwork | MainEffects, people: int) -> float:
    """Return the operations of one network that learns for all epochs there are."""
    person = flops_per_person(network)
    return EPOCHS * people * (0.6 * person["step"] + 0.1 * person["forward"])
