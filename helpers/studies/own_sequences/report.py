"""What the page says of data and model in words, and the files that it leaves."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from sklearn.metrics import roc_auc_score

from helpers.data.kinds import PathLike
from helpers.data.motifs import Motif, meme_text
from helpers.significance.interaction.answer import p_text
from helpers.significance.motif_pairs import as_bases
from helpers.studies.own_sequences.finding import Sought
from helpers.studies.own_sequences.reading import Labelled
from helpers.studies.own_sequences.verdict import verdicts
from helpers.studies.own_table.report import (
    Picture,
    page_of_sections,
    picture,
    written_whole,
)

#: Area under the ROC curve of the share of G and C from which readers are warned.
TELLING = 0.6
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
        Of the scale, where interactions are asked for in probabilities; of composition,
        where the share of G and C alone tells two classes apart.
    """
    found = [PROBABILITIES] if loss == "cross-entropy" else []
    if set(np.unique(data.labels)) == {0, 1}:
        strong = np.isin(as_bases(data.sequences), (1, 2)).mean(axis=1)
        area = roc_auc_score(data.labels, strong)
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
