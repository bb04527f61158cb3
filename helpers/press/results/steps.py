"""What a stored table depends on: the arguments of its step, the constants it reads."""

import builtins
import dataclasses
import dis
import enum
import inspect
import json
import math
import re
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from helpers import checks
from helpers.press.results.files import ROOT, checked_name, digest

HOW = frozenset({"device", "threads", "progress"})  # how a step runs, not what it is
MISSING = object()
CODE = (type, types.FunctionType, types.BuiltinFunctionType, types.MethodType, np.ufunc)
SHOWN = 300  # characters of a constant that a manifest spells out


def step_key(
    name: str,
    function: Callable,
    settings: dict,
    parts: Sequence[dict] | None = None,
    revision: int = 1,
    data: dict | None = None,
    given: Iterable[str] = (),
) -> dict:
    """Return all that the table of a step depends on, as plain JSON.

    Keys: settings (every bound argument but those of `HOW`, of the parts and `given`),
    constants (module-level values that the function reads, also through the functions
    of its own room that it calls), parts, revision and data.

    Raises
    ------
    TypeError, ValueError
        If the function is not one of a module, a setting is not plain JSON, is not an
        argument or is given twice, or a global that it reads is not a constant.
    """
    checked_name("name", name)
    check_function(name, function)
    settings = plain("settings", settings, dict)
    refused = HOW & settings.keys()
    if refused:
        raise ValueError(
            f"step {name!r}: settings must not hold {sorted(refused)[0]!r}: it says "
            "how a step runs, not what it computes."
        )
    if parts is not None:
        parts = plain("parts", list(parts), list)
        if not parts:
            raise ValueError("parts must hold at least one dict; got none.")
        for part in parts:
            twice = settings.keys() & plain("each of parts", part, dict).keys()
            if twice:
                raise ValueError(f"parts must not repeat settings; got {twice}.")
    of_parts = {argument for part in parts or () for argument in part}
    unknown = sorted(set(given) - set(data or {}))
    if unknown:
        raise ValueError(
            f"step {name!r}: data must hold a checksum of each argument given as it "
            f"is; got none of {unknown[0]!r}."
        )
    bound = [
        bound_arguments(name, function, settings | part, given)
        for part in parts or [{}]
    ]
    return {
        "settings": {n: v for n, v in bound[0].items() if n not in of_parts},
        "constants": constants_read(name, function),
        "parts": parts and [{n: b[n] for n in b if n in of_parts} for b in bound],
        "revision": checks.integer("revision", revision, at_least=1),
        "data": plain("data", data or {}, dict),
    }


def check_function(name: str, function: Any) -> None:
    """Refuse what no other process could find and call again."""
    if not isinstance(function, types.FunctionType):
        raise TypeError(
            f"step {name!r}: function must be a plain function; "
            f"got {type(function).__name__}."
        )
    if function.__module__ == "__main__" or "<" in function.__qualname__:
        raise ValueError(
            f"step {name!r}: function must stand in a module, not in a notebook or "
            f"another function; got {function.__module__}.{function.__qualname__}."
        )


def bound_arguments(
    name: str, function: Callable, settings: dict, given: Iterable[str] = ()
) -> dict:
    """Return every argument of a call by name, those of `HOW` and `given` left out."""
    try:
        bound = inspect.signature(function).bind(**settings, **dict.fromkeys(given))
    except TypeError as error:
        raise TypeError(f"step {name!r}: {error}.") from None
    bound.apply_defaults()
    values = {}
    for argument, value in bound.arguments.items():
        kind = bound.signature.parameters[argument].kind
        if kind is inspect.Parameter.VAR_KEYWORD:
            values |= value
        else:
            values[argument] = value
    values = {n: v for n, v in values.items() if n not in HOW | set(given)}
    return plain(f"step {name!r}: arguments", values, dict)


def defaults(function: Callable) -> dict:
    """Return the arguments that may be left out, with their plain values."""
    return {
        name: plain("default", {"_": parameter.default}, dict)["_"]
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.default is not inspect.Parameter.empty and name not in HOW
    }


def takes(function: Callable, argument: str) -> bool:
    """Return whether a function has an argument of this name."""
    return argument in inspect.signature(function).parameters


def matches(
    manifest: dict, key: dict, default: Mapping = types.MappingProxyType({})
) -> bool:
    """Return whether a stored table is the one that a key asks for.

    An argument that came after the table was stored counts as having had its default
    value then: whoever adds one gives it the old behaviour as default. The same holds
    for a new field of a settings class.
    """
    if any(manifest.get(field) != key[field] for field in ("revision", "data")):
        return False
    stored, wanted = manifest.get("constants", {}), key["constants"]
    for name, value in wanted.items():
        if stored.get(name, value if _is_field(name) else MISSING) != value:
            return False
    if stored.keys() - wanted.keys():
        return False
    if not same_arguments(manifest["settings"], key["settings"], default):
        return False
    one, other = manifest["parts"], key["parts"]
    if one is None or other is None:
        return one is other
    return len(one) == len(other) and all(
        same_arguments(a, b, default) for a, b in zip(one, other, strict=True)
    )


def _is_field(constant: str) -> bool:
    """Return whether a constant is a class's field, not a module's: Class.field."""
    return constant.rpartition(".")[0].rpartition(".")[2][:1].isupper()


def same_arguments(stored: dict, wanted: dict, default: Mapping) -> bool:
    """Return whether arguments agree; absent ones had their default."""
    if stored.keys() - wanted.keys():
        return False
    return all(
        stored.get(name, default.get(name, MISSING)) == value
        for name, value in wanted.items()
    )


# Constants


def constants_read(name: str, function: Callable) -> dict:
    """Return the values of the globals that a function reads, by name.

    Functions and classes of its own room are followed (`room_of`); a constant of
    another module there has that module's name before its own. What stands in other
    rooms is code, which `code_hash` covers.
    """
    room, found, seen, waiting = room_of(function.__module__), {}, set(), [function]
    while waiting:
        item = waiting.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, type):
            found |= _field_defaults(name, item, waiting, room)
            waiting += _methods(item)
            continue
        place = ""
        if item.__module__ != function.__module__:
            place = item.__module__.rpartition(".")[2] + "."
        for used in sorted(globals_read(name, item.__code__)):
            value = item.__globals__.get(used, getattr(builtins, used, MISSING))
            if value is MISSING:
                raise NameError(f"step {name!r}: {used} is not defined.")
            if _is_code(value):
                waiting += _own(value, room)
            elif not isinstance(value, types.ModuleType) and not hasattr(
                builtins, used
            ):
                constant = _constant(name, used, value, waiting, room)
                found[f"{place}{used}"] = _short(constant)
    return dict(sorted(found.items()))


def globals_read(name: str, code: types.CodeType) -> set[str]:
    """Return the global names that a code object and those inside it load."""
    names = set()
    for instruction in dis.get_instructions(code):
        if instruction.opname == "STORE_GLOBAL":
            raise ValueError(
                f"step {name!r}: must not change the global {instruction.argval!r}."
            )
        if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            names.add(instruction.argval)
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            names |= globals_read(name, inner)
    return names - {"__name__", "__qualname__", "__module__", "__file__"}


def _is_code(value: Any) -> bool:
    """Whether this is a function or class, in one of their wrappings too."""
    wrapped = hasattr(value, "__wrapped__") or hasattr(value, "py_func")
    return wrapped or isinstance(value, CODE)


def room_of(module: str) -> str:
    """Return the package of a study that a module is part of, else the module."""
    parts = module.split(".")
    in_study = parts[:2] == ["helpers", "studies"] and len(parts) > 3
    return ".".join(parts[:3]) if in_study else module


def _own(value: Any, room: str) -> list:
    """Return the plain functions and classes of a room in what was read."""
    value = getattr(value, "py_func", value)  # of numba
    value = inspect.unwrap(value)  # of functools.cache
    home = getattr(value, "__module__", None) or ""
    ours = home == room or home.startswith(f"{room}.")
    return [value] if ours and isinstance(value, (type, types.FunctionType)) else []


def _methods(cls: type) -> Iterable[types.FunctionType]:
    for value in vars(cls).values():
        value = getattr(value, "fget", None) or getattr(value, "__func__", value)
        if isinstance(value, types.FunctionType) and value.__module__ == cls.__module__:
            yield value


def _field_defaults(name: str, cls: type, waiting: list, room: str) -> dict:
    """Return the defaults of a settings class's fields."""
    if not dataclasses.is_dataclass(cls):
        return {}
    found = {}
    for field in dataclasses.fields(cls):
        if field.default is not dataclasses.MISSING:
            place = f"{cls.__name__}.{field.name}"
            value = _constant(name, place, field.default, waiting, room)
            found[place] = _short(value)
    return found


def _constant(step: str, name: str, value: Any, waiting: list, room: str) -> Any:
    """Return a constant as plain JSON; functions in it by name, followed if ours."""

    def inside(item: Any) -> Any:
        return _constant(step, name, item, waiting, room)

    simple = _simple(value)
    if simple is not MISSING:
        return simple
    if isinstance(value, Mapping):
        return [[inside(key), inside(item)] for key, item in value.items()]
    if isinstance(value, (set, frozenset)):
        return sorted((inside(item) for item in value), key=repr)
    if isinstance(value, (tuple, list)):
        return [inside(item) for item in value]
    if _is_code(value):
        waiting += _own(value, room)
        return getattr(value, "__qualname__", type(value).__name__)
    if dataclasses.is_dataclass(value):
        fields = {
            f.name: inside(getattr(value, f.name)) for f in dataclasses.fields(value)
        }
        return {"class": type(value).__name__, **fields}
    raise TypeError(
        f"step {step!r} reads the global {name!r}, which must be a constant; "
        f"got {type(value).__name__}."
    )


def _simple(value: Any) -> Any:
    """Return a constant that holds no others as plain JSON, else MISSING."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        content = str(value.dtype).encode() + np.ascontiguousarray(value).tobytes()
        return {"shape": list(value.shape), "sha256": digest(content)[:16]}
    if isinstance(value, enum.Enum):
        return f"{type(value).__name__}.{value.name}"
    if isinstance(value, range):
        return [value.start, value.stop, value.step]
    if isinstance(value, re.Pattern):
        return value.pattern
    if isinstance(value, Path):
        below = value.is_relative_to(ROOT)
        return (value.relative_to(ROOT) if below else Path(value.name)).as_posix()
    return MISSING


def _short(value: Any) -> Any:
    """Return a constant as it is, a long one as its hash."""
    text = json.dumps(value, allow_nan=True)
    return value if len(text) <= SHOWN else {"sha256": digest(text)[:16]}


def plain(name: str, value: Any, kind: type) -> Any:
    """Return `value` as JSON gives it back: tuples as lists, numpy numbers as plain."""

    def convert(item: Any) -> Any:
        if isinstance(item, np.generic):
            return item.item()
        raise TypeError(
            f"{name} must hold plain JSON values; got {type(item).__name__}."
        )

    if not isinstance(value, kind):
        raise TypeError(
            f"{name} must be a {kind.__name__}; got {type(value).__name__}."
        )
    try:
        return json.loads(json.dumps(value, default=convert, allow_nan=False))
    except ValueError:
        raise ValueError(f"{name} must hold finite numbers; got {value}.") from None
