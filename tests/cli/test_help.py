"""What a person reads before anything runs: help, usage, versions."""

import re
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rushes import cli
from rushes.cli._commands import COMMANDS as TABLE
from rushes.cli._lazy import Command, Group
from rushes.cli.main import app
from tests.cli.installation import Installation

COMMANDS = [
    *(
        "api",
        "backup",
        "batch",
        "budget",
        "cancel",
        "costs",
        "delete",
        "demo",
        "doctor",
        "download",
        "film",
        "flow",
        "jobs",
    ),
    *(
        "keys",
        "login",
        "logout",
        "logs",
        "mcp",
        "move",
        "notices",
        "open",
        "pause",
        "pick",
        "projects",
        "providers",
        "rate",
        "rename",
        "resolve",
        "resume",
        "retry",
        "share",
        "show",
        "spaces",
        "start",
        "storage",
        "story",
        "tokens",
        "up",
        "upscale",
        "users",
        "version",
        "voices",
    ),
    *("watch", "webhooks", "whoami", "worker"),
]
GROUPS = {name: each for table in TABLE.values() for name, each in table.items() if isinstance(each, Group)}
FOLDER = Path(cli.__file__).parent
WIDTH = 80


def test_the_list_of_commands_is_whole(rushes: Installation):
    told = rushes("--help").out
    listed = re.findall(r"^│ ([a-z]+)  ", told, re.MULTILINE)
    assert sorted(listed) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example_and_fits_a_small_terminal(command: str):
    told = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": str(WIDTH)})
    assert told.exit_code == 0
    assert command == "version" or f"$ rushes {command}" in told.output, told.output
    assert max(map(len, told.output.splitlines())) <= WIDTH
    assert command != "download" or "{number:03d}_{take}_{slug}.mp4" in told.output, "whole, to be copied"


HEAVY = ("sqlalchemy", "psycopg", "rushes.engine", "rushes.settings", "PIL", "fastapi", "httpx")
"""What lists of commands have no use for."""


@pytest.mark.parametrize(
    "words", [[], *([name] for name, each in GROUPS.items() if each.own is None)], ids=str
)
def test_a_list_of_commands_imports_no_command(rushes: Installation, words: list[str]):
    loaded = loaded_by(rushes, *words, "--help")
    assert "rich.table" in loaded, "it is drawn"
    assert [each for each in loaded if each.startswith(HEAVY)] == []
    assert sorted(each for each in loaded if each.startswith("rushes.")) == [
        "rushes.cli",
        *("rushes.cli._commands", "rushes.cli._exit", "rushes.cli._groups", "rushes.cli._help"),
        "rushes.cli._lazy",
        "rushes.cli.main",
        *("rushes.errors", "rushes.redaction", "rushes.sanitize"),
    ]


def test_a_command_imports_no_other(rushes: Installation):
    loaded = loaded_by(rushes, "worker", "--help")
    files = {f"rushes.cli.{path.stem}" for path in FOLDER.glob("[a-z]*.py")}
    assert files & set(loaded) == {"rushes.cli.worker", "rushes.cli.main"}


def test_a_worker_that_has_worked_has_imported_no_more_than_it_needs(rushes: Installation):
    loaded = loaded_by(rushes, "worker", "--until-idle")
    assert "rushes.worker" in loaded
    others = {f"rushes.cli.{path.stem}" for path in FOLDER.glob("*.py")} & set(loaded)
    assert others == {
        *(f"rushes.cli.{name}" for name in ("main", "worker", "_commands", "_environment", "_exit")),
        "rushes.cli._groups",
        *("rushes.cli._help", "rushes.cli._lazy", "rushes.cli._logs"),
    }
    assert [each for each in loaded if each.startswith(("rich", "rushes.api", "fastapi", "uvicorn"))] == []


def loaded_by(rushes: Installation, *words: str) -> list[str]:
    """The modules that a command has imported when it ends, in a process of its own."""
    program = (
        f"import sys; from rushes.cli.main import main; sys.argv = ['rushes', *{words!r}]\n"
        "try: main()\n"
        "except SystemExit: print(*sys.modules)"
    )
    return rushes.run([sys.executable, "-c", program]).out.splitlines()[-1].split()


LISTED = [
    (" ".join(words), entry)
    for commands in TABLE.values()
    for name, each in commands.items()
    for words, entry in (
        [([name], each)]
        if isinstance(each, Command)
        else [
            *([([name], each.own)] if each.own else []),
            *(([name, inner], entry) for inner, entry in each.commands.items()),
        ]
    )
]


@pytest.mark.parametrize(("words", "entry"), LISTED, ids=[words for words, _ in LISTED])
def test_the_list_says_of_a_command_what_its_docstring_says_first(words: str, entry: Command):
    function = entry.load(words.rpartition(" ")[2])
    assert function.__doc__
    assert function.__doc__.partition("\n")[0] == entry.summary


def test_every_file_of_a_command_is_listed():
    files = {path.stem for path in FOLDER.glob("[a-z]*.py")}
    assert files - {entry.module.rpartition(".")[2] for _, entry in LISTED} == {"main"}


def test_without_a_command_the_help_is_shown_with_the_exit_codes(rushes: Installation):
    told = rushes()
    assert told.code == 2
    assert "rushes batch photos prompts.txt" in told.out
    assert "you must act" in told.out


def test_a_mistyped_command_is_told_what_was_meant(rushes: Installation):
    told = rushes("btach")
    assert told.code == 2
    assert "batch" in told.err
    assert told.out == ""


def test_the_version_is_said_in_both_ways(rushes: Installation):
    assert rushes("--version").out == rushes("version").out
    assert rushes("version", "--json").json() == {"version": rushes("version").out.split()[1]}
