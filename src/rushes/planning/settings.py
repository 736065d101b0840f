"""Checks a job's settings against its provider, before anything is stored or paid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from rushes.engine.runtime import Runtime
from rushes.engine.views import JobSettings, ModelView, ProviderView
from rushes.errors import Fault, Invalid
from rushes.providers.catalogue import AnyModel, Model
from rushes.providers.checks import price_faults
from rushes.providers.modes import MODE_WORDS
from rushes.providers.picture_contract import PictureProvider
from rushes.providers.registry import AnyKind, AnyProvider
from rushes.providers.video_contract import CredentialKind, ShotInput, VideoOptions, VideoProvider

EVERY_SHOT = "every shot"
"""Where a fault is that all shots of a job have."""


@dataclass(frozen=True)
class Plan:
    """Settings that hold: the provider, its model, its options with their defaults filled in."""

    provider: AnyProvider
    model: Model
    options: VideoOptions
    settings: JobSettings
    reason: str = "You chose it."

    @property
    def take_price(self) -> Decimal:
        """US dollars one take is expected to cost."""
        return self.model.price(
            resolution=self.options.priced_as, duration_seconds=self.options.duration_seconds
        )

    @property
    def take_credits(self) -> int:
        """Credits of a plan that one take is expected to cost; 0 where it is not paid with any."""
        return self.model.credits_for(self.options.resolution, self.options.duration_seconds)

    @property
    def price_known(self) -> bool:
        """Whether it is known what a take costs: what needs a key or an account is not free."""
        return bool(self.take_price or self.take_credits or self.provider.credential is None)

    def changed(self, options: Mapping[str, Any]) -> "Plan":
        """Return the plan with some options of its own, as one shot may have it. Raises `Invalid`."""
        if not options:
            return self
        found, faults = _options(self.provider, {**self.options.model_dump(mode="json"), **options})
        if found is not None:
            faults += price_faults(self.model, found)
        if faults or found is None:
            raise Invalid(f"These settings do not fit {self.provider.title}.", faults)
        return replace(self, options=found)

    def stored(self) -> dict[str, Any]:
        """What the job's row keeps: every value written out, so that a new default changes no old job."""
        return {
            # The budget and the project have columns of their own: they may change.
            **self.settings.model_dump(
                mode="json", include=set(JobSettings.model_fields) - {"budget", "project_id"}
            ),
            "provider": self.provider.id,
            "model": self.model.id,
            "options": self.options.model_dump(mode="json"),
        }


def plan(run: Runtime, settings: JobSettings) -> Plan:
    """Check settings that name a provider. Raises `Invalid` with one fault a field."""
    if settings.provider is None or settings.provider not in run.providers.ids:
        raise Invalid(
            f"There is no provider {settings.provider!r}.",
            [Fault("provider", f"One of: {', '.join(run.providers.ids)}.", "unknown_provider")],
        )
    provider = run.providers.get(settings.provider)
    entry = run.providers.catalogue(settings.provider)
    faults: list[Fault] = []
    model = entry.model(settings.model)
    if model is None:
        names = ", ".join(each.id for each in entry.models)
        faults.append(Fault("model", f"{provider.title} has: {names}.", "unknown_model"))
    if settings.outputs > provider.limits.max_outputs:
        faults.append(
            Fault("outputs", f"{provider.title} makes at most {provider.limits.max_outputs} a shot.")
        )
    options, wrong = _options(provider, settings.options)
    faults += wrong
    if model is not None and options is not None:
        faults += price_faults(model, options)
    if faults or model is None or options is None:
        raise Invalid(f"These settings do not fit {provider.title}.", faults)
    return Plan(provider, model, options, settings)


def _options(provider: AnyProvider, given: Mapping[str, Any]) -> tuple[VideoOptions | None, list[Fault]]:
    """The provider's options, or what is wrong with them."""
    try:
        return provider.Options.model_validate(given), []
    except ValidationError as error:
        there = f"{provider.id} has: {', '.join(provider.Options.model_fields)}."
        return None, [
            replace(fault, message=there) if fault.code == "extra_forbidden" else fault
            for fault in faults_of(error)
        ]


def job_settings(given: Mapping[str, Any]) -> JobSettings:
    """Settings as they were given. Raises `Invalid` with one fault a field."""
    try:
        return JobSettings.model_validate(given)
    except ValidationError as error:
        raise Invalid("These settings are not possible.", faults_of(error)) from error


def faults_of(error: ValidationError, whole: str = "settings") -> list[Fault]:
    """One fault for each thing a model does not take. `whole` names what has no name of its own."""
    return [
        Fault(".".join(map(str, each["loc"])) or whole, f"{each['msg']}.", each["type"])
        for each in error.errors(include_url=False, include_context=False)
    ]


def check_shot(checked: Plan, shot: ShotInput, name: str) -> list[Fault]:
    """What the provider would refuse about one shot, known without asking it. `name` says which shot."""
    provider = checked.provider
    if shot.mode not in provider.modes:
        return [Fault(name, f"{provider.title} does not take {MODE_WORDS[shot.mode]}.", "unknown_mode")]
    if len(shot.prompt) > provider.limits.max_prompt_chars:
        return [
            Fault(
                name,
                f"The prompt has {len(shot.prompt)} characters,"
                f" {provider.title} takes {provider.limits.max_prompt_chars}.",
                "prompt_too_long",
            )
        ]
    try:
        provider.check(shot, checked.options)
    except Invalid as error:
        return [Fault(f"{name}, {each.where}", each.message, each.code) for each in error.faults]
    return []


def plans_of_shots(checked: Plan, shots: Sequence[tuple[str, Mapping[str, Any]]]) -> list[Plan]:
    """Return the plan of each shot, by its name and its own options. Raises `Invalid` with all faults."""
    plans: list[Plan] = []
    faults: list[Fault] = []
    for name, options in shots:
        try:
            plans.append(checked.changed(options))
        except Invalid as error:
            faults += [Fault(f"{name}, {each.where}", each.message, each.code) for each in error.faults]
    if faults:
        raise Invalid(f"Options of some shots do not fit {checked.provider.title}.", faults)
    return plans


def check_shots(shots: Sequence[tuple[str, Plan, ShotInput]]) -> list[Fault]:
    """The same for all of them, each by its name and plan. What is wrong with every one is said once."""
    where: dict[tuple[str, str, str], list[str]] = {}
    for name, checked, shot in shots:
        for fault in check_shot(checked, shot, name):
            what = (fault.where.removeprefix(name), fault.message, fault.code)
            where.setdefault(what, []).append(name)
    return [
        Fault(f"{name}{rest}", message, code)
        for (rest, message, code), names in where.items()
        for name in (names if len(names) < max(2, len(shots)) else [EVERY_SHOT])
    ]


def key_variables(run: Runtime, provider: AnyKind) -> list[str]:
    """Return the environment variables that may hold a key for it, the first that is set counts.

    The first is its own; the others stand for all of its service.
    """
    ids = dict.fromkeys((provider.id, run.providers.service_of(provider.id)))
    return [*(f"RUSHES_{each.upper()}_API_KEY" for each in ids), *provider.environment]


def describe(run: Runtime, provider_id: str) -> ProviderView:
    """A provider of any kind as the API and the command line show it."""
    provider = run.providers.of_any_kind(provider_id)
    service = run.providers.service_of(provider_id)
    modes: list[str] = []
    outputs = 1
    if isinstance(provider, VideoProvider):
        modes, outputs = [str(each) for each in sorted(provider.modes)], provider.limits.max_outputs
    elif isinstance(provider, PictureProvider):
        modes = [f"search_{each}s" for each in sorted(provider.searched)]
        modes += ["generate"] if provider.generates else []
    return ProviderView(
        id=provider.id,
        kind=provider.kind,
        title=provider.title,
        modes=modes,
        models=_models(provider.models.models),
        options=provider.Options.model_json_schema(),
        max_outputs=outputs,
        max_prompt_chars=provider.limits.max_prompt_chars,
        concurrency=run.settings.provider_concurrency.get(provider_id, provider.limits.concurrency),
        needs=provider.credential,
        service=service,
        service_title=run.providers.service_title(service),
        key_fields=provider.Fields.model_json_schema() if provider.credential else {},
        environment=key_variables(run, provider) if provider.credential is CredentialKind.KEY else [],
        offered=provider.offered,
    )


def _models(models: Sequence[AnyModel]) -> list[ModelView]:
    today = datetime.now(UTC).date()
    return [
        ModelView.model_validate(
            {"price_per_second": {}, **model.model_dump(), "warning": model.warning(today)}
        )
        for model in models
    ]
