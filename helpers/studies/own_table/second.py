"""Whether what was called in one table returns in another."""

import pandas as pd

from helpers.device import Device
from helpers.loaders.mixed_tables import MixedTable
from helpers.significance.interaction import Answer
from helpers.significance.interaction.statistics import holm
from helpers.studies.own_table.answers import asked, features_of_table
from helpers.studies.own_table.models import Learner
from helpers.studies.own_table.report import joined
from helpers.studies.stores import Store


def returned(
    answer: Answer,
    second: MixedTable | None,
    learner: Learner,
    *,
    seed: int = 0,
    device: Device = "auto",
    store: Store | None = None,
) -> tuple[str, pd.DataFrame | None]:
    """Ask a second table about the called pairs alone.

    What was called was chosen on other rows, so that it may be all that is asked: Holm
    counts the called pairs, and screening, which is for more than can be tested, does
    not come in.

    Parameters
    ----------
    answer : Answer
        Of the first table.
    second : MixedTable or None
    learner : Learner
    seed, device, store
        As of `asked`.

    Returns
    -------
    said : str
    table : DataFrame or None
        From `replication`; None where there is nothing to ask, or no table.
    """
    if second is None:
        return "No second table was given.", None
    called = answer.called()["pair"].tolist()
    if not called:
        return "Nothing was called, so there is nothing to look for.", None
    features = features_of_table(second)
    known = set(features.names[: features.n_tested])
    pairs = [pair for pair in called if known.issuperset(pair)]
    other = None
    if pairs:
        other = asked(
            second, learner, pairs=pairs, seed=seed, device=device, store=store,
            name="second",
        )  # fmt: skip
    one = "pair that was" if len(called) == 1 else "pairs that were"
    said = (
        f"The {len(called)} {one} called, asked in {len(second.y):,} other rows and "
        "corrected for this number (Holm)."
    )
    if len(pairs) < len(called):
        said += (
            f" {len(called) - len(pairs)} could not be asked: a column is missing "
            "there, or all its rows are alike."
        )
    return said, replication(answer, other)


def replication(answer: Answer, other: Answer | None) -> pd.DataFrame:
    """Return what another table says of the pairs that were called.

    Parameters
    ----------
    answer : Answer
    other : Answer or None
        Of the other table, about the called pairs alone or about more; None if it has
        the columns of none of them.

    Returns
    -------
    DataFrame
        pair, estimate and p_holm here, then estimate, low, high, p and p_holm there:
        the last corrects for the number of called pairs, asked or not. In `said there`
        "tested", "cannot tell", or "not asked": a column is missing there, or screening
        left the pair out.
    """
    called = joined(answer).set_index("pair").loc[lambda t: t["p_holm"] <= 0.05]
    columns = ["estimate", "low", "high", "p", "p_holm", "identifiable"]
    there = pd.DataFrame(index=called.index, columns=columns, dtype=float)
    if other is not None:  # whose columns may stand in another order
        names = {frozenset(pair): " × ".join(pair) for pair in answer.table["pair"]}
        found = other.table["pair"].map(lambda pair: names.get(frozenset(pair)))
        there = other.table.set_index(found)[columns]
        there = there[there.index.notna()].reindex(called.index)
    there["p_holm"] = holm(there["p"].to_numpy())
    asked = there.pop("identifiable")
    words = {True: "tested", False: "cannot tell"}
    there["said"] = [words[bool(v)] if v == v else "not asked" for v in asked]
    return called[["estimate", "p_holm"]].join(there.add_suffix(" there")).reset_index()
