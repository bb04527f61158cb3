"""One reader for YAML: a key that comes twice is an error, not a silent last word."""

from typing import Any

import yaml

from helpers.data.kinds import PathLike


class _Loader(yaml.SafeLoader):
    """Refuses a key that comes twice, of which YAML would keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for number, key in enumerate(keys):
            if key in keys[:number]:
                mark = node.value[number][0].start_mark
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key} comes twice", mark
                )
        return super().construct_mapping(node, deep)


def parse_yaml(text: str, source: PathLike) -> Any:
    """Return what YAML text holds.

    Parameters
    ----------
    text : str
    source : str or Path
        Where it comes from, for messages.

    Raises
    ------
    ValueError
        If it is no YAML, or a key comes twice: one line with the source and its line.
    """
    try:
        return yaml.load(text, _Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "cannot be read"
        raise ValueError(f"{source}{line} is not valid YAML: {problem}.") from None
