"""A script asked of a model: the strictest form that it takes, an answer that holds, at most two repairs.

    json_schema -> json_object -> plain prompt      one step down when the server does not know the form
    stream -> no stream                             likewise; it is for progress only

A form that is refused costs nothing. An answer that does not hold has been paid, and so have its repairs:
what all of it cost is in the result, or in the error's `cost`.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from rushes.errors import ErrorType, Fault, Invalid, ProviderChanged, Rejected, RetryLater, RushesError
from rushes.providers.catalogue import ScriptModel
from rushes.providers.script_contract import Brief, ScriptCall, ScriptTask, Written
from rushes.providers.scripts._answers import read_answer
from rushes.providers.scripts._prompts import MOST_QUOTED, repair_prompt, system_prompt, user_prompt

MOST_REPAIRS = 2
MOST_WAITS = 2
MOST_WAIT_SECONDS = 30.0
"""Between a paid answer and its repair; a longer wait ends the call, and it is begun anew later."""
USUAL_WAIT_SECONDS = 5.0
CHARS_PER_WORD = 14
"""Of an answer, for a word of narration: there are prompts and keywords around it."""

_ABOUT_FORM = re.compile(
    r"response_?format|response_?(?:json_?)?schema|response_?mime|json_schema|json_object|json.?mode|structured"
    r"|guided|grammar|schema",
    re.I,
)
_ABOUT_STREAM = re.compile(r"\bstream", re.I)


class AnswerForm(StrEnum):
    """How an answer's shape is asked for, the strictest first."""

    SCHEMA = "json_schema"
    OBJECT = "json_object"
    PLAIN = "plain"


FORMS = tuple(AnswerForm)


@dataclass(frozen=True)
class ModelTurn:
    """One turn: of the `user`, or of the `model`."""

    role: str
    text: str


@dataclass(frozen=True)
class ModelRequest:
    """What is to be sent once."""

    system: str
    messages: tuple[ModelTurn, ...]
    form: AnswerForm
    stream: bool
    heard: Callable[[int], None]
    """Hears how many characters of the answer have arrived."""


@dataclass(frozen=True)
class ModelReply:
    """What came of it. Tokens are None where the server does not say."""

    text: str
    cut_short: bool = False
    refusal: str = ""
    read_tokens: int | None = None
    written_tokens: int | None = None
    cost: Decimal | None = None
    """US dollars, where the server itself says."""


AskModel = Callable[[ModelRequest], Awaitable[ModelReply]]


def check(call: ScriptCall[Any]) -> None:
    """Raise `Invalid` for what can be known before anything is sent."""
    if not call.brief.text.strip() and call.task is ScriptTask.GENERATE:
        raise Invalid("There is nothing to write about.", [Fault("text", "It is empty.", "empty")])
    if call.task is not ScriptTask.GENERATE and call.draft is None:
        raise Invalid("There is no script to change.", [Fault("draft", "It is missing.", "missing")])
    if call.task is ScriptTask.IMPROVE and not call.instruction.strip():
        raise Invalid("Say what to improve.", [Fault("instruction", "It is empty.", "empty")])
    if call.task is ScriptTask.TRANSLATE and not call.language:
        raise Invalid("Say into which language.", [Fault("language", "It is missing.", "missing")])


async def ask_for_script(call: ScriptCall[Any], ask: AskModel, prices: ScriptModel | None) -> Written:
    """Return the script. Raises what `ScriptProvider.write` says. `prices` are the model's, if known."""
    check(call)
    bill = _Bill(prices)
    try:
        return await _asked(call, ask, bill)
    except RushesError as error:
        error.cost = bill.cost
        raise


async def _asked(call: ScriptCall[Any], ask: AskModel, bill: "_Bill") -> Written:
    messages = [ModelTurn("user", user_prompt(call))]
    steps = _Steps()
    faults: list[str] = []
    for repairs in range(MOST_REPAIRS + 1):
        heard = _hearing(call, repairs)
        request = ModelRequest(system_prompt(call), tuple(messages), steps.form, steps.stream, heard)
        reply = await _reply(ask, request, steps, bill)
        bill.add(reply)
        if reply.refusal:
            raise _refused(reply.refusal)
        reading = read_answer(reply.text, call, cut_short=reply.cut_short)
        if reading.refusal:
            raise _refused(reading.refusal)
        if reading.draft is not None:
            if call.progress:
                call.progress(1.0)
            return Written(reading.draft, cost=bill.cost, repairs=repairs)
        faults = reading.faults
        # Only the last answer is shown again: each one costs what it is long.
        answer = ModelTurn("model", reply.text[:MOST_QUOTED] or "{}")
        messages = [messages[0], answer, ModelTurn("user", repair_prompt(faults))]
    raise ProviderChanged(
        f"the script does not hold after {MOST_REPAIRS} repairs: {' '.join(faults)[:500]}",
        step="write",
        hint="Try again, or choose another model.",
    )


async def _reply(ask: AskModel, request: ModelRequest, steps: "_Steps", bill: "_Bill") -> ModelReply:
    """AskModel, in the next form down where the server does not know this one."""
    waits = 0
    while True:
        request = ModelRequest(request.system, request.messages, steps.form, steps.stream, request.heard)
        try:
            return await ask(request)
        except Rejected as error:
            if not steps.down(error):
                raise
        except RetryLater as error:
            wait = USUAL_WAIT_SECONDS if error.after is None else error.after
            if not bill.paid or waits == MOST_WAITS or wait > MOST_WAIT_SECONDS:
                raise
            waits += 1
            await asyncio.sleep(wait)


class _Steps:
    """Where on the ladder a server stands."""

    def __init__(self) -> None:
        self.stream = True
        self.form = AnswerForm.SCHEMA

    def down(self, error: Rejected) -> bool:
        """Go one step down if the refusal is about the form. Returns whether there was one."""
        if error.error_type is not ErrorType.BAD_INPUT:
            return False
        if self.stream and _ABOUT_STREAM.search(error.message):
            self.stream = False
            return True
        if self.form is not AnswerForm.PLAIN and _ABOUT_FORM.search(error.message):
            self.form = FORMS[FORMS.index(self.form) + 1]
            return True
        return False


class _Bill:
    """What the answers have cost, by the tokens that the server counts."""

    def __init__(self, prices: ScriptModel | None) -> None:
        self._prices = prices
        self.paid = False
        self.cost: Decimal | None = None

    def add(self, reply: ModelReply) -> None:
        """Count an answer. Without prices, or tokens, nothing is known of its cost."""
        self.paid = True
        if reply.cost is not None:
            self.cost = (self.cost or Decimal(0)) + reply.cost
            return
        if self._prices is None or reply.read_tokens is None or reply.written_tokens is None:
            return
        self.cost = (self.cost or Decimal(0)) + (
            self._prices.price_per_million_input * reply.read_tokens
            + self._prices.price_per_million_output * reply.written_tokens
        ) / 1_000_000


def expected_characters(call: ScriptCall[Any]) -> int:
    """Return about how long the answer will be."""
    if call.draft is not None:
        return len(call.draft.model_dump_json())
    brief: Brief = call.brief
    return round(brief.seconds * brief.words_per_minute / 60 * CHARS_PER_WORD) + 200


def _hearing(call: ScriptCall[Any], repairs: int) -> Callable[[int], None]:
    whole = expected_characters(call)
    least = 0.9 * repairs / (MOST_REPAIRS + 1)  # an answer to be repaired does not go back to the start

    def hear(characters: int) -> None:
        if call.progress:
            call.progress(max(least, min(0.95, characters / whole)))

    return hear


def _refused(said: str) -> Rejected:
    return Rejected(f"The model refused this: {said}", hint="Change the topic or the text.")
