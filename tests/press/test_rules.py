"""Rules that a parameter's comment declares."""

import contextlib
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.press.render import values
from helpers.press.render.rules import split_rule


def parameter(kind, comment, default):
    _, rule = split_rule(comment)
    return values.Parameter("x", kind, default, "", rule)


@pytest.mark.parametrize(
    ("comment", "meaning", "rule"),
    [
        ("trials [1 ..]", "trials", "1 .."),
        ("share [0 .. 1]", "share", "0 .. 1"),
        ("at most [.. 2.5]", "at most", ".. 2.5"),
        ("device [auto | cpu]", "device", "auto | cpu"),
        ("table [file]", "table", "file"),
        ("starts [0 | 2 ..]", "starts", "0 | 2 .."),
        ("to drop [any columns]", "to drop", "any columns"),
        ("designs [names in a.B, or none]", "designs", "names in a.B, or none"),
        ("no rule at all", "no rule at all", ""),
    ],
)
def test_a_rule_ends_a_comment(comment, meaning, rule):
    found, parsed = split_rule(comment)
    assert (found, parsed.text) == (meaning, rule)


@pytest.mark.parametrize("comment", ["x [nonsense]", "x [a|]", "x [1 to 2]"])
def test_what_is_no_rule_is_refused(comment):
    with pytest.raises(ValueError, match="must be a range, choices, names in"):
        split_rule(comment)


@pytest.mark.parametrize(
    ("kind", "rule", "good", "bad", "message"),
    [
        ("int", "[1 ..]", "1", "0", "parameter x must be at least 1; got 0"),
        ("float", "[0 .. 1]", "1", "1.5", "must be at most 1; got 1.5"),
        ("float", "[1e-3 ..]", "0.001", "1e-4", "must be at least 0.001"),
        ("str", "[auto | cpu]", "cpu", "gpu", "must be one of auto, cpu; got 'gpu'"),
        ("list[str]", "[F1 | F2]", "F1,F2", "F1,F99", "must be one of F1, F2"),
        ("list[float]", "[0 ..]", "[0, 0.1]", "[0, -1]", "must be at least 0"),
        ("list[float]", "[0 ..]", "[0.5]", "[0.1, 'a']", "must be list.float."),
        ("list", "[0 ..]", "[0.5]", "[0.1, 'a']", "must be a number"),
        ("int", "[0 | 2 ..]", "2", "1", "x must be one of 0, 2 ..; got 1"),
        ("str", "[a | b, or none]", "", "c", "must be one of a, b; got 'c'"),
        ("int", "[4 | 32]", "32", "8", "must be one of 4, 32; got 8"),
        ("str", "[names in truth.functions.FUNCTIONS]", "F10", "F99", "F1, F2, F3"),
        ("str", "[names in nid.worlds.REAL]", "higgs", "iris", "must be one of cal"),
        (
            "str",
            "[module:object]",
            "a.b:c",
            "a.b",
            "must read module:object; got 'a.b'",
        ),
        ("str", "[file]", __file__, "none.csv", "x must be a file that is there"),
        ("str", "[folder]", "new", __file__, "x must be a folder"),
    ],
)
def test_values_are_checked_one_by_one(kind, rule, good, bad, message):
    checked = parameter(kind, rule, None)
    checked.read(good)
    with pytest.raises(values.RenderError, match=message):
        checked.read(bad)


def test_a_default_that_breaks_its_own_rule_is_refused():
    line = "n: int = 0  # trials [1 ..]"
    statement = values.ast.parse(line).body[0]
    with pytest.raises(values.RenderError, match="n must be at least 1; got 0"):
        values._parameter("toy", statement, values._comments(line))


def test_paths_count_from_the_callers_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("x\n")
    for file in (
        parameter("str", "[file]", ""),
        parameter("str", "[file or words]", ""),
    ):
        assert file.read("a.csv") == str(tmp_path / "a.csv")
        assert file.read("") == ""
    assert file.read("60 SNPs") == "60 SNPs"  # a rule in words, no such file
    folder = parameter("str", "[folder]", "")
    assert folder.read("results/") == str(tmp_path / "results")


def test_lists_without_quotes_or_brackets():
    names = parameter("list[str]", "columns", [])
    assert names.read("age,PC1") == ["age", "PC1"]
    assert names.read("[age]") == ["age"]
    assert names.read("['age', 'PC1']") == ["age", "PC1"]
    assert names.read("[]") == []
    assert parameter("list[int]", "sizes", []).read("1,2") == [1, 2]


def test_lists_by_name_are_a_literal_or_short_yaml():
    blocks = parameter(values.NAMED_LISTS, "any columns", {})
    for text in ("{size: [height, arm span]}", "{'size': ['height', 'arm span']}"):
        assert blocks.read(text) == {"size": ["height", "arm span"]}
    assert blocks.read("{}") == {}
    limited = parameter(values.NAMED_LISTS, "[a | b]", {})
    with pytest.raises(values.RenderError, match="x must be one of a, b"):
        limited.read("{one: [a, c]}")


def test_a_list_is_empty_only_where_that_is_meant():
    assert parameter("list[int]", "columns", []).read("[]") == []
    assert parameter("list[int]", "[1 .., or none]", [1]).read("[]") == []
    for rule in ("[1 ..]", ""):
        with pytest.raises(values.RenderError, match="must hold at least one; got"):
            parameter("list[int]", rule, [1]).read("[]")


@pytest.mark.parametrize("text", ["inf", "nan", "-inf", "1e400"])
def test_numbers_are_finite(text):
    with pytest.raises(values.RenderError, match="x must be float"):
        parameter("float", "a number", 0.0).read(text)


@settings(deadline=None)
@given(
    st.text("aZ09 '\"&$#%-_.äß", min_size=1, max_size=20).filter(lambda n: n.strip("."))
)
def test_any_name_of_a_folder_is_found_from_the_callers_own(tmp_path_factory, name):
    folder = tmp_path_factory.mktemp("caller") / name
    folder.mkdir()
    (folder / f"{name}.csv").write_text("x\n")
    with contextlib.chdir(folder):
        read = parameter("str", "[file]", "").read(f"{name}.csv")
        assert read == str(folder / f"{name}.csv")
    with contextlib.chdir(folder.parent):
        inside = os.path.join(name, f"{name}.csv")
        assert parameter("str", "[file]", "").read(inside) == str(
            folder.parent / inside
        )
        written = parameter("str", "[folder]", "").read(name)
        assert Path(written) == folder
