"""Regressions with products: ANOVA in three readings, products, splines, score test."""

from helpers.detectors.anova import two_way_anova
from helpers.studies.calibration.rivals import RIVALS
from helpers.studies.matrix.kinds import TABLES, Answer, Data, Learners, Method


def anova(data: Data, _seed: int, _learners: Learners, *, reading: str) -> Answer:
    """Ask an analysis of variance; its F is the score."""
    found = two_way_anova(data.X, data.y, reading=reading)
    return Answer(found.scores, found.details["p"])


def rival(data: Data, seed: int, _learners: Learners, *, name: str) -> Answer:
    """Ask a rival of the calibration page; minus its p is the score."""
    p = RIVALS[name](data.X, data.y, seed)
    return Answer(-p, p)


def _anova(reading: str, words: str) -> Method:
    return Method(
        anova,
        f"F test of {words}",
        tests=True,
        drawn=False,
        # One regression on all products needs more rows than pairs.
        most_features=50 if reading == "joint" else None,
        knobs={"reading": reading},
    )


def _rival(name: str, words: str, drawn: bool, most: int) -> Method:
    return Method(
        rival,
        words,
        tests=True,
        kinds=TABLES,
        families=("gaussian",),
        most_features=most,
        drawn=drawn,
        knobs={"name": name},
    )


METHODS = {
    "ANOVA, per pair": _anova("per pair", "a product beside its two features"),
    "ANOVA, joint": _anova("joint", "each product in one regression"),
    "ANOVA, bins": _anova("bins", "a factorial on quantile bins"),
    "product regression": _rival(
        "product regression",
        "each product in one regression, errors HC3, on normal scores",
        False,
        20,
    ),
    "tensor splines": _rival(
        "tensor splines", "F test of tensor products beside splines", False, 50
    ),
    "hunt and test": _rival(
        "hunt and test", "trees hunt on half, splines are the null on half", True, 20
    ),
}
