"""The key of a stored step: all its arguments, and the constants that it reads."""

import json

import numpy as np
import pytest
import steps_to_key as room

from helpers.press.results import steps


def key(function=room.plain, settings=None, **others):
    settings = {"n": 1} if settings is None else settings
    return steps.step_key("step", function, settings, **others)


def test_arguments_that_are_left_out_stand_in_the_key():
    assert key()["settings"] == {"n": 1, "seed": 0}
    assert key(settings={"n": 1, "seed": 1}) != key()


def test_constants_are_those_read_here_or_through_the_module():
    assert set(key(room.reads)["constants"]) == {"WIDTH", "MATRIX"}
    assert set(key(room.through)["constants"]) == {"SCALE", "NAMES"}
    assert key(room.plain)["constants"] == {}


def test_another_value_of_a_constant_is_another_key(monkeypatch):
    before = key(room.reads), key(room.through), key(room.plain)
    monkeypatch.setattr(room, "WIDTH", 21)
    assert key(room.reads) != before[0]
    monkeypatch.setattr(room, "NAMES", {"a": (1, 3), "b": len})
    assert key(room.through) != before[1]
    assert key(room.plain) == before[2]


def test_one_number_of_an_array_is_another_key(monkeypatch):
    before = key(room.reads)
    changed = room.MATRIX.copy()
    changed[1, 2] += 1e-12
    monkeypatch.setattr(room, "MATRIX", changed)
    assert key(room.reads) != before


def test_settings_classes_bring_their_defaults():
    constants = key(room.with_class)["constants"]
    assert constants == {"Recipe.epochs": 3, "Recipe.rate": 0.1, "SCALE": 7}


def test_long_constants_are_hashed(monkeypatch):
    monkeypatch.setattr(room, "WIDTH", tuple(range(500)))
    assert set(key(room.reads)["constants"]["WIDTH"]) == {"sha256"}


def test_keys_are_plain_json():
    for function in (room.reads, room.through, room.with_class):
        one = key(function)
        assert json.loads(json.dumps(one)) == one


def test_parts_carry_what_differs_and_settings_the_rest():
    one = key(settings={}, parts=[{"n": 1}, {"n": 2, "seed": 5}])
    assert one["settings"] == {}
    assert one["parts"] == [{"n": 1, "seed": 0}, {"n": 2, "seed": 5}]


def test_device_is_how_not_what():
    assert key(room.trains)["settings"] == {"n": 1}
    with pytest.raises(ValueError, match="settings must not hold 'device'"):
        key(room.trains, {"n": 1, "device": "cpu"})
    assert steps.takes(room.trains, "device")
    assert not steps.takes(room.plain, "device")


@pytest.mark.parametrize(
    ("function", "error", "message"),
    [
        (room.reads_state, TypeError, "reads the global 'STATE', .* got object"),
        (room.reads_partial, TypeError, "reads the global 'CALL', .* got partial"),
        (room.changes, ValueError, "must not change the global 'SCALE'"),
        (room.reads_nothing_there, NameError, "absent is not defined"),
        (room.closure(1), ValueError, r"got steps_to_key\.closure"),
        (room.CALL, TypeError, "must be a plain function; got partial"),
        (np.sum, TypeError, "must be a plain function"),
    ],
)
def test_what_no_other_process_could_repeat_is_refused(function, error, message):
    with pytest.raises(error, match=message):
        key(function)


def test_a_new_argument_with_the_old_behaviour_voids_nothing():
    stored = key() | {"settings": {"n": 1}}  # before there was a seed
    default = steps.defaults(room.plain)
    assert default == {"seed": 0}
    assert steps.matches(stored, key(), default)
    assert not steps.matches(stored, key(settings={"n": 1, "seed": 1}), default)
    gone = key() | {"settings": {"n": 1, "seed": 0, "rate": 1}}
    assert not steps.matches(gone, key(), default)


def test_a_changed_default_is_another_table():
    stored = key() | {"settings": {"n": 1, "seed": 3}}
    assert not steps.matches(stored, key(), steps.defaults(room.plain))


def test_a_new_field_of_a_settings_class_voids_nothing_and_a_constant_does():
    wanted = key(room.with_class)
    older = {n: v for n, v in wanted["constants"].items() if n != "Recipe.rate"}
    assert steps.matches(wanted | {"constants": older}, wanted)
    older = {n: v for n, v in wanted["constants"].items() if n != "SCALE"}
    assert not steps.matches(wanted | {"constants": older}, wanted)
    later = wanted["constants"] | {"designs.OWN_PEOPLE": 1}  # a module's, read since
    assert not steps.matches(wanted, wanted | {"constants": later})
    later = wanted["constants"] | {"study.Recipe.epochs": 3}  # a class's field
    assert steps.matches(wanted, wanted | {"constants": later})
    more = wanted["constants"] | {"GONE": 1}
    assert not steps.matches(wanted | {"constants": more}, wanted)


@pytest.mark.parametrize(
    "change", [{"revision": 2}, {"data": {"a": "b"}}, {"parts": [{"seed": 0}]}]
)
def test_every_other_field_counts(change):
    assert not steps.matches(key() | change, key())


def test_constants_of_the_whole_study_count(monkeypatch):
    """Another length of a gene used to return the table of the old one."""
    from helpers.studies.gene_gene import designs, rankings

    call = {"settings": ["small"], "numbers": [0], "people": [9, 9], "seed": 0}
    before = key(rankings.read_right_snp, call)
    assert before["constants"]["designs.LENGTH"] == designs.LENGTH
    monkeypatch.setattr(designs, "LENGTH", 1)
    assert key(rankings.read_right_snp, call) != before
    assert key(rankings.read_right_snp, call | {"seed": 1})["settings"]["seed"] == 1


@pytest.mark.parametrize(
    ("module", "room"),
    [
        ("helpers.studies.nid.tables", "helpers.studies.nid"),
        ("helpers.studies.nid", "helpers.studies.nid"),
        ("helpers.truth.planted", "helpers.truth.planted"),
        ("my_study", "my_study"),
    ],
)
def test_a_room_is_a_study_or_a_module(module, room):
    assert steps.room_of(module) == room


def test_what_is_given_as_it_is_counts_by_its_checksum():
    one = steps.step_key("step", room.plain, {}, data={"n": "aa"}, given=["n"])
    assert one["settings"] == {"seed": 0} and one["data"] == {"n": "aa"}
    other = steps.step_key("step", room.plain, {}, data={"n": "bb"}, given=["n"])
    assert other != one
    with pytest.raises(ValueError, match=r"checksum of each .*; got none of 'n'"):
        steps.step_key("step", room.plain, {}, given=["n"])
