"""Request ids (`Idempotency-Key`): the same request sent again makes nothing a second time."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

UUID = postgresql.UUID(as_uuid=True)


def upgrade() -> None:
    op.create_table(
        "request_ids",
        sa.Column("owner_id", UUID, sa.ForeignKey("spaces.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("request_id", sa.Text(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", UUID, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
    )
    op.create_index("ix_request_ids_created_at", "request_ids", ["created_at"])


def downgrade() -> None:
    op.drop_table("request_ids")
