"""Runs the tests that a change can break: those that import what was changed, directly or through others.

`python -m scripts.changed [BASE] [options of pytest]`: what differs from BASE (main, unless it is named),
with what is not committed yet. Imports are read, nothing is run for that; a fixture leads from the tests that
ask for it to what it uses. It does not replace `make test`: what meets only in a database is not seen.
"""

import argparse
import ast
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = {"src": "src", "tests": "", "standins": "", "scripts": "", "bench": "", "examples": ""}
"""Folders with code, and where the names of their modules begin."""
EVERYTHING = ("pyproject.toml", "requirements", "tests/conftest.py")
ALWAYS = "tests/test_house.py"
PAGE = "tests/e2e/"

Graph = Mapping[str, frozenset[str]]


def main() -> int:
    """Find the tests and run them. Returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("base", nargs="?", default="main")
    given, options = parser.parse_known_args()
    tests = affected(ROOT, changed_files(given.base))
    print(f"{len(tests)} test files can break:", *tests, sep="\n  ", flush=True)
    command = [sys.executable, "-m", "pytest", "-p", "tests.flickering", "-m", "not soak", *options, *tests]
    return subprocess.run(command, cwd=ROOT, check=False).returncode  # noqa: S603  # our own


def changed_files(base: str) -> list[str]:
    """What differs from where this branch left `base`, and what git does not know yet."""

    def git(*words: str) -> list[str]:
        command = ["git", *words]
        done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603  # our own
        return done.stdout.split("\n")[:-1]

    [left] = git("merge-base", base, "HEAD")
    known = git("diff", "--name-only", "--no-renames", left)
    return sorted({*known, *git("ls-files", "--others", "--exclude-standard")})


def affected(root: Path, changed: Iterable[str]) -> list[str]:
    """The test files that a change of these files can break, all paths from `root`."""
    files = dict(_modules(root))
    trees = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in files.items()}
    graph = {name: frozenset(_imports(tree, files)) for name, tree in trees.items()}
    tests = {name: path for name, path in files.items() if path.name.startswith("test_")}
    touched: set[str] = set()
    chosen = {ALWAYS} & {str(path.relative_to(root)) for path in tests.values()}
    for name in changed:
        if name.startswith(EVERYTHING):
            return sorted(str(path.relative_to(root)) for path in tests.values())
        if name.startswith("web/"):
            chosen |= {each for each in _paths(root, tests) if each.startswith(PAGE)}
        elif Path(name).name == "conftest.py":
            chosen |= {each for each in _paths(root, tests) if each.startswith(f"{Path(name).parent}/")}
        touched |= _meant(root / name, files, trees)
    fixtures = _fixtures(trees, files)
    for name, path in tests.items():
        if _reach(name, trees[name], graph, fixtures) & touched:
            chosen.add(str(path.relative_to(root)))
    return sorted(chosen)


def _paths(root: Path, tests: Mapping[str, Path]) -> Iterator[str]:
    return (str(path.relative_to(root)) for path in tests.values())


def _modules(root: Path) -> Iterator[tuple[str, Path]]:
    """Every module by its dotted name."""
    for room, begin in ROOMS.items():
        for path in sorted((root / room).rglob("*.py")):
            if "node_modules" not in path.parts and "versions" not in path.parts:
                words = path.relative_to(root / begin).with_suffix("").parts
                yield ".".join(words[:-1] if words[-1] == "__init__" else words), path


def _meant(path: Path, files: Mapping[str, Path], trees: Mapping[str, ast.AST]) -> set[str]:
    """The modules that a changed file is, or that read it: those that name it, or lie beside it or above."""
    if path.suffix == ".py":
        return {name for name, there in files.items() if there == path}
    named = {name for name, tree in trees.items() if path.name in _texts(tree)}
    beside = {name for name, there in files.items() if there.parent in (path.parent, path.parent.parent)}
    return named or beside


def _texts(tree: ast.AST) -> set[str]:
    constants = (each.value for each in ast.walk(tree) if isinstance(each, ast.Constant))
    return {each for each in constants if isinstance(each, str)}


def _imports(tree: ast.AST, files: Mapping[str, Path]) -> Iterator[str]:
    """What a piece of code imports, and what it names as a text to load it later or in another process."""
    yield from _texts(tree) & files.keys()
    for modules in _bindings(tree, files).values():
        yield from modules


def _bindings(tree: ast.AST, files: Mapping[str, Path]) -> dict[str, set[str]]:
    """The names that imports make, with the modules behind them."""
    bound: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for each in node.names:
                bound.setdefault(each.asname or each.name.split(".")[0], set()).add(each.name)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for each in node.names:
                inner = f"{node.module}.{each.name}"
                bound.setdefault(each.asname or each.name, set()).add(
                    inner if inner in files else node.module
                )
    return bound


Function = ast.FunctionDef | ast.AsyncFunctionDef
Fixtures = Mapping[str, Mapping[str, tuple[set[str], set[str], bool]]]
"""By the folder's name and the fixture's: what it uses, what it asks for, whether every test has it."""


def _fixtures(trees: Mapping[str, ast.Module], files: Mapping[str, Path]) -> Fixtures:
    found: dict[str, dict[str, tuple[set[str], set[str], bool]]] = {}
    for name, tree in trees.items():
        if files[name].name != "conftest.py":
            continue
        bound = _bindings(tree, files)
        functions = {each.name: each for each in tree.body if isinstance(each, Function | ast.ClassDef)}
        for function in functions.values():
            if isinstance(function, Function):
                marks = " ".join(ast.unparse(each) for each in function.decorator_list)
                if "fixture" in marks:
                    uses = _uses(function, bound, lambda each, known=functions: known.get(each))
                    found.setdefault(name.rpartition(".")[0], {})[function.name] = (
                        uses, _asked(function), "autouse=True" in marks
                    )  # fmt: skip
    return found


def _uses(
    function: ast.AST, bound: Mapping[str, set[str]], beside: Callable[[str], ast.AST | None]
) -> set[str]:
    """The modules behind the names in a function, and in those of its file that it calls."""
    used, waiting, seen = set[str](), [function], {id(function)}
    while waiting:
        for node in ast.walk(waiting.pop()):
            if isinstance(node, ast.Name):
                used |= bound.get(node.id, set())
                other = beside(node.id)
                if other is not None and id(other) not in seen:
                    seen.add(id(other))
                    waiting.append(other)
    return used


def _asked(tree: ast.AST) -> set[str]:
    """The fixtures that may be asked for: names of parameters, and of `usefixtures`."""
    asked: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            asked.add(node.arg)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("usefixtures"):
            asked |= _texts(node)
    return asked


def _reach(name: str, tree: ast.AST, graph: Graph, fixtures: Fixtures) -> set[str]:
    """Every module that a test can run."""
    folders = [".".join(name.split(".")[:depth]) for depth in range(1, name.count(".") + 1)]
    known = {key: each for folder in folders for key, each in fixtures.get(folder, {}).items()}
    asked = [*_asked(tree), *(key for key, (_, _, always) in known.items() if always)]
    waiting, seen, done = [name], {name}, set[str]()
    while asked:
        fixture = asked.pop()
        if fixture in known and fixture not in done:
            done.add(fixture)
            uses, more, _ = known[fixture]
            waiting += uses
            asked += more
    while waiting:
        module = waiting.pop()
        seen.add(module)
        waiting += graph.get(module, frozenset()) - seen
    return seen


if __name__ == "__main__":
    sys.exit(main())
