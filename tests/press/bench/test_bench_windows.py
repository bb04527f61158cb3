import pytest

from helpers.loaders.peaks import load_peaks
from helpers.loaders.windows import RULES
from helpers.press.bench import windows as bench


def test_window_building_is_measured():
    rows = bench.measure_windows(2_000, n_cells=5, repeats=2)
    assert [row.subject for row in rows] == ["read", *RULES]
    assert all(row.rows == 2_000 and row.median > 0 for row in rows)
    with pytest.raises(ValueError, match="n_peaks must be at least 100; got 99"):
        bench.measure_windows(99)
    with pytest.raises(ValueError, match="n_cells must be at most 200; got 201"):
        bench.measure_windows(2_000, n_cells=201)


def test_simulated_peaks_come_back_from_their_files(tmp_path):
    peaks = bench.simulated_peaks(500, 4, seed=1)
    again = load_peaks(bench._write_peaks(peaks, tmp_path))
    assert again.names == peaks.names
    expected = peaks.table.sort_values("cell", kind="stable", ignore_index=True)
    for column in ("chrom", "start", "end", "cell"):
        assert again.table[column].tolist() == expected[column].tolist()
