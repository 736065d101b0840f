"""The Bot API's three calls that an archive needs, over HTTP.

The token is part of every address there. Our code only knows the address without it: it is put in
below the client, so that no log line, error or traceback can hold it.
"""

import asyncio
from pathlib import Path
from typing import Any, TypeVar

import httpx2
from pydantic import BaseModel, SecretStr, ValidationError

from rushes.errors import ErrorType, NotFound, ProviderChanged, RetryLater, RushesError, SystemFault

HIDDEN = "bot-token"
"""Stands in addresses where the token goes."""
WAITS, LONGEST_WAIT = 5, 120.0
"""How often in a row Telegram may tell us to wait, and for how long, before the task gives up its turn."""
TOO_MANY, SERVER_FAULT, OK = 429, 500, 200
UNAUTHORIZED, FORBIDDEN, MISSING = 401, 403, 404
M = TypeVar("M", bound=BaseModel)


class Parameters(BaseModel):
    """ResponseParameters: what Telegram adds to a refusal."""

    retry_after: int | None = None
    migrate_to_chat_id: int | None = None


class BotAnswer(BaseModel):
    """The envelope of every result of the Bot API."""

    ok: bool
    result: Any = None
    error_code: int | None = None
    description: str = ""
    parameters: Parameters = Parameters()


class Document(BaseModel):
    """A file as a message has it. `file_id` fetches it; `file_unique_id` is the same for ever."""

    file_id: str
    file_unique_id: str


class Message(BaseModel):
    """A message with a document."""

    message_id: int
    document: Document


class BotFile(BaseModel):
    """Where a file can be fetched, for an hour at least; a path on its disk by a server in local mode."""

    file_id: str
    file_path: str | None = None


class _PutTokenIn(httpx2.AsyncBaseTransport):
    """Sends the request that has the token, and lets nobody else see it."""

    def __init__(self, token: SecretStr) -> None:
        self._token = token
        self._inner = httpx2.AsyncHTTPTransport(retries=1)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request with the token put into its path."""
        path = request.url.raw_path.decode().replace(HIDDEN, f"bot{self._token.get_secret_value()}", 1)
        return await self._inner.handle_async_request(
            httpx2.Request(
                request.method,
                request.url.copy_with(raw_path=path.encode()),
                headers=request.headers,
                stream=request.stream,
                extensions=request.extensions,
            )
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


class TelegramApi:
    """A bot. `timeout` is how many seconds the service may stay silent."""

    def __init__(self, base_url: str, token: SecretStr, *, timeout: float) -> None:
        self._base = base_url.rstrip("/")
        self._client = httpx2.AsyncClient(
            transport=_PutTokenIn(token), timeout=httpx2.Timeout(timeout), follow_redirects=False
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def send_document(self, chat: str, name: str, data: bytes) -> Message:
        """Post a file, byte for byte: a video sent as one would be made anew."""
        return await self._call(
            "sendDocument",
            Message,
            {"chat_id": chat, "disable_notification": "true", "disable_content_type_detection": "true"},
            {"document": (name, data, "application/octet-stream")},
        )

    async def get_file(self, file_id: str) -> BotFile:
        """Where a file can be fetched now. Raises `NotFound`."""
        return await self._call("getFile", BotFile, {"file_id": file_id})

    async def delete_message(self, chat: str, message_id: int) -> None:
        """Delete a message. Raises `NotFound` when it is gone, or too old to be deleted by a bot."""
        await self._call("deleteMessage", None, {"chat_id": chat, "message_id": str(message_id)})

    async def download(self, file: BotFile) -> bytes:
        """The bytes of a file. Raises `NotFound` when its address has expired."""
        if file.file_path is None:
            raise ProviderChanged("no file_path", step="telegram getFile")
        if file.file_path.startswith("/"):
            return await self._read_local(Path(file.file_path))
        try:
            answer = await self._client.get(f"{self._base}/file/{HIDDEN}/{file.file_path}")
        except httpx2.HTTPError as error:
            raise _no_answer(error) from None
        if answer.status_code == OK:
            return answer.content
        if answer.status_code == MISSING:
            raise NotFound("Telegram has no file at this address any more.")
        raise RetryLater(
            f"Telegram does not hand out a file (status {answer.status_code}).",
            error_type=ErrorType.NETWORK,
        )

    @staticmethod
    async def _read_local(path: Path) -> bytes:
        try:
            return await asyncio.to_thread(path.read_bytes)
        except OSError as error:
            raise SystemFault(
                f"The Bot API server keeps its files where they cannot be read: {error.strerror}.",
                error_type=ErrorType.STORAGE,
                hint="Make its folder visible here under the same path, or run it without --local.",
            ) from error

    async def _call(
        self,
        method: str,
        model: type[M] | None,
        fields: dict[str, str],
        files: dict[str, tuple[str, bytes, str]] | None = None,
    ) -> Any:
        waits = 0
        while True:
            answer, status = await self._post(method, fields, files)
            if answer.ok:
                return None if model is None else _parsed(model, answer.result, method)
            wait = answer.parameters.retry_after
            waits += 1
            may_wait = wait is not None and wait <= LONGEST_WAIT and waits <= WAITS
            if (answer.error_code or status) != TOO_MANY or wait is None or not may_wait:
                raise _refusal(answer, status, method)
            await asyncio.sleep(wait)

    async def _post(
        self, method: str, fields: dict[str, str], files: dict[str, tuple[str, bytes, str]] | None
    ) -> tuple[BotAnswer, int]:
        try:
            answer = await self._client.post(f"{self._base}/{HIDDEN}/{method}", data=fields, files=files)
        except httpx2.HTTPError as error:
            raise _no_answer(error) from None
        if answer.status_code >= SERVER_FAULT:  # may come from a proxy, without the frame
            raise RetryLater(
                f"Telegram has a fault (status {answer.status_code}).", error_type=ErrorType.NETWORK
            )
        return _parsed(BotAnswer, answer.content, method), answer.status_code


def _parsed(model: type[M], given: Any, method: str) -> M:
    try:
        if isinstance(given, bytes):
            return model.model_validate_json(given)
        return model.model_validate(given)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"]) or "the answer"
        raise ProviderChanged(f"{where} is not as it was", step=f"telegram {method}") from None


def _no_answer(error: httpx2.HTTPError) -> RetryLater:
    return RetryLater(f"Telegram does not answer ({type(error).__name__}).", error_type=ErrorType.NETWORK)


def _refusal(answer: BotAnswer, status: int, method: str) -> RushesError:
    code, said = answer.error_code or status, answer.description
    if code == TOO_MANY:
        return RetryLater(
            "Telegram wants us to wait.",
            error_type=ErrorType.RATE_LIMITED,
            after=answer.parameters.retry_after,
        )
    if code in (UNAUTHORIZED, MISSING):
        return SystemFault(
            "Telegram does not know this bot.",
            error_type=ErrorType.STORAGE,
            hint="Check RUSHES_TELEGRAM_TOKEN. Archiving continues automatically.",
        )
    moved = answer.parameters.migrate_to_chat_id
    if moved is not None:
        return SystemFault(
            f"The chat has become another one: {moved}.",
            error_type=ErrorType.STORAGE,
            hint=f"Set RUSHES_ARCHIVE_URL=telegram:{moved}, then run `rushes storage verify`.",
        )
    if method in ("getFile", "deleteMessage") and code != FORBIDDEN and "too big" not in said:
        return NotFound(f"Telegram does not have it: {said}.")
    return SystemFault(
        f"Telegram refuses {method}: {said}.",
        error_type=ErrorType.STORAGE,
        hint="Let the bot post in that chat. Parts over 20 MiB need a Bot API server of your own.",
    )
