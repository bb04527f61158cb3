"""What the page on real tables shows and says of its steps."""

from typing import Any

import numpy as np
import pandas as pd

from helpers import datasets
from helpers.significance.interaction.statistics import holm
from helpers.studies.calibration.hard import hard_rates
from helpers.studies.nid.real_pairs import HALVES, RealTable, halves, real_table
from helpers.studies.nid.worlds import REAL

#: Calls below which nothing is said of what was expected.
FEWEST = 10


def returned(found: pd.DataFrame) -> pd.DataFrame:
    """Return what becomes of pairs called in one half of a table in the other half.

    Both halves take the part of the first in turn.

    Returns
    -------
    DataFrame
        name, rows, pairs, unclear (share without an answer), called (mean of a half),
        returned (share of called pairs that Holm, over them, calls in the other half),
        n_called (pairs called, over halves and repeats), elsewhere (share of pairs not
        called that the same threshold, p of .05 over that number, calls there).
    """
    rows = []
    for name, of_table in found.groupby("name", sort=False):
        called = again = others = n_others = n_halves = 0
        for _, own in of_table.groupby("repeat"):
            by_half = {h: own[own["half"] == h].set_index("pair") for h in HALVES}
            for one, other in (HALVES, HALVES[::-1]):
                chosen = by_half[one].query("p_holm <= 0.05").index
                there = by_half[other]["p"]
                p = there.reindex(chosen).fillna(1.0).to_numpy()
                called += len(p)
                again += int((holm(p, len(p)) <= 0.05).sum()) if len(p) else 0
                rest = there.drop(chosen, errors="ignore").dropna()
                others += int((rest <= 0.05 / max(len(p), 1)).sum())
                n_others += len(rest)
                n_halves += 1
        rows.append(
            {
                "name": name,
                "rows": int(of_table["rows"].mean()),
                "pairs": of_table["pair"].nunique(),
                "unclear": of_table["p"].isna().mean(),
                "called": called / n_halves,
                "returned": again / called if called else np.nan,
                "n_called": called,
                "elsewhere": others / n_others if n_others else np.nan,
            }
        )
    return pd.DataFrame(rows)


def returned_table(found: pd.DataFrame) -> pd.DataFrame:
    """Return `returned` as the table of a page."""
    shown = returned(found)
    return pd.DataFrame(
        {
            "Table": shown["name"].map(REAL),
            "Rows of a half": shown["rows"].map("{:,}".format),
            "Pairs": shown["pairs"],
            "Cannot tell": shown["unclear"].map("{:.0%}".format),
            "Called in a half": shown["called"].map("{:.1f}".format),
            "Return in the other": [
                f"{row.returned:.0%} of {row.n_called}" if row.n_called else ""
                for row in shown.itertuples()
            ],
            "Others called there": shown["elsewhere"].map("{:.0%}".format),
        }
    )


def middle_words(found: pd.DataFrame) -> str:
    """Say where the middle of each cloud of `halves` lies, and what that may be.

    found : of `pairs_of_halves`
    """
    medians = found.groupby("name", sort=False)["z"].median()
    told = "; ".join(f"{REAL[str(name)]} {z:.2f}" for name, z in medians.items())
    return (
        f"Median z over all pairs, halves and draws: {told}. If no pair interacted and "
        "the errors were right, it would be about zero. A cloud that lies above may be "
        "many weak pairs, or rows that depend on each other more than the errors know; "
        "the figure cannot tell which."
    )


def twins(table: RealTable, n_rows: int, seed: int) -> dict[str, float]:
    """Return how often rows of a table are the same, outcome included.

    Returns
    -------
    dict
        repeated (rows that repeat an earlier one), other (share of the rows of one half
        that stand in the other half too), own (share that repeat one of their half).
    """
    both = table.X.assign(outcome=table.y)
    row = both.groupby(list(both)).ngroup().to_numpy()
    one, other = (row[some] for some in halves(table, n_rows, seed))
    return {
        "repeated": int(both.duplicated().sum()),
        "other": float(np.isin(one, other).mean()),
        "own": float(pd.Series(one).duplicated().mean()),
    }


def twins_words(found: pd.DataFrame | None, seed: int) -> str:
    """Say that letters repeat, and how often two halves share a row.

    found : of `pairs_of_halves`; without its letters, or where the table is not at
    hand, no number is said
    """
    start = "**Letters that repeat.** "
    end = (
        "The test was told no groups of letters. So a row may be learned from and "
        "tested on, and its twin may stand in the other half: pairs of letters return "
        "more easily than they would among new letters."
    )
    letters = None if found is None else found[found["name"] == "letter_recognition"]
    try:
        if letters is None or letters.empty:
            raise datasets.DatasetUnavailable("No letters were asked about.")
        table = real_table("letter_recognition")
    except datasets.DatasetUnavailable:
        return f"{start}Many rows of this table repeat an earlier row. {end}"
    n = twins(table, int(letters["rows"].min()), 1_000 * seed)
    return (
        f"{start}Of {len(table.y):,} rows {n['repeated']:,} repeat an earlier row, "
        f"outcome and all. In the first draw {n['other']:.0%} of the rows of one half "
        f"stand in the other half too, and {n['own']:.0%} repeat one of their own. "
        f"{end}"
    )


def made_table(made: pd.DataFrame) -> pd.DataFrame:
    """Return the error rates of made outcomes as the table of a page."""
    rates = hard_rates(made)
    return pd.DataFrame(
        {
            "Table": rates["table"].map(REAL),
            "Data sets": rates["sets"],
            "p ≤ .05": [_interval(row, "rate") for row in rates.itertuples()],
            "Family-wise": [_interval(row, "family") for row in rates.itertuples()],
            "Cannot tell": rates["unclear"].map("{:.0%}".format),
            "Core seconds": rates["seconds"].map("{:.1f}".format),
            "Verdict": rates["verdict"],
        }
    )


def _interval(row: Any, name: str) -> str:
    value, low, high = (100 * getattr(row, name + end) for end in ("", "_low", "_high"))
    return f"{value:.1f}% ({low:.1f}–{high:.1f})" if low == low else f"{value:.1f}%"


def strongest_table(found: pd.DataFrame, most: int = 5) -> pd.DataFrame:
    """Return the pairs of each table that most halves call: how many, mean estimate."""
    rows = []
    for name, own in found.groupby("name", sort=False):
        n_halves = own.groupby(["repeat", "half"]).ngroups
        by_pair = own.assign(called=own["p_holm"] <= 0.05).groupby("pair")
        shares = by_pair.agg(called=("called", "sum"), estimate=("estimate", "mean"))
        shares = shares[shares["called"] > 0]
        shares = shares.sort_values(["called", "estimate"], ascending=False).head(most)
        rows += [
            {
                "Table": REAL[str(name)],
                "Pair": pair,
                "Called in halves": f"{int(row.called)} of {n_halves}",
                "Estimate": f"{row.estimate:.2%}",
            }
            for pair, row in shares.iterrows()
        ]
    return pd.DataFrame(rows, columns=["Table", "Pair", "Called in halves", "Estimate"])


def rankings_table(ranked: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Return what ten networks put first, how many of them, and what the test says.

    ranked : of `rankings_of`; found : of `pairs_of_halves`
    """
    rows = []
    for name, own in ranked.groupby("name", sort=False):
        tested = found[found["name"] == name]
        n_halves = tested.groupby(["repeat", "half"]).ngroups
        for method, title in (("nid", "weights (NID)"), ("archdetect", "ArchDetect")):
            top = own.sort_values(method, kind="stable").iloc[0]
            of_pair = tested[tested["pair"] == top["pair"]]
            rows.append(
                {
                    "Table": REAL[str(name)],
                    "Ranking": title,
                    "First by mean rank": top["pair"],
                    "First in networks": f"{top[f'{method}_first']:.0%}",
                    "Called in halves": f"{int((of_pair['p_holm'] <= 0.05).sum())} of "
                    f"{n_halves}",
                }
            )
    return pd.DataFrame(rows)


def said(tables: dict[str, pd.DataFrame]) -> str:
    """Say whether called pairs return, and made outcomes hold, as expected."""
    parts = []
    if "halves" in tables:
        parts.append(_returned_said(returned(tables["halves"])))
    if "made" in tables:
        parts.append(_made_said(hard_rates(tables["made"])))
    return " ".join(parts) or "*Not run yet.*"


def _returned_said(shown: pd.DataFrame) -> str:
    """Say how many calls return, and in which tables fewer do than was expected.

    shown : of `returned`
    """
    n = int(shown["n_called"].sum())
    share = float((shown["returned"] * shown["n_called"]).sum() / n) if n else 0.0
    text = (
        f"Of {n} calls in a half, over all tables and draws, {share:.0%} return in the "
        "other half"
    )
    if n < FEWEST:
        return f"{text}."
    text += f", **{'as' if share > 0.5 else 'not as'}** expected (more than half)."
    few = shown[(shown["returned"] <= 0.5) & (shown["n_called"] >= FEWEST)]
    if len(few) and share > 0.5:
        names = zip(few["name"], few["returned"], few["n_called"], strict=True)
        told = "; ".join(f"{REAL[name]} ({r:.0%} of {k})" for name, r, k in names)
        text += f" Of single tables it is half or fewer in {told}."
    return text


def _made_said(rates: pd.DataFrame) -> str:
    """Say in how many tables the test keeps its level on made outcomes.

    rates : of `hard_rates`
    """
    fails = rates[rates["verdict"].str.startswith("fails")]
    names = "; ".join(f"{REAL[r.table]} ({r.verdict[7:]})" for r in fails.itertuples())
    failed = f" and fails in {names}" if names else ""
    holds = int((rates["verdict"] == "holds").sum())
    still = len(rates) - len(fails) - holds
    has = "has" if still == 1 else "have"
    waits = f", and {still} {has} too few data sets to say" if still else ""
    return (
        f"With made outcomes the test holds in {holds} of {len(rates)} tables{failed}"
        f"{waits}."
    )
