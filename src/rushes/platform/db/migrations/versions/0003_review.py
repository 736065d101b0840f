"""Stars, and deleting with undo."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("videos", sa.Column("rating", sa.SmallInteger(), server_default="0", nullable=False))
    op.add_column("videos", sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
    # Counts of a job's videos come from this index alone, so it has to know which are deleted.
    op.drop_index("videos_by_job", "videos")
    op.create_index("videos_by_job", "videos", ["job_id", "status", "deleted_at"])
    op.create_index(
        "videos_deleted", "videos", ["deleted_at"], postgresql_where=sa.text("deleted_at IS NOT NULL")
    )
    op.create_index(
        "videos_trouble",
        "videos",
        ["owner_id", "job_id"],
        postgresql_where=sa.text("status IN ('failed', 'waiting') AND deleted_at IS NULL"),
    )


def downgrade() -> None:
    # What was deleted and could still be brought back is gone then: nothing else tells it from the others.
    op.execute("DELETE FROM videos WHERE deleted_at IS NOT NULL")
    for index in ("videos_trouble", "videos_deleted", "videos_by_job"):
        op.drop_index(index, "videos")
    op.drop_column("videos", "deleted_at")
    op.drop_column("videos", "rating")
    op.create_index("videos_by_job", "videos", ["job_id", "status"])
