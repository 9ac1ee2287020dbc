"""A keyring for the tests of the store."""

import pytest

from tacit.store.keyring import MemoryKeyring


@pytest.fixture
def keys() -> MemoryKeyring:
    """A keyring that knows the worker w-1."""
    keyring = MemoryKeyring(bytes(range(32)), "shop-1")
    keyring.create_worker_key("w-1")
    return keyring
