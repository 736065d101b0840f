"""The limits of what people upload."""

from pydantic import BaseModel, Field

from rushes.settings._units import GIB, MIB


class IntakeSettings(BaseModel):
    """How many, how large, how many pixels."""

    max_shots: int = Field(default=1000, ge=1, description="Most shots in one job.")
    private_links: bool = Field(
        default=False,
        description="Whether images that a batch links to may come over plain HTTP and from private addresses"
        " (as 10.0.0.5).",
    )
    max_image_bytes: int = Field(default=20 * MIB, ge=1, description="Largest image file, bytes.")
    max_image_pixels: int = Field(default=100_000_000, ge=1, description="Largest image, width times height.")
    max_upload_bytes: int = Field(default=2 * GIB, ge=1, description="Largest upload (the ZIP), bytes.")
    max_unpacked_bytes: int = Field(default=4 * GIB, ge=1, description="Most bytes a ZIP may unpack to.")
    max_archive_entries: int = Field(default=5000, ge=1, description="Most entries in a ZIP.")
    max_archive_ratio: float = Field(
        default=100.0, gt=1, description="Largest ratio of unpacked to packed size in a ZIP."
    )
    max_prompts_bytes: int = Field(default=5 * MIB, ge=1, description="Largest prompts file, bytes.")
    image_long_side: int = Field(
        default=2560, ge=256, description="Normalised images are scaled down to this long side, pixels."
    )
