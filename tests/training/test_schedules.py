import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.training.schedules import (
    constant,
    exponential,
    one_cycle,
    warmup_cosine,
)


def test_constant_and_exponential_in_ones_head():
    assert constant()(17, 5, 10) == 1
    decay = exponential(0.5)
    assert [decay(step, 3, 10) for step in range(7)] == [1, 1, 1, 0.5, 0.5, 0.5, 0.25]


def test_warm_up_rises_in_a_line_and_falls_to_the_final_factor():
    factor = warmup_cosine(0.4, 0.2)  # 4 of 10 steps
    assert [factor(k, 5, 2) for k in range(4)] == [0.25, 0.5, 0.75, 1]
    assert factor(4, 5, 2) == 1
    assert factor(7, 5, 2) == pytest.approx(0.6)  # half-way down
    assert warmup_cosine(0.0)(0, 5, 2) == 1


def test_one_cycle_starts_peaks_and_ends_where_it_should():
    factor = one_cycle(0.25, 0.1, 0.01)
    assert factor(0, 10, 4) == pytest.approx(0.1)
    assert factor(9, 10, 4) == pytest.approx(1.0)
    assert factor(39, 10, 4) == pytest.approx(0.01)


@given(
    schedule=st.sampled_from(
        [constant(), exponential(0.9), warmup_cosine(), warmup_cosine(1.0), one_cycle()]
    ),
    steps=st.integers(1, 40),
    epochs=st.integers(1, 9),
    at=st.floats(0, 1, exclude_max=True),
)
def test_factors_lie_between_0_and_1(schedule, steps, epochs, at):
    assert 0 <= schedule(int(at * steps * epochs), steps, epochs) <= 1 + 1e-12


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: exponential(-0.1), "decay must be at least 0; got -0.1"),
        (lambda: warmup_cosine(1.5), "warmup must be at most 1; got 1.5"),
        (lambda: warmup_cosine(final=-1), "final must be at least 0; got -1"),
        (lambda: one_cycle(rise="a"), "rise must be a number; got 'a'"),
        (lambda: one_cycle(start=2), "start must be at most 1; got 2"),
    ],
)
def test_rejects_impossible_settings(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()
