"""What each story uses of what was made: who waits for it is woken, and nobody deletes what another needs.

Of stories that were made before nothing is known: it is found out when a story of their owner is purged.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0033"
branch_labels = None
depends_on = None

UUID = postgresql.UUID(as_uuid=True)


def upgrade() -> None:
    op.create_table(
        "story_uses",
        sa.Column("story_id", UUID, sa.ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("input_hash", sa.Text(), primary_key=True),
        sa.Column("owner_id", UUID, sa.ForeignKey("spaces.id"), nullable=False),
    )
    op.create_index("story_uses_by_hash", "story_uses", ["owner_id", "input_hash"])


def downgrade() -> None:
    op.drop_table("story_uses")
