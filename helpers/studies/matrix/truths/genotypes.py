"""Allele counts of ten unlinked sites: quantitative traits, and tables of risks."""

import numpy as np
from scipy.special import expit

from helpers.studies.calibration.worlds import WORLDS
from helpers.studies.matrix.kinds import Data, Truth
from helpers.studies.matrix.truths.tables import ROWS, calibration_world

SITES = 10
PEOPLE = 2_000
#: log odds that a pair of sites adds, by allele counts 0, 1, 2 of one (rows) and of the
#: other; a person without any has odds of `BASELINE`.
PENETRANCE = {
    "multiplicative": ((0, 0, 0), (0, 0, 0), (0, 0, 0)),
    "both carried": ((0, 0, 0), (0, 1, 1), (0, 1, 1)),
    "dose by dose": ((0, 0, 0), (0, 1, 2), (0, 2, 4)),
    "both recessive": ((0, 0, 0), (0, 0, 0), (0, 0, 1)),
    "exclusive carriers": ((0, 1, 1), (1, 0, 0), (1, 0, 0)),
}
BASELINE = 0.5


def frequencies(rng: np.random.Generator, low: float = 0.2) -> np.ndarray:
    """Return minor allele frequencies, uniform from `low` to .5."""
    return rng.uniform(low, 0.5, SITES)


def risk_table(
    seed: int, *, n_rows: int, model: str, effect: float, main: float
) -> Data:
    """Draw cases and controls whose risk follows a table of two sites.

    Parameters
    ----------
    seed : int
    n_rows : int
    model : str
        One of `PENETRANCE`.
    effect : float
        Logits of an entry 1 of the table.
    main : float
        Logits an allele of each of the two sites, and of three others.
    """
    rng = np.random.default_rng([seed, 64])
    X = rng.binomial(2, frequencies(rng, 0.3), (n_rows, SITES)).astype(float)
    joint = np.array(PENETRANCE[model], float)[X[:, 0].astype(int), X[:, 1].astype(int)]
    logits = np.log(BASELINE) + effect * joint + main * (X[:, :5] - 1).sum(1)
    y = (rng.random(n_rows) < expit(logits)).astype(float)
    true = ((0, 1),) if joint.any() else ()
    return Data(y, SITES, true, X=X, family="binomial")


def pure_epistasis(seed: int, *, n_rows: int, heritability: float) -> Data:
    """Draw a trait that two sites decide together, and neither alone, at all.

    A random table of nine values, less its means over each site as the sites'
    frequencies weigh them.

    heritability : share of the variance that the pair explains

    Source
    ------
    Urbanowicz et al. (2012) for models without main effects (GAMETES); theirs are
    penetrances.
    """
    rng = np.random.default_rng([seed, 65])
    frequency = frequencies(rng)
    X = rng.binomial(2, frequency, (n_rows, SITES)).astype(float)
    first, second = (hardy_weinberg(f) for f in frequency[:2])
    table = rng.standard_normal((3, 3))
    table = table - first @ table
    table = table - (table @ second)[:, None]
    table = table / np.sqrt((first[:, None] * table**2 * second).sum())
    joint = table[X[:, 0].astype(int), X[:, 1].astype(int)]
    noise = rng.standard_normal(n_rows)
    y = np.sqrt(heritability) * joint + np.sqrt(1 - heritability) * noise
    return Data(y, SITES, ((0, 1),), X=X)


def hardy_weinberg(frequency: float) -> np.ndarray:
    """Return the shares of people with 0, 1 and 2 alleles."""
    other = 1 - frequency
    return np.array([other**2, 2 * frequency * other, frequency**2])


def joint_tagging(seed: int, *, n_rows: int, faith: float, share: float) -> Data:
    """Draw a trait of an unmeasured site that two measured ones tag, and of others.

    Each allele of a tag equals that of the unmeasured site with probability `faith`,
    else it is drawn anew. Given both tags the expected allele count is no sum over
    them: E[y | x] interacts, and nothing in the biology does.

    share : of the variance, of the unmeasured site; three other sites have as much
    """
    rng = np.random.default_rng([seed, 66])
    frequency = frequencies(rng)
    X = rng.binomial(2, frequency, (n_rows, SITES)).astype(float)
    hidden = rng.random((n_rows, 2)) < 0.3  # two chromosomes
    for tag in (0, 1):
        fresh = rng.random((n_rows, 2)) < 0.3
        kept = rng.random((n_rows, 2)) < faith
        X[:, tag] = np.where(kept, hidden, fresh).sum(1)
    cause = _scaled(hidden.sum(1).astype(float))
    others = _scaled(X[:, 2:5].sum(1))
    rest = np.sqrt(1 - 2 * share) * rng.standard_normal(n_rows)
    return Data(np.sqrt(share) * (cause + others) + rest, SITES, ((0, 1),), X=X)


def _scaled(values: np.ndarray) -> np.ndarray:
    return (values - values.mean()) / values.std()


def _world(name: str) -> Truth:
    return Truth(
        "counts",
        WORLDS[name].about,
        calibration_world,
        SITES,
        {"world": name, "n_rows": ROWS},
        "genotypes",
        null=not WORLDS[name].terms,
        trials=(name, ROWS),
    )


def _risks(model: str, words: str, effect: float = 1.0) -> Truth:
    return Truth(
        "counts",
        f"cases and controls, {words}",
        risk_table,
        SITES,
        {"n_rows": PEOPLE, "model": model, "effect": effect, "main": 0.3},
        "genotypes",
        family="binomial",
        null=model == "multiplicative",
    )


TRUTHS = {
    "alleles": _world("alleles"),
    "alleles, product": _world("alleles, product"),
    "alleles, hub": _world("alleles, hub"),
    "risks multiply": _risks("multiplicative", "odds multiply: additive logits"),
    "risk if both carried": _risks("both carried", "more risk if both are carried"),
    "risk dose by dose": _risks(
        "dose by dose", "logits with the product of counts", 0.5
    ),
    "risk if both recessive": _risks(
        "both recessive", "more risk with four alleles", 2.0
    ),
    "risk if one carried": _risks(
        "exclusive carriers", "risk of carriers of one of two"
    ),
    "pure epistasis": Truth(
        "counts",
        "trait of a pair without main effects, 5 % (GAMETES)",
        pure_epistasis,
        SITES,
        {"n_rows": PEOPLE, "heritability": 0.05},
        "genotypes",
    ),
    "joint tagging": Truth(
        "counts",
        "two sites tag an unmeasured additive one: no mechanism",
        joint_tagging,
        SITES,
        {"n_rows": PEOPLE, "faith": 0.8, "share": 0.2},
        "genotypes",
    ),
}
