"""What an interaction says: whether there is a video, why there is none, and what it cost.

An interaction that is `completed` may hold no video: a refusal is text in its place, and no error.
"""

from decimal import Decimal

from pydantic import BaseModel, Field

from rushes.errors import ErrorType, GenerationFailed, ProviderChanged, Rejected, RetryLater, RushesError
from rushes.providers.catalogue import TokenPrices
from rushes.providers.google_errors import definite_error, read_error, rejected
from rushes.providers.http import Trouble

TITLE = "Gemini Omni"
SPEND_CAP_SECONDS = 600.0
"""Google's spend caps are counted over ten minutes."""
MILLION = 1_000_000
CENT_PARTS = Decimal("0.000001")

ENDED = frozenset({"completed", "failed", "cancelled", "incomplete", "budget_exceeded", "requires_action"})
"""Every other status, also one that nobody knows yet, is waited for."""


class Content(BaseModel):
    """A part of what was said or made."""

    type: str = ""
    text: str | None = None
    uri: str | None = None
    data: str | None = None


class Said(BaseModel):
    """The error object inside a response."""

    code: int | str = ""
    message: str = ""

    @property
    def trouble(self) -> Trouble:
        """It as what goes wrong with status 200."""
        return read_error(200, {"error": self.model_dump()})


class Step(BaseModel):
    """One turn; only the model's are of interest. The user's may be plain text."""

    type: str = ""
    content: list[Content] | str | None = None
    error: Said | None = None

    @property
    def made(self) -> list[Content]:
        """The contents that the model gave."""
        return self.content if self.type == "model_output" and isinstance(self.content, list) else []


class Modality(BaseModel):
    """Tokens of one modality (text, video, …)."""

    modality: str = ""
    tokens: int = 0


class TokenUsage(BaseModel):
    """The bill in tokens. Thoughts are inside the output."""

    total_input_tokens: int = 0
    total_output_tokens: int = 0
    output_tokens_by_modality: list[Modality] = []

    @property
    def video(self) -> int:
        """Output tokens of video."""
        return sum(each.tokens for each in self.output_tokens_by_modality if each.modality.lower() == "video")

    def cost(self, prices: TokenPrices) -> Decimal:
        """Return the price of the tokens, US dollars."""
        text = max(self.total_output_tokens - self.video, 0)
        total = self.total_input_tokens * prices.input + text * prices.text + self.video * prices.video
        return (total / MILLION).quantize(CENT_PARTS)


class OmniAccepted(BaseModel):
    """The response to the creation of an interaction."""

    id: str = Field(min_length=1)


class OmniFile(BaseModel):
    """A file at Google: a video can be fetched when it is ACTIVE."""

    state: str = Field(min_length=1)


class Interaction(BaseModel):
    """The state of an interaction."""

    status: str = ""
    steps: list[Step] = []
    usage: TokenUsage | None = None
    error: Said | None = None
    errors: list[Said] = []

    @property
    def video(self) -> Content | None:
        """The last video, if it can be had."""
        parts = [part for step in self.steps for part in step.made if part.type == "video"]
        return next((part for part in reversed(parts) if part.uri or part.data), None)

    @property
    def words(self) -> str:
        """The text that the model gave, where it gave no video."""
        parts = (part.text for step in self.steps for part in step.made if part.type == "text")
        return " ".join(part.strip() for part in parts if part).strip()

    @property
    def fault(self) -> Said:
        """The error it names, wherever it is."""
        named = [self.error, *self.errors, *(step.error for step in self.steps)]
        return next((each for each in named if each is not None), Said())

    @property
    def trouble(self) -> Trouble | None:
        """An error in place of an interaction, which may come with status 200."""
        if self.error is None or self.status:
            return None
        return self.error.trouble


def why_not(ended: Interaction) -> RushesError:
    """Why an interaction that has ended holds no video. Raises `ProviderChanged` when there must be one."""
    match ended.status:
        case "failed":
            return _failed(ended.fault)
        case "cancelled":
            return Rejected(
                "It was cancelled at Google.",
                error_type=ErrorType.GENERATION_FAILED,
                hint="Retry it if you still want it.",
            )
        case "budget_exceeded":
            return RetryLater(
                f"{TITLE} stopped at a spending limit.", error_type=ErrorType.QUOTA, after=SPEND_CAP_SECONDS
            )
        case "requires_action":
            return Rejected(
                f"{TITLE} asks for more: {ended.words or 'it does not say what'}",
                error_type=ErrorType.BAD_INPUT,
                hint="Answer it in the prompt.",
            )
        case _:
            return _no_video(ended)


def _no_video(ended: Interaction) -> RushesError:
    if ended.usage is not None and ended.usage.video:
        raise ProviderChanged("a video was billed, but there is none in the answer", step="status")
    if ended.status == "incomplete":
        return GenerationFailed(f"{TITLE} stopped before there was a video.")
    if ended.words:
        return rejected(ended.words, TITLE)
    return Rejected(
        f"{TITLE} made no video and did not say why.",
        hint="Change the prompt or the image. Videos of your own cannot be edited from everywhere.",
    )


def _failed(fault: Said) -> RushesError:
    found = definite_error(fault.trouble, TITLE)
    if isinstance(found, Rejected | RetryLater):
        return found
    return GenerationFailed(f"{TITLE} failed: {fault.message or 'it does not say why'}")
