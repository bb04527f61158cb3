"""Outcomes and their scales: numbers, yes or no, counts."""

from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import ArrayLike
from scipy import optimize
from scipy.special import expit, xlogy
from torch import Tensor
from torch.nn import functional as F

from helpers import checks
from helpers.significance.interaction.inputs import outcome

#: Links are followed up to here: beyond, weights of yes or no are zero to rounding, and
#: squares of mean counts near the end of what a float holds.
LARGEST_LINK = {"binomial": 15.0, "poisson": 40.0}


@dataclass(frozen=True)
class Family:
    """What is additive without interactions, and how outcomes vary around it.

    Parameters
    ----------
    name : {"gaussian", "binomial", "poisson"}
        The scale is the identity, the logit, or the logarithm of the mean.
    dispersion : float
        Of counts, what their variance has beyond the mean, as a share of its square.
    """

    name: str
    dispersion: float = 0.0

    def __post_init__(self) -> None:
        if self.name in ("multinomial", "cox", "survival"):
            raise ValueError(
                f"family must be gaussian, binomial or poisson; {self.name!r} (several "
                "classes, survival) is not covered: test one class against the rest."
            )
        checks.one_of("family", self.name, ("gaussian", "binomial", "poisson"))

    @property
    def scale(self) -> str:
        """Name of the scale on which g and h add up."""
        return {"gaussian": "identity", "binomial": "logit", "poisson": "log"}[
            self.name
        ]

    def outcomes(self, y: ArrayLike) -> np.ndarray:
        """Return y as numbers that fit the family, or raise."""
        y = outcome(y)
        if not len(y):
            raise ValueError("y must hold values; got none.")
        if y.min() == y.max():
            raise ValueError(f"y must vary; all values are {y[0]}.")
        if self.name == "binomial" and not np.isin(y, (0, 1)).all():
            raise ValueError(_other_values(y))
        if self.name == "poisson" and ((y < 0) | (y != np.floor(y))).any():
            wrong = y[(y < 0) | (y != np.floor(y))][0]
            raise ValueError(f"y must be counts with family='poisson'; got {wrong}.")
        return y

    def mean(self, link: np.ndarray) -> np.ndarray:
        """Return the mean of the outcome where the sum is `link`."""
        if self.name == "gaussian":
            return link
        largest = LARGEST_LINK[self.name]
        link = np.clip(link, -largest, largest)
        return expit(link) if self.name == "binomial" else np.exp(link)

    def trust(self, link: np.ndarray) -> np.ndarray:
        """Return what a residual counts there: less where counts are large and scatter.

        The slope of the mean over the variance of the outcome, as far as it depends on
        the row.
        """
        if self.name != "poisson":
            return np.ones_like(link)
        return 1 / (1 + self.dispersion * self.mean(link))

    def weight(self, link: np.ndarray) -> np.ndarray:
        """Return the slope of the mean there, times `trust`: what a row says of it."""
        if self.name == "gaussian":
            return np.ones_like(link)
        mean = self.mean(link)
        slope = mean * (1 - mean) if self.name == "binomial" else mean
        return slope * self.trust(link)

    def scattered(self, y: np.ndarray, link: np.ndarray, freedom: float) -> "Family":
        """Return the family with the dispersion of counts around a fit.

        The one with which the squares of residuals over variances sum up to the number
        of rows less the functions fitted; 0 if they do so with less.

        Parameters
        ----------
        y, link : array, shape (n,)
        freedom : float
            Of the residuals.

        Source
        ------
        Breslow (1984), equation 7.
        """
        if self.name != "poisson":
            return self
        mean = self.mean(link)
        squares = (y - mean) ** 2

        def beyond(dispersion: float) -> float:
            return (squares / (mean + dispersion * mean**2)).sum() - freedom

        if beyond(0.0) <= 0:
            return replace(self, dispersion=0.0)
        most = 2 * (squares / mean**2).sum() / freedom
        return replace(self, dispersion=float(optimize.brentq(beyond, 0.0, most)))

    def start(self, y: np.ndarray) -> float:
        """Return the constant that fits y."""
        mean = y.mean()
        if self.name == "binomial":
            return float(np.log(mean / (1 - mean)))
        return float(np.log(mean)) if self.name == "poisson" else float(mean)

    def loss(self, output: Tensor, target: Tensor) -> Tensor:
        """Return the loss of outputs that are added to an offset, one value a row.

        target : (n_networks, batch, 2), the outcome and the offset
        """
        y, link = target[..., 0], output[..., 0] + target[..., 1]
        if self.name == "gaussian":
            return (y - link).square() / 2
        if self.name == "poisson":
            return link.clamp(max=LARGEST_LINK["poisson"]).exp() - y * link
        return F.binary_cross_entropy_with_logits(link, y, reduction="none")

    def total_loss(self, y: np.ndarray, link: np.ndarray) -> float:
        """Return the summed loss of outcomes (n,) where the sums are `link`.

        Of counts less that of the counts themselves, so that the least is 0, as it is
        of the other families.
        """
        both = torch.from_numpy(np.stack([y, link], axis=-1))
        loss = self.loss(torch.zeros_like(both), both).numpy()
        least = xlogy(y, y) - y if self.name == "poisson" else 0.0
        return float((loss + least).sum())


def _other_values(y: np.ndarray) -> str:
    """Return what is wrong with an outcome that is not 0 and 1, and what to do."""
    wrong = y[~np.isin(y, (0, 1))][0]
    values = np.unique(y)
    text = f"y must be 0 or 1 with family='binomial'; got {wrong:g}"
    if len(values) == 2:
        return f"{text}: recode {values[0]:g} and {values[1]:g}, as y == {values[1]:g}."
    return f"{text}, {len(values)} values in all: test one against the rest."


def weighted_square(output: Tensor, target: Tensor) -> Tensor:
    """Return the squared error times a weight of the row.

    target : (n_networks, batch, 2), the value and its weight
    """
    return target[..., 1] * (output[..., 0] - target[..., 0]).square()


def stacked(*columns: np.ndarray) -> torch.Tensor:
    """Return arrays (n_networks, n) as targets (n_networks, n, n_columns)."""
    return torch.from_numpy(np.stack(np.broadcast_arrays(*columns), -1)).float()
