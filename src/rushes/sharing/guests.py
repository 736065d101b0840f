"""What a guest may do with a link: open it, see what it shows, save it, say something of it.

Every request reads the link's row: what was revoked is unknown, what has expired is gone, at once.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, text

from rushes.accounts.audit import Origin, write_audit
from rushes.accounts.names import person_name
from rushes.accounts.passwords import password_matches
from rushes.accounts.secret_values import LONGEST, digest
from rushes.accounts.throttle import attempt_succeeded, begin_attempt
from rushes.engine.runtime import Runtime
from rushes.errors import Conflict, Fault, Forbidden, Gone, Invalid, NotFound, SignInNeeded
from rushes.library.files import FileChoice, StoredFile, video_file
from rushes.platform.db.engine import Executor
from rushes.sanitize import clean_text
from rushes.sharing.views import LONGEST_NOTE, ReviewBody, SharedTake, SharedView, ShareKind
from rushes.story.films import film_file

MOST_REVIEWS = 5000
"""Of one link: strangers write them."""
FILM = "film.mp4"
POSTER = "poster.jpg"
_LINK = text(
    "SELECT l.*, l.expires_at <= now() AS expired FROM share_links l WHERE l.hash = :hash"
    " AND (l.film_id IS NULL OR EXISTS (SELECT FROM films f JOIN stories s ON s.id = f.story_id"
    " WHERE f.id = l.film_id AND s.deleted_at IS NULL))"
)
_TAKES = text(
    "SELECT v.id, v.prompt_number AS number, v.video_index AS take, v.duration_seconds AS seconds,"
    " v.thumbnail_key IS NOT NULL AS pictured FROM videos v WHERE v.owner_id = :owner"
    " AND v.deleted_at IS NULL AND v.status = 'completed' AND NOT v.rejected"
    " AND (v.job_id = :job OR v.id = ANY(CAST(:videos AS uuid[])))"
    " ORDER BY array_position(CAST(:videos AS uuid[]), v.id), v.position, v.video_index, v.created_at"
)


@dataclass(frozen=True)
class Shared:
    """A link that holds, as a request found it."""

    id: UUID
    owner: UUID
    name: str
    kind: ShareKind
    job_id: UUID | None
    film_id: UUID | None
    video_ids: list[UUID] | None
    download: bool
    feedback: bool
    expires_at: datetime
    password_hash: str | None

    @property
    def grant(self) -> str | None:
        """What proves that the password was given: a keyed hash of its hash, so that it ends with it."""
        if self.password_hash is None:
            return None
        return hmac.new(self.password_hash.encode(), self.id.bytes, hashlib.sha256).hexdigest()

    def opened_by(self, grant: str | None) -> bool:
        """Return whether it shows itself to who has this proof."""
        wanted = self.grant
        return wanted is None or (grant is not None and hmac.compare_digest(wanted, grant[:LONGEST]))


async def shared_by(run: Runtime, secret: str) -> Shared:
    """Return the link of a secret. Raises `NotFound` for one unknown or revoked, and `Gone` when expired."""
    row: Row[Any] | None = None
    if run.settings.accounts == "on" and len(secret) <= LONGEST:
        async with run.db.statement() as session:
            row = (await session.execute(_LINK, {"hash": digest(secret)})).one_or_none()
    if row is None:
        raise NotFound("There is no such link.", hint="It may have been withdrawn: ask who sent it.")
    if row.expired:
        raise Gone("This link has expired.", hint="Ask who sent it for another one.")
    kind: ShareKind = "job" if row.job_id else "film" if row.film_id else "takes"
    return Shared(
        row.id, row.owner_id, row.name, kind, row.job_id, row.film_id, row.video_ids, row.download,
        row.feedback, row.expires_at, row.password_hash,
    )  # fmt: skip


async def unlock(run: Runtime, secret: str, password: str, origin: Origin) -> Shared:
    """Return the link if the password is right. Raises `SignInNeeded`, and `TooManyRequests` after many."""
    shared = await shared_by(run, secret)
    await begin_attempt(run, f"share {shared.id}", origin.ip)
    if not await password_matches(shared.password_hash, password):
        async with run.db.statement() as session:
            await write_audit(session, "share.refused", space=shared.owner, ip=origin.ip, target=shared.id)
        raise SignInNeeded("The password is wrong.")
    await attempt_succeeded(run, f"share {shared.id}", origin.ip)
    return shared


async def show(run: Runtime, secret: str, grant: str | None) -> SharedView:
    """Return what a link shows, and count that it was opened; nothing of it before its password is given."""
    shared = await shared_by(run, secret)
    opened = shared.opened_by(grant)
    takes: list[SharedTake] = []
    if opened:
        async with run.db.begin() as session:
            takes = await _takes(session, shared, f"/api/shared/{secret}")
            await session.execute(
                text("UPDATE share_links SET views = views + 1, seen_at = now() WHERE id = :id"),
                {"id": shared.id},
            )
    return SharedView(
        name=shared.name if opened else "",
        kind=shared.kind,
        locked=not opened,
        download=shared.download,
        feedback=shared.feedback,
        expires_at=shared.expires_at,
        takes=takes,
    )


async def _takes(session: Executor, shared: Shared, base: str) -> list[SharedTake]:
    if shared.film_id is not None:
        row = (
            await session.execute(
                text("SELECT seconds, files ? :poster AS pictured FROM films WHERE id = :id"),
                {"id": shared.film_id, "poster": POSTER},
            )
        ).one()
        rows = [(shared.film_id, 0, 1, row.seconds, row.pictured)]
    else:
        found = await session.execute(
            _TAKES, {"owner": shared.owner, "job": shared.job_id, "videos": shared.video_ids}
        )
        rows = [(each.id, each.number, each.take, each.seconds, each.pictured) for each in found]
    return [
        SharedTake(
            id=identifier,
            number=number,
            take=take,
            seconds=seconds,
            url=f"{base}/{identifier}/content",
            thumbnail_url=f"{base}/{identifier}/thumbnail" if pictured else None,
        )
        for identifier, number, take, seconds, pictured in rows
    ]


async def shared_file(
    run: Runtime, secret: str, grant: str | None, item: UUID, *, thumbnail: bool = False, save: bool = False
) -> tuple[StoredFile, str]:
    """Return a file that a link shows, and its name. Raises `NotFound` for anything that it does not show.

    Raises `SignInNeeded` before its password is given, and `Forbidden` where nothing may be saved.
    """
    shared = await shared_by(run, secret)
    if not shared.opened_by(grant):
        raise SignInNeeded("This link needs its password.")
    if save and not shared.download:
        raise Forbidden("This link is for looking only.", hint="Ask who sent it.")
    async with run.db.statement() as session:
        if shared.film_id is not None:
            if item != shared.film_id:
                raise NotFound("This link does not show that.")
            return (
                await film_file(session, shared.owner, item, POSTER if thumbnail else FILM),
                POSTER if thumbnail else FILM,
            )
        await _must_show(session, shared, item)
        choice = FileChoice.THUMBNAIL if thumbnail else FileChoice.ORIGINAL
        file = await video_file(session, shared.owner, item, choice)
        return file, f"{file.number:03d}_{file.take}{'.jpg' if thumbnail else '.mp4'}"


async def _must_show(session: Executor, shared: Shared, item: UUID) -> None:
    there = await session.scalar(
        text(
            "SELECT true FROM videos v WHERE v.id = :id AND v.owner_id = :owner AND v.deleted_at IS NULL"
            " AND v.status = 'completed' AND NOT v.rejected"
            " AND (v.job_id = :job OR v.id = ANY(CAST(:videos AS uuid[])))"
        ),
        {"id": item, "owner": shared.owner, "job": shared.job_id, "videos": shared.video_ids},
    )
    if not there:
        raise NotFound("This link does not show that.")


async def count_download(run: Runtime, secret: str) -> None:
    """Count that something of a link was saved."""
    async with run.db.statement() as session:
        await session.execute(
            text("UPDATE share_links SET downloads = downloads + 1 WHERE hash = :hash"),
            {"hash": digest(secret)},
        )


async def review(run: Runtime, secret: str, grant: str | None, item: UUID, given: ReviewBody) -> None:
    """Keep what a guest says of a take; what the same name said of it before is replaced."""
    shared = await shared_by(run, secret)
    if not shared.opened_by(grant):
        raise SignInNeeded("This link needs its password.")
    if not shared.feedback or shared.film_id is not None:
        raise Forbidden("This link is for looking only.", hint="Ask who sent it.")
    guest = person_name(given.guest, "guest")
    note = clean_text(given.note, LONGEST_NOTE).strip()
    if not note and not given.stars:
        raise Invalid("There is nothing to keep.", [Fault("note", "Give stars, or write something.")])
    async with run.db.begin() as session:
        await _must_show(session, shared, item)
        count = await session.scalar(
            text("SELECT count(*) FROM guest_reviews WHERE link_id = :id"), {"id": shared.id}
        )
        if count >= MOST_REVIEWS:
            raise Conflict("This link takes no more.")
        await session.execute(
            text(
                "INSERT INTO guest_reviews (id, owner_id, link_id, video_id, guest, stars, note)"
                " VALUES (:id, :owner, :link, :video, :guest, :stars, :note)"
                " ON CONFLICT ON CONSTRAINT guest_reviews_once DO UPDATE SET stars = EXCLUDED.stars,"
                " note = EXCLUDED.note, created_at = now()"
            ),
            {
                "id": uuid4(),
                "owner": shared.owner,
                "link": shared.id,
                "video": item,
                "guest": guest,
                "stars": given.stars,
                "note": note,
            },
        )
