"""What comes from outside is cleaned, and secrets in use are found in every form in which a server quotes."""

import base64
import html
import json
import logging
import re
import time
from collections.abc import Iterator
from urllib.parse import quote, quote_plus
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.errors import NotNullViolation

from rushes import redaction
from rushes.cli._logs import SafeFormatter
from rushes.cli._output import PipeConsole
from rushes.errors import LONGEST_WAIT_SECONDS, Fault, GenerationFailed, Invalid, RetryLater
from rushes.providers.base import Credential
from rushes.redaction import redact, remember_secret, safe_text
from rushes.sanitize import clean_line, clean_text
from rushes.settings import Settings

SECRET = "sk-π+A/b=c&d\"e'f<g 12"


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """What a test remembers is nobody else's."""
    before = redaction._secrets.copy()  # pyright: ignore[reportPrivateUsage]
    redaction._secrets.clear()  # pyright: ignore[reportPrivateUsage]
    yield
    redaction._secrets.clear()  # pyright: ignore[reportPrivateUsage]
    redaction._secrets.update(before)  # pyright: ignore[reportPrivateUsage]


FORMS = {
    "as it is": SECRET,
    "url": quote(SECRET),
    "url, whole": quote(SECRET, safe=""),
    "url, small": re.sub("%..", lambda each: each[0].lower(), quote(SECRET, safe="")),
    "form": quote_plus(SECRET),
    "html": html.escape(SECRET),
    "json": json.dumps(SECRET)[1:-1],
    "json in json": json.dumps(json.dumps(SECRET)),
    "json, unescaped": json.dumps(SECRET, ensure_ascii=False)[1:-1],
    "python": repr(SECRET),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_secret_is_found_however_it_is_escaped(form: str):
    remember_secret(SECRET)
    told = redact(f"The key {FORMS[form]} is not valid.")
    assert "…" in told
    assert not any(part in told for part in ("A/b", "d&", "12", "sk-"))
    assert told.startswith("The key ") and told.endswith(" is not valid.")


@pytest.mark.parametrize("before", ["", "u:", "me:", "user:"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_a_secret_is_found_in_base64_wherever_it_lies(before: str, encode: type):
    remember_secret("AIzaSy-0123456789abcdef")
    header = encode(f"{before}AIzaSy-0123456789abcdef:x".encode()).decode()
    told = redact(f"Authorization: Basic {header}")
    assert "…" in told
    left = told.removeprefix("Authorization: Basic ").replace("…", "")
    assert len(left) <= 16, "only what stands beside the secret is left"


@given(st.text(min_size=8, max_size=60), st.text(max_size=20))
def test_any_secret_is_taken_out_of_any_text(secret: str, around: str):
    if len(secret.strip()) < redaction.SHORTEST:
        return
    remember_secret(secret)
    assert secret.strip() not in redact(f"{around}{secret}{around}").replace("…", "\0")


def test_the_secret_parts_of_a_file_are_secrets_and_its_names_are_not():
    key = (
        "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG\nBKcwggSjAgEAAoIBAQC7\n-----END PRIVATE KEY-----\n"
    )
    account = {"type": "service_account", "project_id": "my-project-1234567", "private_key": key}
    Credential(uuid4(), "a key", json.dumps(account))
    told = redact(f"my-project-1234567: BKcwggSjAgEAAoIBAQC7 {json.dumps(account)}")
    assert "my-project-1234567" in told
    assert "MIIEvQIBADANBgkqhkiG" not in told and "BKcwggSjAgEAAoIBAQC7" not in told


def test_every_error_is_without_secrets_and_control_characters():
    remember_secret("secret-of-a-key-0001")
    error = GenerationFailed(
        "No: secret-of-a-key-0001\0\x1b[31m\ud800\u202egpj.exe", hint="secret-of-a-key-0001"
    )
    assert error.message == str(error) == "No: …\ufffd\ufffd[31m\ufffd\ufffdgpj.exe"
    assert error.hint == "…"
    fault = Fault("a\x1b\0.png", "secret-of-a-key-0001 is wrong.")
    assert (fault.where, fault.message) == ("a\ufffd\ufffd.png", "… is wrong.")
    assert len(Invalid("x" * 1_000_000).message) == 4000


def test_a_secret_that_a_cut_would_halve_is_found_first():
    remember_secret("secret-of-a-key-0001")
    assert "secret" not in safe_text("x" * 3990 + "secret-of-a-key-0001" + "y" * 100)


def test_text_keeps_its_lines_and_a_line_has_none():
    assert clean_text("a\r\nb\u2028c\td") == "a\nb\nc\td"
    assert clean_line("a\r\nb\u2028c\td") == "a b c d"
    assert clean_text("日本語 العربية 👩‍👩‍👧") == "日本語 العربية 👩‍👩‍👧"


@pytest.mark.parametrize(
    ("given_seconds", "kept"),
    [
        (float("inf"), None),
        (float("nan"), None),
        (None, None),
        (-5.0, 0.0),
        (12.5, 12.5),
        (3.2e11, LONGEST_WAIT_SECONDS),
    ],
)
def test_a_wait_from_outside_is_a_number_of_hours_at_most(given_seconds: float | None, kept: float | None):
    assert RetryLater("Busy.", after=given_seconds).after == kept


def test_a_log_holds_no_secret_no_forged_line_and_no_parameter():
    remember_secret("secret-of-a-key-0001")
    try:
        raise NotNullViolation(
            'null value in column "name"\nDETAIL:  Failing row contains (my prompt, secret-of-a-key-0001).\n'
            "CONTEXT:  unnamed portal parameter $1 = 'my prompt'"
        )
    except NotNullViolation as error:
        record = logging.makeLogRecord(
            {
                "msg": "refused: %s",
                "args": ("no\n2026-01-01 CRITICAL all is lost \x1b]0;x secret-of-a-key-0001",),
                "exc_info": (type(error), error, error.__traceback__),
            }
        )
    told = SafeFormatter("%(message)s").format(record)
    first, _, traceback = told.partition("\n")
    assert first == "refused: no 2026-01-01 CRITICAL all is lost \ufffd]0;x …"
    assert 'null value in column "name"' in traceback
    assert "my prompt" not in told and "secret-of" not in told and "\x1b" not in told


def test_the_terminal_gets_no_escape_of_anybody_elses(capsys: pytest.CaptureFixture[str]):
    console = PipeConsole(highlight=False, markup=False, force_terminal=False, width=80)
    console.print("a prompt \x1b]0;title \x1b[2J\u202ed")
    assert capsys.readouterr().out == "a prompt \ufffd]0;title \ufffd[2J\ufffdd\n"


def test_the_secrets_of_settings_are_secrets(tmp_path: object):
    settings = Settings.model_validate(
        {"database_url": "postgresql://me:pass%2Fword%2D99@db/rushes", "s3_secret_key": "s3-secret-key-1"}
    )
    redaction.remember_settings(settings)
    assert redact("me pass/word-99 s3-secret-key-1") == "me … …"


def test_looking_for_secrets_takes_a_time_in_proportion_to_the_text():
    """Also of a text that is made for it: escapes and openings of the secret, over and over."""
    remember_secret("\\&%+'\"<secret-of-a-key-0001")
    for piece in ("\\", "&#0", "%5", "\\&%+'\"<secret-of-a-key-000", "u005c"):
        short, long = (_steps(piece * (size // len(piece))) for size in (20_000, 80_000))
        assert long < 12 * max(short, 0.001), piece


def _steps(text: str) -> float:
    best = float("inf")
    for _ in range(3):
        began = time.process_time()
        redact(text)
        best = min(best, time.process_time() - began)
    return best
