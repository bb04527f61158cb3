"""Is the interaction real? Test feature interactions learned by neural networks.

One road, travelled in one direction::

    what comes in -> what learns -> what answers -> what is made

Simulate data whose interactions are known, or read your own; train many networks at
once; detect interactions; test them; compare with what was published. The names below
are the front door; each is loaded when first used, so that importing the package takes
a moment and no network library.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_MODULES = {
    # what comes in
    "read_table": "loaders.tables",
    "read_trait": "loaders.traits",
    "load_panel": "loaders.plink",
    "read_motifs": "loaders.motifs",
    "load_windows": "loaders.windows",
    "Motif": "data.motifs",
    "Panel": "data.panel",
    # what learns
    "Ensemble": "ensemble",
    "MLP": "networks.mlp",
    "MLPM": "networks.mlp",
    "prediction_function": "detectors.predictions",
    # what detects
    "Interactions": "detectors.interactions",
    "nid_pairs": "detectors.weights",
    "nid_ranking": "detectors.weights",
    "archdetect": "detectors.archdetect",
    "shapley_pairs": "detectors.shapley",
    "h_statistic": "detectors.boosting",
    "shap_interactions": "detectors.boosting",
    "fast": "detectors.additive",
    "two_way_anova": "detectors.anova",
    "product_lasso": "detectors.anova",
    "hierarchical_lasso": "detectors.hierarchical_lasso",
    "rulefit": "detectors.rulefit",
    "additive_groves": "detectors.groves",
    "constrained_boosting": "detectors.groves",
    "factorization": "detectors.factorization",
    # is it real?
    "interaction_test": "significance.interaction",
    "paired_test": "significance.held_out",
    "held_out_interaction": "significance.motif_pairs",
    "refit_test": "significance.refit",
    "permutation_test": "significance.permutation",
    "adjust": "significance.multiplicity",
    # how good is it?
    "benchmark": "studies.matrix.own",
}

__all__ = sorted(_MODULES)


def __getattr__(name: str) -> Any:
    """Load a name of the front door when it is first used."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
