import re

from tacit.models.manifest import MANIFEST


def test_every_entry_has_a_full_hash_a_licence_and_an_exact_carrier():
    for entry in MANIFEST:
        assert re.fullmatch(r"[0-9a-f]{64}", entry.sha256)
        assert entry.licence in {"Apache-2.0", "MIT"}
        assert all(re.fullmatch(r"[a-z-]+==[0-9.]+", carrier.requirement) for carrier in entry.carriers)
        assert entry.carriers[0].requirement.endswith(f"=={entry.version}")


def test_names_hashes_and_file_names_are_all_different():
    for values in ([e.name for e in MANIFEST], [e.sha256 for e in MANIFEST], [e.file_name for e in MANIFEST]):
        assert len(set(values)) == len(values)
