"""Motifs that networks found in their filters, where a reader names no file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from helpers import checks
from helpers.data.bases import UNKNOWN
from helpers.data.kinds import PathLike
from helpers.data.motifs import BASES, Motif
from helpers.device import Device
from helpers.explain.filters import response_matrices, tomtom_best
from helpers.loaders.motifs import read_motifs
from helpers.networks.motif import MotifCNN
from helpers.significance.motif_pairs import as_bases, best_matches, motif_sites
from helpers.studies.keeping import digest_of, kept
from helpers.studies.own_sequences.composition import gc_share
from helpers.studies.own_sequences.learning import (
    LOSSES,
    Learned,
    check_loss,
    learned,
    some_rows,
    split,
)
from helpers.studies.own_sequences.reading import OF_COUNTS, Labelled
from helpers.studies.stores import Store

WIDTH = 12  # bp of the filters
HELD_OUT = 0.5  # of the sequences: these are asked about what the others showed
RESPONSE = 0.7  # of a filter's largest, from which on a window counts
FLANK = 2  # bp on either side, looked at when matches are counted again
LEAST_BITS = 0.25  # of a position at either end
FEWEST = 5  # positions, and as many matches
MIXED = 0.01  # of the uniform distribution, so that no base is impossible
ALIKE = 0.4  # correlation of two motifs' best matches: one of them is enough
EVIDENCE = 4.0  # standard errors
MATCH = 0.1  # motifs of a file expected to match as well by chance, at most
TARGETS = 25  # motifs of a file from which on TOMTOM's chances can be believed
OTHERS = "These networks serve that alone: the tests ask the model that was given."
MOST_BASES = 4_000_000  # scanned: of longer or more sequences, so many as hold them


@dataclass(frozen=True, eq=False)
class Sought:
    """The motifs that a page asks about, and the sequences that it may ask.

    Parameters
    ----------
    motifs : dict of name to Motif
        Of a file; or found, each called by its likeliest bases, the first the one that
        goes most with the label.
    data : Labelled
        All sequences; or those that had no part in finding motifs.
    network : Learned or None
        Whose filters showed the motifs.
    table : DataFrame
        Of motifs that were found: motif, width (bp), bits (in all), z (of its best
        match with the label, in the sequences that taught the networks), held (share
        of these that hold it); with known motifs also like (the nearest, "none" where
        as good a match is expected by chance) and its e_value (TOMTOM).
    said : str
        How they were found; empty for motifs of a file.
    """

    motifs: dict[str, Motif]
    data: Labelled
    network: Learned | None = None
    table: pd.DataFrame = field(default_factory=pd.DataFrame)
    said: str = ""


def sought_motifs(  # as the options of the page: each by its name
    data: Labelled,
    path: PathLike,
    *,
    loss: str,
    model: bool,
    most: int = 8,
    known: PathLike = "",
    seed: int = 0,
    device: Device = "auto",
    store: Store | None = None,
) -> Sought:
    """Read motifs from a file, or find them where none is named.

    Parameters
    ----------
    data : Labelled
    path : str or Path
        MEME or JASPAR file; "" to find them.
    loss : str
        As of the tests.
    model : bool
        Whether a model is at hand. Without one, the networks that find motifs are the
        model, and the loss must be one that they learn by.
    most : int
        Motifs that are found, at most.
    known : str or Path
        MEME or JASPAR file, with whose motifs those found are compared.
    seed, device, store
        As of `learned`.

    Raises
    ------
    FileNotFoundError, ValueError
        As `read_motifs` and `found_motifs`; if known is given beside a file.
    """
    most = checks.integer("n_found", most, at_least=2)
    if path:
        if known:
            raise ValueError(
                "known must be left out where motifs are those of a file (the example "
                f"has one too): it is compared with motifs that are found; got {known}."
            )
        return Sought(read_motifs(path), data)
    if not model:
        check_loss(loss)
    sought = found_motifs(
        data,
        loss=loss,
        most=most,
        known=read_motifs(known) if known else None,
        seed=seed,
        device=device,
        store=store,
    )
    return replace(sought, said=f"{sought.said} {OTHERS}") if model else sought


def found_motifs(  # as the options of the page: each by its name
    data: Labelled,
    *,
    loss: str,
    most: int = 8,
    known: Mapping[str, Motif] | None = None,
    seed: int = 0,
    device: Device = "auto",
    store: Store | None = None,
) -> Sought:
    """Train networks on half of the sequences; return the motifs of their filters.

    A filter's motif is counted from the windows that it answers, then once more from
    the best match in each sequence. Motifs are chosen one after the other: next comes
    the one whose best match goes most with what the share of G and C and the motifs
    before it leave of the label. Those like one before it are left out.

    Parameters
    ----------
    data : Labelled
    loss : str
        As of the tests. Networks learn counts by their square roots.
    most : int
        Motifs at most; two or more.
    known : mapping of name to Motif, optional
        Each motif is compared with these.
    seed, device, store
        As of `learned`.

    Raises
    ------
    ValueError
        As `learned`; if filters show fewer than two motifs that go with the label.

    Source
    ------
    Windows that a filter answers: Alipanahi et al. (2015). The rest is ours.
    """
    checks.one_of("loss", loss, (*LOSSES, *OF_COUNTS))
    how, labels = loss, data.labels
    if loss in OF_COUNTS:
        how, labels = "mse", np.sqrt(np.maximum(labels, 0))
    network = learned(
        Labelled(data.sequences, labels, data.groups),
        loss=how, width=min(WIDTH, len(data.sequences[0])), share=HELD_OUT, seed=seed,
        device=device, store=store,
    )  # fmt: skip
    taught = network.taught
    given = {
        "networks": (network.networks, network.digest),
        "data": (taught, digest_of(taught.sequences, taught.labels)),
    }
    rows = kept(store, "filters", filter_motifs, {"most": most, "seed": seed}, given)
    motifs = _motifs_of(rows)
    if len(motifs) < 2:
        shown = "one motif that goes" if motifs else "no motif that goes"
        raise ValueError(
            "motifs must be given: filters of networks trained on half of the "
            f"sequences show {shown} with the label, and the page is about pairs. More "
            "sequences may show others."
        )
    table = _described(rows, motifs)
    if known:
        best = tomtom_best([motif.ppm for motif in motifs.values()], known)
        like = best["label"].where(best["e_value"] <= MATCH, "none")
        table = table.assign(like=like, e_value=best["e_value"])
    rest = some_rows(data, split(data, HELD_OUT, seed)[1])
    said = _said(network, motifs, len(known) if known else 0)
    return Sought(motifs, rest, network, table, said)


def filter_motifs(
    networks: Sequence[MotifCNN], data: Labelled, most: int, seed: int
) -> pd.DataFrame:
    """Return the motifs of filters, chosen as `found_motifs` says.

    Parameters
    ----------
    networks : sequence of MotifCNN
    data : Labelled
        What they were trained on, without N.
    most, seed : int

    Returns
    -------
    DataFrame
        motif (its number), position, A, C, G, T (probabilities), z, held (share of
        sequences): a row a position, the first chosen first.
    """
    bases = as_bases(data.sequences)
    some = max(MOST_BASES // bases.shape[1], 1)
    order = np.random.default_rng([seed, 83]).permutation(len(bases))
    rows = np.sort(order[:some])
    bases, labels = bases[rows].astype(np.uint8), data.labels[rows]
    answered = [
        matrix
        for network in networks
        for matrix in map(_trimmed, response_matrices(network, bases, share=RESPONSE))
        if len(matrix) >= FEWEST
    ]
    candidates = [m for m in _counted_again(answered, bases) if len(m) >= FEWEST]
    chosen = _chosen(candidates, bases, labels, most)
    sites = _sites(bases, [candidates[number] for number, _ in chosen])
    tables = [
        pd.DataFrame(candidates[number], columns=list(BASES)).assign(
            motif=place, position=np.arange(len(candidates[number])), z=z,
            held=(sites[place][:, 0] >= 0).mean(),
        )
        for place, (number, z) in enumerate(chosen)
    ]  # fmt: skip
    columns = ["motif", "position", *BASES, "z", "held"]
    if not tables:  # a stored table has a row
        return pd.DataFrame([[-1] + [0.0] * 7], columns=columns)
    return pd.concat(tables, ignore_index=True)[columns]


def _named(matrices: Sequence[np.ndarray]) -> dict[str, Motif]:
    """Return matrices as motifs by their number, without impossible bases."""
    return {
        str(number): Motif(str(number), matrix).smoothed(MIXED)
        for number, matrix in enumerate(matrices)
    }


def _trimmed(matrix: np.ndarray) -> np.ndarray:
    """Return a matrix without the positions at its ends that say little."""
    telling = np.flatnonzero(Motif("filter", matrix).information >= LEAST_BITS)
    return matrix[telling[0] : telling[-1] + 1] if len(telling) else matrix[:0]


def _sites(bases: np.ndarray, matrices: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Return where each matrix stands, as the tests find it; (n, 2) each."""
    named = _named(matrices)
    if len(named) == 1:  # the tests ask for two
        named["again"] = named["0"]
    return list(motif_sites(bases, named).values())[: len(matrices)] if named else []


def _counted_again(
    matrices: Sequence[np.ndarray], bases: np.ndarray
) -> list[np.ndarray]:
    """Return the matrices of the best matches of others, up to two bp wider a side."""
    found = []
    sites = _sites(bases, matrices)
    for motif, places in zip(_named(matrices).values(), sites, strict=True):
        rows = np.flatnonzero(places[:, 0] >= 0)
        flank = min(FLANK, (bases.shape[1] - motif.width) // 2)
        around = ((0, 0), (flank, flank))
        padded = np.pad(bases[rows], around, constant_values=UNKNOWN)
        columns = places[rows, :1] + np.arange(motif.width + 2 * flank)
        windows = np.take_along_axis(padded, columns, axis=1)
        core, scores = windows[:, flank : flank + motif.width], motif.log_odds
        place = np.arange(motif.width)
        forward = scores[place, core].sum(axis=1)
        turned = scores[::-1, ::-1][place, core].sum(axis=1) > forward
        windows[turned] = _other_strand(windows[turned])
        counts = np.stack(
            [
                np.bincount(column, minlength=UNKNOWN + 1)[:UNKNOWN]
                for column in windows.T
            ]
        )
        totals = np.maximum(counts.sum(axis=1, keepdims=True), 1)
        enough = len(rows) >= FEWEST and counts.sum(axis=1).all()
        found.append(_trimmed(counts / totals) if enough else motif.ppm[:0])
    return found


def _other_strand(windows: np.ndarray) -> np.ndarray:
    turned = windows[:, ::-1]
    return np.where(turned < UNKNOWN, UNKNOWN - 1 - turned, UNKNOWN)


def _chosen(
    matrices: Sequence[np.ndarray], bases: np.ndarray, labels: np.ndarray, most: int
) -> list[tuple[int, float]]:
    """Return which matrices go with labels, one after the other, and how much (z)."""
    if not len(matrices):
        return []
    share = gc_share(bases)
    plain = np.column_stack([np.ones(len(share)), share, share**2])
    columns = np.column_stack([labels, best_matches(bases, _named(matrices))])
    columns = columns - plain @ np.linalg.lstsq(plain, columns, rcond=None)[0]
    left, matches = columns[:, 0], columns[:, 1:]
    sizes = np.maximum(np.linalg.norm(matches, axis=0), 1e-9)
    alike = np.abs(matches.T @ matches) / np.outer(sizes, sizes) >= ALIKE
    free, chosen = np.ones(len(matrices), bool), []
    while free.any() and len(chosen) < most:
        products = left[:, None] * matches
        errors = np.sqrt((products**2).sum(axis=0))
        z = np.where(free, products.sum(axis=0) / np.maximum(errors, 1e-12), 0)
        number = int(np.abs(z).argmax())
        if np.abs(z[number]) < EVIDENCE:
            break
        chosen.append((number, float(z[number])))
        free &= ~alike[number]
        free[number] = False
        unit = matches[:, number] / np.linalg.norm(matches[:, number])
        left = left - unit * (unit @ left)
        matches = matches - np.outer(unit, unit @ matches)
    return chosen


def _motifs_of(rows: pd.DataFrame) -> dict[str, Motif]:
    """Return motifs by their likeliest bases; the second of equals is numbered."""
    found: dict[str, Motif] = {}
    for _, some in rows[rows["motif"] >= 0].groupby("motif"):
        ppm = some.sort_values("position")[list(BASES)].to_numpy()
        name = Motif("filter", ppm).consensus
        same = sum(other.split("-")[0] == name for other in found)
        name += f"-{same + 1}" if same else ""
        smooth = Motif(name, ppm).smoothed(MIXED).ppm
        found[name] = Motif(name, _as_written(smooth), source="filters")
    return found


def _as_written(ppm: np.ndarray) -> np.ndarray:
    """Return a matrix as a MEME file holds it: read back, it matches the same places.

    Six decimals, of which the largest of each row takes what is missing from one.
    """
    written = ppm.round(6)
    rows, largest = np.arange(len(ppm)), written.argmax(axis=1)
    written[rows, largest] += 1 - written.sum(axis=1)
    return written.round(6)


def _described(rows: pd.DataFrame, motifs: Mapping[str, Motif]) -> pd.DataFrame:
    first = rows.drop_duplicates("motif")
    return pd.DataFrame({
        "motif": list(motifs),
        "width": [motif.width for motif in motifs.values()],
        "bits": [motif.information.sum() for motif in motifs.values()],
        "z": first["z"].to_numpy(),
        "held": first["held"].to_numpy(),
    })  # fmt: skip


def _said(network: Learned, motifs: Mapping[str, Motif], n_known: int) -> str:
    n = len(network.taught.labels)
    said = (
        f"The {len(motifs)} motifs below are what filters of these networks answer, "
        f"counted on the {n:,} sequences that taught them. They were chosen there too, "
        "by how their best match goes with the label beyond the share of G and C, so "
        f"that their z flatters them: all tests ask the other sequences alone. A "
        "filter is no factor: a long motif may come in two halves, a motif that does "
        "nothing without its partner may be missed, and of a few thousand sequences a "
        "matrix is rough (a motif of a file may go with the label far more). z is how "
        "many standard errors a motif's best match lies from going with the label not "
        "at all (below 0: with low ones), and held the share of these sequences that "
        "hold it."
    )
    if n_known:
        said += (
            " like is the nearest motif of the file known, and e_value how many of its "
            f"motifs match as well by chance; above {MATCH:g} like is none."
        )
    if 0 < n_known < TARGETS:
        said += (
            f" That file has {n_known}; below {TARGETS} TOMTOM's chances hang on which "
            "they are, so do not believe e_value."
        )
    return said
