"""The page on one's own sequence model: its example, its files, its verdict."""

from helpers.studies.own_sequences.example import example_model, write_example
from helpers.studies.own_sequences.reading import Labelled, read_labelled
from helpers.studies.own_sequences.verdict import gains, verdicts

__all__ = [
    "Labelled",
    "example_model",
    "gains",
    "read_labelled",
    "verdicts",
    "write_example",
]
