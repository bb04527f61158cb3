"""Tests of the matrix as rivals of the interaction test, on the calibration's data.

Fixed before any ran: the worlds, data sets and rule of the calibration page. Expected:
*ANOVA, bins* and both held-out losses call too much where features are correlated, for
their main effects are rough; *test of the model* calls too much everywhere, as it asks
another question; *Perm I* and *ArchDetect, Perm I* hold where nothing interacts, and
beside a real pair call more of the pairs that share a feature with it; *H, Perm T*
calls next to nothing (two data sets had been looked at), since H is large where there
is only noise. Of *knock-offs* and *iLOCO* nothing was expected. *Knock-offs, residuals*
came when the first had been seen to call hardly anything but false pairs: fewer of its
calls are false.
"""

import time

import numpy as np
import pandas as pd

from helpers import checks
from helpers.significance.interaction.statistics import holm
from helpers.studies.calibration.plan import DECISIVE, RIVAL_SETS, RIVALLED, SETS_A_PART
from helpers.studies.calibration.rates import (
    discovery_verdict_of,
    false_share_of,
    rival_rates,
)
from helpers.studies.matrix.cells import LEVEL
from helpers.studies.matrix.kinds import Answer, Data, Learners
from helpers.studies.matrix.methods import method
from helpers.studies.matrix.truths.tables import calibration_world

#: The rivals, the cheap ones first.
RIVALS = (
    "ANOVA, bins", "knock-offs", "knock-offs, residuals", "held-out loss, paired",
    "held-out loss, unpaired", "H, Perm T", "test of the model", "ArchDetect, Perm I",
    "iLOCO", "Perm I",
)  # fmt: skip
#: Those that promise a false discovery rate; their p are no p-values.
DISCOVERY = ("knock-offs", "knock-offs, residuals")


def more_rival_parts(size: str) -> list[dict]:
    """Return the parts: the first data sets of every rival and world before others."""
    checks.one_of("size", size, ("smoke", "quick", "paper"))
    worlds, names, n_sets, own = RIVALLED, RIVALS, RIVAL_SETS, SETS_A_PART[0]
    if size != "paper":
        worlds, names, own = DECISIVE[:2], RIVALS[:2], 4
        n_sets = own if size == "quick" else 1
    return [
        {"rival": r, "world": w, "first_set": first, "n_sets": min(own, n_sets - first)}
        for first in range(0, n_sets, own)
        for r in names
        for w in worlds
    ]


def more_rival_trials(
    *, rival: str, world: str, n_rows: int, first_set: int, n_sets: int, seed: int
) -> pd.DataFrame:
    """Ask a test of the matrix about data sets of the calibration; one row a data set.

    Parameters
    ----------
    rival : str
        A method of the matrix that gives p-values.
    world : str
        Of the calibration page, with a number as outcome.
    n_rows : int
    first_set, n_sets : int
        Numbers of the data sets: those of `calibration.trials`.
    seed : int
        Of the experiment; 0 for the data sets of the page.

    Returns
    -------
    DataFrame
        world, n_rows, rival, data_set, seconds, n_null, called_05, any_holm, n_true,
        true_holm as of `calibration.rival_trials`; n_false (pairs without interaction
        called after correction), n_sharing, sharing_05 (pairs that share a feature with
        a true one and do not interact, and those with p at most .05).

    Raises
    ------
    ValueError
        If the method gives no p-values.
    """
    asked = method(rival)
    if not asked.tests:
        raise ValueError(f"rival must give p-values; {rival!r} only ranks.")
    rows = []
    for number in range(first_set, first_set + n_sets):
        data_seed = 10_000 * seed + number
        data = calibration_world(data_seed, world=world, n_rows=n_rows)
        started = time.process_time()
        answer = asked.ask(data, data_seed, Learners(), **asked.knobs)
        seconds = round(time.process_time() - started, 3)
        about = {"world": world, "n_rows": n_rows, "rival": rival, "data_set": number}
        rows.append(about | {"seconds": seconds} | counted(answer, data))
    return pd.DataFrame(rows)


def counted(answer: Answer, data: Data) -> dict[str, int | bool]:
    """Return what an answer calls, as in `more_rival_trials`; no answer, no call."""
    p = np.nan_to_num(np.asarray(answer.p, float), nan=1.0)
    corrected = holm(p) if answer.corrected is None else np.asarray(answer.corrected)
    called, surely = p <= LEVEL + 1e-12, corrected <= LEVEL + 1e-12
    true, members = data.is_true, set(sum(data.true_pairs, ()))
    sharing = ~true & np.array([bool(members & set(pair)) for pair in data.pairs])
    return {
        "n_null": int((~true).sum()),
        "called_05": int((called & ~true).sum()),
        "any_holm": bool((surely & ~true).any()),
        "n_true": int(true.sum()),
        "true_holm": int((surely & true).sum()),
        "n_false": int((surely & ~true).sum()),
        "n_sharing": int(sharing.sum()),
        "sharing_05": int((called & sharing).sum()),
    }


def more_rival_rates(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rates of `calibration.rival_rates`, and two more of each cell.

    Of tests in `DISCOVERY` there is no rate of p ≤ .05, and the verdict asks whether
    the mean share of false calls may be 5%.

    Returns
    -------
    DataFrame
        as `calibration.rival_rates`; false_share (mean over data sets of false calls
        among all after correction, 0 without a call) with _low and _high; sharing,
        apart (share called at 5% of the pairs that share a feature with a true one,
        and of the other pairs without interaction; NaN where nothing interacts)
    """
    rates = rival_rates(table).set_index(["rival", "world"])
    for place, own in table.groupby(["rival", "world"], sort=False):
        more = _shares(own)
        if place[0] in DISCOVERY:
            more |= dict.fromkeys(("rate", "rate_low", "rate_high"), np.nan)
            more["verdict"] = discovery_verdict_of({"sets": len(own)} | more)
        rates.loc[place, list(more)] = list(more.values())
    return rates.reset_index()


def _shares(own: pd.DataFrame) -> dict:
    apart = (own["called_05"] - own["sharing_05"]).sum()
    n_apart = (own["n_null"] - own["n_sharing"]).sum()
    some = own["n_sharing"].sum() > 0
    return false_share_of(own["n_false"], own["true_holm"]) | {
        "sharing": own["sharing_05"].sum() / own["n_sharing"].sum() if some else np.nan,
        "apart": apart / n_apart if some and n_apart else np.nan,
    }
