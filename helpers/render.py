"""Run `python -m helpers.render`; the code is in `helpers.press.render`."""

from helpers import console

if __name__ == "__main__":
    console.run("helpers.press.render.command")
