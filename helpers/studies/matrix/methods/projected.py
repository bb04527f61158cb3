"""The interaction test on tables: a ranking by its estimate, and its p-values."""

import numpy as np
import pandas as pd

from helpers.significance.interaction import interaction_test
from helpers.studies.matrix.kinds import Answer, Data, Learners, Method


def asked(data: Data, seed: int, learners: Learners) -> pd.DataFrame:
    """Return the table of the test's answer in the order of the pairs."""

    def ask() -> pd.DataFrame:
        answer = interaction_test(
            data.X, data.y, family=data.family, seed=seed, device="cpu"
        )
        place = {name: k for k, name in enumerate(answer.features)}
        rows = {
            tuple(sorted(place[name] for name in pair)): row
            for row, pair in enumerate(answer.table["pair"])
        }
        return answer.table.iloc[[rows[pair] for pair in data.pairs]]

    return learners.get("interaction test", ask)


def direction(data: Data, seed: int, learners: Learners) -> Answer:
    """Rank by the share of variance that the projected direction explains."""
    table = asked(data, seed, learners)
    return Answer(np.nan_to_num(table["estimate"].to_numpy(float)))


def test(data: Data, seed: int, learners: Learners) -> Answer:
    """Rank by z, and give its p and Holm's."""
    table = asked(data, seed, learners)
    p = table["p"].where(table["identifiable"]).to_numpy(float)
    return Answer(
        np.nan_to_num(table["z"].to_numpy(float)), p, table["p_holm"].to_numpy(float)
    )


METHODS = {
    "projected direction": Method(
        direction, "share explained by the test's direction", most_features=50
    ),
    "interaction test": Method(
        test, "the test of this book", tests=True, most_features=50
    ),
}
