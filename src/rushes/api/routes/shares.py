"""Share links: made and revoked by members of a space; opened by whoever has one, without an account."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Query, Request, Response

from rushes.api import people_examples as examples
from rushes.api.deps import AskedHere, Owner, Run
from rushes.api.examples import answers, binary
from rushes.api.files import NO_SUCH_RANGE, UNCHANGED, send_file
from rushes.api.problems import problems
from rushes.sharing import guests, links
from rushes.sharing.views import (
    GuestReviewView,
    NewShare,
    ReviewBody,
    ShareCreated,
    SharedView,
    ShareView,
    UnlockBody,
)

router = APIRouter(prefix="/api", tags=["sharing"])
COOKIE = "rushes-share"
ShareId = Annotated[UUID, Path(description="The link.")]
Secret = Annotated[str, Path(max_length=128, description="What the link ends in.")]
ItemId = Annotated[UUID, Path(description="A take, or the film.")]
OFF = problems(conflict="This installation has no accounts.")
NO_LINK = problems(not_found="There is no such link.")
GUEST = problems(
    not_found="There is no such link, or it does not show that.",
    gone="The link has expired.",
    sign_in_needed="The link needs its password.",
)
QUIET = {
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
}
"""Headers of what is behind a link: no cache keeps it, no search finds it, no site hears its address."""


@router.get("/shares", responses=answers([examples.SHARE], "The space's links."), summary="List share links")
async def read_shares(run: Run, owner: Owner) -> list[ShareView]:
    """The links of the space, the newest first, with how often they were opened."""
    async with run.db.statement() as session:
        return await links.list_shares(session, owner)


@router.post(
    "/shares",
    status_code=201,
    responses=answers(examples.NEW_SHARE, "The link, shown once.", 201)
    | OFF
    | problems(not_found="What is to be shared is not there."),
    summary="Share by a link",
)
async def create_share(
    new: Annotated[
        NewShare, Body(openapi_examples=examples.body(job_id=str(examples.ITEM_ID), days=14, feedback=True))
    ],
    run: Run,
    owner: Owner,
    asked: AskedHere,
) -> ShareCreated:
    """Make a link to a job, to takes or to a film, for looking without an account.

    Whoever has it sees the finished takes and nothing else: no prompts, no costs, no names of people.
    """
    by = asked.principal.user_id if asked.principal else None
    return await links.create_share(run, owner, by, new)


@router.delete("/shares/{share_id}", status_code=204, responses=NO_LINK, summary="Revoke a share link")
async def revoke_share(share_id: ShareId, run: Run, owner: Owner, asked: AskedHere) -> Response:
    """Delete a link and what guests said by it. Whoever opens it finds nothing from now on."""
    by = asked.principal.user_id if asked.principal else None
    await links.revoke_share(run, owner, by, share_id)
    return Response(status_code=204)


@router.get(
    "/shares/{share_id}/reviews",
    responses=answers([examples.GUEST_REVIEW], "What guests said.") | NO_LINK,
    summary="Read guests' reviews",
)
async def read_guest_reviews(share_id: ShareId, run: Run, owner: Owner) -> list[GuestReviewView]:
    """Stars and notes that guests left by a link, the newest first."""
    async with run.db.statement() as session:
        return await links.reviews_of(session, owner, share_id)


@router.get(
    "/shared/{secret}", responses=answers(examples.SHARED, "What it shows.") | GUEST, summary="Open a link"
)
async def open_share(secret: Secret, request: Request, run: Run, response: Response) -> SharedView:
    """What a link shows. With `locked` its password has to be given first (`unlock`)."""
    response.headers.update(QUIET)
    return await guests.show(run, secret, _grant(request))


@router.post(
    "/shared/{secret}/unlock",
    status_code=204,
    responses=GUEST | problems(too_many_requests="Too many attempts failed."),
    summary="Give a link's password",
)
async def unlock_share(
    secret: Secret,
    body: Annotated[UnlockBody, Body(openapi_examples=examples.body(password=examples.PASSWORD))],
    run: Run,
    asked: AskedHere,
) -> Response:
    """Set a cookie that opens this link and nothing else, until the browser is closed."""
    shared = await guests.unlock(run, secret, body.password, asked.origin)
    response = Response(status_code=204, headers=QUIET)
    if shared.grant is not None:
        response.set_cookie(
            COOKIE,
            shared.grant,
            path=f"/api/shared/{secret}",
            secure=asked.encrypted,
            httponly=True,
            samesite="strict",
        )
    return response


@router.get(
    "/shared/{secret}/{item_id}/content",
    response_class=Response,
    responses={
        **binary("video/mp4", "The video."),
        **binary("video/mp4", "The part of it that was asked for (`Range`).", 206),
        **UNCHANGED,
        **GUEST,
        **NO_SUCH_RANGE,
        **problems(forbidden="The link is for looking only."),
    },
    summary="Play a shared video",
)
async def read_shared_content(
    secret: Secret,
    item_id: ItemId,
    request: Request,
    run: Run,
    download: Annotated[bool, Query(description="Save it instead of playing it.")] = False,
) -> Response:
    """The MP4 of a take or film that the link shows, with ranges."""
    file, name = await guests.shared_file(run, secret, _grant(request), item_id, save=download)
    if download and request.headers.get("range", "bytes=0-").startswith("bytes=0-"):
        await guests.count_download(run, secret)
    return _quiet(await send_file(request, run, file, name, attachment=download))


@router.get(
    "/shared/{secret}/{item_id}/thumbnail",
    response_class=Response,
    responses={**binary("image/jpeg", "The picture."), **UNCHANGED, **GUEST},
    summary="A picture of a shared video",
)
async def read_shared_thumbnail(secret: Secret, item_id: ItemId, request: Request, run: Run) -> Response:
    """A still of a take or film that the link shows."""
    file, name = await guests.shared_file(run, secret, _grant(request), item_id, thumbnail=True)
    return _quiet(await send_file(request, run, file, name))


@router.put(
    "/shared/{secret}/{item_id}/review",
    status_code=204,
    responses=GUEST | problems(forbidden="The link is for looking only.", conflict="The link takes no more."),
    summary="Review a shared take",
)
async def review_shared(
    secret: Secret,
    item_id: ItemId,
    body: Annotated[
        ReviewBody, Body(openapi_examples=examples.body(guest="Grace", stars=4, note="The second half."))
    ],
    request: Request,
    run: Run,
) -> Response:
    """Leave stars or a note on a take, where the link takes them. The same name replaces what it said."""
    await guests.review(run, secret, _grant(request), item_id, body)
    return Response(status_code=204, headers=QUIET)


def _grant(request: Request) -> str | None:
    return request.cookies.get(COOKIE)


def _quiet(response: Response) -> Response:
    for name in ("X-Robots-Tag", "Referrer-Policy"):
        response.headers[name] = QUIET[name]
    return response
