"""Execute notebooks into a staged copy of the book, and build its pages.

    python -m helpers.render --list                       # what there is
    python -m helpers.render --parameters 5-nid           # what can be changed
    python -m helpers.render 5-nid --size quick -p n_trials=3
    python -m helpers.render 5-nid -p n_trials=3 --output my-run.ipynb
    python -m helpers.render build --size quick           # HTML of what is staged

`make book` calls the same through Snakemake, for every notebook that is out of date.

Notebooks are executed by papermill before the build and the builder never executes: the
executed copy lies in `_build/<size>/stage/` at the same relative path as its source in
`book/`. A run that finishes with its own settings leaves a receipt,
`_build/<size>/runs/<name>.json`. One with other parameters replaces the staged notebook
and removes the receipt, so that `build` shows it and the next `make book` restores the
book's own.

Parameters. A notebook has exactly one code cell tagged `parameters`. Each of its lines
gives one name a literal and says in a trailing comment what it is::

    n_trials: int = 3  # trials of each function

The type is the annotation (`int`, `float`, `bool`, `str`, `list`, `list[int]`, ...),
or without one the type of the default. The defaults are the quick size; the other
sizes are papermill files, `book/sizes/<chapter>.<size>.yaml`, that also set `size`.
Chapters share

    size       smoke, quick or paper: where results are kept, and what they are called
    seed       of every random number
    device     auto, cpu or cuda
    recompute  compute every step again, whatever is stored
    compute    at size paper, also run steps of more than ten minutes

The last three say how to run, not what: changing only them keeps the receipt. A
notebook outside `book/chapters/`, the scoreboard say, has no size files; it is given
`size`.
"""

from typing import Any

from helpers.press.render.command import main
from helpers.press.render.pages import build, build_page, stage
from helpers.press.render.sources import RenderError, chapters, dependencies, notebooks
from helpers.press.render.values import Parameter, parameters, settings
from helpers.press.results import SIZES

__all__ = [
    "SIZES",
    "Parameter",
    "RenderError",
    "build",
    "build_page",
    "chapters",
    "dependencies",
    "execute",
    "main",
    "notebooks",
    "parameters",
    "settings",
    "stage",
]


def __getattr__(name: str) -> Any:
    """Load `execute` when first used: the notebook machinery takes seconds."""
    if name == "execute":
        from helpers.press.render.execution import execute

        return execute
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
