"""The bytes of videos and images: whole, in ranges, not twice, under good names."""

import hashlib
from urllib.parse import unquote

import httpx
import pytest
from tests.api.rows import finished, picture, set_video, store
from tests.jobs import make_job
from tests.serving import Served

from rushes.api.files import parse_range
from rushes.platform.db.models import LOCAL_OWNER

DATA = bytes(range(256)) * 9_000  # more than two of the pieces it is sent in
SIZE = len(DATA)
ETAG = f'"{hashlib.sha256(DATA).hexdigest()}"'


@pytest.fixture
async def url(still: Served) -> str:
    """Where the content of a finished video is."""
    _, (video_id,) = await finished(still.run, [DATA], ['A fox "in" the snow'])
    return f"/api/videos/{video_id}/content"


async def test_a_whole_video(api: httpx.AsyncClient, url: str):
    whole = await api.get(url)
    assert (whole.status_code, whole.content) == (200, DATA)
    assert whole.headers["content-type"] == "video/mp4"
    assert whole.headers["content-length"] == str(SIZE)
    assert whole.headers["accept-ranges"] == "bytes"
    assert whole.headers["etag"] == ETAG
    assert whole.headers["content-disposition"] == 'inline; filename="001_1_a-fox-in-the-snow.mp4"'


async def test_saving_instead_of_playing(api: httpx.AsyncClient, url: str):
    saved = await api.get(url, params={"download": 1})
    assert saved.headers["content-disposition"] == 'attachment; filename="001_1_a-fox-in-the-snow.mp4"'


async def test_the_head_alone_tells_the_same(api: httpx.AsyncClient, url: str):
    head = await api.head(url, headers={"range": "bytes=0-1"})
    assert (head.status_code, head.content) == (200, b"")
    assert (head.headers["content-length"], head.headers["etag"]) == (str(SIZE), ETAG)
    assert head.headers["content-type"] == "video/mp4"


async def test_ranges(api: httpx.AsyncClient, url: str):
    for asked, first, last in (
        ("bytes=0-0", 0, 0),
        ("bytes=0-99", 0, 99),
        ("bytes=100-", 100, SIZE - 1),
        ("bytes=-100", SIZE - 100, SIZE - 1),
        (f"bytes=-{SIZE * 2}", 0, SIZE - 1),
        (f"bytes={SIZE - 1}-{SIZE + 500}", SIZE - 1, SIZE - 1),
        ("bytes=1048570-1048580", 1048570, 1048580),
        ("Bytes = 5-6", 5, 6),
    ):
        part = await api.get(url, headers={"range": asked})
        assert part.status_code == 206, asked
        assert part.content == DATA[first : last + 1], asked
        assert part.headers["content-range"] == f"bytes {first}-{last}/{SIZE}"
        assert part.headers["content-length"] == str(last - first + 1)
        assert part.headers["etag"] == ETAG


async def test_ranges_of_nothing(api: httpx.AsyncClient, url: str):
    for asked in (f"bytes={SIZE}-", f"bytes={SIZE + 5}-{SIZE + 9}", "bytes=-0"):
        refused = await api.get(url, headers={"range": asked})
        assert (refused.status_code, refused.json()["code"]) == (416, "range_not_satisfiable"), asked
        assert refused.headers["content-range"] == f"bytes */{SIZE}"
        assert refused.headers["content-type"] == "application/problem+json"


async def test_ranges_that_are_not_understood_are_ignored(api: httpx.AsyncClient, url: str):
    for asked in (
        "bytes=9-5",
        "bytes=-",
        "bytes=a-b",
        "bytes=1",
        "lines=1-2",
        "bytes=0-1,5-6",
        "bytes=\xb2-\xb3",
        f"bytes={'9' * 50}-",
    ):
        whole = await api.get(url, headers=[(b"range", asked.encode("latin-1"))])
        assert (whole.status_code, len(whole.content)) == (200, SIZE), asked


async def test_a_range_of_what_has_changed_is_the_whole(api: httpx.AsyncClient, url: str):
    for given, status in (
        (ETAG, 206),
        ('"other"', 200),
        (f"W/{ETAG}", 200),
        ("Sat, 14 Mar 2026 09:26:53 GMT", 200),
    ):
        answer = await api.get(url, headers={"range": "bytes=0-9", "if-range": given})
        assert answer.status_code == status, given


async def test_what_the_client_has_is_not_sent_again(api: httpx.AsyncClient, url: str):
    for given, status in (
        (ETAG, 304),
        (f"W/{ETAG}", 304),
        (f'"a", {ETAG} , "b"', 304),
        ("*", 304),
        ('"other"', 200),
        ("", 200),
    ):
        answer = await api.get(url, headers={"if-none-match": given})
        assert answer.status_code == status, given
        if status == 304:
            assert answer.content == b""
            assert answer.headers["etag"] == ETAG


def test_no_range_reaches_outside_the_file():
    for size in (1, 2, 10):
        for asked in (f"bytes={first}-{last}" for first in range(12) for last in range(12)):
            part = parse_range(asked, size)
            assert part is None or not part or (part.start >= 0 and part.stop <= size)


async def test_the_thumbnail_and_the_image_have_their_own_tags(
    api: httpx.AsyncClient, still: Served, url: str
):
    thumbnail = await api.get(url.replace("content", "thumbnail"))
    assert thumbnail.content == picture()
    assert thumbnail.headers["content-type"] == "image/jpeg"
    assert thumbnail.headers["etag"] == f'"{hashlib.sha256(picture()).hexdigest()}"'
    assert thumbnail.headers["content-disposition"].endswith('.jpg"')
    assert (await api.head(url.replace("content", "thumbnail"))).status_code == 200


async def test_names_of_every_script_are_sent_right(api: httpx.AsyncClient, still: Served):
    _, (video_id,) = await finished(still.run, [b"x"], ["Füchse im Schnee 夜の港"])
    disposition = (await api.get(f"/api/videos/{video_id}/content")).headers["content-disposition"]
    assert disposition.startswith("inline; ")
    assert unquote(disposition.split("filename*=UTF-8''")[1]) == "001_1_füchse-im-schnee-夜の港.mp4"


async def test_a_video_that_is_not_made_has_no_content(api: httpx.AsyncClient, still: Served):
    job_id = await make_job(still.run, ["a"])
    video = (await api.get(f"/api/jobs/{job_id}/videos")).json()[0]
    assert (video["video_url"], video["thumbnail_url"]) == (None, None)
    for what in ("content", "thumbnail"):
        refused = await api.get(f"/api/videos/{video['video_id']}/{what}")
        assert (refused.status_code, "queued" in refused.json()["detail"]) == (404, True)
    image = await api.get(f"/api/shots/{video['shot_id']}/image")
    assert (image.status_code, "prompt alone" in image.json()["detail"]) == (404, True)


async def test_bytes_that_are_lost_are_not_found(api: httpx.AsyncClient, still: Served):
    _, (video_id,) = await finished(still.run, [b"x"])
    for path in still.run.settings.storage_dir.rglob("*.mp4"):
        path.unlink()
    assert (await api.get(f"/api/videos/{video_id}/content")).status_code == 404


async def test_a_shots_image_is_sent_under_its_own_name(api: httpx.AsyncClient, still: Served):
    job_id, (video_id,) = await finished(still.run, [b"x"])
    shot_id = (await api.get(f"/api/videos/{video_id}")).json()["shot_id"]
    await store(still.run, LOCAL_OWNER, job_id, f"jobs/{job_id}/images/1.jpg", picture(7), "image/jpeg")
    await set_video(still.run, video_id, image_key=None)
    async with still.run.db.engine.begin() as connection:
        await connection.exec_driver_sql(
            "UPDATE shots SET image_key = %s, image_filename = %s WHERE id = %s",
            (f"jobs/{job_id}/images/1.jpg", "Ein Fuchs é.jpg", shot_id),
        )
    image = await api.get(f"/api/shots/{shot_id}/image")
    assert image.content == picture(7)
    assert "filename*=UTF-8''Ein%20Fuchs%20%C3%A9.jpg" in image.headers["content-disposition"]
