"""An archive in a Telegram chat: each video as one document, or as parts with a list of them.

Bots may send 50 MB and fetch 20 MiB at once, so larger videos go in parts. A `file_id` belongs to the bot:
another bot cannot fetch by it. Nobody promises that it lasts: docs/guide/storage.md.
"""

import asyncio
import hashlib
import json
import logging
import time
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from rushes.errors import ErrorType, NotFound, RetryLater
from rushes.platform.storage.archive import Archive, Ids, Keep
from rushes.platform.storage.bucket import storage_fault
from rushes.platform.storage.telegram_api import TelegramApi

log = logging.getLogger(__name__)

FETCHES = 3
"""How often a part is asked for whose address has expired, or that came with other bytes."""


class FilePart(BaseModel):
    """One document. Size in bytes, sha256 in hex."""

    message_id: int
    file_id: str
    file_unique_id: str
    size: int
    sha256: str


class TelegramFile(BaseModel):
    """One video: its parts in order, and the list of them when there are several."""

    chat: str
    part_bytes: int
    parts: list[FilePart] = []
    manifest: FilePart | None = None


class TelegramArchive(Archive):
    """A chat in which a bot may post. `spacing` is seconds between two messages."""

    def __init__(self, api: TelegramApi, chat: str, *, part_bytes: int, spacing: float) -> None:
        self.name = f"telegram:{chat}"
        self._api = api
        self._chat = chat
        self._part_bytes = part_bytes
        self._spacing = spacing
        self._turn = asyncio.Lock()
        self._next_at = 0.0

    async def close(self) -> None:
        """Close the connections."""
        await self._api.close()

    async def store(self, key: str, source: Path, ids: Ids, keep: Keep) -> Ids:
        """Send what an earlier try has not sent, then read all of it back."""
        stored = self._begun(ids)
        size = (await asyncio.to_thread(source.stat)).st_size
        spans = list(_spans(size, stored.part_bytes))
        for number, (start, length) in enumerate(spans, start=1):
            if number <= len(stored.parts):
                continue
            data = await asyncio.to_thread(_read, source, start, length)
            many = f".part{number:03d}of{len(spans):03d}" if len(spans) > 1 else ""
            stored.parts.append(await self._send(key.replace("/", "_") + many, data))
            await keep(stored.model_dump())
        if len(spans) > 1 and stored.manifest is None:
            about = {"key": key, "size": size, "parts": [part.model_dump() for part in stored.parts]}
            stored.manifest = await self._send(
                key.replace("/", "_") + ".parts.json", json.dumps(about, indent=2).encode()
            )
            await keep(stored.model_dump())
        for number, part in enumerate(stored.parts):
            try:
                await self._fetch(part)
            except (NotFound, RetryLater) as error:
                if isinstance(error, RetryLater) and error.error_type is ErrorType.NETWORK:
                    raise
                # Another try sends it again, what is behind it, and the list of parts.
                wrong = stored.model_copy(update={"parts": stored.parts[number:]})
                stored = stored.model_copy(update={"parts": stored.parts[:number], "manifest": None})
                await keep(stored.model_dump())
                await self.delete(key, wrong.model_dump())
                raise RetryLater(error.message, error_type=ErrorType.STORAGE) from None
        return stored.model_dump()

    async def fetch(self, key: str, ids: Ids, into: Path) -> None:
        """Fetch the parts one after the other."""
        stored = TelegramFile.model_validate(ids)
        await asyncio.to_thread(into.write_bytes, b"")
        for part in stored.parts:
            data = await self._fetch(part)
            try:
                await asyncio.to_thread(_append, into, data)
            except OSError as error:
                raise storage_fault(error) from error

    async def holds(self, key: str, ids: Ids, size: int) -> bool:
        """Whether Telegram still knows every part."""
        stored = TelegramFile.model_validate(ids)
        if sum(part.size for part in stored.parts) != size:
            return False
        try:
            for part in stored.parts:
                await self._api.get_file(part.file_id)
        except NotFound:
            return False
        return True

    async def delete(self, key: str, ids: Ids) -> None:
        """Delete the messages. What Telegram does not let a bot delete any more stays, and is said."""
        if not ids:
            return
        stored = TelegramFile.model_validate(ids)
        for part in [*stored.parts, *([stored.manifest] if stored.manifest else [])]:
            try:
                await self._api.delete_message(stored.chat, part.message_id)
            except NotFound as error:
                log.warning("message %d of %s stays in %s: %s", part.message_id, key, self.name, error)

    def _begun(self, ids: Ids) -> TelegramFile:
        """What an earlier try has sent, as long as it was cut the same way and sent to the same chat."""
        if ids:
            before = TelegramFile.model_validate(ids)
            if (before.chat, before.part_bytes) == (self._chat, self._part_bytes):
                return before
        return TelegramFile(chat=self._chat, part_bytes=self._part_bytes)

    async def _send(self, name: str, data: bytes) -> FilePart:
        async with self._turn:
            await asyncio.sleep(self._next_at - time.monotonic())
            try:
                message = await self._api.send_document(self._chat, name, data)
            finally:
                self._next_at = time.monotonic() + self._spacing
        return FilePart(
            message_id=message.message_id,
            file_id=message.document.file_id,
            file_unique_id=message.document.file_unique_id,
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
        )

    async def _fetch(self, part: FilePart) -> bytes:
        """The bytes of a part, checked. Raises `NotFound`, or `RetryLater` when they are not right."""
        fault: NotFound | RetryLater = NotFound("Telegram does not have it.")
        for _ in range(FETCHES):
            try:
                data = await self._api.download(await self._api.get_file(part.file_id))
            except (NotFound, RetryLater) as error:  # the address had expired, or the connection broke
                fault = error
                continue
            if hashlib.sha256(data).hexdigest() == part.sha256:
                return data
            fault = RetryLater(
                "Telegram gave back other bytes than it was given.", error_type=ErrorType.STORAGE
            )
        raise fault


def _spans(size: int, part_bytes: int) -> Iterator[tuple[int, int]]:
    for start in range(0, size, part_bytes):
        yield start, min(part_bytes, size - start)


def _read(source: Path, start: int, length: int) -> bytes:
    with source.open("rb") as file:
        file.seek(start)
        return file.read(length)


def _append(target: Path, data: bytes) -> None:
    with target.open("ab") as file:
        file.write(data)
