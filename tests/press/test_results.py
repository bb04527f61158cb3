"""Stored steps, their damage and resumption; published values and verdicts."""

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import dying_steps
import logged
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from helpers.press import results
from helpers.press.results import provenance

REPOSITORY = Path(__file__).resolve().parents[2]
HEADER = "claim,quantity,published,spread,source,tolerance,relation,"
HEADER += "reading,chance,together\n"
END = ",declared,,\n"
ROWS = (
    "Mean | AUC,t.auc,0.95,0.01,Table 2,0.02,equals,declared,0.5,\n"
    "Order holds,t.order,1,,Fig. 1,,holds,found after search,,\n"
    "Not repeated,t.other,3,,Table 3,,quoted,declared,,\n"
)


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "book" / "published"
    folder.mkdir(parents=True)
    (folder / "1-toy.csv").write_text(HEADER + ROWS, encoding="utf-8")
    return tmp_path


@pytest.fixture(autouse=True)
def no_calls_yet():
    logged.take()


def counted(n=0, widths=(), trial=None):
    """A step that counts its calls."""
    logged.CALLS.append({"n": n, "widths": widths, "trial": trial})
    return pd.DataFrame({"value": [n / 3]})


def returned():
    """A step that returns what it is told to."""
    logged.CALLS.append("returned")
    return logged.RETURNED


def numbered(number, seed=0):
    """A part that can be interrupted."""
    logged.CALLS.append(number)
    if number == logged.RETURNED:
        raise KeyboardInterrupt
    return pd.DataFrame({"number": [number, number], "seed": seed})


def named(name):
    return pd.DataFrame({name: [1]})


def store(root, **options):
    return results.Store("1-toy", root=root, **({"own": True} | options))


def local(root, size="quick", end="csv", kind="results"):
    """Return the one stored table of a step, or its manifest."""
    (path,) = (root / "_build" / kind / "1-toy" / size).glob(f"step.*.{end}")
    return path


# Stored steps


def test_second_call_loads_what_the_first_computed(root):
    first = store(root).stored_or_run("step", counted, {"n": 1, "widths": (2, 3)})
    again = store(root).stored_or_run("step", counted, {"n": 1, "widths": [2, 3]})
    assert logged.CALLS == [{"n": 1, "widths": [2, 3], "trial": None}]
    pd.testing.assert_frame_equal(first, again, check_exact=True)


@pytest.mark.parametrize(
    "change",
    [
        {"settings": {"n": 2}},
        {"revision": 2},
        {"data": {"housing": "other"}},
        {"parts": [{"trial": 0}]},
    ],
)
def test_change_of_the_key_computes_again(root, change):
    same = {"settings": {"n": 1}, "revision": 1, "data": {"housing": "abc"}}
    store(root).stored_or_run("step", counted, **same)
    store(root).stored_or_run("step", counted, **(same | change))
    assert len(logged.CALLS) == 2


@pytest.mark.parametrize("parts", [None, [{"trial": 0}, {"trial": 1}]])
def test_what_is_given_as_it_is_stands_for_its_checksum(root, parts):
    widths = {object(): 1}  # no plain value
    for checksum, calls in (("a", 1), ("a", 1), ("b", 2)):
        store(root).stored_or_run(
            "step", counted, {"n": 1}, parts=parts, data={"widths": checksum},
            given={"widths": widths},
        )  # fmt: skip
        assert len(logged.CALLS) == calls * len(parts or [0])
    assert all(call["widths"] is widths for call in logged.CALLS)
    with pytest.raises(ValueError, match="data must hold a checksum of each argument"):
        store(root).stored_or_run("step", counted, {}, given={"widths": widths})


def test_recompute_forces(root):
    store(root).stored_or_run("step", counted, {})
    store(root, recompute=True).stored_or_run("step", counted, {})
    assert len(logged.CALLS) == 2


def test_sizes_do_not_share_tables_but_keep_their_own(root):
    store(root, size="smoke").stored_or_run("step", counted, {"n": 1})
    store(root, size="quick").stored_or_run("step", counted, {"n": 1})
    store(root, size="smoke").stored_or_run("step", counted, {"n": 1})
    assert len(logged.CALLS) == 2


def planned(seed):
    return pd.DataFrame({"x": [seed]}), logged.RETURNED


def test_manifest_says_where_it_ran(root):
    plan = {"workers": 4, "chunks": [5, 5]}
    logged.RETURNED = plan
    store(root).stored_or_run("step", planned, {"seed": np.int64(3)})
    manifest = json.loads(local(root, end="json").read_text(encoding="utf-8"))
    assert manifest["extra"] == plan
    assert manifest["settings"] == {"seed": 3}
    assert manifest["function"] == f"{__name__}:planned"
    ran = manifest["ran"]
    assert set(ran) - {"peak_mb", "gpu_peak_mb"} == {
        "date", "commit", "versions", "device", "threads", "seconds"
    }  # fmt: skip
    assert ran["versions"]["numpy"] == np.__version__


floats = st.floats(width=64)
texts = st.text(
    st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=8
) | st.sampled_from(["NA", "nan", "1", "a,b", 'say "x"', "two\nlines", " ", "#"])


@hypothesis_settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    rows=st.lists(
        st.tuples(
            floats,
            st.floats(width=32),
            st.integers(-(2**63), 2**63 - 1),
            st.integers(0, 2**64 - 1),
            st.booleans(),
            st.none() | texts,
        ),
        max_size=5,
    )
)
def test_tables_come_back_exactly(root, rows):
    columns = list(zip(*rows, strict=True)) if rows else [[]] * 6
    kinds = ["float64", "float32", "int64", "uint64", "bool", "str"]
    table = pd.DataFrame(
        {
            kind: pd.Series(list(values), dtype=kind)
            for kind, values in zip(kinds, columns, strict=True)
        }
    )
    logged.RETURNED = table
    back = store(root, recompute=True).stored_or_run("step", returned, {})
    logged.take()
    again = store(root).stored_or_run("step", returned, {})
    assert not logged.CALLS
    pd.testing.assert_frame_equal(back, table, check_exact=True)
    pd.testing.assert_frame_equal(again, table, check_exact=True)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([1, 2], "must return a DataFrame; got list"),
        (pd.DataFrame(), "at least one column"),
        (pd.DataFrame({1: [2]}), "column names must be unique text"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "column names must be unique"),
        (pd.DataFrame({"a": [{}]}), "column 'a' must hold numbers"),
        (pd.DataFrame({"a": ["", "b"]}), "non-empty text"),
        (pd.DataFrame({"a": pd.to_datetime(["2020-01-01"])}), "got datetime64"),
        (pd.DataFrame({"a": [1]}).rename_axis("pair"), "call reset_index"),
        ((pd.DataFrame({"a": [1]}), {"x": object()}), "plain JSON values; got object"),
    ],
)
def test_what_cannot_be_stored_is_refused(root, value, message):
    logged.RETURNED = value
    with pytest.raises((TypeError, ValueError), match=message):
        store(root).stored_or_run("step", returned, {})
    assert not list(root.glob("_build/results/1-toy/quick/step*"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "a/b"}, "name must be letters"),
        ({"name": "run"}, "must not be 'run'"),
        ({"settings": [1]}, "settings must be a dict; got list"),
        ({"settings": {"x": float("nan")}}, "settings must hold finite numbers"),
        ({"settings": {"f": len}}, "plain JSON values; got builtin"),
        ({"parts": []}, "parts must hold at least one dict"),
        ({"parts": [3]}, "each of parts must be a dict; got int"),
        ({"parts": [{"n": 2}]}, "parts must not repeat settings; got {'n'}"),
        ({"revision": 0}, "revision must be at least 1; got 0"),
        ({"revision": True}, "revision must be an integer; got True"),
        ({"estimate_minutes": -1}, "estimate_minutes must be at least 0"),
        ({"data": "abc"}, "data must be a dict"),
        ({"settings": {"m": 1}}, "step 'step': got an unexpected keyword argument 'm'"),
        ({"settings": {"device": "cpu"}}, "settings must not hold 'device'"),
        ({"function": len}, "must be a plain function; got builtin"),
        ({"function": lambda n: n}, "must stand in a module, not in a notebook"),
    ],
)
def test_bad_step_arguments_are_named(root, arguments, message):
    call = {"name": "step", "function": counted, "settings": {"n": 1}} | arguments
    with pytest.raises((TypeError, ValueError), match=message):
        store(root).stored_or_run(**call)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": "big"}, "size must be one of smoke, quick, paper; got 'big'"),
        ({"recompute": "yes"}, "recompute must be True or False; got 'yes'"),
        ({"compute": 1}, "compute must be True or False; got 1"),
    ],
)
def test_bad_store_arguments_are_named(root, options, message):
    with pytest.raises((TypeError, ValueError), match=message):
        store(root, **options)
    with pytest.raises(ValueError, match="chapter must be letters"):
        results.Store("../x", root=root)


# Damage


def truncate(path):
    path.write_bytes(path.read_bytes()[:-4])


@pytest.mark.parametrize(
    ("file", "damage", "message"),
    [
        ("csv", truncate, "differs from its manifest"),
        ("json", truncate, "not valid JSON"),
        ("json", lambda path: path.write_text("[]"), "not a manifest"),
        ("csv", lambda path: path.unlink(), ""),
    ],
)
def test_damaged_table_is_computed_again(root, capsys, file, damage, message):
    store(root).stored_or_run("step", counted, {"n": 1})
    damage(local(root, end=file))
    capsys.readouterr()
    table = store(root).stored_or_run("step", counted, {"n": 1})
    assert len(logged.CALLS) == 2
    assert table["value"].tolist() == [1 / 3]
    lines = capsys.readouterr().out.splitlines()
    assert message in lines[0]
    assert len(lines) == (2 if message else 1)


def test_incomplete_manifest_is_computed_again(root, capsys):
    store(root).stored_or_run("step", counted, {})
    path = local(root, end="json")
    manifest = json.loads(path.read_text(encoding="utf-8"))
    del manifest["table"]
    path.write_text(json.dumps(manifest), encoding="utf-8")
    store(root).stored_or_run("step", counted, {})
    assert len(logged.CALLS) == 2
    assert "incomplete manifest" in capsys.readouterr().out


def test_full_disk_keeps_nothing(root, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=r"\.csv: cannot be written \(No space left"):
        store(root).stored_or_run("step", counted, {})
    assert list((root / "_build/results/1-toy/quick").iterdir()) == []


# Resuming

KILLED = """
import os, signal, sys
sys.path.insert(0, "tests")
import dying_steps
from helpers.press import results
from helpers.press.results import provenance

dying_steps.FATAL.append(int(sys.argv[2]))
store = results.Store("1-toy", root=sys.argv[1], own=True)
parts = [{"trial": trial} for trial in range(4)]
store.stored_or_run("first", dying_steps.first, {})
table = store.stored_or_run("second", dying_steps.part, {}, parts=parts)
print(table["trial"].tolist())
"""

KILLED_WRITING = """
import os, signal, sys
sys.path.insert(0, "tests")
import dying_steps
from helpers.press import results
from helpers.press.results import provenance

moments = {"left": int(sys.argv[3])}

def dying(function):
    def call(*arguments):
        moments["left"] -= 1
        if moments["left"] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments)
    return call

os.fsync, os.replace = dying(os.fsync), dying(os.replace)
results.Store("1-toy", root=sys.argv[1], own=True, recompute=True).stored_or_run(
    "step", dying_steps.counts, {"n": 1000}, data={}
)
"""


def run_python(code, *arguments):
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
    )


def test_killed_run_resumes_at_the_part_it_was_in(root):
    killed = run_python(KILLED, root, 2)
    assert killed.returncode == -signal.SIGKILL
    assert "ran 2" in killed.stdout
    resumed = run_python(KILLED, root, 99)
    ran = [
        x for x in resumed.stdout.splitlines() if x.startswith("ran") or x == "first"
    ]
    assert ran == ["ran 2", "ran 3"]
    assert resumed.stdout.splitlines()[-1] == "[0, 1, 2, 3]"
    assert not list((root / "_build/results/1-toy/quick/parts/second").iterdir())


@pytest.mark.parametrize("moment", [1, 2, 3, 4])
def test_kill_while_writing_leaves_no_half_table(root, moment):
    """Moments: fsync and rename of the table, then of its manifest."""
    run_python(KILLED_WRITING, root, 0, 99)
    whole = local(root).read_bytes(), local(root, end="json").read_bytes()
    killed = run_python(KILLED_WRITING, root, 1, moment)
    assert killed.returncode == -signal.SIGKILL
    renamed = local(root).read_bytes() != whole[0]
    assert renamed == (moment > 2)
    table = store(root).stored_or_run("step", dying_steps.counts, {"n": 1000})
    assert len(table) == 1000
    assert (table["of"] == table["of"][0]).all()


def test_parts_are_joined_in_order_and_timed_together(root):
    parts = [{"number": number} for number in (2, 1)]
    table = store(root).stored_or_run(
        "step",
        numbered,
        {"seed": 0},
        parts=parts,
    )
    assert table.to_dict("list") == {"number": [2, 2, 1, 1], "seed": [0] * 4}


def test_a_joined_table_names_the_commits_of_its_parts(root, monkeypatch):
    provenance, now = results.store.provenance, {"commit": "aaa1111"}
    describe = provenance.describe
    monkeypatch.setattr(provenance, "describe", lambda device: describe(device) | now)

    parts = [{"number": number} for number in range(3)]
    logged.RETURNED = 1
    with pytest.raises(KeyboardInterrupt):
        store(root).stored_or_run("step", numbered, {}, parts=parts)
    now["commit"], logged.RETURNED = "bbb2222", None
    store(root).stored_or_run("step", numbered, {}, parts=parts)
    manifest = json.loads(local(root, end="json").read_text())
    assert manifest["ran"]["commit"] == "aaa1111 and bbb2222"
    assert logged.CALLS == [0, 1, 1, 2]


def test_parts_with_other_columns_are_refused(root):
    with pytest.raises(ValueError, match="every part must have the same columns"):
        store(root).stored_or_run(
            "step",
            named,
            {},
            parts=[{"name": "a"}, {"name": "b"}],
        )


# Paper size


def test_long_paper_step_waits_for_compute(root, capsys):
    call = ("step", counted, {"n": 1})
    paper = store(root, size="paper")
    assert paper.stored_or_run(*call, estimate_minutes=60) is None
    assert "not run yet, about 60 minutes" in capsys.readouterr().out
    assert "1 not run yet" in paper.provenance()
    assert logged.CALLS == []
    assert (
        store(root, size="quick").stored_or_run(*call, estimate_minutes=60) is not None
    )
    run = store(root, size="paper", compute=True)
    assert run.stored_or_run(*call, estimate_minutes=60) is not None
    assert (
        store(root, size="paper").stored_or_run(*call, estimate_minutes=60) is not None
    )
    assert len(logged.CALLS) == 2


def publish_one(root, n=3):
    paper = store(root, size="paper")
    paper.stored_or_run("step", counted, {"n": n})
    paper.record({"t.auc": 0.96, "t.order": True})
    results.mark_complete("1-toy", "paper", root=root)
    results.publish("1-toy", root=root, dirty=True)
    return root / "data/results/paper/1-toy"


def test_published_tables_are_found_and_shown(root):
    folder = publish_one(root)
    assert {path.name for path in folder.iterdir()} == {"step.csv", "manifest.json"}
    for path in (root / "_build/results/1-toy/paper").glob("*.*"):
        path.unlink()
    logged.take()
    table = store(root, size="paper").stored_or_run("step", counted, {"n": 3})
    assert (logged.CALLS, table["value"].tolist()) == ([], [1.0])
    assert store(root).paper("step")["value"].tolist() == [1.0]
    assert store(root).paper("other") is None
    assert publish_again_keeps_committed(root)


def publish_again_keeps_committed(root):
    """A run that only loaded committed tables can be published again."""
    results.mark_complete("1-toy", "paper", root=root)
    results.publish("1-toy", root=root, dirty=True)
    return (root / "data/results/paper/1-toy/step.csv").is_file()


def test_provenance_says_which_commit_made_the_stored_tables_read(root):
    quick = published_by(root, "aaa1111 and bbb2222")
    assert "dropdown" not in quick.provenance()
    quick.paper("step")
    line, folded = quick.provenance().split("\n\n")
    assert "0 heavy steps" in line and "built at commit" in line
    assert folded.splitlines()[0].startswith("::::{dropdown} 1 stored table of paper")
    assert "| aaa1111 | step |\n| bbb2222 | step |" in folded
    quick.stored_or_run("step", counted, {"n": 2})  # of quick size: another table
    assert "| aaa1111 | step |" in quick.provenance()


def test_provenance_names_tables_read_from_other_chapters(root):
    other = published_by(root, "aaa1111")
    other.paper("step")
    folded = results.Store("2-toy", root=root).provenance(other)
    assert "| aaa1111 | 1-toy: step |" in folded


def test_stored_tables_that_were_read_are_no_steps_of_the_run(root):
    paper = published_by(root, "aaa1111", size="paper")
    (root / "_build/results/1-toy/paper/run.json").unlink()
    paper.paper("step")
    paper.record({"t.auc": 0.9})
    run = json.loads((root / "_build/results/1-toy/paper/run.json").read_text())
    assert run["steps"] == {}
    results.mark_complete("1-toy", "paper", root=root)
    with pytest.raises(ValueError, match="no step has run yet"):
        results.publish("1-toy", root=root)
    paper.stored_or_run("step", counted, {"n": 3})
    assert "dropdown" not in paper.provenance()  # the line says it


def test_a_run_knows_the_settings_of_what_it_read_or_computed(root):
    quick = published_by(root, "aaa1111")
    with pytest.raises(KeyError, match="step"):
        quick.made_with("step")
    quick.paper("step")
    assert quick.made_with("step")["n"] == 3
    quick.stored_or_run("step", counted, {"n": 2})
    assert quick.made_with("step")["n"] == 2


def published_by(root, commit, **options):
    """Return a store whose one committed table names another commit."""
    path = publish_one(root) / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["steps"]["step"]["ran"]["commit"] = commit
    path.write_text(json.dumps(manifest))
    return store(root, **options)


def test_damaged_committed_table_is_not_shown(root, capsys):
    truncate(publish_one(root) / "step.csv")
    assert store(root).paper("step") is None
    assert "differs from its manifest" in capsys.readouterr().out


def test_incomplete_runs_are_not_published(root):
    with pytest.raises(ValueError, match="no complete local run"):
        results.publish("1-toy", root=root)
    paper = store(root, size="paper")
    paper.stored_or_run("step", counted, {}, estimate_minutes=60)
    with pytest.raises(ValueError, match="no complete local run"):
        results.publish("1-toy", root=root)
    results.mark_complete("1-toy", "paper", root=root)
    with pytest.raises(ValueError, match="no step has run yet"):
        results.publish("1-toy", root=root)
    paper.stored_or_run("step", counted, {})
    results.mark_complete("1-toy", "paper", root=root)
    local(root, "paper", "json").unlink()
    with pytest.raises(ValueError, match="table of step is gone"):
        results.publish("1-toy", root=root)
    assert not (root / "data").exists()


def test_steps_that_are_not_run_yet_do_not_hold_back_the_others(root):
    publish_one(root)
    paper = store(root, size="paper")
    paper.stored_or_run("step", counted, {"n": 9}, estimate_minutes=60)
    paper.stored_or_run("other", counted, {"n": 2})
    paper.record({"t.auc": 0.96})
    results.mark_complete("1-toy", "paper", root=root)
    results.publish("1-toy", root=root, dirty=True)
    folder = root / "data/results/paper/1-toy"
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["not_run_yet"] == ["step"]
    assert set(manifest["steps"]) == {"step", "other"}
    # The table of other settings stays until its successor is there.
    assert store(root).paper("step")["value"].tolist() == [1.0]


# Verdicts


@pytest.mark.parametrize(
    ("relation", "published", "tolerance", "value", "expected"),
    [
        ("equals", 0.95, 0.01, 0.96, "reproduced"),
        ("equals", 0.95, 0.01, 0.961, "not reproduced"),
        ("equals", 0.95, 0.01, 0.939, "not reproduced"),
        ("at_least", 0.95, 0.01, 2, "reproduced"),
        ("at_least", 0.95, 0.01, 0.93, "not reproduced"),
        ("at_most", 0.95, 0.01, -2, "reproduced"),
        ("at_most", 0.95, 0.01, 0.97, "not reproduced"),
        ("holds", 1, np.nan, 1, "reproduced"),
        ("holds", 1, np.nan, 0, "not reproduced"),
        ("equals", 0.95, 0.01, np.nan, "not run yet"),
        ("quoted", 0.95, np.nan, np.nan, "quoted"),
    ],
)
def test_verdict(relation, published, tolerance, value, expected):
    assert results.verdict(relation, published, tolerance, value) == expected


def test_quick_value_is_shown_but_never_decides(root):
    quick = store(root)
    quick.record({"t.auc": 0.95})
    quick.record({"t.order": np.bool_(True)})
    table = quick.comparison().set_index("quantity")
    assert table["this_run"].tolist()[:2] == [0.95, 1.0]
    assert table["verdict"].tolist() == ["not run yet", "not run yet", "quoted"]


def test_paper_value_decides_and_a_committed_one_first(root):
    paper = store(root, size="paper")
    paper.record({"t.auc": 0.5})
    assert paper.comparison()["verdict"][0] == "not reproduced"
    publish_one(root)
    store(root, size="paper").record({"t.auc": 0.5})
    row = store(root, size="paper").comparison().iloc[0]
    assert (row.paper_size, row.this_run) == (0.96, 0.5)
    assert row.verdict == "reproduced"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"t.acu": 1}, "must be listed in book/published/1-toy.csv; got 't.acu'"),
        ({"t.other": 1}, "t.other is only quoted"),
        ({"t.auc": float("nan")}, "t.auc must be finite"),
        ({"t.auc": "0.9"}, "t.auc must be a number; got '0.9'"),
    ],
)
def test_bad_records_are_named(root, values, message):
    with pytest.raises((TypeError, ValueError), match=message):
        store(root).record(values)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("claim,quantity\n", "line 1: columns must be claim,quantity,published"),
        ("", "line 1: columns must be"),
        (HEADER + "a,q,1,,s,0\n", "line 2: must have 10 cells; got 6"),
        (HEADER + "a,q,1,,s,0,equals,guessed,,\n", "reading must be one of declared"),
        (HEADER + "a,q,1,,s,0,equals,declared,x,\n", "chance must be a number"),
        (
            HEADER + ROWS + "a,t.auc,1,,s,0,equals" + END,
            "line 5: quantity must be unique",
        ),
        (HEADER + ",q,1,,s,0,equals" + END, "line 2: claim must not be empty"),
        (
            HEADER + "a,a b,1,,s,0,equals" + END,
            "quantity must be a dotted id; got 'a b'",
        ),
        (
            HEADER + "a,q,1,,s,0,near" + END,
            "relation must be one of .*; got 'near'",
        ),
        (
            HEADER + "a,q,x,,s,0,equals" + END,
            "published must be a number; got 'x'",
        ),
        (HEADER + "a,q,,,s,0,equals" + END, "published must not be empty"),
        (
            HEADER + "a,q,1,-1,s,0,equals" + END,
            "spread must be finite and not negative",
        ),
        (
            HEADER + "a,q,1,,s,,at_least" + END,
            "line 2: tolerance must not be empty",
        ),
        (
            HEADER + "a,q,0,,s,,holds" + END,
            "published must be 1 where relation is holds",
        ),
    ],
)
def test_bad_published_tables_name_file_and_line(root, text, message):
    path = root / "book/published/1-toy.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message) as error:
        results.read_published(path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_missing_published_table_is_named(root):
    with pytest.raises(FileNotFoundError, match=r"2-none\.csv: there is no such table"):
        results.Store("2-none", root=root).comparison()


# What is shown


def test_comparison_table_is_one_markdown_table(root):
    quick = store(root)
    quick.record({"t.auc": 0.123456, "t.order": False})
    lines = quick.comparison_table().splitlines()
    assert len(lines) == 5
    assert lines[2].startswith(
        r"| Mean \| AUC (Table 2) | 0.95 ± 0.02; chance 0.5 | – | 0.1235 |"
    )
    assert "does not hold" in lines[3]
    assert quick.comparison_table()._repr_markdown_() == "\n".join(lines)


def test_markdown_numbers():
    table = pd.DataFrame(
        {"x": [20640.0, 1 / 3, 5e-5, np.nan], "y": ["a", "b", "c", None]}
    )
    cells = [line.split(" | ")[0] for line in results.to_markdown(table).splitlines()]
    assert cells[2:] == ["| 20640", "| 0.3333", "| 5e-5", "| –"]


def test_provenance_is_one_line_about_the_steps(root):
    quick = store(root)
    quick.stored_or_run("step", counted, {})
    line = quick.provenance()
    assert "\n" not in line
    for expected in ("quick size", "1 heavy step", "thread", "commit", "numpy"):
        assert expected in line


def test_scoreboard_command(root, capsys, tmp_path):
    store(root).record({"t.auc": 0.95})
    assert results.main(["scoreboard"], root=root) == 0
    assert "not run yet" in capsys.readouterr().out
    assert results.main(["scoreboard", "--csv", "-"], root=root) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == (
        "chapter,claim,published,tolerance,chance,reading,paper_size,this_run,size,"
        "verdict"
    )
    assert lines[1] == "1-toy,Mean | AUC,0.95,0.02,0.5,declared,,0.95,quick,not run yet"
    path = tmp_path / "board.csv"
    assert results.main(["scoreboard", "--csv", str(path)], root=root) == 0
    assert path.read_text(encoding="utf-8").splitlines() == lines
    counts = results.verdict_counts(results.scoreboard(root=root))
    assert counts.to_dict("records") == [
        {
            "chapter": "1-toy",
            "claims": 3,
            "reproduced": 0,
            "reproduced, found after search": 0,
            "not reproduced": 0,
            "checked by arithmetic": 0,
            "not applicable": 0,
            "not run yet": 2,
            "quoted": 1,
        }
    ]


def test_scoreboard_without_tables(tmp_path, capsys):
    assert results.main(["scoreboard"], root=tmp_path) == 0
    assert "no published table" in capsys.readouterr().out


def test_where_nothing_is_committed_check_says_so(tmp_path, capsys):
    assert results.main(["check"], root=tmp_path) == 1
    assert "no committed result" in capsys.readouterr().out


def test_command_line_errors_are_one_line(root, capsys):
    assert results.main(["publish", "1-toy"], root=root) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: 1-toy has no complete local run")
    assert error.count("\n") == 1


def test_import_does_not_load_torch():
    run = run_python("import sys, helpers.results; print('torch' in sys.modules)")
    assert run.stdout.strip() == "False"


def test_provenance_says_which_commit_made_which_table():
    made = {"a": "111", "b": "222", "c": "111 and 222", "d": "333"}
    assert provenance.commits(made) == "commits 111 (a, c); 222 (b, c); 333 (d)"
    assert provenance.commits({"a": "111", "b": "111"}) == "commit 111"


def test_provenance_names_each_device_once():
    ran = [
        {"device": "X", "threads": 1},
        {"device": "Y and X", "threads": 4},
        {"device": "Z", "threads": 1},
    ]
    said = provenance.machines(ran)
    assert said == "X (1 or 4 threads) and Y (4 threads) and Z (1 thread)"
