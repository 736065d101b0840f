"""Taking videos home in one ZIP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Form, Response
from fastapi.openapi.models import Example
from pydantic import BaseModel, Field, ValidationError

from rushes.actions.download import Resolution, prepare_download
from rushes.api import examples
from rushes.api.deps import Owner, RequestModel, Run
from rushes.api.examples import binary
from rushes.api.files import Stream
from rushes.api.forms import invalid_fields
from rushes.api.problems import problems
from rushes.core.names import content_disposition
from rushes.runtime import Runtime

router = APIRouter(prefix="/api/videos", tags=["videos"])

MOST_VIDEOS = 10_000
EXAMPLE: dict[str, Example] = {
    "some": {
        "value": {
            "video_ids": [str(examples.VIDEO_ID)],
            "folder_name": "Winter lookbook",
            "resolution": "original",
        }
    }
}


class DownloadRequest(RequestModel):
    """What to take home."""

    video_ids: list[UUID] = Field(min_length=1, max_length=MOST_VIDEOS, description="In this order.")
    folder_name: str | None = Field(
        None,
        max_length=200,
        description="The folder in the ZIP, and the ZIP's name; the job's name if not given.",
    )
    resolution: Resolution = Field(
        Resolution.ORIGINAL, description="Videos are as the provider made them: both words mean that."
    )


EXAMPLE_FORM: dict[str, Example] = {
    "some": {"value": {"video_ids": str(examples.VIDEO_ID), "folder_name": "Winter lookbook"}}
}


class DownloadForm(BaseModel):
    """The same as fields of a form, which are text."""

    video_ids: str = Field(description="The ids with commas between them, in this order.")
    folder_name: str | None = None
    resolution: str = Resolution.ORIGINAL

    def request(self) -> DownloadRequest:
        """What is asked for. Raises `Invalid`."""
        fields = {**self.model_dump(), "video_ids": [each for each in self.video_ids.split(",") if each]}
        try:
            return DownloadRequest.model_validate(fields)
        except ValidationError as error:
            raise invalid_fields(error, "video_ids") from error


ANSWERS = {
    **binary("application/zip", "The ZIP. Its length is known, so a client can show how far it is."),
    **problems(not_found="Some videos are not there.", conflict="Some videos are not finished."),
}


@router.post(
    "/download",
    response_class=Response,
    responses=ANSWERS,
    summary="Download videos as a ZIP",
)
async def download_videos(
    wanted: Annotated[DownloadRequest, Body(openapi_examples=EXAMPLE)], run: Run, owner: Owner
) -> Response:
    """A ZIP of the videos, uncompressed (they are compressed already), with a `manifest.csv`.

    The videos count as downloaded when all of it has been sent.
    """
    return await _zip(wanted, run, owner)


@router.post(
    "/download-form",
    response_class=Response,
    responses=ANSWERS,
    summary="Download videos as a ZIP, by a form",
)
async def download_by_form(
    form: Annotated[DownloadForm, Form(openapi_examples=EXAMPLE_FORM)], run: Run, owner: Owner
) -> Response:
    """The same for a page: a form that is sent is saved by the browser itself, straight to the disk."""
    return await _zip(form.request(), run, owner)


async def _zip(wanted: DownloadRequest, run: Runtime, owner: UUID) -> Response:
    download = await prepare_download(
        run, owner, wanted.video_ids, folder_name=wanted.folder_name, resolution=wanted.resolution
    )
    headers = {
        "Content-Length": str(download.length),
        "Content-Disposition": content_disposition(download.filename),
    }
    return Stream(download.stream(), headers=headers, media_type="application/zip")
