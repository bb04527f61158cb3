"""YAML is read as its writer meant it, or refused in one line."""

import numpy as np
import pytest
import yaml

from helpers.data.yaml_files import parse_yaml


def test_values_are_those_of_yaml():
    text = "a: 1\nb: [x, 2.5e-1]\nc: {a: null, d: 'yes'}\n"
    assert parse_yaml(text, "f.yaml") == yaml.safe_load(text)


@pytest.mark.parametrize("seed", range(20))
def test_a_key_that_comes_twice_is_refused_wherever_it_stands(seed):
    """In random mappings within mappings, one key of one of them is said again."""
    rng = np.random.default_rng(seed)
    keys = [f"k{n}" for n in rng.permutation(30)]
    blocks = [
        [f"  {k}: {n}" for n, k in enumerate(keys[b : b + 5])] for b in (0, 5, 10)
    ]
    right = "\n".join(
        line for b, rows in enumerate(blocks) for line in [f"top{b}:", *rows]
    )
    assert len(parse_yaml(right, "f.yaml")) == 3
    block = blocks[rng.integers(3)]
    again = block[rng.integers(5)].split(":")[0]
    block.append(f"{again}: 7")
    lines = [line for b, rows in enumerate(blocks) for line in [f"top{b}:", *rows]]
    at = max(n for n, line in enumerate(lines, 1) if line.startswith(f"{again}:"))
    with pytest.raises(ValueError) as refusal:
        parse_yaml("\n".join(lines), "f.yaml")
    expected = f"f.yaml line {at} is not valid YAML: {again.strip()} comes twice."
    assert str(refusal.value) == expected


@pytest.mark.parametrize("text", ["a: [1", "a: b: c", "\tx: 1"])
def test_what_is_no_yaml_is_one_line(text):
    with pytest.raises(
        ValueError, match=r"^f.yaml line \d+ is not valid YAML: [^\n]+$"
    ):
        parse_yaml(text, "f.yaml")
