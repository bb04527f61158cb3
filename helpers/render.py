"""Run `python -m helpers.render`; the code is in `helpers.press.render`."""

import sys

from helpers.press.render.command import main

if __name__ == "__main__":
    sys.exit(main())
