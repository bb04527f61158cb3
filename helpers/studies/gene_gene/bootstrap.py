"""The parametric bootstrap of a fit without interactions, beside permutations.

A permutation keeps the residuals of the people at hand; the bootstrap draws new ones.
Traits are the main effects of the fit plus normal noise, as wide as the residuals of
people whom the fit has not seen; networks are trained on each, and a score is compared
with theirs. Buzkova, Lumley and Rice (2011) propose it where no permutation is exact.
Here it is asked for what the permutations are, that *no* pair interacts: one pair's own
null hypothesis keeps all others, and would take a fit, and its networks, for each pair.
The noise of these worlds is normal, as the bootstrap assumes.

Data sets are those of `per_pair` with the same numbers, 19 draws and five networks as
in the chapter's permutation tests. Declared before the first run. Read as the other
tests of the figure (`per_pair.rates`). Expected: where no pair interacts it errs about
as often as Perm I, which keeps the same fit; beside six pairs as well, as what a
network leaks from a real pair into others is in neither null: a false call in most data
sets.

Said more sharply, also before the run: *keeps its level* if the interval of the share
of false pairs at 5% contains 5% where no pair interacts; *most* are more than half of
the data sets with a false pair under maxT beside six. Twenty data sets do not tell the
bootstrap from Perm I, whose residuals are those of the people that the fit learned
from, and narrower.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from helpers.data.splits import Split, standardise
from helpers.device import Device
from helpers.studies.gene_gene.designs import shapes_of, training
from helpers.studies.gene_gene.per_pair import (
    N_MAIN,
    NAMED,
    PART,
    as_expected,
    data_set,
    in_words,
    rates,
    steps_of,
)
from helpers.studies.gene_gene.permuting import LEVEL, pair_rows
from helpers.studies.gene_gene.stored_worlds import asked_worlds, rows_of_sets
from helpers.studies.gene_gene.study import fit_genes, fit_main_effects, score_pairs
from helpers.studies.stores import Store

N_DRAWS = 19
MOST_NETWORKS = 5
SCHEME = "Bootstrap"


def ask_bootstrap(
    *,
    world: str,
    numbers: Sequence[int],
    people: tuple[int, int],
    n_networks: int,
    max_epochs: int,
    seed: int,
    device: Device = "auto",
) -> pd.DataFrame:
    """Test every pair of data sets of a world by the bootstrap; one row a pair.

    Columns: data_set, pair ("1-2"), form ("none" = not a true pair), score, p, maxT,
    and both of the score over the median of its data set: "p, level", "maxT, level".
    """

    def of_set(number: int) -> pd.DataFrame:
        panel, trait, parts = data_set(world, number=number, people=people, seed=seed)
        own = 1_000 * seed + number
        knobs: dict[str, Any] = {
            "n_networks": n_networks,
            "training": training(panel.n_people, max_epochs=max_epochs),
            "seed": own,
            "device": device,
        }
        y = standardise(trait.values, parts.train, name="trait").values
        fitted, _ = fit_main_effects(panel, y, parts, **knobs | {"n_networks": N_MAIN})
        targets = np.vstack([y[None], drawn_traits(y, fitted, parts, seed=own)])
        ensemble, target_of = fit_genes(panel, targets, parts, **knobs)
        seen, *null = score_pairs(panel, parts, ensemble, target_of, seed=own)
        scores = np.array([one.scores for one in null])
        return pair_rows(number, seen, scores, shapes_of(trait, seen.sets))

    return rows_of_sets(numbers, of_set).assign(scheme=SCHEME)


def drawn_traits(
    y: np.ndarray, fitted: np.ndarray, parts: Split, *, seed: int
) -> np.ndarray:
    """Return traits of the fit and new noise, (N_DRAWS, n_people).

    The noise is as wide as what the fit leaves in test people: what it leaves in those
    it learned from is less.
    """
    width = (y - fitted)[parts.test].std()
    noise = np.random.default_rng([seed, 12]).standard_normal((N_DRAWS, len(y)))
    return fitted + width * noise


def asked_bootstrap(
    store: Store, *, count: int, n_networks: int, **shared: Any
) -> dict[str, pd.DataFrame]:
    """Return the tables of the worlds, as `stored_worlds.asked_worlds`.

    **shared : people, max_epochs and seed of `ask_bootstrap`
    """
    worlds = steps_of("bootstrap", NAMED)
    return asked_worlds(
        store,
        ask_bootstrap,
        worlds,
        count=count,
        in_part=PART,
        minutes=0.5,
        revision=1,
        n_networks=min(n_networks, MOST_NETWORKS),
        **shared,
    )


def expected_text(asked: Mapping[str, pd.DataFrame]) -> str:
    """Say whether the bootstrap did as it was expected to, where several sets tell."""
    found = {w: rates(t, "p", "maxT") for w, t in asked.items()}
    if set(found) != set(NAMED) or min(r["data_sets"] for r in found.values()) < 2:
        return ""
    none, paired = found["none"], found["six pairs"]
    kept = none["at_5_low"] <= LEVEL <= none["at_5_high"]
    most = paired["any"] > 0.5
    return (
        "The bootstrap, where no pair interacts, calls "
        f"{in_words(none, 'at_5')} of the pairs at 5%, "
        f"**{as_expected(kept)} expected**; beside six pairs a false pair is "
        f"called under maxT in {in_words(paired, 'any')} of the data sets, "
        f"**{as_expected(most)} expected**."
    )


def beside(
    permuted: Mapping[str, list[pd.DataFrame]], asked: Mapping[str, pd.DataFrame]
) -> dict[str, list[pd.DataFrame]]:
    """Return the tables of permutation tests by world, those of the bootstrap last."""
    return {
        world: tables + ([asked[world]] if world in asked else [])
        for world, tables in permuted.items()
    }
