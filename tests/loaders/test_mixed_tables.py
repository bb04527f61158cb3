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


def test_columns_are_joined_text_with_all_its_levels(path):
    table = read_mixed_table(path, "y", drop=["family"], blocks={"b": ["a", "sex"]})
    assert table.blocks == {
        "b": ["a", "sex = m"],
        "colour": ["colour = green", "colour = red"],
    }
    both = read_mixed_table(path, "y", blocks={"colour": ["colour", "a"]})
    assert both.blocks == {"colour": ["colour = green", "colour = red", "a"]}


@pytest.mark.parametrize(
    ("blocks", "message"),
    [
        ({"b": ["a", "size"]}, "blocks must join columns of .* tested; got 'size'"),
        ({"b": ["a", "y"]}, "tested; got 'y' in 'b'"),
        ({"b": ["a"]}, "two or more columns under a name of no other column"),
        ({"sex": ["a", "batch"]}, "a name of no other column; got 'sex'"),
        ({"b": ["a", "sex"], "c": ["sex", "batch"]}, "a column once; got sex twice"),
    ],
)
def test_blocks_that_join_nothing_are_refused(path, blocks, message):
    with pytest.raises(ValueError, match=message):
        read_mixed_table(path, "y", blocks=blocks)


def test_two_values_are_yes_and_no(path):
    table = read_mixed_table(path, "sex")
    assert table.family == "binomial" and table.y.tolist() == [0, 1, 1, 0]
    assert "sex: 0 is f, 1 is m." in table.notes
    with pytest.raises(ValueError, match="3 classes"):
        read_mixed_table(path, "colour")


def written(tmp_path, text):
    (tmp_path / "own.csv").write_text(text)
    return tmp_path / "own.csv"


def test_one_class_is_tested_against_the_rest(path, tmp_path):
    table = read_mixed_table(path, "colour", one_class="red")
    assert table.family == "binomial" and table.y.tolist() == [1, 0, 0, 1]
    assert "colour: 1 is red, 0 is any other value." in table.notes
    numbers = written(tmp_path, "a,kind\n1,0\n2,1\n3,2\n")
    assert read_mixed_table(numbers, "kind", one_class="2").y.tolist() == [0, 0, 1]
    with pytest.raises(ValueError, match=r"got 'pink' .* blue, green, red"):
        read_mixed_table(path, "colour", one_class="pink")
    with pytest.raises(ValueError, match="family auto or binomial"):
        read_mixed_table(path, "colour", one_class="red", family="poisson")


def test_counts_are_numbers_unless_said_otherwise(path, tmp_path):
    counts = written(tmp_path, "a,b,y\n1,2,0\n2,1,14\n3,4,2\n")
    table = read_mixed_table(counts, "y")
    assert table.family == "gaussian"
    assert "family='poisson'" in table.notes[0] and "one_class" in table.notes[0]
    table = read_mixed_table(counts, "y", family="poisson")
    assert table.family == "poisson" and table.notes == ()
    with pytest.raises(ValueError, match="'y' must hold counts"):
        read_mixed_table(path, "y", family="poisson")
    with pytest.raises(ValueError, match=r"two different values with .*; got 4"):
        read_mixed_table(path, "y", family="binomial")
    assert read_mixed_table(path, "batch", family="gaussian").family == "gaussian"
    with pytest.raises(ValueError, match="family must be one of"):
        read_mixed_table(path, "y", family="cox")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,y\n1,2\n?,3\n4,5\n", r"row 2, column 'a': '\?' is no number"),
        ("a,y\n1,2\n2,none\n4,5\n", "row 2, column 'y': 'none' is no number"),
        ('a,y\n"1,5",2\n"2,5",3\n', "decimal comma, as '1,5'; write points"),
        ('a,y\n"1,619",2\n567,3\n"44,152",5\n', "write 1619 or 1.619 for '1,619'"),
        ('a,y\n"1,619",2\n567,3\n"4,15",5\n', "decimal comma, as '4,15'"),
        ("a,y\n3%,2\n4.5 %,3\n3%,4\n", "a sign of per cent, as '3%'; leave the sign"),
        ("g = v,g,y\n1,u,2\n2,v,3\n3,u,5\n", "a column 'g = v' beside the text 'v'"),
        ("g,g = v,y\nu,1,2\nv,2,3\nu,3,5\n", "a column 'g = v' beside the text 'v'"),
        ("a,y\n1,2\ninf,3\n4,5\n", "row 2, column 'a': must be finite; got inf"),
        ("a;y\n1;2\n", "has no column 'y'; .* semicolons seem"),
        (",a,y\n0,1,2\n1,3,2\n", "column 1 has no name .*index=False"),
    ],
)
def test_what_is_meant_is_guessed_in_one_line(tmp_path, text, message):
    with pytest.raises(ValueError, match=message) as error:
        read_mixed_table(written(tmp_path, text), "y")
    assert "\n" not in str(error.value)


def test_stand_ins_for_gaps_are_pointed_out(tmp_path):
    rows = "\n".join(f"{-999 if k % 3 else k},{-k},{k / 7}" for k in range(1, 9))
    notes = read_mixed_table(written(tmp_path, f"a,b,y\n{rows}\n"), "y").notes
    assert len(notes) == 1 and notes[0].startswith("a is -999 in 6 rows")


def test_stand_ins_are_looked_for_in_every_column_of_numbers(tmp_path):
    values = [(k, k * k, -999 if k in (2, 5) else k / 7) for k in range(1, 9)]
    rows = "\n".join(",".join(map(str, row)) for row in values)
    path = written(tmp_path, f"a,b,y\n{rows}\n")
    assert read_mixed_table(path, "y").notes[0].startswith("y is -999 in 2 rows")
    told = read_mixed_table(path, "a", covariates=["y"]).notes
    assert any(note.startswith("y is -999 in 2 rows") for note in told)
    assert not any("-999" in n for n in read_mixed_table(path, "a", groups="y").notes)


def test_an_unknown_case_of_plink_is_pointed_out(tmp_path):
    rows = "\n".join(f"{k},{k * k},{(1, 2, -9)[k % 3]}" for k in range(9))
    notes = read_mixed_table(written(tmp_path, f"a,b,y\n{rows}\n"), "y").notes
    assert notes[0].startswith("y is -9 in 3 rows, far below all others")
    rows = "\n".join(f"{k},{(1, 2, -9)[k % 3]},{k * k}" for k in range(9))
    assert not any("-9" in n for n in read_mixed_table(
        written(tmp_path, f"a,b,y\n{rows}\n"), "y").notes)  # fmt: skip


def test_of_two_numbers_the_larger_is_one(tmp_path):
    rows = "\n".join(f"{k},{(2, 10)[k % 2]}" for k in range(6))
    table = read_mixed_table(written(tmp_path, f"a,y\n{rows}\n"), "y")
    assert "y: 0 is 2, 1 is 10." in table.notes and table.y[1] == 1


def test_blanks_around_a_text_are_no_part_of_it(tmp_path):
    rows = "\n".join(f"{'F ' if k % 4 else 'F'},{'M' if k % 2 else ' N'},{k}"
                     for k in range(8))  # fmt: skip
    table = read_mixed_table(written(tmp_path, f"sex,kind,y\n{rows}\n"), "y")
    assert list(table.X) == ["kind = N"]
    assert "Left out, as all rows are alike: sex." in table.notes


def test_gaps_everywhere_name_the_emptiest_column(tmp_path):
    path = written(tmp_path, "a,b,y\n1,,2\n,,4\n")
    with pytest.raises(ValueError, match=r"no row without .* in column 'b'"):
        read_mixed_table(path, "y", gaps="drop rows")


def test_true_and_false_beside_gaps_are_numbers(tmp_path):
    path = written(tmp_path, "a,b,y\n1,True,3\n2,,4\n3,False,5\n5,True,7\n")
    table = read_mixed_table(path, "y", gaps="drop rows")
    assert table.X["b"].tolist() == [1, 0, 1] and table.blocks == {}
    table = read_mixed_table(path, "b", gaps="drop rows")
    assert table.family == "binomial" and table.y.tolist() == [1, 0, 1]


def test_numbers_beyond_64_bits_are_numbers(tmp_path):
    rows = "\n".join(f"{10 ** (20 + k)},{k},{k * k}" for k in range(4))
    table = read_mixed_table(written(tmp_path, f"a,b,y\n{rows}\n"), "y")
    assert table.X["a"].tolist() == [1e20, 1e21, 1e22, 1e23]
    rows = "\n".join(f"{2**64 - 1 - k},{k},{k * k}" for k in range(4))
    table = read_mixed_table(written(tmp_path, f"a,b,y\n{rows}\n"), "y")
    assert table.notes[0] == "Left out, as all rows are alike: a."  # as floats are


def test_dates_are_told_what_to_do(tmp_path):
    dates = [f"{day}-{month:02}-2020" for month in (1, 2) for day in range(10, 22)]
    table = pd.DataFrame({"day": dates, "a": range(24), "y": range(24)})
    table.to_csv(tmp_path / "dates.csv", index=False)
    said = (
        f"{tmp_path / 'dates.csv'} column 'day' holds dates, as '10-01-2020': make "
        "them a number, such as days since the first, or leave it out."
    )
    for how in ({"outcome": "y"}, {"outcome": "day"}):
        with pytest.raises(ValueError) as error:
            read_mixed_table(tmp_path / "dates.csv", **how)
        assert str(error.value) == said


def frame_as_parquet(tmp_path, monkeypatch, **columns):
    """Have a frame with kinds of columns that only such a file can hold."""
    frame = pd.DataFrame({"a": range(6), "b": [0, 1, 3, 2, 5, 4]} | columns)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: True)
    monkeypatch.setattr("pandas.read_parquet", lambda path: frame)
    (tmp_path / "own.parquet").touch()
    return tmp_path / "own.parquet"


def test_dates_by_kind_are_told_what_to_do(tmp_path, monkeypatch):
    days = pd.Series(pd.date_range("2020-01-01", periods=6))
    for dates in (days, days.dt.date, days.dt.to_period("D"), days - days[0]):
        path = frame_as_parquet(tmp_path, monkeypatch, day=dates)
        with pytest.raises(ValueError, match=r"column 'day' holds dates, as .* make"):
            read_mixed_table(path, "b")


def test_columns_of_objects_are_what_they_hold(tmp_path, monkeypatch):
    path = frame_as_parquet(
        tmp_path, monkeypatch, text=list("123456"), level=pd.Categorical([1, 2, 3] * 2),
        group=pd.Series([1, "1", 2, "2", "x", "x"], dtype=object),
    )  # fmt: skip
    table = read_mixed_table(path, "b", groups="group")
    assert table.X["text"].tolist() == [1, 2, 3, 4, 5, 6]
    assert table.blocks == {"level": ["level = 2", "level = 3"]}
    assert table.groups.tolist() == ["1", "1", "2", "2", "x", "x"]
    assert table.family == "gaussian"


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
