"""Run `python -m helpers.press.course`."""

from helpers import console
from helpers.press.course.command import main

console.run(main)
