"""The first tables. This file is a record of what was released: later changes get revisions of their own.

The names of constraints are spelt out, so that later revisions can change them on both databases.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table of the first catalogue."""
    _make_people()
    _make_recordings()
    _make_datasets()
    _make_books()


def _make_people() -> None:
    """Agreements, workers, and what workers said."""
    op.create_table(
        "agreements",
        sa.Column("agreement_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("source_sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("agreement_id", name="pk_agreements"),
        sa.UniqueConstraint("position", name="uq_agreements_position"),
    )
    op.create_table(
        "workers",
        sa.Column("worker_uid", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label_mac", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("worker_uid", name="pk_workers"),
        sa.UniqueConstraint("label_mac", name="uq_workers_label_mac"),
        sa.UniqueConstraint("position", name="uq_workers_position"),
    )
    op.create_table(
        "erasures",
        sa.Column("label_mac", sa.LargeBinary(), nullable=False),
        sa.Column("erased_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("label_mac", "erased_at", name="pk_erasures"),
    )
    op.create_table(
        "consents",
        sa.Column("consent_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("worker_uid", sa.String(), nullable=False),
        sa.Column("agreement_id", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.agreement_id"], name="fk_consents_agreement_id"),
        sa.ForeignKeyConstraint(["worker_uid"], ["workers.worker_uid"], name="fk_consents_worker_uid"),
        sa.PrimaryKeyConstraint("consent_id", name="pk_consents"),
        sa.UniqueConstraint("position", name="uq_consents_position"),
    )
    op.create_index("ix_consents_worker_uid", "consents", ["worker_uid"], unique=False)
    op.create_table(
        "withdrawals",
        sa.Column("withdrawal_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("worker_uid", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("withdrawal_id", name="pk_withdrawals"),
        sa.UniqueConstraint("position", name="uq_withdrawals_position"),
    )
    op.create_index("ix_withdrawals_worker_uid", "withdrawals", ["worker_uid"], unique=False)


def _make_recordings() -> None:
    """Recordings, what became of them, and their releases."""
    op.create_table(
        "recordings",
        sa.Column("recording_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("worker_uid", sa.String(), nullable=False),
        sa.Column("content_mac", sa.String(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("recording_id", name="pk_recordings"),
        sa.UniqueConstraint("position", name="uq_recordings_position"),
    )
    op.create_index("ix_recordings_content_mac", "recordings", ["content_mac"], unique=False)
    op.create_index("ix_recordings_worker_uid", "recordings", ["worker_uid"], unique=False)
    op.create_table(
        "outcomes",
        sa.Column("recording_id", sa.String(), nullable=False),
        sa.Column("worker_uid", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["recording_id"], ["recordings.recording_id"], name="fk_outcomes_recording_id"),
        sa.ForeignKeyConstraint(["worker_uid"], ["workers.worker_uid"], name="fk_outcomes_worker_uid"),
        sa.PrimaryKeyConstraint("recording_id", name="pk_outcomes"),
    )
    op.create_index("ix_outcomes_worker_uid", "outcomes", ["worker_uid"], unique=False)
    op.create_table(
        "releases",
        sa.Column("recording_id", sa.String(), nullable=False),
        sa.Column("worker_uid", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["recording_id"], ["recordings.recording_id"], name="fk_releases_recording_id"),
        sa.ForeignKeyConstraint(["worker_uid"], ["workers.worker_uid"], name="fk_releases_worker_uid"),
        sa.PrimaryKeyConstraint("recording_id", name="pk_releases"),
    )
    op.create_index("ix_releases_worker_uid", "releases", ["worker_uid"], unique=False)


def _make_datasets() -> None:
    """Dataset versions with lineage and shares, and their licences."""
    op.create_table(
        "datasets",
        sa.Column("dataset_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("inputs_mac", sa.String(), nullable=False),
        sa.Column("made_at", sa.String(), nullable=False),
        sa.Column("path_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("shares_basis", sa.Text(), nullable=False),
        sa.Column("shares_signature", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.agreement_id"], name="fk_datasets_agreement_id"),
        sa.PrimaryKeyConstraint("dataset_id", "version", name="pk_datasets"),
        sa.UniqueConstraint("position", name="uq_datasets_position"),
    )
    op.create_table(
        "dataset_episodes",
        sa.Column("dataset_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("episode_index", sa.Integer(), nullable=False),
        sa.Column("recording_id", sa.String(), nullable=False),
        sa.Column("worker_uid", sa.String(), nullable=False),
        sa.Column("consent_id", sa.String(), nullable=False),
        sa.Column("start_frame", sa.Integer(), nullable=False),
        sa.Column("end_frame", sa.Integer(), nullable=False),
        sa.Column("accepted_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id", "version"],
            ["datasets.dataset_id", "datasets.version"],
            name="fk_dataset_episodes_dataset_id_version",
        ),
        sa.PrimaryKeyConstraint("dataset_id", "version", "episode_index", name="pk_dataset_episodes"),
    )
    op.create_index("ix_dataset_episodes_recording_id", "dataset_episodes", ["recording_id"], unique=False)
    op.create_index("ix_dataset_episodes_worker_uid", "dataset_episodes", ["worker_uid"], unique=False)
    op.create_table(
        "dataset_shares",
        sa.Column("dataset_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("parts", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id", "version"],
            ["datasets.dataset_id", "datasets.version"],
            name="fk_dataset_shares_dataset_id_version",
        ),
        sa.PrimaryKeyConstraint("dataset_id", "version", "line", name="pk_dataset_shares"),
    )
    op.create_index("ix_dataset_shares_account", "dataset_shares", ["account"], unique=False)
    op.create_table(
        "licenses",
        sa.Column("license_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id", "version"],
            ["datasets.dataset_id", "datasets.version"],
            name="fk_licenses_dataset_id_version",
        ),
        sa.PrimaryKeyConstraint("license_id", name="pk_licenses"),
        sa.UniqueConstraint("position", name="uq_licenses_position"),
    )


def _make_books() -> None:
    """The ledger and the log."""
    op.create_table(
        "transactions",
        sa.Column("transaction_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("booked_at", sa.String(), nullable=False),
        sa.Column("memo", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("transaction_id", name="pk_transactions"),
        sa.UniqueConstraint("position", name="uq_transactions_position"),
    )
    op.create_index("ix_transactions_subject", "transactions", ["subject"], unique=False)
    op.create_table(
        "postings",
        sa.Column("transaction_id", sa.String(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["transaction_id"], ["transactions.transaction_id"], name="fk_postings_transaction_id"),
        sa.PrimaryKeyConstraint("transaction_id", "line", name="pk_postings"),
    )
    op.create_index("ix_postings_account", "postings", ["account"], unique=False)
    op.create_table(
        "log_entries",
        sa.Column("entry_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("entry_index", name="pk_log_entries"),
    )
    op.create_table(
        "log_nodes",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("node_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "node_index", name="pk_log_nodes"),
    )
