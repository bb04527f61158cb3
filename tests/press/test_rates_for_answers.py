"""Answers of the test, and `helpers.benchmark`, say what the committed tables say."""

import pandas as pd

from helpers.press.results import command
from helpers.press.results.calibrated import rates_for_answers, stored_cells
from helpers.significance.interaction import calibrated
from helpers.studies.matrix import own


def test_the_file_beside_the_test_is_of_the_committed_trials():
    own, wanted = calibrated.calibrated(), rates_for_answers()
    assert not own.empty
    # Written by: python -m helpers.results calibrate
    pd.testing.assert_frame_equal(own, wanted, check_dtype=False)


def test_the_command_writes_both(tmp_path, capsys):
    folder = tmp_path / "helpers" / "significance" / "interaction"
    folder.mkdir(parents=True)
    cells = tmp_path / "helpers" / "studies" / "matrix"
    cells.mkdir(parents=True)
    assert command.main(["calibrate"], root=tmp_path) == 0
    assert "calibrated.csv; now commit it" in capsys.readouterr().out
    assert pd.read_csv(folder / "calibrated.csv").empty  # no trials there
    assert pd.read_csv(cells / "stored.csv").empty


def test_the_file_beside_benchmark_is_of_the_committed_cells():
    pd.testing.assert_frame_equal(own._stored(), stored_cells(), check_dtype=False)
