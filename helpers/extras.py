"""What comes with an extra of the package, and what is said where it is missing."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

DISTRIBUTION = "interaction-book"


class MissingExtraError(ModuleNotFoundError):
    """A package that an extra brings is not installed; the message is one line."""


@contextmanager
def extra(name: str) -> Iterator[None]:
    """Import in the block what comes with an extra; say which, if it is missing.

    Parameters
    ----------
    name : str
        An extra of `pyproject.toml`: such as "genes" or "trees".

    Raises
    ------
    MissingExtraError
        In one line, with the command that installs the extra.
    """
    try:
        yield
    except MissingExtraError:
        raise  # an import inside the block has said it
    except ModuleNotFoundError as error:
        missing = (error.name or "helpers").split(".")[0]
        if missing == "helpers":
            raise
        raise _missing(name, missing) from None


def needs(name: str, *modules: str) -> None:
    """Check that what comes with an extra is there, where it is imported later.

    Parameters
    ----------
    name : str
        The extra.
    *modules : str
        Names by which they are imported.

    Raises
    ------
    MissingExtraError
        As `extra` does.
    """
    for module in modules:
        if find_spec(module) is None:
            raise _missing(name, module)


def _missing(name: str, module: str) -> MissingExtraError:
    return MissingExtraError(
        f"{module} is not installed; it comes with the extra {name!r}: "
        f"pip install '{DISTRIBUTION}[{name}]'",
        name=module,
    )
