"""What every provider checks before a call: the model, what it can do, the prompt, how many takes."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from rushes.errors import Fault, Invalid
from rushes.providers.catalogue import Model
from rushes.providers.video_contract import Call, ShotInput, VideoOptions, VideoProvider


def find_model(provider: VideoProvider[Any, Any], shot: ShotInput) -> Model | None:
    """The shot's model, if the provider has it."""
    return provider.models.model(shot.model)


def usual_faults(
    provider: VideoProvider[Any, Any], shot: ShotInput, options: VideoOptions
) -> Iterator[Fault]:
    """What is wrong with a shot for any provider, by its limits and the catalogue."""
    model = find_model(provider, shot)
    if model is None:
        yield Fault("model", f"{provider.title} has no model {shot.model!r}.", "unknown_model")
    elif shot.mode not in (provider.modes if model.modes is None else model.modes):
        yield Fault("mode", f"{model.title} cannot do {shot.mode.replace('_', ' ')}.", "not_supported")
    else:
        yield from _model_faults(model, shot, options)
    most = provider.limits.max_prompt_chars
    if len(shot.prompt) > most:
        yield Fault(
            "prompt", f"The prompt has {len(shot.prompt)} characters; shorten it to {most}.", "too_long"
        )
    if not 1 <= len(shot.seeds) <= provider.limits.outputs_per_call:
        yield Fault(
            "seeds",
            f"{len(shot.seeds)} takes were asked for; one submission makes 1 to "
            f"{provider.limits.outputs_per_call}.",
            "out_of_range",
        )


def price_faults(model: Model, options: VideoOptions) -> Iterator[Fault]:
    """What has no price cannot be had: a resolution, or a take without sound."""
    if not model.has_price(options.resolution):
        known = ", ".join(name for name in model.price_per_second if " " not in name)
        yield Fault("resolution", f"{model.title} makes {known}.", "not_supported")
    elif not model.has_price(options.priced_as):
        yield Fault("audio", f"{model.title} always makes sound.", "not_supported")


def cost_of(provider: VideoProvider[Any, Any], call: Call[Any], takes: int) -> Decimal | None:
    """US dollars for so many takes by the catalogue; None when the model or its price has gone from it."""
    options: VideoOptions = call.options
    model = find_model(provider, call.shot)
    if model is None or not model.has_price(options.priced_as):
        return None
    return takes * model.price(resolution=options.priced_as, duration_seconds=options.duration_seconds)


def prompt_faults(shot: ShotInput) -> Iterator[Fault]:
    """For providers that make nothing without words."""
    if not shot.prompt.strip():
        yield Fault("prompt", "There must be a prompt.", "missing")


def refuse(faults: Sequence[Fault]) -> None:
    """Raise `Invalid` if there are any."""
    if faults:
        raise Invalid(" ".join(fault.message for fault in faults), faults)


def _model_faults(model: Model, shot: ShotInput, options: VideoOptions) -> Iterator[Fault]:
    yield from price_faults(model, options)
    if not model.has_price(options.resolution):
        return
    if model.max_references is not None and len(shot.references) > model.max_references:
        yield Fault("references", f"{model.title} takes {model.max_references} references.", "out_of_range")
    narrow = next((each for each in (shot.mode, options.resolution) if each in model.durations), "*")
    lengths = model.durations.get(narrow)
    if lengths and options.duration_seconds not in lengths:
        within = "" if narrow == "*" else f" for {narrow.replace('_', ' ')}"
        yield Fault(
            "duration_seconds", f"{model.title} makes {_choices(lengths)} seconds{within}.", "not_supported"
        )


def _choices(lengths: Sequence[int]) -> str:
    first, last = lengths[0], lengths[-1]
    if len(lengths) > 2 and list(lengths) == list(range(first, last + 1)):  # a range of two is a choice
        return f"{first} to {last}"
    return " or ".join(str(length) for length in lengths)
