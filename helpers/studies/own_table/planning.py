"""How long the page takes, before it starts, and what that is made of."""

import numpy as np

from helpers.loaders.mixed_tables import MixedTable
from helpers.significance.interaction import Settings
from helpers.significance.interaction.asking import (
    SCREENED_REFERENCES,
    SCREENED_ROWS,
)
from helpers.significance.interaction.direction import WIDE
from helpers.studies.own_table.answers import features_of_table
from helpers.studies.own_table.models import TRIED, Learner
from helpers.studies.own_table.second import check_family

#: Seconds of one core, as measured on tables of 400 to 20,000 rows and 5 to 200
#: columns. Of the test: to begin; for each row, of training; for each prediction, and
#: each column of it; for each row, or pair, and the square of the number of functions
#: in linear fits; for each row and pair, of blind networks.
BEGIN, TRAIN, PREDICT, PREDICT_COLUMN = 0.5, 1e-4, 1.2e-7, 9e-9
FIT, FIT_PAIR, BLIND = 1.7e-10, 1e-9, 3e-7
#: Of wide tables, where only columns that change are summed: as many as cost the same.
SUMMED_ANEW = 25
#: The same of the rankings, of each network: for each row, and each column of it; for
#: each pair, and each column that it is read among.
RANK, RANK_COLUMN, READ, READ_COLUMN = 4e-5, 1e-6, 5e-5, 9e-7
MINUTE = 60  # seconds


def planned(
    table: MixedTable,
    learner: Learner,
    *,
    second: MixedTable | None = None,
    n_networks: int = 0,
) -> str:
    """Return about how long all that will run takes, and what that consists of.

    Parameters
    ----------
    table : MixedTable
    learner : Learner
        With one of the reader's, its own seconds are those of `TRIED` rows, taken to
        grow with the rows.
    second : MixedTable, optional
        Asked only where something is called, about these pairs alone: the estimate is
        that of all.
    n_networks : int
        Of the rankings.

    Returns
    -------
    str
        A sentence or a few.
    """
    if second is not None:
        check_family(table.family, second.family)
    n, features = len(table.y), features_of_table(table)
    pairs = min(len(features.pairs), Settings().most_pairs)
    parts = {f"the test ({pairs:,} pairs, {n:,} rows)": test_seconds(table, learner)}
    if second is not None:
        there = f"the second table ({len(second.y):,} rows; if anything is called)"
        parts[there] = test_seconds(second, learner)
    if n_networks:
        what = f"the rankings ({n_networks} networks)"
        parts[what] = ranking_seconds(table, n_networks)
    total = sum(parts.values())
    text = f"All that follows takes {_about(total)} of one core: "
    long = total >= MINUTE  # else each is less than a minute
    text += "; ".join(
        f"{what}{f', {_about(seconds)}' if long else ''}"
        for what, seconds in parts.items()
    )
    text += ". What an earlier run has stored takes no time."
    if learner.model is not None:
        how = (
            "asked" if learner.trained else f"fitted to {min(TRIED, n)} rows and asked"
        )
        text += (
            f" Your model was {how} to know its share; what it takes is thought to "
            "grow with the rows."
        )
        if not learner.digest:
            text += (
                " It says something else each time it is fitted to the same rows, so "
                "that its answers are not stored: fix its seed, and a run that was "
                "interrupted goes on."
            )
    return text


def test_seconds(table: MixedTable, learner: Learner) -> float:
    """Return about how many seconds of one core the test of a table takes."""
    settings, features, n = Settings(), features_of_table(table), len(table.y)
    pairs = min(len(features.pairs), settings.most_pairs)
    most = settings.bases.main * features.X.shape[1]
    most += settings.bases.product**2 * pairs
    learned = settings.first + (1 - settings.first) / settings.n_folds * np.arange(
        settings.n_folds
    )
    width = min(most, n * learned.mean() / settings.bases.rows_per_fitted)
    seconds = BEGIN + settings.n_folds * (
        FIT * n * width**2 + FIT_PAIR * pairs * width**2 + BLIND * n * pairs
    )
    columns = features.X.shape[1]
    asked = predictions(n, columns, len(features), len(features.pairs))
    if learner.model is None:
        summed = columns if columns < WIDE else SUMMED_ANEW
        own = TRAIN * n + asked * (PREDICT + PREDICT_COLUMN * summed)
    else:
        fits = settings.n_folds + (len(features.pairs) > settings.most_pairs)
        own = fits * learner.once + learner.a_row * n * learned.sum()
        own += asked * learner.a_prediction
    return seconds + own


def predictions(n: int, n_columns: int, n_features: int, n_pairs: int) -> float:
    """Return how many predictions the mixed differences of a test ask for."""
    settings = Settings()
    bases, pairs = settings.bases, min(n_pairs, settings.most_pairs)
    width = min(
        bases.main * n_columns + bases.product**2 * pairs, n / bases.rows_per_projected
    )
    rows = min(n, bases.rows_per_described * width)
    asked = rows * (pairs + n_features) * settings.n_references * settings.n_folds
    if n_pairs > pairs:
        asked += SCREENED_ROWS * SCREENED_REFERENCES * (n_pairs + n_features)
    return asked


def ranking_seconds(table: MixedTable, n_networks: int) -> float:
    """Return about how many seconds of one core the rankings take."""
    columns = table.X.shape[1]
    pairs = columns * (columns - 1) / 2
    training = len(table.y) * (RANK + RANK_COLUMN * columns)
    return n_networks * (training + pairs * (READ + READ_COLUMN * columns))


def _about(seconds: float) -> str:
    """Return a time in words, no finer than it is known."""
    if seconds < MINUTE:
        return "less than a minute"
    if seconds < 90 * MINUTE:
        n = round(seconds / MINUTE)
        return f"about {n} minute{'s' * (n > 1)}"
    return f"about {seconds / 3600:.1f} hours"
