"""A project keeps a brand: the look that its new stories begin with."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("projects", sa.Column("brand", postgresql.JSONB(), nullable=True))


def downgrade() -> None:
    op.drop_column("projects", "brand")
