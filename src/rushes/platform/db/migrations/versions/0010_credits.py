"""The credits that a Flow account has left, as the page told it last."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("credentials", sa.Column("credits_left", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("credentials", "credits_left")
