"""The tables and sentences of the page *What it costs*, from the table of a run."""

from collections.abc import Iterator, Mapping

import pandas as pd

from helpers.press.bench import run
from helpers.press.bench.growth import LIMIT, slopes
from helpers.press.results import Markdown, duration, to_markdown

NO_RUN = "```{note}\nNo run on {device} is committed yet; `{command}` makes one.\n```"


def not_run(device: str, command: str) -> Markdown:
    """Return the note that stands where a run is missing."""
    return Markdown(NO_RUN.replace("{device}", device).replace("{command}", command))


def when(manifest: dict) -> Markdown:
    """Return one line on a run: date, machine, time, commit, whether it was quiet."""
    ran = manifest["ran"]
    quiet = "quiet" if run.is_quiet(ran) else "**not quiet**"
    others = ran.get("busy_others")
    busy = "not recorded" if others is None else f"{others} processors"
    parts = [
        f"Measured **{ran['date'][:10]}** on {ran['device']}",
        f"{ran['cores']} of its cores used at most",
        f"in {duration(ran['seconds'])}, medians of {ran['repeats']}",
        f"the machine {quiet} (other work: {busy})",
        f"commit {ran['commit']}, the engine last changed in {ran['engine']}",
        f"torch {ran['versions'].get('torch', '?')}",
    ]
    if ran.get("quick"):
        parts.insert(0, "**A check that it runs: its numbers mean nothing**")
    return Markdown(" · ".join(parts))


def peaks(table: pd.DataFrame) -> Markdown:
    """Say what the machine reached in the same run."""
    rows = table[table["section"] == "machine"].set_index("subject")
    told = {
        subject: f"{row['median']:,.0f} {row['quantity']} "
        f"({row['low']:,.0f} to {row['high']:,.0f})"
        for subject, row in rows.iterrows()
    }
    on_gpu = (rows["method"] == "cuda").any()
    who, which = ("The GPU", "") if on_gpu else ("One core of this machine", "cached ")
    return Markdown(
        f"{who} multiplied large matrices at "
        f"**{told['matrix product']}**, and added {which}numbers at "
        f"**{told['addition']}**, read and written."
    )


def seconds_table(table: pd.DataFrame) -> Markdown:
    """Return milliseconds a network and epoch, by each way to train, each family."""
    lines = []
    for family, rows in _families(table):
        together = _largest(rows)
        authors, loop = (_only(rows, name) for name in ("authors", "loop"))
        alone = rows[(rows["method"] == "together") & (rows["networks"] == 1)].iloc[0]
        lines.append(
            {
                "Family": f"`{family}`",
                "Authors": _spread(authors),
                "Loop": _spread(loop),
                "One": _spread(alone),
                "Together": f"{_spread(together)} of {together['networks']}",
                "÷": f"{authors['median'] / together['median']:.1f}",
            }
        )
    return to_markdown(pd.DataFrame(lines))


def share_table(table: pd.DataFrame) -> Markdown:
    """Return the share of the machine's peak, alone and together, and the memory."""
    peak = table[table["section"] == "machine"].set_index("subject")["median"]
    memory = table[table["section"] == "memory"]
    lines = []
    for family, rows in _families(table):
        together, loop = _largest(rows), _only(rows, "loop")
        alone = rows[(rows["method"] == "together") & (rows["networks"] == 1)].iloc[0]
        held = memory[memory["subject"] == family]
        lines.append(
            {
                "Family": f"`{family}`",
                "Rows": f"{int(together['rows']):,}",
                "Loop": _share({**loop, "bytes": 0}, peak),
                "One": _share(alone, peak),
                "Together": _share(together, peak),
                "MB": f"{held['median'].max():.0f}",
            }
        )
    return to_markdown(pd.DataFrame(lines))


def _share(row: pd.Series, peak: Mapping) -> str:
    """Return a rate beside the machine's: bytes of who looks up, else operations."""
    if row["bytes"]:
        rate = row["bytes"] / row["median"] / 1e9
        return f"{rate:.0f} GB/s, {rate / peak['addition']:.0%}"
    return f"{row['flops'] / row['median'] / 1e9 / peak['matrix product']:.0%}"


def growth_table(table: pd.DataFrame) -> Markdown:
    """Return the log-log slope along each axis, and whether it is within the limit."""
    found = slopes(table)
    within = found["slope"] <= LIMIT
    return to_markdown(
        pd.DataFrame(
            {
                "What": [f"`{name}`" for name in found["subject"]],
                "Grows with": found["axis"],
                "From, to": [
                    f"{a:,.0f} to {b:,.0f}"
                    for a, b in zip(found["first"], found["last"], strict=True)
                ],
                "Slope": [
                    f"{row.slope:.2f} ({row.low:.2f}–{row.high:.2f})"
                    for row in found.itertuples()
                ],
                f"At most {LIMIT}": ["yes" if fine else "**no**" for fine in within],
            }
        )
    )


def growth_text(table: pd.DataFrame) -> Markdown:
    """Say which slopes are above the limit."""
    found = slopes(table)
    steep = found[found["slope"] > LIMIT]
    if steep.empty:
        return Markdown(
            f"No cost grows faster than in proportion: all {len(found)} slopes are at "
            f"most {LIMIT}."
        )
    named = ", ".join(f"`{r.subject}` with {r.axis}" for r in steep.itertuples())
    return Markdown(
        f"**Failed**: {len(steep)} of {len(found)} slopes are above {LIMIT}: {named}."
    )


def methods_table(table: pd.DataFrame, section: str) -> Markdown:
    """Return processor seconds of a call of each detector or test, cheapest first."""
    rows = table[table["section"] == section].sort_values("median")
    return to_markdown(
        pd.DataFrame(
            {
                section.capitalize(): [f"`{name}`" for name in rows["subject"]],
                "Rows": [f"{n:,}" if n else "–" for n in rows["rows"]],
                "Seconds": [
                    f"{row.median:.2g} ({row.low:.2g}–{row.high:.2g})"
                    for row in rows.itertuples()
                ],
            }
        )
    )


def start_up_table(table: pd.DataFrame) -> Markdown:
    """Return processor seconds of each command that computes nothing."""
    rows = table[table["section"] == "start-up"]
    return to_markdown(
        pd.DataFrame(
            {
                # Two hyphens of an option would become a dash.
                "Command": rows["subject"].str.replace("--", r"\-\-"),
                "Seconds": [
                    f"{row.median:.2f} ({row.low:.2f}–{row.high:.2f})"
                    for row in rows.itertuples()
                ],
            }
        )
    )


def speeds_table(table: pd.DataFrame) -> Markdown:
    """Return how many sequences or peaks a second are explained, simulated or read."""
    rows = table[table["section"].isin(["attribution", "simulation", "windows"])]
    return to_markdown(
        pd.DataFrame(
            {
                "What": rows["section"].str.capitalize(),
                "How": rows["subject"],
                "A second": [f"{1 / value:,.0f}" for value in rows["median"]],
            }
        )
    )


def _families(table: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield each family that was trained, with its rows."""
    trained = table[table["section"] == "training"]
    yield from trained.groupby("subject", sort=False)


def _only(rows: pd.DataFrame, method: str) -> pd.Series:
    return rows[rows["method"] == method].iloc[0]


def _largest(rows: pd.DataFrame) -> pd.Series:
    """Return the training of most networks together on one core."""
    together = rows[(rows["method"] == "together") & (rows["cores"] == 1)]
    return together.loc[together["networks"].idxmax()]


def _spread(row: pd.Series) -> str:
    """Return milliseconds with the least and the most of the timings."""
    low, median, high = (1000 * row[name] for name in ("low", "median", "high"))
    digits = 1 if median < 100 else 0
    return f"{median:.{digits}f} ({low:.{digits}f}–{high:.{digits}f})"
