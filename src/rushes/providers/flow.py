"""Google Flow without an API key: its web page, worked in the browser of a person who has signed in there.

A submission is a click on the page. What decides about money is therefore in `_flow_submit.py` (before and
after the click) and in `find`: a crash, or a click that nothing answered, is looked up in the job's own Flow
project by the unique name of its upload. Nothing is ever sent but by a click in the page itself.
"""

from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Literal
from uuid import NAMESPACE_OID, UUID, uuid5

import httpx2
from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from rushes.browser.accounts import Accounts
from rushes.browser.config import BrowserConfig
from rushes.browser.pages.settings import Wanted
from rushes.browser.session import Session
from rushes.core.modes import Mode
from rushes.errors import ErrorType, ProviderChanged, Rejected
from rushes.providers import _flow_find as finding
from rushes.providers import _flow_submit as submitting
from rushes.providers._checks import find_model, prompt_faults, refuse, usual_faults
from rushes.providers._contract import (
    Call,
    Credential,
    CredentialKind,
    Finished,
    JobRef,
    Limits,
    Output,
    ProgressCallback,
    ProviderSettings,
    Running,
    ShotInput,
    Unknown,
    VideoOptions,
    VideoProvider,
)
from rushes.providers._flow_ids import Remote, media_of, upload_name
from rushes.providers._flow_take import Fetching, Looking
from rushes.providers._flow_watch import Watch, Whose
from rushes.providers._http import needed, new_client
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


class FlowSettings(ProviderSettings):
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
        default=None, description="Google address that `rushes flow login` types by itself."
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
        default=600.0, ge=0, description="How long an account rests that Flow calls too quick, seconds."
    )
    poll_seconds: float = Field(default=3.0, gt=0, description="Between two looks at a video, seconds.")


class FlowProvider(VideoProvider[FlowOptions, FlowSettings]):
    """See the module docstring."""

    id = "flow"
    title = "Google Flow"
    modes = frozenset({Mode.TEXT_TO_VIDEO, Mode.IMAGE_TO_VIDEO})
    limits: ClassVar[Limits] = Limits(
        max_prompt_chars=5000,
        max_outputs=4,
        outputs_per_call=4,
        concurrency=1,
        spacing_seconds=20.0,
        poll_seconds=3.0,
        timeout_seconds=1800.0,
    )
    Options = FlowOptions
    Settings = FlowSettings
    credential = CredentialKind.FLOW_ACCOUNT
    knows_others = True

    def __init__(self, settings: FlowSettings) -> None:
        super().__init__(settings)
        self._watches: dict[UUID, Watch] = {}

    @cached_property
    def config(self) -> BrowserConfig:
        """What the browser room is told."""
        given = self.settings
        return BrowserConfig(
            url=given.url,
            data_dir=given.data_dir,
            browser=given.browser,
            headless=given.headless,
            selectors=given.selectors,
            recycle_after=given.recycle_after,
            find_seconds=given.find_seconds,
        )

    @cached_property
    def accounts(self) -> Accounts:
        """The browsers of this process."""
        return Accounts(self.config, opened=self._opened)

    @cached_property
    def http(self) -> httpx2.AsyncClient:
        """For signed addresses, which need no cookie."""
        return new_client()

    def _watch(self, account: UUID) -> Watch:
        return self._watches.setdefault(account, Watch(account))

    def _opened(self, session: Session) -> None:
        self._watch(session.id).listen(session)

    def check(self, shot: ShotInput, options: FlowOptions) -> None:
        """Raise `Invalid` for what Flow would refuse."""
        refuse([*usual_faults(self, shot, options), *prompt_faults(shot)])

    async def test(self, credential: Credential) -> None:
        """Whether the account is signed in. Raises `ActionNeeded` for what only its owner can do."""
        session = await self.accounts.session(credential)
        async with session.lock:
            await session.signed_in()

    async def submit(self, call: Call[FlowOptions]) -> str:
        """Make it on the page. See `_flow_submit.py` for what may be raised when."""
        session = await self.accounts.session(needed(call.credential))
        watch, takes = self._watch(session.id), len(call.shot.seeds)
        order = self._order(call, takes)
        self._keep_cap(call, order.credits)
        await watch.take_room(call.key, takes)
        try:
            async with session.lock:
                remote = await self._click(session, watch, job_of(call), order)
            if isinstance(remote, frozenset):
                whose = replace(whose_is(call), before=remote)
                remote = await finding.wait_for_tiles(
                    session, watch, job_of(call), whose, takes, seconds=self.limits.timeout_seconds
                )
                if remote is None:
                    raise submitting.UnclearError("Flow took it, and its tiles do not say what became of it.")
        except BaseException:
            await watch.leave_room(call.key)
            raise
        return str(remote)

    async def _click(
        self, session: Session, watch: Watch, job: JobRef, order: submitting.Order
    ) -> Remote | frozenset[str]:
        try:
            page = await session.project(job)
        except ProviderChanged as error:
            raise submitting.not_sent(error) from error
        await submitting.prepare(watch, page, order)
        return await submitting.click(
            watch,
            page,
            order,
            seconds=self.settings.reply_seconds,
            throttle=self.settings.throttle_seconds,
        )

    async def status(self, call: Call[FlowOptions], remote_id: str) -> Running | Finished:
        """By the server's word, else by the tiles."""
        session = await self.accounts.session(needed(call.credential))
        watch, remote = self._watch(session.id), Remote.parse(remote_id)
        watch.making.setdefault(call.key, len(remote.media))
        looking = Looking(
            session,
            watch,
            job_of(call),
            remote,
            whose_is(call),
            quiet=self.settings.quiet_seconds,
            patience=self.settings.complaint_seconds,
            throttle=self.settings.throttle_seconds,
        )
        answer = await looking.look()
        if isinstance(answer, Finished):
            await watch.leave_room(call.key)
            return answer
        return Running(answer.progress, self.settings.poll_seconds)

    async def fetch(
        self, call: Call[FlowOptions], output: Output, into: Path, progress: ProgressCallback
    ) -> None:
        """From its signed address, else from the page's player, else by the page's menu."""
        session = await self.accounts.session(needed(call.credential))
        fetching = Fetching(session, self._watch(session.id), self.http, job_of(call), output.ref)
        await fetching.fetch(call.options.resolution, into, progress)

    async def find(self, call: Call[FlowOptions]) -> str | Unknown | None:
        """Look for it in the job's Flow project."""
        session = await self.accounts.session(needed(call.credential))
        found = await finding.find(
            session,
            self._watch(session.id),
            job_of(call),
            whose_is(call),
            len(call.shot.seeds),
            seconds=self.settings.settle_seconds,
        )
        return str(found) if isinstance(found, Remote) else found

    async def cancel(self, remote_id: str, credential: Credential | None) -> None:
        """Flow has no way to stop a generation; its videos stay in the project, for their owner."""

    async def renewed(self, credential: Credential) -> str | None:
        """The storage state as the browser has it now, while somebody is signed in."""
        session = self.accounts.open(credential.id)
        if session is None or not session.is_open or self._watch(session.id).observer.signed_out:
            return None
        async with session.lock:
            return await session.storage_state()

    async def leave(self, credential: Credential) -> None:
        """Close the account's browser."""
        await self.accounts.leave(credential.id)
        self._watches.pop(credential.id, None)

    async def close(self) -> None:
        """Close every browser."""
        if "accounts" in self.__dict__:
            await self.accounts.close()
        if "http" in self.__dict__:
            await self.http.aclose()

    def _order(self, call: Call[FlowOptions], takes: int) -> submitting.Order:
        options, image = call.options, call.shot.image
        made_at = options.resolution if options.resolution == "360p" else "720p"
        wanted = Wanted(
            model=call.shot.model,
            aspect=options.aspect_ratio,
            count=takes,
            kind="frames" if image else "ingredients",
            resolution=made_at,
            duration=options.duration_seconds,
        )
        model = find_model(self, call.shot)
        price = model.credits_for(made_at, options.duration_seconds) if model else 0
        return submitting.Order(wanted, prompt_of(call), image, name_of(call), takes * price)

    def _keep_cap(self, call: Call[FlowOptions], needed_now: int) -> None:
        """Raise `Rejected` when the job would use more credits than it may. What failed later counts too."""
        caps = [each for each in (call.options.credit_cap, self.settings.credit_cap) if each is not None]
        before = needed_now // len(call.shot.seeds) * len(media_of(call.others))
        if caps and before + needed_now > min(caps):
            raise Rejected(
                f"This job may use {min(caps)} Flow credits; {before} are used, and this takes {needed_now}.",
                error_type=ErrorType.BUDGET,
                hint="Allow more (credit_cap of the job, RUSHES_FLOW_CREDIT_CAP), then retry.",
            )


def job_of(call: Call[Any]) -> JobRef:
    """The job of a call; a trial by itself is a job of its own."""
    return call.job or JobRef(uuid5(NAMESPACE_OID, call.key), "Rushes")


def prompt_of(call: Call[Any]) -> str:
    """What is written on the page, on one line; Flow has no place of its own for what to avoid."""
    said = " ".join(call.shot.prompt.split())
    avoid = " ".join((call.shot.negative_prompt or "").split()).rstrip(".")
    return f"{said} Avoid: {avoid}." if avoid else said


def name_of(call: Call[Any]) -> str | None:
    """The name its image is uploaded under; None without one."""
    return upload_name(call.key, call.shot.image) if call.shot.image else None


def whose_is(call: Call[Any]) -> Whose:
    """What its media are known by."""
    return Whose(prompt_of(call), name_of(call), media_of(call.others))
