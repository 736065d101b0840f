"""People: a space owns what a user owned; spaces have members; sessions, tokens, invites, an audit.

The owner of everything so far becomes a personal space with the same id: nothing else moves.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from rushes.platform.db.models import LOCAL_OWNER

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

UUID = postgresql.UUID(as_uuid=True)
TRIGGER = """
CREATE FUNCTION personal_space() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO spaces (id, kind, name) VALUES (NEW.id, 'personal', NEW.name) ON CONFLICT DO NOTHING;
    INSERT INTO memberships (space_id, user_id, role) VALUES (NEW.id, NEW.id, 'manager')
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$
"""


def _id() -> sa.Column:
    return sa.Column("id", UUID, primary_key=True)


def _to(name: str, table: str, gone: str, *, null: bool = False, key: bool = False) -> sa.Column:
    return sa.Column(name, UUID, sa.ForeignKey(f"{table}.id", ondelete=gone), nullable=null, primary_key=key)


def _at(name: str, *, now: bool = False, null: bool = False) -> sa.Column:
    default = sa.func.now() if now else None
    return sa.Column(name, sa.DateTime(timezone=True), server_default=default, nullable=null)


def _text(name: str, *, null: bool = False) -> sa.Column:
    return sa.Column(name, sa.Text(), nullable=null)


def _owners_refer_to(table: str, earlier: str) -> None:
    """Have every `owner_id`, in whichever table, refer to another table's ids."""
    connection = op.get_bind()
    found = connection.exec_driver_sql(
        "SELECT c.conname, c.conrelid::regclass::text FROM pg_constraint c JOIN pg_attribute a"  # noqa: S608  # only our own constants
        " ON a.attrelid = c.conrelid AND c.conkey = ARRAY[a.attnum]"
        f" WHERE c.contype = 'f' AND c.confrelid = '{earlier}'::regclass AND a.attname = 'owner_id'"
    ).all()
    for name, of in found:
        connection.exec_driver_sql(
            f'ALTER TABLE {of} DROP CONSTRAINT "{name}",'
            f' ADD CONSTRAINT "{name}" FOREIGN KEY (owner_id) REFERENCES {table} (id)'
        )


def upgrade() -> None:
    op.create_table("spaces", _id(), _text("kind"), _text("name"), _at("created_at", now=True))
    op.create_table(
        "memberships",
        _to("space_id", "spaces", "CASCADE", key=True),
        _to("user_id", "users", "CASCADE", key=True),
        _text("role"),
        _at("created_at", now=True),
    )
    op.create_index("memberships_by_user", "memberships", ["user_id"])
    for column in (
        _text("email", null=True),
        _at("email_verified_at", null=True),
        _text("password_hash", null=True),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("is_admin", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        _at("last_login_at", null=True),
    ):
        op.add_column("users", column)
    op.create_index("users_by_email", "users", [sa.text("lower(email)")], unique=True)
    op.execute(f"UPDATE users SET status = 'local' WHERE id = '{LOCAL_OWNER}'")  # noqa: S608  # only our own constants
    op.execute(
        "INSERT INTO spaces (id, kind, name, created_at) SELECT id, 'personal', name, created_at FROM users"
    )
    op.execute("INSERT INTO memberships (space_id, user_id, role) SELECT id, id, 'manager' FROM users")
    op.execute(TRIGGER)
    op.execute(
        "CREATE TRIGGER users_have_a_space AFTER INSERT ON users FOR EACH ROW"
        " EXECUTE FUNCTION personal_space()"
    )
    _owners_refer_to("spaces", "users")
    for table in ("jobs", "stories"):
        op.add_column(table, _to("created_by", "users", "SET NULL", null=True))
    op.create_table(
        "sessions",
        _id(),
        _to("user_id", "users", "CASCADE"),
        _text("method"),
        _at("created_at", now=True),
        _at("seen_at", now=True),
        _at("expires_at"),
        _at("proved_at"),
        _to("space_id", "spaces", "SET NULL", null=True),
        _text("ip", null=True),
        _text("agent", null=True),
    )
    op.create_index("sessions_by_user", "sessions", ["user_id"])
    op.create_table(
        "session_tokens",
        sa.Column("hash", sa.LargeBinary(), primary_key=True),
        _to("session_id", "sessions", "CASCADE"),
        sa.Column("salt", sa.LargeBinary()),
        _at("replaced_at", null=True),
    )
    op.create_index("session_tokens_by_session", "session_tokens", ["session_id"])
    op.create_table(
        "api_tokens",
        _id(),
        _to("user_id", "users", "CASCADE"),
        _to("space_id", "spaces", "CASCADE"),
        _text("name"),
        _text("prefix"),
        sa.Column("hash", sa.LargeBinary(), nullable=False, unique=True),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        _at("created_at", now=True),
        _at("expires_at", null=True),
        _at("used_at", null=True),
        _at("revoked_at", null=True),
    )
    op.create_index("api_tokens_by_user", "api_tokens", ["user_id"])
    op.create_index("api_tokens_by_space", "api_tokens", ["space_id"])
    op.create_table(
        "one_time",
        _id(),
        sa.Column("hash", sa.LargeBinary(), nullable=False, unique=True),
        _text("kind"),
        _to("user_id", "users", "CASCADE", null=True),
        _text("email", null=True),
        _to("space_id", "spaces", "CASCADE", null=True),
        _text("role", null=True),
        _to("created_by", "users", "CASCADE", null=True),
        _at("created_at", now=True),
        _at("expires_at"),
    )
    op.create_index("one_time_by_space", "one_time", ["space_id"])
    op.create_table(
        "rate_limits",
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        _at("until", null=True),
        _at("expires_at"),
        prefixes=["UNLOGGED"],
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        _at("at", now=True),
        sa.Column("user_id", UUID),
        sa.Column("token_id", UUID),
        sa.Column("space_id", UUID),
        _text("ip", null=True),
        _text("action"),
        _text("target", null=True),
        sa.Column("detail", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
    )
    op.create_index("audit_by_space", "audit", ["space_id", "id"])


def downgrade() -> None:
    op.execute("DROP TRIGGER users_have_a_space ON users")
    op.execute("DROP FUNCTION personal_space()")
    # A shared space owns things too: before there were spaces, only a user could.
    op.execute("INSERT INTO users (id, name) SELECT id, name FROM spaces ON CONFLICT DO NOTHING")
    _owners_refer_to("users", "spaces")
    for table in ("jobs", "stories"):
        op.drop_column(table, "created_by")
    for table in (
        "audit",
        "rate_limits",
        "one_time",
        "api_tokens",
        "session_tokens",
        "sessions",
        "memberships",
    ):
        op.drop_table(table)
    op.drop_table("spaces")
    op.drop_index("users_by_email", "users")
    for column in ("email", "email_verified_at", "password_hash", "status", "is_admin", "last_login_at"):
        op.drop_column("users", column)
