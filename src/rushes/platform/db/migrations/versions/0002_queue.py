"""The queue's own tables (Procrastinate 3.10) and the local owner."""

import procrastinate
from alembic import op
from procrastinate.schema import SchemaManager
from sqlalchemy import text

from rushes.platform.db.models import LOCAL_OWNER

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    # An upgrade of Procrastinate adds a migration of ours that applies the library's own files that
    # are newer than the version noted here.
    connection.exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
    connection.exec_driver_sql(
        f"COMMENT ON TABLE procrastinate_jobs IS 'schema of procrastinate {procrastinate.__version__}'"
    )
    # Fetching a task looks for earlier tasks with its lock; the library's index begins with the id.
    connection.exec_driver_sql(
        "CREATE INDEX procrastinate_jobs_open_lock ON procrastinate_jobs (lock)"
        " WHERE status IN ('todo', 'doing') AND lock IS NOT NULL"
    )
    connection.execute(
        text("INSERT INTO users (id, name) VALUES (:id, 'local')"),
        {"id": LOCAL_OWNER},
    )


def downgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql(
        "DROP TABLE procrastinate_periodic_defers, procrastinate_events, procrastinate_jobs,"
        " procrastinate_workers CASCADE"
    )
    # The library brings functions and types besides, and no words to take them back.
    for kind, found in (
        ("FUNCTION", "SELECT oid::regprocedure::text FROM pg_proc WHERE proname LIKE 'procrastinate%%'"),
        (
            "TYPE",
            "SELECT oid::regtype::text FROM pg_type"
            " WHERE typname LIKE 'procrastinate%%' AND typtype IN ('c', 'e')",
        ),
    ):
        for each in list(connection.exec_driver_sql(found).scalars()):
            connection.exec_driver_sql(f"DROP {kind} {each} CASCADE")
