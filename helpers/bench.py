"""Run `python -m helpers.bench`; the code is in `helpers.press.bench`."""

import sys

from helpers.press.bench.command import main

if __name__ == "__main__":
    sys.exit(main())
