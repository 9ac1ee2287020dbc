"""The tables of the catalogue, for SQLite and PostgreSQL alike.

What is looked up, ordered or summed has a column of its own. What is personal lies in a `sealed` column, encrypted
under the worker's key for the context `<table>/<id>`; what may name somebody and belongs to no single worker lies in
a column `*_sealed`, under the shop's key; what is neither lies in `body`, as canonical JSON. Worker labels and contents
are found by keyed digests (`_mac`). `position` counts from 0 within its table and keeps the order in which
things came. An erasure deletes a worker's rows; what stays is an empty husk of each recording, so that its position is
not used again, and the digest of the label with the moment. Lineage, ledger and log know workers by opaque ids alone,
which stay; so they have no foreign key to workers.

The tables are made and changed by the revisions in `migrations/versions`; a test holds the two together.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

agreements = Table(
    "agreements",
    metadata,
    Column("agreement_id", String, primary_key=True),
    Column("position", Integer, nullable=False, unique=True),
    Column("body_sealed", LargeBinary, nullable=False),  # under the shop's key: a party may be a person
    Column("source_sealed", LargeBinary, nullable=False),
)

workers = Table(
    "workers",
    metadata,
    Column("worker_uid", String, primary_key=True),
    Column("position", Integer, nullable=False, unique=True),
    Column("label_mac", LargeBinary, nullable=False, unique=True),
    Column("sealed", LargeBinary, nullable=False),
)

erasures = Table(
    "erasures",
    metadata,
    Column("label_mac", LargeBinary, primary_key=True),
    Column("erased_at", String, primary_key=True),  # UTC, as `seal.canonical.utc_text` writes it
)

consents = Table(
    "consents",
    metadata,
    Column("consent_id", String, primary_key=True),
    Column("position", Integer, nullable=False, unique=True),
    Column("worker_uid", String, ForeignKey("workers.worker_uid"), nullable=False, index=True),
    Column("agreement_id", String, ForeignKey("agreements.agreement_id"), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

withdrawals = Table(
    "withdrawals",
    metadata,
    Column("withdrawal_id", String, primary_key=True),
    Column("position", Integer, nullable=False, unique=True),
    Column("worker_uid", String, nullable=False, index=True),
    Column("body", Text, nullable=False),
)

recordings = Table(
    "recordings",
    metadata,
    Column("recording_id", String, primary_key=True),
    Column("position", Integer, nullable=False, unique=True),
    Column("worker_uid", String, nullable=False, index=True),
    Column("content_mac", String, index=True),  # NULL, like `sealed`: erased
    Column("sealed", LargeBinary),
)

outcomes = Table(
    "outcomes",
    metadata,
    Column("recording_id", String, ForeignKey("recordings.recording_id"), primary_key=True),
    Column("worker_uid", String, ForeignKey("workers.worker_uid"), nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),
)

releases = Table(
    "releases",
    metadata,
    Column("recording_id", String, ForeignKey("recordings.recording_id"), primary_key=True),
    Column("worker_uid", String, ForeignKey("workers.worker_uid"), nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),
)

marks = Table(
    "marks",
    metadata,
    Column("mark_id", String, primary_key=True),
    Column("position", Integer, nullable=False, unique=True),
    Column("recording_id", String, ForeignKey("recordings.recording_id"), nullable=False, index=True),
    Column("worker_uid", String, ForeignKey("workers.worker_uid"), nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),
)

datasets = Table(
    "datasets",
    metadata,
    Column("dataset_id", String, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("position", Integer, nullable=False, unique=True),
    Column("agreement_id", String, ForeignKey("agreements.agreement_id"), nullable=False),
    Column("purpose", String, nullable=False),
    Column("digest", String, nullable=False),
    Column("inputs_mac", String, nullable=False),
    Column("made_at", String, nullable=False),  # UTC, as `seal.canonical.utc_text` writes it
    Column("path_sealed", LargeBinary, nullable=False),  # under the shop's key
    Column("shares_basis", Text, nullable=False),
    Column("shares_signature", String, nullable=False),
)

dataset_episodes = Table(
    "dataset_episodes",
    metadata,
    Column("dataset_id", String, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("episode_index", Integer, primary_key=True),
    Column("recording_id", String, nullable=False, index=True),
    Column("worker_uid", String, nullable=False, index=True),
    Column("consent_id", String, nullable=False),
    Column("start_frame", Integer, nullable=False),
    Column("end_frame", Integer, nullable=False),
    Column("accepted_ms", BigInteger, nullable=False),
    ForeignKeyConstraint(["dataset_id", "version"], ["datasets.dataset_id", "datasets.version"]),
)

dataset_shares = Table(
    "dataset_shares",
    metadata,
    Column("dataset_id", String, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("account", String, nullable=False, index=True),
    Column("parts", BigInteger, nullable=False),
    ForeignKeyConstraint(["dataset_id", "version"], ["datasets.dataset_id", "datasets.version"]),
)

licenses = Table(
    "licenses",
    metadata,
    Column("license_id", String, primary_key=True),
    Column("position", Integer, nullable=False, unique=True),
    Column("dataset_id", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", Text, nullable=False),
    ForeignKeyConstraint(["dataset_id", "version"], ["datasets.dataset_id", "datasets.version"]),
)

transactions = Table(
    "transactions",
    metadata,
    Column("transaction_id", String, primary_key=True),
    Column("position", Integer, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    Column("subject", String, nullable=False, index=True),
    Column("booked_at", String, nullable=False),  # UTC, as `seal.canonical.utc_text` writes it
    Column("memo", Text, nullable=False),
)

postings = Table(
    "postings",
    metadata,
    Column("transaction_id", String, ForeignKey("transactions.transaction_id"), primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("account", String, nullable=False, index=True),
    Column("currency", String, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
)

log_entries = Table(
    "log_entries",
    metadata,
    Column("entry_index", Integer, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),
)

log_nodes = Table(
    "log_nodes",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("node_index", Integer, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
)
