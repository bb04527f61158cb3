"""What a study asks of the store of its chapter, which comes later on the road."""

from collections.abc import Callable
from typing import Any, Protocol

import pandas as pd


class Store(Protocol):
    """Keeps the tables of steps: `helpers.press.results.Store`."""

    def stored_or_run(
        self, name: str, function: Callable, settings: dict, **options: Any
    ) -> pd.DataFrame | None:
        """Return the table of a step: the stored one if it matches, else a new one."""

    def paper(self, name: str, *, partial: bool = False) -> pd.DataFrame | None:
        """Return the stored table of the paper size, if there is one."""

    def made_with(self, name: str) -> dict:
        """Return the settings of a step's table that this run computed or read."""
