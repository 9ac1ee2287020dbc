"""What the shop signs of a share table."""

import json

from tacit.seal.signed_shares import share_table_bytes


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
