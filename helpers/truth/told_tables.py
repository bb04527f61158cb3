"""Tables of which the test is told more than columns: groups, blocks, covariates.

And three that `studies.calibration.worlds` lacks: so many features that pairs are
screened, six pairs of allele counts, and a strong pair where ones are rare. Declared
before any ran: read by the rule of the calibration page, and expected to hold.
"""

from itertools import pairwise

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit

from helpers.truth.drawn_tables import (
    EXPLAINED,
    Drawn,
    HardTable,
    features,
    noisy,
    scaled,
    waves,
)

#: Rows of a group, and the share of features and of noise that its rows have in common.
IN_GROUP, IN_COMMON = 20, 0.5
#: Levels of a category beside six features that are numbers.
LEVELS, NUMBERS = 4, 6
#: Features of a wide table.
WIDE = 40
#: Of allele counts: sites, share of the variance of each product and of all signal.
SITES, SITE_SHARE, SITES_EXPLAINED = 12, 0.03, 0.4
#: Of rare ones: their share, standard deviation of the logits, the product's share.
RARE, LOGIT_SD, RARE_SHARE = 0.05, 1.5, 0.25


def groups(n: int, rng: np.random.Generator) -> Drawn:
    """Draw groups of rows that are alike in features and noise; the test is told."""
    group = np.arange(n) // IN_GROUP
    shared = features(group.max() + 1, rng)[group]
    X = np.sqrt(IN_COMMON) * shared + np.sqrt(1 - IN_COMMON) * features(n, rng)
    level = rng.standard_normal(group.max() + 1)[group]
    own = rng.standard_normal(n)
    noise = np.sqrt(IN_COMMON) * level + np.sqrt(1 - IN_COMMON) * own
    drawn = noisy(X, waves(X, rng), noise)
    return Drawn(drawn.X, drawn.y, drawn.mean, groups=group)


def _category(n: int, rng: np.random.Generator, product: float) -> Drawn:
    """Draw six numbers and a category as 0/1 columns that are one feature."""
    Z = features(n, rng, p=NUMBERS + 1)
    level = np.digitize(Z[:, -1], [-0.7, 0.0, 0.7])
    X = np.hstack([Z[:, :NUMBERS], np.eye(LEVELS)[level]])
    alone = waves(Z[:, :NUMBERS], rng) + 0.5 * rng.standard_normal(LEVELS)[level]
    slope = rng.permutation([-1.0, -0.3, 0.3, 1.0])[level]
    both = scaled(slope * Z[:, 0])
    share = product / EXPLAINED
    signal = np.sqrt(1 - share) * scaled(alone) + np.sqrt(share) * both
    drawn = noisy(X, signal, rng.standard_normal(n))
    block = {"category": tuple(range(NUMBERS, NUMBERS + LEVELS))}
    pairs = ((0, NUMBERS),) if product else ()
    return Drawn(drawn.X, drawn.y, drawn.mean, pairs, blocks=block)


def category(n: int, rng: np.random.Generator) -> Drawn:
    """Draw a category whose levels add something."""
    return _category(n, rng, product=0.0)


def category_with_a_pair(n: int, rng: np.random.Generator) -> Drawn:
    """Draw a category in whose levels x1 has different slopes."""
    return _category(n, rng, product=0.12)


def batch(n: int, rng: np.random.Generator) -> Drawn:
    """Draw two batches with functions of their own, told as a covariate."""
    X = features(n, rng)
    second = rng.random(n) < expit(X[:, 0])  # a batch has its own kind of rows
    signal = np.where(second, waves(X, rng) + 1, waves(X, rng))
    drawn = noisy(X, signal, rng.standard_normal(n))
    return Drawn(drawn.X, drawn.y, drawn.mean, covariates=second.astype(float))


def wide(n: int, rng: np.random.Generator) -> Drawn:
    """Draw forty features: 780 pairs, more than are tested unscreened."""
    X = features(n, rng, p=WIDE)
    return noisy(X, waves(X, rng), rng.standard_normal(n))


def six_pairs_of_sites(n: int, rng: np.random.Generator) -> Drawn:
    """Draw allele counts of unlinked sites, additive but for six products."""
    X = rng.binomial(2, rng.uniform(0.1, 0.5, SITES), (n, SITES)).astype(float)
    pairs = tuple(pairwise(range(SITES)))[::2]
    share = SITE_SHARE / SITES_EXPLAINED
    centred = X - X.mean(0)
    both = sum(scaled(centred[:, i] * centred[:, j]) for i, j in pairs)
    alone = scaled(X @ rng.standard_normal(SITES))
    signal = np.sqrt(1 - len(pairs) * share) * alone + np.sqrt(share) * both
    mean = np.sqrt(SITES_EXPLAINED) * signal
    y = mean + np.sqrt(1 - SITES_EXPLAINED) * rng.standard_normal(n)
    return Drawn(X, y, mean, pairs)


def rare_ones_with_a_pair(n: int, rng: np.random.Generator) -> Drawn:
    """Draw ones in a twentieth of the rows; x1 x2 is a quarter of the logits."""
    X = features(n, rng)
    both = scaled(X[:, 0] * X[:, 1])
    alone = np.sqrt(1 - RARE_SHARE) * waves(X, rng)
    logits = LOGIT_SD * scaled(alone + np.sqrt(RARE_SHARE) * both)
    constant = brentq(lambda c: expit(logits + c).mean() - RARE, -20, 20)
    mean = expit(logits + constant)
    y = (rng.random(n) < mean).astype(float)
    return Drawn(X, y, mean, ((0, 1),), "binomial")


TOLD_TABLES = {
    "groups": HardTable("groups of twenty rows, told", groups),
    "category": HardTable("six numbers, a category as a block", category),
    "category, pair": HardTable("its levels turn x1, 12 %", category_with_a_pair),
    "batch": HardTable("two batches differ; a covariate", batch),
    "forty features": HardTable("780 pairs, 435 tested", wide, rows=2000),
    "alleles, six pairs": HardTable("twelve sites, products 3 %", six_pairs_of_sites),
    "rare ones, pair": HardTable("5 % ones, x1 x2 in logits", rare_ones_with_a_pair),
}  # fmt: skip
