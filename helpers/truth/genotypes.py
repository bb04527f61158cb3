"""Genotype panels by coalescent simulation, and traits whose gene pairs are known.

A panel holds allele counts SNP by SNP, gene after gene. A trait adds main effects of
every gene, interaction terms of chosen gene pairs and noise, each part scaled to the
share of the variance that was asked for.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers import checks
from helpers.data.panel import Panel, prune
from helpers.extras import needs

if TYPE_CHECKING:
    import msprime

needs("genes", "msprime", "tskit")  # imported where it is used

# Gene pairs of the published simulators (0-based) and the shape of each term.
PUBLISHED_TERMS = (
    (0, 1, "max"),
    (6, 8, "max"),
    (2, 4, "square"),
    (3, 7, "square"),
    (5, 6, "product"),
    (7, 9, "product"),
)
SHAPES = {
    "max": np.maximum,
    "square": lambda a, b: (a - b) ** 2,
    "product": np.multiply,
}
SIMPLE_PAIRS = ("standardised", "literal", "counts", "marginal")
PARTED_SIZE = 20_000  # people of each of two populations
_PEOPLE_PER_BLOCK = 8192  # bounds the float copies of int8 genotypes


@dataclass(frozen=True)
class Trait:
    """A simulated quantitative trait with its parts; its variance is about 1.

    Parameters
    ----------
    values : array, shape (n_people,)
        The trait: `main` + `interaction` + noise.
    expression : array, shape (n_genes, n_people)
        Gene values, each with mean 0 and variance 1.
    main, interaction : arrays, shape (n_people,)
        The two parts of the signal, in the unit of the trait.
    terms : DataFrame
        One row a true pair: i, j (0-based), genes, shape, weight, `variance` (of the
        term as a share of the trait's) and `non_additive` (the part of `variance`
        that no sum of a function of one gene and one of the other can express).
    settings : dict
        What it was simulated with; for ``simple`` also `snps`, the rows of the SNPs
        that interact, one a gene.
    """

    values: np.ndarray
    expression: np.ndarray
    main: np.ndarray
    interaction: np.ndarray
    terms: pd.DataFrame
    settings: dict

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """The true pairs, 0-based and sorted."""
        return tuple(zip(self.terms["i"], self.terms["j"], strict=True))

    @property
    def best_r2(self) -> float:
        """Share of the variance that a perfect prediction would explain."""
        return float(np.var(self.main + self.interaction) / np.var(self.values))


def simulate_panel(  # the settings of a simulation, each by its name
    n_people: int,
    n_genes: int = 10,
    *,
    length: int = 120_000,
    max_snps: int | None = None,
    min_maf: float = 0.01,
    max_r2: float = 0.8,
    recombination_rate: float = 1e-8,
    mutation_rate: float = 1.25e-8,
    parted: int = 0,
    seed: int = 0,
) -> Panel:
    """Simulate genes as unlinked loci of a European-like population.

    The ancestry of each locus is drawn from the coalescent with recombination, so
    neighbouring SNPs are correlated as in people; mutations follow the infinite-sites
    model. Rare SNPs go, then every SNP too correlated with one already kept. 120 kb
    leave about 66 SNPs. Gene k has its own random stream: the ten genes of one panel
    are the first ten of a hundred.

    Parameters
    ----------
    n_people : int
        Diploid people.
    n_genes : int
    length : int
        Length of a gene, bp.
    max_snps : int, optional
        At most so many SNPs a gene, evenly thinned after pruning.
    min_maf : float
        Smallest minor allele frequency kept.
    max_r2 : float
        Largest squared correlation between two kept SNPs of a gene.
    recombination_rate, mutation_rate : float
        Per bp and generation.
    parted : int
        Generations since the first and the second half of the people parted, each a
        population of `PARTED_SIZE`; 0 = all people are of one. 2,000 give an F_ST of
        about 0.05.
    seed : int

    Returns
    -------
    Panel

    Raises
    ------
    ValueError
        If a gene ends up without SNPs: longer genes or more people are needed.

    Notes
    -----
    Time grows with people and length: about 0.3 s of one core a gene at 20,000
    people. The sample is larger than the present population size of the model
    (about 34,000), where the coalescent is an approximation; it bears on rare
    variants, which the frequency filter removes.

    Source
    ------
    Population sizes: Gravel et al. (2011), PNAS 108:11983, European branch.
    """
    n_people = checks.integer("n_people", n_people, at_least=2)
    n_genes = checks.integer("n_genes", n_genes, at_least=1)
    length = checks.integer("length", length, at_least=100)
    min_maf = checks.number("min_maf", min_maf, at_least=0, at_most=0.5)
    max_r2 = checks.number("max_r2", max_r2, at_least=0, at_most=1)
    if max_snps is not None:
        max_snps = checks.integer("max_snps", max_snps, at_least=1)
    rates = (
        checks.number("recombination_rate", recombination_rate, at_least=0),
        checks.number("mutation_rate", mutation_rate, at_least=0),
    )
    parted = checks.integer("parted", parted, at_least=0)
    seed = checks.integer("seed", seed, at_least=0)

    streams = np.random.SeedSequence(seed).spawn(n_genes)
    kept, positions = [], []
    for k, stream in enumerate(streams):
        counts, places = _locus(n_people, length, min_maf, *rates, parted, stream)
        chosen = _chosen_snps(counts, max_r2, max_snps)
        if not len(chosen):
            raise ValueError(
                f"length must give every gene a SNP; gene {k + 1} of {length} bp "
                f"has none with a minor allele frequency of {min_maf} or more."
            )
        kept.append(counts[chosen])
        positions.append(places[chosen])
    return Panel(
        np.concatenate(kept),
        tuple(map(len, kept)),
        snps=tuple(
            f"gene{k + 1}:{place:.0f}"
            for k, places in enumerate(positions)
            for place in places
        ),
        settings={
            "n_people": n_people,
            "n_genes": n_genes,
            "length": length,
            "max_snps": max_snps,
            "min_maf": min_maf,
            "max_r2": max_r2,
            "recombination_rate": rates[0],
            "mutation_rate": rates[1],
            "parted": parted,
            "seed": seed,
        },
    )


def simulate_trait(  # the settings of a simulation, each by its name
    panel: Panel,
    terms: Sequence[tuple[int, int, str]] = PUBLISHED_TERMS,
    *,
    kind: str = "complex",
    signal_to_noise: float = 0.1,
    main_to_interaction: float = 1.0,
    causal_share: float = 0.5,
    weights: str = "equal",
    standardise: bool = True,
    curvature: float = 0.0,
    simple_pairs: str = "standardised",
    seed: int = 0,
) -> Trait:
    """Simulate a trait with known interacting gene pairs.

    A gene value is a weighted sum of the gene's causal SNPs,
    ``g_k = sum_j alpha_kj x_kj`` with Gaussian alpha. Then

    * ``complex``: sum over the terms of ``w f(g_i, g_j)`` + ``sum_k w_k g_k``;
    * ``simple``: sum over the terms of ``w x_i* x_j*`` + ``sum_kj alpha_kj x_kj``,
      where x* is the gene's SNP with the largest ``|alpha|`` (but see
      `simple_pairs`);
    * ``null``: ``sum_kj alpha_kj x_kj`` alone.

    Parameters
    ----------
    panel : Panel
    terms : sequence of (i, j, shape)
        0-based genes and "max", "square" (of the difference) or "product"; the shape
        is ignored by ``simple`` and all of it by ``null``.
    kind : {"complex", "simple", "null"}
    signal_to_noise : float
        Variance of the signal over that of the noise.
    main_to_interaction : float
        Variance of the sum of main effects over that of the sum of terms.
    causal_share : float
        Share of the SNPs of a gene, at least one, with alpha other than 0.
    weights : {"equal", "gaussian"}
        w is +1 or -1 at random, or standard normal. Gaussian weights leave some pairs
        too weak for any method.
    standardise : bool
        Give every gene value and every term variance 1 before weighing. False keeps
        the sizes as they come, and the squares dominate.
    curvature : float
        Share of the main effects' variance that is quadratic within genes
        (``sum_k w_k (g_k**2 - 1)``): a main effect that a model linear in the SNPs
        cannot hold.
    simple_pairs : {"standardised", "literal", "counts", "marginal"}
        How the ``simple`` simulator is read; its products are of

        * ``standardised``: SNPs of mean 0 and variance 1, which have no main effect;
        * ``literal``: allele counts, and alpha multiplies allele counts as well, as
          equation 2 is printed;
        * ``counts``: allele counts, alpha multiplies standardised SNPs;
        * ``marginal``: as ``counts``, of the SNP of each gene that is most
          correlated with the gene's value.

        Products of counts carry main effects of their SNPs.
    seed : int
        The same seed gives the same alpha and w to any people of the same SNPs.

    Returns
    -------
    Trait

    Raises
    ------
    ValueError
        If a term names a gene that the panel has not, or a knob is out of bounds.

    Notes
    -----
    Differs from the paper: it prints the product of the simple simulator's fifth
    pair with genes 6 and 8 under the coefficient of genes 6 and 7; genes 6 and 7 are
    used. SNPs have variance 1 here, but for `simple_pairs`; scales, signs and
    variances of the weights are not given there.

    Source
    ------
    Cui et al. (2022), equations 1-3 [cui2022].
    """
    settings = _TraitSettings(
        kind,
        terms,
        signal_to_noise,
        main_to_interaction,
        causal_share,
        weights,
        standardise,
        curvature,
        simple_pairs,
        seed,
    ).checked(panel.n_genes)

    # One stream each: alpha and w do not depend on the number of people.
    alpha_seed, weight_seed, noise_seed = np.random.SeedSequence(settings.seed).spawn(3)
    alpha = _effects(panel, settings.causal_share, np.random.default_rng(alpha_seed))
    of_counts = settings.kind == "simple" and settings.simple_pairs == "literal"
    raw = _gene_values(panel, alpha, of_counts=of_counts)  # (n_genes, n_people)
    expression = _standardised(raw)
    draw = np.random.default_rng(weight_seed)
    term_weights = _weights(len(settings.terms), settings.weights, draw)
    gene_weights = _weights(panel.n_genes, settings.weights, draw)

    main = _main_effects(raw, expression, gene_weights, settings)
    sources, chosen = expression if settings.standardise else raw, {}
    if settings.kind == "simple":
        rows = _strongest_snps(panel, alpha)
        if settings.simple_pairs == "marginal":
            rows = _marginal_snps(panel, expression)
        sources = panel.genotypes[rows].astype(np.float64)
        if settings.simple_pairs == "standardised":
            sources = _standardised(sources)
        chosen = {"snps": tuple(rows)}
    parts = _weighted_terms(sources, term_weights, settings)
    main, interaction, scale = _scaled(main, parts, settings)
    noise = np.random.default_rng(noise_seed).standard_normal(panel.n_people)
    noise = _standardised(noise) / np.sqrt(1 + settings.signal_to_noise)
    scaled = [scale * part for part in parts]
    return Trait(
        main + interaction + noise,
        expression,
        main,
        interaction,
        _term_table(panel.genes, sources, scaled, term_weights, settings),
        asdict(settings) | chosen,
    )


def non_additive_variance(
    values: np.ndarray, a: np.ndarray, b: np.ndarray, *, n_knots: int = 20
) -> float:
    """Return the variance of `values` that no sum f(a) + h(b) explains.

    f and h are piecewise linear between quantiles of a and of b, fitted by least
    squares. Of independent standard normal a and b, a product keeps all its variance,
    a squared difference half, a maximum 14.7 %.

    Parameters
    ----------
    values, a, b : arrays, shape (n_people,)
    n_knots : int
        Quantiles used as knots; fewer where values repeat.
    """
    values = checks.vector("values", values)
    a = checks.vector("a", a, length=len(values))
    b = checks.vector("b", b, length=len(values))
    n_knots = checks.integer("n_knots", n_knots, at_least=2)
    design = np.column_stack([_hats(a, n_knots), _hats(b, n_knots)])
    coefficients, *_ = np.linalg.lstsq(design.T @ design, design.T @ values, rcond=None)
    return float(np.var(values - design @ coefficients))


def european_demography() -> "msprime.Demography":
    """Return the population sizes behind `simulate_panel`, as msprime has them."""
    import msprime  # 0.5 s, and only simulations need it

    demography = msprime.Demography()
    demography.add_population(
        name="european", initial_size=1032 * np.exp(0.0038 * 920), growth_rate=0.0038
    )
    for time, size in ((920, 1861), (2040, 14_474), (5920, 7310)):
        demography.add_population_parameters_change(
            time=time, initial_size=size, growth_rate=0
        )
    return demography


def parted_demography(generations: int) -> "msprime.Demography":
    """Return two populations of constant size that were one until so long ago."""
    import msprime

    demography = msprime.Demography()
    for name in ("first", "second"):
        demography.add_population(name=name, initial_size=PARTED_SIZE)
    demography.add_population(name="common", initial_size=14_474)
    demography.add_population_split(
        time=generations, derived=["first", "second"], ancestral="common"
    )
    return demography


def _locus(
    n_people: int,
    length: int,
    min_maf: float,
    recombination_rate: float,
    mutation_rate: float,
    parted: int,
    stream: np.random.SeedSequence,
) -> tuple[np.ndarray, np.ndarray]:
    """Return allele counts (n_snps, n_people) and positions of one simulated gene."""
    import msprime
    import tskit

    ancestry_seed, mutation_seed = (int(s) + 1 for s in stream.generate_state(2) >> 1)
    samples, demography = n_people, european_demography()
    if parted:
        samples = {"first": n_people - n_people // 2, "second": n_people // 2}
        demography = parted_demography(parted)
    ancestry = msprime.sim_ancestry(
        samples,
        demography=demography,
        sequence_length=length,
        recombination_rate=recombination_rate,
        random_seed=ancestry_seed,
    )
    mutated = msprime.sim_mutations(
        ancestry,
        rate=mutation_rate,
        model=msprime.BinaryMutationModel(),
        discrete_genome=False,  # infinite sites: every SNP has two alleles
        random_seed=mutation_seed,
    )
    # Most sites are rare: count carriers on the trees, decode only what is kept.
    n_copies = 2 * n_people
    common = []
    for tree in mutated.trees():
        for site in tree.sites():
            carriers = tree.num_samples(site.mutations[0].node)
            if min(carriers, n_copies - carriers) >= max(min_maf * n_copies, 1):
                common.append(site.id)
    counts = np.empty((len(common), n_people), dtype=np.int8)
    places = np.empty(len(common))
    variant = tskit.Variant(mutated)
    for row, site_id in enumerate(common):
        variant.decode(site_id)
        counts[row] = variant.genotypes.reshape(n_people, 2).sum(axis=1)
        places[row] = variant.site.position
    return counts, places


def _chosen_snps(counts: np.ndarray, max_r2: float, max_snps: int | None) -> np.ndarray:
    """Return the rows of a gene's SNPs to keep: pruned, then evenly thinned."""
    if not len(counts):
        return np.array([], dtype=int)
    chosen = np.flatnonzero(prune(counts, max_r2))
    if max_snps is not None and len(chosen) > max_snps:
        even = np.linspace(0, len(chosen) - 1, max_snps).round().astype(int)
        chosen = chosen[even]
    return chosen


@dataclass(frozen=True)
class _TraitSettings:
    """What `simulate_trait` was asked for; its docstring says what each means."""

    kind: str
    terms: Sequence[tuple[int, int, str]]
    signal_to_noise: float
    main_to_interaction: float
    causal_share: float
    weights: str
    standardise: bool
    curvature: float
    simple_pairs: str
    seed: int

    def checked(self, n_genes: int) -> "_TraitSettings":
        """Return the settings in their types; raise where one is out of bounds."""
        kind = checks.one_of("kind", self.kind, ("complex", "simple", "null"))
        weights = checks.one_of("weights", self.weights, ("equal", "gaussian"))
        pairs = checks.one_of("simple_pairs", self.simple_pairs, SIMPLE_PAIRS)
        ratios = {
            name: checks.number(name, getattr(self, name))
            for name in ("signal_to_noise", "main_to_interaction")
        }
        for name, value in ratios.items():
            if value <= 0:
                raise ValueError(f"{name} must be greater than 0; got {value}.")
        shares = {
            name: checks.number(name, getattr(self, name), at_least=0, at_most=1)
            for name in ("causal_share", "curvature")
        }
        return _TraitSettings(
            kind=kind,
            terms=() if kind == "null" else _checked_terms(self.terms, n_genes),
            weights=weights,
            standardise=bool(self.standardise),
            simple_pairs=pairs,
            seed=checks.integer("seed", self.seed, at_least=0),
            **ratios,
            **shares,
        )

    @property
    def shapes(self) -> tuple[str, ...]:
        """The shape of each term: products alone unless the kind is complex."""
        given = tuple(shape for _, _, shape in self.terms)
        return given if self.kind == "complex" else ("product",) * len(given)


def _checked_terms(
    terms: Iterable[tuple[int, int, str]], n_genes: int
) -> tuple[tuple[int, int, str], ...]:
    checked = []
    for term in terms:
        if len(term) != 3:
            raise ValueError(f"terms must be (i, j, shape) each; got {term!r}.")
        ((i, j),) = checks.feature_sets("terms", [term[:2]], n_genes)
        checked.append((i, j, checks.one_of("shape", term[2], tuple(SHAPES))))
    if not checked:
        raise ValueError('terms must name a pair; use kind="null" for none.')
    return tuple(checked)


def _effects(
    panel: Panel, causal_share: float, draw: np.random.Generator
) -> np.ndarray:
    """Draw the SNP effects alpha, shape (n_snps,), zero where not causal."""
    alpha = draw.standard_normal(panel.n_snps)
    for block, size in zip(panel.blocks, panel.sizes, strict=True):
        n_causal = max(1, round(causal_share * size))
        silent = draw.permutation(size)[n_causal:]
        alpha[block][silent] = 0
    return alpha


def _weights(n: int, law: str, draw: np.random.Generator) -> np.ndarray:
    gaussian = draw.standard_normal(n)
    return np.sign(gaussian) if law == "equal" else gaussian


def _gene_values(
    panel: Panel, alpha: np.ndarray, *, of_counts: bool = False
) -> np.ndarray:
    """Return sum_j alpha_j x_j of each gene, centred, over standardised SNPs."""
    mean = panel.genotypes.mean(axis=1, dtype=np.float64)
    deviation = panel.genotypes.std(axis=1, dtype=np.float64)
    flat = np.flatnonzero(deviation == 0)
    if flat.size:
        raise ValueError(f"SNP {panel.snps[flat[0]]!r} is monomorphic; drop it first.")
    slopes = alpha if of_counts else alpha / deviation
    values = np.empty((panel.n_genes, panel.n_people))
    for k, block in enumerate(panel.blocks):
        for start in range(0, panel.n_people, _PEOPLE_PER_BLOCK):
            part = panel.genotypes[block, start : start + _PEOPLE_PER_BLOCK]
            values[k, start : start + _PEOPLE_PER_BLOCK] = slopes[block] @ part
        values[k] -= slopes[block] @ mean[block]
    return values


def _strongest_snps(panel: Panel, alpha: np.ndarray) -> list[int]:
    """Return the row of each gene's SNP with the largest effect."""
    return [b.start + int(np.argmax(np.abs(alpha[b]))) for b in panel.blocks]


def _marginal_snps(panel: Panel, expression: np.ndarray) -> list[int]:
    """Return the row of each gene's SNP most correlated with the gene's value."""
    return [
        b.start + int(np.argmax(np.abs(_correlations(panel.genotypes[b], values))))
        for b, values in zip(panel.blocks, expression, strict=True)
    ]


def _correlations(counts: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the correlation of each row of counts with values, (n_snps,)."""
    sums = np.zeros(len(counts))
    centred = values - values.mean()
    for start in range(0, len(values), _PEOPLE_PER_BLOCK):
        people = slice(start, start + _PEOPLE_PER_BLOCK)
        sums += counts[:, people] @ centred[people]
    spread = counts.std(axis=1, dtype=np.float64) * values.std()
    return sums / len(values) / spread


def _main_effects(
    raw: np.ndarray,
    expression: np.ndarray,
    gene_weights: np.ndarray,
    settings: _TraitSettings,
) -> np.ndarray:
    """Return the sum of the genes' main effects before scaling, (n_people,)."""
    values = expression if settings.standardise else raw
    main = gene_weights @ values if settings.kind == "complex" else raw.sum(axis=0)
    if settings.curvature:
        bend = gene_weights @ (expression**2 - 1)
        main = _mixture(main, bend, settings.curvature)
    return main


def _weighted_terms(
    sources: np.ndarray, term_weights: np.ndarray, settings: _TraitSettings
) -> list[np.ndarray]:
    """Return w f(s_i, s_j) of each term before scaling, (n_people,) each."""
    parts = [
        SHAPES[shape](sources[i], sources[j])  # type: ignore[operator]  # functions, all
        for (i, j, _), shape in zip(settings.terms, settings.shapes, strict=True)
    ]
    if settings.standardise:
        parts = [_standardised(part) for part in parts]
    return [w * part for w, part in zip(term_weights, parts, strict=True)]


def _scaled(
    main: np.ndarray, parts: list[np.ndarray], settings: _TraitSettings
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return main effects, interaction and the factor of its terms, as asked for."""
    noise_ratio, ratio = settings.signal_to_noise, settings.main_to_interaction
    signal = noise_ratio / (1 + noise_ratio)  # share of the trait's variance
    interaction = np.zeros(len(main))
    scale = 0.0
    if parts:
        interaction = np.sum(parts, axis=0)
        scale = np.sqrt(signal / (1 + ratio) / np.var(interaction))
        interaction = scale * (interaction - interaction.mean())
        signal *= ratio / (1 + ratio)  # what is left for the main effects
    main = np.sqrt(signal) * _standardised(main)
    # Main effects and terms are correlated a little in a sample: rescaling their sum
    # keeps both ratios exact.
    total = main + interaction
    shrink = np.sqrt(noise_ratio / (1 + noise_ratio) / np.var(total))
    return main * shrink, interaction * shrink, scale * shrink


def _term_table(
    genes: Sequence[str],
    sources: np.ndarray,
    parts: list[np.ndarray],
    term_weights: np.ndarray,
    settings: _TraitSettings,
) -> pd.DataFrame:
    """Return one row a term; `parts` are in the unit of the trait."""
    columns = ["i", "j", "genes", "shape", "weight", "variance", "non_additive"]
    rows = [
        (
            i,
            j,
            f"{genes[i]} × {genes[j]}",
            shape,
            weight,
            np.var(part),
            non_additive_variance(part, sources[i], sources[j]),
        )
        for (i, j, _), shape, part, weight in zip(
            settings.terms, settings.shapes, parts, term_weights, strict=True
        )
    ]
    return pd.DataFrame(rows, columns=columns)


def _standardised(values: np.ndarray) -> np.ndarray:
    centred = values - values.mean(axis=-1, keepdims=True)
    return centred / centred.std(axis=-1, keepdims=True)


def _mixture(first: np.ndarray, second: np.ndarray, share: float) -> np.ndarray:
    """Mix two parts so that `second` has `share` of the summed variances."""
    first, second = _standardised(first), _standardised(second)
    return np.sqrt(1 - share) * first + np.sqrt(share) * second


def _hats(values: np.ndarray, n_knots: int) -> np.ndarray:
    """Return the hat functions on quantiles of `values`, (n_people, n_knots)."""
    knots = np.unique(np.quantile(values, np.linspace(0, 1, n_knots)))
    return np.column_stack(
        [np.interp(values, knots, unit) for unit in np.eye(len(knots))]
    )
