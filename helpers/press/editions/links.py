"""Links to other sites: do they still lead somewhere."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from helpers.press.editions.files import EditionError
from helpers.press.render import stage
from helpers.press.render.pages import builder
from helpers.press.results import ROOT


def broken_links(size: str = "quick", *, root: str | os.PathLike = ROOT) -> list[str]:
    """Follow every link from the staged pages to another site, by the builder itself.

    Returns
    -------
    list of str
        One line a link that leads nowhere: page, address, what was answered.

    Raises
    ------
    EditionError
        If the builder could not read the pages.
    """
    root = Path(root).resolve()
    staged = stage(size, root=root)
    work = root / "_build" / size / "links"
    shutil.rmtree(work, ignore_errors=True)
    command = [*builder(staged, work), "--builder", "linkcheck"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    found = next(iter(work.rglob("output.json")), None)
    if found is None:
        last = (done.stdout + done.stderr).strip().splitlines()[-1:]
        raise EditionError(f"links could not be read: {' '.join(last)}")
    lines = found.read_text(encoding="utf-8").splitlines()
    links = [json.loads(line) for line in lines if line.strip()]
    return [
        f"{link['filename']}: {link['uri']}: {link['info'] or link['status']}"
        for link in links
        if link["status"] in ("broken", "timeout")
    ]
