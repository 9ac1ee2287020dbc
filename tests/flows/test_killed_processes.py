"""200 processes that work in a shop are killed at random moments; nothing is lost that was finished (D3, R1, R5, R9).

TACIT_TEST_KILLS asks for another number of them.
"""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

KILLS = int(os.environ.get("TACIT_TEST_KILLS", "40"))
LIVES = 20  # between two judgements
PARTS = 2


@pytest.mark.parametrize("part", range(PARTS))
def test_r1_r5_r9_killed_processes_leave_a_shop_that_is_whole(
    tmp_path, part, plain_video, clean_video, hand_track, masks
):
    for name, content in (("plain", plain_video), ("clean", clean_video), ("track", hand_track), ("masks", masks)):
        (tmp_path / name).write_bytes(content)
    dice = random.Random(part)  # noqa: S311 - when to kill is no secret
    command = [sys.executable, str(Path(__file__).with_name("killed_shop.py")), str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as zygote:

        def ask(word: str) -> str:
            zygote.stdin.write(f"{word}\n")
            zygote.stdin.flush()
            return zygote.stdout.readline().strip()

        assert ask("begin") == "whole"
        killed = 0
        for life in range(KILLS // PARTS):
            pid = int(ask(str(dice.randrange(1 << 30))))
            time.sleep(dice.uniform(0.05, 0.8))
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pytest.fail(zygote.stdout.readline().replace(" | ", "\n"))
            killed += 1
            if killed % LIVES == 0 or life == KILLS // PARTS - 1:
                assert ask("judge") == "whole"
        zygote.stdin.close()
    assert killed == KILLS // PARTS
