"""Nothing that is made to be read lands in the shop or among its keys (D5)."""

import pytest

from tacit.flows.outside import require_outside
from tacit.records.errors import PlainInShopError


@pytest.fixture
def places(tmp_path):
    shop, keys = tmp_path / "footage" / ".tacit", tmp_path / "keys"
    (shop / "objects").mkdir(parents=True)
    keys.mkdir()
    return shop, keys


@pytest.mark.parametrize(
    "inside",
    ["footage/.tacit", "footage/.tacit/ds", "footage/.tacit/objects/ds", "keys", "keys/a/b", "footage/../keys/x"],
)
def test_places_inside_are_refused(tmp_path, places, inside):
    with pytest.raises(PlainInShopError, match=r"lies inside the .*\(D5\)"):
        require_outside(*places, tmp_path / inside)


@pytest.mark.parametrize("outside", ["footage/dataset", "footage/.tacit-2", "keys2", "ds", "footage/.tacit/../ds"])
def test_places_outside_are_fine(tmp_path, places, outside):
    require_outside(*places, tmp_path / outside)


def test_links_and_relative_paths_are_followed(tmp_path, places, monkeypatch):
    shop, keys = places
    (tmp_path / "link").symlink_to(shop)
    with pytest.raises(PlainInShopError):
        require_outside(shop, keys, tmp_path / "link" / "ds")
    with pytest.raises(PlainInShopError):
        require_outside(tmp_path / "link", keys, shop / "ds")
    monkeypatch.chdir(shop)
    with pytest.raises(PlainInShopError):
        require_outside(shop, keys, (tmp_path / "page.html").relative_to(tmp_path))
