"""What is written down: incidents and logs without secrets, and never more than there is room for."""

import json
import logging
import os
import socket
from pathlib import Path
from uuid import uuid4

import pytest
from filelock import FileLock

from rushes.errors import RetryLater
from rushes.providers.video.flow.browser.incidents import trim
from rushes.providers.video.flow.browser.logs import AUTOMATION, keep_logs, let_go
from rushes.providers.video.flow.browser.profile import browser_of, profile, remove_stale
from rushes.providers.video.flow.browser.redact import GONE, redact, secrets_of

STATE = json.dumps(
    {
        "cookies": [{"name": "OSID", "value": "g.a000secretcookie"}, {"name": "x", "value": "1"}],
        "origins": [
            {"origin": "https://example.com", "localStorage": [{"name": "t", "value": "localsecret"}]}
        ],
    }
)


def test_secrets_are_taken_out_of_everything_written():
    text = (
        'window.WIZ_global_data = {"SNlM0e":"AAtoken:123","cfb2h":"boq_1"};'
        "https://flow-content.google/video/1?Expires=1&KeyName=k&Signature=abc_DEF-1&amp;Signature=xyz987"
        " f.req=1&at=AAt55&f.sid=-99 /asb/AbC-123_token"
        " Cookie: SID=g.a1; SAPISID=zzz\n__Secure-1PSID=qqq.1 g.a000secretcookie localsecret"
        ' <input type="password" value="hunter2hunter"> ada.lovelace@example.com'
    )
    clean = redact(text, secrets_of(STATE))
    for secret in (
        *("AAtoken", "abc_DEF-1", "xyz987", "AAt55", "-99", "AbC-123", "g.a1", "zzz", "qqq.1"),
        *("secretcookie", "localsecret", "hunter2", "lovelace"),
    ):
        assert secret not in clean, secret
    assert "a…@example.com" in clean
    assert clean.count(GONE) > 8
    assert "KeyName=k" in clean, "what is no secret stays"


def test_short_values_are_no_secrets():
    assert "1" not in secrets_of(STATE)
    assert redact("page 1 of 11", ["1"]) == "page 1 of 11"


def test_the_logs_are_redacted_and_their_files_let_go(tmp_path: Path):
    before = list(logging.getLogger("rushes.providers.video.flow.browser.automation").handlers)
    keep_logs(tmp_path)
    keep_logs(tmp_path)
    AUTOMATION.info("asked %s", "https://example.com/?Signature=topsecret")
    let_go(tmp_path)
    AUTOMATION.info("after")
    lines = (tmp_path / "automation.log").read_text().splitlines()
    assert len(lines) == 1, "written once, and not after it was let go"
    assert "topsecret" not in lines[0]
    assert logging.getLogger("rushes.providers.video.flow.browser.automation").handlers == before


def test_the_oldest_incidents_go_when_there_are_too_many(tmp_path: Path):
    for number in range(4):
        (tmp_path / f"2026-{number}").mkdir()
        (tmp_path / f"2026-{number}" / "page.png").write_bytes(b"x" * 1000)
    trim(tmp_path, 2500)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["2026-2", "2026-3"]
    trim(tmp_path, 10)
    assert [each.name for each in tmp_path.iterdir()] == ["2026-3"], "the newest always stays"


def test_a_profile_is_for_one_process_and_leaves_nothing(tmp_path: Path):
    account = uuid4()
    with profile(tmp_path, account) as here:
        assert here.stat().st_mode & 0o777 == 0o700
        (here / "Cookies").write_text("secret")
        with pytest.raises(RetryLater, match="Another process"), profile(tmp_path, account):
            pytest.fail("two at once")
    assert not here.exists()


def test_a_profile_left_by_a_kill_is_deleted_one_in_use_is_not(tmp_path: Path):
    left, used = uuid4(), uuid4()
    for account in (left, used):
        (tmp_path / str(account)).mkdir()
        (tmp_path / f"{account}.lock").touch()
    with FileLock(tmp_path / f"{used}.lock", thread_local=False):
        assert remove_stale(tmp_path) == [left]
    assert not (tmp_path / str(left)).exists()
    assert (tmp_path / str(used)).exists()


def test_only_a_process_that_names_the_profile_is_its_browser(tmp_path: Path):
    (tmp_path / "SingletonLock").symlink_to(f"{socket.gethostname()}-{os.getpid()}")
    assert browser_of(tmp_path) is None, "this process is no browser of it"
    (tmp_path / "SingletonLock").unlink()
    (tmp_path / "SingletonLock").symlink_to(f"elsewhere-{os.getpid()}")
    assert browser_of(tmp_path) is None
