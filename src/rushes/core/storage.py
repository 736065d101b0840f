"""What is told about the storage: by the API, the command line and the log in the same words."""

from pydantic import BaseModel, Field


class Swept(BaseModel):
    """What a sweep has deleted."""

    videos: int = Field(default=0, description="Videos that left the storage; the archive has them.")
    video_bytes: int = 0
    orphans: int = Field(default=0, description="Files in the storage that belonged to nothing.")
    orphan_bytes: int = 0
    work_bytes: int = Field(default=0, description="Bytes of work folders that a crash left behind.")
    archive_copies: int = Field(
        default=0, description="Copies of deleted videos, deleted from the archive too."
    )

    @property
    def bytes_freed(self) -> int:
        """Bytes freed here; not those of the archive."""
        return self.video_bytes + self.orphan_bytes + self.work_bytes

    def __add__(self, other: "Swept") -> "Swept":
        """Both together."""
        return Swept(
            videos=self.videos + other.videos,
            video_bytes=self.video_bytes + other.video_bytes,
            orphans=self.orphans + other.orphans,
            orphan_bytes=self.orphan_bytes + other.orphan_bytes,
            work_bytes=self.work_bytes + other.work_bytes,
            archive_copies=self.archive_copies + other.archive_copies,
        )
