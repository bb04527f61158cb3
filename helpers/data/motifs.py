"""Binding motifs: what a protein likes to bind, position by position."""

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

BASES = "ACGT"
UNIFORM = (0.25, 0.25, 0.25, 0.25)

# How far a row's sum may be from one: four numbers printed with three decimals are
# off by half a thousandth each.
ROUNDING = 0.0021
FINE_ROUNDING = 1e-5  # beyond it, rows kept as printed are warned of


@dataclass(frozen=True, eq=False)
class Motif:
    """A position probability matrix (PPM) with its background.

    Parameters
    ----------
    name : str
        Unique within its file.
    ppm : array, shape (width, 4)
        Probability of A, C, G, T at each position; rows sum to one.
    background : array, shape (4,)
        Probability of A, C, G, T outside the motif.
    label : str
        What figures call it; the name if left empty.
    source : str
        Where it comes from.
    as_printed : bool
        Keep rows as they are printed, though decimals take their sum from one; as
        simulators do that divide nothing out. A sum more than 0.00001 off is warned of.

    Raises
    ------
    ValueError
        If a shape is wrong, a probability negative or a row does not sum to one
        (within 0.002, for printed decimals; the rest is divided out unless the rows
        are to stay as printed).

    Examples
    --------
    >>> import numpy as np
    >>> from helpers import Motif
    >>> gata = Motif("GATA", np.eye(4)[[2, 0, 3, 0]] * 0.9 + 0.025)
    >>> gata.consensus
    'GATA'
    >>> gata.width
    4
    >>> gata.log_odds.round(2)[0]  # of A, C, G, T at the first position, in nats
    array([-2.3 , -2.3 ,  1.31, -2.3 ])
    """

    name: str
    ppm: np.ndarray
    background: np.ndarray | Sequence[float] = UNIFORM  # an array, once made
    label: str = ""
    source: str = ""
    as_printed: bool = False

    def __post_init__(self) -> None:
        where = f"motif {self.name}"
        ppm = np.array(self.ppm, dtype=np.float64)
        background = np.array(self.background, dtype=np.float64)
        if ppm.ndim != 2 or ppm.shape[0] < 1 or ppm.shape[1] != 4:
            raise ValueError(
                f"{where}: the matrix must have shape (width, 4); got {ppm.shape}."
            )
        if background.shape != (4,):
            raise ValueError(
                f"{where}: the background must have 4 values; got {background.shape}."
            )
        _check_distributions(ppm, f"{where}: row")
        _check_distributions(background[None], f"{where}: background")
        background = background / background.sum()
        if not self.as_printed:
            ppm = ppm / ppm.sum(axis=1, keepdims=True)
        elif (off := abs(ppm.sum(axis=1) - 1).max()) > FINE_ROUNDING:
            warnings.warn(
                f"{where}: rows are kept as printed; sums are up to {off:.2g} off.",
                stacklevel=3,
            )
        if not background.all():
            raise ValueError(f"{where}: the background must have no zeros.")
        object.__setattr__(self, "ppm", ppm)
        object.__setattr__(self, "background", background)
        object.__setattr__(self, "label", self.label or self.name)

    @property
    def width(self) -> int:
        """Number of positions, in bp."""
        return len(self.ppm)

    @property
    def consensus(self) -> str:
        """The likeliest base of each position (the first of equals)."""
        return "".join(BASES[i] for i in self.ppm.argmax(axis=1))

    @property
    def log_odds(self) -> np.ndarray:
        """The position weight matrix (PWM) in nats, shape (width, 4).

        Entry = ln(probability / background); a window's score is the sum of its
        entries and equals minus its binding energy in units of kT.
        """
        if not self.ppm.all():
            raise ValueError(
                f"motif {self.name} has zero probabilities; use .smoothed() first."
            )
        return np.log(self.ppm / self.background)

    @property
    def information(self) -> np.ndarray:
        """Information content of each position against the background, in bits."""
        ratio = np.where(self.ppm > 0, self.ppm / self.background, 1.0)
        return (self.ppm * np.log2(ratio)).sum(axis=1)  # (width,)

    def smoothed(self, probability: float = 0.001) -> "Motif":
        """Return the motif mixed with a little of the uniform distribution.

        Every entry becomes (1 - probability) p + probability / 4, so that no base is
        impossible and all log-odds are finite.
        """
        if not 0 < probability < 1:
            raise ValueError(
                f"probability must lie between 0 and 1; got {probability}."
            )
        return replace(self, ppm=(1 - probability) * self.ppm + probability / 4)


def meme_text(motifs: Iterable[Motif]) -> str:
    """Return motifs as a MEME file, with six decimals and the background of the first.

    Parameters
    ----------
    motifs : iterable of Motif
        One or more. The file has each one's name, and its label where that differs.

    Raises
    ------
    ValueError
        If there is none, or a name has a blank, where a reader would end it.
    """
    motifs = list(motifs)
    if not motifs:
        raise ValueError("motifs must hold one or more; got none.")
    letters = zip(BASES, motifs[0].background, strict=True)
    frequencies = " ".join(f"{base} {share:.6f}" for base, share in letters)
    lines = [
        "MEME version 4", "", f"ALPHABET= {BASES}", "",
        "Background letter frequencies", frequencies, "",
    ]  # fmt: skip
    for motif in motifs:
        if not motif.name or len(motif.name.split()) > 1:
            raise ValueError(f"names must hold no blank; got {motif.name!r}.")
        label = "" if motif.label == motif.name else f" {motif.label}"
        head = f"letter-probability matrix: alength= 4 w= {motif.width}"
        rows = [" ".join(f"{p:.6f}" for p in row) for row in motif.ppm]
        lines += [f"MOTIF {motif.name}{label}", head, *rows, ""]
    return "\n".join(lines)


def _check_distributions(rows: np.ndarray, where: str) -> None:
    """Raise unless each of `rows` (n, 4) is a distribution but for rounding."""
    for number, row in enumerate(rows, start=1):
        if not np.isfinite(row).all() or (row < 0).any():
            raise ValueError(f"{where} {number} must hold probabilities; got {row}.")
        if abs(row.sum() - 1) > ROUNDING:
            raise ValueError(f"{where} {number} must sum to 1; got {row.sum():.6g}.")
