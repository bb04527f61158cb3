"""Run `python -m helpers.bench`; the code is in `helpers.press.bench`."""

from helpers import console

if __name__ == "__main__":
    console.run("helpers.press.bench.command")
