"""Flow accounts: who has one open, when its owner signed in, when its state was last kept."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TIMES = ("held_until", "signed_in_at", "renewed_at")


def upgrade() -> None:
    op.add_column("credentials", sa.Column("held_by", sa.Text(), nullable=True))
    for name in TIMES:
        op.add_column("credentials", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("credentials", sa.Column("source_sha256", sa.Text(), nullable=True))
    op.alter_column("events", "job_id", nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM events WHERE job_id IS NULL")
    op.alter_column("events", "job_id", nullable=False)
    op.drop_column("credentials", "source_sha256")
    for name in TIMES:
        op.drop_column("credentials", name)
    op.drop_column("credentials", "held_by")
    # An earlier release does not know this state.
    op.execute("UPDATE credentials SET state = 'invalid' WHERE state = 'needs_auth'")
