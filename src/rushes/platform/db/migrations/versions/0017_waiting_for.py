"""No take waits for another prompt: one that is refused has failed, as it does since the first release."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE videos SET status = 'failed', waiting_for = NULL WHERE waiting_for = 'prompt'")


def downgrade() -> None:
    """Nothing to take back: a failed take is one in the schema before, too."""
