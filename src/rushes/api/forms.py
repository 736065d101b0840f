"""The forms with files: what their fields may be, and what is read out of them."""

import codecs
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, JsonValue, TypeAdapter, ValidationError

from rushes.api.bodies import SMALL_BODY
from rushes.api.deps import OwnOptions
from rushes.api.uploads import Form, FormPart
from rushes.engine.views import JobSettings
from rushes.errors import Fault, Invalid
from rushes.intake.matching import Pair, Pairing
from rushes.intake.order import Choices
from rushes.intake.prompts import Prompt, Reading
from rushes.planning.settings import faults_of
from rushes.settings import Settings

_T = TypeVar("_T")
_Word = TypeVar("_Word", bound=StrEnum)

_WORD_BYTES = 100
IMAGES_A_SHOT = 2
"""More images than shots may be sent: those that match no prompt are reported, not refused."""
ModelT = TypeVar("ModelT", bound=BaseModel)


class PairIn(BaseModel):
    """A shot as a person has put it together."""

    model_config = ConfigDict(extra="forbid")

    number: int
    image: str | None = None
    image_url: str | None = Field(None, max_length=4096)
    prompt: str = Field(max_length=100_000)
    negative_prompt: str | None = None
    options: OwnOptions = {}

    def pair(self) -> Pair:
        """As the checks take it. A prompt that was written in the page has no line."""
        negative = (self.negative_prompt or "").strip() or None
        prompt = Prompt(self.number, self.prompt.strip(), negative, 0)
        return Pair(self.number, self.image, prompt, dict(self.options))


@dataclass(frozen=True)
class BatchIn:
    """What an upload is made of."""

    images: Path | Sequence[tuple[str, Path]] | None
    prompts: tuple[str, Path] | None
    pairs: Sequence[Pair] | None
    choices: Choices
    links: dict[int, str] = field(default_factory=dict[int, str])
    """Links to images, by the place of their pair."""


@dataclass(frozen=True)
class CheckIn:
    """What a check is asked of."""

    settings: JobSettings
    images: Sequence[str]
    texts: Sequence[tuple[str, Path]]
    prompts: tuple[str, Path] | None
    pairs: Sequence[Pair] | None
    choices: Choices


def batch_parts(settings: Settings) -> dict[str, FormPart]:
    """Return the fields that an upload of a batch may have, with their limits."""
    return {
        "images_folder": FormPart(settings.max_upload_bytes),
        "images": FormPart(settings.max_image_bytes, most=settings.max_shots * IMAGES_A_SHOT),
        **_prompts_parts(settings),
    }


def check_parts(settings: Settings) -> dict[str, FormPart]:
    """Return the fields that a dry run may have, with their limits."""
    most = settings.max_prompts_bytes
    return {
        "settings": FormPart(most, text=True),
        "images": FormPart(most, text=True),
        "texts": FormPart(most, most=settings.max_shots * IMAGES_A_SHOT),
        **_prompts_parts(settings),
    }


def zip_parts(settings: Settings) -> dict[str, FormPart]:
    """The fields of a look into a ZIP."""
    return {
        "directory": FormPart(settings.max_prompts_bytes),
        "images": FormPart(settings.max_prompts_bytes, text=True),
    }


def _prompts_parts(settings: Settings) -> dict[str, FormPart]:
    return {
        "prompts_file": FormPart(settings.max_prompts_bytes),
        "prompts_text": FormPart(settings.max_prompts_bytes, text=True),
        "pairs": FormPart(settings.max_prompts_bytes, text=True),
        "pair": FormPart(_WORD_BYTES, text=True),
        "reading": FormPart(_WORD_BYTES, text=True),
        "dates": FormPart(settings.max_prompts_bytes, text=True),
    }


def regenerate_parts(settings: Settings) -> dict[str, FormPart]:
    """The fields of a take to be made again."""
    return {
        "new_prompt": FormPart(settings.max_prompts_bytes, text=True),
        "new_image": FormPart(settings.max_image_bytes),
        "options": FormPart(SMALL_BODY, text=True),
    }


async def batch_in(form: Form) -> BatchIn:
    """What came in an upload. Raises `Invalid` when something came in two ways, or cannot be read."""
    bundle, images = form.one("images_folder"), form.all("images")
    _refuse_twice(form)
    prompts, pairs, links = await _prompts_in(form)
    choices = await _choices_in(form)
    return BatchIn(_as_zip(bundle[1]) if bundle else images or None, prompts, pairs, choices, links)


async def check_in(form: Form) -> CheckIn:
    """What came in a check. Raises `Invalid` when something came in two ways, or cannot be read."""
    _refuse_twice(form)
    settings = await _json(form, "settings", TypeAdapter(JobSettings))
    if settings is None:
        raise Invalid("settings: Say who is to make it.", [Fault("settings", "This is missing.", "missing")])
    names = await _json(form, "images", TypeAdapter(list[str]))
    texts = form.all("texts")
    prompts, pairs, _ = await _prompts_in(form)
    return CheckIn(settings, names or [], texts, prompts, pairs, await _choices_in(form))


async def zip_in(form: Form) -> tuple[tuple[str, Path], Sequence[int]]:
    """The directory of a ZIP and the places of its images. Raises `Invalid` when it cannot be read."""
    directory = form.one("directory")
    if directory is None:
        message = "Send the end of the ZIP, from its central directory on."
        raise Invalid(f"directory: {message}", [Fault("directory", message, "missing")])
    return directory, await _json(form, "images", TypeAdapter(list[int])) or []


async def _prompts_in(
    form: Form,
) -> tuple[tuple[str, Path] | None, Sequence[Pair] | None, dict[int, str]]:
    """Return the prompts' file, or pairs with the links of their images."""
    file, pasted = form.one("prompts_file"), form.one("prompts_text")
    pairs = await _json(form, "pairs", TypeAdapter(list[PairIn]))
    prompts = ("pasted.txt", pasted[1]) if pasted else file
    if pairs is None:
        return prompts, None, {}
    both = [
        Fault(f"pairs[{n}]", "Give image or image_url.", "both")
        for n, each in enumerate(pairs)
        if each.image and each.image_url
    ]
    if both:
        raise Invalid("A shot starts from one image.", both)
    links = {place: each.image_url for place, each in enumerate(pairs) if each.image_url}
    return prompts, [each.pair() for each in pairs], links


async def options_in(form: Form) -> dict[str, JsonValue] | None:
    """Return the field `options`, if it came. Raise `Invalid` when it is no JSON object."""
    return await _json(form, "options", TypeAdapter(dict[str, JsonValue]))


async def _choices_in(form: Form) -> Choices:
    """How to pair and to read. Raises `Invalid` with what there is, for a word that is none of it."""
    dates = await _json(form, "dates", TypeAdapter(dict[str, FiniteFloat]))
    pairing = _one_of(Pairing, "pair", await form.text("pair"))
    reading = _one_of(Reading, "reading", await form.text("reading"))
    return Choices(pairing, reading, dates or {})


def _one_of(kind: type[_Word], name: str, text: str | None) -> _Word | None:
    if text is None or not text.strip():
        return None
    try:
        return kind(text.strip().lower())
    except ValueError:
        message = f"Give one of: {', '.join(kind)}."
        raise Invalid(f"{name}: {message}", [Fault(name, message, "not_one_of")]) from None


async def _json(form: Form, name: str, shape: TypeAdapter[_T]) -> _T | None:
    """A field that is JSON, if it came."""
    text = await form.text(name)
    if text is None:
        return None
    try:
        return shape.validate_json(text)
    except ValidationError as error:
        raise invalid_fields(error, name) from error


def invalid_fields(error: ValidationError, name: str) -> Invalid:
    """What is wrong with what was sent, one fault a place in it. `name` is for what has no place."""
    faults = faults_of(error, name)
    return Invalid(f"{faults[0].where}: {faults[0].message}", faults)


def _refuse_twice(form: Form) -> None:
    faults: list[Fault] = []
    if form.one("images_folder") and form.one("images"):
        faults.append(Fault("images", "Send either images_folder (a ZIP) or images.", "both"))
    if sum(form.one(name) is not None for name in ("prompts_file", "prompts_text", "pairs")) > 1:
        message = "Send one of prompts_file, prompts_text and pairs."
        faults.append(Fault("prompts_file", message, "both"))
    if faults:
        raise Invalid("The upload says the same thing in two ways.", faults)


def _as_zip(path: Path) -> Path:
    # The reader tells archives from folders and images by name, and says this name to people.
    return path.rename(path.with_name("images.zip"))


async def texts_in(form: Form) -> dict[str, str]:
    """The fields of a form that are text, by name."""
    return {name: text for name in form.parts if (text := await form.text(name)) is not None}


def read_model(model: type[ModelT], data: bytes | dict[str, Any]) -> ModelT:
    """What a body (JSON, or the fields of a form) says. Raises `Invalid` with one fault a field."""
    if isinstance(data, bytes):
        data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return model.model_validate_json(data) if isinstance(data, bytes) else model.model_validate(data)
    except ValidationError as error:
        raise invalid_fields(error, "body") from error
