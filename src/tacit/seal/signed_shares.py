"""The bytes of a share table that the shop signs, so that whoever has the table can check it (rule M6)."""

from collections.abc import Sequence

from tacit.seal.canonical import canonical_json


def share_table_bytes(
    dataset_id: str, version: int, dataset_digest: str, basis: str, parts: Sequence[tuple[str, int]]
) -> bytes:
    """Write what the shop signs: the table together with the dataset version that it belongs to.

    The dataset is in the signed bytes so that a table cannot be moved to another dataset. Source of the form: ours.

    Args:
        dataset_id: Of the dataset, the same for all its versions. dataset_digest: of this version.
        basis: What the parts count.
        parts: Who and how many, in the order of the table: ledger accounts in the shop's own table, pseudonyms in the
            table that a dataset carries.

    Raises:
        NotCanonicalError: A value is no text or no integer that the signed form can hold.
    """
    return canonical_json(
        {
            "form": "tacit share table 1",
            "dataset": dataset_id,
            "version": version,
            "digest": dataset_digest,
            "basis": basis,
            "parts": [[account, part] for account, part in parts],
        }
    )
