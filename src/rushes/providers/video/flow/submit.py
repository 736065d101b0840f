"""One submission on Flow's page, as a person makes it, up to the moment in which it is known to be accepted.

Everything up to the click may be given up at no cost. After the click only what the server says in so many
words counts as a refusal; whatever else happens leaves the submission uncertain, and `find` looks.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Error as PlaywrightError

from rushes.errors import ErrorType, ProviderChanged, Rejected, RetryLater, RushesError
from rushes.providers.catalogue import Model
from rushes.providers.video.flow import errors
from rushes.providers.video.flow.browser.guide import Guide
from rushes.providers.video.flow.browser.observer import Answer
from rushes.providers.video.flow.browser.pages.downloads import not_offered
from rushes.providers.video.flow.browser.pages.project import ProjectPage
from rushes.providers.video.flow.browser.pages.settings import Wanted
from rushes.providers.video.flow.browser.pages.tiles import Tile
from rushes.providers.video.flow.ids import Remote, failed, media_of
from rushes.providers.video.flow.options import FlowOptions, prompt_of, uploads_of
from rushes.providers.video.flow.watch import PENDING, Watch
from rushes.providers.video_contract import Call

SMALL, USUAL = "360p", "720p"
"""What Flow generates in; larger sizes are made from the usual one afterwards."""
LOOK_SECONDS = 0.5
FOREVER = 86400.0
FRAMES, INGREDIENT = ("frames.first", "frames.last"), "ingredients.add"


class UnclearError(ConnectionError):
    """It was clicked, and nothing tells whether it was accepted."""


class RefusedError(Exception):
    """The click was answered with a no: `error` says which.

    Not believed yet: a browser that loses the answer to a request sends it once more by itself, and it is
    the second one that is refused then.
    """

    def __init__(self, error: RushesError) -> None:
        super().__init__(error.message)
        self.error = error


@dataclass(frozen=True)
class Order:
    """What is to be made. `images` are files and the names of their uploads: frames, else ingredients.

    `credits` is what the catalogue says all of it costs; 0 when it does not.

    `used` credits were used by the job before, of `cap` that it may; None is no cap.
    """

    wanted: Wanted
    prompt: str
    images: tuple[tuple[Path, str], ...]
    credits: int
    used: int = 0
    cap: int | None = None
    larger: str | None = None
    """The size that Flow is to make of it afterwards, which the account has to be offered."""

    def keep_cap(self, price: int) -> None:
        """Raise `Rejected` when so many credits are more than the job may still use."""
        if self.cap is not None and self.used + price > self.cap:
            raise Rejected(
                f"This job may use {self.cap} Flow credits; {self.used} are used, and this takes {price}.",
                error_type=ErrorType.BUDGET,
                hint="Allow more (credit_cap of the job, RUSHES_FLOW_CREDIT_CAP), then retry.",
            )


def order_of(call: Call[FlowOptions], model: Model | None, operators_cap: int | None) -> Order:
    """What a call asks of the page. `model` is its model in the catalogue, for what it costs."""
    options, takes = call.options, len(call.shot.seeds)
    made_at = options.resolution if options.resolution == SMALL else USUAL
    sizes = [each for each in (SMALL, USUAL) if model is not None and model.has_price(each)]
    lengths = model.durations.get("*", []) if model is not None else []
    wanted = Wanted(
        model=call.shot.model,
        aspect=options.aspect_ratio,
        count=takes,
        kind="frames" if call.shot.image else "ingredients",
        resolution=made_at,
        duration=options.duration_seconds,
        prices={
            (size, str(length)): takes * model.credits_for(size, length)
            for size in sizes
            for length in lengths
            if model is not None
        },
        fixed=frozenset(
            row
            for row, values, asked in (
                ("resolution", sizes, made_at),
                ("duration", lengths, options.duration_seconds),
            )
            if values == [asked]
        ),
    )
    price = model.credits_for(made_at, options.duration_seconds) if model else 0
    return Order(
        wanted,
        prompt_of(call),
        uploads_of(call),
        credits=takes * price,
        used=price * len(media_of(call.others)),  # what failed later counts too
        cap=min((each for each in (options.credit_cap, operators_cap) if each is not None), default=None),
        larger=None if options.resolution in {SMALL, USUAL} else options.resolution,
    )


async def prepare(watch: Watch, page: ProjectPage, order: Order) -> str | None:
    """Everything before the click; whatever is raised, nothing was accepted.

    Returns Flow's id of the uploaded image, where that is told. Given up the moment the server says that
    nobody is signed in: the page itself goes on as if.
    """
    doing = asyncio.create_task(_prepare(watch, page, order))
    hearing = asyncio.create_task(watch.observer.until(lambda: watch.observer.signed_out, FOREVER))
    try:
        await asyncio.wait((doing, hearing), return_when=asyncio.FIRST_COMPLETED)
        if watch.observer.signed_out:
            raise errors.signed_out()
        return await doing
    finally:
        doing.cancel()
        hearing.cancel()
        await asyncio.gather(doing, hearing, return_exceptions=True)


async def _prepare(watch: Watch, page: ProjectPage, order: Order) -> str | None:
    uploaded: str | None = None
    try:
        await page.clean_up()
        if (left := watch.observer.credits) is not None and left < order.credits:
            watch.observer.credits = None  # it may be of yesterday, and perhaps only the page tells it now
            await page.reload()
        chosen = await page.settings(order.wanted)
        order.keep_cap(chosen.price or order.credits)
        if order.larger and not await _is_offered(watch, page, order.larger):
            raise not_offered(order.larger)
        await page.clear_composer()
        for place, (file, name) in enumerate(order.images):
            medium = await page.upload(file, name)
            uploaded = medium if place == 0 else uploaded
            slot = FRAMES[place] if order.wanted.kind == "frames" else INGREDIENT
            await page.bind(slot, name, chips=place + 1)
        await page.write_prompt(order.prompt)
        await _check_credits(watch, page, chosen.price or order.credits)
        # An empty slot would silently be text to video, and be billed.
        if order.images and await page.frames_bound() != len(order.images):
            raise ProviderChanged("The images are not bound as they should be.", step="frames.chip")
    except ProviderChanged as error:
        raise not_sent(error) from error
    return uploaded


async def _is_offered(watch: Watch, page: ProjectPage, resolution: str) -> bool:
    """Whether the account may be offered a size. What is not to be told before may be so."""
    if watch.sizes.get(resolution) is None:
        watch.sizes[resolution] = await page.offers(resolution)
    return watch.sizes[resolution] is not False


def not_sent(error: ProviderChanged) -> RetryLater:
    """Before the click, a page that is not understood is tried a few times, and then told by its step."""
    return RetryLater(error.message, error_type=ErrorType.PROVIDER_CHANGED, hint=error.hint)


async def _check_credits(watch: Watch, page: ProjectPage, needed: int) -> None:
    """Raise `RetryLater` when the account cannot pay for it. A balance that nobody tells stops nothing."""
    left = watch.observer.credits
    if left is None:
        left = (await page.credits()).balance
    if left is not None and left < needed:
        raise errors.used_up(
            f"This needs {needed} Flow credits and the account has {left}.", ErrorType.CREDITS
        )


async def click(
    watch: Watch,
    page: ProjectPage,
    order: Order,
    uploaded: str | None,
    confirm: Callable[[], Awaitable[None]],
    *,
    seconds: float,
    throttle: float,
) -> Remote | frozenset[str]:
    """Click, and wait for the word that it was accepted: its remote id.

    Where only the tiles show that it was, the keys of those that were there before. Raises `RefusedError` or
    `UnclearError`, and before the click what `confirm` raises: preparing takes long enough for another
    worker to have taken it over, or its owner to have cancelled it.
    """
    before = await page.tiles()
    watch.observer.expect(order.prompt, uploaded)
    await confirm()
    try:
        await page.submit()
    except TimeoutError as error:
        raise UnclearError("Flow was clicked, and the page did not answer.") from error
    except ProviderChanged as error:
        raise not_sent(error) from error
    except RetryLater as error:
        if error.error_type is ErrorType.CREDITS:
            raise errors.used_up(error.message, ErrorType.CREDITS) from error
        raise
    try:
        answer = await _answered(watch, page, before, seconds)
    except (RushesError, PlaywrightError) as error:
        # Never more than the first line: the rest quotes the page.
        first = str(error).strip().split("\n", 1)[0]
        raise UnclearError(f"The page broke after the click: {first}") from None
    guide = page.tab.guide
    if isinstance(answer, Answer):
        return _understood(answer, page, guide, order.wanted.count, throttle)
    if not answer:
        raise UnclearError("Flow was clicked, and nothing tells whether it was accepted.")
    return frozenset(each.key for each in before)


async def _answered(
    watch: Watch, page: ProjectPage, before: list[Tile], seconds: float
) -> Answer | list[Tile]:
    """The server's answer, else the tiles that have come up."""
    clock = asyncio.get_running_loop().time
    deadline = clock() + seconds
    came: list[Tile] = []
    while (left := deadline - clock()) > 0:
        if (answer := await watch.observer.answer(min(LOOK_SECONDS, left))) is not None:
            return answer
        now = _new(before, await page.tiles())
        if now and not came:
            # The page has its answer. If the server's is not understood soon, it never will be.
            deadline = min(deadline, clock() + seconds / 3)
        came = now or came
    return came


def _new(before: list[Tile], now: list[Tile]) -> list[Tile]:
    """Tiles that have come up. One in the making changes its words all the time: those are counted."""
    known = {each.key for each in before}
    ended = [each for each in now if each.kind in {"done", "failed"} and each.key not in known]
    pending = [each for each in now if each.kind in PENDING]
    return ended + pending[: max(0, len(pending) - sum(each.kind in PENDING for each in before))]


def _understood(answer: Answer, page: ProjectPage, guide: Guide, takes: int, throttle: float) -> Remote:
    if answer.code is None:
        lost = [failed("Flow made fewer videos than it was asked for.")] * (takes - len(answer.ids))
        return Remote(page.id, (*answer.ids[:takes], *lost))
    refusal = errors.refusal_of(
        answer.code, answer.text, guide, throttle_seconds=throttle, reason=answer.reason
    )
    if refusal is None:
        raise UnclearError(f"Flow answered the click with code {answer.code}.")
    raise RefusedError(errors.before_acceptance(refusal))
