"""Makes what a client asks for only once, however often it sends the request.

A client whose connection broke does not know whether it was heard, and asks again with the same id (the
header `Idempotency-Key`, draft-ietf-httpapi-idempotency-key-header). The id is written in the transaction
that makes the thing, so a crash leaves both or neither.
"""

from collections.abc import Awaitable, Callable
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.errors import Fault, Invalid
from rushes.platform.db.engine import Database

LENGTH = 255
"""The most characters of a request id."""

_CLAIM = text(
    "INSERT INTO request_ids (owner_id, request_id, kind, subject_id)"
    " VALUES (:owner, :request, :kind, :subject) ON CONFLICT DO NOTHING"
)
_FIND = text("SELECT kind, subject_id FROM request_ids WHERE owner_id = :owner AND request_id = :request")


class AskedBeforeError(Exception):
    """The request was answered before: roll back, and answer with what was made then."""

    def __init__(self, subject_id: UUID) -> None:
        super().__init__(f"made before as {subject_id}")
        self.subject_id = subject_id


async def made_before(session: AsyncSession, owner: UUID, request_id: str | None, kind: str) -> UUID | None:
    """Return what was made for this request id; None for a new one.

    Raises `Invalid` when something else was asked for with it.
    """
    if request_id is None:
        return None
    if not 0 < len(request_id) <= LENGTH or not all("!" <= char <= "~" for char in request_id):
        fault = Fault("Idempotency-Key", f"1 to {LENGTH} letters, digits and signs, no spaces.", "bad_id")
        raise Invalid("This is no request id.", [fault])
    row = (await session.execute(_FIND, {"owner": owner, "request": request_id})).one_or_none()
    if row is None:
        return None
    if row.kind != kind:
        raise Invalid(
            f"This request id was used for a {row.kind}.",
            [Fault("Idempotency-Key", "Send a new id with each new request.", "used")],
        )
    return UUID(str(row.subject_id))


async def claim_request(
    session: AsyncSession, owner: UUID, request_id: str | None, kind: str, subject_id: UUID
) -> None:
    """Write down what this transaction makes for a request id; waits for another that is at it.

    Raises `AskedBeforeError` when something was made for it, `Invalid` as `made_before`.
    """
    if request_id is None:
        return
    given = {"owner": owner, "request": request_id, "kind": kind, "subject": subject_id}
    await session.execute(_CLAIM, given)
    made = await made_before(session, owner, request_id, kind)
    if made is not None and made != subject_id:
        raise AskedBeforeError(made)


async def once(
    db: Database,
    owner: UUID,
    request_id: str | None,
    kind: str,
    make: Callable[[AsyncSession], Awaitable[UUID]],
) -> UUID:
    """Return the id of what `make` makes, or of what it made when this was asked for before.

    Raises `Invalid` as `made_before`.
    """
    try:
        async with db.begin() as session:
            if before := await made_before(session, owner, request_id, kind):
                return before
            new = await make(session)
            await claim_request(session, owner, request_id, kind, new)
            return new
    except AskedBeforeError as asked:
        return asked.subject_id
