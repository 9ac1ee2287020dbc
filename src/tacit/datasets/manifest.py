"""What makes of a dataset a release for one licensee: its licence, and a signed manifest of every file.

The licence lies in the folder twice, as a signed document and in words. The manifest names every other file with its
size and its SHA-256, and is signed by the shop: so nothing in the folder can be changed, taken away or slipped in
without its being found, by us or by anyone who has the shop's public key (rule R8). LeRobot reads past all three files.
"""

import hashlib
import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tacit.datasets.durable import sync
from tacit.records.dataset import DatasetVersion
from tacit.records.errors import Fault, UnreadableDatasetError
from tacit.records.license import License
from tacit.seal.document import Sign, read_document, sign_document, verify_document

MANIFEST, LICENSE, LICENSE_IN_WORDS = "MANIFEST.json", "LICENSE.json", "LICENSE.txt"
RELEASE_FILES = frozenset({MANIFEST, LICENSE, LICENSE_IN_WORDS})
MANIFEST_KIND, LICENSE_KIND = "tacit release manifest 1", "tacit license 1"
_CHUNK_BYTES = 1 << 20
_COPY = "Copy the release again from where it came from."


@dataclass(frozen=True)
class Manifest:
    """What a signed manifest says: of which licence and which version of its release, and what is in the folder.

    files: by path, its size in bytes and its SHA-256 (hex). key: public key (hex) of the shop that signed it.
    """

    license_id: str
    dataset_id: str
    version: int
    dataset_digest: str
    made_at: str
    files: Mapping[str, tuple[int, str]]
    key: str


@dataclass(frozen=True)
class LicenseEdges:
    """What the licence in a folder says, as far as it matters to whoever has the folder."""

    license_id: str
    licensee: str
    dataset_id: str
    purposes: tuple[str, ...]
    territory: tuple[str, ...]
    valid_until: date


def save_license(folder: Path, granted: License, words: str, key: str, sign: Sign) -> None:
    """Put a licence into a folder, as a signed document and in words."""
    body = vars(granted)
    (folder / LICENSE).write_bytes(sign_document(LICENSE_KIND, body, key, sign))
    (folder / LICENSE_IN_WORDS).write_bytes(words.encode())
    for name in (LICENSE, LICENSE_IN_WORDS):
        sync(folder / name)


def save_manifest(folder: Path, granted: License, version: DatasetVersion, key: str, sign: Sign) -> None:
    """Put the manifest into a folder that holds everything else; all of it is on the disk when this returns."""
    files = [{"path": path, "bytes": size, "sha256": digest} for path, size, digest in _list_files(folder)]
    body = {
        "license": granted.license_id,
        "dataset": version.dataset_id,
        "version": version.version,
        "digest": version.digest,
        "made_at": version.made_at,
        "files": files,
    }
    (folder / MANIFEST).write_bytes(sign_document(MANIFEST_KIND, body, key, sign))
    sync(folder / MANIFEST)
    sync(folder)


def read_manifest(folder: Path, keys: Collection[str] = ()) -> Manifest:
    """Read the manifest of a release and check its signature.

    Args:
        folder: The release.
        keys: Public keys (hex) of shops that are believed; none: whichever key it says.

    Raises:
        UnreadableDatasetError: There is none, or it has another form.
        AlteredDocumentError: It was changed after it was signed.
        ForeignDocumentError: Another shop signed it.
    """
    content = _read(folder, MANIFEST)
    key = read_document(content, str(folder / MANIFEST)).key
    body = verify_document(content, str(folder / MANIFEST), MANIFEST_KIND, keys or (key,))
    try:
        files = {str(entry["path"]): (int(entry["bytes"]), str(entry["sha256"])) for entry in body["files"]}
        return Manifest(
            license_id=str(body["license"]),
            dataset_id=str(body["dataset"]),
            version=int(body["version"]),
            dataset_digest=str(body["digest"]),
            made_at=str(body["made_at"]),
            files=files,
            key=key,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableDatasetError(MANIFEST, f"it has another form than a manifest ({error})") from error


def read_license(folder: Path, manifest: Manifest) -> LicenseEdges:
    """Read the licence of a release, which the same shop has to have signed.

    Raises:
        UnreadableDatasetError: There is none, or it is of another release than the manifest.
        AlteredDocumentError: It was changed after it was signed.
        ForeignDocumentError: Another shop signed it.
    """
    body = verify_document(_read(folder, LICENSE), str(folder / LICENSE), LICENSE_KIND, (manifest.key,))
    try:
        edges = LicenseEdges(
            license_id=str(body["license_id"]),
            licensee=str(body["licensee"]),
            dataset_id=str(body["dataset_id"]),
            purposes=tuple(map(str, body["purposes"])),
            territory=tuple(map(str, body["territory"])),
            valid_until=date.fromisoformat(body["valid_until"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableDatasetError(LICENSE, f"it has another form than a licence ({error})") from error
    if (edges.license_id, edges.dataset_id) != (manifest.license_id, manifest.dataset_id):
        raise UnreadableDatasetError(LICENSE, f"it is {edges.license_id}, and the manifest is of {manifest.license_id}")
    return edges


def find_release_faults(folder: Path, manifest: Manifest) -> list[Fault]:
    """Every file of a release that was changed, is missing, or is not in its manifest; none for a whole one."""
    faults = []
    found = {path: (size, digest) for path, size, digest in _list_files(folder)}
    for path, (size, digest) in sorted(manifest.files.items()):
        if path not in found:
            faults.append(Fault(path, 0, f"it is missing; the manifest says {size} bytes. {_COPY}"))
        elif found[path] != (size, digest):
            sentence = (
                f"it was changed: {found[path][0]} bytes with SHA-256 {found[path][1][:16]}…, where the manifest "
            )
            faults.append(Fault(path, 0, f"{sentence}says {size} bytes with {digest[:16]}…. {_COPY}"))
    extra = sorted(found.keys() - manifest.files.keys())
    return faults + [Fault(path, 0, "it is not in the manifest, so it is no part of the release.") for path in extra]


def _list_files(folder: Path) -> Iterator[tuple[str, int, str]]:
    """Every file below a folder but the manifest at its top, by path; what is no plain file has no digest."""
    found: list[str] = []
    for place, folders, names in os.walk(folder):
        paths = [Path(place) / name for name in names]
        paths += [path for name in folders if (path := Path(place) / name).is_symlink()]
        found += [path.relative_to(folder).as_posix() for path in paths]
    for relative in sorted(found):
        if relative == MANIFEST:
            continue
        full = folder / relative
        if full.is_symlink() or not full.is_file():
            yield relative, 0, "no plain file"
        else:
            yield relative, full.stat().st_size, _digest(full)


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _read(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        reason = f"it cannot be read ({error.strerror}); a release for a licensee has one"
        raise UnreadableDatasetError(name, reason) from error


def as_json(edges: LicenseEdges, manifest: Manifest) -> dict[str, Any]:
    """What a check of a release tells a machine."""
    return {
        "license": edges.license_id,
        "licensee": edges.licensee,
        "dataset": manifest.dataset_id,
        "version": manifest.version,
        "digest": manifest.dataset_digest,
        "purposes": list(edges.purposes),
        "territory": list(edges.territory),
        "until": edges.valid_until.isoformat(),
        "files": len(manifest.files),
        "shop_key": manifest.key,
    }
