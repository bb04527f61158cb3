"""Can the interaction test be trusted? Worlds where the answer is known, in parts."""

from helpers.studies.calibration.answers import for_answers
from helpers.studies.calibration.hard import hard_parts, hard_rates, hard_trials
from helpers.studies.calibration.hard_shown import (
    hard_shown,
    hard_waiting,
    meaning,
    ways_shown,
    ways_waiting,
    ways_words,
)
from helpers.studies.calibration.plan import (
    AS_IT_IS,
    CROSSED,
    DECISIVE,
    Cell,
    cells,
    parts,
    rival_parts,
)
from helpers.studies.calibration.planning import (
    Plan,
    fewest_rows,
    plans_table,
    rows_needed,
)
from helpers.studies.calibration.pooled import (
    over_worlds,
    over_worlds_shown,
    over_worlds_words,
)
from helpers.studies.calibration.rates import NOMINAL, rates, rival_rates
from helpers.studies.calibration.redrawn import (
    redrawn_parts,
    redrawn_rates,
    redrawn_shown,
    redrawn_trials,
    redrawn_words,
)
from helpers.studies.calibration.rivals import RIVALS, rival_trials
from helpers.studies.calibration.tables import (
    crossed_shown,
    crossed_words,
    details,
    found,
    intervals_words,
    more_rows,
    not_run,
    power_by_share,
    seconds_words,
    shown,
    words,
    worlds_table,
)
from helpers.studies.calibration.threes import (
    threes_cells,
    threes_parts,
    threes_shown,
    threes_trials,
)
from helpers.studies.calibration.trials import trials
from helpers.studies.calibration.worlds import WORLDS, World, draw, sampler

__all__ = [
    "AS_IT_IS",
    "CROSSED",
    "DECISIVE",
    "NOMINAL",
    "RIVALS",
    "WORLDS",
    "Cell",
    "Plan",
    "World",
    "cells",
    "crossed_shown",
    "crossed_words",
    "details",
    "draw",
    "fewest_rows",
    "for_answers",
    "found",
    "hard_parts",
    "hard_rates",
    "hard_shown",
    "hard_trials",
    "hard_waiting",
    "intervals_words",
    "meaning",
    "more_rows",
    "not_run",
    "over_worlds",
    "over_worlds_shown",
    "over_worlds_words",
    "parts",
    "plans_table",
    "power_by_share",
    "rates",
    "redrawn_parts",
    "redrawn_rates",
    "redrawn_shown",
    "redrawn_trials",
    "redrawn_words",
    "rival_parts",
    "rival_rates",
    "rival_trials",
    "rows_needed",
    "sampler",
    "seconds_words",
    "shown",
    "threes_cells",
    "threes_parts",
    "threes_shown",
    "threes_trials",
    "trials",
    "ways_shown",
    "ways_waiting",
    "ways_words",
    "words",
    "worlds_table",
]
