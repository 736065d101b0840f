"""Keys belong to a service: which one, the providers each serves, and who did not take it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

LIVE = sa.text("state <> 'deleted'")
GOOGLE = ("omni", "veo")
"""What shared a service when this was written; every other provider had one of its own."""


def upgrade() -> None:
    op.add_column("credentials", sa.Column("service", sa.Text(), nullable=True))
    op.add_column("credentials", sa.Column("serves", postgresql.ARRAY(sa.Text()), nullable=True))
    op.add_column(
        "credentials",
        sa.Column(
            "refused",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
    )
    op.get_bind().execute(
        sa.text(
            "UPDATE credentials SET serves = ARRAY[provider],"
            " service = CASE WHEN provider = ANY(:google) THEN 'google' ELSE provider END"
        ),
        {"google": list(GOOGLE)},
    )
    op.alter_column("credentials", "service", nullable=False)
    op.alter_column("credentials", "serves", nullable=False)
    _make_names_unique()
    op.drop_index("credentials_by_name", table_name="credentials", postgresql_where=LIVE)
    op.create_index(
        "credentials_by_name",
        "credentials",
        ["owner_id", "service", "name"],
        unique=True,
        postgresql_where=LIVE,
    )
    op.drop_index("credentials_by_provider", table_name="credentials")
    op.create_index("credentials_by_provider", "credentials", ["serves"], postgresql_using="gin")


def _make_names_unique() -> None:
    """A name was one key of a provider; now it is one of the service. The older key keeps it."""
    bind = op.get_bind()
    rows = bind.execute(
        sa.text(
            "SELECT id, owner_id, service, provider, name FROM credentials"
            " WHERE state <> 'deleted' ORDER BY created_at, id"
        )
    ).all()
    taken = {(row.owner_id, row.service, row.name) for row in rows}
    seen: set[tuple[object, str, str]] = set()
    for row in rows:
        name, number = row.name, 1
        while (row.owner_id, row.service, name) in seen or (
            name != row.name and (row.owner_id, row.service, name) in taken
        ):
            name = f"{row.name} ({row.provider}{f' {number}' if number > 1 else ''})"
            number += 1
        seen.add((row.owner_id, row.service, name))
        if name != row.name:
            bind.execute(
                sa.text("UPDATE credentials SET name = :name WHERE id = :id"), {"id": row.id, "name": name}
            )


def downgrade() -> None:
    op.drop_index("credentials_by_provider", table_name="credentials", postgresql_using="gin")
    op.create_index("credentials_by_provider", "credentials", ["provider", "state"])
    op.drop_index("credentials_by_name", table_name="credentials", postgresql_where=LIVE)
    op.create_index(
        "credentials_by_name",
        "credentials",
        ["owner_id", "provider", "name"],
        unique=True,
        postgresql_where=LIVE,
    )
    op.drop_column("credentials", "refused")
    op.drop_column("credentials", "serves")
    op.drop_column("credentials", "service")
