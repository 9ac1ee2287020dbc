"""MediaPipe 0.10.21 as a peer: finds hands in raw pictures that come over a pipe. It runs in an environment of its own.

Run as a file by the interpreter of that environment (`make peers`); it imports nothing of ours.
In, on standard input: pictures one after another, each height * width * 3 bytes, RGB. Out, on standard output: one JSON
line for each picture, `{"hands": [{"px": [[u, v], ...21], "score": s, "label": "Left" or "Right"}, ...]}`, and last
`{"cpu_ms": ..., "n_frames": ...}`: processor milliseconds in its calls, all threads, the first call (start) left out.
Settings: tracking (static_image_mode off), model complexity 1, its default confidences of 0.5. Its labels are for
mirrored pictures: on ours "Left" is the person's own right hand.
"""

import argparse
import json
import sys
import time

import mediapipe
import numpy as np


def main() -> None:
    """Read pictures until the pipe ends."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("width", type=int)
    arguments.add_argument("height", type=int)
    arguments.add_argument("--hands-max", type=int, default=4)
    arguments.add_argument("--complexity", type=int, default=1)
    options = arguments.parse_args()
    shape = (options.height, options.width, 3)
    spent_s = 0.0
    n_frames = 0
    with mediapipe.solutions.hands.Hands(
        static_image_mode=False, max_num_hands=options.hands_max, model_complexity=options.complexity
    ) as hands:
        while len(data := sys.stdin.buffer.read(int(np.prod(shape)))) == np.prod(shape):
            began_s = time.process_time()
            found = hands.process(np.frombuffer(data, np.uint8).reshape(shape))
            spent_s += (time.process_time() - began_s) if n_frames else 0.0
            n_frames += 1
            print(json.dumps({"hands": _as_rows(found, options.width, options.height)}), flush=True)
    print(json.dumps({"cpu_ms": 1000 * spent_s, "n_frames": n_frames}), flush=True)


def _as_rows(found: object, width: int, height: int) -> list[dict[str, object]]:
    """What MediaPipe found in one picture, in pixels."""
    landmarks = getattr(found, "multi_hand_landmarks", None) or []
    sides = getattr(found, "multi_handedness", None) or []
    return [
        {
            "px": [[round(point.x * width, 2), round(point.y * height, 2)] for point in hand.landmark],
            "score": round(side.classification[0].score, 4),
            "label": side.classification[0].label,
        }
        for hand, side in zip(landmarks, sides, strict=True)
    ]


if __name__ == "__main__":
    main()
