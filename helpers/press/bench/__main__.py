"""Run `python -m helpers.press.bench`, or shorter `python -m helpers.bench`."""

from helpers import console
from helpers.press.bench.command import main

console.run(main)
