"""Settings out of files: `RUSHES_X_FILE` names the file that holds what `RUSHES_X` would.

Secrets of containers come so (`/run/secrets/…`): whoever may look at a container sees its variables.
"""

import os
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import PydanticBaseSettingsSource
from pydantic_settings.exceptions import SettingsError

LARGEST_BYTES = 65_536


class FilesSource(PydanticBaseSettingsSource):
    """Reads every `RUSHES_X_FILE` of the environment whose `RUSHES_X` is a setting."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return what the file of a field holds, without the line end that editors add; None without one."""
        variable = f"{self.config.get('env_prefix', '')}{field_name}_FILE".upper()
        name = os.environ.get(variable)
        return _read(variable, Path(name)) if name else None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return the fields that have files. Raises `SettingsError` for a file that cannot be read."""
        values: dict[str, Any] = {}
        for name, field in self.settings_cls.model_fields.items():
            value, key, _ = self.get_field_value(field, name)
            if value is not None:
                try:  # lists are JSON here too, as they are in a variable
                    values[key] = self.prepare_field_value(key, field, value, value_is_complex=False)
                except ValueError:
                    raise SettingsError(f'error parsing value for field "{key}"') from None
        return values


def _read(variable: str, file: Path) -> str:
    try:
        with file.open("rb") as opened:
            data = opened.read(LARGEST_BYTES + 1)
        if len(data) > LARGEST_BYTES:
            raise SettingsError(f"{variable}: the file is too large to be a setting")
        return data.decode().strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise SettingsError(f"{variable}: {file} cannot be read: {reason}") from None
