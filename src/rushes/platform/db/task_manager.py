"""Takes tasks from the queue, and gives them back done, many at a time.

Procrastinate asks for one task after another, each a round trip; a job of a thousand shots would take
seconds to get going. The rules of what may be taken are the library's own (3.10, `fetch_job_v2`).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

from procrastinate import jobs, manager
from procrastinate.connector import BaseConnector
from procrastinate.exceptions import ConnectorException

from rushes.platform.batching import Together
from rushes.platform.db.faults import database_is_away

AT_ONCE = 50
RESTART_SECONDS = 30.0
AGAIN_SECONDS = 0.2

_TAKE = """
    WITH candidates AS (
        SELECT jobs.id FROM procrastinate_jobs AS jobs
        WHERE jobs.status = 'todo'
          AND (%(queues)s::varchar[] IS NULL OR jobs.queue_name = ANY(%(queues)s::varchar[]))
          AND (jobs.scheduled_at IS NULL OR jobs.scheduled_at <= now())
          AND NOT EXISTS (
              SELECT 1 FROM procrastinate_jobs AS others
              WHERE jobs.lock IS NOT NULL AND others.lock = jobs.lock
                AND (others.status = 'doing'
                     OR (others.status = 'todo'
                         AND (others.priority > jobs.priority
                              OR (others.priority = jobs.priority AND others.id < jobs.id)))))
        ORDER BY jobs.priority DESC, jobs.id LIMIT %(most)s
        FOR UPDATE OF jobs SKIP LOCKED
    ), taken AS (
        UPDATE procrastinate_jobs SET status = 'doing', worker_id = %(worker_id)s
        FROM candidates WHERE procrastinate_jobs.id = candidates.id
        RETURNING procrastinate_jobs.*
    )
    SELECT id, status, task_name, priority, lock, queueing_lock, args, scheduled_at, queue_name, attempts,
           worker_id
    FROM taken ORDER BY priority DESC, id
"""

_DONE = """
    DELETE FROM procrastinate_jobs t
    USING unnest(%(ids)s::bigint[], %(workers)s::bigint[]) AS d (id, worker_id)
    WHERE t.id = d.id AND t.worker_id = d.worker_id AND t.status = 'doing'
"""
_OURS = """
    SELECT id FROM procrastinate_jobs
    WHERE id = %(id)s AND worker_id = %(worker_id)s AND status = 'doing'
"""


async def _through_a_restart(note: Callable[[], Awaitable[None]]) -> None:
    """Note the end of a task also when the database restarts in that moment.

    A task whose end is not noted would be at work for ever: its worker lives on. After a longer outage the
    worker begins anew, and its old tasks are taken over.
    """
    until = time.monotonic() + RESTART_SECONDS
    while True:
        try:
            await note()
        except ConnectorException as error:
            if not database_is_away(error) or time.monotonic() > until:
                raise
            await asyncio.sleep(AGAIN_SECONDS)
        else:
            return


class TaskManager(manager.JobManager):
    """Procrastinate's job manager, for a worker that runs at most `concurrency` tasks.

    With `limits`, at most so many of a queue at once: those beyond stay in the queue for other workers.

    A worker that was silent for too long (a laptop that slept) has lost its tasks without knowing: it must
    neither begin one a second time beside itself nor end one that another worker has by now.
    """

    def __init__(
        self, connector: BaseConnector, concurrency: int, limits: Mapping[str, int] | None = None
    ) -> None:
        super().__init__(connector)
        self.concurrency = concurrency
        self._free = concurrency
        self._free_of = dict(limits or {})
        self._wake: manager.NotificationCallback | None = None
        self._taken: list[jobs.Job] = []
        self._at_work: set[int | None] = set()
        self._delete: Together[jobs.Job, None] = Together(self._delete_together)

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> jobs.Job | None:
        """The next task, or None. What was taken with it is handed out by the next calls."""
        if not self._taken:
            if self._free_of:
                queues = [each for each, free in self._free_of.items() if free > 0]
            rows = await self.connector.execute_query_all_async(
                query=_TAKE,
                queues=None if queues is None else list(queues),
                worker_id=worker_id,
                most=1 if self._free_of else max(1, min(AT_ONCE, self._free)),
            )
            taken = [jobs.Job.from_row(row) for row in reversed(rows)]
            # One that is at work here was lost, and is ours again.
            self._taken = [job for job in taken if job.id not in self._at_work]
        if not self._taken:
            return None
        job = self._taken.pop()
        self._free -= 1
        if job.queue in self._free_of:
            self._free_of[job.queue] -= 1
        self._at_work.add(job.id)
        return job

    async def finish_job(self, job: jobs.Job, status: jobs.Status, delete_job: bool) -> None:
        """Note the end of a task. Those that went well are deleted, many in one statement."""
        await self._end(job)
        finish = super().finish_job

        async def note() -> None:
            if delete_job:
                await self._delete(job)
            elif await self._is_ours(job):
                await finish(job, status, delete_job)

        await _through_a_restart(note)

    async def retry_job(self, job: jobs.Job, *args: Any, **kwargs: Any) -> None:
        """Put a task back for later."""
        await self._end(job)
        put_back = super().retry_job

        async def note() -> None:
            if await self._is_ours(job):
                await put_back(job, *args, **kwargs)

        await _through_a_restart(note)

    async def listen_for_jobs(
        self, *, on_notification: manager.NotificationCallback, queues: Iterable[str] | None = None
    ) -> None:
        """Call back for each task that comes, and when a queue that was full has room again."""
        self._wake = on_notification
        await super().listen_for_jobs(on_notification=on_notification, queues=queues)

    async def _end(self, job: jobs.Job) -> None:
        self._free += 1
        self._at_work.discard(job.id)
        if job.queue in self._free_of:
            self._free_of[job.queue] += 1
            if self._wake is not None:
                # The worker has asked in vain while this queue was full, and does not ask again at an end.
                await self._wake(
                    channel=job.queue, notification={"type": "job_inserted", "job_id": job.id or 0}
                )

    async def _is_ours(self, job: jobs.Job) -> bool:
        given = {"id": job.id, "worker_id": job.worker_id}
        return bool(await self.connector.execute_query_all_async(query=_OURS, **given))

    async def _delete_together(self, done: Sequence[jobs.Job]) -> Sequence[None]:
        ids, workers = [job.id for job in done], [job.worker_id for job in done]
        await self.connector.execute_query_async(query=_DONE, ids=ids, workers=workers)
        return [None] * len(done)
