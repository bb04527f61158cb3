"""Networks with a layer of genes: Shapley scores, and the test's form for genes."""

import numpy as np

from helpers.data.splits import Split
from helpers.ensemble import Ensemble
from helpers.loaders.traits import split_people
from helpers.significance.interaction.genotypes import gene_interaction_test
from helpers.studies.gene_gene.study import (
    Training,
    fit_genes,
    fit_main_effects,
    score_pairs,
)
from helpers.studies.matrix.kinds import Answer, Data, Learners, Method

NETWORKS = 5
RECIPE = Training(batch_size=200, max_epochs=40)


def _fits(
    data: Data, seed: int, learners: Learners
) -> tuple[Split, np.ndarray, Ensemble]:
    """Return the split, the standardised trait and the trained gene networks."""

    def make() -> tuple[Split, np.ndarray, Ensemble]:
        parts = split_people(len(data.y), seed=seed)
        y = (data.y - data.y[parts.train].mean()) / data.y[parts.train].std()
        ensemble, _ = fit_genes(
            data.panel,
            y[None],
            parts,
            n_networks=NETWORKS,
            training=RECIPE,
            seed=seed,
            device="cpu",
        )
        return parts, y, ensemble

    return learners.get("genes", make)


def shapley(data: Data, seed: int, learners: Learners) -> Answer:
    """Ask for the Shapley scores of chapter 4."""
    parts, _, ensemble = _fits(data, seed, learners)
    one_target = np.zeros(len(ensemble), dtype=int)
    (found,) = score_pairs(data.panel, parts, ensemble, one_target, seed=seed)
    return Answer(found.scores)


def test(data: Data, seed: int, learners: Learners) -> Answer:
    """Ask the interaction test for genes, on people left out of training."""
    parts, y, ensemble = _fits(data, seed, learners)
    main, _ = fit_main_effects(
        data.panel,
        y,
        parts,
        n_networks=NETWORKS,
        training=RECIPE,
        seed=seed,
        device="cpu",
    )
    table = gene_interaction_test(
        [ensemble.network(i) for i in range(len(ensemble))],
        data.panel,
        y - main,
        learned=np.concatenate([parts.train, parts.validation]),
        tested=parts.test,
        seed=seed,
    )
    place = {gene: k for k, gene in enumerate(data.panel.genes)}
    table.index = [tuple(sorted(place[g] for g in pair)) for pair in table["pair"]]
    table = table.loc[list(data.pairs)]
    return Answer(
        table["z"].to_numpy(), table["p"].to_numpy(), table["p_holm"].to_numpy()
    )


METHODS = {
    "Shapley scores, genes": Method(
        shapley, "of five gene networks (chapter 4)", kinds=("genes",)
    ),
    "interaction test, genes": Method(
        test, "its form for gene networks", tests=True, kinds=("genes",)
    ),
}
