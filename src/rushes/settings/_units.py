"""Units, and what several groups of settings are checked with."""

from pydantic import AliasChoices

MIB = 1024 * 1024
GIB = 1024 * MIB


def also(name: str) -> AliasChoices:
    """Return the names of a setting that many tools know by the same one: with our prefix or without."""
    return AliasChoices(f"RUSHES_{name}", name)
