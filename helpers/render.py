"""Run `python -m helpers.render`; the code is in `helpers.press.render`."""

from helpers import console
from helpers.press.render.command import main

if __name__ == "__main__":
    console.run(main)
