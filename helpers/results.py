"""Run `python -m helpers.results`; the code is in `helpers.press.results`."""

from helpers import console

if __name__ == "__main__":
    console.run("helpers.press.results.command")
