"""Run `python -m helpers.results`."""

import sys

from helpers.results.command import main

sys.exit(main())
