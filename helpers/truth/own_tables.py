"""Tables as the pages for own data send them to the test, and pairs between trials.

Yes or no beside features that are independent, allele counts, or matches of motifs; a
batch that goes with one feature and turns another; a pair whose shape no product of
straight lines has; single products of strengths that no other table has. Declared
before any ran: read by the rule of the calibration page, and expected to hold; the bent
pair is not expected to be found at 1,000 rows, where the test has one function a pair,
and to be found at 3,000. Two hundred features, of 19,900 pairs of which 435 are tested:
expected to hold; of the five pairs nothing was expected.
"""

from collections.abc import Callable

import numpy as np
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

#: Standard deviation of logits, and the share of a product in them.
LOGIT_SD, LOGIT_SHARE = 1.5, 0.2
#: Sites of unlinked allele counts.
SITES = 12
#: Motifs, their letters, bases of a sequence, the chance of a motif's own letter, and
#: of a sequence to hold a site of it.
MOTIFS, WIDTH, LENGTH, OWN_LETTER, PLANTED = 8, 8, 150, 0.85, 0.4
#: Shares of the variance: of a batch's slopes, of a bent pair.
TURNED, BENT = 0.2, 0.15
#: Very many features, products among them, and the share of the variance of each.
VERY_WIDE, PRODUCTS, PRODUCT = 200, 5, 0.02


def _with_product(X: np.ndarray, alone: np.ndarray, share: float) -> np.ndarray:
    """Return a signal of variance 1, `share` of it the product of x1 and x2."""
    both = scaled((X[:, 0] - X[:, 0].mean()) * (X[:, 1] - X[:, 1].mean()))
    return np.sqrt(1 - share) * scaled(alone) + np.sqrt(share) * both


def _yes_or_no(
    X: np.ndarray, signal: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return outcomes of 0 and 1 whose logits are the signal, and their means."""
    mean = expit(LOGIT_SD * scaled(signal))
    return (rng.random(len(X)) < mean).astype(float), mean


def batch_of_a_feature(n: int, rng: np.random.Generator) -> Drawn:
    """Draw a batch that x1 tells, told as a covariate; in each, x2 acts otherwise."""
    X = features(n, rng)
    second = rng.random(n) < expit(3 * X[:, 0])
    turned = scaled(np.where(second, 1, -1) * X[:, 1])
    share = TURNED / EXPLAINED
    signal = np.sqrt(1 - share) * waves(X, rng) + np.sqrt(share) * turned
    drawn = noisy(X, signal, rng.standard_normal(n))
    return Drawn(drawn.X, drawn.y, drawn.mean, covariates=second.astype(float))


def yes_or_no(n: int, rng: np.random.Generator) -> Drawn:
    """Draw yes or no beside independent features, x1 x2 in the logits."""
    X = features(n, rng, rho=0.0)
    y, mean = _yes_or_no(X, _with_product(X, waves(X, rng), LOGIT_SHARE), rng)
    return Drawn(X, y, mean, ((0, 1),), "binomial")


def yes_or_no_sites(n: int, rng: np.random.Generator) -> Drawn:
    """Draw yes or no beside allele counts, x1 x2 in the logits."""
    X = rng.binomial(2, rng.uniform(0.1, 0.5, SITES), (n, SITES)).astype(float)
    alone = X @ rng.standard_normal(SITES)
    y, mean = _yes_or_no(X, _with_product(X, alone, LOGIT_SHARE), rng)
    return Drawn(X, y, mean, ((0, 1),), "binomial")


def _matches(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return the best match of motifs in sequences, in nats, and the share of G, C."""
    gc = rng.beta(20, 20, n)
    strong = rng.random((n, LENGTH)) < gc[:, None]
    bases = np.where(strong, 1, 0) + 2 * rng.integers(2, size=(n, LENGTH))
    scores = np.empty((n, MOTIFS))
    for motif, word in enumerate(rng.integers(4, size=(MOTIFS, WIDTH))):
        rows = np.flatnonzero(rng.random(n) < PLANTED)
        starts = rng.integers(LENGTH - WIDTH + 1, size=len(rows))
        other = rng.integers(4, size=(len(rows), WIDTH))
        kept = rng.random((len(rows), WIDTH)) < OWN_LETTER
        site = np.where(kept, word, other)
        bases[rows[:, None], starts[:, None] + np.arange(WIDTH)] = site
        odds = np.log(
            np.where(np.arange(4)[:, None] == word, OWN_LETTER, (1 - OWN_LETTER) / 3)
            / 0.25
        )  # (base, place)
        odds += rng.uniform(-0.2, 0.2, odds.shape)  # no two places weigh alike
        windows = np.lib.stride_tricks.sliding_window_view(bases, WIDTH, axis=1)
        scores[:, motif] = odds[windows, np.arange(WIDTH)].sum(2).max(1)
    return scores, (bases % 2).mean(1)


def motif_matches(n: int, rng: np.random.Generator) -> Drawn:
    """Draw yes or no by matches of motifs, two of which do more together."""
    X, gc = _matches(n, rng)
    bound = expit(2 * (X - np.median(X, axis=0)))
    alone = bound @ rng.standard_normal(MOTIFS) + scaled(gc)
    y, mean = _yes_or_no(X, _with_product(bound, alone, LOGIT_SHARE), rng)
    return Drawn(X, y, mean, ((0, 1),), "binomial", covariates=gc)


def bent_pair(n: int, rng: np.random.Generator) -> Drawn:
    """Draw x1 squared times x2, 15 %, beside waves of features correlated .5."""
    X = features(n, rng)
    both = scaled((X[:, 0] ** 2 - 1) * X[:, 1])
    share = BENT / EXPLAINED
    signal = np.sqrt(1 - share) * waves(X, rng) + np.sqrt(share) * both
    drawn = noisy(X, signal, rng.standard_normal(n))
    return Drawn(drawn.X, drawn.y, drawn.mean, ((0, 1),))


def very_wide(n: int, rng: np.random.Generator) -> Drawn:
    """Draw two hundred features and five products of two, no feature in two of them."""
    X = features(n, rng, p=VERY_WIDE)
    pairs = tuple((2 * k, 2 * k + 1) for k in range(PRODUCTS))
    share = PRODUCT / EXPLAINED
    both = sum(scaled(X[:, i] * X[:, j]) for i, j in pairs)
    alone = np.sqrt(1 - PRODUCTS * share) * waves(X, rng)
    drawn = noisy(X, alone + np.sqrt(share) * both, rng.standard_normal(n))
    return Drawn(drawn.X, drawn.y, drawn.mean, pairs)


def product(share: float, rho: float) -> Callable[[int, np.random.Generator], Drawn]:
    """Return a way to draw waves and x1 x2, `share` of the variance."""

    def draw(n: int, rng: np.random.Generator) -> Drawn:
        X = features(n, rng, rho=rho)
        signal = _with_product(X, waves(X, rng), share / EXPLAINED)
        drawn = noisy(X, signal, rng.standard_normal(n))
        return Drawn(drawn.X, drawn.y, drawn.mean, ((0, 1),))

    return draw


OWN_TABLES = {
    "batch of a feature": HardTable(
        "x1 tells the batch, x2 acts by batch, 20 %; a covariate", batch_of_a_feature
    ),
    "yes or no": HardTable("independent features, x1 x2 in logits", yes_or_no),
    "yes or no, alleles": HardTable("twelve sites, x1 x2 in logits", yes_or_no_sites),
    "motif matches": HardTable(
        "yes or no by best matches in 150 bp; G and C a covariate", motif_matches
    ),
    "bent pair": HardTable("x1 squared times x2, 15 %", bent_pair),
    "bent pair, 3,000": HardTable("the same", bent_pair, rows=3000),
    "1 %, independent": HardTable("x1 x2, rho 0", product(0.01, 0.0), share=0.01),
    "2 %, independent": HardTable("x1 x2, rho 0", product(0.02, 0.0), share=0.02),
    "11 %, correlated": HardTable("x1 x2, rho .5", product(0.11, 0.5), share=0.11),
    "two hundred features": HardTable(
        "19,900 pairs, 435 tested; five products of 2 %", very_wide, rows=10_000
    ),
}
