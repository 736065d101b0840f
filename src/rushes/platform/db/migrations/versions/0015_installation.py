"""Who the installation is becomes a row (it was a comment on an index); how periodic work and tasks fare."""

from uuid import UUID, uuid4

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_NOW = sa.text("now()")
_INDEX = "copies_to_make"


def upgrade() -> None:
    op.create_table(
        "installation",
        sa.Column("singleton", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "bucket_turns", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.CheckConstraint("singleton", name="installation_is_one_row"),
        sa.PrimaryKeyConstraint("singleton"),
    )
    identity, turns = _from_comment(op.get_bind().scalar(sa.text(f"SELECT {_COMMENT}")))
    op.get_bind().execute(
        sa.text("INSERT INTO installation (id, bucket_turns) VALUES (:id, :turns)"),
        {"id": identity, "turns": turns},
    )
    op.execute(f"COMMENT ON INDEX {_INDEX} IS NULL")
    op.create_table(
        "periodic_tasks",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("machine", sa.Text(), nullable=False),
        sa.Column("interval_seconds", sa.Double(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("succeeded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("failures_in_a_row", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("name", "machine"),
    )
    op.create_table(
        "task_failures",
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.PrimaryKeyConstraint("task", "subject"),
    )


_COMMENT = f"obj_description('{_INDEX}'::regclass)"


def _from_comment(comment: str | None) -> tuple[UUID, list[str]]:
    """The id and the turns that a comment `installation ID TURN…` names.

    A database that lost the comment gets a new id: what another one marked stays alone until `storage adopt`.
    """
    _, given, *turns = (comment or "").split() if (comment or "").count(" ") else ("", "")
    try:
        return UUID(given), turns
    except ValueError:
        return uuid4(), []


def downgrade() -> None:
    identity, turns = op.get_bind().execute(sa.text("SELECT id, bucket_turns FROM installation")).one()
    words = " ".join(("installation", str(identity), *turns))
    if not words.replace("-", "").replace(" ", "").isalnum():  # a comment takes no parameters
        raise ValueError(f"not the name of an installation: {words!r}")
    op.execute(f"COMMENT ON INDEX {_INDEX} IS '{words}'")
    op.drop_table("task_failures")
    op.drop_table("periodic_tasks")
    op.drop_table("installation")
