"""Figures 6 and 7, Table 1: from discovery in one cohort to replication in another."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.device import Device
from helpers.loaders.traits import split_people
from helpers.significance import permutation
from helpers.significance.interaction.answer import p_text
from helpers.studies.gene_gene.baselines import baseline_pairs
from helpers.studies.gene_gene.designs import design, shapes_of, training
from helpers.studies.gene_gene.replication import (
    PairSurface,
    pair_residuals,
    pair_surface,
    replicate,
)
from helpers.studies.gene_gene.study import GeneStudy, fit_genes, study
from helpers.truth.genotypes import PUBLISHED_TERMS

SHOWN = 400  # people in the figure of replication
BINS = 10
FDR = 0.1


def discover(  # the arguments of a stored step are its key
    *,
    setting: str,
    number: int,
    n_replication: int,
    people: tuple[int, int],
    n_permutations: int,
    n_networks: int,
    max_epochs: int,
    seed: int,
    device: Device = "auto",
) -> pd.DataFrame:
    """Run discovery and replication once; return every number of the figures.

    Rows by kind: pair, quantile, person, bin, surface.
    """
    panel, trait, _ = design(setting, number=number, people=people, seed=seed)
    n_discovery = panel.n_people - n_replication
    first, second = np.arange(n_discovery), np.arange(n_discovery, panel.n_people)
    discovery, replication = panel.take(first), panel.take(second)
    parts = split_people(n_discovery, seed=seed)
    learned = trait.values[first][parts.train]
    y = (trait.values - learned.mean()) / learned.std()
    knobs = {
        "n_networks": n_networks,
        "training": training(n_discovery, max_epochs=max_epochs),
        "seed": number,
        "device": device,
    }
    found = study(
        discovery,
        y[first],
        parts,
        n_permutations=n_permutations,
        residuals="rescaled",
        **knobs,  # type: ignore[arg-type]  # settings in a dict
    )
    ensemble, _ = fit_genes(discovery, y[None, first], parts, **knobs)  # type: ignore[arg-type]  # so
    networks = [ensemble.network(i) for i in range(len(ensemble))]
    pairs = found.observed.sets
    usual = baseline_pairs(discovery, y[first], parts).details["p"]
    again = replicate(networks, discovery, replication, y[second], pairs)  # type: ignore[arg-type]  # of two each
    strongest = pairs[int(np.argmax(found.observed.scores))]
    effect, left = pair_residuals(
        networks, discovery, replication, y[second], strongest
    )
    quantiles = found.tests["I"].quantiles().rename(columns={"features": "item"})
    return pd.concat(
        [
            _pairs(found, shapes_of(trait, pairs), usual, again),
            quantiles.assign(kind="quantile"),
            *_people(effect, left, seed),
            _surface(pair_surface(networks, discovery, strongest)),
        ],
        ignore_index=True,
    )


def _pairs(
    found: GeneStudy, forms: np.ndarray, usual: np.ndarray, again: pd.DataFrame
) -> pd.DataFrame:
    """Return what discovery and replication say of every pair."""
    test = found.tests["I"]
    pattern = permutation.permutation_test(
        found.observed, found.null["I"], level="median"
    )
    return pd.DataFrame(
        {
            "kind": "pair",
            "item": again["pair"],
            "form": forms,
            "score": found.observed.scores,
            "p": test.p,
            "p_max": test.p_max,
            "fdr": test.fdr,
            "fdr_pattern": pattern.fdr,
            "usual_p": usual,
            "slope": again["slope"],
            "replication_p": again["p"],
        }
    )


def _people(effect: np.ndarray, left: np.ndarray, seed: int) -> list[pd.DataFrame]:
    """Return some people of the second cohort, and the means of bins of all."""
    some = np.random.default_rng(seed).permutation(len(effect))[:SHOWN]
    shown = {"x": effect[some].round(5), "y": left[some].round(4)}
    tables = [pd.DataFrame({"kind": "person", **shown})]
    for rows in np.array_split(np.argsort(effect), BINS):
        mean, error = left[rows].mean(), left[rows].std(ddof=1) / len(rows) ** 0.5
        ends = {"low": mean - error, "high": mean + error}
        bin_ = {"kind": "bin", "x": effect[rows].mean(), "y": mean, **ends}
        tables.append(pd.DataFrame([bin_]))
    return tables


def _surface(surface: PairSurface) -> pd.DataFrame:
    levels = np.meshgrid(surface.levels, surface.levels, indexing="ij")
    return pd.DataFrame(
        {
            "kind": "surface",
            "item": " × ".join(surface.genes),
            "x": levels[0].ravel(),
            "y": levels[1].ravel(),
            "score": surface.interaction.ravel(),
        }
    )


def pairs_of(pipeline: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of pairs."""
    return pipeline[pipeline["kind"] == "pair"]


def called_table(pipeline: pd.DataFrame, most: int = 10) -> pd.DataFrame:
    """Return the strongest pairs that discovery calls."""
    rows = pairs_of(pipeline)
    called = rows[rows["fdr"] <= FDR].sort_values("score", ascending=False)
    top = called.head(most)
    return pd.DataFrame(
        {
            "Pair": top["item"],
            "truth": top["form"],
            "score (FDR)": [
                f"{s:.3f} ({f:.2f})"
                for s, f in zip(top["score"], top["fdr"], strict=True)
            ],
            "top-SNP p": top["usual_p"].map(p_text),
            "replication p": top["replication_p"].map("{:.3g}".format),
        }
    )


def called_text(pipeline: pd.DataFrame) -> str:
    """Say how many of the called pairs are true, and how many replicate."""
    rows = pairs_of(pipeline)
    called = rows[rows["fdr"] <= FDR]
    true, back = called["form"] != "none", called["replication_p"] < 0.05
    share = (~true).mean() if len(called) else 0
    there = rows[rows["form"] != "none"]
    usual = int((there["usual_p"] < 0.05 / len(rows)).sum())
    return (
        f"At an estimated FDR of 10%, {len(called)} pairs are called (the strongest "
        f"are listed), {int(true.sum())} of them true: a false share of "
        f"**{share:.0%}**. Of the true ones {int((true & back).sum())} "
        f"and of the false ones {int((~true & back).sum())} replicate at 5%. MaxT "
        f"calls {int((rows['p_max'] <= 0.05 + 1e-9).sum())} pairs. Of the "
        f"{len(there)} true pairs, top-SNP regression finds {usual} after Bonferroni "
        "correction."
    )


def fdr_table(pipeline: pd.DataFrame) -> pd.DataFrame:
    """Return a line a level of the estimated FDR: calls, and what replicates."""
    rows, levels = pairs_of(pipeline), []
    for level in (0.01, 0.05, 0.1, 0.2):
        line = {"Estimated FDR at most": f"{level:.0%}"}
        for column, name in (("fdr", ""), ("fdr_pattern", ", pattern")):
            called = rows[rows[column] <= level]
            false = called["form"] == "none"
            back = called["replication_p"] < 0.05
            line[f"called (false){name}"] = f"{len(called)} ({false.sum()})"
            line[f"replicate (false){name}"] = f"{back.sum()} ({(back & false).sum()})"
        levels.append(line)
    return pd.DataFrame(levels)


# Table 1 as published


def candidates_table(quoted: pd.Series) -> pd.DataFrame:
    """Return the study's candidates, from the published values by quantity."""
    rows = []
    for key in quoted.index[quoted.index.str.match("ukb.*score$")]:
        name = key.removesuffix(".score")
        _, lipid, pair = name.split(".")
        rows.append(
            {
                "Pair": f"{lipid.upper()}: {pair.upper().replace('-', ' × ')}",
                "score": quoted[f"{name}.score"],
                "FDR": _small(quoted[f"{name}.fdr"]),
                "top-SNP p": _small(quoted[f"{name}.top-snp-p"]),
                "replication p": _small(quoted[f"{name}.p"]),
            }
        )
    return pd.DataFrame(rows)


def shared_genes_text(published: pd.DataFrame) -> str:
    """Say which two genes most of the study's candidates contain."""
    names = published["quantity"]
    names = names[names.str.match("ukb.*score$")].str.upper()
    pairs = [name.split(".")[2].split("-") for name in names]
    counts = pd.Series([gene for pair in pairs for gene in pair]).value_counts()
    first, second = counts.index[:2]
    with_them = sum(first in pair or second in pair for pair in pairs)
    return (
        f"**{with_them} of {len(pairs)}** of the study's candidates contain {first} or "
        f"{second}. That is what false pairs around a few real ones would look like. "
        "It is also what two genes of large effect would look like that interact with "
        "many others: this asks for a test of each pair, it decides nothing."
    )


def pipeline_genes_text(
    pipeline: pd.DataFrame, terms: Sequence[tuple] = PUBLISHED_TERMS
) -> str:
    """Say how many false pairs of the pipeline hold a gene of a true product.

    pipeline : rows of `discover`, of a cohort with these true pairs
    """
    products = {
        f"gene{k + 1}" for i, j, shape in terms if shape == "product" for k in (i, j)
    }
    rows = pairs_of(pipeline)
    false = rows[rows["form"] == "none"]
    holds = false["item"].map(lambda item: bool(products & set(item.split(" × "))))
    called = false["fdr"] <= FDR
    if not called.any():
        return ""
    return (
        f"Of the {int(called.sum())} false pairs that the chapter's pipeline calls, "
        f"**{int((called & holds).sum())}** hold a gene that is in a true product "
        f"elsewhere; of all its {len(false)} false pairs {int(holds.sum())} do "
        f"({holds.mean():.0%})."
    )


def cohorts_table(
    quoted: pd.Series, pipeline: pd.DataFrame, cohort: str
) -> pd.DataFrame:
    """Return how many candidates the usual method and a second cohort confirm."""
    there, rows = quoted[quoted.index.str.match("ukb.*")], pairs_of(pipeline)
    found_by = {
        "UK Biobank, published": [
            there[there.index.str.endswith(f".{end}")] for end in ("top-snp-p", "p")
        ],
        f"Simulated ({cohort})": [
            rows.loc[rows["fdr"] <= FDR, c] for c in ("usual_p", "replication_p")
        ],
    }
    return pd.DataFrame(
        {
            "Cohort": name,
            "called, FDR 10%": len(usual_p),
            "top-SNP p < 0.05": int((usual_p < 0.05).sum()),
            "replicate, p < 0.05": int((again < 0.05).sum()),
        }
        for name, (usual_p, again) in found_by.items()
    )


def _small(p: float) -> str:
    """Return a p-value as printed: three decimals."""
    return f"{p:.3f}" if p else "< 0.001"
