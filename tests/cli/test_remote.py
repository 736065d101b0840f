"""Commands against another server: signed in, through its API, as two programs on two machines would."""

import asyncio
import stat
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from rushes.settings import Settings
from tests.accounts.people import ADMIN, PASSWORD, person, with_admin
from tests.cli.installation import Installation, Result, make_batch
from tests.serving import Served, serve

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def studio(settings: Settings) -> AsyncGenerator[Served]:
    """A server with accounts, an admin, another person and a worker."""
    async with serve(settings.model_copy(update={"accounts": "on"})) as served:
        await with_admin(served.run)
        await person(served.run, "bob")
        yield served


class Terminal:
    """A person's terminal: a home of its own, in which a login is kept."""

    def __init__(self, rushes: Installation, home: Path) -> None:
        self.rushes, self.home = rushes, home

    async def __call__(self, *args: str | Path, typed: str = "") -> Result:
        return await asyncio.to_thread(
            self.rushes, *args, typed=typed, XDG_CONFIG_HOME=str(self.home), HOME=str(self.home)
        )

    @property
    def file(self) -> Path:
        return self.home / "rushes" / "login.json"


@pytest.fixture
def terminal(rushes: Installation, tmp_path: Path) -> Terminal:
    return Terminal(rushes, tmp_path / "home")


async def signed_in(terminal: Terminal, studio: Served, *more: str) -> Result:
    done = await terminal("login", studio.url, "--email", ADMIN, *more, typed=f"{PASSWORD}\n")
    assert done.code == 0, done
    return done


async def test_a_batch_is_made_seen_reviewed_and_downloaded_at_another_server(
    studio: Served, terminal: Terminal, tmp_path: Path
):
    await signed_in(terminal, studio)
    batch = make_batch(tmp_path / "in", ["A fox in the snow", "A bear"])
    dry = await terminal("batch", batch, "--provider", "echo", "--dry-run", "--json")
    assert dry.json()["shots"] == 2
    assert (await terminal("jobs", "--json")).json()["items"] == [], "a dry run leaves nothing"
    made = (await terminal("batch", batch, "--provider", "echo", "--name", "Far", "--yes", "--json")).json()
    assert (made["status"], made["completed_videos"]) == ("completed", 2)
    listed = (await terminal("jobs", "--json")).json()
    assert [each["job_name"] for each in listed["items"]] == ["Far"]
    assert (await terminal("--local", "show", made["job_id"])).code == 2, "it is not on this machine"
    shown = (await terminal("show", "Far", "--json")).json()
    take = shown["videos"][0]["video_id"]
    assert (await terminal("pick", take[:8])).code == 0
    rated: Any = (await terminal("rate", "4", take, "--json")).json()
    assert (rated[0]["selected"], rated[0]["rating"]) == (True, 4)
    folder = tmp_path / "out"
    first = (await terminal("download", "last", "--to", folder, "--json")).json()
    assert sorted(path.suffix for path in folder.iterdir()) == [".csv", ".mp4", ".mp4", ".png"]
    assert all(each["copied"] for each in first["files"])
    again = (await terminal("download", "last", "--to", folder, "--json")).json()
    assert not any(each["copied"] for each in again["files"]), "what is there is not written again"
    assert (await terminal("cancel", "Far")).code == 1, "what has ended cannot be cancelled"
    link = (await terminal("share", "create", "last", "--days", "3", "--no-download", "--json")).json()
    assert (link["kind"], link["download"], "/s/" in link["url"]) == ("job", False, True)
    (listed,) = (await terminal("share", "list", "--json")).json()
    assert (await terminal("share", "revoke", listed["share_id"][:8])).code == 0
    assert (await terminal("share", "list", "--json")).json() == []


async def test_what_is_wrong_with_a_batch_is_said_before_anything_is_sent(
    studio: Served, terminal: Terminal, tmp_path: Path
):
    await signed_in(terminal, studio)
    batch = make_batch(tmp_path / "in", ["A fox"])
    wrong = await terminal("batch", batch, "--provider", "echo", "--option", "colour=red")
    assert (wrong.code, "--option colour" in wrong.err) == (2, True)
    wrong = await terminal("batch", batch, "--provider", "echo", "--aspect", "7:7")
    assert (wrong.code, "--aspect" in wrong.err) == (2, True), wrong
    assert (await terminal("jobs", "--json")).json()["items"] == []


async def test_a_login_is_kept_for_its_user_alone_and_ends_at_the_server(studio: Served, terminal: Terminal):
    await signed_in(terminal, studio)
    assert stat.S_IMODE(terminal.file.stat().st_mode) == 0o600
    assert PASSWORD not in terminal.file.read_text()
    me = (await terminal("whoami", "--json")).json()
    assert (me["server"], me["email"], me["scopes"]) == (studio.url, ADMIN, ["read", "review", "run"])
    kept = terminal.file.read_text()
    assert (await terminal("logout")).code == 0
    assert not terminal.file.exists()
    assert (await terminal("whoami", "--json")).json() == {"server": None}
    terminal.file.write_text(kept)
    ended = await terminal("jobs")
    assert (ended.code, f"rushes login {studio.url}" in ended.err) == (1, True)


async def test_a_token_is_made_listed_given_to_another_terminal_and_revoked(
    studio: Served, terminal: Terminal, rushes: Installation, tmp_path: Path
):
    await signed_in(terminal, studio)
    typed = f"{PASSWORD}\n"
    made = (await terminal("tokens", "create", "ci", "--scope", "read", "--json", typed=typed)).json()
    other = Terminal(rushes, tmp_path / "other")
    done = await other("login", studio.url, typed=f"{made['token']}\n")
    assert done.code == 0, done
    assert made["token"] not in done.out + done.err
    assert (await other("jobs", "--json")).json()["items"] == []
    refused = await other("batch", make_batch(tmp_path / "in", ["A fox"]), "--provider", "echo")
    assert (refused.code, "the scope run" in refused.err) == (1, True), refused
    listed = (await terminal("tokens", "list", "--json", typed=typed)).json()
    assert "ci" in [each["name"] for each in listed]
    assert (await terminal("tokens", "revoke", "ci", typed=typed)).code == 0
    assert (await other("jobs")).code == 1


async def test_people_are_invited_into_a_space_and_removed_from_it(studio: Served, terminal: Terminal):
    await signed_in(terminal, studio)
    typed = f"{PASSWORD}\n"
    spaces = (await terminal("spaces", "list", "--json")).json()
    assert [each["kind"] for each in spaces] == ["personal"]
    refused = await terminal("spaces", "add", spaces[0]["id"], "bob@example.org", typed=typed)
    assert refused.code == 1, "a personal space is one's own"
    alone = (await terminal("spaces", "members", spaces[0]["name"], "--json")).json()
    assert [each["email"] for each in alone] == [ADMIN]


async def test_what_cannot_work_from_afar_says_so_in_a_line(studio: Served, terminal: Terminal):
    await signed_in(terminal, studio)
    far = await terminal("keys", "list")
    assert (far.code, far.out) == (2, "")
    assert "does not work through" in far.err
    assert "rushes --local" in far.err
    assert (await terminal("--local", "keys", "list")).code == 0
    assert (await terminal("users", "list")).code == 0, "an operator's command is about this machine"


async def test_a_wrong_password_and_an_open_line_are_refused(studio: Served, terminal: Terminal):
    wrong = await terminal("login", studio.url, "--email", ADMIN, typed="not the password\n")
    assert (wrong.code, terminal.file.exists()) == (1, False)
    assert "password" in wrong.err.lower()
    clear = await terminal("login", "http://studio.example.org", typed="rsh_x\n")
    assert (clear.code, "--insecure" in clear.err) == (2, True)
    gone = await terminal("login", "http://localhost:9", typed="rsh_x\n")
    assert (gone.code, "does not answer" in gone.err) == (1, True)
