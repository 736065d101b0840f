"""A take says in what it was delivered otherwise than asked for; an uncertain submission, what may be it."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE videos ADD COLUMN delivered_differs jsonb")
    op.execute("ALTER TABLE submissions ADD COLUMN candidates jsonb")
    op.execute("CREATE INDEX videos_differing ON videos (job_id) WHERE delivered_differs IS NOT NULL")


def downgrade() -> None:
    op.execute("DROP INDEX videos_differing")
    op.execute("ALTER TABLE submissions DROP COLUMN candidates")
    op.execute("ALTER TABLE videos DROP COLUMN delivered_differs")
