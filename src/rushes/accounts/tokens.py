"""Tokens for programs: bound to one space and to scopes, shown once, kept as a hash."""

from datetime import datetime
from uuid import UUID, uuid4

from pydantic import BaseModel, Field
from sqlalchemy import text

from rushes.accounts.audit import write_audit
from rushes.accounts.names import person_name
from rushes.accounts.roles import TokenScope
from rushes.accounts.secret_values import digest, new_token
from rushes.engine.runtime import Runtime
from rushes.errors import Conflict, NotFound
from rushes.platform.requests import RequestModel

DAYS = 90
MOST_DAYS = 3650
MOST_TOKENS = 100
SHOWN = 8
_COLUMNS = "k.id, k.name, k.prefix, k.space_id, k.scopes, k.created_at, k.expires_at, k.used_at"


class NewToken(RequestModel):
    """What a new token may do."""

    name: str = Field(description="What to call it: 1 to 100 characters.")
    scopes: list[TokenScope] = Field(
        min_length=1, max_length=len(TokenScope), description="What it may be used for."
    )
    space_id: UUID | None = Field(
        default=None, description="The space it is bound to. Left out: the one that is asked in."
    )
    days: int | None = Field(
        default=DAYS, ge=1, le=MOST_DAYS, description="Days until it expires; null: it does not."
    )


class ApiTokenView(BaseModel):
    """A token, without its secret."""

    id: UUID
    name: str
    prefix: str = Field(description="How it begins.")
    space_id: UUID
    scopes: list[TokenScope]
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None = Field(description="When it was last used, to five minutes.")


class ApiTokenCreated(ApiTokenView):
    """A new token: the only answer that shows it."""

    token: str = Field(description="The secret. It is not shown again.")


async def create_token(run: Runtime, user: UUID, space: UUID, new: NewToken) -> ApiTokenCreated:
    """Make a token of a user for one of their spaces. Raises `NotFound` for a space of others."""
    token, token_id = new_token(), uuid4()
    async with run.db.begin() as session:
        count = await session.scalar(
            text("SELECT count(*) FROM api_tokens WHERE user_id = :user AND revoked_at IS NULL"),
            {"user": user},
        )
        if count >= MOST_TOKENS:
            raise Conflict(f"There are {MOST_TOKENS} tokens already.", hint="Revoke some first.")
        row = (
            await session.execute(
                text(
                    "INSERT INTO api_tokens AS k"  # noqa: S608  # only our own constants
                    " (id, user_id, space_id, name, prefix, hash, scopes, expires_at)"
                    " SELECT :id, user_id, space_id, :name, :prefix, :hash, CAST(:scopes AS text[]),"
                    " now() + make_interval(days => CAST(:days AS integer))"
                    " FROM memberships WHERE user_id = :user AND space_id = :space"
                    f" RETURNING {_COLUMNS}"
                ),
                {
                    "id": token_id,
                    "user": user,
                    "space": space,
                    "name": person_name(new.name),
                    "prefix": token[:SHOWN],
                    "hash": digest(token),
                    "scopes": sorted(set(new.scopes)),
                    "days": new.days,
                },
            )
        ).one_or_none()
        if row is None:
            raise NotFound("There is no such space.")
        await write_audit(
            session,
            "token.created",
            user=user,
            space=space,
            target=token_id,
            scopes=" ".join(sorted(set(new.scopes))),
        )
    return ApiTokenCreated(**ApiTokenView.model_validate(row, from_attributes=True).model_dump(), token=token)


async def list_tokens(run: Runtime, user: UUID) -> list[ApiTokenView]:
    """Return the tokens of a user that are not revoked, the newest first."""
    async with run.db.statement() as session:
        rows = await session.execute(
            text(
                f"SELECT {_COLUMNS} FROM api_tokens k WHERE user_id = :user AND revoked_at IS NULL"  # noqa: S608  # only our own constants
                " ORDER BY created_at DESC, id"
            ),
            {"user": user},
        )
        return [ApiTokenView.model_validate(row, from_attributes=True) for row in rows]


async def revoke_token(run: Runtime, user: UUID, token_id: UUID) -> None:
    """Revoke one of a user's tokens: it fails from the next request on. Raises `NotFound`."""
    async with run.db.begin() as session:
        revoked = await session.scalar(
            text(
                "UPDATE api_tokens SET revoked_at = now() WHERE id = :id AND user_id = :user"
                " AND revoked_at IS NULL RETURNING id"
            ),
            {"id": token_id, "user": user},
        )
        if revoked is None:
            raise NotFound("There is no such token.")
        await write_audit(session, "token.revoked", user=user, target=token_id)
