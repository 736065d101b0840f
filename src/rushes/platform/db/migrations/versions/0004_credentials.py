"""Credentials, budgets, and what the ledger and the jobs keep of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

HELD = sa.text("status = 'waiting' AND waiting_for IN ('person', 'budget', 'provider')")


def upgrade() -> None:
    op.create_table(
        "credentials",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("owner_id", sa.UUID(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("last_four", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_reason", sa.Text(), nullable=True),
        sa.Column("resting_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resting_for", sa.Text(), nullable=True),
        sa.Column("last_limited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("spaced_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("concurrency", sa.Integer(), nullable=True),
        sa.Column("spacing_seconds", sa.Double(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "credentials_by_name",
        "credentials",
        ["owner_id", "provider", "name"],
        unique=True,
        postgresql_where=sa.text("state <> 'deleted'"),
    )
    op.create_index("credentials_by_provider", "credentials", ["provider", "state"])
    op.create_table(
        "budgets",
        sa.Column("owner_id", sa.UUID(), nullable=False),
        sa.Column("day", sa.Numeric(precision=14, scale=6), nullable=True),
        sa.Column("month", sa.Numeric(precision=14, scale=6), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"]),
        sa.PrimaryKeyConstraint("owner_id"),
    )
    op.drop_column("submissions", "account")
    op.add_column("submissions", sa.Column("credential_id", sa.UUID(), nullable=True))
    op.create_index("submissions_by_day", "submissions", ["owner_id", "claimed_at"])
    op.add_column("jobs", sa.Column("budget", sa.Numeric(precision=14, scale=6), nullable=True))
    op.add_column("jobs", sa.Column("route_reason", sa.Text(), nullable=True))
    op.create_index("videos_held", "videos", ["provider"], postgresql_where=HELD)
    # The dispatcher looks whether its next look is planned already.
    op.execute(
        "CREATE INDEX procrastinate_jobs_planned ON procrastinate_jobs (scheduled_at)"
        " WHERE status = 'todo' AND task_name = 'rushes:dispatch'"
    )


def downgrade() -> None:
    op.execute("DROP INDEX procrastinate_jobs_planned")
    op.drop_index("videos_held", table_name="videos", postgresql_where=HELD)
    op.drop_column("jobs", "route_reason")
    op.drop_column("jobs", "budget")
    op.drop_index("submissions_by_day", table_name="submissions")
    op.drop_column("submissions", "credential_id")
    op.add_column("submissions", sa.Column("account", sa.Text(), nullable=True))
    op.drop_table("budgets")
    op.drop_table("credentials")
