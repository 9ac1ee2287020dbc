"""Runs a neural network on the processor with OpenVINO, the one inference engine of tacit.

In: a model file (.tflite, .onnx or OpenVINO's own .xml) and arrays. Out: arrays in the model's output order.
It must never use the network, and gives the same bits for the same input on the same machine.
"""

import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import openvino as ov

# OpenVINO sends usage data when it is imported, unasked, through this package of its own (seen with 2026.4, November
# 2026). Where it cannot be imported, OpenVINO has nothing to send with.
sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]  # that is how Python marks it
# What converts models of other makers, which we never do, is most of what importing OpenVINO takes. It can do without.
sys.modules.setdefault("openvino.tools.ovc", None)  # type: ignore[arg-type]

_NETWORKS_KEPT = 6
"""As many as one recording needs; more would fill the memory with networks for pictures of other sizes."""


@dataclass(frozen=True)
class Pixels:
    """Lets a network take uint8 pictures of shape (1, height, width, 3) and convert them itself, which is faster.

    divisor: each value is divided by it (1 to leave values at 0 to 255).
    layout: where the model wants its channels: "NHWC" (last) or "NCHW" (first).
    """

    divisor: float
    layout: str


class Network:
    """One model, compiled for one input shape when it is first called; for one thread at a time.

    Args:
        model: Path of the model file; one input.
        input_shape: What the model's own input becomes, in the model's own layout.
        threads: Processor threads for one run.
        pixels: Where given, calls take uint8 pictures as it says; else float32 arrays of `input_shape`.
        bfloat16: Compute in bfloat16 where the processor does so by itself, in about half the time; where it does
            not, in single precision. Off, the bits are the same on both.
        n_outputs: Compute only the first so many of the model's outputs; all where None.
    """

    def __init__(
        self,
        model: Path,
        input_shape: tuple[int, ...],
        threads: int = 1,
        pixels: Pixels | None = None,
        bfloat16: bool = False,
        n_outputs: int | None = None,
    ) -> None:
        self._model = model
        self._input_shape = input_shape
        self._threads = threads
        self._pixels = pixels
        self._bfloat16 = bfloat16
        self._n_outputs = n_outputs
        self._dtype = np.dtype(np.float32 if pixels is None else np.uint8)
        self._request: Any = None

    def __call__(self, x: NDArray[np.float32] | NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        """Run the model once.

        Args:
            x: C-contiguous, of the input shape; float32, or uint8 where the network takes pixels.

        Returns:
            Fresh arrays, which later runs leave alone.

        Raises:
            TypeError: A caller's mistake that the engine would turn into wrong numbers: the other type of values.
        """
        if x.dtype != self._dtype:
            raise TypeError(f"This network takes {self._dtype} values, not {x.dtype}; see its argument `pixels`.")
        if self._request is None:
            self._request = self._compile()
        self._request.infer([x], share_inputs=True)
        return [tensor.data.copy() for tensor in self._request.output_tensors]

    def _compile(self) -> Any:
        """What runs the model; it keeps the compiled model alive."""
        import openvino as ov

        core = ov.Core()
        graph = core.read_model(self._model)
        graph = ov.Model(graph.outputs[: self._n_outputs], graph.get_parameters())
        graph.reshape(list(self._input_shape))
        if self._pixels is not None:
            graph = _take_pixels(graph, self._pixels)
        options = {
            "INFERENCE_NUM_THREADS": self._threads,
            "PERFORMANCE_HINT": "LATENCY",
            # OpenVINO itself would choose bfloat16 wherever it can.
            "INFERENCE_PRECISION_HINT": "bf16" if self._bfloat16 and _computes_bfloat16(core) else "f32",
        }
        return core.compile_model(graph, "CPU", options).create_infer_request()


@lru_cache(maxsize=_NETWORKS_KEPT)
def open_network(
    model: Path,
    input_shape: tuple[int, ...],
    threads: int = 1,
    pixels: Pixels | None = None,
    bfloat16: bool = False,
    n_outputs: int | None = None,
) -> Network:
    """The network of these arguments, as `Network` takes them; the last few stay compiled as long as the process lives.

    Compiling takes as long as some ten frames do; a worker that goes on to a recording of the same size is spared it.
    """
    return Network(model, input_shape, threads, pixels, bfloat16, n_outputs)


def _computes_bfloat16(core: "ov.Core") -> bool:
    """True where the processor has instructions for bfloat16."""
    return "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")


def _take_pixels(graph: "ov.Model", pixels: Pixels) -> "ov.Model":
    """Fold the conversion from uint8 (1, height, width, 3) into the model's graph."""
    import openvino as ov
    from openvino.preprocess import PrePostProcessor

    steps = PrePostProcessor(graph)
    steps.input().tensor().set_element_type(ov.Type.u8).set_layout(ov.Layout("NHWC"))
    steps.input().model().set_layout(ov.Layout(pixels.layout))
    steps.input().preprocess().convert_element_type(ov.Type.f32)
    if pixels.divisor != 1:
        steps.input().preprocess().scale(pixels.divisor)
    return steps.build()
