"""The tables of a GPU's kit on the page *What it costs*."""

import pandas as pd

from helpers.press.bench import pages
from helpers.press.bench.gpu import EXACT, problems
from helpers.press.results import Markdown, to_markdown


def tables(table: pd.DataFrame) -> list[Markdown]:
    """Return what a kit found: equality and plans, waits, and seconds of training."""
    found = problems(table)
    told = "; ".join(found) if found else "all that was measured is as it must be"
    shown = [pages.peaks(table), Markdown(f"Checks: {told}."), checks_table(table)]
    if (table["section"] == "training").any():
        shown += [seconds_table(table)]
    return shown


def checks_table(table: pd.DataFrame) -> Markdown:
    """Return the checks of each family: differences, chunks, waits."""
    value = table.set_index(["section", "subject", "method"])["median"]

    def get(*key: str, form: str = "{:.1e}") -> str:
        return form.format(value[key]) if key in value.index else "–"

    families = table.loc[table["section"] == "equivalence", "subject"].unique()
    return to_markdown(
        pd.DataFrame(
            {
                "Family": f"`{name}`",
                f"float64, at most {EXACT:g}": get("equivalence", name, "float64"),
                "TF32, not judged": get("equivalence", name, "TF32"),
                "Chunk, half held": get("plan", name, "free", form="{:,.0f}")
                + ", "
                + get("plan", name, "half held", form="{:,.0f}"),
                "Waits a step": get("waits", name, "each step", form="{:g}"),
            }
            for name in families
        )
    )


def seconds_table(table: pd.DataFrame) -> Markdown:
    """Return milliseconds a network and epoch by networks that train together."""
    trained = table[table["section"] == "training"]
    peak = table[table["subject"] == "matrix product"]["median"].iloc[0]
    lines = []
    for family, rows in trained.groupby("subject", sort=False):
        line = {"Family": f"`{family}`"}
        for row in rows.itertuples():
            name = (
                row.method if row.method != "together" else f"{row.networks} together"
            )
            line[name.capitalize()] = f"{1000 * row.median:.3g}"
        last = rows.iloc[-1]
        line["Of peak"] = (
            f"{last['bytes'] / last['median'] / 1e9:.0f} GB/s"
            if last["bytes"]
            else f"{last['flops'] / last['median'] / 1e9 / peak:.0%}"
        )
        lines.append(line)
    return to_markdown(pd.DataFrame(lines).fillna("–"))
