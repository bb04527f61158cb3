"""The command line of the course."""

import argparse
import os
import sys
from pathlib import Path

from helpers.press.results import ROOT, SIZES


def main(arguments: list[str] | None = None, *, root: str | os.PathLike = ROOT) -> int:
    """Run the command line; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m helpers.press.course",
        description="Make the student edition of the chapters, or their slides.",
    )
    parser.add_argument("what", choices=("student", "slides"))
    parser.add_argument(
        "--size", choices=SIZES, default="quick", help="of the executed chapters shown"
    )
    options = parser.parse_args(arguments)
    try:
        if options.what == "student":
            from helpers.press.course.student import write_student_edition

            written = write_student_edition(root=root)
        else:
            from helpers.press.course.slides import write_slides

            written = write_slides(options.size, root=root)
    except (ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    folder = Path(os.path.relpath(written[0].parent))
    print(f"{len(written)} files in {folder}: {', '.join(p.name for p in written)}")
    return 0
