"""Run `python -m helpers.press.results`."""

import sys

from helpers.press.results.command import main

sys.exit(main())
