"""Passwords and tokens: which are refused, and what is kept of them."""

import asyncio
from types import SimpleNamespace

import pytest

from rushes.accounts import passwords
from rushes.accounts.passwords import check_password, hash_password, password_matches
from rushes.accounts.secret_values import digest, looks_like_token, new_salt, new_token, successor
from rushes.errors import Invalid


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "123456789",
        "password123!",
        "Qwertyuiop",
        "aaaaaaaaaaaaaaa",
        "iloveyou2026",
        "ada@example.org",
        "ada.lovelace99",
        "x" * 257,
    ],
)
def test_passwords_that_are_tried_first_are_refused(password: str):
    with pytest.raises(Invalid) as refused:
        check_password(password, "ada@example.org", "Ada.Lovelace")
    assert password not in str(refused.value) + str(refused.value.faults)


@pytest.mark.parametrize(
    "password", ["correct horse battery", "Zauberwald im Mai", "ünï-cödé-wörds", "a1b2" * 64]
)
def test_long_words_are_good_passwords(password: str):
    check_password(password, "ada@example.org", "Ada")


async def test_a_hash_fits_its_password_alone_and_does_not_show_it():
    kept = await hash_password("correct horse battery")
    assert "correct" not in kept
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await password_matches(kept, "correct horse battery")
    assert not await password_matches(kept, "correct horse batterz")
    assert not await password_matches(None, "nobody has this password")
    assert not await password_matches("not a hash", "x")


async def test_hashes_are_made_two_at_a_time_and_the_loop_goes_on(monkeypatch: pytest.MonkeyPatch):
    at_once, most, turns = 0, 0, 0
    hasher = passwords._hasher  # pyright: ignore[reportPrivateUsage]  # what is counted is hidden

    def counted(password: str) -> str:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        try:
            return hasher.hash(password)
        finally:
            at_once -= 1

    monkeypatch.setattr(passwords, "_hasher", SimpleNamespace(hash=counted))

    async def tick() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    ticking = asyncio.create_task(tick())
    await asyncio.gather(*(hash_password(f"a long password {n}") for n in range(8)))
    ticking.cancel()
    assert most == 2
    assert turns > 8


def test_a_token_is_told_by_its_form_and_checksum():
    token = new_token()
    assert looks_like_token(token)
    assert len(token) == 53
    assert len({new_token() for _ in range(100)}) == 100
    for at in range(len(token)):
        changed = token[:at] + ("x" if token[at] != "x" else "y") + token[at + 1 :]
        assert not looks_like_token(changed), at
    for other in (
        "",
        "rsh_",
        token[:-1],
        token + "0",
        "sk-" + token,
        token.replace("rsh_", "rsh-"),
        "é" * 53,
    ):
        assert not looks_like_token(other)


def test_the_next_secret_of_a_session_takes_both_the_salt_and_the_secret():
    salt = new_salt()
    assert successor("a", salt) == successor("a", salt)
    assert successor("a", salt) != successor("b", salt)
    assert successor("a", salt) != successor("a", new_salt())
    assert digest("a") != digest("b")
