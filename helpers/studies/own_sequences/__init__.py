"""The page on one's own sequence model: its example, its files, its verdict."""

from helpers.studies.own_sequences.choosing import chosen_motifs
from helpers.studies.own_sequences.example import example_model, write_example
from helpers.studies.own_sequences.reading import Labelled, read_labelled
from helpers.studies.own_sequences.verdict import gains, verdicts
from helpers.studies.own_sequences.visible import motif_visibility

__all__ = [
    "Labelled",
    "chosen_motifs",
    "example_model",
    "gains",
    "motif_visibility",
    "read_labelled",
    "verdicts",
    "write_example",
]
