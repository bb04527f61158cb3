"""Publishing steps and parts, runs that explore, and looking at what is stored."""

import json
import shutil
import subprocess

import logged
import pandas as pd
import pytest

from helpers.press import results
from helpers.press.results import (
    again,
    checking,
    earlier,
    provenance,
    publishing,
    recomputed,
)

PARTS = [{"number": number} for number in range(3)]


@pytest.fixture(autouse=True)
def clean_tree(monkeypatch):
    """Commits are named, and clean, whatever the state of this checkout."""
    describe = results.store.provenance.describe
    commit = {"commit": "aaa1111"}
    monkeypatch.setattr(
        results.store.provenance, "describe", lambda device: describe(device) | commit
    )
    logged.take()
    logged.RETURNED = None
    return commit


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "book" / "published"
    folder.mkdir(parents=True)
    header = "claim,quantity,published,spread,source,tolerance,relation,reading,"
    rows = (
        "A,t.a,1,,Table 1,0.1,equals,declared,,\nB,t.b,1,,Table 1,,holds,declared,,\n"
    )
    (folder / "1-toy.csv").write_text(f"{header}chance,together\n{rows}")
    return tmp_path


def numbered(number, seed=0):
    logged.CALLS.append(number)
    if number == logged.RETURNED:
        raise KeyboardInterrupt
    return pd.DataFrame(
        {"name": [f"row {number}"] * 2, "value": [number / 3 + seed, number / 7]}
    )


def count(n):
    logged.CALLS.append(n)
    return pd.DataFrame({"n": range(n), "root": [i**0.5 for i in range(n)]})


def store(root, **options):
    return results.Store(
        "1-toy", root=root, **({"own": True, "size": "paper"} | options)
    )


def run_parts(root, *, parts=PARTS, compute=True, **options):
    return store(root, compute=compute).stored_or_run(
        "step", numbered, {"seed": 0}, parts=parts, estimate_minutes=60, **options
    )


def interrupted(root, at):
    logged.RETURNED = at
    with pytest.raises(KeyboardInterrupt):
        run_parts(root)
    logged.RETURNED = None
    logged.take()


def committed(root):
    return root / "data/results/paper/1-toy"


def change(root, step, **fields):
    """Change fields of a committed manifest."""
    path = committed(root) / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["steps"][step].update(fields)
    path.write_text(json.dumps(manifest))


def sign_anew(root, step):
    """Make a committed manifest that of a table that was edited."""
    path = committed(root) / "manifest.json"
    table = json.loads(path.read_text())["steps"][step]["table"]
    text = (committed(root) / f"{step}.csv").read_text()
    change(root, step, table={**table, "sha256": results.store.digest(text)})


# Parts


def test_parts_are_published_while_the_rest_waits(root, tmp_path, capsys):
    interrupted(root, at=2)
    written, _ = results.publish("1-toy", "step", root=root)
    assert written.parent == committed(root) / "parts/step"
    for path in (root / "_build").rglob("*.*"):
        path.unlink()  # another clone
    paper = store(root)
    assert paper.paper("step") is None
    found = paper.paper("step", partial=True)
    assert found["name"].tolist() == ["row 0"] * 2 + ["row 1"] * 2
    assert paper.paper("other", partial=True) is None
    table = paper.stored_or_run(
        "step", numbered, {}, parts=PARTS, estimate_minutes=60, partial=True
    )
    assert table["name"].tolist() == ["row 0"] * 2 + ["row 1"] * 2
    assert paper.missing_parts("step") == [{"number": 2}]
    assert "2 of 3 parts stored, the rest not run yet" in capsys.readouterr().out
    assert "1 not run yet" in paper.provenance()
    assert run_parts(root, compute=False) is None
    assert not logged.CALLS
    whole = run_parts(root)
    assert logged.take() == [2]
    assert len(whole) == 6
    results.publish("1-toy", "step", root=root)
    assert not (committed(root) / "parts/step").exists()
    assert len(store(root).paper("step")) == 6


@pytest.mark.parametrize("other", [False, True])
def test_a_step_whose_parts_are_all_stored_is_whole_without_a_run(root, other, capsys):
    interrupted(root, at=2)
    results.publish("1-toy", "step", root=root)
    store(root, compute=True).stored_or_run(
        "step", numbered, {"seed": 0}, parts=PARTS[2:], estimate_minutes=60
    )
    path = next((root / "_build").rglob("step.*.json"))  # the third part, as a whole
    manifest = json.loads(path.read_text())
    assert (manifest["rows_of_parts"], logged.take()) == ([2], [2])
    if other:
        path.write_text(json.dumps(manifest | {"code": "of another day"}))
    anew = store(root, recompute=True).stored_or_run(
        "step", numbered, {"seed": 0}, parts=PARTS, estimate_minutes=60, partial=True
    )
    assert len(anew) == 6 and not logged.CALLS  # too long without compute=True
    capsys.readouterr()
    assert len(run_parts(root, compute=False)) == 6
    assert not logged.CALLS
    said = "step: stored, in 3 parts" + ", computed by other code" * other + ".\n"
    assert capsys.readouterr().out == said
    results.publish("1-toy", "step", root=root)
    assert len(store(root).paper("step")) == 6


def test_one_part_is_published_by_the_name_of_its_file(root):
    interrupted(root, at=2)
    local = root / "_build/results/1-toy/paper/parts/step"
    name = min(local.glob("*.csv")).stem
    (written,) = results.publish("1-toy", "step", name, root=root)
    assert written.stem == name
    with pytest.raises(ValueError, match="no local table of part nothing of step"):
        results.publish("1-toy", "step", "nothing", root=root)


def test_ten_become_twenty_without_starting_over(root):
    run_parts(root)
    results.publish("1-toy", "step", root=root)
    for path in (root / "_build").rglob("*.*"):
        path.unlink()
    logged.take()
    more = [*PARTS, {"number": 3}]
    assert len(run_parts(root, parts=more)) == 8
    assert logged.take() == [3]
    fewer = run_parts(root, parts=PARTS[1:2])
    assert fewer["name"].tolist() == ["row 1"] * 2
    assert not logged.take()


def test_publishing_one_step_leaves_the_others(root):
    paper = store(root)
    paper.stored_or_run("step", count, {"n": 3})
    paper.stored_or_run("other", count, {"n": 2})
    results.publish("1-toy", "other", root=root)
    results.publish("1-toy", "step", root=root)
    steps = json.loads((committed(root) / "manifest.json").read_text())["steps"]
    assert set(steps) == {"step", "other"}


def test_uncommitted_code_is_not_published_unless_told(root, clean_tree):
    clean_tree["commit"] = "bbb2222-dirty"
    store(root).stored_or_run("step", count, {"n": 3})
    with pytest.raises(ValueError, match=r"uncommitted changes \(bbb2222-dirty"):
        results.publish("1-toy", "step", root=root)
    assert not committed(root).exists()
    assert results.main(["publish", "1-toy", "step", "--dirty"], root=root) == 0
    assert (committed(root) / "step.csv").is_file()
    (line,) = checking.check("1-toy", root=root)[-1:]
    assert "computed with uncommitted changes" in line


def test_only_the_named_step_is_computed(root, monkeypatch):
    monkeypatch.setenv(results.ONLY_STEPS, "other")
    paper = store(root, compute=True)
    call = {"estimate_minutes": 60}
    assert paper.stored_or_run("step", count, {"n": 3}, **call) is None
    assert paper.stored_or_run("other", count, {"n": 3}, **call) is not None


# Runs that explore


def test_exploring_moves_neither_pages_nor_verdicts(root):
    own = store(root, size="quick")
    own.stored_or_run("step", count, {"n": 3})
    own.record({"t.a": 1.0})
    before = {p: p.read_bytes() for p in (root / "_build").rglob("*.*")}
    for n in (4, 5):
        other = store(root, size="quick", own=False)
        other.stored_or_run("step", count, {"n": n})
        other.record({"t.a": 9.0})
    assert {p: p.read_bytes() for p in before} == before
    board = results.scoreboard("quick", root=root)
    assert board["this_run"].tolist()[0] == 1.0
    tables = list((root / "_build/explored/1-toy/quick").glob("step.*.csv"))
    assert len(tables) == 2  # side by side, by key
    logged.take()
    for n in (3, 4, 5):
        store(root, size="quick", own=False).stored_or_run("step", count, {"n": n})
    assert not logged.CALLS


def test_an_exploring_run_of_paper_size_decides_nothing(root):
    store(root, own=False).record({"t.a": 5.0})
    board = results.scoreboard("paper", root=root)
    assert set(board["verdict"]) == {"not run yet"}
    assert store(root, own=False).comparison()["verdict"][0] == "not run yet"


def test_the_renderer_says_whose_run_it_is(root, monkeypatch):
    monkeypatch.setenv(results.OWN_RUN, "1-toy")
    assert results.Store("1-toy", root=root).own
    assert not results.Store("2-other", root=root).own
    monkeypatch.delenv(results.OWN_RUN)
    assert not results.Store("1-toy", root=root).own


# Other code


def test_other_code_is_computed_again_or_marked(root, monkeypatch, capsys):
    for size in ("quick", "paper"):
        store(root, size=size).stored_or_run("step", count, {"n": 3})
    monkeypatch.setattr(results.store, "code_hash", lambda function: "other")
    monkeypatch.setattr(results.store, "hash_of", lambda *place: "other")
    logged.take()
    store(root, size="quick").stored_or_run("step", count, {"n": 3})
    assert logged.take() == [3]
    capsys.readouterr()
    paper = store(root)
    assert paper.stored_or_run("step", count, {"n": 3}) is not None
    assert not logged.take()
    assert "computed by other code" in capsys.readouterr().out
    assert "computed by other code: step" in paper.provenance()


def test_check_lists_what_deserves_a_look(root, monkeypatch, capsys):
    store(root).stored_or_run("step", count, {"n": 3})
    results.publish("1-toy", "step", root=root)
    monkeypatch.setattr(checking, "hash_of", lambda *place: None)
    assert checking.check("1-toy", root=root) == [
        "1-toy step: its function is not found"
    ]
    monkeypatch.setattr(checking, "hash_of", lambda *place: "new")
    assert results.main(["check"], root=root) == 0
    assert "1-toy step: computed by other code" in capsys.readouterr().out
    (committed(root) / "step.csv").unlink()
    assert "its table is gone" in checking.check("1-toy", root=root)[0]


# Computing again


def test_verify_finds_a_changed_number(root, capsys):
    run_parts(root)
    store(root).stored_or_run("other", count, {"n": 4})
    for step in ("step", "other"):
        results.publish("1-toy", step, root=root)
    capsys.readouterr()
    assert results.main(["verify", "1-toy", "--cells", "4"], root=root) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert all("equal" in line for line in lines)
    path = committed(root) / "other.csv"
    path.write_text(path.read_text().replace("1.4142", "1.4342"))
    sign_anew(root, "other")
    lines = list(results.verify("1-toy", cells=4, root=root))
    (changed,) = (line for line in lines if line.startswith("other"))
    assert "equal within 0.01 of the largest root" in changed


def test_verify_names_rows_that_are_not_stored(root, capsys):
    store(root).stored_or_run("other", count, {"n": 4})
    results.publish("1-toy", "other", root=root)
    change(root, "other", settings={"n": 5})
    assert results.main(["verify", "1-toy"], root=root) == 1
    assert "DIFFERS: no rows of these words are stored" in capsys.readouterr().out
    change(root, "other", ran={"seconds": 61})
    assert list(results.verify("1-toy", minutes=1, root=root)) == [
        "1-toy has no stored cell of at most 1 minutes."
    ]


def test_a_cell_is_compared_with_its_own_rows(root):
    """Numbers of another part that lie nearer are not its own."""
    run_parts(root)
    results.publish("1-toy", "step", root=root)
    path = committed(root) / "step.csv"
    lines = path.read_text().splitlines()
    lines[1], lines[3] = lines[3], lines[1]
    path.write_text("\n".join(lines) + "\n")
    sign_anew(root, "step")
    told = list(results.verify("1-toy", cells=3, root=root))
    assert ["DIFFERS" in line for line in told] == [True, True, False]


def test_what_a_cell_came_to_is_said_on_its_page(root, monkeypatch, capsys):
    run_parts(root)
    store(root).stored_or_run("other", count, {"n": 4})
    for step in ("step", "other"):
        results.publish("1-toy", step, root=root)
    for step in ("step", "other"):
        change(root, step, code="older")
    for module in (again, checking):
        monkeypatch.setattr(module, "hash_of", lambda *place: "new")
    options = ["--each-step", "--keep", "--seed", "0"]
    assert results.main(["verify", "1-toy", *options], root=root) == 0
    assert list(results.verify("1-toy", each_step=True, root=root)) == [
        "1-toy has no stored cell of other code of at most 5 minutes."
    ]
    shutil.rmtree(root / "_build")
    paper = store(root)
    paper.stored_or_run("other", count, {"n": 4})
    paper.stored_or_run("step", numbered, {"seed": 0}, parts=PARTS)
    told = "a cell of each computed again at commit aaa1111: 2 of 2 equal"
    assert told in paper.provenance()
    table = recomputed.read(root / "data/results/recomputed/1-toy.csv")
    assert table["step"].tolist() == ["other", "step"]
    assert json.loads(table["part"][1])["number"] in range(3)
    assert results.main(["check"], root=root) == 0
    told = "step: computed by other code; a cell of it computed again at commit aaa1111"
    assert told in capsys.readouterr().out


def test_a_newer_code_begins_its_own_record(tmp_path):
    """Cells of one code stand side by side; those of an older one go."""
    path = tmp_path / "kept.csv"
    gaps = [("a", 0.0, 0.0), ("a", 0.2, 0.1), ("b", 1e-4, 1e-4)]
    for number, (code, *gap) in enumerate(gaps):
        recomputed.keep(path, "step", {"n": number}, code, "x", *gap)
        recomputed.keep(path, "rest", {}, code, "", 0.0, 0.0)
    table = recomputed.read(path)
    assert table["gap"].tolist() == [0.0, 1e-4]
    told = recomputed.told(table, ["step", "rest", "never run"])
    assert told == (
        "a cell of 2 of them computed again at commit aaa1111: "
        "1 of 2 equal, step within 1e-04"
    )
    recomputed.keep(path, "step", {}, "b", "", float("inf"), None)
    told = recomputed.told(recomputed.read(path), ["step"])
    assert told.endswith("aaa1111: step not, and the code of then does not run there")
    recomputed.keep(path, "step", {}, "b", "", float("inf"), float("inf"))
    told = recomputed.told(recomputed.read(path), ["step"])
    assert told.endswith("a cell of it computed again at commit aaa1111: step differs")
    recomputed.keep(path, "step", {}, "c", "x", 0.2, 0.0)
    told = recomputed.told(recomputed.read(path), ["rest", "step"])
    there = "to what the code of then gives on that machine"
    assert told.endswith(f"2 of 2 equal (1 of them {there})")
    told = recomputed.told(recomputed.read(path), ["step"])
    assert told.endswith(f": equal ({there})")
    recomputed.keep(path, "step", {}, "d", "", float("inf"), 0.03)
    told = recomputed.told(recomputed.read(path), ["step"])
    assert told.endswith("commit aaa1111: step within 3.0%")
    assert recomputed.told(recomputed.read(path), ["never run"]) == ""


def test_a_new_table_ends_what_was_known_of_the_last(root):
    path = root / "data/results/recomputed/1-toy.csv"
    for step in ("other", "step"):
        recomputed.keep(path, step, {}, "a", "", 0.0, 0.0)
    store(root).stored_or_run("other", count, {"n": 4})
    results.publish("1-toy", "other", root=root)
    assert recomputed.read(path)["step"].tolist() == ["step"]


def test_whole_numbers_that_a_machine_decides_do_not_hide_the_rows():
    stored = pd.DataFrame({"f": ["a", "a", "b"], "epochs": [3, 9, 5], "x": [1.0, 2, 3]})
    table = pd.DataFrame({"f": ["a"], "epochs": [8], "x": [2.0]})
    rows = min(
        again._candidates(stored, table), key=lambda rows: again._distance(rows, table)
    )
    assert rows["epochs"].tolist() == [9]
    assert again._gap(rows, table) == (pytest.approx(1 / 9), "epochs")


@pytest.fixture
def clone(tmp_path):
    """A repository whose second commit changed what a function gives."""

    def git(*arguments):
        who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        command = ["git", *who, *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        return done.stdout.strip()

    git("init", "-q")
    for folder in ("helpers", "data/results", "book"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "__init__.py").write_text("")
    text = "import pandas as pd\ndef f(n): return pd.DataFrame({'n': [n * 2]}), {}\n"
    commits = []
    for version in (text, text.replace("2", "3")):
        (tmp_path / "helpers/toy.py").write_text(version)
        git("add", ".")
        git("commit", "-q", "-m", "toy")
        commits.append(git("rev-parse", "--short=7", "HEAD"))
    return tmp_path, commits


def test_the_code_of_a_commit_runs_here(clone):
    root, commits = clone
    tables = [
        earlier.table_at(commit, "helpers.toy:f", {"n": 5}, root) for commit in commits
    ]
    assert [table["n"].tolist() for table in tables] == [[10], [15]]
    moved = earlier.table_at(commits[0], "helpers.room.toys:f", {"n": 5}, root)
    assert moved.equals(tables[0])
    absent = [("1234567", {"n": 5}), (commits[0], {"m": 5})]
    assert [earlier.table_at(c, "helpers.toy:f", s, root) for c, s in absent] == [
        None,
        None,
    ]


def test_what_a_commit_lacks_is_not_taken_from_today(clone):
    root, commits = clone
    today = "helpers.press.results.chapters:scoreboard"
    settings = {"size": "quick", "root": str(root)}
    assert results.scoreboard(**settings).empty
    assert earlier.table_at(commits[0], today, settings, root) is None


def test_without_git_no_code_of_then_runs(clone, monkeypatch):
    root, commits = clone
    monkeypatch.setenv("PATH", "")
    assert earlier.table_at(commits[0], "helpers.toy:f", {"n": 5}, root) is None


@pytest.mark.parametrize("function", ["no_such_module:count", "logged:no_such_name"])
def test_a_function_that_is_gone_hides_no_other_step(root, function):
    for step in ("step", "other"):
        store(root).stored_or_run(step, count, {"n": 4})
        results.publish("1-toy", step, root=root)
    change(root, "step", function=function)
    (line,) = results.verify("1-toy", root=root)
    assert line.startswith("other: equal")


def test_stored_tables_that_changed_are_no_other_code(clone, monkeypatch):
    root, commits = clone
    monkeypatch.setattr(provenance, "ROOT", root.resolve())
    named = provenance._commit.__wrapped__
    assert named() == commits[-1]
    (root / "data/results/__init__.py").write_text("other")
    assert named() == commits[-1]
    (root / "helpers/toy.py").write_text("other")
    assert named() == f"{commits[-1]}-dirty"


def test_a_gap_of_the_machine_is_told_from_one_of_the_code(clone):
    """Today's code is that of the second commit."""
    root, commits = clone
    table = pd.DataFrame({"n": [15]})
    for commit, size in zip([*commits, "1234567"], [0.5, 0.0, None], strict=True):
        manifest = {
            "function": "helpers.toy:f",
            "settings": {"n": 5},
            "ran": {"commit": commit},
        }
        cell = again.Cell("step", manifest, {}, 1.0)
        gap = again._gap_here(cell, table, root)
        assert (gap and gap.size) == size
    manifest["ran"]["commit"] = provenance.AND.join(commits)  # parts of both: nearest
    assert again._gap_here(cell, table, root).size == 0


def test_rows_sorted_by_what_was_computed_are_found():
    stored = pd.DataFrame({"f": ["a", "b", "c"], "x": [1.0, 2, 3]})
    table = pd.DataFrame({"f": ["b", "c", "a"], "x": [2.0, 3, 4]})
    (rows,) = again._candidates(stored, table)
    assert rows["x"].tolist() == [2, 3, 1]
    assert again._candidates(stored, table.assign(f=["b", "c", "d"])) == []


def test_gaps_by_hand():
    table = pd.DataFrame({"x": [1.0, -2.0, None], "seconds": [1.0, 2.0, 3.0]})
    moved, absent = (table.assign(x=[1.0, second, None]) for second in (-1.9, None))
    gaps = [again._gap(table, t) for t in (table * [1, 5], moved, absent)]
    assert gaps == [(0, ""), (pytest.approx(0.05), "x"), (float("inf"), "x")]
    assert list(map(str, gaps)) == [
        "equal",
        "equal within 0.05 of the largest x",
        "DIFFERS: x is absent in other rows",
    ]
    called = pd.DataFrame({"called": [True, False]})
    assert again._gap(called, ~called) == (1, "called")


# Deleted results


def test_deleted_tables_are_noticed(root):
    own = store(root, size="quick")
    own.stored_or_run("step", count, {"n": 3})
    assert publishing.notice_deleted("1-toy", "quick", root=root) == []
    (table,) = (root / "_build/results/1-toy/quick").glob("step.*.csv")
    table.unlink()
    assert publishing.notice_deleted("1-toy", "quick", root=root) == ["step"]
    assert not (root / "_build/results/1-toy/quick/run.json").exists()


# Verdicts


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, ["not run yet"] * 2),
        ({"t.a": 1.05}, ["not run yet"] * 2),
        ({"t.a": 1.05, "t.b": 1}, ["reproduced"] * 2),
        ({"t.a": 1.2, "t.b": 1}, ["not reproduced"] * 2),
        ({"t.a": 1.05, "t.b": None}, ["reproduced", "not applicable"]),
    ],
)
def test_rows_that_stand_together_fall_together(root, values, expected):
    path = root / "book/published/1-toy.csv"
    path.write_text(path.read_text().replace("declared,,\n", "declared,,pair\n"))
    paper = store(root)
    paper.record(values)
    assert paper.comparison()["verdict"].tolist() == expected


def test_arithmetic_reproduces_nothing(root):
    path = root / "book/published/1-toy.csv"
    path.write_text(path.read_text().replace("declared", "arithmetic"))
    paper = store(root)
    paper.record({"t.a": 1.0, "t.b": False})
    table = paper.comparison()
    assert table["verdict"].tolist() == ["checked by arithmetic", "not reproduced"]


def test_what_was_found_after_search_is_counted_apart(root):
    path = root / "book/published/1-toy.csv"
    text = path.read_text().replace("declared", "found after search", 1)
    path.write_text(text)
    paper = store(root)
    paper.record({"t.a": 1.0, "t.b": True})
    counts = results.verdict_counts(results.scoreboard("paper", root=root))
    assert counts["reproduced"][0] == 1
    assert counts["reproduced, found after search"][0] == 1
    assert "reproduced, found after search" in paper.comparison_table()
