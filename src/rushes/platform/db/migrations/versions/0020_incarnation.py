"""Which database this is, so that a restored backup or a copy notices that it is one."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

MARKS = ("database_mark", "folder_mark", "bucket_mark")


def upgrade() -> None:
    op.add_column("installation", sa.Column("incarnation", postgresql.UUID(as_uuid=True), nullable=True))
    for name in MARKS:
        op.add_column("installation", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("installation", sa.Column("restored_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("installation", "restored_at")
    for name in MARKS:
        op.drop_column("installation", name)
    op.drop_column("installation", "incarnation")
