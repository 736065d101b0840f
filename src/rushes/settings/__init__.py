"""What an operator can set: environment variables `RUSHES_…` (or a `.env` file), in groups.

Built at the edge (`create_app(Settings())`, the command line), never at import. A group is a class of its own
that `Settings` inherits from; the variables' names do not tell the groups.
"""

from typing import Self

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from rushes.settings._files import FilesSource
from rushes.settings._limits import BoundedNumbers
from rushes.settings._units import GIB, MIB
from rushes.settings.archive import ArchiveSettings
from rushes.settings.backups import BackupSettings
from rushes.settings.core import CoreSettings, default_data_dir
from rushes.settings.delivery import DeliverySettings
from rushes.settings.engine import EngineSettings
from rushes.settings.flow import FlowGroup
from rushes.settings.intake import IntakeSettings
from rushes.settings.library import LibrarySettings
from rushes.settings.mail import MailSettings
from rushes.settings.metrics import MetricsSettings
from rushes.settings.people import PeopleSettings
from rushes.settings.storage import StorageSettings

__all__ = ["GIB", "MIB", "BoundedNumbers", "Settings", "default_data_dir"]


# The fields of the last base come first, in `Settings.model_fields` and so in the docs.
# pydantic's two bases declare `model_config` with a type each.
class Settings(  # pyright: ignore[reportIncompatibleVariableOverride]
    BaseSettings,
    PeopleSettings,
    MetricsSettings,
    MailSettings,
    DeliverySettings,
    BackupSettings,
    LibrarySettings,
    FlowGroup,
    EngineSettings,
    IntakeSettings,
    ArchiveSettings,
    StorageSettings,
    CoreSettings,
    BoundedNumbers,
):
    """Everything that can be set. Every field has a description; docs/guide/settings.md is made from it."""

    model_config = SettingsConfigDict(
        env_prefix="RUSHES_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=True,
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given, then the environment, then files that it names, then `.env`."""
        return init_settings, env_settings, FilesSource(settings_cls), dotenv_settings, file_secret_settings

    def without_secrets(self) -> Self:
        """Return the same for a process that reads files of strangers: it has nothing to give away."""
        secret = [
            name for name, field in type(self).model_fields.items() if "SecretStr" in str(field.annotation)
        ]
        return self.model_copy(update={name: [] if name == "secret_keys" else None for name in secret})
