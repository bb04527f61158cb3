"""The ladder of negatives: one set of positives, ever harder company, every method.

Each rung trains networks on the same positives with other negatives, tests them on
every kind of sequence, and asks attribution methods and marginal insertion about these
very networks.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from scipy.special import expit
from sklearn.metrics import average_precision_score

from helpers import checks
from helpers.explain import attribution
from helpers.explain.deep_shap import deep_shap
from helpers.explain.insertion import insertion
from helpers.explain.mutagenesis import mutagenesis
from helpers.networks.motif import usual_layers
from helpers.studies.negative_data.rows import AVERAGE, COLUMNS, row
from helpers.studies.negative_data.settings import Recipe, World
from helpers.studies.negative_data.training import Trained, train
from helpers.truth import best_possible
from helpers.truth.grammars import Grammar, MotifSequences, combinations, embed
from helpers.truth.layouts import laid_out
from helpers.truth.sequences import dinucleotide_shuffle, random_bases

#: Negatives, from the easiest to collect to the hardest to tell apart.
RUNGS = (
    "uniform",
    "composition",
    "dinucleotide",
    "1 motif",
    "2 motifs",
    "3 motifs",
    "all subsets",
)
NEWER = ("ISM", "DeepSHAP")
MEASURED = ("IG", "DeepLIFT", *NEWER)
READER = -2  # the network of what the best agnostic reader does
CONTEXTS = ("blank", "others present")


@dataclass(frozen=True)
class Asked:
    """What is asked of the networks of a rung.

    Parameters
    ----------
    n_test : int
        Test sequences of each kind.
    n_attributed : int
        Sequences attributed for each number of motifs.
    methods : sequence of str
        Of `MEASURED`.
    n_references : int
        Shuffles behind each contribution of DeepSHAP.
    n_backgrounds : int
        Sequences into which motifs are inserted; 0 leaves insertion out.
    """

    n_test: int
    n_attributed: int
    methods: tuple[str, ...] = ("IG",)
    n_references: int = 10
    n_backgrounds: int = 0

    def __post_init__(self) -> None:
        checks.integer("n_test", self.n_test, at_least=1)
        checks.integer("n_attributed", self.n_attributed, at_least=1)
        checks.integer("n_backgrounds", self.n_backgrounds, at_least=0)
        for method in self.methods:
            checks.one_of("method", method, MEASURED)


def rung_negatives(
    rung: str, positives: MotifSequences, grammar: Grammar, seed: int
) -> MotifSequences:
    """Return one negative for each positive.

    Parameters
    ----------
    rung : str
        Of `RUNGS`. *uniform*: background; *composition*: the letters of a positive in
        random order; *dinucleotide*: the same, keeping the counts of neighbours; with a
        number: exactly so many motifs, every set equally often; *all subsets*: every
        proper subset, the empty one too, as the paper's M_w.
    positives : MotifSequences
    grammar : Grammar
    seed : int
    """
    checks.one_of("rung", rung, RUNGS)
    n, length = positives.bases.shape
    rng = np.random.default_rng([seed, 1])
    sets = combinations(len(grammar.motifs))
    if rung[0].isdigit():
        sets = sets[sets.sum(axis=1) == int(rung[0])]
    sets = sets[:-1] if rung == "all subsets" else sets
    held = sets[np.arange(n) % len(sets)]
    if rung in ("uniform", "composition", "dinucleotide"):
        held = np.zeros_like(held)
    drawn = embed(grammar, held, length=length, seed=rng)
    if rung == "uniform" or held.any():
        return drawn
    shuffled = (
        rng.permuted(positives.bases, axis=1)
        if rung == "composition"
        else dinucleotide_shuffle(positives.bases, seed=rng)
    )
    return MotifSequences(shuffled, drawn.present, drawn.starts, drawn.widths)


def climbed(
    *,
    rung: str,
    world: dict,
    recipe: dict,
    asked: dict,
    seed: int,
    device: str = "auto",
) -> pd.DataFrame:
    """Train the classifiers of a rung and ask them everything.

    Parameters
    ----------
    rung : str
        Of `RUNGS`.
    world, recipe, asked : dict
        Of `World`, `Recipe` and `Asked`.
    seed : int
        Of data, initial weights, shuffles and backgrounds; positives and test
        sequences are the same on every rung.
    device : str

    Returns
    -------
    DataFrame
        `COLUMNS` and rung; network -1 is the average of contributions, -2 the best
        agnostic reader with the rung's class shares. Measures: recall (detail: kind of
        test sequence), ranking (average precision of positives against sequences with
        three motifs, equally many), AUPRC and precision of each target (median over
        sequences; detail: method and motif), inserted (mean over backgrounds; detail:
        target, context and motif or pair).
    """
    world, recipe, asked = World(**world), Recipe(**recipe), Asked(**asked)
    grammar = world.grammar
    n = (recipe.n_train + recipe.n_validation) // 2
    positives = whole(grammar, n, world.length, [seed, 0])
    data = mixed(positives, rung_negatives(rung, positives, grammar, seed), seed)
    trained = train(
        data.bases,
        data.labels,
        world.names,
        recipe,
        loss="binary_cross_entropy",
        seed=seed,
        device=device,
    )
    test = kinds_tested(grammar, asked.n_test, world.length, seed + 10_000)
    rows = recall_rows(trained, test, grammar, rung)
    for k in range(1, len(grammar.motifs) + 1):
        some = test[kind_of(k)][: asked.n_attributed]
        for method in asked.methods:
            found = attributed(trained, some.bases, method, asked.n_references, seed)
            for target, scores in found.items():
                rows += area_rows(scores, some, world.names, target, method, k)
    if asked.n_backgrounds:
        rows += insertion_rows(trained, world, asked.n_backgrounds, seed)
    return pd.DataFrame(rows, columns=COLUMNS).assign(rung=rung)


def whole(
    grammar: Grammar, n: int, length: int, seed: int | list[int]
) -> MotifSequences:
    """Return sequences that hold all motifs."""
    present = np.ones((n, len(grammar.motifs)), dtype=bool)
    return embed(grammar, present, length=length, seed=np.random.default_rng(seed))


def mixed(
    positives: MotifSequences, negatives: MotifSequences, seed: int
) -> MotifSequences:
    """Return both in one random order."""
    order = np.random.default_rng([seed, 2]).permutation(2 * len(positives))
    parts = [
        np.concatenate([getattr(part, name) for part in (positives, negatives)])[order]
        for name in ("bases", "present", "starts")
    ]
    return MotifSequences(*parts, positives.widths)  # type: ignore[call-arg]  # one a field


def kind_of(count: int) -> str:
    """Return the name of test sequences with so many motifs."""
    return "1 motif" if count == 1 else f"{count} motifs"


def kinds_tested(
    grammar: Grammar, n: int, length: int, seed: int
) -> dict[str, MotifSequences]:
    """Return test sequences of every kind: positives, then every rung's but the last.

    The same for all rungs; shuffles are of the positives that are tested.
    """
    positives = whole(grammar, n, length, [seed, 0])
    kinds = {kind_of(len(grammar.motifs)): positives}
    for rung in RUNGS[:-1]:
        kinds[rung] = rung_negatives(rung, positives, grammar, seed)
    return kinds


def recall_rows(
    trained: Trained, test: dict[str, MotifSequences], grammar: Grammar, rung: str
) -> list[tuple]:
    """Return what networks and the best reader call rightly, and how they rank."""
    rows, logits = [], {}
    for kind, some in test.items():
        ratios = best_possible.likelihood_ratios(some.bases, grammar, reader="agnostic")
        reader = best_possible.posterior(ratios, rung_prior(rung, grammar))[:, -1]
        outputs = {READER: reader - 0.5}
        outputs |= dict(enumerate(trained.outputs(some.bases)))
        for network, ours in outputs.items():
            right = (ours > 0) == some.present.all(axis=1)
            rows.append(row(network, "recall", kind, -1, right.mean()))
            logits[network, kind] = ours
    n_motifs = len(grammar.motifs)
    full, short = kind_of(n_motifs), kind_of(n_motifs - 1)
    for network in {network for network, _ in logits}:
        pair = logits[network, full], logits[network, short]
        labels = np.repeat([1, 0], [len(part) for part in pair])
        area = average_precision_score(labels, np.concatenate(pair))
        rows.append(row(network, "ranking", short, -1, area))
    return rows


def rung_prior(rung: str, grammar: Grammar) -> np.ndarray:
    """Return how often each combination of motifs is met in training on a rung.

    Shuffles hold no motif but by chance; a reader takes them for background.
    """
    counts = combinations(len(grammar.motifs)).sum(axis=1)
    if rung == "all subsets":
        some = counts < len(grammar.motifs)
    else:
        some = counts == (int(rung[0]) if rung[0].isdigit() else 0)
    prior = some / some.sum() / 2
    prior[-1] = 0.5
    return prior


def attributed(
    trained: Trained, sequences: np.ndarray, method: str, n_references: int, seed: int
) -> dict[str, np.ndarray]:
    """Return contributions to both targets, each of shape (n_networks, n, length)."""
    networks, targets = trained.networks, attribution.TARGETS
    if method == "ISM":
        return dict(zip(targets, mutagenesis(_both(trained), sequences), strict=True))
    if method == "DeepSHAP":
        found = [
            deep_shap(
                usual_layers(network),
                sequences,
                targets=targets,
                n_references=n_references,
                seed=seed,
            )
            for network in networks
        ]
        return dict(zip(targets, np.stack(found, axis=1), strict=True))
    return {
        target: attribution.contributions(
            networks, sequences, method=method, target=target
        )
        for target in targets
    }


def _both(trained: Trained) -> Callable[[np.ndarray], np.ndarray]:
    """Return a function from base numbers to (targets, n_networks, n)."""
    networks = [network.eval() for network in trained.networks]

    @torch.no_grad()
    def predict(sequences: np.ndarray) -> np.ndarray:
        letters = torch.from_numpy(np.ascontiguousarray(sequences))
        logits = np.stack([network(letters)[:, 0].numpy() for network in networks])
        return np.stack([expit(logits.astype(np.float64)), logits])

    return predict


def area_rows(
    scores: np.ndarray,
    some: MotifSequences,
    names: Sequence[str],
    target: str,
    method: str,
    k: int,
) -> list[tuple]:
    """Return the median of both areas, motif by motif, network by network."""
    every = [some.covered(i) for i in range(len(names))]
    anywhere = np.any(every, axis=0)
    rows = []
    for motif, name in enumerate(names):
        held = some.present[:, motif]
        if not held.any():
            continue
        for network, (measure, curve) in itertools.product(
            (*range(len(scores)), AVERAGE),
            (("AUPRC", "trapezoids"), ("precision", "steps")),
        ):
            ours = scores.mean(axis=0) if network == AVERAGE else scores[network]
            areas = attribution.motif_auprc(
                ours[held], every[motif][held], anywhere[held], curve=curve
            )
            detail = f"{method} {name}"
            said = f"{measure} of {target}"
            rows.append(row(network, said, detail, k, np.median(areas)))
    return rows


def insertion_rows(
    trained: Trained, world: World, n_backgrounds: int, seed: int
) -> list[tuple]:
    """Return marginal effects and interactions of inserted motifs, in both contexts.

    The most frequent letters of each motif stand in the middle of the sequence, where
    the grammar puts them; the context holds nothing else, or all other motifs.
    """
    grammar = world.grammar
    rng = np.random.default_rng([seed, 3])
    blank = random_bases((n_backgrounds, world.length), (0.25,) * 4, seed=rng)
    first = (world.length - grammar.width) // 2
    pieces = [
        (motif.ppm.argmax(axis=1), int(first + offset))
        for motif, offset in zip(grammar.motifs, grammar.offsets, strict=True)
    ]
    predict, rows = _both(trained), []
    members = range(len(pieces))
    for size, context in itertools.product((1, 2), CONTEXTS):
        for some in itertools.combinations(members, size):
            held = blank.copy()
            others = [i for i in members if i not in some and context != "blank"]
            for letters, start in (pieces[i] for i in others):
                held[:, start : start + len(letters)] = letters
            effects = insertion(predict, held, [pieces[i] for i in some])
            for target, ours in zip(attribution.TARGETS, effects, strict=True):
                detail = f"{target}, {context}, " + "+".join(
                    world.names[i] for i in some
                )
                for network, values in enumerate(ours):
                    mean = values.mean()
                    rows.append(row(network, "inserted", detail, len(others), mean))
    return rows


def rearranged(
    *,
    layout: str,
    share: float,
    tested: Sequence[str],
    world: dict,
    recipe: dict,
    asked: dict,
    seed: int,
    device: str = "auto",
) -> pd.DataFrame:
    """Train classifiers on one layout and test them on others.

    Parameters
    ----------
    layout : str
        Of the training sequences, see `helpers.truth.layouts`.
    share : float
        Of the negatives, the share that holds subsets of the motifs.
    tested : sequence of str
        Layouts of the test sequences.
    world, recipe, asked, seed, device
        As for `climbed`.

    Returns
    -------
    DataFrame
        `COLUMNS`, layout, share and tested; measures recall and those of areas.
    """
    world, recipe, asked = World(**world), Recipe(**recipe), Asked(**asked)
    grammar, length = world.grammar, world.length
    sets = combinations(len(grammar.motifs))
    n = recipe.n_train + recipe.n_validation
    rng = np.random.default_rng([seed, 4])
    present = np.ones((n, len(grammar.motifs)), dtype=bool)
    present[n // 2 :] = False
    n_subsets = round(share * (n - n // 2))
    subsets = sets[np.arange(n_subsets) % (len(sets) - 1)]
    present[n // 2 : n // 2 + n_subsets] = subsets
    present = rng.permutation(present)
    data = laid_out(grammar, present, layout=layout, length=length, seed=rng)
    trained = train(
        data.bases,
        data.labels,
        world.names,
        recipe,
        loss="binary_cross_entropy",
        seed=seed,
        device=device,
    )
    tables = []
    for other in tested:
        each = np.repeat(sets, asked.n_test, axis=0)
        test = laid_out(grammar, each, layout=other, length=length, seed=[seed, 10_000])
        rows = _tested_rows(trained, test, world, asked, seed)
        tables.append(pd.DataFrame(rows, columns=COLUMNS).assign(tested=other))
    return pd.concat(tables, ignore_index=True).assign(layout=layout, share=share)


def _tested_rows(
    trained: Trained, test: MotifSequences, world: World, asked: Asked, seed: int
) -> list[tuple]:
    """Return recall by number of motifs, and areas of the methods asked."""
    right = (trained.outputs(test.bases) > 0) == (test.labels == 1)
    rng = np.random.default_rng([seed, 5])
    rows = []
    for k in range(len(world.names) + 1):
        held = np.flatnonzero(test.counts == k)
        for network, ours in enumerate(right):
            rows.append(row(network, "recall", "all", k, ours[held].mean()))
        if k == 0:
            continue
        some = test[rng.permutation(held)[: asked.n_attributed]]
        for method in asked.methods:
            found = attributed(trained, some.bases, method, asked.n_references, seed)
            for target, scores in found.items():
                rows += area_rows(scores, some, world.names, target, method, k)
    return rows
