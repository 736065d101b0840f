"""Which tests a change can break: by imports, by fixtures, and by the files that code reads."""

from pathlib import Path

import pytest
from scripts.changed import affected

FILES = {
    "src/rushes/core/rules.py": "",
    "src/rushes/db/rows.py": "from rushes.core import rules",
    "src/rushes/cli/main.py": "WORKER = lazy('rushes.db.rows')",
    "src/rushes/platform/media/look.py": "TABLE = 'table.toml'",
    "src/rushes/media/table.toml": "",
    "src/rushes/pages/finder.py": "",
    "src/rushes/pages/selectors/home.toml": "",
    "tests/conftest.py": """
import pytest
import rushes.db.rows as rows
from rushes.platform.media import look

@pytest.fixture
def run():
    return helper()

def helper():
    return rows.open()

@pytest.fixture
def videos(run):
    return look.at(run)
""",
    "tests/core/test_rules.py": "from rushes.core.rules import rule",
    "tests/db/conftest.py": "",
    "tests/db/test_rows.py": "def test_it(run): pass",
    "tests/media/test_videos.py": "@pytest.mark.usefixtures('videos')\ndef test_it(): pass",
    "tests/pages/test_finder.py": "import rushes.pages.finder",
    "tests/cli/test_main.py": "COMMAND = ('python', '-m', 'rushes.cli.main')",
    "tests/e2e/test_page.py": "",
}


@pytest.mark.parametrize(
    ("changed", "tests"),
    [
        ("src/rushes/core/rules.py", "core/test_rules cli/test_main db/test_rows media/test_videos"),
        ("src/rushes/db/rows.py", "cli/test_main db/test_rows media/test_videos"),
        ("src/rushes/platform/media/look.py", "media/test_videos"),
        ("src/rushes/media/table.toml", "media/test_videos"),
        ("src/rushes/pages/selectors/home.toml", "pages/test_finder"),
        ("src/rushes/cli/main.py", "cli/test_main"),
        ("web/src/main.tsx", "e2e/test_page"),
        ("tests/db/conftest.py", "db/test_rows"),
        ("tests/core/test_rules.py", "core/test_rules"),
        ("docs/guide/page.md", ""),
    ],
)
def test_the_tests_that_reach_what_was_changed_are_found(tmp_path: Path, changed: str, tests: str):
    for name, code in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(code)
    assert affected(tmp_path, [changed]) == sorted(f"tests/{each}.py" for each in tests.split())


def test_new_requirements_can_break_everything(tmp_path: Path):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_it.py").write_text("")
    assert affected(tmp_path, ["requirements.txt"]) == ["tests/test_it.py"]
