"""When a submission was sent, by whom, and when the provider had finished it."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0017"
branch_labels = None
depends_on = None

MOMENTS = ("sent_at", "finished_at")


def upgrade() -> None:
    for name in MOMENTS:
        op.add_column("submissions", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("submissions", sa.Column("sent_by", sa.Text(), nullable=True))
    # What was accepted, or may have been, was sent: about then, as far as is known.
    op.execute(
        "UPDATE submissions SET sent_at = COALESCE(submitted_at, claimed_at), sent_by = worker"
        " WHERE state NOT IN ('claimed', 'released')"
    )


def downgrade() -> None:
    op.drop_column("submissions", "sent_by")
    for name in MOMENTS:
        op.drop_column("submissions", name)
