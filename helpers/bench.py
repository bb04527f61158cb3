"""Run `python -m helpers.bench`; the code is in `helpers.press.bench`."""

from helpers import console
from helpers.press.bench.command import main

if __name__ == "__main__":
    console.run(main)
