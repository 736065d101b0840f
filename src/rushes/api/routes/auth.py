"""Signing in: the first set-up, registration, sessions in a cookie, who asks."""

from typing import Annotated, Literal

from fastapi import APIRouter, Body, Response
from pydantic import BaseModel, Field

from rushes.accounts import users
from rushes.accounts.principal import of_session
from rushes.accounts.secret_values import digest
from rushes.accounts.sessions import end_by_secret, refresh_session
from rushes.accounts.spaces import list_spaces, of_token_alone, offer_of
from rushes.accounts.users import FirstAdmin, Registration, SignInBody
from rushes.accounts.views import InviteOffer, Me
from rushes.api import people_examples as examples
from rushes.api.access import AskedFor
from rushes.api.cookies import drop_session, set_session
from rushes.api.deps import AskedHere, Run
from rushes.api.examples import answers
from rushes.api.problems import problems
from rushes.engine.runtime import Runtime
from rushes.errors import Conflict, SignInNeeded
from rushes.platform.requests import RequestModel

router = APIRouter(prefix="/api", tags=["people"])


class Methods(BaseModel):
    """How one comes in here: what the sign-in page shows."""

    accounts: bool = Field(description="Whether there are accounts.")
    setup: bool = Field(description="Whether the first admin is still to be made.")
    registration: Literal["closed", "approve", "open"]
    password: bool = Field(description="Whether one signs in with a password.")


class Registered(BaseModel):
    """A registration was received. It is the same for an address that has an account."""

    registration: Literal["received"] = "received"


class SecretBody(RequestModel):
    """The secret of a link."""

    secret: str = Field(max_length=128, description="What the link ends in.")


class ResetBody(RequestModel):
    """A new password, by a link."""

    secret: str = Field(max_length=128, description="What the link ends in.")
    password: str = Field(max_length=256, description="10 to 256 characters; none that is tried first.")


def _with_accounts(run: Runtime) -> None:
    if run.settings.accounts != "on":
        raise Conflict("This installation has no accounts.", hint="RUSHES_ACCOUNTS=on switches them on.")


OFF = problems(conflict="This installation has no accounts.")
METHODS = Methods(accounts=True, setup=False, registration="closed", password=True)


@router.get("/auth/methods", responses=answers(METHODS, "How one comes in."), summary="How to sign in")
async def read_methods(run: Run) -> Methods:
    """What a sign-in page has to offer."""
    on = run.settings.accounts == "on"
    async with run.db.statement() as session:
        setup = on and await users.setup_open(session)
    return Methods(accounts=on, setup=setup, registration=run.settings.registration, password=on)


@router.post("/setup", status_code=204, responses=OFF, summary="Make the first admin")
async def set_up(
    wanted: Annotated[
        FirstAdmin,
        Body(
            openapi_examples=examples.body(
                code=examples.SECRET, email="ada@example.org", name="Ada", password=examples.PASSWORD
            )
        ),
    ],
    run: Run,
    asked: AskedHere,
) -> Response:
    """Make the first admin, with the code that the server's log shows. All that was made before is theirs."""
    _with_accounts(run)
    await users.set_up(run, wanted, asked.origin)
    return Response(status_code=204)


@router.post(
    "/auth/register",
    status_code=202,
    responses=answers(Registered(), "It was received; sign in next.", 202) | OFF,
    summary="Make an account",
)
async def register(
    wanted: Annotated[
        Registration,
        Body(
            openapi_examples=examples.body(
                email="bob@example.org", name="Bob", password=examples.PASSWORD, invite=examples.SECRET
            )
        ),
    ],
    run: Run,
    asked: AskedHere,
) -> Registered:
    """Make an account: by invitation, or as the installation permits. An admin may have to let it in."""
    _with_accounts(run)
    await users.register(run, wanted, asked.origin)
    return Registered()


@router.post("/auth/login", responses=answers(examples.ME, "Who is signed in.") | OFF, summary="Sign in")
async def sign_in(
    wanted: Annotated[
        SignInBody, Body(openapi_examples=examples.body(email="ada@example.org", password=examples.PASSWORD))
    ],
    response: Response,
    run: Run,
    asked: AskedHere,
) -> Me:
    """Begin a session; it is in a cookie that no script can read. One that was there before ends."""
    _with_accounts(run)
    secret = await users.sign_in(run, wanted, asked.origin)
    if asked.secret is not None:
        await end_by_secret(run, asked.secret)
    set_session(response, asked.cookie, secret, encrypted=asked.encrypted)
    return await _me(run, asked, secret)


@router.post("/auth/refresh", responses=answers(examples.ME, "Who is signed in.") | OFF, summary="Refresh")
async def refresh(response: Response, run: Run, asked: AskedHere) -> Me:
    """Replace the session's secret. The one before works for another minute, and then betrays a theft."""
    _with_accounts(run)
    secret = await refresh_session(run, asked.secret or "")
    set_session(response, asked.cookie, secret, encrypted=asked.encrypted)
    return await _me(run, asked, secret)


@router.post("/auth/logout", status_code=204, responses=OFF, summary="Sign out")
async def sign_out(run: Run, asked: AskedHere) -> Response:
    """End the session of the cookie, if there is one."""
    _with_accounts(run)
    if asked.secret is not None:
        await end_by_secret(run, asked.secret)
    response = Response(status_code=204)
    drop_session(response, asked.cookie, encrypted=asked.encrypted)
    return response


@router.post("/auth/password/reset", status_code=204, responses=OFF, summary="Set a password by a link")
async def reset_password(
    wanted: Annotated[
        ResetBody, Body(openapi_examples=examples.body(secret=examples.SECRET, password=examples.PASSWORD))
    ],
    run: Run,
    asked: AskedHere,
) -> Response:
    """Set another password with a link that an admin has made. Every session ends."""
    _with_accounts(run)
    await users.reset_password(run, wanted.secret, wanted.password, asked.origin)
    return Response(status_code=204)


@router.post(
    "/auth/invitation",
    responses=answers(examples.OFFER, "What it is for.")
    | OFF
    | problems(not_found="There is no such invitation."),
    summary="Look at an invitation",
)
async def read_invitation(
    wanted: Annotated[SecretBody, Body(openapi_examples=examples.body(secret=examples.SECRET))],
    run: Run,
) -> InviteOffer:
    """What an invitation is for. The secret is in the body, so that no log has it."""
    _with_accounts(run)
    return await offer_of(run, digest(wanted.secret))


@router.get("/auth/me", responses=answers(examples.ME, "Who asks."), summary="Who asks")
async def read_me(run: Run, asked: AskedHere) -> Me:
    """Who asks, in which space, and what they may do there."""
    return await _me(run, asked)


async def _me(run: Runtime, asked: AskedFor, secret: str | None = None) -> Me:
    who = asked.principal if secret is None else await of_session(run, secret, None)
    if who is None:
        raise SignInNeeded("This session has ended.", hint="Sign in again.")
    async with run.db.statement() as session:
        spaces = await list_spaces(session, who.user_id, of_token_alone(who))
    return Me(
        accounts=run.settings.accounts == "on",
        user_id=who.user_id,
        name=who.name,
        email=who.email,
        is_admin=who.is_admin,
        space_id=who.space_id,
        role=who.role,
        scopes=None if who.scopes is None else sorted(who.scopes),
        spaces=spaces,
    )
