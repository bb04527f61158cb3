"""The schematics of the gene chapter show the sizes and steps they are given."""

import matplotlib.pyplot as plt
import pytest

from helpers.plots import gene_schemes


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def words(axis):
    return [text.get_text() for text in axis.texts]


def test_networks_name_their_sizes_and_only_one_has_a_head():
    left, right = gene_schemes.networks((3, 60, 7, 9), encoder=10, head=100).axes
    assert {"3 SNPs", "60 SNPs", "9 SNPs"} <= set(words(left))
    assert "7 SNPs" not in words(left) and "gene 4" in words(left)
    assert words(left).count("10 units") == words(right).count("10 units") == 3
    assert "100 units" in words(left) and "100 units" not in words(right)
    assert "+" in words(right) and "+" not in words(left)
    circles = [one for one in left.get_lines() if one.get_marker() == "o"]
    assert len(circles) == (3 + 5 + 5) + 3 * 5 + 3 + 5 + 1


def test_each_permutation_has_its_steps():
    (axis,) = gene_schemes.permutations().axes
    said = words(axis)
    assert [name for name in said if name.startswith("Perm")] == [
        "Perm I", "Perm T", "Perm R",
    ]  # fmt: skip
    assert said.count("fit $f_0$") == 2  # not of Perm T
    assert sum("put back" in text for text in said) == 1
    assert said.count("main effects are kept") == 1
