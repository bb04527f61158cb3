"""Error against power: every test in every world in which it was asked.

The permutation tests of the chapter were asked where no pair interacts and beside six.
There the pattern of Perm I looks calibrated: with six pairs every gene is in a true
one, so that what leaks is nearly even. Beside one product and beside a hub it is not.
So a test is read in four worlds, and one that was asked in two has not passed.
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from helpers.studies.gene_gene import bootstrap, per_pair
from helpers.studies.gene_gene.per_pair import in_words
from helpers.studies.gene_gene.permuting import LEVEL, tested
from helpers.studies.gene_gene.stored_worlds import step_of
from helpers.studies.stores import Store

WORLDS = {
    **per_pair.NAMED,
    "one product": "one product interacts",
    "hub of four": "a hub interacts with four",
}
WITHOUT_NETWORKS = "Products of top SNPs"
Tables = Mapping[str, pd.DataFrame]  # by world


def permuted_tables(
    store: Store, chapter: Store, training: Store, *, drawn: Tables, uneven: Tables
) -> dict[str, list[pd.DataFrame]]:
    """Return what permutations and the bootstrap say, by world, as far as it is stored.

    Parameters
    ----------
    store, chapter, training : Store
        Of the page *A test for each pair*, of chapter 4, and of the page on training.
    drawn : mapping
        World -> rows of `bootstrap.ask_bootstrap`.
    uneven : mapping
        World -> rows of `leaks.ask_permuted`.
    """
    tables = per_pair.permuted_worlds(chapter, training)
    if (fixed := training.paper("fixed-epochs")) is not None:
        networks = training.made_with("fixed-epochs")["n_networks"]
        rows = tested(fixed).query("scheme == 'Perm T'")
        rows = rows.assign(scheme="Perm T, fixed epochs", networks=networks, panels=1)
        tables["six pairs"].append(rows)
    tables = bootstrap.beside(tables, own_people(store, "bootstrap", drawn))
    for world, table in own_people(store, "permuted", uneven).items():
        tables[world] = [table]
    return tables


def own_people(store: Store, what: str, tables: Tables) -> dict[str, pd.DataFrame]:
    """Return tables of `per_pair.data_set` with the columns networks and panels.

    what : the first word of their steps' names
    """
    return {
        world: table.assign(
            networks=store.made_with(step_of(what, world))["n_networks"],
            panels=table["data_set"].nunique(),
        )
        for world, table in tables.items()
    }


def errors_and_power(
    store: Store, asked: Tables, permuted: Mapping[str, list[pd.DataFrame]]
) -> pd.DataFrame:
    """Return a row a test and world: `per_pair.errors_and_power` in all of `WORLDS`.

    asked : world -> rows of `per_pair.ask_pairs`
    permuted : as of `permuted_tables`
    """
    both = per_pair.errors_and_power(
        own_people(store, "pairs", asked), permuted, WORLDS
    )
    if len(both):
        both.loc[both["test"] == WITHOUT_NETWORKS, "networks"] = 0
    return both


def errors_table(both: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `errors_and_power` as text."""
    return pd.DataFrame(
        {
            "Test": row["test"],
            "Where": row["world"],
            "Networks": row["networks"] or "–",
            "Panels": row["panels"],
            "Data sets": row["data_sets"],
            "False at 5%": in_words(row, "at_5"),
            "Any false, corrected": in_words(row, "any"),
            "Power, corrected": in_words(row, "power"),
        }
        for row in both.to_dict("records")
    )


def held_text(both: pd.DataFrame) -> str:
    """Say which tests stand at the level in every world, and which were not asked.

    At the level: the interval of the share of false pairs at 5% holds 5%, and that of
    data sets with a false call after correction does not lie above it. Of one data set
    nothing is said.
    """
    both = both[both["data_sets"] > 1]
    held = (both["at_5_low"] <= LEVEL) & (both["at_5_high"] >= LEVEL)
    held &= both["any_low"] <= LEVEL
    whole, part, few = [], [], []
    for test, rows in both.assign(held=held).groupby("test", sort=False):
        off = rows.loc[~rows["held"], "world"]
        if off.empty:
            (whole if len(rows) == len(WORLDS) else few).append(test)
        elif len(off) < len(rows):
            part.append(f"{test} (not where {' or '.join(off)})")
    said = [f"At the line in all {len(WORLDS)} worlds: **{_listed(whole)}**."]
    if part:
        said.append(f"In some worlds only: {_listed(part)}.")
    if few:
        said.append(f"Wherever asked, which is not everywhere: {_listed(few)}.")
    return " ".join(said)


def rests_on_text(both: pd.DataFrame) -> str:
    """Say how many networks, data sets and panels of people the circles rest on."""
    both = both.assign(shared=both["panels"] < both["data_sets"])
    groups = both.groupby(["shared", "networks"], sort=False)
    said = []
    for (shared, networks), rows in groups:
        people = (
            "one panel of people in each world" if shared else "people of their own"
        )
        trained = f"{networks} networks each" if networks else "no networks"
        low, high = rows["data_sets"].min(), rows["data_sets"].max()
        sets = f"{low}" if low == high else f"{low} to {high}"
        sets += " data sets" if high > 1 else " data set"
        tests = []
        for test, own in rows.groupby("test", sort=False):
            all_of_it = len(own) == (both["test"] == test).sum()
            worlds = "" if all_of_it else f" (where {' or '.join(own['world'])})"
            tests.append(f"{test}{worlds}")
        said.append(f"**{sets} with {people}**, {trained}: {_listed(tests)}.")
    return " ".join(said)


def _listed(names: Sequence[str]) -> str:
    """Return names as a list in a sentence; some have commas of their own."""
    return "; ".join(names) or "none"
