"""Small variants of pictures over real HTTP: the right size, made once, and not sent twice."""

import io
import os
import time

import httpx
from PIL import Image
from tests.api.rows import finished, picture, set_video, store
from tests.serving import Served

from rushes.ops.sweep import CACHE_SECONDS, sweep
from rushes.platform.db.models import LOCAL_OWNER


async def test_a_picture_comes_about_as_wide_as_asked(api: httpx.AsyncClient, still: Served):
    job_id, (video_id,) = await finished(still.run, [b"1"])
    key = f"jobs/{job_id}/images/1.jpg"
    await store(still.run, LOCAL_OWNER, job_id, key, picture(size=(1200, 800)), "image/jpeg")
    await set_video(still.run, video_id, image_key=key, image_filename="1.jpg")
    url = f"/api/videos/{video_id}/image"
    whole = await api.get(url)
    assert whole.content == picture(size=(1200, 800))
    for asked, width in ((1, 120), (300, 480), (480, 480), (10_000, 1200)):
        small = await api.get(url, params={"width": asked})
        with Image.open(io.BytesIO(small.content)) as opened:
            assert (opened.format, opened.width) == ("JPEG", width)
            assert abs(opened.height - width * 2 / 3) <= 1
        known = await api.get(url, params={"width": asked}, headers={"If-None-Match": small.headers["etag"]})
        assert (known.status_code, known.content) == (304, b"")
    made = [path for path in still.run.settings.cache_dir.rglob("*") if path.is_file()]
    assert len(made) == 3
    assert (await api.get(url, params={"width": 0})).status_code == 422


async def test_the_small_one_of_a_shot_is_the_same(api: httpx.AsyncClient, still: Served):
    job_id, (video_id,) = await finished(still.run, [b"1"])
    key = f"jobs/{job_id}/images/1.jpg"
    await store(still.run, LOCAL_OWNER, job_id, key, picture(size=(900, 900)), "image/jpeg")
    await set_video(still.run, video_id, image_key=key)
    async with still.run.db.engine.begin() as connection:
        row = await connection.exec_driver_sql("UPDATE shots SET image_key = %s RETURNING id", (key,))
        shot_id = row.scalar_one()
    of_shot = await api.get(f"/api/shots/{shot_id}/image", params={"width": 240})
    of_video = await api.get(f"/api/videos/{video_id}/image", params={"width": 240})
    assert of_shot.content == of_video.content
    assert of_shot.headers["etag"] == of_video.headers["etag"]


async def test_small_pictures_are_not_kept_for_ever_and_made_again(api: httpx.AsyncClient, still: Served):
    job_id, (video_id,) = await finished(still.run, [b"1"])
    key = f"jobs/{job_id}/images/1.jpg"
    await store(still.run, LOCAL_OWNER, job_id, key, picture(size=(900, 900)), "image/jpeg")
    await set_video(still.run, video_id, image_key=key)
    url = f"/api/videos/{video_id}/image"
    first = await api.get(url, params={"width": 240})
    (made,) = [path for path in still.run.settings.cache_dir.rglob("*") if path.is_file()]
    await sweep(still.run)
    assert made.is_file()
    long_ago = time.time() - CACHE_SECONDS - 60
    os.utime(made, (long_ago, long_ago))
    await sweep(still.run)
    assert not made.exists()
    assert (await api.get(url, params={"width": 240})).content == first.content
