"""How OpenAPI is told of the forms with files, and what their fields mean."""

from typing import Any

from rushes.intake.pairs import Pairing
from rushes.intake.prompt_raw import Reading

FILE = {"type": "string", "format": "binary"}
"""OpenAPI's word for a file."""
_PAIRS = {
    "type": "string",
    "description": "The shots as you put them together, instead of prompts; nothing is matched then. JSON:"
    ' a list of `{"number", "image" (a file name, or null), "image_url" (an https link, fetched instead),'
    ' "prompt", "negative_prompt", "options"}`; `options` are those of the provider in which this shot'
    " differs from the job, such as"
    ' `{"duration_seconds": 8}`.',
}
_CHOICES: dict[str, Any] = {
    "pair": {
        "type": "string",
        "enum": [str(each) for each in Pairing],
        "description": "How to pair images with prompts: by the numbers in the names and nothing else, in "
        "the order sent, by `dates`, in order of name, or one with all.",
    },
    "reading": {
        "type": "string",
        "enum": [str(each) for each in Reading],
        "description": "How to tell prompts without numbers apart, where that can be done in several ways.",
    },
    "dates": {
        "type": "string",
        "description": "When the images were made, for `pair` = `date`: JSON, seconds by file name.",
    },
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
                    **_CHOICES,
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
                    "texts": {
                        "type": "array",
                        "items": FILE,
                        "description": "The prompts files among the images, where none is named: the one "
                        "called prompts, or one beside each image.",
                    },
                    "pairs": _PAIRS,
                    **_CHOICES,
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
                "properties": {
                    "new_prompt": {"type": "string", "description": "Instead of the shot's."},
                    "options": {
                        "type": "object",
                        "description": "Options of the provider in which it differs from the take before.",
                    },
                },
                "additionalProperties": False,
            },
            "example": {
                "new_prompt": "A fox in the snow looks straight at us, static camera",
                "options": {"duration_seconds": 8},
            },
        },
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {
                    "new_prompt": {"type": "string", "description": "Instead of the shot's."},
                    "new_image": {**FILE, "description": "Instead of the shot's."},
                    "options": {"type": "string", "description": "The same as in JSON, as text."},
                },
            },
            "example": {"new_image": "(1.jpg)"},
        },
    },
}
ZIP_FORM: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["directory"],
                "properties": {
                    "directory": {
                        **FILE,
                        "description": "The end of the ZIP, from the first entry of its central directory "
                        "on, under the name of the ZIP.",
                    },
                    "images": {
                        "type": "string",
                        "description": "The places (`index`) of entries that are images although their "
                        "names do not say so: a JSON list.",
                    },
                },
            },
            "example": {"directory": "(the last bytes of pictures.zip)", "images": "[3]"},
        }
    },
}
