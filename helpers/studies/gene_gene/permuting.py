"""Figures 2 and 5: permuted traits, what each test calls, and whether it may."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from helpers import checks
from helpers.detectors.interactions import Interactions
from helpers.device import Device
from helpers.significance import permutation
from helpers.studies.gene_gene.designs import (
    NULL_DESIGNS,
    design,
    n_people,
    shapes_of,
    step_name,
    training,
)
from helpers.studies.gene_gene.study import GeneStudy, study
from helpers.studies.stores import Store

TRUE_EFFECTS = "true main effects"  # instead of those of a fit
LEVEL = 0.05
ROUNDING = 1e-9  # p-values are multiples of 1 / (permutations + 1)
#: Hidden units of the encoder, quadratic share of the main effects, schemes.
BENT = {
    "straight, hidden layer": (10, 0.0, ("I", "T", "R")),
    "bent, hidden layer": (10, 0.5, ("I", "T", "R")),
    "linear": (0, 0.5, ("I",)),
}
SOME_DRAWS = 0  # the data set whose single scores are kept


def permute(  # the arguments of a stored step are its key
    *,
    setting: str,
    numbers: Sequence[int],
    schemes: Sequence[str],
    residuals: str,
    people: tuple[int, int],
    n_permutations: int,
    n_networks: int,
    max_epochs: int,
    seed: int,
    kind: str = "complex",
    patience: int = 6,
    encoder: int = 10,
    curvature: float = 0.0,
    device: Device = "auto",
) -> pd.DataFrame:
    """Train, score and test the observed and the permuted traits of data sets.

    Returns
    -------
    DataFrame
        As of `summary`.
    """
    checks.not_empty(numbers=numbers)
    tables = []
    for number in numbers:
        panel, trait, parts = design(
            setting, number=number, people=people, seed=seed, kind=kind,
            curvature=curvature,
        )  # fmt: skip
        known = residuals == TRUE_EFFECTS
        found = study(
            panel,
            trait.values,
            parts,
            schemes=tuple(schemes),
            n_permutations=n_permutations,
            n_networks=n_networks,
            residuals="as is" if known else residuals,
            main_effects=trait.main if known else None,
            training=training(
                panel.n_people,
                max_epochs=max_epochs,
                patience=patience,
                encoder=encoder,
            ),
            seed=number,
            device=device,
        )
        forms = shapes_of(trait, found.observed.sets) if kind != "null" else "none"
        tables.append(_scores(found, schemes, forms).assign(data_set=number))
    return summary(pd.concat(tables, ignore_index=True).assign(setting=setting))


def _scores(
    found: GeneStudy, schemes: Sequence[str], forms: np.ndarray | str
) -> pd.DataFrame:
    """Return the scores of all pairs, observed (permutation -1) and permuted."""
    epochs = found.training.groupby("target")["best_epoch"].mean()
    tables = [("observed", -1, found.observed.scores)] + [
        (scheme, b, scores)
        for scheme in schemes
        for b, scores in enumerate(found.null[scheme])
    ]
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "scheme": scheme,
                    "permutation": b,
                    "pair": [f"{i + 1}-{j + 1}" for i, j in found.observed.sets],
                    "form": forms,
                    "score": [float(f"{s:.5g}") for s in scores],
                    "best_epoch": round(float(epochs[scheme]), 1),
                }
            )
            for scheme, b, scores in tables
        ],
        ignore_index=True,
    )


def summary(scores: pd.DataFrame) -> pd.DataFrame:
    """Return each pair's p-values under each scheme, and the first data set's scores.

    kind "pair": a pair under a scheme, with p-values of the score as it is and (level)
    of the score over the median of its data set; kind "draw": one score.
    """
    tables = []
    for (setting, number), table in scores.groupby(["setting", "data_set"], sort=False):
        seen = table[table["scheme"] == "observed"].reset_index(drop=True)
        for scheme, null in table[table["permutation"] >= 0].groupby("scheme"):
            tables.append(
                _pairs(seen, null, scheme).assign(data_set=number, setting=setting)
            )
        if number == SOME_DRAWS:
            draws = table[["scheme", "form", "score", "data_set", "setting"]]
            tables.append(draws.assign(kind="draw"))
    return pd.concat(tables, ignore_index=True)


def _pairs(seen: pd.DataFrame, null: pd.DataFrame, scheme: str) -> pd.DataFrame:
    """Return the p-values of every pair under one scheme."""
    pairs = [tuple(int(k) - 1 for k in p.split("-")) for p in seen["pair"]]
    genes = [f"gene{k + 1}" for k in range(1 + max(map(max, pairs)))]
    found = Interactions(pairs, seen["score"].to_numpy(), genes, "shapley_pairs")
    matrix = null["score"].to_numpy().reshape(-1, len(pairs))
    return pd.DataFrame(
        {
            "kind": "pair",
            "scheme": scheme,
            "pair": seen["pair"],
            "form": seen["form"],
            "score": seen["score"],
            "null_mean": [float(f"{m:.5g}") for m in matrix.mean(axis=0)],
            **both_tests(found, matrix),
            "epochs": null["best_epoch"].iloc[0],
            "observed_epochs": seen["best_epoch"].iloc[0],
        }
    )


def both_tests(found: Interactions, null: np.ndarray) -> dict[str, np.ndarray]:
    """Return p-values of scores as they are, and (level) over their median.

    null : scores without interactions, shape (n_draws, n_pairs)
    """
    test, level = (
        permutation.permutation_test(found, null, level=name)
        for name in ("as is", "median")
    )
    return {
        "p": test.p.round(6),
        "maxT": test.p_max.round(6),
        "p, level": level.p.round(6),
        "maxT, level": level.p_max.round(6),
    }


def pair_rows(
    number: int, found: Interactions, null: np.ndarray, form: np.ndarray
) -> pd.DataFrame:
    """Return a row a pair of one data set: what it is, its score, and `both_tests`."""
    return pd.DataFrame(
        {
            "data_set": number,
            "pair": [f"{i + 1}-{j + 1}" for i, j in found.sets],
            "form": form,
            "score": [float(f"{score:.5g}") for score in found.scores],
            **both_tests(found, null),
        }
    )


def permuted_step(
    store: Store,
    name: str,
    *,
    setting: str,
    numbers: Sequence[int],
    people: tuple[int, int],
    testing: dict,
    estimate_minutes: float = 9,
    **options: Any,
) -> pd.DataFrame | None:
    """Store one experiment data set by data set; without numbers return the stored.

    testing : arguments of `permute` that all experiments share
    options : those of this one
    """
    if not len(numbers):
        return store.paper(name)
    shared = {"schemes": ["I", "T", "R"], "residuals": "as is", "people": people}
    return store.stored_or_run(
        name,
        permute,
        {**shared, "setting": setting, **testing, **options},
        parts=[{"numbers": [number]} for number in numbers],
        revision=2,
        estimate_minutes=estimate_minutes,
    )


def permuted_designs(
    store: Store,
    names: Iterable[str],
    *,
    wanted: Collection[str],
    counts: tuple[int, int],
    people: tuple[int, int],
    testing: dict,
) -> pd.DataFrame | None:
    """Return the tables of Fig 2, of some designs; None if there is none.

    counts : (int, int), data sets of a small and of a large design
    """
    tables = []
    for name in names:
        large = n_people(name, people) > people[1]
        numbers = range(counts[large] if name in wanted else 0)
        tables.append(
            permuted_step(
                store,
                step_name("permuted", name),
                setting=name,
                numbers=numbers,
                people=people,
                testing=testing,
                estimate_minutes=5 * counts[1] if large else 9,
            )
        )
    tables = [table for table in tables if table is not None]
    return pd.concat(tables, ignore_index=True) if tables else None


def null_designs(
    store: Store,
    *,
    wanted: Collection[str],
    count: int,
    people: tuple[int, int],
    testing: dict,
) -> list[pd.DataFrame]:
    """Return the tested tables of Fig 5 in the published designs."""
    tables = [
        permuted_step(
            store,
            step_name("null", name),
            setting=name,
            numbers=range(100, 100 + count) if name in wanted else (),
            people=people,
            testing=testing,
            estimate_minutes=4 * count,
            schemes=["I"],
            kind="null",
        )
        for name in NULL_DESIGNS
    ]
    return [tested(table) for table in tables if table is not None]


def curved(
    store: Store, *, count: int, people: tuple[int, int], testing: dict
) -> dict[str, pd.DataFrame]:
    """Return the tables of genes that bend, by kind of genes and encoder."""
    tables = {
        name: permuted_step(
            store,
            step_name("curved", name),
            setting="S/N 1, small",
            numbers=range(200, 200 + count),
            people=people,
            testing=testing,
            estimate_minutes=12,
            schemes=list(schemes),
            kind="null",
            curvature=curvature,
            encoder=encoder,
        )
        for name, (encoder, curvature, schemes) in BENT.items()
    }
    return {name: table for name, table in tables.items() if table is not None}


# What is called


def tested(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of pairs, with the schemes' names."""
    table = table[table["kind"] == "pair"]
    return table.assign(scheme=table["scheme"].map(dict(permutation.SCHEMES)))


def is_called(p: pd.Series, level: float = LEVEL) -> pd.Series:
    """Return which p-values are at most a level, rounding aside."""
    return p <= level + ROUNDING


def calls(
    table: pd.DataFrame, kinds: Sequence[str] = ("p", "maxT"), level: float = LEVEL
) -> pd.DataFrame:
    """Return power and false calls of each scheme, nominal and under maxT."""
    rows = []
    for (setting, scheme), group in table.groupby(["setting", "scheme"], sort=False):
        n = group["data_set"].nunique()
        row = {"Design": setting, "Test": scheme, "Data sets": n}
        true = group["form"] != "none"
        for column in kinds:
            called = is_called(group[column], level)
            row[f"power, {column}"] = called[true].mean()
            row[f"false calls, {column}"] = called[~true].mean()
        sets = called[~true].groupby(group["data_set"]).any()
        rows.append({**row, f"any false call, {kinds[-1]}": sets.mean()})
    return pd.DataFrame(rows)


def in_percent(table: pd.DataFrame) -> pd.DataFrame:
    """Return a narrow table: the design behind the test, shares as text."""
    shares = [c for c in table if c.startswith(("power", "false", "any"))]
    names = {c: c.replace(", level", "") for c in shares}
    named = table["Test"] + " (" + table["Design"] + ")"
    several = len(set(table["Design"])) > 1
    return pd.DataFrame(
        {
            "Test": named if several else table["Test"],
            **{names[c]: table[c].map("{:.0%}".format) for c in shares},
        }
    )


def over_null(by_scheme: pd.DataFrame) -> pd.Series:
    """Return how far false pairs stand above their null: a median by scheme."""
    small = by_scheme[by_scheme["setting"] == "S/N 1, small"]
    false = small[small["form"] == "none"]
    return (false["score"] / false["null_mean"]).groupby(false["scheme"]).median()


def calls_text(by_scheme: pd.DataFrame) -> str:
    """Say what the small design shows besides its calls."""
    small = by_scheme[by_scheme["setting"] == "S/N 1, small"]
    ratio, epochs = over_null(by_scheme), small.groupby("scheme")["epochs"].mean()
    n = small["data_set"].nunique()
    return (
        f"{n} data set{'s' * (n != 1)} of the small design; power is "
        "the share of true pairs called, false calls that of all others. There: "
        "score of a false pair over its mean null score (median): "
        + ", ".join(f"{name} **{ratio[name]:.1f}**" for name in ratio.index)
        + ". Best epoch of the networks: observed "
        + f"{small['observed_epochs'].mean():.0f}, "
        + ", ".join(f"{name} {epochs[name]:.0f}" for name in epochs.index)
        + "."
    )


# Where nothing interacts


def false_calls(table: pd.DataFrame, n_permutations: int) -> pd.DataFrame:
    """Return the share of pairs called at 5 and 10%: here none interacts."""
    p = table["p"].to_numpy().reshape(table["data_set"].nunique(), -1)
    return permutation.call_rates(p, n_permutations).assign(data_sets=len(p))


def any_call(table: pd.DataFrame, column: str = "maxT") -> pd.Series:
    """Return for each data set whether some pair is called."""
    return is_called(table.groupby("data_set")[column].min())


def share_text(called: pd.Series) -> str:
    """Return a share of data sets with its 95% interval."""
    found = stats.binomtest(int(called.sum()), len(called))
    low, high = found.proportion_ci()
    return f"**{called.mean():.1%}** ({low:.1%} to {high:.1%})"


def pipeline_text(in_many: pd.DataFrame) -> str:
    """Say in how many data sets without interactions the pipeline calls a pair."""
    said = [
        f"{name} {share_text(any_call(in_many, column))}"
        for column, name in (("maxT", "maxT"), ("maxT, level", "maxT of the pattern"))
    ]
    return (
        f"Over {in_many['data_set'].nunique()} data sets without interactions the "
        "whole pipeline (rescaled residuals, level 5%) calls a pair in this share of "
        f"data sets, with 95% interval: {'; '.join(said)}."
    )


def calibration_table(null_shown: pd.DataFrame, n_permutations: int) -> pd.DataFrame:
    """Return a line a kind of residuals and level."""
    rows = []
    for kind, group in null_shown.groupby("residuals", sort=False):
        for row in false_calls(group, n_permutations).itertuples():
            rows.append(
                {
                    "Residuals": kind,
                    "Data sets": row.data_sets,
                    "Level": row.level,
                    "Called": f"{row.rate:.3f} ({row.low:.3f} to {row.high:.3f})",
                    "Any call, maxT": f"{any_call(group).mean():.0%}",
                }
            )
    return pd.DataFrame(rows)


def design_rates(tables: list[pd.DataFrame], n_permutations: int) -> pd.DataFrame:
    """Return the rates of each design without interactions."""
    return pd.concat(
        [
            false_calls(t, n_permutations).assign(design=t["setting"].iloc[0])
            for t in tables
        ],
        ignore_index=True,
    )


def all_designs_text(tables: list[pd.DataFrame], n_permutations: int) -> str:
    """Say what all data sets without interactions show together."""
    every = pd.concat(tables)
    every["data_set"] = every["setting"] + every["data_set"].astype(str)
    rates = " and ".join(
        f"**{row.rate:.1%}** of pairs ({row.low:.1%} to {row.high:.1%}) are called "
        f"with p ≤ {row.level:g}"
        for row in false_calls(every, n_permutations).itertuples()
    )
    called = any_call(every)
    return (
        f"All {len(called)} data sets together: {rates}; under maxT at 5% something is "
        f"called in {share_text(called)} of data sets. "
        + _against_expected(tables, every, n_permutations)
        + _alone_and_together(tables, every, n_permutations)
    )


def _against_expected(
    tables: list[pd.DataFrame], every: pd.DataFrame, n_permutations: int
) -> str:
    """Say whether residuals as they are make more calls than meant, as expected."""
    sides = {_side(row) for row in _rows(every, n_permutations)}
    came = {
        "below": "The opposite is seen: **fewer** calls than a perfect test makes.",
        "above": "This is seen.",
    }
    said = "Residuals as they are were expected to make *more* calls than meant. "
    said += came.get(sides.pop() if len(sides) == 1 else "", "Neither is seen.")
    for side in ("below", "above"):
        missed = [
            table["setting"].iloc[0]
            for table in tables
            if _side(_rows(table, n_permutations)[0]) == side
        ]
        if missed:
            many = "few" if side == "below" else "many"
            said += f" Alone and at 5%, too {many} are made in {', '.join(missed)}."
    return said


def _alone_and_together(
    tables: list[pd.DataFrame], every: pd.DataFrame, n_permutations: int
) -> str:
    """Say that designs hold alone what all together exclude, where it is so."""
    held = [t for t in tables if _side(_rows(t, n_permutations)[0]) == "around"]
    if not held or _side(_rows(every, n_permutations)[0]) == "around":
        return ""
    fewest, most = (
        pick(table["data_set"].nunique() for table in held) for pick in (min, max)
    )
    sets = f"{fewest}" if fewest == most else f"{fewest} to {most}"
    return (
        f" {len(held)} of {len(tables)} designs hold 5% and count as reproduced, on "
        f"{sets} data sets each; all {len(any_call(every))} **together exclude it**: "
        "so few cannot tell."
    )


def few_sets_text(null_shown: pd.DataFrame, n_permutations: int) -> str:
    """Say which residuals hold 5% on few data sets at a rate that many exclude.

    null_shown : tested rows with a column ``residuals``
    """
    found = [
        {"residuals": kind} | _rows(table, n_permutations)[0]
        for kind, table in null_shown.groupby("residuals", sort=False)
    ]
    broken = [row for row in found if _side(row) != "around"]
    if not broken:
        return ""
    many = max(broken, key=lambda row: row["data_sets"])
    alike = [
        f"{row['residuals']} ({row['rate']:.1%} on {row['data_sets']})"
        for row in found
        if _side(row) == "around"
        and row["data_sets"] < many["data_sets"]
        and many["low"] <= row["rate"] <= many["high"]
    ]
    if not alike:
        return ""
    return (
        f"Residuals that are {many['residuals'].partition(', ')[0]}: the rate of "
        f"{many['rate']:.1%} on {many['data_sets']} data sets excludes 5%. That of "
        f"{' and '.join(alike)} is about the same, and holds 5% only because an "
        "interval of so few is wide."
    )


def _rows(table: pd.DataFrame, n_permutations: int) -> list[dict]:
    return false_calls(table, n_permutations).to_dict("records")


def _side(row: dict) -> str:
    """Return where the interval of a rate lies beside what a perfect test calls."""
    if row["high"] < row["attainable"]:
        return "below"
    return "above" if row["low"] > row["attainable"] else "around"


def curved_table(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return a line a kind of genes and test: pairs and data sets that are called."""
    rows = []
    for name, table in tables.items():
        for test, scores in tested(table).groupby("scheme"):
            rows.append(
                {
                    "Genes, encoder": name.replace("linear", "bent, linear"),
                    "Test": test,
                    "called at 0.05": f"{is_called(scores['p']).mean():.0%}",
                    "any call, maxT": f"{any_call(scores).mean():.0%}",
                    "of the pattern": f"{any_call(scores, 'maxT, level').mean():.0%}",
                }
            )
    return pd.DataFrame(rows)


def bent_text(tables: dict[str, pd.DataFrame]) -> str:
    """Say what Perm I calls on bent genes, by encoder; all of it is false.

    tables : of `curved`
    """
    called = {}
    for name in ("bent, hidden layer", "linear"):
        if name in tables:
            scores = tested(tables[name]).query("scheme == 'Perm I'")
            called[name] = (is_called(scores["p"]).mean(), scores["data_set"].nunique())
    if len(called) < 2:
        return ""
    (hidden, sets), (linear, _) = called.values()
    held = "some of the bend, not enough"
    if hidden <= LEVEL:
        held = "as much of the bend as it takes"
    elif hidden >= linear:
        held = "no more of the bend than linear ones"
    said = (
        f"On bent genes Perm I calls {hidden:.0%} of the pairs at 5% where encoders "
        f"have a hidden layer, and {linear:.0%} where they are linear"
    )
    if sets < 2:
        return f"{said}; one data set decides nothing."
    return f"{said} ({sets} data sets each): trained encoders hold {held}."


def stopping(early: pd.DataFrame, fixed: pd.DataFrame) -> pd.DataFrame:
    """Return the false pairs of Perm I and T, by when their networks stopped.

    early, fixed : tables of `permute`, with early stopping and a fixed number of epochs
    """
    tables = {"early stopping": tested(early), "fixed epochs": tested(fixed)}
    return pd.concat(
        table[(table["form"] == "none") & (table["scheme"] == scheme)].assign(
            case=f"{scheme}, {name}"
        )
        for scheme in ("Perm I", "Perm T")
        for name, table in tables.items()
    )


def bent(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the pairs of `curved`, none of them true, by genes, encoder and test."""
    return pd.concat(
        scores.assign(case=f"{name.replace('linear', 'bent, linear')}: {scheme}")
        for name, table in tables.items()
        for scheme, scores in tested(table).groupby("scheme")
    )
