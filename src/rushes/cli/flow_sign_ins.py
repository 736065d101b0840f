"""`rushes flow login`, `sign-ins`, `check` and `logout`: the Flow sign-ins of this installation."""

from typing import Annotated

import typer
from rich.text import Text

from rushes.cli._background import Background
from rushes.cli._exit import Code, exit_with
from rushes.cli._flow_sign_in import NameArg, closing_browser, default_name, report, sign_in_id
from rushes.cli._options import JsonOption, YesOption
from rushes.cli._output import (
    count,
    duration,
    print_json,
    print_note,
    print_result,
    short,
    stdout,
    table,
    when,
)
from rushes.cli._session import acting_user, confirm_deletion, with_runtime
from rushes.engine.flow_views import FlowSignInView
from rushes.engine.runtime import Runtime
from rushes.engine.states import CredentialState
from rushes.flow_signins import actions
from rushes.flow_signins.login import log_in
from rushes.keys.environment import take_in_environment

STYLES = {CredentialState.READY: "green", CredentialState.DISABLED: "dim"}
SAID = {
    CredentialState.READY: "is signed in.",
    CredentialState.DISABLED: "is switched off.",
    CredentialState.NEEDS_AUTH: "is signed out.",
    CredentialState.NEEDS_PERSON: "needs you to do something in Flow.",
    CredentialState.INVALID: "was refused.",
}


def login(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="What to call the Flow sign-in here.", show_default=False)
    ] = "",
    by_hand: Annotated[
        bool,
        typer.Option(
            "--by-hand", help="In an ordinary browser: for when Google says this one may not be secure."
        ),
    ] = False,
    json: JsonOption = False,
) -> None:
    """Open a browser, in which you sign in to your Google account.

    Rushes sees when you are through, keeps it, and closes the browser. What
    waited for it continues. It needs a screen; on a server: sign in on a
    laptop, `rushes flow export` there, `rushes flow import` here.

    [bold]Examples[/bold]
    $ rushes flow login
    $ rushes flow login studio
    $ rushes flow login --by-hand
    """

    async def command(run: Runtime) -> int:
        called = name or await default_name(run)
        account = await log_in(run, acting_user(), called, print_note, by_hand=by_hand)
        await Background(run).ensure_for_work()
        who = f" as {account.email}" if account.email else ""
        return report(account, json, f"is signed in{who}, and kept encrypted.")

    exit_with(with_runtime(command))


def sign_ins(json: JsonOption = False) -> None:
    """List the Flow sign-ins: whether they are valid, how old they are, when they were checked.

    [bold]Example[/bold]
    $ rushes flow sign-ins
    """

    async def command(run: Runtime) -> int:
        await take_in_environment(run)
        found = await actions.list_all(run, acting_user())
        if json:
            print_json(found)
        elif not found:
            print_result("There is no Flow sign-in yet. Make one: rushes flow login")
        else:
            stdout().print(_table(found))
        return Code.DONE

    exit_with(with_runtime(command))


def _table(found: list[FlowSignInView]):
    right = ("credits", "made")
    rows = table("sign-in", "name", "e-mail", "state", "kept", "checked", *right, right=right)
    for account in found:
        state = Text(account.state.replace("_", " "), STYLES.get(account.state, "yellow"))
        if account.state_reason:
            state.append(f": {account.state_reason}")
        elif account.resting_until:
            state.append(f", {account.resting_for} until {when(account.resting_until)}")
        elif account.old:
            state.append(", old: it may be signed out")
        age = "" if account.age_seconds is None else f"{duration(account.age_seconds)} ago"
        rows.add_row(
            short(account.id),
            Text(account.name),
            Text(account.email or ""),
            state,
            age,
            when(account.last_checked_at),
            "" if account.credits_left is None else str(account.credits_left),
            str(account.submissions),
        )
    return rows


def check(name: NameArg, json: JsonOption = False) -> None:
    """Look in a browser whether a Flow sign-in is valid. It costs no credits.

    Ends with 3 when it is not.

    [bold]Example[/bold]
    $ rushes flow check studio
    """

    async def command(run: Runtime) -> int:
        account_id = await sign_in_id(run, name)
        async with closing_browser(run, account_id):
            account = await actions.check_account(run, acting_user(), account_id)
        await Background(run).ensure_for_work()
        good = account.state is CredentialState.READY
        reason = "" if good or not account.state_reason else f" {account.state_reason}"
        report(account, json, SAID[account.state] + reason)
        return Code.DONE if good else Code.NEEDS_YOU

    exit_with(with_runtime(command))


def logout(name: NameArg, yes: YesOption = False) -> None:
    """Sign out of Flow: forget the sign-in, here and in the bucket.

    Google does not hear of it: to end the session there, too, use the list of
    devices of your Google account.

    [bold]Example[/bold]
    $ rushes flow logout studio
    """

    async def command(run: Runtime) -> int:
        account_id = await sign_in_id(run, name)
        if not await confirm_deletion(f"the Flow sign-in {name}", yes):
            return Code.USAGE
        left = await actions.log_out(run, acting_user(), account_id)
        print_result(f"The Flow sign-in {name} is signed out here.")
        if left is not None:
            print_note(
                f"{count(left.in_flight, 'submission')} of it {'is' if left.in_flight == 1 else 'are'} not"
                " settled: they continue when you sign in again.",
                "yellow",
            )
        print_note("To end the session at Google, too: https://myaccount.google.com/device-activity")
        return Code.DONE

    exit_with(with_runtime(command))
