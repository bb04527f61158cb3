"""Every step of every page, as the smoke book has stored it: its key, and its seed."""

import importlib
import inspect
import json

import pandas as pd
import pytest
from contents import ROOT

from helpers.press.results import steps

pytestmark = pytest.mark.book


def stored_steps() -> list[dict]:
    """Return the manifests of all stored steps of smoke size."""
    paths = sorted((ROOT / "_build/results").glob("*/smoke/*.*.json"))
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


def function_of(manifest: dict):
    module, _, name = manifest["function"].partition(":")
    return getattr(importlib.import_module(module), name)


def first_call(manifest: dict) -> dict:
    return {**manifest["settings"], **(manifest["parts"] or [{}])[0]}


def changed(value):
    """Return a value of the same kind that differs."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value + 1
    if isinstance(value, list):
        return [*value, "more"]
    if isinstance(value, dict):
        return {**value, "more": 1}
    return f"{value} and more"


def test_every_step_stands_in_a_study_and_each_argument_is_in_its_key(site):
    manifests = stored_steps()
    assert len(manifests) > 30
    for manifest in manifests:
        assert manifest["function"].startswith("helpers.studies."), manifest["step"]
        function = function_of(manifest)
        call = first_call(manifest)
        key = steps.step_key("step", function, call)
        parameters = inspect.signature(function).parameters.values()
        # Fields of a settings class come as **keywords, and the class checks them.
        rest = [p.name for p in parameters if p.kind is p.VAR_KEYWORD]
        named = {p.name for p in parameters} - {*rest} - steps.HOW
        assert named <= set(key["settings"]), manifest["step"]
        assert rest or named == set(key["settings"]), manifest["step"]
        for name, value in key["settings"].items():
            other = steps.step_key("step", function, {**call, name: changed(value)})
            assert other != key, f"{manifest['step']}: {name}"


def quickest() -> list[dict]:
    """Return the quickest step of each function that takes a seed."""
    found: dict[str, tuple[float, dict]] = {}
    for manifest in stored_steps():
        share = manifest["ran"]["seconds"] / len(manifest["parts"] or [0])
        seeded = "seed" in first_call(manifest) and manifest["step"] not in SILENT
        if seeded and share < found.get(manifest["function"], (10.0,))[0]:
            found[manifest["function"]] = share, manifest
    return [manifest for _, manifest in found.values()]


# Steps whose smoke size calls nothing with any seed, and what holds their seed instead.
SILENT = {"power-by-networks": "tests/studies/gene_gene/test_planning.py"}


#: So many processes may share the steps.
SHARES = 8


@pytest.mark.filterwarnings("ignore")  # a step may warn of its smoke size
@pytest.mark.parametrize("share", range(SHARES))
def test_another_seed_gives_other_numbers(site, share):
    same, tried = [], quickest()
    for manifest in tried[share::SHARES]:
        call = first_call(manifest)
        function = function_of(manifest)
        how = {"device": "cpu"} if steps.takes(function, "device") else {}
        tables = [
            table_of(function(**{**call, "seed": call["seed"] + more}, **how))
            for more in (0, 1)
        ]
        if numbers(tables[0]).equals(numbers(tables[1])):
            same.append(f"{manifest['chapter']} {manifest['step']}")
    assert len(tried) > 40
    assert not same, f"the seed changes nothing in {', '.join(same)}"


def table_of(result) -> pd.DataFrame:
    return result[0] if isinstance(result, tuple) else result


def numbers(table: pd.DataFrame) -> pd.DataFrame:
    """Return the numbers of a table, less times and the seed itself."""
    kept = [n for n in table if "second" not in n and n != "seed"]
    return table[kept].select_dtypes("number").reset_index(drop=True)
