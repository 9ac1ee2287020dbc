"""The page that `tacit demo` ends with: the circle, told with what happened in that run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tacit.pages.circle_page import CircleStep, CircleView, Link, render_circle
from tacit.pages.keyframe import KeyFrame
from tacit.records.purposes import Purpose

PAGE = "index.html"


def write_page(folder: Path, recording_id: str, figures: dict[str, Any], variables: Mapping[str, str]) -> Path:
    """Write the page into the demo's folder and return its path.

    Args:
        recording_id: The recording whose picture is shown. figures: What the steps brought.
        variables: The environment of the demo's commands.
    """
    recordings = figures["recordings"]
    n_files, n_found = figures["traces"]
    withdrawn = figures["withdrawn"]
    faces = sum(one["faces in"] for one in recordings)
    seconds = sum(one["seconds"] for one in recordings)
    steps = (
        CircleStep(
            "YES",
            "2 of 3",
            "Three workers read the notice",
            "Asha and Meena said yes and signed with a PIN of their own. Ravi said no: nothing was kept, and a search "
            f"of {n_files} files for that name finds it {n_found} times.",
            (("notice", f"{figures['notice_lines']} lines"), ("signed", "2"), ("refused", "1, no trace")),
            None,
            (Link("the agreement", "agreement.toml"),),
        ),
        CircleStep(
            "FILM",
            f"{seconds:.0f} s",
            "Filmed after the yes, anonymised, hands tracked",
            "Every frame was anonymised before anything else looked at it. The sealed video and the hand track lie in "
            "the shop under the worker's own key.",
            (("filmed", f"{seconds:.1f} s"), ("frames with a face covered", str(faces))),
            _picture(folder, recording_id, variables),
            (Link("one recording", "pages/recording.html"),),
        ),
        CircleStep(
            "DATASET",
            "LeRobot v3.0",
            "Released by the workers, built for training",
            "Only what a worker released is in it. Each row names, under pseudonyms, whose consent it rests on.",
            (("format", "LeRobot v3.0"), ("rests on", "signed consents")),
            None,
            (Link("the dataset's card", "dataset/README.md"),),
        ),
        CircleStep(
            "LICENCE",
            "50,000.00 INR",
            "A lab takes a licence and pays",
            "The licence says who, what, for which purpose, where and until when. The lab gets a release of its own, "
            "with other pseudonyms and a signed list of every file. A fifth of the price is the workers' pool, shared "
            "by accepted time.",
            (("licensee", "Hand Lab"), ("pool", "10,000.00 INR")),
            None,
            (Link("the licence", "release/LICENSE.txt"), Link("the release's card", "release/README.md")),
        ),
        CircleStep(
            "PAY",
            str(figures["owed"]["meena"]),
            "What was earned, and why",
            "Each statement can be added up by hand: pay for filming, and the share of what the lab paid.",
            tuple((f"owed to {label.capitalize()}", owed) for label, owed in figures["owed"].items()),
            None,
            (Link("Asha's statement", "pages/statement-asha.html"), Link("Meena's", "pages/statement-meena.html")),
        ),
        CircleStep(
            "WAY OUT",
            "erased",
            "Asha withdraws",
            "Denied at once; key, row and footage destroyed; the dataset was made anew without Asha. What was earned "
            "stays owed, and the lab is asked to replace its release.",
            (
                ("sealed objects destroyed", str(withdrawn["objects_destroyed"])),
                ("dataset", f"version {withdrawn['datasets'][0]['version']}, without Asha"),
                ("still owed", str(figures["still_owed"])),
            ),
            None,
            (),
        ),
    )
    made = (
        Link("dataset", "dataset"),
        Link("shop", "shop"),
        Link("film (synthetic)", "film"),
        Link("recording page", "pages/recording.html"),
    )
    view = CircleView(
        "From a worker's yes to a payment, and a way out",
        "Everything below happened in this run, on footage that tacit drew itself. Nobody was filmed.",
        steps,
        made,
    )
    page = folder / PAGE
    page.write_text(render_circle(view), encoding="utf-8")
    return page


def _picture(folder: Path, recording_id: str, variables: Mapping[str, str]) -> KeyFrame | None:
    """The clean frame from the middle of a recording, with the hands drawn on it."""
    from tacit.flows.show_recording import find_key_frames
    from tacit.wiring import open_shop, read_environment

    opened = open_shop(folder / "shop", read_environment(variables))
    frames = find_key_frames(opened.shop, recording_id, Purpose.TRAIN_ROBOT_SKILL)
    return frames[len(frames) // 2] if frames else None
