"""`RUSHES_X_FILE`: a setting, mostly a secret one, out of a file."""

from pathlib import Path

import pytest

from rushes.cli._environment import load_settings
from rushes.errors import Invalid
from rushes.settings import Settings

URL = "postgresql://ada:s3cret@db/rushes"
KEY = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4="


@pytest.fixture(autouse=True)
def nothing_else(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of another test, no `.env`."""
    assert settings
    monkeypatch.chdir(tmp_path)


def test_a_secret_comes_out_of_a_file_without_the_line_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "url").write_text(URL + "\n")
    (tmp_path / "keys").write_text(f"{KEY},{KEY}")
    monkeypatch.setenv("RUSHES_DATABASE_URL_FILE", str(tmp_path / "url"))
    monkeypatch.setenv("RUSHES_SECRET_KEYS_FILE", str(tmp_path / "keys"))
    settings = load_settings()
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == URL
    assert [each.get_secret_value() for each in settings.secret_keys] == [KEY, KEY]


def test_a_list_is_json_as_in_a_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "hosts").write_text('["studio.example.org"]\n')
    monkeypatch.setenv("RUSHES_ALLOWED_HOSTS_FILE", str(tmp_path / "hosts"))
    assert load_settings().allowed_hosts == ["studio.example.org"]
    (tmp_path / "hosts").write_text("studio.example.org")
    with pytest.raises(Invalid):
        load_settings()


def test_the_variable_itself_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "port").write_text("8123")
    monkeypatch.setenv("RUSHES_PORT_FILE", str(tmp_path / "port"))
    assert load_settings().port == 8123
    monkeypatch.setenv("RUSHES_PORT", "8124")
    assert load_settings().port == 8124


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b"x" * 70_000])
def test_a_file_that_cannot_be_read_is_named(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    if content is not None:
        (tmp_path / "url").write_bytes(content)
    monkeypatch.setenv("RUSHES_DATABASE_URL_FILE", str(tmp_path / "url"))
    with pytest.raises(Invalid) as refused:
        load_settings()
    assert refused.value.faults[0].where == "RUSHES_DATABASE_URL_FILE"


def test_what_the_file_holds_is_not_repeated_in_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "url").write_text("mysql://ada:s3cret@db/rushes")
    monkeypatch.setenv("RUSHES_DATABASE_URL_FILE", str(tmp_path / "url"))
    with pytest.raises(Invalid) as refused:
        load_settings()
    assert "s3cret" not in repr(refused.value.faults)
