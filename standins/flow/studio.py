"""Generating: what is refused, what is accepted and billed, and when each output is done."""

import time
import uuid
from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal

from standins._book import tags
from standins.flow.failures import FAILURES, Code, Failure, RpcError
from standins.flow.models import IMAGE_MODELS, Wanted
from standins.flow.world import Account, Charge, Media, Project, World

Mode = Literal["text", "frames", "first_last", "ingredients", "image", "agent"]
KINDS: dict[Mode, str] = {
    "text": "t2v",
    "frames": "i2v",
    "first_last": "interpolation",
    "ingredients": "r2v",
    "image": "image",
    "agent": "t2v",
}
PACE = (1.0, 1.8, 0.6, 1.4)
"""How much longer each next generation takes, when they end out of order."""
TITLES = (
    "Slow Morning Light", "Through the Open Door", "A Quiet Turn", "Dust and Gold", "Across the Water",
    "Nearly Home", "The Long Breath", "Under Warm Glass", "Soft Rain Falling", "Held in the Wind",
)  # fmt: skip
TOO_MANY = FAILURES["too_quickly"]


@dataclass
class Asked:
    """One submit, as the page sends it."""

    project: Project
    prompt: str
    wanted: Wanted
    images: tuple[str, ...]
    mode: Mode
    token: str


class Studio:
    """Accepts and refuses."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.times: Counter[tuple[str, str]] = Counter()
        self.accepted = 0

    def accept(self, account: Account, asked: Asked) -> list[Media]:
        """The outputs of a submit, on the bill; raises `RpcError` when nothing is accepted."""
        scenario = self.world.scenario
        if scenario.recaptcha and asked.token not in self.world.tokens:
            raise RpcError(Code.PERMISSION_DENIED, Failure("reCAPTCHA evaluation failed"))
        self.world.tokens.discard(asked.token)
        failure = self._failure(asked.prompt)
        if failure is not None and failure.when == "submit":
            raise RpcError(failure.code, failure)
        now = time.monotonic()
        if self.world.pending(account, now) + asked.wanted.outputs > scenario.max_concurrent:
            raise RpcError(Code.RESOURCE_EXHAUSTED, TOO_MANY)
        price = asked.wanted.price
        if account.credits < price:
            raise RpcError(Code.RESOURCE_EXHAUSTED, FAILURES["more_credits"])
        charged = 0 if failure else price
        account.credits -= charged
        made = [
            self.world.add(asked.project, self._output(asked, number, failure, now))
            for number in range(1, asked.wanted.outputs + 1)
        ]
        self._charge(account, asked, made, charged)
        if scenario.scheduled_note:
            asked.project.note = (
                "Your video has been scheduled and is waiting in the queue due to high demand."
            )
        return made

    def _failure(self, prompt: str) -> Failure | None:
        found = {**tags(self.world.scenario.failing), **tags(prompt)}
        for name, times in found.items():
            if name in FAILURES and FAILURES[name].when != "upload":
                self.times[name, prompt] += 1
                if not times or self.times[name, prompt] <= int(times):
                    return FAILURES[name]
        return None

    def _output(self, asked: Asked, number: int, failure: Failure | None, now: float) -> Media:
        scenario = self.world.scenario
        if failure is not None and "half" in tags(asked.prompt) and number < asked.wanted.outputs:
            failure = None
        pace = PACE[self.accepted % len(PACE)] if scenario.out_of_order else 1.0
        self.accepted += 1
        return Media(
            id=str(uuid.uuid4()),
            project=asked.project.id,
            kind="image" if asked.wanted.model in IMAGE_MODELS else "video",
            title=f"{TITLES[self.accepted % len(TITLES)]} {self.accepted}",
            made=True,
            began=now,
            prompt=asked.prompt,
            wanted=asked.wanted,
            model_key=asked.wanted.key(KINDS[asked.mode]),
            images=asked.images,
            number=number,
            queue=scenario.queue_seconds,
            seconds=max(0.001, scenario.generation_seconds * pace),
            failure=failure,
            complaints=scenario.complaints,
            by_agent=asked.mode == "agent",
        )

    def _charge(self, account: Account, asked: Asked, made: list[Media], price: int) -> None:
        image = self.world.media[asked.images[0]] if asked.images else None
        self.world.bill.append(
            Charge(
                account=account.email,
                project=asked.project.id,
                project_title=asked.project.title,
                prompt=asked.prompt,
                image_name=image.title if image else "",
                image_sha256=image.sha256 if image else "",
                model=asked.wanted.model,
                model_key=made[0].model_key,
                aspect="9:16" if asked.wanted.portrait else "16:9",
                duration=asked.wanted.seconds,
                resolution=asked.wanted.resolution,
                outputs=asked.wanted.outputs,
                credits=price,
                media_ids=tuple(media.id for media in made),
                mode=asked.mode,
                at=time.time(),
            )
        )

    def upload_trouble(self, account: Account) -> Failure | None:
        """Whether the next upload is refused, and how."""
        for name in tags(self.world.scenario.failing):
            if name in FAILURES and FAILURES[name].when == "upload":
                return FAILURES[name]
        told = self.world.scenario.upload_trouble == "error"  # the other ways never come here
        if told and account.uploads_failed < self.world.scenario.upload_failures:
            account.uploads_failed += 1
            return Failure("Upload failed. Please try again.", "", "upload")
        return None


def wanted_of(settings: list[Any]) -> Wanted:
    """The settings of a submit as the page sends them."""
    model, aspect, seconds, resolution, outputs = settings
    return Wanted(str(model), aspect == PORTRAIT, int(seconds), str(resolution), int(outputs))


PORTRAIT, LANDSCAPE = 1, 2
"""The wire's aspect enum."""
