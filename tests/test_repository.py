"""What several files say about the project agrees, and what they point to exists."""

import json
import re
import shutil
import tomllib
from pathlib import Path

import pytest
import yaml

import helpers
from helpers.press import results

ROOT = Path(__file__).parents[1]
TEXTS = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def missing_targets(text: str, folder: Path) -> list[str]:
    """Return the local files that a Markdown text links to and that do not exist."""
    targets = re.findall(r"\]\(([^)#\s]+)", text)
    local = [target for target in targets if "://" not in target]
    return [target for target in local if not (folder / target).exists()]


@pytest.mark.parametrize("name", TEXTS)
def test_links_lead_somewhere(name):
    assert not missing_targets(read(name), ROOT)


def test_missing_link_is_noticed():
    text = "[a](README.md) [b](gone.md) [c](https://example.org/x)"
    assert missing_targets(text, ROOT) == ["gone.md"]


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_style_is_checked_as_contributors_check_it(linted):
    code, printed = linted
    assert code == 0, printed


def test_version_is_the_same_everywhere():
    version = tomllib.loads(read("pyproject.toml"))["project"]["version"]
    assert helpers.__version__ == version
    assert yaml.safe_load(read("CITATION.cff"))["version"] == version
    assert json.loads(read(".zenodo.json"))["version"] == version
    assert f"## {version}" in read("CHANGELOG.md")
    assert f"Version {version}" in read("book/how-to-cite.md")


def test_conda_gives_python_and_no_versions_of_its_own():
    environment = yaml.safe_load(read("environment.yml"))
    names = [re.match(r"\w+", entry)[0] for entry in environment["dependencies"]]
    assert names == ["python", "make", "pip"]
    assert "make install VENV=" in read("environment.yml")


def pinned(name: str) -> list[str]:
    return re.findall(r"^([\w.-]+)==", read(name), flags=re.MULTILINE)


def test_the_lock_holds_hashes_and_torch_stands_apart():
    """One hashed list for every interpreter, and no file of a build of PyTorch."""
    entries = re.split(r"\n(?=[a-z])", read("requirements.lock"))
    entries = [e for e in entries if not e.startswith("#")]
    assert len(entries) == len(pinned("requirements.lock")) > 200
    assert [e.split()[0] for e in entries if "--hash=sha256:" not in e] == []
    assert pinned("requirements-torch.lock") == ["torch"]
    builds = ("torch", "triton", "nvidia", "cuda")
    assert not [n for n in pinned("requirements.lock") if n.startswith(builds)]


def test_everything_the_extras_ask_for_is_in_the_lock():
    project = tomllib.loads(read("pyproject.toml"))["project"]
    extras = project["optional-dependencies"]
    asked = project["dependencies"] + [
        line for extra in extras if extra not in ("motifs", "cluster")
        for line in extras[extra]
    ]  # fmt: skip
    names = {re.match(r"[\w.-]+", line)[0].lower() for line in asked}
    listed = pinned("requirements.lock") + pinned("requirements-torch.lock")
    assert names - {"interaction-book"} <= set(listed)


def test_xgboost_is_chosen_by_platform():
    """XGBoost without GPU code has no wheel for macOS."""
    from packaging.requirements import Requirement

    lines = [
        Requirement(line.split("\\")[0])
        for line in read("requirements.lock").splitlines()
        if line.startswith("xgboost")
    ]
    for platform, name in (("linux", "xgboost-cpu"), ("darwin", "xgboost")):
        taken = [r.name for r in lines if r.marker.evaluate({"sys_platform": platform})]
        assert taken == [name]


def test_every_chapter_is_listed():
    """In the contents, the introduction and the README, and none that is not there."""
    chapters = {path.stem for path in (ROOT / "book" / "chapters").glob("*.ipynb")}
    for name in ("book/_toc.yml", "book/intro.md", "README.md"):
        assert set(re.findall(r"chapters/([\w-]+)", read(name))) == chapters, name


def test_every_reference_can_be_followed():
    entries = re.split(r"^@", read("book/references.bib"), flags=re.MULTILINE)[1:]
    keys = [re.match(r"\w+\{([^,]+),", entry)[1] for entry in entries]
    assert len(set(keys)) == len(keys)
    for key, entry in zip(keys, entries, strict=True):
        assert re.search(r"^\s*(doi|url|note)\s*=", entry, re.MULTILINE), key


def test_every_cited_work_is_listed():
    listed = re.findall(
        r"^@\w+\{([^,]+),", (ROOT / "book/references.bib").read_text(), flags=re.M
    )
    assert len(set(listed)) == len(listed)
    cited = set()
    for page in [*(ROOT / "book").rglob("*.md"), *(ROOT / "book").rglob("*.ipynb")]:
        for keys in re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", page.read_text()):
            cited |= {key.strip() for key in keys.split(",")}
    assert cited <= set(listed), f"not in references.bib: {cited - set(listed)}"


def test_the_readme_counts_verdicts_as_the_scoreboard_does():
    counts = results.verdict_counts(results.scoreboard("paper"))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for _, row in counts.iterrows():
        (line,) = (
            line
            for line in readme.splitlines()
            if line.startswith("| [") and f"]({_page(row['chapter'])})" in line
        )
        assert line.endswith(f"| {results.verdict_words(row)} |"), row["chapter"]


def _page(chapter: str) -> str:
    return f"book/chapters/{chapter}.ipynb"
