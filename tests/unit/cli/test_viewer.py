"""The viewer is opened on bytes from memory, reports to nobody, and takes calls from this machine only."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tacit.cli import viewer
from tacit.cli.viewer import COMMAND, make_silent_environment, open_viewer
from tacit.records.errors import ViewerFailedError

LOOKS = (
    "import os, sys; open(sys.argv[1], 'wb').write(sys.stdin.buffer.read() + os.environ['XDG_CONFIG_HOME'].encode())"
)


def test_viewer_gets_the_bytes_by_its_standard_input_and_its_folder_is_gone_afterwards(tmp_path):
    with open_viewer([sys.executable, "-c", LOOKS, str(tmp_path / "seen")]) as sink:
        sink.write(b"first ")
        sink.write(b"second ")
    first, second, folder = (tmp_path / "seen").read_bytes().decode().split(" ")
    assert (first, second) == ("first", "second")
    assert "tacit-viewer-" in folder
    assert not Path(folder).exists()


def test_viewer_that_was_closed_early_is_no_error():
    with open_viewer([sys.executable, "-c", "pass"]) as sink:
        for _ in range(100):
            sink.write(bytes(100_000))


def test_viewer_that_cannot_open_is_told_with_another_way():
    with (
        pytest.raises(ViewerFailedError, match=r"ended with 3; .* --out"),
        open_viewer([sys.executable, "-c", "import sys; sys.stdin.buffer.read(); sys.exit(3)"]) as sink,
    ):
        sink.write(b"a")


def test_what_cannot_be_shown_opens_no_window(tmp_path):
    def show_nothing():
        with open_viewer([sys.executable, "-c", LOOKS, str(tmp_path / "seen")]):
            raise KeyError

    with pytest.raises(KeyError):
        show_nothing()
    assert list(tmp_path.iterdir()) == []


def test_rerun_itself_finds_that_usage_data_is_off(tmp_path):
    pytest.importorskip("rerun_cli")
    variables = {name: value for name, value in os.environ.items() if name != "CI"}  # under CI, Rerun is silent anyhow
    environment = make_silent_environment(variables, tmp_path)
    # The command of the viewer, but for what it is asked to do.
    command = [*COMMAND[:3], "analytics", "config"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["analytics_enabled"] is False
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["analytics.json"]  # no event was noted
    with_defaults = environment | {"XDG_CONFIG_HOME": str(tmp_path / "new"), "XDG_DATA_HOME": str(tmp_path / "new")}
    done = subprocess.run(command, env=with_defaults, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["analytics_enabled"] is True  # so the test above can fail


def test_viewer_listens_on_this_machine_only():
    assert viewer.COMMAND[viewer.COMMAND.index("--bind") + 1] == "127.0.0.1"
