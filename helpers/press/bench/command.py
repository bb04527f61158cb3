"""The command line: `python -m helpers.bench [run|gpu]`."""

import argparse
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from helpers import device as machine
from helpers.press.bench import run
from helpers.press.bench.families import FAMILIES
from helpers.press.results.files import ROOT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m helpers.bench",
        description="Measure what things cost, for the page of that name.",
        epilog="""examples:
  python -m helpers.bench                            all, to data/results/bench
  python -m helpers.bench --family mlp --output my.csv
  python -m helpers.bench gpu                        on a machine with a GPU""",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "what", nargs="?", default="run", choices=["run", "gpu"], help="default: run"
    )
    parser.add_argument(
        "--section",
        action="append",
        choices=run.ALL,
        help="what to measure; may be repeated (default: all)",
    )
    parser.add_argument(
        "--family",
        action="append",
        choices=list(FAMILIES),
        help="only the training of these; may be repeated",
    )
    parser.add_argument("--device", default="cpu", help="auto, cpu or cuda")
    parser.add_argument("--quick", action="store_true", help="small, once: a check")
    parser.add_argument("--repeats", type=int, default=run.REPEATS, help="for medians")
    parser.add_argument(
        "--output", type=Path, help="the table, its manifest beside it; gpu: a folder"
    )
    parser.add_argument(
        "--minutes", type=float, default=8.0, help="of the kit for a GPU, at most"
    )
    parser.add_argument(
        "--pretend", action="store_true", help="gpu: try the kit on the CPU"
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.what == "gpu":
        return _gpu(options, parser)
    try:
        device = machine.resolve(options.device)
        table, manifest = run.measure(
            options.section or (["training"] if options.family else run.ALL),
            families=options.family or list(FAMILIES),
            device=device,
            quick=options.quick,
            repeats=options.repeats,
        )
    except ValueError as error:
        parser.error(str(error))
    path = options.output or ROOT / run.FOLDER / f"{device.type}.csv"
    run.write(table, manifest, path)
    print(report(table))
    print(f"\nWritten to {path}, in {manifest['ran']['seconds']:.0f} s.")
    if not run.is_quiet(manifest["ran"]):
        print(
            "Something else ran on this machine: measure again when it rests.",
            file=sys.stderr,
        )
    return 0


def _gpu(options: Namespace, parser: ArgumentParser) -> int:
    """Run the kit of a GPU; say what is not as it must be."""
    from helpers.press.bench import cards, gpu

    output = options.output or ROOT / "_build" / "gpu"
    try:
        card = cards.Pretended() if options.pretend else cards.Card()
        families = options.family or list(FAMILIES)
        small = {"networks": (1, 2), "rows": 200, "queue": ()} if options.quick else {}
        manifest = gpu.run_kit(
            card,
            output,
            minutes=options.minutes,
            families=families,
            **small,  # type: ignore[arg-type]  # settings in a dict
        )
    except ValueError as error:
        parser.error(str(error))
    table = pd.read_csv(output / "gpu.csv", keep_default_na=False, na_values=[""])
    print(report(table))
    for name in manifest["left_out"]:
        print(f"No time left for {name}.")
    for step in manifest["steps"]:
        print(f"{step['chapter']} {step['step']}: {step['state']}.")
    found = gpu.problems(table)
    print("\n".join(found) or "Everything is as it must be.")
    print(
        f"Written to {output}. To commit: copy gpu.csv and gpu.json to {run.FOLDER}; "
        f"python -m helpers.results publish CHAPTER STEP --from {output / 'results'}."
    )
    return 1 if found else 0


def report(table: pd.DataFrame) -> str:
    """Return the table of a run as text, a block a section."""
    numbers = ["median", "low", "high"]
    shown = table.copy()
    shown[numbers] = shown[numbers].map("{:.3g}".format)
    shown["axis"] = shown["axis"].astype(object).fillna("")
    shown["size"] = shown["size"].map(lambda size: "" if pd.isna(size) else f"{size:g}")
    blocks = []
    for section, block in shown.groupby("section", sort=False):
        columns = ["subject", "method", "axis", "size", "networks", "cores", "rows"]
        told = [c for c in columns if len(set(block[c])) > 1 or c == "subject"]
        text = block[[*told, *numbers, "quantity"]].to_string(index=False)
        blocks.append(f"{section}\n{text}")
    return "\n\n".join(blocks)
