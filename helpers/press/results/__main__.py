"""Run `python -m helpers.press.results`, or shorter `python -m helpers.results`."""

from helpers import console
from helpers.press.results.command import main

console.run(main)
