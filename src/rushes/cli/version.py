"""`rushes version`."""

from importlib.metadata import version as installed_version

import typer

from rushes.cli._options import JsonOption


def version(json: JsonOption = False) -> None:
    """Print the version."""
    name = installed_version("rushes")
    typer.echo(f'{{"version": "{name}"}}' if json else f"rushes {name}")
