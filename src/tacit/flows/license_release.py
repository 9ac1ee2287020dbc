"""What every release for a licensee carries: its licence, a signed manifest, and its edges on its cards (rule R8)."""

from pathlib import Path

from tacit.datasets.manifest import save_license, save_manifest
from tacit.flows.ports import Shop
from tacit.records.agreement import Agreement
from tacit.records.dataset import DatasetVersion
from tacit.records.license import License, Terms
from tacit.words.figures import write_list
from tacit.words.license_text import license_in_words


def release_terms(license_id: str, terms: Terms | License) -> str:
    """The edges of a licence in one sentence, for the cards of its release."""
    return (
        f"Licensed to {terms.licensee} as {license_id}, for {write_list(sorted(terms.purposes))} and nothing else, in "
        f"{write_list(terms.territory)}, until {terms.valid_until}."
    )


def save_release_files(
    shop: Shop, folder: Path, granted: License, agreement: Agreement, version: DatasetVersion
) -> None:
    """Put licence and manifest into a folder that holds a finished version of the release."""
    key, sign = shop.keys.public_key(), shop.keys.sign
    save_license(folder, granted, license_in_words(granted, agreement, version), key, sign)
    save_manifest(folder, granted, version, key, sign)
