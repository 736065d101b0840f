"""What shots start from besides their image."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shot_inputs",
        sa.Column("shot_id", sa.UUID(), nullable=False),
        sa.Column("owner_id", sa.UUID(), nullable=False),
        sa.Column("last_image_key", sa.Text(), nullable=True),
        sa.Column("reference_keys", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("source_submission_id", sa.UUID(), nullable=True),
        sa.Column("credential_id", sa.UUID(), nullable=True),
        sa.Column("extend", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"]),
        sa.ForeignKeyConstraint(["shot_id"], ["shots.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("shot_id"),
    )


def downgrade() -> None:
    op.drop_table("shot_inputs")
