"""Where the files that come with the package lie: matrices of motifs, the registry."""

from importlib.resources import files
from pathlib import Path

CLONE = Path(__file__).resolve().parents[2] / "data"


def shipped(name: str) -> Path:
    """Return the path of a file or folder that comes with the package.

    In a clone it lies below data/, in an installed package below helpers/files/.

    Parameters
    ----------
    name : str
        Such as "motifs" or "registry.yaml".

    Returns
    -------
    Path
        Whether or not there is such a file: who opens it says if there is not.
    """
    installed = Path(str(files("helpers"))) / "files" / name
    return installed if installed.exists() else CLONE / name
