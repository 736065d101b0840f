"""Stories: their versions, the shots of their scenes, and their films."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

UUID = postgresql.UUID(as_uuid=True)


def _id() -> sa.Column:
    return sa.Column("id", UUID, primary_key=True)


def _owner() -> sa.Column:
    return sa.Column("owner_id", UUID, sa.ForeignKey("users.id"), nullable=False)


def _at(name: str, *, now: bool = False) -> sa.Column:
    default = sa.func.now() if now else None
    return sa.Column(name, sa.DateTime(timezone=True), server_default=default, nullable=not now)


def _json(name: str, *, empty: bool = True) -> sa.Column:
    default = sa.text("'{}'") if empty else None
    return sa.Column(name, postgresql.JSONB(), server_default=default, nullable=False)


def _of_story(*, key: bool = False) -> sa.Column:
    return sa.Column(
        "story_id", UUID, sa.ForeignKey("stories.id", ondelete="CASCADE"), primary_key=key, nullable=False
    )


def upgrade() -> None:
    op.create_table(
        "story_batches",
        _id(),
        _owner(),
        sa.Column("name", sa.Text(), nullable=False),
        _json("settings", empty=False),
        _at("created_at", now=True),
    )
    op.create_index("story_batches_by_owner", "story_batches", ["owner_id", "created_at"])
    op.create_table(
        "stories",
        _id(),
        _owner(),
        sa.Column("project_id", UUID, sa.ForeignKey("projects.id", ondelete="SET NULL")),
        sa.Column("batch_id", UUID, sa.ForeignKey("story_batches.id", ondelete="CASCADE")),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="draft", nullable=False),
        sa.Column("step", sa.Text()),
        sa.Column("until", sa.Text(), server_default="film", nullable=False),
        _json("reviewed"),
        sa.Column("waiting_for", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("budget", sa.Numeric(14, 6)),
        sa.Column("job_id", UUID, sa.ForeignKey("jobs.id", ondelete="SET NULL")),
        _json("made"),
        _json("choices"),
        _json("paid"),
        _json("uploads"),
        sa.Column("copied_from", UUID),
        _at("created_at", now=True),
        _at("updated_at", now=True),
        _at("started_at"),
        _at("ended_at"),
        _at("deleted_at"),
    )
    living = sa.text("deleted_at IS NULL")
    op.create_index("stories_by_owner", "stories", ["owner_id", "created_at"], postgresql_where=living)
    op.create_index("stories_by_project", "stories", ["project_id"])
    op.create_index("stories_by_batch", "stories", ["batch_id", "position"])
    running = sa.text("status IN ('running', 'waiting')")
    op.create_index("stories_running", "stories", ["id"], postgresql_where=running)
    gone = sa.text("deleted_at IS NOT NULL")
    op.create_index("stories_deleted", "stories", ["deleted_at"], postgresql_where=gone)
    op.create_table(
        "story_versions",
        _of_story(key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        _owner(),
        _json("document", empty=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        _at("created_at", now=True),
    )
    op.create_table(
        "story_shots",
        _of_story(key=True),
        sa.Column("input_hash", sa.Text(), primary_key=True),
        _owner(),
        sa.Column("shot_id", UUID, sa.ForeignKey("shots.id", ondelete="CASCADE"), nullable=False),
        _at("created_at", now=True),
    )
    op.create_index("story_shots_by_hash", "story_shots", ["owner_id", "input_hash"])
    op.create_table(
        "films",
        _id(),
        _owner(),
        _of_story(),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("shape", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("timeline_hash", sa.Text(), nullable=False),
        sa.Column("work_id", UUID, nullable=False),
        _json("files"),
        sa.Column("width", sa.Integer()),
        sa.Column("height", sa.Integer()),
        sa.Column("frames", sa.Integer()),
        sa.Column("seconds", sa.Float()),
        sa.Column("lufs", sa.Float()),
        sa.Column("true_peak", sa.Float()),
        sa.Column("size_bytes", sa.BigInteger()),
        _at("created_at", now=True),
        _at("completed_at"),
        sa.UniqueConstraint("story_id", "timeline_hash", "purpose", name="films_of_timeline"),
    )
    op.create_index("films_by_owner", "films", ["owner_id", "created_at"])


def downgrade() -> None:
    for table in ("films", "story_shots", "story_versions", "stories", "story_batches"):
        op.drop_table(table)
