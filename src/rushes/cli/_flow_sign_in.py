"""What commands on one Flow sign-in share: which one is meant, its browser, what is said of it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Annotated
from uuid import UUID

import typer

from rushes.cli._exit import Code
from rushes.cli._output import print_json, print_result
from rushes.cli._session import acting_user, find_sign_in
from rushes.engine.flow_lease import HeldElsewhereError, leave_all
from rushes.engine.flow_views import FlowSignInView
from rushes.engine.runtime import Runtime
from rushes.errors import Fault, Invalid
from rushes.flow_signins import actions

NameArg = Annotated[str, typer.Argument(metavar="NAME", help="What the Flow sign-in is called here.")]
FIRST_NAME = "flow"
"""What the first Flow sign-in is called when its owner does not say."""


async def default_name(run: Runtime) -> str:
    """Return the name of the only sign-in, or of a first one. Raises `Invalid` when there are several."""
    there = await actions.list_all(run, acting_user())
    if len(there) > 1:
        faults = [Fault(each.name, each.state.replace("_", " "), "ambiguous") for each in there]
        raise Invalid("Which Flow sign-in?", faults, hint="rushes flow login NAME; a new name adds one.")
    return there[0].name if there else FIRST_NAME


@asynccontextmanager
async def closing_browser(run: Runtime, account_id: UUID) -> AsyncGenerator[None]:
    """Use a sign-in in this process, and close its browser afterwards. Raises when a worker has it."""
    try:
        yield
    except HeldElsewhereError as held:
        raise actions.in_use(await actions.get(run, acting_user(), account_id), held) from held
    finally:
        await leave_all(run)


async def sign_in_id(run: Runtime, given: str) -> UUID:
    """Return the Flow sign-in a person means, by name or id. Raises `NotFound`, or `Invalid`."""
    async with run.db.begin() as session:
        return await find_sign_in(session, given)


def report(sign_in: FlowSignInView, json: bool, what: str) -> int:
    """Print the sign-in as JSON, or `what` is to be said of it. Returns the exit code."""
    if json:
        print_json(sign_in)
    else:
        print_result(f"The Flow sign-in {sign_in.name!r} {what}")
    return Code.DONE
