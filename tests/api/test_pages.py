"""The guide's pages about the API tell of everything there is."""

import re
from pathlib import Path

import rushes.api
from rushes.errors import ErrorType, RushesError

GUIDE = Path(__file__).parents[2] / "docs/guide"
SOURCES = Path(rushes.api.__path__[0])


def codes() -> set[str]:
    """Every `code` a problem may have."""
    own = {
        code
        for path in SOURCES.rglob("*.py")
        for code in re.findall(r'problem\(\s*\d{3},\s*"(\w+)"', path.read_text())
    }
    return own | {cls.code for cls in RushesError.__subclasses__()}


def test_every_code_is_explained():
    page = (GUIDE / "errors.md").read_text()
    assert {"internal", "unknown_host", "other_site", "range_not_satisfiable"} <= codes()
    for code in codes():
        assert f"\n| `{code}` | " in page, code


def test_every_error_type_says_who_acts_next():
    page = (GUIDE / "errors.md").read_text()
    table = page.partition("<!-- reasons:")[2].partition("<!-- end of reasons -->")[0]
    for error_type in ErrorType:
        (row,) = [line for line in table.splitlines() if line.startswith(f"| `{error_type}` |")]
        assert re.search(r"\| (The clock|You|The prompt|The operator|Us)\b.*\|$", row), row


def test_the_page_on_the_api_names_no_path_that_is_not_there():
    page = (GUIDE / "api.md").read_text()
    page = re.sub(r"\$(job|video)\b|\b[0-9a-f]{8}-…", "{id}", page.replace("$api", "/api"))
    named = set(re.findall(r"/api(/[a-z]+(?:/\{id\})?(?:/[a-z-]+)?)", page))
    routes = {
        prefix.removeprefix("/api") + re.sub(r"\{\w+\}", "{id}", path)
        for source in (SOURCES / "routes").glob("*.py")
        for prefix in re.findall(r'APIRouter\(prefix="([^"]+)"', source.read_text())
        for path in re.findall(r'@router\.\w+\(\s*"([^"]*)"', source.read_text())
    }
    assert len(named) > 10
    assert named <= routes
