"""The built pages as one archive, to read without a network."""

import os
from pathlib import Path

from helpers.press.editions.files import built_site, edition, version, write_zip
from helpers.press.results import ROOT

FOLDER = "is-the-interaction-real"
README = """\
Is the Interaction Real?  Version {version}, executed at {size} size.

Open index.html in a browser: text, figures, formulas and search need no network. Some
browsers show a page opened as a file without its own fonts; then serve the folder,

    python -m http.server

and open the address that this prints.

Text and figures: CC BY 4.0 (LICENSE-TEXT). Code: MIT (LICENSE).
How to cite: CITATION.cff.
"""


def write_site(size: str = "quick", *, root: str | os.PathLike = ROOT) -> Path:
    """Write the built pages of a size as a zip archive; return where it is.

    Raises
    ------
    EditionError
        If the pages have not been built.
    """
    root = Path(root)
    site = built_site(root, size)
    files = {
        f"{FOLDER}/{path.relative_to(site).as_posix()}": path
        for path in site.rglob("*")
        if path.is_file()
    }
    readme = README.format(version=version(root), size=size)
    files[f"{FOLDER}/README.txt"] = readme.encode()  # type: ignore[assignment]  # bytes or a file
    for name in ("LICENSE", "LICENSE-TEXT", "CITATION.cff"):
        files[f"{FOLDER}/{name}"] = root / name
    return write_zip(edition(root, f"{size}-site.zip"), files)
