"""A synthetic genome with planted motifs, and the peaks of cell types that need pairs.

A site holds three different motifs. A cell type is open at a site if both motifs of
one of its pairs are there; some sites are open for no reason. The files have the form
that users bring: FASTA, one narrowPeak.gz a cell type, and a manifest. Sites that no
cell type opens leave no peak, as in real data.
"""

import gzip
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import checks
from helpers.data.kinds import PathLike, Seed
from helpers.data.motifs import BASES, UNIFORM
from helpers.truth.planted import choose_motifs, paired_targets, plant
from helpers.truth.sequences import random_bases

SITE = 600  # bp
SLOT = 1500  # bp of chromosome a site has for itself
PER_SITE = 3  # motifs
JITTER = 30  # bp; how far the centre of a peak may miss that of its site
MARGIN = 2 * JITTER  # bp at both ends of a site without motifs
PEAK_WIDTHS = (200, 400)  # bp
LINE = 60  # letters a line of FASTA
FILES = ("genome.fa", "manifest.tsv")


@dataclass(frozen=True, eq=False)
class Genome:
    """The written files and the truth behind them.

    Parameters
    ----------
    fasta, manifest : Path
    sites : DataFrame
        chrom, start, end of each site (bp, 0-based, half-open), in genome order.
    planted : array of int, shape (n_sites, 3)
        Numbers of the motifs in a site, from left to right.
    starts : array of int, shape (n_sites, 3)
        Where each starts on the chromosome, bp.
    paired : array of bool, shape (n_sites, n_cells)
        Whether the site holds a pair of the cell type.
    labels : array of uint8, shape (n_sites, n_cells)
        Whether the cell type is open there: `paired`, or open for no reason.
    cells : dict of str to tuple of pairs
        The pairs of each cell type, as numbers in `motifs`.
    motifs : tuple of str
    """

    fasta: Path
    manifest: Path
    sites: pd.DataFrame = field(repr=False)
    planted: np.ndarray = field(repr=False)
    starts: np.ndarray = field(repr=False)
    paired: np.ndarray = field(repr=False)
    labels: np.ndarray = field(repr=False)
    cells: Mapping[str, tuple[tuple[int, int], ...]] = field(repr=False)
    motifs: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Cell types, in the order of the label columns."""
        return tuple(self.cells)

    def sites_of(self, table: pd.DataFrame) -> np.ndarray:
        """Return the site whose centre each window holds, -1 if none.

        Parameters
        ----------
        table : DataFrame
            chrom, start, end of windows.

        Returns
        -------
        array of int, shape (n_windows,)
        """
        found = np.full(len(table), -1)
        for chrom, sites in self.sites.groupby("chrom"):
            rows = np.flatnonzero((table["chrom"] == chrom).to_numpy())
            centres = ((sites["start"] + sites["end"]) // 2).to_numpy()
            next_one = np.searchsorted(centres, table["start"].to_numpy()[rows])
            inside = np.append(centres, np.iinfo(np.int64).max)[next_one]
            held = inside < table["end"].to_numpy()[rows]
            found[rows[held]] = sites.index.to_numpy()[next_one[held]]
        return found


def cell_types(n_cells: int, rules: Sequence) -> dict[str, tuple]:
    """Name cell types and give them pairs of motifs, in turn.

    Parameters
    ----------
    n_cells : int
    rules : sequence of lists of pairs
        Cell type c opens by `rules[c % len(rules)]`. `planted.pairings` gives each a
        partner for every motif: then no motif alone says anything. With a single pair
        each, ``[[pair] for pair in published_pairs()]``, its two motifs are signs of
        the cell type one by one, and adding them up is as good as knowing the pair.

    Returns
    -------
    dict of str to tuple of pairs
    """
    n_cells = checks.integer("n_cells", n_cells, at_least=1)
    if not len(rules):
        raise ValueError("rules must hold at least one list of pairs; got none.")
    return {f"cell{c + 1:02d}": tuple(rules[c % len(rules)]) for c in range(n_cells)}


def write_genome(
    folder: PathLike,
    motifs: Sequence[str],
    cells: Mapping[str, Sequence[tuple[int, int]]],
    *,
    n_sites: int = 399,
    n_chromosomes: int = 3,
    extra: float = 0.06,
    background: Sequence[float] = UNIFORM,
    seed: Seed = 0,
) -> Genome:
    """Write a genome, a file of peaks for every cell type, and their manifest.

    Chromosomes chr1, chr2, ... hold about equally many sites, of 600 bp each. The
    first site of a chromosome lies at its start and the last at its end; the others
    are at least 300 bp apart. Peaks are 200 to 400 bp wide; their centre misses that
    of the site by up to 30 bp. Motifs keep 60 bp away from the ends of a site, so that
    every window of 600 bp around its peaks holds them.

    Parameters
    ----------
    folder : str or Path
        Made if it does not exist. genome.fa, manifest.tsv and `peaks/*.narrowPeak.gz`
        are written, each file whole or not at all.
    motifs : sequence of str
        Consensus strings, three or more different ones.
    cells : dict of str to list of pairs
        Cell type -> pairs of numbers in `motifs`, as `cell_types` gives them.
    n_sites, n_chromosomes : int
        At least two sites a chromosome.
    extra : float
        Chance that a cell type is open at a site without one of its pairs.
    background : sequence of float, shape (4,)
        Probability of A, C, G, T.
    seed : int or numpy Generator
        The same seed gives the same files, byte by byte.

    Returns
    -------
    Genome

    Raises
    ------
    ValueError
        If motifs do not fit a site, a pair names no motif, a name is no file name,
        there are too few sites, or a cell type would be open nowhere.
    """
    motifs = _check_motifs(motifs)
    cells = _check_cells(cells, len(motifs))
    n_chromosomes = checks.integer("n_chromosomes", n_chromosomes, at_least=1)
    n_sites = checks.integer("n_sites", n_sites, at_least=2 * n_chromosomes)
    extra = checks.number("extra", extra, at_least=0, at_most=1)
    rng = np.random.default_rng(seed)

    counts = np.full(n_chromosomes, n_sites // n_chromosomes)
    counts[: n_sites % n_chromosomes] += 1
    sites = _place_sites(counts, rng)
    chosen = choose_motifs(n_sites, n_motifs=len(motifs), each=PER_SITE, seed=rng)
    insides = plant(
        motifs, chosen, length=SITE - 2 * MARGIN, background=background, seed=rng
    )
    starts = np.take_along_axis(insides.starts, chosen, axis=1)
    starts += sites["start"].to_numpy()[:, None] + MARGIN
    paired = paired_targets(insides.present, list(cells.values())) == 1
    labels = (paired | (rng.random(paired.shape) < extra)).astype(np.uint8)
    closed = np.flatnonzero(~labels.any(axis=0))
    if len(closed):
        raise ValueError(
            f"n_sites must be larger: cell type {list(cells)[closed[0]]} is open at "
            f"none of {n_sites}."
        )

    folder = Path(folder)
    (folder / "peaks").mkdir(parents=True, exist_ok=True)
    fasta, manifest = (folder / name for name in FILES)
    chromosomes = _chromosomes(counts, sites, insides.bases, background, rng)
    fasta.with_name(f"{fasta.name}.fai").unlink(missing_ok=True)  # an older index
    _write(fasta, _fasta_text(chromosomes))
    for column, name in enumerate(cells):
        lines = _peak_lines(sites[labels[:, column] == 1], rng)
        peaks = folder / "peaks" / f"{name}.narrowPeak.gz"
        _write(peaks, gzip.compress(lines, 6, mtime=0))
    listed = "".join(f"{name}\tpeaks/{name}.narrowPeak.gz\n" for name in cells)
    _write(manifest, listed.encode())
    return Genome(fasta, manifest, sites, chosen, starts, paired, labels, cells, motifs)


def _place_sites(counts: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Return one site in each slot; those at chromosome ends touch the end."""
    tables = []
    for number, count in enumerate(counts):
        offset = rng.integers(150, SLOT - SITE - 149, count)
        offset[0], offset[-1] = 0, SLOT - SITE
        start = np.arange(count) * SLOT + offset
        tables.append(
            pd.DataFrame(
                {"chrom": f"chr{number + 1}", "start": start, "end": start + SITE}
            )
        )
    return pd.concat(tables, ignore_index=True)


def _chromosomes(
    counts: np.ndarray,
    sites: pd.DataFrame,
    insides: np.ndarray,
    background: Sequence[float],
    rng: np.random.Generator,
) -> dict:
    """Return the bases of every chromosome, with the insides of its sites."""
    chromosomes = {}
    for number, count in enumerate(counts):
        name = f"chr{number + 1}"
        bases = random_bases(count * SLOT, background, seed=rng)
        rows = np.flatnonzero((sites["chrom"] == name).to_numpy())
        first = sites["start"].to_numpy()[rows, None] + MARGIN
        bases[first + np.arange(insides.shape[1])] = insides[rows]
        chromosomes[name] = bases
    return chromosomes


def _fasta_text(chromosomes: Mapping[str, np.ndarray]) -> bytes:
    letters = np.frombuffer(BASES.encode(), dtype=np.uint8)
    text = []
    for name, bases in chromosomes.items():
        lines = letters[bases].reshape(-1, LINE)  # a slot is a whole number of lines
        lines = np.pad(lines, ((0, 0), (0, 1)), constant_values=ord("\n"))
        text += [f">{name}\n".encode(), lines.tobytes()]
    return b"".join(text)


def _peak_lines(sites: pd.DataFrame, rng: np.random.Generator) -> bytes:
    """Return narrowPeak lines of open sites, the strongest signal first."""
    n = len(sites)
    centre = ((sites["start"] + sites["end"]) // 2).to_numpy()
    centre = centre + rng.integers(-JITTER, JITTER + 1, n)
    half = rng.integers(PEAK_WIDTHS[0] // 2, PEAK_WIDTHS[1] // 2 + 1, n)
    signal = -np.sort(-rng.exponential(10, n))
    order = rng.permutation(n)
    rows = zip(
        sites["chrom"].to_numpy()[order],
        (centre - half)[order],
        (centre + half)[order],
        signal,
        half[order],  # summit: bp from the start
        strict=True,
    )
    return "".join(
        f"{chrom}\t{start}\t{end}\t.\t0\t.\t{height:.4f}\t-1\t-1\t{summit}\n"
        for chrom, start, end, height, summit in rows
    ).encode()


def _write(path: Path, content: bytes) -> None:
    """Write a file to a temporary name, then rename."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        unfinished = Path(folder) / path.name
        unfinished.write_bytes(content)
        os.replace(unfinished, path)


def _check_motifs(motifs: Sequence[str]) -> tuple[str, ...]:
    """Return the motifs, if any three of them fit into a site."""
    if isinstance(motifs, str):
        raise TypeError(f"motifs must be a list of strings; got {motifs!r}.")
    motifs = tuple(motifs)
    if len(motifs) < PER_SITE or len(set(motifs)) < len(motifs):
        raise ValueError(
            f"motifs must be {PER_SITE} or more different strings; got {len(motifs)}, "
            f"{len(set(motifs))} different."
        )
    for number, motif in enumerate(motifs):
        if not re.fullmatch("[ACGTacgt]+", motif):
            raise ValueError(
                f"motifs[{number}] must be letters A, C, G, T; got {motif!r}."
            )
    longest = sum(sorted(map(len, motifs))[-PER_SITE:])
    if longest > SITE - 2 * MARGIN:
        raise ValueError(
            f"motifs must fit into {SITE - 2 * MARGIN} bp, {PER_SITE} at a time; the "
            f"longest take {longest}."
        )
    return motifs


def _check_cells(cells: Mapping[str, Sequence], n_motifs: int) -> dict[str, tuple]:
    if not isinstance(cells, Mapping) or not cells:
        raise TypeError("cells must map names of cell types to lists of pairs.")
    checked = {}
    for name, pairs in cells.items():
        if not isinstance(name, str) or not name or set(name) & set("/\\\t\n"):
            raise ValueError(
                f"cells must have names that can name files; got {name!r}."
            )
        pairs = checks.feature_sets(f"cells[{name!r}]", pairs, n_motifs)
        if not pairs or any(len(pair) != 2 for pair in pairs):
            raise ValueError(f"cells[{name!r}] must be one or more pairs; got {pairs}.")
        checked[name] = pairs
    return checked
