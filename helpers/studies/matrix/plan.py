"""Which cells are computed, in which order, and how long that may take."""

from helpers import checks
from helpers.studies.matrix.kinds import Truth
from helpers.studies.matrix.methods import files
from helpers.studies.matrix.truths import truths

#: Data sets of a round at paper size: a first look at everything, then the rest.
ROUNDS = ((0, 1), (1, 4))
#: The corner of the matrix that quick size computes, and its data sets.
QUICK_TRUTHS = ("additive", "strong product", "F8, noise", "alleles, hub")
QUICK_FILES, QUICK_SETS = ("regressions", "lasso", "trees", "networks"), 2
SMOKE_FILES = ("regressions", "motif-networks")
SMOKE_TRUTHS = {
    "strong product": {"n_rows": 200},
    "two sequences, enhancing": {"n_rows": 600},
}
#: Core-minutes of a file's cells at paper size, measured on the first round (those of
#: boosting and groves are a guess).
MINUTES = {
    "regressions": 5, "lasso": 20, "trees": 20, "networks": 60, "gene-networks": 5,
    "motif-networks": 40, "smooth-networks": 20, "left-out": 60, "permuted": 60,
    "projected": 30, "knockoffs": 30, "rules": 25, "boosting": 150, "groves": 200,
    "residual-knockoffs": 12, "permuted-scores": 40,
}  # fmt: skip
#: Of a file whose test became another: its cells are computed again.
REVISIONS = {"gene-networks": 2}


def steps(size: str) -> dict[str, dict]:
    """Return the stored steps: name to settings, parts, revision and minutes.

    A step holds the methods of one file; a part the truths of one group, at paper size
    one round of their data sets. So a new file of methods, or a new group of truths,
    computes nothing else anew.
    """
    checks.one_of("size", size, ("smoke", "quick", "paper"))
    groups, rounds, names = groups_of(truths()), ROUNDS, tuple(files())
    if size == "quick":
        known = {name: truths()[name] for name in QUICK_TRUTHS}
        groups, rounds, names = groups_of(known), ((0, QUICK_SETS),), QUICK_FILES
    if size == "smoke":
        groups = {name: {name: s} for name, s in SMOKE_TRUTHS.items()}
        rounds, names = ((0, 1),), SMOKE_FILES
    return {
        f"cells-{name}": {
            "settings": {"methods": {n: dict(m.knobs) for n, m in known.items()}},
            "parts": [
                {"worlds": worlds, "first_set": first, "n_sets": n_sets}
                for first, n_sets in rounds
                for worlds in groups.values()
                if _takes(known, worlds)
            ],
            "revision": REVISIONS.get(name, 1),
            "minutes": MINUTES.get(name, 60) if size == "paper" else 2,
        }
        for name, known in files().items()
        if name in names
    }


def groups_of(known: dict[str, Truth]) -> dict[str, dict]:
    """Return the settings of truths by their group, then by name."""
    groups: dict[str, dict] = {}
    for name, truth in known.items():
        groups.setdefault(truth.group, {})[name] = dict(truth.settings)
    return groups


def _takes(methods: dict, worlds: dict) -> bool:
    """Whether any of the methods takes any of the truths."""
    return any(
        not method.refusal(truths()[name])
        for method in methods.values()
        for name in worlds
    )
