"""The archive in Telegram: real HTTP against a stand-in with Telegram's caps, waits and addresses."""

import json
import logging
import os
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import pytest
from pydantic import SecretStr
from standins.telegram.server import CHAT, TOKEN, Fault, Telegram

from rushes.errors import NotFound, ProviderChanged, RetryLater, RushesError, SystemFault
from rushes.platform.storage.archive import Ids
from rushes.platform.storage.telegram import TelegramArchive
from rushes.platform.storage.telegram_api import TelegramApi
from rushes.settings import MIB

KEY = "jobs/1/videos/2.mp4"


Opener = Callable[..., TelegramArchive]


@pytest.fixture
async def archive_at(telegram: Telegram) -> AsyncGenerator[Opener]:
    """Opens archives in the stand-in, closed at the end."""
    opened: list[TelegramApi] = []

    def open_one(
        *,
        token: str = TOKEN,
        chat: str = CHAT,
        part_bytes: int = 1000,
        spacing: float = 0.0,
        timeout: float = 20.0,
    ) -> TelegramArchive:
        opened.append(TelegramApi(telegram.url, SecretStr(token), timeout=timeout))
        return TelegramArchive(opened[-1], chat, part_bytes=part_bytes, spacing=spacing)

    yield open_one
    for each in opened:
        await each.close()


class Killed(Exception):
    """The process ends here."""


class Kept:
    """What the database would have."""

    def __init__(self) -> None:
        self.ids: Ids = {}
        self.times = 0

    async def __call__(self, ids: Ids) -> None:
        self.ids = ids
        self.times += 1


@pytest.fixture
def video(tmp_path: Path) -> Path:
    file = tmp_path / "video.mp4"
    file.write_bytes(os.urandom(3500))
    return file


async def fetched(archive: TelegramArchive, ids: Ids, tmp_path: Path) -> bytes:
    into = tmp_path / "back.mp4"
    await archive.fetch(KEY, ids, into)
    return into.read_bytes()


async def test_a_large_video_goes_in_parts_with_a_list_of_them(
    telegram: Telegram, archive_at: Opener, video: Path, tmp_path: Path
):
    archive, kept = archive_at(), Kept()
    ids = await archive.store(KEY, video, {}, kept)
    assert [len(each.data) for each in telegram.messages.values()][:4] == [1000, 1000, 1000, 500]
    assert telegram.names[0] == "jobs_1_videos_2.mp4.part001of004"
    manifest = json.loads(list(telegram.messages.values())[-1].data)
    assert (manifest["key"], manifest["size"], len(manifest["parts"])) == (KEY, 3500, 4)
    assert all(each.fields["disable_content_type_detection"] == "true" for each in telegram.messages.values())
    assert await fetched(archive, ids, tmp_path) == video.read_bytes()
    assert await archive.holds(KEY, ids, 3500)
    assert not await archive.holds(KEY, ids, 3499)
    assert kept.ids == ids
    await archive.delete(KEY, ids)
    assert telegram.messages == {}
    assert not await archive.holds(KEY, ids, 3500)
    with pytest.raises(NotFound):
        await fetched(archive, ids, tmp_path)


async def test_a_small_video_is_one_document(
    telegram: Telegram, archive_at: Opener, video: Path, tmp_path: Path
):
    archive = archive_at(part_bytes=19 * MIB)
    ids = await archive.store(KEY, video, {}, Kept())
    assert telegram.names == ["jobs_1_videos_2.mp4"]
    assert await fetched(archive, ids, tmp_path) == video.read_bytes()


async def test_parts_of_the_usual_size_pass_telegrams_cap_and_larger_ones_are_told(
    telegram: Telegram, archive_at: Opener, video: Path
):
    video.write_bytes(bytes(19 * MIB + 5))
    await archive_at(part_bytes=19 * MIB).store(KEY, video, {}, Kept())
    video.write_bytes(bytes(20 * MIB + 1))
    with pytest.raises(SystemFault, match="too big"):
        await archive_at(part_bytes=30 * MIB).store(KEY, video, {}, Kept())


async def test_what_was_sent_before_a_crash_is_not_sent_again(
    telegram: Telegram, archive_at: Opener, video: Path, tmp_path: Path
):
    kept = Kept()
    sent = 0

    async def dies_after_two(ids: Ids) -> None:
        nonlocal sent
        await kept(ids)
        sent += 1
        if sent == 2:
            raise Killed

    with pytest.raises(Killed):
        await archive_at().store(KEY, video, {}, dies_after_two)
    archive = archive_at()
    ids = await archive.store(KEY, video, kept.ids, kept)
    assert telegram.calls.count("sendDocument") == 5
    assert await fetched(archive, ids, tmp_path) == video.read_bytes()


async def test_a_flood_wait_is_waited_out(telegram: Telegram, archive_at: Opener, video: Path):
    telegram.floods = [1, 1]
    await archive_at().store(KEY, video, {}, Kept())
    assert (len(telegram.messages), telegram.waits_ignored) == (5, 0)


async def test_a_long_flood_wait_is_left_to_the_engine(telegram: Telegram, archive_at: Opener, video: Path):
    telegram.floods = [3600]
    with pytest.raises(RetryLater) as told:
        await archive_at().store(KEY, video, {}, Kept())
    assert told.value.after == 3600


async def test_messages_keep_their_distance(telegram: Telegram, archive_at: Opener, video: Path):
    await archive_at(spacing=0.2).store(KEY, video, {}, Kept())
    gaps = [b - a for a, b in zip(telegram.times, telegram.times[1:], strict=False)]
    assert len(gaps) == 4
    assert min(gaps) >= 0.19


@pytest.mark.parametrize("fault", [Fault.EXPIRED, Fault.RESET, Fault.CUT, Fault.WRONG_BYTES, Fault.INTERNAL])
async def test_a_fetch_that_goes_wrong_once_is_asked_for_again(
    telegram: Telegram, archive_at: Opener, video: Path, tmp_path: Path, fault: Fault
):
    archive = archive_at()
    ids = await archive.store(KEY, video, {}, Kept())
    telegram.faults = [(fault, "file")]
    assert await fetched(archive, ids, tmp_path) == video.read_bytes()
    assert telegram.faults == []


async def test_addresses_expire_between_the_question_and_the_fetch(
    telegram: Telegram, archive_at: Opener, video: Path, tmp_path: Path
):
    archive = archive_at()
    ids = await archive.store(KEY, video, {}, Kept())
    telegram.path_seconds = 0.0
    with pytest.raises(NotFound):
        await fetched(archive, ids, tmp_path)
    telegram.path_seconds = 3600.0
    assert await fetched(archive, ids, tmp_path) == video.read_bytes()


async def test_a_part_that_comes_back_wrong_is_sent_again(
    telegram: Telegram, archive_at: Opener, video: Path, tmp_path: Path
):
    kept = Kept()
    telegram.faults = [(Fault.WRONG_BYTES, "file")] * 3
    archive = archive_at()
    with pytest.raises(RetryLater, match="other bytes"):
        await archive.store(KEY, video, {}, kept)
    assert telegram.messages == {}, "what is not right does not stay"
    ids = await archive.store(KEY, video, kept.ids, kept)
    assert await fetched(archive, ids, tmp_path) == video.read_bytes()
    assert len(telegram.messages) == 5


@pytest.mark.parametrize(
    ("fault", "method", "error"),
    [
        (Fault.INTERNAL, "sendDocument", RetryLater),
        (Fault.RESET, "sendDocument", RetryLater),
        (Fault.SILENT, "sendDocument", RetryLater),
        (Fault.CHANGED, "sendDocument", ProviderChanged),
        (Fault.CHANGED, "getFile", ProviderChanged),
    ],
)
async def test_every_fault_is_one_the_engine_knows(
    telegram: Telegram, archive_at: Opener, video: Path, fault: Fault, method: str, error: type[RushesError]
):
    telegram.faults = [(fault, method)] * 9
    with pytest.raises(error):
        await archive_at(timeout=1.0).store(KEY, video, {}, Kept())


async def test_a_wrong_token_and_a_wrong_chat_are_the_operators(
    telegram: Telegram, archive_at: Opener, video: Path
):
    with pytest.raises(SystemFault, match="does not know this bot"):
        await archive_at(token="1:other").store(KEY, video, {}, Kept())
    with pytest.raises(SystemFault, match="chat not found"):
        await archive_at(chat="-1").store(KEY, video, {}, Kept())


async def test_the_token_is_in_no_log_no_error_and_no_row(
    telegram: Telegram, archive_at: Opener, video: Path, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    kept = Kept()
    told: list[str] = []
    video.write_bytes(b"small")
    ids = await archive_at().store(KEY, video, {}, kept)
    for fault in Fault:
        for method in ("sendDocument", "getFile", "file"):
            telegram.faults = [(fault, method)] * 9
            try:
                await archive_at(timeout=1.0).store(KEY, video, {}, kept)
            except RushesError as error:
                while error is not None:
                    told.append(repr(error) + str(error))
                    error = error.__cause__ or error.__context__
    assert len(told) > 5
    assert "sendDocument" in caplog.text, "the client logs its requests: this test looks at them"
    everything = caplog.text + "".join(told) + str(ids) + str(kept.ids)
    for form in (TOKEN, TOKEN.replace(":", "%3A"), TOKEN.split(":")[1]):
        assert form not in everything


async def test_a_server_of_ones_own_may_hand_out_paths_on_its_disk(
    telegram: Telegram, archive_at: Opener, video: Path, tmp_path: Path
):
    archive = archive_at(part_bytes=30 * MIB)
    ids = await archive.store(KEY, video, {}, Kept())
    telegram.new_path = lambda message_id: str(video)
    assert await fetched(archive, ids, tmp_path) == video.read_bytes()
    telegram.new_path = lambda message_id: "/nowhere/at/all.mp4"
    with pytest.raises(SystemFault, match="cannot be read"):
        await fetched(archive, ids, tmp_path)
