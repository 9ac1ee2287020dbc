"""R4, R11: what lets footage leave, by hand and standing; the preview; and the way back."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import av
import numpy as np
import pytest

from tacit.flows.add_steward import add_steward
from tacit.flows.cut_recording import cut_recording
from tacit.flows.evidence import DECLARED, Voice
from tacit.flows.gate import ask, ask_each
from tacit.flows.give_release import declare_release, give_release, take_release_back
from tacit.flows.list_recordings import list_recordings
from tacit.flows.list_releases import ReleaseState, list_releases
from tacit.flows.mark_recording import Box, mark_recording, unmark_recording
from tacit.flows.preview_recording import FILM_END, preview_recording
from tacit.flows.standing_release import give_standing_release, take_back_standing_release
from tacit.flows.withdraw_consent import withdraw_consent
from tacit.footage.clean import read_clean
from tacit.motion.quality import QualityOptions
from tacit.records.errors import (
    ForeignPageError,
    ForgedEvidenceError,
    NoPageFolderError,
    NoPinError,
    NothingReleasedError,
    NothingToViewError,
    OtherKeyError,
    RefusedError,
    UnknownThingError,
    WrongPinError,
)
from tacit.records.permit import Action, Permit
from tacit.records.purposes import Evidence, Purpose
from tacit.records.recording import Status
from tacit.seal.keyfile import new_key_file, unlock_key_file

from .conftest import AGREEMENT_ID, N_FRAMES, TRAINING
from .test_run import HEAD, recording, worker

PIN, STEWARD_PIN = "4711", "246810"
REVIEW = timedelta(hours=72)  # of the bench's agreement
MINUTE = timedelta(minutes=1)


@pytest.fixture
def held(bench):
    """A worker who signs with a PIN, and a recording of theirs that was processed and not released."""
    bench.agree()
    bench.enrol("asha", PIN)
    taken = bench.take_in("asha", "asha.mp4")
    bench.process()
    return bench, taken


def may(bench, taken, action=Action.INCLUDE):
    return isinstance(ask_each(bench.shop, action, TRAINING, [taken])[0], Permit)


def line(bench):
    (found,) = list_releases(bench.shop)
    return found


def status(bench):
    (found,) = list_recordings(bench.shop)
    return found.status, found.reason


def log_kinds(bench):
    return [entry["kind"] for entry in bench.catalogue.log_entries()]


def steward(bench, agreements=(AGREEMENT_ID,)):
    file = new_key_file("Union", STEWARD_PIN, cost_log2=10)
    add_steward(bench.shop, "union", file, list(agreements))
    return Voice(key=unlock_key_file(file, STEWARD_PIN), witness="union")


# --- standing --------------------------------------------------------------------------------------------------------


def test_r4_a_standing_release_lets_footage_leave_after_the_review_time_and_not_a_moment_before(held):
    bench, taken = held
    give_standing_release(bench.shop, "asha", AGREEMENT_ID, Voice(pin=PIN))
    free_at = bench.catalogue.standing_releases(bench.uid("asha"))[0].given_at + REVIEW
    assert line(bench).state is ReleaseState.IN_REVIEW
    assert line(bench).said.review_until == free_at
    assert status(bench) == (Status.HELD, f"in review until {free_at.isoformat(timespec='minutes')} (R4)")
    bench.clock.moment = free_at - MINUTE
    assert not may(bench, taken)
    assert bench.build().version is None
    bench.clock.moment = free_at
    assert may(bench, taken)
    assert may(bench, taken, Action.LICENSE)
    assert bench.build().version is not None
    assert (line(bench).state, line(bench).said.word.evidence) == (ReleaseState.STANDING, Evidence.SIGNED)
    assert status(bench)[0] is Status.ACCEPTED


def test_r4_footage_that_comes_later_has_a_review_time_of_its_own(held):
    bench, _ = held
    give_standing_release(bench.shop, "asha", AGREEMENT_ID)
    bench.clock.moment += 3 * REVIEW
    later = bench.take_in("asha", "later.mp4")
    assert list_releases(bench.shop)[1].state is ReleaseState.NEW
    bench.clock.moment += REVIEW
    bench.process()
    seen_since = bench.catalogue.find_ready_at(later.recording_id)
    assert {one.recording_id for one in bench.build().version.episodes} != {later.recording_id}
    bench.clock.moment = seen_since + REVIEW - MINUTE
    assert not may(bench, later)
    bench.clock.moment = seen_since + REVIEW
    assert may(bench, later)
    assert len({one.recording_id for one in bench.build().version.episodes}) == 2


def test_r4_a_preview_that_shows_something_new_begins_the_review_time_anew(held):
    bench, taken = held
    give_standing_release(bench.shop, "asha", AGREEMENT_ID)
    marked = mark_recording(bench.shop, taken.recording_id, TRAINING, Box(0.5, 8.0, 4.0, 16.0, 10.0))
    bench.process()
    bench.clock.moment += REVIEW + MINUTE
    assert may(bench, taken)
    unmark_recording(bench.shop, taken.recording_id, TRAINING, marked.marking.mark.mark_id)
    bench.process()
    assert not may(bench, taken)
    assert line(bench).state is ReleaseState.IN_REVIEW
    bench.clock.moment += REVIEW
    assert may(bench, taken)


def test_r4_a_cut_does_not_begin_the_review_time_anew(held):
    bench, taken = held
    bench.contract = replace(bench.contract, quality=QualityOptions(stretch_s_min=0.3))
    give_standing_release(bench.shop, "asha", AGREEMENT_ID)
    until = line(bench).said.review_until
    bench.clock.moment += REVIEW / 2
    cut_recording(bench.shop, bench.contract, taken.recording_id, 0.5, 1.0)
    assert (line(bench).said.review_until, line(bench).n_cuts) == (until, 1)


def test_r4_a_standing_release_is_taken_back_without_a_pin_and_ends_at_once(held):
    bench, taken = held
    give_standing_release(bench.shop, "asha", AGREEMENT_ID, Voice(pin=PIN))
    bench.clock.moment += REVIEW + MINUTE
    assert bench.build().version is not None
    take_back_standing_release(bench.shop, "asha", AGREEMENT_ID)
    assert not may(bench, taken)
    assert bench.build().version is None
    assert line(bench).state is ReleaseState.HELD
    with pytest.raises(NothingReleasedError):
        take_back_standing_release(bench.shop, "asha", AGREEMENT_ID)
    again = give_standing_release(bench.shop, "asha", AGREEMENT_ID)
    assert line(bench).said.review_until == again.given_at + REVIEW  # as if it were the first
    assert log_kinds(bench).count("standing-release") == 2
    assert log_kinds(bench).count("standing-release-taken-back") == 1


def test_r4_where_nobody_noted_since_when_it_can_be_seen_the_review_time_begins_with_the_next_processing(held):
    bench, taken = held
    give_standing_release(bench.shop, "asha", AGREEMENT_ID)
    bench.catalogue.set_outcome(
        bench.catalogue.find_outcome(taken.recording_id), None
    )  # of before there was such a note
    bench.clock.moment += 2 * REVIEW
    assert not may(bench, taken)
    bench.process()
    assert line(bench).state is ReleaseState.IN_REVIEW
    bench.clock.moment += REVIEW
    assert may(bench, taken)


def test_standing_release_given_twice_is_one_and_a_signed_one_comes_beside_a_declared_one(held):
    bench, taken = held
    declared = give_standing_release(bench.shop, "asha", AGREEMENT_ID)
    assert give_standing_release(bench.shop, "asha", AGREEMENT_ID) == declared
    bench.clock.moment += REVIEW / 2
    signed = give_standing_release(bench.shop, "asha", AGREEMENT_ID, Voice(pin=PIN))
    assert give_standing_release(bench.shop, "asha", AGREEMENT_ID, Voice(pin=PIN)) != declared
    bench.clock.moment = declared.given_at + REVIEW
    assert may(bench, taken)
    assert not may(bench, taken, Action.LICENSE)
    bench.clock.moment = signed.given_at + REVIEW
    assert may(bench, taken, Action.LICENSE)
    assert len(take_back_standing_release(bench.shop, "asha", AGREEMENT_ID)) == 2


def test_standing_release_of_nobody_or_under_nothing_says_so(held):
    bench, _ = held
    with pytest.raises(UnknownThingError, match="nobody"):
        give_standing_release(bench.shop, "nobody", AGREEMENT_ID)
    with pytest.raises(UnknownThingError, match="no-agreement"):
        give_standing_release(bench.shop, "asha", "no-agreement")
    with pytest.raises(WrongPinError):
        give_standing_release(bench.shop, "asha", AGREEMENT_ID, Voice(pin="0000"))
    assert bench.catalogue.standing_releases(bench.uid("asha")) == []


def test_r11_a_changed_standing_release_is_forged(held):
    bench, taken = held
    given = give_standing_release(bench.shop, "asha", AGREEMENT_ID, Voice(pin=PIN))
    early = given.given_at - REVIEW
    bench.catalogue.set_standing_release(replace(given, given_at=early))
    bench.clock.moment += REVIEW
    with pytest.raises(ForgedEvidenceError):
        ask(bench.shop, Action.LICENSE, TRAINING, taken)


def test_of_a_worker_who_left_no_standing_release_is_left(held):
    bench, _ = held
    give_standing_release(bench.shop, "asha", AGREEMENT_ID)
    uid = bench.uid("asha")
    withdraw_consent(bench.shop, bench.contract, "asha", [], bench.progress)
    assert bench.catalogue.standing_releases(uid) == []
    assert list_releases(bench.shop) == []


# --- by hand ---------------------------------------------------------------------------------------------------------


def test_r4_a_release_by_hand_is_taken_back_and_given_again(held):
    bench, taken = held
    give_release(bench.shop, taken, Voice(pin=PIN))
    assert line(bench).state is ReleaseState.BY_HAND
    assert may(bench, taken, Action.LICENSE)
    assert bench.build().version is not None
    assert take_release_back(bench.shop, taken).evidence is Evidence.SIGNED
    assert not may(bench, taken)
    assert bench.build().version is None
    assert status(bench) == (Status.HELD, "not released by the worker (R4)")
    with pytest.raises(NothingReleasedError):
        take_release_back(bench.shop, taken)
    give_release(bench.shop, taken)
    assert may(bench, taken)
    assert not may(bench, taken, Action.LICENSE)
    assert [kind for kind in log_kinds(bench) if kind.startswith("release")] == [
        "release",
        "release-taken-back",
        "release",
    ]


def test_r4_what_was_taken_back_does_not_rise_again_from_a_list(bench):
    footage = HEAD + worker("asha") + recording("a.mp4", "asha")
    bench.film("a.mp4")
    assert bench.run(footage).dataset is not None
    (taken,) = bench.catalogue.recordings()
    take_release_back(bench.shop, taken)
    again = bench.run(footage)
    assert (again.rows[0].status, again.rows[0].rule, again.dataset) == (Status.HELD, "R4", None)
    declare_release(bench.shop, taken)
    assert not may(bench, taken)
    give_release(bench.shop, taken)
    assert bench.run(footage).dataset is not None


def test_r4_a_run_holds_what_is_in_review_and_says_until_when(bench):
    footage = HEAD + worker("asha") + recording("a.mp4", "asha", released="false")
    bench.film("a.mp4")
    (row,) = bench.run(footage).rows
    assert (row.status, row.reason) == (
        Status.HELD,
        "the worker has not released this recording; silence is not a release.",
    )
    given = give_standing_release(bench.shop, "asha", AGREEMENT_ID)
    until = given.given_at + REVIEW
    (row,) = bench.run(footage).rows
    assert (row.status, row.rule) == (Status.HELD, "R4")
    assert row.reason.startswith(f"its review time runs until {until.isoformat(timespec='minutes')}")
    bench.clock.moment = until
    result = bench.run(footage)
    assert (result.rows[0].status, result.rows[0].episodes) == (Status.ACCEPTED, 1)


def test_r11_a_witnessed_release_is_good_for_a_licence_and_says_who_witnessed_it(held):
    bench, taken = held
    given = give_release(bench.shop, taken, steward(bench))
    assert (given.evidence, given.witness) == (Evidence.WITNESSED, "union")
    assert may(bench, taken, Action.LICENSE)
    assert line(bench).said.word == given


def test_r11_a_steward_witnesses_under_their_own_agreements_only(held):
    bench, taken = held
    other = replace(bench.catalogue.agreements()[0], agreement_id="other", digest="other")
    bench.catalogue.add_agreement(other, "", bench.clock.now())
    with pytest.raises(RefusedError, match="does not watch over the agreement"):
        give_release(bench.shop, taken, steward(bench, ["other"]))
    assert bench.catalogue.find_release(taken.recording_id) is None


def test_r11_anothers_key_signs_nothing(held):
    bench, taken = held
    stranger = unlock_key_file(new_key_file("Stranger", STEWARD_PIN, cost_log2=10), STEWARD_PIN)
    steward(bench)
    for voice in (Voice(key=stranger), Voice(key=stranger, witness="union")):
        with pytest.raises((OtherKeyError, RefusedError), match="is not that of the"):
            give_release(bench.shop, taken, voice)
    bench.enrol("meena")
    theirs = bench.take_in("meena", "m.mp4")
    with pytest.raises(NoPinError):
        give_release(bench.shop, theirs, Voice(pin=PIN))
    assert give_release(bench.shop, theirs, DECLARED).evidence is Evidence.DECLARED


# --- preview ---------------------------------------------------------------------------------------------------------


def test_r4_the_preview_is_the_clean_film_picture_for_picture_and_may_be_written_again(held):
    bench, taken = held
    target = bench.folder / "film.mp4"
    for _ in range(2):
        preview_recording(bench.shop, bench.contract, taken.recording_id, target)
    with av.open(str(target)) as container:
        shown = [frame.to_ndarray() for frame in container.decode(video=0)]
        assert len(container.streams) == 1
    outcome = bench.catalogue.find_outcome(taken.recording_id)
    with bench.shop.vault.open(bench.permit("asha"), outcome.video_key) as video:
        kept = [frame.i420 for frame in read_clean(video)]
    assert len(shown) == N_FRAMES
    np.testing.assert_array_equal(shown, kept)
    assert target.read_bytes().endswith(FILM_END)
    assert [path.name for path in bench.folder.glob(".film*")] == []


def test_r4_the_preview_shows_nothing_of_a_cut(held):
    bench, taken = held
    cut_recording(bench.shop, bench.contract, taken.recording_id, 0.5, 1.0)
    target = bench.folder / "film.mp4"
    preview_recording(bench.shop, bench.contract, taken.recording_id, target)
    with av.open(str(target)) as container:
        shown = [frame.to_ndarray() for frame in container.decode(video=0)]
    assert [k for k, picture in enumerate(shown) if (picture == 128).all()] == list(range(15, 30))


def test_preview_never_replaces_what_is_not_ours(held):
    bench, taken = held
    mine = bench.folder / "holiday.mp4"
    mine.write_bytes(b"somebody's own film" * 10)
    for target, error in (
        (mine, ForeignPageError),
        (bench.folder, ForeignPageError),
        (bench.folder / "nowhere" / "film.mp4", NoPageFolderError),
    ):
        with pytest.raises(error):
            preview_recording(bench.shop, bench.contract, taken.recording_id, target)
    assert mine.read_bytes() == b"somebody's own film" * 10


def test_what_has_no_film_has_no_preview(bench):
    bench.agree()
    bench.enrol("asha")
    taken = bench.take_in("asha", "a.mp4")
    for name, error in ((taken.recording_id, NothingToViewError), ("rec-none", UnknownThingError)):
        with pytest.raises(error):
            preview_recording(bench.shop, bench.contract, name, bench.folder / "film.mp4")
    assert not Path(bench.folder / "film.mp4").exists()


def test_a_worker_may_have_things_covered_though_they_withdrew_what_it_was_processed_for(held):
    bench, taken = held
    withdraw_consent(bench.shop, bench.contract, "asha", [TRAINING], bench.progress)
    badge, own = Box(0.5, 8.0, 4.0, 16.0, 10.0), Purpose.WORKER_OWN_USE
    with pytest.raises(RefusedError):
        mark_recording(bench.shop, taken.recording_id, TRAINING, badge)
    mark_recording(bench.shop, taken.recording_id, own, badge, action=Action.REVIEW)
    assert line(bench).n_boxes == 1
    assert line(bench).state is ReleaseState.NEW


def test_list_of_one_worker_holds_only_theirs(bench):
    bench.fill("asha", "meena")
    assert [one.label for one in list_releases(bench.shop)] == ["asha", "meena"]
    assert [one.label for one in list_releases(bench.shop, "meena")] == ["meena"]
    with pytest.raises(UnknownThingError):
        list_releases(bench.shop, "nobody")
