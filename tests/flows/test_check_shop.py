"""Every class of byte in a shop, changed behind its back, is found and named, and nothing is repaired (R9, D2)."""

import os
from dataclasses import replace

import pytest
from sqlalchemy import create_engine, inspect, text

from tacit.flows.add_steward import add_steward
from tacit.flows.add_worker import edit_worker
from tacit.flows.answer_grievance import answer_grievance
from tacit.flows.check_shop import check_shop
from tacit.flows.checkpoint_log import checkpoint_log
from tacit.flows.cut_recording import cut_recording
from tacit.flows.evidence import Voice
from tacit.flows.give_release import give_release, take_release_back
from tacit.flows.mark_recording import Box, mark_recording
from tacit.flows.open_grievance import open_grievance
from tacit.flows.outbox import mark_sent
from tacit.flows.pause_agreement import pause_agreement
from tacit.flows.record_payment import record_payment
from tacit.flows.revoke_license import revoke_license
from tacit.flows.set_pin import set_pin
from tacit.flows.settle import settle
from tacit.flows.standing_release import give_standing_release, take_back_standing_release
from tacit.flows.use_license import use_license
from tacit.flows.withdraw_consent import withdraw_consent
from tacit.records.errors import DamageError, FaultyShopError
from tacit.records.money import Money
from tacit.seal import signatures
from tacit.seal.keyfile import new_key_file, unlock_key_file
from tacit.store.catalogue import SqlCatalogue, create_catalogue
from tacit.store.keyring import FileKeyring
from tacit.store.objects import file_objects
from tacit.store.vault import ObjectVault

from .conftest import AGREEMENT_ID, RESEARCH, TRAINING

PIN, STEWARD_PIN = "4711", "246810"


@pytest.fixture
def full(bench, tmp_path, monkeypatch):
    """A shop on disk with something of every kind in it."""
    monkeypatch.setattr(signatures, "_LOCK_COST_LOG2", 4)  # a PIN costs a tenth of a second otherwise
    bench.catalogue.close()
    keys = FileKeyring(tmp_path / "keys", bytes(range(32)), "shop-test")
    url = f"sqlite:///{tmp_path / 'catalogue.sqlite'}"
    create_catalogue(url)
    vault = ObjectVault(file_objects(tmp_path / "objects"), keys)
    bench.shop = replace(bench.shop, keys=keys, catalogue=SqlCatalogue(url, keys), vault=vault)
    recordings = bench.fill("asha", "meena", "ravi", pin=PIN)
    shop, steward = bench.shop, new_key_file("Union", STEWARD_PIN, cost_log2=10)
    add_steward(shop, "union", steward, [AGREEMENT_ID])
    key = unlock_key_file(steward, STEWARD_PIN)
    give_standing_release(shop, "asha", AGREEMENT_ID, Voice(PIN))
    open_grievance(shop, "asha", "The light at the bench hurts my eyes.")
    granted = bench.license()
    record_payment(shop, granted.license.license_id, Money("INR", 1_000_000), "ref-1")
    settle(shop)
    withdraw_consent(shop, bench.contract, "ravi", (), bench.progress)
    withdraw_consent(shop, bench.contract, "meena", {RESEARCH}, bench.progress)
    mark_recording(shop, recordings["asha"].recording_id, TRAINING, Box(0.1, 5, 5, 20, 20), "a badge")
    pause_agreement(shop, AGREEMENT_ID, "union", key, paused=True)
    pause_agreement(shop, AGREEMENT_ID, "union", key, paused=False)
    checkpoint_log(shop)
    bench.recordings = recordings
    return bench


def faults_of(bench):
    with pytest.raises(FaultyShopError) as faulty:
        check_shop(bench.shop)
    return faulty.value.faults


def test_untouched_shop_is_whole(full):
    checked = check_shop(full.shop)
    assert checked.n_workers == 2
    assert checked.n_transactions > 0


def tables_of(url):
    engine = create_engine(url)
    with engine.connect() as connection:
        names = inspect(connection).get_table_names()
        counts = {name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar() for name in names}  # noqa: S608
    engine.dispose()
    return counts


def test_r9_every_column_of_every_row_is_protected(full, tmp_path):
    url = f"sqlite:///{tmp_path / 'catalogue.sqlite'}"
    not_ours = {"alembic_version"}
    filled = [name for name, count in tables_of(url).items() if count and name not in not_ours]
    assert len(filled) > 20
    missed = []
    engine = create_engine(url)
    for table in filled:
        for column in inspect(engine).get_columns(table):
            name = column["name"]
            with engine.connect() as connection:
                rowid, before = connection.execute(
                    text(f"SELECT rowid, {name} FROM {table} WHERE {name} IS NOT NULL LIMIT 1")  # noqa: S608
                ).one_or_none() or (None, None)
            if before is None:
                continue
            change(engine, table, name, rowid, flipped(before))
            if not is_found(full):
                missed.append(f"{table}.{name}")
            moved = flipped(before) if is_rowid(engine, table, name) else rowid
            change(engine, table, name, moved, before)
    engine.dispose()
    assert missed == []
    check_shop(full.shop)


def is_found(bench):
    try:
        check_shop(bench.shop)
    except (FaultyShopError, DamageError):  # the catalogue may contradict itself so that little can be read any more
        return True
    return False


def is_rowid(engine, table, column):
    """True for a column that is itself what SQLite knows a row by."""
    keys = inspect(engine).get_pk_constraint(table)["constrained_columns"]
    kind = {one["name"]: str(one["type"]) for one in inspect(engine).get_columns(table)}[column]
    return keys == [column] and kind == "INTEGER"


def change(engine, table, column, rowid, value):
    with engine.begin() as connection:
        connection.execute(text("PRAGMA foreign_keys = OFF"))
        connection.execute(
            text(f"UPDATE {table} SET {column} = :value WHERE rowid = :rowid"),  # noqa: S608
            {"value": value, "rowid": rowid},
        )


def flipped(value):
    if isinstance(value, bytes):
        middle = len(value) // 2
        return value[:middle] + bytes([value[middle] ^ 1]) + value[middle + 1 :]
    if isinstance(value, int):
        return value + 1_000_003
    middle = len(value) // 2
    return value[:middle] + chr(ord(value[middle]) ^ 1) + value[middle + 1 :]


def test_r9_every_object_and_every_key_file_is_protected(full, tmp_path):
    files = [path for folder in ("objects", "keys") for path in (tmp_path / folder).rglob("*") if path.is_file()]
    kinds = {path.suffix or path.name.split("-")[0] for path in files}
    assert {".key", ".erased", ".mp4", "commit"} <= kinds
    for path in files:
        before = path.read_bytes()
        if not before:  # a tombstone says all by being there
            continue
        path.write_bytes(flipped(before))
        faults = faults_of(full)
        assert any(path.name in fault or path.stem in fault for fault in faults), path
        assert path.read_bytes() == flipped(before)  # nothing was repaired
        path.write_bytes(before)
    check_shop(full.shop)


def test_r5_withdrawal_that_was_taken_out_with_its_voucher_is_missed_in_the_log(full, tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM withdrawals"))
        connection.execute(text("DELETE FROM vouchers WHERE kind = 'withdrawals'"))
    engine.dispose()
    assert any("withdrawal" in fault for fault in faults_of(full))


@pytest.fixture
def told(full):
    """The same shop, with more that its log tells of."""
    shop = full.shop
    for label, recording in full.recordings.items():
        if label != "ravi":
            give_release(shop, recording, Voice(PIN))
    cut_recording(shop, full.contract, full.recordings["asha"].recording_id, 0.0, 0.2)
    (license_id,) = {granted.license_id for granted in full.catalogue.licenses()}
    use_license(shop, license_id, TRAINING, "DE")
    mark_sent(shop, full.catalogue.license_notices()[0].notice_id)
    revoke_license(shop, license_id, "breach")
    check_shop(shop)
    return full


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        ("license_events", "license-revoked"),
        ("license_events", "license-used"),
        ("outbox", "license-notice-sent"),
        ("certificates", "certificate"),
        ("cuts", "cut"),
        ("marks", "mark"),
        ("standing_releases", "standing-release"),
        ("grievances", "grievance"),
    ],
)
def test_r9_row_that_was_taken_out_with_its_voucher_is_missed_in_the_log(told, tmp_path, table, kind):
    engine = create_engine(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")
    with engine.begin() as connection:
        connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608
        connection.execute(text("DELETE FROM vouchers WHERE kind = :table"), {"table": table})
    engine.dispose()
    assert any("log counts" in fault and f"of the kind {kind}" in fault for fault in faults_of(told))


def saved(engine, table):
    """The rows of a table and their vouchers, as somebody could keep them."""
    with engine.connect() as connection:
        rows = connection.execute(text(f"SELECT * FROM {table}")).mappings().all()  # noqa: S608
        vouchers = text("SELECT * FROM vouchers WHERE kind = :table")
        return {table: rows, "vouchers": connection.execute(vouchers, {"table": table}).mappings().all()}


def put_back(engine, kept):
    """Put an old state of rows in the place of the one that is there."""
    with engine.begin() as connection:
        for table, rows in kept.items():
            for row in rows:
                names = ", ".join(row)
                values = ", ".join(f":{name}" for name in row)
                connection.execute(text(f"REPLACE INTO {table} ({names}) VALUES ({values})"), dict(row))  # noqa: S608


@pytest.mark.parametrize("with_vouchers", [False, True])
def test_r4_release_that_was_put_back_after_it_was_taken_back_is_found(told, tmp_path, with_vouchers):
    engine = create_engine(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")
    kept = saved(engine, "releases")
    take_release_back(told.shop, told.recordings["asha"])
    check_shop(told.shop)
    put_back(engine, kept if with_vouchers else {"releases": kept["releases"]})
    engine.dispose()
    (fault,) = faults_of(told)
    assert "its release was taken back" in fault if with_vouchers else "releases" in fault
    give_release(told.shop, told.recordings["asha"], Voice(PIN))  # nothing that happens rightly is a fault


@pytest.mark.parametrize("with_vouchers", [False, True])
def test_r4_standing_release_that_was_put_back_after_it_was_taken_back_is_found(told, tmp_path, with_vouchers):
    engine = create_engine(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")
    kept = saved(engine, "standing_releases")
    take_back_standing_release(told.shop, "asha", AGREEMENT_ID)
    check_shop(told.shop)
    put_back(engine, kept if with_vouchers else {"standing_releases": kept["standing_releases"]})
    engine.dispose()
    (fault,) = faults_of(told)
    assert ("standing-release-taken-back" if with_vouchers else "standing_releases") in fault


def test_r9_what_the_shop_itself_changes_in_a_row_is_vouched_for(told):
    shop = told.shop
    edit_worker(shop, "asha", "Asha of the other bench", "en")
    set_pin(shop, "asha", "another pin", PIN)
    corrected = replace(told.recordings["asha"], task="lift the block")
    assert shop.catalogue.add_recording(corrected).task == "lift the block"
    (grievance,) = shop.catalogue.grievances()
    answer_grievance(shop, grievance.grievance_id, "There is another lamp now.")
    (steward,) = shop.catalogue.stewards()
    shop.catalogue.add_steward(replace(steward, agreements=frozenset()))
    check_shop(shop)


def test_r9_what_an_erasure_removes_is_not_missed(told):
    withdraw_consent(told.shop, told.contract, "asha", (), told.progress)
    check_shop(told.shop)


def test_row_that_somebody_added_is_found(full, tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO transactions (transaction_id, position, kind, subject, booked_at, memo) "
                "VALUES ('tx-forged', 999, 'payout', 'x', '2026-01-01T00:00:00.000000Z', '')"
            )
        )
    engine.dispose()
    assert any("tx-forged: nothing vouches for it" in fault for fault in faults_of(full))


def test_dataset_that_was_edited_in_its_folder_is_found(full):
    data = next((full.dataset / "data").rglob("*.parquet"))
    os.chmod(data, 0o600)  # noqa: PTH101
    data.write_bytes(flipped(data.read_bytes()))
    assert any("dataset" in fault for fault in faults_of(full))
