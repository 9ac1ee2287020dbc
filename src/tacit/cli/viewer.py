"""Opens the Rerun viewer on bytes that are handed to it, with nothing on disk in the clear and nobody told.

Rerun's viewer sends usage data unless a file in its configuration folder says no, and it listens on every network
interface by itself. So it runs with a configuration folder of its own that says no, and listens on this machine only.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, cast

from tacit.records.errors import ViewerFailedError

# `python -m rerun_cli` ends with 0 whatever became of the viewer.
_START = "import sys; from rerun_cli.__main__ import main; sys.exit(main())"
COMMAND = (sys.executable, "-c", _START, "--bind", "127.0.0.1", "--port", "auto", "-")


class _StartsOnWrite:
    """A sink that opens the viewer with the first bytes, so that what cannot be shown opens no window."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._command, self._environment = command, environment
        self.viewer: subprocess.Popen[bytes] | None = None

    def write(self, content: bytes) -> int:
        """Hand bytes on."""
        if self.viewer is None:
            self.viewer = subprocess.Popen(self._command, stdin=subprocess.PIPE, env=self._environment)  # noqa: S603
        return cast(BinaryIO, self.viewer.stdin).write(content)

    def wait(self) -> int:
        """Wait until somebody closes the viewer; its exit code, 0 where it was never opened."""
        if self.viewer is None:
            return 0
        with suppress(BrokenPipeError):
            cast(BinaryIO, self.viewer.stdin).close()
        return self.viewer.wait()


@contextmanager
def open_viewer(command: Sequence[str] = COMMAND) -> Iterator[BinaryIO]:
    """Open the viewer and yield a sink for the .rrd bytes it shows; waits until somebody closes the viewer.

    Raises:
        ViewerFailedError: It could not open.
    """
    with tempfile.TemporaryDirectory(prefix="tacit-viewer-") as folder:
        sink = _StartsOnWrite(command, make_silent_environment(os.environ, Path(folder)))
        try:
            with suppress(BrokenPipeError):  # whoever closes the viewer early has seen enough
                yield cast(BinaryIO, sink)
        finally:
            code = sink.wait()
    if code:
        raise ViewerFailedError(code)


def make_silent_environment(variables: Mapping[str, str], folder: Path) -> dict[str, str]:
    """An environment in which Rerun finds that usage data is off, in an empty folder that is given for it."""
    config = folder / "rerun"
    config.mkdir()
    off = {"analytics_enabled": False, "analytics_id": "", "metadata": {}}
    paths = {"config_file_path": str(config / "analytics.json"), "data_dir_path": str(folder / "data")}
    (config / "analytics.json").write_text(json.dumps(off | paths), encoding="utf-8")
    silent = {**variables, "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder), "TELEMETRY_ENABLED": "false"}
    if sys.platform == "darwin":  # where folders hang on the home alone
        support = folder / "Library" / "Application Support"
        support.mkdir(parents=True)
        (support / "rerun").symlink_to(config)
        silent["HOME"] = str(folder)
    return silent
