"""The log as its readers meet it: checked, signed, countersigned, proven, and never changed unseen (rule R9)."""

import json
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tacit.flows.accept_clock import accept_clock
from tacit.flows.add_steward import add_steward
from tacit.flows.checkpoint_log import checkpoint_log, countersign_log
from tacit.flows.countersign_note import countersign_note, take_signatures
from tacit.flows.give_release import give_release, take_declared_release_back, take_release_back
from tacit.flows.hand_out import hand_out
from tacit.flows.log_entry import subject_digest
from tacit.flows.prove_log import list_log, prove_entry, prove_growth
from tacit.flows.record_payment import record_payment
from tacit.flows.set_pin import set_pin
from tacit.flows.settle import settle
from tacit.flows.verify_log import Verified, log_origin, steward_origin, verify_log
from tacit.records.errors import (
    BadNameError,
    BadNoteError,
    ClockSetBackError,
    FaultyLogError,
    FileThereError,
    LogDamageError,
    NoPageFolderError,
    NoSuchEntryError,
    UnknownStewardKeyError,
)
from tacit.records.money import Money
from tacit.seal.keyfile import OpenKey, new_key_file, unlock_key_file
from tacit.seal.notes import find_cosignature, is_signed
from tacit.store.catalogue import SqlCatalogue, create_catalogue
from tacit.store.keyring import MemoryKeyring
from tacit_verify import NotProvenError, check, read_key

from .conftest import AGREEMENT_ID, Bench

PIN, FAST = "union-2026", 10
FILES = {name: new_key_file(name, PIN, FAST) for name in ("union", "council")}
KEYS: dict[str, OpenKey] = {name: unlock_key_file(key_file, PIN) for name, key_file in FILES.items()}


def fill(bench: Bench, n_entries: int) -> None:
    at = bench.clock.now().isoformat()
    bench.catalogue.append_log([{"kind": "decision", "at": at, "subject": f"{n:064x}"} for n in range(n_entries)])


def watch(bench: Bench, *names: str) -> None:
    bench.agree()
    for name in names:
        add_steward(bench.shop, name, FILES[name], [AGREEMENT_ID])


def sql(bench: Bench, statement: str, *values: object) -> None:
    """Change something behind the catalogue's back."""
    with bench.catalogue._database.writing() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql(statement, values)


def empty(bench: Bench, *tables: str) -> None:
    for table in tables:
        sql(bench, f"DELETE FROM {table}")  # noqa: S608 - names of ours


def prove(bench: Bench, content: str | bytes, *stewards: OpenKey) -> list[str]:
    """What the separate verifier says."""
    raw = content if isinstance(content, bytes) else content.encode()
    return check(raw, read_key(bench.keys.public_key()), [read_key(one.public_key) for one in stewards])


def faults(bench: Bench, *kept: bytes) -> list[str]:
    with pytest.raises(FaultyLogError) as caught:
        verify_log(bench.shop, [(f"kept-{n}", note) for n, note in enumerate(kept)])
    return list(caught.value.faults)


# --- reading ---------------------------------------------------------------------------------------------


def test_r9_worker_finds_what_is_about_them_and_their_recordings(bench: Bench) -> None:
    bench.fill("asha", "ravi")
    everything = list(list_log(bench.shop))
    assert [line.index for line in everything] == list(range(bench.catalogue.log_root()[0]))
    asha, ravi = (list(list_log(bench.shop, label)) for label in ("asha", "ravi"))
    assert asha
    assert not {line.index for line in asha} & {line.index for line in ravi}
    assert list(list_log(bench.shop, bench.uid("asha"))) == asha
    recording = next(one for one in bench.catalogue.recordings() if one.worker_uid == bench.uid("asha"))
    assert {line.index for line in list_log(bench.shop, recording.recording_id)} <= {line.index for line in asha}
    assert list(list_log(bench.shop, "nobody")) == []


def test_a_damaged_entry_is_not_shown(bench: Bench) -> None:
    fill(bench, 4)
    sql(bench, "UPDATE log_entries SET body = '{}' WHERE entry_index = 2")
    with pytest.raises(LogDamageError, match="entry 2"):
        list(list_log(bench.shop))


# --- checking --------------------------------------------------------------------------------------------


def test_r9_a_log_that_was_left_alone_holds(bench: Bench) -> None:
    assert verify_log(bench.shop).size == 0
    notes = []
    for n_entries in (1, 5, 4096, 3, 5000):
        fill(bench, n_entries)
        notes.append(checkpoint_log(bench.shop).text().encode())
    found = verify_log(bench.shop, [("kept", note) for note in notes])
    assert found == Verified(9105, bench.catalogue.log_root()[1], (1, 6, 4102, 4105, 9105))


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        ("UPDATE log_entries SET body = body || ' ' WHERE entry_index = 5", ["entry 5 does not fit its hash"]),
        ("UPDATE log_entries SET body = 'x' WHERE entry_index = 10", ["entry 10 does not fit its hash"]),
        ("DELETE FROM log_entries WHERE entry_index = 3", ["entry 3 is missing"]),
        ("DELETE FROM log_entries WHERE entry_index = 10", ["there are 10 entries"]),
        ("DELETE FROM log_entries WHERE entry_index >= 7", ["the end of it is gone"]),
        ("DELETE FROM log_entries", ["the end of it is gone"]),
        (
            "UPDATE log_entries SET entry_index = 20 WHERE entry_index = 10",
            ["entry 10 is missing", "not what 21 entries make"],
        ),
        ("INSERT INTO log_entries VALUES (-1, '{}')", ["there are 12 entries"]),
        ("INSERT INTO log_entries VALUES (11, '{}')", ["entry 11 has no hash"]),
        ("DELETE FROM log_nodes WHERE level = 0 AND node_index = 4", ["entry 4 has no hash"]),
        ("DELETE FROM log_nodes WHERE level = 2 AND node_index = 1", ["over the entries 4 to 7 is missing"]),
        ("UPDATE log_nodes SET hash = zeroblob(32) WHERE level = 3", ["over the entries 0 to 7 does not fit"]),
        ("UPDATE log_nodes SET hash = zeroblob(32) WHERE level = 0 AND node_index = 10", ["entry 10 does not fit"]),
        ("INSERT INTO log_nodes VALUES (9, 0, zeroblob(32))", ["there are 11 entries and"]),
        ("UPDATE log_nodes SET level = 7 WHERE level = 3", ["over the entries 0 to 7 is missing"]),
        ("UPDATE log_checkpoints SET size = 10", ["the checkpoint at 10: it is of another log or another size"]),
        ("UPDATE log_checkpoints SET body = 'x'", ["the checkpoint at 11: it is no signed checkpoint"]),
        ("UPDATE log_checkpoints SET body = replace(body, 'log/', 'lag/')", ["the checkpoint at 11"]),
    ],
)
def test_r9_what_was_changed_is_found_and_named(bench: Bench, damage: str, named: list[str]) -> None:
    fill(bench, 11)
    checkpoint_log(bench.shop)
    sql(bench, damage)
    before = dump(bench)
    found = faults(bench)
    for words in named:
        assert any(words in fault for fault in found), found
    assert dump(bench) == before, "something was repaired"


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
def test_r9_every_changed_byte_of_the_log_is_found(bench: Bench, data: st.DataObject) -> None:
    """Any one bit of any value of any row: entry, hash, checkpoint, level, index or size."""
    if not bench.catalogue.checkpoints():
        watch(bench, "union")
        fill(bench, 21)
        countersign_log(bench.shop, KEYS["union"])
    table, column, key = data.draw(
        st.sampled_from(
            [
                ("log_entries", "body", "entry_index"),
                ("log_entries", "entry_index", "entry_index"),
                ("log_nodes", "hash", "rowid"),
                ("log_nodes", "level", "rowid"),
                ("log_nodes", "node_index", "rowid"),
                ("log_checkpoints", "body", "size"),
                ("log_checkpoints", "size", "size"),
            ]
        )
    )
    with bench.catalogue._database.reading() as connection:  # type: ignore[attr-defined]
        rows = connection.exec_driver_sql(f"SELECT {key}, {column} FROM {table}").all()  # noqa: S608
    row, value = data.draw(st.sampled_from(rows))
    changed = _flip(data, value)
    same = "WHERE rowid = ?" if key == "rowid" else f"WHERE {key} = ?"
    with pytest.raises(KeyError, match="undo"), bench.catalogue.transaction():
        _damage_and_look(bench, f"UPDATE {table} SET {column} = ? {same}", changed, row)  # noqa: S608
    verify_log(bench.shop)


def _damage_and_look(bench: Bench, statement: str, changed: object, row: object) -> None:
    sql(bench, f"{statement.replace('UPDATE', 'UPDATE OR REPLACE')}", changed, row)
    assert faults(bench)
    raise KeyError("undo")


def _flip(data: st.DataObject, value: Any) -> Any:
    if isinstance(value, int):
        return value ^ (1 << data.draw(st.integers(0, 40)))
    raw = value.encode() if isinstance(value, str) else value
    place, flip = data.draw(st.integers(0, len(raw) - 1)), data.draw(st.integers(1, 127))
    changed = raw[:place] + bytes([raw[place] ^ flip]) + raw[place + 1 :]
    return changed.decode("latin-1") if isinstance(value, str) else changed


def test_r9_a_log_written_anew_is_found_by_its_checkpoint(bench: Bench) -> None:
    fill(bench, 9)
    kept = checkpoint_log(bench.shop).text().encode()
    empty(bench, "log_entries", "log_nodes")
    fill(bench, 3)
    bench.catalogue.append_log([{"kind": "forged"}])
    fill(bench, 8)
    assert ["rewritten" in fault for fault in faults(bench)] == [True]
    with pytest.raises(FaultyLogError, match="other ones than those that were signed"):
        checkpoint_log(bench.shop)
    sql(bench, "DELETE FROM log_checkpoints")
    verify_log(bench.shop)  # the shop could hide it from itself
    assert "kept-0 was signed over other entries" in faults(bench, kept)[0]
    with pytest.raises(FaultyLogError, match="other entries than the first 9"):
        prove_growth(bench.shop, kept, "kept")


def test_r9_an_old_copy_of_the_shop_is_found_by_a_kept_checkpoint(bench: Bench) -> None:
    fill(bench, 5)
    kept = checkpoint_log(bench.shop).text().encode()
    empty(bench, "log_entries", "log_nodes", "log_checkpoints")
    fill(bench, 4)
    assert "the end of it is gone" in faults(bench, kept)[0]
    with pytest.raises(FaultyLogError, match="4 entries"):
        prove_growth(bench.shop, kept, "kept")


def test_a_log_shorter_than_its_checkpoint_is_not_signed_again(bench: Bench) -> None:
    fill(bench, 5)
    checkpoint_log(bench.shop)
    empty(bench, "log_entries", "log_nodes")
    fill(bench, 4)
    with pytest.raises(FaultyLogError, match="5 entries was signed"):
        checkpoint_log(bench.shop)


def test_a_checkpoint_of_another_shop_is_no_measure(bench: Bench) -> None:
    fill(bench, 3)
    keys = MemoryKeyring(bytes(32), "shop-other")
    other = replace(bench.shop, shop_id="shop-other", keys=keys)
    note = checkpoint_log(other).text().encode()
    bench.catalogue.set_checkpoint(3, checkpoint_of(bench))
    with pytest.raises(BadNoteError, match="the log of this shop did not sign it"):
        verify_log(bench.shop, [("kept", note)])
    with pytest.raises(BadNoteError, match="the log of this shop did not sign it"):
        prove_growth(bench.shop, note, "kept")


def checkpoint_of(bench: Bench) -> str:
    sql(bench, "DELETE FROM log_checkpoints")
    return checkpoint_log(bench.shop).text()


# --- signing ---------------------------------------------------------------------------------------------


def test_a_checkpoint_says_what_the_log_is(bench: Bench) -> None:
    fill(bench, 6)
    note = checkpoint_log(bench.shop)
    assert (note.checkpoint.size, note.checkpoint.root.hex()) == bench.catalogue.log_root()
    assert note.checkpoint.origin == log_origin(bench.shop)
    assert is_signed(note, bench.keys.public_key())
    assert checkpoint_log(bench.shop) == note
    assert "6 entries" in prove(bench, note.text())[0]


def test_r9_stewards_sign_side_by_side(bench: Bench) -> None:
    watch(bench, "union", "council")
    first = countersign_log(bench.shop, KEYS["union"])
    both = countersign_log(bench.shop, KEYS["council"])
    assert both.signatures[:2] == first.signatures
    assert checkpoint_log(bench.shop) == both
    said = prove(bench, both.text(), KEYS["union"], KEYS["council"])
    assert [steward_origin(name) in " ".join(said) for name in KEYS] == [True, True]
    with pytest.raises(NotProvenError, match="did not sign"):
        prove(bench, first.text(), KEYS["council"])


def test_a_steward_who_signs_again_signs_later(bench: Bench) -> None:
    watch(bench, "union")
    countersign_log(bench.shop, KEYS["union"])
    bench.clock.moment += timedelta(hours=1)
    note = countersign_log(bench.shop, KEYS["union"])
    assert len(note.signatures) == 2
    at_s = find_cosignature(note, steward_origin("union"), KEYS["union"].public_key)
    assert at_s == int(bench.clock.now().timestamp())


def test_two_stewards_at_once_lose_no_signature(bench: Bench, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'catalogue.sqlite'}"
    create_catalogue(url)
    catalogue = SqlCatalogue(url, bench.keys)
    shared = replace(bench, shop=replace(bench.shop, catalogue=catalogue))
    watch(shared, "union", "council")
    fill(shared, 3000)
    start, lost = threading.Barrier(2), []

    def sign(key: OpenKey) -> None:
        start.wait()
        try:
            countersign_log(shared.shop, key)
        except Exception as error:
            lost.append(error)

    threads = [threading.Thread(target=sign, args=(key,)) for key in KEYS.values()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert lost == []
    prove(shared, checkpoint_log(shared.shop).text(), *KEYS.values())
    verify_log(shared.shop)
    catalogue.close()


def test_a_key_of_nobody_countersigns_nothing(bench: Bench) -> None:
    watch(bench, "union")
    with pytest.raises(UnknownStewardKeyError):
        countersign_log(bench.shop, KEYS["council"])


def test_r9_a_steward_does_not_sign_a_log_that_does_not_hold(bench: Bench) -> None:
    watch(bench, "union")
    fill(bench, 9)
    sql(bench, "UPDATE log_entries SET body = '{}' WHERE entry_index = 2")
    with pytest.raises(FaultyLogError, match="entry 2"):
        countersign_log(bench.shop, KEYS["union"])
    assert len(checkpoint_log(bench.shop).signatures) == 1


def test_a_signature_by_no_steward_is_found(bench: Bench) -> None:
    watch(bench, "union")
    note = countersign_log(bench.shop, KEYS["union"])
    forged = replace(note, signatures=(note.signatures[0], replace(note.signatures[1], name=steward_origin("other"))))
    bench.catalogue.set_checkpoint(note.checkpoint.size, forged.text())
    assert "by no steward's key" in faults(bench)[0]


def at_home(bench: Bench, note: bytes, name: str, key: OpenKey | None = None) -> bytes:
    """What a steward makes of a checkpoint that was sent to them."""
    now = bench.clock.now()
    return countersign_note(note, "sent", bench.keys.public_key(), name, key or KEYS[name], now).text().encode()


def test_r12_stewards_sign_at_home_and_the_shop_takes_it_in(bench: Bench) -> None:
    watch(bench, "union", "council")
    sent = checkpoint_log(bench.shop).text().encode()
    signed = [at_home(bench, sent, name) for name in KEYS]
    fill(bench, 5)  # the log goes on meanwhile
    for note in (*signed, signed[0]):
        both = take_signatures(bench.shop, note, "back")
    assert len(both.signatures) == 3
    prove(bench, both.text(), *KEYS.values())
    assert verify_log(bench.shop).checkpoints == (both.checkpoint.size,)


def test_a_lost_checkpoint_comes_back_with_its_signatures(bench: Bench) -> None:
    watch(bench, "union")
    signed = at_home(bench, checkpoint_log(bench.shop).text().encode(), "union")
    empty(bench, "log_checkpoints")
    assert take_signatures(bench.shop, signed, "back").text().encode() == signed


def test_r12_nobody_signs_in_a_stewards_name(bench: Bench) -> None:
    watch(bench, "union")
    sent = checkpoint_log(bench.shop).text().encode()
    for name, key in (("union", KEYS["council"]), ("council", KEYS["council"])):
        with pytest.raises(BadNoteError, match="by no steward's key"):
            take_signatures(bench.shop, at_home(bench, sent, name, key), "back")
    with pytest.raises(BadNoteError, match="did not sign it"):
        countersign_note(sent, "sent", KEYS["union"].public_key, "union", KEYS["union"], bench.clock.now())
    with pytest.raises(BadNameError):
        at_home(bench, sent, "the union", KEYS["union"])
    with pytest.raises(BadNameError):
        countersign_note(sent, "sent", "no key", "union", KEYS["union"], bench.clock.now())
    assert len(checkpoint_log(bench.shop).signatures) == 1


def test_a_signature_under_another_log_is_not_taken_in(bench: Bench) -> None:
    watch(bench, "union")
    fill(bench, 5)
    signed = at_home(bench, checkpoint_log(bench.shop).text().encode(), "union")
    empty(bench, "log_entries", "log_nodes", "log_checkpoints")
    for n_entries in (4, 2):
        fill(bench, n_entries)
        with pytest.raises(BadNoteError, match="another one below it"):
            take_signatures(bench.shop, signed, "back")
    keys = MemoryKeyring(bytes(32), "shop-other")
    with pytest.raises(BadNoteError, match="did not sign it"):
        take_signatures(replace(bench.shop, shop_id="shop-other", keys=keys), signed, "back")


# --- proving ---------------------------------------------------------------------------------------------


def test_r9_every_entry_is_proven_to_a_verifier_that_knows_one_key(bench: Bench) -> None:
    fill(bench, 13)
    note = checkpoint_log(bench.shop)
    for line in list_log(bench.shop):
        said = prove(bench, prove_entry(bench.shop, line.index, note))
        assert json.loads(said[-1].partition("in it: ")[2]) == line.entry


@pytest.mark.parametrize("index", [-1, 3])
def test_there_is_no_proof_of_an_entry_that_is_not_there(bench: Bench, index: int) -> None:
    fill(bench, 3)
    with pytest.raises(NoSuchEntryError):
        prove_entry(bench.shop, index)


def test_r9_a_log_that_grew_is_proven_to_have_kept_everything(bench: Bench) -> None:
    notes = [checkpoint_log(bench.shop)]
    for n_entries in (1, 2, 5, 8):
        fill(bench, n_entries)
        notes.append(checkpoint_log(bench.shop))
    for note in notes:
        said = prove(bench, prove_growth(bench.shop, note.text().encode(), "kept"))
        assert f"kept all {note.checkpoint.size} entries" in said[-1]


def test_a_worker_recognises_their_entry_by_its_subject(bench: Bench) -> None:
    bench.fill("asha")
    digest = subject_digest(bench.shop, bench.uid("asha"))
    at = bench.clock.now().isoformat()
    index = bench.catalogue.append_log([{"kind": "withdrawal", "at": at, "subject": digest}]) - 1
    content, key = prove_entry(bench.shop, index).encode(), read_key(bench.keys.public_key())
    check(content, key, subject=digest)
    with pytest.raises(NotProvenError, match="something else"):
        check(content, key, subject="00" * 32)


# --- the clock -------------------------------------------------------------------------------------------


def test_r9_a_clock_set_back_stops_decisions_until_somebody_says_so(bench: Bench) -> None:
    bench.fill("asha")
    size = bench.catalogue.log_root()[0]
    bench.clock.moment -= timedelta(hours=2)
    with pytest.raises(ClockSetBackError):
        bench.process()
    assert bench.catalogue.log_root()[0] == size
    assert accept_clock(bench.shop) == size + 1
    fill(bench, 1)
    verify_log(bench.shop)


# --- files -----------------------------------------------------------------------------------------------


def test_r9_every_decision_about_terms_words_and_money_is_an_entry_once(bench: Bench) -> None:
    (recording,) = bench.fill("asha", pin=PIN).values()
    granted = bench.license()
    before = len(bench.catalogue.log_entries())
    for _ in range(2):
        bench.agree()
        record_payment(bench.shop, granted.license.license_id, Money("INR", 500), "ref-1")
        settle(bench.shop)
        take_declared_release_back(bench.shop, recording)  # it is signed, so it stands
    set_pin(bench.shop, "asha", "another pin", PIN)
    take_release_back(bench.shop, recording)
    give_release(bench.shop, recording)
    take_declared_release_back(bench.shop, recording)
    take_declared_release_back(bench.shop, recording)
    entries = bench.catalogue.log_entries()
    about = {
        "agreement": AGREEMENT_ID,
        "payment": granted.license.license_id,
        "settlement": " ".join(one.transaction_id for one in bench.catalogue.transactions() if one.kind != "payment"),
        "pin": bench.uid("asha"),
        "release-taken-back": recording.recording_id,
        "release": recording.recording_id,
    }
    assert entries[0] == {
        "kind": "agreement",
        "at": entries[0]["at"],
        "subject": subject_digest(bench.shop, AGREEMENT_ID),
    }
    wanted = ["payment", "settlement", "pin", "release-taken-back", "release", "release-taken-back"]
    assert [(one["kind"], one["subject"]) for one in entries[before:]] == [
        (kind, subject_digest(bench.shop, about[kind])) for kind in wanted
    ]


def test_a_file_is_handed_out_whole_and_never_over_another(tmp_path: Path) -> None:
    path = tmp_path / "proof"
    for _ in range(2):
        hand_out(path, b"a proof")
    with pytest.raises(FileThereError):
        hand_out(path, b"another")
    with pytest.raises(FileThereError):
        hand_out(tmp_path, b"another")
    with pytest.raises(NoPageFolderError):
        hand_out(tmp_path / "nowhere" / "proof", b"another")
    assert [one.name for one in tmp_path.iterdir()] == ["proof"]
    assert path.read_bytes() == b"a proof"


def dump(bench: Bench) -> list[Any]:
    with bench.catalogue._database.reading() as connection:  # type: ignore[attr-defined]
        return [
            connection.exec_driver_sql(f"SELECT * FROM {table}").all()  # noqa: S608
            for table in ("log_entries", "log_nodes", "log_checkpoints")
        ]
