"""What the calibration page shows of the interaction test beside its rivals."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from helpers.studies.calibration.plan import RIVALLED
from helpers.studies.calibration.rates import rival_rates
from helpers.studies.calibration.rivals import RIVALS as QUICK_RIVALS
from helpers.studies.calibration.worlds import WORLDS
from helpers.studies.matrix.beside import DISCOVERY, RIVALS, more_rival_rates

#: The name of our own rows.
OWN = "interaction test"
#: All tests, in the order of the page.
TESTS = (OWN, *QUICK_RIVALS, *RIVALS)
#: How a verdict is marked, by how it begins.
MARKS = {
    "holds": "", "fails: too many": " ↑", "fails: too few": " ↓", "open": " ?",
}  # fmt: skip
#: The world that shows what becomes of pairs beside a real one.
BESIDE = "strong product"


def all_tests(
    quick: pd.DataFrame | None, more: pd.DataFrame | None, rates: pd.DataFrame, n: int
) -> pd.DataFrame:
    """Return the rates of the test and of its rivals in the same worlds.

    Parameters
    ----------
    quick, more : DataFrame, optional
        Trials as `calibration.rival_trials` and `beside.more_rival_trials` return them.
    rates : DataFrame
        Of our own trials, from `calibration.rates`.
    n : int
        Rows of a data set.

    Returns
    -------
    DataFrame
        As `more_rival_rates` returns it, by test and world in the order of the page.
    """
    found = [] if quick is None else [rival_rates(quick)]
    found += [] if more is None else [more_rival_rates(more)]
    usual = (
        rates["learner"].eq("networks") & rates["n_rows"].eq(n) & rates["sets"].gt(0)
    )
    asked = {world for table in found for world in table["world"]}
    own = rates[usual & rates["world"].isin(asked)]
    both = pd.concat([own.assign(rival=OWN), *found], ignore_index=True)
    for name, order in (("world", RIVALLED), ("rival", TESTS)):
        place = both[name].map({value: k for k, value in enumerate(order)})
        both = both.iloc[place.argsort(kind="stable")]
    return both.reset_index(drop=True)


def errors_table(tests: pd.DataFrame) -> pd.DataFrame:
    """Return false calls of every test, world by world, and its time.

    Of null pairs at p ≤ .05, and after the dot of data sets after correction; of tests
    that promise a false discovery rate, the mean share of false calls.
    """
    return _by_world(tests, _errors, RIVALLED) if len(tests) else tests


def power_table(tests: pd.DataFrame) -> pd.DataFrame:
    """Return what every test finds of true pairs, in brackets where its level fails."""
    worlds = tuple(name for name in RIVALLED if WORLDS[name].terms)
    return _by_world(tests, _power, worlds) if len(tests) else tests


def _by_world(
    tests: pd.DataFrame, cell: Callable[[dict], str], worlds: tuple[str, ...]
) -> pd.DataFrame:
    rows = []
    for name, own in tests.groupby("rival", sort=False):
        said = {row["world"]: cell(row) for row in own.to_dict("records")}
        rows.append(
            {"test": name}
            | {world: said.get(world, "not run yet") for world in worlds}
            | {
                "data sets": _span(own["sets"]),
                "core seconds": f"{own['seconds'].median():.2g}",
            }
        )
    return pd.DataFrame(rows)


def _errors(row: dict) -> str:
    mark = next(m for start, m in MARKS.items() if row["verdict"].startswith(start))
    if row["rival"] in DISCOVERY:
        return f"{row['false_share']:.0%} of calls{mark}"
    return f"{row['rate']:.1%} · {row['family']:.0%}{mark}"


def _power(row: dict) -> str:
    said = f"{row['power']:.0%}"
    return said if row["verdict"] == "holds" else f"({said})"


def _span(values: pd.Series) -> str:
    low, high = int(values.min()), int(values.max())
    return f"{low}" if low == high else f"{low} to {high}"


def words(tests: pd.DataFrame) -> str:
    """Say which tests call too much in no world, what these find, and the others.

    What a test finds is the mean over worlds of its power there.
    """
    if tests.empty:
        return ""
    worlds = tests.groupby("rival", sort=False)
    too_many = tests["verdict"].str.startswith("fails: too many")
    n_wrong = too_many.groupby(tests["rival"], sort=False).sum()
    power = worlds["power"].mean()
    kept = [name for name in n_wrong.index if not n_wrong[name]]
    found = "; ".join(
        f"{name} {'none asked' if power[name] != power[name] else f'{power[name]:.0%}'}"
        for name in sorted(kept, key=lambda name: -np.nan_to_num(power[name]))
    )
    wrong = "; ".join(
        f"{name} {n_wrong[name]} of {worlds.size()[name]}"
        for name in n_wrong.index
        if n_wrong[name]
    )
    text = f"Of {len(n_wrong)} tests {len(kept)} call too much in no world"
    text += f"; of true pairs they call: {found}" if found else ""
    return f"{text}. Worlds in which the others do: {wrong}." if wrong else f"{text}."


def sharing_words(tests: pd.DataFrame) -> str:
    """Say what tests call of the pairs that share a feature with a real one."""
    if "sharing" not in tests:
        return ""
    own = tests[tests["world"].eq(BESIDE) & tests["sharing"].notna()]
    own = own[~own["rival"].isin(DISCOVERY)].sort_values("sharing", ascending=False)
    if own.empty:
        return ""
    said = "; ".join(
        f"{row.rival} {row.sharing:.0%} and {row.apart:.0%}" for row in own.itertuples()
    )
    return (
        f"Beside the {BESIDE}, of the pairs that share a feature with it and do not "
        f"interact, and of those that share none, tests call at 5 %: {said}."
    )


def expectations(tests: pd.DataFrame) -> pd.DataFrame:
    """Return what was expected before anything ran, and what came.

    As `beside` has it; knock-offs and iLOCO have no expectation.
    """
    correlated = [name for name in RIVALLED if WORLDS[name].kind == "correlated"]
    rows = [
        {"expected": said, "what came": came}
        for said, came in (
            (
                "ANOVA, bins and held-out losses call too much beside correlated "
                "features",
                _too_many(
                    tests[tests["world"].isin(correlated)],
                    "ANOVA, bins", "held-out loss, paired", "held-out loss, unpaired",
                ),
            ),
            (
                "the test of the model calls too much everywhere",
                _too_many(tests, "test of the model"),
            ),
            (
                "Perm I and ArchDetect, Perm I hold where nothing interacts",
                _too_many(
                    tests[tests["power"].isna()], "Perm I", "ArchDetect, Perm I"
                ),
            ),
            (
                "and beside a real pair call more of the pairs that share a feature "
                "with it",
                _sharing(tests, "Perm I", "ArchDetect, Perm I"),
            ),
            (
                "H, Perm T calls next to nothing",
                _largest(tests, "H, Perm T"),
            ),
        )
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _too_many(tests: pd.DataFrame, *names: str) -> str:
    """Return in how many worlds each of some tests calls too much."""
    said = []
    for name in names:
        verdicts = tests.loc[tests["rival"] == name, "verdict"]
        n_wrong = int(verdicts.str.startswith("fails: too many").sum())
        said.append(f"{name}: too much in {n_wrong} of {len(verdicts)} worlds")
    return "; ".join(said)


def _sharing(tests: pd.DataFrame, *names: str) -> str:
    """Return what tests call at 5 % of pairs that share a feature with a real one."""
    own = tests[tests["world"] == BESIDE].set_index("rival")
    said = [
        f"{name}: {own.loc[name, 'sharing']:.0%} of them, {own.loc[name, 'apart']:.0%} "
        "of the others"
        for name in names
        if name in own.index
    ]
    return "; ".join(said) or "not run yet"


def _largest(tests: pd.DataFrame, name: str) -> str:
    """Return the largest rates at which a test calls null and true pairs."""
    own = tests[tests["rival"] == name]
    if own.empty:
        return "not run yet"
    return (
        f"at most {own['rate'].max():.1%} of null pairs at 5 %, "
        f"{own['power'].max():.0%} of true ones"
    )


def waiting(tests: pd.DataFrame) -> str:
    """Return where rivals have not run, in a sentence; empty if they all have."""
    ran = set(zip(tests["rival"], tests["world"], strict=True))
    missing = [f"{r} ({w})" for r in TESTS for w in RIVALLED if (r, w) not in ran]
    return f"Planned and not run yet: {'; '.join(missing)}." if missing else ""
