"""The published table of Basset: one HDF5 file with sequences, labels and three parts.

Sequences lie in `train_in`, `valid_in` and `test_in`, shape (n, 4, 1, length), one-hot
in the order A, C, G, T; labels in `train_out`, `valid_out` and `test_out`; names of the
cell types in `target_labels`; places of the test windows in `test_headers`.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import checks
from helpers.data.bases import UNKNOWN
from helpers.data.kinds import PathLike
from helpers.data.splits import Split
from helpers.extras import extra

with extra("dna"):
    import h5py

PARTS = ("train", "valid", "test")
BLOCK = 8192  # sequences read at once: 20 MB at 600 bp


@dataclass(frozen=True, eq=False)
class BassetTable:
    """Sequences with labels, and the part each belongs to.

    Parameters
    ----------
    ids : array of uint8, shape (n, length)
        Base numbers, 4 where unknown.
    labels : array of uint8, shape (n, n_cells)
    names : tuple of str
        Cell types.
    split : Split
        Rows of the published parts: training, validation, test.
    test_table : DataFrame
        chrom, start, end of the test rows, in their order; without rows if the file
        does not say.
    """

    ids: np.ndarray = field(repr=False)
    labels: np.ndarray = field(repr=False)
    names: tuple[str, ...]
    split: Split = field(repr=False)
    test_table: pd.DataFrame = field(repr=False)

    def __len__(self) -> int:
        return len(self.ids)


def read_basset(path: PathLike, *, at_most: int | None = None) -> BassetTable:
    """Read a table in Basset's form.

    Parameters
    ----------
    path : str or Path
    at_most : int, optional
        Read no more than the first rows of each part; the rows of the published table
        are in random order.

    Returns
    -------
    BassetTable

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no HDF5 file, a part is missing or has another shape, or a sequence
        is not one-hot: one line that names the file, the part and the row.
    """
    path = Path(path)
    if at_most is not None:
        at_most = checks.integer("at_most", at_most, at_least=1)
    if not path.is_file():
        raise FileNotFoundError(f"{path} does not exist.")
    try:
        file = h5py.File(path, "r")
    except OSError as error:
        reason = str(error).splitlines()[0]
        raise ValueError(f"{path} cannot be read as HDF5: {reason}.") from None
    with file:
        names = tuple(map(_text, _array(path, file, "target_labels", 1)[:]))
        parts = [_part(path, file, part, len(names), at_most) for part in PARTS]
        headers = [] if "test_headers" not in file else file["test_headers"][:at_most]
    lengths = {ids.shape[1] for ids, _ in parts}
    if len(lengths) > 1:
        raise ValueError(f"{path} must hold sequences of one length; got {lengths}.")
    ends = np.cumsum([len(ids) for ids, _ in parts])
    return BassetTable(
        np.concatenate([ids for ids, _ in parts]),
        np.concatenate([labels for _, labels in parts]),
        names,
        Split(*np.split(np.arange(ends[-1]), ends[:-1])),
        pd.DataFrame(
            [_place(path, row, _text(header)) for row, header in enumerate(headers)],
            columns=["chrom", "start", "end"],
        ),
    )


def _part(
    path: PathLike, file: h5py.File, part: str, n_cells: int, at_most: int | None
) -> tuple:
    """Return base numbers and labels of one part."""
    stored, labels = (_array(path, file, f"{part}_in", 4), f"{part}_out")
    n, letters, height, length = stored.shape
    if letters != 4 or height != 1:
        raise ValueError(
            f"{path}: {part}_in must have shape (n, 4, 1, length); got {stored.shape}."
        )
    labels = _array(path, file, labels, 2)
    if labels.shape != (n, n_cells):
        raise ValueError(
            f"{path}: {part}_out must have shape {(n, n_cells)}; got {labels.shape}."
        )
    n = n if at_most is None else min(n, at_most)
    labels = labels[:n]
    if not np.isin(labels, (0, 1)).all():
        row = np.flatnonzero(~np.isin(labels, (0, 1)).all(axis=1))[0]
        raise ValueError(f"{path}: {part}_out row {row} must hold 0 and 1 alone.")
    ids = np.empty((n, length), dtype=np.uint8)
    for first in range(0, n, BLOCK):
        letters = stored[first : min(first + BLOCK, n), :, 0] != 0  # (block, 4, length)
        several = np.argwhere(letters.sum(axis=1) > 1)
        if len(several):
            row, position = several[0]
            raise ValueError(
                f"{path}: {part}_in row {first + row} must be one-hot; position "
                f"{position} is several bases."
            )
        ids[first : first + len(letters)] = np.where(
            letters.any(axis=1), letters.argmax(axis=1), UNKNOWN
        )
    return ids, labels.astype(np.uint8)


def _array(path: PathLike, file: h5py.File, name: str, n_axes: int) -> h5py.Dataset:
    if name not in file:
        raise ValueError(f"{path} must hold {name}; it holds {', '.join(file)}.")
    if file[name].ndim != n_axes:
        raise ValueError(
            f"{path}: {name} must have {n_axes} axes; got {file[name].ndim}."
        )
    return file[name]


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _place(path: PathLike, row: int, header: str) -> tuple[str, int, int]:
    """Return chromosome, start and end from a header such as chr1:100-700(+)."""
    found = re.fullmatch(r">?(\S+):(\d+)-(\d+)(?:\([+-]\))?", header)
    if not found:
        raise ValueError(
            f"{path}: test_headers row {row} must read like chr1:100-700(+); "
            f"got {header!r}."
        )
    return found[1], int(found[2]), int(found[3])
