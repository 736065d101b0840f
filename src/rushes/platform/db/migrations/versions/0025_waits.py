"""Which queues workers serve; rests of one model of a key; takes that were limited; unclear refusals."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "worker_queues",
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("queues", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("heartbeat", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("silent_seconds", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("worker"),
    )
    op.create_table(
        "credential_rests",
        sa.Column("credential_id", postgresql.UUID(as_uuid=True), nullable=False),
        sa.Column("owner_id", postgresql.UUID(as_uuid=True), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error_type", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("credential_id", "provider", "model"),
        sa.ForeignKeyConstraint(["credential_id"], ["credentials.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"]),
    )
    op.add_column("videos", sa.Column("limits", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("videos", sa.Column("limited_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "submissions",
        sa.Column("refused_unclear", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.drop_index("videos_queued", table_name="videos")
    op.create_index(
        "videos_queued",
        "videos",
        ["job_id", "limits", "position"],
        postgresql_where=sa.text("status = 'queued'"),
    )


def downgrade() -> None:
    op.drop_index("videos_queued", table_name="videos")
    op.create_index(
        "videos_queued", "videos", ["job_id", "position"], postgresql_where=sa.text("status = 'queued'")
    )
    op.drop_column("submissions", "refused_unclear")
    op.drop_column("videos", "limited_at")
    op.drop_column("videos", "limits")
    op.drop_table("credential_rests")
    op.drop_table("worker_queues")
