"""Works in a shop until it is killed. Run by `test_killed_processes.py`; not a test.

    python killed_shop.py FOLDER

Everything is loaded once; then every line on standard input is the seed of one life: a fork opens the shop and does one
thing after another, as the seed says, until somebody kills it. The number of the fork's process comes back on standard
output. The line "judge" asks a fork that is left alone to finish what was begun and to look at everything; it answers
with "whole" or with what is wrong.
"""

import os
import random
import sys
import traceback
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from conftest import AGREEMENT, AGREEMENT_ID, FPS, HEIGHT, TRAINING, WIDTH, Bench, SilentProgress
from tacit.datasets.check import check_dataset
from tacit.datasets.publish import find_dataset_id, find_digest
from tacit.datasets.reader import read_dataset
from tacit.flows.add_agreement import add_agreement
from tacit.flows.add_worker import add_worker
from tacit.flows.build_dataset import Order, build_dataset, pseudonym
from tacit.flows.checkpoint_log import checkpoint_log
from tacit.flows.cut_recording import cut_recording
from tacit.flows.evidence import DECLARED, Voice
from tacit.flows.find_dataset import latest_versions
from tacit.flows.find_license import license_bases
from tacit.flows.give_consent import SaidYes, give_consent
from tacit.flows.give_release import give_release
from tacit.flows.grant_license import grant_license
from tacit.flows.ingest import ingest
from tacit.flows.recover import recover
from tacit.flows.settle import settle
from tacit.flows.standing_release import give_standing_release, take_back_standing_release
from tacit.flows.withdraw_consent import finish_withdrawals, withdraw_consent
from tacit.footage.probe import probe
from tacit.money.ledger import check_ledger
from tacit.records.errors import DamageError, InputError, RefusedError
from tacit.records.license import Terms
from tacit.records.money import Money
from tacit.rights.agreement_file import read_agreement
from tacit.seal import signatures
from tacit.wiring import Environment, KeySource, create_shop, open_shop

LABELS = ("asha", "meena", "ravi", "tara")
PIN = "4711"


class ProbeHere:
    """Looks at our own films in this process, which is about to end anyhow."""

    def probe(self, path):
        return probe(path)

    def close(self):
        pass


class RealClock:
    """The clock of this machine, for what `Bench` asks of it."""

    @property
    def moment(self):
        return datetime.now(UTC)

    def now(self):
        return datetime.now(UTC)


def environment(folder):
    return Environment(keys=folder / "keys", models=folder / "models", key_file=None)


def open_bench(folder):
    """The shop as a new process finds it."""
    made = tuple((folder / name).read_bytes() for name in ("clean", "track", "masks"))
    opened = open_shop(folder / "shop", environment(folder))
    shop = replace(opened.shop, prober=ProbeHere())
    return Bench(shop, RealClock(), folder / "films", (folder / "plain").read_bytes(), made)


def begin(folder):
    """Make the shop."""
    create_shop(folder / "shop", environment(folder), FPS, WIDTH, max(HEIGHT, 64), KeySource.FILE)
    (folder / "films").mkdir()
    (folder / "films" / "agreement.toml").write_text(AGREEMENT, encoding="utf-8")
    bench = open_bench(folder)
    add_agreement(bench.shop, *read_agreement(folder / "films" / "agreement.toml"))


def live(folder, seed):
    """Do one thing after another until killed."""
    dice = random.Random(seed)  # noqa: S311 - what to do next is no secret
    bench = open_bench(folder)
    deeds = (
        join,
        join,
        film,
        film,
        release,
        standing,
        cut,
        build,
        build,
        leave,
        leave,
        license_it,
        settle_all,
        sign_log,
    )
    while True:
        deed = dice.choice(deeds)
        with suppress(InputError, RefusedError):  # nothing to take back, nothing that may leave, and so on
            deed(bench, dice, folder)


def join(bench, dice, _folder):
    label = dice.choice(LABELS)
    add_worker(bench.shop, label, f"{label} of the bench", "en", PIN)
    said = SaidYes(None, PIN if dice.random() < 0.7 else "")
    give_consent(bench.shop, label, AGREEMENT_ID, [TRAINING], bench.clock.now(), said)


def film(bench, dice, _folder):
    label = dice.choice(LABELS)
    source = bench.source(bench.film(f"{label}-{dice.random()}.mp4"), label, bench.clock.now())
    # All films look alike here; the task tells them apart, and so the digests of datasets of different people.
    ingest(bench.shop, replace(source, task=f"move the block {dice.random()}"))
    bench.process()


def release(bench, dice, _folder):
    for recording in bench.catalogue.recordings():
        if dice.random() < 0.5:
            give_release(bench.shop, recording, Voice(PIN) if dice.random() < 0.7 else DECLARED)


def standing(bench, dice, _folder):
    label = dice.choice(LABELS)
    if dice.random() < 0.5:
        give_standing_release(bench.shop, label, AGREEMENT_ID, DECLARED)
    else:
        take_back_standing_release(bench.shop, label, AGREEMENT_ID)


def cut(bench, dice, _folder):
    recordings = bench.catalogue.recordings()
    if recordings:
        start_s = dice.choice([0.0, 0.3, 1.0])
        cut_recording(bench.shop, bench.contract, dice.choice(recordings).recording_id, start_s, start_s + 0.2)


def build(bench, dice, folder):
    finish_withdrawals(bench.shop, bench.contract, bench.progress)
    order = Order(AGREEMENT_ID, TRAINING, None, folder / f"dataset-{dice.choice('ab')}")
    build_dataset(bench.shop, bench.contract, order, SilentProgress())


def leave(bench, dice, _folder):
    withdraw_consent(bench.shop, bench.contract, dice.choice(LABELS), (), SilentProgress())


def license_it(bench, dice, folder):
    until = bench.clock.now().date() + timedelta(days=30)
    place = str(folder / f"dataset-{dice.choice('ab')}")
    terms = Terms(place, dice.choice("AB"), frozenset({TRAINING}), ("IN",), until, Money("INR", 10_000))
    grant_license(bench.shop, bench.contract, terms, SilentProgress())


def settle_all(bench, _dice, _folder):
    settle(bench.shop)


def sign_log(bench, _dice, _folder):
    checkpoint_log(bench.shop)


def judge(folder):
    """Finish what was begun, then look at everything; what is wrong, in words."""
    bench = open_bench(folder)
    shop = bench.shop
    finish_withdrawals(shop, bench.contract, bench.progress)
    recover(shop)
    bench.process()
    wrong = []
    seen = folder / "roots"
    entries = list(shop.catalogue.log_entries())  # checks every hash
    size, root = shop.catalogue.log_root()
    wrong += ["the log is shorter than it was"] if seen.exists() and size < int(seen.read_text().split()[0]) else []
    seen.write_text(f"{size} {root}")
    wrong += ["the log has a name in it"] if any(label in str(entries) for label in LABELS) else []
    settle(shop)
    check_ledger(shop.catalogue.transactions(), license_bases(shop))
    here = {worker.worker_uid for worker in shop.catalogue.workers()}
    for name in ("dataset-a", "dataset-b"):
        wrong += judge_dataset(shop, folder / name, here)
    keys = {path.stem for path in (folder / "keys").rglob("*.key")} - {"master"}
    left = {one.account for one in shop.catalogue.certificates() if one.leaves}
    wrong += [f"a key of somebody who left: {uid}" for uid in keys & left]  # one that nobody ever got is no harm
    owners = {path.name for path in (folder / "shop" / "objects").iterdir()} - {"tombstones"}
    wrong += [f"objects of nobody: {uid}" for uid in owners - here]
    wrong += [
        f"a certificate that was not issued: {one.account}"
        for one in shop.catalogue.certificates()
        if not one.issued_at
    ]
    for granted in shop.catalogue.licenses():
        version = next((one for one in shop.catalogue.dataset_versions() if one.dataset_id == granted.dataset_id), None)
        wrong += ["a licence of nothing"] if version is None else []
    return wrong


def judge_dataset(shop, place, here):
    """A dataset that lies there is whole, is known, and has nobody in it who left."""
    digest = find_digest(place)
    if digest is None:
        return []
    made = [one for one in shop.catalogue.dataset_versions() if one.dataset_id == find_dataset_id(place)]
    version = next((one for one in made if one.digest == digest), None)
    if version is None:
        return [f"{place.name} lies there and nobody knows it"]
    wrong = [str(fault) for fault in check_dataset(place)]
    wrong += [f"{place.name} has somebody in it who left" for line in version.episodes if line.worker_uid not in here]
    names = {pseudonym(shop, version.dataset_id, "worker", line.worker_uid) for line in version.episodes}
    wrong += (
        [f"{place.name} has lost its lineage"] if names != {r["worker"] for r in read_dataset(place).episodes} else []
    )
    newest = latest_versions(shop)[version.dataset_id]
    return wrong + ([] if newest.digest == digest else [f"{place.name} is not the newest version of itself"])


def main():
    folder = Path(sys.argv[1])
    signatures._LOCK_COST_LOG2 = 4  # a PIN costs a tenth of a second otherwise
    for line in sys.stdin:
        word = line.strip()
        child = os.fork()
        if child == 0:
            answer = run_one(folder, word)
            print(answer.replace("\n", " | "), flush=True)  # noqa: T201 - the answer
            os._exit(0)
        if word in ("begin", "judge"):
            os.waitpid(child, 0)
        else:
            print(child, flush=True)  # noqa: T201 - the answer
            os.waitpid(child, 0)


def run_one(folder, word):
    try:
        if word == "begin":
            begin(folder)
            return "whole"
        if word == "judge":
            return "; ".join(judge(folder)) or "whole"
        live(folder, int(word))
    except (Exception, DamageError):
        return traceback.format_exc()
    return "ended"


if __name__ == "__main__":
    main()
