"""Is the interaction of two motifs real? All held-out tests for one's own model.

Any model of sequences will do: a function, a torch network, a scikit-learn estimator.
Motif instances are found by their matrices on both strands, or given by position; each
is knocked out alone and with its partner, and the tests of `held_out` ask whether the
model's loss needs what the two do beyond their sum.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import ArrayLike
from torch import nn

from helpers import checks
from helpers.data.bases import UNKNOWN, letter_numbers
from helpers.data.motifs import BASES, Motif
from helpers.significance.held_out import (
    COLUMNS,
    FEWEST,
    LOSSES,
    HeldOut,
    Loss,
    effect_size_test,
    paired_test,
    reference_test,
    unpaired_test,
)
from helpers.significance.multiplicity import adjust
from helpers.truth.responses import Effects, effects
from helpers.truth.sequences import dinucleotide_shuffle

Sequences = Sequence[str] | np.ndarray
Motifs = Sequence[Motif] | Mapping[str, Motif | ArrayLike]

ENCODINGS = ("one-hot", "channels", "letters", "bases")
MATCH = 1e-4  # chance of a random window to pass for an instance, as FIMO has it
STEP = 0.01  # nats: scores are summed on this grid to find that chance
BATCH = 256  # sequences a model is asked for at once
ROUNDING = 1e-6  # of the largest prediction: smaller interactions are none
TRIES = 20  # random strings, of which the least motif-like replaces an instance
AS_IS = Loss("as is", lambda prediction, _: prediction)
# Cross-entropy of log odds: evidence that only adds up is no interaction here, as it
# is on probabilities wherever the curve between the two bends.
LOG_ODDS = Loss(
    "log-odds",
    lambda prediction, label: np.logaddexp(0, prediction) - label * prediction,
    label_lowest=0,
    label_highest=1,
)

MEANINGS = {  # test: (what a small p says, what it does not)
    "paired": (
        "on most examples this model's loss is lower with the interaction",
        "that the gain is large, or that the data interact: repairs of wrong main "
        "effects help as well",
    ),
    "unpaired": (
        "the gain is large against the spread of losses",
        "anything by its silence, which only means: not large",
    ),
    "against random positions": (
        "the interaction is worth more here than at two random places",
        "that the data interact: main effects are larger here, and so are repairs",
    ),
    "effect size against shuffles": (
        "the effects are larger than on sequences without motifs",
        "that they are real: networks that read both motifs pass as well where labels "
        "only add up",
    ),
}


# What a user gives in one call, hence so many arguments.
def held_out_interaction(  # as scikit-learn's options: each by its name
    predict: object, sequences: Sequences, labels: ArrayLike, motifs: Motifs, *,
    loss: str | Loss, output: int | Callable | None = None, encoding: str | None = None,
    n_draws: int = 8, groups: ArrayLike | None = None, seed: int = 0,
    pairs: Iterable[tuple[str, str]] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Test the interaction of every pair of motifs in a model's predictions.

    The examples must be held out: neither trained on nor used to choose the model.

    Parameters
    ----------
    predict : callable, torch Module or scikit-learn estimator
        A classifier of two classes is asked for the probability of the second; of more
        classes, `output` says which.
    sequences : sequence of str, or array
        Letters A, C, G, T and N, equally long; base numbers, shape (n, length), 4 for
        N; or one-hot code, (n, length, 4) or (n, 4, length), in which N is zeros.
    labels : array, shape (n,)
    motifs : sequence of Motif, or dict of name to Motif or to array (n, 2)
        A motif's instance is its best window, on either strand, if a random window of
        the motif's background scores as much with a chance below 1 in 10,000. An
        array gives positions instead: first base and first base after the instance,
        0-based; -1 where a sequence has none.
    loss : str or Loss
        A name from `held_out.LOSSES`, "log-odds", or your own; it fixes the scale of
        predictions, and with it what an interaction is. Of a classifier, "log-odds"
        (which `predict` must then return) calls what is more than added evidence;
        "cross-entropy" of probabilities also calls two motifs whose evidence adds up.
    output : int or callable, optional
        Which column of the model's output to test, or a function of what the model
        returns (as numpy arrays) that gives one number a sequence.
    encoding : {"one-hot", "channels", "letters", "bases"}, optional
        What the model takes: (n, length, 4), (n, 4, length), a list of str, or base
        numbers. Left out: channels for torch, letters for scikit-learn, else one-hot.
    n_draws : int
        Replacements of every instance, over which predictions are averaged. A pair
        asks the model for about 3 + 9 n_draws predictions a sequence.
    groups : array, shape (n,), optional
        Examples that are not independent (overlapping windows, homologous loci) share
        a group; tests then see one mean for each group.
    seed : int
    pairs : iterable of (str, str), optional
        Names of the motifs of those to ask about; corrections count these alone. All
        others keep their draws, so that parts put together are the whole.

    Returns
    -------
    DataFrame
        One row a pair and test: pair, the columns of `held_out.COLUMNS`, interaction
        (mean), size (mean absolute value), p_holm (over pairs), says, does_not_say.
        Pairs that stand together in fewer than 20 examples (or groups) are left out.

    Raises
    ------
    TypeError, ValueError
        If shapes or letters are wrong, the model fails on two sequences, returns
        another number of values or some that are not finite, or no pair has enough
        examples.

    Source
    ------
    Finkelstein, Shrikumar and Kundaje (2020), sections 2, 3 and G. Differs from it:
    instances are found, on both strands, not planted; several replacements are
    averaged; any loss; clusters.

    Examples
    --------
    >>> import numpy as np
    >>> from helpers import Motif, held_out_interaction
    >>> rng = np.random.default_rng(0)
    >>> sequences = rng.integers(0, 4, (300, 40))
    >>> first, second = [2, 0, 3, 0, 0, 2, 1, 2], [1, 1, 0, 3, 2, 2, 3, 1]
    >>> for row in range(300):
    ...     if row % 4 in (0, 1):
    ...         sequences[row, 2:10] = first
    ...     if row % 4 in (0, 2):
    ...         sequences[row, 20:28] = second
    >>> def model(bases):
    ...     a = (bases[:, 2:10] == first).all(axis=1)
    ...     b = (bases[:, 20:28] == second).all(axis=1)
    ...     return 1.0 + a + b + 2 * a * b
    >>> motifs = [
    ...     Motif(name, np.eye(4)[bases] * 0.9 + 0.025)
    ...     for name, bases in (("first", first), ("second", second))
    ... ]
    >>> labels = model(sequences) + rng.normal(size=300)
    >>> tests = held_out_interaction(
    ...     model, sequences, labels, motifs, loss="mse", encoding="bases"
    ... )
    >>> tests.loc[0, "pair"]
    'first × second'
    >>> tests.loc[0, "says"]
    "on most examples this model's loss is lower with the interaction"
    """
    bases = as_bases(sequences)
    labels = checks.vector("labels", labels, length=len(bases))
    if isinstance(loss, str):
        loss = {**LOSSES, "log-odds": LOG_ODDS}[
            checks.one_of("loss", loss, (*LOSSES, "log-odds"))
        ]
    if len(labels) >= FEWEST:  # what a loss cannot take is told at once
        HeldOut(labels, labels, labels, loss)
    n_draws = checks.integer("n_draws", n_draws, at_least=1)
    ask = asker(predict, output, encoding)
    if loss is LOG_ODDS and hasattr(predict, "predict_proba"):
        raise ValueError(
            "loss 'log-odds' needs a predict that returns log odds, and an estimator "
            "is asked for probabilities; give its decision_function, with encoding."
        )
    sites = _find_sites(bases, motifs)
    ask(bases[:2])  # a wrong encoding or output is told at once, and shortly
    wanted = _wanted(pairs, sites)
    rows = []
    for number, (a, b) in enumerate(combinations(sites, 2)):
        if frozenset((a, b)) not in wanted:
            continue
        pair = _Pair.of(sites[a], sites[b])
        own = None if groups is None else _group_numbers(groups, len(bases))[pair.rows]
        n = len(pair.rows) if own is None else len(np.unique(own))
        if n >= FEWEST:
            draw = np.random.default_rng([checks.integer("seed", seed), number])
            tested = _tested(ask, bases, labels, pair, (loss, n_draws, own, draw))
            rows.append(tested.assign(pair=f"{a} × {b}"))
    if not rows:
        raise ValueError(
            f"motifs must have a pair that stands together in at least {FEWEST} "
            "examples or groups; none does."
        )
    table = adjust(pd.concat(rows, ignore_index=True))
    for column, which in (("says", 0), ("does_not_say", 1)):
        table[column] = [MEANINGS[test][which] for test in table["test"]]
    first = ["pair", *COLUMNS]
    return table[first + [c for c in table if c not in first]].drop(columns="network")


def _wanted(pairs: Iterable | None, sites: Mapping) -> set[frozenset]:
    """Return the pairs to ask about, each as a set of its motifs' names."""
    known = {frozenset(pair) for pair in combinations(sites, 2)}
    if pairs is None:
        return known
    wanted = {frozenset(pair): pair for pair in pairs}
    if strange := wanted.keys() - known:
        raise ValueError(
            "pairs must name two different motifs each; got "
            f"{wanted[min(strange, key=sorted)]}."
        )
    return set(wanted)


# ---- sequences and models ----------------------------------------------------------


def as_bases(sequences: Sequences) -> np.ndarray:
    """Return base numbers, uint8, shape (n, length), 4 for unknown bases."""
    if isinstance(sequences, torch.Tensor):
        sequences = sequences.detach().cpu().numpy()
    if isinstance(sequences, np.ndarray) and sequences.ndim == 3:
        return _from_one_hot(sequences)
    if isinstance(sequences, np.ndarray) and sequences.dtype.kind in "iu":
        bases = sequences
        if bases.ndim != 2 or bases.min(initial=0) < 0 or bases.max(initial=0) > 4:
            raise ValueError(
                "sequences must be base numbers 0 to 4 of shape (n, length); got shape "
                f"{bases.shape}."
            )
        return bases.astype(np.uint8)
    if isinstance(sequences, (str, bytes)) or not len(sequences):
        raise ValueError("sequences must be a list of one or more strings.")
    lengths = {len(s) for s in sequences}
    if len(lengths) > 1:
        raise ValueError(f"sequences must have one length; got {sorted(lengths)[:3]}.")
    text = "".join(sequences).encode("latin-1", "replace")
    numbers = letter_numbers(ambiguous=True)[np.frombuffer(text, "u1")]
    numbers = numbers.reshape(len(sequences), -1)
    wrong = np.argwhere(numbers == 255)
    if len(wrong):
        row, position = wrong[0]
        raise ValueError(
            f"sequences[{row}] may hold only A, C, G, T and N; got "
            f"{sequences[row][position]!r} at position {position}."
        )
    return numbers


def _from_one_hot(code: np.ndarray) -> np.ndarray:
    """Return base numbers of one-hot code, (n, length, 4) or (n, 4, length)."""
    if 4 not in code.shape[1:]:
        raise ValueError(
            "sequences in one-hot code must have shape (n, length, 4) or "
            f"(n, 4, length); got {code.shape}."
        )
    rows = code if code.shape[2] == 4 else code.transpose(0, 2, 1)
    known = rows.sum(axis=2)
    if not (np.isin(rows, (0, 1)).all() and (known <= 1).all()):
        raise ValueError(
            "sequences in one-hot code must have one 1 a base, or none for N, and 0 "
            "elsewhere."
        )
    return np.where(known == 1, rows.argmax(axis=2), UNKNOWN).astype(np.uint8)


def asker(
    predict: object, output: int | Callable | None = None, encoding: str | None = None
) -> Callable:
    """Return a function from base numbers (n, length) to predictions (n,).

    Parameters
    ----------
    predict, output, encoding
        As in `held_out_interaction`.
    """
    raw, usual = _raw_function(predict)
    encoding = checks.one_of("encoding", encoding or usual, ENCODINGS)
    if not (output is None or callable(output)):
        output = checks.integer("output", output, at_least=0)

    def ask(bases: np.ndarray) -> np.ndarray:
        parts = [
            _one_number(_called(raw, bases[i : i + BATCH], encoding), output)
            for i in range(0, len(bases), BATCH)
        ]
        values = np.concatenate(parts)
        if len(values) != len(bases) or not np.isfinite(values).all():
            raise ValueError(
                f"predict must return one finite value for each of {len(bases)} "
                f"sequences; got {len(values)}, "
                f"{int(np.isfinite(values).sum())} of them finite."
            )
        return values

    return ask


def _called(raw: Callable, bases: np.ndarray, encoding: str) -> object:
    """Return what a model says; a failure names the encoding it was asked in."""
    try:
        return raw(encoded(bases, encoding))
    except Exception as error:
        said = str(error).strip().partition("\n")[0][:150]
        raise ValueError(
            f"predict must take sequences as {encoding!r}, unless encoding says "
            f"otherwise; it failed with {type(error).__name__}: {said}"
        ) from error


def encoded(bases: np.ndarray, encoding: str) -> np.ndarray | list[str]:
    """Return base numbers (n, length) as a model takes them."""
    if encoding == "bases":
        return bases
    if encoding == "letters":
        letters = np.array(list(BASES + "N"))
        return ["".join(row) for row in letters[bases]]
    one_hot = np.eye(5, 4, dtype=np.float32)[bases]  # (n, length, 4), N is zero
    return one_hot if encoding == "one-hot" else one_hot.transpose(0, 2, 1).copy()


def _raw_function(predict: object) -> tuple[Callable, str]:
    """Return a function of encoded sequences, and the encoding it usually takes."""
    if isinstance(predict, nn.Module):
        return _network_function(predict), "channels"
    if hasattr(predict, "get_params") and hasattr(predict, "predict_proba"):
        return (lambda x: _second_class(predict.predict_proba(x))), "letters"
    if hasattr(predict, "get_params") and hasattr(predict, "predict"):
        return predict.predict, "letters"
    if callable(predict):
        return predict, "one-hot"
    raise TypeError(
        "predict must be a callable, a torch Module or a scikit-learn estimator; got "
        f"{type(predict).__name__}."
    )


def _second_class(chances: ArrayLike) -> np.ndarray:
    """Return the chances of the second of two classes; all columns of more."""
    chances = np.asarray(chances)
    return chances[:, 1] if chances.shape[1] == 2 else chances


def _network_function(network: nn.Module) -> Callable:
    parameter = next(network.parameters(), torch.empty(0))

    def predict(x: np.ndarray | list[str]) -> torch.Tensor:
        was_training = network.training
        network.eval()
        try:
            with torch.no_grad():
                kind = parameter.dtype if isinstance(x, np.ndarray) else None
                rows = torch.as_tensor(x, dtype=kind, device=parameter.device)
                return network(rows)
        finally:
            network.train(was_training)

    return predict


def _numpy(value: Any) -> Any:
    """Return what a model gave, tensors as arrays, in the same tuples and dicts."""
    if isinstance(value, torch.Tensor):
        return value.detach().cpu().numpy()
    if isinstance(value, Mapping):
        return {name: _numpy(item) for name, item in value.items()}
    if isinstance(value, (tuple, list)) and any(
        isinstance(item, (torch.Tensor, np.ndarray)) for item in value
    ):
        return type(value)(_numpy(item) for item in value)
    return value


def _one_number(value: object, output: int | Callable | None) -> np.ndarray:
    """Return one value a sequence, float64, shape (n,)."""
    value = _numpy(value)
    if callable(output):
        value = output(value)
    if isinstance(value, (tuple, dict)):
        raise ValueError(
            f"output must be a function where predict returns a {type(value).__name__}:"
            " of all that it returns, one number a sequence, say lambda out: out[1]."
        )
    table = np.asarray(value, dtype=np.float64)
    table = table.reshape(len(table), -1) if table.ndim else table.reshape(1, 1)
    if isinstance(output, int):
        if output >= table.shape[1]:
            raise ValueError(
                f"output must be below the {table.shape[1]} columns of predict; "
                f"got {output}."
            )
        return table[:, output]
    if table.shape[1] != 1:
        raise ValueError(
            f"output must say which of {table.shape[1]} columns of predict to test."
        )
    return table[:, 0]


# ---- motif instances ----------------------------------------------------------------


def _find_sites(bases: np.ndarray, motifs: Motifs) -> dict:
    """Return {name: `_Sites`} of motifs given by matrix or by position."""
    if isinstance(motifs, (str, PathLike)):
        raise TypeError(
            f"motifs must be matrices or positions; got {str(motifs)!r}. Read a file "
            "of matrices with helpers.read_motifs."
        )
    named = motifs if isinstance(motifs, Mapping) else {m.label: m for m in motifs}
    if len(named) < 2:
        raise ValueError(f"motifs must be two or more; got {len(named)}.")
    return {
        name: _Sites.found(bases, motif)
        if isinstance(motif, Motif)
        else _Sites.given(name, bases, motif)
        for name, motif in named.items()
    }


def motif_sites(sequences: Sequences, motifs: Motifs) -> dict[str, np.ndarray]:
    """Return where each motif stands, as the tests of this module find it.

    Parameters
    ----------
    sequences, motifs
        As in `held_out_interaction`.

    Returns
    -------
    dict of name to array of int, shape (n, 2)
        First base and first base after the instance, 0-based; -1 where there is none.
    """
    sites = _find_sites(as_bases(sequences), motifs)
    return {n: np.stack([s.starts, s.ends], axis=1) for n, s in sites.items()}


def best_matches(sequences: Sequences, motifs: Mapping[str, Motif]) -> np.ndarray:
    """Return how well the best window of each sequence matches each motif.

    Parameters
    ----------
    sequences
        As in `held_out_interaction`.
    motifs : mapping of name to Motif

    Returns
    -------
    array, shape (n, n_motifs)
        Log-odds in nats, on the better strand.
    """
    bases = as_bases(sequences)
    columns = []
    for name, motif in motifs.items():
        if motif.width > bases.shape[1]:
            raise ValueError(
                f"motif {name} must not be wider than the sequences' "
                f"{bases.shape[1]} bp; got {motif.width}."
            )
        known = motif if motif.ppm.all() else motif.smoothed()
        columns.append(_scores(bases, known).max(axis=1))
    return np.stack(columns, axis=1)


@dataclass(frozen=True, eq=False)
class _Sites:
    """Where one motif stands: starts and ends, shape (n,), -1 where it does not."""

    starts: np.ndarray
    ends: np.ndarray
    motif: Motif | None = None

    @classmethod
    def found(cls, bases: np.ndarray, motif: Motif) -> "_Sites":
        motif = motif if motif.ppm.all() else motif.smoothed()
        if motif.width > bases.shape[1]:
            raise ValueError(
                f"motif {motif.name} must not be wider than the sequences' "
                f"{bases.shape[1]} bp; got {motif.width}."
            )
        scores = _scores(bases, motif)  # (n, n_windows)
        best = scores.argmax(axis=1)
        there = scores[np.arange(len(bases)), best] >= score_limit(motif)
        starts = np.where(there, best, -1)
        return cls(starts, np.where(there, best + motif.width, -1), motif)

    @classmethod
    def given(cls, name: str, bases: np.ndarray, positions: ArrayLike) -> "_Sites":
        positions = np.asarray(positions)
        if positions.shape != (len(bases), 2) or positions.dtype.kind not in "iu":
            raise ValueError(
                f"motifs[{name!r}] must be whole numbers of shape ({len(bases)}, 2); "
                f"got {positions.dtype} of shape {positions.shape}."
            )
        starts, ends = positions.astype(int).T
        absent = (starts == -1) & (ends == -1)
        inside = (starts >= 0) & (starts < ends) & (ends <= bases.shape[1])
        wrong = np.flatnonzero(~absent & ~inside)
        if len(wrong):
            raise ValueError(
                f"motifs[{name!r}] must lie within the {bases.shape[1]} bp; row "
                f"{wrong[0]} is {starts[wrong[0]]} to {ends[wrong[0]]}."
            )
        return cls(starts, ends)


def score_limit(motif: Motif, chance: float = MATCH) -> float:
    """Return the log-odds that a random window reaches with at most this chance.

    Sums the distribution of scores over positions, on a grid of 0.01 nats. Where no
    score is as rare as that, the motif's highest.

    Parameters
    ----------
    motif : Motif
        Without zero probabilities; windows are drawn from its background.
    chance : float

    Source
    ------
    Grant, Bailey and Noble (2011), Bioinformatics 27:1017 (FIMO), for the usual limit.
    """
    steps = np.round(motif.log_odds / STEP).astype(int)  # (width, 4)
    lowest = steps.min(axis=1, keepdims=True)
    shares = np.ones(1)
    for row in steps - lowest:
        grown = np.zeros(len(shares) + row.max())
        for letter, step in enumerate(row):
            grown[step : step + len(shares)] += motif.background[letter] * shares
        shares = grown
    above = np.cumsum(shares[::-1])[::-1]  # chance of this score or more
    # Of scores that occur: between them nothing would be gained but rounding.
    rare = np.flatnonzero((above <= chance) & (shares > 0))
    first = rare[0] if len(rare) else len(shares) - 1
    # Half a step a position lower: each was rounded.
    return (first + lowest.sum()) * STEP - motif.width * STEP / 2


def _scores(bases: np.ndarray, motif: Motif) -> np.ndarray:
    """Return the log-odds of every window on the better strand, (n, n_windows)."""
    # An unknown base scores as the worst one, so that it is never part of a match.
    forward = np.column_stack([motif.log_odds, motif.log_odds.min(axis=1)])
    reverse = np.column_stack([motif.log_odds[::-1, ::-1], forward[::-1, 4]])
    n_windows = bases.shape[1] - motif.width + 1
    strands = np.zeros((2, len(bases), n_windows))
    for position in range(motif.width):
        letters = bases[:, position : position + n_windows]
        strands[0] += forward[position, letters]
        strands[1] += reverse[position, letters]
    return strands.max(axis=0)


@dataclass(frozen=True, eq=False)
class _Pair:
    """Two sites in those sequences in which both stand and do not overlap."""

    rows: np.ndarray
    starts: np.ndarray  # (2, n_rows)
    ends: np.ndarray  # (2, n_rows)
    motifs: tuple

    @classmethod
    def of(cls, a: _Sites, b: _Sites) -> "_Pair":
        apart = (a.ends <= b.starts) | (b.ends <= a.starts)
        rows = np.flatnonzero((a.starts >= 0) & (b.starts >= 0) & apart)
        starts = np.stack([a.starts[rows], b.starts[rows]])
        ends = np.stack([a.ends[rows], b.ends[rows]])
        return cls(rows, starts, ends, (a.motif, b.motif))

    def moved(self, length: int, draw: np.random.Generator) -> "_Pair":
        """Return as wide sites at two random places that do not overlap."""
        widths = self.ends - self.starts
        starts = np.empty_like(self.starts)
        todo = np.arange(len(self.rows))
        while len(todo):
            for site in (0, 1):
                starts[site, todo] = draw.integers(0, length - widths[site, todo] + 1)
            ends = starts[:, todo] + widths[:, todo]
            apart = (ends[0] <= starts[1, todo]) | (ends[1] <= starts[0, todo])
            todo = todo[~apart]
        return _Pair(self.rows, starts, starts + widths, self.motifs)


def _replacements(
    bases: np.ndarray,
    starts: np.ndarray,
    ends: np.ndarray,
    motif: Motif | None,
    draw: np.random.Generator,
) -> np.ndarray:
    """Return the sequences with one site of each replaced, (n, length).

    Letters are drawn from the sequence's own composition. With a matrix, several
    strings are drawn and the one that looks least like the motif is taken.
    """
    n = len(bases)
    counts = np.stack([(bases == base).sum(axis=1) for base in range(4)], axis=1) + 1
    edges = np.cumsum(counts / counts.sum(axis=1, keepdims=True), axis=1)[:, :3]
    width = int((ends - starts).max())
    tries = 1 if motif is None else TRIES
    strings = np.zeros((tries, n, width), dtype=np.uint8)
    uniform = draw.random((tries, n, width))
    for edge in range(3):
        strings += uniform >= edges[:, edge, None]
    if motif is None:
        chosen = strings[0]
    else:
        scores = np.stack([_scores(each, motif)[:, 0] for each in strings])
        chosen = strings[scores.argmin(axis=0), np.arange(n)]
    replaced = bases.copy()
    offset = np.arange(width)
    inside = offset < (ends - starts)[:, None]
    rows, columns = np.nonzero(inside)
    replaced[rows, starts[rows] + columns] = chosen[rows, columns]
    return np.where(bases == UNKNOWN, bases, replaced)


# ---- tests of one pair ---------------------------------------------------------------


def _tested(
    ask: Callable, bases: np.ndarray, labels: np.ndarray, pair: _Pair, how: tuple
) -> pd.DataFrame:
    """Return all tests of one pair."""
    loss, n_draws, groups, draw = how
    own, y = bases[pair.rows], labels[pair.rows]
    seen = _effects(ask, own, pair, n_draws, draw)
    moved = _effects(ask, own, pair.moved(own.shape[1], draw), n_draws, draw)
    losses, elsewhere = (
        _by_group(HeldOut(e.intact, e.without_interaction, y, loss), groups)
        for e in (seen, moved)
    )
    tests = [
        paired_test(losses),
        unpaired_test(losses),
        reference_test(losses, elsewhere),
    ]
    known = (own < UNKNOWN).all(axis=1)  # a shuffle needs every letter
    if known.sum() >= FEWEST:
        shuffled = dinucleotide_shuffle(own[known], seed=draw)
        there = _Pair(
            pair.rows[known], pair.starts[:, known], pair.ends[:, known], pair.motifs
        )
        null = _effects(ask, shuffled, there, n_draws, draw).interaction
        sizes = np.abs(seen.interaction)
        if groups is not None:
            sizes = _group_means(sizes[None], groups)[0]
        tests.append(effect_size_test(sizes, null))
    return pd.concat(tests, ignore_index=True).assign(
        interaction=seen.interaction.mean(), size=np.abs(seen.interaction).mean()
    )


def _effects(
    ask: Callable,
    bases: np.ndarray,
    pair: _Pair,
    n_draws: int,
    draw: np.random.Generator,
) -> Effects:
    """Return the effects of both sites, predictions averaged over replacements."""
    intact = ask(bases)
    total = np.zeros((2, 2, len(bases)))
    for _ in range(n_draws):
        first, second = (
            _replacements(bases, pair.starts[i], pair.ends[i], pair.motifs[i], draw)
            for i in (0, 1)
        )
        # Letters of the two sites never meet: sites do not overlap.
        both = np.where(first != bases, first, second)
        total[0, 1] += ask(first)
        total[1, 0] += ask(second)
        total[0, 0] += ask(both)
    total[1, 1] = n_draws * intact
    found = effects(total / n_draws)
    # What single precision leaves of nothing must not be ranked.
    real = np.abs(found.interaction) > ROUNDING * np.abs(intact).max(initial=0)
    return replace(found, interaction=np.where(real, found.interaction, 0.0))


def _group_numbers(groups: ArrayLike | None, n: int) -> np.ndarray:
    groups = np.asarray(groups)
    if groups.shape != (n,):
        raise ValueError(f"groups must have shape ({n},); got {groups.shape}.")
    return np.unique(groups, return_inverse=True)[1]


def _group_means(values: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Return the mean of each group, (n_networks, n) -> (n_networks, n_groups)."""
    numbers = np.unique(groups, return_inverse=True)[1]
    sums = np.stack([np.bincount(numbers, row) for row in values])
    return sums / np.bincount(numbers)


def _by_group(losses: HeldOut, groups: np.ndarray | None) -> HeldOut:
    """Return mean losses of groups as if they were examples."""
    if groups is None:
        return losses
    kept = _group_means(losses.loss_with, groups)
    removed = _group_means(losses.loss_without, groups)
    return HeldOut(kept, removed, np.zeros(kept.shape[1]), AS_IS)
