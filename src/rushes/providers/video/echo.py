"""A provider for tests and trials: no encoder, no network, and every answer a real one may give.

It keeps its "remote" side in a folder, so that it remembers across a kill -9 as a real service would.
What goes wrong is asked for in the prompt, by tags:

    [busy:2]           the first 2 submissions are answered "high demand"
    [network:2]        the first 2 submissions do not get through
    [refuse:people]    refused at submit (people, policy, minors, copyright)
    [block:policy]     accepted, then refused when finished
    [fail:1]           accepted, then failed to generate, the first time
    [partial]          all takes but the last are made; that one fails
    [lost]             accepted, but the answer is lost on the way
    [auth]             needs the user to sign in
    [damaged:1]        the first download is cut short
    [flaky:2]          the first 2 looks at the status fail
    [changed]          the status is one nobody knows
    [slow:5]           5 seconds longer than the option says
"""

import asyncio
import hashlib
import re
import time
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import BaseModel, Field
from pydantic_settings import SettingsConfigDict

from rushes.errors import (
    ActionNeeded,
    ErrorType,
    GenerationFailed,
    ProviderChanged,
    Rejected,
    RetryLater,
    RushesError,
)
from rushes.platform.batching import Together
from rushes.providers.video_contract import (
    Call,
    Credential,
    Finished,
    Limits,
    Mode,
    Output,
    ProgressCallback,
    ProviderSettings,
    Running,
    Unknown,
    VideoOptions,
    VideoProvider,
)
from rushes.settings import default_data_dir

TAG = re.compile(r"\[(\w+)(?::(\w+))?\]")
CLIPS = Path(__file__).with_name("_echo_clips")
"""One for each shape and length: 8 frames a second, a few KB (`python -m scripts.echo_clips` makes them)."""
REFUSALS = {
    "people": (ErrorType.PROMINENT_PEOPLE, "The prompt names a prominent person."),
    "policy": (ErrorType.POLICY_VIOLATION, "The prompt might violate the content policy."),
    "minors": (ErrorType.MINORS, "The image shows a minor."),
    "copyright": (ErrorType.COPYRIGHT, "The prompt names protected content."),
}


class EchoOptions(VideoOptions, frozen=True):
    """What an echo can be asked for."""

    aspect_ratio: Literal["16:9", "9:16", "1:1"] = Field(default="16:9", description="Shape of the picture.")
    resolution: Literal["720p"] = Field(
        default="720p", description="Named for the price only; the clips are tiny."
    )
    duration_seconds: Literal[1, 4] = Field(default=1, description="Length of a take, seconds.")
    delay_seconds: float = Field(default=0.0, ge=0, le=3600, description="How long a take takes, seconds.")
    idempotent: bool = Field(default=False, description="Whether the same key may be sent twice.")
    findable: bool = Field(default=True, description="Whether it can be asked what became of a key.")

    @property
    def promised_resolution(self) -> None:
        """None: the clips are tiny."""
        return None


class EchoSettings(ProviderSettings):
    """The folder that stands for echo's remote side."""

    model_config = SettingsConfigDict(env_prefix="RUSHES_ECHO_", env_file=".env", extra="ignore")

    dir: Path = Field(
        default_factory=lambda: default_data_dir() / "echo", description="Folder of echo's remote side."
    )
    concurrency: int = Field(default=1000, ge=1, description="Submissions in progress.")
    offered: bool = Field(
        default=False, description="Whether the page offers it, too; by its name it can be had anyway."
    )


class EchoAccepted(BaseModel):
    """What the remote side remembers of an accepted submission: a line of its journal."""

    key: str
    at: float
    takes: int


class EchoProvider(VideoProvider[EchoOptions, EchoSettings]):
    """See the module docstring."""

    id = "echo"
    title = "Echo (for tests)"
    modes = frozenset(Mode)
    limits: ClassVar[Limits] = Limits(
        max_prompt_chars=2000, max_outputs=4, outputs_per_call=4, concurrency=1000, poll_seconds=1.0
    )
    Options = EchoOptions
    Settings = EchoSettings
    reports_first_byte = True

    @property
    def offered(self) -> bool:
        """Only to those who test with the page."""
        return self.settings.offered

    def __init__(self, settings: EchoSettings) -> None:
        super().__init__(settings)
        self.accepted = settings.dir / "accepted"
        self.journal = self.accepted / "journal"
        self.tries = settings.dir / "tries"
        self._remembered: dict[str, EchoAccepted] = {}
        self._accept: Together[EchoAccepted, None] = Together(self._accept_all)
        self._deliver: Together[tuple[Path, bytes], None] = Together(self._deliver_all, spoiled=(OSError,))

    async def submit(self, call: Call[EchoOptions]) -> str:
        """Accept and remember, unless a tag says otherwise."""
        tags = _tags(call.shot.prompt)
        if "auth" in tags:
            raise ActionNeeded("Sign in to echo.", hint="Take the tag [auth] out of the prompt.")
        if "refuse" in tags:
            raise _refusal(tags["refuse"])
        if self._still(call, "busy"):
            raise RetryLater("Echo is in high demand.", error_type=ErrorType.HIGH_DEMAND)
        if self._still(call, "network"):
            raise RetryLater("Echo cannot be reached.", error_type=ErrorType.NETWORK)
        await call.confirm()
        await self._accept(EchoAccepted(key=call.key, at=time.time(), takes=len(call.shot.seeds)))
        if self._still(call, "lost"):
            raise TimeoutError("the answer was lost")
        return call.key

    async def status(self, call: Call[EchoOptions], remote_id: str) -> Running | Finished:
        """Finished when the delay is over."""
        tags = _tags(call.shot.prompt)
        if "changed" in tags:
            raise ProviderChanged("the status is 'pondering'", step="status")
        if self._still(call, "flaky"):
            raise RetryLater("Echo cannot be reached.", error_type=ErrorType.NETWORK)
        accepted = await self._recall(remote_id)
        if accepted is None:
            raise ProviderChanged(f"nothing is known of {remote_id}", step="status")
        delay = call.options.delay_seconds + float(tags.get("slow") or 0)
        left = accepted.at + delay - time.time()
        if left > 0:
            return Running(progress=1 - left / delay, poll_after=left)
        failures: dict[int, RushesError] = {}
        if "block" in tags:
            failures = dict.fromkeys(range(accepted.takes), _refusal(tags["block"]))
        elif self._still(call, "fail"):
            failures = dict.fromkeys(range(accepted.takes), GenerationFailed("Echo failed to generate."))
        elif "partial" in tags:
            failures = {accepted.takes - 1: _refusal("policy")}
        self._remembered.pop(remote_id, None)
        outputs = tuple(Output(index) for index in range(accepted.takes) if index not in failures)
        return Finished(outputs, failures, cost=_bill(len(outputs), call.options.duration_seconds))

    async def fetch(
        self, call: Call[EchoOptions], output: Output, into: Path, progress: ProgressCallback
    ) -> None:
        """A tiny real MP4."""
        data = clip(call.options.aspect_ratio, call.options.duration_seconds, call.shot.seeds[output.index])
        if self._still(call, "damaged"):
            data = data[: len(data) // 2]
        await self._deliver((into, data))
        progress(1.0)

    async def find(self, call: Call[EchoOptions]) -> str | Unknown | None:
        """Look whether the key was accepted."""
        if not call.options.findable:
            return Unknown.CANNOT_TELL
        return call.key if await self._recall(call.key) else None

    async def cancel(self, remote_id: str, credential: Credential | None) -> None:
        """Note the cancellation on the remote side."""
        (self.accepted / f"{remote_id}.cancelled").touch()

    async def _accept_all(self, accepted: Sequence[EchoAccepted]) -> list[None]:
        await asyncio.to_thread(self._note, accepted)
        return [None for _ in accepted]

    def _note(self, accepted: Sequence[EchoAccepted]) -> None:
        self.accepted.mkdir(parents=True, exist_ok=True)
        # A line for each submission that was accepted: what tests count.
        with self.journal.open("a") as journal:
            journal.write("".join(f"{each.model_dump_json()}\n" for each in accepted))
        for each in accepted:
            self._remembered.setdefault(each.key, each)

    async def _deliver_all(self, files: Sequence[tuple[Path, bytes]]) -> list[None]:
        await asyncio.to_thread(lambda: [file.write_bytes(data) for file, data in files])
        return [None for _ in files]

    def forget(self) -> None:
        """Forget everything that was ever accepted."""
        self._remembered.clear()
        self.journal.unlink(missing_ok=True)

    async def _recall(self, key: str) -> EchoAccepted | None:
        """What was accepted under a key, also by an earlier process."""
        return self._remembered.get(key) or await asyncio.to_thread(self._look_up, key)

    def _look_up(self, key: str) -> EchoAccepted | None:
        if not self.journal.exists():
            return None
        with self.journal.open() as lines:
            first = next((line for line in lines if key in line), None)
        return EchoAccepted.model_validate_json(first) if first else None

    def _still(self, call: Call[EchoOptions], what: str) -> bool:
        """Whether a tag such as [busy:2] has not happened often enough yet; counts it if so."""
        tags = _tags(call.shot.prompt)
        if what not in tags:
            return False
        asked = f"{call.shot.prompt}|{call.shot.image}|{call.shot.seeds}"
        tally = self.tries / f"{hashlib.sha256(asked.encode()).hexdigest()[:24]}.{what}"
        if tally.exists() and tally.stat().st_size >= int(tags[what] or 1):
            return False
        self.tries.mkdir(parents=True, exist_ok=True)
        with tally.open("a") as file:
            file.write(".")
        return True


def _tags(prompt: str) -> dict[str, str]:
    return {match[1]: match[2] or "" for match in TAG.finditer(prompt)}


def _refusal(kind: str) -> Rejected:
    error_type, message = REFUSALS.get(kind, REFUSALS["policy"])
    return Rejected(message, error_type=error_type, hint="Change the prompt and try again.")


def _bill(takes: int, seconds: int) -> Decimal:
    return Decimal("0.01") * takes * seconds


def clip(aspect_ratio: str, seconds: int, seed: int) -> bytes:
    """A whole MP4, different for each seed (in a box that players skip). Same seed, same bytes."""
    return _picture(aspect_ratio, seconds) + (16).to_bytes(4) + b"free" + (seed % 2**64).to_bytes(8)


@cache
def _picture(aspect_ratio: str, seconds: int) -> bytes:
    return (CLIPS / f"{aspect_ratio.replace(':', 'x')}-{seconds}s.mp4").read_bytes()
