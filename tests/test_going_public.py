"""What others read when the book has a home: workflow, Binder, citation, archive."""

import json
import os
import re
import shlex
import tomllib
from pathlib import Path

import jsonschema
import pytest
import yaml

from helpers.press.editions import command as editions
from helpers.press.editions.release import SEMANTIC
from helpers.press.render import command as render

ROOT = Path(__file__).parents[1]
WORKFLOW = ROOT / ".github" / "workflows" / "book.yml"

# The fields of the Citation File Format 1.2.0 that the book uses, and their forms.
PERSON = {
    "type": "object",
    "properties": {
        "family-names": {"type": "string"},
        "given-names": {"type": "string"},
        "name": {"type": "string"},
    },
    "anyOf": [{"required": ["name"]}, {"required": ["family-names", "given-names"]}],
    "additionalProperties": False,
}
PEOPLE = {"type": "array", "items": PERSON, "minItems": 1}
WORK = {
    "type": "object",
    "required": ["type", "title", "authors"],
    "properties": {
        "type": {"enum": ["article", "conference-paper", "thesis", "unpublished"]},
        "title": {"type": "string", "minLength": 1},
        "authors": PEOPLE,
        "year": {"type": "integer"},
        "doi": {"type": "string", "pattern": r"^10\.\d{4,9}(\.\d+)?/\S+$"},
        "url": {"type": "string", "pattern": "^https?://"},
        "journal": {"type": "string"},
        "collection-title": {"type": "string"},
        "volume": {"type": ["integer", "string"]},
        "start": {"type": ["integer", "string"]},
    },
    "additionalProperties": False,
}
CITATION = {
    "type": "object",
    "required": ["cff-version", "message", "title", "authors"],
    "properties": {
        "cff-version": {"const": "1.2.0"},
        "message": {"type": "string", "minLength": 1},
        "type": {"enum": ["software", "dataset"]},
        "title": {"type": "string"},
        "version": {"type": "string"},
        "date-released": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"},
        "authors": PEOPLE,
        "license": {"const": "MIT"},
        "repository-code": {"type": "string", "pattern": "^https://"},
        "doi": {"type": "string", "pattern": r"^10\."},
        "abstract": {"type": "string"},
        "keywords": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        "references": {"type": "array", "items": WORK},
    },
    "additionalProperties": False,
}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def make_targets() -> set[str]:
    heads = re.findall(r"^([a-z][a-z -]*):", read("Makefile"), flags=re.MULTILINE)
    return {target for head in heads for target in head.split()}


def documented_variables() -> set[str]:
    return set(re.findall(r"^([A-Z_]+) \?=", read("Makefile"), re.M)) | {"URL"}


# The workflow


@pytest.fixture(scope="module")
def workflow() -> dict:
    # YAML 1.1 reads the key `on` as true.
    return yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))


def steps(workflow):
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def unknown_commands(workflow: dict) -> list[str]:
    """Return the commands of a workflow's steps that this repository does not have."""
    unknown = []
    for step in steps(workflow):
        for line in step.get("run", "").splitlines():
            words = shlex.split(re.sub(r"\$\{\{.*?\}\}", "x", line))
            if words[0] != "make":
                unknown += [line] if words[:2] != ["gh", "release"] else []
                continue
            given = {word.split("=")[0] for word in words[1:] if "=" in word}
            targets = {word for word in words[1:] if "=" not in word}
            if not targets <= make_targets() or not given <= documented_variables():
                unknown.append(line)
    return unknown


def test_workflow_runs_when_it_should(workflow):
    when = workflow[True]
    assert when["push"] == {"branches": ["main"], "tags": ["v*"]}
    assert "pull_request" in when
    assert len(when["schedule"][0]["cron"].split()) == 5


def test_workflow_runs_commands_that_exist(workflow):
    assert unknown_commands(workflow) == []
    run = " ".join(step.get("run", "") for step in steps(workflow))
    needed = {"site", "book", "lint", "test", "test-all", "zip", "links", "release"}
    for target in needed:
        assert re.search(rf"make {target}\b", run), target


def test_unknown_command_is_noticed():
    commands = ["make publish", "make book SPEED=high", "rm -r _build"]
    steps = [{"run": command} for command in commands]
    assert unknown_commands({"jobs": {"one": {"steps": steps}}}) == commands


def test_workflow_steps_are_whole(workflow):
    jobs = workflow["jobs"]
    for name, job in jobs.items():
        needs = job.get("needs", [])
        assert set(needs) <= jobs.keys() - {name}
        assert job["timeout-minutes"] <= 90
        for step in job["steps"]:
            assert ("uses" in step) != ("run" in step), step
            if "uses" in step:
                assert re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"])
    assert jobs["publish"]["permissions"] == {"pages": "write", "id-token": "write"}
    assert set(jobs["publish"]["needs"]) == {"test", "build"}


def test_workflow_keeps_executed_pages_and_shows_a_change(workflow):
    build = {
        s.get("uses", "").split("@")[0]: s for s in workflow["jobs"]["build"]["steps"]
    }
    kept = build["actions/cache"]["with"]["path"].split()
    assert {"_build/results", "_build/quick/stage", "_build/quick/runs"} <= {*kept}
    preview = build["actions/upload-artifact"]
    assert "if" not in preview, "a change is previewed like everything else"
    assert preview["with"]["path"] == "_build/release/*-site.zip"
    assert build["actions/upload-pages-artifact"]["with"]["path"] == "_build/quick/html"


def test_weekly_run_rebuilds_and_follows_links(workflow):
    weekly = "github.event_name == 'schedule'"
    conditions = {s.get("run"): s.get("if") for s in steps(workflow)}
    assert conditions["make links"] == conditions["make test-all"] == weekly
    (cache,) = (s for s in steps(workflow) if "actions/cache" in s.get("uses", ""))
    assert cache["if"] == "github.event_name != 'schedule'"


def test_site_command_and_editions_understand_what_make_passes():
    assert render._arguments().parse_args(["site", "--url", "x"]).what == "site"
    for what in ("zip", "pdf", "tables", "links", "release"):
        options = editions._arguments().parse_args([what, "--size", "smoke"])
        assert options.what == what


# Binder


def test_binder_takes_the_lock_the_package_and_the_same_python():
    script = read("binder/postBuild")
    assert os.access(ROOT / "binder" / "postBuild", os.X_OK)  # else Binder skips it
    assert "make install VENV=" in script
    assert "==" not in script, "versions stand in the lock alone"
    python = read("binder/runtime.txt").strip().removeprefix("python-")
    needed = tomllib.loads(read("pyproject.toml"))["project"]["requires-python"]
    assert needed == f">={python}"
    assert f"python={python}" in read("environment.yml")


def test_lock_pins_every_line():
    pins = re.findall(r"^[^ #].*", read("requirements.lock"), flags=re.MULTILINE)
    form = r"[a-z0-9.-]+==[\w.!+]+( ; .+)? \\"
    assert [pin for pin in pins if not re.fullmatch(form, pin)] == []
    assert len(set(pins)) == len(pins) > 100


# Citing


def test_citation_file_keeps_its_format():
    citation = yaml.load(read("CITATION.cff"), yaml.SafeLoader)
    jsonschema.validate(citation, CITATION)
    assert len(citation["references"]) >= 2


@pytest.mark.parametrize(
    "change",
    [{"licence": "MIT"}, {"authors": []}, {"cff-version": "1.1.0"}, {"title": None}],
)
def test_broken_citation_is_noticed(change):
    citation = {**yaml.safe_load(read("CITATION.cff")), **change}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(citation, CITATION)


def test_archive_and_citation_say_the_same():
    archive, citation = (
        json.loads(read(".zenodo.json")),
        yaml.safe_load(read("CITATION.cff")),
    )
    for name in ("title", "version", "keywords"):
        assert archive[name] == citation[name], name
    assert [c["name"] for c in archive["creators"]] == [
        author["name"] for author in citation["authors"]
    ]
    assert archive["license"] == citation["license"]
    named = {r["identifier"] for r in archive["related_identifiers"]}
    assert {r["doi"] for r in citation["references"] if "doi" in r} <= named
    assert {"upload_type", "description", "access_right"} <= archive.keys()


# Versions


def test_version_is_semantic():
    assert SEMANTIC.fullmatch(
        tomllib.loads(read("pyproject.toml"))["project"]["version"]
    )


@pytest.mark.parametrize("text", ["1.0", "01.2.3", "v1.2.3", "1.2.3.4", "1.2.3-"])
def test_other_versions_are_noticed(text):
    assert not SEMANTIC.fullmatch(text)
