"""What the tests say of each pair, in one sentence."""

from typing import Any

import pandas as pd

from helpers.significance.interaction.answer import p_text

ALPHA = 0.05
CALLED = " The data themselves (matches) call it:"
NO_PAIR = (
    "Not asked: no two motifs stand together, without overlap, in enough held-out "
    "sequences. More sequences, or other motifs, are needed for this test."
)


def gains(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row a pair: its median loss change with interval, and who calls it.

    Parameters
    ----------
    table : DataFrame
        As from `motif_pairs.held_out_interaction`.

    Returns
    -------
    DataFrame
        pair, n, interaction, size, median, median_low, median_high, called (paired
        test, after Holm), largest gain first.
    """
    rows = table[table["test"] == "paired"]
    columns = [
        "pair",
        "n",
        "interaction",
        "size",
        "median",
        "median_low",
        "median_high",
    ]
    rows = rows[columns].assign(called=rows["p_holm"] < ALPHA)
    return rows.sort_values("median", ascending=False, ignore_index=True)


def verdicts(table: pd.DataFrame, matches: pd.DataFrame | None = None) -> list[str]:
    """Return what is said of each pair, in the order of `gains`.

    Parameters
    ----------
    table : DataFrame
        As for `gains`; without a row a sentence says that nothing was asked.
    matches : DataFrame, optional
        Of `asked_of_data`: what the data say of a pair follows what the model's tests
        say. Pairs that they alone call come last.
    """
    said_of_data = {} if matches is None else _of_data(matches)
    if len(table):
        calls = table.assign(called=table["p_holm"] < ALPHA)
        called = calls.pivot_table("called", "pair", "test", aggfunc="first")
        called = called.astype(bool)
        said = [
            _sentence(row, called.loc[row.pair]) + said_of_data.pop(row.pair, "")
            for row in gains(table).itertuples()
        ]
    else:
        said = [NO_PAIR]
    return said + [
        f"**{pair}**: the model's tests were not asked.{text}"
        for pair, text in said_of_data.items()
        if text.startswith(CALLED)
    ]


def _of_data(matches: pd.DataFrame) -> dict[str, str]:
    """Return what the test on motif matches says of each pair, by its name."""
    said = {}
    for row in matches.itertuples():
        if not row.identifiable:
            said[row.pair] = " The data themselves (matches) cannot tell."
        elif row.p_holm <= ALPHA:
            said[row.pair] = f"{CALLED} corrected p {p_text(row.p_holm, equals='= ')}."
        else:
            said[row.pair] = (
                " The data themselves (matches) do not call it (corrected p "
                f"{p_text(row.p_holm, equals='= ')})."
            )
    return said


def _sentence(row: Any, called: pd.Series) -> str:
    start = (
        f"**{row.pair}** (mean interaction {row.interaction:.3g}, {row.n:,} examples): "
    )
    if not called["paired"]:
        return start + (
            "held-out loss does not show it (median change without it "
            f"{row.median:.3g}, from {row.median_low:.3g} to {row.median_high:.3g}). "
            "Do not report it from this model; that the data hold none is not shown."
        )
    beyond = [
        text
        for test, text in (
            ("against random positions", "more than at random positions"),
            ("unpaired", "by much"),
        )
        if called.get(test, False)
    ]
    how = (
        " and ".join(beyond) or "but neither by much nor more than at random positions"
    )
    return start + (
        f"the model needs it, {how}. A candidate: it may still repair wrong main "
        "effects. Refit them, ask other networks, then do the experiment."
    )
