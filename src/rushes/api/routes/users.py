"""People of the installation, for its admins; and what was done by whom."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Query, Response

from rushes.accounts import admin
from rushes.accounts.admin import UserChange, UserInvite
from rushes.accounts.audit import AuditView, read_audit
from rushes.accounts.views import LinkCreated, UserView
from rushes.api import people_examples as examples
from rushes.api.deps import Person, Run
from rushes.api.examples import answers
from rushes.api.problems import problems

router = APIRouter(prefix="/api", tags=["people"])
UserId = Annotated[UUID, Path(description="The person.")]
OFF = problems(conflict="This installation has no accounts, or it would have no admin.")
NOBODY = OFF | problems(not_found="There is no such person.")


@router.get("/users", responses=answers([examples.USER], "All people.") | OFF, summary="List people")
async def read_users(run: Run, who: Person) -> list[UserView]:
    """All people of the installation, those who wait to be let in first. For admins."""
    del who
    async with run.db.statement() as session:
        return await admin.list_users(session)


@router.post(
    "/users/invites",
    status_code=201,
    responses=answers(examples.LINK, "The link, shown once.", 201) | OFF,
    summary="Invite somebody",
)
async def invite_user(
    invite: Annotated[UserInvite, Body(openapi_examples=examples.body(email="bob@example.org"))],
    run: Run,
    who: Person,
) -> LinkCreated:
    """Make a link with which somebody makes an account; it works once. For admins."""
    return await admin.invite_user(run, who.user_id, invite)


@router.patch(
    "/users/{user_id}",
    responses=answers(examples.USER, "The person as they are now.") | NOBODY,
    summary="Change a person",
)
async def update_user(
    user_id: UserId,
    change: Annotated[UserChange, Body(openapi_examples=examples.body(status="disabled"))],
    run: Run,
    who: Person,
) -> UserView:
    """Let in, disable, make an admin or no longer one. For admins; there is always one left."""
    return await admin.change_user(run, who.user_id, user_id, change)


@router.delete("/users/{user_id}", status_code=204, responses=NOBODY, summary="Delete a person")
async def delete_user(
    user_id: UserId,
    heir: Annotated[UUID, Query(description="Who manages from now on what only this person managed.")],
    run: Run,
    who: Person,
) -> Response:
    """Delete a person. Their personal space becomes a shared one of `heir`: nothing that was made is lost."""
    await admin.delete_user(run, who.user_id, user_id, heir)
    return Response(status_code=204)


@router.post(
    "/users/{user_id}/reset-link",
    status_code=201,
    responses=answers(examples.LINK, "The link, shown once.", 201) | NOBODY,
    summary="Help with a lost password",
)
async def make_reset_link(user_id: UserId, run: Run, who: Person) -> LinkCreated:
    """Make a link with which a person sets another password; it works once, for a day. For admins."""
    return await admin.make_reset_link(run, who.user_id, user_id)


@router.get("/audit", responses=answers([examples.AUDIT], "What was done.") | OFF, summary="Read the audit")
async def read_audit_log(
    run: Run,
    who: Person,
    before: Annotated[int | None, Query(ge=1, le=2**62, description="Only lines before this one.")] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="Most lines.")] = 100,
) -> list[AuditView]:
    """Who did what, the newest first: sign-ins, refusals, members, tokens. For admins."""
    del who
    async with run.db.statement() as session:
        return await read_audit(session, before=before, limit=limit)
