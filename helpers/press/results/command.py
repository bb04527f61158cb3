"""The command line of the results: scoreboard, publishing, checking."""

import argparse
import os
import sys
from argparse import Namespace
from pathlib import Path

import pandas as pd

from helpers.data.kinds import PathLike
from helpers.press.results import needs
from helpers.press.results.again import MINUTES, verify
from helpers.press.results.chapters import scoreboard, verdict_counts
from helpers.press.results.checking import check, published_chapters
from helpers.press.results.files import ROOT, write_whole
from helpers.press.results.publishing import publish
from helpers.press.results.store import SIZES
from helpers.press.results.tables import number_text

#: An installed package has the code, and none of the results.
CLONE = "run this in a clone of the book's repository."


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
        help="copy paper-size results into data/results/paper",
        description="Copy a chapter's paper-size run, one step of it, or the parts of "
        "a step that is not whole yet into data/results/paper. Nothing goes that has "
        "no successor.",
        epilog="example: python -m helpers.results publish 5-nid fig-10",
    )
    commit.add_argument("chapter")
    commit.add_argument("step", nargs="?", help="one step")
    commit.add_argument("part", nargs="?", help="one part, by the name of its file")
    commit.add_argument(
        "--dirty", action="store_true", help="also what uncommitted code computed"
    )
    commit.add_argument(
        "--from", dest="source", metavar="FOLDER", help="results of another machine"
    )
    look = commands.add_parser(
        "check", help="list committed steps of other code, absent or damaged"
    )
    look.add_argument("chapter", nargs="*", help="all that have results, if left out")
    need = commands.add_parser(
        "needs",
        help="collect memory and time of the runs here for the cluster profiles",
        description="Collect peak memory and seconds of this machine's own runs of one "
        "size into profiles/needs.csv; commit it.",
    )
    need.add_argument("--size", choices=SIZES, default="quick", help="of the runs")
    _add_verify(commands)
    commands.add_parser(
        "calibrate",
        help="tell the package what the committed tables say",
        description="Write the error rates of the committed trials of the calibration "
        "page where answers of the interaction test read them, and the committed cells "
        "of chapter 6 where helpers.benchmark reads them.",
    )
    return parser


def _add_verify(commands: argparse._SubParsersAction) -> None:
    again = commands.add_parser(
        "verify",
        help="compute random stored cells again and say within what they agree",
        epilog="example: python -m helpers.results verify 5-nid --cells 5",
    )
    again.add_argument("chapter")
    which = again.add_mutually_exclusive_group()
    which.add_argument("--cells", type=int, default=5, help="how many")
    which.add_argument(
        "--each-step", action="store_true", help="one of each step of other code"
    )
    again.add_argument(
        "--keep", action="store_true", help="write what came of it, for the page"
    )
    again.add_argument("--minutes", type=float, default=MINUTES, help="at most, a cell")
    again.add_argument("--seed", type=int, help="that draws the cells")
    again.add_argument("--device", default="auto")


def main(arguments: list[str] | None = None, *, root: str | os.PathLike = ROOT) -> int:
    """Run the command line; return its exit code."""
    options = _arguments().parse_args(arguments)
    try:
        return _COMMANDS[options.command](options, root)
    except (ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _publish(options: Namespace, root: PathLike) -> int:
    written = publish(
        options.chapter,
        options.step,
        options.part,
        dirty=options.dirty,
        source=options.source,
        root=root,
    )
    print(f"Copied {len(written)} tables; now commit data/results.")
    if options.step:
        print(
            f"Its values follow when the chapter is rendered at size paper and "
            f"published: python -m helpers.results publish {options.chapter}"
        )
    return 0


def _check(options: Namespace, root: PathLike) -> int:
    names = options.chapter or published_chapters(root)
    if not names:
        print(f"There is no committed result in data/results/paper; {CLONE}")
        return 1
    lines = [line for name in names for line in check(name, root=root)]
    print("\n".join(lines) or "Every committed step is whole and of today's code.")
    return 0


def _verify(options: Namespace, root: PathLike) -> int:
    told = verify(
        options.chapter,
        cells=options.cells,
        minutes=options.minutes,
        seed=options.seed,
        each_step=options.each_step,
        keep=options.keep,
        device=options.device,
        root=root,
    )
    differs = False
    for line in told:
        print(line, flush=True)
        differs |= "DIFFERS" in line
    return int(differs)


def _needs(options: Namespace, root: PathLike) -> int:
    path = needs.write(options.size, root=root)
    print(f"Written to {path}; now commit it.")
    return 0


def _calibrate(_options: Namespace, root: PathLike) -> int:
    # Trained networks come with it, and nothing else here needs them.
    from helpers.press.results.calibrated import write_cells, write_rates

    for write in (write_rates, write_cells):
        print(f"Wrote {write(root).relative_to(root)}; now commit it.")
    return 0


def _scoreboard(options: Namespace, root: PathLike) -> int:
    table = scoreboard(options.size, root=root)
    text = table.to_csv(index=False, lineterminator="\n")
    if options.csv == "-":
        print(text, end="")
    elif options.csv:
        write_whole(Path(options.csv), text)
    else:
        print(_scoreboard_text(table))
    return 0


_COMMANDS = {
    "publish": _publish,
    "check": _check,
    "needs": _needs,
    "verify": _verify,
    "scoreboard": _scoreboard,
    "calibrate": _calibrate,
}


def _scoreboard_text(table: pd.DataFrame) -> str:
    if table.empty:
        return f"There is no published table in book/published; {CLONE}"
    rows = table.drop(columns="chapter").map(
        lambda value: number_text(value) if isinstance(value, float) else value
    )
    blocks = [
        f"{chapter}\n{rows.loc[group.index].to_string(index=False, max_colwidth=60)}"
        for chapter, group in table.groupby("chapter")
    ]
    return "\n\n".join([*blocks, verdict_counts(table).to_string(index=False)])
