"""What the page shows and says of the stored trials."""

import pandas as pd

from helpers.studies.calibration.worlds import WORLDS


def shown(rates: pd.DataFrame) -> pd.DataFrame:
    """Return the table of a page: intervals as text, worlds that have not run last."""
    rows = []
    for row in rates.sort_values("sets", ascending=False, kind="stable").itertuples():
        ran = row.sets > 0
        rows.append(
            {
                "world": row.world,
                "rows": f"{row.n_rows:,}",
                "learner": row.learner,
                "data sets": f"{row.sets} of {row.planned}",
                "p ≤ .05": _interval(row, "rate") if ran else "",
                "family-wise": _interval(row, "family") if ran else "",
                "z": f"{row.z_mean:+.2f} ± {row.z_sd:.2f}" if ran else "",
                "power": f"{row.power:.2f}" if ran and row.power == row.power else "",
                "cannot tell": f"{row.unclear:.0%}" if ran else "",
                "seconds": f"{row.seconds:.0f}" if ran else "",
                "verdict": row.verdict,
            }
        )
    return pd.DataFrame(rows)


def _interval(row, name: str) -> str:
    value, low, high = (getattr(row, name + end) for end in ("", "_low", "_high"))
    if low != low:
        return f"{value:.3f}"
    return f"{value:.3f} ({low:.3f} to {high:.3f})"


def worlds_table() -> pd.DataFrame:
    """Return what each world is, and which pairs truly interact."""
    return pd.DataFrame(
        [
            {
                "world": name,
                "about": world.about,
                "true pairs": ", ".join(
                    f"x{i + 1} x{j + 1}" for i, j in world.true_pairs
                )
                or "none",
            }
            for name, world in WORLDS.items()
        ]
    )


def _names(pairs) -> str:
    return ", ".join(f"x{i + 1} x{j + 1}" for i, j in pairs)


def words(rates: pd.DataFrame) -> str:
    """Return the sentence that the answer to the page's question is."""
    counts = rates["verdict"].value_counts()
    held = int(counts.get("holds", 0))
    fails = rates[rates["verdict"].str.startswith("fails")]
    still = int(rates["verdict"].str.startswith("open").sum())
    text = (
        f"Of {len(rates)} planned worlds and sizes **{held}** hold, **{len(fails)}** "
        f"fail, **{still}** are open (too few data sets for a verdict) and "
        f"**{int(counts.get('not run yet', 0))}** have not run."
    )
    if len(fails):
        names = ", ".join(
            f"{row.world} at {row.n_rows:,} rows with {row.learner} "
            f"({row.verdict.removeprefix('fails: ')})"
            for row in fails.itertuples()
        )
        text += f" Failing: {names}."
    return text
