"""What a submission is for: its subject. Every one there was is for takes; later ones may have no job."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("submissions", sa.Column("subject_kind", sa.Text(), server_default="takes", nullable=False))
    op.alter_column("submissions", "video_ids", new_column_name="subject_ids")
    op.alter_column("submissions", "job_id", nullable=True)
    op.alter_column("submissions", "shot_id", nullable=True)


def downgrade() -> None:
    # An earlier release knows takes of a shot alone. What was paid stays in the sums, as takes that are gone.
    op.execute(
        "UPDATE submissions SET subject_ids = CASE WHEN cardinality(subject_ids) = 0"
        " THEN ARRAY[id] ELSE subject_ids END, job_id = COALESCE(job_id, id), shot_id = COALESCE(shot_id, id)"
        " WHERE job_id IS NULL OR shot_id IS NULL OR subject_kind <> 'takes'"
    )
    op.alter_column("submissions", "shot_id", nullable=False)
    op.alter_column("submissions", "job_id", nullable=False)
    op.alter_column("submissions", "subject_ids", new_column_name="video_ids")
    op.drop_column("submissions", "subject_kind")
