"""Runs a neural network on the processor with OpenVINO, the one inference engine of tacit.

In: a model file (.tflite, .onnx or OpenVINO's own .xml) and arrays. Out: arrays in the model's output order.
It must never use the network, and gives the same bits for the same input on the same machine.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

# OpenVINO sends usage data when it is imported, unasked, through this package of its own (seen with 2026.4, November
# 2026). Where it cannot be imported, OpenVINO has nothing to send with.
sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]  # that is how Python marks it

import openvino as ov  # noqa: E402 - after the line above
from openvino.preprocess import PrePostProcessor  # noqa: E402


@dataclass(frozen=True)
class Pixels:
    """Lets a network take uint8 pictures of shape (1, height, width, 3) and convert them itself, which is faster.

    divisor: each value is divided by it (1 to leave values at 0 to 255).
    layout: where the model wants its channels: "NHWC" (last) or "NCHW" (first).
    """

    divisor: float
    layout: str


class Network:
    """One model, compiled for one input shape.

    Args:
        model: Path of the model file; one input.
        input_shape: What the model's own input becomes, in the model's own layout.
        threads: Processor threads for one run.
        pixels: Where given, calls take uint8 pictures as it says; else float32 arrays of `input_shape`.
    """

    def __init__(
        self, model: Path, input_shape: tuple[int, ...], threads: int = 1, pixels: Pixels | None = None
    ) -> None:
        core = ov.Core()
        graph = core.read_model(model)
        graph.reshape(list(input_shape))
        if pixels is not None:
            graph = _take_pixels(graph, pixels)
        options = {
            "INFERENCE_NUM_THREADS": threads,
            "PERFORMANCE_HINT": "LATENCY",
            # Single precision throughout: the same bits with or without bfloat16 units.
            "INFERENCE_PRECISION_HINT": "f32",
        }
        self._compiled: Any = core.compile_model(graph, "CPU", options)
        self._request: Any = self._compiled.create_infer_request()
        self._n_outputs = len(self._compiled.outputs)
        self._dtype = np.dtype(np.float32 if pixels is None else np.uint8)

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
        self._request.infer([x], share_inputs=True)
        return [self._request.get_output_tensor(i).data.copy() for i in range(self._n_outputs)]


def _take_pixels(graph: ov.Model, pixels: Pixels) -> ov.Model:
    """Fold the conversion from uint8 (1, height, width, 3) into the model's graph."""
    steps = PrePostProcessor(graph)
    steps.input().tensor().set_element_type(ov.Type.u8).set_layout(ov.Layout("NHWC"))
    steps.input().model().set_layout(ov.Layout(pixels.layout))
    steps.input().preprocess().convert_element_type(ov.Type.f32)
    if pixels.divisor != 1:
        steps.input().preprocess().scale(pixels.divisor)
    return steps.build()
