"""Rights in full: versions and pauses of agreements, stewards, standing releases, cuts, legal holds and more.

This file is a record of what was released, as the first is.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables, and the columns of tables that were there."""
    op.create_table(
        "agreement_versions",
        sa.Column("agreement_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("added_at", sa.String(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("source_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreements.agreement_id"], name="fk_agreement_versions_agreement_id"
        ),
        sa.PrimaryKeyConstraint("agreement_id", "version", name="pk_agreement_versions"),
    )
    op.create_table(
        "agreement_pauses",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("agreement_id", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.agreement_id"], name="fk_agreement_pauses_agreement_id"),
        sa.PrimaryKeyConstraint("position", name="pk_agreement_pauses"),
    )
    op.create_index("ix_agreement_pauses_agreement_id", "agreement_pauses", ["agreement_id"], unique=False)
    op.create_table(
        "stewards",
        sa.Column("steward_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("steward_id", name="pk_stewards"),
        sa.UniqueConstraint("position", name="uq_stewards_position"),
    )
    op.create_table(
        "notice_reviews",
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("language", "digest", name="pk_notice_reviews"),
    )
    op.create_table(
        "standing_releases",
        sa.Column("standing_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("worker_uid", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["worker_uid"], ["workers.worker_uid"], name="fk_standing_releases_worker_uid"),
        sa.PrimaryKeyConstraint("standing_id", name="pk_standing_releases"),
        sa.UniqueConstraint("position", name="uq_standing_releases_position"),
    )
    op.create_index("ix_standing_releases_worker_uid", "standing_releases", ["worker_uid"], unique=False)
    op.create_table(
        "cuts",
        sa.Column("cut_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("recording_id", sa.String(), nullable=False),
        sa.Column("worker_uid", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["recording_id"], ["recordings.recording_id"], name="fk_cuts_recording_id"),
        sa.ForeignKeyConstraint(["worker_uid"], ["workers.worker_uid"], name="fk_cuts_worker_uid"),
        sa.PrimaryKeyConstraint("cut_id", name="pk_cuts"),
        sa.UniqueConstraint("position", name="uq_cuts_position"),
    )
    op.create_index("ix_cuts_recording_id", "cuts", ["recording_id"], unique=False)
    op.create_index("ix_cuts_worker_uid", "cuts", ["worker_uid"], unique=False)
    op.create_table(
        "grievances",
        sa.Column("grievance_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("worker_uid", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["worker_uid"], ["workers.worker_uid"], name="fk_grievances_worker_uid"),
        sa.PrimaryKeyConstraint("grievance_id", name="pk_grievances"),
        sa.UniqueConstraint("position", name="uq_grievances_position"),
    )
    op.create_index("ix_grievances_worker_uid", "grievances", ["worker_uid"], unique=False)
    op.create_table(
        "holds",
        sa.Column("worker_uid", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("worker_uid", name="pk_holds"),
        sa.UniqueConstraint("position", name="uq_holds_position"),
    )
    op.create_table(
        "hold_openings",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("worker_uid", sa.String(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["worker_uid"], ["holds.worker_uid"], name="fk_hold_openings_worker_uid"),
        sa.PrimaryKeyConstraint("position", name="pk_hold_openings"),
    )
    op.create_index("ix_hold_openings_worker_uid", "hold_openings", ["worker_uid"], unique=False)
    op.create_table(
        "certificates",
        sa.Column("certificate_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("worker_uid", sa.String(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("certificate_id", name="pk_certificates"),
        sa.UniqueConstraint("position", name="uq_certificates_position"),
    )
    op.create_index("ix_certificates_worker_uid", "certificates", ["worker_uid"], unique=False)
    op.create_table(
        "license_events",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("license_id", sa.String(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["license_id"], ["licenses.license_id"], name="fk_license_events_license_id"),
        sa.PrimaryKeyConstraint("position", name="pk_license_events"),
    )
    op.create_index("ix_license_events_license_id", "license_events", ["license_id"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("license_id", sa.String(), nullable=False),
        sa.Column("sent_at", sa.String(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["license_id"], ["licenses.license_id"], name="fk_outbox_license_id"),
        sa.PrimaryKeyConstraint("notice_id", name="pk_outbox"),
        sa.UniqueConstraint("position", name="uq_outbox_position"),
    )
    op.create_index("ix_outbox_license_id", "outbox", ["license_id"], unique=False)
    op.create_table(
        "log_checkpoints",
        sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("size", name="pk_log_checkpoints"),
    )
    op.add_column("outcomes", sa.Column("ready_at", sa.String(), nullable=True))
    op.add_column("datasets", sa.Column("agreement_digest", sa.String(), nullable=True))
    op.add_column("datasets", sa.Column("release_of", sa.String(), nullable=True))
    op.add_column("dataset_episodes", sa.Column("unit_id", sa.String(), nullable=True))
    op.add_column("dataset_episodes", sa.Column("content", sa.String(), nullable=True))
    op.create_table(
        "vouchers",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "name", name="pk_vouchers"),
    )
