"""A withdrawal, and at the same time a build or a licensed release, in many orders (rules R1, R5, R8).

Whatever the order: either the other finished before and the withdrawal says what it made, or nothing of the worker is
in it.
"""

import os
import random
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tacit.datasets.publish import find_dataset_id, find_digest
from tacit.datasets.reader import read_dataset
from tacit.flows.build_dataset import Order, build_dataset, pseudonym
from tacit.flows.grant_license import grant_license
from tacit.flows.withdraw_consent import withdraw_consent
from tacit.records.errors import BuildOvertakenError, RefusedError, UnknownThingError
from tacit.records.license import Terms
from tacit.records.money import Money
from tacit.seal import signatures
from tacit.store.catalogue import SqlCatalogue, create_catalogue

from .conftest import AGREEMENT_ID, TRAINING
from .interleaving import Interleaving, Turns

ORDERS = int(os.environ.get("TACIT_TEST_ORDERS", "100"))
PIN = "4711"
ROUNDS = 10  # in one shop, before a new one


@pytest.fixture
def shared(bench, tmp_path):
    """A bench whose catalogue is a file, as two processes would share it; in memory, for nothing is cut off here."""
    bench.catalogue.close()
    memory = Path("/dev/shm")  # noqa: S108 - where there is none, the disk will do
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path) as folder:
        url = f"sqlite:///{folder}/catalogue.sqlite"
        create_catalogue(url)
        bench.shop = replace(bench.shop, catalogue=SqlCatalogue(url, bench.keys))
        yield bench


def split(shop, interleaving):
    """The same shop, with a turn before every call on its ports."""
    ports = {name: Turns(getattr(shop, name), interleaving) for name in ("catalogue", "vault", "keys")}
    return replace(shop, **ports)


def join_and_film(bench, label, pin=""):
    """A worker with a released recording."""
    bench.enrol(label, pin)
    recording = bench.take_in(label, f"{label}.mp4")
    bench.process()
    bench.release(recording, pin)


@pytest.mark.parametrize("part", range(ORDERS // ROUNDS // 2))
def test_r5_withdrawal_racing_a_build(shared, part):
    bench = shared
    bench.agree()
    join_and_film(bench, "stays")
    for number in range(ROUNDS):
        seed = part * 1000 + number
        label, target = f"leaves-{number}", bench.folder / f"dataset-{number % 3}"
        join_and_film(bench, label)
        leaver = bench.uid(label)
        if random.Random(seed).random() < 0.5:  # noqa: S311
            build(bench, bench.shop, target)
        interleaving = Interleaving(seed)
        shop = split(bench.shop, interleaving)
        left, built = interleaving.run(
            [
                lambda shop=shop, label=label: withdraw_consent(shop, bench.contract, label, (), bench.progress),
                lambda shop=shop, target=target: build(bench, shop, target),
            ]
        )
        assert not isinstance(left, BaseException), left
        assert not isinstance(built, BaseException) or isinstance(built, RefusedError), built
        assert left.erased
        check_nothing_left(bench, leaver)
        made = [version for version in bench.catalogue.dataset_versions() if holds(version, leaver)]
        named = {used.dataset_id for used in left.certificate.datasets}
        assert {version.dataset_id for version in made} <= named


@pytest.mark.parametrize("part", range(ORDERS // ROUNDS // 2))
def test_r5_r8_withdrawal_racing_a_licensed_release(shared, part, monkeypatch):
    monkeypatch.setattr(signatures, "_LOCK_COST_LOG2", 4)  # a PIN costs a tenth of a second otherwise
    bench = shared
    bench.agree()
    join_and_film(bench, "stays", PIN)
    for number in range(ROUNDS):
        label = f"leaves-{number}"
        join_and_film(bench, label, PIN)
        leaver = bench.uid(label)
        build(bench, bench.shop, bench.dataset)
        interleaving = Interleaving(part * 1000 + number)
        shop = split(bench.shop, interleaving)
        asked = Terms(
            str(bench.dataset), f"Lab {number}", frozenset({TRAINING}), ("EU",), date(2027, 6, 30), Money("INR", 100)
        )
        left, granted = interleaving.run(
            [
                lambda shop=shop, label=label: withdraw_consent(shop, bench.contract, label, (), bench.progress),
                lambda shop=shop, asked=asked: grant_license(shop, bench.contract, asked, bench.progress),
            ]
        )
        assert not isinstance(left, BaseException), left
        may_happen = (RefusedError, BuildOvertakenError, UnknownThingError)
        assert not isinstance(granted, BaseException) or isinstance(granted, may_happen), granted
        check_nothing_left(bench, leaver)
        versions = {(one.dataset_id, one.version): one for one in bench.catalogue.dataset_versions()}
        held = {
            one.license_id for one in bench.catalogue.licenses() if holds(versions[one.dataset_id, one.version], leaver)
        }
        assert held == {copy.license_id for copy in left.certificate.copies}
        assert held <= {notice.license_id for notice in bench.catalogue.license_notices()}


def build(bench, shop, target):
    """Build a dataset of all that may be in it."""
    return build_dataset(shop, bench.contract, Order(AGREEMENT_ID, TRAINING, None, target), bench.progress)


def holds(version, worker_uid):
    return any(line.worker_uid == worker_uid for line in version.episodes)


def check_nothing_left(bench, worker_uid):
    """No dataset that lies anywhere has an episode of the worker, and none of their keys or objects is there.

    What a licensee holds is out of reach, and in the certificate.
    """
    made = [one for one in bench.catalogue.dataset_versions() if not one.release_of]
    versions = {(one.dataset_id, one.digest): one for one in made}
    for folder in {Path(version.path) for version in versions.values()}:
        dataset_id, digest = find_dataset_id(folder), find_digest(folder)
        if digest is None:
            continue
        assert not holds(versions[dataset_id, digest], worker_uid)
        name = pseudonym(bench.shop, dataset_id, "worker", worker_uid)
        assert name not in {row["worker"] for row in read_dataset(folder).episodes}
    assert not bench.keys.has_worker_key(worker_uid)
    assert bench.shop.vault.is_erased(worker_uid)
