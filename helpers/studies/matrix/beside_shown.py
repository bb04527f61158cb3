"""What the calibration page shows of the interaction test beside its rivals."""

import pandas as pd

from helpers.studies.calibration.plan import AS_IT_IS, RIVAL_SETS, RIVALLED
from helpers.studies.calibration.rates import mean_interval, rival_rates
from helpers.studies.calibration.rivals import RIVALS as FIRST_RIVALS
from helpers.studies.calibration.worlds import WORLDS
from helpers.studies.matrix.beside import DISCOVERY, RIVALS, more_rival_rates

#: The name of our own rows.
OWN = "interaction test"
#: All tests, in the order of the page.
TESTS = (OWN, *FIRST_RIVALS, *RIVALS)
#: How a verdict is marked, by how it begins.
MARKS = {
    "holds": "", "fails: too many": " ↑", "fails: too few": " ↓", "open": " ?",
}  # fmt: skip
#: The world that shows what becomes of pairs beside a real one.
BESIDE = "strong product"


def all_tests(
    first: pd.DataFrame | None, more: pd.DataFrame | None, rates: pd.DataFrame, n: int
) -> pd.DataFrame:
    """Return the rates of the test and of its rivals in the same worlds.

    Parameters
    ----------
    first, more : DataFrame, optional
        Trials as `calibration.rival_trials` and `beside.more_rival_trials` return them,
        of n rows.
    rates : DataFrame
        Of our own trials as the test is, from `calibration.rates`.
    n : int
        Rows of a data set.

    Returns
    -------
    DataFrame
        As `more_rival_rates` returns it, by test and world in the order of the page.
    """
    found = [] if first is None else [rival_rates(first)]
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


def paired_power(
    trials: pd.DataFrame, n: int, *rivals: pd.DataFrame | None
) -> pd.DataFrame:
    """Return what rivals and the test call of true pairs on the data sets of both.

    Parameters
    ----------
    trials : DataFrame
        Our own, as `calibration.trials` returns them.
    n : int
        Rows of a data set.
    *rivals : DataFrame, optional
        As `first` and `more` of `all_tests`.

    Returns
    -------
    DataFrame
        rival, world, sets, power, ours (mean shares of true pairs called), low, high
        (95% interval of their difference, Student's over data sets)
    """
    own = trials[trials["learner"].eq("networks") & trials["n_rows"].eq(n)]
    own = own[own["way"].eq(AS_IT_IS)]
    ours = own[own["n_true"] > 0].set_index(["world", "data_set"])["true_holm"]
    rows = []
    for table in (table for table in rivals if table is not None):
        for (rival, world), asked in table.groupby(["rival", "world"], sort=False):
            both = asked.join(ours.rename("ours"), ["world", "data_set"])
            both = both.dropna(subset="ours")
            if both.empty:
                continue
            share, our = (both[k] / both["n_true"] for k in ("true_holm", "ours"))
            low, high = mean_interval((share - our).to_numpy())
            about = {"rival": rival, "world": world, "sets": len(both)}
            found = {
                "power": share.mean(),
                "ours": our.mean(),
                "low": low,
                "high": high,
            }
            rows.append(about | found)
    columns = ["rival", "world", "sets", "power", "ours", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def errors_table(tests: pd.DataFrame) -> pd.DataFrame:
    """Return false calls of every test, world by world, and its time.

    Of null pairs at p ≤ .05, and after the dot of data sets after correction; of tests
    that promise a false discovery rate, the mean share of false calls.
    """
    rows = []
    for name, own in tests.groupby("rival", sort=False):
        said = {row["world"]: _errors(row) for row in own.to_dict("records")}
        rows.append(
            {"test": name}
            | {world: said.get(world, "not run yet") for world in RIVALLED}
            | {
                "data sets": _span(own["sets"]),
                "core seconds": f"{own['seconds'].median():.2g}",
            }
        )
    return pd.DataFrame(rows)


def power_table(tests: pd.DataFrame, paired: pd.DataFrame) -> pd.DataFrame:
    """Return what every test finds of true pairs, and ours on the same data sets.

    tests, paired : as `all_tests` and `paired_power` return them
    """
    worlds = [name for name in RIVALLED if WORLDS[name].terms]
    beside = {
        (row["rival"], row["world"]): row for row in paired.to_dict("records")
    }  # fmt: skip
    rows = []
    for name, own in tests[tests["power"].notna()].groupby("rival", sort=False):
        said = {}
        for row in own.to_dict("records"):
            pair = beside.get((name, row["world"]))
            text = f"{row['power']:.0%}" if pair is None else _paired(pair)
            said[row["world"]] = text + _mark(row)
        rows.append({"test": name} | {w: said.get(w, "not run yet") for w in worlds})
    return pd.DataFrame(rows)


def _paired(pair: dict) -> str:
    star = "" if not pair["low"] * pair["high"] > 0 else "\\*"
    return f"{pair['power']:.0%} for {pair['ours']:.0%}{star}"


def _mark(row: dict) -> str:
    return next(m for start, m in MARKS.items() if row["verdict"].startswith(start))


def _errors(row: dict) -> str:
    if row["rival"] in DISCOVERY:
        return f"{row['false_share']:.0%} false{_mark(row)}"
    return f"{row['rate']:.1%} · {row['family']:.0%}{_mark(row)}"


def _span(values: pd.Series) -> str:
    low, high = int(values.min()), int(values.max())
    return f"{low}" if low == high else f"{low} to {high}"


def words(tests: pd.DataFrame) -> str:
    """Say which tests are shown to call too much, and in how many worlds.

    Those that promise a false discovery rate are left to the table.
    """
    asked = tests[~tests["rival"].isin(DISCOVERY)]
    asked = asked[~asked["verdict"].str.startswith("open")]
    if asked.empty:
        return ""
    too_many = asked["verdict"].str.startswith("fails: too many")
    worlds = too_many.groupby(asked["rival"], sort=False)
    sets = asked.groupby("rival", sort=False)["sets"].agg(_span)
    kept = [f"{name} ({sets[name]})" for name, n in worlds.sum().items() if not n]
    wrong = [
        f"{name} {n} of {worlds.size()[name]} ({sets[name]})"
        for name, n in worlds.sum().items()
        if n
    ]
    text = f"{len(kept)} of {len(sets)} tests are shown to call too much in no world"
    text += f" (in brackets data sets a world): {'; '.join(kept)}" if kept else ""
    text += (
        f". The others are, worlds of those asked: {'; '.join(wrong)}" if wrong else ""
    )
    return f"{text}. With few data sets only gross failures show."


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
        f"Null pairs called at 5% beside the {BESIDE}, those that share a feature "
        f"with it and those that do not: {said}."
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
    """Return what tests call at 5% of pairs that share a feature with a real one."""
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
        f"at most {own['rate'].max():.1%} of null pairs at 5%, "
        f"{own['power'].max():.0%} of true ones"
    )


def waiting(tests: pd.DataFrame) -> str:
    """Return which rivals have not run, or on few data sets; empty if all have."""
    sets = tests.set_index(["rival", "world"])["sets"]
    fewest = {
        name: min(sets.get((name, world), 0) for world in RIVALLED) for name in TESTS
    }
    missing = [f"{name} {n}" for name, n in fewest.items() if n < RIVAL_SETS]
    if not missing:
        return ""
    return f"Data sets a world so far, of {RIVAL_SETS} planned: {'; '.join(missing)}."
