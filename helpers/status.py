"""Run `python -m helpers.status`; the code is in `helpers.press.status`."""

from helpers import console
from helpers.press.status.command import main

if __name__ == "__main__":
    console.run(main)
