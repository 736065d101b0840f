"""Share links to jobs, takes and films, and what guests say of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

UUID = postgresql.UUID(as_uuid=True)


def _id() -> sa.Column:
    return sa.Column("id", UUID, primary_key=True)


def _to(name: str, table: str, gone: str | None, *, null: bool = False) -> sa.Column:
    return sa.Column(name, UUID, sa.ForeignKey(f"{table}.id", ondelete=gone), nullable=null)


def _at(name: str, *, now: bool = False, null: bool = False) -> sa.Column:
    default = sa.func.now() if now else None
    return sa.Column(name, sa.DateTime(timezone=True), server_default=default, nullable=null)


def upgrade() -> None:
    op.create_table(
        "share_links",
        _id(),
        _to("owner_id", "spaces", None),
        _to("created_by", "users", "SET NULL", null=True),
        sa.Column("hash", sa.LargeBinary(), nullable=False, unique=True),
        sa.Column("name", sa.Text(), nullable=False),
        _to("job_id", "jobs", "CASCADE", null=True),
        _to("film_id", "films", "CASCADE", null=True),
        sa.Column("video_ids", sa.ARRAY(UUID), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("download", sa.Boolean(), nullable=False),
        sa.Column("feedback", sa.Boolean(), nullable=False),
        sa.Column("views", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("downloads", sa.Integer(), server_default=sa.text("0"), nullable=False),
        _at("created_at", now=True),
        _at("expires_at"),
        _at("seen_at", null=True),
    )
    op.create_index("share_links_by_owner", "share_links", ["owner_id", "created_at"])
    op.create_table(
        "guest_reviews",
        _id(),
        _to("owner_id", "spaces", None),
        _to("link_id", "share_links", "CASCADE"),
        _to("video_id", "videos", "CASCADE"),
        sa.Column("guest", sa.Text(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        _at("created_at", now=True),
        sa.UniqueConstraint("link_id", "video_id", "guest", name="guest_reviews_once"),
    )


def downgrade() -> None:
    op.drop_table("guest_reviews")
    op.drop_table("share_links")
