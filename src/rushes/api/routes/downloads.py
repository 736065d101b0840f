"""Downloads of videos: now, or by a link that can be read in parts."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Form, Path, Request, Response
from fastapi.openapi.models import Example
from fastapi.responses import JSONResponse
from pydantic import Field, ValidationError

from rushes.api import examples
from rushes.api.deps import Owner, RequestModel, Run
from rushes.api.examples import answers, binary
from rushes.api.files import NO_SUCH_RANGE, UNCHANGED, Sendable, Stream, send
from rushes.api.forms import invalid_fields
from rushes.api.problems import problems
from rushes.downloads.actions import Download, DownloadSelection, open_link, prepare_download, prepare_link
from rushes.engine.runtime import Runtime
from rushes.platform.media.upscaling import Resolution
from rushes.platform.names import content_disposition

router = APIRouter(prefix="/api", tags=["videos"])

MOST_VIDEOS = 10_000
EXAMPLE: dict[str, Example] = {
    "some": {
        "value": {
            "video_ids": [str(examples.VIDEO_ID)],
            "folder_name": "Winter lookbook",
            "resolution": "4k",
        }
    },
    "by a link": {"value": {"video_ids": [str(examples.VIDEO_ID)], "prepare": True}},
}


class DownloadRequest(RequestModel):
    """The videos to pack into a ZIP, in their order."""

    video_ids: list[UUID] = Field(min_length=1, max_length=MOST_VIDEOS, description="In this order.")
    folder_name: str | None = Field(
        None,
        max_length=200,
        description="What `{job}` stands for in the names, and the ZIP's name; the job's name if not given.",
    )
    resolution: Resolution = Field(
        Resolution.ORIGINAL,
        description="`4k`: the upscaled copy where there is one; `manifest.csv` says where there is none."
        " The others: as made.",
    )
    names: str | None = Field(
        None,
        max_length=200,
        description="Names of the files, like `{job}/{number:03d}_{take}_{slug}.mp4`. Also there: {image},"
        " {provider}, {model}, {seed}, {resolution}, {date}, {id}.",
    )
    sidecars: bool = Field(False, description="A JSON file beside each video, with all that is known of it.")
    contact_sheets: bool = Field(False, description="A picture of all the takes, for each job.")
    prepare: bool = Field(False, description="Answer with a link instead: it can be read in parts.")

    def wanted(self) -> DownloadSelection:
        """What is to be downloaded, whichever way."""
        return DownloadSelection.model_validate(self.model_dump(exclude={"prepare"}))


EXAMPLE_FORM: dict[str, Example] = {
    "some": {"value": {"video_ids": str(examples.VIDEO_ID), "folder_name": "Winter lookbook"}}
}


class DownloadForm(RequestModel):
    """The same as fields of a form, which are text."""

    video_ids: str = Field(description="The ids with commas between them, in this order.")
    folder_name: str | None = None
    resolution: str = Resolution.ORIGINAL

    def wanted(self) -> DownloadSelection:
        """What is asked for. Raises `Invalid`."""
        fields = {**self.model_dump(), "video_ids": [each for each in self.video_ids.split(",") if each]}
        try:
            return DownloadRequest.model_validate(fields).wanted()
        except ValidationError as error:
            raise invalid_fields(error, "video_ids") from error


ANSWERS = {
    **binary("application/zip", "A ZIP, or one video as itself. Its length is sent beforehand."),
    **problems(not_found="Some videos are not there.", conflict="Some videos are not finished."),
}


@router.post(
    "/videos/download",
    response_class=Response,
    responses={**ANSWERS, **answers(examples.PREPARED, "The link that was asked for (`prepare`).", 201)},
    summary="Download videos",
)
async def download_videos(
    wanted: Annotated[DownloadRequest, Body(openapi_examples=EXAMPLE)], run: Run, owner: Owner
) -> Response:
    """A ZIP of the videos, uncompressed (they are compressed already), with a `manifest.csv`.

    One video alone comes as itself, unless something is to lie beside it. Videos count as downloaded when
    all has been sent.
    """
    asked = wanted.wanted()
    if wanted.prepare:
        link = await prepare_link(run, owner, asked)
        return JSONResponse(link.model_dump(mode="json"), 201)
    return await _all_of(run, owner, asked)


@router.post(
    "/videos/download-form",
    response_class=Response,
    responses=ANSWERS,
    summary="Download videos, by a form",
)
async def download_by_form(
    form: Annotated[DownloadForm, Form(openapi_examples=EXAMPLE_FORM)], run: Run, owner: Owner
) -> Response:
    """The same for a page: a form that is sent is saved by the browser itself, straight to the disk."""
    return await _all_of(run, owner, form.wanted())


async def _all_of(run: Runtime, owner: UUID, wanted: DownloadSelection) -> Response:
    download = await prepare_download(run, owner, wanted)
    headers = {
        "Content-Length": str(download.length),
        "Content-Disposition": content_disposition(download.filename),
    }
    return Stream(download.read(0, download.length), headers=headers, media_type=download.media_type)


@router.get(
    "/downloads/{download_id}",
    response_class=Response,
    responses={
        **binary("application/zip", "All of it."),
        **binary("application/zip", "The part of it that was asked for (`Range`).", 206),
        **UNCHANGED,
        **problems(not_found="There is no such download, or its time is over."),
        **NO_SUCH_RANGE,
    },
    summary="Read a prepared download",
)
async def read_download(
    download_id: Annotated[UUID, Path(description="The prepared download.")],
    request: Request,
    run: Run,
    owner: Owner,
) -> Response:
    """The same bytes every time, whole or in ranges, for as long as the videos stay as they are."""
    return send(request, _sendable(await open_link(run, owner, download_id)), attachment=True)


def _sendable(download: Download) -> Sendable:
    return Sendable(download.length, download.etag, download.media_type, download.filename, download.read)
