"""Google Flow, as this installation uses it; its browser has settings of its own."""

from pydantic import BaseModel, Field, SecretStr

from rushes.settings._units import also


class FlowGroup(BaseModel):
    """Whether Flow may be used, and its sign-ins."""

    flow_backend_enabled: bool = Field(
        default=True, validation_alias=also("FLOW_BACKEND_ENABLED"), description="Whether Flow may be used."
    )
    flow_storage_state_url: SecretStr | None = Field(
        default=None,
        validation_alias=also("FLOW_STORAGE_STATE_URL"),
        description="Signed-in state of Flow to take in when it changes: s3://…/key, file:///… or https://….",
    )
    flow_max_concurrent: int | None = Field(
        default=None,
        ge=1,
        le=5,
        validation_alias=also("FLOW_MAX_CONCURRENT"),
        description="Generations in progress with one Flow account. Unset: the provider's own.",
    )
    flow_refresh_days: float = Field(
        default=3, ge=0, description="Days after which an unused Flow account is opened once. 0: never."
    )
