"""Metrics for Prometheus: off unless a port is set."""

from pydantic import BaseModel, Field, SecretStr


class MetricsSettings(BaseModel):
    """Where metrics are read, and with which token."""

    metrics_port: int | None = Field(
        default=None,
        ge=0,
        le=65535,
        description="Port of `/metrics` for Prometheus, on RUSHES_HOST: of the API, and of a worker that is"
        " a process of its own (each on one machine needs another port). Unset: no metrics.",
    )
    metrics_token: SecretStr | None = Field(
        default=None,
        description="Token that Prometheus sends (`authorization: credentials`). Unset: anybody who reaches"
        " the port may read the numbers; they name no person, job or prompt.",
    )
