"""Google Flow without an API key: its web page, worked in the browser of a person who has signed in there.

A submission is a click on the page. What decides about money is therefore in `submit.py` (before and
after the click) and in `find`: a crash, or a click that nothing answered, is looked up in the job's own Flow
project by the unique name of its upload. Nothing is ever sent but by a click in the page itself.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import ClassVar
from uuid import UUID

from rushes.errors import ActionNeeded, Fault, Invalid, ProviderChanged, RushesError
from rushes.providers.checks import find_model, prompt_faults, refuse, usual_faults
from rushes.providers.http import Connected, needed
from rushes.providers.modes import Mode
from rushes.providers.video.flow import find as finding
from rushes.providers.video.flow import submit as submitting
from rushes.providers.video.flow.browser.accounts import Accounts
from rushes.providers.video.flow.browser.config import BrowserConfig
from rushes.providers.video.flow.browser.logs import AUTOMATION
from rushes.providers.video.flow.browser.session import Session
from rushes.providers.video.flow.ids import Remote, failed
from rushes.providers.video.flow.open_project import open_project
from rushes.providers.video.flow.options import (
    FlowOptions,
    FlowSettings,
    job_of,
    whose_is,
)
from rushes.providers.video.flow.take import Fetching, Looking
from rushes.providers.video.flow.watch import Watch
from rushes.providers.video_contract import (
    Call,
    Candidates,
    Credential,
    CredentialKind,
    Finished,
    Limits,
    Output,
    ProgressCallback,
    Renewed,
    Running,
    ShotInput,
    Unknown,
    VideoProvider,
)

MOST_INGREDIENTS = 3
"""? Flow takes three in every description of it."""


class FlowProvider(Connected, VideoProvider[FlowOptions, FlowSettings]):
    """See the module docstring."""

    id = "flow"
    title = "Google Flow"
    modes = frozenset({Mode.TEXT_TO_VIDEO, Mode.IMAGE_TO_VIDEO, Mode.FIRST_LAST_FRAME, Mode.REFERENCES})
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

    def _watch(self, account: UUID) -> Watch:
        return self._watches.setdefault(account, Watch(account))

    def _opened(self, session: Session) -> None:
        self._watch(session.id).listen(session)

    def check(self, shot: ShotInput, options: FlowOptions) -> None:
        """Raise `Invalid` for what Flow would refuse."""
        faults = [*usual_faults(self, shot, options), *prompt_faults(shot)]
        if shot.references and (shot.image or shot.last_image):
            faults.append(Fault("references", "Ingredients and frames do not go together.", "not_supported"))
        if len(shot.references) > MOST_INGREDIENTS:
            faults.append(Fault("references", f"At most {MOST_INGREDIENTS} references.", "out_of_range"))
        refuse(faults)

    async def test(self, credential: Credential) -> None:
        """Whether the account is signed in. Raises `ActionNeeded` for what only its owner can do."""
        session = await self.accounts.session(credential)
        async with session.lock:
            await session.signed_in()
            await session.leave_projects()

    async def submit(self, call: Call[FlowOptions]) -> str:
        """Make it on the page. See `submit.py` for what may be raised when."""
        try:
            remote = await self._submit(call)
        except RushesError as error:
            AUTOMATION.warning("%s: not sent: %s", call.key, error.message)
            raise
        except submitting.UnclearError as unclear:
            AUTOMATION.warning("%s: it is not known whether it was accepted: %s", call.key, unclear)
            if (session := self.accounts.open(needed(call.credential).id)) is not None:
                await session.keep_incident(job_of(call), "composer.submit", str(unclear))
            raise
        AUTOMATION.info("%s: accepted as %s", call.key, remote)
        return remote

    async def _submit(self, call: Call[FlowOptions]) -> str:
        credential, takes = needed(call.credential), len(call.shot.seeds)
        order = submitting.order_of(call, find_model(self, call.shot), self.settings.credit_cap)
        order.keep_cap(order.credits)
        await self._watch(credential.id).take_room(call.key, takes)
        session = await self.accounts.session(credential)
        watch = self._watch(session.id)
        AUTOMATION.info("%s: preparing %r", call.key, call.shot.prompt[:60])
        try:
            try:
                async with session.lock:
                    remote = await self._click(session, watch, call, order)
            except submitting.RefusedError as refused:
                return await self._unless_accepted(call, refused.error)
            if isinstance(remote, frozenset):
                remote = await self._by_tiles(call, session, watch, remote, takes)
        except BaseException:
            watch.leave_room(call.key)
            raise
        return str(remote)

    async def _by_tiles(
        self,
        call: Call[FlowOptions],
        session: Session,
        watch: Watch,
        before: frozenset[str],
        takes: int,
    ) -> Remote:
        """What was accepted, where only its tiles say so. Whatever stops the looking leaves it uncertain."""
        whose = replace(whose_is(call), before=before)
        try:
            remote = await finding.wait_for_tiles(
                session,
                watch,
                job_of(call),
                whose,
                call.key,
                takes,
                seconds=self.limits.timeout_seconds,
                settle=self.settings.settle_seconds,
            )
        except RushesError as error:
            raise submitting.UnclearError(f"It was accepted, and then: {error.message}") from error
        if remote is None:
            raise submitting.UnclearError("Flow took it, and its tiles do not say what became of it.")
        return remote

    async def _unless_accepted(self, call: Call[FlowOptions], refusal: RushesError) -> str:
        """The remote id, should it have been accepted after all. Raises the refusal."""
        if isinstance(refusal, ActionNeeded):
            raise refusal  # signed out: there is nothing to be seen, and nothing was taken
        try:
            found = await self.find(call)
        except RushesError as error:
            raise submitting.UnclearError(f"{refusal.message} ({error.message})") from error
        if found is None or (isinstance(found, str) and not Remote.parse(found).media):
            raise refusal
        if not isinstance(found, str):
            raise submitting.UnclearError(refusal.message)
        return found

    async def _click(
        self, session: Session, watch: Watch, call: Call[FlowOptions], order: submitting.Order
    ) -> Remote | frozenset[str]:
        try:
            page = await open_project(session, watch, job_of(call))
        except ProviderChanged as error:
            raise submitting.not_sent(error) from error
        uploaded = await submitting.prepare(watch, page, order)
        return await submitting.click(
            watch,
            page,
            order,
            uploaded,
            call.confirm,
            seconds=self.settings.reply_seconds,
            throttle=self.settings.throttle_seconds,
        )

    async def status(self, call: Call[FlowOptions], remote_id: str) -> Running | Finished:
        """By the server's word, else by the tiles."""
        session = await self.accounts.session(needed(call.credential))
        watch, remote = self._watch(session.id), Remote.parse(remote_id)
        watch.keep_room(call.key, len(remote.media))
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
            watch.leave_room(call.key)
            AUTOMATION.info("%s: %d made, %d failed", call.key, len(answer.outputs), len(answer.failures))
            for error in answer.failures.values():
                await session.keep_incident(job_of(call), "tile.failed", error.message)
            return answer
        return Running(answer.progress, self.settings.poll_seconds)

    async def fetch(
        self, call: Call[FlowOptions], output: Output, into: Path, progress: ProgressCallback
    ) -> None:
        """From its signed address, else from the page's player, else by the page's menu."""
        session = await self.accounts.session(needed(call.credential))
        fetching = Fetching(
            session, self._watch(session.id), self.client, self.settings.url, job_of(call), output.ref
        )
        await fetching.fetch(call.options.resolution, into, progress)
        AUTOMATION.info("%s: take %d is fetched", call.key, output.index + 1)

    def remote_id_of(self, picked: Sequence[str], takes: int) -> str:
        """The videos that a person has picked; a take without one has failed. Raises `Invalid`."""
        projects = {each.partition("/")[0] for each in picked}
        if len(projects) != 1 or not 1 <= len(picked) <= takes:
            raise Invalid(f"Pick 1 to {takes} of them.")
        media = [each.partition("/")[2] for each in picked]
        lost = [failed("This take was not among the videos that were picked.")] * (takes - len(media))
        return str(Remote(projects.pop(), (*media, *lost)))

    async def find(self, call: Call[FlowOptions]) -> str | Unknown | Candidates | None:
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

    async def renewed(self, credential: Credential) -> Renewed | None:
        """The storage state as the browser has it now, while somebody is signed in."""
        session = self.accounts.open(credential.id)
        if session is None or not session.is_open or not session.stems_from(credential.secret):
            return None
        heard = self._watch(session.id).observer
        if heard.signed_out:
            return None
        async with session.lock:
            return Renewed(await session.storage_state(), heard.credits)

    async def leave(self, credential: Credential) -> None:
        """Close the account's browser."""
        await self.accounts.leave(credential.id)
        if (watch := self._watches.pop(credential.id, None)) is not None:
            watch.making.clear()  # whoever waits for room there goes on

    async def close(self) -> None:
        """Close every browser."""
        if "accounts" in self.__dict__:
            await self.accounts.close()
        await super().close()
