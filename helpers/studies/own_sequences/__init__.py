"""The page on one's own sequence model: its example, its files, its verdict."""

from helpers.studies.own_sequences.asking import model_digest, pair_tests
from helpers.studies.own_sequences.choosing import chosen_motifs
from helpers.studies.own_sequences.data_tests import (
    asked_of_data,
    asked_of_factors,
    factor_pairs,
    motif_interactions,
)
from helpers.studies.own_sequences.example import example_model, write_example
from helpers.studies.own_sequences.finding import (
    Sought,
    filter_motifs,
    found_motifs,
    sought_motifs,
)
from helpers.studies.own_sequences.from_peaks import are_peaks, read_peaks
from helpers.studies.own_sequences.learning import Learned, learned
from helpers.studies.own_sequences.planning import (
    check_request,
    pair_counts,
    planned,
)
from helpers.studies.own_sequences.reading import (
    Labelled,
    is_fasta,
    read_labelled,
    usual_loss,
)
from helpers.studies.own_sequences.report import (
    cautions,
    described,
    report_files,
    scale_words,
    write_files,
)
from helpers.studies.own_sequences.simulated import (
    both_trainings,
    classify,
    counted_labels,
    grammar_of,
    networks_of_motifs,
    recipe_for,
    regress,
)
from helpers.studies.own_sequences.verdict import NO_PAIR, gains, verdicts
from helpers.studies.own_sequences.visible import (
    motif_visibility,
    outside_words,
    short_motif_words,
)

__all__ = [
    "NO_PAIR",
    "Labelled",
    "Learned",
    "Sought",
    "are_peaks",
    "asked_of_data",
    "asked_of_factors",
    "both_trainings",
    "cautions",
    "check_request",
    "chosen_motifs",
    "classify",
    "counted_labels",
    "described",
    "example_model",
    "factor_pairs",
    "filter_motifs",
    "found_motifs",
    "gains",
    "grammar_of",
    "is_fasta",
    "learned",
    "model_digest",
    "motif_interactions",
    "motif_visibility",
    "networks_of_motifs",
    "outside_words",
    "pair_counts",
    "pair_tests",
    "planned",
    "read_labelled",
    "read_peaks",
    "recipe_for",
    "regress",
    "report_files",
    "scale_words",
    "short_motif_words",
    "sought_motifs",
    "usual_loss",
    "verdicts",
    "write_example",
    "write_files",
]
