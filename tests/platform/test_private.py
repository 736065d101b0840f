"""Nobody but the user who runs Rushes reads its data folder, and nobody else takes its locks."""

import asyncio
import contextlib
import stat
from pathlib import Path

import pytest

from rushes.engine.runtime import open_runtime
from rushes.errors import ErrorType, SystemFault
from rushes.platform.db.embedded import start_embedded
from rushes.platform.private import is_root
from rushes.settings import Settings
from rushes.worker import run_worker


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_the_data_folder_and_what_is_in_it_are_closed_to_others(settings: Settings):
    """Also those of an earlier version, which left them open."""
    settings.storage_dir.mkdir(parents=True)
    for folder in (settings.data_dir, settings.storage_dir):
        folder.chmod(0o755)
    async with open_runtime(settings):
        pass
    folders = (settings.work_dir, settings.storage_dir, settings.cache_dir, settings.log_dir)
    assert {mode(each) for each in (settings.data_dir, *folders)} == {0o700}


async def test_locks_are_closed_to_others(settings: Settings, open_folder: Path):
    data = open_folder / "data"
    embedded = start_embedded(data, data / "postgres")
    own = settings.model_copy(update={"data_dir": data, "database_url": None})
    async with open_runtime(own) as run:
        worker = asyncio.create_task(run_worker(run, until_idle=True))
        try:
            async with asyncio.timeout(120):
                await worker
        finally:
            worker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await worker
        locks = [each for each in data.glob("*.lock") if each.is_file()]
        assert {each.name for each in locks} == {"postgres.lock", "postgres-start.lock", "worker.lock"}
        assert {mode(each) for each in locks} == {0o600}
        # The user as whom PostgreSQL runs under root has to pass through, and through no other folder.
        assert mode(data) == (0o755 if is_root() else 0o700)
        assert mode(own.storage_dir) == mode(own.work_dir) == 0o700
    embedded.close()


async def test_a_data_folder_that_cannot_be_used_is_a_fault_of_the_system(settings: Settings, tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SystemFault) as fault:
        async with open_runtime(settings.model_copy(update={"data_dir": tmp_path / "file" / "data"})):
            pass
    assert fault.value.error_type is ErrorType.STORAGE
    assert "RUSHES_DATA_DIR" in (fault.value.hint or "")
