import io
import sys
import types

import pytest

from helpers.training.progress import Progress, in_turn


def use(shown=True):
    progress = Progress(100, " epochs", shown)
    for done in (10, 50, 100):
        progress.reach(done)
    progress.finish("All done.")


def test_a_log_gets_the_summary_alone(capsys):
    use()
    captured = capsys.readouterr()
    assert captured.err == "All done.\n"
    assert captured.out == ""


def test_nothing_is_shown_if_so_wished(capsys):
    use(shown=False)
    captured = capsys.readouterr()
    assert captured.err + captured.out == ""


def test_a_terminal_gets_one_line_that_is_rewritten(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    use()
    text = terminal.getvalue()
    assert text.count("\n") == 1
    assert "\r" in text
    assert text.endswith("All done.\n")


def test_a_notebook_keeps_the_last_state_of_one_output(monkeypatch):
    outputs = []

    class Handle:
        def update(self, shown):
            outputs[0] = repr(shown)

    def display(shown, display_id):
        assert display_id is True
        outputs.append(repr(shown))
        return Handle()

    monkeypatch.setitem(
        sys.modules,
        "IPython",
        types.SimpleNamespace(get_ipython=lambda: types.SimpleNamespace(kernel=1)),
    )
    monkeypatch.setitem(
        sys.modules, "IPython.display", types.SimpleNamespace(display=display)
    )
    progress = Progress(100, " epochs")
    assert "0.00/100" in outputs[0]
    progress.reach(50)
    progress.finish("All done.")
    assert outputs == ["All done."]


@pytest.mark.parametrize("total", [1, 10**6])
def test_the_meter_is_one_line(total):
    assert "\n" not in Progress(total, " epochs", shown=False)._meter()


def test_items_come_in_turn_and_the_last_line_says_how_many(capsys):
    assert list(in_turn("abc", "part", "tested")) == ["a", "b", "c"]
    assert capsys.readouterr().err.startswith("3 of 3 parts tested in ")
    assert list(in_turn("abc", "part", "tested", shown=False)) == ["a", "b", "c"]
    assert capsys.readouterr().err == ""


def test_where_an_item_fails_the_line_says_how_far_it_came(capsys):
    with pytest.raises(ZeroDivisionError):
        [1 / item for item in in_turn([2, 1, 0, 3], "part", "tested")]
    assert capsys.readouterr().err.startswith("2 of 4 parts tested in ")
