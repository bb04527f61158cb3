"""Names for kinds of arguments that many functions take."""

import os
from collections.abc import Callable, Iterable, Sequence

import numpy as np

PathLike = str | os.PathLike[str]
#: What `numpy.random.default_rng` takes; several numbers name a stream.
Seed = int | Sequence[int] | np.random.Generator
Sets = Iterable[Iterable[int]]  # of features, 0-based
Pairs = tuple[tuple[int, int], ...]
#: Of rows, or sequences: what networks or a formula answer, theirs on axis 0 if many.
Predict = Callable[[np.ndarray], np.ndarray]
