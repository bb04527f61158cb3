"""What the test's answers say of their own error rates, from the stored trials."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers.significance.interaction.calibrated import (
    COLUMNS,
    LEARNER,
    NOTHING,
    SEEN,
    has_many_columns,
    kind_of,
)
from helpers.studies.calibration.plan import AS_IT_IS, CROSSED
from helpers.studies.calibration.rates import FEWEST
from helpers.studies.calibration.tables import ONE_PRODUCT, share_of
from helpers.studies.calibration.threes import THREE_WORLDS
from helpers.studies.calibration.worlds import WORLDS, World
from helpers.truth.drawn_tables import Drawn
from helpers.truth.hard_tables import (
    COMPARED_TABLES,
    HARD_TABLES,
    NULL_TABLES,
    draw_hard,
)

#: Ways of testing by the option of the test's settings, and by the learner.
WAYS = {CROSSED: "crossed", "step-down": "step_down"}
LEARNERS = {
    AS_IT_IS: LEARNER,
    **dict.fromkeys(WAYS, LEARNER),
    "trees, unseen": "trees trained elsewhere",
    "trees, seen": SEEN,
}


def for_answers(
    rates: pd.DataFrame,
    hard: pd.DataFrame | None = None,
    threes: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return what the test's answers say of their own error rates.

    Cells with a verdict, with what data like theirs are like: the file
    `helpers/significance/interaction/calibrated.csv`.

    Parameters
    ----------
    rates : DataFrame
        As `rates.rates` returns it.
    hard : DataFrame, optional
        As `hard.hard_rates` returns it.
    threes : DataFrame, optional
        As `rates`, of sets of three features.

    Returns
    -------
    DataFrame
        size (features of a set), learner, told (what the test is given beside X and
        y: "groups", "blocks", "covariates", many "columns", or "nothing"; or the
        option of its settings, "crossed" or "step_down"), world, family, kind, n_rows,
        sets, rate, family_wise, verdict, share (of worlds whose one true pair is a
        product: of the variance; else NaN), power (how often true pairs were called;
        NaN without any)
    """
    tables = [_for_answers(rates, WORLDS, 2)]
    if hard is not None:
        tables.append(_hard_for_answers(hard))
    if threes is not None:
        tables.append(_for_answers(threes, THREE_WORLDS, 3))
    order = ["size", "family", "kind", "n_rows", "world", "learner", "told"]
    return pd.concat(tables).sort_values(order, ignore_index=True)


def _for_answers(
    rates: pd.DataFrame, drawn: Mapping[str, World], size: int
) -> pd.DataFrame:
    """Return the same of drawn worlds, asked about sets of `size` features."""
    ran = rates[rates["sets"] >= FEWEST]
    worlds = [drawn[name] for name in ran["world"]]
    share = [
        share_of(world) if size == len(ONE_PRODUCT[1]) else np.nan for world in worlds
    ]
    return pd.DataFrame(
        {
            "size": size,
            "learner": ran["learner"],
            "told": [
                WAYS.get(way, "blocks" if world.joined else NOTHING)
                for way, world in zip(ran["way"], worlds, strict=True)
            ],
            "world": ran["world"],
            "family": [world.family for world in worlds],
            "kind": [world.kind for world in worlds],
            "n_rows": ran["n_rows"],
            "sets": ran["sets"],
            "rate": ran["rate"].round(4),
            "family_wise": ran["family"].round(4),
            "verdict": ran["verdict"],
            "share": share,
            "power": ran["power"].round(4),
        }
    )


def _hard_for_answers(hard: pd.DataFrame) -> pd.DataFrame:
    """Return the same of hard tables, tested as the test is or by other learners."""
    known = hard["table"].isin([*NULL_TABLES, *COMPARED_TABLES])
    ran = hard[known & hard["way"].isin(LEARNERS) & (hard["sets"] >= FEWEST)]
    drawn = [draw_hard(row.table, int(row.n_rows), 0) for row in ran.itertuples()]
    share = [HARD_TABLES[name].share for name in ran["table"]]
    return pd.DataFrame(
        {
            "size": 2,
            "learner": ran["way"].map(LEARNERS),
            "told": [
                WAYS.get(row.way, _told(data))
                for row, data in zip(ran.itertuples(), drawn, strict=True)
            ],
            "world": ran["table"],
            "family": [data.family for data in drawn],
            "kind": [kind_of(data.X) for data in drawn],
            "n_rows": ran["n_rows"],
            "sets": ran["sets"],
            "rate": ran["rate"].round(4),
            "family_wise": ran["family"].round(4),
            "verdict": ran["verdict"],
            "share": share,
            "power": ran["power"].round(4),
        }
    )


def _told(data: Drawn) -> str:
    """Return what the test is given beside features and outcome."""
    options = {
        "groups": data.groups, "blocks": data.blocks, "covariates": data.covariates
    }  # fmt: skip
    told = [name for name, own in options.items() if own is not None]
    many = [COLUMNS] if has_many_columns(data.X) else []
    return next(iter([*told, *many]), NOTHING)
