"""Options and price of every take, and the options in which a shot differs; filled from the jobs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_PRICED = sa.text("status = 'queued' AND price > 0")
_UNCERTAIN = sa.text("state = 'uncertain'")


def upgrade() -> None:
    for table in ("shots", "videos"):
        column = sa.Column(
            "options",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        )
        op.add_column(table, column)
    op.add_column(
        "videos", sa.Column("price", sa.Numeric(14, 6), server_default=sa.text("0"), nullable=False)
    )
    # A job that has gone on with another provider kept the options of the earlier ones, but not the price.
    op.execute(
        """
        UPDATE videos v
        SET options = COALESCE(j.settings -> 'earlier' -> v.provider, j.settings -> 'options', '{}'),
            price = COALESCE(
                CASE WHEN v.provider <> j.provider THEN (
                    SELECT s.cost_estimate / cardinality(s.subject_ids) FROM submissions s
                    WHERE s.id = v.submission_id AND cardinality(s.subject_ids) > 0) END,
                j.take_price, 0)
        FROM jobs j WHERE j.id = v.job_id
        """
    )
    op.execute("UPDATE jobs SET settings = settings - 'earlier' WHERE settings ? 'earlier'")
    op.drop_column("jobs", "take_price")
    op.drop_index("videos_by_job", "videos")
    # What a job is expected to cost is added up with its counts, from this index alone.
    op.create_index(
        "videos_by_job", "videos", ["job_id", "status", "deleted_at"], postgresql_include=["price"]
    )
    op.create_index("videos_queued_by_price", "videos", ["job_id", "price"], postgresql_where=_PRICED)
    op.create_index("submissions_uncertain", "submissions", ["owner_id"], postgresql_where=_UNCERTAIN)


def downgrade() -> None:
    op.drop_index("submissions_uncertain", "submissions")
    op.drop_index("videos_queued_by_price", "videos")
    op.drop_index("videos_by_job", "videos")
    op.create_index("videos_by_job", "videos", ["job_id", "status", "deleted_at"])
    op.add_column("jobs", sa.Column("take_price", sa.Numeric(14, 6), nullable=True))
    op.execute(
        """
        UPDATE jobs j SET take_price = (
            SELECT max(price) FROM videos v WHERE v.job_id = j.id AND v.provider = j.provider)
        WHERE started_at IS NOT NULL
        """
    )
    op.execute(
        """
        UPDATE jobs j SET settings = settings || jsonb_build_object('earlier', before.options)
        FROM (
            SELECT job_id, jsonb_object_agg(provider, options) AS options FROM (
                SELECT DISTINCT ON (v.job_id, v.provider) v.job_id, v.provider, v.options
                FROM videos v JOIN jobs j ON j.id = v.job_id WHERE v.provider <> j.provider
                ORDER BY v.job_id, v.provider, v.position) each
            GROUP BY job_id) before
        WHERE before.job_id = j.id
        """
    )
    op.drop_column("videos", "price")
    for table in ("videos", "shots"):
        op.drop_column(table, "options")
