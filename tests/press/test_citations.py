"""Works that docstrings cite become links to the references."""

import re
from pathlib import Path

import pytest

from helpers.press.render.citations import ALONE, cited

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Cui et al. (2022), Fig. 1 [cui2022].", ":cite:t:`cui2022`, Fig. 1."),
        ("Lou, Caruana and Hooker (2013) [lou2013]", ":cite:t:`lou2013`"),
        ("As Bien et al.\n    (2013) [bien2013]", "As :cite:t:`bien2013`"),
        (
            "Cui et al. (2022), in\n    part [cui2022]",
            ":cite:t:`cui2022`, in\n    part",
        ),
        ("Their code [tsang2018].", "Their code :cite:p:`tsang2018`."),
        ("Lin (1999), as Cui (2022) [cui2022]", "Lin (1999), as :cite:t:`cui2022`"),
        ("Shape [n, 2018] and X[i2018].", "Shape [n, 2018] and X[i2018]."),
    ],
)
def test_a_work_is_cited_by_its_authors(text, wanted):
    assert cited(text) == wanted


def test_every_key_of_a_docstring_is_in_the_bibliography():
    bibliography = (ROOT / "book" / "references.bib").read_text(encoding="utf-8")
    known = set(re.findall(r"^@\w+\{([^,]+),", bibliography, flags=re.M))
    text = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "helpers").rglob("*.py")
    )
    used = {found["key"] for found in ALONE.finditer(text)}
    assert {"tsang2018", "cui2022"} <= used <= known
