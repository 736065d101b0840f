"""When a submission was sent, by whom, and when it was finished; providers that do not answer properly."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
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
    op.create_table(
        "provider_outages",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("credential_id", postgresql.UUID(as_uuid=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("probe", postgresql.UUID(as_uuid=True), nullable=True),
        sa.PrimaryKeyConstraint("provider", "credential_id"),
    )


def downgrade() -> None:
    op.drop_table("provider_outages")
    op.drop_column("submissions", "sent_by")
    for name in MOMENTS:
        op.drop_column("submissions", name)
