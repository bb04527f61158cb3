"""The command line: record what pages took, bring README.md up to date."""

import argparse
import os
import sys

from helpers.press.results import ROOT, SIZES
from helpers.press.status.readme import write_readme
from helpers.press.status.times import record


def main(arguments: list[str] | None = None, *, root: str | os.PathLike = ROOT) -> int:
    """Run the command line; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m helpers.status",
        description="What the pages took, and the table of README.md.",
    )
    parser.add_argument("what", choices=("record", "readme"))
    parser.add_argument("--size", choices=SIZES, default="quick", help="default quick")
    options = parser.parse_args(arguments)
    try:
        if options.what == "record":
            print(f"Recorded in {record(options.size, root=root)}")
        print(f"Up to date: {write_readme(root=root)}")
    except (ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0
