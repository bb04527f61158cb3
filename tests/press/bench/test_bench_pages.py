"""What the page says follows from the table, and a missing run is said."""

import numpy as np
import pandas as pd
import pytest

from helpers.press.bench import (
    gpu,
    gpu_pages,
    limits,
    pages,
    plans,
    predictions,
    run,
)
from helpers.press.bench.growth import slopes
from helpers.press.bench.timing import Row, as_table, in_turn, summed_up
from helpers.press.results import DamagedError


def measured(section, subject, method, value, quantity="seconds", **more):
    return summed_up(Row(section, subject, method, quantity, **more), [value] * 5)


def grown(subject, axis, seconds):
    return [
        measured("growth", subject, "together", s, axis=axis, size=10.0 * 2**i)
        for i, s in enumerate(seconds)
    ]


@pytest.fixture
def table():
    train = {"rows": 1000, "flops": 1e9}
    rows = [
        measured("machine", "matrix product", "cpu", 100.0, "GFLOP/s"),
        measured("machine", "addition", "cpu", 50.0, "GB/s"),
        measured("training", "mlp", "authors", 0.4, **train),
        measured("training", "mlp", "loop", 0.2, **train),
        measured("training", "mlp", "together", 0.1, **train),
        measured("training", "mlp", "together", 0.04, networks=50, **train),
        measured("training", "mlp", "together", 0.02, networks=50, cores=2, **train),
        measured("memory", "mlp", "together", 123.0, "MB", networks=50),
        *grown("mlp", "networks", [1, 2, 4, 8]),
        *grown("pairs", "pairs", [1, 4, 16, 64]),
        measured("detector", "slow", "alone", 2.0, rows=10),
        measured("detector", "quick", "alone", 0.001),
        measured("windows", "read", "alone", 0.001),
        measured("training", "gene", "together", 0.01, rows=30_000, networks=50),
        measured("training", "gene", "authors", 0.01, rows=30_000),
        measured("training", "gene", "loop", 0.01, rows=30_000),
        measured("training", "gene", "together", 0.01, rows=30_000),
        measured("memory", "gene", "together", 1.0, "MB"),
    ]
    return as_table(rows)


def test_medians_are_of_turns_taken():
    order = []
    from helpers.press.bench.timing import Timed

    timed = [
        Timed(Row("s", name, "m", "q"), lambda n=name: order.append(n)) for name in "ab"
    ]
    rows = in_turn(timed, 3)
    assert order == list("ababab")
    assert all(row.low <= row.median <= row.high and row.repeats == 3 for row in rows)


def test_slopes_are_those_of_logs(table):
    found = slopes(table).set_index("subject")["slope"]
    np.testing.assert_allclose(found, [1, 2])
    text = pages.growth_text(table)
    assert "**Failed**: 1 of 2" in text and "`pairs` with pairs" in text
    assert "**no**" in pages.growth_table(table)


def test_speeds_are_compared_with_authors_and_peak(table):
    line = next(x for x in pages.seconds_table(table).splitlines() if "`mlp`" in x)
    assert "400 (400–400)" in line and "| 10.0 |" in line
    share = next(x for x in pages.share_table(table).splitlines() if "`mlp`" in x)
    # 1 GFLOP in .2, .1 and .04 s, of 100 GFLOP/s
    assert "| 5% | 10% | 25% | 123 |" in share


def on_cores(family, gain, cut_up, work):
    """Return rows of ten networks that take a second on one core."""
    many = {"networks": 10}
    return [
        measured("training", family, "together", 1.0, **many),
        measured("training", family, "together", 1 / gain, cores=2, **many),
        measured("cores", family, "cut up", cut_up, **many),
        measured("cores", family, "together", work, cores=2, **many),
    ]


def test_where_the_rest_of_a_core_went():
    rows = [*on_cores("fm", 1.25, 1.6, 2.0), *on_cores("mlp", 1.9, 1.0, 1.0)]
    table = as_table(rows)
    found = limits.shared_by_cores(table).set_index("family")
    assert found.loc["fm", "busy"] == pytest.approx(1.25)  # 2 s of 2 x .8 s
    ours = found["cores"] * found["busy"] / found["work"]
    np.testing.assert_allclose(ours, found["gain"])
    assert "| 1.25 | × 1.60 | × 2.00 | 125% |" in limits.cores_table(table)
    told = limits.cores_text(table)
    assert "`fm` × 1.25 (cut up it is 1.60 times the work, which leaves × 1.25" in told
    assert "`mlp`" not in told
    quick = limits.cores_text(as_table(on_cores("mlp", 1.9, 1.0, 1.0)))
    assert quick == "Two cores gain at least × 1.7 in every family."


def test_cores_of_a_run_that_did_not_ask_where_they_went(table):
    assert "| 2.00 | – | – | – |" in limits.cores_table(table)
    assert limits.cores_table(table[table["cores"] == 1]) is None
    assert limits.cores_text(table[table["cores"] == 1]) is None


def stepped(fused, moving, roots):
    """Return a run of ten networks by microseconds, of 32 MB a network."""
    ways = {"fused": fused, "calls": 30, "bytes alone": moving, "roots alone": roots}
    return as_table(
        [
            measured("step", "mlp", way, 1e-6 * value, networks=10, bytes=work)
            for (way, value), work in zip(ways.items(), (32e6, 0, 0, 0), strict=True)
        ]
    )


@pytest.mark.parametrize(
    ("fused", "moving", "roots", "said"),
    [
        (7.9, 5, 2, "8 µs were predicted: 10 together, kept."),
        (15, 5, 4, "missed, where bytes and then roots would take 9.0 µs."),
        (15, 9, 4, "**out of reach on this machine**, whose bytes alone take 9.0 µs."),
        (15, 4, 8.5, "**out of reach on this machine**, whose roots alone take 8.5 µs"),
    ],
)
def test_what_bounds_a_step_is_said(fused, moving, roots, said):
    run = stepped(fused, moving, roots)
    text = limits.steps_text(run)
    assert said in text
    assert "32,000 KB a network" in text and "takes 1,000,000 roots" in text
    shown = limits.steps_table(run)
    gain = f"{fused:.1f} ({fused:.1f}–{fused:.1f}) | {30 / fused:.1f} |"
    assert f"| 10 | 30.0 (30.0–30.0) | {gain} {moving:.1f} (" in shown


def test_a_run_without_steps_has_no_table_of_them(table):
    assert limits.steps_table(table) is None and limits.steps_text(table) is None


def test_steps_and_commands_are_predicted(table):
    more = as_table([measured("start-up", "second make book", "alone", 4.4)])
    run = pd.concat([stepped(7.96, 5, 4), more, table])
    shown = predictions.outcomes(run, None).set_index("Prediction")
    step = shown.loc["fused step of a network, ten together"]
    assert step.tolist() == ["≤ 8.0 µs", "8.0 µs", "met"]
    assert shown.loc["fused step of a network, alone", "Outcome"] == "not measured"
    second = shown.loc["second `make book`, processor seconds"]
    assert second.tolist() == ["≤ 2.50 s", "4.40 s", "**missed**"]
    assert "| second make book | 4.40 (4.40–4.40) |" in pages.start_up_table(run)


def test_who_looks_up_is_measured_in_bytes():
    row = {"bytes": 1e9, "flops": 9e9, "median": 0.1}
    peak = {"matrix product": 100.0, "addition": 50.0}
    assert pages._share(row, peak) == "10 GB/s, 20%"


def test_methods_stand_in_the_order_of_their_cost(table):
    lines = pages.methods_table(table, "detector").splitlines()
    assert "quick" in lines[2] and "slow" in lines[3]
    assert "1,000" in pages.speeds_table(table)


def test_predictions_are_met_missed_or_not_measured(table):
    shown = predictions.outcomes(table, None).set_index("Prediction")
    assert shown.loc["two cores, mlp", "Measured"] == "× 2.00"
    assert shown.loc["two cores, mlp", "Outcome"] == "met"
    assert shown.loc["two cores, cnn", "Outcome"] == "not measured"
    steep = shown.loc["steepest growth, log-log slope"]
    assert steep["Said"] == "≤ 1.05" and steep["Outcome"] == "**missed**"
    before = table.assign(median=table["median"].where(table["networks"] == 1, 0.08))
    gained = predictions._gained("mlp", 50)
    assert gained(table, before) == pytest.approx(2)
    assert gained(table, None) is None


def test_plans_are_counts_times_rates(table):
    plan = plans.gene_plan("p", 1000, 10, ensembles=2, permutations=3, epochs=30)
    # ten networks, 766.7 rows passed in each of thirty epochs
    assert plan.work == pytest.approx(10 * 30 * 1000 * (0.7 + 0.2 / 3))
    assert plan.bytes_per_row == 665
    # 3 million rows a second
    (line,) = plans.plan_table(table, [plan]).to_dict("records")
    days = plan.work / 3e6 / 86_400
    assert float(line["Core-days"]) == pytest.approx(days, rel=0.05)
    wide = plans.gene_plan("p", 1000, 100, ensembles=2, permutations=3)
    assert wide.work == pytest.approx(10 * plan.work)
    empty = plans.plan_table(table[table["subject"] != "gene"], [plan])
    assert empty["Core-days"].tolist() == ["–"]


def test_a_run_is_read_as_it_was_written(table, tmp_path):
    assert run.read("cpu", root=tmp_path) is None
    manifest = {"ran": {"date": "2026-01-02T03:04:05", "seconds": 1.0}}
    path = tmp_path / run.FOLDER / "cpu.csv"
    run.write(table, manifest, path)
    again, found = run.read("cpu", root=tmp_path)
    pd.testing.assert_frame_equal(again, table, check_dtype=False)
    assert found["ran"] == manifest["ran"]
    path.write_text(path.read_text() + "more\n")
    with pytest.raises(DamagedError):
        run.read("cpu", root=tmp_path)


def test_the_page_says_when_and_whether_the_machine_was_quiet():
    ran = {
        "date": "2026-01-02T03:04:05", "device": "Fast CPU", "cores": 1,
        "processors": 1, "seconds": 300.0, "repeats": 5, "busy_others": 0.1,
        "commit": "abc1234", "engine": "def5678", "versions": {"torch": "2.0"},
    }  # fmt: skip
    line = pages.when({"ran": ran})
    assert "2026-01-02" in line and "the machine quiet" in line and "def5678" in line
    assert "**not quiet**" in pages.when({"ran": ran | {"busy_others": 0.5}})
    old = {name: value for name, value in ran.items() if name != "busy_others"}
    assert "**not quiet** (other work: not recorded)" in pages.when({"ran": old})
    assert "numbers mean nothing" in pages.when({"ran": ran | {"quick": True}})
    assert "`make bench`" in pages.not_run("a CPU", "make bench")


def kit(float64=1e-12, tf32=1e-4, control=1e-3, held=50.0, each=0.0):
    return as_table(
        [
            measured("machine", "matrix product", "cuda", 1e5, "GFLOP/s"),
            measured("machine", "addition", "cuda", 2e3, "GB/s"),
            measured("equivalence", "mlp", "float64", float64),
            measured("equivalence", "mlp", "TF32", tf32),
            measured("equivalence", "mlp", "control", control),
            measured("plan", "mlp", "free", 100.0),
            measured("plan", "mlp", "half held", held),
            measured("waits", "mlp", "each step", each),
            measured("training", "mlp", "together", 0.1, networks=50, flops=1e12),
        ]
    )


def test_a_good_kit_has_no_problem_and_each_bad_one_has_its_own():
    assert gpu.problems(kit()) == []
    assert "float64 differs" in gpu.problems(kit(float64=1e-3))[0]
    assert "float64 differs" in gpu.problems(kit(float64=np.nan))[0]
    assert gpu.problems(kit(tf32=0.5)) == []  # Adam takes rounding for a slope
    assert "not noticed" in gpu.problems(kit(control=0.0))[0]
    assert "did not shrink" in gpu.problems(kit(held=100.0))[0]
    assert "waits in each step" in gpu.problems(kit(each=1.0))[0]


def test_the_tables_of_a_gpu_are_shown():
    text = "\n".join(gpu_pages.tables(kit()))
    assert "all that was measured is as it must be" in text
    assert "100, 50" in text and "50 together" in text
    assert "The GPU multiplied" in text
    assert "10%" in text  # 1 TFLOP in 0.1 s, of 100 TFLOP/s


def test_runs_on_different_processors_are_said_to_be():
    one, other = ({"ran": {"device": name}} for name in ("A", "B"))
    assert predictions.processors_words(one, one) == ""
    said = predictions.processors_words(one, other)
    assert "another processor (B; this one on A)" in said
