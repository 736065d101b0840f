"""Makes what is made from code: pages of docs/guide. `make gen` writes them, a test checks they are fresh."""

from pathlib import Path

from pydantic import AliasChoices
from pydantic.fields import FieldInfo

from rushes.engine.next_step import BEFORE_START, REASONS, TABLE, Case
from rushes.engine.states import (
    GenerationChanges,
    JobChanges,
    SubmissionChanges,
    TakeChanges,
    VideoStatus,
    changes_of,
)
from rushes.errors import Actor
from rushes.providers.registry import every_class
from rushes.settings import Settings

GUIDE = Path(__file__).parents[1] / "docs/guide"
HEAD = """# Settings

Environment variables, or lines in a file `.env` in the folder Rushes is started in. Made from the code by
`make gen`.

"""


STATES_HEAD = """# States

Every state of a job, a take (one generated video), a generation (a voice-over, a picture or a script) and a
submission (one call for them), and every change between them. Made by `make gen` from the transitions that
the code writes states by; a test drives the engine at random and looks whether it ever leaves these drawings.
[Errors](errors.md) says who acts next on a take that is not there.
"""
ACTORS = {
    Actor.CLOCK: "The clock",
    Actor.USER: "You",
    Actor.PROMPT: "The prompt",
    Actor.OPERATOR: "The operator",
    Actor.US: "Us",
}
DRAWINGS = {
    "A job": JobChanges,
    "A take": TakeChanges,
    "A generation": GenerationChanges,
    "A submission": SubmissionChanges,
}


def _default(field: FieldInfo) -> str:
    if field.default_factory is not None:
        return "chosen by Rushes"
    return "not set" if field.default is None else f"`{field.default}`"


def _variable(name: str, field: FieldInfo, prefix: str) -> str:
    """The variable, or those that mean the same."""
    if isinstance(field.validation_alias, AliasChoices):
        return " or ".join(f"`{each}`" for each in field.validation_alias.choices)
    return f"`{prefix}{name.upper()}`"


def _table(fields: dict[str, FieldInfo], prefix: str) -> str:
    rows = [
        f"| {_variable(name, field, prefix)} | {_default(field)} | {field.description} |"
        for name, field in fields.items()
    ]
    return "\n".join(["| variable | default | what it does |", "|---|---|---|", *rows])


def settings_page() -> str:
    """The whole page."""
    parts = [HEAD + _table(Settings.model_fields, "RUSHES_")]
    for provider_id, cls in every_class().items():
        prefix = str(cls.Settings.model_config.get("env_prefix"))
        if cls.Settings.model_fields:
            parts.append(f"## Provider `{provider_id}`\n\n{_table(cls.Settings.model_fields, prefix)}")
    return "\n\n".join(parts) + "\n"


def states_page() -> str:
    """The whole page: a drawing for each kind of row."""
    parts = [STATES_HEAD]
    for title, diagram in DRAWINGS.items():
        lines = [
            f"    {source or '[*]'} --> {each.target}: {each.cause.replace(':', ',')}"
            for each in changes_of(diagram).values()
            for source in (each.sources or (None,))
        ]
        parts.append("\n".join([f"## {title}\n", "```mermaid", "stateDiagram-v2", *lines, "```\n"]))
    return "\n".join(parts)


def errors_page() -> str:
    """The page as it is, with its tables of who acts next made again."""
    page = (GUIDE / "errors.md").read_text()
    reasons = [
        f"| `{error_type}` | {each.what} | {each.meanwhile or '–'} |"
        f" {ACTORS[each.actor]}: {_small(each.step)} |"
        for error_type, each in REASONS.items()
    ]
    waits = [
        f"| {_waits(case)} | {ACTORS[case.next.actor]}: {_small(case.next.step)} |"
        for case in TABLE
        if case.status is VideoStatus.WAITING
    ]
    page = _between(
        page,
        "reasons",
        [
            "| `error_type` | what happened | before it failed | who acts next |",
            "|---|---|---|---|",
            *reasons,
        ],
    )
    page = _between(page, "waits", ["| waits for | who acts next |", "|---|---|", *waits])
    starts = [
        f"| `{waits_on}` | {ACTORS[each.actor]}: {_small(each.step)} |"
        for waits_on, each in BEFORE_START.items()
    ]
    return _between(page, "starts", ["| waits for | who acts next |", "|---|---|", *starts])


def _small(sentence: str) -> str:
    return sentence if sentence.startswith("`") else sentence[0].lower() + sentence[1:]


def _waits(case: Case) -> str:
    return f"`{case.waiting_for}`" + (f" with `{case.error_type}`" if case.error_type else "")


def _between(page: str, name: str, lines: list[str]) -> str:
    begin, end = f"<!-- {name}: made by `make gen` -->", f"<!-- end of {name} -->"
    before, rest = page.split(begin)
    return "\n".join([f"{before}{begin}", *lines, f"{end}{rest.split(end)[1]}"])


PAGES = {"settings.md": settings_page, "states.md": states_page, "errors.md": errors_page}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (GUIDE / name).write_text(page())
