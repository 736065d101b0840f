"""What a generation is expected to cost, and whether asking for it twice could cost anything."""

import ipaddress
from decimal import Decimal

import httpx2

from rushes.engine.generations_calls import picture_call, script_call, speech_call
from rushes.engine.generations_shapes import FetchParams, Params, PictureParams, ScriptParams, SpeechParams
from rushes.engine.runtime import Runtime
from rushes.providers.base import Credential
from rushes.providers.picture_contract import PictureProvider
from rushes.providers.script_contract import ScriptProvider
from rushes.providers.voice_contract import VoiceProvider


def estimate(run: Runtime, provider_id: str, model: str, params: Params) -> Decimal:
    """Return what it is expected to cost, US dollars; nothing for a download.

    Raises `NotFound` for a provider that is not there, `ValidationError` for options it does not have.
    """
    provider = run.providers.of_any_kind(provider_id)
    match params:
        case SpeechParams() if isinstance(provider, VoiceProvider):
            return provider.estimate(speech_call(provider, "", model, params))
        case PictureParams() if isinstance(provider, PictureProvider):
            return provider.estimate(picture_call(provider, "", model, params))
        case ScriptParams() if isinstance(provider, ScriptProvider):
            return provider.estimate(script_call(provider, "", model, params))
        case _:
            return Decimal(0)


def may_be_repeated(params: Params, price: Decimal, credential: Credential | None) -> bool:
    """Return whether the same can be asked for again at no cost: a download, or what has no price and needs
    no key or is asked of a server in the operator's own network."""
    if isinstance(params, FetchParams):
        return True
    return price == 0 and (credential is None or is_own_server(credential))


def is_own_server(credential: Credential) -> bool:
    """Return whether a credential is for a server on this machine or in its own network (`base_url`)."""
    try:
        host = httpx2.URL(credential.fields.get("base_url", "")).host
    except httpx2.InvalidURL:
        return False
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal", ".lan"))
