"""Run `python -m helpers.press.render`."""

import sys

from helpers.press.render.command import main

sys.exit(main())
