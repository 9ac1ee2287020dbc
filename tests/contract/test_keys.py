"""What every keyring has to do."""

import pytest

from tacit.records.errors import ErasedError, TamperedError
from tacit.seal.signatures import is_valid
from tacit.store.keyring import MemoryKeyring, ShopKeys


def test_sealed_for_a_worker_opens_for_that_worker_and_place_alone(keys: ShopKeys) -> None:
    keys.create_worker_key("w-1")
    keys.create_worker_key("w-2")
    sealed = keys.seal("w-1", b"a name", "workers/w-1")
    assert b"name" not in sealed
    assert keys.unseal("w-1", sealed, "workers/w-1") == b"a name"
    for worker_uid, context in (("w-2", "workers/w-1"), ("w-1", "workers/w-2")):
        with pytest.raises(TamperedError):
            keys.unseal(worker_uid, sealed, context)


def test_destroyed_key_opens_nothing_more(keys: ShopKeys) -> None:
    keys.create_worker_key("w-1")
    sealed = keys.seal("w-1", b"a name", "x")
    keys.destroy_worker_key("w-1")
    assert not keys.has_worker_key("w-1")
    for refused in (lambda: keys.unseal("w-1", sealed, "x"), lambda: keys.seal("w-1", b"", "x")):
        with pytest.raises(ErasedError):
            refused()
    keys.destroy_worker_key("w-1")
    keys.create_worker_key("w-1")  # a key of the same name is another key
    with pytest.raises(TamperedError):
        keys.unseal("w-1", sealed, "x")


def test_making_a_key_again_keeps_the_first(keys: ShopKeys) -> None:
    assert not keys.has_worker_key("w-1")
    keys.create_worker_key("w-1")
    sealed = keys.seal("w-1", b"a name", "x")
    keys.create_worker_key("w-1")
    assert keys.unseal("w-1", sealed, "x") == b"a name"


def test_shop_seals_for_one_place(keys: ShopKeys) -> None:
    sealed = keys.seal_for_shop(b"a path", "datasets/d-1/1")
    assert keys.unseal_for_shop(sealed, "datasets/d-1/1") == b"a path"
    with pytest.raises(TamperedError):
        keys.unseal_for_shop(sealed, "datasets/d-1/2")


def test_digests_differ_by_context_shop_and_master_key(keys: ShopKeys) -> None:
    same = MemoryKeyring(bytes(range(32)), "shop-1")
    other_shop = MemoryKeyring(bytes(range(32)), "shop-2")
    other_master = MemoryKeyring(bytes(32), "shop-1")
    digest = keys.mac("worker-label", b"data")
    assert digest == same.mac("worker-label", b"data")
    others = {
        keys.mac("content", b"data"),
        keys.mac("worker-label", b"Data"),
        other_shop.mac("worker-label", b"data"),
        other_master.mac("worker-label", b"data"),
    }
    assert len(others | {digest}) == 5


def test_shop_signature_is_checked_with_its_public_key(keys: ShopKeys) -> None:
    signature = keys.sign(b"share table")
    assert is_valid(keys.public_key(), b"share table", signature)
    assert not is_valid(keys.public_key(), b"share tables", signature)
    assert keys.public_key() != MemoryKeyring(bytes(range(32)), "shop-2").public_key()
