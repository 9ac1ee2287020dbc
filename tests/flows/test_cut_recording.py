"""R4: what a worker cuts is erased, not hidden; at once, for good, and at no cost to them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tacit.datasets.reader import read_dataset
from tacit.flows.cut_recording import cut_recording
from tacit.flows.find_cuts import find_cuts, has_lost_cuts, has_open_cuts
from tacit.flows.find_marks import find_marked_since
from tacit.flows.ingest import ingest
from tacit.flows.list_recordings import list_recordings
from tacit.flows.mark_recording import Box, mark_recording
from tacit.flows.process_unit import Inputs, compute_unit_id, process_unit
from tacit.flows.recover import recover
from tacit.flows.settle import settle
from tacit.flows.withdraw_consent import withdraw_consent
from tacit.footage.clean import read_clean
from tacit.footage.maskfile import load_masks
from tacit.motion.quality import QualityOptions
from tacit.motion.trackfile import load_track
from tacit.records.errors import BadCutError, NothingToCutError, RefusedError, UnknownThingError
from tacit.records.permit import Action
from tacit.records.recording import Status, Stretch
from tacit.workshop.film import FilmOptions, film

from .conftest import N_FRAMES, RESEARCH, TRAINING
from .histories import Crash, Crashing, Fuse
from .test_recover import back_up, on_disk, put_back  # noqa: F401 - a fixture

CUT = (0.5, 1.0)  # frames 15 to 30


def cut(bench, recording, from_s=CUT[0], to_s=CUT[1]):
    return cut_recording(bench.shop, bench.contract, recording.recording_id, from_s, to_s)


def outcome_of(bench, recording):
    return bench.catalogue.find_outcome(recording.recording_id)


def units(bench, objects, label="asha"):
    return {name.split("/")[1] for name in objects.list(bench.uid(label))}


def pictures(bench, outcome, label="asha"):
    with bench.shop.vault.open(bench.permit(label), outcome.video_key) as video:
        return [frame.i420 for frame in read_clean(video)]


def track(bench, outcome, label="asha"):
    with bench.shop.vault.open(bench.permit(label), outcome.track_key) as file:
        return load_track(file)


def masks(bench, outcome, label="asha"):
    with bench.shop.vault.open(bench.permit(label), outcome.masks_key) as file:
        return load_masks(file)


def holding(built):
    return {line.recording_id for line in built.episodes}


@pytest.fixture
def filled(bench):
    """Two workers, a released recording of each, and a dataset of both; short stretches count."""
    bench.contract = replace(bench.contract, quality=QualityOptions(stretch_s_min=0.3))
    return bench, bench.fill("asha", "meena")


def test_r4_a_cut_is_gone_from_pictures_hands_masks_and_stretches_and_the_rest_is_as_it_was(filled, objects):
    bench, recordings = filled
    before = outcome_of(bench, recordings["asha"])
    seen = pictures(bench, before)
    done = cut(bench, recordings["asha"])
    after = outcome_of(bench, recordings["asha"])
    assert (done.start_s, done.end_s, done.is_new, done.left_s) == (0.5, 1.0, True, 0.5)
    shown = pictures(bench, after)
    assert len(shown) == N_FRAMES
    assert all((shown[k] == 128).all() for k in range(15, 30))
    assert all((shown[k] == seen[k]).all() for k in range(N_FRAMES) if not 15 <= k < 30)
    hands = track(bench, after)
    assert (hands.seen[15:30] == 0).all()
    assert np.isnan(hands.px[15:30]).all()
    assert (hands.n_hands == [2] * 15 + [0] * 15 + [2] * 15).all()
    covered = [len(masks(bench, after).at(k)) for k in range(N_FRAMES)]
    assert covered == [1] * 15 + [0] * 15 + [1] * 15
    assert after.covered_share == pytest.approx(0.25 * 30 / 45)
    assert after.stretches == (Stretch(0, 15),)
    assert after.hands_fraction == pytest.approx(30 / 45)
    assert len(objects.list(bench.uid("asha"))) == 4
    assert units(bench, objects) == {after.unit_id} != {before.unit_id}


def test_m7_a_cut_is_paid_as_filmed(filled):
    bench, recordings = filled
    settle(bench.shop)
    owed = {t.subject: [p.amount for p in t.postings] for t in bench.catalogue.transactions()}
    before = outcome_of(bench, recordings["meena"])
    done = cut(bench, recordings["meena"], 0, 1.5)
    after = outcome_of(bench, recordings["meena"])
    assert (after.payable_ms, after.filmed_ms) == (before.payable_ms, before.filmed_ms) == (1000, 1500)
    assert done.paid_s == 1.0
    assert (after.usable, after.accepted_ms) == (False, 0)
    settle(bench.shop)
    assert {t.subject: [p.amount for p in t.postings] for t in bench.catalogue.transactions()} == owed


def test_m7_what_was_cut_before_anything_was_booked_is_paid_all_the_same(filled):
    bench, recordings = filled
    cut(bench, recordings["asha"], 0, 1.5)
    settle(bench.shop)
    paid = {t.subject: sorted(p.amount.amount_minor for p in t.postings) for t in bench.catalogue.transactions()}
    assert paid[recordings["asha"].recording_id] == paid[recordings["meena"].recording_id]


def test_r4_the_original_is_not_needed_and_not_touched(filled):
    bench, recordings = filled
    source = Path(recordings["asha"].source_path)
    content = source.read_bytes()
    assert cut(bench, recordings["asha"]).original == "asha.mp4"
    assert source.read_bytes() == content
    source.unlink()
    done = cut(bench, recordings["asha"], 0, 0.2)
    assert (done.original, done.is_new) == ("", True)
    assert len(bench.engine.worked) == 2  # nothing was processed for it


def test_r4_the_next_dataset_holds_nothing_of_the_cut_and_the_one_before_is_named(filled):
    bench, recordings = filled
    made = bench.build().version
    done = cut(bench, recordings["asha"])
    assert [one.path for one in done.datasets] == [str(bench.dataset)]
    assert find_marked_since(bench.shop, made) == {recordings["asha"].recording_id}
    built = bench.build().version
    assert built.version == made.version + 1
    lines = [line for line in built.episodes if line.recording_id == recordings["asha"].recording_id]
    assert [(line.start_frame, line.end_frame) for line in lines] == [(0, 15)]
    assert find_marked_since(bench.shop, built) == set()
    assert len(read_dataset(bench.dataset).episodes) == 2


def test_r4_a_release_stands_for_the_rest_and_the_review_time_does_not_begin_anew(filled):
    bench, recordings = filled
    seen_since = bench.catalogue.find_ready_at(recordings["asha"].recording_id)
    cut(bench, recordings["asha"])
    assert bench.catalogue.find_ready_at(recordings["asha"].recording_id) == seen_since
    assert [one.status for one in list_recordings(bench.shop)] == [Status.ACCEPTED, Status.ACCEPTED]


def test_r4_more_cuts_add_up_in_any_order(filled):
    bench, recordings = filled
    for at in ((0.9, 1.1), (0.0, 0.1)):
        cut(bench, recordings["asha"], *at)
    cut(bench, recordings["asha"], 0.45, 0.6)
    for at in ((0.45, 0.6), (0.0, 0.1), (0.9, 1.1)):
        cut(bench, recordings["meena"], *at)
    one, other = outcome_of(bench, recordings["asha"]), outcome_of(bench, recordings["meena"])
    assert one.stretches == other.stretches
    assert one.covered_share == other.covered_share
    assert len(one.cuts) == len(other.cuts) == 3
    assert one.cuts == find_cuts(bench.shop, recordings["asha"].recording_id)
    gone = [k for k, picture in enumerate(pictures(bench, one)) if (picture == 128).all()]
    assert gone == [*range(5), *range(10, 20), *range(25, 35)]


def test_cutting_again_what_is_cut_changes_nothing(filled):
    bench, recordings = filled
    cut(bench, recordings["asha"])
    before, n_log = outcome_of(bench, recordings["asha"]), bench.catalogue.log_root()[0]
    done = cut(bench, recordings["asha"], 0.6, 0.9)
    assert not done.is_new
    assert outcome_of(bench, recordings["asha"]) == before
    kinds = [entry["kind"] for entry in bench.catalogue.log_entries()[n_log:]]
    assert "cut" not in kinds


@pytest.mark.parametrize("at", [(-0.1, 1.0), (1.0, 1.0), (1.0, 0.5), (0.5, 1.7), (2.0, 3.0), (float("nan"), 1.0)])
def test_stretch_outside_the_film_is_told_with_what_was_expected(filled, at):
    bench, recordings = filled
    with pytest.raises(BadCutError, match=r"a stretch within 0 s to 1\.50 s"):
        cut(bench, recordings["asha"], *at)
    assert bench.catalogue.cuttings(recordings["asha"].recording_id) == []


def test_what_cannot_be_cut_says_why(bench):
    bench.agree()
    bench.enrol("asha")
    recording = bench.take_in("asha", "a.mp4")
    with pytest.raises(NothingToCutError, match="Run `tacit process`"):
        cut(bench, recording)
    with pytest.raises(UnknownThingError):
        cut(bench, replace(recording, recording_id="rec-none"))


def test_r12_a_worker_who_withdrew_one_purpose_may_still_cut_and_one_who_left_is_gone(filled):
    bench, recordings = filled
    withdraw_consent(bench.shop, bench.contract, "asha", [TRAINING], bench.progress)
    cut(bench, recordings["asha"])
    assert outcome_of(bench, recordings["asha"]).stretches == (Stretch(0, 15),)
    withdraw_consent(bench.shop, bench.contract, "asha", [RESEARCH], bench.progress)
    with pytest.raises((UnknownThingError, RefusedError)):
        cut(bench, recordings["asha"])
    assert bench.catalogue.cuttings(recordings["asha"].recording_id) == []


def test_r9_the_decision_is_in_the_log_without_a_word_about_anybody(filled):
    bench, recordings = filled
    cut(bench, recordings["asha"])
    (entry,) = [entry for entry in bench.catalogue.log_entries() if entry["kind"] == "cut"]
    assert entry.keys() == {"kind", "at", "subject"}
    assert recordings["asha"].recording_id not in str(entry)


def test_d1_committed_work_with_cuts_is_not_done_again(filled):
    bench, recordings = filled
    cut(bench, recordings["asha"])
    after = outcome_of(bench, recordings["asha"])
    assert compute_unit_id(bench.shop, bench.contract, recordings["asha"]) == after.unit_id
    assert not any(end.is_new for end in bench.process())
    assert outcome_of(bench, recordings["asha"]) == after
    assert len(bench.engine.worked) == 2


def test_r4_a_recording_cut_and_not_erased_yet_goes_into_no_dataset_and_the_next_command_erases_it(filled, objects):
    bench, recordings = filled
    asha, vault = recordings["asha"], bench.shop.vault
    fuse = Fuse()
    bench.shop = replace(bench.shop, vault=Crashing(vault, fuse))
    with fuse.lit(0, False), pytest.raises(Crash):
        cut(bench, asha)
    bench.shop = replace(bench.shop, vault=vault)
    assert has_open_cuts(bench.shop, outcome_of(bench, asha))
    (listed, _) = list_recordings(bench.shop)
    assert (listed.status, listed.reason) == (
        Status.NEW,
        "a stretch of it was cut and is not erased yet; run `tacit process`",
    )
    assert holding(bench.build().version) == {recordings["meena"].recording_id}
    bench.process()
    after = outcome_of(bench, asha)
    assert after.stretches == (Stretch(0, 15),)
    assert units(bench, objects) == {after.unit_id}
    assert holding(bench.build().version) == {one.recording_id for one in recordings.values()}


@pytest.mark.parametrize("after", [False, True])
def test_d3_a_cut_survives_a_kill_at_any_moment(filled, objects, after):
    bench, recordings = filled
    asha, inner = recordings["asha"], bench.shop
    fuse = Fuse()
    crashing = replace(inner, vault=Crashing(inner.vault, fuse), catalogue=Crashing(inner.catalogue, fuse))
    ends = [(0.0, 0.1), *((k / 100, k / 100 + 0.05) for k in range(10, 140, 4))]
    kills = 0
    for calls in range(200):
        at = ends[calls % len(ends)]
        seen = len(bench.catalogue.cuttings(asha.recording_id))
        bench.shop = crashing
        try:
            with fuse.lit(calls, after):
                cut(bench, asha, *at)
            bench.shop = inner
            if len(bench.catalogue.cuttings(asha.recording_id)) > seen:
                break
        except Crash:
            kills += 1
        bench.shop = inner
        before = outcome_of(bench, asha)
        built = bench.build().version
        in_it = asha.recording_id in holding(built)
        assert not (in_it and has_open_cuts(inner, before))
        bench.process()
        now = outcome_of(bench, asha)
        assert set(now.cuts) == set(find_cuts(inner, asha.recording_id))
        assert units(bench, objects) == {now.unit_id}
        assert len(pictures(bench, now)) == N_FRAMES
    assert kills > 15
    assert now.payable_ms == 1000


def test_r4_a_box_drawn_after_a_cut_brings_nothing_of_the_cut_back(filled, objects):
    bench, recordings = filled
    asha = recordings["asha"]
    cut(bench, asha)
    mark_recording(bench.shop, asha.recording_id, TRAINING, Box(0.1, 8.0, 4.0, 16.0, 10.0))
    cut(bench, asha, 0, 0.1)  # while the box waits for the film to be processed
    outcome = outcome_of(bench, asha)
    assert (len(outcome.cuts), outcome.marks) == (2, ())
    bench.process()
    anew = outcome_of(bench, asha)
    assert (len(anew.cuts), len(anew.marks)) == (2, 1)
    assert units(bench, objects) == {anew.unit_id}


def test_r4_a_cut_made_while_the_recording_is_processed_anew_is_erased_before_anything_else_happens(filled, objects):
    bench, recordings = filled
    asha = recordings["asha"]
    mark_recording(bench.shop, asha.recording_id, TRAINING, Box(0.1, 8.0, 4.0, 16.0, 10.0))
    put_down = bench.put_down

    def work(recording, permit):
        made = put_down(recording, permit)
        cut(bench, asha)
        return made

    bench.engine.work = work
    (problem,) = [end.problem for end in bench.process() if end.problem]
    assert "a stretch of it was cut, while it was processed" in problem
    outcome = outcome_of(bench, asha)
    assert (len(outcome.cuts), outcome.marks) == (1, ())
    assert all((picture == 128).all() for picture in pictures(bench, outcome)[15:30])
    bench.engine.work = put_down
    bench.process()
    assert units(bench, objects) == {outcome_of(bench, asha).unit_id}
    assert (len(outcome_of(bench, asha).cuts), len(outcome_of(bench, asha).marks)) == (1, 1)


def test_r4_an_old_catalogue_gets_a_cut_back_from_the_commit_record(on_disk):  # noqa: F811 - the fixture
    bench = on_disk
    bench.contract = replace(bench.contract, quality=QualityOptions(stretch_s_min=0.3))
    recordings = bench.fill("asha", "meena")
    backup = back_up(bench)
    cut(bench, recordings["asha"])
    after = outcome_of(bench, recordings["asha"])
    put_back(bench, backup)
    assert find_cuts(bench.shop, recordings["asha"].recording_id) == ()
    assert has_lost_cuts(bench.shop, recordings["asha"].recording_id)
    assert recover(bench.shop) == 1
    assert find_cuts(bench.shop, recordings["asha"].recording_id) == after.cuts
    assert outcome_of(bench, recordings["asha"]) == after
    assert recover(bench.shop) == 0
    assert [one.status for one in list_recordings(bench.shop)] == [Status.ACCEPTED, Status.ACCEPTED]


def test_r4_what_an_old_copy_of_the_whole_shop_forgot_to_cut_goes_into_no_dataset(on_disk, objects):  # noqa: F811
    bench = on_disk
    bench.contract = replace(bench.contract, quality=QualityOptions(stretch_s_min=0.3))
    recordings = bench.fill("asha", "meena")
    backup = back_up(bench)
    kept = {name: objects.find(name) for name in objects.list()}
    cut(bench, recordings["asha"])
    for name in objects.list():
        objects.delete(name)
    for name, content in kept.items():
        objects.create(name, content)
    put_back(bench, backup)
    recover(bench.shop)
    first, second = list_recordings(bench.shop)
    assert (first.status, second.status) == (Status.NEW, Status.ACCEPTED)
    assert "cut again" in first.reason
    assert holding(bench.build().version) == {recordings["meena"].recording_id}
    bench.process()
    assert list_recordings(bench.shop)[0].status is Status.NEW
    cut(bench, recordings["asha"])
    assert list_recordings(bench.shop)[0].status is Status.ACCEPTED


# --- the real film ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def filmed(tmp_path_factory):
    path = tmp_path_factory.mktemp("filmed") / "work.mp4"
    film(path, FilmOptions(seconds=3.5, width=320, height=240, seed=7))
    return path


def test_d1_processed_from_the_film_a_unit_with_cuts_is_what_cutting_made_of_it(bench, models, filmed):
    bench.contract = replace(bench.contract, width=320, height=240, quality=QualityOptions(stretch_s_min=0.5))

    def work(recording, permit):
        inputs = Inputs(recording, permit, bench.contract, models)
        return process_unit(bench.shop, inputs, lambda _done: None)

    bench.engine.work = work
    bench.agree()
    bench.enrol("asha")
    path = bench.film("work.mp4")
    path.write_bytes(filmed.read_bytes())
    recording = ingest(bench.shop, bench.source(path, "asha"))
    (end,) = bench.process()
    assert end.outcome.usable
    cut(bench, recording, 1.0, 2.0)
    cut_later = outcome_of(bench, recording)
    made_later = (pictures(bench, cut_later), track(bench, cut_later), masks(bench, cut_later))
    bench.shop.vault.drop_units(bench.uid("asha"), [])
    (end,) = bench.process()
    assert end.is_new
    keys = {"video_key": "", "track_key": "", "masks_key": "", "cpu_ms": 0}
    assert replace(end.outcome, **keys) == replace(cut_later, **keys)
    shown, hands, covered = (find(bench, end.outcome) for find in (pictures, track, masks))
    for one, other in zip(shown, made_later[0], strict=True):
        np.testing.assert_array_equal(one, other)
    for name in ("px", "xyz", "seen", "sigma_m", "n_hands"):
        np.testing.assert_array_equal(getattr(hands, name), getattr(made_later[1], name))
    np.testing.assert_array_equal(covered.boxes, made_later[2].boxes)
    assert (shown[30] == 128).all()
    assert (shown[59] == 128).all()
    assert not (shown[29] == 128).all()


def test_r1_no_leave_to_derive_is_needed_to_cut(filled):
    bench, recordings = filled
    cut(bench, recordings["asha"])
    asked = [e for e in bench.catalogue.log_entries() if e["kind"] == "decision" and e["action"] == Action.REVIEW.value]
    assert asked
