"""What a space does with its share links: makes, lists and revokes them, and reads what guests said."""

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, text

from rushes.accounts.audit import write_audit
from rushes.accounts.names import person_name
from rushes.accounts.passwords import hash_password
from rushes.accounts.secret_values import digest, new_secret
from rushes.engine.runtime import Runtime
from rushes.errors import Conflict, Fault, Invalid, NotFound
from rushes.platform.db.engine import Executor
from rushes.sharing.views import GuestReviewView, NewShare, ShareCreated, ShareView

MOST_LINKS = 1000
SHORTEST_PASSWORD = 6
"""Characters: a link has 256 bits already, and attempts at its password are slowed."""
_COLUMNS = """
    l.id AS share_id, l.name, l.job_id, l.film_id, l.video_ids, l.download, l.feedback, l.views, l.downloads,
    l.created_at, l.expires_at, l.seen_at, l.password_hash IS NOT NULL AS password, u.email AS created_by,
    (SELECT count(*) FROM guest_reviews g WHERE g.link_id = l.id) AS reviews,
    CASE WHEN l.job_id IS NOT NULL THEN 'job' WHEN l.film_id IS NOT NULL THEN 'film' ELSE 'takes' END AS kind
"""


def need_accounts(run: Runtime) -> None:
    """Raise `Conflict` where there are no accounts: who reaches such a server may do everything there."""
    if run.settings.accounts != "on":
        raise Conflict(
            "Without accounts there are no share links: whoever reaches this server may do everything.",
            hint="RUSHES_ACCOUNTS=on switches accounts on.",
        )


async def create_share(run: Runtime, owner: UUID, by: UUID | None, new: NewShare) -> ShareCreated:
    """Make a link. Raises `NotFound` for what is not in the space, and `Invalid`."""
    need_accounts(run)
    given = [each for each in (new.job_id, new.video_ids, new.film_id) if each is not None]
    if len(given) != 1:
        fault = Fault("job_id", "Give one of job_id, video_ids and film_id.", "one_of")
        raise Invalid("A link shows one thing.", [fault])
    if new.film_id is not None and new.feedback:
        fault = Fault("feedback", "Stars and notes are for takes; leave it out for a film.", "not_for_films")
        raise Invalid("A film takes no stars.", [fault])
    password = new.password or None
    if password is not None and len(password) < SHORTEST_PASSWORD:
        fault = Fault("password", f"Use {SHORTEST_PASSWORD} to 256 characters.", "weak_password")
        raise Invalid("This password cannot be used.", [fault])
    hashed = None if password is None else await hash_password(password)
    secret, share_id = new_secret(), uuid4()
    async with run.db.begin() as session:
        called = await _name_of(session, owner, new)
        count = await session.scalar(
            text("SELECT count(*) FROM share_links WHERE owner_id = :owner"), {"owner": owner}
        )
        if count >= MOST_LINKS:
            raise Conflict(f"There are {MOST_LINKS} links already.", hint="Revoke some first.")
        await session.execute(
            text(
                "INSERT INTO share_links (id, owner_id, created_by, hash, name, job_id, film_id, video_ids,"
                " password_hash, download, feedback, expires_at) VALUES (:id, :owner, :by, :hash, :name,"
                " :job, :film, CAST(:videos AS uuid[]), :password, :download, :feedback,"
                " now() + make_interval(days => :days))"
            ),
            {
                "id": share_id,
                "owner": owner,
                "by": by,
                "hash": digest(secret),
                "name": person_name(new.name or called),
                "job": new.job_id,
                "film": new.film_id,
                "videos": new.video_ids and list(dict.fromkeys(new.video_ids)),
                "password": hashed,
                "download": new.download,
                "feedback": new.feedback,
                "days": new.days,
            },
        )
        await write_audit(
            session, "share.created", user=by, space=owner, target=share_id, days=new.days,
            password=hashed is not None, download=new.download,
        )  # fmt: skip
        view = await _one(session, owner, share_id)
    # Never from a request's own words: `Host` is what the asker says it is.
    home = run.settings.public_url or f"http://localhost:{run.settings.port}"
    return ShareCreated(**view.model_dump(), url=f"{home}/s/{secret}")


async def _name_of(session: Executor, owner: UUID, new: NewShare) -> str:
    """Return what the shared thing is called. Raises `NotFound` for what is not in the space."""
    if new.job_id is not None:
        name = await session.scalar(
            text("SELECT name FROM jobs WHERE id = :id AND owner_id = :owner"),
            {"id": new.job_id, "owner": owner},
        )
        missing = "There is no such job."
    elif new.film_id is not None:
        name = await session.scalar(
            text(
                "SELECT s.name FROM films f JOIN stories s ON s.id = f.story_id"
                " WHERE f.id = :id AND f.owner_id = :owner AND s.deleted_at IS NULL AND f.files ? 'film.mp4'"
            ),
            {"id": new.film_id, "owner": owner},
        )
        missing = "There is no such film, or it is not made yet."
    else:
        wanted = list(dict.fromkeys(new.video_ids or ()))
        rows = await session.execute(
            text(
                "SELECT v.id, j.name FROM videos v JOIN jobs j ON j.id = v.job_id WHERE v.owner_id = :owner"
                " AND v.id = ANY(:ids) AND v.deleted_at IS NULL AND v.status = 'completed'"
            ),
            {"ids": wanted, "owner": owner},
        )
        found = rows.all()
        name = found[0].name if len(found) == len(wanted) else None
        missing = "Some of these takes are not there, or not finished."
    if name is None:
        raise NotFound(missing)
    return str(name)[:100]


async def _one(session: Executor, owner: UUID, share_id: UUID) -> ShareView:
    rows = await session.execute(
        text(
            f"SELECT {_COLUMNS} FROM share_links l LEFT JOIN users u ON u.id = l.created_by"  # noqa: S608  # only our own constants
            " WHERE l.owner_id = :owner AND l.id = :id"
        ),
        {"owner": owner, "id": share_id},
    )
    row = rows.one_or_none()
    if row is None:
        raise NotFound("There is no such link.")
    return _view(row)


def _view(row: Row[Any]) -> ShareView:
    return ShareView.model_validate(row, from_attributes=True)


async def list_shares(session: Executor, owner: UUID) -> list[ShareView]:
    """Return the links of a space, the newest first; expired ones too, until they are revoked."""
    rows = await session.execute(
        text(
            f"SELECT {_COLUMNS} FROM share_links l LEFT JOIN users u ON u.id = l.created_by"  # noqa: S608  # only our own constants
            " WHERE l.owner_id = :owner ORDER BY l.created_at DESC, l.id"
        ),
        {"owner": owner},
    )
    return [_view(row) for row in rows]


async def revoke_share(run: Runtime, owner: UUID, by: UUID | None, share_id: UUID) -> None:
    """Delete a link and what guests said by it: it is unknown from the next request on. Raises `NotFound`."""
    async with run.db.begin() as session:
        gone = await session.scalar(
            text("DELETE FROM share_links WHERE id = :id AND owner_id = :owner RETURNING id"),
            {"id": share_id, "owner": owner},
        )
        if gone is None:
            raise NotFound("There is no such link.")
        await write_audit(session, "share.revoked", user=by, space=owner, target=share_id)


async def reviews_of(session: Executor, owner: UUID, share_id: UUID) -> list[GuestReviewView]:
    """Return what guests said by a link, the newest first. Raises `NotFound`."""
    await _one(session, owner, share_id)
    rows = await session.execute(
        text("SELECT * FROM guest_reviews WHERE link_id = :id ORDER BY created_at DESC, id LIMIT 1000"),
        {"id": share_id},
    )
    return [GuestReviewView.model_validate(row, from_attributes=True) for row in rows]
