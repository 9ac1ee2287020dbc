"""A licence comes with a release of its own: what may leave, and nothing of anybody else (R4, R7, R8, R11)."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from lerobot_doctor.dataset_loader import load_local
from lerobot_doctor.runner import run_checks

from tacit.datasets.check import check_dataset
from tacit.datasets.reader import read_episode_rows
from tacit.flows.check_release import check_release
from tacit.flows.find_license import license_basis
from tacit.flows.grant_license import agreed_currency
from tacit.flows.make_statement import make_statement
from tacit.flows.record_payment import record_payment
from tacit.flows.settle import settle
from tacit.flows.withdraw_consent import withdraw_consent
from tacit.records.errors import (
    AlteredDocumentError,
    FaultyDatasetError,
    ForeignDocumentError,
    ForeignFolderError,
    LicenseTermsError,
    RefusedError,
    UnreadableDatasetError,
)
from tacit.records.money import Money
from tacit.records.people import Withdrawal

from .conftest import RESEARCH, TRAINING, Bench

PIN = "4711"
TODAY = date(2026, 3, 12)


def rows(folder):
    return list(read_episode_rows(folder))


def release_of(granted):
    return Path(granted.version.path)


@pytest.fixture
def filled(bench):
    """Two workers who signed everything, and a third whose words were only declared; one dataset of all three."""
    bench.fill("asha", "meena", pin=PIN)
    bench.enrol("devi")
    third = bench.take_in("devi", "d.mp4")
    bench.process()
    bench.release(third)
    bench.build()
    return bench


def test_r11_release_holds_only_what_was_signed_and_says_nothing_of_the_rest(filled):
    granted = filled.license()
    folder = release_of(granted)
    assert {line.worker_uid for line in granted.version.episodes} == {filled.uid("asha"), filled.uid("meena")}
    assert granted.left_out == {"R11": 1}
    assert not check_dataset(folder)
    assert len(rows(folder)) == 2
    every = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    source = filled.catalogue.dataset_versions()[-2]
    hidden = [filled.uid("devi"), source.dataset_id, *(line.recording_id for line in source.episodes)]
    assert not [word for word in hidden if word.encode() in every]


def test_r7_release_is_the_same_as_if_who_may_not_leave_had_never_come(filled):
    def told(granted):
        folder = release_of(granted)
        cards = "".join((folder / name).read_text() for name in ("README.md", "LICENSE.txt"))
        for own in (granted.license.license_id, granted.version.dataset_id):
            cards = cards.replace(own, "")
        return granted.version.digest, granted.version.version, len(rows(folder)), cards

    with_third = told(filled.license())
    withdraw_consent(filled.shop, filled.contract, "devi", (), filled.progress)
    assert told(filled.license()) == with_third


def test_release_passes_every_check_of_the_independent_checker_of_lerobot_datasets(filled):
    report = run_checks(load_local(release_of(filled.license())))
    assert report.summary_counts["FAIL"] == 0


def test_releases_of_two_licensees_cannot_be_joined_on_a_person(filled):
    releases = [release_of(filled.license(licensee=name)) for name in ("Hand Lab", "Other Lab")]
    names = [
        {row[column] for row in rows(folder) for column in ("worker", "recording", "consent")} for folder in releases
    ]
    source = {row[column] for row in rows(filled.dataset) for column in ("worker", "recording", "consent")}
    assert not names[0] & names[1]
    assert not (names[0] | names[1]) & source


def test_r8_licence_for_two_purposes_holds_who_said_yes_to_both(bench):
    bench.fill("asha", pin=PIN)
    bench.enrol("meena", PIN, [TRAINING])
    recording = bench.take_in("meena", "m.mp4")
    bench.process()
    bench.release(recording, PIN)
    bench.build()
    granted = bench.license(purposes=frozenset({TRAINING, RESEARCH}))
    assert [line.worker_uid for line in granted.version.episodes] == [bench.uid("asha")]
    assert granted.left_out == {"R1": 1}


def test_r4_unreleased_footage_is_in_no_release(bench):
    recordings = bench.fill("asha", "meena", pin=PIN)
    bench.catalogue.remove_release(recordings["meena"].recording_id)
    granted = bench.license()
    assert [line.recording_id for line in granted.version.episodes] == [recordings["asha"].recording_id]
    assert granted.left_out == {"R4": 1}


def test_r8_folder_holds_the_licence_and_a_signed_manifest_of_every_file(filled):
    granted = filled.license()
    folder, key = release_of(granted), filled.keys.public_key()
    checked = check_release(folder, key, TODAY)
    assert checked.license.licensee == "Hand Lab"
    assert set(checked.manifest.files) == {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    } - {"MANIFEST.json"}
    assert "Hand Lab" in (folder / "LICENSE.txt").read_text()
    assert "Licensed to Hand Lab as lic-" in (folder / "README.md").read_text()
    assert json.loads((folder / "LICENSE.json").read_bytes())["document"]["license_id"] == granted.license.license_id


def changed(folder):
    path = folder / "data" / "chunk-000" / "file-000.parquet"
    assert path.is_file()
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    return "data/chunk-000/file-000.parquet: it was changed"


def missing(folder):
    (folder / "README.md").unlink()
    return "README.md: it is missing"


def extra(folder):
    (folder / "videos" / "more.mp4").write_bytes(b"more")
    return "videos/more.mp4: it is not in the manifest"


def linked(folder):
    (folder / "croissant.json").rename(folder.with_name("kept.json"))
    (folder / "croissant.json").symlink_to(folder.with_name("kept.json"))
    return "croissant.json: it was changed"


@pytest.mark.parametrize("deed", [changed, missing, extra, linked])
def test_r8_every_file_that_was_changed_or_is_missing_or_too_many_is_named(filled, deed):
    folder = release_of(filled.license())
    sentence = deed(folder)
    with pytest.raises(FaultyDatasetError, match="1 fault") as caught:
        check_release(folder, filled.keys.public_key(), TODAY)
    assert sentence in str(caught.value)


@pytest.mark.parametrize("name", ["MANIFEST.json", "LICENSE.json"])
def test_r8_manifest_or_licence_with_any_byte_changed_is_found(filled, name):
    folder = release_of(filled.license())
    whole = (folder / name).read_bytes()
    for place in range(0, len(whole), max(1, len(whole) // 40)):
        broken = bytearray(whole)
        broken[place] ^= 1
        (folder / name).write_bytes(bytes(broken))
        with pytest.raises((AlteredDocumentError, ForeignDocumentError, UnreadableDatasetError, FaultyDatasetError)):
            check_release(folder, filled.keys.public_key(), TODAY)
    (folder / name).write_bytes(whole)
    check_release(folder, filled.keys.public_key(), TODAY)


def test_r8_licence_of_another_release_does_not_fit(filled):
    ours, theirs = (release_of(filled.license(licensee=name)) for name in ("Hand Lab", "Other Lab"))
    (ours / "LICENSE.json").write_bytes((theirs / "LICENSE.json").read_bytes())
    with pytest.raises(FaultyDatasetError, match=r"LICENSE\.json: it was changed"):
        check_release(ours, filled.keys.public_key(), TODAY)


def test_r8_release_of_another_shop_and_one_whose_licence_ended_are_refused(filled):
    folder = release_of(filled.license())
    with pytest.raises(ForeignDocumentError):
        check_release(folder, "ab" * 32, TODAY)
    check_release(folder, "", date(2027, 6, 30))
    with pytest.raises(RefusedError, match=r"R8: the licence lic-.* ended on 2027-06-30"):
        check_release(folder, "", date(2027, 7, 1))


def test_plain_dataset_is_no_release(filled):
    with pytest.raises(UnreadableDatasetError, match=r"MANIFEST\.json"):
        check_release(filled.dataset, "", TODAY)


def test_same_terms_again_give_the_same_licence_and_make_nothing(filled):
    first = filled.license()
    before = {path: path.stat().st_mtime_ns for path in release_of(first).rglob("*")}
    again = filled.license()
    assert (again.license, again.version, again.is_new) == (first.license, first.version, False)
    assert {path: path.stat().st_mtime_ns for path in release_of(first).rglob("*")} == before
    assert len(filled.catalogue.licenses()) == 1


def test_release_goes_beside_the_dataset_or_where_it_is_wanted(filled, tmp_path):
    assert release_of(filled.license()).parent == filled.dataset.parent
    wanted = tmp_path / "for the other lab"
    assert release_of(filled.license(target=wanted, licensee="Other Lab")) == wanted
    with pytest.raises(ForeignFolderError, match="another dataset lies in it"):
        filled.license(target=wanted, licensee="Third Lab")
    assert len(filled.catalogue.licenses()) == 2


def test_release_is_not_built_over_by_a_dataset_without_a_licence(filled):
    granted = filled.license()
    with pytest.raises(ForeignFolderError, match="a release for a licensee lies in it"):
        filled.build(release_of(granted))
    check_release(release_of(granted), filled.keys.public_key(), TODAY)


def test_release_is_not_licensed_on(filled):
    granted = filled.license()
    with pytest.raises(LicenseTermsError, match="is itself a release"):
        filled.license(dataset=granted.version.dataset_id, licensee="Other Lab")


def test_r12_nothing_is_granted_under_a_paused_agreement(filled, monkeypatch):
    monkeypatch.setattr("tacit.flows.gate.is_paused", lambda _shop, _agreement: True)
    with pytest.raises(RefusedError, match="Refused by R12: 3 of 3 recordings"):
        filled.license()
    assert filled.catalogue.licenses() == []


def test_currency_of_the_agreement_is_known_from_the_dataset(filled):
    assert agreed_currency(filled.shop, str(filled.dataset)) == "INR"


def test_m4_settlement_goes_by_the_table_of_the_release(filled):
    granted = filled.license().license
    record_payment(filled.shop, granted.license_id, Money("INR", 1_000_000), "bank-1")
    settle(filled.shop)
    shares = {label: make_statement(filled.shop, filled.uid(label)).totals[0].shares for label in ("asha", "devi")}
    assert shares == {"asha": Money("INR", 100_000), "devi": Money("INR", 0)}
    assert len(license_basis(filled.shop, granted).shares.parts) == 2


class Cut(BaseException):
    """The power went."""


class Tripwire:
    """Cuts the power before or after one call of the catalogue, or in the middle of a publish."""

    def __init__(self, real, name, after):
        self._real, self._name, self._after = real, name, after

    def __getattr__(self, name):
        call = getattr(self._real, name)
        if name != self._name:
            return call

        def trip(*arguments):
            if not self._after:
                raise Cut
            call(*arguments)
            raise Cut

        return trip


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("name", ["append_log", "add_dataset_version", "add_license"])
def test_granting_that_is_cut_short_leaves_no_licence_and_can_be_done_again(filled, name, after):
    shop = filled.shop
    n_before = len(filled.catalogue.licenses())
    filled.shop = replace(shop, catalogue=Tripwire(shop.catalogue, name, after))
    with pytest.raises(Cut):
        filled.license()
    filled.shop = shop
    assert len(filled.catalogue.licenses()) == n_before
    granted = filled.license()
    assert granted.is_new
    assert filled.catalogue.licenses() == [granted.license]
    check_release(release_of(granted), filled.keys.public_key(), TODAY, filled.shop)
    assert not [path for path in filled.folder.iterdir() if ".tacit-" in path.name]


def test_power_cut_between_folder_and_catalogue_is_mended_by_granting_again(filled, monkeypatch):
    def publish_and_cut(built, target):
        built.rename(target)
        raise Cut

    with monkeypatch.context() as patch:
        patch.setattr("tacit.flows.build_dataset.publish", publish_and_cut)
        with pytest.raises(Cut):
            filled.license()
    assert filled.catalogue.licenses() == []
    (lying,) = (path for path in filled.folder.glob("lic-*"))
    with pytest.raises(RefusedError, match="the shop has not granted the licence"):
        check_release(lying, "", TODAY, filled.shop)
    granted = filled.license()
    assert release_of(granted) == lying
    check_release(lying, filled.keys.public_key(), TODAY, filled.shop)


def test_r5_withdrawal_while_a_release_is_made_leaves_nobody_of_theirs_in_it(filled: Bench, monkeypatch):
    """The worker leaves after the release was written and before it becomes real."""
    real = filled.catalogue.add_dataset_version

    def add_and_leave(version):
        real(version)
        monkeypatch.undo()
        uid = filled.uid("asha")
        standing = filled.catalogue.consents(uid)[0].purposes
        filled.catalogue.add_withdrawal(Withdrawal("wd-1", uid, standing, filled.clock.now()))

    monkeypatch.setattr(filled.catalogue, "add_dataset_version", add_and_leave)
    with pytest.raises(RefusedError, match="R1"):
        filled.license()
    assert filled.catalogue.licenses() == []
    assert not list(filled.folder.glob("lic-*"))
    granted = filled.license()
    assert {line.worker_uid for line in granted.version.episodes} == {filled.uid("meena")}
