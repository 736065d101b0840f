"""Takes tasks from the queue, and gives them back done, many at a time.

Procrastinate asks for one task after another, each a round trip; a job of a thousand shots would take
seconds to get going. The rules of what may be taken are the library's own (3.10, `fetch_job_v2`).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from procrastinate import jobs, manager
from procrastinate.connector import BaseConnector

from rushes.together import Together

AT_ONCE = 50

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

_DONE = "DELETE FROM procrastinate_jobs WHERE id = ANY(%(ids)s) AND status IN ('todo', 'doing')"


class TaskManager(manager.JobManager):
    """Procrastinate's job manager, for a worker that runs at most `concurrency` tasks."""

    def __init__(self, connector: BaseConnector, concurrency: int) -> None:
        super().__init__(connector)
        self._free = concurrency
        self._taken: list[jobs.Job] = []
        self._delete: Together[int, None] = Together(self._delete_together)

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> jobs.Job | None:
        """The next task, or None. What was taken with it is handed out by the next calls."""
        if not self._taken:
            rows = await self.connector.execute_query_all_async(
                query=_TAKE,
                queues=None if queues is None else list(queues),
                worker_id=worker_id,
                most=max(1, min(AT_ONCE, self._free)),
            )
            self._taken = [jobs.Job.from_row(row) for row in reversed(rows)]
        if not self._taken:
            return None
        self._free -= 1
        return self._taken.pop()

    async def finish_job(self, job: jobs.Job, status: jobs.Status, delete_job: bool) -> None:
        """Note the end of a task. Those that went well are deleted, many in one statement."""
        self._free += 1
        if delete_job and job.id is not None:
            await self._delete(job.id)
        else:
            await super().finish_job(job, status, delete_job)

    async def retry_job(self, job: jobs.Job, *args: Any, **kwargs: Any) -> None:
        """Put a task back for later."""
        self._free += 1
        await super().retry_job(job, *args, **kwargs)

    async def _delete_together(self, ids: Sequence[int]) -> Sequence[None]:
        await self.connector.execute_query_async(query=_DONE, ids=list(ids))
        return [None] * len(ids)
