"""What a role, a scope or an admin may do: one table, from which routes, streams and tests decide.

Someone may do what their role in the space permits and, for a token, what its scopes permit as well.
"""

from collections.abc import Collection
from enum import StrEnum


class SpaceRole(StrEnum):
    """What a member may do in a space; each may all that those before may."""

    VIEWER = "viewer"
    EDITOR = "editor"
    MANAGER = "manager"


class TokenScope(StrEnum):
    """What a token may be used for."""

    READ = "read"
    REVIEW = "review"
    RUN = "run"
    KEYS = "keys"
    WEBHOOKS = "webhooks"
    ADMIN = "admin"


class Need(StrEnum):
    """What a route needs of who asks."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"  # anybody with an account, or their token; no space
    PERSON = "person"  # the same, but no token: passwords, sessions, tokens, members
    READ = "read"
    REVIEW = "review"
    RUN = "run"
    KEYS = "keys"
    WEBHOOKS = "webhooks"
    MANAGE = "manage"
    ADMIN = "admin"
    PEOPLE = "people"  # an admin, but no token: who lets people in could let in itself


_ROLES = {
    Need.READ: SpaceRole.VIEWER,
    Need.REVIEW: SpaceRole.EDITOR,
    Need.RUN: SpaceRole.EDITOR,
    Need.KEYS: SpaceRole.MANAGER,
    Need.WEBHOOKS: SpaceRole.MANAGER,
    Need.MANAGE: SpaceRole.MANAGER,
}
_SCOPES = {
    Need.SIGNED_IN: TokenScope.READ,
    Need.READ: TokenScope.READ,
    Need.REVIEW: TokenScope.REVIEW,
    Need.RUN: TokenScope.RUN,
    Need.KEYS: TokenScope.KEYS,
    Need.WEBHOOKS: TokenScope.WEBHOOKS,
    Need.MANAGE: TokenScope.ADMIN,
    Need.ADMIN: TokenScope.ADMIN,
}


def at_least(role: SpaceRole | None, needed: SpaceRole) -> bool:
    """Return whether a role includes another one."""
    order = list(SpaceRole)
    return role is not None and order.index(role) >= order.index(needed)


def scope_of(need: Need) -> TokenScope | None:
    """Return the scope that a token needs; None where none suffices."""
    return _SCOPES.get(need)


def missing(
    need: Need, *, role: SpaceRole | None, is_admin: bool, scopes: Collection[TokenScope] | None
) -> str | None:
    """Return what somebody lacks for a need, in words; None when they may.

    `role` is the one in the space that is asked about, `scopes` those of a token (None: no token).
    """
    if need is Need.PUBLIC:
        return None
    if scopes is not None:
        scope = scope_of(need)
        if scope is None:
            return "a person who is signed in, not a token"
        if scope not in scopes:
            return f"a token with the scope {scope}"
    if need in (Need.ADMIN, Need.PEOPLE):
        return None if is_admin else "an admin of this installation"
    needed = _ROLES.get(need)
    if needed is not None and not at_least(role, needed):
        return f"the role {needed} in this space"
    return None
