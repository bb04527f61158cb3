"""Run `python -m helpers.editions`; the code is in `helpers.press.editions`."""

from helpers import console
from helpers.press.editions.command import main

if __name__ == "__main__":
    console.run(main)
