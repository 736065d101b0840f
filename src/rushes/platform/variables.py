"""What is said of an environment variable that does not hold: ours and a provider's in the same words."""

import re

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsError

from rushes.errors import Fault, Invalid

WRONG_SETTINGS = (ValidationError, SettingsError)
"""What building settings may raise."""


def settings_fault(error: ValidationError | SettingsError, cls: type[BaseSettings]) -> Invalid:
    """One fault for each variable that `cls` could not be made of. No value is repeated: some are secret."""
    return Invalid(
        "Invalid setting.",
        _of_values(error, cls) if isinstance(error, ValidationError) else [_unread(error, cls)],
        hint="Correct it in the environment or in the file .env.",
    )


def _of_values(error: ValidationError, cls: type[BaseSettings]) -> list[Fault]:
    faults: list[Fault] = []
    for each in error.errors(include_url=False, include_context=False, include_input=False):
        name, *inside = each["loc"] or ("",)
        said = ": ".join([*map(str, inside), each["msg"].removeprefix("Value error, ")])
        faults.append(Fault(_variable(str(name), cls), f"{said}.", str(each["type"])))
    return faults


def _unread(error: SettingsError, cls: type[BaseSettings]) -> Fault:
    """A value that has to be JSON and is none, or a file; only the words of the error say which."""
    variable, _, words = str(error).partition(": ")
    if variable.isupper():
        return Fault(variable, f"{words}.", "unreadable")
    found = re.search(r'field "(\w+)"', str(error))
    name = found[1] if found else ""
    field = cls.model_fields.get(name)
    wanted = field.description if field else str(error)
    return Fault(_variable(name, cls), f"This cannot be read. {wanted}", "unreadable")


def _variable(name: str, cls: type[BaseSettings]) -> str:
    # A setting with several names is told by its first, which has the prefix already.
    return f"{cls.model_config.get('env_prefix', '')}{name}".upper() if name in cls.model_fields else name
