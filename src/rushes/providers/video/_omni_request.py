"""What Omni is asked: the body of a create, and the prompt with what has no field of its own.

Images are told apart by number in a line before the prompt, and what is not wanted is said in words, as the
guide of Gemini Omni has it; there is no negative prompt.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rushes.providers.inline import read_image
from rushes.providers.video_contract import Mode, ShotInput, VideoOptions

MOST_IMAGE_BYTES = 14 * 2**20
"""A request may have 20 MB; base64 makes four bytes of three."""
TASKS = {Mode.EDIT: "edit", Mode.EXTEND: "extend"}
"""Only where images and prompt do not tell: a task narrows what the model does with them."""
ROLE = re.compile(r"<(FIRST_FRAME|LAST_FRAME|IMAGE_REF_\d+)>")


def request_body(shot: ShotInput, options: VideoOptions) -> dict[str, Any]:
    """The body of a create. Reads the images: call it in a thread."""
    sources, references = _roles(shot)
    parts: list[dict[str, str]] = []
    for path in [*sources, *references]:
        media_type, data = read_image(path)
        parts.append({"type": "image", "data": data, "mime_type": media_type})
    parts.append({"type": "text", "text": prompt_of(shot)})
    response = {
        "type": "video",
        "aspect_ratio": options.aspect_ratio,
        "resolution": options.resolution,
        "delivery": "uri",
    }
    if shot.mode is not Mode.EDIT:  # an edited take is as long as it was
        response["duration"] = f"{options.duration_seconds}s"
    config: dict[str, Any] = {"seed": shot.seeds[0]}
    if task := TASKS.get(shot.mode):
        config["video_config"] = {"task": task}
    body: dict[str, Any] = {
        "model": shot.model,
        "background": True,
        "store": True,
        "input": parts,
        "response_format": response,
        "generation_config": config,
    }
    if shot.source:
        body["previous_interaction_id"] = shot.source
    return body


def prompt_of(shot: ShotInput) -> str:
    """The prompt as it is sent: what each image is for, the words, what is not wanted."""
    sources, references = _roles(shot)
    names = [*("<FIRST_FRAME>", "<LAST_FRAME>")[: len(sources)]]
    looks = [f"<IMAGE_REF_{index}>" for index in range(len(references))]
    said: list[str] = []
    for title, group, before in (("Sources", names, 0), ("References", looks, len(names))):
        if group:
            numbered = (f"{name}@Image{number}" for number, name in enumerate(group, before + 1))
            said.append(f"[# {title} {' '.join(numbered)}]")
    if not ROLE.search(shot.prompt):  # who names them has said what they are for
        said += _guidance(names, looks)
    said.append(shot.prompt.strip())
    if shot.negative_prompt and shot.negative_prompt.strip():
        said.append(f"Do not include: {shot.negative_prompt.strip().rstrip('.')}.")
    return " ".join(said)


def image_bytes(shot: ShotInput) -> int:
    """Bytes of a shot's images together: of those that are here, since a plan is checked by their names."""
    sources, references = _roles(shot)
    return sum(path.stat().st_size for path in [*sources, *references] if path.exists())


def _roles(shot: ShotInput) -> tuple[list[Path], list[Path]]:
    """The frames, and the looks to keep. The image of a take that is edited is a look."""
    frames = [path for path in (shot.image, shot.last_image) if path is not None]
    if shot.mode is Mode.EDIT:
        return [], [*frames, *shot.references]
    return frames, list(shot.references)


def _guidance(names: Sequence[str], looks: Sequence[str]) -> list[str]:
    match names:
        case [first, last]:
            said = [f"Begin with {first} and end with {last}."]
        case [first]:
            said = [f"Begin with {first}."]
        case _:
            said = []
    return [*said, f"Keep the look of {' and '.join(looks)}."] if looks else said
