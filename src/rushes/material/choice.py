"""Which provider writes or draws when none is named: the first of the catalogue that can and has a key."""

from typing import TypeVar
from uuid import UUID

from rushes.engine.ready_credentials import ready_credential_id
from rushes.engine.runtime import Runtime
from rushes.errors import Fault, Invalid
from rushes.providers.kinds import Kind
from rushes.providers.picture_contract import PictureForm, PictureProvider
from rushes.providers.registry import AnyKind, AnyPicture, AnyScript
from rushes.providers.script_contract import ScriptProvider, ScriptTask

ModelT = TypeVar("ModelT")


async def script_provider(run: Runtime, owner: UUID, named: str | None, task: ScriptTask) -> AnyScript:
    """Return who writes. Raises `Invalid` for one that writes no scripts, or cannot do this."""
    if named is not None:
        provider = _named(run, named, Kind.SCRIPT)
        if not isinstance(provider, ScriptProvider):
            raise _not_that(named, "writes no scripts")
        if task not in provider.tasks:
            raise _not_that(named, f"cannot {task} scripts")
        return provider
    for each in run.providers.preferred(Kind.SCRIPT):
        provider = run.providers.of_any_kind(each)
        if isinstance(provider, ScriptProvider) and task in provider.tasks and await usable(run, owner, each):
            return provider
    raise Invalid(
        f"Nobody here can {task} a script.",
        [Fault("provider", "Each that can needs a key.", "no_provider")],
        hint="Add a key for Gemini, or for a server that speaks OpenAI's API.",
    )


async def drawing_provider(run: Runtime, owner: UUID, named: str | None) -> AnyPicture:
    """Return who draws. Raises `Invalid` for one that draws nothing."""
    if named is not None:
        provider = _named(run, named, Kind.PICTURE)
        if not isinstance(provider, PictureProvider) or not provider.generates:
            raise _not_that(named, "draws no pictures")
        return provider
    for each in run.providers.preferred(Kind.PICTURE):
        provider = run.providers.of_any_kind(each)
        if isinstance(provider, PictureProvider) and provider.generates and await usable(run, owner, each):
            return provider
    raise Invalid("Nobody here draws pictures.", [Fault("provider", "Switch one on.", "no_provider")])


async def sources(run: Runtime, owner: UUID, named: list[str], form: PictureForm) -> list[AnyPicture]:
    """Return the sources to search: those that are named, else all that have this form and can be asked."""
    if named:
        found: list[AnyPicture] = []
        for each in dict.fromkeys(named):
            provider = _named(run, each, Kind.PICTURE)
            if not isinstance(provider, PictureProvider) or form not in provider.searched:
                raise _not_that(each, f"has no {form}s to search", "sources")
            found.append(provider)
        return found
    every = [run.providers.of_any_kind(each) for each in run.providers.preferred(Kind.PICTURE)]
    return [
        each
        for each in every
        if isinstance(each, PictureProvider)
        and form in each.searched
        and each.offered
        and await usable(run, owner, each.id)
    ]


async def usable(run: Runtime, owner: UUID, provider_id: str) -> bool:
    """Return whether a provider is free, or there is a key for it that is ready."""
    if run.providers.of_any_kind(provider_id).credential is None:
        return True
    return await ready_credential_id(run, owner, provider_id) is not None


def model_of(models: list[ModelT], named: str | None) -> ModelT:
    """Return the named model, the first for None. Raises `Invalid` for one that is not there."""
    if named is None:
        return models[0]
    ids = [str(getattr(each, "id", "")) for each in models]
    if named not in ids:
        raise Invalid(
            f"There is no model {named!r}.",
            [Fault("model", f"There are: {', '.join(ids)}.", "unknown_model")],
        )
    return models[ids.index(named)]


def _named(run: Runtime, provider_id: str, kind: Kind) -> AnyKind:
    if provider_id not in run.providers.of_kind(kind):
        there = ", ".join(run.providers.of_kind(kind))
        raise Invalid(
            f"There is no {kind} provider {provider_id!r}.",
            [Fault("provider", f"There are: {there}.", "unknown_provider")],
        )
    return run.providers.of_any_kind(provider_id)


def _not_that(provider_id: str, why: str, where: str = "provider") -> Invalid:
    return Invalid(f"{provider_id} {why}.", [Fault(where, f"{provider_id} {why}.", "not_supported")])
