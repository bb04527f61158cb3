"""Run `python -m helpers.results`; the code is in `helpers.press.results`."""

from helpers import console
from helpers.press.results.command import main

if __name__ == "__main__":
    console.run(main)
