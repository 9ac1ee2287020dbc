"""The card of a dataset for machines: `croissant.json`, which says what is in which file and on which terms.

Source: Croissant 1.1 and its responsible-AI vocabulary 1.0 (MLCommons), as mlcroissant 1.1.1 reads them.
"""

from typing import Any

from tacit.datasets.cards import CardInput, DatasetSummary, feature_meaning, limits, terms
from tacit.datasets.features import FEATURES, FRAME_COLUMNS, VIDEO_FEATURE, DatasetSpec

# Source: the terms of Croissant 1.1 as mlcroissant 1.1.1 expects them in an @context.
_PLAIN_TERMS = (
    *("arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "extract", "field", "fileObject"),
    *("fileProperty", "fileSet", "format", "includes", "isArray", "isLiveDataset", "jsonPath", "key", "md5"),
    *("parentField", "path", "recordSet", "references", "regex", "repeated", "replace", "samplingRate", "separator"),
    *("source", "subField", "transform"),
)
_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "dct": "http://purl.org/dc/terms/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "description": {"@container": "@language"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "name": {"@container": "@language"},
    **{term: f"cr:{term}" for term in _PLAIN_TERMS},
}
_LINEAGE_FIELDS = {
    "episode_index": ("sc:Integer", "number of the episode, from 0"),
    "length": ("sc:Integer", "frames in the episode"),
    "worker": ("sc:Text", "pseudonym of the worker, of this dataset only"),
    "recording": ("sc:Text", "pseudonym of the recording, of this dataset only"),
    "consent": ("sc:Text", "pseudonym of the consent it rests on, of this dataset only"),
    "agreement": ("sc:Text", "agreement under which it was filmed"),
    "purpose": ("sc:Text", "what it may be used for"),
    "start_s": ("sc:Float", "seconds from the start of the recording to the start of the episode"),
    "accepted_s": ("sc:Float", "seconds of the episode that count for pay"),
}


def croissant(card: CardInput, summary: DatasetSummary, digest: str) -> dict[str, Any]:
    """The content of `croissant.json`."""
    spec = summary.spec
    title = f"{card.name}, version {card.version}"
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "name": card.name,
        "conformsTo": ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"],
        "description": f"Hand work filmed with consent, for robot learning; LeRobot v3.0, {summary.n_episodes} "
        f"episodes, {summary.n_frames} frames at {spec.fps} a second. Canonical digest (SHA-256) {digest}.",
        "version": f"{card.version}.0.0",
        "datePublished": card.made_on.isoformat(),
        "license": terms(card),
        "citeAs": f"{title} ({card.made_on.year}), {card.owner}.",
        "url": "./",
        "creator": {"@type": "sc:Organization", "name": card.owner},
        "keywords": ["robotics", "LeRobot", "hands", "egocentric video", "consent"],
        "rai:dataCollection": "Head-camera video of hand work, filmed only after the worker's consent.",
        "rai:dataPreprocessingProtocol": [
            "Audio and telemetry dropped; faces painted over; hand landmarks tracked by a neural network."
        ],
        "rai:dataCollectionMissingData": "A hand that is not seen keeps its last values; a feature says where.",
        "rai:dataLimitations": limits(spec),
        "rai:dataUseCases": [str(card.purpose)],
        "rai:personalSensitiveInformation": [
            "Hands of workers; no faces, voices, names or places. Workers appear as pseudonyms of this dataset only."
        ],
        "distribution": [
            _file_set("frames-files", "application/x-parquet", "data/*/*.parquet"),
            _file_set("episodes-files", "application/x-parquet", "meta/episodes/*/*.parquet"),
            _file_set("video-files", "video/mp4", f"videos/{VIDEO_FEATURE}/*/*.mp4"),
        ],
        "recordSet": [_frames_set(spec), _episodes_set()],
    }


def _file_set(name: str, encoding: str, pattern: str) -> dict[str, Any]:
    return {"@type": "cr:FileSet", "@id": name, "name": name, "encodingFormat": encoding, "includes": pattern}


def _field(record_set: str, name: str, kind: str, description: str) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"{record_set}/{name}",
        "name": name,
        "description": description,
        "dataType": kind,
        "source": {"fileSet": {"@id": f"{record_set}-files"}, "extract": {"column": name}},
    }


def _frames_set(spec: DatasetSpec) -> dict[str, Any]:
    fields = []
    for feature in FEATURES:
        vector = _field("frames", feature.name, "cr:Float32", feature_meaning(feature.name, spec))
        fields.append(vector | {"isArray": True, "arrayShape": str(feature.width)})
    for name, dtype in FRAME_COLUMNS.items():
        fields.append(_field("frames", name, "cr:Float32" if dtype == "float32" else "cr:Int64", f"{name} of LeRobot"))
    return {"@type": "cr:RecordSet", "@id": "frames", "name": "frames", "field": fields}


def _episodes_set() -> dict[str, Any]:
    fields = [_field("episodes", name, kind, text) for name, (kind, text) in _LINEAGE_FIELDS.items()]
    return {"@type": "cr:RecordSet", "@id": "episodes", "name": "episodes", "field": fields}
