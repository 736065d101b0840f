"""An installation of its own for every test that kills."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rushes.settings import Settings
from tests.crash.victim import kill_postgres


@pytest.fixture
def home(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """A data folder with an embedded database of its own, stopped at the end."""
    monkeypatch.setenv("RUSHES_ECHO_DIR", str(open_folder / "echo"))
    monkeypatch.delenv("RUSHES_DATABASE_URL", raising=False)
    settings = Settings(
        data_dir=open_folder / "data",
        min_free_bytes=0,
        network_retry_wait=0.1,
        tick_seconds=1.0,
        high_demand_wait=0.1,
    )
    yield settings
    kill_postgres(settings)
