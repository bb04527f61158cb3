"""A reader's own genotypes: which genes, which people, and which pairs are called."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from helpers import checks
from helpers.data.kinds import PathLike
from helpers.data.panel import Panel
from helpers.data.splits import Split, standardise
from helpers.device import Device
from helpers.ensemble import Ensemble
from helpers.loaders import plink, structure, traits
from helpers.loaders.plink_writer import write_panel
from helpers.loaders.windows_checked import check_windows
from helpers.significance.interaction.answer import p_text
from helpers.significance.interaction.genotypes import gene_interaction_test
from helpers.significance.permutation import PermutationTest, permutation_test
from helpers.studies.gene_gene import own_people
from helpers.studies.gene_gene.study import (
    Training,
    fit_genes,
    genotype_rows,
)
from helpers.studies.gene_gene.yes_or_no import YesOrNo, is_yes_or_no
from helpers.truth.genotypes import simulate_panel, simulate_trait

LEVEL = 0.05
UNITS = ("SNPs", "cM")
#: Genes no farther apart are inherited together: the genetic distance, or where a .bim
#: file has none, the physical one.
NEAR = {"centimorgan": 1.0, "position": 1_000_000}


def genes_of(
    genes: str,
    bim: pd.DataFrame,
    *,
    n_genes: int = 0,
    flank: int = 0,
    empty_genes: str = "error",
) -> dict[str, np.ndarray]:
    """Return rows of the .bim file by gene: from a BED file, or runs of neighbours.

    Parameters
    ----------
    genes : str
        A BED file, or a run such as ``60 SNPs`` or ``10 cM``.
    bim : DataFrame
        From `plink.read_bim`.
    n_genes : int
        Of the runs, at most so many, spread evenly; 0 takes all.
    flank : int
        bp on both sides of a gene of the file.
    empty_genes : {"error", "drop"}
        As for `plink.load_panel`.

    Raises
    ------
    ValueError
        If genes of the file have no SNP: the message says what seems to be wrong.
    """
    checks.integer("n_genes", n_genes, at_least=0)
    number, _, unit = genes.partition(" ")
    if unit in UNITS and number.replace(".", "", 1).isdigit():
        if not float(number) or (unit == "SNPs" and not number.isdigit()):
            raise ValueError(
                "genes must be runs of a whole number of SNPs, or of more than 0 cM, "
                f"as '60 SNPs' or '2.5 cM'; got {genes!r}."
            )
        if unit == "SNPs":
            return plink.runs_of_snps(bim, int(number), n_genes=n_genes or None)
        return plink.runs_of_centimorgans(bim, float(number), n_genes=n_genes or None)
    if number.replace(".", "", 1).isdigit() and not Path(genes).exists():
        raise ValueError(
            f"genes must be a BED file, or a run such as '60 SNPs' or '10 cM'; got "
            f"{genes!r}."
        )
    windows = plink.read_gene_windows(genes)
    chosen = plink.snps_in_windows(bim, windows, flank=flank)
    check_windows(bim, windows, chosen, flank=flank, empty_genes=empty_genes)
    return chosen


def example_files(
    folder: PathLike, *, people: int, genes: int, trait: str, seed: int
) -> dict[str, str]:
    """Simulate two cohorts of one population, and write them as files.

    Genes 1 and 2 interact in both. The second cohort has half as many people, and
    counts the other allele of every second SNP.

    Returns
    -------
    dict
        bed, pheno, genes, second_bed, second_pheno: paths.
    """
    panel = simulate_panel(people * 3 // 2, genes, length=60_000, seed=seed)
    panel = replace(panel, alleles=(("A", "G"),) * panel.n_snps)
    simulated = simulate_trait(
        panel, [(0, 1, "product")], signal_to_noise=1.0, seed=seed
    )
    first, second = np.split(np.arange(panel.n_people), [people])
    files = write_panel(
        panel.take(first),
        Path(folder, "example.bed"),
        simulated.values[first],
        trait=trait,
    )
    other = panel.take(second)
    counts, alleles = other.genotypes.copy(), list(other.alleles)
    counts[::2] = 2 - counts[::2]
    alleles[::2] = [("G", "A")] * len(alleles[::2])
    other = replace(other, genotypes=counts, alleles=tuple(alleles))
    again = write_panel(
        other, Path(folder, "second.bed"), simulated.values[second], trait=trait
    )
    paths = files | {f"second_{name}": again[name] for name in ("bed", "pheno")}
    return {name: str(path) for name, path in paths.items()}


def read_own(
    bed: PathLike,
    pheno: PathLike,
    trait: str,
    genes: dict,
    columns: dict,
    filters: dict,
) -> tuple[Panel, traits.TraitTable, pd.DataFrame]:
    """Return panel, trait table of the same people, and what was left out.

    The panel's detail `linked` holds the pairs of genes that are neighbours, `places`
    a table of genes (`places_of`).

    Parameters
    ----------
    bed, pheno : path
    trait : str
        Column of the trait.
    genes, columns, filters : dict
        Arguments of `genes_of`, `own_people.read_people` and `plink.load_panel`.

    Raises
    ------
    ValueError
        If the files cannot be used, or fewer than two genes are left.
    """
    bed = Path(bed)
    plink.check_kind(bed)
    bim = plink.read_bim(bed.with_suffix(".bim"))
    fam = plink.read_fam(bed.with_suffix(".fam"))
    table = own_people.read_people(pheno, trait, **columns)
    people, left_out = traits.common_people(fam["person"], table)
    own_people.check_people(table.take(people), trait, columns)
    empty_genes = filters.get("empty_genes", "error")
    chosen = genes_of(bim=bim, empty_genes=empty_genes, **genes)
    panel = plink.load_panel(bed, chosen, people=people, **filters)
    if panel.n_genes < 2:
        raise ValueError(
            "genes must be two at least, or nothing can interact; left is "
            f"{panel.genes[0]!r} of {len(chosen)}."
        )
    linked = linked_genes(bim, {gene: chosen[gene] for gene in panel.genes})
    told = {"linked": linked, "places": places_of(bim, panel)}
    panel = replace(panel, details={**panel.details, **told})
    table = table.take(panel.people)
    dropped = pd.concat([panel.dropped, table.dropped, left_out], ignore_index=True)
    return panel, table, dropped


def places_of(bim: pd.DataFrame, panel: Panel) -> pd.DataFrame:
    """Return a row a gene: gene, SNPs kept, the first of them, and where it lies.

    A build that is not that of the windows shows there, and nowhere else if SNPs are
    so dense that no window is empty.

    Parameters
    ----------
    bim : DataFrame
        From `plink.read_bim`.
    panel : Panel
        From `plink.load_panel` of the same files.
    """
    row_of = {name: row for row, name in enumerate(bim["snp"])}
    rows = []
    for gene, block in zip(panel.genes, panel.blocks, strict=True):
        name = panel.snps[block.start]
        # One without a name of its own is called by its row: .#13
        row = row_of[name] if name in row_of else int(name.rpartition("#")[2]) - 1
        place = bim.iloc[row]
        rows.append(
            {
                "gene": gene,
                "SNPs": block.stop - block.start,
                "first SNP": name,
                "at": f"{place['chromosome']}:{place['position']}",
            }
        )
    return pd.DataFrame(rows)


def structure_warning(panel: Panel, table: traits.TraitTable) -> str | None:
    """Return what to say where covariates do not hold the structure there is, or None.

    Judged by what the columns hold, not by their names.
    """
    given = table.covariates.shape[1] > 0
    left = structure.inflation(
        panel,
        linked=panel.details.get("linked", ()),
        covariates=table.covariates.to_numpy(float) if given else None,
    )
    return structure.warning_of(left, given)


def linked_genes(
    bim: pd.DataFrame, chosen: Mapping[str, np.ndarray]
) -> list[tuple[int, int]]:
    """Return the pairs of genes on one chromosome that are near each other.

    Parameters
    ----------
    bim : DataFrame
        From `plink.read_bim`.
    chosen : mapping
        Gene -> its rows.
    """
    chromosome = bim["chromosome"].to_numpy()
    places = {name: bim[name].to_numpy(dtype=float) for name in NEAR}
    found = []
    for (i, a), (j, b) in combinations(enumerate(chosen.values()), 2):
        if chromosome[a[0]] != chromosome[b[0]]:
            continue
        known = all(places["centimorgan"][rows].any() for rows in (a, b))
        unit = "centimorgan" if known else "position"
        first, second = places[unit][a], places[unit][b]
        gap = max(second.min() - first.max(), first.min() - second.max())
        if gap <= NEAR[unit]:
            found.append((i, j))
    return found


@dataclass(frozen=True)
class OwnTest:
    """What a reader's people say of every pair.

    Attributes
    ----------
    pairs : DataFrame
        As of `gene_interaction_test`.
    ensemble : Ensemble
        The networks with interactions, for `replicate` and `pair_surface`.
    r2, r2_without : float
        Share of the variance of test people that the ensemble explains, and the fit
        without interactions; of a trait that is yes or no, of the deviance that
        covariates leave.
    training : DataFrame
        One row a network: target, network, best_epoch, best_loss.
    explained : str
        What the shares are of.
    """

    pairs: pd.DataFrame
    ensemble: Ensemble
    r2: float
    r2_without: float
    training: pd.DataFrame
    explained: str = "Variance"

    def called(self, level: float = LEVEL) -> pd.DataFrame:
        """Return the pairs whose p-value, after Holm, is at most `level`."""
        return self.pairs[self.pairs["p_holm"] <= level]

    @property
    def helps(self) -> bool:
        """Whether interactions help to predict people who were not learned from."""
        return self.r2 > max(self.r2_without, 0)

    def words(self) -> str:
        """Say what the networks explain, and whether the pairs may be believed."""
        text = (
            f"{self.explained} of test people that the ensemble explains: "
            f"**{self.r2:.1%}**; without interactions **{self.r2_without:.1%}**. "
        )
        if max(self.r2, self.r2_without) <= 0:
            return text + (
                "**The networks learned nothing that holds in other people. Draw no "
                "conclusion from the pairs below, called or not.**"
            )
        if not self.helps:
            return text + (
                "**Interactions do not help to predict these people. Draw no "
                "conclusion from the pairs below, called or not: the networks may have "
                "made up what they say of them, or missed what there is.**"
            )
        return text + "Interactions help to predict people who were not learned from."


def target_of(
    table: traits.TraitTable, scale: str = "normal scores"
) -> np.ndarray | YesOrNo:
    """Return what networks learn of a trait, cleared of its covariates.

    Numbers on a scale; of two values, cases and controls beside the log odds that
    covariates give.

    Parameters
    ----------
    table : TraitTable
    scale : {"normal scores", "as is", "log"}
        Of numbers, as for `TraitTable.adjusted`.

    Raises
    ------
    ValueError
        If there are two values, and they are not 0 and 1 or 1 and 2, or another scale
        than the first is asked of them; if a logarithm is asked of one not above 0.
    """
    checks.one_of("scale", scale, traits.SCALES)
    if not is_yes_or_no(table.values):
        return table.adjusted(scale)
    if scale != traits.SCALES[0]:
        raise ValueError(
            f"scale must be {traits.SCALES[0]!r} for a trait of two values, whose "
            f"effects add up on log odds; got {scale!r}."
        )
    return YesOrNo.of(table.values, table.covariates)


def check_permutations(y: np.ndarray | YesOrNo, n_permutations: int) -> None:
    """Refuse permutations of a trait that is yes or no: they are of residuals."""
    if n_permutations and isinstance(y, YesOrNo):
        raise ValueError(
            "n_permutations must be 0 for a trait of cases and controls, whose "
            f"residuals cannot change places; got {n_permutations}."
        )


@dataclass(frozen=True)
class OwnNetworks:
    """Networks of one trait, and those of the same recipe that only add genes up.

    Attributes
    ----------
    together, sums : Ensemble
        With and without interactions.
    """

    together: Ensemble
    sums: Ensemble

    def fitted(self, panel: Panel) -> np.ndarray:
        """Return the mean prediction of the sums for everybody, (n_people,)."""
        blocks = genotype_rows(panel).split(8192)
        with torch.no_grad():
            outputs = torch.stack(
                [
                    torch.cat([network(block) for block in blocks])
                    for network in networks_of(self.sums)
                ]
            )
        return outputs.squeeze(2).double().numpy().mean(axis=0)


def networks_of(ensemble: Ensemble) -> list:
    """Return the trained networks of an ensemble as plain modules."""
    return [ensemble.network(i) for i in range(len(ensemble))]


def fit_own(
    panel: Panel, y: np.ndarray | YesOrNo, parts: Split, kind: str, **knobs: Any
) -> Ensemble:
    """Train networks of one kind on a trait.

    Parameters
    ----------
    panel, y, parts
        As for `ask_own`.
    kind : {"genes", "main effects"}
    **knobs
        n_networks, training, seed, device and progress of `fit_genes`.
    """
    if isinstance(y, YesOrNo):
        targets, knobs["loss"] = y.targets().numpy(), y.loss()
    else:
        targets = standardise(y, parts.train, name="y").values
    return fit_genes(panel, targets[None], parts, kind=kind, **knobs)[0]


def ask_own(  # the options of a fit, each by its name
    panel: Panel,
    y: np.ndarray | YesOrNo,
    parts: Split,
    *,
    groups: np.ndarray | None = None,
    n_networks: int = 10,
    training: Training | None = None,
    seed: int = 0,
    device: Device = "auto",
    progress: bool = False,
) -> OwnTest:
    """Train networks with and without interactions, and test every pair of genes.

    Parameters
    ----------
    panel : Panel
        Its detail `linked`, if there, names the genes that are neighbours.
    y : array, shape (n_people,), or YesOrNo
        From `target_of`. Networks of a trait that is yes or no learn by logistic loss,
        and its residuals are those of log odds that add up.
    parts : Split
        Networks learn from and stop on the first two parts; the third is tested.
    groups : array, shape (n_people,), optional
        Families or cages, whose people depend on each other.
    n_networks, training, seed, device, progress
        As for `fit_genes`.
    """
    knobs: dict[str, Any] = {
        "n_networks": n_networks,
        "training": training,
        "seed": seed,
        "device": device,
        "progress": progress,
    }
    sums = fit_own(panel, y, parts, "main effects", **knobs)
    networks = OwnNetworks(fit_own(panel, y, parts, "genes", **knobs), sums)
    return asked_of(panel, y, parts, networks, groups=groups, seed=seed)


def asked_of(
    panel: Panel,
    y: np.ndarray | YesOrNo,
    parts: Split,
    networks: OwnNetworks,
    *,
    groups: np.ndarray | None = None,
    seed: int = 0,
) -> OwnTest:
    """Test every pair of genes with networks that are trained; all as for `ask_own`."""
    if not isinstance(y, YesOrNo):
        y = standardise(y, parts.train, name="y").values
    fitted, trained = networks.fitted(panel), networks_of(networks.together)
    predicted = np.zeros(panel.n_people)
    with torch.no_grad():
        rows = genotype_rows(panel, parts.test)
        outputs = torch.stack([network(rows) for network in trained]).mean(0)
    predicted[parts.test] = outputs.squeeze(1).double().numpy()
    residual, weight = _left(y, fitted)
    pairs = gene_interaction_test(
        trained,
        panel,
        residual,
        learned=np.concatenate([parts.train, parts.validation]),
        tested=parts.test,
        linked=panel.details.get("linked", ()),
        groups=groups,
        weight=weight,
        seed=seed,
    )
    kinds = {"with interactions": networks.together, "sums": networks.sums}
    return OwnTest(
        pairs,
        networks.together,
        _explained(y, predicted, parts.test),
        _explained(y, fitted, parts.test),
        pd.concat([_trained(name, one) for name, one in kinds.items()]),
        "Deviance" if isinstance(y, YesOrNo) else "Variance",
    )


def _left(
    y: np.ndarray | YesOrNo, fitted: np.ndarray
) -> tuple[np.ndarray, np.ndarray | None]:
    """Return what a fit without interactions leaves, and how much each can weigh."""
    if isinstance(y, YesOrNo):
        means = y.means(fitted)
        return y.cases - means, means * (1 - means)
    return y - fitted, None


def _explained(
    y: np.ndarray | YesOrNo, predicted: np.ndarray, people: np.ndarray
) -> float:
    """Return the share that predictions explain in some people."""
    if isinstance(y, YesOrNo):
        return y.explained(predicted, people)
    left = (y - predicted)[people]
    return float(1 - np.mean(left**2) / y[people].var())


def _trained(target: str, ensemble: Ensemble) -> pd.DataFrame:
    """Return when each network of an ensemble stopped, and how well it did."""
    return pd.DataFrame(
        {
            "target": target,
            "network": np.arange(len(ensemble)),
            "best_epoch": ensemble.best_epoch_,
            "best_loss": ensemble.best_loss_,
        }
    )


def shown(pairs: pd.DataFrame, most: int = 20) -> pd.DataFrame:
    """Return the strongest pairs as text: shares in per cent, two digits of p.

    A pair that is not identifiable has "cannot tell" for its p.
    """
    top = pairs.head(most)
    share = top[["estimate", "low", "high"]].map("{:.2%}".format)
    p = top[["p", "p_holm", "p_bh"]].map(p_text)
    p[~top["identifiable"]] = "–"
    p.loc[~top["identifiable"], "p"] = "cannot tell"
    return pd.DataFrame(
        {
            "pair": [" × ".join(pair) for pair in top["pair"]],
            "share (95%)": share["estimate"]
            + " ("
            + share["low"]
            + " to "
            + share["high"]
            + ")",
            "z": top["z"].map("{:.2f}".format).where(top["identifiable"], "–"),
            **p,
            "surviving": top["surviving"].map("{:.0%}".format),
        }
    )


def judged(test: PermutationTest, n_genes: int) -> pd.DataFrame:
    """Return a row a pair: its test by level and by pattern, and whether it is called.

    Fewer than four genes make no pattern, nor do networks that learned nothing at all;
    the level stands for both there.
    """
    has_pattern = n_genes >= 4 and np.median(test.null, axis=1).min() > 0
    pattern = permutation_test(
        test.observed, test.null, level="median" if has_pattern else "as is"
    )
    corrected = pattern.to_frame()[["features", "p_max"]]
    pairs = test.to_frame().merge(
        corrected.rename(columns={"p_max": "p_pattern"}), on="features"
    )
    worst = pairs[["p_max", "p_pattern"]].max(axis=1)
    return pairs.assign(called=worst <= LEVEL + 1e-9)


def write_tables(folder: PathLike, **tables: pd.DataFrame) -> list[Path]:
    """Write each table as CSV below a folder, which is made; return the paths."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.csv" for name in tables]
    for path, table in zip(paths, tables.values(), strict=True):
        table.to_csv(path, index=False)
    return paths
