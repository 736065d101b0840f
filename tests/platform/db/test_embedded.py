"""The embedded server: shared, stopped by its last user, and never at the price of an open home."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from tests.waiting import PATIENCE_SECONDS

from rushes.errors import SystemFault
from rushes.platform.db.embedded import start_embedded


def server_pid(data: Path) -> int:
    return int((data / "postgres/postmaster.pid").read_text().split()[0])


def runs(pid: int) -> bool:
    """Whether it is there and not only waiting to be buried."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_it_stops_with_its_last_user_and_not_before(open_folder: Path):
    data = open_folder / "data"
    program = (
        "import sys, pathlib; from rushes.platform.db.embedded import start_embedded;"
        f"data = pathlib.Path({str(data)!r}); server = start_embedded(data, data / 'postgres');"
        "print(server.url, flush=True); sys.stdin.read(); server.close()"
    )
    mine = start_embedded(data, data / "postgres")
    pid = server_pid(data)
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout
        assert other.stdout.readline().strip() == mine.url
        mine.close()
        assert runs(pid), "somebody else still uses it"
        other.communicate("", timeout=PATIENCE_SECONDS)
    assert not runs(pid)


def test_a_killed_user_does_not_keep_it_running(open_folder: Path):
    data = open_folder / "data"
    program = (
        "import sys, pathlib; from rushes.platform.db.embedded import start_embedded;"
        f"data = pathlib.Path({str(data)!r}); start_embedded(data, data / 'postgres');"
        "print('there', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as victim:
        assert victim.stdout
        assert victim.stdout.readline().strip() == "there"
        victim.kill()
    pid = server_pid(data)
    start_embedded(data, data / "postgres").close()
    assert not runs(pid)


def test_it_listens_on_no_port(open_folder: Path):
    data = open_folder / "data"
    server = start_embedded(data, data / "postgres")
    try:
        connections = psutil.Process(server_pid(data)).net_connections(kind="inet")
        assert connections == []
    finally:
        server.close()


def test_a_folder_of_another_major_version_is_refused_and_left_alone(open_folder: Path):
    pg_dir = open_folder / "data/postgres"
    pg_dir.mkdir(parents=True)
    (pg_dir / "PG_VERSION").write_text("15\n")
    with pytest.raises(SystemFault, match="made by PostgreSQL 15"):
        start_embedded(open_folder / "data", pg_dir)
    assert [path.name for path in pg_dir.iterdir()] == ["PG_VERSION"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root could open somebody's home")
def test_as_root_it_refuses_to_open_a_closed_folder(open_folder: Path):
    home = open_folder / "home"
    home.mkdir(mode=0o700)
    with pytest.raises(SystemFault) as caught:
        start_embedded(home / "data", home / "data/postgres")
    assert str(home) in caught.value.message
    assert "RUSHES_DATA_DIR" in (caught.value.hint or "")
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
