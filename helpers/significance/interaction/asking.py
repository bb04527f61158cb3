"""The test itself: learn, propose, project, fit the null, and test, fold by fold."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from helpers import checks
from helpers import device as machine
from helpers.device import Device
from helpers.significance.interaction import inputs, statistics
from helpers.significance.interaction.answer import NAMES_OF, Answer
from helpers.significance.interaction.basis import Basis, basis_of
from helpers.significance.interaction.direction import mixed_differences
from helpers.significance.interaction.family import Family
from helpers.significance.interaction.folds import (
    Fold,
    crossed_folds,
    forward_folds,
    numbered_groups,
)
from helpers.significance.interaction.hunt import MeanNetwork, asked, hunt, made_by
from helpers.significance.interaction.outcomes import refuse_alike, remarks
from helpers.significance.interaction.projection import described, of_one_size, project
from helpers.significance.interaction.residual import fit_main, fit_null
from helpers.significance.interaction.screening import product_scores, strongest
from helpers.significance.interaction.settings import Settings
from helpers.significance.interaction.slips import refuse_copies, refuse_outcome
from helpers.significance.interaction.step_down import step_down_p
from helpers.significance.interaction.table import Features, features_of
from helpers.training.progress import in_turn

#: Rows and references that screening looks at.
SCREENED_ROWS, SCREENED_REFERENCES = 200, 4
#: Rows of a tested part for each column at least: one function a feature is cleared
#: there, and a block may have as many as it has columns.
ROWS_PER_COLUMN = 10
#: Rows for each product of a covariate: all of them are cleared, whatever is tested.
ROWS_PER_PRODUCT = 3
#: Root mean square, on the scale of the family, below which a proposal is none: what
#: single precision leaves of predictions that add up is a tenth of that.
SILENT = 1e-6
#: Standard deviations of y beyond which a prediction cannot be one of it.
LARGEST = 1e50
#: Share of the loss of a constant below which an additive fit is exact.
EXACT = 1e-6
#: Each fold's networks take seeds of their own, this far apart; torch takes no larger.
SEEDS, LARGEST_SEED = 1000, 2**62


@dataclass(frozen=True)
class Question:
    """What does not change from fold to fold; `sets` are those that are asked about."""

    features: Features
    sets: Sequence[tuple[int, ...]]
    y: np.ndarray
    family: Family
    as_given: np.ndarray  # y, whose mean and standard deviation are `unit`
    unit: tuple[float, float]
    settings: Settings
    model: object
    fitted: object
    seed: int
    device: Device
    given: tuple[str, ...]


@dataclass(frozen=True)
class Tested:
    """What one fold's test rows say, before they are cleared.

    And the losses of the learner and of an additive fit there, summed over rows; and
    the functions that hold a set and nothing else, of the set with fewest.
    """

    sides: statistics.Sides
    losses: np.ndarray
    n_functions: int


def interaction_test(  # as scikit-learn's options: each by its name
    X: ArrayLike | pd.DataFrame,
    y: ArrayLike,
    *,
    model: object = None,
    fitted: object = None,
    unseen: bool = False,
    family: str = "gaussian",
    features: Sequence[str] | None = None,
    blocks: Mapping[str, Sequence[str] | Sequence[int]] | None = None,
    covariates: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    sets: Sequence[Sequence[str | int]] | None = None,
    settings: Settings | None = None,
    seed: int = 0,
    device: Device = "auto",
    progress: bool = False,
) -> Answer:
    """Test each pair of features, or some sets, for an interaction in the data.

    The null hypothesis of a pair (i, j) is about the data, not a model: the mean of y,
    on the scale of the family, is g(x without i) + h(x without j) for some g and h; of
    three features, a sum of three functions that each miss one of them. A
    learner proposes what the interaction looks like; the proposal, cleared of all that
    the null hypothesis allows, is correlated with what a model inside the null
    hypothesis leaves of y, on rows that neither has seen.

    Parameters
    ----------
    X : array or DataFrame, shape (n, n_columns)
        Numbers without gaps. Make text 0/1 columns first (`pandas.get_dummies`), and
        join them by `blocks`.
    y : array, shape (n,)
        Numbers; 0 and 1 (`family="binomial"`); counts (`family="poisson"`). Not among
        the columns of X; and no row twice, unless a group holds its copies.
    model : estimator or callable, optional
        Learner with fit and predict, or a callable that makes one; it is fitted on
        each fold's learning rows, an array with the covariates behind the columns of X,
        from its parameters alone: what a scikit-learn estimator has learned before is
        forgotten, of any other object a copy is fitted, which should know nothing yet.
        What it predicts is a mean: of yes or no a probability (`predict_proba`, if it
        has that). Default: an ensemble of networks.
    fitted : model, optional
        A trained torch network, an object with predict, or a function of rows; asked
        instead of a learner, about the columns of X and then the covariates; where
        both know names of columns these must be the same, in the same order. Of yes or
        no, and of counts, a network or function gives logits, or logarithms, an object
        probabilities, or means. Only valid if no given row had any influence on it
        (training, stopping, tuning, scaling, choice of features): say `unseen=True`.
    unseen : bool
        The caller's word for that.
    family : {"gaussian", "binomial", "poisson"}
        Scale on which the null hypothesis adds up: identity, logit, log.
    features : sequence of str, optional
        Names of the columns.
    blocks : mapping of str to sequence, optional
        Columns that are one feature (levels of a category, near-duplicates), by name
        or number; it stands where its first column stood.
    covariates : array, shape (n,) or (n, n_covariates), optional
        Columns that g and h may use with all their interactions; not tested. Their
        products with every column are cleared, so many of them take many rows.
    groups : array, shape (n,), optional
        Rows of one group may depend on each other; at least 20 groups. Below about 60
        somewhat too many pairs are called.
    sets : sequence of sets of features, optional
        What to test, by name or number (of features, a block is one): pairs, or sets
        of three. Default: every pair;
        of more than `settings.most_pairs` (435, thirty features) those that look
        strongest on the first rows, and Holm's correction counts all. Sets must be
        chosen without a look at these outcomes; corrections count them alone.
    settings : Settings, optional
        `Settings(crossed=True)` tests all rows and finds more, and called too much in
        one made world of 3,000 rows: see its trials on the calibration page. Choose
        before you look.
    seed : int
        Fixes folds, networks and bootstrap. Another seed, another p: choose it before
        you look, and do not try several.
    device : "auto", "cpu", "cuda"
    progress : bool
        Show how many parts of the rows have been tested.

    Returns
    -------
    Answer

    Raises
    ------
    ValueError, TypeError
        In one line, if something cannot be used.

    Source
    ------
    Lundborg, Kim, Shah and Samworth (2024) for the idea of a learned direction whose
    projection makes the error a product of two; carried over to pairs of features.

    Examples
    --------
    >>> import numpy as np
    >>> from helpers import interaction_test
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(400, 3))
    >>> y = X[:, 0] * X[:, 1] + X[:, 2] + rng.normal(size=400)
    >>> answer = interaction_test(X, y, features=["a", "b", "c"], device="cpu")
    >>> answer.called()["pair"].tolist()
    [('a', 'b')]
    >>> print(str(answer).split(".")[0])  # print(answer) says it all, in words
    3 pairs of 3 features, 400 rows (264 tested): 5 networks proposed what pairs do
    """
    settings = _checked(settings)
    _one_learner(model, fitted, unseen)
    for name, rows in (("y", y), ("covariates", covariates), ("groups", groups)):
        inputs.refuse_other_order(name, rows, X)
    table = features_of(X, features=features, blocks=blocks, covariates=covariates)
    question = Question(
        table,
        table.pairs if sets is None else table.sets_of(sets),
        *_outcomes(y, family, len(X)),  # type: ignore[arg-type]  # a table has rows
        settings,
        model,
        fitted,
        checks.integer("seed", seed, at_least=0, at_most=LARGEST_SEED),
        device,
        _given(
            model=model, fitted=fitted, groups=groups, blocks=blocks or None,
            covariates=covariates, settings=_unusual(settings),
        ),
    )  # fmt: skip
    refuse_outcome(table, question.y)
    clusters = numbered_groups(groups, len(question.y))
    refuse_copies(table.X, question.y, clusters)
    folds = _folds(question, clusters)
    _check_size(question.features, folds)
    refuse_alike(question.y, question.family, folds)
    with machine.serial_algebra():
        asked_about, pairs = _sets(question, folds[0])
        tested = [
            _test(question, fold, clusters, asked_about, pairs, number)
            for number, fold in enumerate(in_turn(folds, "part", "tested", progress))
        ]
    answer = _answer(question, asked_about, folds, tested, clusters, unseen)
    return replace(answer, notes=remarks(inputs.outcome(y), question.family, folds))


def _folds(question: Question, clusters: np.ndarray | None) -> list[Fold]:
    """Return the folds that the settings ask for."""
    settings, n = question.settings, len(question.y)
    if not settings.crossed:
        return forward_folds(
            n, clusters, settings.n_folds, settings.first, question.seed
        )
    most = max(len(question.features.pairs), len(question.sets))
    if most > settings.most_pairs:  # screening would see rows that are tested
        raise ValueError(
            f"settings.crossed must be False with more than {settings.most_pairs} "
            f"pairs (most_pairs), which are screened; got {most}."
        )
    return crossed_folds(n, clusters, settings.n_folds, question.seed)


def _checked(settings: Settings | None) -> Settings:
    """Return settings, the default ones if none are given."""
    settings = settings if settings is not None else Settings()
    if not isinstance(settings, Settings):
        raise TypeError(f"settings must be Settings(...); got {settings!r}.")
    return settings


def _given(**options: object) -> tuple[str, ...]:
    """Return the names of the options that were given."""
    return tuple(name for name, value in options.items() if value is not None)


def _unusual(settings: Settings) -> Settings | None:
    """Return settings that are not the default, but for options, else None."""
    usual = replace(settings, crossed=False, step_down=False) == Settings()
    return None if usual else settings


def _one_learner(model: object, fitted: object, unseen: bool) -> None:
    """Reject two learners, and a trained one that may have seen the rows."""
    if model is not None and fitted is not None:
        raise ValueError("model and fitted must not both be given.")
    if not isinstance(unseen, bool | np.bool_):
        raise TypeError(f"unseen must be True or False; got {unseen!r}.")
    if fitted is not None and not unseen:
        raise ValueError(
            "unseen must be True with fitted: no row given here may have had any "
            f"influence on the model; got {unseen!r}."
        )
    if fitted is None and unseen:
        raise ValueError("unseen must be False without fitted: it is said of a model.")


def _outcomes(
    y: ArrayLike, family: str, n_rows: int
) -> tuple[np.ndarray, Family, np.ndarray, tuple[float, float]]:
    """Return y, standardised if it holds numbers, its family, y as given, its unit."""
    family = Family(family)
    y = family.outcomes(y)
    if len(y) != n_rows:
        raise ValueError(f"y must have {n_rows} values, as X has rows; got {len(y)}.")
    if family.name != "gaussian":
        return y, family, y, (0.0, 1.0)
    as_given = y
    # A power of two changes no digit, and keeps squares in a float's range.
    power = np.frexp(np.abs(y).max())[1]
    y = np.ldexp(y, -power)
    mean, spread = y.mean(), y.std()
    unit = float(np.ldexp(mean, power)), float(np.ldexp(spread, power))
    return (y - mean) / spread, family, as_given, unit


def _check_size(features: Features, folds: list[Fold]) -> None:
    """Reject tables with too few rows to clear each feature's straight line."""
    fewest = min(len(fold.test) for fold in folds)
    needed = ROWS_PER_COLUMN * features.scores.shape[1]
    if fewest < needed:
        raise ValueError(
            f"X must have {needed} rows in each tested part for "
            f"{features.scores.shape[1]} columns; got {fewest}."
        )
    products = len(features.pairs_of_covariates)
    if products > len(features.X) / ROWS_PER_PRODUCT:
        raise ValueError(
            f"X must have {ROWS_PER_PRODUCT * products:,} rows, {ROWS_PER_PRODUCT} for "
            f"each product of a covariate ({len(features) - features.n_tested}) and "
            f"another column; got {len(features.X):,}. Fewer covariates need fewer."
        )


@dataclass(frozen=True)
class Proposal:
    """A trained model as a function of rows of `table`, which it adds to `offset`."""

    predict: Callable[[np.ndarray], np.ndarray]
    table: np.ndarray
    offset: np.ndarray | float


def _proposal(
    question: Question, rows: np.ndarray, main: np.ndarray, seed: int
) -> Proposal:
    """Train on rows, or take what was trained; main: the additive fit, of every row."""
    features, family = question.features, question.family
    if question.fitted is not None:
        known = asked(question.fitted, family, features.labels)
        _check_width(known, features)
        return Proposal(_in_unit("fitted", known, question.unit), features.X, 0.0)
    if question.model is not None:
        y = question.as_given[rows]
        known = made_by(question.model, features.X[rows], y, family)
        return Proposal(_in_unit("model", known, question.unit), features.X, 0.0)
    ensemble = hunt(
        features.scores[rows], question.y[rows], main[rows], family,
        question.settings.hunt, seed, question.device,
    )  # fmt: skip
    return Proposal(MeanNetwork(ensemble), features.scores, main)


def _check_width(
    predict: Callable[[np.ndarray], np.ndarray], features: Features
) -> None:
    """Reject a trained model that knows the columns of X, but not the covariates."""
    row = features.X[:1].copy()  # a model may write into what it is given
    try:
        predict(row)
    except (RuntimeError, ValueError) as error:
        covariates = features.columns[features.n_tested :]
        n = len(covariates)
        if not n or not _answers(predict, row[:, : min(map(min, covariates))]):
            raise
        said = str(error).partition("\n")[0]
        raise ValueError(
            f"fitted must take the columns of X and then the covariates ({n}); {said}"
        ) from error


def _answers(predict: Callable[[np.ndarray], np.ndarray], rows: np.ndarray) -> bool:
    try:
        predict(rows)
    except (RuntimeError, ValueError):
        return False
    return True


def _in_unit(
    name: str, predict: Callable[[np.ndarray], np.ndarray], unit: tuple[float, float]
) -> Callable[[np.ndarray], np.ndarray]:
    """Return predictions of y as it was given as predictions of y standardised."""

    def standardised(X: np.ndarray) -> np.ndarray:
        values = predict(X)
        with np.errstate(over="ignore"):
            off = (values - unit[0]) / unit[1]
        if np.abs(off).max() > LARGEST:
            largest = values[np.abs(off).argmax()]
            raise ValueError(
                f"{name} must predict values of the size of y; got {largest:.3g}, and "
                f"y has mean {unit[0]:.3g} and standard deviation {unit[1]:.3g}."
            )
        return off

    return standardised


def _losses(
    question: Question, rows: np.ndarray, proposal: Proposal, main: np.ndarray
) -> np.ndarray:
    """Return the summed losses of the learner, and of the additive fit, on rows."""
    link = (
        proposal.predict(proposal.table[rows])
        + np.broadcast_to(proposal.offset, main.shape)[rows]
    )
    family, y = question.family, question.y[rows]
    return np.array([family.total_loss(y, own) for own in (link, main[rows])])


def _sets(question: Question, fold: Fold) -> tuple[Sequence, Sequence]:
    """Return the sets to test, and the pairs whose products the null models have."""
    sets, pairs = question.sets, question.features.pairs
    sets = _screened(question, fold, sets)
    if question.sets == pairs:
        return sets, sets
    # A model inside the null hypothesis of a few sets has products of all pairs.
    within = {pair for members in sets for pair in combinations(members, 2)}
    return sets, sorted(within.union(_screened(question, fold, pairs)))


def _screened(
    question: Question, fold: Fold, sets: Sequence[tuple[int, ...]]
) -> Sequence[tuple[int, ...]]:
    """Return the sets that look strongest on the first rows.

    Half of them by the spread of a learner's mixed differences, half by how far their
    products go with what main effects leave.
    """
    features, settings = question.features, question.settings
    if len(sets) <= settings.most_pairs:
        return sets
    basis = basis_of(features, [], 0, settings.bases)
    main = fit_main(question.y, fold.learn, basis, question.family)
    proposal = _proposal(question, fold.learn, main, question.seed)
    table = proposal.table
    rows = np.random.default_rng(question.seed).permutation(fold.learn)
    references, asked_rows = np.split(rows, [SCREENED_REFERENCES])
    asked_rows = asked_rows[:SCREENED_ROWS]
    h = mixed_differences(
        proposal.predict, table[asked_rows], table[references], sets, features.columns
    )
    learn = fold.learn
    products = product_scores(
        features.scores[learn],
        question.y[learn] - question.family.mean(main[learn]),
        sets,
        features.columns,
    )
    return [sets[k] for k in strongest([h.var(0), products], settings.most_pairs)]


def _test(
    question: Question,
    fold: Fold,
    clusters: np.ndarray | None,
    sets: Sequence[tuple[int, ...]],
    pairs: Sequence[tuple[int, int]],
    number: int,
) -> Tested:
    """Return what one fold's test rows have, before it is cleared."""
    features, family, settings = question.features, question.family, question.settings
    seed = question.seed + SEEDS * number
    n_learned, n = len(fold.learn), len(question.y)
    if clusters is not None:  # rows of a group may say the same
        n_learned, n = (len(np.unique(c)) for c in (clusters[fold.learn], clusters))
    threes = [members for members in sets if len(members) > 2]
    basis, wide = (
        basis_of(features, pairs, room, settings.bases, threes)
        for room in (
            n_learned / settings.bases.rows_per_fitted,
            n / settings.bases.rows_per_projected,
        )
    )
    null = fit_null(
        question.y, fold.learn, features, basis, sets, family, settings, seed,
        question.device,
    )  # fmt: skip
    main = fit_main(question.y, fold.learn, basis, family)
    proposal = _proposal(question, fold.learn, main, seed)
    table = proposal.table
    rng = np.random.default_rng([seed, 1])
    references = rng.permutation(fold.learn)[: settings.n_references]
    enough = int(settings.bases.rows_per_described * wide.values.shape[1])
    rows = rng.permutation(len(question.y))[:enough]
    h = mixed_differences(
        proposal.predict, table[rows], table[references], sets, features.columns
    )
    own, projected = project(
        described(h, rows, wide, settings.bases.ridge), null.weight, features, wide,
        sets, settings, seed, question.device,
    )  # fmt: skip
    if not settings.crossed:
        own, projected = of_one_size(own, projected, null.weight, SILENT)
    test, links = fold.test, null.links[fold.test]
    sides = statistics.Sides(
        residual=(question.y[test, None] - family.mean(links)) * null.trust[test, None],
        direction=projected[test],
        before=own[test],
        weight=null.weight[test],
        common=_common(basis, test, settings),
        allowed=np.stack([links, (own - projected)[test]], axis=2),
        main=tuple(m[test] for m in basis.main),
        clusters=None if clusters is None else clusters[test],
    )
    n_functions = min(wide.n_of(members) for members in sets)
    return Tested(sides, _losses(question, test, proposal, main), n_functions)


def _common(basis: Basis, rows: np.ndarray, settings: Settings) -> np.ndarray:
    """Return main effects for the test rows: as many functions as these can bear."""
    room = len(rows) / settings.bases.rows_per_test_function / len(basis.main)
    functions = [m[rows, : max(1, int(room))] for m in basis.main]
    return np.hstack([np.ones((len(rows), 1)), *functions])


def _answer(
    question: Question, sets: Sequence[tuple[int, ...]], folds: list[Fold],
    tested: list[Tested], clusters: np.ndarray | None, unseen: bool,
) -> Answer:  # fmt: skip
    """Pool the folds and correct for the number of sets."""
    sides = [fold.sides for fold in tested]
    scores = statistics.pooled([own.cleared() for own in sides])
    rows = np.concatenate([fold.test for fold in folds])
    own_clusters = None if clusters is None else clusters[rows]
    table = _table(question, sets, scores, rows, own_clusters)
    if question.settings.step_down:
        step = step_down_p(
            sides, table["p_holm"].to_numpy(), sets, len(question.sets), own_clusters,
            question.settings,
        )  # fmt: skip
        table.insert(table.columns.get_loc("surviving"), "p_step", step)
    names = table[NAMES_OF[len(sets[0])]]
    before = np.sqrt(np.mean(np.vstack([own.before for own in sides]) ** 2, axis=0))
    losses = np.sum([fold.losses for fold in tested], axis=0)
    order = table["p"].fillna(2).argsort(kind="stable")
    return Answer(
        table.iloc[order].reset_index(drop=True),
        features=question.features.names[: question.features.n_tested],
        family=question.family,
        n_rows=len(question.y),
        n_tested_rows=len(rows),
        n_sets=len(question.sets),
        size=len(sets[0]),
        settings=question.settings,
        learner=_learner(question),
        unseen=bool(unseen),
        two_valued=len(np.unique(question.y)) == 2,
        given=question.given,
        silent=tuple(names[before < SILENT]),
        n_functions=min(fold.n_functions for fold in tested),
        lost=_lost(question, losses),
        rows=rows,
        values=question.features.X[rows],
        columns=question.features.columns,
        directions=dict(zip(names, scores.direction.T, strict=True)),
    )


def _table(
    question: Question,
    sets: Sequence[tuple[int, ...]],
    scores: statistics.Scores,
    rows: np.ndarray,
    clusters: np.ndarray | None,
) -> pd.DataFrame:
    """Return a row a set, in their order: estimates and p-values, corrected too."""
    found = statistics.slopes(scores, clusters)
    identifiable = scores.surviving >= question.settings.floor
    z = np.where(identifiable, found.z, np.nan)
    p, n_all = stats.norm.sf(z), len(question.sets)
    weight = scores.weight[:, None]
    variance = ((weight * scores.direction) ** 2).sum(0) / _total(question, rows)
    estimate, low, high = statistics.shares(found, variance)
    maxt = statistics.max_t(
        found.units, np.where(identifiable, z, -np.inf),
        question.settings.n_multipliers, question.seed, signs=clusters is None,
    )  # fmt: skip
    return pd.DataFrame(
        {
            NAMES_OF[len(sets[0])]: [question.features.label(some) for some in sets],
            "estimate": estimate,
            "low": low,
            "high": high,
            "z": z,
            "p": p,
            "p_holm": statistics.holm(p, n_all),
            "p_bh": statistics.benjamini_hochberg(p, n_all),
            "p_maxt": np.where(identifiable, maxt, np.nan),
            "surviving": scores.surviving,
            "identifiable": identifiable,
        }
    )


def _total(question: Question, rows: np.ndarray) -> float:
    y = question.y[rows]
    return float(((y - y.mean()) ** 2).sum())


def _lost(question: Question, losses: np.ndarray) -> float:
    """Return the loss of the learner beyond that of the additive fit, as a share.

    losses : of the two, summed over the rows tested
    """
    family, y = question.family, question.y
    constant = np.full(len(y), family.start(y))
    least = EXACT * family.total_loss(y, constant)
    return float((losses[0] - losses[1]) / max(losses[1], least))


def _learner(question: Question) -> str:
    if question.fitted is not None:
        return "a model trained elsewhere"
    if question.model is not None:
        return "a learner of the caller's"
    return f"{question.settings.hunt.n_networks} networks"
