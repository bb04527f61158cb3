"""Why things are not faster: what bounds a step, and what several cores lose.

Tables and sentences of the page *What it costs*, from the table of a run; what a run
did not measure is left out.
"""

from collections.abc import Iterator

import pandas as pd

from helpers.press.bench.predictions import STEP, TWO_CORES
from helpers.press.bench.steps import PASSES
from helpers.press.results import Markdown, to_markdown


def steps_table(table: pd.DataFrame) -> Markdown | None:
    """Return microseconds of a network's step, each way; None if not measured."""
    lines = []
    for networks, ways in _steps(table):
        gain = ways.loc["calls", "median"] / ways.loc["fused", "median"]
        lines.append(
            {
                "Networks": networks,
                "By calls": _microseconds(ways.loc["calls"]),
                "Fused": _microseconds(ways.loc["fused"]),
                "÷": f"{gain:.1f}",
                "Its bytes, alone": _microseconds(ways.loc["bytes alone"]),
                "Its roots, alone": _microseconds(ways.loc["roots alone"]),
            }
        )
    return to_markdown(pd.DataFrame(lines)) if lines else None


def steps_text(table: pd.DataFrame) -> Markdown | None:
    """Say what bounds a fused step on this machine; None if not measured."""
    told = [_bound(networks, ways["median"]) for networks, ways in _steps(table)]
    if not told:
        return None
    moved = table.loc[table["method"] == "fused", "bytes"].max()
    return Markdown(
        f"A step reads and writes {moved / 1e3:,.0f} KB a network (weight, slope, two "
        f"running means) and takes {moved / 4 / PASSES:,.0f} roots with a division "
        f"each. {1e6 * STEP:.0f} µs were predicted: {'; '.join(told)}."
    )


def _steps(table: pd.DataFrame) -> Iterator[tuple[int, pd.DataFrame]]:
    """Yield each number of networks that stepped together, and its ways by name."""
    steps = table[table["section"] == "step"].set_index("method")
    yield from steps.groupby("networks", sort=False)


def _bound(networks: int, seconds: pd.Series) -> str:
    """Say whether so many networks can take a step in time, and whether they do."""
    bounds = {"bytes": seconds["bytes alone"], "roots": seconds["roots alone"]}
    who = "alone" if networks == 1 else f"{networks} together"
    slower = max(bounds, key=lambda name: bounds[name])
    if bounds[slower] > STEP:
        return (
            f"{who}, **out of reach on this machine**, whose {slower} alone take "
            f"{1e6 * bounds[slower]:.1f} µs"
        )
    if seconds["fused"] <= STEP:
        return f"{who}, kept"
    both = 1e6 * sum(bounds.values())
    return f"{who}, missed, where bytes and then roots would take {both:.1f} µs"


def _microseconds(row: pd.Series) -> str:
    low, median, high = (1e6 * row[name] for name in ("low", "median", "high"))
    return f"{median:.1f} ({low:.1f}–{high:.1f})"


def shared_by_cores(table: pd.DataFrame) -> pd.DataFrame:
    """Return what several cores gain in each family that was trained on them.

    Columns: family, networks, cores; gain, times as fast as one core; cut_up, how many
    times the processor time it takes to train the cores' chunks on one core; work, the
    same side by side; busy, the share of the cores' time that was worked. gain is cores
    times busy over work. The last three are NaN where not measured.
    """
    trained = table[table["section"] == "training"]
    apart = table[table["section"] == "cores"].set_index(["subject", "method"])
    lines = []
    for row in trained[trained["cores"] > 1].itertuples():
        same = (trained["subject"] == row.subject) & (trained["method"] == row.method)
        same &= (trained["networks"] == row.networks) & (trained["cores"] == 1)
        one = float(trained.loc[same, "median"].iloc[0])
        cut_up, work = (
            apart["median"].get((row.subject, method), float("nan"))
            for method in ("cut up", row.method)
        )
        lines.append(
            {
                "family": row.subject,
                "networks": row.networks,
                "cores": row.cores,
                "gain": one / row.median,
                "cut_up": cut_up / one,
                "work": work / one,
                "busy": work / row.median / row.cores,
            }
        )
    return pd.DataFrame(lines)


def cores_table(table: pd.DataFrame) -> Markdown | None:
    """Return how much faster all cores are than one; None if one was all."""
    found = shared_by_cores(table)
    if found.empty:
        return None
    return to_markdown(
        pd.DataFrame(
            {
                "Family": [f"`{name}`" for name in found["family"]],
                "Networks": found["networks"],
                "Cores": found["cores"],
                "Times as fast": found["gain"].map("{:.2f}".format),
                "Work, cut up": found["cut_up"].map(_times),
                "Work, side by side": found["work"].map(_times),
                "Busy": found["busy"].map(_share),
            }
        )
    )


def cores_text(table: pd.DataFrame) -> Markdown | None:
    """Name what gains less than was said, and say where the rest of the cores went."""
    found = shared_by_cores(table)
    found = found[found["cores"] == 2] if len(found) else found
    if found.empty:
        return None
    short = found[found["gain"] < TWO_CORES]
    if short.empty:
        return Markdown(f"Two cores gain at least × {TWO_CORES} in every family.")
    told = "; ".join(map(_where_it_went, short.itertuples()))
    return Markdown(f"Below the × {TWO_CORES} that was predicted: {told}.")


def _where_it_went(row: tuple) -> str:
    name, gain, cut_up, work, busy = (
        getattr(row, field) for field in ("family", "gain", "cut_up", "work", "busy")
    )
    text = f"`{name}` × {gain:.2f}"
    if pd.isna(work) or pd.isna(cut_up):
        return text
    return (
        f"{text} (cut up it is {cut_up:.2f} times the work, which leaves × "
        f"{2 / cut_up:.2f} at most; side by side {work:.2f} times; busy {busy:.0%})"
    )


def _times(value: float) -> str:
    return "–" if pd.isna(value) else f"× {value:.2f}"


def _share(value: float) -> str:
    return "–" if pd.isna(value) else f"{value:.0%}"
