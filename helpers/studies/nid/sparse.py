"""Figure 10 with a penalty that makes zeros: the proximal L1, strength by validation.

As a slope inside Adam, L1 makes a network's weights small and never zero: with a
thousand features it memorises its rows within ten epochs. As a proximal step after
Adam's (`proximal_l1`), the weights of most features become zero and stay there.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch
from sklearn.metrics import roc_auc_score, roc_curve
from torch import Tensor, nn

from helpers import checks, evaluation
from helpers.data.splits import standardise
from helpers.detectors import weights
from helpers.detectors.interactions import all_pairs
from helpers.device import Device, seeded
from helpers.ensemble import Adam, Ensemble, exponential, proximal_l1
from helpers.studies.nid.training import network
from helpers.studies.nid.wide import mean_and_spread, screen_products
from helpers.truth.sparse_models import quadratic_model

#: Shares of the false pairs at which the ROC curve is kept.
FALSE_SHARES = (0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0)

#: Fig 10 as published: true model and widths of the networks.
FIG_10 = {
    "n_factors": 5,
    "density": 0.02,
    "hidden": [500, 400, 300, 200, 100],
}
#: Models that are trained, and so have a strength to choose.
TRAINED = ("MLP", "MLP-M", "quadratic")

FIRST = ("layers.0.weight", "interaction.layers.0.weight")
UPPER = ("layers.[1-9]*.weight", "interaction.layers.[1-9]*.weight")


@dataclass(frozen=True)
class Design:
    """One design of many features.

    Parameters
    ----------
    n_train : int
        Rows to learn from; as many more judge the epochs.
    n_features, n_factors, density
        As for `quadratic_model`.
    hidden : list of int
        Widths of the networks.
    max_epochs : int
        All are run, and the best is kept.
    seed : int
        Of data, initial weights and the order of rows.
    """

    n_train: int
    n_features: int
    n_factors: int
    density: float
    hidden: list
    max_epochs: int
    seed: int

    def __post_init__(self) -> None:
        checks.integer("n_train", self.n_train, at_least=2)
        checks.integer("max_epochs", self.max_epochs, at_least=1)
        checks.integer("seed", self.seed, at_least=0)

    def draw(self, trial: int) -> tuple[np.ndarray, np.ndarray, tuple]:
        """Return X, y (standardised by the training rows) and the true sets."""
        data = quadratic_model(
            2 * self.n_train,
            self.n_features,
            n_factors=self.n_factors,
            density=self.density,
            seed=1_000 * self.seed + trial,
        )
        y = standardise(data.y, np.arange(self.n_train)).values
        return data.X, y, data.sets


class LowRankQuadratic(nn.Module):
    """A line plus a quadratic form of given rank: the model that the data come from.

    output = b + w·x + Σ_k c_k (v_k·x)²

    Half of the c_k start above zero and half below, for none changes its sign easily:
    with fewer of the right sign than the truth has, the fit ends in a poor minimum. The
    v_k start at 0.3 of PyTorch's rule: started larger, a strong penalty ends in a poor
    minimum as well.

    Parameters
    ----------
    n_features, rank : int
    """

    def __init__(self, n_features: int, rank: int) -> None:
        super().__init__()
        self.linear = nn.Linear(n_features, 1)
        self.factors = nn.Linear(n_features, rank, bias=False)
        self.mix = nn.Linear(rank, 1, bias=False)
        with torch.no_grad():
            self.factors.weight.mul_(0.3)
            self.mix.weight.abs_()[:, 1::2] *= -1

    def forward(self, x: Tensor) -> Tensor:
        """Return the outputs, (batch, 1), for x of (batch, n_features)."""
        return self.linear(x) + self.mix(self.factors(x).square())

    def pair_scores(self) -> np.ndarray:
        """Return |Σ_k c_k v_ki v_kj| of all pairs, in the order of `all_pairs`."""
        factors = self.factors.weight.detach().double().numpy()  # (rank, n_features)
        mix = self.mix.weight.detach().double().numpy()[0]
        products = np.abs((factors.T * mix) @ factors)
        return products[np.triu_indices(len(products), 1)]


def rank_sparsely(
    *,
    model: str,
    trial: int,
    strengths: Sequence[float],
    device: Device = "auto",
    **design: Any,
) -> pd.DataFrame:
    """Train one model on one data set with the proximal L1, at each strength.

    Batches of 500, Adam at 0.002 falling by 1% an epoch; the layers above the first
    get a tenth of the strength.

    Parameters
    ----------
    model : str
        "MLP", "MLP-M", "quadratic" (`LowRankQuadratic` of four times the true rank), or
        "screening" (`screen_products`, whatever the strength).
    trial : int
        Number of the data set.
    strengths : list of float
    **design
        Fields of `Design`.

    Returns
    -------
    DataFrame
        One row a strength: model, trial, strength, validation_loss and best_epoch (0
        for screening), zeros (share of first-layer weights), auc, true_pairs, seconds
        (CPU), and the true positive rate at each of `FALSE_SHARES`.
    """
    checks.one_of("model", model, ("MLP", "MLP-M", "quadratic", "screening"))
    checks.not_empty(strengths=strengths)
    design = Design(**design)
    X, y, sets = design.draw(trial)
    truth = evaluation.pair_labels(all_pairs(design.n_features), sets)
    rows = []
    for strength in strengths:
        started = time.process_time()
        if model == "screening":
            rows_seen = slice(design.n_train)
            scores = screen_products(X[rows_seen], y[rows_seen])
            said = {"validation_loss": 0.0, "best_epoch": 0, "zeros": 0.0}
        else:
            scores, said = fit_sparsely(model, X, y, strength, trial, design, device)
        rows.append(
            {
                "model": model,
                "trial": trial,
                "strength": strength,
                **said,
                "auc": roc_auc_score(truth, scores),
                "true_pairs": int(truth.sum()),
                "seconds": time.process_time() - started,
                **roc_at(truth, scores),
            }
        )
    return pd.DataFrame(rows)


def fit_sparsely(
    model: str,
    X: np.ndarray,
    y: np.ndarray,
    strength: float,
    trial: int,
    design: Design,
    device: Device,
) -> tuple:
    """Return the scores of all pairs after training, and what training says."""
    quadratic = model == "quadratic"
    with seeded(7_000_000 + 1_000 * design.seed + trial):
        if quadratic:
            start = LowRankQuadratic(design.n_features, 4 * design.n_factors)
        else:
            start = network(model, design.n_features, hidden=design.hidden)
    of = (("factors.weight",), ("mix.weight",)) if quadratic else (FIRST, UPPER)
    penalty = [proximal_l1(strength, of[0]), proximal_l1(strength / 10, of[1])]
    ensemble = Ensemble([start], device=device).fit(
        X,
        y,
        validation=np.arange(len(X)) >= design.n_train,
        penalty=penalty,
        optimizer=Adam(lr=2e-3),
        schedule=exponential(0.99),
        batch_size=500,
        max_epochs=design.max_epochs,
        patience=design.max_epochs,
        seeds=design.seed,
        progress=False,
    )
    trained = ensemble.network(0)
    if quadratic:
        scores, first = trained.pair_scores(), trained.factors.weight.detach().numpy()  # type: ignore[operator, union-attr]  # torch: Tensor or Module
    else:
        scores = weights.nid_pairs(trained).scores
        first = weights.layer_weights(trained)[0]
    return scores, {
        "validation_loss": ensemble.best_loss_[0],
        "best_epoch": ensemble.best_epoch_[0],
        "zeros": float(np.mean(first == 0)),
    }


def roc_at(truth: np.ndarray, scores: np.ndarray) -> dict[str, float]:
    """Return the true positive rate at each of `FALSE_SHARES`."""
    false_rate, true_rate, _ = roc_curve(truth, scores)
    values = np.interp(FALSE_SHARES, false_rate, true_rate)
    return {f"tpr {x:g}": y for x, y in zip(FALSE_SHARES, values, strict=True)}


def best_strengths(tuned: pd.DataFrame | None) -> dict[str, float]:
    """Return each model's strength of least validation loss; 0 for screening."""
    if tuned is None:
        return {"screening": 0.0}
    least = tuned.loc[tuned.groupby("model", sort=False)["validation_loss"].idxmin()]
    strengths = zip(least["model"], least["strength"].astype(float), strict=True)
    return {**dict(strengths), "screening": 0.0}


TITLES = {
    "MLP": "NID on MLP",
    "MLP-M": "NID on MLP-M",
    "quadratic": "low-rank quadratic model",
    "screening": "product screening",
}


def strengths_table(tuned: pd.DataFrame) -> pd.DataFrame:
    """Return what each L1 strength left of each model, as text."""
    rows = [
        {
            "Model": TITLES[row.model],
            "strength": f"{row.strength:g}",
            "validation loss": f"{row.validation_loss:.4f}",
            "best epoch": f"{row.best_epoch}",
            "zeros in the first layer": f"{row.zeros:.1%}",
            "AUC": f"{row.auc:.3f}",
        }
        for row in tuned.itertuples()
    ]
    return pd.DataFrame(rows)


def sparse_table(ranked: pd.DataFrame) -> pd.DataFrame:
    """Return mean AUC, validation loss, zeros, epoch and seconds by model, as text."""
    rows = []
    for model, group in ranked.groupby("model", sort=False):
        trained = model != "screening"
        rows.append(
            {
                "Model": TITLES[model],
                "data sets": len(group),
                "strength": f"{group['strength'].iloc[0]:g}" if trained else "–",
                "AUC": mean_and_spread(group["auc"]),
                "validation loss": f"{group['validation_loss'].mean():.4f}"
                if trained
                else "–",
                "zeros in the first layer": f"{group['zeros'].mean():.1%}"
                if trained
                else "–",
                "CPU s": f"{group['seconds'].mean():.0f}",
            }
        )
    return pd.DataFrame(rows)


def emptied_text(ranked: pd.DataFrame | None) -> str:
    """Say where the penalty has left no weight in the first layer; "" where nowhere."""
    if ranked is None:
        return ""
    said = []
    for model, group in ranked.groupby("model", sort=False):
        empty = group[group["zeros"] == 1]
        if empty.empty:
            continue
        numbers = ", ".join(str(k) for k in empty["trial"])
        text = (
            f"**{TITLES[model]}, data set {numbers}: no weight is left in the first "
            f"layer** (validation loss {empty['validation_loss'].mean():.2f}, AUC "
            f"{empty['auc'].mean():.2f})."
        )
        if len(empty) < len(group):
            others = mean_and_spread(group["auc"].drop(empty.index))
            text += f" The mean counts it; the others have {others}."
        said.append(text)
    return " ".join(said)


def roc_curves(ranked: pd.DataFrame) -> pd.DataFrame:
    """Return the mean ROC curve of each model: model, false, true."""
    columns = [f"tpr {x:g}" for x in FALSE_SHARES]
    means = ranked.groupby("model", sort=False)[columns].mean()
    return pd.concat(
        [
            pd.DataFrame({"false": FALSE_SHARES, "true": row.to_numpy()}).assign(
                model=TITLES[model]
            )
            for model, row in means.iterrows()
        ],
        ignore_index=True,
    )


def recorded(ranked: pd.DataFrame) -> dict:
    """Return what the comparison takes from Fig 10: MLP-M, mean over data sets.

    Nothing while none of its parts has run.
    """
    own = ranked[ranked["model"] == "MLP-M"]
    if own.empty:
        return {}
    return {
        "fig10.mlpm.auc": own["auc"].mean(),
        "fig10.true-pairs": own["true_pairs"].mean(),
    }
