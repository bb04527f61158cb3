"""A model of the reader's, named as module:object, and what is known of it."""

import importlib
import inspect
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from helpers.loaders.mixed_tables import MixedTable
from helpers.significance.interaction.family import Family
from helpers.significance.interaction.hunt import asked, made_by
from helpers.significance.interaction.table import features_of
from helpers.studies.keeping import digest_of

#: Rows that a model is tried on before the test, and rows that it is then asked about
#: at once: the test asks about many more.
TRIED, ASKED = 600, 5000


@dataclass(frozen=True)
class Learner:
    """What proposes interactions: the book's networks, or a model of the reader's.

    Parameters
    ----------
    model : object
        None: networks.
    trained : bool
        Whether it is used as it is, on rows that it has not seen.
    digest : str
        Stands for it in the keys of stored steps; empty if nothing can, as for a model
        that is another one each time it is fitted.
    once, a_row : float
        Seconds to fit it: at all, and for each row.
    a_prediction : float
        Seconds to predict one row.
    """

    model: Any = field(default=None, repr=False)
    trained: bool = False
    digest: str = "networks"
    once: float = 0.0
    a_row: float = 0.0
    a_prediction: float = 0.0

    @property
    def arguments(self) -> dict[str, Any]:
        """Arguments of `interaction_test`."""
        if self.model is None:
            return {}
        if self.trained:
            return {"fitted": self.model, "unseen": True}
        return {"model": self.model}


def learner_by_name(name: str, table: MixedTable, *, trained: bool = False) -> Learner:
    """Return the learner of a name, tried on some rows of a table and timed.

    A model that is to be fitted is fitted twice on the same `TRIED` rows. If it says
    the same twice, its predictions, its parameters and the file that it is named in
    are its digest; if not, its draws are not fixed, and there is none.

    Parameters
    ----------
    name : str
        module:object; empty for networks.
    table : MixedTable
    trained : bool
    """
    if not name:
        return Learner()
    model, family = model_by_name(name), Family(table.family)
    features = features_of(table.X, blocks=table.blocks, covariates=table.covariates)
    X = features.X.copy()  # that of a DataFrame may be read-only, and torch warns
    y = table.y
    if trained:
        once = a_row = 0.0
        predict = asked(model, family, features.labels)
        said = [predict(X), predict(X)]
    else:
        rows, third = (_spread(y, n) for n in (TRIED, TRIED // 3))
        first, _ = _timed(lambda: made_by(model, X[rows], y[rows], family))
        predict, long = _timed(lambda: made_by(model, X[rows], y[rows], family))
        _, short = _timed(lambda: made_by(model, X[third], y[third], family))
        a_row = max(long - short, 0) / max(len(rows) - len(third), 1)
        once = max(long - a_row * len(rows), 0)
        said = [one(X[rows]) for one in (first, predict)]
    many = X[np.arange(ASKED) % len(X)]
    a_prediction = _timed(lambda: predict(many))[1] / ASKED
    same = np.array_equal(said[0], said[1])
    digest = digest_of(name, trained, said[0], *_inside(model, name)) if same else ""
    return Learner(model, trained, digest, once, a_row, a_prediction)


def model_by_name(name: str) -> Any:
    """Return an object by `module:object`: an estimator, a maker, or a trained model.

    Raises
    ------
    ValueError
        If the name has another form, or leads nowhere.
    """
    module, _, target = name.partition(":")
    if not module or not target:
        raise ValueError(f"model must read module:object; got {name!r}.")
    try:
        found = importlib.import_module(module)
        for part in target.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError) as error:
        raise ValueError(f"model {name!r} cannot be found: {error}.") from None
    return found


def _spread(y: np.ndarray, n: int) -> np.ndarray:
    """Return n rows, or all, that spread over the values of the outcome."""
    order = np.argsort(y, kind="stable")
    return order[np.unique(np.linspace(0, len(y) - 1, n).round().astype(int))]


def _timed(run: Callable[[], Any]) -> tuple[Any, float]:
    """Return what a call returns, and its seconds of all cores together."""
    start = time.process_time()
    found = run()
    return found, time.process_time() - start


def _inside(model: Any, name: str) -> tuple[list, bytes]:
    """Return the parameters of a model, and the file of the module it is named in."""
    parameters: list = []
    if isinstance(model, torch.nn.Module):
        state = model.state_dict()
        parameters = [[key, state[key].cpu().numpy()] for key in sorted(state)]
    elif hasattr(model, "get_params") and not isinstance(model, type):
        text = repr(sorted(model.get_params().items()))
        parameters = [re.sub(r" at 0x[0-9a-f]+", "", text)]
    try:
        file = inspect.getsourcefile(importlib.import_module(name.partition(":")[0]))
    except TypeError:  # a module of no file
        file = None
    return parameters, Path(file).read_bytes() if file else b""
