"""Train several networks of one recipe together and keep the best."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from helpers.ensemble import Adam, Ensemble, constant, one_cycle
from helpers.networks.motif import MotifCNN
from helpers.studies.negative_data.rows import row
from helpers.studies.negative_data.settings import Recipe


@dataclass(frozen=True, eq=False)
class Trained:
    """Networks after training, and which of them were kept.

    Parameters
    ----------
    ensemble : Ensemble
        All starts.
    kept : array of int
        Numbers of the starts kept, the lowest validation loss first.
    names : list of str
        Of the motifs.
    """

    ensemble: Ensemble
    kept: np.ndarray
    names: Sequence[str]

    @cached_property
    def networks(self) -> list[MotifCNN]:
        """The networks kept, as plain modules on the CPU."""
        return [self.ensemble.network(i) for i in self.kept]  # type: ignore[misc]  # the networks asked for

    def outputs(self, sequences: np.ndarray) -> np.ndarray:
        """Return the outputs of those kept, shape (n_kept, n)."""
        return self.ensemble.predict(sequences)[self.kept, :, 0]

    def loss_rows(self) -> list[tuple]:
        """Return the best validation loss of every start."""
        return [
            row(i, "loss", "kept" if i in self.kept else "dropped", -1, value)
            for i, value in enumerate(self.ensemble.best_loss_)
        ]


def train(
    X: np.ndarray,
    y: np.ndarray,
    names: Sequence[str],
    recipe: Recipe,
    *,
    loss: str,
    seed: int,
    device: str,
) -> Trained:
    """Train the starts of a recipe on the same sequences; the last rows validate.

    Parameters
    ----------
    X : array of int, shape (n, length)
    y : array, shape (n,)
    names : list of str
        Of the motifs.
    recipe : Recipe
    loss : str
        As `Ensemble.fit` takes it.
    seed : int
        Of initial weights and the order of rows.
    device : str
    """
    networks = [
        MotifCNN(
            recipe.n_filters,
            length=X.shape[1],
            width=recipe.width,
            pool=recipe.pool,
            hidden=recipe.hidden,
            hidden_norm=recipe.hidden_norm,
            seed=1000 * seed + number,
        )
        for number in range(recipe.n_starts)
    ]
    ensemble = Ensemble(networks, device=device).fit(
        X,
        y,
        validation=np.arange(len(X)) >= len(X) - recipe.n_validation,
        loss=loss,
        optimizer=Adam(lr=recipe.lr),
        schedule=one_cycle() if recipe.schedule == "one cycle" else constant(),
        batch_size=128,
        max_epochs=recipe.epochs,
        patience=recipe.epochs,
        seeds=seed,
        progress=False,
    )
    kept = np.argsort(ensemble.best_loss_)[: recipe.n_keep]
    return Trained(ensemble, kept, names)
