"""Finished videos without a worker, pictures, and other things that API tests start from."""

import hashlib
import io
import zipfile
from uuid import UUID, uuid4

from PIL import Image
from sqlalchemy import text
from tests.jobs import make_job

from rushes.engine.runtime import Runtime
from rushes.platform.db.models import LOCAL_OWNER

STRANGER = UUID("00000000-0000-0000-0000-00000000beef")


def picture(shade: int = 90, size: tuple[int, int] = (64, 48), kind: str = "JPEG") -> bytes:
    """An image file."""
    buffer = io.BytesIO()
    Image.new("RGB", size, (shade, 120, 255 - shade)).save(buffer, kind)
    return buffer.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    """A ZIP of these."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as bundle:
        for name, data in files.items():
            bundle.writestr(name, data)
    return buffer.getvalue()


async def add_stranger(run: Runtime) -> UUID:
    """A second user."""
    async with run.db.begin() as session:
        await session.execute(text("INSERT INTO users (id, name) VALUES (:id, 'stranger')"), {"id": STRANGER})
    return STRANGER


async def store(run: Runtime, owner: UUID, job_id: UUID, key: str, data: bytes, media_type: str) -> None:
    """Bytes in the bucket, with their row."""
    file = run.settings.work_dir / f"row-{uuid4()}"
    file.write_bytes(data)
    await run.bucket.put(key, file)
    async with run.db.begin() as session:
        await session.execute(
            text(
                "INSERT INTO assets (key, owner_id, job_id, media_type, sha256, size_bytes)"
                " VALUES (:key, :owner, :job, :type, :sha256, :size)"
            ),
            {
                "key": key,
                "owner": owner,
                "job": job_id,
                "type": media_type,
                "sha256": hashlib.sha256(data).hexdigest(),
                "size": len(data),
            },
        )


async def finish_video(run: Runtime, video_id: UUID, data: bytes, *, owner: UUID = LOCAL_OWNER) -> None:
    """A queued video is completed, with these bytes."""
    async with run.db.begin() as session:
        row = await session.execute(text("SELECT job_id FROM videos WHERE id = :id"), {"id": video_id})
        job_id = row.scalar_one()
    video, thumbnail = f"jobs/{job_id}/videos/{video_id}.mp4", f"jobs/{job_id}/thumbnails/{video_id}.jpg"
    await store(run, owner, job_id, video, data, "video/mp4")
    await store(run, owner, job_id, thumbnail, picture(), "image/jpeg")
    async with run.db.begin() as session:
        await session.execute(
            text(
                "UPDATE videos SET status = 'completed', video_key = :video, thumbnail_key = :thumbnail,"
                " sha256 = :sha256, size_bytes = :size, generation_started_at = now(),"
                " generation_completed_at = now() WHERE id = :id"
            ),
            {
                "id": video_id,
                "video": video,
                "thumbnail": thumbnail,
                "sha256": hashlib.sha256(data).hexdigest(),
                "size": len(data),
            },
        )


async def finished(
    run: Runtime, contents: list[bytes], prompts: list[str] | None = None, *, owner: UUID = LOCAL_OWNER
) -> tuple[UUID, list[UUID]]:
    """A job with one completed video for each of the contents: its id and theirs."""
    job_id = await make_job(run, prompts or [f"shot {n}" for n in range(len(contents))], owner=owner)
    async with run.db.begin() as session:
        rows = await session.execute(
            text("SELECT id FROM videos WHERE job_id = :id ORDER BY position"), {"id": job_id}
        )
        video_ids = list(rows.scalars())
    for video_id, data in zip(video_ids, contents, strict=True):
        await finish_video(run, video_id, data, owner=owner)
    return job_id, video_ids


async def made_before(run: Runtime, contents: list[bytes], **columns: object) -> tuple[UUID, list[UUID]]:
    """The same in a job that no worker touches: it has not been started."""
    job_id = await make_job(run, [f"shot {n}" for n in range(len(contents))], start=False)
    async with run.db.begin() as session:
        rows = await session.execute(
            text(
                "INSERT INTO videos (id, owner_id, job_id, shot_id, position, prompt_number, video_index,"
                " status, retry_count, prompt_text, seed, provider, model, cost, selected, upscaled)"
                " SELECT gen_random_uuid(), owner_id, job_id, id, number, number, 1, 'queued', 0, prompt,"
                " seed, 'echo', 'echo-1', 0.01, false, false FROM shots WHERE job_id = :id ORDER BY number"
                " RETURNING id"
            ),
            {"id": job_id},
        )
        video_ids = list(rows.scalars())
    for video_id, data in zip(video_ids, contents, strict=True):
        await finish_video(run, video_id, data)
        if columns:
            await set_video(run, video_id, **columns)
    return job_id, video_ids


async def set_video(run: Runtime, video_id: UUID, **columns: object) -> None:
    """Put a video into a state that is hard to get to."""
    changes = ", ".join(f"{name} = :{name}" for name in columns)
    async with run.db.begin() as session:
        await session.execute(
            text(f"UPDATE videos SET {changes} WHERE id = :id"), {**columns, "id": video_id}
        )


async def set_job(run: Runtime, job_id: UUID, **columns: object) -> None:
    """Put a job into a state that is hard to get to."""
    changes = ", ".join(f"{name} = :{name}" for name in columns)
    async with run.db.begin() as session:
        await session.execute(text(f"UPDATE jobs SET {changes} WHERE id = :id"), {**columns, "id": job_id})


def nowhere() -> UUID:
    """An id of nothing."""
    return uuid4()
