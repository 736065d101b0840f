"""Which providers of its service a key serves: whom it fits, with what fields, and who takes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from rushes.engine.runtime import Runtime
from rushes.errors import ActionNeeded, ErrorType, Fault, Invalid, NotFound, RetryLater
from rushes.providers.base import Credential, CredentialKind
from rushes.providers.registry import AnyKind


@dataclass(frozen=True)
class KeyOwner:
    """Whom a key is given for: its service, and the one provider that was named, where one was."""

    service: str
    title: str
    named: AnyKind | None
    providers: tuple[AnyKind, ...]
    """All of the service that are paid through keys, in the order of the catalogue."""


@dataclass(frozen=True)
class Fit:
    """What a key can be used for, as far as its form tells, and the `fields` to keep with it."""

    fields: Mapping[str, str]
    providers: tuple[AnyKind, ...]


def key_owner(run: Runtime, provider: str | None, service: str | None) -> KeyOwner:
    """Resolve what a person named. Raises `NotFound`, or `Invalid` for what takes no key."""
    if provider is not None:
        named = run.providers.of_any_kind(provider)
        if named.credential is not CredentialKind.KEY:
            raise _takes_none(named)
        service = run.providers.service_of(provider)
    else:
        named = None
    ids = run.providers.of_service(service or "")
    if service is None or not ids:
        there = ", ".join(sorted({run.providers.service_of(each) for each in run.providers.every_id}))
        raise NotFound(f"There is no service {service!r}. There are: {there}.")
    built = [run.providers.of_any_kind(each) for each in ids]
    keyed = tuple(each for each in built if each.credential is CredentialKind.KEY)
    if not keyed:
        raise _takes_none(built[0])
    return KeyOwner(service, named.title if named else run.providers.service_title(service), named, keyed)


def _takes_none(provider: AnyKind) -> Invalid:
    free = provider.credential is None
    why = "It needs none." if free else "Sign in to it: rushes flow login."
    return Invalid(f"{provider.title} takes no key.", [Fault("provider", why, "needs_no_key")])


def fit(owner: KeyOwner, secret: str, given: Mapping[str, str], *, stored: bool = False) -> Fit:
    """Find, without a call, which providers of the service a key fits.

    Raises `Invalid` when it fits none, or not the named one, and for fields that nobody uses, unless they are
    `stored` with it already: those may be of another secret, or of an earlier version.
    """
    known = {name for each in owner.providers for name in each.Fields.model_fields}
    if not stored and (unknown := [name for name in given if name not in known]):
        there = f"There are: {', '.join(sorted(known))}." if known else "It has none."
        faults = [Fault(f"fields.{name}", there, "extra_forbidden") for name in unknown]
        raise Invalid(f"This does not fit a key of {owner.title}.", faults)
    fields: dict[str, str] = {}
    fitting: list[AnyKind] = []
    unfit: dict[str, str] = {}
    for provider in owner.providers:
        try:
            kept = own_fields(provider, given)
        except Invalid as error:
            if provider is owner.named or len(owner.providers) == 1:
                raise
            unfit[provider.id] = " ".join(f"{fault.where}: {fault.message}" for fault in error.faults)
            continue
        if reason := provider.unfit(secret, given):
            unfit[provider.id] = reason
            continue
        fitting.append(provider)
        fields |= kept
    if not fitting or (owner.named is not None and owner.named.id in unfit):
        reasons = [unfit[owner.named.id]] if owner.named else list(dict.fromkeys(unfit.values()))
        raise refusal(owner.title, reasons)
    if not stored and (unused := [name for name in given if name not in fields]):
        faults = [Fault(f"fields.{name}", _unused(owner, name, unfit), "not_used") for name in unused]
        raise Invalid(f"This does not fit a key of {owner.title}.", faults)
    return Fit(fields, tuple(fitting))


def _unused(owner: KeyOwner, name: str, unfit: Mapping[str, str]) -> str:
    users = [each for each in owner.providers if name in each.Fields.model_fields]
    return " ".join(f"Only {each.title} uses this: {unfit[each.id]}" for each in users)


def refusal(title: str, reasons: Sequence[str]) -> Invalid:
    """Return the error for a key that is not taken."""
    return Invalid(f"{title} does not take this key.", [Fault("secret", " ".join(reasons), "key_refused")])


def own_fields(provider: AnyKind, given: Mapping[str, str]) -> dict[str, str]:
    """Return what of `given` is the provider's, with its defaults. Raises `Invalid`."""
    own = {name: value for name, value in given.items() if name in provider.Fields.model_fields}
    try:
        checked = provider.Fields.model_validate(own)
    except ValidationError as error:
        faults = [
            Fault(f"fields.{'.'.join(map(str, each['loc']))}", f"{each['msg']}.", str(each["type"]))
            for each in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        raise Invalid(f"This does not fit a key of {provider.title}.", faults) from None
    return {name: str(value) for name, value in checked.model_dump(exclude_none=True).items()}


async def tried(owner: KeyOwner, providers: Sequence[AnyKind], key: Credential) -> dict[str, str]:
    """Try a key at each provider, at no cost. Returns the reasons of those that do not take it, by id.

    A key that only rests is a good key. Raises `Invalid` when the named provider, or every one that answers,
    does not take it, and `RetryLater` when the named one, or all of them, cannot be reached.
    """
    refused: dict[str, str] = {}
    unreached: RetryLater | None = None
    good = 0
    for provider in providers:
        try:
            await provider.test(key)
            good += 1
        except ActionNeeded as error:
            refused[provider.id] = f"{error.message} {error.hint}" if error.hint else error.message
            if provider is owner.named:
                raise refusal(owner.title, [refused[provider.id]]) from error
        except RetryLater as error:
            if error.error_type is not ErrorType.NETWORK:
                good += 1
            elif provider is owner.named:
                raise
            else:
                unreached = error
    if good == 0 and unreached is not None and not refused:
        raise unreached
    if good == 0:
        raise refusal(owner.title, list(dict.fromkeys(refused.values())))
    return refused
