"""The usual methods with tests of their own, beside those of the network (Figure 2)."""

from collections.abc import Collection, Sequence
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from helpers import checks
from helpers.data.panel import Panel
from helpers.data.splits import Split
from helpers.detectors.interactions import all_pairs
from helpers.studies.gene_gene.baselines import baseline_pairs, baseline_test
from helpers.studies.gene_gene.designs import (
    SIGNAL_TO_NOISE,
    design,
    shapes_of,
    step_name,
)
from helpers.studies.gene_gene.permuting import calls
from helpers.studies.stores import Store

SMALL = "S/N 1, small"


def usual_designs(
    store: Store, *, wanted: Collection[str], counts: tuple[int, int], **shared: Any
) -> pd.DataFrame:
    """Return `usual_tests` of the small design, and of the published ratios that ran.

    Parameters
    ----------
    store : Store
    wanted : collection of str
        Designs to compute; of others what is stored is returned.
    counts : (int, int)
        Data sets of the small design, and of each published ratio.
    **shared
        n_permutations, people and seed of `usual_tests`.
    """
    small = store.stored_or_run(
        "other-tests",
        usual_tests,
        {"setting": SMALL, "numbers": list(range(counts[0])), **shared},
        estimate_minutes=6,
    )
    tables = [small, *(_published(store, name, wanted, counts[1], shared)
                       for name in SIGNAL_TO_NOISE)]  # fmt: skip
    return pd.concat([t for t in tables if t is not None], ignore_index=True)


def _published(
    store: Store, name: str, wanted: Collection[str], count: int, shared: dict
) -> pd.DataFrame | None:
    """Return the table of one published ratio, as far as it has run."""
    step = step_name("other-tests", name)
    if name not in wanted:
        return store.paper(step, partial=True)
    return store.stored_or_run(
        step,
        usual_tests,
        {"setting": name, **shared},
        parts=[{"numbers": [number]} for number in range(count)],
        estimate_minutes=3.5 * count,
        partial=True,
    )


def usual_tests(
    *,
    setting: str,
    numbers: Sequence[int],
    n_permutations: int,
    people: tuple[int, int],
    seed: int,
) -> pd.DataFrame:
    """Return p-values of every pair by each usual method and its own test."""
    checks.not_empty(numbers=numbers)
    rows = []
    for number in numbers:
        panel, trait, parts = design(setting, number=number, people=people, seed=seed)
        forms = shapes_of(trait, all_pairs(panel.n_genes))
        for values in ("top SNP", "PCA"):
            for name, p, corrected in _other_tests(
                panel, trait.values, parts, values, n_permutations, number
            ):
                rows.append(
                    pd.DataFrame(
                        {
                            "scheme": f"{values}, {name}",
                            "data_set": number,
                            "form": forms,
                            "p": p.round(6),
                            "maxT": corrected.round(6),
                        }
                    )
                )
    return pd.concat(rows, ignore_index=True).assign(setting=setting)


def _other_tests(
    panel: Panel,
    trait: np.ndarray,
    parts: Split,
    values: str,
    n_permutations: int,
    number: int,
) -> list[tuple[str, np.ndarray, np.ndarray]]:
    """Return name, p-values and corrected p-values of each usual test."""
    p = baseline_pairs(panel, trait, parts, values=values).details["p"]
    tests = [("regression, t-test", p, np.minimum(1, p * len(p)))]
    for model, scheme in product(("lasso", "trees"), ("T", "R")):
        test = baseline_test(
            panel,
            trait,
            parts,
            values=values,
            model=model,
            scheme=scheme,
            n_permutations=n_permutations,
            seed=number,
        )
        tests.append((f"{model}, Perm {scheme}", test.p, test.p_max))
    return tests


def at_ratios(by_scheme: pd.DataFrame | None, usual: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of all tests at the published ratios at which both have run.

    Parameters
    ----------
    by_scheme : DataFrame or None
        Rows of pairs under the network's permutations.
    usual : DataFrame
        Of `usual_designs`.

    Returns
    -------
    DataFrame
        Those rows with a column signal_to_noise; empty if there are none.
    """
    ratios = pd.Series(SIGNAL_TO_NOISE)
    if by_scheme is None:
        return usual.iloc[:0]
    both = set(by_scheme["setting"]) & set(usual["setting"]) & set(ratios.index)
    rows = pd.concat([by_scheme, usual], ignore_index=True)
    rows = rows[rows["setting"].isin(both)]
    return rows.assign(signal_to_noise=rows["setting"].map(ratios))


def ratios_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what each test calls by nominal p-values: false calls and power, by ratio.

    rows : of `at_ratios`
    """
    called = calls(rows).assign(ratio=lambda t: t["Design"].map(SIGNAL_TO_NOISE))
    tests = called["Test"].unique()
    found = {"Test": tests}
    for ratio, group in called.groupby("ratio"):
        group = group.set_index("Test")
        for kind in ("false calls", "power"):
            shares = group[f"{kind}, p"].map("{:.0%}".format)
            found[f"{kind}, S/N {ratio:g}"] = shares.reindex(tests, fill_value="")
    return pd.DataFrame(found).reset_index(drop=True)


def ratios_text(rows: pd.DataFrame) -> str:
    """Say on how many data sets the table of ratios rests."""
    sets = {
        ratio: {
            bool(ours): group["data_set"].nunique()
            for ours, group in of_ratio.groupby(
                of_ratio["scheme"].str.startswith("Perm")
            )
        }
        for ratio, of_ratio in rows.groupby("signal_to_noise")
    }
    return "Data sets of 80,000 people, networks and usual methods: " + "; ".join(
        f"{n[True]} and {n[False]} at {ratio:g}" for ratio, n in sets.items()
    ) + "."  # fmt: skip
