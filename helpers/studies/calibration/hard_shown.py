"""What the page shows and says of hard tables, and of ways of testing in them."""

import pandas as pd

from helpers.studies.calibration.hard import (
    CROSSED_TABLES,
    HOLM,
    STEP_DOWN,
    STEPPED,
    hard_parts,
    planned_sets,
)
from helpers.studies.calibration.plan import AS_IT_IS, CROSSED
from helpers.studies.calibration.rates import over_numbers
from helpers.studies.calibration.tables import interval_text, percent_text
from helpers.truth.hard_tables import COMPARED_TABLES, HARD_TABLES, NULL_TABLES

#: Tables in which options are compared.
COMPARED = (*COMPARED_TABLES, *CROSSED_TABLES)
#: What a call does not mean: the data, what is true, what the test says, by table.
MEANINGS = {
    "hidden cause": (
        "two features that tag one unmeasured cause together",
        "no mechanism joins them",
        "an interaction: $E[y \\mid x]$ has one",
    ),
    "exponential": (
        "the exponential of a sum",
        "a sum on another scale",
        "an interaction on the scale of $y$",
    ),
    "its logarithm": ("its logarithm", "a sum", "no interaction"),
    "selected": (
        "rows that were selected by a large outcome",
        "a sum among all rows",
        "an interaction among the selected",
    ),
    "hidden composition": (
        "motif counts; the share of G and C decides and is no column",
        "no two motifs act together",
        "interactions of motifs that tell the composition",
    ),
}


def hard_shown(hard: pd.DataFrame) -> pd.DataFrame:
    """Return the error rates of hard tables, tested as the test is."""
    own = hard[(hard["way"] == AS_IT_IS) & hard["table"].isin(NULL_TABLES)]
    order = own["verdict"].map(lambda v: not v.startswith("fails"))
    return pd.DataFrame(
        [
            {
                "table": row.table,
                "about": HARD_TABLES[row.table].about,
                "rows": f"{row.n_rows:,}",
                "data sets": f"{row.sets} of {planned_sets(row.table)}",
                "p ≤ .05": interval_text(row, "rate"),
                "family-wise": interval_text(row, "family"),
                "cannot tell": f"{row.unclear:.0%}",
                "called (Holm)": percent_text(row.power),
                "verdict": row.verdict,
            }
            for row in own.iloc[order.argsort(kind="stable")].itertuples()
        ]
    )


def hard_waiting(hard: pd.DataFrame) -> str:
    """Return which hard tables have not run, in a sentence; empty if all have."""
    own = hard[hard["way"] == AS_IT_IS]
    ran = set(zip(own["table"], own["n_rows"], strict=True))
    planned = [
        (part["table"], part["n_rows"])
        for part in hard_parts("paper")
        if part["way"] == AS_IT_IS and part["table"] in NULL_TABLES
    ]
    waiting = [
        name if n_rows == HARD_TABLES[name].rows else f"{name} ({n_rows:,} rows)"
        for name, n_rows in dict.fromkeys(planned)
        if (name, n_rows) not in ran
    ]
    return f"Planned and not run yet: {'; '.join(waiting)}." if waiting else ""


def ways_shown(hard: pd.DataFrame) -> pd.DataFrame:
    """Return ways of testing beside each other, in the tables where they ran."""
    own = hard[hard["table"].isin(COMPARED)]
    place = {name: k for k, name in enumerate(COMPARED)}
    own = own.iloc[own["table"].map(place).argsort(kind="stable")]
    return pd.DataFrame(
        [
            {
                "table": f"{row.table} ({HARD_TABLES[row.table].about})",
                "way": row.way,
                "data sets": row.sets,
                "p ≤ .05": interval_text(row, "rate"),
                "family-wise": interval_text(row, "family"),
                "called (Holm)": percent_text(row.power),
                "verdict": row.verdict,
            }
            for row in own.itertuples()
        ]
    )


def ways_waiting(hard: pd.DataFrame) -> str:
    """Return which ways of testing have not run, in a sentence; empty if all have."""
    ran = set(zip(hard["table"], hard["way"], strict=True))
    planned = [(p["table"], p["way"]) for p in hard_parts("paper")]
    waiting = [
        f"{way} ({table})"
        for table, way in dict.fromkeys(planned)
        if table in COMPARED and (table, way) not in ran
    ]
    return f"Planned and not run yet: {'; '.join(waiting)}." if waiting else ""


def ways_words(hard: pd.DataFrame, trials: pd.DataFrame) -> str:
    """Say of each option whether it holds, and finds more than the test as it is.

    Parameters
    ----------
    hard : DataFrame
        As `hard.hard_rates` returns it.
    trials : DataFrame
        What it was made of: true pairs are told as counts.
    """
    by_way = {
        way: own.set_index("table")
        for way, own in hard[hard["table"].isin(COMPARED)].groupby("way")
    }
    usual = by_way.get(AS_IT_IS, pd.DataFrame())
    said = []
    for way in (CROSSED, STEP_DOWN):
        own = by_way.get(way, pd.DataFrame())
        same = [name for name in COMPARED if name in own.index]
        same = [name for name in same if name in usual.index]
        if not same:
            continue
        holds = all(own.loc[name, "verdict"] == "holds" for name in same)
        found = [
            name for name in same if own.loc[name, "power"] == own.loc[name, "power"]
        ]
        gains = [own.loc[n, "power"] - usual.loc[n, "power"] for n in found]
        better = bool(gains) and min(gains) >= 0 and max(gains) > 0
        verdict = "worth taking" if holds and better else "not worth taking"
        false, as_it_is = (_false(some.loc[same], trials) for some in (own, usual))
        text = (
            f"*{way}* {'holds' if holds else 'does not hold'} in the {len(same)} "
            f"tables: a false call {'by p_step' if way == STEP_DOWN else 'after Holm'} "
            f"in {false}, as it is in {as_it_is}"
        )
        rates = [some.loc[same, "rate"].mean() for some in (own, usual)]
        if rates[0] == rates[0]:  # step-down has no rate of single pairs
            text += f"; of null pairs it calls {rates[0]:.1%} at 5%, for {rates[1]:.1%}"
        more = "; ".join(f"{name} {_counts(trials, name, way)}" for name in found)
        text += f"; of true pairs {more}" if more else ""
        said.append(f"{text}. By the rule it is **{verdict}**")
    return f"{'. '.join(said)}." if said else ""


def _counts(trials: pd.DataFrame, table: str, way: str) -> str:
    """Return how many true pairs a way of testing calls, for the test as it is."""
    said = []
    for one in (way, AS_IT_IS):
        own = trials[trials["table"].eq(table) & trials["way"].eq(one)]
        found = STEPPED[1] if one == STEP_DOWN else HOLM[1]
        said.append((int(own[found].sum()), int(own["n_true"].sum())))
    (n, of), (n_usual, of_usual) = said
    start = f"{n}" if of == of_usual else f"{n} of {of}"
    return f"{start} for {n_usual} of {of_usual}"


def _false(rates: pd.DataFrame, trials: pd.DataFrame) -> str:
    """Return the share of data sets with a false call, of some tables together.

    rates : of the tables, by name, tested in one way
    """
    way = rates["way"].iloc[0]
    own = trials[trials["table"].isin(rates.index) & trials["way"].eq(way)]
    own = own[own["n_null"] > 0]
    false = own[STEPPED[0] if way == STEP_DOWN else HOLM[0]].astype(float)
    low, high = over_numbers(false, own["data_set"])
    return f"{false.mean():.1%} of {len(own)} data sets ({low:.1%} to {high:.1%})"


def meaning(trials: pd.DataFrame | None) -> pd.DataFrame:
    """Return how often calls came that are right and mean less than they seem.

    trials : as `hard.hard_trials` returns it
    """
    rows = []
    for name, (data, true, says) in MEANINGS.items():
        own = pd.DataFrame() if trials is None else trials[trials["table"].eq(name)]
        own = own[own["n_rows"].eq(HARD_TABLES[name].rows)] if len(own) else own
        called = _right_calls(own) if len(own) else ()
        rows.append(
            {
                "the data": data,
                "what is true": true,
                "what the test says": says,
                "rows": f"{HARD_TABLES[name].rows:,}",
                "data sets with a call": f"{sum(called)} of {len(own)}"
                if len(own)
                else "not run yet",
            }
        )
    rows.append(
        {
            "the data": "an interaction that the learner did not find",
            "what is true": "there is one",
            "what the test says": "nothing: no call is no proof",
            "rows": "",
            "data sets with a call": "",
        }
    )
    return pd.DataFrame(rows)


def _right_calls(own: pd.DataFrame) -> pd.Series:
    """Return the data sets with a true pair called; any pair, where none interacts."""
    return (own["true_holm"] > 0).where(own["n_true"] > 0, own["any_holm"])
