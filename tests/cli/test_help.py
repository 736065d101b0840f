"""What a person reads before anything runs: help, usage, versions."""

import re
import sys

import pytest
from typer.testing import CliRunner

from rushes.cli.main import app
from tests.cli.installation import Installation

COMMANDS = [
    *("api", "batch", "budget", "cancel", "costs", "delete", "demo", "doctor", "download", "flow", "jobs"),
    *(
        "keys",
        "move",
        "pause",
        "projects",
        "providers",
        "resolve",
        "resume",
        "retry",
        "show",
        "start",
        "storage",
        "up",
        "upscale",
        "version",
    ),
    "worker",
]
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


def test_help_loads_no_database_driver(rushes: Installation):
    program = (
        "import sys; from rushes.cli.main import main; sys.argv = ['rushes', 'batch', '--help']\n"
        "try: main()\n"
        "except SystemExit: print('psycopg' in sys.modules)"
    )
    done = rushes.run([sys.executable, "-c", program])
    assert done.out.splitlines()[-1] == "False", done


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
