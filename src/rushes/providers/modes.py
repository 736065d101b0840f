"""What a video can be made from."""

from enum import StrEnum


class Mode(StrEnum):
    """What a shot gives a provider to start from."""

    TEXT_TO_VIDEO = "text_to_video"
    IMAGE_TO_VIDEO = "image_to_video"
    FIRST_LAST_FRAME = "first_last_frame"
    REFERENCES = "references"
    EXTEND = "extend"
    EDIT = "edit"


MODE_WORDS = {
    Mode.TEXT_TO_VIDEO: "a prompt without an image",
    Mode.IMAGE_TO_VIDEO: "an image",
    Mode.FIRST_LAST_FRAME: "a last frame",
    Mode.REFERENCES: "reference images",
    Mode.EXTEND: "a take to make longer",
    Mode.EDIT: "a take to change",
}
"""What each of them gives, in words."""


def mode_of(*, image: object, last_image: object, references: object, source: object, extend: bool) -> Mode:
    """What a shot starts from, by what it has (anything true); the most particular one counts."""
    if source:
        return Mode.EXTEND if extend else Mode.EDIT
    if references:
        return Mode.REFERENCES
    if last_image:
        return Mode.FIRST_LAST_FRAME
    return Mode.IMAGE_TO_VIDEO if image else Mode.TEXT_TO_VIDEO
