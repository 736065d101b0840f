"""How the help of a command looks: `-h` too, no type beside a flag, usage as other programs write it."""

from typing import Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

HELP_NAMES = {"help_option_names": ["-h", "--help"]}
"""Settings of a command's context."""

_KINDS = {"str": "TEXT", "int": "N", "float": "NUMBER", "Path": "PATH", "UUID": "ID"}


class PlainCommand(TyperCommand):
    """A command whose help names values as people write them: `--outputs N`, `IMAGES [PROMPTS]...`."""

    def get_params(self, ctx: typer.Context) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]  # Typer has no public name for its types
        """Return the parameters, `--help` included, each with a plain type."""
        return _plain(super().get_params(ctx))

    def collect_usage_pieces(self, ctx: typer.Context) -> list[str]:  # pyright: ignore[reportIncompatibleMethodOverride]  # as above
        """Return the words of the usage line behind the command's name."""
        return [self.options_metavar or "", *_arguments(self.params)]


class PlainGroup(TyperGroup):
    """A group of such commands."""

    def get_params(self, ctx: typer.Context) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]  # as above
        """Return the parameters, `--help` included, each with a plain type."""
        return _plain(super().get_params(ctx))


def _arguments(params: Any) -> list[str]:
    words: list[str] = []
    for param in params:
        if isinstance(param, TyperArgument):
            name = param.display_name_raw if param.required else f"[{param.display_name_raw}]"
            words.append(name if param.nargs == 1 else f"{name}...")
    return words


def _plain(params: Any) -> Any:
    for param in params:
        if isinstance(param, TyperOption) and param.metavar is None:
            param.metavar = "" if param.is_flag else _kind_of(param)
        elif isinstance(param, TyperArgument):
            # Its name says it already: a second column of types would only narrow the help.
            setattr(param, "display_type", _no_type)  # noqa: B010  # the one place that asks
    return params


def _no_type(ctx: object) -> str:
    return ""


def _kind_of(param: TyperOption) -> str:
    desc = param.type_descriptor
    if desc.is_choice:
        return "|".join(str(getattr(each, "value", each)) for each in desc.choices or ())
    if desc.is_ranged:
        return "N" if desc.ranged_type_name == "int" else "NUMBER"
    return _KINDS.get(param.bare_type(), "PATH" if desc.is_path else "VALUE")
