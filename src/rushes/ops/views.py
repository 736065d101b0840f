"""What is told about the storage: by the API, the command line and the log in the same words."""

from pydantic import BaseModel, Field


class Swept(BaseModel):
    """What one sweep has deleted."""

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


class PlaceView(BaseModel):
    """A bucket or chat, and how much is stored there."""

    name: str = Field(description="The bucket or chat.")
    files: int
    bytes: int


class StorageView(BaseModel):
    """What is where, and what can be freed."""

    storage: PlaceView = Field(description="Where everything begins and players read.")
    archive: PlaceView | None = Field(description="The second place for videos; null when none is set.")
    videos: int
    waiting_for_archive: int = Field(description="Videos the archive does not have for certain yet.")
    archive_trouble: str | None = Field(description="Why the archive could not take a video, if so.")
    can_be_freed_bytes: int = Field(description="Bytes of videos in the storage that the archive has, too.")
    hot_ttl_seconds: float | None = Field(
        description="How long a video stays in the storage once it is archived; null: for ever."
    )
    disk_free_bytes: int


class StorageFinding(BaseModel):
    """One thing that is wrong. `mended` says what was done."""

    key: str
    where: str
    wrong: str = Field(description="`missing`, `damaged`, `orphan` or `not archived`.")
    mended: str | None = None


class StorageCheck(BaseModel):
    """What a look at the storage has found."""

    looked_at: int = Field(description="Files.")
    found: list[StorageFinding]

    @property
    def lost(self) -> int:
        """Files that are nowhere any more."""
        return sum(each.wrong in ("missing", "damaged") and each.mended is None for each in self.found)


class MigrateReport(BaseModel):
    """What was brought over from another bucket."""

    copied: int
    copied_bytes: int
    there_already: int
    found: list[StorageFinding]
