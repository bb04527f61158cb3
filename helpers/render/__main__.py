"""Run `python -m helpers.render`."""

import sys

from helpers.render.command import main

sys.exit(main())
