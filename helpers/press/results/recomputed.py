"""What came of computing cells of stored tables again: kept beside them, and told."""

import json
from collections.abc import Collection
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.press.results import provenance
from helpers.press.results.files import write_whole

COLUMNS = ("step", "part", "code", "commit", "date", "column", "gap", "here")
SAME = 1e-6  # a gap that another processor's rounding may leave


def keep(
    path: Path,
    step: str,
    part: dict,
    code: str | None,
    column: str,
    gap: float,
    here: float | None,
) -> None:
    """Write down what a cell, computed again by code with a hash, came to.

    gap : the largest difference, as a share of the largest number of its `column`
    here : the same between both codes on one machine; None if that did not run
    """
    ran = provenance.describe("cpu")
    row = {
        "step": step,
        "part": json.dumps(part, ensure_ascii=False),
        "code": code,
        **{name: ran[name] for name in ("commit", "date")},
        "column": column,
        "gap": gap,
        "here": here,
    }
    kept = [
        old
        for old in read(path).to_dict("records")
        if old["step"] != step or (old["code"] == code and old["part"] != row["part"])
    ]
    _write(path, pd.DataFrame([*kept, row], columns=COLUMNS))


def forget(path: Path, step: str) -> None:
    """Drop what is written of a step, whose table is another one now."""
    table = read(path)
    if step in set(table["step"]):
        _write(path, table[table["step"] != step])


def _write(path: Path, table: pd.DataFrame) -> None:
    table = table.sort_values(["step", "part"])
    write_whole(path, table.to_csv(index=False, lineterminator="\n"))


def read(path: Path) -> pd.DataFrame:
    """Return what is written down; no rows if nothing is."""
    if not path.is_file():
        return pd.DataFrame(columns=COLUMNS)
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    return table.assign(**{n: pd.to_numeric(table[n]) for n in ("gap", "here")})


def told(table: pd.DataFrame, steps: Collection[str]) -> str:
    """Say in a few words how cells of some steps compared; "" if none was computed."""
    some = table[table["step"].isin(steps)]
    if some.empty:
        return ""
    some = some.assign(
        nearest=some[["gap", "here"]].min(axis=1),
        alone=(some["gap"] > SAME) & some["here"].isna(),
    )
    worst = some.groupby("step")[["gap", "nearest", "alone"]].max()
    stored, same = (int((worst[name] <= SAME).sum()) for name in ("gap", "nearest"))
    count = "" if len(worst) == 1 else f"{same} of {len(worst)} "
    said = [f"{count}equal"] if same else []
    if same > stored:
        told = f"{same - stored} of them " if stored else ""
        said = [f"{said[0]} ({told}to what the code of then gives on that machine)"]
    apart = (worst["nearest"] > SAME) & ~worst["alone"]
    for step, gap in worst.loc[apart, "nearest"].items():
        said.append(f"{step} {'differs' if np.isinf(gap) else _within(gap)}")
    alone = list(worst.index[worst["alone"]])
    if alone:
        said.append(f"{', '.join(alone)} not, and the code of then does not run there")
    each = "a cell of it" if len(steps) == 1 else "a cell of each"
    if len(worst) < len(steps):
        each = f"a cell of {len(worst)} of them"
    commits = provenance.AND.join(dict.fromkeys(some["commit"]))
    return f"{each} computed again at commit {commits}: {', '.join(said)}"


def _within(gap: float) -> str:
    return f"within {gap:.1%}" if gap >= 1e-3 else f"within {gap:.0e}"
