"""What the cards of a dataset say, and the card for people: `README.md` as dataset hubs read it.

The card for machines is made in `croissant.py`. Both say where the metres come from and how wide they are, on whose
consent the footage rests and what may be done with it. Neither names a person.
Source: Hugging Face dataset cards for the YAML at the top.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from tacit.datasets.features import FEATURES, VIDEO_FEATURE, DatasetSpec
from tacit.records.dataset import ShareTable
from tacit.records.purposes import Purpose

_MEANINGS = {
    "observation.hands.px": "left hand then right, 21 landmarks, u and v in pixels",
    "observation.hands.xyz": "the same landmarks in metres, in the {frame} frame",
    "observation.hands.seen": "per hand: 1 seen in this frame, 0.5 bridged over a short gap, 0 not seen",
    "observation.hands.sigma": "per hand: standard error of the wrist position in metres",
    "observation.camera": "camera pose in the bench frame: position, quaternion w x y z; identity in the camera frame",
    "observation.state": "per hand: wrist x y z in metres, orientation quaternion w x y z, grip aperture in metres",
    "action": "the state of the next frame",
    "action.valid": "per hand: 1 where the hand was seen, or bridged, now and next",
}
_FRAMES = {
    "camera": "metres are in the frame of the camera and move with the head",
    "bench": "metres are in the fixed frame of a bench",
}


@dataclass(frozen=True)
class CardInput:
    """What the cards say that the data do not.

    name: short name of the dataset; version counts from 1. dataset_id: the same for all its versions.
    owner: who owns the dataset, in the words of the agreement (R12); an organisation, never a person.
    territory: where it may be used; empty for everywhere.
    shares: who shares in its income (M6); accounts are the worker pseudonyms of this dataset, not signed yet.
    sign_shares: from the digest of the dataset to the signature (hex) over both. shop_key: to check it with (hex).
    made_on: the day it was made.
    certificate: SHA-256 (hex) of the certificate that its videos are signed with (C2PA); None where they are not.
    license_terms: of a release for one licensee, the edges of its licence in one sentence; "" for any other dataset.
    """

    name: str
    version: int
    agreement_id: str
    purpose: Purpose
    owner: str
    territory: tuple[str, ...]
    shares: ShareTable
    made_on: date
    dataset_id: str
    sign_shares: Callable[[str], str]
    shop_key: str
    certificate: str | None = None
    license_terms: str = ""


@dataclass
class DatasetSummary:
    """What the writer counts while it writes."""

    spec: DatasetSpec
    n_episodes: int = 0
    n_frames: int = 0
    tasks: dict[str, int] = field(default_factory=dict)
    workers: set[str] = field(default_factory=set)

    def add(self, n_frames: int, task: str, worker: str) -> None:
        """Count one episode."""
        self.n_episodes += 1
        self.n_frames += n_frames
        self.tasks[task] = self.tasks.get(task, 0) + 1
        self.workers.add(worker)

    @property
    def hours(self) -> float:
        """Length of all episodes together."""
        return self.n_frames / self.spec.fps / 3600


def feature_meaning(name: str, spec: DatasetSpec) -> str:
    """What one feature means, in one line."""
    return _MEANINGS[name].format(frame=spec.frame)


def terms(card: CardInput) -> str:
    """The terms in plain words: for what, where, under which agreement, and what is never allowed."""
    where = ", ".join(card.territory) or "everywhere"
    if card.license_terms:
        return (
            f"{card.license_terms} It is a licence from {card.owner}, on the terms of the agreement "
            f"{card.agreement_id}; LICENSE.txt says all of it. The footage stays the workers' and is licensed, not "
            "sold. Ranking or disciplining a person, inferring emotion and identifying a person are never allowed."
        )
    return (
        f"Not free to use: it opens under a licence from {card.owner}, for the purpose {card.purpose}, in {where}, and "
        f"on the terms of the agreement {card.agreement_id}. The footage stays the workers' and is licensed, not sold. "
        "Ranking or disciplining a person, inferring emotion and identifying a person are never allowed."
    )


def limits(spec: DatasetSpec) -> list[str]:
    """What must be known before training on the dataset, one sentence or two each."""
    return [
        f"Positions: {_FRAMES[spec.frame]}. They come from one camera and an assumed or measured hand size. "
        "observation.hands.sigma says how wide they are; weigh by it, and do not read millimetres out of them.",
        "A hand that is not seen keeps its last values, and observation.hands.seen says 0. "
        "Train on frames where action.valid is 1. It is a mask, not a command.",
        "Frames come from footage of any rate by taking the nearest one, so a frame may repeat the one before.",
        "Faces are painted over, so nothing can be learnt from where people look.",
        "Quantiles of the dataset are means of those of its episodes, as LeRobot adds them up.",
    ]


def readme_card(card: CardInput, summary: DatasetSummary, digest: str) -> str:
    """The text of `README.md`."""
    spec = summary.spec
    tasks = "\n".join(f"- {_escape_markdown(task)}: {count}" for task, count in summary.tasks.items())
    rows = "\n".join(f"| `{f.name}` | float32 ({f.width}) | {feature_meaning(f.name, spec)} |" for f in FEATURES)
    limit_lines = "\n".join(f"- {limit}" for limit in limits(spec))
    signed = ""
    if card.certificate is not None:
        signed = f"""

Every mp4 carries a signed C2PA manifest: that it was filmed and edited, and on which terms it may be used.
Whatever writes an mp4 anew, such as `ffmpeg -c copy`, drops it; the digest above stays as it is. SHA-256 of the
certificate: `{card.certificate}`."""
    return f"""---
pretty_name: {json.dumps(f"{card.name} v{card.version}")}
license: other
license_name: {json.dumps(f"tacit-{card.agreement_id}")}
task_categories:
- robotics
tags:
- LeRobot
- egocentric
- hands
- consent
configs:
- config_name: default
  data_files: data/*/*.parquet
---

# {card.name}, version {card.version}

Hand work, filmed from the worker's head with the worker's consent, for the purpose {card.purpose}.
LeRobot v3.0; made by tacit on {card.made_on.isoformat()}.

| | |
|---|---|
| episodes | {summary.n_episodes} |
| frames | {summary.n_frames} at {spec.fps} a second ({summary.hours:.2f} h) |
| pictures | {spec.width} x {spec.height}, H.264 |
| workers | {len(summary.workers)} |
| frame of the metres | {spec.frame} |
| digest | `{digest}` |

Episodes by task:

{tasks}

## What is in it

| feature | type | meaning |
|---|---|---|
| `{VIDEO_FEATURE}` | video | anonymised pictures of the head camera |
{rows}

Each episode is one mp4 and one parquet. Episode rows carry `worker`, `recording` and `consent` as pseudonyms that mean
nothing outside this dataset, `agreement`, `purpose`, `start_s`, `accepted_s` and how well the hands were seen.
`meta/tacit.json` holds the digest and the share table.

## How it was made

Audio, places and device numbers were left out when the footage was read. Faces were found and painted over before
anything else was looked at. Hand landmarks were tracked, stretches with hands at work were cut out on key frames, and
their video was copied without encoding it again.{signed}

## Consent and terms

Every worker had agreed, before being filmed, to this purpose, under the agreement {card.agreement_id}, and released the
footage. Refusing or withdrawing costs nothing.

{_escape_markdown(terms(card))}

## Limits

{limit_lines}
"""


def _escape_markdown(text: str) -> str:
    """Write a text of somebody else's so that Markdown shows it as it is: no HTML, no link, no heading, no list.

    Source: CommonMark 0.31, section 2.4 (backslash escapes); the signs that lead a list matter at the start only.
    """
    escaped = re.sub(r"[\\`*_\[\]<>#|~&!]", r"\\\g<0>", text)
    return re.sub(r"^(\d*)([-+.)])", r"\1\\\2", escaped)
