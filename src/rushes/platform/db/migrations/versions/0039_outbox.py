"""Receivers, the outbox and deliveries; a trigger that writes messages with the events of the engine."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0039"
down_revision = "0036"
branch_labels = None
depends_on = None

UUID = postgresql.UUID(as_uuid=True)

# Writes a message and its deliveries, and wakes a worker, unless one of them is due anyway. Returns the
# message's id; NULL when nobody wants it, or the same news (`p_occasion`) was written within `p_since`.
ADD = """
CREATE FUNCTION outbox_add(p_owner uuid, p_type text, p_subject text, p_occasion text, p_since interval,
                           p_data jsonb, p_only uuid) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    v_message uuid;
    v_receiver record;
    v_due timestamptz;
BEGIN
    IF NOT EXISTS (
        SELECT FROM receivers WHERE owner_id = p_owner
          AND (id = p_only OR p_only IS NULL AND state <> 'disabled' AND p_type = ANY(events))
    ) OR p_occasion IS NOT NULL AND EXISTS (
        SELECT FROM outbox WHERE owner_id = p_owner AND type = p_type AND subject = p_subject
          AND occasion = p_occasion AND at > now() - p_since
    ) THEN
        RETURN NULL;
    END IF;
    INSERT INTO outbox (id, owner_id, type, subject, occasion, data)
    VALUES (gen_random_uuid(), p_owner, p_type, p_subject, p_occasion, p_data) RETURNING id INTO v_message;
    FOR v_receiver IN
        SELECT * FROM receivers WHERE owner_id = p_owner
          AND (id = p_only OR p_only IS NULL AND state <> 'disabled' AND p_type = ANY(events))
    LOOP
        v_due := now() + make_interval(secs => v_receiver.gather_seconds);
        IF p_only IS NULL AND v_receiver.state = 'active' AND NOT EXISTS (
            SELECT FROM deliveries
            WHERE receiver_id = v_receiver.id AND state = 'pending' AND next_at <= v_due
        ) THEN
            PERFORM procrastinate_defer_jobs_v1(ARRAY[ROW('engine', 'rushes:deliver', 0,
                'receiver:' || v_receiver.id, NULL, jsonb_build_object('receiver_id', v_receiver.id), v_due
            )::procrastinate_job_to_defer_v1]);
        END IF;
        INSERT INTO deliveries (id, owner_id, receiver_id, message_id, state, next_at, answer)
        VALUES (gen_random_uuid(), p_owner, v_receiver.id, v_message,
                CASE WHEN p_only IS NULL AND v_receiver.state = 'paused' THEN 'failed' ELSE 'pending' END,
                v_due, CASE WHEN p_only IS NULL THEN v_receiver.reason END);
    END LOOP;
    RETURN v_message;
END $$
"""
# Which events are messages. Progress, stars and names of what has long ended are events too: what ended more
# than a day ago is no news, and the submission of a take (the end of a job) tells one end from another.
WRITE = """
CREATE FUNCTION write_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_status text := NEW.data->>'status';
    v_waits text := NEW.data->>'waiting_for';
    v_job jobs%ROWTYPE;
    v_video videos%ROWTYPE;
    v_data jsonb;
BEGIN
    IF NOT EXISTS (SELECT FROM receivers WHERE owner_id = NEW.owner_id AND state <> 'disabled') THEN
        RETURN NULL;
    END IF;
    SELECT * INTO v_job FROM jobs WHERE id = NEW.job_id;
    v_data := jsonb_strip_nulls(NEW.data || jsonb_build_object('job_id', NEW.job_id, 'video_id', NEW.video_id,
        'job_name', v_job.name, 'job_kind', v_job.kind));
    IF NEW.type = 'job' THEN
        IF v_status = 'paused' THEN
            IF v_job.paused_by IS DISTINCT FROM 'user' THEN
                PERFORM outbox_add(NEW.owner_id, 'job.needs_you', 'job:' || NEW.job_id,
                    coalesce(v_job.paused_by, ''), interval '10 minutes', v_data, NULL);
            END IF;
        ELSIF v_job.ended_at > now() - interval '1 day' THEN
            PERFORM outbox_add(NEW.owner_id, 'job.' || v_status, 'job:' || NEW.job_id,
                v_job.ended_at::text, interval '2 days', v_data, NULL);
        END IF;
    ELSIF NEW.type = 'video' AND v_status = 'waiting' AND v_waits = 'budget' THEN
        PERFORM outbox_add(NEW.owner_id, 'budget.reached', 'job:' || NEW.job_id, '', interval '1 hour',
            v_data - 'video_id', NULL);
    ELSIF NEW.type = 'video' AND v_status = 'waiting' THEN
        PERFORM outbox_add(NEW.owner_id, 'video.needs_you', 'video:' || NEW.video_id, v_waits,
            interval '10 minutes', v_data, NULL);
        PERFORM outbox_add(NEW.owner_id, 'job.needs_you', 'job:' || NEW.job_id,
            concat(v_waits, ' ', NEW.data->>'error_type'), interval '10 minutes', v_data - 'video_id', NULL);
    ELSIF NEW.type = 'video' THEN
        SELECT * INTO v_video FROM videos WHERE id = NEW.video_id;
        IF coalesce(v_video.generation_completed_at, v_video.generation_started_at, v_video.created_at)
                > now() - interval '1 day' THEN
            PERFORM outbox_add(NEW.owner_id, 'video.' || v_status, 'video:' || NEW.video_id,
                coalesce(v_video.submission_id::text, ''), interval '2 days', v_data, NULL);
        END IF;
    ELSIF NEW.type = 'generation' AND v_waits = 'budget' THEN
        PERFORM outbox_add(NEW.owner_id, 'budget.reached',
            'story:' || coalesce(NEW.data->>'story_id', ''), '', interval '1 hour', v_data, NULL);
    ELSIF NEW.type = 'generation' THEN
        PERFORM outbox_add(NEW.owner_id, 'story.needs_you',
            'story:' || coalesce(NEW.data->>'story_id', ''), concat(v_waits, ' ', NEW.data->>'error_type'),
            interval '10 minutes', v_data, NULL);
    ELSIF NEW.type = 'credential' THEN
        IF v_status IN ('ready', 'disabled', 'deleted') THEN
            UPDATE outbox SET occasion = NULL WHERE owner_id = NEW.owner_id AND occasion IS NOT NULL
              AND type IN ('sign_in.expired', 'key.set_aside')
              AND subject = 'credential:' || (NEW.data->>'credential_id');
        ELSE
            PERFORM outbox_add(NEW.owner_id,
                CASE NEW.data->>'kind' WHEN 'flow_account' THEN 'sign_in.expired' ELSE 'key.set_aside' END,
                'credential:' || (NEW.data->>'credential_id'), v_status, interval '30 days', v_data, NULL);
        END IF;
    ELSE
        PERFORM outbox_add(NEW.owner_id, NEW.type || '.' || v_status, 'work:' || (NEW.data->>'work_id'), NULL,
            NULL, v_data, NULL);
    END IF;
    RETURN NULL;
END $$
"""
TRIGGER = """
CREATE TRIGGER events_write_outbox AFTER INSERT ON events FOR EACH ROW WHEN (
    NEW.type = 'job' AND NEW.data->>'status' IN ('completed', 'failed', 'cancelled', 'paused')
    OR NEW.type = 'video' AND (NEW.data->>'status' IN ('completed', 'failed')
        OR NEW.data->>'status' = 'waiting' AND NEW.data->>'waiting_for' IN ('person', 'uncertain', 'budget'))
    OR NEW.type = 'generation' AND NEW.data->>'status' = 'waiting'
        AND NEW.data->>'waiting_for' IN ('person', 'uncertain', 'budget')
    OR NEW.type = 'credential'
    OR NEW.type IN ('film', 'upscale') AND NEW.data->>'status' IN ('completed', 'failed')
) EXECUTE FUNCTION write_outbox()
"""


def _id() -> sa.Column:
    return sa.Column("id", UUID, primary_key=True)


def _to(name: str, table: str) -> sa.Column:
    return sa.Column(name, UUID, sa.ForeignKey(f"{table}.id", ondelete="CASCADE"), nullable=False)


def _text(name: str, *, null: bool = False, default: str | None = None) -> sa.Column:
    return sa.Column(name, sa.Text(), nullable=null, server_default=default)


def _at(name: str, *, now: bool = False) -> sa.Column:
    default = sa.func.now() if now else None
    return sa.Column(name, sa.DateTime(timezone=True), server_default=default, nullable=not now)


def _number(name: str, *, zero: bool = False) -> sa.Column:
    return sa.Column(name, sa.Integer(), server_default=sa.text("0") if zero else None, nullable=not zero)


def upgrade() -> None:
    op.create_table(
        "receivers",
        _id(),
        _to("owner_id", "spaces"),
        _text("kind"),
        _text("name"),
        _text("address"),
        _text("secret"),
        _text("previous_secret", null=True),
        _at("previous_until"),
        sa.Column("events", postgresql.ARRAY(sa.Text()), nullable=False),
        _text("state", default="active"),
        _text("reason", null=True),
        _at("failing_since"),
        _at("last_success_at"),
        _number("gather_seconds", zero=True),
        _at("created_at", now=True),
    )
    op.create_index("receivers_by_owner", "receivers", ["owner_id"])
    op.create_table(
        "outbox",
        _id(),
        _to("owner_id", "spaces"),
        _text("type"),
        _text("subject"),
        _text("occasion", null=True),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        _at("at", now=True),
    )
    op.create_index("outbox_by_subject", "outbox", ["owner_id", "type", "subject", "at"])
    op.create_table(
        "deliveries",
        _id(),
        _to("owner_id", "spaces"),
        _to("receiver_id", "receivers"),
        _to("message_id", "outbox"),
        _text("state", default="pending"),
        _number("attempts", zero=True),
        _at("next_at", now=True),
        _number("http_status"),
        _number("milliseconds"),
        _text("answer", null=True),
        _at("created_at", now=True),
        _at("ended_at"),
        sa.UniqueConstraint("receiver_id", "message_id", name="deliveries_once"),
    )
    pending = sa.text("state = 'pending'")
    op.create_index("deliveries_due", "deliveries", ["receiver_id", "next_at"], postgresql_where=pending)
    op.create_index("deliveries_in_order", "deliveries", ["receiver_id", "created_at"])
    op.create_index("deliveries_by_message", "deliveries", ["message_id"])
    for statement in (ADD, WRITE, TRIGGER):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TRIGGER events_write_outbox ON events")
    op.execute("DROP FUNCTION write_outbox()")
    op.execute("DROP FUNCTION outbox_add(uuid, text, text, text, interval, jsonb, uuid)")
    for table in ("deliveries", "outbox", "receivers"):
        op.drop_table(table)
