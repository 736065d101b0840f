"""The shape in which health and the doctor say what does not start in the whole installation, and why."""

from datetime import datetime

from pydantic import BaseModel, Field

from rushes.engine.next_step import WaitsOn
from rushes.engine.states import WaitingFor
from rushes.errors import Actor
from rushes.platform.told import ToldText


class WaitView(BaseModel):
    """What one provider, or the archive, waits for. Keys and people are not named."""

    where: str = Field(description="The provider whose takes do not start, or the name of the archive.")
    waiting_for: WaitingFor | WaitsOn
    reason: ToldText
    retry_at: datetime | None = Field(description="When the first of it continues, where that is known.")
    jobs: int = Field(description="How many jobs wait; 0 for the archive.")
    copies: int = Field(default=0, description="How many videos wait for their copy in the archive.")
    next_actor: Actor
    next_step: str
