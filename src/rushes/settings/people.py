"""Accounts: whether there are any, how people come in, and whose word about the network is believed."""

import ipaddress
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, SecretStr

HTTP = ("https://", "http://")


def _networks(given: list[str]) -> list[str]:
    for each in given:
        ipaddress.ip_network(each, strict=False)
    return given


def _web_address(url: str | None) -> str | None:
    if url is not None and not url.startswith(HTTP):
        raise ValueError("begin it with https:// or http://")
    return url and url.rstrip("/")


def _origins(given: list[str]) -> list[str]:
    for each in given:
        if not each.startswith(HTTP) or "/" in each.split("://", 1)[1]:
            raise ValueError("write each as https://name or https://name:port")
    return [each.lower() for each in given]


class PeopleSettings(BaseModel):
    """Who may come in, and from where."""

    accounts: Literal["off", "on"] = Field(
        default="off",
        description="`on`: people sign in, and belong to spaces; programs have tokens. `off`: whoever reaches"
        " the server may do everything, so it listens to this machine alone.",
    )
    registration: Literal["closed", "approve", "open"] = Field(
        default="closed",
        description="With accounts: `closed`: by invitation only; `approve`: an admin lets each in; `open`:"
        " whoever comes.",
    )
    admin_email: str | None = Field(
        default=None,
        description="Address of the first admin, who is made at the start while there is none. Unset: with a"
        " code that the log shows.",
    )
    admin_password: SecretStr | None = Field(default=None, description="Password of the first admin.")
    admin_password_file: Path | None = Field(
        default=None, description="File with the password of the first admin, instead of the variable."
    )
    public_url: Annotated[str | None, AfterValidator(_web_address)] = Field(
        default=None,
        description="Where people reach this server (https://studio.example.org): links to it begin so, and"
        " with https cookies are sent encrypted only.",
    )
    trusted_proxies: Annotated[list[str], AfterValidator(_networks)] = Field(
        default=["127.0.0.1/32", "::1/128"],
        description="Networks of proxies, as JSON, whose X-Forwarded-For and X-Forwarded-Proto are believed.",
    )
    cors_origins: Annotated[list[str], AfterValidator(_origins)] = Field(
        default=[],
        description='With accounts: sites whose pages may use the API with a token, as JSON: ["https://a.org"].',
    )
    requests_per_minute: int = Field(
        default=3000, ge=10, description="With accounts: most requests of one session or token a minute."
    )
    strangers_per_minute: int = Field(
        default=300,
        ge=10,
        description="With accounts: most requests per minute of a network nobody of which signed in.",
    )
