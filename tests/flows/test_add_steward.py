"""Stewards: known by the public halves of a key file that stays with them (rule R12)."""

from pathlib import Path

import pytest

from tacit.flows.add_steward import add_steward
from tacit.flows.key_files import create_key_file, load_key_file
from tacit.records.errors import (
    AlreadyThereError,
    BadNameError,
    ControlCharacterError,
    DamagedKeyFileError,
    KeyFileThereError,
    NoAgreementNamedError,
    UnknownThingError,
    UnreadableFileError,
)
from tacit.seal.keyfile import new_key_file

from .conftest import AGREEMENT, AGREEMENT_ID, Bench

PIN, FAST = "union-2026", 10
KEY, OTHER = new_key_file("Union", PIN, FAST), new_key_file("Council", PIN, FAST)
SECOND_ID = "second-agreement"


@pytest.fixture
def agreed(bench: Bench) -> Bench:
    bench.agree()
    return bench


def agree_again(bench: Bench) -> None:
    from tacit.flows.add_agreement import add_agreement
    from tacit.rights.agreement_file import read_agreement

    path = bench.folder / "second.toml"
    path.write_text(AGREEMENT.replace(AGREEMENT_ID, SECOND_ID), encoding="utf-8")
    add_agreement(bench.shop, *read_agreement(path))


def test_r12_the_shop_learns_what_is_public_and_nothing_else(agreed: Bench) -> None:
    steward = add_steward(agreed.shop, "union", KEY, [AGREEMENT_ID])
    assert (steward.name, steward.public_key, steward.sealing_key) == ("Union", KEY.public_key, KEY.sealing_key)
    assert agreed.catalogue.find_steward("union") == steward
    assert KEY.locked not in repr(agreed.catalogue.stewards())


def test_adding_again_adds_agreements(agreed: Bench) -> None:
    agree_again(agreed)
    first = add_steward(agreed.shop, "union", KEY, [AGREEMENT_ID])
    both = add_steward(agreed.shop, "union", KEY, [SECOND_ID])
    assert both.agreements == {AGREEMENT_ID, SECOND_ID}
    assert both.added_at == first.added_at
    assert add_steward(agreed.shop, "union", KEY, [AGREEMENT_ID]) == both
    assert agreed.catalogue.stewards() == [both]
    assert [entry["kind"] for entry in agreed.catalogue.log_entries()] == [
        "agreement",
        "agreement",
        "steward",
        "steward",
    ]


def test_r9_the_log_names_no_steward(agreed: Bench) -> None:
    add_steward(agreed.shop, "union", KEY, [AGREEMENT_ID])
    assert not [word for word in ("union", "Union", AGREEMENT_ID) if word in str(agreed.catalogue.log_entries())]


@pytest.mark.parametrize(("steward_id", "key"), [("union", OTHER), ("council", KEY)])
def test_one_id_is_one_key_and_one_key_is_one_steward(agreed: Bench, steward_id: str, key: object) -> None:
    add_steward(agreed.shop, "union", KEY, [AGREEMENT_ID])
    with pytest.raises(AlreadyThereError):
        add_steward(agreed.shop, steward_id, key, [AGREEMENT_ID])  # type: ignore[arg-type]
    assert len(agreed.catalogue.stewards()) == 1


def test_what_cannot_be_a_steward_is_refused(agreed: Bench) -> None:
    with pytest.raises(BadNameError):
        add_steward(agreed.shop, "the union", KEY, [AGREEMENT_ID])
    with pytest.raises(NoAgreementNamedError):
        add_steward(agreed.shop, "union", KEY, [])
    with pytest.raises(UnknownThingError):
        add_steward(agreed.shop, "union", KEY, [AGREEMENT_ID, "another"])
    with pytest.raises(ControlCharacterError):
        add_steward(agreed.shop, "union", new_key_file("a\x1b[2J", PIN, FAST), [AGREEMENT_ID])
    assert agreed.catalogue.stewards() == []


def test_a_key_file_is_for_its_owner_alone_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "union.key"
    made = create_key_file(path, "Union", PIN, FAST)
    assert load_key_file(path) == made
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(KeyFileThereError):
        create_key_file(path, "Union", PIN, FAST)
    assert load_key_file(path) == made
    with pytest.raises(ControlCharacterError):
        create_key_file(tmp_path / "other.key", "a\nb", PIN, FAST)
    assert [one.name for one in tmp_path.iterdir()] == ["union.key"]


def test_what_is_no_key_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError):
        load_key_file(tmp_path / "nowhere")
    with pytest.raises(UnreadableFileError):
        load_key_file(tmp_path)
    (tmp_path / "big").write_bytes(b" " * 100_000)
    with pytest.raises(DamagedKeyFileError, match="big"):
        load_key_file(tmp_path / "big")
