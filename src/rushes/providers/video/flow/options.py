"""What a person can set on Flow's page, what an operator can set about it, and a call in the page's terms."""

from pathlib import Path
from typing import Any, Literal
from uuid import NAMESPACE_OID, uuid5

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from rushes.providers.links import LinkSettings
from rushes.providers.video.flow.ids import media_of, upload_name
from rushes.providers.video.flow.watch import Whose
from rushes.providers.video_contract import Call, JobRef, VideoOptions
from rushes.settings import default_data_dir


class FlowOptions(VideoOptions, frozen=True):
    """What a person can set on Flow's page."""

    aspect_ratio: Literal["9:16", "16:9"] = Field(default="9:16", description="Shape of the picture.")
    resolution: Literal["360p", "720p", "1080p", "4k"] = Field(
        default="720p", description="Size of the picture; 1080p and 4k are made by Flow from 720p."
    )
    duration_seconds: Literal[4, 6, 8, 10] = Field(default=8, description="Length of a take, seconds.")
    credit_cap: int | None = Field(
        default=None, ge=1, description="Most Flow credits this job may use. Unset: what the account has."
    )


class FlowSettings(LinkSettings):
    """Where Flow is, and how it is worked."""

    model_config = SettingsConfigDict(env_prefix="RUSHES_FLOW_", env_file=".env", extra="ignore")

    url: str = Field(default="https://flow.google.com", description="Address of Flow.")
    data_dir: Path = Field(
        default_factory=default_data_dir,
        validation_alias="RUSHES_DATA_DIR",
        description="Folder of the installation: profiles in use, incidents and logs are in it.",
    )
    browser: str = Field(
        default="chrome", description="`chrome` (the installed one), `chromium`, or the path of a browser."
    )
    headless: bool = Field(
        default=False, description="Work without a window. Google is more likely to refuse that."
    )
    email: str | None = Field(
        default=None, description="Google address that `rushes flow login` types automatically."
    )
    password: SecretStr | None = Field(
        default=None, description="The password to it. Signing in so stops at anything else Google asks."
    )
    selectors: Path | None = Field(
        default=None, description="TOML file (or a folder of them) about the page that comes before ours."
    )
    credit_cap: int | None = Field(
        default=None, ge=1, description="Most Flow credits any one job may use. Unset: no cap."
    )
    recycle_after: int = Field(default=40, ge=1, description="Submits after which a browser is replaced.")
    find_seconds: float = Field(
        default=15.0, gt=0, description="How long a thing on the page may take to show itself, seconds."
    )
    reply_seconds: float = Field(
        default=30.0, gt=0, description="How long after a click its answer is waited for, seconds."
    )
    settle_seconds: float = Field(
        default=15.0,
        ge=0,
        description="How long a project is looked at before a submission counts as not made, seconds.",
    )
    quiet_seconds: float = Field(
        default=20.0, gt=0, description="Silence of the network after which the tiles are looked at, seconds."
    )
    complaint_seconds: float = Field(
        default=60.0, ge=0, description="How long a failure nobody knows may still turn out well, seconds."
    )
    throttle_seconds: float = Field(
        default=600.0,
        ge=0,
        description="How long a sign-in cools down that Flow calls too quick, seconds.",
    )
    poll_seconds: float = Field(default=3.0, gt=0, description="Between two looks at a video, seconds.")


def job_of(call: Call[Any]) -> JobRef:
    """The job of a call; a trial by itself is a job of its own."""
    return call.job or JobRef(uuid5(NAMESPACE_OID, call.key), "Rushes")


def prompt_of(call: Call[Any]) -> str:
    """What is written on the page, on one line; Flow has no place of its own for what to avoid."""
    said = " ".join(call.shot.prompt.split())
    avoid = " ".join((call.shot.negative_prompt or "").split()).rstrip(".")
    return f"{said} Avoid: {avoid}." if avoid else said


def uploads_of(call: Call[Any]) -> tuple[tuple[Path, str], ...]:
    """Its images with the names they are uploaded under: start and end frame, else the references."""
    shot = call.shot
    files = [each for each in (shot.image, shot.last_image) if each is not None] or list(shot.references)
    return tuple((file, upload_name(call.key, file, place)) for place, file in enumerate(files))


def name_of(call: Call[Any]) -> str | None:
    """The name that its first image is uploaded under; None without one."""
    return next((name for _, name in uploads_of(call)), None)


def whose_is(call: Call[Any]) -> Whose:
    """What its media are known by."""
    return Whose(prompt_of(call), name_of(call), media_of(call.others))
