"""What people made in the Studio stays; rejected takes; presets: named settings of jobs.

Which videos of the Studio's API were asked for on the page was not recorded, so all that are there stay.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0030"
branch_labels = None
depends_on = None

UUID = postgresql.UUID(as_uuid=True)


def upgrade() -> None:
    op.execute("UPDATE jobs SET keep_days = NULL, expires_at = NULL WHERE kind = 'studio'")
    op.add_column(
        "videos", sa.Column("rejected", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.create_index(
        "videos_finished",
        "videos",
        ["owner_id", "created_at"],
        postgresql_where=sa.text("status = 'completed' AND deleted_at IS NULL"),
    )
    op.create_table(
        "presets",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("owner_id", UUID, sa.ForeignKey("spaces.id"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("settings", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.UniqueConstraint("owner_id", "name", name="presets_by_name"),
    )


def downgrade() -> None:
    op.drop_table("presets")
    op.drop_index("videos_finished", "videos")
    op.drop_column("videos", "rejected")
