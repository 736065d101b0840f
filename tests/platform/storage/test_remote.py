"""Buckets in S3: a real client against a server that checks what it is sent, and faults on the way."""

import hashlib
import os
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import SecretStr
from standins.s3_front import Fault, S3Front
from tests.platform.storage.s3 import bucket_in

from rushes.errors import ErrorType, NotFound, RetryLater, SystemFault
from rushes.platform.storage.remote import RemoteBucket
from rushes.settings import MIB

KEY = "jobs/1/videos/a b.mp4"


@pytest.fixture
def bucket(s3: S3Front, tmp_path: Path) -> RemoteBucket:
    return bucket_in(s3, tmp_path / "work")


def source(tmp_path: Path, size: int = 1000) -> tuple[Path, bytes]:
    data = os.urandom(size)
    file = tmp_path / "source.mp4"
    file.write_bytes(data)
    return file, data


async def read(bucket: RemoteBucket, key: str, start: int = 0, length: int | None = None) -> bytes:
    return b"".join([piece async for piece in bucket.stream(key, start, length)])


async def test_what_is_put_in_comes_back_and_the_source_is_gone(
    bucket: RemoteBucket, s3: S3Front, tmp_path: Path
):
    file, data = source(tmp_path)
    stored = await bucket.put(KEY, file)
    assert (stored.size, stored.sha256) == (1000, hashlib.sha256(data).hexdigest())
    assert not file.exists()
    assert await read(bucket, KEY) == data
    assert await read(bucket, KEY, 10, 5) == data[10:15]
    assert await read(bucket, KEY, 990) == data[990:]
    assert await bucket.sizes([KEY, "jobs/none"]) == {KEY: 1000, "jobs/none": None}
    assert [(key, facts.size) for key, facts in bucket.files()] == [(KEY, 1000)]
    async with bucket.local(KEY) as path:
        assert path.read_bytes() == data
    assert not path.exists()
    await bucket.delete(KEY, "jobs/none")
    with pytest.raises(NotFound):
        await bucket.size(KEY)
    with pytest.raises(NotFound):
        await read(bucket, KEY)
    assert s3.refused == []


async def test_large_files_go_in_parts_of_equal_size(bucket: RemoteBucket, s3: S3Front, tmp_path: Path):
    file, data = source(tmp_path, 12 * MIB)
    await bucket.put(KEY, file)
    assert s3.count("PUT", "a b") == 3
    assert await bucket.measure(KEY) == (12 * MIB, hashlib.sha256(data).hexdigest())


async def test_a_link_works_for_its_time_and_for_nothing_else(bucket: RemoteBucket, tmp_path: Path):
    file, data = source(tmp_path)
    await bucket.put(KEY, file)
    link = await bucket.link(KEY, 60)
    assert link
    async with httpx.AsyncClient() as client:
        assert (await client.get(link)).content == data
        part = await client.get(link, headers={"range": "bytes=5-9"})
        assert (part.status_code, part.content) == (206, data[5:10])
        assert part.headers["content-type"] == "video/mp4"
        assert (await client.put(link, content=b"x")).status_code == 403
        assert (await client.get(link.replace("a%20b", "other"))).status_code == 403
        assert (await client.get(link.replace("X-Amz-Expires=60", "X-Amz-Expires=600"))).status_code == 403


async def test_no_link_lasts_longer_than_seven_days(bucket: RemoteBucket):
    link = await bucket.link(KEY, 30 * 24 * 3600)
    assert parse_qs(urlsplit(str(link)).query)["X-Amz-Expires"] == [str(7 * 24 * 3600)]


@pytest.mark.parametrize("fault", [Fault.INTERNAL, Fault.SLOW_DOWN, Fault.RESET, Fault.SILENT, Fault.SLOW])
async def test_a_fault_that_passes_is_not_noticed(s3: S3Front, tmp_path: Path, fault: Fault):
    bucket = bucket_in(s3, tmp_path / "work", storage_timeout=2.0)
    file, data = source(tmp_path)
    s3.break_next(fault, "PUT")
    s3.break_next(fault, "GET")
    await bucket.put(KEY, file)
    assert await read(bucket, KEY) == data
    assert all(rule.times == 0 for rule in s3.rules)


@pytest.mark.parametrize("fault", [Fault.INTERNAL, Fault.SLOW_DOWN, Fault.RESET])
async def test_a_fault_that_stays_is_the_installations_and_the_source_is_kept(
    bucket: RemoteBucket, s3: S3Front, tmp_path: Path, fault: Fault
):
    file, data = source(tmp_path)
    s3.break_next(fault, "*", times=1000)
    with pytest.raises(SystemFault, match="does not answer") as told:
        await bucket.put(KEY, file)
    assert told.value.error_type is ErrorType.STORAGE
    assert file.read_bytes() == data


async def test_bytes_that_were_changed_on_the_way_in_are_not_kept(
    bucket: RemoteBucket, s3: S3Front, tmp_path: Path
):
    file, data = source(tmp_path)
    s3.break_next(Fault.WRONG_BYTES, "PUT")
    with pytest.raises(RetryLater, match="other bytes"):
        await bucket.put(KEY, file)
    assert s3.keys("hot") == set()
    assert file.read_bytes() == data


async def test_an_answer_that_breaks_off_is_taken_up_where_it_broke(
    bucket: RemoteBucket, s3: S3Front, tmp_path: Path
):
    file, data = source(tmp_path, 3 * MIB)
    await bucket.put(KEY, file)
    s3.break_next(Fault.CUT, "GET", times=2)
    assert await read(bucket, KEY) == data
    assert all(rule.times == 0 for rule in s3.rules)


async def test_a_wrong_key_and_a_missing_bucket_are_told_without_what_the_service_said(
    s3: S3Front, tmp_path: Path
):
    file, _ = source(tmp_path)
    wrong = bucket_in(s3, tmp_path / "work", s3_secret_key=SecretStr("not this one"))
    with pytest.raises(SystemFault, match="refuses the key") as told:
        await wrong.put(KEY, file)
    assert "not this one" not in str(told.value)
    nowhere = bucket_in(s3, tmp_path / "work", s3_bucket="nowhere")
    with pytest.raises(SystemFault, match="There is no s3://nowhere"):
        await nowhere.put(KEY, file)
    assert file.exists()
