import platform
import signal
import subprocess
import sys

import numpy as np
import pytest

from tacit.models.inference import Network, Pixels, open_network

# Runs a network with socket(2) forbidden by the kernel: any attempt, from Python or native code, kills the process.
RUN_WITHOUT_SOCKETS = """
import ctypes, struct, sys
SOCKET_CALL = int(sys.argv[2])
program = b"".join(struct.pack("HBBI", *line) for line in [
    (0x20, 0, 0, 0),                 # load the number of the system call
    (0x15, 0, 1, SOCKET_CALL),       # is it socket(2)?
    (0x06, 0, 0, 0x80000000),        # then kill the process
    (0x06, 0, 0, 0x7FFF0000),        # else let it pass
])
buffer = ctypes.create_string_buffer(program)
class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("lines", ctypes.c_void_p)]
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(38, 1, 0, 0, 0) == 0                      # PR_SET_NO_NEW_PRIVS
filter = Program(4, ctypes.addressof(buffer))
assert libc.prctl(22, 2, ctypes.byref(filter), 0, 0) == 0   # PR_SET_SECCOMP, SECCOMP_MODE_FILTER
if sys.argv[3] == "network":
    from pathlib import Path
    import numpy as np
    from tacit.models.inference import Network
    network = Network(Path(sys.argv[1]), (1, 4, 6, 3))
    for _ in range(3):
        network(np.ones((1, 4, 6, 3), np.float32))
else:
    import socket
    socket.socket()
print("done")
"""
SOCKET_CALLS = {"x86_64": 41, "aarch64": 198}


@pytest.fixture
def picture() -> np.ndarray:
    return np.random.default_rng(7).integers(0, 256, (1, 4, 6, 3), dtype=np.uint8)


def test_outputs_come_in_the_models_order(doubling_model, picture):
    doubled, plus_one = Network(doubling_model, (1, 4, 6, 3))(picture.astype(np.float32))
    np.testing.assert_array_equal(doubled, picture * np.float32(2))
    np.testing.assert_array_equal(plus_one, picture + np.float32(1))


def test_input_shape_replaces_the_models_own(doubling_model):
    (doubled, _) = Network(doubling_model, (1, 2, 5, 3))(np.ones((1, 2, 5, 3), np.float32))
    assert doubled.shape == (1, 2, 5, 3)


def test_pixels_are_converted_inside_the_network(doubling_model, picture):
    doubled, _ = Network(doubling_model, (1, 4, 6, 3), pixels=Pixels(255, "NHWC"))(picture)
    np.testing.assert_allclose(doubled, picture.astype(np.float32) / 255 * 2, rtol=1e-6)


def test_pixels_are_turned_to_channels_first_where_the_model_wants_it(doubling_model):
    picture = np.random.default_rng(7).integers(0, 256, (1, 5, 7, 3), dtype=np.uint8)
    doubled, _ = Network(doubling_model, (1, 3, 5, 7), pixels=Pixels(1, "NCHW"))(picture)
    np.testing.assert_array_equal(doubled, picture.transpose(0, 3, 1, 2) * np.float32(2))


def test_later_runs_leave_earlier_results_alone(doubling_model, picture):
    network = Network(doubling_model, (1, 4, 6, 3))
    first = network(picture.astype(np.float32))
    kept = [array.copy() for array in first]
    network(np.zeros((1, 4, 6, 3), np.float32))
    for array, before in zip(first, kept, strict=True):
        np.testing.assert_array_equal(array, before)


def test_values_of_the_other_type_are_refused_not_misread(doubling_model, picture):
    with pytest.raises(TypeError, match="takes float32 values, not uint8"):
        Network(doubling_model, (1, 4, 6, 3))(picture)
    with pytest.raises(TypeError, match="takes uint8 values, not float32"):
        Network(doubling_model, (1, 4, 6, 3), pixels=Pixels(255, "NHWC"))(picture.astype(np.float32))


def run_without_sockets(model, mode):
    call = str(SOCKET_CALLS[platform.machine()])
    return subprocess.run(
        [sys.executable, "-c", RUN_WITHOUT_SOCKETS, str(model), call, mode], capture_output=True, text=True, check=False
    )


@pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in SOCKET_CALLS, reason="needs Linux seccomp on a known processor"
)
def test_a_run_opens_no_socket(doubling_model):
    control = run_without_sockets(doubling_model, "control")
    assert control.returncode == -signal.SIGSYS, "the trap itself must work"
    done = run_without_sockets(doubling_model, "network")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "done\n"


def test_bfloat16_gives_nearly_the_same_and_the_same_again(doubling_model, picture):
    network = Network(doubling_model, (1, 4, 6, 3), bfloat16=True)
    doubled, _ = network(picture.astype(np.float32))
    np.testing.assert_allclose(doubled, picture * np.float32(2), rtol=2**-7)
    np.testing.assert_array_equal(network(picture.astype(np.float32))[0], doubled)


def test_a_network_is_kept_for_the_same_arguments_and_forgotten_after_several_others(doubling_model):
    network = open_network(doubling_model, (1, 4, 6, 3))
    assert open_network(doubling_model, (1, 4, 6, 3)) is network
    assert open_network(doubling_model, (1, 4, 6, 3), pixels=Pixels(255, "NHWC")) is not network
    for rows in range(10, 20):
        open_network(doubling_model, (1, rows, 6, 3))
    assert open_network(doubling_model, (1, 4, 6, 3)) is not network


def test_openvino_is_loaded_with_the_first_network_and_without_what_it_does_not_need():
    code = "import sys, tacit.models.inference; print('openvino' in sys.modules); import openvino; print(sys.modules)"
    lines = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert lines.startswith("False")
    assert "'openvino_telemetry': None" in lines
    assert "'openvino.tools.ovc': None" in lines
