"""What the page shows and says of the stored trials."""

import numpy as np
import pandas as pd

from helpers.significance.calibration import exact_interval
from helpers.studies.calibration.plan import AS_IT_IS, CROSSED, DECISIVE
from helpers.studies.calibration.rates import FEWEST
from helpers.studies.calibration.worlds import WORLDS, World

#: Kind and members of the term whose share power is drawn against.
ONE_PRODUCT = ("product", (0, 1))
#: Share of intervals that should hold the truth.
PROMISED = 0.95


def shown(rates: pd.DataFrame) -> pd.DataFrame:
    """Return the error rates of what ran, with intervals; failing worlds first."""
    ran = rates[rates["sets"] > 0]
    order = ran["verdict"].map(lambda v: not v.startswith("fails"))
    rows = [
        {
            "world": _named(row),
            "rows": f"{row.n_rows:,}",
            "data sets": f"{row.sets} of {row.planned}",
            "p ≤ .05": interval_text(row, "rate"),
            "family-wise": interval_text(row, "family"),
            "verdict": row.verdict,
        }
        for row in ran.iloc[order.argsort(kind="stable")].itertuples()
    ]
    return pd.DataFrame(rows)


def details(rates: pd.DataFrame) -> pd.DataFrame:
    """Return what else is known of null pairs, and the cost."""
    rows = [
        {
            "world": _named(row),
            "rows": f"{row.n_rows:,}",
            "p ≤ .001": f"{row.tail:.2%}",
            "family-wise, bootstrap": f"{row.maxt:.0%}",
            "z": f"{row.z_mean:+.2f} ± {row.z_sd:.2f}",
            "intervals that hold": _percent(row.coverage),
            "cannot tell": f"{row.unclear:.0%}",
            "core seconds": f"{row.seconds:.1f}",
        }
        for row in rates[rates["sets"] > 0].itertuples()
    ]
    return pd.DataFrame(rows)


def seconds_words(trials: pd.DataFrame | None) -> str:
    """Say how long the test takes with more rows: as it is, the default learner.

    trials : as `trials.trials` returns it; None where it has not run
    """
    if trials is None:
        return ""
    own = trials[trials["learner"].eq("networks") & trials["way"].eq(AS_IT_IS)]
    by_rows = own.groupby("n_rows", as_index=False)["seconds"].agg(["median", "size"])
    rows = list(by_rows.itertuples())
    told = "; ".join(
        f"{row.median:.2g} with {row.n_rows:,} rows ({row.size:,} data sets)"
        for row in rows
    )
    text = f"Median seconds of one core in the trials, with ten features: {told}."
    few, many = rows[0], rows[-1]
    if few is not many:
        text += (
            f" With {many.n_rows / few.n_rows:.3g} times the rows the test takes "
            f"{many.median / few.median:.2g} times the seconds."
        )
    return text


def found(rates: pd.DataFrame) -> pd.DataFrame:
    """Return what becomes of true pairs: power, estimates and their intervals."""
    ran = rates[(rates["sets"] > 0) & rates["power"].notna()]
    rows = [
        {
            "world": _named(row),
            "rows": f"{row.n_rows:,}",
            "called (Holm)": f"{row.power:.0%}",
            "directions explain": _percent(row.explains),
            "estimated": _percent(row.estimate) if row.explains == row.explains else "",
            "intervals that hold": _percent(row.true_coverage),
            "called, explain": _percent(row.called_explains),
            "called, estimated": _percent(row.called_estimate)
            if row.called_explains == row.called_explains
            else "",
            "called, intervals that hold": _percent(row.called_coverage)
            and f"{_percent(row.called_coverage)} ({row.called_intervals:.0f})",
        }
        for row in ran.itertuples()
    ]
    return pd.DataFrame(rows)


def intervals_words(rates: pd.DataFrame) -> str:
    """Say whether intervals hold among called pairs, and by how much estimates err."""
    ran = rates[(rates["sets"] > 0) & (rates["called_intervals"] > 0)]
    if ran.empty:
        return ""
    n_called = ran["called_intervals"].round().astype(int)
    n_held = (ran["called_coverage"] * n_called).round().astype(int)
    highest = [
        exact_interval(*counts)[1] for counts in zip(n_held, n_called, strict=True)
    ]
    few = ran[np.array(highest) < PROMISED]
    text = (
        f"Intervals should hold the truth in {PROMISED:.0%} of cases; among called "
        f"pairs they are shown to do so less often in {len(few)} of {len(ran)} lines"
    )
    if len(few):
        names = "; ".join(
            f"{_named(row)}, {row.n_rows:,} rows ({row.called_coverage:.1%} of "
            f"{row.called_intervals:.0f})"
            for row in few.itertuples()
        )
        text += f": {names}"
    most = ran[ran["called_explains"] > 0].copy()
    most["times"] = most["called_estimate"] / most["called_explains"]
    row = most.sort_values("times").iloc[-1] if len(most) else None
    if row is not None and row["times"] > 1:
        text += (
            f". Estimates of called pairs are furthest off in {_named(row)} "
            f"({row['power']:.0%} are called): {_percent(row['called_estimate'])} on "
            f"average, in truth {_percent(row['called_explains'])}"
        )
    return f"{text}."


def _named(row: pd.Series) -> str:
    """Return the name of a world, with the learner if it is not the default one."""
    return row.world if row.learner == "networks" else f"{row.world} ({row.learner})"


def power_by_share(rates: pd.DataFrame) -> pd.DataFrame:
    """Return power against the share of variance of one product, where it ran.

    Returns
    -------
    DataFrame
        n_rows, share, power, low, high (exact 95 % interval), sets: the default
        learner
    """
    ran = rates[(rates["sets"] > 0) & (rates["learner"] == "networks")]
    rows = []
    for row in ran.itertuples():
        share = planned_share(WORLDS[row.world])
        if share == share:
            low, high = exact_interval(round(row.power * row.sets), row.sets)
            rows.append((row.n_rows, share, row.power, low, high, row.sets))
    columns = ["n_rows", "share", "power", "low", "high", "sets"]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values(["n_rows", "share"], ignore_index=True)


def share_of(world: World) -> float:
    """Return the share of the one true pair of a world of numbers, else NaN."""
    usual = world.family == "gaussian" and len(world.terms) == 1
    return world.terms[0][2] if usual and world.terms[0][:2] == ONE_PRODUCT else np.nan


def planned_share(world: World) -> float:
    """Return the same where features are numbers correlated .5, else NaN.

    Independent features, and allele counts, make a pair easier to see.
    """
    usual = world.rho == World.rho and not world.alleles
    return share_of(world) if usual else np.nan


def crossed_shown(rates: pd.DataFrame) -> pd.DataFrame:
    """Return error rates, false discoveries and power of both ways of testing.

    rates : as `rates.rates` returns them; shown where crossed parts ran
    """
    ran = rates[rates["sets"] > 0]
    crossed = set(_keys(ran[ran["way"] == CROSSED]))
    ran = ran[[key in crossed for key in _keys(ran)]]
    place = {key: k for k, key in enumerate(dict.fromkeys(_keys(ran)))}
    order = np.argsort([place[key] for key in _keys(ran)], kind="stable")
    return pd.DataFrame(
        [
            {
                "world": _named(row),
                "rows": f"{row.n_rows:,}",
                "way": row.way,
                "data sets": f"{row.sets} of {row.planned}",
                "p ≤ .05": interval_text(row, "rate"),
                "family-wise": interval_text(row, "family"),
                "verdict": row.verdict,
                "false discoveries (BH)": interval_text(row, "false_share"),
                "called (Holm)": percent_text(row.power),
                "called (BH)": percent_text(row.found),
            }
            for row in ran.iloc[order].itertuples()
        ]
    )


def crossed_words(rates: pd.DataFrame) -> str:
    """Say where crossed parts, and the false discovery rate, do not hold."""
    said = []
    for name, own, verdict in (
        ("*crossed*", rates[rates["way"] == CROSSED], "verdict"),
        ("The false discovery rate", rates, "discovery_verdict"),
    ):
        own = own[own["sets"] >= FEWEST]
        if own.empty:
            continue
        wrong = own[own[verdict].str.startswith("fails: too many")]
        text = f"{name} calls too much in {len(wrong)} of {len(own)} lines"
        where = "; ".join(
            f"{_named(row)}, {row.n_rows:,} rows, {row.way}"
            for row in wrong.itertuples()
        )
        said.append(f"{text} ({where})" if where else text)
    said += _gained(rates)
    return f"{'. '.join(said)}." if said else ""


def _gained(rates: pd.DataFrame) -> list[str]:
    """Return what `crossed` calls of true pairs where both ways ran, or nothing."""
    ran = rates[(rates["sets"] > 0) & rates["power"].notna()]
    power = {
        way: dict(zip(_keys(own), own["power"], strict=True))
        for way, own in ran.groupby("way")
    }
    usual, crossed = (power.get(way, {}) for way in (AS_IT_IS, CROSSED))
    gained = "; ".join(
        f"{world}{'' if learner == 'networks' else f' ({learner})'}, {n_rows:,} rows, "
        f"{crossed[key]:.0%} for {usual[key]:.0%}"
        for key in usual
        if key in crossed
        for world, n_rows, learner in [key]
    )
    return [f"Of true pairs *crossed* calls, for the test as it is: {gained}"] * bool(
        gained
    )


def _keys(rates: pd.DataFrame) -> list[tuple]:
    """Return world, rows and learner of each cell: what two ways are compared in."""
    return list(zip(rates["world"], rates["n_rows"], rates["learner"], strict=True))


def more_rows(rates: pd.DataFrame) -> str:
    """Say whether more rows make the test worse, where worlds ran at several sizes."""
    ran = rates[(rates["sets"] > 0) & (rates["learner"] == "networks")]
    judged = ran[ran["sets"] >= FEWEST].sort_values("n_rows", kind="stable")
    several = judged.groupby("world", sort=False)["n_rows"].transform("nunique") > 1
    few, many = (
        judged[several].drop_duplicates("world", keep=keep).set_index("world")
        for keep in ("first", "last")
    )
    if many.empty:
        return "No world has a verdict at two sizes yet."
    said = [
        f"{world} {few.loc[world, 'rate']:.1%} at {few.loc[world, 'n_rows']:,} rows, "
        f"{_at_most_rows(many.loc[world])}"
        for world in many.index[many.index.isin(DECISIVE)]
    ]
    text = f"Null pairs called at 5%: {'; '.join(said)}. " if said else ""
    others = many[~many.index.isin(DECISIVE)]
    if len(others):
        wrong = others.index[others["verdict"].str.startswith("fails: too many")]
        text += (
            f"In the {len(others)} other worlds it is {others['rate'].min():.1%} to "
            f"{others['rate'].max():.1%} with most rows ({_range(others['sets'])} data "
            f"sets; no interval ends above {others['rate_high'].max():.1%}), and shown "
            f"to be too many in {'; '.join(wrong) or 'none'}. "
        )
    names = "; ".join(
        f"{row.world}, {row.n_rows:,} rows ({row.sets})"
        for row in ran[ran["sets"] < FEWEST].itertuples()
    )
    text += f"Too few data sets for a verdict: {names}." if names else ""
    return text.strip()


def _range(values: pd.Series) -> str:
    """Return the smallest and the largest of some numbers, once if they are one."""
    return " to ".join(f"{n:,}" for n in sorted({values.min(), values.max()}))


def _at_most_rows(row: pd.Series) -> str:
    """Return the rate of a world with most rows, and whether it is too high."""
    wrong = " **(too many)**" if row["verdict"].startswith("fails: too many") else ""
    between = f"({row['rate_low']:.1%} to {row['rate_high']:.1%})"
    return f"{row['rate']:.1%} {between} at {row['n_rows']:,}{wrong}"


def not_run(rates: pd.DataFrame) -> str:
    """Return what is planned and has not run, in a sentence; empty if all has."""
    waiting = rates[rates["sets"] == 0]
    if waiting.empty:
        return ""
    names = [
        f"{learner}, {n_rows:,} rows: {'; '.join(own['world'])}."
        for (n_rows, learner), own in waiting.groupby(["n_rows", "learner"], sort=False)
    ]
    return "\n- ".join(["Planned and not run yet:\n", *names])


def _percent(value: float) -> str:
    return "" if value != value else f"{value:.1%}"


def percent_text(value: float) -> str:
    """Return a share in whole per cent; nothing where it is not known."""
    return "" if value != value else f"{value:.0%}"


def interval_text(row: pd.Series, name: str) -> str:
    """Return a rate of `rates` in per cent, with its 95% interval where it has one."""
    value, low, high = (100 * getattr(row, name + end) for end in ("", "_low", "_high"))
    if value != value:
        return ""
    if low != low:
        return f"{value:.1f}%"
    return f"{value:.1f}% ({low:.1f}–{high:.1f})"


def worlds_table() -> pd.DataFrame:
    """Return what each world is, and which pairs truly interact."""
    return pd.DataFrame(
        [
            {
                "world": name,
                "about": world.about,
                "true pairs": ", ".join(
                    f"x{i + 1} x{j + 1}" for i, j in world.true_pairs
                )
                or "none",
            }
            for name, world in WORLDS.items()
        ]
    )


def words(rates: pd.DataFrame) -> str:
    """Return the sentence that the answer to the page's question is."""
    counts = rates["verdict"].value_counts()
    held = int(counts.get("holds", 0))
    fails = rates[rates["verdict"].str.startswith("fails")]
    still = int(rates["verdict"].str.startswith("open").sum())
    text = (
        f"Of {len(rates)} planned worlds, sizes and learners **{held}** hold, "
        f"**{len(fails)}** fail, **{still}** {'is' if still == 1 else 'are'} open (too "
        "few data sets for a verdict) and "
        f"**{int(counts.get('not run yet', 0))}** have not run."
    )
    for verdict, own in fails.groupby("verdict", sort=False):
        names = "; ".join(
            f"{row.world}, {row.n_rows:,} rows"
            + (f", {row.learner}" if row.learner != "networks" else "")
            for row in own.itertuples()
        )
        reason = verdict.removeprefix("fails: ").capitalize()
        text += f" {reason}: {names}."
    return text
