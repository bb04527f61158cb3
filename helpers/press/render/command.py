"""The command line of the book: list, parameters, run a notebook, build the pages."""

import argparse
import os
import sys
from pathlib import Path

from helpers.press.render.address import address, set_address
from helpers.press.render.pages import build, build_page, stage
from helpers.press.render.sources import RenderError, chapters, notebooks, short
from helpers.press.render.values import parameters
from helpers.press.results import ROOT, SIZES


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m helpers.render",
        description="Execute a chapter, or build the pages of what is executed.",
        epilog="""examples:
  python -m helpers.render 5-nid                          quick size, as in make book
  python -m helpers.render 5-nid --size paper -p compute=true
  python -m helpers.render 5-nid -p n_trials=3 --output my-run.ipynb
  python -m helpers.render --parameters 5-nid             what can be changed
  python -m helpers.render build                          pages, without executing
  python -m helpers.render build --page 5-nid             one, before the others""",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "what",
        nargs="?",
        metavar="CHAPTER|stage|build|site",
        help="a chapter, or a step",
    )
    parser.add_argument(
        "--url",
        metavar="URL",
        help="with site: the repository's address, or '' for none",
    )
    parser.add_argument("--size", choices=SIZES, default="quick", help="default quick")
    parser.add_argument(
        "-p", dest="given", metavar="NAME=VALUE", action="append", default=[],
        help="another value of a parameter; may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--page", metavar="CHAPTER", help="with build: this page, before the others"
    )
    parser.add_argument("--output", metavar="PATH", help="write the notebook there")
    parser.add_argument(
        "--threads", type=int, metavar="N", help="of the numeric libraries"
    )
    parser.add_argument(
        "--only",
        metavar="STEP",
        action="append",
        default=[],
        help="compute this step, however long, and no other long one; may be repeated",
    )
    parser.add_argument("--list", action="store_true", help="chapters and their sizes")
    parser.add_argument(
        "--parameters", metavar="CHAPTER", help="names, types, defaults, meaning"
    )
    return parser


def main(arguments: list[str] | None = None, *, root: str | os.PathLike = ROOT) -> int:
    """Run the command line; return its exit code."""
    parser = _arguments()
    options = parser.parse_args(arguments)
    try:
        if options.list:
            _print_list(Path(root))
        elif options.parameters:
            _print_parameters(options.parameters, root)
        elif options.what == "stage":
            print(f"Staged in {stage(options.size, root=root)}")
        elif options.what == "build" and options.page:
            print(f"A page: {build_page(options.page, options.size, root=root)}")
        elif options.what == "build":
            print(f"The book is at {build(options.size, root=root)}")
        elif options.what == "plan":
            print(_plan(options.size, Path(root)))
        elif options.what == "site":
            _say_address(options.url, Path(root))
        elif options.what:
            # Late, for it brings the notebook machinery: seconds that a look at the
            # parameters does not need.
            from helpers.press.render.execution import execute

            execute(
                options.what,
                size=options.size,
                given=_pairs(options.given),
                output=options.output,
                threads=options.threads,
                only=options.only,
                root=root,
            )
        else:
            parser.print_usage()
            return 2
    except (RenderError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ninterrupted; stored steps are kept", file=sys.stderr)
        return 130
    return 0


def _plan(size: str, root: Path) -> str:
    """Return what a first build of this size does, and how long its pages took."""
    folder = root / "_build" / size / "runs"
    names = list(notebooks(root=root))
    waiting = [name for name in names if not (folder / f"{name}.json").is_file()]
    limits = {
        "smoke": "seconds to two minutes each",
        "quick": "up to 12 core-minutes each",
        "paper": "from stored tables",
    }
    return (
        f"The book of size {size}: {len(names)} notebooks, of which at least "
        f"{len(waiting)} have to run ({limits[size]}), then all pages."
    )


def _say_address(url: str | None, root: Path) -> None:
    """Write the repository's address where it belongs, and say what changed."""
    url = address(root=root) if url is None else url
    changed = set_address(url, root=root)
    print(f"The repository's address is {address(root=root) or 'not known'}.")
    for path in changed:
        print(f"  written: {short(path, root)}")


def _pairs(given: list[str]) -> dict[str, str]:
    pairs = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise RenderError(f"-p must be NAME=VALUE; got {text!r}.")
        if name in pairs:
            raise RenderError(f"-p {name} must be given once; got it again.")
        pairs[name] = value
    return pairs


def _print_list(root: Path) -> None:
    for name in notebooks(root=root):
        files = (root / "book" / "sizes").glob(f"{name}.*.yaml")
        sizes = {"quick", *(path.name.split(".")[-2] for path in files)}
        if name not in chapters(root=root):
            sizes = set(SIZES)
        print(f"{name:30} {', '.join(size for size in SIZES if size in sizes)}")


def _print_parameters(name: str, root: str | os.PathLike) -> None:
    for parameter in parameters(name, root=root).values():
        rule = f"  [{parameter.rule.text}]" if parameter.rule.text else ""
        print(
            f"{parameter.name:20} {parameter.type:10} {parameter.default!r:>12}  "
            f"{parameter.help}{rule}"
        )
