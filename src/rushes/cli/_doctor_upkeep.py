"""What `rushes doctor` says of the workers' upkeep: periodic tasks, and tasks that fail unforeseen."""

from rushes.cli._verdict import Check, broken, note, ok
from rushes.engine import upkeep
from rushes.engine.installation_waits import installation_waits
from rushes.engine.runtime import Runtime
from rushes.engine.upkeep_views import PeriodicState, PeriodicTaskView, TaskFailureView
from rushes.engine.wait_views import WaitView
from rushes.engine.workers import workers_alive
from rushes.errors import Actor

SEE_THE_LOG = "The log of the worker has the traceback. Please report it; it is tried again."


async def check_upkeep(run: Runtime) -> list[Check]:
    """Return what periodic tasks and the queue's tasks last did."""
    async with run.db.statement() as session:
        alive = await workers_alive(session, run.settings.stalled_after_seconds)
        periodic = await upkeep.periodic_tasks(session, workers=alive > 0)
        failures = await upkeep.task_failures(session)
        waits = await installation_waits(session)
    return [_periodic(periodic), _tasks(failures), *_waits(waits)]


def _waits(waits: list[WaitView]) -> list[Check]:
    if not waits:
        return [ok("Waits", "nothing that could start waits")]
    return [
        note("Waits", _describe_wait(each), each.next_step)
        if each.next_actor is not Actor.OPERATOR
        else broken("Waits", _describe_wait(each), each.next_step)
        for each in waits
    ]


def _describe_wait(wait: WaitView) -> str:
    what = f"{wait.copies} copies" if wait.copies else "1 job" if wait.jobs == 1 else f"{wait.jobs} jobs"
    until = f", until {wait.retry_at:%Y-%m-%d %H:%M:%S} UTC" if wait.retry_at else ""
    return f"{wait.where}: {what} ({wait.waiting_for}{until}). {wait.reason}"


def _periodic(tasks: list[PeriodicTaskView]) -> Check:
    wrong = [each for each in tasks if each.state is not PeriodicState.OK]
    if wrong:
        return broken("Periodic tasks", " ".join(_describe(each) for each in wrong), SEE_THE_LOG)
    if not tasks:
        return ok("Periodic tasks", "none has run yet")
    ran = ", ".join(each.name for each in tasks if each.last_success_at)
    return ok("Periodic tasks", f"last time all succeeded: {ran}")


def _describe(task: PeriodicTaskView) -> str:
    succeeded = f"{task.last_success_at:%Y-%m-%d %H:%M} UTC" if task.last_success_at else "never"
    if task.state is PeriodicState.OVERDUE:
        return f"{task.name} is overdue; last success: {succeeded}."
    times = "once" if task.failures_in_a_row == 1 else f"{task.failures_in_a_row} times in a row"
    return f"{task.name} failed {times} ({task.last_error}); last success: {succeeded}."


def _tasks(failures: list[TaskFailureView]) -> Check:
    if not failures:
        return ok("Tasks", "none fails")
    found = " ".join(
        f"{each.task.removeprefix('rushes:')} {each.subject} failed {each.tries} times ({each.error})."
        for each in failures
    )
    return note("Tasks", found, SEE_THE_LOG)
