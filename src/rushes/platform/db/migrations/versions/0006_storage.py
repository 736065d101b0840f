"""Copies of assets in archives, and what may leave the storage."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "copies",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.UUID(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column(
            "ids",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("faults", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("key", "place"),
    )
    op.create_index("copies_to_make", "copies", ["place"], postgresql_where=sa.text("state = 'storing'"))
    op.create_index(
        "copies_that_may_go", "copies", ["place", "since"], postgresql_where=sa.text("state = 'hot'")
    )
    # Names the installation in the buckets it uses: another one's files there are not orphans. On the
    # index, because Alembic compares the comments of tables with the models.
    op.execute(f"COMMENT ON INDEX copies_to_make IS 'installation {uuid4()}'")


def downgrade() -> None:
    op.drop_table("copies")
