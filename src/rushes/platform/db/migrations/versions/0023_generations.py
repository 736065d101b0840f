"""Generations: what is asked of providers that make no videos; their calls name the story they are for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0021"
branch_labels = None
depends_on = None

_OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "generations",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("owner_id", sa.UUID(), nullable=False),
        sa.Column("story_id", sa.UUID(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("params", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("input_hash", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="queued", nullable=False),
        sa.Column("waiting_for", sa.Text(), nullable=True),
        sa.Column("error_type", sa.Text(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("retry_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("progress", sa.Double(), nullable=True),
        sa.Column("priority", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column(
            "files", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("submission_id", sa.UUID(), nullable=True),
        sa.Column("budget", sa.Numeric(14, 6), nullable=True),
        sa.Column("price", sa.Numeric(14, 6), nullable=True),
        sa.Column("cost", sa.Numeric(14, 6), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("generations_by_hash", "generations", ["owner_id", "kind", "input_hash"])
    op.create_index(
        "generations_by_story", "generations", ["story_id"], postgresql_where=sa.text("story_id IS NOT NULL")
    )
    op.create_index("generations_by_submission", "generations", ["submission_id"])
    op.create_index("generations_open", "generations", ["provider", "status"], postgresql_where=_OPEN)
    op.create_index(
        "generations_expiring",
        "generations",
        ["expires_at"],
        postgresql_where=sa.text("expires_at IS NOT NULL"),
    )
    op.add_column("submissions", sa.Column("story_id", sa.UUID(), nullable=True))
    op.create_index(
        "submissions_by_story", "submissions", ["story_id"], postgresql_where=sa.text("story_id IS NOT NULL")
    )


def downgrade() -> None:
    op.drop_index("submissions_by_story", "submissions")
    op.drop_column("submissions", "story_id")
    op.drop_table("generations")
