"""Detectors of interactions, one file a method; each returns `Interactions`.

A detector is a function ``name(model_or_data, ..., sets=None, seed=0, **knobs)``.
Detectors that read a trained network take it first (`weights`, `archdetect`); the
others take the data, ``(X, y)``, and train what they need (`anova`, `boosting`, ...).
"""

from helpers.detectors.interactions import (
    Interactions,
    all_pairs,
    feature_names,
    prune,
)

__all__ = ["Interactions", "all_pairs", "feature_names", "prune"]
