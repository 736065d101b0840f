"""Keeps what providers answered to paid requests, whatever the database does in that moment.

A reply goes into the ledger at once. While the database does not take it, it goes into an append-only file in
the data folder (one JSON object per line), is tried again until the database is back, and the next start
reads the file. Writing the same reply twice changes nothing: whoever finds the file may write what it says.
"""

import asyncio
import json
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from filelock import FileLock

from rushes.engine.ledger_batches import ONE_IS_WRONG, Ledger
from rushes.engine.reply_rows import Reply, WrittenReply
from rushes.platform.db.faults import in_a_line
from rushes.platform.private import FILE_MODE

log = logging.getLogger(__name__)

FILE_NAME = "replies.jsonl"
PATIENCE_SECONDS = 3.0
"""After that long without an answer of the database a reply is written to the file as well."""
FIRST_WAIT_SECONDS = 0.2
LONGEST_WAIT_SECONDS = 5.0


@dataclass(frozen=True)
class KeptReply:
    """Where a reply is by now. `written` is the submission after it; None if the reply changes nothing, or
    is in the file so far (`Replies.written()` waits until it is not)."""

    in_ledger: bool
    written: WrittenReply | None = None


class Replies:
    """The replies of one worker, and what earlier ones left in the file."""

    def __init__(self, ledger: Ledger, folder: Path) -> None:
        self._ledger = ledger
        self._file = folder / FILE_NAME
        self._lock = FileLock(folder / f"{FILE_NAME}.lock", mode=FILE_MODE)
        self._retrying: asyncio.Task[None] | None = None

    async def keep(self, reply: Reply) -> KeptReply:
        """Write a reply to the ledger, or to the file while the database is away.

        Raises what the database refuses it with.
        """
        attempt = asyncio.ensure_future(self._write(reply))
        done, _ = await asyncio.wait([attempt], timeout=PATIENCE_SECONDS)
        if done and attempt.exception() is None:
            return KeptReply(in_ledger=True, written=attempt.result())
        if done and isinstance(error := attempt.exception(), ONE_IS_WRONG):
            raise error
        log.warning(
            "the database does not take the reply for submission %s; it is kept in %s and tried again",
            reply.submission_id,
            self._file,
        )
        await asyncio.to_thread(self._append, reply)
        attempt.cancel()
        self._retry()
        return KeptReply(in_ledger=False)

    async def written(self) -> None:
        """Return once the file is empty: every reply is in the ledger."""
        while self._retrying is not None and not self._retrying.done():
            await asyncio.wait([self._retrying])

    async def flush(self) -> None:
        """Write to the ledger what is in the file. Raises what the database is away with."""
        lines, size = await asyncio.to_thread(self._read)
        for reply in lines:
            try:
                await self._write(reply)
            except ONE_IS_WRONG as error:
                log.error("the reply for submission %s is refused: %s", reply.submission_id, in_a_line(error))
        if size:
            await asyncio.to_thread(self._drop, size)
            log.info("%d replies of providers were written to the ledger from %s", len(lines), self._file)

    async def close(self) -> None:
        """Stop trying; the file keeps what the ledger does not have."""
        if self._retrying is not None:
            self._retrying.cancel()
            await asyncio.wait([self._retrying])

    async def _write(self, reply: Reply) -> WrittenReply | None:
        return await (self._ledger.declined if reply.remote_id is None else self._ledger.accepted)(reply)

    def _retry(self) -> None:
        if self._retrying is None or self._retrying.done():
            self._retrying = asyncio.create_task(self._until_written())

    async def _until_written(self) -> None:
        wait = FIRST_WAIT_SECONDS
        while await asyncio.to_thread(self._is_there):
            try:
                await self.flush()
            except Exception as error:  # noqa: BLE001  # whatever it is, the file still has them
                log.debug("replies are tried again in %.1f s: %s", wait, in_a_line(error))
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT_SECONDS)

    def _is_there(self) -> bool:
        return self._file.exists()

    def _append(self, reply: Reply) -> None:
        line = json.dumps(
            {"id": str(reply.submission_id), "sent_by": reply.sent_by, "remote_id": reply.remote_id}
        )
        with self._lock, open(self._file, "ab", opener=_private) as file:
            file.write(f"{line}\n".encode())
            file.flush()
            os.fsync(file.fileno())

    def _read(self) -> tuple[Sequence[Reply], int]:
        """The replies in the file, and how many bytes of it they are."""
        if not self._is_there():
            return [], 0
        with self._lock:
            data = self._file.read_bytes() if self._is_there() else b""
        return [reply for line in data.splitlines() if (reply := _parse(line)) is not None], len(data)

    def _drop(self, size: int) -> None:
        """Take the first bytes out of the file, which another process may have appended to."""
        with self._lock:
            if not self._is_there():
                return
            rest = self._file.read_bytes()[size:]
            if not rest:
                self._file.unlink()
                return
            new = self._file.with_suffix(".new")
            with open(new, "wb", opener=_private) as file:
                file.write(rest)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._file)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, FILE_MODE)


def _parse(line: bytes) -> Reply | None:
    """A line of the file; None for one that a crash cut short."""
    try:
        found = json.loads(line)
        return Reply(UUID(found["id"]), found["sent_by"], found["remote_id"])
    except (ValueError, KeyError, TypeError):
        log.error("a line of %s cannot be read; it is passed over", FILE_NAME)
        return None
