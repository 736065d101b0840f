"""Projects that can be archived, with a name of their own, and the order of the queue as its owner sets it.

Nobody could set `jobs.priority`; what an operator has written into it by hand stays in force: a high priority
came first, a low rank does.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("projects", sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        """
        UPDATE projects SET name = name || ' (' || left(id::text, 8) || ')'
        WHERE EXISTS (SELECT 1 FROM projects earlier
                      WHERE earlier.owner_id = projects.owner_id
                        AND lower(earlier.name) = lower(projects.name)
                        AND (earlier.created_at, earlier.id) < (projects.created_at, projects.id))
        """
    )
    op.create_index("projects_by_name", "projects", ["owner_id", sa.text("lower(name)")], unique=True)
    op.add_column("jobs", sa.Column("queue_rank", sa.Integer(), server_default="0", nullable=False))
    op.execute("UPDATE jobs SET queue_rank = -priority WHERE priority <> 0")
    op.drop_column("jobs", "priority")


def downgrade() -> None:
    op.add_column("jobs", sa.Column("priority", sa.SmallInteger(), server_default="0", nullable=False))
    op.execute("UPDATE jobs SET priority = LEAST(GREATEST(-queue_rank, -32768), 32767) WHERE queue_rank <> 0")
    op.alter_column("jobs", "priority", server_default=None)
    op.drop_column("jobs", "queue_rank")
    op.drop_index("projects_by_name", table_name="projects")
    op.drop_column("projects", "archived_at")
