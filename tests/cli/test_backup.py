"""`rushes backup`: from one installation into another, and in the place of a database that is broken."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from rushes.platform.db.embedded import stop_unused
from tests.cli.installation import Installation, environment
from tests.conftest import FOLDER


@pytest.fixture(scope="module")
def backup(rushes: Installation) -> Path:
    done = rushes("backup", "create", "--files")
    assert done.code == 0, done
    return Path(done.out.strip())


@pytest.fixture
def elsewhere() -> Iterator[Installation]:
    folder = Path(tempfile.mkdtemp(prefix="restored-", dir=os.environ[FOLDER]))
    folder.chmod(0o755)
    data = folder / "data"
    yield Installation(folder, environment(folder, RUSHES_DATA_DIR=str(data)), "")
    assert stop_unused(data, data / "postgres")
    shutil.rmtree(folder, ignore_errors=True)


def test_a_backup_is_listed_and_is_good(rushes: Installation, backup: Path):
    listed = rushes("backup", "list")
    assert backup.name in listed.out
    assert rushes("backup", "list", "--json").json()[0]["reason"] in ("asked", "daily")
    verified = rushes("backup", "verify", backup, "--json").json()
    assert (verified["name"], verified["good"], verified["wrong"]) == (backup.name, True, [])


def test_while_it_runs_nothing_is_replaced(rushes: Installation, backup: Path):
    refused = rushes("backup", "restore", backup, "--replace", "--yes")
    assert refused.code != 0
    assert "running" in refused.err
    assert rushes("jobs").code == 0


def test_without_a_terminal_nothing_is_done_unless_it_is_said(elsewhere: Installation, backup: Path):
    asked = elsewhere("backup", "restore", backup)
    assert asked.code == 1
    assert "--yes" in asked.err
    assert not (elsewhere.data / "postgres").exists()


def test_a_database_that_is_broken_is_replaced_and_kept_aside(elsewhere: Installation, backup: Path):
    restored = elsewhere("backup", "restore", backup, "--yes", "--json").json()
    assert (restored["name"], restored["before"]) == (backup.name, None)
    jobs = elsewhere("jobs", "--json").json()
    refused = elsewhere("backup", "restore", backup, "--yes")
    assert "--replace" in refused.err
    assert stop_unused(elsewhere.data, elsewhere.data / "postgres")
    (elsewhere.data / "postgres" / "global" / "pg_control").write_bytes(b"broken")

    replaced = elsewhere("backup", "restore", backup, "--yes", "--replace", "--json").json()

    aside = Path(replaced["before"])
    assert (aside / "global" / "pg_control").read_bytes() == b"broken"
    assert elsewhere("jobs", "--json").json() == jobs


def test_what_is_no_backup_is_told_with_what_to_do(elsewhere: Installation, tmp_path: Path):
    (tmp_path / "holiday.zip").write_bytes(b"no")
    told = elsewhere("backup", "verify", tmp_path / "holiday.zip")
    assert told.code == 2
    assert "no backup" in told.err
    assert "rushes backup list" in told.err
