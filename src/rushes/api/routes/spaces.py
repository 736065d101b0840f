"""Spaces: what owns jobs, keys and money; their members, and who is invited."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Response

from rushes.accounts import spaces
from rushes.accounts.spaces import RoleBody, SpaceBody, SpaceInvite
from rushes.accounts.views import InviteView, LinkCreated, MemberView, SpaceView
from rushes.api import people_examples as examples
from rushes.api.deps import AskedHere, Person, Run
from rushes.api.examples import answers
from rushes.api.problems import problems
from rushes.api.routes.auth import SecretBody

router = APIRouter(prefix="/api", tags=["people"])
SpaceId = Annotated[UUID, Path(description="The space.")]
UserId = Annotated[UUID, Path(description="The person.")]
InviteId = Annotated[UUID, Path(description="The invitation.")]
OFF = problems(conflict="This installation has no accounts, or a space would have no manager.")
NO_SPACE = OFF | problems(not_found="There is no such space, or you are no member of it.")
NAME = examples.body(name="Winter film")


@router.get("/spaces", responses=answers([examples.SPACE], "Your spaces.") | OFF, summary="List spaces")
async def read_spaces(run: Run, who: Person) -> list[SpaceView]:
    """The spaces that one is a member of, one's own first. The header `Rushes-Space` chooses one."""
    async with run.db.statement() as session:
        return await spaces.list_spaces(session, who.user_id, spaces.of_token_alone(who))


@router.post(
    "/spaces",
    status_code=201,
    responses=answers(examples.SPACE, "The space is made.", 201) | OFF,
    summary="Create a space",
)
async def create_space(
    body: Annotated[SpaceBody, Body(openapi_examples=NAME)], run: Run, who: Person
) -> SpaceView:
    """Make a shared space, with jobs, keys, budgets and costs of its own. One is its manager."""
    return await spaces.create_space(run, who, body)


@router.get(
    "/spaces/{space_id}", responses=answers(examples.SPACE, "The space.") | NO_SPACE, summary="Get a space"
)
async def read_space(space_id: SpaceId, run: Run, who: Person) -> SpaceView:
    """One space, and one's role in it."""
    async with run.db.statement() as session:
        return await spaces.see_space(session, who, space_id)


@router.patch(
    "/spaces/{space_id}",
    responses=answers(examples.SPACE, "The space as it is now.") | NO_SPACE,
    summary="Rename a space",
)
async def update_space(
    space_id: SpaceId, body: Annotated[SpaceBody, Body(openapi_examples=NAME)], run: Run, who: Person
) -> SpaceView:
    """Rename a space. Needs its role manager."""
    return await spaces.rename_space(run, who, space_id, body)


@router.get(
    "/spaces/{space_id}/members",
    responses=answers([examples.MEMBER], "Its members.") | NO_SPACE,
    summary="List members",
)
async def read_members(space_id: SpaceId, run: Run, who: Person) -> list[MemberView]:
    """The members of a space, by name."""
    async with run.db.begin() as session:
        return await spaces.list_members(session, who, space_id)


@router.put(
    "/spaces/{space_id}/members/{user_id}",
    responses=answers([examples.MEMBER], "Its members as they are now.") | NO_SPACE,
    summary="Change a role",
)
async def change_role(
    space_id: SpaceId,
    user_id: UserId,
    body: Annotated[RoleBody, Body(openapi_examples=examples.body(role="viewer"))],
    run: Run,
    who: Person,
) -> list[MemberView]:
    """Give a member another role. Needs the role manager; a space always has one."""
    return await spaces.change_role(run, who, space_id, user_id, body.role)


@router.delete(
    "/spaces/{space_id}/members/{user_id}", status_code=204, responses=NO_SPACE, summary="Remove a member"
)
async def remove_member(space_id: SpaceId, user_id: UserId, run: Run, who: Person) -> Response:
    """Remove a member, or leave: everybody may take out themselves. Their tokens for the space end."""
    await spaces.remove_member(run, who, space_id, user_id)
    return Response(status_code=204)


@router.get(
    "/spaces/{space_id}/invites",
    responses=answers([examples.INVITE], "Open invitations.") | NO_SPACE,
    summary="List invitations",
)
async def read_invites(space_id: SpaceId, run: Run, who: Person) -> list[InviteView]:
    """Invitations into a space that nobody has used yet. Needs its role manager."""
    return await spaces.invites_of(run, who, space_id)


@router.post(
    "/spaces/{space_id}/invites",
    status_code=201,
    responses=answers(examples.LINK, "The link, shown once.", 201) | NO_SPACE,
    summary="Invite into a space",
)
async def create_invite(
    space_id: SpaceId,
    invite: Annotated[
        SpaceInvite, Body(openapi_examples=examples.body(role="editor", email="bob@example.org"))
    ],
    run: Run,
    who: Person,
) -> LinkCreated:
    """Make a link into a shared space; it works once. Needs its role manager."""
    return await spaces.invite_member(run, who, space_id, invite)


@router.delete(
    "/spaces/{space_id}/invites/{invite_id}",
    status_code=204,
    responses=NO_SPACE,
    summary="Withdraw an invitation",
)
async def withdraw_invite(space_id: SpaceId, invite_id: InviteId, run: Run, who: Person) -> Response:
    """Withdraw an invitation. Needs the role manager of the space."""
    await spaces.withdraw_invite(run, who, space_id, invite_id)
    return Response(status_code=204)


@router.post(
    "/invitations/accept",
    responses=answers([examples.SPACE], "Your spaces as they are now.") | OFF,
    summary="Accept an invitation",
)
async def accept_invite(
    body: Annotated[SecretBody, Body(openapi_examples=examples.body(secret=examples.SECRET))],
    run: Run,
    who: Person,
    asked: AskedHere,
) -> list[SpaceView]:
    """Become a member of a space by an invitation, with the account that one is signed in with."""
    return await spaces.accept_invite(run, who, body.secret, asked.origin)
