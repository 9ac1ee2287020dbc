"""Looking at files in another process: whatever a file does to it, the next file finds one that works."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tacit.footage.apart import ProbeLimits, Prober
from tacit.footage.probe import probe
from tacit.records.errors import UnreadableVideoError


@pytest.fixture
def make_prober() -> Iterator[Callable[..., Prober]]:
    made: list[Prober] = []

    def make(**limits: float) -> Prober:
        made.append(Prober(ProbeLimits(**limits)))
        return made[-1]

    yield make
    for prober in made:
        prober.close()


def why(prober: Prober, path: Path) -> str:
    with pytest.raises(UnreadableVideoError) as caught:
        prober.probe(path)
    assert path.stem not in str(caught.value), "a file name may name a person"
    return caught.value.reason


def test_it_says_what_looking_here_says(make_prober: Callable[..., Prober], make_clip: Callable[..., Path]) -> None:
    prober, clip = make_prober(), make_clip("an odd \udcff\nname ü.mp4", stamps=range(9))
    assert prober.probe(clip) == probe(clip)
    assert why(prober, clip.with_name("secretname.mp4")) == "there is no such file"
    assert why(prober, clip.parent) == "it is a folder, not a video file"
    assert prober.probe(clip) == probe(clip)


def test_a_process_that_somebody_ended_is_replaced_and_no_file_is_blamed(
    make_prober: Callable[..., Prober], make_clip: Callable[..., Path]
) -> None:
    prober, clip = make_prober(), make_clip(stamps=range(9))
    found = prober.probe(clip)
    os.kill(child_of(prober), signal.SIGSEGV)
    assert prober.probe(clip) == found


def test_a_file_that_crashes_every_process_is_blamed_and_the_next_file_is_not(
    make_prober: Callable[..., Prober], make_clip: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The crash is that of a shell in the place of Python, since no file is known that crashes FFmpeg."""
    clip, shell = make_clip("secretname.mp4", stamps=range(9)), make_clip("shell.mp4", stamps=[0])
    shell.write_text("#!/bin/sh\nread path\nkill -SEGV $$\n", encoding="ascii")
    shell.chmod(0o700)
    prober, harm = make_prober(), "it is damaged or made to do harm: looking at it ended the process that did so"
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", str(shell))
        assert why(prober, clip) == f"{harm} (signal SIGSEGV)"
    assert prober.probe(clip) == probe(clip)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the address space")
def test_a_process_without_memory_says_so(make_prober: Callable[..., Prober], make_clip: Callable[..., Path]) -> None:
    assert why(make_prober(memory_mb=1), make_clip("secretname.mp4", stamps=range(9))) == (
        "looking at it takes more than 1 MB of memory"
    )


def child_of(prober: Prober) -> int:
    process = prober._process
    assert process is not None
    return process.pid


def test_a_file_that_takes_too_long_is_told(make_prober: Callable[..., Prober], make_clip: Callable[..., Path]) -> None:
    clip = make_clip("secretname.mp4", stamps=range(9))
    assert "looking at it took longer than 0.001 s" in why(make_prober(wait_s=0.001), clip)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the address space")
def test_a_file_that_takes_too_much_memory_is_told(make_prober: Callable[..., Prober], tmp_path: Path) -> None:
    import av
    import numpy as np

    path = tmp_path / "secretname.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=30)
        stream.width, stream.height, stream.pix_fmt = 8000, 4000, "yuvj420p"
        flat = np.full((6000, 8000), 128, np.uint8)
        container.mux(stream.encode(av.VideoFrame.from_ndarray(flat, format="yuvj420p")))
        container.mux(stream.encode())
    roomy = make_prober()
    assert roomy.probe(path).width == 8000
    used_mb = next(
        int(line.split()[1]) // 1024
        for line in Path(f"/proc/{child_of(roomy)}/status").read_text(encoding="ascii").splitlines()
        if line.startswith("VmPeak")
    )
    reason = why(make_prober(memory_mb=used_mb - 30), path)
    assert "memory" in reason or "nothing of its video track" in reason or "ended the process" in reason


def test_it_is_handed_no_secret_and_may_write_no_file(
    make_prober: Callable[..., Prober], make_clip: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TACIT_PASSPHRASE", "correct horse battery")
    prober = make_prober()
    prober.probe(make_clip(stamps=range(3)))
    child = Path(f"/proc/{child_of(prober)}")
    if not child.exists():
        pytest.skip("no /proc here")
    assert b"TACIT" not in (child / "environ").read_bytes()
    limits = (child / "limits").read_text(encoding="ascii").splitlines()
    assert next(line for line in limits if line.startswith("Max file size")).split()[3:5] == ["0", "0"]


def test_it_ends_with_whoever_started_it(make_clip: Callable[..., Path]) -> None:
    prober = Prober()
    prober.probe(make_clip(stamps=range(3)))
    pid = child_of(prober)
    del prober
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
