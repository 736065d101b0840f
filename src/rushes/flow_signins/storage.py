"""Flow accounts elsewhere: in the bucket, encrypted, and at the address that FLOW_STORAGE_STATE_URL names.

So a person signs in on a laptop, and a server works with it. Only what is encrypted goes into the bucket;
what is read may also be a plain storage state, which is what Playwright and other tools write.
"""

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator
from importlib import import_module
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import UUID, uuid4

from pydantic import BaseModel, ValidationError

from rushes.engine import flow_rows as accounts
from rushes.engine.flow_views import LARGEST_STATE, FlowSignInView, bucket_key, name_in_key
from rushes.engine.runtime import Runtime
from rushes.errors import ErrorType, RushesError, SystemFault
from rushes.flow_signins import actions as flow
from rushes.platform.db.models import LOCAL_OWNER
from rushes.platform.storage.bucket import Bucket
from rushes.platform.storage.places import access_of_storage, open_bucket

log = logging.getLogger(__name__)

FROM_ENVIRONMENT = "from the environment"
ENVIRONMENT = "environment"


class Exported(BaseModel):
    """What is kept in the bucket: the state, encrypted with the vault's key."""

    rushes_sealed: str
    email: str | None = None


async def export_to_bucket(run: Runtime, owner: UUID, account_id: UUID) -> str:
    """Put the account's state into the bucket, encrypted. Returns its key."""
    view = await flow.get(run, owner, account_id)
    state = await flow.signed_in_state(run, owner, account_id)
    exported = Exported(rushes_sealed=run.vault.seal(state), email=view.email)
    file = run.settings.work_dir / f"flow-{uuid4()}"
    try:
        await asyncio.to_thread(_write, file, exported.model_dump_json())
        await run.bucket.put(bucket_key(view.name), file)
    finally:
        await asyncio.to_thread(file.unlink, missing_ok=True)
    return bucket_key(view.name)


def _write(file: Path, content: str) -> None:
    file.touch(mode=0o600, exist_ok=False)
    file.write_text(content, encoding="utf-8")


async def import_from_bucket(run: Runtime, owner: UUID, name: str) -> FlowSignInView:
    """Bring an account in from the bucket. Raises `NotFound` when it is not there."""
    name = flow.account_name(name)
    return await import_state(run, owner, name, await _read(run.bucket, bucket_key(name)))


async def import_state(run: Runtime, owner: UUID, name: str, content: str) -> FlowSignInView:
    """Bring an account in from what was exported: a plain state, or one that is encrypted with our key."""
    state, email = _unsealed(run, content)
    return await flow.keep_account(run, owner, name, state, email=email)


async def take_in_state_url(run: Runtime) -> None:
    """Take in what FLOW_STORAGE_STATE_URL names, when it is not what was taken in before.

    What cannot be had is told in the log, without the address: it may be signed.
    """
    setting = run.settings.flow_storage_state_url
    if setting is None or not run.settings.flow_backend_enabled:
        return
    url = setting.get_secret_value()
    try:
        content = await _fetch(run, url)
        digest = hashlib.sha256(content.encode()).hexdigest()
        async with run.db.statement() as session:
            known = await accounts.taken_in(session, LOCAL_OWNER)
        if digest in known:
            return  # what is in the row has been used since, and is newer
        state, email = _unsealed(run, content)
        view = await flow.keep_account(
            run,
            LOCAL_OWNER,
            _name(url),
            state,
            email=email,
            origin=ENVIRONMENT,
            source_sha256=digest,
        )
        log.info("the Flow account %r was taken in from FLOW_STORAGE_STATE_URL", view.name)
    except RushesError as error:
        log.warning("FLOW_STORAGE_STATE_URL was left out: %s", error)


def _name(url: str) -> str:
    return name_in_key(urlsplit(url).path) or FROM_ENVIRONMENT


def _unsealed(run: Runtime, content: str) -> tuple[str, str | None]:
    """The plain state, and the e-mail address when it was exported with it."""
    try:
        exported = Exported.model_validate_json(content)
    except ValidationError:
        return content, None  # a plain one, or none at all: whoever checks the state says so
    return run.vault.open(exported.rushes_sealed), exported.email


async def _fetch(run: Runtime, url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme in ("http", "https"):
        return await _decode(import_module("rushes.flow_signins.fetch").read_address(url))
    folder, _, name = url.rpartition("/")
    if not name or not folder.startswith(f"{parts.scheme}://"):
        raise SystemFault(
            "The address makes no sense.",
            error_type=ErrorType.STORAGE,
            hint="Write it like s3://bucket/flow/auth/NAME/storage_state.json.",
        )
    bucket = open_bucket(run.settings, folder, access_of_storage(run.settings))
    return await _read(bucket, unquote(name) if parts.scheme == "file" else name)


async def _read(bucket: Bucket, key: str) -> str:
    return await _decode(bucket.stream(key))


async def _decode(pieces: AsyncIterator[bytes]) -> str:
    content = b""
    async for piece in pieces:
        content += piece
        if len(content) > 2 * LARGEST_STATE:
            break  # no state is that large; whoever checks it says so
    return content.decode("utf-8", "replace")
