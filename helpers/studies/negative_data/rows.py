"""One form for all tables of the chapter: a row is one number of one network."""

import numpy as np

COLUMNS = ("network", "measure", "detail", "motifs_present", "value", "low", "high")
AVERAGE = -1  # the network of scores averaged over networks


def row(
    network: int,
    measure: str,
    detail: str,
    count: float,
    value: float,
    low: float = np.nan,
    high: float = np.nan,
) -> tuple:
    """Return a row of `COLUMNS`.

    Parameters
    ----------
    network : int
        Its place among those kept, or `AVERAGE`.
    measure, detail : str
        What was measured, and of what.
    count : int
        Motifs in the sequences; -1 if that has no meaning.
    value, low, high : float
    """
    return (int(network), measure, detail, int(count), float(value), low, high)
