"""Every command that the documents show is one that runs."""

import re
import shlex
from pathlib import Path

import pytest

from helpers.press import render
from helpers.press.render import command as render_command
from helpers.press.results import command as results_command

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("book/*.md")]
DOCUMENTS += sorted(ROOT.glob("book/course/*.md"))


def documented(module: str) -> list[str]:
    """Return the arguments of each `python -m helpers.<module>` in a code block."""
    found = set()
    for path in DOCUMENTS:
        text = path.read_text(encoding="utf-8")
        for block in re.findall(r"^```bash\n(.*?)^```", text, flags=re.M | re.S):
            for line in block.splitlines():
                start = f"python -m helpers.{module} "
                if line.startswith(start):
                    found.add(line.removeprefix(start).split("#")[0].strip())
    return sorted(found)


@pytest.mark.parametrize("line", documented("render"))
def test_documented_renders_are_understood(line, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where a reader's own files are
    for name in re.findall(r"-p \w+=(\S+\.csv)", line):
        Path(name).write_text("a\n1\n", encoding="utf-8")
    options = render_command._arguments().parse_args(shlex.split(line))
    if options.parameters or options.list:
        assert render_command.main(shlex.split(line)) == 0
        assert capsys.readouterr().out
    elif options.what not in ("stage", "build"):
        given = render_command._pairs(options.given)
        render.settings(options.what, options.size, given)


@pytest.mark.parametrize("line", documented("results"))
def test_documented_looks_at_results_are_understood(line, capsys):
    options = results_command._arguments().parse_args(shlex.split(line))
    if options.command in ("scoreboard", "check"):
        assert results_command.main(shlex.split(line)) == 0
        assert capsys.readouterr().out
    else:
        assert options.chapter in render.chapters()


def test_documented_steps_exist():
    text = "".join(path.read_text(encoding="utf-8") for path in DOCUMENTS)
    steps = set(re.findall(r"--only (\S+)|publish \S+ (\S+)", text))
    code = (ROOT / "book/chapters/5-nid.ipynb").read_text(encoding="utf-8")
    for step in {name for pair in steps for name in pair if name} - {"#"}:
        assert f'"{step}' in code.replace('\\"', '"'), step


def test_there_is_something_to_check():
    assert len(documented("render")) > 3
    assert len(documented("results")) > 3
