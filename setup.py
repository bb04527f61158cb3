"""What pyproject.toml cannot say: a wheel also holds the files that helpers reads.

They lie in data/, where readers look for them; `helpers.data.files` finds them there
in a clone, and in helpers/files/ of an installed package.
"""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

FILES = ("registry.yaml", "motifs/*")  # below data/


class BuildWithFiles(build_py):
    """Build the package, and put the files in."""

    def run(self):
        """Run as setuptools does; an editable install reads the clone itself."""
        super().run()
        if self.editable_mode:
            return
        for path in (found for name in FILES for found in Path("data").glob(name)):
            target = Path(self.build_lib, "helpers", "files", path.relative_to("data"))
            target.parent.mkdir(parents=True, exist_ok=True)
            self.copy_file(str(path), str(target))


setup(cmdclass={"build_py": BuildWithFiles})
