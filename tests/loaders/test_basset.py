import h5py
import numpy as np
import pytest

from helpers.loaders.basset import read_basset

SIZES = {"train": 5, "valid": 2, "test": 3}
LENGTH, CELLS = 12, ("8988T", "AoSMC")


def contents(seed=0):
    """Return arrays of a small table as the published one stores them, and its ids."""
    rng = np.random.default_rng(seed)
    arrays, ids = {"target_labels": np.array(CELLS, dtype="S10")}, []
    for part, n in SIZES.items():
        bases = rng.integers(0, 5, (n, LENGTH))  # 4 = unknown
        arrays[f"{part}_in"] = np.eye(5, 4, dtype=bool)[bases].transpose(0, 2, 1)[
            :, :, None
        ]
        arrays[f"{part}_out"] = rng.integers(0, 2, (n, len(CELLS))).astype(bool)
        ids.append(bases)
    headers = [f"chr{k}:{k}00-{k}12(+)" for k in range(1, 4)]
    arrays["test_headers"] = np.array(headers, dtype="S20")
    return arrays, np.concatenate(ids)


def write(path, arrays):
    with h5py.File(path, "w") as file:
        for name, array in arrays.items():
            file[name] = array
    return path


def test_the_table_comes_back(tmp_path):
    arrays, ids = contents()
    table = read_basset(write(tmp_path / "er.h5", arrays))
    np.testing.assert_array_equal(table.ids, ids)
    assert table.ids.dtype == table.labels.dtype == np.uint8
    labels = np.concatenate([arrays[f"{part}_out"] for part in SIZES])
    np.testing.assert_array_equal(table.labels, labels)
    assert table.names == CELLS and len(table) == 10
    assert [part.tolist() for part in table.split] == [
        [0, 1, 2, 3, 4],
        [5, 6],
        [7, 8, 9],
    ]
    assert table.test_table.to_numpy().tolist() == [
        ["chr1", 100, 112],
        ["chr2", 200, 212],
        ["chr3", 300, 312],
    ]


def test_a_part_of_the_rows_is_enough(tmp_path):
    arrays, ids = contents()
    table = read_basset(write(tmp_path / "er.h5", arrays), at_most=2)
    np.testing.assert_array_equal(table.ids, ids[[0, 1, 5, 6, 7, 8]])
    assert [len(part) for part in table.split] == [2, 2, 2]
    assert table.test_table["start"].tolist() == [100, 200]
    with pytest.raises(ValueError, match="at_most must be at least 1; got 0"):
        read_basset(tmp_path / "er.h5", at_most=0)


def test_places_may_be_missing(tmp_path):
    arrays, _ = contents()
    del arrays["test_headers"]
    assert not len(read_basset(write(tmp_path / "er.h5", arrays)).test_table)


def two_bases(arrays):
    arrays["valid_in"][1, :, 0, 7] = [True, False, True, False]


def flat(arrays):
    arrays["train_in"] = arrays["train_in"][:, :, 0]


def five_letters(arrays):
    arrays["train_in"] = np.zeros((5, 5, 1, LENGTH), dtype=bool)


def one_label_less(arrays):
    arrays["test_out"] = arrays["test_out"][:, :1]


def a_count(arrays):
    arrays["train_out"] = arrays["train_out"].astype(int)
    arrays["train_out"][3, 0] = 2


def odd_header(arrays):
    arrays["test_headers"] = np.array(["chr1:5-9", "here", "x"], dtype="S20")


def shorter(arrays):
    arrays["test_in"] = arrays["test_in"][..., :-1]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda a: a.pop("valid_in"), r"er\.h5 must hold valid_in; it holds target"),
        (lambda a: a.pop("target_labels"), r"er\.h5 must hold target_labels"),
        (flat, "train_in must have 4 axes; got 3"),
        (five_letters, r"train_in must have shape \(n, 4, 1, length\); got \(5, 5, 1"),
        (one_label_less, r"test_out must have shape \(3, 2\); got \(3, 1\)"),
        (a_count, "train_out row 3 must hold 0 and 1 alone"),
        (two_bases, "valid_in row 1 must be one-hot; position 7 is several bases"),
        (odd_header, "test_headers row 1 must read like chr1:100-700.*got 'here'"),
        (shorter, "must hold sequences of one length"),
    ],
)
def test_bad_tables_are_named(tmp_path, spoil, message):
    arrays, _ = contents()
    spoil(arrays)
    with pytest.raises(ValueError, match=message) as error:
        read_basset(write(tmp_path / "er.h5", arrays))
    assert "\n" not in str(error.value)


def test_what_is_no_hdf5_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"gone\.h5 does not exist"):
        read_basset(tmp_path / "gone.h5")
    (tmp_path / "text.h5").write_text("not this")
    with pytest.raises(ValueError, match=r"text\.h5 cannot be read as HDF5"):
        read_basset(tmp_path / "text.h5")


def test_the_smallest_table_is_one_base_in_each_part(tmp_path):
    arrays = {"target_labels": np.array(["K562"], dtype="S4")}
    for part in SIZES:
        arrays[f"{part}_in"] = np.eye(4, dtype=bool)[[2]].reshape(1, 4, 1, 1)
        arrays[f"{part}_out"] = np.ones((1, 1), dtype=bool)
    table = read_basset(write(tmp_path / "er.h5", arrays))
    assert table.ids.tolist() == [[2]] * 3 and table.names == ("K562",)
    assert [part.tolist() for part in table.split] == [[0], [1], [2]]
