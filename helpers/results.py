"""Run `python -m helpers.results`; the code is in `helpers.press.results`."""

import sys

from helpers.press.results.command import main

if __name__ == "__main__":
    sys.exit(main())
