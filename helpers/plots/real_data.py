"""The real data sets beside each other."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from helpers.plots.style import COLOURS


def rows_and_features(table: pd.DataFrame) -> Figure:
    """Draw how many rows and features the data sets have, the widest first.

    Parameters
    ----------
    table : data frame
        ``data set``, ``rows``, ``features``; NaN where a data set is no table.
    """
    known = table.dropna(subset=["rows", "features"])
    ratio = known["rows"] / known["features"]
    known = known.loc[ratio.sort_values(ascending=False).index]
    figure, axis = plt.subplots(figsize=(8, 1.4 + 0.34 * len(known)))
    places = range(len(known))
    for wide, colour in ((True, COLOURS["second"]), (False, COLOURS["baseline"])):
        which = (known["features"] > known["rows"]) == wide
        axis.hlines(
            [place for place, chosen in zip(places, which, strict=True) if chosen],
            known.loc[which, ["rows", "features"]].min(axis=1),
            known.loc[which, ["rows", "features"]].max(axis=1),
            color=colour, linewidth=2,
        )  # fmt: skip
    axis.plot(known["rows"], places, "o", color=COLOURS["network"], label="rows")
    axis.plot(
        known["features"], places, "s", color=COLOURS["highlight"], label="features"
    )
    axis.set_yticks(places, known["data set"], parse_math=False)
    axis.set(xscale="log", xlabel="number", xlim=(5, 2 * known["rows"].max()))
    axis.legend(loc="upper right")
    return figure
