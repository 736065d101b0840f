"""A take that was delivered otherwise than it was asked for says in what."""

from alembic import op

revision = "0022"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE videos ADD COLUMN delivered_differs jsonb")
    op.execute(
        "CREATE INDEX videos_differing ON videos (job_id)"
        " WHERE delivered_differs IS NOT NULL AND deleted_at IS NULL"
    )


def downgrade() -> None:
    op.execute("DROP INDEX videos_differing")
    op.execute("ALTER TABLE videos DROP COLUMN delivered_differs")
