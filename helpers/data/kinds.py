"""Names for kinds of arguments that many functions take."""

import os

import numpy as np

PathLike = str | os.PathLike[str]
Seed = int | np.random.Generator
