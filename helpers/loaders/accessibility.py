"""Accessible DNA of two cell types: DNase hypersensitive sites of K562 and HepG2."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.data.bases import encode
from helpers.data.kinds import PathLike
from helpers.data.splits import Split
from helpers.loaders import text

SITE = 200  # bp
CELLS = {"K562": "K562_ENCLB843GMH", "HepG2": "HepG2_ENCLB029COU"}  # name -> library
COLUMNS = ("chr", "sequence", "TAG", "data_label")
PARTS = ("training", "validation", "test")


@dataclass(frozen=True, eq=False)
class Sites:
    """Sequences of sites that are open in one of two cell types.

    There is no closed chromatin among them: what a network learns here is the cell
    type, not accessibility as such.

    Parameters
    ----------
    ids : array of uint8, shape (n_sites, 200)
        Base numbers; all bases are known.
    labels : array of uint8, shape (n_sites,)
        1 for K562, 0 for HepG2.
    chromosomes : array of str, shape (n_sites,)
    split : Split
        Rows of the published parts: chr2 is for validation, chr1 the test part.
    """

    ids: np.ndarray = field(repr=False)
    labels: np.ndarray = field(repr=False)
    chromosomes: np.ndarray = field(repr=False)
    split: Split = field(repr=False)

    def __len__(self) -> int:
        return len(self.ids)


def load_dhs(k562: PathLike, hepg2: PathLike) -> Sites:
    """Read the two files of the data set dhs_k562_hepg2.

    Parameters
    ----------
    k562, hepg2 : str or Path
        Tab-separated tables with a header line, gzipped (.gz) or not, as
        `datasets.paths("dhs_k562_hepg2")` finds them.

    Returns
    -------
    Sites
        K562 first, each in the order of its file.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If a column is missing, a row is of another cell type, not 200 bp of A, C, G, T
        or in no part, a part has no row, or a sequence comes twice: one line that
        names the file and the row (data rows, counted from 1 below the header).

    Source
    ------
    Meuleman and others (2020), index of DNase hypersensitive sites; selection by the
    DNA-Diffusion project.
    """
    paths = [Path(k562), Path(hepg2)]
    tables = [
        _read(path, library)
        for path, library in zip(paths, CELLS.values(), strict=True)
    ]
    table = pd.concat(tables, ignore_index=True)
    again = np.flatnonzero(table["sequence"].str.upper().duplicated())
    if len(again):
        second = int(again[0] >= len(tables[0]))
        row = again[0] - second * len(tables[0]) + 1
        raise ValueError(
            f"{paths[second]} row {row} must not repeat the sequence of an earlier row."
        )
    parts = [np.flatnonzero(table["data_label"] == part) for part in PARTS]
    for part, rows in zip(PARTS, parts, strict=True):
        if not len(rows):
            raise ValueError(f"{paths[0]} and {paths[1]} hold no row of part {part}.")
    return Sites(
        encode(table["sequence"].tolist()),
        np.repeat([1, 0], [len(part) for part in tables]).astype(np.uint8),
        table["chr"].to_numpy(dtype=str),
        Split(*parts),
    )


def _read(path: Path, library: str) -> pd.DataFrame:
    """Return the columns of one file, every row checked."""
    table = text.read_table(path, "\t")
    for column in COLUMNS:
        text.column_of(path, table, column, "\t")
    if not len(table):
        raise ValueError(f"{path} must hold at least one site; it holds none.")
    rules = (
        ("TAG", table["TAG"] == library, library),
        ("data_label", table["data_label"].isin(PARTS), f"one of {', '.join(PARTS)}"),
        ("chr", table["chr"] != "", "a chromosome"),
        (
            "sequence",
            table["sequence"].str.fullmatch(f"[ACGTacgt]{{{SITE}}}"),
            f"{SITE} letters A, C, G, T",
        ),
    )
    for column, right, rule in rules:
        wrong = np.flatnonzero(~right)
        if len(wrong):
            value = table[column].iloc[wrong[0]]
            shown = f"{len(value)} letters" if column == "sequence" else repr(value)
            raise ValueError(
                f"{path} row {wrong[0] + 1}, column {column}, must be {rule}; "
                f"got {shown}."
            )
    return table[list(COLUMNS)]
