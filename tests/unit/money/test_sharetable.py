from tacit.money.sharetable import freeze_shares
from tacit.records.dataset import EpisodeLine


def line(index, worker_uid, accepted_ms):
    return EpisodeLine(index, f"rec-{index}", worker_uid, "con-1", 0, 30, accepted_ms)


def test_parts_are_the_accepted_milliseconds_of_each_worker():
    lines = [line(0, "w-b", 2000), line(1, "w-a", 700), line(2, "w-b", 1)]
    assert freeze_shares(lines) == (("worker:w-a", 700), ("worker:w-b", 2001))


def test_a_worker_without_an_accepted_millisecond_has_no_part():
    assert freeze_shares([line(0, "w-a", 0), line(1, "w-b", 1)]) == (("worker:w-b", 1),)
