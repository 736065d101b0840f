"""`rushes notices …`: channels through which people hear of what happens."""

import asyncio
import getpass
import sys
from typing import Annotated
from uuid import UUID

import typer
from rich.text import Text

from rushes.cli._exit import Code, exit_with
from rushes.cli._options import JsonOption, YesOption
from rushes.cli._output import print_json, print_note, print_result, short, stdout, table
from rushes.cli._session import acting_user, confirm_deletion, find_receiver, with_runtime
from rushes.cli.webhooks import STATES, types_given
from rushes.engine.runtime import Runtime
from rushes.notices import channel_actions as actions
from rushes.notices.channel_views import NOTICE_TYPES, NewChannel
from rushes.notices.channels import ChannelKind

ChannelArg = Annotated[
    str, typer.Argument(metavar="CHANNEL", help="Its name, its id, or the start of its id.")
]
TimeOption = Annotated[str | None, typer.Option(metavar="HH:MM", show_default=False)]


def list_(json: JsonOption = False) -> None:
    """List the channels of notices, and whether they work.

    [bold]Example[/bold]
    $ rushes notices list
    """

    async def command(run: Runtime) -> int:
        async with run.db.statement() as session:
            found = await actions.list_channels(session, acting_user())
        if json:
            print_json(found)
        elif not found:
            print_note("There is no channel yet: rushes notices add mail ADDRESS")
        else:
            rows = table("channel", "name", "kind", "address", "status", "pending", right=("pending",))
            for each in found:
                state = Text(each.state, STATES[each.state])
                if each.reason:
                    state.append(f": {each.reason}")
                rows.add_row(
                    short(each.id), Text(each.name), each.kind, Text(each.address), state, str(each.pending)
                )
            stdout().print(rows)
        return Code.DONE

    exit_with(with_runtime(command))


def add(
    kind: Annotated[ChannelKind, typer.Argument(help="How notices are sent.")],
    address: Annotated[str | None, typer.Argument(metavar="ADDRESS", help="Asked for when left out.")] = None,
    name: Annotated[str, typer.Option(help="What to call it.", show_default=False)] = "",
    event: Annotated[
        list[str] | None,
        typer.Option(metavar="TYPE", help="What to send. May be given several times.", show_default=False),
    ] = None,
    quiet_from: TimeOption = None,
    quiet_to: TimeOption = None,
    digest_at: TimeOption = None,
    time_zone: Annotated[str, typer.Option(help="Of these times: Europe/Berlin.")] = "UTC",
    json: JsonOption = False,
) -> None:
    """Add a channel: mail, ntfy, discord, slack, telegram or apprise.

    An address that is a secret (a webhook of Discord) is asked for, or read
    from standard input, when it is left out; so is the token of a Telegram bot.

    [bold]Examples[/bold]
    $ rushes notices add mail ada@example.org
    $ rushes notices add ntfy https://ntfy.sh/my-topic --quiet-from 22:00 --quiet-to 07:00
    $ rushes notices add discord
    """

    async def command(run: Runtime) -> int:
        given = address or await asyncio.to_thread(_ask, "Its address")
        token = await asyncio.to_thread(_ask, "The bot's token") if kind is ChannelKind.TELEGRAM else ""
        new = NewChannel(
            kind=kind,
            address=given,
            token=token,
            name=name,
            events=types_given(event) if event else list(NOTICE_TYPES),
            quiet_from=quiet_from,
            quiet_to=quiet_to,
            digest_at=digest_at,
            time_zone=time_zone,
        )
        made = await actions.add_channel(run, acting_user(), new)
        if json:
            print_json(made)
        else:
            print_result(f"Channel {short(made.id)} ({made.name}) is added. Try it: rushes notices test")
        return Code.DONE

    exit_with(with_runtime(command))


def _ask(what: str) -> str:
    if sys.stdin.isatty():
        return getpass.getpass(f"{what} (nothing is shown): ")
    return sys.stdin.readline().strip()


def check(channel: ChannelArg, json: JsonOption = False) -> None:
    """Send a test through a channel now, and print what came of it.

    [bold]Example[/bold]
    $ rushes notices test phone
    """

    async def command(run: Runtime) -> int:
        sent = await actions.send_test_notice(run, acting_user(), await _find(run, channel))
        if json:
            print_json(sent)
        else:
            words = f": {sent.answer}" if sent.answer else "."
            print_result(("Sent" if sent.delivered else "Not sent") + words)
        return Code.DONE if sent.delivered else Code.NEEDS_YOU

    exit_with(with_runtime(command))


def remove(channel: ChannelArg, yes: YesOption = False) -> None:
    """Remove a channel. What waits for it is not sent.

    [bold]Example[/bold]
    $ rushes notices remove phone
    """

    async def command(run: Runtime) -> int:
        found = await _find(run, channel)
        if not await confirm_deletion(f"channel {channel}", yes):
            return Code.USAGE
        await actions.delete_channel(run, acting_user(), found)
        print_result(f"Removed channel {channel}.")
        return Code.DONE

    exit_with(with_runtime(command))


async def _find(run: Runtime, given: str) -> UUID:
    async with run.db.begin() as session:
        return await find_receiver(session, given, "channel")
