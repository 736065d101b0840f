"""What `rushes doctor` says of one thing."""

from enum import StrEnum

from pydantic import BaseModel


class Verdict(StrEnum):
    """`note` is worth knowing and breaks nothing."""

    OK = "ok"
    NOTE = "note"
    BROKEN = "broken"


class Check(BaseModel):
    """One thing that was looked at. `to_do` says how to fix it."""

    name: str
    verdict: Verdict
    found: str
    to_do: str | None = None


def ok(name: str, found: str) -> Check:
    """It is as it should be."""
    return Check(name=name, verdict=Verdict.OK, found=found)


def note(name: str, found: str, to_do: str) -> Check:
    """It may be as its owner wants it."""
    return Check(name=name, verdict=Verdict.NOTE, found=found, to_do=to_do)


def broken(name: str, found: str, to_do: str | None) -> Check:
    """Nothing can be done with it so."""
    return Check(name=name, verdict=Verdict.BROKEN, found=found, to_do=to_do)
