"""What does not start says why on the command line: `show`, `jobs`, `doctor`."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from rich.console import Console

from rushes.cli._progress import job_words, shot_lines
from rushes.cli.show import details
from rushes.engine.next_step import WaitsOn
from rushes.engine.states import VideoStatus
from tests.cli.installation import Installation
from tests.cli.test_words import job, video

OWNER = "00000000-0000-0000-0000-000000000001"
JOB = "00000000-0000-7000-8000-00000000a11e"
REASON = "studio key is cooling down for Veo"
LATER = datetime.now(UTC) + timedelta(hours=3)


def test_a_line_says_the_reason_the_time_and_who_acts():
    [line] = shot_lines(
        [video(VideoStatus.QUEUED, waiting_for=WaitsOn.COOL_DOWN, wait_reason=REASON, retry_at=LATER)]
    )
    assert line.words == f"again at {LATER.astimezone():%H:%M:%S}: {REASON}"
    [alone] = shot_lines([video(VideoStatus.QUEUED, waiting_for=WaitsOn.WORKER, wait_reason="No worker.")])
    assert alone.words == "No worker. Start a worker: `rushes worker`."
    [usual] = shot_lines([video(VideoStatus.QUEUED, waiting_for=WaitsOn.TURN, wait_reason="Its turn.")])
    assert usual.words == "queued"


def test_the_summary_of_a_job_says_it_too():
    held = job(waiting_for=WaitsOn.COOL_DOWN, wait_reason=REASON, retry_at=LATER)
    assert REASON in job_words(held)
    console = Console(width=200, record=True)
    console.print(details(held, []))
    assert REASON in console.export_text()


@pytest.fixture
def stalled(rushes: Installation) -> Iterator[None]:
    """A job for a provider whose only key is out of quota; a worker is there."""
    with psycopg.connect(rushes.database, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO credentials (id, owner_id, service, provider, serves, kind, name, last_four, secret,"
            " fields, origin, state, resting_until, resting_for)"
            " VALUES (gen_random_uuid(), %s, 'google', 'veo', ARRAY['veo'], 'key', 'studio key', '1234', '',"
            " '{}', 'user', 'ready', now() + interval '3 h', 'quota')",
            [OWNER],
        )
        connection.execute(
            "INSERT INTO jobs (id, owner_id, name, status, provider, model, outputs, settings, queue_rank,"
            " image_count, prompt_count, started_at)"
            " VALUES (%s, %s, 'a stalled job', 'processing', 'veo', 'veo-3', 1, '{}', 0, 0, 1, now())",
            [JOB, OWNER],
        )
        connection.execute(
            "INSERT INTO shots (id, owner_id, job_id, number, prompt, seed)"
            " VALUES (%s, %s, %s, 1, 'a fox', 1)",
            [JOB, OWNER, JOB],
        )
        connection.execute(
            "INSERT INTO videos (id, owner_id, job_id, shot_id, position, prompt_number, video_index, status,"
            " retry_count, prompt_text, seed, provider, model, selected, upscaled)"
            " VALUES (gen_random_uuid(), %s, %s, %s, 1, 1, 1, 'queued', 0, 'a fox', 1, 'veo', 'veo-3', false,"
            " false)",
            [OWNER, JOB, JOB],
        )
        connection.execute(
            "INSERT INTO worker_queues (worker, queues, silent_seconds) VALUES ('a test', ARRAY['veo'], 600)"
        )
        yield
        connection.execute("DELETE FROM jobs WHERE id = %s", [JOB])
        connection.execute("DELETE FROM credentials WHERE name = 'studio key'")
        connection.execute("DELETE FROM worker_queues WHERE worker = 'a test'")


@pytest.mark.usefixtures("stalled")
def test_show_jobs_and_doctor_name_the_key_its_time_and_who_acts(rushes: Installation):
    shown = rushes("show", JOB, "--json").json()
    assert (shown["waiting_for"], shown["videos"][0]["waiting_for"]) == ("cool_down", "cool_down")
    assert "studio key is cooling down" in rushes("show", JOB).out
    listed = rushes("jobs")
    assert "a stalled job: again at" in listed.out + listed.err
    checks = {each["name"]: each for each in rushes("doctor", "--json").json()}
    assert "cool_down" in checks["Waits"]["found"] and checks["Waits"]["verdict"] == "note"
