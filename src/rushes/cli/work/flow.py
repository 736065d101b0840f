"""What the commands on Flow sign-ins do."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from uuid import UUID

from rich.text import Text

from rushes.cli._words import Code
from rushes.cli.work.background import Background
from rushes.cli.work.flow_steps import step_lines
from rushes.cli.work.output import count, duration, out, say, short, table, tell, tell_json, when
from rushes.cli.work.session import acting_user, agreed, find_sign_in, with_runtime
from rushes.engine.flow_lease import HeldElsewhereError, leave_all
from rushes.engine.flow_views import FlowSignInView, Requeued
from rushes.engine.runtime import Runtime
from rushes.engine.states import CredentialState
from rushes.errors import Fault, Invalid
from rushes.flow_signins import actions
from rushes.flow_signins import storage as flow_storage
from rushes.flow_signins.doctor import examine_page
from rushes.flow_signins.login import log_in
from rushes.keys.environment import take_in_environment
from rushes.providers.video.flow.browser.doctor_report import StepReport

FIRST_NAME = "flow"
"""What the first account is called when its owner does not say."""
STYLES = {CredentialState.READY: "green", CredentialState.DISABLED: "dim"}


def login(name: str, by_hand: bool, json: bool) -> int:
    """`rushes flow login`."""

    async def command(run: Runtime) -> int:
        called = name or await _usual_name(run)
        account = await log_in(run, acting_user(), called, say, by_hand=by_hand)
        await Background(run).ensure_for_work()
        who = f" as {account.email}" if account.email else ""
        return _told(account, json, f"is signed in{who}, and kept encrypted.")

    return with_runtime(command)


async def _usual_name(run: Runtime) -> str:
    """The one account there is is signed in again; who has several says which."""
    there = await actions.list_all(run, acting_user())
    if len(there) > 1:
        faults = [Fault(each.name, each.state.replace("_", " "), "ambiguous") for each in there]
        raise Invalid("Which Flow sign-in?", faults, hint="rushes flow login NAME; a new name adds one.")
    return there[0].name if there else FIRST_NAME


def sign_ins(json: bool) -> int:
    """`rushes flow sign-ins`."""

    async def command(run: Runtime) -> int:
        await take_in_environment(run)
        found = await actions.list_all(run, acting_user())
        if json:
            tell_json(found)
        elif not found:
            tell("There is no Flow sign-in yet. Make one: rushes flow login")
        else:
            out().print(_table(found))
        return Code.DONE

    return with_runtime(command)


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


def change(name: str, concurrency: int | None, spacing: float | None, usual: bool, json: bool) -> int:
    """`rushes flow set`."""
    given = {"concurrency": concurrency, "spacing_seconds": spacing}
    wanted = actions.SignInChange.model_validate(
        {key: value for key, value in given.items() if usual or value is not None}
    )

    async def command(run: Runtime) -> int:
        account_id = await _find(run, name)
        sign_in = await actions.change(run, acting_user(), account_id, wanted)
        flying = str(sign_in.concurrency or "as usual")
        pause = "as usual" if sign_in.spacing_seconds is None else f"{sign_in.spacing_seconds:g} s"
        return _told(sign_in, json, f"has generations in flight: {flying}; between submits: {pause}.")

    return with_runtime(command)


SAID = {
    CredentialState.READY: "is signed in.",
    CredentialState.DISABLED: "is switched off.",
    CredentialState.NEEDS_AUTH: "is signed out.",
    CredentialState.NEEDS_PERSON: "needs you to do something in Flow.",
    CredentialState.INVALID: "was refused.",
}


def check(name: str, json: bool) -> int:
    """`rushes flow check`."""

    async def command(run: Runtime) -> int:
        account_id = await _find(run, name)
        async with _at_hand(run, account_id):
            account = await actions.check_account(run, acting_user(), account_id)
        await Background(run).ensure_for_work()
        good = account.state is CredentialState.READY
        reason = "" if good or not account.state_reason else f" {account.state_reason}"
        _told(account, json, SAID[account.state] + reason)
        return Code.DONE if good else Code.NEEDS_YOU

    return with_runtime(command)


@asynccontextmanager
async def _at_hand(run: Runtime, account_id: UUID) -> AsyncGenerator[None]:
    """The account is used in this process, unless a worker has it; its browser is closed in the end."""
    try:
        yield
    except HeldElsewhereError as held:
        raise actions.in_use(await actions.get(run, acting_user(), account_id), held) from held
    finally:
        await leave_all(run)


def doctor(name: str, json: bool) -> int:
    """`rushes flow doctor`."""

    async def command(run: Runtime) -> int:
        account_id = await _find(run, name or await _usual_name(run))
        async with _at_hand(run, account_id):
            told = _say_nothing if json else partial(step_lines, out())
            report = await examine_page(run, acting_user(), account_id, told)
        if json:
            tell_json(report)
        else:
            tell(f"The page is of generation {report.generation}. Bundle for a bug report: {report.bundle}")
        needs_you = any(each.verdict == "needs_you" for each in report.steps)
        return Code.DONE if report.healthy else Code.NEEDS_YOU if needs_you else Code.FAILED

    return with_runtime(command)


def _say_nothing(_step: StepReport) -> None:
    """It is all in the report."""


def export(name: str, file: str, bucket: bool, replace: bool) -> int:
    """`rushes flow export`."""

    async def command(run: Runtime) -> int:
        _one_place(file, bucket)
        account_id = await _find(run, name)
        if bucket:
            key = await flow_storage.export_to_bucket(run, acting_user(), account_id)
            tell(f"It is in {run.bucket.name} as {key}, encrypted with this installation's key.")
            return Code.DONE
        state = await actions.signed_in_state(run, acting_user(), account_id)
        if file == "-":
            sys.stdout.write(f"{state}\n")
            return Code.DONE
        await asyncio.to_thread(_write, Path(file), state, replace)
        tell(f"It is in {file}.")
        say("Whoever has this file is signed in as you. Delete it when it is where it should be.", "yellow")
        return Code.DONE

    return with_runtime(command)


def _write(file: Path, state: str, replace: bool) -> None:
    """For its owner's eyes alone, also when it was there before. Raises `Invalid`."""
    how = os.O_TRUNC if replace else os.O_EXCL
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | how, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as target:
            file.chmod(0o600)
            target.write(state)
    except FileExistsError as error:
        told = Fault(str(file), "It is there already. Give another name, or --replace.", "exists")
        raise Invalid("The file is not written.", [told]) from error
    except OSError as error:
        raise Invalid(
            "The file is not written.", [Fault(str(file), f"{error.strerror}.", "bad_file")]
        ) from error


def import_(name: str, file: str, bucket: bool, json: bool) -> int:
    """`rushes flow import`."""

    async def command(run: Runtime) -> int:
        _one_place(file, bucket)
        if bucket:
            account = await flow_storage.import_from_bucket(run, acting_user(), name)
        else:
            content = await asyncio.to_thread(_read, file)
            account = await flow_storage.import_state(run, acting_user(), name, content)
        await Background(run).ensure_for_work()
        return _told(
            account, json, f"is kept, encrypted. Look whether it is signed in: rushes flow check {name}"
        )

    return with_runtime(command)


def _read(file: str) -> str:
    if file == "-":
        return sys.stdin.read()
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "It is no text"
        raise Invalid("The file cannot be read.", [Fault(file, f"{why}.", "unreadable")]) from error


def _one_place(file: str, bucket: bool) -> None:
    if bool(file) == bucket:
        raise Invalid("Say where: a file (`-` for standard input and output), or --bucket.")


def logout(name: str, yes: bool) -> int:
    """`rushes flow logout`."""

    async def command(run: Runtime) -> int:
        account_id = await _find(run, name)
        if not await agreed(f"the Flow sign-in {name}", yes):
            return Code.USAGE
        left = await actions.log_out(run, acting_user(), account_id)
        tell(f"The Flow sign-in {name} is signed out here.")
        if left is not None:
            say(
                f"{count(left.in_flight, 'submission')} of it {'is' if left.in_flight == 1 else 'are'} not"
                " settled: they go on when you sign in again.",
                "yellow",
            )
        say("To end the session at Google, too: https://myaccount.google.com/device-activity")
        return Code.DONE

    return with_runtime(command)


def queue(requeue_failed: bool, json: bool) -> int:
    """`rushes flow queue`."""

    async def command(run: Runtime) -> int:
        if requeue_failed:
            requeued = Requeued(requeued=await actions.requeue_failed(run, acting_user()))
            await Background(run).ensure_for_work()
            if json:
                tell_json(requeued)
            else:
                tell(f"{count(requeued.requeued, 'video')} made again.")
            return Code.DONE
        status = await actions.queue_status(run, acting_user())
        if json:
            tell_json(status)
        else:
            tell(f"{status.pending} wait, {status.processing} in the making, {status.failed} failed.")
        return Code.DONE

    return with_runtime(command)


async def _find(run: Runtime, given: str) -> UUID:
    async with run.db.begin() as session:
        return await find_sign_in(session, given)


def _told(sign_in: FlowSignInView, json: bool, what: str) -> int:
    if json:
        tell_json(sign_in)
    else:
        tell(f"The Flow sign-in {sign_in.name!r} {what}")
    return Code.DONE
