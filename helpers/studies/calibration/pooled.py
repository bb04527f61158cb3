"""All worlds together: what is too rare in each of them to be seen.

With twenty data sets a world fails only if a quarter of them have a false call after
Holm. All worlds together say more, if less than as many data sets of their own would:
those of one number have their random numbers in common.
"""

import pandas as pd

from helpers.studies.calibration.plan import AS_IT_IS
from helpers.studies.calibration.rates import over_numbers

#: Far out, where corrections for many pairs look.
FAR = 0.001
COLUMNS = (
    "n_rows", "kind", "worlds", "sets", "numbers", "family", "family_low",
    "family_high", "far",
)  # fmt: skip
ALL, BESIDE, NONE = "all worlds", "beside real pairs", "without any"


def over_worlds(trials: pd.DataFrame) -> pd.DataFrame:
    """Return false calls over all worlds, with the default learner, by rows.

    Parameters
    ----------
    trials : DataFrame
        Rows of `trials`. Of each world the first data sets count, as many as the world
        with fewest has.

    Returns
    -------
    DataFrame
        n_rows, kind (all worlds, those with real pairs, those without any), worlds,
        sets (of all worlds), numbers (of data sets), family (share with a null pair
        called after Holm), with the 95% interval family_low and family_high (of
        `over_numbers`), and far (null pairs with p at most .001, times as many as
        there should be)
    """
    own = trials[trials["learner"].eq("networks") & trials["way"].eq(AS_IT_IS)]
    own = own[own["n_null"] > 0]
    found = []
    for n_rows, some in own.groupby("n_rows"):
        by_world = some.groupby("world")["data_set"]
        some = some[by_world.rank(method="first") <= by_world.size().min()]
        beside = some["n_true"] > 0
        for kind, part in ((ALL, some), (BESIDE, some[beside]), (NONE, some[~beside])):
            if len(part):
                about = {"n_rows": int(n_rows), "kind": kind}
                found.append(about | _rates(part))
    return pd.DataFrame(found, columns=COLUMNS)


def _rates(part: pd.DataFrame) -> dict:
    low, high = over_numbers(part["any_holm"].astype(float), part["data_set"])
    return {
        "worlds": part["world"].nunique(),
        "sets": len(part),
        "numbers": part["data_set"].nunique(),
        "family": part["any_holm"].mean(),
        "family_low": low,
        "family_high": high,
        "far": part["called_001"].sum() / part["n_null"].sum() / FAR,
    }


def over_worlds_shown(pooled: pd.DataFrame) -> pd.DataFrame:
    """Return `over_worlds` as text."""
    return pd.DataFrame(
        {
            "rows": f"{row.n_rows:,}",
            "worlds": f"{row.worlds} {row.kind}"
            if row.kind != ALL
            else f"{row.worlds}",
            "data sets": f"{row.sets:,} of {row.numbers} numbers",
            "with a false call (Holm)": f"{row.family:.1%} ({100 * row.family_low:.1f}–"
            f"{100 * row.family_high:.1f})",
            "p ≤ .001, times what it should be": f"{row.far:.2f}",
        }
        for row in pooled.itertuples()
    )


def over_worlds_words(pooled: pd.DataFrame, too_many: float) -> str:
    """Say how often a null pair is called after Holm, and whether that is too often.

    too_many : a rate is too high if its interval lies wholly above this
    """
    whole = pooled[pooled["kind"] == ALL]
    if whole.empty:
        return ""
    said = "; ".join(
        f"{row.family:.1%} at {row.n_rows:,} rows ({_worlds(row.worlds)}, {row.sets:,} "
        f"data sets of {row.numbers} numbers; {row.family_low:.1%} to "
        f"{row.family_high:.1%})"
        for row in whole.itertuples()
    )
    wrong = pooled[pooled["family_low"] > too_many]
    names = "; ".join(f"{row.kind}, {row.n_rows:,} rows" for row in wrong.itertuples())
    verdict = f"**too many in {names}**" if names else "nowhere shown to be too many"
    return f"A false call after Holm, over all worlds: {said}; {verdict}."


def _worlds(n: int) -> str:
    return f"{n} world{'' if n == 1 else 's'}"
