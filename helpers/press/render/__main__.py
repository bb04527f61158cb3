"""Run `python -m helpers.press.render`, or shorter `python -m helpers.render`."""

from helpers import console
from helpers.press.render.command import main

console.run(main)
