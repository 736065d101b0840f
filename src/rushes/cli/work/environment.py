"""The settings as a command finds them. Apart from the rest, so that a worker loads nothing to print with."""

from pydantic import ValidationError

from rushes.errors import Fault, Invalid
from rushes.settings import Settings


def load_settings() -> Settings:
    """What the environment says. Raises `Invalid` that names each variable at fault."""
    try:
        return Settings()
    except ValidationError as error:
        prefix = Settings.model_config.get("env_prefix", "")
        faults = [
            Fault(
                f"{prefix}{each['loc'][0]}".upper(),
                f"{each['msg'].removeprefix('Value error, ')}.",
                str(each["type"]),
            )
            for each in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        raise Invalid(
            "A setting does not hold.", faults, hint="Correct it in the environment or in the file .env."
        ) from error
