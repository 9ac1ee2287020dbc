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

agreement_versions = Table(  # the wordings after the first, which stands in `agreements`
    "agreement_versions",
    metadata,
    Column("agreement_id", String, ForeignKey("agreements.agreement_id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),  # from 2 on
    Column("added_at", String, nullable=False),  # UTC
    Column("body_sealed", LargeBinary, nullable=False),  # under the shop's key
    Column("source_sealed", LargeBinary, nullable=False),
)

agreement_pauses = Table(
    "agreement_pauses",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("agreement_id", String, ForeignKey("agreements.agreement_id"), nullable=False, index=True),
    Column("body", Text, nullable=False),
)

stewards = Table(
    "stewards",
    metadata,
    Column("steward_id", String, primary_key=True),
    Column("position", Integer, nullable=False, unique=True),
    Column("body_sealed", LargeBinary, nullable=False),  # under the shop's key: it has a name in it
)

notice_reviews = Table(
    "notice_reviews",
    metadata,
    Column("language", String, primary_key=True),
    Column("digest", String, primary_key=True),
    Column("body_sealed", LargeBinary, nullable=False),  # under the shop's key: it has a name in it
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
    Column("content_mac", String, index=True),  # stays after an erasure
    Column("sealed", LargeBinary),  # NULL: erased
)

outcomes = Table(
    "outcomes",
    metadata,
    Column("recording_id", String, ForeignKey("recordings.recording_id"), primary_key=True),
    Column("worker_uid", String, ForeignKey("workers.worker_uid"), nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("ready_at", String),  # UTC; since when its preview can be seen; NULL: nobody noted it
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

standing_releases = Table(
    "standing_releases",
    metadata,
    Column("standing_id", String, primary_key=True),
    Column("position", Integer, nullable=False, unique=True),
    Column("worker_uid", String, ForeignKey("workers.worker_uid"), nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),
)

cuts = Table(
    "cuts",
    metadata,
    Column("cut_id", String, primary_key=True),
    Column("position", Integer, nullable=False, unique=True),
    Column("recording_id", String, ForeignKey("recordings.recording_id"), nullable=False, index=True),
    Column("worker_uid", String, ForeignKey("workers.worker_uid"), nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),
)

grievances = Table(
    "grievances",
    metadata,
    Column("grievance_id", String, primary_key=True),
    Column("position", Integer, nullable=False, unique=True),
    Column("worker_uid", String, ForeignKey("workers.worker_uid"), nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),
)

holds = Table(  # what of an erased worker is kept under a legal hold, until when, and who could open it
    "holds",
    metadata,
    Column("worker_uid", String, primary_key=True),
    Column("position", Integer, nullable=False, unique=True),
    Column("body", Text, nullable=False),
    Column("sealed", LargeBinary),  # the worker's rows, under the worker's key; NULL: destroyed
)

hold_openings = Table(
    "hold_openings",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("worker_uid", String, ForeignKey("holds.worker_uid"), nullable=False, index=True),
    Column("body_sealed", LargeBinary, nullable=False),  # under the shop's key: the reason may name somebody
)

certificates = Table(
    "certificates",
    metadata,
    Column("certificate_id", String, primary_key=True),
    Column("position", Integer, nullable=False, unique=True),
    Column("worker_uid", String, nullable=False, index=True),
    Column("body_sealed", LargeBinary, nullable=False),  # under the shop's key: it names folders
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
    Column("agreement_digest", String),  # of the version it rests on; NULL: the first
    Column("release_of", String),  # of a release for a licensee: the dataset it was made from
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
    Column("unit_id", String),  # the unit of work that it was made from; NULL: made before that was noted
    Column("content", String),  # digest of its columns and video as they lie in the dataset
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

license_events = Table(  # revoked, used, asked for beyond its edges
    "license_events",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("license_id", String, ForeignKey("licenses.license_id"), nullable=False, index=True),
    Column("body_sealed", LargeBinary, nullable=False),  # under the shop's key: a reason may name somebody
)

outbox = Table(  # notices to licensees that wait to be sent
    "outbox",
    metadata,
    Column("notice_id", String, primary_key=True),
    Column("position", Integer, nullable=False, unique=True),
    Column("license_id", String, ForeignKey("licenses.license_id"), nullable=False, index=True),
    Column("sent_at", String),  # UTC; NULL: not yet
    Column("body", Text, nullable=False),
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

log_checkpoints = Table(
    "log_checkpoints",
    metadata,
    Column("size", Integer, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),  # the signed note, with the signatures of stewards added to it
)

vouchers = Table(  # keyed digests of what no seal protects, so that a change behind the shop's back is found
    "vouchers",
    metadata,
    Column("kind", String, primary_key=True),  # a table
    Column("name", String, primary_key=True),  # what the rows have in common, as canonical JSON
    Column("mac", LargeBinary, nullable=False),
)
