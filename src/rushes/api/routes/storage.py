"""Where the bytes are, and making room."""

from fastapi import APIRouter

from rushes.api.deps import Owner, Run
from rushes.api.examples import answers
from rushes.ops.storage import usage
from rushes.ops.sweep import sweep
from rushes.ops.views import PlaceView, StorageView, Swept

router = APIRouter(prefix="/api/storage", tags=["storage"])

STORAGE = StorageView(
    storage=PlaceView(name="s3://studio", files=412, bytes=3_900_000_000),
    archive=PlaceView(name="telegram:-1001234567890", files=1204, bytes=12_400_000_000),
    videos=1208,
    waiting_for_archive=4,
    archive_trouble=None,
    can_be_freed_bytes=3_100_000_000,
    hot_ttl_seconds=7200,
    disk_free_bytes=52_000_000_000,
)
SWEPT = Swept(videos=31, video_bytes=620_000_000, orphans=1, orphan_bytes=9_000_000, work_bytes=1_200)


@router.get("", responses=answers(STORAGE, "What is where."), summary="What is stored where")
async def read_storage(run: Run, owner: Owner) -> StorageView:
    """Files and bytes in the storage and in the archive, and what could be freed."""
    return await usage(run, owner)


@router.post("/sweep", responses=answers(SWEPT, "What was deleted."), summary="Make room now")
async def sweep_storage(run: Run) -> Swept:
    """Do now what the worker does automatically every so often.

    Videos whose time in the storage is over leave it (the archive has them), and files that belong to nothing
    are deleted. Nothing else is ever deleted, so it may be asked for at any time.
    """
    return await sweep(run)
