"""The command line of the results: the scoreboard, and publishing."""

import argparse
import os
import sys
from pathlib import Path

import pandas as pd

from helpers.press.results.chapters import publish, scoreboard, verdict_counts
from helpers.press.results.files import ROOT, write_whole
from helpers.press.results.store import SIZES
from helpers.press.results.tables import number_text


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m helpers.results",
        description="Show or commit the results of the book.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    board = commands.add_parser(
        "scoreboard",
        help="print every claim with its verdict",
        epilog="example: python -m helpers.results scoreboard --csv scoreboard.csv",
    )
    board.add_argument("--size", choices=SIZES, default="quick", help="of this run")
    board.add_argument("--csv", metavar="PATH", help="write CSV there; - prints it")
    commit = commands.add_parser(
        "publish",
        help="copy a chapter's paper-size run into data/results/paper",
        epilog="example: python -m helpers.results publish 5-nid",
    )
    commit.add_argument("chapter")
    return parser


def main(arguments: list[str] | None = None, *, root: str | os.PathLike = ROOT) -> int:
    """Run the command line; return its exit code."""
    options = _arguments().parse_args(arguments)
    try:
        if options.command == "publish":
            print(f"Copied to {publish(options.chapter, root=root)}; now commit it.")
            return 0
        table = scoreboard(options.size, root=root)
        if options.csv == "-":
            print(table.to_csv(index=False, lineterminator="\n"), end="")
        elif options.csv:
            write_whole(
                Path(options.csv), table.to_csv(index=False, lineterminator="\n")
            )
        else:
            print(_scoreboard_text(table))
    except (ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _scoreboard_text(table: pd.DataFrame) -> str:
    if table.empty:
        return "There is no published table in book/published."
    rows = table.drop(columns="chapter").map(
        lambda value: number_text(value) if isinstance(value, float) else value
    )
    blocks = [
        f"{chapter}\n{rows.loc[group.index].to_string(index=False, max_colwidth=60)}"
        for chapter, group in table.groupby("chapter")
    ]
    return "\n\n".join([*blocks, verdict_counts(table).to_string(index=False)])
