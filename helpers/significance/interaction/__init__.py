"""Is the interaction real? A test of all pairs of features, on any model and data.

>>> answer = interaction_test(X, y)
>>> print(answer)
>>> answer.table

Row by row: `folds` (which rows are tested with what was learned before), `hunt` (a
learner), `direction` (what it says two features do together), `projection` (the part of
that outside the null hypothesis), `residual` (y beyond a model inside it), `statistics`
(z, intervals, corrections), `step_down` (an option), `answer`. `asking` puts them
together; `settings` holds the numbers, `table`, `basis`, `ridge`, `blind` and `family`
what they share.
"""

from helpers.significance.interaction.answer import Answer
from helpers.significance.interaction.asking import interaction_test
from helpers.significance.interaction.settings import Bases, Settings, Training

__all__ = ["Answer", "Bases", "Settings", "Training", "interaction_test"]
