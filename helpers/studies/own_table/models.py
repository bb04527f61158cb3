"""A model of the reader's, named as module:object."""

import importlib
from typing import Any


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
