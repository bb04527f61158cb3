"""What the page says of data and model in words, and the files that it leaves."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from sklearn.metrics import roc_auc_score

from helpers.data.kinds import PathLike
from helpers.data.motifs import Motif, meme_text
from helpers.significance.held_out import LOSSES
from helpers.significance.interaction.answer import p_text
from helpers.significance.motif_pairs import as_bases
from helpers.studies.own_sequences.composition import gc_share
from helpers.studies.own_sequences.finding import Sought
from helpers.studies.own_sequences.reading import Labelled, in_both_classes
from helpers.studies.own_sequences.verdict import verdicts
from helpers.studies.own_table.report import (
    Picture,
    page_of_sections,
    picture,
    written_whole,
)

#: Area under the ROC curve of the share of G and C from which readers are warned.
TELLING = 0.6
OUTSIDE = 0.05  # of the predictions: so many a loss may move to where it takes them
SLACK = 1e-6  # of bounds that keep a little away from 0 and 1
MOST_NAMED = 20  # motifs in a sentence
#: Columns of the tables on the page; files have all.
TESTS = ["pair", "test", "n", "p", "p_holm", "median", "median_low", "median_high",
         "interaction"]  # fmt: skip
MATCHES = ["pair", "estimate", "low", "high", "z", "p", "p_holm", "identifiable"]
#: Files that not every report has: an old one would be taken for its own.
OPTIONAL = ("data.csv", "factors.csv", "found.csv", "found.meme")
Words = tuple[pd.DataFrame, str]
Section = tuple[str, list[str], pd.DataFrame | Picture | None]

PROBABILITIES = (
    "loss='cross-entropy' asks about probabilities, which bend where log odds do not: "
    "motifs whose evidence only adds up, and labels that follow G and C alone, may be "
    "called as pairs. Such a call says nothing of the two motifs. In log odds, which "
    "loss='log-odds' asks about, evidence adds up; yet a trained network may bend "
    "there too. Ask the data beside the model: the interaction test on matches does."
)


def cautions(data: Labelled, loss: str) -> list[str]:
    """Return what must be known before the tests are read, a sentence or two each.

    Parameters
    ----------
    data : Labelled
    loss : str

    Returns
    -------
    list of str
        Of the scale, where interactions are asked for in probabilities; of sequences
        that have both labels; of composition, where the share of G and C alone tells
        two classes apart.
    """
    found = [PROBABILITIES] if loss == "cross-entropy" else []
    if set(np.unique(data.labels)) == {0, 1}:
        if both := int(in_both_classes(data).sum()):
            found.append(
                f"{both:,} of {len(data.labels):,} sequences have label 0 and, letter "
                "by letter on one strand or the other, label 1, too. Nothing can tell "
                "these apart: leave them out of the class to which they do not belong."
            )
        area = roc_auc_score(data.labels, gc_share(as_bases(data.sequences)))
        area = max(area, 1 - area)
        if area >= TELLING:
            found.append(
                "The share of G and C alone tells the two classes apart (area under "
                f"the ROC curve {area:.3f}; guessing: 0.5). A model that follows it "
                "needs no motif, and a pair that the held-out tests call may be "
                "composition (the interaction test of the data takes the share into "
                "account): choose negatives of like composition."
            )
    return found


def scale_words(predictions: np.ndarray, loss: str) -> str:
    """Say that predictions cannot be what the loss takes; "" if they may be.

    Parameters
    ----------
    predictions : array, shape (n,)
        Of held-out sequences.
    loss : str

    Raises
    ------
    ValueError
        If more than `OUTSIDE` of them lie where the loss takes none.
    """
    if loss == "log-odds":
        inside = ((predictions >= 0) & (predictions <= 1)).all()
        return (
            "The loss log-odds was asked for, and all predictions lie within 0 and 1: "
            "are they probabilities? Then what follows is wrong. Give loss="
            "cross-entropy, or a function that returns log odds."
            if inside
            else ""
        )
    known = LOSSES[loss]
    outside = (predictions < known.lowest - SLACK) | (
        predictions > known.highest + SLACK
    )
    if not outside.any():
        return ""
    what = "probabilities" if loss == "cross-entropy" else "counts"
    said = (
        f"{loss} takes {what}, and {outside.sum():,} of {len(predictions):,} "
        "predictions are none"
    )
    if outside.mean() > OUTSIDE:
        raise ValueError(
            f"loss {said}: name the loss that goes with what the model returns, or "
            f"give a function that returns {what}."
        )
    return f"The loss {said}: they are moved to the nearest that is one."


def described(data: Labelled, motifs: Mapping[str, Motif], loss: str) -> str:
    """Return what is asked about, in one sentence: sequences, labels, motifs, loss."""
    n, labels = len(data.labels), data.labels
    if set(np.unique(labels)) <= {0, 1}:
        of_label = f"{int(labels.sum()):,} with label 1"
    else:
        of_label = f"labels {labels.min():g} to {labels.max():g}"
    loci = ""
    if data.groups is not None:
        loci = f" in {len(np.unique(data.groups)):,} groups (loci)"
    more = f" and {len(motifs) - MOST_NAMED} more" if len(motifs) > MOST_NAMED else ""
    return (
        f"{n:,} sequences of {len(data.sequences[0])} bp{loci}, {of_label}, are asked "
        f"about, by the loss {loss}; {len(motifs)} motifs: "
        f"{', '.join(list(motifs)[:MOST_NAMED])}{more}."
    )


def report_files(
    *,
    about: Sequence[str],
    visible: pd.DataFrame,
    tests: pd.DataFrame,
    data: Words,
    factors: Words,
    simulated: Sequence[pd.DataFrame] = (),
    sought: Sought | None = None,
    logos: Figure | None = None,
) -> dict[str, str]:
    """Return the files of the report, by name.

    Parameters
    ----------
    about : sequence of str
        Paragraphs on data and model; empty ones are left out.
    visible : DataFrame
        Of `motif_visibility`.
    tests : DataFrame
        Of `pair_tests`; without a row where no pair could be asked.
    data, factors : (DataFrame, str)
        Of `asked_of_data` and `asked_of_factors`.
    simulated : sequence of DataFrame
        Of `networks_of_motifs`.
    sought : Sought, optional
        Motifs that were found are written as a MEME file too.
    logos : Figure, optional
        Of these motifs.
    """
    said = [sentence.replace("**", "") for sentence in verdicts(tests, data[0])]
    meaning = tests[["test", "says", "does_not_say"]].drop_duplicates()
    meaning.columns = ["test", "a small p says", "and does not say"]
    sections = [
        ("What was asked", [text for text in about if text], None),
        *_found(sought, logos),
        ("What this says", said, None),
        ("The tests of the model", [], _of_page(tests, TESTS)),
        ("What they can say", [], meaning),
        ("Does the model look at the motifs?", [], visible),
        *(("What could a network show of these motifs?", [], t) for t in simulated),
        (
            "What the data say without a model",
            data[1].split("\n\n"),
            _of_page(data[0], MATCHES),
        ),
        ("Which factors a machine multiplies", [factors[1]], factors[0]),
    ]
    files = {"report.html": page_of_sections("Motif pairs of a model", sections)}
    tables = {"pairs": tests, "motifs": visible, "data": data[0], "factors": factors[0]}
    if sought is not None and sought.said:
        files["found.meme"] = meme_text(sought.motifs.values())
        tables["found"] = sought.table
    return files | {
        f"{name}.csv": table.to_csv(index=False)
        for name, table in tables.items()
        if len(table) or name in ("pairs", "motifs")
    }


def write_files(folder: PathLike, files: Mapping[str, str]) -> list[Path]:
    """Write the report; remove files of an earlier one that this one has not."""
    for name in OPTIONAL:
        if name not in files:
            Path(folder, name).unlink(missing_ok=True)
    return written_whole(folder, files)


def _found(sought: Sought | None, logos: Figure | None) -> list[Section]:
    """Return the sections on motifs that were found; none where a file names them."""
    if sought is None or not sought.said:
        return []
    alt = "Logos of the motifs found, by their likeliest bases: " + ", ".join(
        sought.motifs
    )
    found: list[Section] = [("Motifs that were found", [sought.said], sought.table)]
    return found + ([("", [], picture(logos, alt))] if logos is not None else [])


def _of_page(table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Return some columns, p-values with two digits."""
    some = table[[name for name in columns if name in table]]
    texts = {name: some[name].map(p_text) for name in ("p", "p_holm") if name in some}
    return some.assign(**texts)
