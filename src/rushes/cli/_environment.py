"""The settings as a command finds them. Apart from the rest, so that a worker loads nothing to print with."""

from rushes.platform.variables import WRONG_SETTINGS, settings_fault
from rushes.settings import Settings


def load_settings() -> Settings:
    """What the environment says. Raises `Invalid` that names each variable at fault."""
    try:
        return Settings()
    except WRONG_SETTINGS as error:
        raise settings_fault(error, Settings) from error
