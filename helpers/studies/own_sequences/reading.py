"""A table of sequences and what was measured of each."""

from dataclasses import dataclass

import numpy as np

from helpers.loaders import text


@dataclass(frozen=True, eq=False)
class Labelled:
    """Held-out sequences with their labels.

    Parameters
    ----------
    sequences : list of str
    labels : array of float, shape (n,)
    groups : array of str, shape (n,), or None
        Examples of one group depend on each other.
    """

    sequences: list
    labels: np.ndarray
    groups: np.ndarray | None


def read_labelled(
    path, *, sequence: str = "sequence", label: str = "label", group: str = ""
) -> Labelled:
    """Read a .csv or .tsv file (or either with .gz) with a header line.

    Parameters
    ----------
    path : str or Path
    sequence, label, group : str
        Names of the columns; "" for no groups.

    Raises
    ------
    FileNotFoundError, ValueError
        If a column is missing or a label is no number: one line that names the file,
        the row (counted from 1 below the header) and the value.
    """
    separator = text.separator_of(path, others=False)
    table = text.read_table(path, separator)
    columns = {
        name: text.column_of(path, table, name, separator)
        for name in (sequence, label, *([group] if group else []))
    }
    labels = np.empty(len(table))
    for row, value in enumerate(columns[label]):
        try:
            labels[row] = float(value)
        except ValueError:
            labels[row] = np.nan
        if not np.isfinite(labels[row]):
            raise ValueError(
                f"{path} row {row + 1}: {label} must be a number; got {value!r}."
            )
    groups = columns[group].to_numpy() if group else None
    return Labelled(columns[sequence].tolist(), labels, groups)
