"""Boxes that reviewers draw on clean video. This file is a record of what was released, as the first is."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table of marks."""
    op.create_table(
        "marks",
        sa.Column("mark_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("recording_id", sa.String(), nullable=False),
        sa.Column("worker_uid", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["recording_id"], ["recordings.recording_id"], name="fk_marks_recording_id"),
        sa.ForeignKeyConstraint(["worker_uid"], ["workers.worker_uid"], name="fk_marks_worker_uid"),
        sa.PrimaryKeyConstraint("mark_id", name="pk_marks"),
        sa.UniqueConstraint("position", name="uq_marks_position"),
    )
    op.create_index("ix_marks_recording_id", "marks", ["recording_id"], unique=False)
    op.create_index("ix_marks_worker_uid", "marks", ["worker_uid"], unique=False)
