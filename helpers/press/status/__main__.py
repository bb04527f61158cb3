"""Run `python -m helpers.press.status`, or shorter `python -m helpers.status`."""

from helpers import console
from helpers.press.status.command import main

console.run(main)
