"""Tables as people have them, with known pairs: rounded, rare, counted, selected.

Where `studies.calibration.worlds` varies what interacts, these vary all the rest: the
noise, the features, the number of them, sequences, counts; and tables in which a call
is right and means something else than one may think.
"""

from itertools import combinations

import numpy as np
from scipy import stats
from scipy.special import expit

from helpers import checks
from helpers.truth.drawn_tables import (
    EXPLAINED,
    Drawn,
    HardTable,
    features,
    noisy,
    scaled,
    waves,
)
from helpers.truth.own_tables import OWN_TABLES
from helpers.truth.told_tables import TOLD_TABLES

#: Letters of the words that stand for motifs, words, and bases of a sequence.
WIDTH, WORDS, LENGTH = 6, 8, 150
#: Pairs of three features, and of all words.
_THREE = ((0, 1), (0, 2), (1, 2))
_ALL_WORDS = tuple(combinations(range(WORDS), 2))


def draw_hard(name: str, n_rows: int, seed: int) -> Drawn:
    """Draw a table by its name; its functions are drawn with it."""
    table = HARD_TABLES[checks.one_of("name", name, tuple(HARD_TABLES))]
    n_rows = checks.integer("n_rows", n_rows, at_least=50)
    seed = checks.integer("seed", seed, at_least=0)
    return table.make(n_rows, np.random.default_rng([seed, 29]))


# To compare ways of testing in


def one_product(n: int, rng: np.random.Generator) -> Drawn:
    """Draw a sum of waves and x1 x2, 8 % of the variance."""
    X = features(n, rng)
    both = scaled(X[:, 0] * X[:, 1])
    signal = np.sqrt(1 - 0.08 / EXPLAINED) * waves(X, rng)
    drawn = noisy(X, signal + np.sqrt(0.08 / EXPLAINED) * both, rng.standard_normal(n))
    return Drawn(drawn.X, drawn.y, drawn.mean, ((0, 1),))


def strong_and_weak(n: int, rng: np.random.Generator) -> Drawn:
    """Draw a sum of waves, x1 x2 (15 %), and x3 x4 and x5 x6 (4 % each)."""
    X = features(n, rng)
    parts = {(0, 1): 0.15, (2, 3): 0.04, (4, 5): 0.04}
    signal = np.sqrt(1 - sum(parts.values()) / EXPLAINED) * waves(X, rng)
    for (i, j), share in parts.items():
        signal = signal + np.sqrt(share / EXPLAINED) * scaled(X[:, i] * X[:, j])
    drawn = noisy(X, signal, rng.standard_normal(n))
    return Drawn(drawn.X, drawn.y, drawn.mean, tuple(parts))


# Noise


def additive(n: int, rng: np.random.Generator) -> Drawn:
    """Draw a sum of waves with normal noise."""
    X = features(n, rng)
    return noisy(X, waves(X, rng), rng.standard_normal(n))


def skewed(n: int, rng: np.random.Generator) -> Drawn:
    """Draw log-normal noise that grows with x1."""
    X = features(n, rng)
    noise = np.exp(rng.standard_normal(n)) - np.exp(0.5)
    noise /= np.sqrt((np.e - 1) * np.e)
    return noisy(X, waves(X, rng), noise * np.exp(0.5 * X[:, 0]))


def outliers(n: int, rng: np.random.Generator) -> Drawn:
    """Draw noise that is twenty times as large in one row of a hundred."""
    X = features(n, rng)
    noise = rng.standard_normal(n) * np.where(rng.random(n) < 0.01, 20, 1)
    return noisy(X, waves(X, rng), noise)


def no_variance(n: int, rng: np.random.Generator) -> Drawn:
    """Draw noise of a t distribution with 1.5 degrees of freedom."""
    X = features(n, rng)
    return noisy(X, waves(X, rng), rng.standard_t(1.5, size=n))


def noise_of_a_pair(n: int, rng: np.random.Generator) -> Drawn:
    """Draw noise alone, whose size depends on x1 x2."""
    X = features(n, rng)
    spread = np.exp(np.clip(0.5 * X[:, 0] * X[:, 1], -3, 3))
    return Drawn(X, rng.standard_normal(n) * spread, np.zeros(n))


# Features


def levels(n: int, rng: np.random.Generator) -> Drawn:
    """Draw rounded features; every value has an effect of its own."""
    X = np.clip(np.round(1.2 * features(n, rng)), -3, 3)
    effects = rng.standard_normal((X.shape[1], 7))
    signal = np.sum(
        [own[(x + 3).astype(int)] for own, x in zip(effects, X.T, strict=True)], axis=0
    )
    return noisy(X, signal, rng.standard_normal(n))


def rare_levels(n: int, rng: np.random.Generator) -> Drawn:
    """Draw features that are 1 in 3 % of the rows, else 0."""
    while True:
        X = (rng.random((n, 10)) < 0.03).astype(float)
        if np.ptp(X, axis=0).all():
            break
    return noisy(X, X @ rng.standard_normal(10), rng.standard_normal(n))


def many_zeros(n: int, rng: np.random.Generator) -> Drawn:
    """Draw features that are 0 in two thirds of the rows, else skewed."""
    Z = features(n, rng)
    X = np.where(Z > 0.5, np.exp(Z), 0.0)
    return noisy(X, waves(np.log1p(X), rng), rng.standard_normal(n))


def steep_steps(n: int, rng: np.random.Generator) -> Drawn:
    """Draw a sum of steps with little noise, features correlated .7."""
    X = features(n, rng, rho=0.7)
    edges = rng.uniform(-1.5, 1.5, 10)
    steps = (edges < X) @ rng.choice([-1.0, 1.0], 10)
    mean = scaled(steps)
    return Drawn(X, mean + 0.2 * rng.standard_normal(n), mean)


def fast_waves(n: int, rng: np.random.Generator) -> Drawn:
    """Draw a sum of waves that no spline of few knots follows."""
    X = features(n, rng)
    signal = np.sin(8 * X + rng.uniform(0, 2 * np.pi, 10)).sum(1)
    return noisy(X, signal, rng.standard_normal(n))


def close_to_one(n: int, rng: np.random.Generator) -> Drawn:
    """Draw features correlated .8."""
    X = features(n, rng, rho=0.8)
    return noisy(X, waves(X, rng), rng.standard_normal(n))


def few(n: int, rng: np.random.Generator) -> Drawn:
    """Draw five features."""
    X = features(n, rng, p=5)
    return noisy(X, waves(X, rng), rng.standard_normal(n))


def many(n: int, rng: np.random.Generator) -> Drawn:
    """Draw twenty-five features."""
    X = features(n, rng, p=25)
    return noisy(X, waves(X, rng), rng.standard_normal(n))


# Counts


def _counted(
    n: int, rng: np.random.Generator, scattered: bool, product: float
) -> Drawn:
    """Draw counts, Poisson or more scattered, with or without a product."""
    X = features(n, rng)
    both = scaled(X[:, 0] * X[:, 1])
    mean = np.exp(0.3 + 0.7 * waves(X, rng) + product * both)
    rate = mean * (rng.gamma(1.0, 1.0, n) if scattered else 1.0)
    pairs = ((0, 1),) if product else ()
    return Drawn(X, rng.poisson(rate).astype(float), mean, pairs, "poisson")


def counts(n: int, rng: np.random.Generator) -> Drawn:
    """Draw Poisson counts whose logarithms' means add up."""
    return _counted(n, rng, scattered=False, product=0.0)


def scattered_counts(n: int, rng: np.random.Generator) -> Drawn:
    """Draw counts that vary more than Poisson ones."""
    return _counted(n, rng, scattered=True, product=0.0)


def counts_with_a_pair(n: int, rng: np.random.Generator) -> Drawn:
    """Draw Poisson counts with a product on the logarithmic scale."""
    return _counted(n, rng, scattered=False, product=0.35)


# DNA


def _words(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return counts of words in sequences, (n, WORDS), and their share of G and C."""
    gc = rng.beta(8, 8, n)
    strong = rng.random((n, LENGTH)) < gc[:, None]
    bases = np.where(strong, 1, 0) + 2 * rng.integers(2, size=(n, LENGTH))
    words = rng.integers(4, size=(WORDS, WIDTH))
    for word in words:
        rows = np.flatnonzero(rng.random(n) < 0.4)
        starts = rng.integers(LENGTH - WIDTH + 1, size=len(rows))
        bases[rows[:, None], starts[:, None] + np.arange(WIDTH)] = word
    windows = np.lib.stride_tricks.sliding_window_view(bases, WIDTH, axis=1)
    found = [((windows == word).sum(2) >= WIDTH - 1).sum(1) for word in words]
    return np.stack(found, axis=1).astype(float), (bases % 2).mean(1)


def sites(n: int, rng: np.random.Generator) -> Drawn:
    """Draw sequences whose words add up; the features are their counts."""
    X, _ = _words(n, rng)
    return noisy(X, np.sqrt(X) @ rng.standard_normal(WORDS), rng.standard_normal(n))


def sites_with_a_pair(n: int, rng: np.random.Generator) -> Drawn:
    """Draw sequences in which two words do more together."""
    X, _ = _words(n, rng)
    seen = (X > 0).astype(float)
    both = scaled((seen[:, 0] - seen[:, 0].mean()) * (seen[:, 1] - seen[:, 1].mean()))
    drawn = noisy(X, seen @ rng.standard_normal(WORDS), rng.standard_normal(n))
    extra = 0.3 * both  # 8 % of the variance
    return Drawn(X, drawn.y + extra, drawn.mean + extra, ((0, 1),))


def _composition(n: int, rng: np.random.Generator, told: bool) -> Drawn:
    """Draw sequences whose share of G and C decides, in a steep curve."""
    X, gc = _words(n, rng)
    signal = np.tanh(4 * scaled(gc))
    drawn = noisy(X, signal, rng.standard_normal(n))
    if told:
        return Drawn(X, drawn.y, drawn.mean, covariates=gc)
    return Drawn(X, drawn.y, drawn.mean, _ALL_WORDS)  # of no pair it is known


def composition(n: int, rng: np.random.Generator) -> Drawn:
    """Draw sequences whose composition decides; it is a covariate."""
    return _composition(n, rng, told=True)


# Calls that are right and mean something else


def hidden_composition(n: int, rng: np.random.Generator) -> Drawn:
    """Draw the same; the test is not told the composition."""
    return _composition(n, rng, told=False)


def hidden_cause(n: int, rng: np.random.Generator) -> Drawn:
    """Draw an outcome of one hidden yes or no, to which x1 and x2 both point."""
    X = features(n, rng, p=6, rho=0.0)
    cause = (rng.random(n) < 0.5).astype(float)
    X[:, :2] += 1.5 * cause[:, None]
    # Its chance given both is logistic in their sum: no sum of functions of each.
    chance = expit(1.5 * (X[:, :2] - 0.75).sum(1))
    rest = 0.5 * X[:, 2:].sum(1)
    y = 2 * cause + rest + rng.standard_normal(n)
    return Drawn(X, y, 2 * chance + rest, ((0, 1),))


def exponential(n: int, rng: np.random.Generator) -> Drawn:
    """Draw the exponential of a sum of x1 to x3."""
    X = features(n, rng, p=6, rho=0.0)
    link = X[:, :3].sum(1) / 2
    mean = np.exp(link + 0.125)
    y = np.exp(link + 0.5 * rng.standard_normal(n))
    return Drawn(X, y, mean, _THREE)


def logarithm(n: int, rng: np.random.Generator) -> Drawn:
    """Draw the same table, with the logarithm of its outcome."""
    one = exponential(n, rng)
    return Drawn(one.X, np.log(one.y), np.log(one.mean) - 0.125)


def selected(n: int, rng: np.random.Generator) -> Drawn:
    """Draw a sum of x1 to x3, of which rows with a large outcome alone are kept."""
    X = features(4 * n, rng, p=6, rho=0.0)
    link = X[:, :3].sum(1)
    y = link + rng.standard_normal(4 * n)
    kept = np.flatnonzero(y > 0.5)[:n]
    below = 0.5 - link[kept]
    # Of a normal that is cut off below: no longer a sum, but a curve of one.
    mean = link[kept] + np.exp(stats.norm.logpdf(below) - stats.norm.logsf(below))
    return Drawn(X[kept], y[kept], mean, _THREE)


#: Tables in which ways of testing are compared.
COMPARED_TABLES = {
    "additive": HardTable("sum of waves, correlated .5", additive),
    "one product": HardTable("the same with x1 x2, 8 %", one_product),
    "strong and weak": HardTable("x1 x2 15 %, x3 x4 and x5 x6 4 %", strong_and_weak),
}
#: Tables whose null pairs must not be called.
NULL_TABLES = {
    "skewed": HardTable("noise log-normal, growing with x1", skewed),
    "outliers": HardTable("1 % of errors twenty times as large", outliers),
    "no variance": HardTable("noise t with 1.5 degrees of freedom", no_variance),
    "noise of a pair": HardTable("noise alone, its size by x1 x2", noise_of_a_pair),
    "levels": HardTable("seven values a feature, each its own effect", levels),
    "rare levels": HardTable("features 1 in 3 % of the rows", rare_levels),
    "many zeros": HardTable("features 0 in two thirds of the rows", many_zeros),
    "steep steps": HardTable("steps, noise 4 %, correlated .7", steep_steps),
    "fast waves": HardTable("waves no spline follows", fast_waves),
    "correlated .8": HardTable("features correlated .8", close_to_one),
    "few rows": HardTable("five features", few, rows=250),
    "many features": HardTable("twenty-five features", many, rows=1500),
    "counts": HardTable("Poisson, logarithms add up", counts),
    "counts, scattered": HardTable("more scattered than Poisson", scattered_counts),
    "counts, product": HardTable("Poisson with x1 x2", counts_with_a_pair),
    "DNA, sites": HardTable("counts of eight words in 150 bp add up", sites),
    "DNA, pair": HardTable("two words do more together, 8 %", sites_with_a_pair),
    "DNA, composition": HardTable("G and C decide; a covariate", composition),
    **TOLD_TABLES,
    **OWN_TABLES,
}  # fmt: skip
#: Tables in which a call is right, and says nothing of a mechanism.
MEANING_TABLES = {
    "hidden cause": HardTable(
        "x1 and x2 point to one hidden yes or no", hidden_cause, rows=5000
    ),
    "exponential": HardTable("exp of x1 + x2 + x3", exponential),
    "its logarithm": HardTable("the same, on the scale of the sum", logarithm),
    "selected": HardTable("x1 + x2 + x3, rows with large y kept", selected),
    "hidden composition": HardTable(
        "G and C decide, not told", hidden_composition, rows=5000
    ),
}  # fmt: skip
HARD_TABLES = {
    **COMPARED_TABLES,
    **NULL_TABLES,
    **MEANING_TABLES,
}
