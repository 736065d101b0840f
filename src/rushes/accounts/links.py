"""Secrets that work once: invitations, links for a new password, the code of the first set-up."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import text

from rushes.accounts.roles import SpaceRole
from rushes.accounts.secret_values import LONGEST, digest, new_secret
from rushes.accounts.views import InviteView, LinkCreated
from rushes.engine.runtime import Runtime
from rushes.platform.db.engine import Executor


class LinkKind(StrEnum):
    """What a link is for."""

    INVITE = "invite"
    RESET = "reset"
    SETUP = "setup"


HOURS = {LinkKind.INVITE: 7 * 24, LinkKind.RESET: 24, LinkKind.SETUP: 24}
_PAGES = {LinkKind.INVITE: "invite", LinkKind.RESET: "reset", LinkKind.SETUP: "setup"}
_OF_INVITE = "id, email, space_id, role, created_at, expires_at"


@dataclass(frozen=True)
class UsedLink:
    """What a link said that was just used."""

    user_id: UUID | None
    email: str | None
    space_id: UUID | None
    role: str | None
    by_admin: bool
    """Whether an admin made it, or the command line: it may let somebody new in."""


async def make_link(
    run: Runtime,
    session: Executor,
    kind: LinkKind,
    *,
    by: UUID | None,
    user: UUID | None = None,
    email: str | None = None,
    space: UUID | None = None,
    role: SpaceRole | None = None,
) -> LinkCreated:
    """Write a link, as part of a transaction. Its secret is in what is returned alone."""
    secret, link_id = new_secret(), uuid4()
    expires = await session.scalar(
        text(
            "INSERT INTO one_time (id, hash, kind, user_id, email, space_id, role, created_by, expires_at)"
            " VALUES (:id, :hash, :kind, :user, :email, :space, :role, :by,"
            " now() + make_interval(hours => :hours)) RETURNING expires_at"
        ),
        {
            "id": link_id,
            "hash": digest(secret),
            "kind": kind,
            "user": user,
            "email": email,
            "space": space,
            "role": role,
            "by": by,
            "hours": HOURS[kind],
        },
    )
    # Never from a request's own words: `Host` is what the asker says it is.
    home = run.settings.public_url or f"http://localhost:{run.settings.port}"
    return LinkCreated(id=link_id, secret=secret, url=f"{home}/{_PAGES[kind]}#{secret}", expires_at=expires)


async def use_link(session: Executor, kind: LinkKind, secret: str) -> UsedLink | None:
    """Use a link up, as part of a transaction: of two at once one has it. None when it cannot be used."""
    if len(secret) > LONGEST:
        return None
    row = (
        await session.execute(
            text(
                # An invitation is worth what who made it may do now.
                "DELETE FROM one_time l WHERE hash = :hash AND kind = :kind AND expires_at > now()"
                " AND (created_by IS NULL OR EXISTS (SELECT FROM users u WHERE u.id = l.created_by"
                " AND u.status = 'active' AND (u.is_admin OR EXISTS (SELECT FROM memberships m"
                " WHERE m.user_id = u.id AND m.space_id = l.space_id AND m.role = 'manager'))))"
                " RETURNING user_id, email, space_id, role, created_by IS NULL OR"
                " (SELECT is_admin FROM users u WHERE u.id = l.created_by) AS by_admin"
            ),
            {"hash": digest(secret), "kind": kind},
        )
    ).one_or_none()
    return None if row is None else UsedLink(row.user_id, row.email, row.space_id, row.role, row.by_admin)


async def list_invites(session: Executor, space: UUID | None) -> list[InviteView]:
    """Return the open invitations into a space (None: into the installation alone), the newest first."""
    rows = await session.execute(
        text(
            f"SELECT {_OF_INVITE} FROM one_time WHERE kind = 'invite' AND expires_at > now()"  # noqa: S608  # only our own constants
            " AND space_id IS NOT DISTINCT FROM CAST(:space AS uuid) ORDER BY created_at DESC, id"
        ),
        {"space": space},
    )
    return [InviteView.model_validate(row, from_attributes=True) for row in rows]
