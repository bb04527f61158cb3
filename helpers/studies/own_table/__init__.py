"""A reader's own table: an example, a model by its name, rankings, a report."""

from helpers.studies.own_table.models import model_by_name
from helpers.studies.own_table.rankings import network_rankings
from helpers.studies.own_table.report import (
    joined,
    minutes,
    one_page,
    replication,
    shown,
    write_report,
    written_whole,
)
from helpers.studies.own_table.sample import write_example

__all__ = [
    "joined",
    "minutes",
    "model_by_name",
    "network_rankings",
    "one_page",
    "replication",
    "shown",
    "write_example",
    "write_report",
    "written_whole",
]
