"""Google's error answers, in every envelope there is, become errors that say who acts next."""

from datetime import UTC, datetime

import pytest

from rushes.errors import ActionNeeded, ErrorType, Rejected, RetryLater
from rushes.providers.google_errors import (
    definite_error,
    read_error,
    refusal_kind,
    until_midnight_pacific,
)


def envelope(code: int | str, message: str, **more: object) -> dict[str, object]:
    return {"error": {"code": code, "message": message, **more}}


QUOTA = "type.googleapis.com/google.rpc.QuotaFailure"
RETRY = "type.googleapis.com/google.rpc.RetryInfo"
INFO = "type.googleapis.com/google.rpc.ErrorInfo"


def test_both_envelopes_and_no_envelope_are_read():
    text = read_error(400, envelope("invalid_request", "Unknown parameter 'inputs'"))
    assert (text.message, text.reason) == ("Unknown parameter 'inputs'", "INVALID_REQUEST")
    listed = read_error(403, [envelope(403, "No.", status="PERMISSION_DENIED")])
    assert (listed.message, listed.reason) == ("No.", "403 PERMISSION_DENIED")
    page = read_error(502, "<html><title>502</title>\n<b>Bad Gateway</b></html>")
    assert page.message == "502 Bad Gateway"
    assert read_error(500, []).message == "it answered 500 without a word"


@pytest.mark.parametrize(
    ("body", "headers", "seconds"),
    [
        (envelope("too_many_requests", "Please retry in 23.397s"), {}, 23.397),
        (envelope(429, "Please retry in 1h2m3.5s."), {}, 3723.5),
        (envelope(429, "Slow down.", details=[{"@type": RETRY, "retryDelay": "7s"}]), {}, 7.0),
        (envelope(429, "Slow down."), {"retry-after": "12"}, 12.0),
        (envelope(429, "Slow down."), {"retry-after": "Sat, 21 Nov 2026 12:00:00 GMT"}, None),
        (envelope(429, "Slow down."), {}, None),
    ],
    ids=["in words", "hours", "RetryInfo", "header", "a date is not guessed", "not said"],
)
def test_the_wait_is_found_wherever_it_is_told(
    body: dict[str, object], headers: dict[str, str], seconds: float | None
):
    error = definite_error(read_error(429, body, headers), "Gemini")
    assert isinstance(error, RetryLater)
    assert (error.error_type, error.after) == (ErrorType.RATE_LIMITED, seconds)


def test_a_daily_quota_rests_until_midnight_pacific():
    violations = [{"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]
    details = [{"@type": QUOTA, "violations": violations}, {"@type": RETRY, "retryDelay": "23s"}]
    error = definite_error(read_error(429, envelope(429, "Quota exceeded.", details=details)), "Gemini")
    assert isinstance(error, RetryLater)
    assert error.error_type is ErrorType.QUOTA
    assert error.after is not None
    assert 0 < error.after <= 24 * 3600
    assert until_midnight_pacific(datetime(2026, 11, 21, 7, 59, tzinfo=UTC)) == 60
    assert until_midnight_pacific(datetime(2026, 11, 21, 8, 0, tzinfo=UTC)) == 24 * 3600


@pytest.mark.parametrize(
    ("status", "body", "error_type"),
    [
        (401, envelope("unauthenticated", "Who are you?"), ErrorType.AUTH),
        (403, [envelope(403, "No.", status="PERMISSION_DENIED")], ErrorType.AUTH),
        (
            400,
            envelope(400, "Wrong.", details=[{"@type": INFO, "reason": "API_KEY_INVALID"}]),
            ErrorType.AUTH,
        ),
        (400, envelope(400, "API key not valid. Please pass a valid API key."), ErrorType.AUTH),
        (400, envelope(400, "API key expired. Please renew the API key."), ErrorType.AUTH),
        (402, envelope(402, "Pay."), ErrorType.CREDITS),
        (429, envelope(429, "Your prepayment credits are depleted."), ErrorType.CREDITS),
        (429, envelope(429, "Quota exceeded for metric: x, limit: 0, model: y"), ErrorType.CREDITS),
        (403, envelope(403, "Please enable billing on project 1."), ErrorType.CREDITS),
        (400, envelope(400, "User location is not supported for the API use."), ErrorType.CONSENT),
    ],
)
def test_what_only_the_owner_of_the_key_can_change_asks_for_them(
    status: int, body: object, error_type: ErrorType
):
    error = definite_error(read_error(status, body), "Gemini")
    assert isinstance(error, ActionNeeded)
    assert error.error_type is error_type


@pytest.mark.parametrize(
    ("body", "error_type"),
    [
        (envelope(400, "Blocked.", status="SAFETY"), ErrorType.POLICY_VIOLATION),
        (envelope("prohibited_content", "It shows a child."), ErrorType.MINORS),
        (
            envelope("invalid_request", "It might violate our policies on prominent people."),
            ErrorType.PROMINENT_PEOPLE,
        ),
        (envelope(400, "The output resembles copyrighted work.", status="RECITATION"), ErrorType.COPYRIGHT),
    ],
)
def test_a_refusal_at_the_door_is_the_prompts_matter(body: object, error_type: ErrorType):
    error = definite_error(read_error(400, body), "Gemini")
    assert isinstance(error, Rejected)
    assert error.error_type is error_type
    assert error.hint


def test_what_is_not_clear_is_left_to_the_caller():
    for status, message in ((400, "Unknown parameter 'inputs'"), (404, "no such model"), (500, "Internal.")):
        assert definite_error(read_error(status, envelope("x", message)), "Gemini") is None


def test_a_key_that_google_quotes_is_not_told_on():
    key = "AIza" + "x" * 35
    error = read_error(403, envelope(403, f"Consumer 'api_key:{key}' has been suspended."))
    assert error.message == "Consumer 'api_key:…' has been suspended."


def test_a_minor_change_is_not_a_minor():
    assert refusal_kind("Only minor adjustments are possible.") is ErrorType.POLICY_VIOLATION
