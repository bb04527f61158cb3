"""Held-out sequences and what was measured of each: a table, or Basset's file."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from helpers import checks
from helpers.data.bases import decode
from helpers.data.kinds import PathLike
from helpers.loaders import text
from helpers.loaders.basset import read_basset

HDF5 = (".h5", ".hdf5", ".hdf")
OF_COUNTS = ("anscombe", "poisson")


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
    path: PathLike,
    *,
    sequence: str = "sequence",
    label: str = "label",
    group: str = "",
    loss: str = "",
) -> Labelled:
    """Read a .csv or .tsv file (or .gz of one) with a header, or Basset's form.

    Parameters
    ----------
    path : str or Path
        Of a file in Basset's form (.h5) the test part is read.
    sequence, label, group : str
        Names of the columns; "" for no groups. In Basset's form `label` names a cell
        type, and `group` may be "chrom".
    loss : str
        Name of the loss that is meant for the labels. Those of Basset's form say
        whether a sequence is open, so that a loss of counts is refused.

    Raises
    ------
    FileNotFoundError, ValueError
        If a column is missing or a label is no number: one line that names the file,
        the row (counted from 1 below the header) and the value.
    """
    if Path(path).suffix.lower() in HDF5:
        if loss in OF_COUNTS:
            raise ValueError(
                "loss must be cross-entropy or mse for the labels 0 and 1 of "
                f"{path}; got {loss!r}, which is of counts."
            )
        return _test_part(path, label, group)
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


def _test_part(path: PathLike, label: str, group: str) -> Labelled:
    """Return the test sequences of a file in Basset's form, with one cell type."""
    table = read_basset(path)
    if label not in table.names:
        some = ", ".join(table.names[:5]) + (", ..." if len(table.names) > 5 else "")
        raise ValueError(
            f"{path} has no cell type {label!r} for label; it has {len(table.names)}: "
            f"{some}."
        )
    checks.one_of("group", group or "none", ("none", "chrom"))
    rows = table.split.test
    groups = None
    if group:
        if len(table.test_table) != len(rows):
            raise ValueError(f"{path} must hold test_headers for group='chrom'.")
        groups = table.test_table["chrom"].to_numpy()
    labels = table.labels[rows, table.names.index(label)].astype(float)
    return Labelled(decode(table.ids[rows]), labels, groups)
