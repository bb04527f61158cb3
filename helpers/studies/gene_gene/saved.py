"""Networks of genes on disk, and what they say of a second cohort.

A folder holds `networks.pt`, numbers alone, and `networks.json`, which says what they
read: genes, SNPs, alleles and their frequencies. No person is in either. Reading runs
no code that the files could carry.
"""

import json
import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

import helpers
from helpers import checks
from helpers.data.kinds import PathLike
from helpers.data.panel import Panel
from helpers.data.splits import standardise
from helpers.loaders.matching import SnpList
from helpers.loaders.traits import SCALES
from helpers.networks.genes import ACTIVATIONS, GeneNetwork
from helpers.significance.interaction import statistics
from helpers.significance.interaction.genotypes import gene_functions, gene_slopes
from helpers.studies.gene_gene.cohorts import (
    check_frequencies,
    check_kind,
    kind_of,
    read_second,
)
from helpers.studies.gene_gene.replication import mean_gene_values
from helpers.studies.gene_gene.yes_or_no import YesOrNo

MANIFEST, WEIGHTS = "networks.json", "networks.pt"
FORMAT = 1


@dataclass(frozen=True)
class SavedNetworks:
    """Networks of a first cohort, with all that a second one needs.

    Parameters
    ----------
    networks : list of GeneNetwork
    means : list of tensors (1, n_genes)
        Mean gene values of the first cohort, by each network.
    snps : SnpList
    pairs : DataFrame
        gene_1, gene_2, p_holm in the first cohort; the strongest first.
    trait : str
        Name of the trait.
    kind : {"numbers", "controls and cases"}
    people : int
        How many there were.
    scale : str
        Of a trait of numbers, as for `own_files.target_of`. Files from before there
        was a choice hold normal scores.
    linked : sequence of (int, int)
        Genes that are neighbours; none in older files, where correlation tells.
    spread : float, optional
        Of a trait that is yes or no (`YesOrNo.spread`), which is the unit of its
        networks. In older files there is none, and the second cohort's stands for it.
    """

    networks: list[GeneNetwork]
    means: list[torch.Tensor]
    snps: SnpList
    pairs: pd.DataFrame
    trait: str
    kind: str
    people: int
    scale: str = "normal scores"
    linked: tuple[tuple[int, int], ...] = ()
    spread: float | None = None

    def numbers_of(
        self, pairs: Sequence[tuple[str, str]] | None = None, level: float = 0.05
    ) -> list[tuple[int, int]]:
        """Return pairs of genes as numbers: those named, else those called.

        Raises
        ------
        ValueError
            If a gene is not known, or none are named and none was called.
        """
        if pairs is None:
            called = self.pairs[self.pairs["p_holm"] <= level]
            pairs = list(zip(called["gene_1"], called["gene_2"], strict=True))
            if not pairs:
                raise ValueError(
                    f"pairs must be named, as the first cohort called none at {level}."
                )
        genes = list(self.snps.genes)
        for gene in (gene for pair in pairs for gene in pair):
            if gene not in genes:
                raise ValueError(
                    f"pairs must name genes of the networks; {gene!r} is none of "
                    f"{', '.join(genes[:5])}{' ...' if len(genes) > 5 else ''}."
                )
        return [(genes.index(one), genes.index(other)) for one, other in pairs]


def save_networks(
    folder: PathLike,
    networks: Sequence[GeneNetwork],
    panel: Panel,
    pairs: pd.DataFrame,
    *,
    trait: str,
    y: np.ndarray | YesOrNo,
    scale: str = "normal scores",
) -> list[Path]:
    """Save networks and what they read in a folder, which is made.

    Parameters
    ----------
    folder : str or Path
    networks : sequence of GeneNetwork
        Of one architecture, trained on people of `panel`.
    panel : Panel
        With the alleles of its SNPs; its detail `linked`, if there, names neighbours.
    pairs : DataFrame
        From `gene_interaction_test`.
    trait : str
    y : array or YesOrNo
        What they learned (`own_files.target_of`).
    scale : str
        On which.

    Returns
    -------
    list of Path

    Raises
    ------
    ValueError
        If the panel does not know its alleles.
    """
    snps = SnpList.of(panel)
    manifest = {
        "format": FORMAT,
        "helpers": helpers.__version__,
        "trait": trait,
        "kind": kind_of(y),
        "scale": checks.one_of("scale", scale, SCALES),
        "spread": y.spread if isinstance(y, YesOrNo) else None,
        "people": panel.n_people,
        "architecture": _architecture(networks[0]),
        "networks": len(networks),
        "genes": list(snps.genes),
        "sizes": list(snps.sizes),
        "linked": [[int(i), int(j)] for i, j in panel.details.get("linked", ())],
        "snps": [
            [name, *alleles, round(float(frequency), 5)]
            for name, alleles, frequency in zip(
                snps.snps, snps.alleles, snps.frequencies, strict=True
            )
        ],
        "pairs": [
            [*pair, None if np.isnan(p) else float(f"{p:.5g}")]
            for pair, p in zip(pairs["pair"], pairs["p_holm"], strict=True)
        ],
    }
    content = {
        "networks": [network.state_dict() for network in networks],
        "means": mean_gene_values(networks, panel),
    }
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    torch.save(content, folder / WEIGHTS)
    text = json.dumps(manifest, indent=1, ensure_ascii=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return [folder / WEIGHTS, folder / MANIFEST]


def load_networks(folder: PathLike) -> SavedNetworks:
    """Read networks that `save_networks` wrote.

    Raises
    ------
    FileNotFoundError
        If a file is missing.
    ValueError
        If one is damaged, of another format, or they do not belong together.
    """
    folder = Path(folder)
    manifest = _manifest(folder / MANIFEST)
    content = _weights(folder / WEIGHTS)
    try:
        networks = []
        for state in content["networks"]:
            network = GeneNetwork(manifest["sizes"], **manifest["architecture"])
            network.load_state_dict(state)
            networks.append(network.eval())
        names, *alleles, frequencies = zip(*manifest["snps"], strict=True)
        snps = SnpList(
            tuple(manifest["genes"]),
            tuple(manifest["sizes"]),
            names,
            tuple(zip(*alleles, strict=True)),
            np.array(frequencies, dtype=float),
        )
        pairs = pd.DataFrame(manifest["pairs"], columns=["gene_1", "gene_2", "p_holm"])
        means = list(content["means"])
        fits = len(networks) == manifest["networks"] == len(means)
        fits &= sum(snps.sizes) == len(names) and len(snps.genes) == len(snps.sizes)
        trait, kind, people = (manifest[name] for name in ("trait", "kind", "people"))
        more = _added_later(manifest)
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        said = str(error).split("\n", maxsplit=1)[0]
        raise ValueError(
            f"{folder} must hold networks and the manifest that was saved with them; "
            f"{type(error).__name__}: {said}"
        ) from None
    if not fits:
        raise ValueError(f"{folder} must hold as much as its manifest says.")
    return SavedNetworks(networks, means, snps, pairs, trait, kind, people, **more)


def replicate_in(
    saved: SavedNetworks,
    panel: Panel,
    y: np.ndarray | YesOrNo,
    pairs: Sequence[tuple[str, str]] | None = None,
    *,
    groups: np.ndarray | None = None,
) -> pd.DataFrame:
    """Test in a second cohort whether pairs of genes interact as in the first.

    By the regression of the test itself (`gene_slopes`): what each gene does alone, and
    one multiple of what the networks say of all other pairs, leave the trait and the
    direction, which is centred over these people; errors are robust.

    Parameters
    ----------
    saved : SavedNetworks
    panel : Panel
        From `match_panel`.
    y : array, shape (n_people,), or YesOrNo
        Their trait, from `own_files.target_of`.
    pairs : sequence of (str, str), optional
        Genes by name; by default the pairs that the first cohort called.
    groups : array, shape (n_people,), optional
        Families or cages, whose people depend on each other.

    Returns
    -------
    DataFrame
        As of `gene_slopes`, pairs by name, and p_holm over them. A slope of 1 is an
        interaction as large as the networks say: of numbers in standard deviations of
        the trait, of a trait that is yes or no on log odds.

    Raises
    ------
    ValueError
        If the trait is of the other kind, or a pair is not known.
    """
    check_kind(kind_of(y), saved.kind)
    numbers = saved.numbers_of(pairs)
    weight, unit = None, 1.0
    if isinstance(y, YesOrNo):
        # On log odds genes add up; on the scale of the answer that is an interaction.
        alone = y.beyond(gene_functions(saved.networks, panel))
        means = alone.means(np.zeros(panel.n_people))
        residual, weight = y.cases - means, means * (1 - means)
        unit = y.spread if saved.spread is None else saved.spread
    else:
        residual = standardise(y, np.arange(panel.n_people), name="y").values
    table = gene_slopes(
        saved.networks,
        panel,
        residual,
        pairs=numbers,
        linked=saved.linked,
        groups=groups,
        weight=weight,
    )
    return table.assign(
        pair=[" × ".join(pair) for pair in table["pair"]],
        slope=unit * table["slope"],
        standard_error=unit * table["standard_error"],
        p_holm=statistics.holm(table["p"].to_numpy()),
    )


def replicate_files(
    folder: PathLike,
    bed: PathLike,
    pheno: PathLike,
    trait: str | None = None,
    *,
    columns: dict | None = None,
    pairs: Sequence[tuple[str, str]] | None = None,
    absent: str = "error",
) -> tuple[pd.DataFrame, Panel, pd.DataFrame]:
    """Read a second cohort as the networks of a folder want it, and replicate there.

    Parameters
    ----------
    folder : str or Path
        Of `save_networks`.
    bed, pheno : str or Path
    trait : str, optional
        Its column; by default as in the first cohort.
    columns : dict, optional
        Arguments of `own_people.read_people`: covariates and groups above all.
    pairs
        As for `replicate_in`.
    absent
        As for `match_panel`.

    Returns
    -------
    DataFrame
        From `replicate_in`.
    Panel
        The second cohort.
    DataFrame
        kind, item, reason of what was turned, filled or left out.

    Raises
    ------
    ValueError
        If files cannot be used, or the cohort is the first one.
    """
    saved = load_networks(folder)
    saved.numbers_of(pairs)  # before anything is read
    second = read_second(
        bed,
        pheno,
        trait or saved.trait,
        saved.snps,
        kind=saved.kind,
        scale=saved.scale,
        columns=columns,
        absent=absent,
    )
    check_frequencies(saved.snps, saved.people, second.panel)
    said = replicate_in(saved, second.panel, second.y, pairs, groups=second.groups)
    return said, second.panel, second.dropped


def _architecture(network: GeneNetwork) -> dict[str, Any]:
    """Return the arguments that make such a network."""
    hidden = network.encoders[0].hidden
    names = {function: name for name, function in ACTIVATIONS.items()}
    return {
        "encoder": 0 if hidden is None else hidden.out_features,  # type: ignore[union-attr]  # a layer
        "head": [layer.out_features for layer in list(network.layers)[:-1]],
        "activation": names[network.activation],
    }


def _added_later(manifest: dict) -> dict[str, Any]:
    """Return what manifests of this format did not hold at first."""
    spread, linked = manifest.get("spread"), manifest.get("linked", [])
    return {
        "scale": checks.one_of("scale", manifest.get("scale", SCALES[0]), SCALES),
        "linked": tuple(checks.feature_sets("linked", linked, len(manifest["genes"]))),
        "spread": None if spread is None else float(spread),
    }


def _manifest(path: Path) -> dict:
    """Return a manifest of a format that is known."""
    if not path.is_file():
        raise FileNotFoundError(f"{path} does not exist.")
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise ValueError(f"{path} is damaged: it is no JSON.") from None
    found = manifest.get("format") if isinstance(manifest, dict) else None
    if found != FORMAT:
        raise ValueError(f"{path} must be of format {FORMAT}; got {found}.")
    return manifest


def _weights(path: Path) -> dict:
    """Return the numbers of a file; anything else in it is refused, not run."""
    if not path.is_file():
        raise FileNotFoundError(f"{path} does not exist.")
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, KeyError):
        raise ValueError(
            f"{path} is damaged, or holds more than numbers; it was not read."
        ) from None
    if not isinstance(content, dict):
        raise ValueError(f"{path} must hold networks and means.")
    return content
