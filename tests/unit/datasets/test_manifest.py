"""Manifests of folders that are no dataset: here only the files count."""

from datetime import UTC, date, datetime

import pytest

from tacit.datasets.manifest import (
    MANIFEST,
    MANIFEST_KIND,
    find_release_faults,
    read_license,
    read_manifest,
    save_license,
    save_manifest,
)
from tacit.records.dataset import DatasetVersion, ShareTable
from tacit.records.errors import ForeignDocumentError, UnreadableDatasetError
from tacit.records.license import License
from tacit.records.money import Money
from tacit.records.purposes import Purpose
from tacit.seal.document import sign_document
from tacit.seal.signatures import new_private_key, public_key_of, sign

MOMENT = datetime(2026, 11, 3, 10, tzinfo=UTC)
PRIVATE = new_private_key()
KEY = public_key_of(PRIVATE)


def signer(message):
    return sign(PRIVATE, message)


GRANTED = License(
    license_id="lic-1",
    licensee='Lab "Seven" & Söhne',
    dataset_id="ds-1",
    version=1,
    dataset_digest="cd" * 32,
    purposes=frozenset({Purpose.TRAIN_ROBOT_SKILL, Purpose.RESEARCH}),
    territory=("IN", "EU"),
    valid_until=date(2027, 12, 31),
    price=Money("INR", 1_000_000),
    granted_at=MOMENT,
    signature="ee",
)
VERSION = DatasetVersion(
    "ds-1", 1, "a-1", Purpose.TRAIN_ROBOT_SKILL, "", "cd" * 32, "", MOMENT, (), ShareTable("", (), ""), "", "ds-0"
)


@pytest.fixture
def folder(tmp_path):
    """A folder with two files, a licence and a manifest."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.bin").write_bytes(bytes(3_000_000))
    (tmp_path / "b.txt").write_text("b", encoding="utf-8")
    save_license(tmp_path, GRANTED, "in words\n", KEY, signer)
    save_manifest(tmp_path, GRANTED, VERSION, KEY, signer)
    return tmp_path


def test_whole_folder_has_no_faults_and_says_what_it_is(folder):
    manifest = read_manifest(folder, {KEY})
    assert find_release_faults(folder, manifest) == []
    assert set(manifest.files) == {"LICENSE.json", "LICENSE.txt", "b.txt", "data/a.bin"}
    assert manifest.files["data/a.bin"][0] == 3_000_000
    edges = read_license(folder, manifest)
    assert edges.licensee == 'Lab "Seven" & Söhne'
    assert edges.purposes == ("research", "train-robot-skill")
    assert edges.valid_until == date(2027, 12, 31)


def test_every_fault_of_a_folder_is_listed_at_once(folder):
    manifest = read_manifest(folder)
    (folder / "b.txt").unlink()
    (folder / "data" / "a.bin").write_bytes(bytes(2_999_999) + b"x")
    (folder / "data" / "more").mkdir()
    (folder / "data" / "more" / ".hidden").touch()
    (folder / "away").symlink_to(folder.parent)
    assert [str(fault).split(";")[0].split(" with")[0] for fault in find_release_faults(folder, manifest)] == [
        "b.txt: it is missing",
        "data/a.bin: it was changed: 3000000 bytes",
        "away: it is not in the manifest, so it is no part of the release.",
        "data/more/.hidden: it is not in the manifest, so it is no part of the release.",
    ]


def test_manifest_of_another_key_is_foreign(folder):
    with pytest.raises(ForeignDocumentError):
        read_manifest(folder, {"ab" * 32})


@pytest.mark.parametrize("body", [{}, {"files": [{"path": "a"}]}, {"files": 3}])
def test_signed_manifest_of_another_form_is_one_sentence(folder, body):
    (folder / MANIFEST).write_bytes(sign_document(MANIFEST_KIND, body, KEY, signer))
    with pytest.raises(UnreadableDatasetError, match="another form than a manifest"):
        read_manifest(folder)


def test_folder_without_a_manifest_is_one_sentence(tmp_path):
    with pytest.raises(UnreadableDatasetError, match=r"MANIFEST\.json of the dataset: it cannot be read"):
        read_manifest(tmp_path)
