"""Which genes interact: train gene networks, score pairs, test, compare, replicate."""

from helpers.studies.gene_gene.baselines import MODELS, baseline_pairs, baseline_test
from helpers.studies.gene_gene.replication import (
    PairSurface,
    pair_effects,
    pair_residuals,
    pair_surface,
    replicate,
)
from helpers.studies.gene_gene.study import (
    MIN_PEOPLE,
    GeneStudy,
    Training,
    fit_genes,
    fit_main_effects,
    genotype_rows,
    score_pairs,
    study,
)
from helpers.studies.gene_gene.yes_or_no import YesOrNo

__all__ = [
    "MIN_PEOPLE",
    "MODELS",
    "GeneStudy",
    "PairSurface",
    "Training",
    "YesOrNo",
    "baseline_pairs",
    "baseline_test",
    "fit_genes",
    "fit_main_effects",
    "genotype_rows",
    "pair_effects",
    "pair_residuals",
    "pair_surface",
    "replicate",
    "score_pairs",
    "study",
]
