"""Tables with text, gaps, groups and covariates become numbers, or say why not."""

import numpy as np
import pandas as pd
import pytest

from helpers.loaders.mixed_tables import read_mixed_table


@pytest.fixture
def path(tmp_path):
    table = pd.DataFrame(
        {
            "a": [1.0, 2, 3, 4],
            "colour": ["red", "green", "blue", "red"],
            "sex": ["f", "m", "m", "f"],
            "same": [1, 1, 1, 1],
            "batch": [0, 1, 0, 1],
            "family": ["p", "p", "q", "q"],
            "y": [0.5, 1.5, 2.5, 3.0],
        }
    )
    table.to_csv(tmp_path / "table.csv", index=False)
    return tmp_path / "table.csv"


def test_text_becomes_columns_that_belong_together(path):
    table = read_mixed_table(path, "y", covariates=["batch"], groups="family")
    assert list(table.X) == ["a", "colour = green", "colour = red", "sex = m"]
    assert table.blocks == {"colour": ["colour = green", "colour = red"]}
    assert table.X["colour = red"].tolist() == [1, 0, 0, 1]
    assert table.X["sex = m"].tolist() == [0, 1, 1, 0]
    assert table.covariates.tolist() == [[0], [1], [0], [1]]
    assert table.groups.tolist() == ["p", "p", "q", "q"]
    assert table.family == "gaussian"
    assert table.notes == ("Left out, as all rows are alike: same.",)


def test_two_values_are_yes_and_no(path):
    table = read_mixed_table(path, "sex")
    assert table.family == "binomial" and table.y.tolist() == [0, 1, 1, 0]
    assert "sex: 0 is f, 1 is m." in table.notes
    with pytest.raises(ValueError, match="3 classes"):
        read_mixed_table(path, "colour")


def test_gaps(tmp_path):
    (tmp_path / "gap.csv").write_text("a,b,y\n1,2,3\n2,,4\n3,4,5\n")
    with pytest.raises(ValueError, match="row 2, column 'b': missing value"):
        read_mixed_table(tmp_path / "gap.csv", "y")
    table = read_mixed_table(tmp_path / "gap.csv", "y", gaps="drop rows")
    assert table.X["a"].tolist() == [1, 3]
    assert table.notes[0] == "1 of 3 rows left out: a value is missing."


def test_names_that_are_not_there_and_texts_that_are_names(path, tmp_path):
    with pytest.raises(ValueError, match="has no column 'z'; it has a, colour"):
        read_mixed_table(path, "z")
    many = pd.DataFrame({"id": [f"p{k}" for k in range(30)], "y": np.arange(30.0)})
    many.to_csv(tmp_path / "many.csv", index=False)
    with pytest.raises(ValueError, match="at most 20 different texts; got 30"):
        read_mixed_table(tmp_path / "many.csv", "y")
    with pytest.raises(ValueError, match="gaps must be one of"):
        read_mixed_table(path, "y", gaps="mean")


def test_parquet_is_read_or_says_what_it_needs(path, tmp_path):
    pytest.importorskip("pyarrow", reason="parquet needs pyarrow")
    pd.read_csv(path).to_parquet(tmp_path / "table.parquet")
    one, two = (read_mixed_table(p, "y") for p in (path, tmp_path / "table.parquet"))
    pd.testing.assert_frame_equal(one.X, two.X)


def test_without_pyarrow_parquet_is_refused_in_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ValueError, match="needs the package pyarrow"):
        read_mixed_table(tmp_path / "table.parquet", "y")
