"""Write files whole or not at all, and read what was written with care."""

import hashlib
import json
import os
import re
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")


class DamagedError(ValueError):
    """A stored table that cannot be trusted: truncated, altered, unreadable."""


def write_whole(path: Path, text: str) -> None:
    """Write a whole file or nothing: a temporary name beside it, then a rename."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise _cannot_write(path, error) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException as error:
        Path(temporary).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _cannot_write(path, error) from None
        raise


def _cannot_write(path: Path, error: OSError) -> OSError:
    return OSError(f"{path}: cannot be written ({error.strerror}); nothing was kept.")


def to_json(value: dict) -> str:
    """Return a manifest as the text of its file."""
    return json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def read_json(path: Path) -> dict | None:
    """Return a manifest, None if there is no file."""
    if not path.is_file():
        return None
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise DamagedError(f"{path} is not valid JSON.") from None
    if not isinstance(value, dict):
        raise DamagedError(f"{path} is not a manifest.")
    return value


def digest(content: str | bytes) -> str:
    """Return the sha256 of some content."""
    if isinstance(content, str):
        content = content.encode("utf-8")
    return hashlib.sha256(content).hexdigest()


def checked_name(what: str, value: Any) -> str:
    """Return a name that can be a file's, or raise."""
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise ValueError(f"{what} must be letters, digits, . _ + or -; got {value!r}.")
    return value
