"""Keeps everything that is made to be read outside the shop and outside its keys (rule D5)."""

from pathlib import Path

from tacit.records.errors import PlainInShopError


def require_outside(shop_folder: Path, keys_folder: Path, target: Path) -> None:
    """Check that a dataset or page goes to a place of its own, links followed.

    Copies of a shop's folder and of its keys are made and sent on the promise that nothing in them can be read.

    Raises:
        PlainInShopError: The target lies in one of the two.
    """
    place = target.resolve()
    for what, folder in (("the shop", shop_folder), ("the folder of keys", keys_folder)):
        if place.is_relative_to(folder.resolve()):
            raise PlainInShopError(str(target), what, str(folder))
