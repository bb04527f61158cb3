"""The registry has its form; data come whole and checked, or not at all."""

import copy
import hashlib
import io
import os
import tarfile
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from helpers import datasets
from helpers.datasets import ChecksumMismatch, DatasetUnavailable
from helpers.loaders.motifs import read_motifs

FOLDER = os.environ.get("INTERACTIONS_DATA")
needs_data = [
    pytest.mark.data,
    pytest.mark.skipif(not FOLDER, reason="INTERACTIONS_DATA is not set"),
]

HEADER = (
    "instant,dteday,season,yr,mnth,hr,holiday,weekday,workingday,weathersit,temp,"
    "atemp,hum,windspeed,casual,registered,cnt"
)
HOURS = "\n".join(
    [HEADER]
    + [f"{i},2011-01-01,1,0,1,{i},0,6,0,1,0.2,0.3,0.8,0,3,13,16" for i in (1, 2)]
).encode()


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def zipped(content):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("hour.csv", content)
    return buffer.getvalue()


def tarred(content):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        member = tarfile.TarInfo("hour.csv")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


ARCHIVE = zipped(HOURS)


class Publisher(BaseHTTPRequestHandler):
    """Serves /hours.zip; breaks off in the middle of /broken.zip."""

    def do_GET(self):
        if self.path not in ("/hours.zip", "/broken.zip"):
            self.send_error(404)
            return
        self.server.downloads += 1
        self.send_response(200)
        self.send_header("Content-Length", str(len(ARCHIVE)))
        self.end_headers()
        whole = self.path == "/hours.zip"
        self.wfile.write(ARCHIVE if whole else ARCHIVE[: len(ARCHIVE) // 2])

    def log_message(self, *_):
        pass


@pytest.fixture
def publisher():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Publisher)
    server.downloads = 0
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def places(tmp_path, monkeypatch):
    """An empty cache and an empty folder; the caller's own are out of reach."""
    cache, folder = tmp_path / "cache", tmp_path / "folder"
    (folder / "bike_sharing").mkdir(parents=True)
    monkeypatch.setenv("INTERACTIONS_CACHE", str(cache))
    monkeypatch.delenv("INTERACTIONS_DATA", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return cache, folder


@pytest.fixture
def entry(monkeypatch, publisher, places):
    """A registry of one small data set, at the local publisher."""
    entry = copy.deepcopy(datasets.registry()["bike_sharing"])
    entry["rows"] = 2
    file = entry["files"][0]
    file |= {"bytes": len(HOURS), "sha256": sha256(HOURS)}
    file["url"] = f"http://127.0.0.1:{publisher.server_port}/hours.zip"
    file["archive"] = {
        "name": "hours.zip",
        "bytes": len(ARCHIVE),
        "sha256": sha256(ARCHIVE),
    }
    monkeypatch.setattr(datasets, "registry", lambda: {"bike_sharing": entry})
    return entry


def files_in(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


# -- from the publisher -----------------------------------------------------------


def test_data_are_downloaded_once_and_checked(entry, places, publisher):
    data = datasets.load("bike_sharing")
    assert data.X.shape == (2, 12) and data.y.tolist() == [16, 16]
    assert data.checksum == sha256(HOURS)
    assert data.provenance.endswith(" verified")
    datasets.load("bike_sharing")
    assert publisher.downloads == 1
    assert files_in(places[0]) == ["hours.zip"]
    assert datasets.status("bike_sharing") == "in the cache"


def test_an_interrupted_download_leaves_nothing(entry, places):
    entry["files"][0]["url"] = entry["files"][0]["url"].replace("hours", "broken")
    with pytest.raises(DatasetUnavailable, match="the connection broke off") as note:
        datasets.load("bike_sharing")
    assert "\n" not in str(note.value)
    assert files_in(places[0]) == []


def test_a_differing_download_is_not_kept(entry, places):
    entry["files"][0]["archive"]["sha256"] = "0" * 64
    with pytest.raises(ChecksumMismatch) as mismatch:
        datasets.fetch("bike_sharing")
    for part in ("hours.zip", "0" * 64, sha256(ARCHIVE)):
        assert part in str(mismatch.value)
    assert "\n" not in str(mismatch.value)
    assert files_in(places[0]) == []


def test_a_sha1_serves_where_the_publisher_states_no_sha256(entry):
    archive = entry["files"][0]["archive"]
    archive["sha256"], archive["sha1"] = None, hashlib.sha1(ARCHIVE).hexdigest()
    assert datasets.load("bike_sharing").X.shape == (2, 12)
    archive["sha1"] = "0" * 40
    with pytest.raises(ChecksumMismatch, match="must have sha1 0000"):
        datasets.load("bike_sharing")


def test_an_unknown_checksum_is_shown_as_unverified(entry):
    entry["files"][0]["archive"]["sha256"] = entry["files"][0]["sha256"] = None
    assert datasets.load("bike_sharing").provenance.endswith(" unverified")
    assert datasets.table()["checksum"].tolist() == ["unverified"]


def test_a_missing_page_is_named(entry, places):
    entry["files"][0]["url"] = entry["files"][0]["url"].replace("hours", "gone")
    with pytest.raises(DatasetUnavailable, match="the server answered 404"):
        datasets.load("bike_sharing")
    assert files_in(places[0]) == []


def test_offline_the_note_says_what_to_do(entry, publisher):
    publisher.shutdown()
    publisher.server_close()
    with pytest.raises(DatasetUnavailable, match="no connection") as note:
        datasets.load("bike_sharing")
    assert "INTERACTIONS_DATA (bike_sharing/hour.csv)" in str(note.value)
    assert "\n" not in str(note.value)
    with pytest.raises(DatasetUnavailable):
        datasets.checksum("bike_sharing")


def test_by_hand_the_note_says_how(entry, publisher):
    entry |= {"fetch": "manual", "how": "ask the librarian"}
    with pytest.raises(DatasetUnavailable, match="by hand: ask the librarian"):
        datasets.load("bike_sharing")
    assert publisher.downloads == 0
    assert datasets.status("bike_sharing") == "to fetch by hand"


def test_a_damaged_cache_is_not_used(entry, places):
    (path,) = datasets.fetch("bike_sharing")
    path.write_bytes(ARCHIVE[:-1] + b"x")
    with pytest.raises(ChecksumMismatch, match=r"hours\.zip must have sha256"):
        datasets.load("bike_sharing")


def test_a_cache_that_cannot_be_written_is_named(entry, places):
    places[0].write_text("a file where the folder should be")
    with pytest.raises(DatasetUnavailable, match="cannot be written"):
        datasets.load("bike_sharing")


@pytest.mark.parametrize("packed", [zipped, tarred])
def test_members_are_read_from_either_kind_of_archive(entry, places, packed):
    content = packed(HOURS)
    entry["files"][0]["archive"] |= {"bytes": None, "sha256": sha256(content)}
    (places[0] / "bike_sharing").mkdir(parents=True)
    (places[0] / "bike_sharing" / "hours.zip").write_bytes(content)
    assert datasets.load("bike_sharing").checksum == sha256(HOURS)
    entry["files"][0]["member"] = "day.csv"
    with pytest.raises(ChecksumMismatch, match=r"must hold day\.csv"):
        datasets.load("bike_sharing")


# -- from the folder --------------------------------------------------------------


def test_the_folder_comes_before_the_publisher(entry, places, publisher, monkeypatch):
    (places[1] / "bike_sharing" / "hour.csv").write_bytes(HOURS)
    monkeypatch.setenv("INTERACTIONS_DATA", str(places[1]))
    assert datasets.status("bike_sharing") == "in the folder"
    data = datasets.load("bike_sharing")
    assert "copy in the folder" in data.provenance and not data.partial
    assert datasets.checksum("bike_sharing") == sha256(HOURS)
    assert publisher.downloads == 0


def test_a_differing_copy_is_not_used(entry, places, monkeypatch):
    (places[1] / "bike_sharing" / "hour.csv").write_bytes(HOURS[:-1] + b"7")
    monkeypatch.setenv("INTERACTIONS_DATA", str(places[1]))
    with pytest.raises(ChecksumMismatch, match=r"hour\.csv must have sha256"):
        datasets.load("bike_sharing")


def test_a_sample_says_that_it_is_one(entry, places, monkeypatch):
    sample = HOURS.rsplit(b"\n", 1)[0]
    known = {"path": "bike_sharing/some.csv", "bytes": len(sample), "rows": 1}
    known |= {"sha256": sha256(sample), "partial": True, "note": "the first row"}
    entry["files"][0]["copies"] = [known]
    (places[1] / "bike_sharing" / "some.csv").write_bytes(sample)
    monkeypatch.setenv("INTERACTIONS_DATA", str(places[1]))
    data = datasets.load("bike_sharing")
    assert data.partial
    assert data.notes.startswith("This is a sample, not the data set: 1 of 2 rows.")
    assert datasets.status("bike_sharing") == "in the folder (sample)"
    # the whole set wins over the sample
    (places[1] / "bike_sharing" / "hour.csv").write_bytes(HOURS)
    assert not datasets.load("bike_sharing").partial


def test_a_folder_without_the_data_is_passed_over(entry, places, monkeypatch):
    monkeypatch.setenv("INTERACTIONS_DATA", str(places[1]))
    assert "publisher's file" in datasets.load("bike_sharing").provenance


def test_a_folder_that_does_not_exist_is_named(entry, places, monkeypatch):
    monkeypatch.setenv("INTERACTIONS_DATA", str(places[1] / "nowhere"))
    with pytest.raises(DatasetUnavailable, match="INTERACTIONS_DATA must name a fold"):
        datasets.load("bike_sharing")


# -- the registry -----------------------------------------------------------------


def test_the_registry_has_its_form_and_a_loader_for_every_table():
    entries = datasets.registry()
    tables = {name for name, entry in entries.items() if entry["task"]}
    assert tables == set(datasets._PREPARE)
    listing = datasets.table()
    assert listing["name"].tolist() == list(datasets.names())
    sizes = ["rows", "features"]  # not every collection of files has them
    assert listing.drop(columns=sizes).notna().all(axis=None)
    assert listing.loc[listing["task"] != "none", sizes].notna().all(axis=None)


def changed(*keys, to):
    """Return the registry with one value replaced, or removed if `to` is Ellipsis."""
    entries = copy.deepcopy(datasets.registry())
    place = entries["higgs"]
    for key in keys[:-1]:
        place = place[key]
    if to is ...:
        del place[keys[-1]]
    else:
        place[keys[-1]] = to
    return entries


@pytest.mark.parametrize(
    ("keys", "to", "message"),
    [
        (("citation",), ..., "higgs: citation is missing"),
        (("colour",), "red", "higgs: colour is not a known key"),
        (("rows",), "many", r"higgs: rows must be int \| None; got 'many'"),
        (("title",), None, "higgs: title must be str; got None"),
        (("task",), "ranking", "higgs: task must be one of"),
        (("fetch",), "later", "higgs: fetch must be one of direct, manual"),
        (("fetch",), "manual", "higgs: how must say"),
        (("files",), [], "higgs: files must list at least one"),
        (("files", 0, "url"), None, "url must be given if fetch is direct"),
        (("files", 0, "member"), "a.csv", "archive and member go together"),
        (("files", 0, "sha256"), "ABC", "sha256 must be 64 hexadecimal digits"),
        (("files", 0, "sha1"), "12", "sha1 must be 40 hexadecimal digits"),
        (("files", 0, "copies", 0, "sha256"), None, "copy: sha256 must be str"),
        (("files", 0, "copies", 0, "path"), "../a.csv", "must lie in the folder"),
    ],
)
def test_a_registry_of_another_form_is_refused(keys, to, message):
    with pytest.raises(ValueError, match=message):
        datasets.check_registry(changed(*keys, to=to))


def test_an_unknown_name_is_refused():
    for function in (datasets.load, datasets.checksum, datasets.fetch, datasets.status):
        with pytest.raises(ValueError, match="name must be one of california_housing"):
            function("boston")


# -- the command line -------------------------------------------------------------


def test_the_command_line_lists_and_fetches(entry, places, capsys):
    assert datasets.main([]) == 0
    assert "to download" in capsys.readouterr().out
    assert datasets.main(["fetch", "all"]) == 0
    assert "hours.zip" in capsys.readouterr().out
    assert files_in(places[0]) == ["hours.zip"]


def test_the_command_line_refuses_in_one_line(entry, capsys):
    assert datasets.main(["fetch", "boston"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


# -- the data themselves ----------------------------------------------------------


class TestRealData:
    pytestmark = needs_data

    @pytest.fixture(autouse=True)
    def folder_alone(self, tmp_path, monkeypatch):
        monkeypatch.setenv("INTERACTIONS_CACHE", str(tmp_path))

    def load(self, name):
        if not datasets.status(name).startswith("in the folder"):
            pytest.skip(f"{name} is not in the folder INTERACTIONS_DATA")
        return datasets.load(name)

    def test_california_housing_has_the_form_of_scikit_learn(self):
        data = self.load("california_housing")
        first = [8.3252, 41, 6.984127, 1.023810, 322, 2.555556, 37.88, -122.23]
        np.testing.assert_allclose(data.X.iloc[0], first, atol=1e-6)
        assert data.X.shape == (20_640, 8)
        assert data.y[0] == 4.526
        assert (data.y > 5).sum() == 965

    def test_bike_sharing_has_twelve_inputs_and_no_part_of_the_target(self):
        data = self.load("bike_sharing")
        assert data.X.shape == (17_379, 12)
        assert not {"casual", "registered", "instant", "dteday"} & set(data.features)
        assert data.y.sum() == 3_292_679

    def test_letter_recognition_is_about_half_and_half(self):
        data = self.load("letter_recognition")
        assert data.X.shape == (20_000, 16)
        assert data.X.min(axis=None) == 0 and data.X.max(axis=None) == 15
        assert data.y.sum() == 9940

    def test_higgs_has_thirty_features_and_no_weight(self):
        data = self.load("higgs")
        assert data.X.shape[1] == 30
        assert not {"Weight", "KaggleWeight", "EventId"} & set(data.features)
        # without jets there is no leading jet, and nowhere else is it missing
        no_jet = data.X["PRI_jet_num"] == 0
        assert (data.X["PRI_jet_leading_pt"].isna() == no_jet).all()
        if data.partial:
            assert data.y.sum() == 7809
            assert "22,869 of 818,238" in data.notes

    @pytest.mark.parametrize("name", list(datasets._PREPARE))
    def test_the_checksum_is_that_of_the_loaded_file(self, name):
        assert self.load(name).checksum == datasets.checksum(name)


@pytest.mark.data
@pytest.mark.parametrize("name", ["hapmap3", "thousand_genomes", "mice"])
def test_files_of_a_genotype_set_are_found_together(name):
    if not os.environ.get("INTERACTIONS_DATA"):
        pytest.skip("INTERACTIONS_DATA names no folder")
    found = datasets.paths(name)
    assert {path.suffix for path in found.values()} >= {".bed", ".bim", ".fam"}
    assert all(path.name == key for key, path in found.items())
    assert len(datasets.checksum(name)) == 64
    with pytest.raises(ValueError, match="not a table to predict"):
        datasets.load(name)


def test_several_files_come_from_cache_and_folder_and_are_checked(places, monkeypatch):
    cache, folder = places
    contents = {"a.bed": b"one", "a.bim": b"two"}
    files = [
        {
            "name": name,
            "url": None,
            "archive": None,
            "member": None,
            "bytes": None,
            "sha256": None,
            "copies": [
                {
                    "path": f"somewhere/{name}",
                    "bytes": len(content),
                    "sha256": hashlib.sha256(content).hexdigest(),
                    "rows": None,
                    "partial": False,
                    "note": "a copy",
                }
            ],
        }
        for name, content in contents.items()
    ]
    entry = {"files": files, "fetch": "manual", "how": "by hand", "title": "Two"}
    monkeypatch.setattr(datasets, "registry", lambda: {"two": entry})
    monkeypatch.setenv("INTERACTIONS_DATA", str(folder))
    with pytest.raises(datasets.DatasetUnavailable, match="by hand"):
        datasets.paths("two")
    (folder / "somewhere").mkdir(parents=True)
    for name, content in contents.items():
        (folder / "somewhere" / name).write_bytes(content)
    assert datasets.paths("two")["a.bim"] == folder / "somewhere" / "a.bim"
    first = datasets.checksum("two")
    (cache / "two").mkdir(parents=True)
    (cache / "two" / "a.bim").write_bytes(b"new")
    assert datasets.paths("two")["a.bim"] == cache / "two" / "a.bim"
    assert datasets.checksum("two") != first
    (folder / "somewhere" / "a.bed").write_bytes(b"odd")
    with pytest.raises(datasets.ChecksumMismatch, match=r"a\.bed must have sha256"):
        datasets.paths("two")


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "n_motifs"), [("cisbp_human", 734), ("jaspar_2022_vertebrates", 841)]
)
def test_motif_collections_hold_their_motifs(name, n_motifs):
    if not os.environ.get("INTERACTIONS_DATA"):
        pytest.skip("INTERACTIONS_DATA names no folder")
    (path,) = datasets.paths(name).values()
    assert len(read_motifs(path)) == n_motifs == datasets.registry()[name]["rows"]


def test_a_file_without_a_known_checksum_is_found_unread(places, monkeypatch):
    """A genome has 3 GB: there is nothing to compare them with."""
    _, folder = places
    monkeypatch.setenv("INTERACTIONS_DATA", str(folder))
    (folder / "hg19").mkdir()
    (folder / "hg19" / "hg19.fa").write_text(">chr1\nACGT\n")
    monkeypatch.setattr(datasets, "_verify", None)
    assert datasets.paths("hg19") == {"hg19.fa": folder / "hg19" / "hg19.fa"}
