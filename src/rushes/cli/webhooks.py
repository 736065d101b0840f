"""`rushes webhooks …`: addresses that messages are posted to when something happens."""

from typing import Annotated
from uuid import UUID

import typer
from rich.text import Text

from rushes.cli._background import Background
from rushes.cli._exit import Code, exit_with
from rushes.cli._options import JsonOption, YesOption
from rushes.cli._output import count, print_json, print_note, print_result, short, stdout, table, when
from rushes.cli._session import acting_user, confirm_deletion, find_receiver, with_runtime
from rushes.engine.runtime import Runtime
from rushes.errors import Fault, Invalid
from rushes.notices import webhooks
from rushes.notices.event_types import CHOOSABLE, DEFAULT_TYPES, MessageType
from rushes.notices.webhook_views import DeliveryState, DeliveryView, NewWebhook, ReplayRequest

WebhookArg = Annotated[
    str, typer.Argument(metavar="WEBHOOK", help="Its name, its id, or the start of its id.")
]
STATES = {"active": "green", "paused": "yellow", "disabled": "dim"}
SENT = {DeliveryState.DELIVERED: "green", DeliveryState.FAILED: "red", DeliveryState.PENDING: "yellow"}


def list_(json: JsonOption = False) -> None:
    """List your webhooks: whether they answer, and what is still to be sent.

    [bold]Example[/bold]
    $ rushes webhooks list
    """

    async def command(run: Runtime) -> int:
        async with run.db.statement() as session:
            found = await webhooks.list_webhooks(session, acting_user())
        if json:
            print_json(found)
        elif not found:
            print_note("There is no webhook yet: rushes webhooks add URL")
        else:
            rows = table("webhook", "name", "url", "status", "pending", "failed", right=("pending", "failed"))
            for each in found:
                state = Text(each.state, STATES[each.state])
                if each.reason:
                    state.append(f": {each.reason}")
                counts = (str(each.pending), str(each.failed))
                rows.add_row(short(each.id), Text(each.name), Text(each.url), state, *counts)
            stdout().print(rows)
        return Code.DONE

    exit_with(with_runtime(command))


def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="https:// address that messages are posted to.")],
    name: Annotated[str, typer.Option(help="What to call it.", show_default=False)] = "",
    event: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TYPE",
            help="What to send. May be given several times; `all` is everything.",
            show_default=False,
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Add a webhook. Its secret is shown this once.

    [bold]Examples[/bold]
    $ rushes webhooks add https://ci.example.org/rushes
    $ rushes webhooks add https://ci.example.org/rushes --event job.completed --event job.needs_you
    """

    async def command(run: Runtime) -> int:
        new = NewWebhook(url=url, name=name, events=types_given(event))
        made = await webhooks.add_webhook(run, acting_user(), new)
        if json:
            print_json(made)
        else:
            print_result(f"Webhook {short(made.id)} ({made.name}) is added. Its secret, shown this once:")
            print_result(made.secret)
        return Code.DONE

    exit_with(with_runtime(command))


def types_given(given: list[str] | None) -> list[MessageType]:
    """Return the types that options name; the usual ones for none. Raises `Invalid`."""
    if not given:
        return list(DEFAULT_TYPES)
    if given == ["all"]:
        return list(CHOOSABLE)
    wrong = [each for each in given if each not in CHOOSABLE]
    if wrong:
        known = ", ".join(CHOOSABLE)
        faults = [Fault(f"--event {each}", f"There are: {known}.", "bad_option") for each in wrong]
        raise Invalid("There is no such type.", faults)
    return [MessageType(each) for each in given]


def check(webhook: WebhookArg, json: JsonOption = False) -> None:
    """Send a `ping` to a webhook now, and print what it answered.

    [bold]Example[/bold]
    $ rushes webhooks test ci
    """

    async def command(run: Runtime) -> int:
        sent = await webhooks.send_test(run, acting_user(), await _find(run, webhook))
        if json:
            print_json(sent)
        else:
            print_result(_outcome(sent))
        return Code.DONE if sent.state is DeliveryState.DELIVERED else Code.NEEDS_YOU

    exit_with(with_runtime(command))


def _outcome(sent: DeliveryView) -> str:
    status = f"answered {sent.http_status}" if sent.http_status is not None else "did not answer"
    words = f": {sent.answer}" if sent.answer else "."
    verdict = "Accepted" if sent.state is DeliveryState.DELIVERED else "Not accepted"
    return f"{verdict}. The receiver {status} after {sent.milliseconds or 0} ms{words}"


def deliveries(
    webhook: WebhookArg,
    limit: Annotated[int, typer.Option(min=1, max=webhooks.MOST_DELIVERIES, help="The most to list.")] = 20,
    json: JsonOption = False,
) -> None:
    """List what was sent to a webhook, or will be, the newest first.

    [bold]Example[/bold]
    $ rushes webhooks deliveries ci
    """

    async def command(run: Runtime) -> int:
        found_id = await _find(run, webhook)
        async with run.db.begin() as session:
            found = await webhooks.list_deliveries(session, acting_user(), found_id, limit=limit)
        if json:
            print_json(found)
        elif not found:
            print_note("Nothing was sent to it yet.")
        else:
            rows = table("delivery", "type", "created", "status", "attempts", "answer", right=("attempts",))
            for each in found:
                status = "" if each.http_status is None else f" ({each.http_status})"
                rows.add_row(
                    short(each.id),
                    each.type,
                    when(each.created_at),
                    Text(f"{each.state}{status}", SENT[each.state]),
                    str(each.attempts),
                    Text(" ".join((each.answer or "").split())),
                )
            stdout().print(rows)
        return Code.DONE

    exit_with(with_runtime(command))


def replay(
    webhook: WebhookArg,
    delivery: Annotated[
        str | None,
        typer.Option(metavar="ID", help="One delivery, or the start of its id.", show_default=False),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Send all deliveries of a webhook that failed again, or one. Each keeps its id.

    [bold]Examples[/bold]
    $ rushes webhooks replay ci
    $ rushes webhooks replay ci --delivery 1d2c3b4a
    """

    async def command(run: Runtime) -> int:
        found_id = await _find(run, webhook)
        chosen = None if delivery is None else await _delivery(run, found_id, delivery)
        done = await webhooks.replay(run, acting_user(), found_id, ReplayRequest(delivery_id=chosen))
        await Background(run).ensure_for_work()
        if json:
            print_json(done)
        else:
            print_result(f"{count(done.count, 'message')} will be sent again.")
        return Code.DONE

    exit_with(with_runtime(command))


async def _delivery(run: Runtime, webhook: UUID, given: str) -> UUID:
    async with run.db.begin() as session:
        found = await webhooks.list_deliveries(
            session, acting_user(), webhook, limit=webhooks.MOST_DELIVERIES
        )
    fitting = [each.id for each in found if str(each.id).startswith(given.lower())]
    if len(fitting) != 1:
        fault = Fault("--delivery", "`rushes webhooks deliveries` lists the ids.", "bad_option")
        raise Invalid(f"{given!r} fits {len(fitting)} deliveries.", [fault])
    return fitting[0]


def remove(webhook: WebhookArg, yes: YesOption = False) -> None:
    """Remove a webhook with its log of deliveries.

    [bold]Example[/bold]
    $ rushes webhooks remove ci
    """

    async def command(run: Runtime) -> int:
        found = await _find(run, webhook)
        if not await confirm_deletion(f"webhook {webhook}", yes):
            return Code.USAGE
        await webhooks.delete_webhook(run, acting_user(), found)
        print_result(f"Removed webhook {webhook}.")
        return Code.DONE

    exit_with(with_runtime(command))


async def _find(run: Runtime, given: str) -> UUID:
    async with run.db.begin() as session:
        return await find_receiver(session, given, "webhook")
