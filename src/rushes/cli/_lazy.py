"""Commands that are listed without being imported, so that `rushes --help` is there at once.

A command's module imports what the command works with, down to the database driver. What a list of commands
says of it is in a table (`_commands.py`); the module is imported when the command is run, completed, or asked
for its own help.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
import typer.main
from typer.core import TyperCommand, TyperGroup

from rushes.cli._help import HELP_NAMES, PlainCommand, PlainGroup


@dataclass(frozen=True)
class Command:
    """Where a command is: a function in a module, which has the command's name unless another is given.

    `summary` is the first line of the function's docstring.
    """

    module: str
    summary: str
    function: str | None = None
    hidden: bool = False

    def load(self, name: str) -> Callable[..., Any]:
        """Import the module and return the function of the command `name`."""
        return getattr(import_module(self.module), self.function or name)


@dataclass(frozen=True)
class Group:
    """Commands under a common word.

    Without one of them, the group runs the command that `alone` names, or `own`, a command whose options are
    the group's and whose docstring is its help; else it shows its help.
    """

    commands: Mapping[str, Command]
    help: str = ""
    alone: str | None = None
    own: Command | None = None

    @property
    def summary(self) -> str:
        """What a list of commands says of it."""
        return self.own.summary if self.own else self.help.partition("\n")[0]


class ListedCommand(TyperCommand):
    """A command as it is listed: parsing its arguments imports the command itself, which takes over."""

    def __init__(self, name: str, entry: Command | Group, panel: str | None = None) -> None:
        """`panel` is the heading under which it is listed."""
        hidden = isinstance(entry, Command) and entry.hidden
        super().__init__(name, help=entry.summary, rich_help_panel=panel, hidden=hidden)
        self._entry = entry

    def make_context(  # pyright: ignore[reportIncompatibleMethodOverride]  # Typer has no public name for its types
        self, info_name: str | None, args: list[str], parent: typer.Context | None = None, **extra: Any
    ) -> Any:
        """Return the context of the command that is behind this one."""
        return _load(self.name or "", self._entry).make_context(info_name, args, parent, **extra)


def listed(commands: Mapping[str, Command | Group], panel: str | None = None) -> dict[str, ListedCommand]:
    """Return the commands of a table as Typer's groups have them."""
    return {name: ListedCommand(name, entry, panel) for name, entry in commands.items()}


def _load(name: str, entry: Command | Group) -> TyperCommand | TyperGroup:
    app = typer.Typer(name=name, add_completion=False, rich_markup_mode="rich")
    if isinstance(entry, Command):
        app.command(name, cls=PlainCommand, context_settings=HELP_NAMES)(entry.load(name))
        command = typer.main.get_command(app)
        assert isinstance(command, TyperCommand)
        return command
    alone = entry.own or entry.alone
    if entry.own:
        app.callback(cls=PlainGroup, context_settings=HELP_NAMES, invoke_without_command=True)(
            entry.own.load(name)
        )
    else:
        app.callback(
            cls=PlainGroup,
            context_settings=HELP_NAMES,
            help=entry.help,
            invoke_without_command=alone is not None,
            no_args_is_help=alone is None,
        )(_run_alone(entry))
    group = typer.main.get_group(app)
    group.commands.update(listed(entry.commands))
    return group


def _run_alone(entry: Group) -> Callable[[typer.Context], None]:
    def run(context: typer.Context) -> None:
        if context.invoked_subcommand is None and entry.alone:
            command = _load(entry.alone, entry.commands[entry.alone])
            with command.make_context(entry.alone, [], parent=context) as inner:
                command.invoke(inner)

    return run
