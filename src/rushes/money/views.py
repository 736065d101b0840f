"""What is said of money: caps and costs. US dollars, UTC days; a submission counts on the day it was made."""

from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel, Field

from rushes.platform.requests import RequestModel


class CapView(BaseModel):
    """A cap and what is used of it. What is in flight counts at its estimate."""

    cap: Decimal | None = Field(description="US dollars; null is no cap.")
    spent: Decimal
    left: Decimal | None = Field(description="Null without a cap; not below 0.")

    @classmethod
    def of(cls, cap: Decimal | None, spent: Decimal) -> "CapView":
        """Return a cap with what is left of it."""
        return cls(cap=cap, spent=spent, left=None if cap is None else max(cap - spent, Decimal(0)))


class BudgetsView(BaseModel):
    """An owner's caps for today and this month (UTC)."""

    day: CapView
    month: CapView


class Budgets(RequestModel):
    """Caps to be set, in US dollars; null is no cap. Lower than what is spent stops what is new, no more."""

    day: Decimal | None = Field(default=None, ge=0, max_digits=12, decimal_places=6, description="A UTC day.")
    month: Decimal | None = Field(
        default=None, ge=0, max_digits=12, decimal_places=6, description="A UTC month."
    )


class JobBudget(RequestModel):
    """A job's cap, in US dollars."""

    budget: Decimal | None = Field(ge=0, max_digits=12, decimal_places=6, description="Null is no cap.")


class By(StrEnum):
    """What costs are added up by."""

    VIDEO = "video"
    JOB = "job"
    PROJECT = "project"
    KEY = "key"
    PROVIDER = "provider"
    DAY = "day"
    KIND = "kind"


class CostRow(BaseModel):
    """The costs of one day, key, job or provider."""

    key: str = Field(description="An id, the day or the kind; empty for what has none (no key, no job).")
    label: str = Field(description="Its name, for a person.")
    submissions: int
    videos: int = Field(description="Takes that were asked for.")
    settled: Decimal = Field(description="US dollars, by the provider's bill or its price.")
    open: Decimal = Field(
        description="US dollars expected for what is in progress, uncertain, or cancelled after it was sent."
    )


class CostsView(BaseModel):
    """Costs from the ledger, grouped, with their totals in US dollars."""

    by: By
    rows: list[CostRow]
    settled: Decimal
    open: Decimal
