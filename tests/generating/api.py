"""How both test providers reach the stand-in server."""

import httpx2
from pydantic import Field

from rushes.errors import ErrorType, Rejected, RushesError
from rushes.providers.base import Credential, CredentialFields
from rushes.providers.http import Api, Client, Trouble, base_url, needed


def api_of(client: Client, title: str, credential: Credential | None) -> Api:
    """The server that the key is for."""
    credential = needed(credential)
    return Api(
        client,
        title,
        base_url(credential.fields["base_url"]),
        {"authorization": f"Bearer {credential.secret}"},
        secret=credential.secret,
        read=_read,
        refine=_refine,
        not_accepted={"503 overloaded": "the server's own words"},
    )


def _read(response: httpx2.Response) -> Trouble:
    after = response.headers.get("retry-after")
    said = response.json()
    return Trouble(
        response.status_code, said["message"], said.get("reason", ""), float(after) if after else None
    )


def _refine(trouble: Trouble) -> RushesError | None:
    if trouble.reason == "refused":
        return Rejected(trouble.message, error_type=ErrorType.POLICY_VIOLATION)
    return None


class ServerFields(CredentialFields, frozen=True):
    """Where the server is."""

    base_url: str = Field(description="Its address.")
