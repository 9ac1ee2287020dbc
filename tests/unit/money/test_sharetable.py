import json

from tacit.money.sharetable import freeze_shares, share_table_bytes
from tacit.records.dataset import EpisodeLine


def line(index, worker_uid, accepted_ms):
    return EpisodeLine(index, f"rec-{index}", worker_uid, "con-1", 0, 30, accepted_ms)


def test_parts_are_the_accepted_milliseconds_of_each_worker():
    lines = [line(0, "w-b", 2000), line(1, "w-a", 700), line(2, "w-b", 1)]
    assert freeze_shares(lines) == (("worker:w-a", 700), ("worker:w-b", 2001))


def test_a_worker_without_an_accepted_millisecond_has_no_part():
    assert freeze_shares([line(0, "w-a", 0), line(1, "w-b", 1)]) == (("worker:w-b", 1),)


def test_signed_bytes_name_the_dataset_and_every_part():
    signed = share_table_bytes("ds-1", 2, "ab", "accepted milliseconds", (("worker:w-a", 700),))
    body = json.loads(signed)
    assert (body["dataset"], body["version"], body["digest"]) == ("ds-1", 2, "ab")
    assert body["parts"] == [["worker:w-a", 700]]


def test_any_change_of_the_table_changes_the_signed_bytes():
    table = ("ds-1", 2, "ab", "accepted milliseconds", (("worker:w-a", 700),))
    others = [
        ("ds-2", *table[1:]),
        ("ds-1", 3, *table[2:]),
        ("ds-1", 2, "ac", *table[3:]),
        (*table[:4], (("worker:w-a", 701),)),
    ]
    assert len({share_table_bytes(*entry) for entry in [table, *others]}) == 5
