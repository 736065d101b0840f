"""The forms with files: what their fields may be, and how OpenAPI is told of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from rushes.api.uploads import Form, Part
from rushes.engine.views import JobSettings
from rushes.errors import Fault, Invalid
from rushes.intake.matching import Pair
from rushes.intake.prompts import Prompt
from rushes.planning.settings import faults_of
from rushes.settings import Settings

_T = TypeVar("_T")

IMAGES_A_SHOT = 2
"""More images than shots may be sent: those that match no prompt are told, not refused."""
FILE = {"type": "string", "format": "binary"}
"""OpenAPI's word for a file."""
ModelT = TypeVar("ModelT", bound=BaseModel)
_PAIRS = {
    "type": "string",
    "description": "The shots as you put them together, instead of prompts; nothing is matched then. JSON:"
    ' a list of `{"number", "image" (a file name, or null), "prompt", "negative_prompt"}`.',
}

BATCH_FORM: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {
                    "images_folder": {**FILE, "description": "A ZIP of images (and of a prompts file)."},
                    "images": {
                        "type": "array",
                        "items": FILE,
                        "description": "The images, one by one, instead of a ZIP.",
                    },
                    "prompts_file": {**FILE, "description": "Text, Markdown, CSV, TSV, JSON or XLSX."},
                    "prompts_text": {
                        "type": "string",
                        "description": "The prompts themselves, instead of a file.",
                    },
                    "pairs": _PAIRS,
                },
            },
            "example": {
                "images": ["(1.jpg)", "(2.jpg)"],
                "prompts_text": "1. A fox in the snow, slow push in\n2. A harbour at night, pan left",
            },
        }
    },
}
CHECK_FORM: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["settings"],
                "properties": {
                    "settings": {"type": "string", "description": "The settings of the job, as JSON."},
                    "images": {"type": "string", "description": "The names of the images: a JSON list."},
                    "prompts_file": {**FILE, "description": "Text, Markdown, CSV, TSV, JSON or XLSX."},
                    "prompts_text": {"type": "string", "description": "The prompts, instead of a file."},
                    "pairs": _PAIRS,
                },
            },
            "example": {
                "settings": '{"provider": "animatic"}',
                "images": '["1.jpg", "2.jpg"]',
                "prompts_text": "1. A fox in the snow, slow push in\n2. A harbour at night, pan left",
            },
        }
    },
}
REGENERATE_FORM: dict[str, Any] = {
    "required": False,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "properties": {"new_prompt": {"type": "string", "description": "Instead of the shot's."}},
                "additionalProperties": False,
            },
            "example": {"new_prompt": "A fox in the snow looks straight at us, static camera"},
        },
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {
                    "new_prompt": {"type": "string", "description": "Instead of the shot's."},
                    "new_image": {**FILE, "description": "Instead of the shot's."},
                },
            },
            "example": {"new_image": "(1.jpg)"},
        },
    },
}


class PairIn(BaseModel):
    """A shot as a person has put it together."""

    model_config = ConfigDict(extra="forbid")

    number: int
    image: str | None = None
    prompt: str = Field(max_length=100_000)
    negative_prompt: str | None = None

    def pair(self) -> Pair:
        """As the checks take it. A prompt that was written in the page has no line."""
        negative = (self.negative_prompt or "").strip() or None
        return Pair(self.number, self.image, Prompt(self.number, self.prompt.strip(), negative, 0))


@dataclass(frozen=True)
class BatchIn:
    """What an upload is made of."""

    images: Path | Sequence[tuple[str, Path]] | None
    prompts: tuple[str, Path] | None
    pairs: Sequence[Pair] | None


@dataclass(frozen=True)
class CheckIn:
    """What a check is asked of."""

    settings: JobSettings
    images: Sequence[str]
    prompts: tuple[str, Path] | None
    pairs: Sequence[Pair] | None


def batch_parts(settings: Settings) -> dict[str, Part]:
    """Return the fields that an upload of a batch may have, with their limits."""
    return {
        "images_folder": Part(settings.max_upload_bytes),
        "images": Part(settings.max_image_bytes, most=settings.max_shots * IMAGES_A_SHOT),
        **_prompts_parts(settings),
    }


def check_parts(settings: Settings) -> dict[str, Part]:
    """Return the fields that a dry run may have, with their limits."""
    most = settings.max_prompts_bytes
    return {
        "settings": Part(most, text=True),
        "images": Part(most, text=True),
        **_prompts_parts(settings),
    }


def _prompts_parts(settings: Settings) -> dict[str, Part]:
    return {
        "prompts_file": Part(settings.max_prompts_bytes),
        "prompts_text": Part(settings.max_prompts_bytes, text=True),
        "pairs": Part(settings.max_prompts_bytes, text=True),
    }


def regenerate_parts(settings: Settings) -> dict[str, Part]:
    """The fields of a take to be made again."""
    return {
        "new_prompt": Part(settings.max_prompts_bytes, text=True),
        "new_image": Part(settings.max_image_bytes),
    }


async def batch_in(form: Form) -> BatchIn:
    """What came in an upload. Raises `Invalid` when something came in two ways, or cannot be read."""
    bundle, images = form.one("images_folder"), form.all("images")
    _refuse_twice(form)
    prompts, pairs = await _prompts_in(form)
    return BatchIn(_as_zip(bundle[1]) if bundle else images or None, prompts, pairs)


async def check_in(form: Form) -> CheckIn:
    """What came in a check. Raises `Invalid` when something came in two ways, or cannot be read."""
    _refuse_twice(form)
    settings = await _json(form, "settings", TypeAdapter(JobSettings))
    if settings is None:
        raise Invalid("settings: Say who is to make it.", [Fault("settings", "This is missing.", "missing")])
    names = await _json(form, "images", TypeAdapter(list[str]))
    return CheckIn(settings, names or [], *await _prompts_in(form))


async def _prompts_in(form: Form) -> tuple[tuple[str, Path] | None, Sequence[Pair] | None]:
    file, pasted = form.one("prompts_file"), form.one("prompts_text")
    pairs = await _json(form, "pairs", TypeAdapter(list[PairIn]))
    prompts = ("pasted.txt", pasted[1]) if pasted else file
    return prompts, None if pairs is None else [each.pair() for each in pairs]


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
    try:
        return model.model_validate_json(data) if isinstance(data, bytes) else model.model_validate(data)
    except ValidationError as error:
        raise invalid_fields(error, "body") from error
