"""What gets into a dataset and under which licence it may leave (R4, R8, R11), and that nothing is made twice."""

import json
import shutil
from datetime import date

import pytest

from tacit.datasets.check import check_dataset
from tacit.datasets.reader import read_dataset
from tacit.flows.add_agreement import add_agreement
from tacit.flows.build_dataset import Order, build_dataset, pseudonym
from tacit.flows.evidence import Voice
from tacit.flows.find_dataset import require_dataset
from tacit.flows.find_license import license_bytes
from tacit.flows.give_release import give_release
from tacit.flows.list_recordings import list_recordings
from tacit.records.errors import (
    DamagedTrackError,
    ForeignFolderError,
    ForgedEvidenceError,
    LicenseTermsError,
    NoPinError,
    RefusedError,
    UnknownThingError,
)
from tacit.records.people import Release
from tacit.records.purposes import Evidence, Purpose
from tacit.records.recording import Status
from tacit.rights.agreement_file import read_agreement
from tacit.rights.evidence import check_evidence
from tacit.seal.signatures import is_valid
from tacit.seal.signed_shares import share_table_bytes

from .conftest import AGREEMENT, AGREEMENT_ID, RESEARCH, TRAINING

PIN = "4711"


def files(folder):
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def contents(folder):
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in files(folder)}


def test_dataset_holds_what_was_released_and_is_whole(bench):
    bench.fill("asha", "meena")
    bench.take_in("asha", "unreleased.mp4")
    bench.process()
    built = bench.build()
    assert not check_dataset(bench.dataset)
    assert [line.worker_uid for line in built.version.episodes] == [bench.uid("asha"), bench.uid("meena")]
    assert [refusal.rule for refusal in built.refused.values()] == ["R4"]


def test_same_again_is_not_written_again(bench):
    bench.fill("asha")
    before = contents(bench.dataset)
    assert bench.build().version == bench.catalogue.dataset_versions()[0]
    assert contents(bench.dataset) == before
    assert len(bench.catalogue.dataset_versions()) == 1


def test_dataset_that_was_deleted_is_built_again(bench):
    bench.fill("asha")
    shutil.rmtree(bench.dataset)
    bench.build()
    assert not check_dataset(bench.dataset)


def test_folder_that_does_not_hold_the_newest_version_is_built_again(bench):
    bench.fill("asha")
    shutil.copytree(bench.dataset, bench.folder / "older")
    release = bench.take_in("asha", "more.mp4")
    bench.process()
    bench.release(release)
    newest = bench.build().version
    shutil.rmtree(bench.dataset)  # as if the build had been killed after the version was put down
    (bench.folder / "older").rename(bench.dataset)
    built = bench.build().version
    assert len(read_dataset(bench.dataset).episodes) == len(newest.episodes) == 2
    assert built.episodes == newest.episodes


def test_new_recording_makes_a_new_version_and_the_old_one_keeps_its_shares(bench):
    bench.fill("asha")
    bench.enrol("meena")
    second = bench.take_in("meena", "m.mp4")
    bench.process()
    bench.release(second)
    first, newest = bench.catalogue.dataset_versions()[0], bench.build().version
    assert (first.version, newest.version) == (1, 2)
    assert first.dataset_id == newest.dataset_id
    assert (len(first.shares.parts), len(newest.shares.parts)) == (1, 2)
    assert [version.version for version in bench.catalogue.dataset_versions()] == [1, 2]


def test_share_table_counts_accepted_time_and_is_signed_by_the_shop(bench):
    bench.fill("asha", "meena")
    version = bench.catalogue.dataset_versions()[0]
    assert [part for _, part in version.shares.parts] == [1000, 1000]
    message = share_table_bytes(version.dataset_id, 1, version.digest, version.shares.basis, version.shares.parts)
    assert is_valid(bench.keys.public_key(), message, version.shares.signature)


def test_published_share_table_names_pseudonyms_and_is_signed_by_the_shop(bench):
    bench.fill("asha", "meena")
    version = bench.catalogue.dataset_versions()[0]
    mark = json.loads((bench.dataset / "meta/tacit.json").read_text(encoding="utf-8"))
    public = [(entry["worker"], entry["parts"]) for entry in mark["shares"]["parts"]]
    message = share_table_bytes(mark["dataset"], mark["version"], mark["digest"], mark["shares"]["basis"], public)
    assert is_valid(mark["shares"]["shop_key"], message, mark["shares"]["signature"])
    assert not any(line.worker_uid in str(mark) for line in version.episodes)


def test_only_recordings_that_were_ordered_are_in_it(bench):
    recordings = bench.fill("asha", "meena")
    wanted = recordings["meena"].recording_id
    target = bench.folder / "selection"
    order = Order(AGREEMENT_ID, TRAINING, frozenset({wanted}), target)
    built = build_dataset(bench.shop, bench.contract, order, bench.progress)
    assert [line.recording_id for line in built.version.episodes] == [wanted]


def test_nothing_released_makes_no_dataset(bench):
    bench.agree()
    bench.enrol("asha")
    recording = bench.take_in("asha", "a.mp4")
    bench.process()
    built = bench.build()
    assert built.version is None
    assert built.refused[recording.recording_id].rule == "R4"
    assert not bench.dataset.exists()
    with pytest.raises(UnknownThingError):
        require_dataset(bench.shop, str(bench.dataset))


def test_unusable_recordings_are_left_out_without_a_word(bench):
    bench.fill("asha")
    bench.outcome = {"usable": False, "reason": "No hands of the worker were found in it.", "stretches": ()}
    bench.enrol("meena")
    second = bench.take_in("meena", "m.mp4")
    bench.process()
    bench.release(second)
    built = bench.build()
    assert (len(built.version.episodes), built.refused, built.version.version) == (1, {}, 1)


def test_no_dataset_tells_who_or_which_recording_and_two_datasets_cannot_be_joined(bench):
    recordings = bench.fill("asha")
    other = bench.folder / "other"
    bench.build(other)
    consent = bench.catalogue.consents(bench.uid("asha"))[0]
    words = [bench.uid("asha"), recordings["asha"].recording_id, consent.consent_id, "asha"]
    pseudonyms = []
    for folder in (bench.dataset, other):
        every = b"".join(path.read_bytes() for path in files(folder))
        assert not [word for word in words if word.encode() in every]
        pseudonyms.append(read_dataset(folder).episodes[0]["worker"])
    assert pseudonyms[0] != pseudonyms[1]
    dataset_id = require_dataset(bench.shop, str(other)).dataset_id
    assert pseudonyms[1] == pseudonym(bench.shop, dataset_id, "worker", bench.uid("asha"))


def test_party_of_an_individual_agreement_who_may_be_a_worker_is_not_in_the_dataset(bench):
    path = bench.folder / "own.toml"
    path.write_text(AGREEMENT.replace('"collective"', '"individual"').replace("Bench Union", "Asha Rajagopalan"))
    add_agreement(bench.shop, *read_agreement(path))
    bench.enrol("asha")
    recording = bench.take_in("asha", "a.mp4")
    bench.process()
    bench.release(recording)
    assert bench.build().version is not None
    texts = [(bench.dataset / name).read_text() for name in ("README.md", "croissant.json", "meta/tacit.json")]
    assert not any(party in text for text in texts for party in ("Asha", "Bench Works"))
    assert all("the workers and the plant together" in text for text in texts[:2])


def test_parties_of_a_collective_agreement_own_the_dataset_by_name(bench):
    bench.fill("asha")
    assert "a licence from Bench Union and Bench Works" in (bench.dataset / "README.md").read_text()


def test_foreign_folder_is_left_as_it_is(bench):
    bench.fill("asha")
    foreign = bench.folder / "thesis"
    foreign.mkdir()
    (foreign / "chapter.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(ForeignFolderError):
        bench.build(foreign)
    assert [path.name for path in foreign.iterdir()] == ["chapter.txt"]
    assert len(bench.catalogue.dataset_versions()) == 1


def test_failure_while_building_leaves_the_older_dataset_and_no_version(bench):
    bench.fill("asha")
    before = contents(bench.dataset)
    recording = bench.take_in("asha", "broken.mp4")
    bench.made = (bench.made[0], b"no track", bench.made[2])
    bench.process()
    bench.release(recording)
    with pytest.raises(DamagedTrackError):
        bench.build()
    assert contents(bench.dataset) == before
    assert len(bench.catalogue.dataset_versions()) == 1
    assert not [path for path in bench.folder.iterdir() if ".tacit-" in path.name]


def test_status_of_a_recording_follows_what_its_worker_said(bench):
    bench.agree()
    bench.enrol("asha")
    recording = bench.take_in("asha", "a.mp4")

    def status():
        return list_recordings(bench.shop)[0].status

    assert status() is Status.NEW
    bench.process()
    assert status() is Status.HELD
    bench.release(recording)
    assert status() is Status.ACCEPTED


def test_release_twice_is_harmless_and_a_signed_word_replaces_a_declared_one(bench):
    bench.agree()
    bench.enrol("asha", PIN)
    recording = bench.take_in("asha", "a.mp4")
    declared = give_release(bench.shop, recording)
    assert give_release(bench.shop, recording) == declared
    signed = give_release(bench.shop, recording, Voice(pin=PIN))
    assert signed.evidence is Evidence.SIGNED
    check_evidence(signed, bench.catalogue.find_worker("asha").public_key)
    assert bench.catalogue.find_release(recording.recording_id) == signed
    assert give_release(bench.shop, recording) == signed


def test_pin_of_a_worker_who_never_set_one_releases_nothing(bench):
    bench.agree()
    bench.enrol("asha")
    recording = bench.take_in("asha", "a.mp4")
    with pytest.raises(NoPinError):
        give_release(bench.shop, recording, Voice(pin=PIN))
    assert bench.catalogue.find_release(recording.recording_id) is None


def test_signed_footage_may_be_licensed_and_the_licence_is_signed(bench):
    bench.fill("asha", pin=PIN)
    granted = bench.license().license
    assert bench.catalogue.licenses() == [granted]
    assert is_valid(bench.keys.public_key(), license_bytes(granted), granted.signature)
    source, release = bench.catalogue.dataset_versions()
    assert (granted.dataset_id, granted.dataset_digest) == (release.dataset_id, release.digest)
    assert release.release_of == source.dataset_id


def test_r11_nothing_declared_leaves_under_a_licence(bench):
    bench.fill("asha", pin=PIN)
    bench.enrol("meena")
    second = bench.take_in("meena", "m.mp4")
    bench.process()
    bench.release(second)
    bench.build()
    granted = bench.license()
    assert [line.worker_uid for line in granted.version.episodes] == [bench.uid("asha")]
    assert granted.left_out == {"R11": 1}


def test_r11_dataset_of_declared_words_alone_gets_no_licence(bench):
    bench.fill("asha", "meena")
    with pytest.raises(RefusedError, match=r"Refused by R11: 2 of 2 recordings .* only declared") as caught:
        bench.license()
    assert caught.value.rule == "R11"
    assert bench.catalogue.licenses() == []
    assert [version.release_of for version in bench.catalogue.dataset_versions()] == [""]


def test_declared_release_of_a_signed_yes_does_not_leave_either(bench):
    bench.agree()
    bench.enrol("asha", PIN)
    recording = bench.take_in("asha", "a.mp4")
    bench.process()
    bench.release(recording)
    bench.build()
    with pytest.raises(RefusedError, match="R11"):
        bench.license()
    bench.release(recording, PIN)
    bench.license()


def test_forged_release_is_damage_and_licenses_nothing(bench):
    bench.fill("asha", pin=PIN)
    recording = bench.take_in("asha", "b.mp4")
    bench.catalogue.add_release(
        Release(recording.recording_id, recording.worker_uid, bench.clock.now(), Evidence.SIGNED, "00" * 64)
    )
    bench.process()
    bench.build()
    with pytest.raises(ForgedEvidenceError):
        bench.license()
    assert bench.catalogue.licenses() == []


def test_licence_beyond_the_agreement_lists_every_term_at_once(bench):
    bench.fill("asha", pin=PIN)
    asked = {"territory": ("CN",), "valid_until": date(2030, 1, 1), "purposes": frozenset({Purpose.TRAIN_PEOPLE})}
    with pytest.raises(LicenseTermsError) as caught:
        bench.license(**asked)
    assert len(caught.value.faults) >= 3
    assert caught.value.rule == "R8"


def test_licence_for_a_purpose_the_worker_did_not_name_is_refused(bench):
    bench.agree()
    bench.enrol("asha", PIN, [TRAINING])
    recording = bench.take_in("asha", "a.mp4")
    bench.process()
    bench.release(recording, PIN)
    bench.build()
    with pytest.raises(RefusedError):
        bench.license(purposes=frozenset({TRAINING, RESEARCH}))
