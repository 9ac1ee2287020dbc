"""The door through which errors leave."""

import errno

import pytest

from tacit.cli.app import _sentence


@pytest.mark.parametrize("name", ["/disk/dataset/a.mp4", "file:/disk/dataset/a.mp4"])
def test_full_disk_is_told_by_the_path_as_a_user_knows_it(name):
    assert _sentence(OSError(errno.ENOSPC, "No space left on device", name)) == (
        "The disk is full at /disk/dataset/a.mp4. Make room and run the same command again; what was finished is kept."
    )
