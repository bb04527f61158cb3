"""The answer: a table, a paragraph in plain words, a picture."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from helpers import checks
from helpers.significance.interaction import calibrated
from helpers.significance.interaction.basis import told_by_others
from helpers.significance.interaction.family import Family
from helpers.significance.interaction.settings import Settings
from helpers.significance.interaction.table import normal_scores

#: Share of a feature from which on the others "tell" it, and features named at most.
TOLD, MOST_NAMED = 0.8, 5
#: Share of sets without an answer above which the table is to blame; and share of the
#: additive fit's loss by which a learner may be worse before that is said.
MOST_UNCLEAR, WORSE = 0.5, 0.01
#: Corrected p above which a called set is called only just.
BARELY = 0.001
#: Settings that have trials of their own.
OPTIONS = ("crossed", "step_down")
#: What a direction adds to, by the family of the outcome.
ADDED_TO = {"gaussian": "outcome", "binomial": "log odds", "poisson": "log of counts"}
#: The column of a table that names the features of a set, by its size; and many sets.
NAMES_OF = {2: "pair", 3: "three"}
MANY = {2: "pairs", 3: "sets of three"}
SINGLE = {2: "pair", 3: "set of three"}


def p_text(p: float, *, equals: str = "") -> str:
    """Return a p-value with two digits: nothing where there is none, and never 0.

    Parameters
    ----------
    p : float
    equals : str
        What stands before a number, "= " in a sentence; below 1e-300 it is "< ".

    Examples
    --------
    >>> p_text(0.01234), p_text(0.0)
    ('0.012', '< 1e-300')
    """
    if np.isnan(p):
        return ""
    return "< 1e-300" if p < 1e-300 else f"{equals}{p:.2g}"


def _few_digits(values: np.ndarray) -> list[str]:
    """Return values with as few digits as tell them apart, three at least."""
    for digits in (3, 4, 5, 6):
        texts = [_number(float(value), digits) for value in values]
        if len(set(texts)) == len(values):
            break
    return texts


def _number(value: float, digits: int) -> str:
    """Return a number as a tick has room for it."""
    if value and not 1e-4 <= abs(value) < 1e6:
        front, _, power = f"{value:.{digits - 1}e}".partition("e")
        text = f"{front}e{int(power)}"
    else:
        rounded = float(f"{value:.{digits}g}")
        text = np.format_float_positional(rounded, trim="-")
    return text.replace("-", "\N{MINUS SIGN}")


@dataclass(frozen=True)
class Answer:
    """What the data say about every pair, or set of three.

    Attributes
    ----------
    table : DataFrame
        One row a pair, the strongest first: pair (two names; `three` for sets of
        three), estimate (share of the outcome's variance that the learned direction
        explains with one slope, proposals of all parts at one size; a lower bound), low
        and high (95 % interval), z, p (one-sided), p_holm, p_bh, p_maxt (corrected for
        the number of pairs), p_step (the same, called pairs taken out; only where the
        settings ask for it), surviving (share of the direction's variance outside the
        null hypothesis), identifiable. Where it is False the answer is "cannot tell",
        and z and p are NaN. Pairs that screening left out are missing and counted.
    features : tuple of str
    family : Family
    n_rows : int
    n_tested_rows : int
    n_sets : int
    size : int
        Features of a set: 2 or 3.
    settings : Settings
    learner : str
    unseen : bool
    two_valued : bool
        Whether the outcome has only two values.
    given : tuple of str
        What the test was given beside X and y, by its arguments' names.
    silent : tuple of tuples of str
        Sets for which the learner proposed nothing at all.
    n_functions : int
        Functions that could say what the two of a pair do, of the pair with fewest:
        1 is the product of straight lines.
    lost : float
        By how much of the additive fit's loss the learner predicted worse than it, on
        the rows tested; negative if better.
    notes : tuple of str
        What else the outcomes say of the answer.
    """

    table: pd.DataFrame
    features: tuple[str, ...]
    family: Family
    n_rows: int
    n_tested_rows: int
    n_sets: int
    size: int
    settings: Settings
    learner: str
    unseen: bool
    two_valued: bool
    given: tuple[str, ...]
    silent: tuple[tuple[str, ...], ...]
    n_functions: int
    lost: float
    rows: np.ndarray = field(repr=False)
    values: np.ndarray = field(repr=False)
    columns: tuple = field(repr=False)
    directions: dict = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def names(self) -> pd.Series:
        """Names of the features of each set, in the order of the table."""
        return self.table[NAMES_OF[self.size]]

    def called(self, level: float = 0.05) -> pd.DataFrame:
        """Return the sets whose p-value, after Holm, is at most `level`."""
        level = checks.number("level", level, at_least=0, at_most=1)
        return self.table[self.table["p_holm"] <= level]

    def __str__(self) -> str:
        known = calibrated.known(
            self.values,
            self.family.name,
            self.n_rows,
            size=self.size,
            given=self.given + tuple(n for n in OPTIONS if getattr(self.settings, n)),
        )
        return "\n\n".join([self._found(), *self.notes, known, self._limits()])

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Show the words where a notebook shows a value."""
        printer.text("Answer(...)" if cycle else str(self))

    def _found(self) -> str:
        called, one = self.called(), NAMES_OF[self.size]
        head = (
            f"{self._sets(self.n_sets)} of {len(self.features)} features, "
            f"{self.n_rows:,} rows ({self.n_tested_rows:,} tested): {self.learner} "
            f"proposed what {MANY[self.size]} do."
        )
        if called.empty:
            found = (
                f"No {one} is called at 5%, corrected for {self._sets(self.n_sets)} "
                "(Holm). That is no proof that there is none: what the learner did not "
                "find cannot be tested."
            )
        else:
            n, asked = len(called), self.n_sets
            correction = f" after Holm's correction for all {asked:,}"
            found = (
                f"{self._sets(n)} {'is' if n == 1 else 'are'} called at 5%"
                f"{correction if asked > 1 else ''}: "
            ) + "; ".join(
                f"{' and '.join(names)} ({self._explained(row)}; corrected p "
                f"{p_text(row.p_holm, equals='= ')})"
                for names, row in zip(called[one], called.itertuples(), strict=True)
            )
            found += "."
        parts = [head, found, *self._unclear()]
        screened = self.n_sets - len(self.table)
        if screened:
            parts.append(
                f"{self._sets(screened)} {'was' if screened == 1 else 'were'} not "
                "tested: learner and products saw less there. Holm counts all."
            )
        return " ".join(parts)

    def _explained(self, row: tuple) -> str:
        """Return what the learned part of a called set explains."""
        estimate, low, high = (
            f"{100 * getattr(row, name):.1f}" for name in ("estimate", "low", "high")
        )
        text = f"its learned part explains {estimate}% of the variance"
        # Intervals were measured for numbers alone.
        return f"{text}, {low} to {high}" if self.family.name == "gaussian" else text

    def _shapes(self) -> str:
        """Return which shapes of a set the test could see."""
        one = SINGLE[self.size]
        if self.n_functions > 1:
            return (
                f"What the features of a {one} do together was told by "
                f"{self.n_functions} or more functions of each {one}."
            )
        return (
            "With so few rows for so many features what the features of a "
            f"{one} do together was told by one function, the product of straight "
            "lines: shapes without such a part, the square of one times another, say, "
            "are out of reach, whatever the learner found."
        )

    def _unclear(self) -> list[str]:
        """Return sentences on the sets that have no answer, and why."""
        parts, quiet = [], set(self.silent)
        if quiet:
            parts.append(
                f"The learner proposed nothing for {self._sets(len(quiet))}: to it the "
                "features only add up there, and nothing could be tested."
            )
        names = self.names[~self.table["identifiable"]]
        names = names[[members not in quiet for members in names]]
        if names.empty:
            return parts
        some = ", ".join(" and ".join(members) for members in names[:5])
        more = ", ..." if len(names) > 5 else ""
        text = (
            f"Cannot tell for {len(names)}: {some}{more}. Other features say nearly "
            "the same as one of them (join them by blocks), or too few rows tell them "
            "apart."
        )
        if len(names) > MOST_UNCLEAR * len(self.table):
            text += (
                " So many have no answer that this table is too small for features so "
                "alike, or so rare: more rows, or fewer features, would help."
            )
        return [*parts, text + self._told(names)]

    def _sets(self, n: int) -> str:
        """Return a number of pairs, or of sets of three, in words."""
        return f"{n:,} {(SINGLE if n == 1 else MANY)[self.size]}"

    def _told(self, sets: pd.Series) -> str:
        """Name the features of some sets that the others tell."""
        spread = np.ptp(self.values, axis=0)  # a rare level may be in no tested row
        known = [k for k, own in enumerate(self.columns) if spread[list(own)].all()]
        share = dict.fromkeys(range(len(self.columns)), 0.0)
        if len(known) > 1:
            some = [c for k in known for c in self.columns[k]]
            place = {c: number for number, c in enumerate(some)}
            scores = normal_scores(self.values[:, some])
            own = [tuple(place[c] for c in self.columns[k]) for k in known]
            share |= dict(zip(known, told_by_others(scores, own), strict=True))
        concerned = {name for members in sets for name in members}
        told = {
            name: share[k]
            for k, name in enumerate(self.features)
            if name in concerned and share[k] >= TOLD
        }
        if not told:
            return ""
        most = sorted(told, key=lambda name: -told[name])[:MOST_NAMED]
        names = ", ".join(f"{name} ({told[name]:.0%})" for name in most)
        more = ", ..." if len(told) > len(most) else ""
        return (
            f" The other features tell most of {names}{more}: leaving out one of those "
            "that say the same may make the rest clear."
        )

    def _limits(self) -> str:
        scale = {
            "gaussian": "the scale of y: a transformed y may add up",
            "binomial": "the logit scale: probabilities may add up differently",
            "poisson": "the logarithmic scale: counts may add up differently",
        }[self.family.name]
        text = (
            f"An interaction here is one on {scale}. It is one of the data, not of a "
            "mechanism: two features that tag one unmeasured cause, or a selection of "
            "rows, make one too. Estimates are lower bounds on average: they count "
            "what the learner proposed, less what sums of other functions say too; of "
            "a product of correlated features that is a small part. "
            f"{self._shapes()}"
        )
        if (self.called()["p_holm"] > BARELY).any():
            one = SINGLE[self.size]
            text += f" That of a {one} that is only just called is often too large."
        if self.lost > WORSE:
            text += (
                " The learner predicted the rows it had not seen worse than a sum of "
                f"single features does (loss {self.lost:.1%} higher), so that it may "
                "have missed, or made up, what features do together."
            )
        if self.two_valued and self.family.name == "gaussian":
            text += (
                " The outcome has two values and was taken as a number; evidence that "
                "adds up in log odds need not add up there: family='binomial' asks on "
                "that scale."
            )
        if self.settings.crossed:
            text += " Parts of the rows were crossed and share outcomes."
        if self.unseen:
            text += (
                " The model was trained elsewhere; that no row given here influenced "
                "it is the caller's word (unseen=True), and nothing above holds "
                "without it"
            )
            seen = calibrated.seen_rate()
            text += (
                f": trees that had seen the rows called {seen:.0%} of null pairs at 5%."
                if seen == seen
                else "."
            )
        return text

    def plot(
        self,
        pair: tuple[str, str] | None = None,
        *,
        most: int = 15,
        ax: Axes | None = None,
    ) -> Axes:
        """Draw the pairs with their intervals, or what one pair does together.

        Parameters
        ----------
        pair : (str, str), optional
            Draw the learned direction of this pair over its two features (cleared of
            what the null hypothesis allows, mean within bins of equal counts; its shape
            counts, for all parts' proposals have one size). Sets of three have no such
            picture.
        most : int
            Pairs to draw at most, the strongest.
        ax : Axes, optional

        Returns
        -------
        Axes
        """
        import matplotlib.pyplot as plt  # slow, and only drawing needs it

        ax = ax if ax is not None else plt.subplots()[1]
        if pair is None:
            return self._draw_pairs(ax, checks.integer("most", most, at_least=1))
        return self._draw_surface(ax, tuple(pair) if isinstance(pair, list) else pair)

    def _draw_pairs(self, ax: Axes, most: int) -> Axes:
        shown = self.table[self.table["identifiable"]].head(most).iloc[::-1]
        at = np.arange(len(shown))
        sides = np.stack(
            [shown["estimate"] - shown["low"], shown["high"] - shown["estimate"]]
        )
        # A corrected estimate of zero may lie below its interval.
        ax.errorbar(
            shown["estimate"], at, xerr=np.maximum(sides, 0), fmt="none", color="0.6"
        )
        called = (shown["p_holm"] <= 0.05).to_numpy()
        for chosen, face, label in (
            (called, "#0072B2", "called"),
            (~called, "white", "not called"),
        ):
            ax.plot(
                shown["estimate"][chosen], at[chosen], "o", color="#0072B2",
                markerfacecolor=face, label=label,
            )  # fmt: skip
        names = [" × ".join(members) for members in self.names[shown.index]]
        ax.set_yticks(at, names, parse_math=False)  # a name may hold dollars
        ax.set_xlabel("share of variance explained by the direction")
        ax.legend(loc="lower right")  # the strongest, and so the widest, are on top
        return ax

    def _draw_surface(self, ax: Axes, pair: tuple[str, ...], n_bins: int = 8) -> Axes:
        either = (pair, pair[::-1]) if isinstance(pair, tuple) else ()
        known = next((order for order in either if order in self.directions), None)
        if self.size != 2 or known is None:
            raise ValueError(f"pair must be one of the table's; got {pair!r}.")
        (first, across), (second, up) = (self._bins(name, n_bins) for name in pair)
        shape = first.max() + 1, second.max() + 1
        cell = first * shape[1] + second
        counts = np.bincount(cell, minlength=shape[0] * shape[1])
        sums = np.bincount(cell, self.directions[known], minlength=len(counts))
        empty = np.full(len(counts), np.nan)
        means = np.divide(sums, counts, out=empty, where=counts > 0).reshape(shape)
        bound = np.nanmax(np.abs(means)) or 1.0
        # Cells hold equally many rows and are equally wide, whatever the units are.
        mesh = ax.pcolormesh(means.T, cmap="RdBu_r", vmin=-bound, vmax=bound)
        added = f"{ADDED_TO[self.family.name]}, together beyond single effects"
        ax.figure.colorbar(mesh, ax=ax, label=f"{added}\n(relative)")
        ax.grid(False)
        ax.set_xticks(list(across), list(across.values()))
        ax.set_yticks(list(up), list(up.values()))
        ax.set_xlabel(pair[0], parse_math=False)
        ax.set_ylabel(pair[1], parse_math=False)
        return ax

    def _bins(self, name: str, n_bins: int) -> tuple[np.ndarray, dict[float, str]]:
        """Return the bin of each row, and what stands at which places of the axis.

        Bins are one apart: a level stands at the middle of its bin, every second value
        where two bins meet.
        """
        columns = list(self.columns[self.features.index(name)])
        levels, place = np.unique(self.values[:, columns], axis=0, return_inverse=True)
        if len(levels) <= n_bins:
            if len(columns) > 1:
                names = [f"level {k + 1}" for k in range(len(levels))]
            else:
                names = [f"{level:g}" for level in levels[:, 0]]
            return place.ravel(), {k + 0.5: label for k, label in enumerate(names)}
        x = self.values[:, columns[0]]
        cuts = np.unique(np.quantile(x, np.linspace(0, 1, n_bins + 1)))
        place = np.clip(np.searchsorted(cuts, x, "right") - 1, 0, len(cuts) - 2)
        return place, dict(
            zip(range(0, len(cuts), 2), _few_digits(cuts[::2]), strict=True)
        )
