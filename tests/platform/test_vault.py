"""Secrets at rest: sealed with a key that is not in the database, and sealed anew."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pydantic import ValidationError
from sqlalchemy import text
from tests.keyed import give_key, need_keys

from rushes.engine.runtime import Runtime
from rushes.errors import ActionNeeded, SystemFault
from rushes.keys.actions import rotate
from rushes.platform.vault import Vault
from rushes.settings import Settings


def vault_of(folder: Path, *keys: str) -> Vault:
    return Vault(Settings.model_validate({"data_dir": folder, "secret_keys": list(keys)}))


def test_a_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path):
    vault = vault_of(tmp_path)
    sealed = vault.seal("hush")
    assert "hush" not in sealed
    assert vault_of(tmp_path).open(sealed) == "hush"
    assert stat.S_IMODE(vault.file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


@pytest.mark.parametrize("content", [b"", b"not a key\n", b"\xff\xfe", b"c2hvcnQ=\n"], ids=repr)
def test_a_file_of_keys_that_is_damaged_is_a_fault_of_the_system_that_shows_nothing_of_it(
    tmp_path: Path, content: bytes
):
    vault = vault_of(tmp_path)
    sealed = vault.seal("hush")
    kept = vault.file.read_bytes()
    vault.file.write_bytes(content)
    for do in (lambda: vault.open(sealed), lambda: vault.seal("more"), vault.begin_rotation):
        with pytest.raises(SystemFault, match="cannot be used") as fault:
            do()
        assert str(vault.file) in fault.value.message and fault.value.hint
        assert fault.value.__cause__ is None
        assert vault.file.read_bytes() == content, "it is left as it is"
    vault.file.write_bytes(kept)
    assert vault.open(sealed) == "hush"


def test_a_file_of_keys_that_cannot_be_read_is_a_fault_of_the_system(tmp_path: Path):
    vault = vault_of(tmp_path)
    vault.file.mkdir()
    for do in (lambda: vault.open("x"), lambda: vault.seal("more")):
        with pytest.raises(SystemFault, match=r"cannot be used: Is a directory\."):
            do()


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path):
    with ThreadPoolExecutor(8) as pool:
        sealed = list(pool.map(vault_of(tmp_path).seal, map(str, range(16))))
    assert [vault_of(tmp_path).open(each) for each in sealed] == [str(n) for n in range(16)]


def test_a_secret_of_another_installation_is_told_and_no_key_is_made_for_it(tmp_path: Path):
    sealed = vault_of(tmp_path / "here").seal("hush")
    with pytest.raises(ActionNeeded, match="cannot be read"):
        vault_of(tmp_path / "there").open(sealed)
    assert not (tmp_path / "there").exists()


def test_keys_from_the_settings_seal_with_the_first_and_open_with_all(tmp_path: Path):
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    sealed = vault_of(tmp_path, old).seal("hush")
    assert vault_of(tmp_path, new, old).open(sealed) == "hush"
    with pytest.raises(ActionNeeded, match="cannot be read"):
        vault_of(tmp_path, new).open(sealed)
    assert not list(tmp_path.iterdir())


def test_a_wrong_key_in_the_settings_is_told_without_showing_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RUSHES_SECRET_KEYS", "hush-hush")
    with pytest.raises(ValidationError, match="44 characters") as caught:
        Settings()
    assert "hush-hush" not in str(caught.value)


async def test_rotation_seals_every_secret_anew_and_drops_old_keys(
    run: Runtime, monkeypatch: pytest.MonkeyPatch
):
    need_keys(run, monkeypatch)
    key_id = await give_key(run, "mine")
    first = run.vault.file.read_text().split()

    async def stored() -> str:
        async with run.db.begin() as session:
            found = await session.execute(text("SELECT secret FROM credentials WHERE id = :i"), {"i": key_id})
            return found.scalar_one()

    before = await stored()
    assert await rotate(run) == 1
    assert await rotate(run) == 1
    assert run.vault.open(await stored()) == "secret-mine-0000"
    assert await stored() != before
    assert not set(first) & set(run.vault.file.read_text().split())
    with pytest.raises(ActionNeeded):
        run.vault.open(before)
