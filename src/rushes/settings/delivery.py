"""What leaves the installation to say that something happened: webhooks and notices."""

from pydantic import BaseModel, Field


class DeliverySettings(BaseModel):
    """Where messages may be sent, and how long an attempt may take."""

    deliver_private: bool = Field(
        default=False,
        description="Whether webhooks and notices may be sent to private addresses (a server at home) and"
        " over plain HTTP. Whoever may add a receiver can then reach them.",
    )
    deliver_timeout_seconds: float = Field(
        default=15.0, gt=0, le=60, description="How long a receiver may take to answer."
    )
