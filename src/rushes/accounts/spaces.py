"""Spaces and their members. A shared space always has a manager, a personal one its person."""

from uuid import UUID, uuid4

from pydantic import Field
from sqlalchemy import text

from rushes.accounts.audit import Origin, write_audit
from rushes.accounts.links import LinkKind, list_invites, make_link, use_link
from rushes.accounts.names import LONGEST_ADDRESS, mail_address, person_name
from rushes.accounts.principal import Principal
from rushes.accounts.roles import SpaceRole, at_least
from rushes.accounts.views import InviteOffer, InviteView, LinkCreated, MemberView, SpaceView
from rushes.engine.runtime import Runtime
from rushes.errors import Conflict, Forbidden, NotFound
from rushes.platform.db.engine import Executor
from rushes.platform.requests import RequestModel

MOST_SHARED = 200
_MINE = """
    SELECT s.id, s.name, s.kind, m.role,
           (SELECT count(*) FROM memberships o WHERE o.space_id = s.id) AS members
    FROM spaces s JOIN memberships m ON m.space_id = s.id AND m.user_id = :user
"""


class SpaceBody(RequestModel):
    """The name of a space."""

    name: str = Field(max_length=400, description="What to call it: 1 to 100 characters.")


class RoleBody(RequestModel):
    """What a member may do."""

    role: SpaceRole = Field(
        description="`viewer` looks, `editor` makes and deletes, `manager` looks after it."
    )


class SpaceInvite(RequestModel):
    """Who is invited into a space."""

    role: SpaceRole = Field(default=SpaceRole.EDITOR, description="What they may do there.")
    email: str | None = Field(
        default=None, max_length=LONGEST_ADDRESS, description="The only address it is for."
    )


async def list_spaces(session: Executor, user: UUID, only: UUID | None = None) -> list[SpaceView]:
    """Return the spaces of a user: the personal one first, then by name. `only`: that of a token."""
    rows = await session.execute(
        text(
            f"{_MINE} WHERE CAST(:only AS uuid) IS NULL OR s.id = :only"
            " ORDER BY s.id = :user DESC, lower(s.name), s.id"
        ),
        {"user": user, "only": only},
    )
    return [SpaceView.model_validate(row, from_attributes=True) for row in rows]


def of_token_alone(asked: Principal) -> UUID | None:
    """Return the one space that a token sees; None for a person, who sees all of theirs."""
    return None if asked.token_id is None else asked.space_id


async def see_space(session: Executor, asked: Principal, space: UUID) -> SpaceView:
    """Return one space of who asks. Raises `NotFound`, also for one that a token is not bound to."""
    if of_token_alone(asked) not in (None, space):
        raise NotFound("There is no such space.")
    return await get_space(session, asked.user_id, space)


async def get_space(session: Executor, user: UUID, space: UUID) -> SpaceView:
    """Return one space of a user. Raises `NotFound`, also for one of others."""
    rows = await session.execute(text(f"{_MINE} WHERE s.id = :id"), {"user": user, "id": space})
    row = rows.one_or_none()
    if row is None:
        raise NotFound("There is no such space.")
    return SpaceView.model_validate(row, from_attributes=True)


async def create_space(run: Runtime, asked: Principal, body: SpaceBody) -> SpaceView:
    """Make a shared space; who asks is its manager."""
    name, space_id = person_name(body.name), uuid4()
    async with run.db.begin() as session:
        count = await session.scalar(
            text(
                "SELECT count(*) FROM spaces s JOIN memberships m ON m.space_id = s.id AND m.user_id = :user"
            ),
            {"user": asked.user_id},
        )
        if count > MOST_SHARED:
            raise Conflict(f"One can be a member of {MOST_SHARED} shared spaces, and is.")
        await session.execute(
            text("INSERT INTO spaces (id, kind, name) VALUES (:id, 'shared', :name)"),
            {"id": space_id, "name": name},
        )
        await session.execute(
            text("INSERT INTO memberships (space_id, user_id, role) VALUES (:id, :user, 'manager')"),
            {"id": space_id, "user": asked.user_id},
        )
        await write_audit(session, "space.created", user=asked.user_id, space=space_id)
        return await get_space(session, asked.user_id, space_id)


async def rename_space(run: Runtime, asked: Principal, space: UUID, body: SpaceBody) -> SpaceView:
    """Rename a space. Raises `NotFound`, or `Forbidden` for who is no manager of it."""
    name = person_name(body.name)
    async with run.db.begin() as session:
        await _managed(session, asked, space)
        await session.execute(
            text("UPDATE spaces SET name = :name WHERE id = :id"), {"id": space, "name": name}
        )
        await write_audit(session, "space.renamed", user=asked.user_id, space=space)
        return await get_space(session, asked.user_id, space)


async def list_members(session: Executor, asked: Principal, space: UUID) -> list[MemberView]:
    """Return the members of a space of who asks, by name. Raises `NotFound`."""
    await see_space(session, asked, space)
    rows = await session.execute(
        text(
            "SELECT m.user_id, u.name, u.email, m.role FROM memberships m JOIN users u ON u.id = m.user_id"
            " WHERE m.space_id = :space ORDER BY lower(u.name), u.id"
        ),
        {"space": space},
    )
    return [MemberView.model_validate(row, from_attributes=True) for row in rows]


async def change_role(
    run: Runtime, asked: Principal, space: UUID, user: UUID, role: SpaceRole
) -> list[MemberView]:
    """Give a member another role. Raises `NotFound`, `Forbidden`, or `Conflict` for the last manager."""
    async with run.db.begin() as session:
        await _managed(session, asked, space)
        await _keep_a_manager(session, space, user, role)
        changed = await session.scalar(
            text(
                "UPDATE memberships SET role = :role WHERE space_id = :space AND user_id = :user"
                " RETURNING user_id"
            ),
            {"space": space, "user": user, "role": role},
        )
        if changed is None:
            raise NotFound("There is no such member.")
        await write_audit(
            session, "member.changed", user=asked.user_id, space=space, target=user, role=str(role)
        )
        return await list_members(session, asked, space)


async def remove_member(run: Runtime, asked: Principal, space: UUID, user: UUID) -> None:
    """Take a member out of a space: a manager does, or the member leaves. Their tokens for it end.

    Raises `NotFound`, `Forbidden`, or `Conflict` for the last manager.
    """
    async with run.db.begin() as session:
        if user == asked.user_id:
            await _locked(session, asked, space)
        else:
            await _managed(session, asked, space)
        await _keep_a_manager(session, space, user, None)
        removed = await session.scalar(
            text("DELETE FROM memberships WHERE space_id = :space AND user_id = :user RETURNING user_id"),
            {"space": space, "user": user},
        )
        if removed is None:
            raise NotFound("There is no such member.")
        await session.execute(
            text(
                "UPDATE api_tokens SET revoked_at = now()"
                " WHERE space_id = :space AND user_id = :user AND revoked_at IS NULL"
            ),
            {"space": space, "user": user},
        )
        await write_audit(session, "member.removed", user=asked.user_id, space=space, target=user)


async def invite_member(run: Runtime, asked: Principal, space: UUID, invite: SpaceInvite) -> LinkCreated:
    """Make a link into a space. Raises `NotFound`, `Forbidden`, or `Conflict` for a personal space."""
    address = None if invite.email is None else mail_address(invite.email)
    async with run.db.begin() as session:
        if await _managed(session, asked, space) == "personal":
            raise Conflict("Nobody is invited into a personal space.", hint="Create a shared one.")
        link = await make_link(
            run, session, LinkKind.INVITE, by=asked.user_id, email=address, space=space, role=invite.role
        )
        await write_audit(
            session, "member.invited", user=asked.user_id, space=space, target=link.id, role=str(invite.role)
        )
        return link


async def invites_of(run: Runtime, asked: Principal, space: UUID) -> list[InviteView]:
    """Return the open invitations into a space. Raises `NotFound` or `Forbidden`."""
    async with run.db.begin() as session:
        await _managed(session, asked, space)
        return await list_invites(session, space)


async def withdraw_invite(run: Runtime, asked: Principal, space: UUID, invite: UUID) -> None:
    """Withdraw an invitation into a space. Raises `NotFound` or `Forbidden`."""
    async with run.db.begin() as session:
        await _managed(session, asked, space)
        gone = await session.scalar(
            text(
                "DELETE FROM one_time WHERE id = :id AND kind = 'invite' AND space_id = :space RETURNING id"
            ),
            {"id": invite, "space": space},
        )
        if gone is None:
            raise NotFound("There is no such invitation.")
        await write_audit(session, "invite.withdrawn", user=asked.user_id, space=space, target=invite)


async def offer_of(run: Runtime, secret_digest: bytes) -> InviteOffer:
    """Return what an invitation is for, to who has its link. Raises `NotFound`."""
    async with run.db.statement() as session:
        row = (
            await session.execute(
                text(
                    "SELECT l.email, s.name AS space, l.role FROM one_time l"
                    " LEFT JOIN spaces s ON s.id = l.space_id"
                    " WHERE l.hash = :hash AND l.kind = 'invite' AND l.expires_at > now()"
                ),
                {"hash": secret_digest},
            )
        ).one_or_none()
    if row is None:
        raise NotFound("There is no such invitation (any more).", hint="Ask for another one.")
    return InviteOffer.model_validate(row, from_attributes=True)


async def accept_invite(run: Runtime, asked: Principal, secret: str, origin: Origin) -> list[SpaceView]:
    """Become a member by an invitation; a role that one has is never lowered. Raises `Forbidden`."""
    async with run.db.begin() as session:
        link = await use_link(session, LinkKind.INVITE, secret)
        if link is None or (link.email is not None and link.email != (asked.email or "").lower()):
            raise Forbidden("This invitation cannot be used (any more), or is for another address.")
        if link.space_id is not None and link.role is not None:
            before = await session.scalar(
                text("SELECT role FROM memberships WHERE space_id = :space AND user_id = :user FOR UPDATE"),
                {"space": link.space_id, "user": asked.user_id},
            )
            if before is None or not at_least(SpaceRole(before), SpaceRole(link.role)):
                await session.execute(
                    text(
                        "INSERT INTO memberships (space_id, user_id, role) VALUES (:space, :user, :role)"
                        " ON CONFLICT (space_id, user_id) DO UPDATE SET role = excluded.role"
                    ),
                    {"space": link.space_id, "user": asked.user_id, "role": link.role},
                )
        await write_audit(
            session, "invite.accepted", user=asked.user_id, space=link.space_id, ip=origin.ip, role=link.role
        )
        return await list_spaces(session, asked.user_id)


async def _locked(session: Executor, asked: Principal, space: UUID) -> tuple[str, SpaceRole | None]:
    """Lock a space, and return its kind and the role of who asks there.

    Raises `NotFound` where they have none, unless they act as an admin.
    """
    row = (
        await session.execute(
            text(
                "SELECT s.kind, (SELECT role FROM memberships m"
                " WHERE m.space_id = s.id AND m.user_id = :user) AS role"
                " FROM spaces s WHERE s.id = :space FOR UPDATE OF s"
            ),
            {"space": space, "user": asked.user_id},
        )
    ).one_or_none()
    if row is None or row.role is None:
        raise NotFound("There is no such space.")
    return row.kind, SpaceRole(row.role)


async def _managed(session: Executor, asked: Principal, space: UUID) -> str:
    """Lock a space that who asks manages, and return its kind. Raises `NotFound` or `Forbidden`."""
    kind, role = await _locked(session, asked, space)
    if not at_least(role, SpaceRole.MANAGER):
        raise Forbidden("This needs the role manager in the space.", hint="Ask one of its managers.")
    return kind


async def _keep_a_manager(session: Executor, space: UUID, user: UUID, role: SpaceRole | None) -> None:
    """Raise `Conflict` when a change would leave a locked space without a manager."""
    others = await session.scalar(
        text(
            "SELECT count(*) FROM memberships"
            " WHERE space_id = :space AND role = 'manager' AND user_id <> :user"
        ),
        {"space": space, "user": user},
    )
    if not others and role is not SpaceRole.MANAGER:
        raise Conflict("A space needs a manager.", hint="Make another member its manager first.")
