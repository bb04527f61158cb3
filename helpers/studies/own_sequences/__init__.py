"""The page on one's own sequence model: its example, its files, its verdict."""

from helpers.studies.own_sequences.choosing import chosen_motifs
from helpers.studies.own_sequences.data_tests import factor_pairs, motif_interactions
from helpers.studies.own_sequences.example import example_model, write_example
from helpers.studies.own_sequences.from_peaks import are_peaks, read_peaks
from helpers.studies.own_sequences.learning import learned
from helpers.studies.own_sequences.planning import planned
from helpers.studies.own_sequences.reading import (
    Labelled,
    is_fasta,
    read_labelled,
    usual_loss,
)
from helpers.studies.own_sequences.simulated import (
    both_trainings,
    classify,
    counted_labels,
    grammar_of,
    recipe_for,
    regress,
)
from helpers.studies.own_sequences.verdict import gains, verdicts
from helpers.studies.own_sequences.visible import motif_visibility

__all__ = [
    "Labelled",
    "are_peaks",
    "both_trainings",
    "chosen_motifs",
    "classify",
    "counted_labels",
    "example_model",
    "factor_pairs",
    "gains",
    "grammar_of",
    "is_fasta",
    "learned",
    "motif_interactions",
    "motif_visibility",
    "planned",
    "read_labelled",
    "read_peaks",
    "recipe_for",
    "regress",
    "usual_loss",
    "verdicts",
    "write_example",
]
