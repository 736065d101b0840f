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
