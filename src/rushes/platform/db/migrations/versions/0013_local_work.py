"""Local work: one table for whatever is made here. Upscales, in every state, become its first kind.

The 4K copy that a video has stays in `upscales`; how it was made, and all that has not ended, has failed or
was replaced, is in `local_work` under the same id.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_OPEN = sa.text("status IN ('queued', 'running')")


def upgrade() -> None:
    op.create_table(
        "local_work",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("owner_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("params", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("job_id", sa.UUID(), nullable=True),
        sa.Column("video_id", sa.UUID(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("progress", sa.Double(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("claim", sa.UUID(), nullable=True),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"]),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["video_id"], ["videos.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "local_work_subject", "local_work", ["kind", "subject"], unique=True, postgresql_where=_OPEN
    )
    op.create_index("local_work_open", "local_work", ["kind"], postgresql_where=_OPEN)
    op.create_index("local_work_by_job", "local_work", ["job_id"])
    op.create_index("local_work_by_video", "local_work", ["video_id"])
    op.execute(
        """
        INSERT INTO local_work (id, owner_id, kind, subject, params, job_id, video_id, status, priority,
                                progress, worker, tries, error, result, created_at, started_at, ended_at)
        SELECT id, owner_id, 'upscale', video_id::text,
               jsonb_build_object('quality', quality, 'codec', codec, 'enhance', enhance,
                                  'hardware', hardware),
               job_id, video_id, status, 0, progress, worker, 0, error,
               CASE WHEN key IS NOT NULL THEN
                   jsonb_build_object('width', width, 'height', height, 'files', jsonb_build_array(key)) END,
               created_at, started_at, ended_at
        FROM upscales
        """
    )
    # A task in the queue carries on the row of the same id; one that was running is taken over as ever.
    op.execute(
        """
        UPDATE procrastinate_jobs
        SET task_name = 'rushes:local_work', lock = 'local_work:' || (args ->> 'upscale_id'),
            args = jsonb_build_object('work_id', args ->> 'upscale_id')
        WHERE task_name = 'rushes:upscale_video'
        """
    )
    op.drop_constraint("upscale_task_videos_upscale_id_fkey", "upscale_task_videos", type_="foreignkey")
    op.drop_index("upscale_task_videos_by_upscale", "upscale_task_videos")
    op.alter_column("upscale_task_videos", "upscale_id", new_column_name="work_id")
    op.create_foreign_key(
        "upscale_task_videos_work_id_fkey",
        "upscale_task_videos",
        "local_work",
        ["work_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_index("upscale_task_videos_by_work", "upscale_task_videos", ["work_id"])
    for index in ("upscales_under_way", "upscales_current", "upscales_by_video"):
        op.drop_index(index, "upscales")
    op.execute("DELETE FROM upscales WHERE NOT current")
    for column in ("status", "progress", "error", "worker", "current", "started_at", "ended_at"):
        op.drop_column("upscales", column)
    for column in ("key", "width", "height", "size_bytes", "sha256"):
        op.alter_column("upscales", column, nullable=False)
    op.create_index("upscales_of_video", "upscales", ["video_id"], unique=True)


def downgrade() -> None:
    for column in ("key", "width", "height", "size_bytes", "sha256"):
        op.alter_column("upscales", column, nullable=True)
    op.drop_index("upscales_of_video", "upscales")
    op.add_column("upscales", sa.Column("status", sa.Text(), server_default="completed", nullable=False))
    op.add_column("upscales", sa.Column("progress", sa.Double(), server_default="1", nullable=False))
    op.add_column("upscales", sa.Column("current", sa.Boolean(), server_default="true", nullable=False))
    for column in ("status", "progress", "current"):
        op.alter_column("upscales", column, server_default=None)
    for column in ("error", "worker"):
        op.add_column("upscales", sa.Column(column, sa.Text(), nullable=True))
    for column in ("started_at", "ended_at"):
        op.add_column("upscales", sa.Column(column, sa.DateTime(timezone=True), nullable=True))
    op.execute(
        """
        UPDATE upscales u SET created_at = w.created_at, started_at = w.started_at, ended_at = w.ended_at,
                              worker = w.worker
        FROM local_work w WHERE w.id = u.id
        """
    )
    op.execute(
        """
        INSERT INTO upscales (id, owner_id, video_id, job_id, quality, codec, enhance, hardware, status,
                              progress, error, worker, current, key, width, height, created_at, started_at,
                              ended_at)
        SELECT id, owner_id, video_id, job_id, params ->> 'quality', params ->> 'codec',
               (params ->> 'enhance')::boolean, (params ->> 'hardware')::boolean, status, progress, error,
               worker, false, result -> 'files' ->> 0, (result ->> 'width')::integer,
               (result ->> 'height')::integer, created_at, started_at, ended_at
        FROM local_work w WHERE kind = 'upscale' AND NOT EXISTS (SELECT 1 FROM upscales u WHERE u.id = w.id)
        """
    )
    op.execute(
        """
        UPDATE procrastinate_jobs
        SET task_name = 'rushes:upscale_video', lock = 'upscale:' || (args ->> 'work_id'),
            args = jsonb_build_object('upscale_id', args ->> 'work_id')
        WHERE task_name = 'rushes:local_work' AND queue_name = 'upscale'
        """
    )
    op.create_index("upscales_under_way", "upscales", ["video_id"], unique=True, postgresql_where=_OPEN)
    op.create_index(
        "upscales_current", "upscales", ["video_id"], unique=True, postgresql_where=sa.text("current")
    )
    op.create_index("upscales_by_video", "upscales", ["video_id"])
    op.drop_constraint("upscale_task_videos_work_id_fkey", "upscale_task_videos", type_="foreignkey")
    op.drop_index("upscale_task_videos_by_work", "upscale_task_videos")
    op.alter_column("upscale_task_videos", "work_id", new_column_name="upscale_id")
    op.create_foreign_key(
        "upscale_task_videos_upscale_id_fkey",
        "upscale_task_videos",
        "upscales",
        ["upscale_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_index("upscale_task_videos_by_upscale", "upscale_task_videos", ["upscale_id"])
    op.drop_table("local_work")
