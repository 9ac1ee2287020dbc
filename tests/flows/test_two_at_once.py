"""Two processes at one thing: what one of them read before the other was done is never put down again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tacit.flows import withdraw_consent as withdraw_flow
from tacit.flows.add_worker import add_worker
from tacit.flows.destroy_hold import begin_destroying, find_due_holds, warn_of_holds
from tacit.flows.erase_worker import leave
from tacit.flows.evidence import Voice
from tacit.flows.issue_certificate import issue_certificate, note_replaced
from tacit.flows.replace_datasets import Replaced
from tacit.flows.set_key import set_key
from tacit.flows.set_pin import set_pin
from tacit.flows.withdraw_consent import finish_withdrawals, withdraw_consent
from tacit.records.certificate import Leaving
from tacit.records.errors import KeyFileWorkerError, WrongPinError
from tacit.seal.signatures import lock_key

from .test_leaving import keys, make_key, watched  # noqa: F401


def finish(bench):
    return finish_withdrawals(bench.shop, bench.contract, bench.progress)


def begin(bench, label):
    """The no and the draft of its certificate, and nothing after."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(withdraw_flow, "_carry_out", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            withdraw_consent(bench.shop, bench.contract, label, (), bench.progress)
    (draft,) = bench.catalogue.certificates(bench.uid(label))
    return draft


def kinds(bench):
    return [entry["kind"] for entry in bench.catalogue.log_entries()]


def test_r5_a_finisher_with_an_old_draft_does_not_count_what_is_gone(bench, monkeypatch):
    """The other one looked for films, then this one erased everything and was killed; the other one goes on."""
    bench.fill("asha", "meena")
    draft = begin(bench, "asha")
    films = withdraw_flow.find_originals(bench.shop, draft.account)
    counted = leave(bench.shop, draft)
    monkeypatch.setattr(withdraw_flow, "find_originals", lambda _shop, _uid: films)
    finish(bench)
    (issued,) = bench.catalogue.certificates(draft.account)
    assert counted.n_objects == 4
    assert counted.rows["recordings"] == 1
    for name in ("rows", "n_objects", "n_keys", "state"):
        assert getattr(issued, name) == getattr(counted, name)
    assert (issued.originals, issued.originals_destroyed) == (1, 0)


def test_r5_each_film_is_counted_once_whoever_of_two_destroyed_it(bench, monkeypatch):
    bench.fill("asha")
    draft = begin(bench, "asha")
    bench.catalogue.set_certificate(replace(draft, with_originals=True))
    films, destroy = withdraw_flow.find_originals(bench.shop, draft.account), withdraw_flow.destroy_originals

    def overtaken(shop, films):
        monkeypatch.setattr(withdraw_flow, "destroy_originals", destroy)
        finish(bench)  # the other one does all of it
        return destroy(shop, films)

    monkeypatch.setattr(withdraw_flow, "find_originals", lambda _shop, _uid: films)
    monkeypatch.setattr(withdraw_flow, "destroy_originals", overtaken)
    finish(bench)
    (issued,) = bench.catalogue.certificates(draft.account)
    assert (issued.originals, issued.originals_destroyed) == (1, 1)


def test_r5_what_was_noted_by_another_finisher_stays_noted(bench):
    bench.fill("asha")
    stale = begin(bench, "asha")
    current = leave(bench.shop, stale)
    note_replaced(bench.shop, stale, Replaced("", None, found=True, dataset_id="ds-1"))
    note_replaced(bench.shop, stale, Replaced("", None, found=True, dataset_id="ds-2"))
    issued = issue_certificate(bench.shop, stale)
    assert {used.dataset_id for used in issued.datasets} >= {"ds-1", "ds-2"}
    assert (issued.rows, issued.n_objects, issued.state) == (current.rows, current.n_objects, Leaving.DESTROYED)


def test_r5_a_hold_is_announced_and_destroyed_once_by_two_processes(watched):  # noqa: F811
    uid = watched.uid("asha")
    withdraw_consent(watched.shop, watched.contract, "asha", (), watched.progress)
    (hold,) = watched.catalogue.holds()
    watched.clock.moment = hold.until - timedelta(hours=1)

    class Late:
        """A catalogue that still tells this process what it read before."""

        def __getattr__(self, name):
            return getattr(watched.catalogue, name)

        def holds(self):
            return [hold]

    late = replace(watched.shop, catalogue=Late())
    assert len(warn_of_holds(watched.shop)) == len(warn_of_holds(late)) == 1
    assert kinds(watched).count("hold-warning") == 1
    watched.clock.moment = hold.until
    due, due_too = find_due_holds(watched.shop), find_due_holds(watched.shop)
    draft = begin_destroying(watched.shop, due[0])
    assert begin_destroying(watched.shop, due_too[0]) == draft
    finish(watched)
    (issued,) = [one for one in watched.catalogue.certificates(uid) if one.state is Leaving.DESTROYED]
    assert (issued.certificate_id, issued.n_objects) == (draft.certificate_id, 4)
    assert begin_destroying(watched.shop, due_too[0]) == issued
    assert kinds(watched).count("hold-destroyed") == 1


def test_r11_a_key_and_a_pin_that_are_set_at_once_do_not_overwrite_each_other(bench, monkeypatch):
    """Each looks at the worker inside the transaction that writes, so a lock that takes a while lets nobody between."""
    add_worker(bench.shop, "asha", "Asha", "en", "4711")
    seen = []

    def locked(private_key, pin):
        seen.append(getattr(bench.catalogue._database._mine, "connection", None) is not None)
        return lock_key(private_key, pin)

    monkeypatch.setattr("tacit.flows.set_pin.lock_key", locked)
    set_pin(bench.shop, "asha", "8152", "4711")
    assert seen == [True]
    own = make_key("Asha")
    with pytest.raises(WrongPinError):
        set_key(bench.shop, "asha", own, Voice(pin="4711"))
    set_key(bench.shop, "asha", own, Voice(pin="8152"))
    with pytest.raises(KeyFileWorkerError):
        set_pin(bench.shop, "asha", "9999", "8152")
