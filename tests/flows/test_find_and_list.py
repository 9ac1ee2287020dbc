"""Finding datasets by what people type, and listing recordings while others write."""

import os
from dataclasses import replace

import pytest

from tacit.flows.find_dataset import dataset_id_of, require_dataset
from tacit.flows.list_recordings import list_recordings
from tacit.flows.withdraw_consent import withdraw_consent
from tacit.records.errors import UnknownThingError


class Meanwhile:
    """The catalogue as it is for a reader whom somebody else overtakes after the first of two reads."""

    def __init__(self, catalogue, act):
        self._catalogue, self._act = catalogue, act

    def __getattr__(self, name):
        whole = getattr(self._catalogue, name)
        if name not in ("recordings", "workers"):
            return whole

        def read():
            found = whole()
            if self._act is not None:
                act, self._act = self._act, None
                act()
            return found

        return read


def test_folder_whose_name_is_no_text_names_no_dataset_and_has_an_id_of_its_own(bench):
    bench.fill("asha")
    odd = [bench.folder / os.fsdecode(name) for name in (b"d\xff", b"d\xfe")]
    assert dataset_id_of(bench.shop, odd[0]) != dataset_id_of(bench.shop, odd[1])
    with pytest.raises(UnknownThingError):
        require_dataset(bench.shop, str(odd[0]))
    assert require_dataset(bench.shop, str(bench.dataset)).version == 1


def test_worker_who_comes_or_goes_between_two_reads_stops_no_list(bench):
    bench.fill("asha", "meena")

    def come():
        bench.enrol("ravi")
        bench.take_in("ravi", "ravi.mp4")

    def go():
        withdraw_consent(bench.shop, bench.contract, "meena", frozenset(), bench.progress)

    for act in (come, go):
        labels = {one.label for one in list_recordings(replace(bench.shop, catalogue=Meanwhile(bench.catalogue, act)))}
        assert "asha" in labels
    assert {one.label for one in list_recordings(bench.shop)} == {"asha", "ravi"}
