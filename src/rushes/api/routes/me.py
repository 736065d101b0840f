"""One's own account: name, password, sessions, tokens."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Response
from pydantic import Field

from rushes.accounts import sessions, tokens, users
from rushes.accounts.passwords import LONGEST
from rushes.accounts.sessions import SessionView
from rushes.accounts.tokens import ApiTokenCreated, ApiTokenView, NewToken
from rushes.api import people_examples as examples
from rushes.api.cookies import set_session
from rushes.api.deps import AskedHere, Person, Run
from rushes.api.examples import answers
from rushes.api.problems import problems
from rushes.errors import NotFound
from rushes.platform.requests import RequestModel

router = APIRouter(prefix="/api/me", tags=["people"])
OFF = problems(conflict="This installation has no accounts.")
SessionId = Annotated[UUID, Path(description="The session.")]
TokenId = Annotated[UUID, Path(description="The token.")]


class NameBody(RequestModel):
    """What others call one."""

    name: str = Field(max_length=400, description="1 to 100 characters.")


class SpaceChoice(RequestModel):
    """A space of one's own spaces."""

    space_id: UUID = Field(description="The space.")


class PasswordChange(RequestModel):
    """Another password."""

    password: str = Field(max_length=LONGEST, description="The one so far.")
    new_password: str = Field(
        max_length=LONGEST, description="10 to 256 characters; none that is tried first."
    )


@router.patch("", status_code=204, responses=OFF, summary="Change one's name")
async def update_me(
    body: Annotated[NameBody, Body(openapi_examples=examples.body(name="Ada"))], run: Run, who: Person
) -> Response:
    """Call oneself otherwise."""
    await users.rename(run, who, body.name)
    return Response(status_code=204)


@router.put(
    "/space",
    status_code=204,
    responses=OFF | problems(not_found="There is no such space."),
    summary="Choose a space",
)
async def choose_space(
    body: Annotated[SpaceChoice, Body(openapi_examples=examples.body(space_id=str(examples.SPACE_ID)))],
    run: Run,
    who: Person,
) -> Response:
    """The space that this session asks about from now on, wherever a request names none."""
    await sessions.choose_space(run, who, body.space_id)
    return Response(status_code=204)


@router.post("/password", status_code=204, responses=OFF, summary="Change one's password")
async def change_password(
    body: Annotated[
        PasswordChange,
        Body(openapi_examples=examples.body(password=examples.OLD_PASSWORD, new_password=examples.PASSWORD)),
    ],
    run: Run,
    who: Person,
    asked: AskedHere,
) -> Response:
    """Set another password. Every other session ends; this one gets a new cookie."""
    secret = await users.change_password(run, who, body.password, body.new_password, asked.origin)
    response = Response(status_code=204)
    set_session(response, asked.cookie, secret, encrypted=asked.encrypted)
    return response


@router.get(
    "/sessions", responses=answers([examples.SESSION], "Your sessions.") | OFF, summary="List sessions"
)
async def read_sessions(run: Run, who: Person) -> list[SessionView]:
    """Where one is signed in, the last used first."""
    return await sessions.list_sessions(run, who)


@router.delete(
    "/sessions/{session_id}",
    status_code=204,
    responses=OFF | problems(not_found="There is no such session."),
    summary="End a session",
)
async def end_session(session_id: SessionId, run: Run, who: Person) -> Response:
    """Sign a browser out. It holds from its next request on."""
    await sessions.end_session(run, who, session_id)
    return Response(status_code=204)


@router.get("/tokens", responses=answers([examples.TOKEN], "Your tokens.") | OFF, summary="List tokens")
async def read_tokens(run: Run, who: Person) -> list[ApiTokenView]:
    """One's tokens for programs, without their secrets."""
    return await tokens.list_tokens(run, who.user_id)


@router.post(
    "/tokens",
    status_code=201,
    responses=answers(examples.NEW_TOKEN, "The token, shown once.", 201)
    | OFF
    | problems(not_found="There is no such space."),
    summary="Make a token",
)
async def create_token(
    new: Annotated[
        NewToken, Body(openapi_examples=examples.body(name="render farm", scopes=["read", "run"]))
    ],
    run: Run,
    who: Person,
) -> ApiTokenCreated:
    """Make a token for a program, bound to one space. It may what both its scopes and your role permit."""
    space = new.space_id or who.space_id
    if space is None:
        raise NotFound("There is no such space.")
    return await tokens.create_token(run, who.user_id, space, new)


@router.delete(
    "/token",
    status_code=204,
    responses=OFF | problems(not_found="No token asks."),
    summary="End the token that asks",
)
async def end_own_token(run: Run, who: Person) -> Response:
    """Revoke the token by which this is asked: the one thing that a token may do to tokens."""
    if who.token_id is None:
        raise NotFound("No token asks.")
    await tokens.revoke_token(run, who.user_id, who.token_id)
    return Response(status_code=204)


@router.delete(
    "/tokens/{token_id}",
    status_code=204,
    responses=OFF | problems(not_found="There is no such token."),
    summary="Revoke a token",
)
async def revoke_token(token_id: TokenId, run: Run, who: Person) -> Response:
    """Revoke a token. It holds from its next request on."""
    await tokens.revoke_token(run, who.user_id, token_id)
    return Response(status_code=204)
