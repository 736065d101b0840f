"""Notices to people: quiet hours and digests of receivers; conditions of the installation that last."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

COLUMNS = ("quiet_from", "quiet_to", "digest_at", "time_zone")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("receivers", sa.Column(name, sa.Text(), nullable=True))
    op.create_table(
        "conditions",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("conditions")
    op.execute("DELETE FROM receivers WHERE kind <> 'webhook'")
    for name in COLUMNS:
        op.drop_column("receivers", name)
