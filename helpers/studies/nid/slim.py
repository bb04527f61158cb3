"""Tables 5 and 6: which strength and rate predict best, on data sets set apart.

The linear part of these networks starts with slopes of the size that a linear layer of
all features has. Slopes of about one, as those of single features would be drawn, start
the network with an error that drives it about for many epochs, which hid that at the
first settings it often stops before it has learned an interaction.
"""

from collections.abc import Sequence

import pandas as pd
from sklearn.metrics import roc_auc_score

from helpers import checks, evaluation
from helpers.detectors import weights
from helpers.device import Device
from helpers.studies.nid.wide import train_on_thirds
from helpers.truth.sparse_models import SparseData, product_model, quadratic_model

DESIGNS = ("Table 5", "Table 6")
APART = (100, 101, 102, 103)  # data sets that the tables do not use
RATES = (1e-2, 3e-3)
#: L1 strengths that are tried for each table.
STRENGTHS = {"Table 5": (1.6e-4, 5e-4, 1.6e-3), "Table 6": (1.6e-5, 5e-5, 1.6e-4, 5e-4)}


def try_training(  # the arguments of a stored step are its key
    *,
    design: str,
    trials: Sequence[int],
    strengths: Sequence[float],
    learning_rates: Sequence[float],
    n_samples: int,
    n_features: int,
    hidden: Sequence[int],
    max_epochs: int,
    patience: int,
    seed: int,
    device: Device = "auto",
) -> tuple[pd.DataFrame, dict]:
    """Train MLP-M on data sets of a table at every strength and rate.

    Returns
    -------
    table : DataFrame
        design, trial, l1, rate (as text), validation_loss, best_epoch, auc (of the
        pairs inside true sets).
    plan : dict
    """
    checks.one_of("design", design, DESIGNS)
    checks.not_empty(trials=trials, strengths=strengths, learning_rates=learning_rates)
    drawn = [
        _draw(design, n_samples, n_features, 1_000 * seed + trial) for trial in trials
    ]
    tables, plan = [], {}
    for strength in strengths:
        for rate in learning_rates:
            ensemble, _, _ = train_on_thirds(
                drawn,
                hidden=hidden,
                univariate=[],
                strength=strength,
                loss="binary_cross_entropy" if design == "Table 5" else "mse",
                learning_rate=rate,
                max_epochs=max_epochs,
                patience=patience,
                seed=seed,
                device=device,
            )
            found = [weights.nid_pairs(ensemble.network(i)) for i in range(len(drawn))]
            tables.append(
                pd.DataFrame(
                    {
                        "design": design,
                        "trial": list(trials),
                        "l1": strength,
                        "rate": f"{rate:g}",
                        "validation_loss": ensemble.best_loss_,
                        "best_epoch": ensemble.best_epoch_,
                        "auc": [
                            roc_auc_score(
                                evaluation.pair_labels(pairs.sets, data.sets),
                                pairs.scores,
                            )
                            for pairs, data in zip(found, drawn, strict=True)
                        ],
                    }
                )
            )
            plan = ensemble.plan_
    return pd.concat(tables, ignore_index=True), plan


def _draw(design: str, n_samples: int, n_features: int, seed: int) -> SparseData:
    if design == "Table 6":
        return product_model(n_samples, n_features, orders=(2, 3, 4, 5), seed=seed)
    return quadratic_model(
        n_samples, n_features, n_factors=2, density=0.05, binary=True, seed=seed
    )


def parts_of(n_features: int) -> list[dict]:
    """Return the parts of the step, a table each; the second has 20 features."""
    return [
        {
            "design": design,
            "strengths": list(STRENGTHS[design]),
            "n_features": n_features if design == "Table 5" else 20,
        }
        for design in DESIGNS
    ]


def best_training(tried: pd.DataFrame) -> pd.DataFrame:
    """Return strength and rate of least validation error, mean over data sets.

    Returns
    -------
    DataFrame
        design, l1, rate, validation_loss, auc.
    """
    means = tried.groupby(["design", "l1", "rate"])[["validation_loss", "auc"]].mean()
    least = means.groupby("design")["validation_loss"].idxmin()
    return means.loc[least].reset_index()


def chosen_words(tried: pd.DataFrame) -> str:
    """Say which strength and rate predict best for each table, and how they rank.

    A choice at the end of its grid is told: more of it might predict better still.
    """
    said = []
    for row in best_training(tried).itertuples():
        own = tried[tried["design"] == row.design]
        grid = sorted(own["l1"].unique())
        text = (
            f"{row.design}: L1 strength {row.l1:g} and rate {row.rate} predict best "
            f"(validation error {row.validation_loss:.3f}); their mean AUC is "
            f"{row.auc:.3f}."
        )
        if row.l1 in (grid[0], grid[-1]) and len(grid) > 1:
            end = "strongest" if row.l1 == grid[-1] else "weakest"
            text += (
                f" That is the {end} of the {len(grid)} strengths tried, and the error "
                "still falls towards it: the grid ends too early to say where it stops."
            )
        said.append(text)
    return " ".join(said)
