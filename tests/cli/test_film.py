"""Films and stories on the command line."""

import contextlib
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rushes.cli._failures import explain
from rushes.cli.main import app
from rushes.errors import RushesError
from tests.cli.installation import Installation, Result

WIDTH = 80
TEXT = "# Rice\n\n## A grass\n\nRice is a grass.\n\n## Water\n\nIt grows in water.\n"
Command = Callable[..., Result]


@pytest.fixture
def command(rushes: Installation, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs a command in this process: there are many here, and starting one takes longer than running it."""
    monkeypatch.chdir(rushes.folder)
    for name, value in rushes.env.items():
        monkeypatch.setenv(name, value)

    def run(*args: str | Path, stdin: str | None = None) -> Result:
        with contextlib.redirect_stderr(io.StringIO()) as explained:
            told = CliRunner().invoke(app, [str(each) for each in args], input=stdin)
            code = explain(told.exception) if isinstance(told.exception, RushesError) else told.exit_code
        if told.exception and not isinstance(told.exception, RushesError | SystemExit):
            raise told.exception
        return Result(code, told.stdout, told.stderr + explained.getvalue())

    return run


@pytest.mark.parametrize(
    "words",
    [
        "film",
        *(
            f"story {each}"
            for each in ("list", "show", "edit", "voice", "pictures", "render", "export", "translate")
        ),
    ],
)
def test_each_command_has_an_example_and_fits_a_small_terminal(words: str):
    told = CliRunner().invoke(app, [*words.split(), "--help"], env={"COLUMNS": str(WIDTH)})
    assert told.exit_code == 0
    assert f"$ rushes {words}" in told.output
    assert max(map(len, told.output.splitlines())) <= WIDTH


def test_what_a_film_will_take_is_said_before_anything_is_made(command: Command, rushes: Installation):
    (rushes.folder / "rice.md").write_text(TEXT)
    told = command("film", "rice.md", "--dry-run", "--json").json()
    assert float(told["cost"]) == 0.0
    assert told["seconds"] > 2
    assert command("story", "list", "--json").json()["items"] == [], "nothing is left of it"


def test_nothing_and_nonsense_are_refused(command: Command, rushes: Installation):
    assert command("film").code == 2
    assert command("film", "-", stdin="  \n").code == 2
    (rushes.folder / "latin.txt").write_bytes("Füße".encode("latin-1"))
    told = command("film", "latin.txt")
    assert (told.code, "UTF-8" in told.err) == (2, True)
    assert command("film", "rice", "--music", "loud").code == 2
    told = command("film", "rice", "--pictures", "nowhere")
    assert (told.code, "nowhere" in told.err) == (2, True)


def test_a_story_is_edited_by_its_markdown_and_brought_back(command: Command, rushes: Installation):
    (rushes.folder / "rice.md").write_text(TEXT)
    begun = command("film", "rice.md", "--no-wait", "--json").json()
    command("story", "voice", "last", "--speed", "1.2", "--say", "Rice=Ryce")
    shown = command("story", "show", "last", "--json").json()
    assert shown["story_id"] == begun["story_id"]
    assert shown["document"]["voice"]["speed"] == 1.2
    assert shown["document"]["pronunciations"] == [{"written": "Rice", "spoken": "Ryce"}]
    (rushes.folder / "new.md").write_text("# Paddy\n\n## Water\n\nIt stands in water.\n")
    told = command("story", "edit", "last", "--file", "new.md", "--json").json()
    assert [each["narration"] for each in told["document"]["sections"]] == ["It stands in water."]
    back = command("story", "edit", "last", "--restore", "1", "--json").json()
    assert back["document"]["voice"]["speed"] == 1.0
    assert command("story", "show", "nothing").code == 2
    assert command("story", "edit", "last", "--file", "new.md", "--shape", "16:9").code == 0


@pytest.mark.slow
def test_a_text_becomes_a_film_in_a_folder(rushes: Installation):
    (rushes.folder / "rice.md").write_text(TEXT)
    how = ("--shape", "1:1", "--captions", "off", "--music", "off", "--to", "film")
    told = rushes("film", "rice.md", *how)
    assert told.code == 0, told.err
    saved = [Path(each) for each in told.out.splitlines()]
    assert all((rushes.folder / each).stat().st_size for each in saved)
    assert {each.suffix for each in saved} >= {".mp4", ".srt", ".vtt", ".ass", ".txt", ".jpg"}
    again = rushes("story", "render", "last", "--to", "film", "--json")
    assert json.loads(again.out)["status"] == "completed", "paths are beside the JSON, not in it"
