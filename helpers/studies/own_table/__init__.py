"""A reader's own table: an example, a plan, kept answers and rankings, a report."""

from helpers.studies.own_table.answers import as_table, asked, from_table
from helpers.studies.own_table.models import Learner, learner_by_name, model_by_name
from helpers.studies.own_table.planning import planned
from helpers.studies.own_table.rankings import network_rankings, ranked
from helpers.studies.own_table.report import (
    joined,
    shown,
    write_report,
    written_whole,
)
from helpers.studies.own_table.sample import only_with, write_example
from helpers.studies.own_table.second import replication, returned

__all__ = [
    "Learner",
    "as_table",
    "asked",
    "from_table",
    "joined",
    "learner_by_name",
    "model_by_name",
    "network_rankings",
    "only_with",
    "planned",
    "ranked",
    "replication",
    "returned",
    "shown",
    "write_example",
    "write_report",
    "written_whole",
]
