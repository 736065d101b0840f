"""The two forms with files: what their fields may be, and how OpenAPI is told of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from rushes.actions.settings import faults_of
from rushes.api.uploads import Form, Part
from rushes.errors import Fault, Invalid
from rushes.settings import Settings

IMAGES_A_SHOT = 2
"""More images than shots may be sent: those that match no prompt are told, not refused."""
FILE = {"type": "string", "format": "binary"}
"""OpenAPI's word for a file."""
ModelT = TypeVar("ModelT", bound=BaseModel)

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
                },
            },
            "example": {
                "images": ["(1.jpg)", "(2.jpg)"],
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


def batch_parts(settings: Settings) -> dict[str, Part]:
    """The fields of an upload."""
    return {
        "images_folder": Part(settings.max_upload_bytes),
        "images": Part(settings.max_image_bytes, most=settings.max_shots * IMAGES_A_SHOT),
        "prompts_file": Part(settings.max_prompts_bytes),
        "prompts_text": Part(settings.max_prompts_bytes, text=True),
    }


def regenerate_parts(settings: Settings) -> dict[str, Part]:
    """The fields of a take to be made again."""
    return {
        "new_prompt": Part(settings.max_prompts_bytes, text=True),
        "new_image": Part(settings.max_image_bytes),
    }


def batch_in(form: Form) -> tuple[Path | Sequence[tuple[str, Path]] | None, tuple[str, Path] | None]:
    """The images and the prompts of an upload. Raises `Invalid` when something came in two ways."""
    bundle, images = form.one("images_folder"), form.all("images")
    file, pasted = form.one("prompts_file"), form.one("prompts_text")
    faults: list[Fault] = []
    if bundle and images:
        faults.append(Fault("images", "Send either images_folder (a ZIP) or images.", "both"))
    if file and pasted:
        faults.append(Fault("prompts_file", "Send either prompts_file or prompts_text.", "both"))
    if faults:
        raise Invalid("The upload says the same thing in two ways.", faults)
    if pasted:
        file = ("pasted.txt", pasted[1])
    return (_as_zip(bundle[1]) if bundle else images or None), file


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
        faults = faults_of(error, "body")
        raise Invalid(f"{faults[0].where}: {faults[0].message}", faults) from error
