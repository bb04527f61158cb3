"""Whether an interaction comes back in other people, and what it looks like."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from scipy import stats
from torch import nn

from helpers import checks
from helpers.data.panel import Panel
from helpers.significance.interaction.basis import main_functions
from helpers.significance.interaction.genotypes import MAIN_FUNCTIONS
from helpers.studies.gene_gene.study import genotype_rows


@dataclass(frozen=True)
class PairSurface:
    """What two genes do together, over the values they take.

    Parameters
    ----------
    genes : tuple of two str
    levels : array, shape (n_levels,)
        Quantiles of each gene's value, 0 to 1.
    joint : array, shape (n_levels, n_levels)
        Change of the prediction from its mean person, first gene along axis 0, in the
        trait's units.
    interaction : array, shape (n_levels, n_levels)
        `joint` less what each gene does alone.
    """

    genes: tuple[str, str]
    levels: np.ndarray
    joint: np.ndarray
    interaction: np.ndarray


def pair_effects(
    networks: Sequence[nn.Module],
    panel: Panel,
    pair: Sequence[int],
    *,
    reference: Panel | None = None,
) -> np.ndarray:
    r"""Return what two genes do together for each person, beyond what each does alone.

    With :math:`v(S)` the prediction when the genes in S have the person's values and
    all others their mean, this is
    :math:`v(\{i,j\}) - v(\{i\}) - v(\{j\}) + v(\emptyset)`, the mean over networks.

    Parameters
    ----------
    networks : sequence of GeneNetwork
    panel : Panel
        People to predict; the same SNPs as the networks were trained on.
    pair : (int, int)
    reference : Panel, optional
        People whose mean gene values stand for absent genes; default `panel`.

    Returns
    -------
    array, shape (n_people,)
    """
    (pair,) = checks.feature_sets("pair", [pair], panel.n_genes)
    nodes = [_gene_nodes(network, panel, reference) for network in networks]
    return _mean_effect(networks, nodes, pair)


def replicate(
    networks: Sequence[nn.Module],
    discovery: Panel | Sequence[torch.Tensor],
    panel: Panel,
    y: np.ndarray,
    pairs: Sequence[tuple[int, int]],
    *,
    centred: bool = False,
) -> pd.DataFrame:
    """Test in other people whether each pair's interaction explains their trait.

    The trait is cleared of a line in the two gene values; the rest is regressed on the
    interaction that the discovery networks predict for these people. An interaction
    that is real has a positive slope (one near 1 if it also has the right size).

    Parameters
    ----------
    networks : sequence of GeneNetwork
        Trained on the discovery people.
    discovery : Panel, or sequence of tensors (1, n_genes), one a network
        Those people, whose mean gene values stand for absent genes; or these means, as
        `mean_gene_values` gives them.
    panel : Panel
        Other people with the same SNPs.
    y : array, shape (n_people,)
        Their trait, in the units that the networks were trained on.
    pairs : sequence of (int, int)
    centred : bool
        Clear the trait, and the interaction as well, of smooth functions of each of the
        two gene values instead of a line. What the networks call an interaction holds
        some of what the genes do alone (a maximum does), and a bend of a gene alone is
        then taken for its return.

    Returns
    -------
    DataFrame
        pair, slope, standard_error, t, p (one-sided), r2.

    Source
    ------
    Cui et al. (2022), equation 5 [cui2022]. Differs from the paper: it fits two more
    networks to each pair of gene values to obtain the interaction; here it is read off
    the discovery networks themselves, with all other genes at their mean.

    Notes
    -----
    Errors are of least squares, and other pairs stay in the trait. `saved.replicate_in`
    asks a cohort of one's own by the regression of the test of each pair instead.
    """
    y, nodes, values = _other_people(networks, discovery, panel, y)
    rows = []
    for pair in checks.feature_sets("pairs", pairs, panel.n_genes):
        effect, left = _mean_effect(networks, nodes, pair), _rest(y, values, pair)
        if centred:
            effect, left = (_beyond_each(v, values, pair) for v in (effect, y))
        rows.append(
            {"pair": " × ".join(panel.genes[i] for i in pair), **_slope(effect, left)}
        )
    return pd.DataFrame(rows)


def mean_gene_values(networks: Sequence[nn.Module], panel: Panel) -> list[torch.Tensor]:
    """Return the mean gene values of people by each network, (1, n_genes) each."""
    return [_gene_nodes(network, panel, None)[1] for network in networks]


def pair_residuals(
    networks: Sequence[nn.Module],
    discovery: Panel,
    panel: Panel,
    y: np.ndarray,
    pair: Sequence[int],
) -> tuple[np.ndarray, np.ndarray]:
    """Return what `replicate` regresses on each other, person by person.

    Parameters
    ----------
    networks, discovery, panel, y
        As for `replicate`.
    pair : (int, int)

    Returns
    -------
    array, shape (n_people,)
        The interaction that the discovery networks predict.
    array, shape (n_people,)
        The trait, cleared of a line in the two gene values.

    Source
    ------
    Cui et al. (2022), Figure 7a [cui2022].
    """
    y, nodes, values = _other_people(networks, discovery, panel, y)
    (pair,) = checks.feature_sets("pair", [pair], panel.n_genes)
    return _mean_effect(networks, nodes, pair), _rest(y, values, pair)


def pair_surface(
    networks: Sequence[nn.Module],
    panel: Panel,
    pair: Sequence[int],
    *,
    n_levels: int = 21,
) -> PairSurface:
    """Return how the prediction changes over the values of two genes.

    A gene's value has no sign of its own: each network's is turned to correlate
    positively with the first network's, before the mean is taken over networks at
    equal quantiles.

    Parameters
    ----------
    networks : sequence of GeneNetwork
    panel : Panel
    pair : (int, int)
    n_levels : int
        Quantiles of each gene, between 2% and 98%.
    """
    (pair,) = checks.feature_sets("pair", [pair], panel.n_genes)
    n_levels = checks.integer("n_levels", n_levels, at_least=2)
    levels = np.linspace(0.02, 0.98, n_levels)
    joint = np.zeros((n_levels, n_levels))
    interaction, first = np.zeros_like(joint), None
    for network in networks:
        genes, mean = _gene_nodes(network, panel, None)
        values = genes[:, list(pair)].numpy().astype(float)
        first = values if first is None else first
        grid = []
        for k in range(2):
            turned = np.corrcoef(values[:, k], first[:, k])[0, 1] < 0
            grid.append(np.quantile(values[:, k], 1 - levels if turned else levels))
        points = mean.repeat(n_levels**2, 1)
        points[:, pair[0]] = torch.as_tensor(np.repeat(grid[0], n_levels)).to(mean)
        points[:, pair[1]] = torch.as_tensor(np.tile(grid[1], n_levels)).to(mean)
        with torch.no_grad():
            both, beyond = _together(network, points, mean, pair)
        joint += both.numpy().reshape(joint.shape)
        interaction += beyond.numpy().reshape(joint.shape)
    return PairSurface(
        tuple(panel.genes[i] for i in pair),  # type: ignore[arg-type]  # of two
        levels,
        joint / len(networks),
        interaction / len(networks),
    )


def _other_people(
    networks: Sequence[nn.Module],
    discovery: Panel | Sequence[torch.Tensor],
    panel: Panel,
    y: np.ndarray,
) -> tuple[np.ndarray, list[tuple[torch.Tensor, torch.Tensor]], np.ndarray]:
    """Return their checked trait, gene nodes of each network, and mean gene values."""
    y = checks.vector("y", y, length=panel.n_people)
    if not isinstance(discovery, Panel):
        nodes = [
            (_gene_nodes(network, panel, None)[0], mean)
            for network, mean in zip(networks, discovery, strict=True)
        ]
        return y, nodes, _aligned(np.stack([genes.numpy() for genes, _ in nodes]))
    if panel.sizes != discovery.sizes:
        raise ValueError(
            f"panel must have the SNPs of discovery, {discovery.sizes} a gene; got "
            f"{panel.sizes}."
        )
    nodes = [_gene_nodes(network, panel, discovery) for network in networks]
    return y, nodes, _aligned(np.stack([genes.numpy() for genes, _ in nodes]))


def _rest(y: np.ndarray, values: np.ndarray, pair: Sequence[int]) -> np.ndarray:
    """Return y cleared of a line in the values of two genes."""
    line = np.column_stack([np.ones(len(y)), values[:, list(pair)]])
    return y - line @ np.linalg.lstsq(line, y, rcond=None)[0]


def _beyond_each(
    numbers: np.ndarray, values: np.ndarray, pair: tuple[int, ...]
) -> np.ndarray:
    """Return numbers cleared of smooth functions of the values of each of two genes."""
    varying = [g[:, None] for g in values[:, list(pair)].T if np.ptp(g) > 0]
    functions = [main_functions(gene, MAIN_FUNCTIONS) for gene in varying]
    known = np.hstack([np.ones((len(numbers), 1)), *functions])
    return numbers - known @ np.linalg.lstsq(known, numbers, rcond=None)[0]


def _gene_nodes(
    network: nn.Module, panel: Panel, reference: Panel | None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return gene values (n_people, n_genes), and their mean over the reference."""
    with torch.no_grad():
        genes = network.genes(genotype_rows(panel).float())  # type: ignore[operator]  # a GeneNetwork
        others = genes
        if reference is not None:
            others = network.genes(genotype_rows(reference).float())  # type: ignore[operator]  # so
    return genes, others.mean(dim=0, keepdim=True)


def _mean_effect(
    networks: Sequence[nn.Module],
    nodes: Sequence[tuple[torch.Tensor, torch.Tensor]],
    pair: Sequence[int],
) -> np.ndarray:
    """Return the mean over networks of what two genes do together, (n_people,)."""
    with torch.no_grad():
        effects = [
            _together(network, genes, mean, pair)[1].numpy()
            for network, (genes, mean) in zip(networks, nodes, strict=True)
        ]
    return np.mean(effects, axis=0)


def _together(
    network: nn.Module, genes: torch.Tensor, mean: torch.Tensor, pair: Sequence[int]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return v(both) - v(none), and that less what each gene does alone."""
    parts = {}
    for name, kept in {"both": pair, "first": pair[:1], "second": pair[1:]}.items():
        values = mean.repeat(len(genes), 1)
        values[:, list(kept)] = genes[:, list(kept)]
        parts[name] = network.head(values).squeeze(-1) - network.head(mean).squeeze(-1)  # type: ignore[operator]  # so
    return parts["both"], parts["both"] - parts["first"] - parts["second"]


def _slope(effect: np.ndarray, left: np.ndarray) -> dict:
    """Return the one-sided test of the slope; p = 1 where nothing was predicted."""
    if np.ptp(effect) < 1e-6:
        return {"slope": 0.0, "standard_error": np.nan, "t": 0.0, "p": 1.0, "r2": 0.0}
    fit = stats.linregress(effect, left, alternative="greater")
    return {
        "slope": fit.slope,
        "standard_error": fit.stderr,
        "t": fit.slope / fit.stderr,
        "p": fit.pvalue,
        "r2": fit.rvalue**2,
    }


def _aligned(nodes: np.ndarray) -> np.ndarray:
    """Return the mean gene value of several networks: their signs are arbitrary."""
    nodes = nodes - nodes.mean(axis=1, keepdims=True)
    nodes /= nodes.std(axis=1, keepdims=True)
    signs = np.sign(np.einsum("epg,pg->eg", nodes, nodes[0]))
    return np.einsum("epg,eg->pg", nodes, signs) / len(nodes)
