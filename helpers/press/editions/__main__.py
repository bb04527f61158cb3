"""Run `python -m helpers.press.editions`, or shorter `python -m helpers.editions`."""

from helpers import console
from helpers.press.editions.command import main

console.run(main)
