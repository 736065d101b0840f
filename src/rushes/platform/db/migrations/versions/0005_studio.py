"""Jobs of one prompt: their kind, session and source."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("kind", sa.Text(), server_default="batch", nullable=False))
    op.add_column("jobs", sa.Column("session_id", sa.Text(), nullable=True))
    op.add_column("jobs", sa.Column("source_video_id", sa.UUID(), nullable=True))
    op.create_index(
        "jobs_of_one_prompt",
        "jobs",
        ["owner_id", "kind", "session_id"],
        postgresql_where=sa.text("kind <> 'batch'"),
    )


def downgrade() -> None:
    op.drop_index("jobs_of_one_prompt", "jobs")
    for column in ("source_video_id", "session_id", "kind"):
        op.drop_column("jobs", column)
