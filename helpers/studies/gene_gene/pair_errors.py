"""What stored tables say of the errors of tests of a pair, in words."""

import pandas as pd
from scipy import stats

from helpers.studies.gene_gene.pair_witness import in_hundred
from helpers.studies.gene_gene.per_pair import (
    REPLICATIONS,
    holm_of_sets,
    in_words,
    rates,
    share_of_sets,
    stored_worlds,
)
from helpers.studies.gene_gene.permuting import is_called
from helpers.studies.stores import Store

LEVELS = {"at_5": 0.05, "at_10": 0.10}


def beside_pairs_text(store: Store) -> str:
    """Say how often the test of each pair errs where other pairs interact.

    Of the data sets drawn after the test was finished: the first hundred of each world
    shaped it, and so are no evidence of its level.

    Parameters
    ----------
    store : Store
        Of the page that counts its errors, ``4-pairs``.
    """
    asked = stored_worlds(store)
    witness = [in_hundred(asked, world, 1) for world in asked]
    paired = [table for table in witness if (table["form"] != "none").any()]
    if not paired:
        return ""
    by_pair = [rates(table) for table in paired]
    some = pd.concat(map(any_false, paired), ignore_index=True)
    shares = [found["at_5"] for found in by_pair]
    any_of_all = in_words(share_of_sets(some, "any"), "any")
    return (
        f"Simulated people say how often it errs beside real pairs: in {len(paired)} "
        f"worlds it calls {min(shares):.1%} to {max(shares):.1%} of the false pairs at "
        f"5%, and after Holm some false pair in {any_of_all} of {len(some)} data "
        "sets drawn after the test was finished, where at most 5% are meant."
    )


def any_false(table: pd.DataFrame, column: str = "p") -> pd.Series:
    """Return for each data set whether a false pair is called after Holm.

    table, column : as for `per_pair.rates`
    """
    table = table.reset_index(drop=True)
    false = is_called(holm_of_sets(table, column)) & (table["form"] == "none")
    return false.groupby(table["data_set"]).any()


def replication_text(asked: dict[str, pd.DataFrame]) -> str:
    """Say whether each way to replicate keeps its levels, of pairs and of data sets.

    asked : world -> rows of `per_pair.ask_pairs`
    """
    said = []
    for world, table in asked.items():
        if table["data_set"].nunique() < 2:
            continue
        if table["p_centred"].isna().any() or table["p_replicated"].isna().any():
            continue
        lines = [
            f"- {name} errs in {_errors(rates(table, column))}"
            for name, column in REPLICATIONS
        ]
        said.append("\n".join([f"Beside {world}:\n", *lines]))
    return "\n\n".join(said)


def _errors(found: dict[str, float]) -> str:
    """Return pairs called at each level, and data sets with a false call after Holm."""
    level = LEVELS["at_5"]
    broken = found["any_low"] > level
    text = (
        f"{_levels(found)}. After Holm some false pair is called in "
        f"{in_words(found, 'any')} of the data sets, "
        + (f"**more** than {level:.0%}." if broken else "level kept.")
    )
    if broken and found["at_5_low"] <= level:
        text += " So its smallest p are too small, not so the others."
    return text


def _levels(found: dict[str, float]) -> str:
    """Return the shares of false pairs called, each beside its level."""
    return "; ".join(
        f"{in_words(found, name)} at {level:.0%}, {_side(found, name, level)}"
        for name, level in LEVELS.items()
    )


def _side(found: dict[str, float], name: str, level: float) -> str:
    """Return where an interval lies beside its level."""
    if found[f"{name}_low"] > level:
        return "**above** it"
    return "below it" if found[f"{name}_high"] < level else "level kept"


def few_sets_text(asked: dict[str, pd.DataFrame], level: float = 0.05) -> str:
    """Say what a few data sets leave open, of the world with most false calls.

    asked : world -> rows of `per_pair.ask_pairs`
    """
    called = {world: any_false(table) for world, table in asked.items()}
    if not called:
        return ""
    world = max(called, key=lambda name: called[name].mean())
    some, found = called[world], share_of_sets(called[world], "any")
    holds = found["any_low"] <= level <= found["any_high"]
    needed = next(
        k
        for k in range(len(some) + 1)
        if k == len(some) or stats.binomtest(k, len(some)).proportion_ci().low > level
    )
    return (
        f"The world with most false calls after Holm is *{world}*: {int(some.sum())} "
        f"of {len(some)} data sets, {in_words(found, 'any')}, an interval that "
        f"{'holds' if holds else 'does not hold'} {level:.0%}. In {len(some)} data "
        f"sets {needed} would be the fewest to show more than {level:.0%}."
    )
