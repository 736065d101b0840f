"""When a job is deleted, set by what makes it; jobs that were there keep the time they had by their kind."""

import sqlalchemy as sa
from alembic import context, op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

USUAL_DAYS = 2.0
"""The setting `operation_days` by default."""


def upgrade() -> None:
    op.add_column("jobs", sa.Column("keep_days", sa.Double(), nullable=True))
    op.add_column("jobs", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "jobs_expiring", "jobs", ["expires_at"], postgresql_where=sa.text("expires_at IS NOT NULL")
    )
    days = context.config.attributes.get("operation_days", USUAL_DAYS)
    if not days:  # the operator deletes none
        return
    op.execute(
        sa.text(
            "UPDATE jobs SET keep_days = :days, expires_at = CASE"
            " WHEN status IN ('completed', 'failed', 'cancelled')"
            " THEN ended_at + make_interval(secs => :days * 86400) END"
            " WHERE kind IN ('studio', 'openai')"
        ).bindparams(sa.bindparam("days", days, sa.Double()))
    )


def downgrade() -> None:
    op.drop_index("jobs_expiring", "jobs")
    op.drop_column("jobs", "expires_at")
    op.drop_column("jobs", "keep_days")
