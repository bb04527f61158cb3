"""What comes with the package is found in a clone."""

from helpers.data import files
from helpers.data.files import shipped


def test_files_of_a_clone_lie_below_data():
    assert shipped("registry.yaml").is_file()
    assert (shipped("motifs") / "encode.meme").is_file()
    assert shipped("motifs").parent.name == "data"


def test_an_installed_package_has_its_own(tmp_path, monkeypatch):
    (tmp_path / "files" / "motifs").mkdir(parents=True)
    monkeypatch.setattr(files, "files", lambda package: tmp_path)
    assert shipped("motifs") == tmp_path / "files" / "motifs"
    assert shipped("registry.yaml") == files.CLONE / "registry.yaml"


def test_what_is_not_there_is_left_to_who_opens_it():
    assert not shipped("gone.yaml").exists()
