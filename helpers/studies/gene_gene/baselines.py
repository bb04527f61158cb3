"""The usual methods: one number a gene, then a model with products or trees.

A gene is first reduced to one value, its *top SNP* or its first *principal component*;
then a regression with products, a lasso on them or boosted trees scores the pairs.
"""

from collections.abc import Sequence
from types import MappingProxyType

import numpy as np
from scipy import stats
from sklearn.linear_model import LassoCV

from helpers import checks
from helpers.data.panel import Panel
from helpers.data.splits import Split
from helpers.detectors.boosting import fit_trees
from helpers.detectors.interactions import Interactions, all_pairs
from helpers.detectors.shapley import shapley_pairs
from helpers.significance.permutation import (
    PermutationTest,
    permutation_test,
    permuted_targets,
)

GENE_VALUES = ("top SNP", "PCA")
MODELS = MappingProxyType(
    {"regression": "linear regression", "lasso": "lasso", "trees": "boosted trees"}
)
_BLOCK = 4096  # people whose products are in memory at once
_SCORED = 200  # people whose tree predictions are taken apart


def gene_values(
    panel: Panel, y: np.ndarray, train: np.ndarray, how: str = "top SNP"
) -> np.ndarray:
    """Return one value of each gene for everybody.

    Parameters
    ----------
    panel : Panel
    y : array, shape (n_people,)
        Only "top SNP" looks at it.
    train : array of int
        People that choose the SNP, or the component.
    how : {"top SNP", "PCA"}
        The SNP most correlated with the trait, or the first principal component of
        the standardised SNPs.

    Returns
    -------
    array, shape (n_people, n_genes)
        Mean 0 and variance 1 over `train`.
    """
    checks.one_of("how", how, GENE_VALUES)
    y = checks.vector("y", y, length=panel.n_people)
    values = np.empty((panel.n_people, panel.n_genes))
    target = y[train] - y[train].mean()
    for gene, block in enumerate(panel.blocks):
        snps = panel.genotypes[block]
        known = snps[:, train].astype(np.float32)
        centre, scale = known.mean(1, keepdims=True), known.std(1, keepdims=True)
        known = (known - centre) / scale
        if how == "top SNP":
            values[:, gene] = snps[np.argmax(np.abs(known @ target))]
        else:
            weights = np.linalg.eigh(known @ known.T)[1][:, -1]
            values[:, gene] = (weights[:, None] * (snps - centre) / scale).sum(axis=0)
    return (values - values[train].mean(axis=0)) / values[train].std(axis=0)


def regression_pairs(
    values: np.ndarray, y: np.ndarray, genes: Sequence[str]
) -> Interactions:
    """Score pairs by |t| of their product in one least-squares fit of all terms.

    Parameters
    ----------
    values : array, shape (n_people, n_genes)
    y : array, shape (n_people,)
    genes : sequence of str

    Returns
    -------
    Interactions
        The detail `p` is the two-sided p-value of the t-test.
    """
    blocks = [slice(i, i + _BLOCK) for i in range(0, len(y), _BLOCK)]

    def design(block: slice) -> np.ndarray:
        # Of all people at once: gigabytes for 100 genes.
        one = np.ones(len(values[block]))
        return np.column_stack([one, _with_products(values[block])])

    gram = sum(z.T @ z for z in map(design, blocks))
    inverse = np.linalg.pinv(gram, hermitian=True)
    coefficients = inverse @ sum(design(block).T @ y[block] for block in blocks)
    residuals = [y[block] - design(block) @ coefficients for block in blocks]
    degrees = len(y) - len(gram)
    variance = np.sum(np.concatenate(residuals) ** 2) / degrees
    t = coefficients / np.sqrt(variance * np.diag(inverse))
    t = t[1 + values.shape[1] :]
    p = 2 * stats.t.sf(np.abs(t), degrees)
    pairs = all_pairs(values.shape[1])
    return Interactions(pairs, np.abs(t), genes, "regression_pairs", {}, {"p": p})


def lasso_pairs(
    values: np.ndarray, y: np.ndarray, genes: Sequence[str], *, seed: int = 0
) -> Interactions:
    """Score pairs by |coefficient| of their product in a cross-validated lasso."""
    design = _with_products(values)
    design = (design - design.mean(axis=0)) / design.std(axis=0)
    # Folds of consecutive rows would follow the order of the file.
    order = np.random.default_rng([seed, 5]).permutation(len(y))
    model = LassoCV(alphas=30, cv=5).fit(design[order], y[order])
    pairs = all_pairs(values.shape[1])
    scores = np.abs(model.coef_[values.shape[1] :])
    return Interactions(pairs, scores, genes, "lasso_pairs", {"seed": seed})


def tree_pairs(
    values: np.ndarray, y: np.ndarray, genes: Sequence[str], *, seed: int = 0
) -> Interactions:
    """Score pairs by the exact subset score (as of the networks) of boosted trees.

    100 trees of depth 4 at a rate of 0.1: on these data more or deeper ones fit noise.
    """
    booster = fit_trees(
        values, y, n_trees=100, max_depth=4, learning_rate=0.1, seed=seed
    )
    draw = np.random.default_rng([seed, 6])
    people = draw.choice(len(values), min(_SCORED, len(values)), replace=False)
    found = shapley_pairs(
        booster,
        values[people],
        baseline=values.mean(axis=0),
        features=genes,
        seed=seed,
    )
    return Interactions(
        found.sets, found.scores, found.features, "tree_pairs", {"seed": seed}
    )


def baseline_pairs(
    panel: Panel,
    y: np.ndarray,
    parts: Split,
    *,
    values: str = "top SNP",
    model: str = "regression",
    seed: int = 0,
) -> Interactions:
    """Score all gene pairs by one of the six usual methods.

    Parameters
    ----------
    panel : Panel
    y : array, shape (n_people,)
    parts : Split
        Training and validation people are learned from, as neither is needed to stop;
        training people alone choose the gene values.
    values : {"top SNP", "PCA"}
    model : {"regression", "lasso", "trees"}
    seed : int

    Source
    ------
    Cui et al. (2022), the methods compared in Fig. 3 [cui2022]; what they leave open
    (one regression of all terms, the trees' score) is chosen here.
    """
    checks.one_of("model", model, tuple(MODELS))
    everybody = gene_values(panel, y, parts.train, values)
    learned = np.concatenate([parts.train, parts.validation])
    z, target = everybody[learned], np.asarray(y, dtype=float)[learned]
    if model == "regression":
        return regression_pairs(z, target, panel.genes)
    reader = lasso_pairs if model == "lasso" else tree_pairs
    return reader(z, target, panel.genes, seed=seed)


def baseline_test(
    panel: Panel,
    y: np.ndarray,
    parts: Split,
    *,
    values: str = "top SNP",
    model: str = "lasso",
    scheme: str = "T",
    n_permutations: int = 19,
    seed: int = 0,
) -> PermutationTest:
    """Test the pairs of a usual method by permuting the trait.

    Everything is repeated for each permuted trait, the choice of the top SNP too.

    Parameters
    ----------
    panel, y, parts, values, model, seed
        As for `baseline_pairs`.
    scheme : {"T", "R", "I"}
        Permute the trait, or the residual of the main effects of the gene values; and
        put their fit back ("I").
    n_permutations : int
    """
    y = checks.vector("y", y, length=panel.n_people)
    options = {"values": values, "model": model, "seed": seed}
    observed = baseline_pairs(panel, y, parts, **options)  # type: ignore[arg-type]  # settings in a dict
    fitted = None
    if scheme != "T":
        z = np.column_stack(
            [np.ones(panel.n_people), gene_values(panel, y, parts.train, values)]
        )
        learned = np.concatenate([parts.train, parts.validation])
        fitted = z @ np.linalg.lstsq(z[learned], y[learned], rcond=None)[0]
    targets = permuted_targets(
        scheme, y, parts, fitted=fitted, n_permutations=n_permutations, seed=seed
    )
    null = [
        baseline_pairs(panel, target, parts, **options).scores  # type: ignore[arg-type]  # so
        for target in targets
    ]
    return permutation_test(observed, np.array(null))


def _with_products(values: np.ndarray) -> np.ndarray:
    """Return the columns and all their products, (n_people, n + n (n - 1) / 2)."""
    first, second = np.triu_indices(values.shape[1], 1)
    return np.column_stack([values, values[:, first] * values[:, second]])
