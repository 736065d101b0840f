"""The house rules, kept by tests: what a review would otherwise have to look for every time."""

import inspect
import re
import shutil
import subprocess
import sys
from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import cast

import pytest
from pydantic import BaseModel
from pydantic_settings import BaseSettings
from scripts.gen import PAGES

from rushes import errors
from rushes.api.app import create_app
from rushes.api.needs import declared, need_of
from rushes.engine import states
from rushes.engine.states import JobStatus, SubmissionState, VideoStatus, WaitingFor, sql_list
from rushes.keys.environment import KEYS
from rushes.platform.db.models import Base
from rushes.providers.catalogue import load_catalogue
from rushes.providers.registry import ROOMS, every_class, every_id, kind_of
from rushes.settings import Settings

ROOT = Path(__file__).parents[1]
SOURCES = sorted(path for room in ("src", "standins") for path in (ROOT / room).rglob("*.py"))
MOST_LINES = 300
LONGER: set[str] = set()
"""Modules that may be longer. This list may only shrink."""
SHARED_NAMES = {"Job"}
"""A table, and the part of its rows that Flow's browser asks for."""


STATES = [*VideoStatus, *SubmissionState, *JobStatus, *WaitingFor]
LIST_OF_STATES = re.compile(r"'({0})'\s*,\s*'({0})'".format("|".join(sorted({str(each) for each in STATES}))))


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name]


def test_modules_stay_short():
    long = {
        str(path.relative_to(ROOT))
        for path in SOURCES
        if len(path.read_text().splitlines()) > MOST_LINES and "versions" not in path.parts
    }
    assert long <= LONGER
    assert long == LONGER, "the list may only shrink: take these out of it"


def test_every_module_says_why_it_exists():
    silent = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if not path.read_text().lstrip().startswith(('"""', 'r"""')) and path.read_text().strip()
    ]
    assert silent == []


def test_no_two_classes_have_one_name():
    names = Counter(
        name
        for path in SOURCES
        if path.is_relative_to(ROOT / "src")
        for name in re.findall(r"^class ([A-Z]\w*)", path.read_text(), re.MULTILINE)
    )
    assert {name for name, count in names.items() if count > 1} <= SHARED_NAMES


def test_every_provider_has_a_test_and_a_place_in_the_catalogue():
    for provider_id in every_id():
        room = ROOMS[kind_of(provider_id)].package.rpartition(".")[2]
        assert (ROOT / f"tests/providers/{room}/test_{provider_id}.py").exists(), provider_id
    assert set(load_catalogue().entries) == set(every_id())


def test_every_variable_with_a_key_is_named_as_one():
    for cls in every_class().values():
        assert all(name.endswith(KEYS) for name in cls.environment), cls.id


def test_every_option_of_a_provider_is_described():
    for cls in every_class().values():
        for model in (cls.Options, cls.Settings):
            for name, field in model.model_fields.items():
                assert field.description, f"{model.__name__}.{name}"


def test_every_setting_is_described():
    assert all(field.description for field in Settings.model_fields.values())


@pytest.mark.parametrize("name", PAGES)
def test_pages_made_from_code_are_fresh(name: str):
    assert (ROOT / "docs/guide" / name).read_text() == PAGES[name](), "run `make gen`"


def test_every_setting_belongs_to_one_group():
    groups = [each for each in Settings.__bases__ if issubclass(each, BaseModel) and each is not BaseSettings]
    named = [name for group in groups for name in group.model_fields]
    assert sorted(named) == sorted(Settings.model_fields)


def test_lists_of_states_are_made_from_the_enums():
    """In SQL a list that is spelled by hand misses the state that is added next."""
    spelled = {
        f"{path.relative_to(ROOT)}: {found.group()}"
        for path in (ROOT / "src").rglob("*.py")
        if "versions" not in path.parts and path.name not in ("states.py", "models.py", "paying.py")
        for found in LIST_OF_STATES.finditer(path.read_text())
        if len(set(found.groups())) == 2
    }
    assert spelled == set()


WRITES_A_STATE = re.compile(
    r"UPDATE (videos|submissions|jobs|local_work|generations)\b"
    r"|INSERT INTO (events|submissions|local_work|generations)\b"
    r"|update\((Video|Submission|Job|LocalWork)\)"
)


def test_only_the_engine_writes_states_and_events():
    """One owner: what a state means, where it may come from, and the event that tells of it."""
    source = ROOT / "src/rushes"
    others = {
        f"{path.relative_to(source)}: {found.group()}"
        for path in source.rglob("*.py")
        if "versions" not in path.parts and path.relative_to(source).parts[0] != "engine"
        for found in WRITES_A_STATE.finditer(path.read_text())
    }
    # Not of a state: the counts of an upload.
    assert others <= {"jobs/upload.py: update(Job)"}
    assigned = [
        path.name
        for path in source.rglob("*.py")
        if re.search(r"\.(status|state) = (str\()?(VideoStatus|SubmissionState|JobStatus)", path.read_text())
    ]
    assert assigned == []


def test_indexes_hold_the_states_that_are_asked_for():
    """An index over some states serves a query only while both name the same ones."""
    named = {
        sql_list(cast("tuple[StrEnum, ...]", each))
        for each in vars(states).values()
        if isinstance(each, tuple) and each and isinstance(each[0], StrEnum)
    }
    tables = Base.metadata.tables
    wheres = [
        str(index.dialect_options["postgresql"]["where"])
        for table in ("jobs", "videos", "submissions")
        for index in tables[table].indexes
    ]
    lists = [found for where in wheres for found in re.findall(r"\('[^)]*,[^)]*\)", where)]
    assert len(lists) == 5
    assert set(lists) <= named


def test_every_error_is_in_the_tree_and_drawn_in_its_docstring():
    classes = [
        cls
        for _, cls in inspect.getmembers(errors, inspect.isclass)
        if issubclass(cls, Exception) and cls.__module__ == errors.__name__
    ]
    assert len(classes) > 10
    codes: set[str] = set()
    for cls in classes:
        assert issubclass(cls, errors.RushesError)
        assert cls.__name__ in (errors.__doc__ or ""), cls.__name__
        codes.add(cls.code)
    assert len(codes) == len(classes)


def test_every_error_type_is_explained_to_users():
    page = (ROOT / "docs/guide/errors.md").read_text()
    for error_type in errors.ErrorType:
        assert f"`{error_type}`" in page, error_type


def test_code_in_the_docs_can_be_copied():
    for page in (ROOT / "docs/guide").glob("*.md"):
        blocks = page.read_text(encoding="utf-8").split("```")[1::2]
        assert not [block for block in blocks if block.startswith("sh") and "](" in block], page.name


def test_no_file_names_a_package_index_or_a_path_of_a_machine():
    forbidden = re.compile(
        "|".join(
            [
                r"py" + r"pi\.org",
                r"python" + r"hosted\.org",
                r"registry\.npm" + r"js",
                r"deb\.debia" + r"n\.org",
            ]
        )
    )
    binary = {".png", ".jpg", ".jpeg", ".webp", ".ttf", ".zip", ".xlsx", ".heic", ".avif", ".mp4"}
    hits = [
        str(path.relative_to(ROOT))
        for path in tracked_files()
        if path.suffix not in binary and path.is_file() and forbidden.search(path.read_text(errors="replace"))
    ]
    assert hits == []


def test_every_route_has_a_declared_need():
    """One that has none is for admins alone; `api/needs.py` is the list."""
    paths = create_app(Settings.model_validate({})).openapi()["paths"]
    there = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    there.add(("POST", "/mcp"))  # described by its own protocol
    assert {(method, path.replace(":path}", "}")) for method, path in declared()} == there
    for (method, path), need in declared().items():
        assert need_of(method, path.replace(":path}", "}").replace("{", "").replace("}", "")) is need, path
        # The router takes a path with a line feed at its end for the one without.
        assert need_of(method, f"{path}\n".replace("{", "").replace("}", "")) in (need, None), path


def lint_imports(source: Path) -> subprocess.CompletedProcess[str]:
    # The copy comes first on the path, so that it is the package that is looked at.
    program = (
        f"import sys; sys.path.insert(0, {str(source)!r});"
        " from importlinter.cli import lint_imports_command; lint_imports_command()"
    )
    return subprocess.run(
        [sys.executable, "-c", program, "--no-cache", "--config", str(ROOT / "pyproject.toml")],
        cwd=source,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_layers_hold():
    result = lint_imports(ROOT / "src")
    assert result.returncode == 0, result.stdout
    assert "3 kept, 0 broken" in result.stdout


@pytest.mark.parametrize(
    ("contract", "module", "line"),
    [
        ("One way down", "platform/db/engine.py", "import rushes.engine.runtime"),
        ("One way down", "upscale/rows.py", "import rushes.planning.rules"),
        ("One way down", "stray.py", ""),
        ("Providers know no database", "providers/video/echo.py", "import rushes.platform.db.engine"),
        ("Rules without I/O", "engine/states.py", "import sqlalchemy"),
    ],
    ids=[
        "a layer looks up",
        "a domain reaches its neighbour",
        "a room nobody named",
        "a provider reaches the database",
        "a rule does I/O",
    ],
)
def test_each_contract_can_fail(tmp_path: Path, contract: str, module: str, line: str):
    shutil.copytree(ROOT / "src/rushes", tmp_path / "rushes")
    with (tmp_path / "rushes" / module).open("a") as file:
        file.write(f"\n{line}\n")
    result = lint_imports(tmp_path)
    assert result.returncode != 0
    assert re.search(rf"{re.escape(contract)}.* BROKEN", result.stdout), result.stdout
