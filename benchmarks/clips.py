"""What `tacit run` makes of a folder of clips: statuses, hands, faces left, processor time a frame.

    python -m benchmarks.clips FOLDER

Faces left: a full-size search with CenterFace on every frame of the sealed clean video, at scores of 0.5 and 0.2.
"""

import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from benchmarks.folder import make_folder, run
from tacit.flows.gate import ask
from tacit.footage.audit import AuditOptions, audit_video
from tacit.models.manifest import FACE_DETECTION
from tacit.records.permit import Action
from tacit.records.purposes import Purpose
from tacit.wiring import open_shop, read_environment


def count_faces_left(folder: Path, world: Path) -> dict[str, tuple[int, int]]:
    """Frames of each clean video in which the audit finds a face at 0.5, and at 0.2."""
    opened = open_shop(folder / ".tacit", replace(read_environment(os.environ), keys=world / "keys"))
    shop = opened.shop
    left = {}
    for recording in shop.catalogue.recordings():
        permit = ask(shop, Action.DERIVE, Purpose.TRAIN_ROBOT_SKILL, recording)
        outcome = shop.catalogue.find_outcome(recording.recording_id)
        at_half = at_fifth = 0
        if outcome is not None and outcome.video_key:
            with shop.vault.open(permit, outcome.video_key) as video:
                for look in audit_video(video, opened.models.path(FACE_DETECTION), AuditOptions()):
                    at_half += any(one.score >= 0.5 for one in look.sightings)
                    at_fifth += bool(look.sightings)
        left[Path(recording.source_path).name] = (at_half, at_fifth)
    return left


def main() -> None:
    """Measure and print."""
    clips = sorted(Path(sys.argv[1]).glob("*.mp4"))
    with tempfile.TemporaryDirectory() as temporary:
        world = Path(temporary)
        folder = make_folder(world / "footage", clips)
        answer = run(folder, world / "dataset", world, "--jobs", "1")
        left = count_faces_left(folder, world)
    print("| clip | status | frames | a hand in | two in | faces covered in | left at 0.5 / 0.2 | CPU ms a frame |")
    print("|---|---|---|---|---|---|---|---|")
    for row in answer["recordings"]:
        at_half, at_fifth = left.get(row["file"], (0, 0))
        ms = 1000 * row["cpu_s"] / row["frames"] if row["frames"] else 0.0
        print(
            f"| {row['file']} | {row['status']} | {row['frames']} | {row['hands_fraction']:.2f} "
            f"| {row['two_hands_fraction']:.2f} | {row['faces_frames']} | {at_half} / {at_fifth} | {ms:.1f} |"
        )
    frames = sum(row["frames"] for row in answer["recordings"])
    print(f"\nFrom files to dataset, everything included: {1000 * answer['cpu_s'] / frames:.1f} CPU ms a frame.")


if __name__ == "__main__":
    main()
