"""Figures 3 and 4: who ranks the interacting pairs best, and what top SNPs know."""

import time
from collections.abc import Collection, Iterable, Sequence
from itertools import product

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, roc_auc_score

from helpers import checks
from helpers.data.panel import Panel
from helpers.data.splits import Split, standardise
from helpers.detectors.shapley import shapley_pairs
from helpers.device import Device
from helpers.networks.genes import GeneNetwork, n_parameters
from helpers.studies.gene_gene.baselines import (
    MODELS,
    baseline_pairs,
    gene_values,
    regression_pairs,
)
from helpers.studies.gene_gene.designs import (
    DESIGNS,
    FEW_GENES,
    PUBLISHED_DESIGNS,
    design,
    guessing,
    n_genes,
    n_people,
    shapes_of,
    step_name,
    training,
)
from helpers.studies.gene_gene.study import fit_genes, study
from helpers.studies.stores import Store
from helpers.truth.genotypes import SIMPLE_PAIRS, Trait

FORMS = ("product", "square", "max")
MANY = 15  # genes above which scores are sampled and only regressions compared
ORDERS = 20  # random orders of the genes there
#: What Figs 3 and 4 vary, one factor at a time: its value in the default, in others.
FACTORS = {
    "S/N": (0.1, {"S/N 0.5": 0.5, "S/N 1": 1.0}),
    "people": (None, {"40,000 people": None, "120,000 people": None}),
    "causal share": (0.5, {"10 % causal": 0.1, "100 % causal": 1.0}),
    "M/I": (1.0, {"M/I 0.25": 0.25, "M/I 4": 4.0}),
}
RUN = tuple(name for name in SIMPLE_PAIRS if name != "standardised")
STANDARDISED, LITERAL = "simple, standardised", "simple, literal"  # kinds by reading
KEEPS_UP = 0.05  # average precision that the top SNP may lie below the network
EXAMINED = 200  # people whose scores are taken both ways


def rank(  # the arguments of a stored step are its key
    *,
    kind: str,
    setting: str,
    numbers: Sequence[int],
    people: tuple[int, int],
    n_networks: int,
    max_epochs: int,
    seed: int,
    simple_pairs: str = "standardised",
    device: Device = "auto",
) -> pd.DataFrame:
    """Return average precision and AUROC of every method on several data sets.

    Rows: of "all" (ap, auroc of a method), of a form (value: mean rank of the
    network's true pairs), of "r2" and of the best possible (value: R2).
    """
    tables = [
        _rank_one(
            design(
                setting, number=number, people=people, seed=seed, kind=kind,
                simple_pairs=simple_pairs,
            ),
            kind, number, n_networks, max_epochs, device,
        )
        for number in numbers
    ]  # fmt: skip
    rows = [row for table in tables for row in table]
    columns = ["data_set", "method", "of", "ap", "auroc", "value"]
    return pd.DataFrame(rows, columns=columns).assign(kind=kind, setting=setting)


def _rank_one(
    drawn: tuple[Panel, Trait, Split],
    kind: str,
    number: int,
    n_networks: int,
    max_epochs: int,
    device: Device,
) -> list[tuple]:
    """Return the rows of one data set."""
    panel, trait, parts = drawn
    found = study(
        panel,
        trait.values,
        parts,
        schemes=(),
        n_networks=n_networks,
        n_orders=None if panel.n_genes <= MANY else ORDERS,
        training=training(panel.n_people, max_epochs=max_epochs),
        seed=number,
        device=device,
    )
    pairs = found.observed.sets
    true = np.isin(np.arange(len(pairs)), [pairs.index(p) for p in trait.pairs])
    scores = {"network": found.observed.scores}
    for values, model in product(("top SNP", "PCA"), MODELS):
        if panel.n_genes > MANY and model != "regression":
            continue  # thousands of products: too slow here
        scores[f"{values}, {model}"] = baseline_pairs(
            panel, trait.values, parts, values=values, model=model, seed=number
        ).scores
    rows = []
    for method, strength in scores.items():
        ap = average_precision_score(true, strength)
        auroc = roc_auc_score(true, strength)
        rows.append((number, method, "all", ap, auroc, np.nan))
    if kind == "complex":  # where do pairs of each form stand?
        place = np.argsort(np.argsort(-found.observed.scores)) + 1
        forms = shapes_of(trait, pairs)
        for form in sorted(set(forms) - {"none"}):
            mean = place[forms == form].mean()
            rows.append((number, "network", form, np.nan, np.nan, mean))
    rows.append((number, "best possible", "all", np.nan, np.nan, trait.best_r2))
    rows.append((number, "network", "r2", np.nan, np.nan, found.r2["ensemble"]))
    return rows


def rankings(
    store: Store,
    names: Iterable[str],
    *,
    wanted: Collection[str],
    counts: tuple[int, int],
    people: tuple[int, int],
    recipe: dict,
    size: str,
) -> pd.DataFrame | None:
    """Return the tables of some rankings: run here, or of the stored paper size.

    Parameters
    ----------
    store : Store
    names : sequence of str
        "simulator, design", those shown.
    wanted : sequence of str
        Those that run here.
    counts : (int, int)
        Data sets of each, and in designs of 100 genes.
    people, recipe, size
        Arguments of `rank`, and what `ran` says of tables of this run.
    """
    tables = []
    for name in names:
        kind, setting = name.split(", ", 1)
        step = step_name(f"ranking-{kind}", setting)
        if name not in wanted:
            table, ran = store.paper(step), "paper"
        else:
            numbers = range(counts[n_genes(setting) >= 100])
            table, ran = (
                store.stored_or_run(
                    step,
                    rank,
                    {"kind": kind, "setting": setting, "people": people, **recipe},
                    parts=[{"numbers": [number]} for number in numbers],
                    estimate_minutes=len(numbers) * _minutes(setting),
                ),
                size,
            )
        if table is not None:
            tables.append(table.assign(ran=ran))
    if not tables:
        return None
    shown = pd.concat(tables, ignore_index=True)
    return shown.assign(guessing=shown["setting"].map(guessing))


def by_factor(shown: pd.DataFrame, people: tuple[int, int]) -> pd.DataFrame:
    """Return the rankings of the published designs by the one factor each varies.

    Columns: kind, factor, value (of the factor), method, ap, auroc, guessing; the
    default stands at its place under every factor.
    """
    rows = shown[shown["of"] == "all"].dropna(subset="ap")
    tables = []
    for factor, (default, settings) in FACTORS.items():
        values = {"default": default, **settings}
        if factor == "people":
            values = {name: n_people(name, people) for name in values}
        chosen = rows[rows["setting"].isin(list(values))]
        value = chosen["setting"].map(values)
        tables.append(chosen.assign(factor=factor, value=value.astype(float)))
    columns = ["kind", "factor", "value", "method", "ap", "auroc", "guessing"]
    return pd.concat(tables, ignore_index=True)[columns]


def _minutes(setting: str) -> float:
    """Return the expected minutes of a data set on one core."""
    if "genes" in DESIGNS[setting]:
        return n_genes(setting) / 20
    return 0.4 if "people" in DESIGNS[setting] else 1


def ranking_table(shown: pd.DataFrame) -> pd.DataFrame:
    """Return a line a design: the network beside the best other method."""
    methods = shown[shown["of"] == "all"].dropna(subset="ap")
    rows = []
    for (kind, setting), group in methods.groupby(["kind", "setting"], sort=False):
        ap = group.pivot_table("ap", index="data_set", columns="method")
        auroc = group.groupby("method")["auroc"].mean()
        best = ap.drop(columns="network").mean().idxmax()
        ahead = (ap["network"] > ap[best]).sum()
        behind = (ap["network"] < ap[best]).sum()
        rows.append(
            {
                "Setting": f"{kind}: {setting}",
                "Network": f"{ap['network'].mean():.2f} ({auroc['network']:.2f})",
                "Best other": f"{ap[best].mean():.2f} ({auroc[best]:.2f})",
                "which": best,
                "ahead, behind": f"{ahead}, {behind} of {len(ap)}",
            }
        )
    return pd.DataFrame(rows)


def places_text(shown: pd.DataFrame) -> str:
    """Say at which mean rank the network places true pairs of each form."""
    places = shown[shown["of"].isin(FORMS) & shown["setting"].isin(FEW_GENES)]
    if places.empty:
        return ""
    means = places.groupby("of")["value"].mean()
    return (
        "Mean rank of the network's true pairs by form (complex simulator, all "
        "settings of ten genes): "
        + ", ".join(f"{form} **{means[form]:.1f}**" for form in FORMS if form in means)
        + " of 45 pairs."
    )


def many_genes_table(shown: pd.DataFrame, people: tuple[int, int]) -> pd.DataFrame:
    """Return a line a number of genes and people, complex simulator, S/N 1."""
    rows = []
    for name, options in DESIGNS.items():
        group = shown[(shown["setting"] == name) & (shown["kind"] == "complex")]
        other = "terms" in options or options.get("signal_to_noise") != 1.0
        if group.empty or other:
            continue
        genes, count = n_genes(name), n_people(name, people)
        ranked = group[group["of"] == "all"].groupby("method")[["ap", "value"]].mean()
        r2 = group.loc[group["of"] == "r2", "value"].mean()
        weights = n_parameters(GeneNetwork((66, 67) * (genes // 2)))
        best, ap = ranked["value"]["best possible"], ranked["ap"]
        rows.append(
            {
                "Genes": genes,
                "People": f"{count:,}",
                "Weights": f"{weights / (0.6 * count):.1f}",
                "R² (best)": f"{r2:.2f} ({best:.2f})",
                "AP (top SNP)": f"{ap['network']:.2f} "
                f"({ap['top SNP, regression']:.2f})",
                "Sets": group["data_set"].nunique(),
            }
        )
    return pd.DataFrame(rows).sort_values(["People", "Genes"])


def many_genes_rows(shown: pd.DataFrame, people: tuple[int, int]) -> pd.DataFrame:
    """Return a line a data set of `many_genes_table`: rankings, and R² learnt.

    ``learnt`` is the ensemble's R² in test people as a share of a perfect model's.
    """
    complex_ = shown[shown["kind"] == "complex"]
    keys = [complex_[key] for key in ("setting", "data_set")]
    of_all, of_r2 = complex_["of"] == "all", complex_["of"] == "r2"

    def of(which: pd.Series, method: str, column: str) -> pd.Series:
        rows = complex_[which & (complex_["method"] == method)]
        return rows.set_index(["setting", "data_set"])[column]

    rows = pd.DataFrame(
        {
            "guessing": complex_.groupby(keys)["guessing"].first(),
            "network": of(of_all, "network", "ap"),
            "regression": of(of_all, "top SNP, regression", "ap"),
            "learnt": of(of_r2, "network", "value")
            / of(of_all, "best possible", "value"),
        }
    ).reset_index()
    return rows.assign(
        genes=rows["setting"].map(n_genes),
        people=[n_people(name, people) for name in rows["setting"]],
    )


# How the simple simulator can be read


def readings(
    store: Store,
    *,
    wanted: Collection[str],
    count: int,
    people: tuple[int, int],
    recipe: dict,
) -> tuple[pd.DataFrame | None, list[str]]:
    """Return rankings of the simple simulator by reading, and which readings ran here.

    Declared before any ran: the rows of Fig 4 are judged by the *literal* reading
    (equation 2 as printed: t the SNP with the largest absolute alpha, alpha and the
    product both on allele counts) as soon as all of its designs have run; the others
    are shown. About an hour of one core for the 20 data sets of a reading's nine
    designs.

    Parameters
    ----------
    store : Store
    wanted : sequence of str
        Readings to run, of `RUN`; "standardised" is that of `rankings` and comes from
        there, stored.
    count : int
        Data sets of each design.
    people, recipe
        Arguments of `rank`.
    """
    tables, whole = [], []
    minutes = count * sum(map(_minutes, PUBLISHED_DESIGNS)) / 3  # a reading is one run
    for reading, setting in product(SIMPLE_PAIRS, PUBLISHED_DESIGNS):
        if reading == "standardised":
            table = store.paper(step_name("ranking-simple", setting))
        elif reading not in wanted:
            table = store.paper(step_name(f"reading-{reading}", setting), partial=True)
        else:
            table = store.stored_or_run(
                step_name(f"reading-{reading}", setting),
                rank,
                {
                    "kind": "simple", "setting": setting, "simple_pairs": reading,
                    "people": people, **recipe,
                },
                parts=[{"numbers": [number]} for number in range(count)],
                estimate_minutes=minutes,
            )  # fmt: skip
            whole.append(reading if table is not None else None)
        if table is not None:
            tables.append(table.assign(reading=reading))
    ran = [r for r in wanted if whole.count(r) == len(PUBLISHED_DESIGNS)]
    return (pd.concat(tables, ignore_index=True) if tables else None), ran


def by_kind(shown: pd.DataFrame, by_reading: pd.DataFrame | None) -> pd.DataFrame:
    """Return rankings whose kind says how the simple simulator was read.

    Parameters
    ----------
    shown : DataFrame
        Of `rankings`: its simple pairs are products of standardised SNPs.
    by_reading : DataFrame, optional
        Of `readings`. The literal one joins when all of its designs are there.
    """
    named = shown.assign(kind=shown["kind"].replace("simple", STANDARDISED))
    if by_reading is None:
        return named
    literal = by_reading[by_reading["reading"] == "literal"]
    if literal["setting"].nunique() < len(PUBLISHED_DESIGNS):
        return named
    guess = literal["setting"].map(guessing)
    literal = literal.assign(kind=LITERAL, guessing=guess)
    return pd.concat([named, literal], ignore_index=True)


def as_judged(named: pd.DataFrame) -> pd.DataFrame:
    """Return the rankings of `by_kind` without readings that judge nothing.

    The literal one judges, as declared; without it the standardised one stays.
    """
    judged = (named["kind"] == LITERAL).any()
    return named[named["kind"] != STANDARDISED] if judged else named


def readings_table(shown: pd.DataFrame) -> pd.DataFrame:
    """Return a line a reading: mean precision in all designs, and rows of Fig 4."""
    methods = shown[shown["of"] == "all"].dropna(subset="ap")
    rows = []
    for reading, group in methods.groupby("reading", sort=False):
        ap = group.pivot_table("ap", index="setting", columns="method")
        near = ap["network"] - ap["top SNP, regression"] <= KEEPS_UP
        rows.append(
            {
                "Products of": reading,
                "Designs": len(ap),
                "Data sets": group.groupby("setting")["data_set"].nunique().max(),
                "AP, network": f"{ap['network'].mean():.2f}",
                "AP, top SNP": f"{ap['top SNP, regression'].mean():.2f}",
                f"top SNP at most {KEEPS_UP:g} below": f"{near.sum()} of {len(ap)}",
            }
        )
    return pd.DataFrame(rows)


# Does the top SNP find the one that interacts?


def read_right_snp(
    *,
    settings: Sequence[str],
    numbers: Sequence[int],
    people: tuple[int, int],
    seed: int,
) -> pd.DataFrame:
    """Return how well the top SNP stands for the one that interacts (simple pairs)."""
    checks.not_empty(settings=settings, numbers=numbers)
    rows = []
    for setting, number in product(settings, numbers):
        panel, trait, parts = design(
            setting, number=number, people=people, seed=seed, kind="simple"
        )
        top = gene_values(panel, trait.values, parts.train)
        true = panel.genotypes[list(trait.settings["snps"])].T.astype(float)
        true = standardise(true, parts.train).values
        r2 = [np.corrcoef(a, b)[0, 1] ** 2 for a, b in zip(top.T, true.T, strict=True)]
        row = {"setting": setting, "data_set": number, "r2": np.mean(r2)}
        row["same"] = np.mean(np.array(r2) > 1 - 1e-9)
        learners = np.concatenate([parts.train, parts.validation])
        for name, values in (("top", top), ("right", true)):
            found = regression_pairs(
                values[learners], trait.values[learners], panel.genes
            )
            hits = [pair in trait.pairs for pair in found.sets]
            row[name] = average_precision_score(hits, found.scores)
        rows.append(row)
    return pd.DataFrame(rows)


def right_snp_table(told: pd.DataFrame) -> pd.DataFrame:
    """Return a line a design; the first of two rows of one data set counts."""
    told = told.drop_duplicates(["setting", "data_set"])
    means = told.groupby("setting", sort=False).mean(numeric_only=True)
    return pd.DataFrame(
        {
            "Setting": f"{STANDARDISED}: " + means.index,
            "right SNP chosen": means["same"].map("{:.0%}".format).to_numpy(),
            "mean r² with it": means["r2"].round(2).to_numpy(),
            "AP, top SNP": means["top"].round(2).to_numpy(),
            "AP, right SNP": means["right"].round(2).to_numpy(),
        }
    )


# Exact or sampled scores


def compare_scores(
    *,
    orders: Sequence[int],
    people: tuple[int, int],
    max_epochs: int,
    seed: int,
    device: Device = "auto",
) -> pd.DataFrame:
    """Return time and error of sampled scores of one network, beside exact ones."""
    panel, trait, parts = design("small", number=0, people=people, seed=seed)
    y = standardise(trait.values, parts.train, name="trait").values
    ensemble, _ = fit_genes(
        panel,
        y[None],
        parts,
        n_networks=1,
        training=training(panel.n_people, max_epochs=max_epochs),
        seed=seed,
        device=device,
    )
    some = panel.genotypes[:, parts.test[:EXAMINED]].T.astype(float)
    rows, exact = [], None
    for n_orders in (None, *orders):
        started = time.process_time()
        found = shapley_pairs(ensemble.network(0), some, n_orders=n_orders)
        seconds = time.process_time() - started
        exact = found.scores if exact is None else exact
        error, scale = found.scores - exact, exact.mean()
        spread = found.details["standard_error"].mean()
        rows.append(
            {
                "Coalitions": f"{n_orders} orders" if n_orders else "all (exact)",
                "seconds": round(seconds, 3),
                "mean error": round(np.abs(error).mean() / scale, 4),
                "upward": round(error.mean() / scale, 4),
                "standard error": round(spread / scale, 4),
            }
        )
    return pd.DataFrame(rows)
