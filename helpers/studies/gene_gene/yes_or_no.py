"""Traits that are yes or no: what networks learn of them, and what a fit leaves."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from torch import Tensor

from helpers import checks
from helpers.significance.interaction.family import Family, stacked

#: Fewest cases, and fewest controls.
FEWEST = 50
#: Codes of controls and cases: 0 and 1, or PLINK's 1 and 2.
CODES = ((0.0, 1.0), (1.0, 2.0))
#: Inverse ridge penalty of the covariates: enough to stop where one tells all cases.
INVERSE_PENALTY = 1e4


@dataclass(frozen=True)
class YesOrNo:
    """A trait of cases and controls, and what covariates say of it.

    Networks add to the log odds that covariates give. They predict in units in which
    the loss bends as the squared error of a standardised trait does, so that one
    recipe serves both: log odds times `spread`.

    Parameters
    ----------
    cases : array of 0 and 1, shape (n_people,)
    offset : array, shape (n_people,)
        Log odds by covariates alone.
    """

    cases: np.ndarray
    offset: np.ndarray

    @classmethod
    def of(cls, values: ArrayLike, covariates: pd.DataFrame | None = None) -> "YesOrNo":
        """Return the trait of two codes, and the log odds of a logistic regression.

        Raises
        ------
        ValueError
            If the two values are no codes of `CODES`, or cases or controls are fewer
            than 50.
        """
        values = checks.vector("values", values)
        found = np.unique(values)
        if tuple(found.tolist()) not in CODES:
            shown = " and ".join(f"{value:g}" for value in found[:3])
            raise ValueError(
                "a trait of two values must be coded 0 and 1 or 1 and 2 (control and "
                f"case); got {shown}."
            )
        cases = (values == found[1]).astype(float)
        for name, n in (("cases", cases.sum()), ("controls", (1 - cases).sum())):
            if n < FEWEST:
                raise ValueError(
                    f"a trait of cases and controls must have at least {FEWEST} "
                    f"{name}; got {n:.0f}."
                )
        return cls(cases, _log_odds(cases, covariates))

    @property
    def spread(self) -> float:
        """Root of the mean variance of a person's answer, given covariates."""
        mean = expit(self.offset)
        return float(np.sqrt((mean * (1 - mean)).mean()))

    def targets(self) -> Tensor:
        """Return what the loss reads, (n_people, 2): the answer and its log odds."""
        return stacked(self.cases, self.offset)

    def loss(self) -> Callable[[Tensor, Tensor], Tensor]:
        """Return twice the cross-entropy of the networks' outputs, in their units."""
        binomial, spread = Family("binomial"), self.spread

        def cross_entropy(output: Tensor, target: Tensor) -> Tensor:
            return 2 * binomial.loss(output / spread, target)

        return cross_entropy

    def means(self, fitted: np.ndarray) -> np.ndarray:
        """Return the probability of a case where networks predict `fitted`."""
        return Family("binomial").mean(self.offset + fitted / self.spread)

    def beyond(self, functions: ArrayLike) -> "YesOrNo":
        """Return the trait with log odds by functions as well, as genes have alone.

        Parameters
        ----------
        functions : array, shape (n_people, n_functions)
        """
        more = pd.DataFrame(np.asarray(functions, dtype=float))
        return YesOrNo(self.cases, _log_odds(self.cases, more.assign(by=self.offset)))

    def deviance(self, fitted: np.ndarray, people: np.ndarray) -> float:
        """Return the mean cross-entropy of some people, in nats."""
        mean = self.means(fitted)[people]
        chance = np.where(self.cases[people] == 1, mean, 1 - mean)
        return float(-np.log(chance).mean())

    def explained(self, fitted: np.ndarray, people: np.ndarray) -> float:
        """Return the share of the deviance beyond covariates that is explained."""
        nothing = self.deviance(np.zeros_like(fitted), people)
        return 1 - self.deviance(fitted, people) / nothing


def is_yes_or_no(values: np.ndarray) -> bool:
    """Return whether a trait has two values."""
    return len(np.unique(values)) == 2


def _log_odds(cases: np.ndarray, covariates: pd.DataFrame | None) -> np.ndarray:
    """Return the log odds of a case by covariates, of a constant without any."""
    if covariates is None or not covariates.shape[1]:
        share = cases.mean()
        return np.full(len(cases), np.log(share / (1 - share)))
    design = covariates.to_numpy(dtype=float)
    spread = design.std(axis=0)
    design = (design - design.mean(axis=0)) / np.where(spread > 0, spread, 1)
    model = LogisticRegression(C=INVERSE_PENALTY, max_iter=1_000)
    return model.fit(design, cases).decision_function(design)
