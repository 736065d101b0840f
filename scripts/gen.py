"""Makes what is made from code: docs/guide/settings.md. `make gen` writes it, a test checks it is fresh."""

from pathlib import Path

from pydantic import AliasChoices
from pydantic.fields import FieldInfo

from rushes.providers.registry import provider_classes
from rushes.settings import Settings

PAGE = Path(__file__).parents[1] / "docs/guide/settings.md"
HEAD = """# Settings

Environment variables, or lines in a file `.env` in the folder Rushes is started in. Made from the code by
`make gen`.

"""


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
    for provider_id, cls in provider_classes().items():
        prefix = str(cls.Settings.model_config.get("env_prefix"))
        if cls.Settings.model_fields:
            parts.append(f"## Provider `{provider_id}`\n\n{_table(cls.Settings.model_fields, prefix)}")
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    PAGE.write_text(settings_page())
